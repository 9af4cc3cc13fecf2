//! No list reads a whole table, whatever is asked of it and in whichever order, nor does a write: the plans of the statements that the service
//! sends, on a record that is large enough to tell. Nothing here takes a time.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod explained;
mod record;
mod seen;
#[path = "../api/support/mod.rs"]
mod support;

use std::collections::HashSet;

use explained::Plans;
use seen::Statement;
use serde_json::json;
use support::{Client, Kind, TestApp, given};

/// What every resource with dates answers, and what those do that have places, too. Of most there are values that many rows have, and few.
const TIMES: [&str; 4] = ["", "from=2014-03-01&to=2016-12-31", "from=2021-12-01", "updated_since=2026-11-17T08:00:00Z"];
const CODES: [&str; 2] = ["q=b23", "q=nothing"];
const SOURCES: [&str; 3] = ["source=council", "source=paper", "source=radio&from=2014-03-01&to=2014-04-30"];
const PLACES: [&str; 13] = [
    "origin=waer",
    "origin=far",
    "origin=SY04",
    "destination=zoghra",
    "destination=SY0208",
    "destination=bab&from=2014-03-01&to=2016-12-31",
    "destination=SY02&from=2014-03-01&to=2016-12-31",
    "destination=SY0208,bab&origin=far",
    "agreement=deal",
    "agreement=pact",
    "agreement=deal&from=2014-03-01&to=2014-04-30",
    "settlement_type=planned_camp",
    "settlement_type=collective_centre",
];
const KINDS: [&str; 4] = ["kind=displacement", "kind=redisplacement", "kind=onward", "q=waer"];
const BATCH: [&str; 2] = ["batch=b78", "batch=b0"];
const FIGURES: [&str; 7] = [
    "stage=departed",
    "stage=withdrawn",
    "role=recommended",
    "role=triangulation",
    "scope=whole",
    "scope=part",
    "stage=arrived&source=council&destination=bab",
];
const LOCATIONS: [&str; 6] = [
    "kind=camp",
    "kind=crossing",
    "settlement_type=reception_centre",
    "parent=SY02",
    "parent=SY02&kind=crossing",
    "parent=SY04",
];

/// What a list can be asked, beside its order.
fn questions(list: &str) -> Vec<&'static str> {
    let of: &[&[&'static str]] = match list {
        "locations" => &[&["", "updated_since=2026-11-17T08:00:00Z"], &CODES, &LOCATIONS],
        "sources" => &[&["", "updated_since=2026-11-17T08:00:00Z", "kind=media"], &CODES],
        "agreements" => &[&TIMES, &CODES, &SOURCES],
        "batches" => &[&TIMES, &CODES, &SOURCES, &PLACES, &KINDS],
        "movements" | "returns" => &[&TIMES, &CODES, &SOURCES, &PLACES, &KINDS, &BATCH],
        _ => &[&TIMES, &CODES, &SOURCES, &PLACES, &KINDS, &BATCH, &FIGURES],
    };
    of.concat()
}

/// The orders that an editor asks for, and the public: both of each kind, in both directions.
fn sorts(list: &str, is_public: bool) -> &'static [&'static str] {
    match (list, is_public) {
        ("locations" | "sources", _) => &["code", "-code", "updated_at", "-updated_at"],
        (_, false) => &["date", "-code", "updated_at"],
        (_, true) => &["-date", "code", "-updated_at"],
    }
}

/// The paths of all lists, in their orders.
fn lists(is_public: bool) -> Vec<String> {
    let of_editors = ["imports?", "changes?", "changes?after=1050000", "locations/waer/history?"];
    let mut paths: Vec<String> = of_editors.iter().filter(|_| !is_public).map(|path| (*path).to_owned()).collect();
    for list in ["locations", "sources", "agreements", "batches", "movements", "returns", "figures"] {
        for question in questions(list) {
            paths.extend(sorts(list, is_public).iter().map(|sort| format!("{list}?sort={sort}&{question}")));
        }
    }
    paths
}

/// Asks for two pages of a list.
async fn ask(client: &Client, path: &str) {
    let path = format!("/v1/{path}&limit=20");
    let page = client.json(&path).await;
    let Some(cursor) = page["next_cursor"].as_str() else { return };
    let place = if path.starts_with("/v1/changes") { "after" } else { "cursor" };
    if !path.contains("after=") {
        client.get(&format!("{path}&{place}={cursor}")).await.is(200);
    }
}

