//! Backups: of a running service, whole or not there; into either database, with everything that can be read.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, SqliteConnection};
use serde_json::json;

use crate::support::{Client, Cluster, Database, Kind, Record, Service, eventually, given_places, homeward, token};

const RESOURCES: [&str; 7] = ["locations", "sources", "agreements", "batches", "movements", "returns", "figures"];

/// A record with something in every table.
fn given_a_record(url: &str, editor: &Client) {
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/al-waer");
    for sheet in ["locations", "sources", "agreements", "movements", "returns"] {
        let done = homeward(url, &["import", sheet, &format!("{examples}/{sheet}.csv"), "--commit"]);
        assert_eq!(done.status, Some(0), "{done}");
    }
    given_places(editor);
    // A place that came after those that lie in it now, a history with an end, and a restricted row.
    editor
        .put("/v1/locations/later", &json!({"name": "لاحقاً", "kind": "admin3", "latitude": 34.73, "longitude": 36.67}))
        .is(201);
    editor.put("/v1/locations/bab", &json!({"name": "bab", "kind": "locality", "parent": "later"})).is(200);
    editor.put("/v1/sources/gone", &json!({"name": "Gone", "kind": "media", "confidential": true})).is(201);
    editor.try_send("DELETE", "/v1/sources/gone", None).unwrap().is(204);
    let body = json!({"origin": "waer", "departed_on": "2017-03-18", "visibility": "restricted", "notes": "a\tb\n\"c\" 'd' ; é",
        "parties": [{"name": "SARC", "role": "facilitator"}], "reasons": ["siege"]});
    editor.with("Idempotency-Key", "kept").post("/v1/batches", &body).is(201);
}

/// Everything that can be read, as an admin reads it.
fn everything(reader: &Client) -> Vec<(String, String)> {
    let mut all = vec![];
    let mut read = |path: String| {
        let text = reader.get(&path).is(200).text();
        all.push((path, text.clone()));
        text
    };
    for resource in RESOURCES {
        let rows = read(format!("/v1/{resource}.ndjson"));
        for line in rows.lines() {
            let row: serde_json::Value = serde_json::from_str(line).unwrap();
            let path = format!("/v1/{resource}/{}", row["code"].as_str().unwrap());
            read(format!("{path}/history"));
            read(path);
        }
        read(format!("/v1/{resource}?limit=10000&count=true&q=a"));
    }
    for sheet in ["locations", "sources", "agreements", "movements", "returns"] {
        read(format!("/v1/exports/{sheet}.csv"));
    }
    for path in [
        "/v1/sources/gone/history",
        "/v1/changes?limit=1000",
        "/v1/imports",
        "/v1/tokens",
        "/v1/stats/flows?by=month,origin,destination,agreement",
        "/v1/stats/stocks?by=destination&level=admin1",
        "/v1/stats/summary",
        "/v1/destinations",
    ] {
        read(path.to_owned());
    }
    all
}

#[track_caller]
fn assert_same(left: &[(String, String)], right: &[(String, String)]) {
    for ((path, left), (_, right)) in left.iter().zip(right) {
        assert_eq!(left, right, "{path}");
    }
    assert_eq!(left.len(), right.len());
}

#[track_caller]
fn done(url: &str, arguments: &[&str]) {
    let outcome = homeward(url, arguments);
    assert_eq!(outcome.status, Some(0), "{arguments:?}: {outcome}");
}

fn file_in(folder: &tempfile::TempDir, name: &str) -> String {
    folder.path().join(name).to_str().unwrap().to_owned()
}

