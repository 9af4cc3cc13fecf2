//! The document that clients are made from: it is the one checked in, it holds together, and it says who may call what.

use std::collections::HashSet;

use serde_json::{Value, json};

/// What nobody needs a token for. This list only shrinks.
const OPEN: [&str; 5] =
    ["GET /health/live", "GET /health/ready", "GET /openapi.json", "GET /problems", "GET /problems/{code}"];

fn document() -> Value {
    homeward::http::document().value
}

/// Every operation: its method, its path and its description.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let mut all = vec![];
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((method.to_uppercase(), path.clone(), operation.clone()));
        }
    }
    all
}

#[test]
fn the_document_is_the_one_checked_in() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi/v1.json");
    let checked_in = std::fs::read_to_string(path).unwrap_or_default();
    let made = homeward::http::document().text;
    // No diff: it would be longer than anybody reads.
    assert!(
        checked_in.trim_end() == made.trim_end(),
        "openapi/v1.json is not what the code says. If the API is meant to change, refresh it and read the \
         diff:\n\n    cargo run --quiet -- openapi > openapi/v1.json && git diff openapi/v1.json\n"
    );
}

#[test]
fn every_reference_resolves() {
    fn walk<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(members) => {
                found.extend(members.get("$ref").and_then(Value::as_str));
                members.values().for_each(|value| walk(value, found));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, found)),
            _ => {}
        }
    }
    let document = document();
    let mut found = vec![];
    walk(&document, &mut found);
    assert!(found.len() > 100);
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap_or_else(|| panic!("{reference} leaves the document"));
        assert!(document.pointer(pointer).is_some(), "{reference} points at nothing");
    }
}

#[test]
fn every_operation_is_described() {
    let document = document();
    let tags: HashSet<&str> =
        document["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut ids = HashSet::new();
    for (method, path, operation) in operations(&document) {
        let at = format!("{method} {path}");
        let text = |name: &str| operation[name].as_str().unwrap_or_default().to_owned();
        assert!(text("summary").len() > 5, "{at}: no summary");
        assert!(text("description").len() > 10, "{at}: no description");
        let id = text("operationId");
        assert!(id.contains('_') && ids.insert(id.clone()), "{at}: operationId {id:?}");
        let tag = operation["tags"][0].as_str().unwrap_or_default();
        assert!(tags.contains(tag), "{at}: tag {tag:?}");
        let security = operation["security"].as_array().unwrap_or_else(|| panic!("{at}: no security"));
        let open = OPEN.contains(&at.as_str());
        let has = |scheme: &str| security.iter().any(|one| one.get(scheme).is_some());
        assert_eq!((has("bearer"), has("basic")), (!open, !open), "{at}: security");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{at}: no good answer");
        if !open {
            assert!(responses.contains_key("401"), "{at}: no 401");
        }
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let parameter = match parameter["$ref"].as_str() {
                Some(reference) => document.pointer(&reference[1..]).unwrap(),
                None => parameter,
            };
            assert!(parameter["description"].as_str().is_some_and(|text| text.len() > 5), "{at}: {parameter}");
        }
    }
}

#[test]
fn whatever_is_posted_can_be_sent_again() {
    for (method, path, operation) in operations(&document()) {
        let named = |one: &Value| one["name"] == "Idempotency-Key" && one["in"] == "header";
        let takes = operation["parameters"].as_array().into_iter().flatten().any(named);
        assert_eq!(takes, method == "POST", "{method} {path}");
        for (status, response) in operation["responses"].as_object().unwrap() {
            let tells = response["headers"].get("Idempotency-Replayed").is_some();
            assert_eq!(tells, takes && status.starts_with('2'), "{method} {path} {status}");
        }
    }
}

