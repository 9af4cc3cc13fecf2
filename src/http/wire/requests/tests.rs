use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::*;

/// One connection, on which a client says everything that our clients say: what comes, and what the framework gets.
fn conversation() -> (Vec<u8>, Vec<u8>) {
    let body = "GET /حمص?\"x\" HTTP/1.1\r\n\r\n";
    let told = |search: &str| {
        [
            format!("\r\nGET /v1/locations?q={search}&limit=1 HTTP/1.1\r\nHost: x\r\nX-Note: \"حمص\" <1>\r\n\r\n"),
            format!("PUT /v1/sources/{search} HTTP/1.1\nHost: x\nContent-Length: {}\n\n{body}", body.len()),
            format!("POST /{search} HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"),
            format!("{:x};\"حمص\"\r\n{body}\r\n3\r\n\r\n\r\r\n0\r\nTrailer: حمص\r\n\r\n", body.len()),
            format!("HEAD /{search} HTTP/1.0\r\n\r\n"),
        ]
        .concat()
        .into_bytes()
    };
    (told("حمص\"<`>\u{7f}%20{}"), told("%D8%AD%D9%85%D8%B5%22%3C%60%3E%7F%20{}"))
}

/// What the framework gets of what comes in pieces, in the way in which the connection hands it on.
pub(super) fn heard<'a>(config: &ServiceConfig, pieces: impl IntoIterator<Item = &'a [u8]>) -> (Vec<u8>, Option<End>) {
    let (mut requests, mut out) = (Requests::new(config.clone()), BytesMut::new());
    for piece in pieces {
        let body = requests.body(piece).and_then(|body| {
            out.extend_from_slice(&piece[..body]);
            requests.read(&piece[body..], &mut out)
        });
        if let Err(end) = body {
            return (out.to_vec(), Some(end));
        }
    }
    (out.to_vec(), None)
}

/// The status that this is refused with.
fn refused(config: &ServiceConfig, bytes: &[u8]) -> Option<u16> {
    match heard(config, [bytes]).1 {
        Some(End::Refused(problem)) => Some(problem.status),
        _ => None,
    }
}

#[actix_web::test]
async fn only_addresses_are_rewritten_wherever_the_bytes_are_cut() {
    let config = ServiceConfig::default();
    let (said, expected) = conversation();
    let expected = String::from_utf8(expected).unwrap();
    let check = |pieces: Vec<&[u8]>, how: &str| {
        let (heard, end) = heard(&config, pieces);
        assert!(end.is_none(), "{how}: {end:?}");
        assert_eq!(String::from_utf8_lossy(&heard), expected, "{how}");
    };
    check(said.chunks(1).collect(), "byte by byte");
    for at in 0..said.len() {
        let (first, second) = said.split_at(at);
        check(vec![first, second], &format!("cut at {at}"));
    }
}

#[actix_web::test]
async fn a_body_stays_where_it_is() {
    let mut requests = Requests::new(ServiceConfig::default());
    let mut out = BytesMut::new();
    assert_eq!(requests.body(b"POST / HTTP/1.1\r\n").unwrap(), 0, "a head is no body");
    requests.read(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n123", &mut out).unwrap();
    assert_eq!(requests.body(b"4567").unwrap(), 4);
    assert_eq!(requests.body(b"890GET / HT").unwrap(), 3, "the next head is no body");
    assert!(!requests.is_under_way());
    requests.read(b"GET / HT", &mut out).unwrap();
    assert!(requests.is_under_way());
    assert!(out.ends_with(b"\r\n\r\n123"));
}

#[actix_web::test]
async fn what_is_no_request_is_refused_with_the_right_status() {
    let config = ServiceConfig::default();
    let head = |line: &str, headers: &str| format!("{line}\r\nHost: x\r\n{headers}\r\n").into_bytes();
    let fine = "GET / HTTP/1.1";
    let many = |count| (0..count).map(|number| format!("X-{number}: 1\r\n")).collect::<String>();
    let long = |length| format!("GET /{} HTTP/1.1", "x".repeat(length - 1));
    let filled = |length: usize| {
        let rest = length - head(fine, "X: \r\n").len();
        head(fine, &format!("X: {}\r\n", "x".repeat(rest)))
    };
    let taken = [head(fine, ""), head(fine, &many(95)), head(&long(MAX_ADDRESS), ""), filled(MAX_HEAD - 1)];
    for bytes in taken {
        assert_eq!(refused(&config, &bytes), None, "{:.80}", String::from_utf8_lossy(&bytes));
    }
    let arabic = format!("GET /{} HTTP/1.1", "ح".repeat(MAX_ADDRESS / 6 + 1));
    let cases = [
        (b"hello\r\n\r\n".to_vec(), 400),
        (b"\x16\x03\x01\x00\xc8".to_vec(), 400),
        ("حمص / HTTP/1.1\r\n\r\n".into(), 400),
        (head("GET /al waer HTTP/1.1", ""), 400),
        (head("GET http://[ HTTP/1.1", ""), 400),
        (head("GET http://حمص/ HTTP/1.1", ""), 400),
        (head("GET /\r\n", ""), 400),
        (head(fine, "Host: x\r\n"), 400),
        (head(fine, "no header\r\n"), 400),
        (head(fine, "X: a\0b\r\n"), 400),
        (head(fine, "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"), 400),
        (head(fine, "Content-Length: x\r\n"), 400),
        (head(fine, "Transfer-Encoding: gzip\r\n"), 400),
        (b"GET / HTTP/1.1\r\n\r\n".to_vec(), 400),
        (head(&long(MAX_ADDRESS + 1), ""), 414),
        (head(&arabic, ""), 414),
        (vec![b'x'; MAX_HEAD], 431),
        ([b"GET /".as_slice(), &vec![b'x'; MAX_HEAD]].concat(), 414),
        (head(fine, &many(96)), 431),
        (filled(MAX_HEAD), 431),
        ([b"GET / HTTP/1.1\r\nX: ".as_slice(), &vec![b'x'; MAX_HEAD]].concat(), 431),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), 505),
        (head("GET / HTTP/3", ""), 505),
    ];
    for (bytes, status) in cases {
        assert_eq!(refused(&config, &bytes), Some(status), "{:.80}", String::from_utf8_lossy(&bytes));
    }
}

