//! Derived counts and statistics, after random sequences of writes on both databases, compared with a slow and obvious
//! recomputation. It is written from the contract and knows nothing of `domain::tally`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod columns;
mod sheets;
#[path = "../api/support/mod.rs"]
mod support;

use std::cell::Cell;
use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value, json};
use support::{Answer, Client, Kind, TestApp, given};

/// How many sequences, and how many writes at most in each.
const CASES: u32 = 24;
const WRITES: usize = 32;

/// One write, as it is sent.
#[derive(Clone, Debug)]
struct Write {
    method: &'static str,
    path: String,
    body: Value,
}

fn write(method: &'static str, path: String, body: Value) -> Write {
    Write { method, path, body }
}

fn date() -> impl Strategy<Value = Value> {
    prop_oneof![Just(json!(null)), (1..=3_u8, 1..=9_u8).prop_map(|(month, day)| json!(format!("2017-0{month}-0{day}")))]
}

/// When a batch left or a return came back: mostly known, as nothing can be counted of the others.
fn day() -> impl Strategy<Value = Value> {
    prop_oneof![
        1 => Just(json!(null)),
        6 => (1..=3_u8, 1..=9_u8).prop_map(|(month, day)| json!(format!("2017-0{month}-0{day}"))),
    ]
}

/// A count with its quantifier and upper end, under the names of a unit.
fn count(unit: &'static str) -> impl Strategy<Value = Value> {
    let some = (0..60_i64, 0..6_u8, 0..20_i64).prop_map(move |(value, quantifier, more)| {
        let mut members = json!({ unit: value });
        let quantifier =
            ["exact", "exact", "approximately", "more_than", "less_than", "between"][usize::from(quantifier)];
        members[format!("{unit}_quantifier")] = json!(quantifier);
        if quantifier == "between" {
            members[format!("{unit}_high")] = json!(value + more);
        }
        members
    });
    prop_oneof![2 => Just(json!({})), 3 => some]
}

fn merge(into: &mut Value, members: Value) {
    let Value::Object(members) = members else { panic!("an object") };
    into.as_object_mut().unwrap().extend(members);
}

/// A figure; it may be refused, and then nothing must have changed.
fn figure() -> impl Strategy<Value = Value> {
    let stage = prop_oneof![
        4 => Just("departed"), 3 => Just("arrived"), 1 => Just("planned"), 1 => Just("withdrawn"),
        1 => Just("registered"),
    ];
    let role = prop_oneof![4 => Just(json!(null)), 1 => Just(json!("recommended")), 1 => Just(json!("triangulation"))];
    let scope = prop_oneof![5 => Just("whole"), 1 => Just("part")];
    let source = prop_oneof![2 => Just(json!(null)), 1 => Just(json!("radio")), 1 => Just(json!("council"))];
    (stage, role, scope, source, date(), count("individuals"), count("households"), any::<u16>()).prop_map(
        |(stage, role, scope, source, reported_on, individuals, households, number)| {
            // The address keeps one figure apart from the others of its source.
            let mut figure = json!({"stage": stage, "role": role, "scope": scope, "source": source,
                "reported_on": reported_on, "url": format!("https://example.org/{}", number % 50)});
            merge(&mut figure, individuals);
            merge(&mut figure, households);
            if figure.get("individuals").is_none() && figure.get("households").is_none() {
                figure["households"] = json!(number % 40);
            }
            figure
        },
    )
}

fn figures() -> impl Strategy<Value = Value> {
    prop::collection::vec(figure(), 0..6).prop_map(Value::from)
}

fn batch_body() -> impl Strategy<Value = Value> {
    let kind = prop_oneof![4 => Just("displacement"), 1 => Just("redisplacement"), 1 => Just("onward")];
    let parts = prop::collection::btree_map(
        prop_oneof![3 => Just("bab"), 3 => Just("zoghra"), 1 => Just("SY0208")],
        figures(),
        0..3,
    );
    let parts = prop_oneof![1 => Just(None), 3 => parts.prop_map(Some)];
    (day(), prop::bool::weighted(0.15), kind, parts).prop_map(|(departed_on, cancelled, kind, parts)| {
        let mut body = json!({"origin": "waer", "departed_on": departed_on, "cancelled": cancelled, "kind": kind});
        if let Some(parts) = parts {
            body["movements"] =
                parts.into_iter().map(|(to, figures)| json!({"destination": to, "figures": figures})).collect();
        }
        body
    })
}

