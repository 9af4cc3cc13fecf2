//! `homeward import` and `homeward export`: the same report as over HTTP, exit statuses, and a bar on a terminal only.

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::support::{Outcome, Service, command, homeward, token};

const PLACES: &str = "code,name,kind\nwaer,Al-Waer,neighbourhood\nbab,Al-Bab,locality\n";
const SOURCES: &str = "code,name,kind\nradio,The radio,media\n";
const MOVEMENTS: &str = "batch,origin,departed_on,destination,stage,source,individuals\n\
    b1,waer,2017-03-18,bab,departed,radio,10\nb1,waer,2017-03-18,bab,arrived,radio,9\n";

/// Where the sheets of a test lie.
struct Sheets(tempfile::TempDir);

impl Sheets {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// Writes a file, and gives its path.
    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

/// The same with bytes for standard input; gives the bytes that were printed.
fn piped(command: &mut Command, input: &[u8]) -> (Option<i32>, Vec<u8>, String) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let done = child.wait_with_output().unwrap();
    (done.status.code(), done.stdout, String::from_utf8(done.stderr).unwrap())
}

both! {
    fn sheets_go_in_and_out_by_command(database) {
        let (url, sheets) = (database.url(), Sheets::new());
        let places = sheets.write("places.csv", PLACES);
        // A dry run leaves nothing, and says nothing on standard error where that is no terminal.
        let tried = homeward(&url, &["import", "locations", &places]);
        assert_eq!((tried.status, tried.err.as_str()), (Some(0), ""), "{tried}");
        assert!(tried.out.contains("locations: 2 rows"), "{tried}");
        assert_eq!(homeward(&url, &["export", "locations"]).out.lines().count(), 1);

        let done = homeward(&url, &["import", "locations", &places, "--commit"]);
        assert_eq!((done.status, done.err.as_str()), (Some(0), ""), "{done}");
        let again = homeward(&url, &["import", "locations", &places, "--json"]);
        let report: Value = serde_json::from_str(&again.out).unwrap();
        assert_eq!(report["counts"]["locations"], json!({"created": 0, "updated": 0, "unchanged": 2}));
        assert_eq!(report["warnings"][0]["code"], "same_file");

        // From standard input, and what it names is created where that is asked for.
        let mut import = command(&url, &["import", "movements", "-", "--commit", "--create-missing", "sources"]);
        let (status, out, err) = piped(&mut import, MOVEMENTS.as_bytes());
        assert_eq!((status, err.as_str()), (Some(0), ""), "{}", String::from_utf8_lossy(&out));
        let report = String::from_utf8(out).unwrap();
        assert!(report.contains("warning: row 2, source: There is no source \"radio\": it is created"), "{report}");

        // What comes out is what the service sends to an editor, and changes nothing when it comes in again.
        let ada = token(&url, "ada", "editor");
        let service = Service::start(&url);
        for sheet in ["locations", "sources", "agreements", "movements", "returns"] {
            let exported = homeward(&url, &["export", sheet]);
            assert_eq!((exported.status, exported.err.as_str()), (Some(0), ""), "{exported}");
            let sent = service.with_token(&ada).get(&format!("/v1/exports/{sheet}.csv")).is(200);
            assert_eq!(exported.out, sent.text(), "{sheet}");
            for format in ["csv", "xlsx"] {
                let (status, file, err) = piped(&mut command(&url, &["export", sheet, "--format", format]), b"");
                assert_eq!((status, err.as_str()), (Some(0), ""));
                let path = sheets.write(&format!("{sheet}.{format}"), &file);
                let again = homeward(&url, &["import", sheet, &path, "--commit", "--json"]);
                assert_eq!(again.status, Some(0), "{again}");
                let report: Value = serde_json::from_str(&again.out).unwrap();
                for (resource, counts) in report["counts"].as_object().unwrap() {
                    assert_eq!((&counts["created"], &counts["updated"]), (&json!(0), &json!(0)), "{resource} of {path}");
                }
            }
            let rows = homeward(&url, &["export", sheet, "--format", "ndjson"]);
            assert!(rows.out.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{rows}");
            assert_eq!(rows.out.lines().count() + 1, exported.out.lines().count(), "{sheet}");
        }
        // The command is no caller with a token: it says what it is.
        let imports = service.with_token(&ada).rows("/v1/imports");
        assert!(imports.iter().all(|one| one["by"] == "import"), "{imports:?}");
        service.stop();
    }

    fn what_is_wrong_in_a_sheet_is_a_1_and_told_by_row_and_column(database) {
        let (url, sheets) = (database.url(), Sheets::new());
        let wrong = sheets.write("wrong.csv", "code,name,kind\nradio,The radio,medium\nradio 2,The radio,media\n");
        for arguments in [&["import", "sources", &wrong][..], &["import", "sources", &wrong, "--commit"]] {
            let refused = homeward(&url, arguments);
            assert_eq!(refused.status, Some(1), "{refused}");
            let lines: Vec<&str> = refused.out.lines().collect();
            assert_eq!(lines[0], "sources: 2 rows, nothing written.");
            assert!(lines[1].starts_with("error: row 2, kind: \"medium\" is not a kind of source; write one of"), "{refused}");
            assert!(lines[1].ends_with("Perhaps media?"), "{refused}");
            assert!(lines[2].starts_with("error: row 3, code: ") && lines[2].ends_with("Perhaps radio-2?"), "{refused}");
            assert_eq!(refused.err, "homeward: nothing was written; errors in the sheet: 2\n", "{refused}");
        }
        let refused = homeward(&url, &["import", "sources", &wrong, "--json"]);
        let report: Value = serde_json::from_str(&refused.out).unwrap();
        assert_eq!((refused.status, &report["errors_total"], &report["counts"]), (Some(1), &json!(2), &json!({})));
        assert_eq!(homeward(&url, &["export", "sources"]).out.lines().count(), 1);
        homeward(&url, &["import", "sources", "/nowhere/at/all.csv"]).fails_with(1, "/nowhere/at/all.csv");
    }
}

#[test]
fn a_wrong_line_is_a_2_and_opens_nothing() {
    let nowhere = "sqlite:/nowhere/at/all.db";
    for arguments in [
        &["import", "batches", "a.csv"][..],
        &["import", "sources"],
        &["import", "sources", "a.csv", "--create-missing", "batches"],
        &["export", "batches"],
        &["export", "sources", "--format", "pdf"],
    ] {
        let refused = homeward(nowhere, arguments);
        assert_eq!((refused.status, refused.out.as_str()), (Some(2), ""), "{refused}");
    }
}

#[test]
fn a_bar_is_shown_on_a_terminal() {
    let (folder, sheets) = (tempfile::tempdir().unwrap(), Sheets::new());
    let url = format!("sqlite:{}", folder.path().join("a.db").display());
    homeward(&url, &["import", "locations", &sheets.write("places.csv", PLACES), "--commit"]);
    homeward(&url, &["import", "sources", &sheets.write("sources.csv", SOURCES), "--commit"]);
    let movements = sheets.write("movements.csv", MOVEMENTS);
    let binary = env!("CARGO_BIN_EXE_homeward");
    // `script` of util-linux gives a command a terminal, and prints what the command shows there.
    let shown = |line: String| {
        let mut script = Command::new("script");
        script
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .env("TERM", "xterm")
            .env("DATABASE_URL", &url);
        Outcome::of(&mut script)
    };
    let imported = shown(format!("{binary} import movements {movements} --commit"));
    assert_eq!(imported.status, Some(0), "{imported}");
    assert!(imported.out.contains("2 of 2 rows"), "no bar: {imported:}");
    assert!(imported.out.contains("movements: 2 rows"), "{imported}");
    let exported = shown(format!("{binary} export movements > {}", folder.path().join("out.csv").display()));
    assert!(exported.status == Some(0) && exported.out.contains(" written, "), "{exported}");
    // What goes into a file holds nothing of it.
    let file = fs::read_to_string(folder.path().join("out.csv")).unwrap();
    assert_eq!(file, homeward(&url, &["export", "movements"]).out);
    // The status is that of the sheet, with a bar, too.
    let wrong = sheets.write("wrong.csv", MOVEMENTS.replace("bab", "nowhere"));
    assert_eq!(shown(format!("{binary} import movements {wrong}")).status, Some(1));
}