#[actix_web::test]
async fn nothing_behind_a_refusal_is_heard() {
    let fine = b"GET /a HTTP/1.1\r\nHost: x\r\n\r\n".as_slice();
    let (heard, end) = heard(&ServiceConfig::default(), [&[fine, b"nonsense\r\n\r\n", fine].concat()[..]]);
    assert_eq!(heard, fine);
    assert!(matches!(end, Some(End::Refused(_))));
}

#[actix_web::test]
async fn a_malformed_chunk_breaks_the_body_off() {
    let head = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n".as_slice();
    for chunk in ["zz\r\n", "\r\n\r\n", "3\r\nabcd\r\n", "ffffffffffffffffff\r\n", "0\r\nx\r\n\rz"] {
        let (heard, end) = heard(&ServiceConfig::default(), [head, chunk.as_bytes()]);
        assert_eq!(heard, head, "{chunk:?}");
        assert!(matches!(end, Some(End::Broken)), "{chunk:?}: {end:?}");
    }
}

#[actix_web::test]
async fn only_a_head_that_has_begun_is_missed() {
    let config = ServiceConfig::default();
    let missed = |bytes: &[u8]| {
        let (mut requests, mut out) = (Requests::new(config.clone()), BytesMut::new());
        requests.read(bytes, &mut out).unwrap();
        requests.unfinished(Code::RequestTimeout).map(|problem| problem.status)
    };
    let whole = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n".as_slice();
    assert_eq!(missed(b""), None);
    assert_eq!(missed(b"\r\n\r\n"), None);
    assert_eq!(missed(whole), None, "a body is missed by whoever reads it");
    assert_eq!(missed(&[whole, b"12345\r\n"].concat()), None);
    assert_eq!(missed(b"G"), Some(408));
    assert_eq!(missed(&[whole, b"12345\r\nGET / HTTP/1.1\r\n"].concat()), Some(408));
}

#[actix_web::test]
async fn the_framework_refuses_nothing_that_was_let_through() {
    let config = ServiceConfig::default();
    let (said, _) = conversation();
    let spoilt = (0..said.len(), any::<u8>(), any::<bool>());
    let strategy = (prop::collection::vec(spoilt, 0..4), prop::collection::vec(1..80_usize, 1..20));
    let story = |(spoilt, cuts): (Vec<(usize, u8, bool)>, Vec<usize>)| {
        let mut said = said.clone();
        for (at, byte, instead) in spoilt {
            said.splice(at..at + usize::from(instead), [byte]);
        }
        let mut sizes = cuts.iter().cycle();
        let mut cut = |mut rest: &[u8], pieces: &mut Vec<Vec<u8>>| {
            while !rest.is_empty() {
                let (piece, behind) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
                pieces.push(piece.to_vec());
                rest = behind;
            }
        };
        let mut pieces = vec![];
        cut(&said, &mut pieces);
        let (heard, _) = heard(&config, pieces.iter().map(Vec::as_slice));
        let (mut framework, mut buffer, mut pieces) = (Codec::new(config.clone()), BytesMut::new(), vec![]);
        cut(&heard, &mut pieces);
        for piece in pieces {
            buffer.extend_from_slice(&piece);
            loop {
                match framework.decode(&mut buffer) {
                    Ok(Some(_)) => {}
                    Ok(None) => break,
                    Err(error) => prop_assert!(false, "{error}: {}", String::from_utf8_lossy(&heard)),
                }
            }
        }
        Ok(())
    };
    TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2_000) })
        .run(&strategy, story)
        .unwrap();
}
