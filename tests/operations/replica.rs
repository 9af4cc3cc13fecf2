//! Reads go to a streaming replica (`DATABASE_READ_URL`): how old they may be, and what happens when either server is away.

use serde_json::{Value, json};

use crate::support::{Answer, Client, Cluster, Outcome, Service, command, eventually, given_places, token};

/// A primary, its replica, and two instances that read there.
struct Pair {
    primary: Cluster,
    standby: Cluster,
    here: Service,
    there: Service,
    /// Tokens.
    admin: String,
    editor: String,
    reader: String,
}

fn serve(primary: &str, standby: &str) -> Service {
    let mut serve = command(primary, &["serve"]);
    Service::of(serve.env("DATABASE_READ_URL", standby).env("PUBLIC_READ", "true"))
}

impl Pair {
    fn start() -> Self {
        let primary = Cluster::start();
        let of = |name, role| token(&primary.url(), name, role);
        let (admin, editor, reader) = (of("boss", "admin"), of("ada", "editor"), of("ray", "reader"));
        let standby = primary.standby();
        let (here, there) = (serve(&primary.url(), &standby.url()), serve(&primary.url(), &standby.url()));
        given_places(&here.with_token(&editor));
        let pair = Self { primary, standby, here, there, admin, editor, reader };
        pair.are_alike();
        pair
    }

    /// Waits until the replica has everything, and both instances read there.
    #[track_caller]
    fn are_alike(&self) {
        for service in [&self.here, &self.there] {
            let editor = service.with_token(&self.editor);
            eventually("somebody answers", || editor.get("/v1/locations").status == 200);
            eventually("the replica is read, and has everything", || {
                let before = self.reads(service, "replica");
                let anybody = version(&service.client().get("/v1/locations"));
                let editor = version(&editor.get("/v1/locations"));
                anybody == editor && self.reads(service, "replica") == before + 2
            });
        }
    }

    /// How many reads an instance has done where.
    fn reads(&self, service: &Service, place: &str) -> u64 {
        self.number(service, &format!("homeward_database_reads_total{{where=\"{place}\"}}"))
    }

    fn number(&self, service: &Service, name: &str) -> u64 {
        let text = service.with_token(&self.editor).get("/metrics").is(200).text();
        let line = text.lines().find_map(|line| line.strip_prefix(name)?.trim().parse().ok());
        line.unwrap_or_default()
    }

    /// What `homeward doctor` says of a replica, and its exit status.
    fn doctor(&self, replica: &str) -> (String, Option<i32>) {
        let mut doctor = command(&self.primary.url(), &["doctor", "--json"]);
        let outcome = Outcome::of(doctor.env("DATABASE_READ_URL", replica));
        let report: Value = serde_json::from_str(&outcome.out).unwrap_or_else(|error| panic!("{error}: {outcome}"));
        let check = report["checks"].as_array().unwrap().iter().find(|check| check["name"] == "replica").cloned();
        (check.unwrap()["state"].as_str().unwrap().to_owned(), outcome.status)
    }

    fn stop(self) {
        self.here.stop();
        self.there.stop();
    }
}

#[track_caller]
fn version(answer: &Answer) -> i64 {
    let version = answer.header("X-Data-Version").unwrap_or_else(|| panic!("no version: {answer:?}"));
    version.parse().unwrap()
}

fn place(client: &Client, code: &str) -> Answer {
    client.put(&format!("/v1/locations/{code}"), &json!({"name": code, "kind": "locality"}))
}

