//! The disk under an SQLite file is full, or the file cannot be written: writes are refused, reads go on, and when that is
//! mended the service writes again, without a restart.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use crate::support::{Record, Service, command_under, eventually, given_places, token};

fn database_in(folder: &Path) -> String {
    format!("sqlite:{}", folder.join("a.db").display())
}

/// Lets the process write this much into one file. To SQLite an error beyond it is like that of a full disk, and
/// nobody has to be root or to mount anything.
fn give_room(service: &Service, bytes: &str) {
    let limit = format!("--fsize={bytes}:");
    let given = Command::new("prlimit").args(["--pid", &service.process().to_string(), &limit]).status();
    assert!(given.expect("prlimit is there: it belongs to util-linux").success());
}

/// Without this, the kernel ends a process that writes beyond its limit.
const TOLD_BY_AN_ERROR: [&str; 3] = ["sh", "-c", "trap '' XFSZ; exec \"$0\" \"$@\""];

#[test]
fn a_full_disk_refuses_writes_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let url = database_in(folder.path());
    let ada = token(&url, "ada", "editor");
    let service = Service::of(&mut command_under(&TOLD_BY_AN_ERROR, &url, &["serve"]));
    let editor = service.with_token(&ada);
    given_places(&editor);
    let record = Record::default();
    record.write(&editor);
    for round in 1..=2 {
        give_room(&service, "1000000");
        for answer in record.write_until_refused(&editor, || {}) {
            answer.unwrap().is_unavailable();
        }
        eventually("the log says why", || service.log().contains("disk I/O error"));
        // What was refused is not there either: whoever sends it again does not count people twice.
        record.is_kept(&editor, 0);
        give_room(&service, "unlimited");
        let before = record.len();
        record.write(&editor);
        assert_eq!(record.len(), before + 1, "round {round}");
        record.is_kept(&editor, 0);
    }
    service.kill();
    let service = Service::start(&url);
    record.is_kept(&service.with_token(&ada), 0);
    service.stop();
}

/// Begins a program such that file permissions hold for it. They do not for root, who is therefore deprived of that.
fn who_obeys_permissions(folder: &Path) -> Vec<&'static str> {
    match folder.metadata().unwrap().uid() {
        0 => vec!["setpriv", "--bounding-set=-dac_override,-dac_read_search"],
        _ => vec![],
    }
}

fn set_mode(file: &Path, mode: u32) {
    set_permissions(file, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_file_that_cannot_be_written_can_still_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let url = database_in(folder.path());
    let ada = token(&url, "ada", "editor");
    let record = Record::default();
    let service = Service::start(&url);
    given_places(&service.with_token(&ada));
    record.write(&service.with_token(&ada));
    // SQLite's other two files stay where they are, and can be written.
    service.kill();

    set_mode(&folder.path().join("a.db"), 0o400);
    let service = Service::of(&mut command_under(&who_obeys_permissions(folder.path()), &url, &["serve"]));
    let editor = service.with_token(&ada);
    for answer in record.write_until_refused(&editor, || {}) {
        answer.unwrap().is_unavailable();
    }
    eventually("the log says why", || service.log().contains("readonly database"));
    service.client().get("/health/ready").is(200);
    editor.get("/v1/batches.csv").is(200);
    record.is_kept(&editor, 0);

    set_mode(&folder.path().join("a.db"), 0o600);
    record.write(&editor);
    record.is_kept(&editor, 0);
    service.stop();
}
