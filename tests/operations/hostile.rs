//! Hostile input: a corpus made from the API's own document, so that a new operation joins it by itself.
//!
//! Whatever is sent, the answer is never a fault of the service, a mistake is always a problem document, what the document forbids is
//! never accepted, nothing of the machine shows, and the next request on the connection is answered as if nothing had been.

mod bytes;
mod corpus;
mod line;
mod schema;

use std::collections::BTreeMap;

use homeward::db::Db;
use serde_json::Value;

use self::corpus::{Case, corpus};
use self::line::{Answer, Line};
use crate::support::{Database, Service, command, token};

/// What no answer may show: of this machine, of the database, or of the program.
const INSIDE: [&str; 12] = [
    env!("CARGO_MANIFEST_DIR"),
    "/tmp/",
    ".rs:",
    "panicked",
    "SELECT ",
    "INSERT INTO",
    "diesel",
    "test.db",
    "postgres:",
    "syntax error",
    "no such table",
    "backtrace",
];

/// The service with the record of Al-Waer in it, and an admin's token.
fn serve(database: &Database) -> (Service, String) {
    let url = database.url();
    let admin = token(&url, "somebody", "admin");
    actix_web::rt::System::new().block_on(async {
        let db = Db::open(&url.parse().unwrap(), 1).unwrap();
        homeward::transfer::demo::load(&db, &homeward::app::system_clock()).await.unwrap();
    });
    (Service::of(command(&url, &["serve"]).env("PUBLIC_READ", "true").env("MAX_BODY_MB", "1")), admin)
}

/// What is wrong with an answer, if anything is.
fn judge(answer: &Answer, expected: &[u16]) -> Result<(), String> {
    let Answer { status, body, is_bare, .. } = answer;
    let text = String::from_utf8_lossy(body);
    if !(200..500).contains(status) && *status != 505 {
        return Err("a status that nobody should see".to_owned());
    }
    if !expected.is_empty() && !expected.contains(status) {
        return Err(format!("{status}, and expected one of {expected:?}"));
    }
    if *status < 400 {
        return Ok(());
    }
    if let Some(inside) = INSIDE.iter().find(|inside| text.contains(**inside)) {
        return Err(format!("it shows `{inside}`"));
    }
    if answer.header("content-type") != Some("application/problem+json") {
        return Err("a mistake is a problem document".to_owned());
    }
    if *is_bare {
        return Ok(());
    }
    let problem: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    let kind = format!("/problems/{}", problem["code"].as_str().unwrap_or_default());
    let fine = problem["status"] == *status
        && problem["type"] == kind
        && ["title", "detail"].iter().all(|name| problem[name].as_str().is_some_and(|text| !text.is_empty()))
        && problem["request_id"].as_str() == answer.header("x-request-id");
    if !fine {
        return Err("not all members of a problem are there, or they disagree".to_owned());
    }
    let lists = |name: &str| problem[name].as_array().is_some_and(|all| !all.is_empty());
    if matches!(problem["code"].as_str(), Some("invalid_parameters" | "invalid_body" | "invalid_sheet"))
        && !lists("errors")
    {
        return Err("it does not say what is wrong".to_owned());
    }
    let allow = answer.header("allow").is_some_and(|methods| !methods.is_empty());
    let asks = answer.header("www-authenticate").is_some();
    if (*status == 405) != allow || (*status == 401) != asks {
        return Err("`Allow` belongs to a 405, and `WWW-Authenticate` to a 401".to_owned());
    }
    Ok(())
}

/// What was wrong with some answers: all of it is told at once.
#[derive(Default)]
struct Verdict(Vec<String>);

impl Verdict {
    fn on(&mut self, what: &str, answer: &Answer, expected: &[u16]) {
        if let Err(why) = judge(answer, expected) {
            let what: String = what.chars().take(200).collect();
            let body: String = String::from_utf8_lossy(&answer.body).chars().take(300).collect();
            self.0.push(format!("{why}\n    {what}\n    {} {body}", answer.status));
        }
    }

    #[track_caller]
    fn is_fine(&self) {
        let shown: Vec<&str> = self.0.iter().take(40).map(String::as_str).collect();
        assert!(self.0.is_empty(), "{} answers are wrong:\n{}", self.0.len(), shown.join("\n"));
    }
}

/// Insists on what holds for a log in the end.
fn judge_log(log: &str, secrets: &[&str]) {
    for secret in secrets {
        assert!(!log.contains(secret), "the log holds {secret}");
    }
    for line in log.lines() {
        assert!(line.starts_with('[') && !line.chars().any(char::is_control), "a line that is none: {line:?}");
        assert!(!line.contains(" ERROR ") && !line.contains("panicked"), "{line}");
    }
}