#[test]
fn nobody_misses_what_they_wrote_and_anybody_may_be_late() {
    let pair = Pair::start();
    let (here, there) = (&pair.here, &pair.there);
    let [anybody, reader, editor] = [there.client(), there.with_token(&pair.reader), there.with_token(&pair.editor)];
    let before = version(&anybody.get("/v1/locations").is(200));
    pair.standby.run("SELECT pg_wal_replay_pause()");

    // What is written at one is there at the other: for who writes, and for who says what they have seen.
    let batch = json!({"code": "b", "origin": "waer", "departed_on": "2017-03-18",
        "movements": [{"destination": "bab", "figures": [{"stage": "departed", "individuals": 7, "source": "radio"}]}]});
    let written = version(&here.with_token(&pair.editor).post("/v1/batches", &batch).is(201));
    assert!(written > before);
    let text = written.to_string();
    let paths = [
        "/v1/batches/b",
        "/v1/batches",
        "/v1/movements.csv",
        "/v1/movements.xlsx",
        "/v1/exports/movements.csv",
        "/v1/exports/dataset.zip",
        "/v1/stats/flows",
        "/v1/stats/flows?by=destination",
        "/v1/stats/flows.xlsx",
    ];
    // The first round sees what is late, the second what was kept meanwhile for others.
    for _ in 0..2 {
        for path in paths {
            let late = [anybody.get(path), reader.get(path)];
            let fresh = [
                editor.get(path),
                anybody.with("X-Data-Version", &text).get(path),
                anybody.with("X-Data-Version", "?").get(path),
            ];
            for answer in &late {
                // What was computed for somebody else meanwhile may be newer, and never older.
                let kept = path.contains("stats") || path == "/v1/batches";
                let status = if path == "/v1/batches/b" { 404 } else { 200 };
                assert!(version(answer) == before || kept && version(answer) == written, "{path}: {answer:?}");
                assert_eq!(answer.status, status, "{path}: {answer:?}");
            }
            for answer in fresh {
                assert_eq!((version(&answer), answer.status), (written, 200), "{path}: {answer:?}");
                let tag = answer.header("ETag").unwrap().to_owned();
                assert!(tag.starts_with(&format!("W/\"{written}-")) || tag == "\"1\"", "{path}: {tag}");
                let again = anybody.with("X-Data-Version", &text).with("If-None-Match", &tag).get(path);
                assert!(again.status == 304 || path == "/v1/batches/b" || answer.status == 200, "{path}: {again:?}");
                assert_eq!(version(&again), written, "{path}");
            }
        }
    }
    assert_eq!(anybody.get("/v1/batches.csv").text().lines().count(), 1);
    assert_eq!(editor.rows("/v1/batches").len(), 1);
    assert_eq!(editor.rows("/v1/stats/flows")[0]["displaced_individuals"], 7);
    assert!(pair.reads(there, "fallback") > 0);
    let behind = pair.number(there, "homeward_replica_versions_behind");
    assert_eq!(i64::try_from(behind).unwrap(), written - before);
    // A change that changes nothing, and an answer that is sent again, are of what there is now.
    let same =
        here.with_token(&pair.editor).put("/v1/locations/bab", &json!({"name": "bab", "kind": "locality"})).is(200);
    assert_eq!(version(&same), written);

    // A file of several pages is read where it was begun.
    let rows: Vec<String> = (0..300).map(|number| format!("place-{number},Place {number},locality\n")).collect();
    let many = here.with_token(&pair.editor).import("locations", &format!("code,name,kind\n{}", rows.concat()));
    let written = version(&many.unwrap().is(201));
    let fresh = [editor, anybody.with("X-Data-Version", &written.to_string())];
    for client in &fresh {
        for path in ["/v1/locations.csv", "/v1/locations.ndjson", "/v1/exports/locations.csv"] {
            assert!(client.get(path).is(200).text().lines().count() >= 302, "{path}");
        }
    }

    // The replica has not heard of it, and yet: what is revoked does not hold, and what is new does.
    here.with_token(&pair.admin).try_send("DELETE", "/v1/tokens/ray", None).unwrap().is(204);
    reader.get("/v1/locations").is(401);
    let new = here.with_token(&pair.admin).post("/v1/tokens", &json!({"name": "eve", "role": "reader"})).is(201).json();
    there.with_token(new["token"].as_str().unwrap()).get("/v1/locations").is(200);
    assert_eq!(there.with_token(&pair.admin).rows("/v1/tokens").len(), 4);

    pair.standby.run("SELECT pg_wal_replay_resume()");
    eventually("anybody sees it", || version(&anybody.get("/v1/batches")) == written);
    assert_eq!(anybody.rows("/v1/batches").len(), 1);
    assert_eq!(anybody.rows("/v1/stats/flows")[0]["displaced_individuals"], 7);
    pair.are_alike();
    pair.stop();
}

