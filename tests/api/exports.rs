//! Exports: the record in the import's own columns, for each what they may see.

use std::collections::{BTreeSet, HashMap};

use calamine::{Data, DataType};
use serde_json::{Value, json};

use crate::support::{Client, TestApp, given};

const SHEETS: [&str; 5] = ["locations", "sources", "agreements", "movements", "returns"];

/// The columns of the sheet `movements` before the figure's, and those of `returns`.
const BATCH: &str = "batch,kind,number,agreement,origin,scheduled_on,departed_on,departed_on_precision,cancelled,reasons,parties,\
                     visibility,batch_notes,destination,destination_as_reported,arrived_on,arrived_on_precision,settlement_type,\
                     movement_notes";
const RETURN: &str = "return,from,to,movement,agreement,scheduled_on,returned_on,returned_on_precision,from_as_reported,\
                      household_completeness,members_remaining,cancelled,reasons,parties,visibility,return_notes";
const FIGURE: &str = "figure,stage,role,scope,source,url,title,reported_on,as_of,excerpt,term_as_reported,place_as_reported,notes,\
                      households,households_quantifier,households_high,individuals,individuals_quantifier,individuals_high,men,\
                      women,children,infants,civilians,fighters";

/// What the public does not see.
const WITHHELD: [&str; 9] = [
    "scheduled_on",
    "batch_notes",
    "movement_notes",
    "return_notes",
    "members_remaining",
    "excerpt",
    "notes",
    "civilians",
    "fighters",
];

fn columns(sheet: &str) -> Vec<String> {
    let text = match sheet {
        "locations" => "code,name,kind,name_ar,aliases,parent,p_code,latitude,longitude,settlement_type".to_owned(),
        "sources" => "code,name,kind,name_ar,reliability,url,confidential".to_owned(),
        "agreements" => "code,name,name_ar,name_as_reported,signed_on,location,parties,url,notes".to_owned(),
        "movements" => format!("{BATCH},{FIGURE}"),
        _ => format!("{RETURN},{FIGURE}"),
    };
    text.split(',').map(str::to_owned).collect()
}

type Row = HashMap<String, String>;

/// The rows of CSV by their headings.
fn rows(text: &str) -> Vec<Row> {
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    reader.deserialize().map(Result::unwrap).collect()
}

async fn exported(client: &Client, question: &str) -> Vec<Row> {
    let (sheet, query) = question.split_once('?').unwrap_or((question, ""));
    let mark = if query.is_empty() { "" } else { "?" };
    rows(&client.text(&format!("/v1/exports/{sheet}.csv{mark}{query}")).await)
}

/// Some cells of every row, joined.
async fn seen(client: &Client, question: &str, names: &[&str]) -> Vec<String> {
    let cells = |row: &Row| names.iter().map(|name| row[*name].clone()).collect::<Vec<_>>().join(" ");
    exported(client, question).await.iter().map(cells).collect()
}

/// A record with everything that a sheet can hold: figures on movements, batches, agreements and returns, a movement without
/// figures, a batch without movements; some of it hidden.
async fn record(app: &TestApp) {
    given::world(app).await;
    given::source("mole").with("name", "The mole").with("confidential", true).put(app).await;
    let figures = [
        json!({"code": "f1", "stage": "departed", "source": "radio", "individuals": 100, "fighters": 3, "excerpt": "=\"a\", b",
            "url": "https://example.org/1", "reported_on": "2017-03-19", "men": 50}),
        json!({"code": "f2", "stage": "arrived", "source": "mole", "households": 20, "households_quantifier": "between",
            "households_high": 25}),
        json!({"code": "f3", "stage": "planned", "individuals": 120, "individuals_quantifier": "approximately"}),
    ];
    given::batch("b1")
        .with("number", 1)
        .with("agreement", "deal")
        .with("scheduled_on", "2017-03-17")
        .with("reasons", json!(["siege", "guarantees"]))
        .with(
            "parties",
            json!([{"role": "facilitator", "name": "Red Crescent"}, {"role": "monitor", "name": "UN: Office"}]),
        )
        .with("notes", "first of all")
        .on("2017-03-18")
        .to("zoghra", &figures)
        .to("bab", &[])
        .put(app)
        .await;
    given::batch("b2").on("2017-03-20").put(app).await;
    let departed = [json!({"code": "f4", "stage": "departed", "individuals": 7})];
    given::batch("b3").with("visibility", "restricted").on("2017-03-25").to("bab", &departed).put(app).await;
    given::batch("b4").with("scheduled_on", "2017-04-01").to("bab", &[]).put(app).await;
    for total in [
        json!({"code": "t1", "batch": "b1", "stage": "departed", "source": "council", "individuals": 130}),
        json!({"code": "t2", "agreement": "deal", "stage": "departed", "source": "radio", "individuals": 900}),
        json!({"code": "t3", "agreement": "deal", "destination": "SY02", "stage": "planned", "individuals": 950}),
    ] {
        app.editor().post("/v1/figures", &total).await.is(201);
    }
    given::homecoming("r1")
        .with("movement", "b1.zoghra")
        .with("members_remaining", 4)
        .on("2017-05-01")
        .figures(&[json!({"code": "f5", "stage": "arrived", "source": "radio", "individuals": 30})])
        .put(app)
        .await;
    given::homecoming("r2").with("movement", "b3.bab").with("notes", "later").on("2017-05-08").put(app).await;
    given::homecoming("r3").with("scheduled_on", "2017-06-01").put(app).await;
}

