//! The commands, their exit statuses, and what they refuse to begin.

use std::net::TcpListener;

use serde_json::json;

use crate::support::{Outcome, Service, command, eventually, homeward, signal, token};

both! {
    fn migrating_twice_is_fine(database) {
        for _ in 0..2 {
            let migrated = homeward(&database.url(), &["migrate"]);
            assert_eq!((migrated.status, migrated.out.as_str()), (Some(0), ""), "{migrated}");
        }
    }

    fn a_token_is_printed_alone_and_works_until_it_is_revoked(database) {
        let url = database.url();
        let made = homeward(&url, &["token", "create", "--name", "ada", "--role", "editor"]);
        assert_eq!(made.status, Some(0), "{made}");
        let token = made.out.strip_suffix('\n').unwrap();
        assert!(token.len() > 20 && token.chars().all(|letter| letter.is_ascii_graphic()), "{token:?}");

        // The service need not be stopped for any of this.
        let service = Service::start(&url);
        service.with_token(token).get("/v1/sources").is(200);
        let list = homeward(&url, &["token", "list"]);
        assert_eq!(list.status, Some(0), "{list}");
        assert!(list.out.lines().any(|line| line.starts_with("ada ") && line.contains("editor")), "{list}");
        assert!(!list.out.contains(token), "{list}");

        let revoked = homeward(&url, &["token", "revoke", "ada"]);
        assert_eq!((revoked.status, revoked.out.as_str()), (Some(0), ""), "{revoked}");
        service.with_token(token).get("/v1/sources").is(401);
        homeward(&url, &["token", "revoke", "ada"]).fails_with(1, "ada");
        homeward(&url, &["token", "revoke", "nobody"]).fails_with(1, "nobody");
        homeward(&url, &["token", "create", "--name", "ada", "--role", "reader"]).fails_with(1, "ada");
        service.stop();
    }

    fn a_newer_schema_is_refused(database) {
        let url = database.url();
        homeward(&url, &["migrate"]);
        let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000000')";
        database.execute(newer);
        let commands: &[&[&str]] = &[&["serve"], &["migrate"], &["token", "list"]];
        for arguments in commands {
            for migrates in ["true", "false"] {
                let mut command = command(&url, arguments);
                let refused = Outcome::of(command.env("MIGRATE_ON_START", migrates).env("BIND", "127.0.0.1:0"));
                refused.fails_with(1, "20991231000000");
                refused.fails_with(1, "newer homeward");
            }
        }
    }

    fn without_migrations_it_waits_for_somebody_to_run_them(database) {
        let url = database.url();
        let service = Service::of(command(&url, &["serve"]).env("MIGRATE_ON_START", "false"));
        service.client().get("/health/live").is(200);
        service.client().get("/health/ready").is_unavailable();
        service.client().get("/openapi.json").is(200);
        // Whoever comes too early is told to come back later, with a token and without.
        service.client().get("/v1/sources").is(401);
        service.with_token("any").get("/v1/sources").is_unavailable();
        eventually("the log says what to do", || service.log().contains("homeward migrate"));
        let early = ["token", "create", "--name", "ada", "--role", "reader"];
        Outcome::of(command(&url, &early).env("MIGRATE_ON_START", "false")).fails_with(1, "homeward migrate");

        let migrated = Outcome::of(command(&url, &["migrate"]).env("MIGRATE_ON_START", "false"));
        assert_eq!(migrated.status, Some(0), "{migrated}");
        service.client().get("/health/ready").is(200);
        service.with_token(&token(&url, "ada", "reader")).get("/v1/sources").is(200);
        service.stop();
    }

    fn a_port_that_is_taken_is_named(database) {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let refused = Outcome::of(command(&database.url(), &["serve"]).env("BIND", &address));
        refused.fails_with(1, &format!("cannot listen on {address}: "));
    }
}

#[test]
fn the_description_is_the_one_that_is_checked_in() {
    // No database is opened for it.
    let printed = homeward("sqlite:/nowhere/at/all.db", &["openapi"]);
    assert_eq!((printed.status, printed.err.as_str()), (Some(0), ""), "{printed}");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/v1.json");
    assert!(printed.out == std::fs::read_to_string(file).unwrap(), "cargo run -- openapi > openapi/v1.json");
}

#[test]
fn a_database_that_cannot_be_opened_is_a_1_without_its_password() {
    let nobody = "postgres://ada:secret@127.0.0.1:1/homeward";
    for (url, named) in
        [("sqlite:/nowhere/at/all.db", "/nowhere/at/all.db"), (nobody, "postgres://127.0.0.1:1/homeward")]
    {
        for arguments in [&["serve"][..], &["migrate"], &["token", "list"]] {
            let refused = homeward(url, arguments);
            refused.fails_with(1, named);
            assert!(!refused.err.contains("secret"), "{refused}");
        }
    }
}

#[test]
fn the_file_alone_holds_everything_when_nothing_runs() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let url = |name: &str| format!("sqlite:{}", path(name).display());
    let copied = |name: &str| std::fs::copy(path("a.db"), path(name)).unwrap();
    let ada = token(&url("a.db"), "ada", "editor");
    let places = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/al-waer/locations.csv");
    assert_eq!(homeward(&url("a.db"), &["import", "locations", places, "--commit"]).status, Some(0));
    copied("after-a-command.db");
    let service = Service::start(&url("a.db"));
    std::thread::scope(|scope| {
        for number in 0..20 {
            let editor = service.with_token(&ada);
            scope.spawn(move || {
                let source = json!({"name": "The radio", "kind": "media"});
                editor.put(&format!("/v1/sources/radio-{number}"), &source).is(201);
                editor.rows("/v1/locations");
            });
        }
    });
    service.stop();
    copied("after-the-service.db");

    let rows = |name: &str, path: &str| {
        let service = Service::start(&url(name));
        let rows = service.with_token(&ada).rows(path).len();
        service.stop();
        rows
    };
    assert!(rows("after-a-command.db", "/v1/locations") > 0);
    assert_eq!(rows("after-the-service.db", "/v1/sources"), 20);
}

#[test]
fn an_interrupt_stops_it_too() {
    let folder = tempfile::tempdir().unwrap();
    let service = Service::start(&format!("sqlite:{}", folder.path().join("a.db").display()));
    signal(service.process(), "INT");
    let outcome = service.end();
    assert_eq!(outcome.status, Some(0), "{outcome}");
}
