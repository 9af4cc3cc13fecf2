//! `homeward doctor`: what an operator is told, and that nothing is changed by asking.

use std::path::Path;

use serde_json::Value;

use crate::support::{Outcome, command, homeward, token};

/// The state of a check in a report.
fn state(report: &Value, name: &str) -> String {
    let checks = report["checks"].as_array().unwrap();
    let check = checks.iter().find(|check| check["name"] == name).unwrap_or_else(|| panic!("no {name} in {report:#}"));
    check["state"].as_str().unwrap().to_owned()
}

fn report(outcome: &Outcome) -> Value {
    serde_json::from_str(&outcome.out).unwrap_or_else(|error| panic!("{error}: {outcome}"))
}

both! {
    fn a_service_in_order_needs_no_attention(database) {
        let url = database.url();
        token(&url, "somebody", "admin");
        #[cfg(unix)]
        if let Some(path) = url.strip_prefix("sqlite:") {
            private(Path::new(path));
        }
        let outcome = homeward(&url, &["doctor", "--json"]);
        assert_eq!(outcome.status, Some(0), "{outcome}");
        let found = report(&outcome);
        for name in ["bind", "public", "open files", "database", "clock", "migrations", "writing", "tokens"] {
            assert_eq!(state(&found, name), "ok", "{name}: {outcome}");
        }
        let text = homeward(&url, &["doctor"]);
        assert!(text.out.contains("DATABASE_URL") && text.out.contains("\n0 of "), "{text}");
    }

    fn what_needs_attention_is_named_with_what_to_do(database) {
        let url = database.url();
        let outcome = Outcome::of(
            command(&url, &["migrate"]).env("MIGRATE_ON_START", "true"),
        );
        assert_eq!(outcome.status, Some(0), "{outcome}");
        let outcome = Outcome::of(
            command(&url, &["doctor", "--json"])
                .env("BIND", "0.0.0.0:8080")
                .env("PUBLIC_READ", "true")
                .env("TRUSTED_PROXIES", "0.0.0.0/0")
                .env("MAX_CONNECTIONS", "1000000"),
        );
        assert_eq!(outcome.status, Some(1), "{outcome}");
        let found = report(&outcome);
        for (name, expected) in [("rate limit", "attention"), ("proxies", "attention"), ("public", "note"), ("tokens", "note"), ("history", "note")] {
            assert_eq!(state(&found, name), expected, "{name}: {outcome}");
        }
        for check in found["checks"].as_array().unwrap() {
            assert_eq!(check["advice"].is_string(), check["state"] != "ok", "{check}");
        }
    }
}

#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    for suffix in ["", "-wal", "-shm"] {
        let file = format!("{}{suffix}", path.display());
        if Path::new(&file).exists() {
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
}

#[test]
fn a_database_that_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("homeward.db");
    let outcome = homeward(&format!("sqlite:{}", path.display()), &["doctor", "--json"]);
    assert_eq!(outcome.status, Some(1), "{outcome}");
    assert_eq!(state(&report(&outcome), "database"), "attention");
    assert!(!path.exists());
}

#[test]
fn a_server_that_is_away_is_said_without_its_password() {
    let outcome = homeward("postgres://ada:secret@127.0.0.1:1/homeward", &["doctor"]);
    assert_eq!(outcome.status, Some(1), "{outcome}");
    assert!(outcome.out.contains("LOOK  database"), "{outcome}");
    assert!(!outcome.to_string().contains("secret"), "{outcome}");
}

#[test]
#[cfg(unix)]
fn files_that_everybody_can_open_and_old_schemas_are_seen() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("homeward.db");
    std::fs::write(&path, b"").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let outcome = homeward(&format!("sqlite:{}", path.display()), &["doctor", "--json"]);
    let found = report(&outcome);
    assert_eq!(
        (state(&found, "permissions").as_str(), state(&found, "migrations").as_str()),
        ("attention", "attention")
    );
    assert_eq!(outcome.status, Some(1));
}