both! {
    fn a_backup_holds_everything_for_either_database(database) {
        let (url, folder) = (database.url(), tempfile::tempdir().unwrap());
        let (ada, boss) = (token(&url, "ada", "editor"), token(&url, "boss", "admin"));
        let service = Service::start(&url);
        given_a_record(&url, &service.with_token(&ada));
        let before = everything(&service.with_token(&boss));
        let file = file_in(&folder, "first.db");
        done(&url, &["backup", &file]);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "only its owner reads it");
        // A file by itself: nothing beside it, and nothing needed to read it.
        let names: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(names, ["first.db"]);
        assert_eq!(std::fs::read(&file).unwrap()[18], 1, "not in the mode that needs files beside it");
        service.stop();

        for kind in [Kind::Sqlite, Kind::Postgres] {
            let target = Database::create(kind);
            let url = target.url();
            done(&url, &["restore", &file]);
            done(&url, &["verify"]);
            let service = Service::start(&url);
            assert_same(&before, &everything(&service.with_token(&boss)));
            // From there into a file again, which says the same.
            let second = file_in(&folder, &format!("{kind:?}.db"));
            done(&url, &["backup", &second]);
            let back = Database::create(Kind::Sqlite);
            done(&back.url(), &["restore", &second]);
            let again = Service::start(&back.url());
            assert_same(&before, &everything(&again.with_token(&boss)));
            again.stop();
            // Life goes on: every table gives its next key, numbers go on, and what was sent before is known.
            let editor = service.with_token(&ada);
            let kept = editor.with("Idempotency-Key", "kept");
            let before = editor.rows("/v1/batches?limit=10000").len();
            kept.post("/v1/batches", &json!({"origin": "waer"})).is(422);
            for (path, body) in [
                ("locations", json!({"code": "new", "name": "New", "kind": "camp"})),
                ("sources", json!({"code": "new", "name": "New", "kind": "media"})),
                ("agreements", json!({"code": "new", "name": "New"})),
                ("batches", json!({"code": "new", "origin": "new", "departed_on": "2018-01-01", "agreement": "new"})),
                ("movements", json!({"batch": "new", "destination": "bab"})),
                ("returns", json!({"code": "new", "from": "bab", "to": "new", "movement": "new.bab"})),
                ("figures", json!({"code": "new", "movement": "new.bab", "stage": "departed", "individuals": 5, "source": "new"})),
            ] {
                editor.with("Idempotency-Key", "new").post(&format!("/v1/{path}"), &body).is(201);
            }
            assert_eq!(editor.rows("/v1/batches?limit=10000").len(), before + 1);
            token(&url, "new", "reader");
            let again = homeward(&url, &["import", "sources", concat!(env!("CARGO_MANIFEST_DIR"), "/examples/al-waer/sources.csv"), "--commit"]);
            assert!(again.status == Some(0) && again.out.contains("This very file was imported"), "{again}");
            done(&url, &["verify"]);
            service.stop();
        }
    }

    fn a_backup_is_one_moment_while_others_write(database) {
        let (url, folder) = (database.url(), tempfile::tempdir().unwrap());
        let ada = token(&url, "ada", "editor");
        let service = Service::start(&url);
        let editor = service.with_token(&ada);
        given_places(&editor);
        let record = Record::default();
        let files: Vec<String> = (0..3).map(|number| file_in(&folder, &format!("{number}.db"))).collect();
        let mut acknowledged = vec![];
        record.write_until_refused(&editor, || {
            for (number, file) in files.iter().enumerate() {
                eventually("they write", || record.len() > 20 * (number + 1));
                acknowledged.push(record.len());
                done(&url, &["backup", file]);
            }
            service.kill();
        });
        for (file, acknowledged) in files.iter().zip(acknowledged) {
            let target = Database::create(Kind::Sqlite);
            done(&target.url(), &["restore", file]);
            done(&target.url(), &["verify"]);
            let service = Service::start(&target.url());
            let batches = service.with_token(&ada).rows("/v1/batches?limit=10000");
            assert!(batches.len() >= acknowledged, "{} of {acknowledged}", batches.len());
            assert!(batches.iter().all(|batch| batch["movement_count"] == 1));
            service.stop();
        }
    }

    fn nothing_is_overwritten_by_accident(database) {
        let (url, folder) = (database.url(), tempfile::tempdir().unwrap());
        let ada = token(&url, "ada", "editor");
        let file = file_in(&folder, "backup.db");
        done(&url, &["backup", &file]);
        let bytes = std::fs::read(&file).unwrap();
        homeward(&url, &["backup", &file]).fails_with(1, "backup.db");
        homeward(&url, &["backup", &file_in(&folder, "no/such/folder.db")]).fails_with(1, "folder.db");
        assert_eq!(std::fs::read(&file).unwrap(), bytes);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing half done is left");
        // Not even a token is forgotten unasked.
        homeward(&url, &["restore", &file]).fails_with(1, "--replace");

        let service = Service::start(&url);
        service.with_token(&ada).put("/v1/sources/x", &json!({"name": "x", "kind": "media"})).is(201);
        let tag = service.with_token(&ada).get("/v1/sources").header("ETag").unwrap().to_owned();
        if database.kind() == Kind::Sqlite {
            homeward(&url, &["restore", &file, "--replace"]).fails_with(1, "in use");
        } else {
            // Somebody who reads just then.
            let mut reader = diesel::PgConnection::establish(&url).unwrap();
            reader.batch_execute("BEGIN; SELECT * FROM sources").unwrap();
            homeward(&url, &["restore", &file, "--replace"]).fails_with(1, "in use");
        }
        assert_eq!(service.with_token(&ada).rows("/v1/sources").len(), 1);
        service.stop();
        done(&url, &["restore", &file, "--replace"]);
        let service = Service::start(&url);
        assert_eq!(service.with_token(&ada).rows("/v1/sources").len(), 0);
        // An answer of before is not taken for one of now.
        let now = service.with_token(&ada).get("/v1/sources").header("ETag").unwrap().to_owned();
        assert_ne!(now, tag);
        service.stop();
    }

    fn what_is_no_backup_is_refused(database) {
        let (url, folder) = (database.url(), tempfile::tempdir().unwrap());
        let source = Database::create(Kind::Sqlite);
        let ada = token(&source.url(), "ada", "editor");
        let service = Service::start(&source.url());
        given_places(&service.with_token(&ada));
        service.stop();
        let made = |name: &str| {
            let file = file_in(&folder, name);
            done(&source.url(), &["backup", &file]);
            file
        };
        let changed = |name: &str, sql: &str| {
            let file = made(name);
            SqliteConnection::establish(&file).unwrap().batch_execute(sql).unwrap();
            file
        };
        homeward(&url, &["restore", &file_in(&folder, "none.db")]).fails_with(1, "none.db");
        let text = file_in(&folder, "text.db");
        std::fs::write(&text, "no database".repeat(1000)).unwrap();
        homeward(&url, &["restore", &text]).fails_with(1, "text.db");
        let empty = file_in(&folder, "empty.db");
        std::fs::write(&empty, "").unwrap();
        homeward(&url, &["restore", &empty]).fails_with(1, "no database of homeward");
        let newer = changed("newer.db", "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')");
        homeward(&url, &["restore", &newer]).fails_with(1, "newer homeward");
        let loose = changed("loose.db", "PRAGMA foreign_keys = OFF; UPDATE locations SET parent_id = 77");
        homeward(&url, &["restore", &loose]).fails_with(1, "refers to nothing");
        let cut = made("cut.db");
        let bytes = std::fs::read(&cut).unwrap();
        std::fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
        homeward(&url, &["restore", &cut]).fails_with(1, "cut.db");
        // Nothing of all that has come in: the database is still empty. An older backup is brought up to date.
        let older = "DROP TABLE answers; DELETE FROM __diesel_schema_migrations WHERE version = '20261128200000'";
        let older = changed("with space ? # %.db", older);
        let bytes = std::fs::read(&older).unwrap();
        done(&url, &["restore", &older]);
        assert_eq!(std::fs::read(&older).unwrap(), bytes, "the backup is as it was");
        let service = Service::start(&url);
        assert_eq!(service.with_token(&ada).rows("/v1/locations").len(), 2);
        service.stop();
    }
}

