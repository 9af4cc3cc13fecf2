//! Templates: sheets to fill in, with what helps to do so.

use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};

use crate::support::{Answer, given};

const SHEETS: [&str; 5] = ["locations", "sources", "agreements", "movements", "returns"];

type Book = Xlsx<Cursor<Vec<u8>>>;

fn book(answer: &Answer) -> Book {
    Xlsx::new(Cursor::new(answer.bytes.clone())).unwrap()
}

/// The rows of a worksheet as text.
fn rows(book: &mut Book, name: &str) -> Vec<Vec<String>> {
    let range = book.worksheet_range(name).unwrap();
    range.rows().map(|row| row.iter().map(ToString::to_string).collect()).collect()
}

/// The lists, by their headings.
fn list(book: &mut Book, name: &str, heading: &str) -> Vec<(String, String)> {
    let rows = rows(book, name);
    let at = rows[0].iter().position(|cell| cell == heading).unwrap_or_else(|| panic!("{heading}: {:?}", rows[0]));
    let pairs = rows[1..].iter().map(|row| (row[at].clone(), row.get(at + 1).cloned().unwrap_or_default()));
    pairs.filter(|(value, _)| !value.is_empty()).collect()
}

both! {
    async fn a_template_has_the_columns_and_an_example(app) {
        given::world(app).await;
        for sheet in SHEETS {
            let header = app.editor().text(&format!("/v1/exports/{sheet}.csv")).await;
            let header = header.split("\r\n").next().unwrap();
            for client in [app.public(), app.reader()] {
                let answer = client.get(&format!("/v1/templates/{sheet}.csv?bom=true")).await.is(200);
                let name = format!("attachment; filename=\"{sheet}-template");
                assert!(answer.header("Content-Disposition").unwrap().starts_with(&name));
                let text = answer.text();
                let lines: Vec<&str> = text.strip_prefix('\u{feff}').unwrap().split("\r\n").collect();
                assert_eq!((lines[0], lines.len(), lines[2]), (header, 3, ""), "{sheet}");
                assert!(lines[1].starts_with("EXAMPLE,"), "{}", lines[1]);
                let answer = client.get(&format!("/v1/templates/{sheet}.xlsx")).await.is(200);
                let mut book = book(&answer);
                assert_eq!(book.sheet_names(), [sheet, "columns", "lists"]);
                let rows = rows(&mut book, sheet);
                assert_eq!((rows[0].join(","), rows.len()), (header.to_owned(), 2), "{sheet}");
                assert_eq!(rows[1][0], "EXAMPLE");
            }
        }
        app.stranger().await.get("/v1/templates/movements.csv").await.is_problem(401, "unauthorized");
    }

    async fn the_example_is_a_row_that_could_be_imported(app) {
        given::world(app).await;
        let text = app.public().text("/v1/templates/movements.csv").await;
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let names: Vec<String> = reader.headers().unwrap().iter().map(str::to_owned).collect();
        let row = reader.records().next().unwrap().unwrap();
        let cell = |name: &str| row[names.iter().position(|one| one == name).unwrap()].to_owned();
        // Whatever it refers to is there, and it leads from one place to another.
        assert_eq!((cell("agreement").as_str(), cell("source").as_str()), ("deal", "council"));
        let places = app.public().codes("/v1/locations").await;
        assert!(places.contains(&cell("origin")) && places.contains(&cell("destination")));
        assert_ne!(cell("origin"), cell("destination"));
        let batch = serde_json::json!({
            "code": "like-the-example", "kind": "displacement", "number": cell("number").parse::<i32>().unwrap(),
            "agreement": cell("agreement"), "origin": cell("origin"), "scheduled_on": cell("scheduled_on"),
            "departed_on": cell("departed_on"), "departed_on_precision": cell("departed_on_precision"),
            "reasons": cell("reasons").split(';').collect::<Vec<_>>(), "visibility": cell("visibility"),
            "movements": [{
                "destination": cell("destination"), "arrived_on": cell("arrived_on"),
                "arrived_on_precision": cell("arrived_on_precision"),
                "figures": [{
                    "stage": cell("stage"), "role": cell("role"), "scope": cell("scope"), "source": cell("source"),
                    "url": cell("url"), "reported_on": cell("reported_on"),
                    "households": cell("households").parse::<i32>().unwrap(),
                    "individuals": cell("individuals").parse::<i32>().unwrap(),
                    "women": cell("women").parse::<i32>().unwrap(), "children": cell("children").parse::<i32>().unwrap(),
                }],
            }],
        });
        let row = app.editor().post("/v1/batches", &batch).await.is(201).json();
        assert_eq!(row.get("warnings"), None, "{row}");
    }

    async fn a_workbook_offers_words_and_codes(app) {
        given::world(app).await;
        given::source("mole").with("confidential", true).put(app).await;
        given::batch("open").on("2017-03-18").to("bab", &[]).put(app).await;
        given::batch("closed").with("visibility", "restricted").on("2017-03-19").to("bab", &[]).put(app).await;
        let answer = app.editor().get("/v1/templates/movements.xlsx").await.is(200);
        let mut of_editor = book(&answer);
        let stages: Vec<String> = list(&mut of_editor, "lists", "stage").into_iter().map(|(word, _)| word).collect();
        assert_eq!(stages, ["planned", "registered", "waitlisted", "departed", "arrived", "withdrawn"]);
        let sources: Vec<String> = list(&mut of_editor, "lists", "sources").into_iter().map(|(code, _)| code).collect();
        assert_eq!(sources, ["council", "mole", "radio"]);
        assert!(list(&mut of_editor, "lists", "locations").contains(&("waer".to_owned(), "Al-Wa'er".to_owned())));
        assert_eq!(list(&mut of_editor, "lists", "agreements"), [("deal".to_owned(), "The deal".to_owned())]);
        let xml = answer.part("xl/worksheets/sheet1.xml");
        // A drop-down for each vocabulary, each yes or no, and each reference; a hint beside every column.
        assert_eq!(xml.matches("<dataValidation ").count(), 44);
        assert_eq!(xml.matches("type=\"list\"").count(), 16, "{xml}");
        assert!(xml.contains("'lists'!$") && xml.contains("state=\"frozen\"") && !xml.contains("<f>"), "{xml}");
        assert!(!xml.contains("rightToLeft"));
        for client in [app.public(), app.reader()] {
            let mut book = book(&client.get("/v1/templates/movements.xlsx").await.is(200));
            let sources: Vec<String> = list(&mut book, "lists", "sources").into_iter().map(|(code, _)| code).collect();
            assert_eq!(sources, ["council", "radio"]);
        }
        let movements = |mut book: Book| list(&mut book, "lists", "movements");
        let path = "/v1/templates/returns.xlsx";
        assert_eq!(movements(book(&app.public().get(path).await.is(200))), [("open.bab".to_owned(), String::new())]);
        assert_eq!(movements(book(&app.reader().get(path).await.is(200))).len(), 2);
    }

    async fn cells_have_the_types_of_their_columns(app) {
        given::world(app).await;
        let mut book = book(&app.public().get("/v1/templates/movements.xlsx").await.is(200));
        let range = book.worksheet_range("movements").unwrap();
        let at = |name: &str| range.rows().next().unwrap().iter().position(|cell| cell.to_string() == name).unwrap();
        assert_eq!(range.get((1, at("individuals"))), Some(&Data::Float(1354.0)));
        assert_eq!(range.get((1, at("departed_on"))).unwrap().as_date(), chrono::NaiveDate::from_ymd_opt(2017, 3, 18));
        assert_eq!(range.get((1, at("stage"))), Some(&Data::String("arrived".to_owned())));
    }

    async fn every_column_is_explained_in_both_languages(app) {
        given::world(app).await;
        for sheet in SHEETS {
            let mut english = book(&app.public().get(&format!("/v1/templates/{sheet}.xlsx")).await.is(200));
            let answer = app.public().get(&format!("/v1/templates/{sheet}.xlsx?lang=ar")).await.is(200);
            let mut arabic = book(&answer);
            assert_eq!(arabic.sheet_names()[1..], ["شرح الأعمدة", "القوائم"]);
            for part in 1..=3 {
                assert!(answer.part(&format!("xl/worksheets/sheet{part}.xml")).contains("rightToLeft=\"1\""));
            }
            let columns = rows(&mut english, sheet)[0].clone();
            let name = arabic.sheet_names()[0].clone();
            assert_eq!(rows(&mut arabic, &name)[0], columns);
            let explained = |book: &mut Book, name: &str| -> Vec<Vec<String>> {
                let rows = rows(book, name);
                let head = rows.iter().position(|row| ["column", "العمود"].contains(&row[0].as_str())).unwrap();
                rows[head + 1..].to_vec()
            };
            let (in_english, in_arabic) = (explained(&mut english, "columns"), explained(&mut arabic, "شرح الأعمدة"));
            let is_arabic = |text: &str| text.chars().any(|c| ('\u{600}'..='\u{6ff}').contains(&c));
            for ((column, one), other) in columns.iter().zip(&in_english).zip(&in_arabic) {
                assert_eq!((&one[0], &other[0]), (column, column));
                assert!(!is_arabic(&one[1]) && is_arabic(&one[2]), "{sheet} {one:?}");
                assert_eq!((&one[1], &one[2]), (&other[2], &other[1]));
                assert!(one[3].len() > 1 && one[4].len() > 4 && is_arabic(&one[4]), "{sheet} {one:?}");
            }
            assert_eq!(in_english.len(), columns.len());
        }
        let mut book = book(&app.public().get("/v1/templates/movements.xlsx?lang=ar").await.is(200));
        assert!(list(&mut book, "القوائم", "stage").contains(&("وصل".to_owned(), "arrived".to_owned())));
        assert!(list(&mut book, "القوائم", "locations").contains(&("waer".to_owned(), "الوعر".to_owned())));
    }

    async fn what_is_no_template_is_refused(app) {
        let public = app.public();
        for path in ["templates/movements.ndjson", "templates/batches.csv", "templates/movements"] {
            public.get(&format!("/v1/{path}")).await.is_problem(404, "not_found");
        }
        public.get("/v1/templates/movements.csv?lang=ar").await.is_bad_query(&[("lang", "not_applicable")]);
        public.get("/v1/templates/movements.xlsx?origin=x").await.is_bad_query(&[("origin", "not_applicable")]);
    }

    async fn a_template_can_be_imported_as_it_is_and_filled_in(app) {
        given::world(app).await;
        for sheet in SHEETS {
            for file in ["csv", "xlsx", "xlsx?lang=ar"] {
                let kind = if file == "csv" {
                    "text/csv"
                } else {
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
                };
                let template = app.public().get(&format!("/v1/templates/{sheet}.{file}")).await.is(200).bytes;
                let path = format!("/v1/imports/{sheet}");
                // The example is no row.
                let tried = app.editor().send("POST", &path, Some((kind, &template))).await.is(200).json();
                let none = (serde_json::json!(0), serde_json::json!(0));
                assert_eq!((tried["rows"].clone(), tried["errors_total"].clone()), none, "{sheet}.{file}: {tried}");
            }
            let filled = app.public().text(&format!("/v1/templates/{sheet}.csv")).await.replace("EXAMPLE", "like-it");
            let path = format!("/v1/imports/{sheet}?commit=true");
            let done = app.editor().send("POST", &path, Some(("text/csv", filled.as_bytes()))).await.is(201).json();
            assert_eq!((&done["rows"], &done["warnings"]), (&serde_json::json!(1), &serde_json::json!([])), "{sheet}: {done}");
        }
    }
}
