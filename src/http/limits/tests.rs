use actix_web::test::TestRequest;

use super::*;

/// Limits whose time stands still until it is moved.
fn limits(per_minute: u32, proxies: &[&str]) -> (Limits, Arc<AtomicU64>) {
    let seconds = Arc::new(AtomicU64::new(0));
    let told = seconds.clone();
    let watch = Watch::new(move || Duration::from_secs(told.load(Ordering::SeqCst)));
    let proxies = proxies.iter().map(|one| one.parse().unwrap()).collect();
    (Limits::of(per_minute, proxies, 1, watch), seconds)
}

fn from(limits: &Limits, peer: &str, forwarded: &[&str]) -> Who {
    let mut request = TestRequest::default().peer_addr(format!("{peer}:4711").parse().unwrap());
    for line in forwarded {
        request = request.append_header((header::X_FORWARDED_FOR, *line));
    }
    limits.address(&request.to_http_request())
}

fn address(text: &str) -> Who {
    Who::Address(text.parse().unwrap())
}

#[test]
fn a_minute_has_so_many_requests_and_one_more_after_its_share_of_a_minute() {
    let (limits, seconds) = limits(3, &[]);
    let ask = |name: &str| limits.take(|| Who::Token(name.to_owned()));
    for _ in 0..3 {
        ask("ada").unwrap();
    }
    let refused = ask("ada").unwrap_err();
    assert_eq!((refused.status, refused.code), (429, "too_many_requests"));
    assert!(refused.detail.contains("21 s"), "{}", refused.detail);
    ask("ben").unwrap();
    seconds.store(19, Ordering::SeqCst);
    ask("ada").unwrap_err();
    seconds.store(20, Ordering::SeqCst);
    ask("ada").unwrap();
    ask("ada").unwrap_err();
}

#[test]
fn without_a_limit_nobody_is_counted() {
    let (limits, _) = limits(0, &[]);
    for _ in 0..1_000 {
        limits.take(|| unreachable!("nobody asks who it is")).unwrap();
    }
}

#[test]
fn the_memory_of_callers_is_bounded() {
    let (limits, seconds) = limits(1, &[]);
    let ask = |number: usize| limits.take(|| Who::Token(number.to_string()));
    for number in 0..CALLERS {
        ask(number).unwrap();
    }
    let known = || limits.rate.as_ref().map_or(0, |rate| rate.requests.len());
    assert_eq!(known(), CALLERS);
    // All of them are busy: those who come now share what one has.
    ask(CALLERS).unwrap();
    ask(CALLERS + 1).unwrap_err();
    assert_eq!(known(), CALLERS + 1);
    // When each has its whole minute again they are forgotten.
    seconds.store(121, Ordering::SeqCst);
    ask(CALLERS + 2).unwrap();
    assert_eq!(known(), 1);
}

#[test]
fn only_a_trusted_proxy_says_who_it_speaks_for() {
    let (nobody, _) = limits(1, &[]);
    assert_eq!(from(&nobody, "10.0.0.1", &["192.0.2.7"]), address("10.0.0.1"));
    let (proxied, _) = limits(1, &["10.0.0.0/8"]);
    assert_eq!(from(&proxied, "10.0.0.1", &[]), address("10.0.0.1"));
    assert_eq!(from(&proxied, "10.0.0.1", &["192.0.2.7"]), address("192.0.2.7"));
    assert_eq!(from(&proxied, "192.0.2.9", &["192.0.2.7"]), address("192.0.2.9"));
    // What a client claims stands before what the proxies have added, and is not believed.
    assert_eq!(from(&proxied, "10.0.0.1", &["8.8.8.8, 192.0.2.7"]), address("192.0.2.7"));
    assert_eq!(from(&proxied, "10.0.0.1", &["8.8.8.8", "192.0.2.7, 10.0.0.2"]), address("192.0.2.7"));
    assert_eq!(from(&proxied, "10.0.0.1", &["nonsense"]), address("10.0.0.1"));
    assert_eq!(from(&proxied, "10.0.0.1", &["192.0.2.7:5555"]), address("192.0.2.7"));
}

#[test]
fn an_address_is_counted_as_its_network() {
    let (limits, _) = limits(1, &["::ffff:10.0.0.1/128", "10.0.0.1/32"]);
    assert_eq!(from(&limits, "[2001:db8:1:2:3::4]", &[]), address("2001:db8:1:2::"));
    assert_eq!(from(&limits, "[::ffff:10.0.0.1]", &["[2001:db8::1]:99"]), address("2001:db8::"));
}

#[actix_web::test]
async fn a_turn_ends_when_it_is_given_back() {
    let (limits, _) = limits(0, &[]);
    let turn = limits.statistic().await.unwrap();
    assert!(limits.statistics.clone().try_acquire_owned().is_err());
    drop(turn);
    assert!(limits.statistic().await.is_ok());
}
