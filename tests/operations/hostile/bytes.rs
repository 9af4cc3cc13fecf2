//! What no client library would send: heads and bodies that are odd as HTTP.

/// Bytes, and with what they may be answered: nothing at all is fine where nothing is expected.
pub fn requests(token: &str) -> Vec<(String, Vec<u8>, Vec<u16>)> {
    let auth = format!("Authorization: Bearer {token}\r\n");
    let post = format!("POST /v1/sources HTTP/1.1\r\nHost: x\r\n{auth}Content-Type: application/json\r\n");
    let get = |rest: &str| format!("GET /v1/sources HTTP/1.1\r\nHost: x\r\n{rest}\r\n").into_bytes();
    let many = |count: usize| (0..count).map(|number| format!("X-{number}: y\r\n")).collect::<String>();
    let post_with = |rest: &str| format!("{post}{rest}").into_bytes();
    let all: Vec<(&str, Vec<u8>, &[u16])> = vec![
        ("95 headers", get(&many(90)), &[200]),
        ("many headers", get(&many(200)), &[431]),
        ("a long header", get(&format!("X: {}\r\n", "y".repeat(200_000))), &[431]),
        ("a long address", format!("GET /{} HTTP/1.1\r\nHost: x\r\n\r\n", "y".repeat(70_000)).into_bytes(), &[414]),
        (
            "a long query",
            format!("GET /v1/sources?q={} HTTP/1.1\r\nHost: x\r\n\r\n", "y".repeat(60_000)).into_bytes(),
            &[400],
        ),
        ("two hosts", get("Host: y\r\n"), &[400]),
        ("no host", b"GET /v1/sources HTTP/1.1\r\n\r\n".to_vec(), &[400]),
        ("a header with a space before the colon", get("X : y\r\n"), &[400]),
        ("a header without a name", get(": y\r\n"), &[400]),
        ("a folded header", get("X: a\r\n b\r\n"), &[400]),
        ("NUL in a header", get("X: a\0b\r\n"), &[400]),
        ("a bare CR in a header", get("X: a\rb\r\n"), &[400]),
        (
            "bytes that are no text in a header",
            [b"GET /v1/sources HTTP/1.1\r\nHost: x\r\nX: \xff\xfe\r\n\r\n".to_vec()].concat(),
            &[200],
        ),
        ("lines that end in LF", b"GET /v1/sources HTTP/1.1\nHost: x\n\n".to_vec(), &[200, 400]),
        (
            "a whole address",
            b"GET http://evil.example/v1/sources HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
            &[200, 400, 404],
        ),
        ("an address of no path", b"GET * HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[400, 404]),
        ("CONNECT", b"CONNECT evil.example:443 HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[400, 404, 405]),
        ("OPTIONS *", b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[200, 400, 404, 405]),
        ("a path that climbs", b"GET /../../etc/passwd HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[400, 404]),
        (
            "a path that climbs, encoded",
            b"GET /docs/..%2f..%2fetc%2fpasswd HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
            &[404],
        ),
        (
            "a path that climbs, encoded twice",
            b"GET /docs/%252e%252e%252fetc HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(),
            &[404],
        ),
        ("a path with NUL", b"GET /docs/%00 HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[400, 404]),
        ("slashes", b"GET //v1//sources HTTP/1.1\r\nHost: x\r\n\r\n".to_vec(), &[400, 404]),
        ("HTTP/0.9", b"GET /\r\n\r\n".to_vec(), &[400]),
        ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec(), &[400, 505]),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec(), &[]),
        ("noise", (0..=255).cycle().take(4_000).collect(), &[]),
        ("a huge length", post_with("Content-Length: 18446744073709551615\r\n\r\n{}"), &[400, 413]),
        ("a length beyond numbers", post_with("Content-Length: 99999999999999999999999\r\n\r\n{}"), &[400]),
        ("a negative length", post_with("Content-Length: -1\r\n\r\n{}"), &[400]),
        ("a length with a sign", post_with("Content-Length: +2\r\n\r\n{}"), &[400]),
        ("two lengths", post_with("Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), &[400]),
        ("a length and chunks", post_with("Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), &[400]),
        ("chunks within chunks", post_with("Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"), &[400]),
        ("another transfer encoding", post_with("Transfer-Encoding: gzip\r\n\r\nx"), &[400]),
        ("a chunk of a huge size", post_with("Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n{}\r\n"), &[400]),
        ("a chunk of no size", post_with("Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"), &[400]),
        ("a chunk that is too short", post_with("Transfer-Encoding: chunked\r\n\r\n5\r\n{}\r\n0\r\n\r\n"), &[400]),
        (
            "chunks that are right",
            post_with("Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n1;a=b\r\n}\r\n0\r\n\r\n"),
            &[422],
        ),
        ("half a body", post_with("Content-Length: 100\r\n\r\n{\"code\":"), &[400]),
        ("a body that is waited for", post_with("Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}"), &[422]),
        ("another expectation", post_with("Expect: 200-ok\r\nContent-Length: 2\r\n\r\n{}"), &[400, 417, 422]),
        ("two tokens", get("Authorization: Bearer hw_secret\r\nAuthorization: Bearer hw_secret\r\n"), &[401]),
        ("a request behind a request", [get(""), get("")].concat(), &[200]),
        (
            "a request hidden in a body",
            post_with("Content-Length: 44\r\n\r\nGET /v1/tokens HTTP/1.1\r\nHost: x\r\nX: hidden\r\n"),
            &[400],
        ),
    ];
    all.into_iter().map(|(what, bytes, expected)| (what.to_owned(), bytes, expected.to_vec())).collect()
}
