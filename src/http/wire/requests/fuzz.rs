//! Whatever comes is read or refused, and never ends the reader: the bytes of a connection.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::tests::heard;
use super::*;

/// Pieces of which requests are made, and some that belong to none.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            "GET ",
            "POST ",
            "/v1/x",
            " HTTP/1.1",
            "\r\n",
            "\n",
            "\r",
            "Host: x\r\n",
            "Content-Length: 3\r\n",
            "Content-Length: 5\r\n",
            "Transfer-Encoding: chunked\r\n",
            "Connection: close\r\n",
            "Expect: 100-continue\r\n",
            "\r\n\r\n",
            "3\r\nabc\r\n",
            "0\r\n\r\n",
            "abc",
            ":",
            "GET / HTTP/1.1\r\nHost: x\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        ])
        .prop_map(|text| text.as_bytes().to_vec()),
        any::<Vec<u8>>(),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

/// How it ended, as far as the client is told.
fn ending(end: Option<End>) -> Option<u16> {
    end.map(|end| match end {
        End::Refused(problem) => problem.status,
        End::Broken => 0,
    })
}

#[actix_web::test]
async fn any_bytes_however_they_are_cut() {
    let config = ServiceConfig::default();
    let run = TestRunner::default().run(&(bytes(), 1_usize..40), |(bytes, size)| {
        let (whole, end) = heard(&config, [bytes.as_slice()]);
        let (cut, cut_end) = heard(&config, bytes.chunks(size));
        let ending = (ending(end), ending(cut_end));
        prop_assert_eq!(ending.0, ending.1);
        // Of a body that breaks off, less may have been handed on.
        if ending.0 == Some(0) {
            let (less, more) = if whole.len() < cut.len() { (whole, cut) } else { (cut, whole) };
            prop_assert!(more.starts_with(&less));
        } else {
            prop_assert_eq!(whole, cut);
        }
        Ok(())
    });
    run.unwrap();
}