#[test]
fn either_server_may_be_away() {
    let mut pair = Pair::start();
    let codes = |client: &Client| client.rows("/v1/locations").len();

    assert_eq!(pair.doctor(&pair.standby.url()), ("ok".to_owned(), Some(0)));
    assert_eq!(pair.doctor(&pair.primary.url()), ("attention".to_owned(), Some(1)));

    // Without the replica everything is as without the setting.
    pair.standby.go_away();
    assert_eq!(pair.doctor(&pair.standby.url()), ("attention".to_owned(), Some(1)));
    for (number, service) in [&pair.here, &pair.there].into_iter().enumerate() {
        place(&service.with_token(&pair.editor), &format!("alone-{number}")).is(201);
        for client in [service.client(), service.with_token(&pair.reader), service.with_token(&pair.editor)] {
            assert_eq!(codes(&client), 3 + number);
            client.get("/v1/locations.csv").is(200);
            client.get("/v1/stats/flows").is(200);
        }
        assert_eq!(service.log().matches("the primary is read instead").count(), 1, "{}", service.log());
    }
    pair.standby.come_back();
    pair.are_alike();
    assert!(pair.here.log().contains("the replica is read again"), "{}", pair.here.log());

    // Without the primary, nothing is written, and all go on to read.
    let seen = version(&pair.here.client().get("/v1/locations"));
    pair.primary.go_away();
    for service in [&pair.here, &pair.there] {
        place(&service.with_token(&pair.editor), "never").is_unavailable();
        for client in [service.client(), service.with_token(&pair.reader), service.with_token(&pair.editor)] {
            assert_eq!(codes(&client), 4);
            client.get("/v1/locations.csv").is(200);
            client.get("/v1/stats/flows").is(200);
            client.get("/v1/exports/dataset.zip").is(200);
            client.with("X-Data-Version", &seen.to_string()).get("/v1/locations").is(200);
            client.with("X-Data-Version", &(seen + 1).to_string()).get("/v1/locations").is_unavailable();
        }
        service.with_token("hw_nobody").get("/v1/locations").is(401);
        service.client().get("/health/ready").is(200);
        service.with_token(&pair.reader).get("/metrics").is(200);
    }
    pair.primary.come_back();
    eventually("it writes again", || place(&pair.here.with_token(&pair.editor), "again").status < 300);
    pair.are_alike();
    assert_eq!(codes(&pair.there.client()), 5);

    // And without both there is nothing but the truth about that.
    pair.standby.go_away();
    pair.primary.go_away();
    pair.here.client().get("/v1/locations").is_unavailable();
    pair.here.client().get("/health/ready").is_unavailable();
    pair.primary.come_back();
    pair.standby.come_back();
    pair.are_alike();
    pair.stop();
}

#[test]
fn what_is_sent_to_both_at_once_is_written_once() {
    let pair = Pair::start();
    for number in 0..10 {
        let batch = json!({"origin": "waer", "number": number + 1});
        let answers: Vec<Answer> = std::thread::scope(|scope| {
            let send = |service: &Service| {
                let editor = service.with_token(&pair.editor).with("Idempotency-Key", &format!("batch-{number}"));
                editor.post("/v1/batches", &batch)
            };
            let both = [&pair.here, &pair.there].map(|service| scope.spawn(move || send(service)));
            both.into_iter().map(|one| one.join().unwrap()).collect()
        });
        let codes: Vec<_> = answers.into_iter().map(|answer| answer.is(201).json()["code"].clone()).collect();
        assert_eq!(codes[0], codes[1]);
        assert_eq!(pair.there.with_token(&pair.editor).rows("/v1/batches").len(), number + 1);
    }
    pair.stop();
}

#[test]
fn two_that_start_on_an_empty_database_do_not_wait_for_the_replica() {
    let primary = Cluster::start();
    let standby = primary.standby();
    let url = primary.database("empty");
    // It has not even heard of the database.
    standby.run("SELECT pg_wal_replay_pause()");
    let replica = standby.of_database("empty");
    let services: Vec<Service> = std::thread::scope(|scope| {
        let both = [(); 2].map(|()| scope.spawn(|| serve(&url, &replica)));
        both.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let ada = token(&url, "ada", "editor");
    given_places(&services[0].with_token(&ada));
    for service in &services {
        assert_eq!(service.client().rows("/v1/locations").len(), 2);
    }
    standby.run("SELECT pg_wal_replay_resume()");
    for service in services {
        eventually("the replica is read", || {
            service.client().get("/v1/locations").is(200);
            service.with_token(&ada).get("/metrics").text().contains("{where=\"replica\"}")
        });
        service.stop();
    }
}