#[test]
fn every_promised_operation_is_there() {
    let document = document();
    let has = |method: &str, path: &str| document["paths"][path].get(method).is_some();
    for resource in ["locations", "sources", "agreements", "batches", "movements", "returns", "figures"] {
        for (method, rest) in [
            ("get", ""),
            ("post", ""),
            ("get", ".csv"),
            ("get", ".ndjson"),
            ("get", ".xlsx"),
            ("get", "/{code}"),
            ("put", "/{code}"),
            ("patch", "/{code}"),
            ("delete", "/{code}"),
            ("get", "/{code}/history"),
        ] {
            assert!(has(method, &format!("/v1/{resource}{rest}")), "{method} /v1/{resource}{rest}");
        }
    }
    for statistic in ["stats/flows", "stats/stocks", "stats/summary", "origins", "destinations"] {
        for suffix in ["", ".csv", ".ndjson", ".xlsx"] {
            assert!(has("get", &format!("/v1/{statistic}{suffix}")), "/v1/{statistic}{suffix}");
        }
    }
    for places in ["locations", "origins", "destinations"] {
        assert!(has("get", &format!("/v1/{places}.geojson")), "/v1/{places}.geojson");
    }
    assert!(!has("get", "/v1/movements.geojson") && !has("get", "/v1/stats/flows.geojson"));
    for suffix in [".csv", ".ndjson", ".xlsx"] {
        assert!(has("get", &format!("/v1/exports/{{sheet}}{suffix}")), "/v1/exports/{{sheet}}{suffix}");
    }
    for suffix in [".csv", ".xlsx"] {
        assert!(has("get", &format!("/v1/templates/{{sheet}}{suffix}")), "/v1/templates/{{sheet}}{suffix}");
    }
    assert!(has("get", "/v1/exports/dataset.zip"));
    assert!(
        has("get", "/v1/imports") && ["get", "post", "delete"].iter().all(|method| has(method, "/v1/imports/{import}"))
    );
    let sheets = json!(["locations", "sources", "agreements", "movements", "returns"]);
    for operation in ["/v1/exports/{sheet}.csv/get", "/v1/templates/{sheet}.xlsx/get", "/v1/imports/{import}/post"] {
        let (path, method) = operation.rsplit_once('/').unwrap();
        assert_eq!(document["paths"][path][method]["parameters"][0]["schema"]["enum"], sheets, "{operation}");
    }
    for (method, path) in [("get", "/v1/tokens"), ("post", "/v1/tokens"), ("delete", "/v1/tokens/{name}")] {
        assert!(has(method, path), "{method} {path}");
    }
}

/// A path with something in the place of its parameters.
fn address(path: &str, code: &str) -> String {
    let sheets = path.replace("{sheet}", "movements").replace("{import}", "movements");
    sheets.replace("{code}", code).replace("{name}", "nobody")
}

both! {
    async fn strangers_are_refused_everywhere(app) {
        let stranger = app.stranger().await;
        for (method, path, _) in operations(&document()) {
            let at = format!("{method} {path}");
            let address = address(&path, "not_found");
            // What is sent is wrong, too: who asks is settled first.
            let body: Option<(&str, &[u8])> = (method != "GET" && method != "DELETE").then_some(("text/plain", b"{"));
            let answer = stranger.send(&method, &address, body).await;
            if OPEN.contains(&at.as_str()) {
                answer.is(200);
            } else {
                let answer = answer.is_problem(401, "unauthorized");
                assert_eq!(answer.header_lines("WWW-Authenticate"), ["Bearer", "Basic realm=\"homeward\""], "{at}");
            }
        }
    }

    async fn readers_write_nothing_and_editors_make_no_tokens(app) {
        for (method, path, _) in operations(&document()) {
            let address = address(&path, "x");
            let body: Option<(&str, &[u8])> = (method != "GET" && method != "DELETE").then_some(("text/plain", b"{"));
            let editors = path.ends_with("/history") || path.starts_with("/v1/imports");
            if method != "GET" || editors || path == "/v1/tokens" {
                app.reader().send(&method, &address, body).await.is_problem(403, "forbidden");
                app.public().send(&method, &address, body).await.is_problem(401, "unauthorized");
            }
            if path.starts_with("/v1/tokens") {
                app.editor().send(&method, &address, body).await.is_problem(403, "forbidden");
            }
        }
    }

    async fn head_works_wherever_get_does(app) {
        app.load_al_waer().await;
        for (method, path, _) in operations(&document()) {
            if method == "GET" {
                let address = address(&path, "not_found");
                let (get, head) = (app.admin().get(&address).await, app.admin().head(&address).await);
                assert_eq!(head.status, get.status, "{address}");
                assert_eq!(head.header("Content-Type"), get.header("Content-Type"), "{address}");
                assert_eq!(head.header("ETag"), get.header("ETag"), "{address}");
            }
        }
    }

    async fn the_document_is_served(app) {
        let answer = app.stranger().await.get("/openapi.json").await.is(200);
        assert_eq!(answer.json(), document());
        assert_eq!(answer.json()["openapi"].as_str().map(|version| &version[..3]), Some("3.1"));
        // The page loads nothing from anywhere else.
        let page = app.stranger().await.get("/docs/").await.is(200).text();
        assert!(!page.contains("src=\"http") && !page.contains("href=\"http") && !page.contains("//cdn"), "{page}");
    }

    async fn every_problem_code_is_explained(app) {
        let list = app.stranger().await.json("/problems").await;
        let rows = list.as_array().or_else(|| list["data"].as_array()).expect("a list").clone();
        assert!(rows.len() > 30);
        for row in rows {
            let one = app.stranger().await.json(&format!("/problems/{}", row["code"].as_str().unwrap())).await;
            assert_eq!(one["code"], row["code"]);
        }
        app.public().get("/problems/nonsense").await.is_problem(404, "not_found");
        assert_eq!(json!(null), list["nonsense"]);
    }
}
