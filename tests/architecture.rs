//! The floors of the house, read from the `use` lines: imports only go down, and each tool stays on its floors.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at the first surprise")]

use std::fs;
use std::path::{Path, PathBuf};

/// From the top to the bottom. Floors in one line may use each other.
const FLOORS: [&[&str]; 6] = [
    &["main", "app", "doctor", "logs"],
    &["http", "web"],
    &["transfer"],
    &["store"],
    &["db"],
    &["domain", "error", "config"],
];

/// What looks up, and why it may. This list only shrinks.
const LOOKS_UP: [(&str, &str, &str); 2] = [
    ("http", "app", "handlers take `app::State`, which only holds what all requests share"),
    ("config", "db", "a setting is understood where it is read: `DATABASE_URL` is a `db::DatabaseUrl`"),
];

/// The most lines that a source file should have before it becomes a folder.
const LINES: usize = 400;

struct Source {
    /// Below `src/`.
    path: String,
    /// The first part of the path: `store` of `store/batches/mod.rs`.
    floor: String,
    /// Without comments and without what is only compiled for tests.
    code: String,
    lines: usize,
}

fn sources() -> Vec<Source> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|kind| kind == "rs") {
                found.push(path);
            }
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = vec![];
    walk(&root, &mut found);
    found.sort();
    let read = |file: PathBuf| {
        let text = fs::read_to_string(&file).unwrap();
        let path = file.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
        let floor = path.split('/').next().unwrap().trim_end_matches(".rs").to_owned();
        let of_tests = path.ends_with("/tests.rs") || path.contains("/tests/");
        let shipped = if of_tests { "" } else { text.split("#[cfg(test)]\nmod tests {").next().unwrap() };
        let code: Vec<&str> = shipped.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        Source { path, floor, code: code.join("\n"), lines: text.lines().count() }
    };
    found.into_iter().map(read).collect()
}

/// The height of a floor: 0 is the top.
fn height(floor: &str) -> Option<usize> {
    FLOORS.iter().position(|floors| floors.contains(&floor))
}

/// The floors that a file names: `crate::store::…`, `use crate::{db, store}`, `homeward::http` in main.
fn names(source: &Source) -> Vec<String> {
    let mut named = vec![];
    let root = if source.floor == "main" { "homeward::" } else { "crate::" };
    for (at, _) in source.code.match_indices(root) {
        let rest = &source.code[at + root.len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut word = String::new();
            for letter in group.chars() {
                match letter {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => named.push(std::mem::take(&mut word)),
                    letter if depth == 0 => word.push(letter),
                    _ => {}
                }
            }
            named.push(word);
        } else {
            named.push(rest.chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect());
        }
    }
    named.iter().map(|name| name.split("::").next().unwrap().trim().to_owned()).collect()
}

#[test]
fn imports_only_go_down() {
    let mut wrong = vec![];
    for source in sources() {
        let Some(own) = height(&source.floor) else {
            assert_eq!(source.path, "lib.rs", "{} stands on no floor", source.path);
            continue;
        };
        for name in names(&source) {
            let Some(other) = height(&name) else { continue };
            let excused = LOOKS_UP.iter().any(|(from, to, _)| *from == source.floor && *to == name);
            if other < own && !excused {
                wrong.push(format!("src/{} names crate::{name}, which is above it", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_excuse_is_needed() {
    for (from, to, why) in LOOKS_UP {
        let used = sources().iter().any(|source| source.floor == *from && names(source).iter().any(|name| name == to));
        assert!(used, "{from} looks up to {to} no more ({why}): take it off the list");
    }
}

/// Insists that a text stands only in files of some floors.
fn only_in(text: &str, floors: &[&str]) {
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|source| source.code.contains(text) && !floors.contains(&source.floor.as_str()))
        .map(|source| format!("src/{} has `{text}`", source.path))
        .collect();
    assert!(wrong.is_empty(), "only in {floors:?}:\n{}", wrong.join("\n"));
    let used = sources().iter().any(|source| source.code.contains(text));
    assert!(used, "`{text}` stands nowhere: this test looks for the wrong text");
}

#[test]
fn each_tool_stays_on_its_floors() {
    only_in("diesel::", &["db", "store"]);
    only_in("actix_web::", &["http", "web", "app", "main"]);
    only_in("actix_http::", &["http"]);
    let main_only_starts = sources().into_iter().find(|source| source.path == "main.rs").unwrap();
    assert_eq!(main_only_starts.code.matches("actix_web::").count(), 1, "main only starts the runtime");
}

#[test]
fn the_database_is_told_apart_only_in_db() {
    only_in("Conn::Sqlite", &["db"]);
    only_in("Conn::Pg", &["db"]);
}

#[test]
fn the_environment_is_read_only_in_main() {
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|source| source.floor != "main")
        .filter(|source| ["std::env", "env::var", "env::args"].iter().any(|text| source.code.contains(text)))
        .map(|source| source.path.clone())
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn a_long_file_becomes_a_folder() {
    let long: Vec<String> = sources()
        .iter()
        .filter(|source| source.lines > LINES)
        .map(|source| format!("src/{}: {} lines", source.path, source.lines))
        .collect();
    assert!(long.is_empty(), "over {LINES} lines:\n{}", long.join("\n"));
}

#[test]
fn a_resource_keeps_its_name_on_every_floor() {
    let has = |path: &str| {
        let base = Path::new(env!("CARGO_MANIFEST_DIR"));
        base.join(format!("{path}.rs")).exists() || base.join(path).join("mod.rs").exists()
    };
    for resource in ["locations", "sources", "agreements", "batches", "movements", "returns", "figures"] {
        for folder in ["src/store", "tests/api"] {
            assert!(has(&format!("{folder}/{resource}")), "{folder}/{resource}.rs");
        }
    }
}