both! {
    fn every_operation_withstands_what_is_wrong(database) {
        let (service, admin) = serve(database);
        let mut line = Line::open(service.address());
        let (mut seen, mut verdict) = (BTreeMap::<String, usize>::new(), Verdict::default());
        for Case { what, request, expected } in corpus(&homeward::http::document().value, &admin) {
            let answer = line.ask(&request);
            verdict.on(&what, &answer, &expected);
            *seen.entry(answer.status.to_string()).or_default() += 1;
            line.is_sane(&what);
        }
        verdict.is_fine();
        // The corpus reaches what it is meant to reach.
        for status in ["200", "201", "400", "401", "404", "405", "406", "409", "412", "415", "422"] {
            assert!(seen.contains_key(status), "nothing was answered with {status}: {seen:?}");
        }
        assert!(seen.values().sum::<usize>() > 5_000, "{seen:?}");
        judge_log(&service.log(), &[&admin]);
        service.stop();
    }

    fn whatever_bytes_come_the_service_goes_on(database) {
        let (service, admin) = serve(database);
        let mut verdict = Verdict::default();
        for (what, request, expected) in bytes::requests(&admin) {
            let mut line = Line::open(service.address());
            let answers = line.all(&request);
            assert!(!answers.is_empty() || expected.is_empty(), "{what}: no answer");
            for answer in &answers {
                verdict.on(&what, answer, &expected);
            }
            Line::open(service.address()).is_sane(&what);
        }
        verdict.is_fine();
        judge_log(&service.log(), &[&admin, "hw_secret"]);
        service.stop();
    }
}

#[test]
fn no_token_gets_into_the_log_however_it_is_sent() {
    let database = Database::create(crate::support::Kind::Sqlite);
    let url = database.url();
    let holds = token(&url, "somebody", "admin");
    for format in ["text", "json"] {
        let service = Service::of(command(&url, &["serve"]).env("LOG_FORMAT", format).env("RUST_LOG", "debug"));
        let mut line = Line::open(service.address());
        let shown = ["hw_secretsecret", holds.as_str()];
        for secret in shown {
            let headers = [
                format!("Authorization: Bearer {secret}"),
                format!("Authorization: bearer{secret}"),
                format!("Authorization: {secret}"),
                format!("Authorization: Basic {secret}"),
                format!("Authorization: Bearer {secret}\r\nAuthorization: Bearer {secret}"),
                format!("Cookie: token={secret}"),
                format!("X-Request-Id: a b {secret}"),
                format!("User-Agent: {secret}"),
            ];
            for header in headers {
                line.ask(format!("GET /v1/sources HTTP/1.1\r\nHost: x\r\n{header}\r\n\r\n").as_bytes());
            }
            for query in [format!("token={secret}"), format!("access_token={secret}&q={secret}"), secret.to_owned()] {
                line.ask(format!("GET /v1/sources?{query} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes());
            }
            let body = format!("{{\"token\": \"{secret}\", \"name\": \"{secret}\"}}");
            let head = format!(
                "POST /v1/sources HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {holds}\r\nContent-Type: application/json"
            );
            line.ask(format!("{head}\r\nContent-Length: {}\r\n\r\n{body}", body.len()).as_bytes());
        }
        let log = service.log();
        assert!(log.matches("/v1/sources").count() > 20, "{log}");
        for secret in shown {
            assert!(!log.contains(secret), "{format}: {log}");
        }
        for (index, line) in log.lines().enumerate() {
            let fine =
                if format == "json" { serde_json::from_str::<Value>(line).is_ok() } else { line.starts_with('[') };
            assert!(fine, "{format}, line {index}: {line:?}");
        }
        service.stop();
    }
}

#[test]
fn nobody_writes_lines_of_their_own_into_the_log() {
    let database = Database::create(crate::support::Kind::Sqlite);
    let service = Service::start(&database.url());
    let mut line = Line::open(service.address());
    for path in
        ["/v1/x%0d%0a[2026-01-01T00:00:00Z%20ERROR%20homeward]%20gone", "/%1b[31mred", "/%e2%80%aeevil", "/\u{202e}x"]
    {
        line.ask(
            format!("GET {path} HTTP/1.1\r\nHost: x\r\nX-Request-Id: \u{1b}[31m\r\nUser-Agent: \u{1b}[31m\r\n\r\n")
                .as_bytes(),
        );
    }
    let log = service.log();
    assert!(log.lines().count() >= 5, "{log}");
    for line in log.lines() {
        assert!(line.starts_with("[2") && !line.contains(" ERROR "), "{line:?}");
        assert!(!line.chars().any(|letter| letter.is_control() || letter == '\u{202e}'), "{line:?}");
    }
    service.stop();
}
