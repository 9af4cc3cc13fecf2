//! SIGKILL in the middle of writing: what was acknowledged is there, once and whole; what was not can be sent again, and of a sheet nothing is
//! there in part.

use std::fmt::Write;

use serde_json::json;

use crate::support::{Client, Probe, Record, Service, eventually, given_places, homeward, signal, token};

/// What is acknowledged before each kill, and how often the service is killed.
const BATCHES: usize = 60;
const ROUNDS: usize = 5;

/// The batches of a large sheet: several of the sets in which sheets are written, and more than a database keeps in memory.
const LARGE: usize = 3_500;
/// How often it is tried to stop an import in its middle.
const TRIES: usize = 5;

both! {
    fn nothing_acknowledged_is_lost(database) {
        let url = database.url();
        let ada = token(&url, "ada", "editor");
        let mut service = Service::start(&url);
        given_places(&service.with_token(&ada));
        let record = Record::default();
        for round in 1..=ROUNDS {
            let editor = service.with_token(&ada);
            let ends = record.write_until_refused(&editor, || {
                eventually("sixteen writers write", || record.len() >= round * BATCHES);
                service.kill();
            });
            assert!(ends.iter().all(Result::is_err), "cut off, not refused: {ends:?}");
            // Each writer had one batch on its way at the most.
            service = Service::start(&url);
            let editor = service.with_token(&ada);
            record.is_kept(&editor, ends.len());
            record.send_again(&editor);
            record.is_kept(&editor, 0);
            let verified = homeward(&url, &["verify"]);
            assert_eq!(verified.status, Some(0), "{verified}");
        }
        service.stop();
    }

    fn of_an_import_that_is_killed_nothing_is_there(database) {
        let url = database.url();
        let ada = token(&url, "ada", "editor");
        let mut service = Service::start(&url);
        given_places(&service.with_token(&ada));
        let sheet = large_sheet();
        let mut probe = Probe::of(database);
        // Just begun, and when much of it lies in the database's files already.
        for grown_by in [0, 1 << 20] {
            let before = kill_in_its_middle(service, &ada, &sheet, &mut probe, grown_by);
            service = Service::start(&url);
            let editor = service.with_token(&ada);
            assert_eq!(Before::of(&mut probe, &editor), before, "after {grown_by} bytes");
            for list in ["batches", "movements", "figures", "imports"] {
                assert!(editor.rows(&format!("/v1/{list}")).is_empty(), "{list} after {grown_by} bytes");
            }
        }
        // Nothing stands in the way of the same sheet now, nothing of it is known, and it comes whole.
        let editor = service.with_token(&ada);
        let done = editor.import("movements", &sheet).unwrap().is(201).json();
        let created = json!({"created": LARGE, "updated": 0, "unchanged": 0});
        assert_eq!(done["counts"], json!({"batches": created, "figures": created, "movements": created}));
        assert_eq!((&done["warnings"], editor.rows("/v1/imports").len()), (&json!([]), 1));
        let total = &editor.rows("/v1/stats/flows")[0];
        assert_eq!((&total["movements"], &total["displaced_individuals"]), (&json!(LARGE), &json!(2 * LARGE * (LARGE + 1))));
        service.stop();
    }
}

/// A sheet of batches with much to tell.
fn large_sheet() -> String {
    let notes = "n".repeat(4_000);
    let mut sheet =
        "batch,origin,departed_on,batch_notes,destination,stage,households,individuals,source,notes\n".to_owned();
    for number in 1..=LARGE {
        // Nothing to be warned of: each has a source, and other numbers than the others.
        writeln!(sheet, "b{number},waer,2017-03-18,{notes},bab,departed,{number},{},radio,{notes}", 4 * number)
            .unwrap();
    }
    sheet
}

/// What must be as it was.
#[derive(Debug, PartialEq, Eq)]
struct Before {
    rows: std::collections::BTreeMap<String, i64>,
    /// The version of the data is in it.
    tag: String,
}

impl Before {
    fn of(probe: &mut Probe, editor: &Client) -> Self {
        let tag = editor.get("/v1/batches").is(200).header("ETag").unwrap().to_owned();
        Self { rows: probe.rows(), tag }
    }
}

/// Kills the service while it imports the sheet, and gives what was there before.
fn kill_in_its_middle(service: Service, token: &str, sheet: &str, probe: &mut Probe, grown_by: u64) -> Before {
    let editor = service.with_token(token);
    for _ in 0..TRIES {
        let before = Before::of(probe, &editor);
        let size = probe.size();
        let (frozen, answer) = std::thread::scope(|scope| {
            let sending = scope.spawn(|| editor.import("movements", sheet));
            eventually("the import has come so far, or to its end", || {
                sending.is_finished() || (probe.is_writing() && probe.size() >= size + grown_by)
            });
            // What stands still can be looked at: whoever still has a transaction open has not committed it.
            signal(service.process(), "STOP");
            let frozen = probe.is_writing();
            signal(service.process(), if frozen { "KILL" } else { "CONT" });
            (frozen, sending.join().unwrap())
        });
        if frozen {
            assert!(answer.is_err(), "cut off, not answered: {answer:?}");
            service.kill();
            return before;
        }
        // It was faster. It is taken back, and sent again.
        let code = answer.unwrap().is(201).json()["code"].as_str().unwrap().to_owned();
        editor.try_send("DELETE", &format!("/v1/imports/{code}"), None).unwrap().is(204);
    }
    panic!("an import was never met in its middle: enlarge the sheet");
}