fn return_body() -> impl Strategy<Value = Value> {
    let movement = prop_oneof![Just(json!(null)), Just(json!("b0.zoghra")), Just(json!("b1.bab"))];
    let from = prop_oneof![Just("bab"), Just("zoghra")];
    let parts = (day(), prop::bool::weighted(0.15), movement, from, figures());
    parts.prop_map(|(returned_on, cancelled, movement, from, figures)| {
        json!({"from": from, "to": "waer", "returned_on": returned_on, "cancelled": cancelled, "movement": movement,
            "figures": figures})
    })
}

/// What figures are about: the member that names it, and its code.
fn subject() -> impl Strategy<Value = (&'static str, &'static str)> {
    let movement =
        prop_oneof![3 => Just("b0.zoghra"), 2 => Just("b0.bab"), 2 => Just("b1.bab"), 1 => Just("b1.SY0208")];
    prop_oneof![
        6 => movement.prop_map(|code| ("movement", code)),
        3 => prop_oneof![2 => Just("r0"), 1 => Just("r1")].prop_map(|code| ("return", code)),
        1 => Just(("batch", "b0")),
    ]
}

/// A figure's path and its subject, which never changes.
fn figure_path() -> impl Strategy<Value = (String, Value)> {
    (subject(), 0..5_u8).prop_map(|((member, code), number)| {
        let path = format!("/v1/figures/{}-{number}", code.replace('.', "-"));
        (path, json!({ member: code }))
    })
}

fn a_write() -> impl Strategy<Value = Write> {
    let batch = (0..2_u8).prop_map(|number| format!("/v1/batches/b{number}"));
    let part = || {
        subject().prop_map(|(member, code)| match member {
            "movement" => format!("/v1/movements/{code}"),
            "return" => format!("/v1/returns/{code}"),
            _ => "/v1/returns/r1".to_owned(),
        })
    };
    let homecoming = (0..2_u8).prop_map(|number| format!("/v1/returns/r{number}"));
    prop_oneof![
        2 => (batch.clone(), batch_body()).prop_map(|(path, body)| write("PUT", path, body)),
        1 => (batch, day()).prop_map(|(path, day)| write("PATCH", path, json!({"departed_on": day}))),
        3 => (homecoming, return_body()).prop_map(|(path, body)| write("PUT", path, body)),
        3 => (part(), figures()).prop_map(|(path, figures)| write("PATCH", path, json!({"figures": figures}))),
        1 => part().prop_map(|path| write("DELETE", path, json!(null))),
        14 => (figure_path(), figure()).prop_map(|((path, subject), mut body)| {
            merge(&mut body, subject);
            write("PUT", path, body)
        }),
        2 => (figure_path(), figure()).prop_map(|((path, _), body)| write("PATCH", path, body)),
        2 => figure_path().prop_map(|(path, _)| write("PATCH", path, json!({"role": "recommended"}))),
        1 => figure_path().prop_map(|(path, _)| write("DELETE", path, json!(null))),
    ]
}

async fn send(client: &Client, write: &Write) -> Answer {
    match write.method {
        "PUT" => client.put(&write.path, &write.body).await,
        "PATCH" => client.patch(&write.path, &write.body).await,
        _ => client.delete(&write.path).await,
    }
}

const UNITS: [&str; 2] = ["households", "individuals"];

/// Plain, low, high and open end, as a sum or a row has them.
type Counts = Option<(i64, i64, i64, bool)>;

