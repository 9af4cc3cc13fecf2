//! Wrong command lines and wrong settings: status 2, everything named at once, and nothing opened.

use crate::support::{Outcome, command, homeward};

/// Runs `serve` with settings from the environment.
fn serve_with(settings: &[(&str, &str)]) -> Outcome {
    Outcome::of(command("sqlite:never.db", &["serve"]).envs(settings.iter().copied()))
}

#[test]
fn help_is_no_failure() {
    let help = homeward("", &["--help"]);
    assert_eq!((help.status, help.err.as_str()), (Some(0), ""), "{help}");
    for word in ["serve", "demo", "migrate", "token", "openapi", "DATABASE_URL", "MIGRATE_ON_START"] {
        assert!(help.out.contains(word), "no {word} in\n{help}");
    }
    let version = homeward("", &["--version"]);
    assert_eq!((version.status, version.out), (Some(0), format!("homeward {}\n", env!("CARGO_PKG_VERSION"))));
}

#[test]
fn a_wrong_command_line_is_a_2() {
    let wrong: &[&[&str]] = &[
        &[],
        &["serv"],
        &["serve", "--nonsense"],
        &["serve", "more"],
        &["token"],
        &["token", "create", "--role", "reader"],
        &["token", "create", "--name", "ada", "--role", "boss"],
        &["token", "create", "--name", "two words", "--role", "reader"],
        &["token", "create", "--name", "ada", "--role", "reader", "--expires-in-days", "0"],
        &["token", "revoke"],
    ];
    for arguments in wrong {
        // A database that cannot be opened: whoever tried would fail with 1.
        let outcome = homeward("sqlite:/nowhere/at/all.db", arguments);
        assert_eq!((outcome.status, outcome.out.as_str()), (Some(2), ""), "{arguments:?}\n{outcome}");
        assert!(!outcome.err.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_wrong_setting_is_a_2_and_named() {
    let wrong = [
        ("BIND", "nonsense"),
        ("BIND", "127.0.0.1:99999"),
        ("DATABASE_URL", "postgress://ada:secret@db.example/homeward"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "homeward.db"),
        ("MAX_BODY_MB", "0"),
        ("MAX_BODY_MB", "lots"),
        ("PUBLIC_READ", "yes"),
        ("MIGRATE_ON_START", "1"),
        ("CORS_ORIGINS", "example.org"),
        ("WORKERS", "0"),
        ("DATABASE_CONNECTIONS", "-1"),
    ];
    for (name, value) in wrong {
        let outcome = serve_with(&[(name, value)]);
        assert_eq!((outcome.status, outcome.out.as_str()), (Some(2), ""), "{name}={value}\n{outcome}");
        assert!(outcome.err.starts_with(&format!("homeward: {name}: ")), "{name}={value}\n{outcome}");
        assert!(!outcome.err.contains("secret"), "{outcome}");
    }
}

#[test]
fn all_wrong_settings_are_named_at_once() {
    let wrong = [("BIND", "nonsense"), ("DATABASE_URL", "postgress://x"), ("MAX_BODY_MB", "0"), ("PUBLIC_READ", "?")];
    let outcome = serve_with(&wrong);
    assert_eq!(outcome.status, Some(2), "{outcome}");
    assert_eq!(outcome.err.lines().count(), wrong.len(), "{outcome}");
    for (name, _) in wrong {
        assert!(outcome.err.contains(&format!("homeward: {name}: ")), "{name} in\n{outcome}");
    }
}

#[test]
fn a_flag_goes_before_the_environment() {
    let outcome =
        Outcome::of(command("sqlite:/nowhere/at/all.db", &["migrate", "--bind", "nonsense"]).env("BIND", ":"));
    outcome.fails_with(2, "BIND: \"nonsense\"");
}
