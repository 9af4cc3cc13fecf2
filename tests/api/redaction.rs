//! Redaction: what is blanked is nowhere any more, and everything else is as it was.

use serde_json::{Value, json};

use crate::support::{Client, Kind, TestApp, given};

/// Every free text of every resource, with how its row begins. The last member says what a text of it looks like.
const TEXTS: &[(&str, &str, &str)] = &[
    ("locations", "zoghra", "name_ar"),
    ("locations", "zoghra", "aliases"),
    ("sources", "radio", "name_ar"),
    ("sources", "radio", "url"),
    ("agreements", "deal", "name_ar"),
    ("agreements", "deal", "name_as_reported"),
    ("agreements", "deal", "parties"),
    ("agreements", "deal", "url"),
    ("agreements", "deal", "notes"),
    ("batches", "b", "parties"),
    ("batches", "b", "notes"),
    ("movements", "b.zoghra", "destination_as_reported"),
    ("movements", "b.zoghra", "notes"),
    ("returns", "r", "from_as_reported"),
    ("returns", "r", "parties"),
    ("returns", "r", "notes"),
    ("figures", "f", "url"),
    ("figures", "f", "title"),
    ("figures", "f", "excerpt"),
    ("figures", "f", "term_as_reported"),
    ("figures", "f", "place_as_reported"),
    ("figures", "f", "notes"),
    ("figures", "g", "title"),
    ("figures", "g", "notes"),
];

/// A text that stands nowhere else, in the place of a field: `n` tells the versions of a row apart.
fn marked(resource: &str, code: &str, field: &str, n: u32) -> Value {
    let mark = format!("marker{n}{resource}{}{}", code.replace('.', ""), field.replace('_', ""));
    match field {
        "url" => json!(format!("https://{mark}.example/")),
        "aliases" => json!([mark]),
        "parties" => json!([{"name": mark, "role": "monitor"}]),
        _ => json!(mark),
    }
}

/// The fields of a row with texts of this version.
fn texts(code: &str, n: u32) -> serde_json::Map<String, Value> {
    let of_it = TEXTS.iter().filter(|(_, of, _)| *of == code);
    of_it.map(|(resource, _, field)| ((*field).to_owned(), marked(resource, code, field, n))).collect()
}

fn with(mut body: Value, code: &str, n: u32) -> Value {
    body.as_object_mut().unwrap().extend(texts(code, n));
    body
}

/// The fields of a row that have texts, as they are blanked.
fn fields(code: &str) -> Value {
    json!({"fields": texts(code, 0).into_iter().map(|(name, _)| name).collect::<Vec<_>>()})
}

/// Sends a body, and again: what is answered the second time was kept.
async fn post_twice(client: &Client, path: &str, body: &Value) {
    let keyed = client.with("Idempotency-Key", "the-key");
    keyed.post(path, body).await.is(201);
    assert_eq!(keyed.post(path, body).await.header("Idempotency-Replayed"), Some("true"));
}

fn bodies() -> Vec<(&'static str, Value)> {
    let figure = with(json!({"code": "f", "stage": "departed", "individuals": 100, "source": "radio"}), "f", 1);
    let movement = with(json!({"destination": "zoghra", "figures": [figure]}), "b.zoghra", 1);
    let figure = with(json!({"code": "g", "stage": "arrived", "individuals": 20, "source": "radio"}), "g", 1);
    vec![
        (
            "locations",
            with(json!({"code": "zoghra", "name": "Zoghra", "kind": "camp", "parent": "SY0208"}), "zoghra", 1),
        ),
        ("sources", with(json!({"code": "radio", "name": "The radio", "kind": "media"}), "radio", 1)),
        ("agreements", with(json!({"code": "deal", "name": "The deal"}), "deal", 1)),
        (
            "batches",
            with(
                json!({"code": "b", "origin": "waer", "agreement": "deal", "departed_on": "2017-03-18",
                    "movements": [movement]}),
                "b",
                1,
            ),
        ),
        (
            "returns",
            with(
                json!({"code": "r", "from": "zoghra", "to": "waer", "movement": "b.zoghra", "agreement": "deal",
                    "returned_on": "2017-06-01", "figures": [figure]}),
                "r",
                1,
            ),
        ),
    ]
}

/// A record in which every free text has held two texts, and answers to all of it are kept.
async fn record(app: &TestApp) {
    given::location("SY").of_kind("country").with("name", "Syria").put(app).await;
    given::location("SY0208").of_kind("admin2").with("name", "Jarablus").below("SY").put(app).await;
    given::location("waer").with("name", "Al-Wa'er").below("SY").put(app).await;
    for (resource, body) in bodies() {
        let path = format!("/v1/{resource}?labels=ar");
        post_twice(&app.editor(), &path, &body).await;
    }
    for (resource, code) in rows() {
        app.editor().patch(&format!("/v1/{resource}/{code}"), &json!(texts(code, 2))).await.is(200);
    }
}

