//! The command as it runs, spoken to in bytes. What no client library would send, people and scanners do.
//!
//! It runs on SQLite only: nothing here depends on what the database is. How connections behave at large (slow ones,
//! long bodies, idle ones) is tested beside the code, in `src/http/wire/tests.rs`.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::Value;

/// `homeward demo`, until the test ends.
struct Service {
    process: Child,
    address: String,
    token: String,
}

impl Service {
    fn start() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_homeward"));
        command.arg("demo").env("BIND", "127.0.0.1:0").env("RUST_LOG", "off").stdout(Stdio::piped());
        let mut process = command.spawn().unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        // What it prints at the start: where it is, and an editor's token.
        let said: Vec<String> =
            lines.map(Result::unwrap).take_while(|line| !line.starts_with("Documentation")).collect();
        let said = said.join("\n");
        let word = |before: &str| said.split(before).nth(1).and_then(|rest| rest.split_whitespace().next());
        let (address, token) = (word("at http://").unwrap().to_owned(), word("token: ").unwrap().to_owned());
        Self { process, address, token }
    }

    fn call(&self) -> TcpStream {
        let line = TcpStream::connect(&self.address).unwrap();
        line.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        line
    }

    /// Sends a request on a connection of its own, which the service closes.
    fn answer(&self, bytes: &[u8]) -> Answer {
        let mut line = self.call();
        line.write_all(bytes).unwrap();
        Answer::read(line)
    }

    fn get(&self, address: &[u8]) -> Answer {
        self.answer(&[b"GET ", address, b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"].concat())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    /// The only answer on a connection.
    fn read(mut line: TcpStream) -> Self {
        let mut text = String::new();
        line.read_to_string(&mut text).expect("the connection is closed behind the answer");
        let (head, body) = text.split_once("\r\n\r\n").expect("an answer");
        Self { status: head[9..12].parse().unwrap(), head: head.to_ascii_lowercase(), body: body.to_owned() }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().filter_map(|line| line.split_once(": ")).find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    fn header_names(&self) -> BTreeSet<&str> {
        self.head.lines().filter_map(|line| line.split_once(": ")).map(|(name, _)| name).collect()
    }

    #[track_caller]
    fn is_problem(&self, status: u16, code: &str) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        assert_eq!(self.header("content-type"), Some("application/problem+json"), "{}", self.head);
        let problem: Value = serde_json::from_str(&self.body).unwrap();
        assert_eq!(
            (problem["status"].as_u64(), problem["code"].as_str()),
            (Some(status.into()), Some(code)),
            "{problem}"
        );
        assert_eq!(problem["type"], format!("/problems/{code}"));
        assert_eq!(problem["request_id"].as_str(), self.header("x-request-id"));
        for member in ["title", "detail"] {
            assert!(problem[member].as_str().is_some_and(|text| !text.is_empty()), "{member}: {problem}");
        }
        problem
    }
}

#[test]
fn arabic_may_be_typed_into_an_address_as_it_is() {
    let service = Service::start();
    let typed = service.get("/v1/locations?q=الوعر".as_bytes());
    assert_eq!(typed.status, 200);
    assert!(typed.body.contains("\"code\":\"al-waer\""), "{}", typed.body);
    let encoded = service.get(b"/v1/locations?q=%D8%A7%D9%84%D9%88%D8%B9%D8%B1");
    assert_eq!((typed.body, typed.head.len()), (encoded.body, encoded.head.len()));
    let problem = service.get("/v1/locations/الوعر".as_bytes()).is_problem(404, "not_found");
    assert_eq!(problem["detail"], "There is no location الوعر.");
    let problem = service.get(b"/v1/locations?q=\xd8").is_problem(400, "invalid_parameters");
    assert_eq!(problem["errors"][0]["code"], "invalid_encoding");
    service.get(b"/v1/locations/\xd8").is_problem(400, "bad_request");
    service.get(b"/v1/locations/%d8").is_problem(400, "bad_request");
    service.get(b"/\xff").is_problem(400, "bad_request");
}

#[test]
fn what_is_no_request_is_answered_like_every_other_mistake() {
    let service = Service::start();
    let ordinary = service.get(b"/nothing");
    ordinary.is_problem(404, "not_found");
    let long = "x".repeat(100_000);
    let cases = [
        ("hello\r\n\r\n".to_owned(), 400, "bad_request"),
        ("GET /v1/locations?q=al waer HTTP/1.1\r\nHost: x\r\n\r\n".to_owned(), 400, "bad_request"),
        ("GET /v1/locations HTTP/1.1\r\n\r\n".to_owned(), 400, "bad_request"),
        ("GET / HTTP/1.1\r\nHost: x\r\nnonsense\r\n\r\n".to_owned(), 400, "bad_request"),
        (format!("GET /{long} HTTP/1.1\r\nHost: x\r\n\r\n"), 414, "address_too_long"),
        (format!("GET / HTTP/1.1\r\nHost: x\r\nX: {long}{long}\r\n\r\n"), 431, "headers_too_large"),
        ("GET / HTTP/2.0\r\nHost: x\r\n\r\n".to_owned(), 505, "http_version_not_supported"),
    ];
    for (request, status, code) in cases {
        let answer = service.answer(request.as_bytes());
        answer.is_problem(status, code);
        assert_eq!(answer.header("connection"), Some("close"));
        assert_eq!(answer.header_names(), ordinary.header_names());
        let kind = service.get(format!("/problems/{code}").as_bytes());
        assert_eq!(kind.status, 200, "{code} is explained");
    }
}

#[test]
fn a_body_with_malformed_chunks_is_a_problem() {
    let service = Service::start();
    let head = "POST /v1/sources HTTP/1.1\r\nHost: x\r\nContent-Type: application/json";
    let body = "Transfer-Encoding: chunked\r\n\r\n5\r\n{\"cod\r\nnonsense\r\n";
    let token = &service.token;
    let answer = service.answer(format!("{head}\r\nAuthorization: Bearer {token}\r\n{body}").as_bytes());
    answer.is_problem(400, "bad_request");
    let answer = service.answer(format!("{head}\r\n{body}").as_bytes());
    answer.is_problem(401, "unauthorized");
}

#[test]
#[cfg(unix)]
fn whoever_is_being_answered_when_it_is_told_to_stop_gets_the_answer() {
    let mut service = Service::start();
    let (mut idle, mut line) = (service.call(), service.call());
    let body = r#"{"code": "late", "name": "Late", "kind": "media"}"#;
    let (first, second) = body.split_at(10);
    let (token, length) = (&service.token, body.len());
    let head = format!(
        "POST /v1/sources HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n\
         Expect: 100-continue\r\nContent-Length: {length}\r\n\r\n"
    );
    line.write_all(head.as_bytes()).unwrap();
    let mut go = [0; 25];
    line.read_exact(&mut go).unwrap();
    assert_eq!(&go, b"HTTP/1.1 100 Continue\r\n\r\n");
    line.write_all(first.as_bytes()).unwrap();
    let told = Command::new("kill").args(["-TERM", &service.process.id().to_string()]).status().unwrap();
    assert!(told.success());
    // It has heard when it closes on whoever asks nothing.
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    line.write_all(second.as_bytes()).unwrap();
    let answer = Answer::read(line);
    assert_eq!(answer.status, 201, "{}", answer.body);
    assert!(service.process.wait().unwrap().success());
}