/// The same, with texts, codes, dates and numbers that spreadsheets like to change.
async fn record_of_everything(app: &TestApp) {
    record(app).await;
    let editor = app.editor();
    for (number, text) in TEXTS.iter().enumerate() {
        let place = json!({
            "name": text, "kind": "camp", "name_ar": text, "aliases": [format!("alias {number}"), format!("'={number}")],
            "latitude": -89.123_456_789_012_3, "longitude": 0.000_000_1, "p_code": format!("00{number}E5"),
        });
        editor.put(&format!("/v1/locations/1e{number}"), &place).await.is(201);
        let source = json!({"name": text, "kind": "ngo", "name_ar": text});
        editor.put(&format!("/v1/sources/00{number}"), &source).await.is(201);
        let agreement = json!({
            "name": text, "name_as_reported": text, "notes": text, "signed_on": "1900-01-01",
            "parties": [{"role": "monitor", "name": text.replace(';', ",")}],
        });
        editor.put(&format!("/v1/agreements/2017-0{}", number + 1), &agreement).await.is(201);
        let figure = json!({
            "code": format!("x{number}"), "stage": "departed", "scope": "part", "source": format!("00{number}"),
            "url": "https://example.org/?a=1&b='2'", "title": text, "excerpt": text, "term_as_reported": text,
            "place_as_reported": text, "notes": text, "households": 0, "civilians": 1_000_000_000,
            "reported_on": "2199-12-31", "as_of": "1900-02-28",
        });
        given::batch(&format!("TRUE{number}"))
            .with("agreement", format!("2017-0{}", number + 1))
            .with("kind", "redisplacement")
            .with("notes", *text)
            .with("departed_on_precision", "week")
            .on("2017-03-13")
            .to(&format!("1e{number}"), &[figure])
            .put(app)
            .await;
        given::homecoming(&format!("1-{number}"))
            .with("from_as_reported", *text)
            .with("household_completeness", "partial")
            .with("returned_on_precision", "year")
            .with("cancelled", true)
            .with("agreement", "2017-01")
            .on("2018-01-01")
            .put(app)
            .await;
    }
}

/// Texts that spreadsheets, CSV and XML like to change.
const TEXTS: [&str; 9] = [
    "=1+1",
    "'=1+1",
    "''-2",
    "'quoted'",
    "+963 (a) \"b\", c; d",
    "two\nlines\tand a tab",
    "0012",
    "1e5 <b>&amp;</b> _x000D_",
    "الوعر، حمص",
];

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Every row that there is, with its revision.
async fn everything(app: &TestApp) -> Vec<Value> {
    let mut all = vec![];
    for resource in ["locations", "sources", "agreements", "batches", "movements", "returns", "figures"] {
        all.extend(app.editor().rows(&format!("/v1/{resource}?limit=10000&sort=code")).await);
    }
    all
}

const LINES: [&str; 4] = ["batch", "agreement", "destination", "figure"];