/// Every row that has texts, wholes before their parts.
fn rows() -> Vec<(&'static str, &'static str)> {
    let mut rows: Vec<_> = TEXTS.iter().map(|(resource, code, _)| (*resource, *code)).collect();
    rows.dedup();
    rows
}

/// The whole database as a backup has it: one file with every row of every table.
async fn backup(app: &TestApp) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup.db");
    homeward::transfer::backup::backup(&app.db, &path, |_| {}).await.unwrap();
    String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned()
}

/// Everything that can be read.
async fn everything(app: &TestApp) -> String {
    let editor = app.editor();
    let mut all = String::new();
    for (resource, code) in rows() {
        for path in [
            format!("/v1/{resource}"),
            format!("/v1/{resource}?labels=ar"),
            format!("/v1/{resource}.csv?labels=ar"),
            format!("/v1/{resource}/{code}"),
            format!("/v1/{resource}/{code}/history"),
        ] {
            all.push_str(&editor.text(&path).await);
        }
    }
    for sheet in ["locations", "sources", "agreements", "movements", "returns"] {
        all.push_str(&editor.text(&format!("/v1/exports/{sheet}.csv")).await);
    }
    all.push_str(&editor.text("/v1/changes?limit=10000").await);
    all.push_str(&editor.text("/v1/imports").await);
    for (resource, body) in bodies() {
        let again = editor.with("Idempotency-Key", "the-key").post(&format!("/v1/{resource}?labels=ar"), &body).await;
        assert_eq!((again.status, again.header("Idempotency-Replayed")), (201, Some("true")), "{resource}");
        all.push_str(&again.text());
    }
    all
}

/// The texts of a row that stand somewhere.
fn found(code: &str, text: &str) -> Vec<String> {
    let marks = [1, 2].into_iter().flat_map(|n| texts(code, n)).map(|(_, value)| match &value {
        Value::Array(list) => list[0]["name"].as_str().or(list[0].as_str()).unwrap().to_owned(),
        value => value.as_str().unwrap().to_owned(),
    });
    marks.filter(|mark| text.contains(mark.as_str())).collect()
}

