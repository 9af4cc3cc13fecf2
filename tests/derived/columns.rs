//! Statistics from columns in memory, compared with what the database counts: after each of many writes, to random questions, for
//! everybody who may ask, on both databases.

use proptest::prelude::*;
use serde_json::json;

use crate::support::{Client, TestApp};
use crate::{Write, a_write, both_apps, day, for_many, send, write};

const CASES: u32 = 8;

/// What changes where, when and for whom something counts, beside what figures say.
fn another_write() -> impl Strategy<Value = Write> {
    let batch = || (0..2_u8).prop_map(|number| format!("/v1/batches/b{number}"));
    let patch = |path: String, member: &str, value: serde_json::Value| write("PATCH", path, json!({ member: value }));
    let kind = prop_oneof![Just("displacement"), Just("redisplacement"), Just("onward")];
    let visibility = || prop_oneof![Just("public"), Just("restricted")];
    let agreement = || prop_oneof![Just(json!(null)), Just(json!("deal"))];
    let settlement = || prop_oneof![Just(json!(null)), Just(json!("planned_camp")), Just(json!("individual"))];
    let movement = prop_oneof![Just("b0.zoghra"), Just("b0.bab"), Just("b1.bab")];
    prop_oneof![
        8 => a_write(),
        1 => (batch(), kind).prop_map(move |(path, kind)| patch(path, "kind", json!(kind))),
        2 => (batch(), visibility()).prop_map(move |(path, word)| patch(path, "visibility", json!(word))),
        1 => (batch(), agreement()).prop_map(move |(path, code)| patch(path, "agreement", code)),
        1 => (batch(), any::<bool>()).prop_map(move |(path, cancelled)| patch(path, "cancelled", json!(cancelled))),
        1 => batch().prop_map(|path| write("DELETE", path, json!(null))),
        1 => (movement, settlement()).prop_map(move |(code, kind)| {
            patch(format!("/v1/movements/{code}"), "settlement_type", kind)
        }),
        1 => visibility().prop_map(move |word| patch("/v1/returns/r0".to_owned(), "visibility", json!(word))),
        1 => agreement().prop_map(move |code| patch("/v1/returns/r0".to_owned(), "agreement", code)),
        1 => settlement().prop_map(move |kind| patch("/v1/locations/zoghra".to_owned(), "settlement_type", kind)),
        1 => prop_oneof![Just("SY0208"), Just("SY02")]
            .prop_map(move |parent| patch("/v1/locations/zoghra".to_owned(), "parent", json!(parent))),
        1 => any::<u8>().prop_map(move |n| patch("/v1/locations/bab".to_owned(), "name", json!(format!("Bab {n}")))),
        1 => any::<bool>().prop_map(move |yes| patch("/v1/sources/radio".to_owned(), "confidential", json!(yes))),
        1 => (0..3_u8, day()).prop_map(|(n, day)| {
            let path = format!("/v1/batches/later{n}");
            let parts = json!([{"destination": "bab", "figures": [{"stage": "departed", "households": n}]}]);
            write("PUT", path, json!({"origin": "waer", "departed_on": day, "movements": parts}))
        }),
    ]
}

/// A question: a path with its parameters.
fn question() -> impl Strategy<Value = String> {
    let pick = |words: &'static [&'static str]| prop::sample::select(words);
    let path = pick(&["stats/flows", "stats/stocks", "stats/summary", "destinations", "origins"]);
    let by = prop::sample::subsequence(vec!["destination", "agreement", "origin"], 0..=3).prop_shuffle();
    let unit = pick(&["", "day", "week", "month", "quarter", "year"]);
    let level = pick(&["", "", "country", "admin1", "admin2", "admin3"]);
    let filter = pick(&[
        "",
        "",
        "&origin=waer",
        "&destination=SY02",
        "&destination=zoghra,bab",
        "&destination=SY0208",
        "&agreement=deal",
        "&kind=onward",
        "&kind=displacement",
        "&kind=redisplacement",
        "&settlement_type=planned_camp",
        "&settlement_type=individual&origin=SY",
    ]);
    let days = pick(&["", "", "2017-02-01", "2017-03-02"]);
    let rest = (any::<bool>(), any::<bool>());
    (path, by, unit, level, filter, days, rest).prop_map(|(path, by, unit, level, filter, day, (fill, arabic))| {
        let flows = path == "stats/flows";
        let mut by: Vec<&str> = by;
        let mut asked = String::new();
        if flows && !unit.is_empty() {
            by.push(unit);
        }
        if path == "stats/stocks" && !unit.is_empty() {
            asked += &format!("&period={unit}");
        }
        if path.starts_with("stats/") && path != "stats/summary" && !by.is_empty() {
            asked += &format!("&by={}", by.join(","));
        }
        let placed = !path.starts_with("stats/") || by.iter().any(|key| ["origin", "destination"].contains(key));
        if placed && path != "stats/summary" && !level.is_empty() {
            asked += &format!("&level={level}");
        }
        if !day.is_empty() {
            asked += &if flows { format!("&from={day}&to=2017-03-31") } else { format!("&as_of={day}") };
        }
        if flows && fill && !unit.is_empty() {
            asked += "&fill=zero";
        }
        if arabic {
            asked += "&labels=ar";
        }
        asked += filter;
        format!("/v1/{path}?{}", asked.trim_start_matches('&'))
    })
}

async fn compare(app: &TestApp, questions: &[String]) {
    let counted = app.without_columns().await;
    let askers: [(Client, Client); 3] = [
        (app.public(), counted.public()),
        (app.reader(), counted.with_token(app.reader_token())),
        (app.editor(), counted.with_token(app.editor_token())),
    ];
    for path in questions {
        for (kept, counted) in &askers {
            let (kept, counted) = (kept.get(path).await, counted.get(path).await);
            assert_eq!(counted.status, 200, "{path}: {}", counted.text());
            assert_eq!(kept.text(), counted.text(), "{path}");
        }
    }
}

async fn story(writes: &[(Write, Vec<String>)]) -> usize {
    let apps = both_apps().await;
    let mut accepted = 0;
    for app in &apps {
        app.editor().put("/v1/agreements/deal", &json!({"name": "The deal"})).await;
        for (write, questions) in writes {
            let answer = send(&app.editor(), write).await;
            assert!(answer.status < 500, "{write:?}: {}", answer.text());
            accepted += usize::from(answer.status < 300);
            compare(app, questions).await;
        }
        assert!(app.columns.bytes() > 0, "there are columns to the end");
    }
    accepted
}

#[test]
fn columns_say_what_the_database_says_after_every_write() {
    let writes = prop::collection::vec((another_write(), prop::collection::vec(question(), 3)), 30);
    for_many(CASES, &writes, async |writes| (story(writes).await, 2 * writes.len()));
}
