//! What every test stands on: the binary as a process, callers over TCP, and a record of what was acknowledged.

mod cluster;
#[path = "../../api/support/database.rs"]
mod database;
mod http;
mod probe;
mod process;
mod record;

use std::time::{Duration, Instant};

use serde_json::json;

pub use cluster::Cluster;
pub use database::{Database, Kind};
pub use http::{Answer, Client};
pub use probe::Probe;
pub use process::{Outcome, Service, command, command_under, homeward, signal};
pub use record::Record;

/// How long anything may take. No test asks for speed: this only tells a hang from a slow machine.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Runs each test on both databases: `both!(fn name(database) { … });` makes `name::sqlite` and `name::postgres`.
macro_rules! both {
    ($($(#[$attribute:meta])* fn $name:ident($database:ident) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "a short test may need nothing of its file")]
            use super::*;

            fn story($database: &$crate::support::Database) $body

            $(#[$attribute])*
            #[test]
            fn sqlite() {
                story(&$crate::support::Database::create($crate::support::Kind::Sqlite));
            }

            $(#[$attribute])*
            #[test]
            fn postgres() {
                story(&$crate::support::Database::create($crate::support::Kind::Postgres));
            }
        }
    )+};
}

/// Waits until something holds, which it must in the end.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "what happens in another process can only be looked at again and again")]
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let began = Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "not in {PATIENCE:?}: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A token of this role, made by the command.
pub fn token(database: &str, name: &str, role: &str) -> String {
    let made = homeward(database, &["token", "create", "--name", name, "--role", role]);
    assert_eq!(made.status, Some(0), "{made}");
    made.out.trim().to_owned()
}

/// The two places between which every batch of these tests goes, and who says so.
pub fn given_places(editor: &Client) {
    for code in ["waer", "bab"] {
        editor.put(&format!("/v1/locations/{code}"), &json!({"name": code, "kind": "locality"})).is(201);
    }
    editor.put("/v1/sources/radio", &json!({"name": "The radio", "kind": "media"})).is(201);
}

/// A batch whose figures are more than the network holds for somebody who does not read.
pub fn given_many_figures(editor: &Client, many: usize) {
    let notes = "n".repeat(2_000);
    let figure = |number| json!({"stage": "departed", "individuals": 1, "notes": notes, "url": format!("https://x.example/{number}")});
    let figures: Vec<_> = (0..many).map(figure).collect();
    let movement = json!({"destination": "bab", "figures": figures});
    let batch = json!({"code": "b", "origin": "waer", "departed_on": "2017-03-18", "movements": [movement]});
    editor.post("/v1/batches", &batch).is(201);
}
