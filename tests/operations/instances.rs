//! Several instances on one PostgreSQL: they start together, share what is revoked and sent again, and may stand behind a pgbouncer.

use std::process::Command;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde_json::json;

use crate::support::{Cluster, Outcome, Record, Service, command, eventually, given_places, homeward, token};

#[test]
fn many_that_start_at_once_migrate_once() {
    let cluster = Cluster::start();
    for round in 0..3 {
        let url = cluster.database(&format!("round{round}"));
        let outcomes: Vec<Outcome> = std::thread::scope(|scope| {
            let starters: Vec<_> = (0..8)
                .map(|number| {
                    let url = &url;
                    let arguments: &[&str] = if number % 2 == 0 { &["migrate"] } else { &["token", "list"] };
                    scope.spawn(move || homeward(url, arguments))
                })
                .collect();
            starters.into_iter().map(|starter| starter.join().unwrap()).collect()
        });
        for outcome in outcomes {
            assert_eq!(outcome.status, Some(0), "{outcome}");
        }
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = BigInt)]
            rows: i64,
        }
        let mut conn = PgConnection::establish(&url).unwrap();
        let applied: Count =
            diesel::sql_query("SELECT count(*) AS rows FROM __diesel_schema_migrations").get_result(&mut conn).unwrap();
        let folders = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/postgres")).unwrap().count();
        assert_eq!(applied.rows, i64::try_from(folders).unwrap());
    }
}

#[test]
fn what_is_revoked_or_sent_at_one_is_known_at_the_other() {
    let cluster = Cluster::start();
    let url = cluster.url();
    let (boss, ada) = (token(&url, "boss", "admin"), token(&url, "ada", "editor"));
    let (here, there) = (Service::start(&url), Service::start(&url));
    given_places(&here.with_token(&ada));
    let batch = json!({"origin": "waer"});
    let first = here.with_token(&ada).with("Idempotency-Key", "one").post("/v1/batches", &batch).is(201);
    let again = there.with_token(&ada).with("Idempotency-Key", "one").post("/v1/batches", &batch).is(201);
    assert_eq!((again.text(), again.header("Idempotency-Replayed")), (first.text(), Some("true")));
    // The other knows the token, and has just been asked by it. From the next request on it does not hold.
    there.with_token(&ada).get("/v1/batches").is(200);
    here.with_token(&boss).try_send("DELETE", "/v1/tokens/ada", None).unwrap().is(204);
    there.with_token(&ada).get("/v1/batches").is(401);
    there.with_token(&ada).with("Idempotency-Key", "one").post("/v1/batches", &batch).is(401);
    // And one that was just made does.
    let new = there.with_token(&boss).post("/v1/tokens", &json!({"name": "eve", "role": "reader"})).is(201).json();
    here.with_token(new["token"].as_str().unwrap()).get("/v1/batches").is(200);
    here.stop();
    there.stop();
}

/// The binary on a database that is reached through pgbouncer.
fn through(url: &str, arguments: &[&str]) -> Command {
    let mut command = command(url, arguments);
    command.env("DATABASE_PREPARED_STATEMENTS", "false");
    command
}

#[track_caller]
fn done(url: &str, arguments: &[&str]) -> Outcome {
    let outcome = Outcome::of(&mut through(url, arguments));
    assert_eq!(outcome.status, Some(0), "{arguments:?}: {outcome}");
    outcome
}

#[test]
fn everything_works_through_pgbouncer() {
    let mut cluster = Cluster::start();
    let pooled = cluster.pooled();
    done(&pooled, &["migrate"]);
    let ada = done(&pooled, &["token", "create", "--name", "ada", "--role", "editor"]).out.trim().to_owned();
    let services: Vec<Service> = (0..2).map(|_| Service::of(&mut through(&pooled, &["serve"]))).collect();
    let editor = services[0].with_token(&ada);
    given_places(&editor);
    for sheet in ["locations", "sources", "agreements", "movements", "returns"] {
        let file = format!("{}/examples/al-waer/{sheet}.csv", env!("CARGO_MANIFEST_DIR"));
        done(&pooled, &["import", sheet, &file]);
        done(&pooled, &["import", sheet, &file, "--commit"]);
    }
    // Many writers at both, over three connections to the server.
    let (record, editors) = (Record::default(), [services[0].with_token(&ada), services[1].with_token(&ada)]);
    record.write_while(&editors, || eventually("they write", || record.len() >= 300));
    for path in [
        "/v1/batches?q=a&origin=waer&limit=5&count=true",
        "/v1/movements.csv",
        "/v1/returns.ndjson?destination=SY",
        "/v1/exports/movements.csv",
        "/v1/stats/flows?by=month,destination&level=admin1",
        "/v1/stats/stocks?by=origin&period=year",
        "/v1/destinations.geojson",
        "/v1/imports",
        "/v1/locations/waer/history",
        "/health/ready",
    ] {
        for service in &services {
            let (first, second) =
                (service.with_token(&ada).get(path).is(200), service.with_token(&ada).get(path).is(200));
            assert_eq!(first.text(), second.text(), "{path}");
        }
    }
    let kept = editor.with("Idempotency-Key", "one").post("/v1/batches", &json!({"origin": "waer"})).is(201);
    let editor = services[1].with_token(&ada);
    let again = editor.with("Idempotency-Key", "one").post("/v1/batches", &json!({"origin": "waer"})).is(201);
    assert_eq!(kept.text(), again.text());
    let batch = kept.json()["code"].as_str().unwrap().to_owned();
    editor.try_send("PATCH", &format!("/v1/batches/{batch}"), Some(&json!({"number": 7}))).unwrap().is(200);
    editor.try_send("DELETE", &format!("/v1/batches/{batch}"), None).unwrap().is(204);
    done(&pooled, &["verify"]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("backup.db");
    let file = file.to_str().unwrap();
    done(&pooled, &["backup", file]);
    for service in services {
        assert!(!service.log().contains("prepared statement"), "{}", service.log());
        service.stop();
    }
    done(&pooled, &["restore", file, "--replace"]);
    done(&pooled, &["verify"]);
}