/// The commands of a block of `docs/operations.md`: the one that begins with these words.
fn documented(words: &str) -> String {
    let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/operations.md")).unwrap();
    let block = text.split("```sh\n").skip(1).find(|block| block.starts_with(words));
    block.and_then(|block| block.split("```").next()).unwrap_or_else(|| panic!("no `{words}` in the page")).to_owned()
}

#[test]
fn the_documented_steps_of_postgresql_work() {
    let (cluster, folder) = (Cluster::start(), tempfile::tempdir().unwrap());
    let (old, new) = (cluster.database("old"), cluster.database("new"));
    let boss = token(&old, "boss", "admin");
    let service = Service::start(&old);
    given_a_record(&old, &service.with_token(&boss));
    let before = everything(&service.with_token(&boss));
    let run = |words: &str, url: &str| {
        let ran = Command::new("sh")
            .args(["-ec", &documented(words)])
            .env("DATABASE_URL", url)
            .current_dir(folder.path())
            .status();
        assert!(ran.unwrap().success(), "{words}");
    };
    run("pg_dump ", &old);
    run("pg_restore ", &new);
    service.stop();
    done(&new, &["verify"]);
    let service = Service::start(&new);
    assert_same(&before, &everything(&service.with_token(&boss)));
    service.with_token(&boss).post("/v1/batches", &json!({"origin": "waer"})).is(201);
    service.stop();
}