both! {
    async fn what_is_blanked_is_nowhere_any_more(app) {
        record(app).await;
        for (resource, code) in rows() {
            let (all, stored) = (everything(app).await, backup(app).await);
            assert_eq!(found(code, &all).len(), 2 * texts(code, 1).len(), "{code} can be read before");
            assert_eq!(found(code, &stored).len(), 2 * texts(code, 1).len(), "{code} is stored before");
            let path = format!("/v1/{resource}/{code}");
            let before = app.editor().json(&path).await;
            let answer = app.admin().post(&format!("{path}/redact"), &fields(code)).await.is(200);
            let row = app.editor().get(&path).await.is(200);
            assert_eq!((answer.json(), answer.etag()), (row.json(), row.etag()), "{code}");
            assert_eq!(row.json()["revision"], before["revision"].as_i64().unwrap() + 1, "{code}");
            for name in texts(code, 1).keys() {
                let left = &row.json()[name];
                assert!(left.is_null() || *left == json!([]), "{code} {name}: {left}");
            }
            let history = app.editor().rows(&format!("{path}/history")).await;
            assert_eq!((&history[0]["action"], &history[0]["by"]), (&json!("update"), &json!("admin")), "{code}");
            let (all, stored) = (everything(app).await, backup(app).await);
            assert_eq!(found(code, &all), [""; 0], "{code} can be read");
            assert_eq!(found(code, &stored), [""; 0], "{code} is stored");
        }
        // Nothing else has changed.
        let figure = app.editor().json("/v1/figures/f").await;
        assert_eq!((&figure["individuals"], &figure["source"]), (&json!(100), &json!("radio")));
        let history = app.editor().rows("/v1/figures/f/history").await;
        assert_eq!(history.last().unwrap()["after"]["individuals"], 100);
        assert_eq!(app.editor().codes("/v1/sources?q=marker1").await, [""; 0], "nothing is found by it");
    }

    async fn what_was_blank_already_leaves_the_history_all_the_same(app) {
        given::world(app).await;
        let editor = app.editor();
        editor.patch("/v1/sources/radio", &json!({"url": "https://marker1.example/"})).await.is(200);
        editor.patch("/v1/sources/council", &json!({"url": "https://other.example/"})).await.is(200);
        editor.patch("/v1/sources/radio", &json!({"url": null})).await.is(200);
        let seen = editor.get("/v1/sources/radio/history").await;
        app.admin().post("/v1/sources/radio/redact", &json!({"fields": ["url"]})).await.is(200);
        // Whoever has read it is not told that it is still the same.
        let again = editor.with("If-None-Match", &seen.etag()).get("/v1/sources/radio/history").await.is(200);
        assert!(!again.text().contains("marker1"), "{}", again.text());
        assert!(!backup(app).await.contains("marker1"));
        assert_eq!(editor.json("/v1/sources/council").await["url"], "https://other.example/");
        // Earlier rows of the code, too.
        editor.put("/v1/sources/gone", &json!({"name": "Gone", "kind": "media", "url": "https://marker2.example/"})).await.is(201);
        editor.delete("/v1/sources/gone").await.is(204);
        editor.put("/v1/sources/gone", &json!({"name": "Gone", "kind": "media"})).await.is(201);
        assert!(backup(app).await.contains("marker2"));
        app.admin().post("/v1/sources/gone/redact", &json!({"fields": ["url"]})).await.is(200);
        assert!(!backup(app).await.contains("marker2"));
    }

    async fn counts_leave_the_answers_that_were_made_of_them(app) {
        given::world(app).await;
        let figure = json!({"code": "f", "stage": "departed", "individuals": 731, "households": 9, "men": 917_531});
        let body = json!({"code": "b", "origin": "waer", "departed_on": "2017-03-18",
            "movements": [{"destination": "bab", "figures": [figure]}]});
        let editor = app.editor().with("Idempotency-Key", "k");
        let first = editor.post("/v1/batches", &body).await.is(201);
        assert!(first.text().contains("731"));
        let blanked = json!({"fields": ["individuals", "individuals_quantifier", "men"]});
        app.admin().post("/v1/figures/f/redact", &blanked).await.is(200);
        let again = editor.post("/v1/batches", &body).await.is(201);
        assert_eq!(again.header("Idempotency-Replayed"), Some("true"));
        assert!(!again.text().contains("731") && !again.text().contains("917531"), "{}", again.text());
        assert_eq!((&again.json()["households"], &again.json()["individuals"]), (&json!(9), &json!(null)));
        assert!(!app.editor().text("/v1/changes").await.contains("917531"));
    }

    async fn a_ratio_does_not_tell_a_count_that_was_blanked(app) {
        given::world(app).await;
        let sheet = "batch,origin,departed_on,destination,figure,stage,households,individuals\nb1,waer,2017-03-18,bab,f1,departed,7,700\n";
        let path = "/v1/imports/movements?commit=true";
        let import = app.editor().send("POST", path, Some(("text/csv", sheet.as_bytes()))).await.is(201);
        assert!(import.text().contains("100.0 individuals per household"), "{}", import.text());
        app.admin().post("/v1/figures/f1/redact", &json!({"fields": ["households", "households_quantifier"]})).await.is(200);
        let kept = app.editor().text("/v1/imports").await + &backup(app).await;
        assert!(!kept.contains("100.0"), "{kept}");
    }

    async fn what_imports_keep_is_blanked_and_their_undoing_brings_nothing_back(app) {
        given::world(app).await;
        let sheet = "batch,origin,departed_on,destination,figure,stage,individuals,men,notes\n\
            b1,waer,2017-03-18,bab,f1,departed,700,917531,marker1\n\
            b2,waer,2017-03-19,bab,f2,departed,700,650,marker2\n";
        let editor = app.editor().with("Idempotency-Key", "k");
        let path = "/v1/imports/movements?commit=true";
        let csv = || Some(("text/csv", sheet.as_bytes()));
        let import = editor.send("POST", path, csv()).await.is(201);
        let code = import.json()["code"].as_str().unwrap().to_owned();
        assert!(import.text().contains("917531") || import.text().contains("917,531"), "{}", import.text());
        let blanked = json!({"fields": ["men", "notes"]});
        app.admin().post("/v1/figures/f1/redact", &blanked).await.is(200);
        for kept in [
            editor.send("POST", path, csv()).await.is(201).text(),
            app.editor().text(&format!("/v1/imports/{code}")).await,
            app.editor().text("/v1/imports").await,
            app.editor().text("/v1/changes").await,
            backup(app).await,
        ] {
            assert!(!kept.contains("917531") && !kept.contains("917,531") && !kept.contains("marker1"), "{kept}");
        }
        assert_eq!(app.editor().json("/v1/figures/f2").await["notes"], "marker2");
        app.editor().delete(&format!("/v1/imports/{code}")).await.is_problem(409, "changed_since");

        // A later import has taken the text away; to undo that one does not bring it back.
        given::source("press").with("url", "https://marker3.example/").put(app).await;
        let sheet = "code,url\npress,\n";
        let import = app.editor().send("POST", "/v1/imports/sources?commit=true", Some(("text/csv", sheet.as_bytes()))).await;
        let code = import.is(201).json()["code"].as_str().unwrap().to_owned();
        app.admin().post("/v1/sources/press/redact", &json!({"fields": ["url"]})).await.is(200);
        app.editor().delete(&format!("/v1/imports/{code}")).await.is(204);
        assert_eq!(app.editor().json("/v1/sources/press").await["url"], json!(null));
        assert!(!backup(app).await.contains("marker3"));
    }

    async fn what_cannot_be_blanked_is_refused_and_stays(app) {
        record(app).await;
        let admin = app.admin();
        for (path, fields, expected) in [
            ("sources/radio", json!(["nme_ar"]), vec![("/fields/0", "unknown_field")]),
            ("sources/radio", json!(["url", "name"]), vec![("/fields/1", "missing")]),
            ("sources/radio", json!(["kind", "code"]), vec![("/fields/1", "immutable")]),
            ("sources/radio", json!(["confidential"]), vec![("/fields/0", "missing")]),
            ("sources/radio", json!([]), vec![("/fields", "missing")]),
            ("sources/radio", json!([1]), vec![("/fields/0", "wrong_type")]),
            ("sources/radio", json!("url"), vec![("/fields", "wrong_type")]),
            ("batches/b", json!(["origin"]), vec![("/fields/0", "missing")]),
            ("batches/b", json!(["visibility"]), vec![("/fields/0", "missing")]),
            ("batches/b", json!(["individuals", "revision"]), vec![("/fields/0", "immutable"), ("/fields/1", "immutable")]),
            ("batches/b", json!(["departed_on"]), vec![("/fields/0", "not_departed")]),
            ("movements/b.zoghra", json!(["destination"]), vec![("/fields/0", "missing")]),
            ("figures/f", json!(["role"]), vec![("/fields/0", "immutable")]),
            ("figures/f", json!(["movement"]), vec![("/fields/0", "missing")]),
            ("figures/f", json!(["individuals", "individuals_quantifier"]), vec![("/fields", "no_count")]),
        ] {
            let answer = admin.post(&format!("/v1/{path}/redact"), &json!({"fields": fields})).await;
            answer.is_invalid(&expected);
        }
        admin.post("/v1/sources/radio/redact", &json!({})).await.is_problem(422, "invalid_body");
        admin.post("/v1/sources/radio/redact", &json!({"fields": ["url"], "why": "x"})).await.is_invalid(&[("/why", "unknown_field")]);
        let answer = admin.post("/v1/sources/radio/redact", &json!({"fields": ["nme_ar"]})).await;
        assert_eq!(answer.json()["errors"][0]["suggestion"], "name_ar");
        admin.post("/v1/sources/nobody/redact", &json!({"fields": ["url"]})).await.is_problem(404, "not_found");
        assert_eq!(found("radio", &everything(app).await).len(), 4);
        for (client, status, code) in [(app.public(), 401, "unauthorized"), (app.editor(), 403, "forbidden")] {
            // Whatever is sent.
            client.send("POST", "/v1/sources/radio/redact", Some(("text/plain", b"{"))).await.is_problem(status, code);
        }
    }

    async fn a_redaction_can_be_sent_again(app) {
        record(app).await;
        let admin = app.admin().with("Idempotency-Key", "k");
        let first = admin.post("/v1/batches/b/redact", &json!({"fields": ["notes"]})).await.is(200);
        let again = admin.post("/v1/batches/b/redact", &json!({"fields": ["notes"]})).await.is(200);
        assert_eq!(again.header("Idempotency-Replayed"), Some("true"));
        assert_eq!((first.json(), first.etag()), (again.json(), again.etag()));
    }

    async fn nothing_of_it_is_left_in_the_file(app) {
        // On PostgreSQL old versions of rows lie there until VACUUM.
        if app.database.kind() == Kind::Sqlite {
            record(app).await;
            for (resource, code) in rows() {
                app.admin().post(&format!("/v1/{resource}/{code}/redact"), &fields(code)).await.is(200);
            }
            app.database.execute("PRAGMA wal_checkpoint(TRUNCATE)");
            let path = app.database.url().trim_start_matches("sqlite:").to_owned();
            let file = String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
            for (_, code) in rows() {
                assert_eq!(found(code, &file), [""; 0], "{code}");
            }
        }
    }
}
