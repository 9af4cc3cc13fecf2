//! Workbooks: the whole filtered set as `.xlsx`, read back cell by cell.

use calamine::Data;
use chrono::{NaiveDate, NaiveDateTime};
use serde_json::{Value, json};

use crate::support::{TestApp, given};

const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// The lists and statistics, with a question that has many columns.
const LISTS: [&str; 12] = [
    "locations",
    "sources",
    "agreements",
    "batches",
    "movements",
    "returns",
    "figures",
    "stats/flows?by=month,destination&level=admin1",
    "stats/stocks?by=destination",
    "stats/summary",
    "origins",
    "destinations?level=admin2",
];

/// An address with an ending before its query.
fn ending(list: &str, suffix: &str) -> String {
    let (path, query) = list.split_once('?').unwrap_or((list, ""));
    let mark = if query.is_empty() { "" } else { "?" };
    format!("/v1/{path}.{suffix}{mark}{query}")
}

/// What the document says of a member of a list's rows: `date`, `date-time` or nothing.
fn format_of(document: &Value, list: &str, member: &str) -> String {
    let path = format!("/v1/{}", list.split('?').next().unwrap());
    let answer = &document["paths"][&path]["get"]["responses"]["200"]["content"]["application/json"]["schema"];
    let row = answer["properties"]["data"]["items"]["$ref"].as_str().unwrap();
    let property = &document.pointer(&row[1..]).unwrap()["properties"][member];
    assert!(property.is_object(), "{list} {member}");
    property["format"].as_str().unwrap_or_default().to_owned()
}

