//! Bodies that come late, break off, or are read slowly.

use super::*;

#[actix_web::test]
async fn a_body_that_breaks_off_is_answered_once() {
    let served = serve(EASY).await;
    let head = b"POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n".as_slice();
    let answers = served.answers(&[head, b"zz\r\n", HELLO].concat()).await;
    assert_eq!((answers.len(), answers[0].0), (1, 400));
    let mut line = served.call().await;
    line.send(head).await;
    sleep(Duration::from_millis(100)).await;
    line.send(b"zz\r\n").await;
    let answers = line.all().await;
    assert_eq!((answers.len(), answers[0].0), (1, 400));
    // One that just ends is not waited for either.
    let mut line = served.call().await;
    line.send(b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nabc").await;
    line.0.shutdown().await.unwrap();
    let answers = line.all().await;
    assert_eq!((answers.len(), answers[0].0), (1, 400));
    // Whoever does not read it does not notice.
    let unread = String::from_utf8_lossy(head).replace("/a", "/unread");
    let answers = served.answers(&[unread.as_bytes(), b"zz\r\n", HELLO].concat()).await;
    assert_eq!((answers.len(), answers[0].0), (1, 403));
}

#[actix_web::test]
async fn a_body_may_be_waited_for() {
    let served = serve(EASY).await;
    let mut line = served.call().await;
    line.send(b"POST /a HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n").await;
    assert_eq!(line.answer().await.unwrap().0, 100);
    line.send(b"abc").await;
    line.answer().await.unwrap().is("POST /a 3 294");
    line.send(HELLO).await;
    line.answer().await.unwrap().is("GET /hello 0 0");
}

#[actix_web::test]
async fn a_large_body_waits_for_whoever_reads_it_and_arrives_whole() {
    const BLOCKS: usize = 1_000;
    let served = serve(EASY).await;
    let block: Vec<u8> = (0..=u8::MAX).cycle().take(1 << 16).collect();
    let expected = format!("POST /late {} {}", BLOCKS << 16, BLOCKS * 256 * (255 * 256 / 2));
    let whole = format!("Content-Length: {}", BLOCKS << 16);
    for (how, chunked) in [(whole.as_str(), false), ("Transfer-Encoding: chunked", true)] {
        served.open.send_replace(false);
        let mut line = served.call().await;
        let (_, mut writer) = line.0.split();
        let sent = std::cell::Cell::new(0);
        let head = format!("POST /late HTTP/1.1\r\nHost: x\r\n{how}\r\n\r\n");
        let sending = async {
            writer.write_all(head.as_bytes()).await.unwrap();
            for _ in 0..BLOCKS {
                let piece = if chunked { [b"10000\r\n", &block[..], b"\r\n"].concat() } else { block.clone() };
                writer.write_all(&piece).await.unwrap();
                sent.set(sent.get() + 1);
            }
            writer.write_all(if chunked { b"0\r\n\r\n" } else { b"" }).await.unwrap();
        };
        let opening = async {
            sleep(Duration::from_millis(500)).await;
            assert!(sent.get() < BLOCKS / 2, "{how}: {} blocks were taken, and nobody reads", sent.get());
            served.open.send_replace(true);
        };
        timeout(LONG, futures_util::future::join(sending, opening)).await.unwrap();
        line.answer().await.unwrap().is(&expected);
        line.send(HELLO).await;
        line.answer().await.unwrap().is("GET /hello 0 0");
    }
}

#[actix_web::test]
async fn a_body_that_is_read_slowly_outlives_what_comes_behind_it() {
    let served = serve(EASY).await;
    let head = b"POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n".as_slice();
    let whole = [head, &vec![1; 1_000_000]].concat();
    let answers = served.answers(&[&whole[..], b"nonsense\r\n\r\n"].concat()).await;
    answers[0].is("POST /slow 1000000 1000000");
    answers[1].is_last_problem(400, "bad_request");
    let mut line = served.call().await;
    line.send(&whole).await;
    line.0.shutdown().await.unwrap();
    let answers = line.all().await;
    answers[0].is("POST /slow 1000000 1000000");
    assert_eq!(answers.len(), 1);
}