both! {
    async fn what_was_loaded_comes_out(app) {
        app.load_al_waer().await;
        for sheet in SHEETS {
            let file = format!("{}/examples/al-waer/{sheet}.csv", env!("CARGO_MANIFEST_DIR"));
            let loaded = rows(&std::fs::read_to_string(file).unwrap());
            let out = exported(&app.editor(), sheet).await;
            assert_eq!(out.len(), loaded.len(), "{sheet}");
            let again = app.editor().send("POST", &format!("/v1/imports/{sheet}?commit=true"), Some(("text/csv", app.editor().text(&format!("/v1/exports/{sheet}.csv")).await.as_bytes()))).await;
            let again = again.is(201).json();
            for counts in again["counts"].as_object().unwrap().values() {
                assert_eq!((&counts["created"], &counts["updated"]), (&json!(0), &json!(0)), "{sheet}: {again}");
            }
            // The same claims, in whatever order, in the columns that the file has. What the file leaves to a default is said.
            let told: Vec<&String> =
                loaded[0].keys().filter(|name| !matches!(name.as_str(), "role" | "scope" | "p_code")).collect();
            let of = |rows: &[Row]| -> BTreeSet<Vec<String>> {
                rows.iter().map(|row| told.iter().map(|name| row[*name].clone()).collect()).collect()
            };
            assert_eq!(of(&out), of(&loaded), "{sheet}");
        }
    }

    async fn a_sheet_has_the_columns_that_the_import_reads(app) {
        record(app).await;
        for sheet in SHEETS {
            for client in [app.reader(), app.editor()] {
                let text = client.text(&format!("/v1/exports/{sheet}.csv")).await;
                assert_eq!(text.split("\r\n").next().unwrap(), columns(sheet).join(","), "{sheet}");
            }
            let public: Vec<String> =
                columns(sheet).into_iter().filter(|name| !WITHHELD.contains(&name.as_str())).collect();
            let text = app.public().text(&format!("/v1/exports/{sheet}.csv")).await;
            assert_eq!(text.split("\r\n").next().unwrap(), public.join(","), "{sheet}");
        }
    }

    async fn a_row_is_a_figure_with_what_it_is_about_beside_it(app) {
        record(app).await;
        let editor = app.editor();
        // Batches newest first and undated last, then their movements and figures as they were recorded, then the totals.
        assert_eq!(
            seen(&editor, "movements", &LINES).await,
            [
                "b4  bab ",
                "b3  bab f4",
                "b2   ",
                "b1 deal  t1",
                "b1 deal zoghra f1",
                "b1 deal zoghra f2",
                "b1 deal zoghra f3",
                "b1 deal bab ",
                " deal  t2",
                " deal SY02 t3",
            ]
        );
        let rows = exported(&editor, "movements").await;
        let cell = |at: usize, name: &str| rows[at][name].as_str();
        // Every row of a batch has all of its columns, since a value beats empty.
        for at in 3..8 {
            assert_eq!((cell(at, "number"), cell(at, "departed_on"), cell(at, "batch_notes")), ("1", "2017-03-18", "first of all"));
            assert_eq!((cell(at, "reasons"), cell(at, "cancelled")), ("siege;guarantees", "false"));
            assert_eq!(cell(at, "parties"), "facilitator:Red Crescent;monitor:UN: Office");
        }
        assert_eq!((cell(3, "role"), cell(4, "role"), cell(5, "role"), cell(6, "role")), ("", "recommended", "triangulation", "recommended"));
        assert_eq!((cell(4, "excerpt"), cell(4, "men"), cell(4, "scope")), ("'=\"a\", b", "50", "whole"));
        assert_eq!((cell(5, "households"), cell(5, "households_high"), cell(5, "source")), ("20", "25", "mole"));
        assert_eq!((cell(8, "batch"), cell(8, "origin"), cell(8, "visibility"), cell(8, "individuals")), ("", "", "", "900"));
        assert_eq!(
            seen(&editor, "returns", &["return", "movement", "members_remaining", "figure"]).await,
            ["r3   ", "r2 b3.bab  ", "r1 b1.zoghra 4 f5"]
        );
        assert_eq!(seen(&editor, "agreements", &["code", "signed_on"]).await, ["deal 2017-03-13"]);
        assert_eq!(seen(&editor, "sources", &["code", "confidential"]).await, ["council false", "mole true", "radio false"]);
        assert_eq!(
            seen(&editor, "locations", &["code", "parent", "aliases"]).await,
            ["SY  ", "SY02 SY ", "SY0208 SY02 ", "SY04 SY ", "bab SY02 ", "waer SY04 Waer", "zoghra SY0208 "]
        );
    }

    async fn the_public_gets_what_is_public(app) {
        record(app).await;
        assert_eq!(
            seen(&app.public(), "movements", &LINES).await,
            ["b2   ", "b1 deal  t1", "b1 deal zoghra f1", "b1 deal bab ", " deal  t2"]
        );
        // The movement of the second return is hidden.
        assert_eq!(seen(&app.public(), "returns", &["return", "movement", "figure"]).await, ["r2  ", "r1 b1.zoghra f5"]);
        assert_eq!(seen(&app.public(), "sources", &["code"]).await, ["council", "radio"]);
        for sheet in SHEETS {
            for format in ["csv", "ndjson", "xlsx"] {
                let answer = app.public().get(&format!("/v1/exports/{sheet}.{format}")).await.is(200);
                let text = if format == "xlsx" { format!("{:?}", answer.sheet().rows) } else { answer.text() };
                for hidden in ["mole", "b3", "b4", "first of all", "later", "2017-03-17", "f2"] {
                    assert!(!text.contains(hidden), "{sheet}.{format}: {hidden}: {text}");
                }
            }
        }
        app.stranger().await.get("/v1/exports/movements.csv").await.is_problem(401, "unauthorized");
    }

    async fn readers_get_everything_but_confidential_sources_and_their_figures(app) {
        record(app).await;
        let reader = app.reader();
        assert_eq!(
            seen(&reader, "movements", &LINES).await,
            [
                "b4  bab ",
                "b3  bab f4",
                "b2   ",
                "b1 deal  t1",
                "b1 deal zoghra f1",
                "b1 deal zoghra f3",
                "b1 deal bab ",
                " deal  t2",
                " deal SY02 t3",
            ]
        );
        assert_eq!(exported(&reader, "movements").await[4]["fighters"], "3");
        assert_eq!(seen(&reader, "sources", &["code"]).await, ["council", "radio"]);
        reader.get("/v1/exports/movements.csv?source=mole").await.is_bad_query(&[("source", "unknown_reference")]);
        // A movement of which nothing else is known stands there without a figure.
        app.editor().delete("/v1/figures/f1").await.is(204);
        app.editor().delete("/v1/figures/f3").await.is(204);
        assert_eq!(seen(&reader, "movements?batch=b1", &LINES).await, ["b1 deal  t1", "b1 deal zoghra ", "b1 deal bab "]);
    }

    async fn filters_are_those_of_the_lists(app) {
        record(app).await;
        let editor = app.editor();
        let figures = async |question: &str| seen(&editor, question, &["batch", "destination", "figure"]).await;
        assert_eq!(figures("movements?destination=bab").await, ["b4 bab ", "b3 bab f4", "b1  t1", "b1 bab "]);
        assert_eq!(figures("movements?destination=SY0208&stage=departed").await, ["b1  t1", "b1 zoghra f1"]);
        // A row is a figure: those of the source, and nothing without one.
        assert_eq!(figures("movements?source=radio").await, ["b1 zoghra f1", "  t2"]);
        assert_eq!(figures("movements?role=recommended").await, ["b3 bab f4", "b1 zoghra f1", "b1 zoghra f3"]);
        assert_eq!(figures("movements?stage=planned").await, ["b1 zoghra f3", " SY02 t3"]);
        assert_eq!(figures("movements?from=2017-03-19&to=2017-03-31").await, ["b3 bab f4", "b2  "]);
        assert_eq!(figures("movements?agreement=deal&scope=whole&origin=SY04").await, ["b1  t1", "b1 zoghra f1", "b1 zoghra f2", "b1 zoghra f3"]);
        assert_eq!(figures("movements?batch=b2").await, ["b2  "]);
        assert_eq!(figures("movements?q=b2").await, ["b2  "]);
        assert_eq!(figures("movements?q=zoghra").await, ["b1  t1", "b1 zoghra f1", "b1 zoghra f2", "b1 zoghra f3"]);
        assert_eq!(figures("movements?settlement_type=planned_camp&kind=displacement&stage=arrived").await, ["b1 zoghra f2"]);
        assert_eq!(figures("movements?kind=onward").await, [""; 0]);
        assert_eq!(seen(&editor, "returns?stage=arrived", &["return"]).await, ["r1"]);
        assert_eq!(seen(&editor, "returns?destination=zoghra&to=2017-05-31", &["return"]).await, ["r1"]);
        assert_eq!(seen(&editor, "locations?parent=SY02&kind=camp", &["code"]).await, ["zoghra"]);
        assert_eq!(seen(&editor, "sources?kind=media&q=radio", &["code"]).await, ["radio"]);
        assert_eq!(seen(&editor, "agreements?source=radio", &["code"]).await, ["deal"]);
        assert_eq!(seen(&editor, "agreements?from=2018-01-01", &["code"]).await, [""; 0]);
        app.pass(60);
        app.editor().patch("/v1/batches/b2", &json!({"number": 2})).await.is(200);
        assert_eq!(figures("movements?updated_since=2026-11-22T12:00:30Z").await, ["b2  "]);
        let answer = editor.get("/v1/exports/movements.csv?destination=SY0208&scope=whole").await.is(200);
        assert_eq!(answer.header("Content-Disposition"), Some("attachment; filename=\"movements_SY0208_whole.csv\""));
    }

    async fn what_means_nothing_is_refused(app) {
        given::world(app).await;
        let public = app.public();
        for (question, place, code) in [
            ("movements.csv?sort=code", "sort", "not_applicable"),
            ("movements.csv?labels=ar", "labels", "not_applicable"),
            ("movements.csv?limit=5", "limit", "not_applicable"),
            ("movements.csv?lang=ar", "lang", "not_applicable"),
            ("movements.xlsx?bom=true", "bom", "not_applicable"),
            ("movements.ndjson?orgin=x", "orgin", "unknown_parameter"),
            ("locations.csv?origin=waer", "origin", "not_applicable"),
            ("sources.xlsx?kind=camp", "kind", "unknown_word"),
            ("returns.csv?destination=nowhere", "destination", "unknown_reference"),
            ("returns.xlsx?destination=nowhere", "destination", "unknown_reference"),
        ] {
            let answer = public.get(&format!("/v1/exports/{question}")).await.is_problem(400, "invalid_parameters");
            assert_eq!(answer.errors(), [(place.to_owned(), code.to_owned())], "{question}");
        }
        for path in ["exports/batches.csv", "exports/movements.json", "exports/movements", "exports/movements.geojson"] {
            let answer = public.get(&format!("/v1/{path}")).await.is_problem(404, "not_found");
            assert!(answer.text().contains("movements, returns"), "{}", answer.text());
        }
        public.post("/v1/exports/movements.csv", &json!({})).await.is_problem(405, "method_not_allowed");
    }

    async fn nothing_recorded_is_a_header(app) {
        for sheet in SHEETS {
            let text = app.editor().text(&format!("/v1/exports/{sheet}.csv?bom=true")).await;
            assert_eq!(text, format!("\u{feff}{}\r\n", columns(sheet).join(",")));
            assert_eq!(app.editor().text(&format!("/v1/exports/{sheet}.ndjson")).await, "");
            let rows = app.editor().get(&format!("/v1/exports/{sheet}.xlsx")).await.is(200).sheet().rows;
            assert_eq!(rows.len(), 1);
            assert_eq!(rows[0].iter().map(ToString::to_string).collect::<Vec<_>>(), columns(sheet));
        }
    }

    async fn lines_of_json_have_the_columns_as_members(app) {
        record(app).await;
        let text = app.editor().text("/v1/exports/movements.ndjson").await;
        let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.len(), 10);
        for line in &lines {
            assert_eq!(line.as_object().unwrap().keys().cloned().collect::<Vec<_>>(), columns("movements"));
        }
        assert_eq!((&lines[4]["individuals"], &lines[4]["excerpt"]), (&json!(100), &json!("=\"a\", b")));
        assert_eq!((&lines[4]["reasons"], &lines[4]["number"]), (&json!(["siege", "guarantees"]), &json!(1)));
        assert_eq!(lines[4]["parties"][1], json!({"name": "UN: Office", "role": "monitor"}));
        assert_eq!((&lines[8]["batch"], &lines[8]["agreement"], &lines[8]["cancelled"]), (&json!(null), &json!("deal"), &json!(null)));
    }

    async fn a_workbook_has_numbers_and_dates(app) {
        record(app).await;
        let answer = app.editor().get("/v1/exports/movements.xlsx?lang=ar").await.is(200);
        let sheet = answer.sheet();
        assert_eq!(sheet.name, "التنقلات");
        assert!(answer.part("xl/worksheets/sheet1.xml").contains("rightToLeft=\"1\""));
        let names = columns("movements");
        let cell = |row: usize, name: &str| &sheet.rows[row][names.iter().position(|one| one == name).unwrap()];
        assert_eq!((cell(5, "individuals"), cell(5, "cancelled")), (&Data::Float(100.0), &Data::Bool(false)));
        assert_eq!(cell(5, "departed_on").as_date(), chrono::NaiveDate::from_ymd_opt(2017, 3, 18));
        assert_eq!(cell(5, "reported_on").as_date(), chrono::NaiveDate::from_ymd_opt(2017, 3, 19));
        assert_eq!(cell(5, "excerpt"), &Data::String("=\"a\", b".to_owned()));
        assert_eq!(cell(5, "reasons"), &Data::String("siege;guarantees".to_owned()));
        assert_eq!(cell(1, "individuals"), &Data::Empty);
    }

    async fn a_file_that_the_caller_has_is_not_sent_again(app) {
        record(app).await;
        for file in ["exports/movements.csv", "exports/returns.xlsx", "exports/dataset.zip", "templates/movements.xlsx"] {
            let path = format!("/v1/{file}");
            let tag = app.editor().get(&path).await.is(200).etag();
            assert!(tag.starts_with("W/"));
            app.editor().with("If-None-Match", &tag).get(&path).await.is(304);
            assert_ne!(app.public().get(&path).await.etag(), tag);
            assert_eq!(app.editor().head(&path).await.is(200).etag(), tag);
        }
    }

    async fn an_export_imported_again_changes_nothing(app) {
        record_of_everything(app).await;
        let before = everything(app).await;
        for format in ["csv", "csv?bom=true", "xlsx", "xlsx?lang=ar"] {
            for sheet in SHEETS {
                let file = app.editor().get(&format!("/v1/exports/{sheet}.{format}")).await.is(200).bytes;
                let kind = if format.starts_with("csv") { "text/csv" } else { XLSX };
                let path = format!("/v1/imports/{sheet}?commit=true");
                let done = app.editor().send("POST", &path, Some((kind, &file))).await.is(201).json();
                assert_eq!(done["errors"], json!([]), "{sheet}.{format}");
                assert!(done["rows"].as_u64().unwrap() > 0, "{sheet}.{format}: {done}");
                for (resource, counts) in done["counts"].as_object().unwrap() {
                    assert_eq!((&counts["created"], &counts["updated"]), (&json!(0), &json!(0)), "{sheet}.{format} {resource}");
                }
            }
        }
        assert_eq!(everything(app).await, before);
    }

    async fn a_filtered_export_imported_again_changes_nothing(app) {
        record_of_everything(app).await;
        let before = everything(app).await;
        for question in ["movements.csv?source=radio", "movements.csv?stage=planned", "movements.xlsx?destination=bab", "returns.csv?stage=arrived"] {
            let file = app.editor().get(&format!("/v1/exports/{question}")).await.is(200).bytes;
            let kind = if question.contains("csv") { "text/csv" } else { XLSX };
            let path = format!("/v1/imports/{}?commit=true", question.split('.').next().unwrap());
            app.editor().send("POST", &path, Some((kind, &file))).await.is(201);
        }
        // Neither does what a reader or the public sees, where an editor imports it: what is absent is left alone.
        for client in [app.public(), app.reader()] {
            for sheet in SHEETS {
                let file = client.text(&format!("/v1/exports/{sheet}.csv")).await;
                let path = format!("/v1/imports/{sheet}?commit=true");
                let answer = app.editor().send("POST", &path, Some(("text/csv", file.as_bytes()))).await;
                // The public's return has lost its hidden movement, and says so.
                if answer.status == 201 {
                    continue;
                }
                panic!("{sheet}: {}", answer.text());
            }
        }
        let hidden_movement = |rows: &mut Vec<Value>| rows.retain(|row| row["code"] != "r2");
        let (mut before, mut after) = (before, everything(app).await);
        hidden_movement(&mut before);
        hidden_movement(&mut after);
        assert_eq!(after, before);
    }

    async fn an_export_brings_the_whole_record_to_another_service(app) {
        record_of_everything(app).await;
        let other = TestApp::start(crate::support::Kind::Sqlite).await;
        for sheet in SHEETS {
            let file = app.editor().text(&format!("/v1/exports/{sheet}.csv")).await;
            let path = format!("/v1/imports/{sheet}?commit=true");
            other.editor().send("POST", &path, Some(("text/csv", file.as_bytes()))).await.is(201);
        }
        for sheet in SHEETS {
            let path = format!("/v1/exports/{sheet}.csv");
            let sorted = |text: String| -> BTreeSet<String> { text.split("\r\n").map(str::to_owned).collect() };
            assert_eq!(sorted(other.editor().text(&path).await), sorted(app.editor().text(&path).await), "{sheet}");
        }
        let path = "/v1/stats/stocks?by=origin,destination";
        assert_eq!(other.editor().json(path).await, app.editor().json(path).await);
    }
}