/// Writes rows of every kind, and asks for a statistic that has to follow them.
async fn write(app: &TestApp) {
    let (editor, columns) = (app.editor(), app.columns.clone());
    app.db.read(move |conn| columns.build(conn)).await.unwrap();
    seen::take(&app.database.url());
    given::batch("new").on("2017-03-18").to("bab", &[given::individuals("departed", 40)]).put(app).await;
    given::homecoming("back").on("2017-04-01").figures(&[given::households("arrived", 3)]).put(app).await;
    let changes = [
        ("batches/b1000", "departed_on", json!("2016-05-01")),
        ("movements/b1001.zoghra", "notes", json!("Changed")),
        ("returns/r1002", "returned_on", json!("2016-06-01")),
        ("figures/f1003m", "individuals", json!(9)),
    ];
    for (path, member, value) in changes {
        editor.patch(&format!("/v1/{path}"), &json!({ member: value })).await.is(200);
    }
    editor.delete("/v1/batches/new").await.is(204);
    editor.get("/v1/stats/flows?by=month").await.is(200);
    // After these a statistic reads all names again.
    for path in ["locations/waer", "sources/radio", "agreements/deal"] {
        editor.patch(&format!("/v1/{path}"), &json!({"name": "Another name"})).await.is(200);
    }
}

/// Asks everything, and gives what the database was sent for it: each statement once, with the path that it was first sent for.
async fn asked(app: &TestApp) -> Vec<(String, Statement)> {
    let url = app.database.url();
    let (mut known, mut all) = (HashSet::new(), vec![]);
    let mut note = |what: &str| {
        let reads =
            seen::take(&url).into_iter().filter(|shown| shown.starts_with("SELECT") || shown.starts_with("WITH"));
        let new = reads.filter(|shown| known.insert(shown.clone()));
        all.extend(new.map(|shown| (what.to_owned(), Statement::read(&shown))));
    };
    seen::take(&url);
    for (name, client) in [("public", app.public()), ("editor", app.editor())] {
        for path in lists(name == "public") {
            ask(&client, &path).await;
            note(&format!("{name}: {path}"));
        }
    }
    write(app).await;
    note("writes, and a statistic after them");
    all
}

fn check(app: &TestApp, asked: &[(String, Statement)]) {
    let mut plans = Plans::of(app);
    let faults: Vec<String> = asked
        .iter()
        .filter_map(|(path, statement)| {
            let fault = plans.fault(statement)?;
            let (_, shown) = statement.sql.split_once(" FROM ").unwrap_or(("", &statement.sql));
            Some(format!("{path}\n  … FROM {shown}\n  {:?}\n  {fault}", statement.values))
        })
        .collect();
    println!("{} statements were explained", asked.len());
    assert!(asked.len() > 1_000, "only {} statements were seen", asked.len());
    assert!(faults.is_empty(), "{} of {} statements:\n{}", faults.len(), asked.len(), faults.join("\n\n"));
}

/// Without an index that it needs, some list is seen to read a whole table: else nothing above would say anything.
fn check_the_check(app: &TestApp, asked: &[(String, Statement)]) {
    let mut plans = Plans::of(app);
    for index in ["movements_date", "batches_origin", "returns_updated", "figures_source"] {
        app.database.execute(&format!("DROP INDEX {index}"));
        let table = index.split('_').next().unwrap();
        let mut theirs = asked.iter().filter(|(path, _)| path.contains(table));
        assert!(theirs.any(|(_, statement)| plans.fault(statement).is_some()), "nothing misses {index}");
    }
}

/// Whether another batch has the same journey is asked for every movement that is written: however many have it, one of them is looked at.
async fn check_twins(app: &TestApp) {
    record::same_journeys(app);
    seen::take(&app.database.url());
    let batch =
        given::batch("twin").on(record::SAME_DAY).to("zoghra", &[given::individuals("departed", 7)]).put(app).await;
    assert!(batch["warnings"].to_string().contains("possible_duplicate"), "{batch}");
    let seen = seen::take(&app.database.url());
    let asked = seen.iter().find(|shown| shown.contains("batch_id <>")).expect("twins are looked for");
    let asked = Statement::read(asked);
    let fault = Plans::of(app).fault_of_twins(&asked);
    assert!(fault.is_none(), "{}", fault.unwrap_or_default());
    app.database.execute("DROP INDEX movements_journey");
    // Another connection: one that has explained a statement says the same of it again.
    assert!(Plans::of(app).fault_of_twins(&asked).is_some(), "nothing misses the index");
}

async fn story(kind: Kind) {
    seen::listen();
    let app = TestApp::start(kind).await;
    record::large(&app).await;
    record::settle(&app);
    let asked = asked(&app).await;
    check(&app, &asked);
    check_twins(&app).await;
    check_the_check(&app, &asked);
}

#[actix_web::test]
async fn nothing_reads_a_whole_table_of_sqlite() {
    story(Kind::Sqlite).await;
}

#[actix_web::test]
async fn nothing_reads_a_whole_table_of_postgresql() {
    story(Kind::Postgres).await;
}
