//! One connection on which a request follows another, as a client or a proxy uses it.

use std::io::{Read, Write};
use std::net::TcpStream;

use crate::support::PATIENCE;

/// An answer.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
    /// Whether it has no body because it is one to `HEAD`.
    pub is_bare: bool,
}

impl Answer {
    /// A header, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.into_iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }
}

pub struct Line {
    address: String,
    stream: TcpStream,
    came: Vec<u8>,
}

fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).expect("the service listens");
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

impl Line {
    pub fn open(address: &str) -> Self {
        Self { address: address.to_owned(), stream: connect(address), came: vec![] }
    }

    /// Sends a request and reads its answer; whoever is told that the connection ends comes back on another.
    pub fn ask(&mut self, request: &[u8]) -> Answer {
        // The service may answer and hang up before it has been sent everything.
        let _ = self.stream.write_all(request);
        let shown = || String::from_utf8_lossy(&request[..request.len().min(300)]).into_owned();
        let answer = loop {
            let answer =
                self.answer(request.starts_with(b"HEAD ")).unwrap_or_else(|| panic!("no answer to {}", shown()));
            if answer.status >= 200 {
                break answer;
            }
        };
        if answer.header("connection") == Some("close") {
            let mut rest = vec![];
            let _ = self.stream.read_to_end(&mut rest);
            assert!(rest.is_empty(), "more behind the last answer to {}: {}", shown(), String::from_utf8_lossy(&rest));
            *self = Self::open(&self.address);
        }
        answer
    }

    /// Everything that is answered to some bytes, after which nothing more is sent.
    pub fn all(&mut self, bytes: &[u8]) -> Vec<Answer> {
        let _ = self.stream.write_all(bytes);
        let _ = self.stream.shutdown(std::net::Shutdown::Write);
        let mut answers = vec![];
        while let Some(answer) = self.answer(bytes.starts_with(b"HEAD ")) {
            if answer.status >= 200 {
                answers.push(answer);
            }
        }
        answers
    }

    /// Insists that the next request is answered as if nothing had been.
    pub fn is_sane(&mut self, what: &str) {
        let answer = self.ask(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
        assert_eq!((answer.status, answer.body.as_slice()), (200, b"{\"status\":\"ok\"}".as_slice()), "after {what}");
    }

    fn more(&mut self) -> bool {
        let mut buffer = [0; 1 << 16];
        match self.stream.read(&mut buffer) {
            Ok(count) => {
                self.came.extend_from_slice(&buffer[..count]);
                count > 0
            }
            Err(error) => {
                assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "an answer, or the end");
                false
            }
        }
    }

    fn take(&mut self, count: usize) -> Vec<u8> {
        while self.came.len() < count {
            assert!(self.more(), "an answer breaks off");
        }
        self.came.drain(..count).collect()
    }

    /// Up to and with the next end of a line, or of a head.
    fn until(&mut self, end: &[u8]) -> Option<Vec<u8>> {
        loop {
            if let Some(at) = self.came.windows(end.len()).position(|some| some == end) {
                return Some(self.take(at + end.len()));
            }
            if !self.more() {
                assert_eq!(String::from_utf8_lossy(&self.came), "", "half an answer");
                return None;
            }
        }
    }

    fn answer(&mut self, is_bare: bool) -> Option<Answer> {
        let head = String::from_utf8(self.until(b"\r\n\r\n")?).expect("a head is text");
        let status = head.get(9..12).and_then(|status| status.parse().ok()).expect("a status");
        let mut answer = Answer { status, head, body: vec![], is_bare };
        if is_bare || status < 200 || matches!(status, 204 | 304) {
            return Some(answer);
        }
        if answer.header("transfer-encoding") == Some("chunked") {
            loop {
                let size = String::from_utf8(self.until(b"\r\n").expect("a chunk")).unwrap();
                let size = usize::from_str_radix(size.trim(), 16).expect("the size of a chunk");
                let chunk = self.take(size + 2);
                answer.body.extend_from_slice(&chunk[..size]);
                if size == 0 {
                    return Some(answer);
                }
            }
        }
        let length = answer.header("content-length").and_then(|length| length.parse().ok()).expect("a length");
        answer.body = self.take(length);
        Some(answer)
    }
}