/// What the contract says about one unit of one movement or return, word for word; and the figure that gives it.
fn of_figures(figures: &[Value], unit: &str) -> Option<((i64, i64, i64, bool), String)> {
    let actual: Vec<&Value> = figures
        .iter()
        .filter(|one| one["scope"] == "whole" && (one["stage"] == "departed" || one["stage"] == "arrived"))
        .collect();
    let giving: Vec<&Value> = actual.iter().copied().filter(|one| !one[unit].is_null()).collect();
    let recommended = actual.iter().find(|one| one["role"] == "recommended");
    let chosen = match recommended.filter(|one| !one[unit].is_null()) {
        Some(one) => one,
        None => {
            // The best of those that give the unit: one criterion after the other.
            let mut best = giving.clone();
            if let Some(recommended) = recommended {
                if !recommended["source"].is_null() && best.iter().any(|one| one["source"] == recommended["source"]) {
                    best.retain(|one| one["source"] == recommended["source"]);
                }
                if best.iter().any(|one| one["stage"] == recommended["stage"]) {
                    best.retain(|one| one["stage"] == recommended["stage"]);
                }
            }
            let latest = best.iter().filter_map(|one| one["reported_on"].as_str()).max();
            if let Some(latest) = latest {
                best.retain(|one| one["reported_on"] == latest);
            }
            best.sort_by_key(|one| one["code"].as_str().unwrap());
            best.first().copied()?
        }
    };
    let value = |one: &Value| one[unit].as_i64().unwrap();
    let quantifier = |one: &Value| one[format!("{unit}_quantifier")].as_str().unwrap().to_owned();
    let top = |one: &Value| one[format!("{unit}_high")].as_i64().unwrap_or_else(|| value(one));
    let plain = value(chosen);
    let lowest = giving.iter().filter(|one| quantifier(one) != "less_than").map(|one| value(one)).min();
    let low = lowest.unwrap_or(0).min(plain);
    let high = giving.iter().map(|one| top(one)).max().unwrap();
    let open = giving.iter().any(|one| top(one) == high && quantifier(one) == "more_than");
    Some(((plain, low, high, open), chosen["code"].as_str().unwrap().to_owned()))
}

/// The sum: nulls are skipped, all null is null.
fn sum(all: impl IntoIterator<Item = Counts>) -> Counts {
    all.into_iter().flatten().reduce(|a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 || b.3))
}

/// A unit of a row as it is read, under a prefix.
fn read(row: &Value, prefix: &str, unit: &str) -> Counts {
    let number = |end: &str| row[format!("{prefix}{unit}{end}")].as_i64();
    let open = row[format!("{prefix}{unit}_high_open")].as_bool();
    match (number(""), number("_low"), number("_high"), open) {
        (Some(plain), Some(low), Some(high), Some(open)) => Some((plain, low, high, open)),
        (None, None, None, None) => None,
        some => panic!("{prefix}{unit}: {some:?} in {row}"),
    }
}

/// One recommended figure at most in each phase, and none that is a part or of those who withdrew.
fn check_roles(figures: &[Value]) {
    let phase = |one: &Value| match one["stage"].as_str().unwrap() {
        _ if one["scope"] == "part" => "none",
        "planned" | "registered" | "waitlisted" => "intended",
        "departed" | "arrived" => "actual",
        _ => "none",
    };
    let recommended: Vec<&str> = figures.iter().filter(|one| one["role"] == "recommended").map(phase).collect();
    for (name, most) in [("intended", 1), ("actual", 1), ("none", 0)] {
        assert!(recommended.iter().filter(|one| **one == name).count() <= most, "{name}: {figures:?}");
    }
}

/// Compares a movement or a return with its figures.
fn check_row(row: &Value) {
    let figures = row["figures"].as_array().unwrap();
    check_roles(figures);
    let actual = |one: &&Value| one["scope"] == "whole" && (one["stage"] == "departed" || one["stage"] == "arrived");
    assert_eq!(row["figure_count"], figures.iter().filter(actual).count(), "{row}");
    for unit in UNITS {
        let (counts, figure) = of_figures(figures, unit).unzip();
        assert_eq!(read(row, "", unit), counts, "{unit} of {row}");
        assert_eq!(row[format!("{unit}_figure")], json!(figure), "{unit} of {row}");
    }
}

