//! A caller over TCP, who can also be slow or leave early: each request has a connection of its own.

use std::io::{self, Read, Write};
use std::net::TcpStream;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::PATIENCE;

/// Somebody who calls the service.
#[derive(Clone)]
pub struct Client {
    address: String,
    /// Lines of the head, each with its end.
    headers: String,
}

impl Client {
    pub(super) fn new(address: &str) -> Self {
        Self { address: address.to_owned(), headers: String::new() }
    }

    pub(super) fn with_token(self, token: &str) -> Self {
        self.with("Authorization", &format!("Bearer {token}"))
    }

    /// The same caller with a token as the password, as programs send it that know nothing else.
    pub fn with_password(&self, token: &str) -> Self {
        self.with("Authorization", &format!("Basic {}", STANDARD.encode(format!("anybody:{token}"))))
    }

    /// The same caller, sending a header more.
    pub fn with(&self, name: &str, value: &str) -> Self {
        Self { address: self.address.clone(), headers: format!("{}{name}: {value}\r\n", self.headers) }
    }

    /// Whether anybody listens there.
    pub fn connects(&self) -> bool {
        TcpStream::connect(&self.address).is_ok()
    }

    /// Sends the head of a request; the body, of this length, is the caller's.
    pub fn begin(&self, method: &str, path: &str, length: usize) -> io::Result<Conversation> {
        self.begin_with("Content-Type: application/json\r\n", method, path, length)
    }

    /// The same, and waits until the service asks for the body: from then on the request is under way.
    pub fn offer(&self, method: &str, path: &str, length: usize) -> io::Result<Conversation> {
        const ASKED: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
        let headers = "Content-Type: application/json\r\nExpect: 100-continue\r\n";
        let mut conversation = self.begin_with(headers, method, path, length)?;
        while conversation.received.len() < ASKED.len() && conversation.receive()? > 0 {}
        assert_eq!(String::from_utf8_lossy(&conversation.received), String::from_utf8_lossy(ASKED));
        conversation.received.clear();
        Ok(conversation)
    }

    /// Commits a sheet of CSV; this may be cut off.
    pub fn import(&self, sheet: &str, csv: &str) -> io::Result<Answer> {
        let path = format!("/v1/imports/{sheet}?commit=true");
        let mut conversation = self.begin_with("Content-Type: text/csv\r\n", "POST", &path, csv.len())?;
        conversation.send(csv.as_bytes())?;
        conversation.answer()
    }

    fn begin_with(&self, headers: &str, method: &str, path: &str, length: usize) -> io::Result<Conversation> {
        let stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut conversation = Conversation { stream, received: vec![] };
        conversation.send(
            format!(
                "{method} {path} HTTP/1.1\r\nHost: {}\r\n{}{headers}Content-Length: {length}\r\nConnection: close\r\n\r\n",
                self.address,
                self.headers
            )
            .as_bytes(),
        )?;
        Ok(conversation)
    }

    /// Sends a request that may be cut off.
    pub fn try_send(&self, method: &str, path: &str, body: Option<&Value>) -> io::Result<Answer> {
        let body = body.map(Value::to_string).unwrap_or_default();
        let mut conversation = self.begin(method, path, body.len())?;
        conversation.send(body.as_bytes())?;
        conversation.answer()
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        self.try_send(method, path, body).unwrap_or_else(|error| panic!("{method} {path}: {error}"))
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send("GET", path, None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send("POST", path, Some(body))
    }

    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send("PUT", path, Some(body))
    }

    /// The rows of a list or statistic that must be there.
    pub fn rows(&self, path: &str) -> Vec<Value> {
        self.get(path).is(200).json()["data"].as_array().expect("a list has `data`").clone()
    }
}

/// A request that is under way.
pub struct Conversation {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Conversation {
    /// Sends some bytes.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes)
    }

    /// Takes what has come, some thousand bytes at the most, and says how many there were: none at the end.
    pub fn receive(&mut self) -> io::Result<usize> {
        let mut buffer = [0; 16 * 1024];
        let count = loop {
            match self.stream.read(&mut buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                done => break done?,
            }
        };
        self.received.extend_from_slice(&buffer[..count]);
        Ok(count)
    }

    /// Everything that the service still sends, until it hangs up.
    pub fn answer(mut self) -> io::Result<Answer> {
        while self.receive()? > 0 {}
        Answer::parse(&self.received).ok_or_else(|| io::Error::new(io::ErrorKind::UnexpectedEof, "half an answer"))
    }
}

/// What the service answered.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    headers: Vec<(String, String)>,
    bytes: Vec<u8>,
}

#[expect(clippy::wrong_self_convention, reason = "`is_problem` insists and hands on: a test reads as a sentence")]
impl Answer {
    /// Understands a whole answer; there is none in half of one.
    fn parse(received: &[u8]) -> Option<Self> {
        let end = received.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = std::str::from_utf8(&received[..end]).ok()?;
        let body = &received[end + 4..];
        let mut lines = head.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let header = |line: &str| line.split_once(": ").map(|(name, value)| (name.to_lowercase(), value.to_owned()));
        let headers = lines.filter_map(header).collect();
        let mut answer = Self { status, headers, bytes: vec![] };
        answer.bytes = match answer.header("content-length") {
            Some(length) => Some(body.to_vec()).filter(|body| length.parse() == Ok(body.len()))?,
            None if [204, 304].contains(&status) => vec![],
            None => joined(body)?,
        };
        Some(answer)
    }

    /// A header, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Every line of a header.
    pub fn header_lines(&self, name: &str) -> Vec<&str> {
        let lines = self.headers.iter().filter(|(known, _)| known.eq_ignore_ascii_case(name));
        lines.map(|(_, value)| value.as_str()).collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    /// Insists on a status.
    #[track_caller]
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", self.text());
        self
    }

    /// Insists on a 503 that says when to come back, and no more than that.
    #[track_caller]
    pub fn is_unavailable(self) -> Self {
        let answer = self.is(503);
        assert_eq!(answer.header("Content-Type"), Some("application/problem+json"), "{answer:?}");
        assert!(answer.header("Retry-After").is_some_and(|seconds| seconds.parse::<u32>().is_ok()), "{answer:?}");
        let problem = answer.json();
        assert_eq!(problem["code"], "unavailable");
        assert_eq!(problem["request_id"].as_str(), answer.header("X-Request-Id"));
        answer
    }
}

/// The pieces of a body that came in pieces, if the last one is there.
fn joined(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = vec![];
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n")?;
        let length = usize::from_str_radix(std::str::from_utf8(&body[..end]).ok()?, 16).ok()?;
        let piece = body.get(end + 2..end + 2 + length)?;
        whole.extend_from_slice(piece);
        if length == 0 {
            return Some(whole);
        }
        body = body.get(end + 4 + length..)?;
    }
}
