//! The whole data set in one archive, with what describes it.

use std::collections::{HashMap, HashSet};
use std::io::{Cursor, Read};

use chrono::NaiveDate;
use serde_json::{Value, json};

use crate::support::{Client, TestApp, given};

const SHEETS: [&str; 5] = ["locations", "sources", "agreements", "movements", "returns"];

/// The files of the archive, in their order.
async fn files(client: &Client) -> Vec<(String, String)> {
    let answer = client.get("/v1/exports/dataset.zip").await.is(200);
    assert_eq!(answer.header("Content-Type"), Some("application/zip"));
    assert_eq!(answer.header("Content-Disposition"), Some("attachment; filename=\"dataset.zip\""));
    let mut archive = zip::ZipArchive::new(Cursor::new(answer.bytes)).unwrap();
    let mut files = vec![];
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut text = String::new();
        file.read_to_string(&mut text).unwrap();
        files.push((file.name().unwrap().to_string(), text));
    }
    files
}

fn package(files: &[(String, String)]) -> Value {
    serde_json::from_str(&files.iter().find(|(name, _)| name == "datapackage.json").unwrap().1).unwrap()
}

/// A data set as the package describes it: the rows of each resource, every cell checked against its field.
fn checked(files: &[(String, String)]) -> HashMap<String, Vec<HashMap<String, String>>> {
    let package = package(files);
    assert_eq!(package["profile"], "tabular-data-package");
    assert!(package["name"].as_str().unwrap().bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'));
    let mut all = HashMap::new();
    for resource in package["resources"].as_array().unwrap() {
        let name = resource["name"].as_str().unwrap().to_owned();
        assert_eq!(resource["profile"], "tabular-data-resource");
        let text = &files.iter().find(|(path, _)| resource["path"] == path.as_str()).unwrap().1;
        assert_eq!(resource["bytes"], text.len(), "{name}");
        let fields = resource["schema"]["fields"].as_array().unwrap();
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let header: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(header, fields.iter().map(|field| field["name"].as_str().unwrap()).collect::<Vec<_>>());
        let rows: Vec<HashMap<String, String>> = reader.deserialize().map(Result::unwrap).collect();
        assert_eq!(resource["rows"], rows.len(), "{name}");
        for field in fields {
            assert!(field["description"].as_str().is_some_and(|text| text.len() > 10), "{field}");
            assert!(field["title"].is_string() && field["description_ar"].is_string(), "{field}");
            for row in &rows {
                fits(field, &row[field["name"].as_str().unwrap()], &name);
            }
        }
        all.insert(name, rows);
    }
    keys_hold(&package, &all);
    all
}

/// Insists that a cell is what its field says.
fn fits(field: &Value, cell: &str, resource: &str) {
    let at = format!("{resource}: {cell:?} in {field}");
    let constraints = &field["constraints"];
    if cell.is_empty() {
        assert_ne!(constraints["required"], true, "{at}");
        return;
    }
    match field["type"].as_str().unwrap() {
        "integer" => {
            let number: i64 = cell.parse().expect(&at);
            assert!(number >= constraints["minimum"].as_i64().unwrap(), "{at}");
        }
        "number" => {
            let number: f64 = cell.parse().expect(&at);
            assert!(number.abs() <= constraints["maximum"].as_f64().unwrap(), "{at}");
        }
        "date" => assert!(NaiveDate::parse_from_str(cell, "%Y-%m-%d").is_ok(), "{at}"),
        "boolean" => {
            let is = |values: &Value| values.as_array().unwrap().contains(&json!(cell));
            assert!(is(&field["trueValues"]) || is(&field["falseValues"]), "{at}");
        }
        kind => assert_eq!(kind, "string", "{at}"),
    }
    if let Some(words) = constraints["enum"].as_array() {
        assert!(words.contains(&json!(cell)), "{at}");
    }
    if constraints["pattern"].is_string() {
        assert!(cell.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{at}");
    }
    if field["format"] == "uri" {
        assert!(cell.starts_with("http"), "{at}");
    }
}

/// Insists that primary keys are unique, and that what is referred to is in the data set.
fn keys_hold(package: &Value, all: &HashMap<String, Vec<HashMap<String, String>>>) {
    let codes = |resource: &str, field: &str| -> Vec<&str> {
        all[resource].iter().map(|row| row[field].as_str()).filter(|cell| !cell.is_empty()).collect()
    };
    let mut references = 0;
    for resource in package["resources"].as_array().unwrap() {
        let name = resource["name"].as_str().unwrap();
        if let Some(key) = resource["schema"]["primaryKey"].as_str() {
            let unique: HashSet<&str> = codes(name, key).into_iter().collect();
            assert_eq!(unique.len(), all[name].len(), "{name}");
        }
        for key in resource["schema"]["foreignKeys"].as_array().into_iter().flatten() {
            let other = key["reference"]["resource"].as_str().unwrap();
            let other = if other.is_empty() { name } else { other };
            let there: HashSet<&str> = codes(other, key["reference"]["fields"].as_str().unwrap()).into_iter().collect();
            for code in codes(name, key["fields"].as_str().unwrap()) {
                assert!(there.contains(code), "{name}: {code} of {key}");
            }
            references += 1;
        }
    }
    // parent; location; agreement, origin, destination, source; from, to, agreement, source.
    assert_eq!(references, 10);
}

async fn record(app: &TestApp) {
    app.load_al_waer().await;
    let editor = app.editor();
    editor.put("/v1/sources/mole", &json!({"name": "The mole", "kind": "other", "confidential": true})).await.is(201);
    let figure = json!({"code": "hidden", "movement": "al-waer-01.SY0208", "stage": "arrived", "source": "mole", "individuals": 3});
    editor.post("/v1/figures", &figure).await.is(201);
    let plan = json!({"code": "planned-batch", "origin": "al-waer", "scheduled_on": "2017-09-01", "notes": "a secret"});
    editor.post("/v1/batches", &plan).await.is(201);
}

both! {
    async fn the_data_set_is_what_its_package_says(app) {
        record(app).await;
        for client in [app.public(), app.reader(), app.editor()] {
            let files = files(&client).await;
            let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(
                names,
                ["locations.csv", "sources.csv", "agreements.csv", "movements.csv", "returns.csv", "datapackage.json", "README.txt"]
            );
            let all = checked(&files);
            assert!(SHEETS.iter().all(|sheet| !all[*sheet].is_empty()));
            for (sheet, (_, text)) in SHEETS.iter().zip(&files) {
                assert_eq!(*text, client.text(&format!("/v1/exports/{sheet}.csv")).await, "{sheet}");
            }
        }
    }

    async fn the_package_says_where_it_comes_from(app) {
        record(app).await;
        let package = package(&files(&app.public()).await);
        let version = package["version"].as_str().unwrap();
        let tag = app.public().get("/v1/locations").await.etag();
        assert_eq!(tag.split(['"', '-']).nth(1), Some(version));
        assert_eq!(package["created"], "2026-11-22T12:00:00Z");
        assert_eq!((&package["title"], &package["licenses"]), (&json!("The record"), &json!([{"name": "CC-BY-4.0"}])));
        let citation = package["citation"].as_str().unwrap();
        assert!(citation.contains("The record") && citation.contains(version) && citation.contains("2026-11-22"), "{citation}");
        assert!(package["resources"].as_array().unwrap().iter().all(|resource| resource["dataVersion"] == version));
        let field = |name: &str| {
            let fields = package["resources"][3]["schema"]["fields"].as_array().unwrap();
            fields.iter().find(|field| field["name"] == name).cloned()
        };
        let words = ["planned", "registered", "waitlisted", "departed", "arrived", "withdrawn"];
        assert_eq!(field("stage").unwrap()["constraints"]["enum"], json!(words));
        assert_eq!((field("fighters"), field("notes"), field("scheduled_on")), (None, None, None));
    }

    async fn everybody_gets_their_own(app) {
        record(app).await;
        let text = |files: Vec<(String, String)>| files.into_iter().map(|(_, text)| text).collect::<String>();
        let (public, reader, editor) =
            (text(files(&app.public()).await), text(files(&app.reader()).await), text(files(&app.editor()).await));
        for (secret, seen) in [("mole", [false, false, true]), ("planned-batch", [false, true, true]), ("a secret", [false, true, true])] {
            assert_eq!([&public, &reader, &editor].map(|text| text.contains(secret)), seen, "{secret}");
        }
        assert!(public.contains("This is the public's version") && public.contains("هذه نسخة الجمهور"));
        assert!(reader.contains("version for readers") && editor.contains("editors' version"));
        app.stranger().await.get("/v1/exports/dataset.zip").await.is_problem(401, "unauthorized");
        app.public().get("/v1/exports/dataset.zip?from=2017-01-01").await.is_bad_query(&[("from", "not_applicable")]);
    }

    async fn people_can_read_what_it_is(app) {
        record(app).await;
        let files = files(&app.public()).await;
        let readme = &files.last().unwrap().1;
        assert!(readme.starts_with('\u{feff}') && readme.contains("\r\n") && !readme.contains("\n\n"));
        for text in ["The record", "CC-BY-4.0", "2026-11-22 12:00", "movements.csv: ", "WHICH NUMBER TO TAKE", "أي رقم يُؤخذ", "ما حُذف"] {
            assert!(readme.contains(text), "{text}: {readme}");
        }
        let open: Vec<&str> = readme.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        assert!(open.iter().all(|name| *name == "sheet"), "{open:?}");
    }

    async fn nothing_recorded_is_a_data_set_too(app) {
        let all = checked(&files(&app.editor()).await);
        assert!(all.values().all(Vec::is_empty));
    }

    async fn long_sheets_come_whole(app) {
        given::world(app).await;
        // More than one page of records, of which the first is short.
        for number in 0..30 {
            let parts: Vec<Value> = ["zoghra", "bab", "SY0208", "SY02"]
                .iter()
                .map(|place| json!({"destination": place, "figures": [
                    {"stage": "departed", "individuals": number, "source": "radio"},
                    {"stage": "departed", "individuals": number + 1, "source": "council"},
                ]}))
                .collect();
            let body = json!({"code": format!("b{number:02}"), "origin": "waer", "departed_on": "2017-03-18", "movements": parts});
            app.editor().post("/v1/batches", &body).await.is(201);
        }
        for number in 0..220 {
            given::homecoming(&format!("r{number:03}")).on("2017-05-01").put(app).await;
        }
        let all = checked(&files(&app.editor()).await);
        assert_eq!((all["movements"].len(), all["returns"].len()), (240, 220));
        let seen: HashSet<&str> = all["movements"].iter().map(|row| row["figure"].as_str()).collect();
        assert_eq!(seen.len(), 240);
        let sheet = app.editor().get("/v1/exports/movements.xlsx").await.is(200).sheet();
        assert_eq!(sheet.rows.len(), 241);
        let codes: Vec<&str> = all["returns"].iter().map(|row| row["return"].as_str()).collect();
        assert!(codes.windows(2).all(|pair| pair[0] > pair[1]));
    }
}