/// One side of a statistic: its rows, and a unit of theirs. Nothing there: 0. Something nobody knows: null.
fn flow(rows: &[&Value], unit: &str) -> Counts {
    if rows.is_empty() { Some((0, 0, 0, false)) } else { sum(rows.iter().map(|row| read(row, "", unit))) }
}

fn check_flows(row: &Value, movements: &[&Value], returns: &[&Value]) {
    for unit in UNITS {
        assert_eq!(read(row, "displaced_", unit), flow(movements, unit), "{unit} of {row}");
        assert_eq!(read(row, "returned_", unit), flow(returns, unit), "{unit} of {row}");
        let without = |rows: &[&Value]| rows.iter().filter(|one| one[unit].is_null()).count();
        assert_eq!(row[format!("movements_without_{unit}")], without(movements), "{unit} of {row}");
        assert_eq!(row[format!("returns_without_{unit}")], without(returns), "{unit} of {row}");
    }
    assert_eq!((&row["movements"], &row["returns"]), (&json!(movements.len()), &json!(returns.len())), "{row}");
}

/// Compares everything that is derived with its recomputation.
async fn check(app: &TestApp) {
    let editor = app.editor();
    let (mut movements, mut returns) = (vec![], vec![]);
    for code in editor.codes("/v1/batches").await {
        let batch = editor.json(&format!("/v1/batches/{code}")).await;
        let parts = batch["movements"].as_array().unwrap();
        parts.iter().for_each(check_row);
        for unit in UNITS {
            assert_eq!(read(&batch, "", unit), sum(parts.iter().map(|part| read(part, "", unit))), "{unit} of {batch}");
            let without = parts.iter().filter(|part| part[unit].is_null()).count();
            assert_eq!(batch[format!("movements_without_{unit}")], without, "{batch}");
        }
        assert_eq!(batch["movement_count"], parts.len());
        movements.extend(parts.clone());
    }
    for code in editor.codes("/v1/returns").await {
        let row = editor.json(&format!("/v1/returns/{code}")).await;
        check_row(&row);
        returns.push(row);
    }
    // Lists say the same as single rows.
    for (list, singles) in [("movements", &movements), ("returns", &returns)] {
        for row in editor.rows(&format!("/v1/{list}")).await {
            let single = singles.iter().find(|one| one["code"] == row["code"]).expect("it is a part of its batch");
            for (name, value) in row.as_object().unwrap() {
                assert_eq!(single[name], *value, "{name} of {row}");
            }
        }
    }
    let left: Vec<&Value> = movements
        .iter()
        .filter(|one| !one["departed_on"].is_null() && one["cancelled"] == false && one["kind"] != "onward")
        .collect();
    let back: Vec<&Value> =
        returns.iter().filter(|one| !one["returned_on"].is_null() && one["cancelled"] == false).collect();
    let total = editor.rows("/v1/stats/flows").await;
    check_flows(&total[0], &left, &back);

    let mut places: BTreeMap<&str, (Vec<&Value>, Vec<&Value>)> = BTreeMap::new();
    left.iter().for_each(|row| places.entry(row["destination"].as_str().unwrap()).or_default().0.push(row));
    back.iter().for_each(|row| places.entry(row["destination"].as_str().unwrap()).or_default().1.push(row));
    for path in ["/v1/stats/flows?by=destination", "/v1/stats/stocks?by=destination"] {
        let rows = editor.rows(path).await;
        let keys: Vec<&str> = rows.iter().map(|row| row["destination"].as_str().unwrap()).collect();
        assert_eq!(keys, places.keys().copied().collect::<Vec<_>>(), "{path}");
        for (row, (left, back)) in rows.iter().zip(places.values()) {
            check_flows(row, left, back);
        }
    }

    let mut months: BTreeMap<&str, (Vec<&Value>, Vec<&Value>)> = BTreeMap::new();
    left.iter().for_each(|row| months.entry(&row["departed_on"].as_str().unwrap()[..7]).or_default().0.push(row));
    back.iter().for_each(|row| months.entry(&row["returned_on"].as_str().unwrap()[..7]).or_default().1.push(row));
    let rows = editor.rows("/v1/stats/flows?by=month").await;
    assert_eq!(rows.len(), months.len());
    for (row, (month, (left, back))) in rows.iter().zip(&months) {
        assert_eq!(row["period"], *month);
        check_flows(row, left, back);
    }

    let stocks = editor.rows("/v1/stats/stocks").await;
    check_flows(&stocks[0], &left, &back);
    for unit in UNITS {
        let remaining = flow(&left, unit)
            .zip(flow(&back, unit))
            .map(|(left, back)| (left.0 - back.0, left.1 - back.2, left.2 - back.1, left.3));
        assert_eq!(read(&stocks[0], "remaining_", unit), remaining, "{unit} of {}", stocks[0]);
    }
}

