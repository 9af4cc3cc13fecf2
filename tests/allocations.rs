//! How often answers allocate, on both databases: a number that is the same on every machine, where seconds are not.
//!
//! A bound is half as much again as what was measured when it was written. Whoever lowers a number lowers its bound; whoever needs a higher
//! one says why. Everything is counted that Rust allocates on any thread, with what the test itself needs for a request: SQLite and libpq
//! have allocators of their own.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "api/support/mod.rs"]
mod support;

use std::alloc::System;
use std::fmt::Write as _;

use serde_json::json;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use support::{Kind, TestApp, given};

#[global_allocator]
static COUNTED: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

/// How often each answer is asked for before it is counted, and while it is.
const WARM_UP: usize = 4;
const COUNTED_TIMES: usize = 8;

/// What a kind of answer may cost, on SQLite and on PostgreSQL.
struct Bound {
    what: &'static str,
    allocations: [usize; 2],
}

/// The fewest allocations of several: what another thread does meanwhile makes them more, never less.
async fn count(app: &TestApp, bound: &Bound, once: impl AsyncFn(usize)) -> Option<String> {
    for number in 0..WARM_UP {
        once(number).await;
    }
    let mut counted = vec![];
    for number in WARM_UP..WARM_UP + COUNTED_TIMES {
        let region = Region::new(COUNTED);
        once(number).await;
        let change = region.change();
        counted.push((change.allocations + change.reallocations, change.bytes_allocated));
    }
    let (fewest, bytes) = *counted.iter().min().unwrap();
    let most = bound.allocations[usize::from(app.database.kind() == Kind::Postgres)];
    let said =
        format!("{:?}, {}: {fewest} allocations of {bytes} bytes, {most} allowed", app.database.kind(), bound.what);
    println!("{said}");
    (fewest > most).then_some(said)
}

/// A record with several pages of movements.
async fn record(app: &TestApp) {
    given::world(app).await;
    let mut sheet = "batch,origin,departed_on,destination,stage,source,individuals\n".to_owned();
    for number in 0..400 {
        let (month, day, place) = (number % 12 + 1, number % 28 + 1, ["bab", "zoghra"][number % 2]);
        writeln!(sheet, "b{number},waer,2017-{month:02}-{day:02},{place},departed,radio,{}", number + 10).unwrap();
    }
    let sent = Some(("text/csv", sheet.as_bytes()));
    app.editor().send("POST", "/v1/imports/movements?commit=true", sent).await.is(201);
}

async fn over(kind: Kind) -> Vec<String> {
    let app = TestApp::start(kind).await;
    record(&app).await;
    let (reader, editor) = (app.public(), app.editor());
    let mut over = vec![];

    // Where a page begins is different each time, so that none is kept.
    let mut cursors = vec![];
    for number in 0..WARM_UP + COUNTED_TIMES {
        let page = reader.json(&format!("/v1/movements?limit={}", number + 1)).await;
        cursors.push(page["next_cursor"].as_str().unwrap().to_owned());
    }
    let bound = Bound { what: "a page of 100 movements", allocations: [2_750, 2_960] };
    let page = async |number: usize| {
        reader.get(&format!("/v1/movements?cursor={}", cursors[number])).await.is(200);
    };
    over.extend(count(&app, &bound, page).await);

    let bound = Bound { what: "a statistic that is kept", allocations: [255, 263] };
    let kept = async |_| {
        reader.get("/v1/stats/flows?by=month,destination").await.is(200);
    };
    over.extend(count(&app, &bound, kept).await);

    let bound = Bound { what: "a statistic from the columns", allocations: [467, 474] };
    let counted = async |number: usize| {
        let path = format!("/v1/stats/flows?by=month,destination&from=1900-01-{:02}", number + 1);
        reader.get(&path).await.is(200);
    };
    over.extend(count(&app, &bound, counted).await);

    let bound = Bound { what: "a batch with a figure, posted", allocations: [2_830, 3_030] };
    let posted = async |number: usize| {
        let figures = [given::individuals("departed", 40)];
        let mut body = given::batch("posted").on("2017-03-18").to("bab", &figures).body();
        body["code"] = json!(format!("posted-{number}"));
        editor.post("/v1/batches", &body).await.is(201);
    };
    over.extend(count(&app, &bound, posted).await);
    assert!(app.columns.bytes() > 0, "statistics were counted from the columns to the end");
    over
}

/// One test, as everything in this process is counted.
#[actix_web::test]
async fn answers_allocate_no_more_than_they_did() {
    let mut over = over(Kind::Sqlite).await;
    over.extend(self::over(Kind::Postgres).await);
    assert!(over.is_empty(), "{over:#?}");
}
