//! The same after random sheets: what an import derives, that an export of it changes nothing, and that the last import can be
//! taken back whole.

use super::*;

/// How many records, and how many sheets come to each.
const RECORDS: u32 = 12;
const SHEETS: usize = 4;

/// The columns of a figure, and what stands before them in each sheet.
const FIGURE: &str = "stage,role,scope,source,url,reported_on,individuals,individuals_quantifier,individuals_high,households,\
    households_quantifier,households_high";
const BATCH: &str = "batch,kind,origin,departed_on,cancelled,destination";
const RETURN: &str = "return,from,to,movement,returned_on,cancelled";

/// A sheet: which one, and its text.
type Sheet = (&'static str, String);

fn cells(columns: &str, of: impl Fn(&str) -> Value) -> Vec<String> {
    let text = |value: Value| match value {
        Value::Null => String::new(),
        Value::String(text) => text,
        other => other.to_string(),
    };
    columns.split(',').map(|column| text(of(column))).collect()
}

/// The rows of one batch or return: one for each figure, with what it is about before it.
fn rows(before: &[String], figures: &Value) -> Vec<Vec<String>> {
    let none = vec![Value::Null];
    let figures = figures.as_array().filter(|all| !all.is_empty()).unwrap_or(&none);
    let mut recommended = false;
    let rows = figures.iter().map(|figure| {
        let may_be = figure["scope"] == "whole" && figure["stage"] != "withdrawn";
        let role = figure["role"].clone();
        // One at the most is recommended by the sheet, and none that cannot be.
        let role = if role == "recommended" && (recommended || !may_be) { Value::Null } else { role };
        recommended |= role == "recommended";
        let of = |column: &str| if column == "role" { role.clone() } else { figure[column].clone() };
        [before.to_vec(), cells(FIGURE, of)].concat()
    });
    rows.collect()
}

/// Whether any figure says that people went.
fn is_actual(figures: &Value) -> bool {
    figures.as_array().into_iter().flatten().any(|one| one["stage"] == "departed" || one["stage"] == "arrived")
}

fn batch_rows(code: &str, mut body: Value) -> Vec<Vec<String>> {
    let parts = body["movements"].take();
    let parts: Vec<Value> = parts.as_array().cloned().unwrap_or_default();
    if body["departed_on"].is_null() && parts.iter().any(|part| is_actual(&part["figures"])) {
        body["departed_on"] = json!("2017-02-05");
    }
    let before = |destination: &Value| {
        cells(BATCH, |column| match column {
            "batch" => json!(code),
            "destination" => destination.clone(),
            column => body[column].clone(),
        })
    };
    if parts.is_empty() {
        return rows(&before(&Value::Null), &Value::Null);
    }
    parts.iter().flat_map(|part| rows(&before(&part["destination"]), &part["figures"])).collect()
}

fn return_rows(code: &str, mut body: Value) -> Vec<Vec<String>> {
    if body["returned_on"].is_null() && is_actual(&body["figures"]) {
        body["returned_on"] = json!("2017-03-09");
    }
    if !body["movement"].is_null() {
        (body["movement"], body["from"]) = (json!("b0.zoghra"), json!("zoghra"));
    }
    let of = |column: &str| if column == "return" { json!(code) } else { body[column].clone() };
    rows(&cells(RETURN, of), &body["figures"])
}

fn text(before: &str, rows: &[Vec<String>]) -> String {
    let lines = rows.iter().map(|row| row.join(","));
    [format!("{before},{FIGURE}")].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
}

/// A sheet whose rows stand in any order.
fn sheet() -> impl Strategy<Value = Sheet> {
    let batches = prop::collection::btree_map(0..4_u8, batch_body(), 1..4);
    let batches = batches.prop_map(|all| {
        all.into_iter().flat_map(|(number, body)| batch_rows(&format!("b{number}"), body)).collect::<Vec<_>>()
    });
    let returns = prop::collection::btree_map(0..3_u8, return_body(), 1..3);
    let returns = returns.prop_map(|all| {
        all.into_iter().flat_map(|(number, body)| return_rows(&format!("r{number}"), body)).collect::<Vec<_>>()
    });
    prop_oneof![
        3 => batches.prop_shuffle().prop_map(|rows| ("movements", text(BATCH, &rows))),
        1 => returns.prop_shuffle().prop_map(|rows| ("returns", text(RETURN, &rows))),
    ]
}

async fn import(app: &TestApp, (sheet, text): &Sheet) -> Answer {
    let path = format!("/v1/imports/{sheet}?commit=true");
    app.editor().send("POST", &path, Some(("text/csv", text.as_bytes()))).await
}

/// Everything that is recorded, as sheets have it.
async fn recorded(app: &TestApp) -> Vec<Sheet> {
    let mut all = vec![];
    for sheet in ["movements", "returns"] {
        all.push((sheet, app.editor().text(&format!("/v1/exports/{sheet}.csv")).await));
    }
    all
}

/// Insists that a sheet changes nothing.
async fn is_unchanged(app: &TestApp, sheet: &Sheet) {
    let report = import(app, sheet).await.is(201).json();
    for (resource, counts) in report["counts"].as_object().unwrap() {
        assert_eq!((&counts["created"], &counts["updated"]), (&json!(0), &json!(0)), "{resource} of {}", sheet.1);
    }
}

async fn run_sheets(writes: &[Write], sheets: &[Sheet]) -> (usize, usize) {
    let apps = both_apps().await;
    for write in writes {
        send_to(&apps, write).await;
    }
    let mut accepted = 0;
    for sheet in sheets {
        let mut said = vec![];
        for app in &apps {
            let before = recorded(app).await;
            let answer = import(app, sheet).await;
            assert!(answer.status < 500, "{sheet:?}: {}", answer.text());
            check(app).await;
            if answer.status == 201 {
                // What comes out changes nothing when it comes in again.
                let after = recorded(app).await;
                for exported in &after {
                    is_unchanged(app, exported).await;
                }
                assert_eq!(recorded(app).await, after, "{sheet:?}");
                // And the import can be taken back, and made again.
                let code = answer.json()["code"].as_str().unwrap().to_owned();
                app.editor().delete(&format!("/v1/imports/{code}")).await.is(204);
                assert_eq!(recorded(app).await, before, "{sheet:?}");
                check(app).await;
                import(app, sheet).await.is(201);
                // Without codes figures are known by what they say.
                is_unchanged(app, sheet).await;
            } else {
                assert_eq!(recorded(app).await, before, "{sheet:?}");
            }
            // Both databases find the same; only the codes that they make differ.
            said.push((answer.status, answer.json()["counts"].take()));
        }
        assert_eq!(said[0], said[1], "{sheet:?}");
        accepted += usize::from(said[0].0 == 201);
    }
    (accepted, sheets.len())
}

#[test]
fn what_a_sheet_derives_is_what_the_contract_says() {
    let stories = (prop::collection::vec(a_write(), 0..10), prop::collection::vec(sheet(), 1..=SHEETS));
    for_many(RECORDS, &stories, async |(writes, sheets)| run_sheets(writes, sheets).await);
}
