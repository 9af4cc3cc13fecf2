//! Many clients that say nothing: they hurt nobody, and there are never more of them than is allowed.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use crate::support::{Database, Kind, PATIENCE, Service, command, eventually, given_many_figures, given_places, token};

const HELLO: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";

/// How many connections are opened: `scripts/idle` asks for more.
#[expect(clippy::disallowed_methods, reason = "how much a test does is no setting of the service")]
fn many() -> usize {
    std::env::var("IDLE_CONNECTIONS").ok().map_or(2_000, |text| text.parse().expect("IDLE_CONNECTIONS is a number"))
}

fn connect(service: &Service) -> TcpStream {
    let stream = TcpStream::connect(service.address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

/// Asks something on a connection that stays open.
fn greet(stream: &mut TcpStream) {
    stream.write_all(HELLO).unwrap();
    let mut answer = [0; 4096];
    let count = stream.read(&mut answer).unwrap();
    assert!(answer[..count].starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..count]));
}

/// Kilobytes of memory that a process has.
#[cfg(target_os = "linux")]
fn memory(service: &Service) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{}/status", service.process())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[test]
#[cfg(target_os = "linux")]
fn thousands_of_idle_connections_hurt_nobody() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let _ = setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, maximum: limit.maximum });
    let database = Database::create(Kind::Sqlite);
    let (many, url) = (many(), database.url());
    let service = Service::of(
        command(&url, &["serve"]).env("MAX_CONNECTIONS", (many + 100).to_string()).env("PUBLIC_READ", "true"),
    );
    greet(&mut connect(&service));
    let before = memory(&service);
    // Proxies and browsers keep connections on which they have asked something.
    let mut kept: Vec<TcpStream> = (0..many).map(|_| connect(&service)).collect();
    kept.iter_mut().for_each(greet);
    let each = (memory(&service).saturating_sub(before)) / many;
    println!("{many} idle connections: {each} KB each, {} MB in all", memory(&service) >> 10);
    assert!(each < 100, "an idle connection takes {each} KB");
    // Everybody else is served as before, and so are they.
    for _ in 0..100 {
        service.client().get("/v1/sources").is(200);
    }
    kept.iter_mut().step_by(10).for_each(greet);
    drop(kept);
    service.client().get("/health/ready").is(200);
    service.stop();
}

both! {
    fn slow_readers_hold_no_connection_to_the_database(database) {
        let url = database.url();
        let ada = token(&url, "ada", "editor");
        let service = Service::of(command(&url, &["serve"]).env("MAX_BODY_MB", "64").env("DATABASE_CONNECTIONS", "1"));
        let editor = service.with_token(&ada);
        given_places(&editor);
        given_many_figures(&editor, 6_000);
        let mut downloads: Vec<_> = ["csv", "ndjson", "csv", "ndjson"]
            .map(|format| editor.begin("GET", &format!("/v1/figures.{format}"), 0).unwrap())
            .into();
        for download in &mut downloads {
            download.receive().unwrap();
        }
        // Nobody reads on, and there is one connection for everybody.
        for _ in 0..20 {
            editor.get("/v1/figures?limit=1").is(200);
            editor.get("/v1/stats/summary").is(200);
        }
        editor.put("/v1/sources/paper", &serde_json::json!({"name": "The paper", "kind": "media"})).is(201);
        assert!(!service.log().contains("GET /v1/figures.csv"), "it is written already, before anybody reads it");
        for download in downloads {
            download.answer().unwrap().is(200);
        }
        service.stop();
    }
}

#[test]
fn whoever_comes_when_all_connections_are_taken_is_let_in_when_one_is_free() {
    let database = Database::create(Kind::Sqlite);
    let service = Service::of(command(&database.url(), &["serve"]).env("MAX_CONNECTIONS", "3").env("WORKERS", "1"));
    let mut kept: Vec<TcpStream> = (0..3).map(|_| connect(&service)).collect();
    kept.iter_mut().for_each(greet);
    let mut late = connect(&service);
    late.write_all(HELLO).unwrap();
    late.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
    let nothing = late.read(&mut [0; 16]).map_err(|error| error.kind());
    assert!(nothing.is_err(), "it is served beside those who have all connections: {nothing:?}");
    kept.iter_mut().for_each(greet);
    kept.pop();
    late.set_read_timeout(Some(PATIENCE)).unwrap();
    eventually("it is let in", || late.read(&mut [0; 4096]).is_ok_and(|count| count > 0));
    service.stop();
}
