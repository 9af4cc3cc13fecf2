//! SIGTERM: requests under way are finished, new ones are not begun, and the next process can begin at once.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::{PATIENCE, Record, Service, command, eventually, given_many_figures, given_places, token};

/// More rows than an export reads from the database at once.
const FIGURES: usize = 5_200;

/// Asks the service to stop, and waits until it takes no more connections.
fn stops_listening(service: &Service) {
    service.terminate();
    eventually("new connections are refused", || !service.client().connects());
}

/// Waits for the end of a service that has nothing left to finish, and gives its log. After 30 seconds it would give up on
/// whatever holds it, and end all the same: it must not come to that.
fn ends_well(service: Service) -> String {
    let began = Instant::now();
    let outcome = service.end();
    assert_eq!(outcome.status, Some(0), "{outcome}");
    assert!(began.elapsed() < Duration::from_secs(20), "{outcome}");
    outcome.err
}

both! {
    fn a_body_that_is_on_its_way_is_still_taken(database) {
        let url = database.url();
        let ada = token(&url, "ada", "editor");
        let service = Service::start(&url);
        let body = json!({"code": "radio", "name": "The radio", "kind": "media"}).to_string();
        let mut upload = service.with_token(&ada).offer("POST", "/v1/sources", body.len()).unwrap();
        upload.send(&body.as_bytes()[..10]).unwrap();
        stops_listening(&service);
        upload.send(&body.as_bytes()[10..]).unwrap();
        upload.answer().unwrap().is(201);
        ends_well(service);

        // The next one takes over at once, on the same database.
        let next = Service::start(&url);
        next.with_token(&ada).get("/v1/sources/radio").is(200);
        next.with_token(&ada).put("/v1/sources/press", &json!({"name": "The press", "kind": "media"})).is(201);
        next.stop();
    }

    fn a_slow_reader_gets_the_whole_file(database) {
        let url = database.url();
        let ada = token(&url, "ada", "editor");
        let service = Service::of(command(&url, &["serve"]).env("MAX_BODY_MB", "64"));
        let editor = service.with_token(&ada);
        given_places(&editor);
        given_many_figures(&editor, FIGURES);

        let mut download = editor.begin("GET", "/v1/figures.csv", 0).unwrap();
        download.receive().unwrap();
        stops_listening(&service);
        assert!(!service.log().contains("GET /v1/figures.csv"), "it is written already, before anybody reads it");
        let file = download.answer().unwrap().is(200).text();
        assert_eq!(file.lines().count(), 1 + FIGURES);
        let log = ends_well(service);
        assert!(log.contains("GET /v1/figures.csv 200") && !log.contains("aborted"), "{log}");
    }
}

both! {
    fn under_load_no_request_that_was_taken_is_lost(database) {
        let url = database.url();
        let ada = token(&url, "ada", "editor");
        let mut service = Service::start(&url);
        given_places(&service.with_token(&ada));
        let record = Record::default();
        for round in 1..=2 {
            let editor = service.with_token(&ada);
            let ends = record.write_until_refused(&editor, || {
                eventually("eight writers write", || record.len() >= round * 40);
                service.terminate();
                let outcome = service.end();
                assert_eq!(outcome.status, Some(0), "{outcome}");
                assert!(!outcome.err.contains("aborted"), "an answer was cut off: {outcome}");
            });
            assert!(ends.iter().all(Result::is_err), "cut off, not refused: {ends:?}");
            // What was written was also answered: unlike after a power cut, nobody has to ask what became of it.
            service = Service::start(&url);
            record.is_kept(&service.with_token(&ada), 0);
        }
        service.stop();
    }
}

#[test]
fn nobody_who_only_stays_connected_holds_it_up() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&format!("sqlite:{}", folder.path().join("a.db").display()));
    // A proxy keeps connections for later, used ones and new ones.
    let mut kept: Vec<TcpStream> = (0..4).map(|_| TcpStream::connect(service.address()).unwrap()).collect();
    for stream in &mut kept[..2] {
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
        assert!(stream.read(&mut [0; 4096]).unwrap() > 0);
    }
    // Somebody has been refused, and still means to send the rest.
    let mut refused = service.client().begin("POST", "/v1/sources", 100).unwrap();
    refused.receive().unwrap();
    service.terminate();
    ends_well(service);
}