/// The cell that a member of a row should be.
fn expected(value: &Value, format: &str) -> Data {
    let listed = |entry: &Value| match entry.as_str() {
        Some(text) => text.to_owned(),
        None => format!("{}:{}", entry["role"].as_str().unwrap(), entry["name"].as_str().unwrap()),
    };
    match value {
        Value::Null => Data::Empty,
        Value::Bool(flag) => Data::Bool(*flag),
        Value::Number(number) => Data::Float(number.as_f64().unwrap()),
        Value::String(text) if format == "date" => {
            at(NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap().and_hms_opt(0, 0, 0).unwrap())
        }
        Value::String(text) if format == "date-time" => {
            at(NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.fZ").unwrap())
        }
        Value::String(text) => Data::String(text.clone()),
        Value::Array(entries) if entries.is_empty() => Data::Empty,
        Value::Array(entries) => Data::String(entries.iter().map(listed).collect::<Vec<_>>().join(";")),
        Value::Object(_) => panic!("{value} is not flat"),
    }
}

/// A date as it can be compared.
fn at(time: NaiveDateTime) -> Data {
    Data::DateTimeIso(time.format("%Y-%m-%d %H:%M:%S%.3f").to_string())
}

/// Insists that a workbook shows what the same caller reads as JSON, every cell in its type.
async fn shows_the_same(app: &TestApp, client: &crate::support::Client, list: &str) -> usize {
    let document = app.public().json("/openapi.json").await;
    let paged = if list.starts_with("stats/") || list.starts_with("origins") || list.starts_with("destinations") {
        format!("/v1/{list}")
    } else {
        format!("/v1/{list}?limit=10000")
    };
    let rows = client.rows(&paged).await;
    let sheet = client.get(&ending(list, "xlsx")).await.is(200).sheet();
    let header: Vec<&str> = sheet.rows[0].iter().map(|cell| calamine::DataType::get_string(cell).unwrap()).collect();
    assert_eq!(sheet.rows.len(), rows.len() + 1, "{list}");
    for (cells, row) in sheet.rows[1..].iter().zip(&rows) {
        assert_eq!(header, row.as_object().unwrap().keys().collect::<Vec<_>>(), "{list}");
        for (member, cell) in header.iter().zip(cells) {
            let cell = match cell {
                Data::DateTime(time) => at(time.as_datetime().unwrap()),
                other => other.clone(),
            };
            assert_eq!(cell, expected(&row[*member], &format_of(&document, list, member)), "{list} {member}");
        }
    }
    rows.len()
}

both! {
    async fn a_workbook_shows_what_the_list_shows(app) {
        app.load_al_waer().await;
        for list in LISTS {
            assert!(shows_the_same(app, &app.public(), list).await > 0, "{list}");
            shows_the_same(app, &app.editor(), list).await;
        }
    }

    async fn a_workbook_shows_nobody_what_is_not_theirs(app) {
        given::world(app).await;
        given::source("mole").with("name", "The mole").with("confidential", true).put(app).await;
        given::batch("open")
            .on("2017-03-18")
            .with("notes", "a secret note")
            .with("scheduled_on", "2017-03-17")
            .to("bab", &[json!({"stage": "departed", "individuals": 9, "fighters": 2, "source": "mole"})])
            .put(app)
            .await;
        given::batch("closed").on("2017-03-19").with("visibility", "restricted").to("bab", &[]).put(app).await;
        for client in [app.public(), app.reader(), app.editor()] {
            for list in LISTS {
                shows_the_same(app, &client, list).await;
            }
        }
        let seen = |rows: Vec<Vec<Data>>| format!("{rows:?}");
        for list in LISTS {
            let public = seen(app.public().get(&ending(list, "xlsx")).await.is(200).sheet().rows);
            for hidden in ["mole", "secret", "closed", "2017-03-17"] {
                assert!(!public.contains(hidden), "{list}: {public}");
            }
        }
        assert!(seen(app.editor().get("/v1/figures.xlsx").await.is(200).sheet().rows).contains("mole"));
        app.stranger().await.get("/v1/movements.xlsx").await.is_problem(401, "unauthorized");
    }

    async fn an_empty_list_is_a_header(app) {
        for list in LISTS.iter().filter(|list| !list.starts_with("stats/summary")) {
            let header = app.public().text(&ending(list, "csv")).await;
            let sheet = app.public().get(&ending(list, "xlsx")).await.is(200).sheet();
            let names: Vec<String> = sheet.rows[0].iter().map(ToString::to_string).collect();
            assert_eq!((sheet.rows.len(), names.join(",")), (1, header.trim_end().to_owned()), "{list}");
        }
    }

    async fn text_is_text_whatever_it_begins_with(app) {
        let names = ["=1+1", "+963 21", "-", "@home", "'=x", "http://example.org", "a\r\nb", "_x0041_", "الوعر", "007"];
        for (at, name) in names.iter().enumerate() {
            given::source(&format!("s{at}")).with("name", *name).put(app).await;
        }
        let sheet = app.public().get("/v1/sources.xlsx").await.is(200).sheet();
        let found: Vec<Data> = sheet.rows[1..].iter().map(|row| row[1].clone()).collect();
        assert_eq!(found, names.map(|name| Data::String(name.to_owned())));
    }

    async fn a_text_that_no_cell_holds_is_refused(app) {
        given::world(app).await;
        let aliases: Vec<String> = ["a", "b", "c", "d"].map(|letter| letter.repeat(9_000)).to_vec();
        given::location("long").with("aliases", json!(aliases)).put(app).await;
        let answer = app.public().get("/v1/locations.xlsx").await.is_problem(422, "cell_too_long");
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("`aliases`") && detail.contains("Row 7") && detail.contains(".csv"), "{detail}");
        app.public().get("/v1/locations.csv").await.is(200);
        app.public().get("/v1/locations.xlsx?kind=admin1").await.is(200);
    }

    async fn arabic_reads_from_right_to_left(app) {
        app.load_al_waer().await;
        let plain = app.public().get("/v1/movements.xlsx").await.is(200);
        let arabic = app.public().get("/v1/movements.xlsx?lang=ar").await.is(200);
        assert_eq!(app.public().get("/v1/movements.xlsx?lang=en").await.is(200).bytes, plain.bytes);
        assert_eq!((plain.sheet().name.as_str(), arabic.sheet().name.as_str()), ("movements", "التنقلات"));
        assert_eq!(arabic.sheet().rows, plain.sheet().rows);
        assert!(!plain.part("xl/worksheets/sheet1.xml").contains("rightToLeft"));
        assert!(arabic.part("xl/worksheets/sheet1.xml").contains("rightToLeft=\"1\""));
        assert_eq!(arabic.header("Content-Disposition"), Some("attachment; filename=\"movements.xlsx\""));
        // The names of places are another question.
        let names = app.public().get("/v1/movements.xlsx?lang=ar&labels=ar").await.is(200).sheet();
        assert_ne!(names.rows, arabic.sheet().rows);
        for path in ["/v1/movements.csv?lang=ar", "/v1/movements?lang=ar", "/v1/stats/flows.ndjson?lang=ar"] {
            app.public().get(path).await.is_bad_query(&[("lang", "not_applicable")]);
        }
        app.public().get("/v1/movements.xlsx?lang=fr").await.is_bad_query(&[("lang", "unknown_word")]);
    }

    async fn a_workbook_is_asked_for_like_any_file(app) {
        app.load_al_waer().await;
        let file = app.public().get("/v1/movements.xlsx?destination=SY07").await.is(200);
        assert_eq!(file.header("Content-Type"), Some(XLSX));
        assert_eq!(file.header("Content-Disposition"), Some("attachment; filename=\"movements_SY07.xlsx\""));
        assert_eq!(file.sheet().rows.len(), 5);
        for path in ["/v1/movements", "/v1/stats/flows", "/v1/destinations"] {
            let chosen = app.public().with("Accept", XLSX).get(path).await.is(200);
            assert_eq!(chosen.bytes, app.public().get(&format!("{path}.xlsx")).await.is(200).bytes);
            // It is compressed already.
            let packed = app.public().with("Accept-Encoding", "gzip").get(&format!("{path}.xlsx")).await.is(200);
            assert_eq!((packed.header("Content-Encoding"), &packed.bytes), (None, &chosen.bytes));
            let head = app.public().head(&format!("{path}.xlsx")).await.is(200);
            assert_eq!((head.header("Content-Type"), head.bytes.len()), (Some(XLSX), 0));
            assert_eq!(head.header("Content-Disposition"), chosen.header("Content-Disposition"));
        }
        app.public().with("Accept", XLSX).get("/v1/movements/al-waer-01.SY0208").await.is_problem(406, "not_acceptable");
        for query in ["limit=1", "count=true", "cursor=x", "bom=true", "destination=nowhere", "destinaton=SY07"] {
            app.public().get(&format!("/v1/movements.xlsx?{query}")).await.is_problem(400, "invalid_parameters");
        }
    }

    async fn a_workbook_is_not_sent_twice(app) {
        app.load_al_waer().await;
        for path in ["/v1/movements.xlsx", "/v1/stats/flows.xlsx?by=month", "/v1/origins.xlsx"] {
            let tag = app.public().get(path).await.is(200).etag();
            assert!(tag.starts_with("W/\""), "{tag}");
            assert!(app.public().with("If-None-Match", &tag).get(path).await.is(304).bytes.is_empty());
            assert_ne!(app.editor().get(path).await.etag(), tag);
            assert_ne!(app.public().get(&path.replace("xlsx", "csv")).await.etag(), tag);
        }
    }

    async fn pages_follow_each_other_in_a_workbook(app) {
        given::world(app).await;
        let figures: Vec<Value> = (0..5_200)
            .map(|at| json!({"stage": "departed", "code": format!("f{at:04}"), "individuals": at, "url": format!("https://example.org/{at}")}))
            .collect();
        given::batch("b").on("2017-03-18").to("bab", &figures).put(app).await;
        let sheet = app.public().get("/v1/figures.xlsx?sort=code").await.is(200).sheet();
        let codes: Vec<String> = sheet.rows[1..].iter().map(|row| row[0].to_string()).collect();
        assert_eq!(codes, (0..5_200).map(|at| format!("f{at:04}")).collect::<Vec<_>>());
    }
}