/// The service on both databases, with a little in each.
async fn both_apps() -> Vec<TestApp> {
    let mut apps = vec![];
    for kind in [Kind::Sqlite, Kind::Postgres] {
        let app = TestApp::start(kind).await;
        given::world(&app).await;
        given::batch("b0").on("2017-02-03").to("zoghra", &[]).to("bab", &[]).put(&app).await;
        given::batch("b1").on("2017-03-01").to("bab", &[]).put(&app).await;
        given::homecoming("r0").with("movement", "b0.zoghra").on("2017-03-05").put(&app).await;
        apps.push(app);
    }
    apps
}

/// Sends a write to both; whether they have accepted it.
async fn send_to(apps: &[TestApp], write: &Write) -> bool {
    let mut statuses = vec![];
    for app in apps {
        let answer = send(&app.editor(), write).await;
        assert!(answer.status < 500, "{write:?}: {}", answer.text());
        statuses.push(answer.status);
    }
    assert_eq!(statuses[0], statuses[1], "{write:?}");
    statuses[0] < 300
}

/// Writes and checks; gives how many writes were accepted.
async fn run(writes: &[Write]) -> usize {
    let (apps, mut accepted) = (both_apps().await, 0);
    for write in writes {
        accepted += usize::from(send_to(&apps, write).await);
        // The busiest rows after every write, everything at the end.
        for app in &apps {
            for path in ["/v1/movements/b0.zoghra", "/v1/returns/r0"] {
                let answer = app.editor().get(path).await;
                if answer.status == 200 {
                    check_row(&answer.json());
                }
            }
        }
    }
    for app in &apps {
        check(app).await;
    }
    accepted
}

/// Runs a story for many values, always the same ones: a test that fails on Tuesdays helps nobody. Each gives how many of its
/// writes were accepted, of how many; half of all must be.
fn for_many<S: Strategy>(cases: u32, values: &S, story: impl AsyncFn(&S::Value) -> (usize, usize)) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 40, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let (sent, accepted) = (Cell::new(0), Cell::new(0));
    let result = runner.run(values, |value| {
        let quiet = std::panic::AssertUnwindSafe(|| actix_web::rt::System::new().block_on(story(&value)));
        let (good, all) = std::panic::catch_unwind(quiet).map_err(|panic| {
            let text = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            TestCaseError::fail(text.unwrap_or_default())
        })?;
        sent.set(sent.get() + all);
        accepted.set(accepted.get() + good);
        Ok(())
    });
    if let Err(error) = result {
        panic!("{error}");
    }
    let (sent, accepted) = (sent.get(), accepted.get());
    println!("{accepted} of {sent} writes were accepted");
    assert!(accepted * 2 > sent, "{accepted} of {sent} writes were accepted: too few to prove anything");
}

#[test]
fn what_is_derived_is_what_the_contract_says() {
    let sequences = prop::collection::vec(a_write(), 18..=WRITES);
    for_many(CASES, &sequences, async |writes| (run(writes).await, writes.len()));
}
