//! The feed of changes: a follower that has read it knows every row.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{Client, TestApp, given};

/// Everything after a number, some at a time.
async fn follow(client: &Client, after: i64, limit: usize) -> Vec<Value> {
    let mut all: Vec<Value> = vec![];
    loop {
        let after = all.last().map_or(after, |last| last["seq"].as_i64().unwrap());
        let page = client.json(&format!("/v1/changes?after={after}&limit={limit}")).await;
        let rows = page["data"].as_array().unwrap().clone();
        if rows.is_empty() {
            assert_eq!(page["next_cursor"], Value::Null);
            return all;
        }
        assert!(rows.len() <= limit, "{page}");
        assert_eq!(page["next_cursor"], json!(rows.last().unwrap()["seq"].to_string()));
        all.extend(rows);
    }
}

/// What a follower makes of changes: the fields of each row, by resource and code.
fn replayed(changes: &[Value]) -> BTreeMap<(String, String), Value> {
    let mut rows = BTreeMap::new();
    let mut last = 0;
    for change in changes {
        let seq = change["seq"].as_i64().unwrap();
        assert!(seq > last, "{seq} after {last}");
        last = seq;
        let text = |name: &str| change[name].as_str().unwrap().to_owned();
        let key = (text("resource"), text("code"));
        let was = rows.remove(&key);
        match change["action"].as_str().unwrap() {
            "create" => assert_eq!(was, None, "{change}"),
            _ => assert!(was.is_some(), "{change}"),
        }
        if change["action"] != "delete" {
            rows.insert(key, change["after"].clone());
        }
    }
    rows
}

/// A busy life: batches by hand and from sheets, changed, deleted, made again, taken back.
async fn live(app: &TestApp) {
    given::world(app).await;
    let editor = app.editor();
    given::batch("b1").on("2017-03-18").to("bab", &[given::individuals("departed", 10)]).put(app).await;
    let sheet = "batch,origin,departed_on,destination,figure,stage,source,individuals\n\
        b1,waer,2017-03-18,zoghra,f1,departed,radio,20\n\
        b2,waer,2017-03-19,zoghra,f2,departed,radio,30\n\
        b2,waer,2017-03-19,zoghra,f3,arrived,council,29\n\
        b3,waer,2017-03-20,bab,f4,departed,radio,40\n";
    let import = |sheet: String| {
        let editor = app.editor();
        async move {
            let body = Some(("text/csv", sheet.as_bytes()));
            editor.send("POST", "/v1/imports/movements?commit=true", body).await.is(201).json()
        }
    };
    import(sheet.to_owned()).await;
    editor.patch("/v1/figures/f2", &json!({"individuals": 31})).await.is(200);
    editor.delete("/v1/batches/b3").await.is(204);
    given::batch("b3").on("2017-03-21").put(app).await;
    let taken = import(
        sheet.replace("b2,", "b4,").replace("f2", "f5").replace("f3", "f6").replace("f1", "").replace("f4", "f7"),
    )
    .await;
    editor.delete(&format!("/v1/imports/{}", taken["code"].as_str().unwrap())).await.is(204);
    given::homecoming("r1").on("2017-07-11").figures(&[given::households("arrived", 5)]).put(app).await;
    editor.delete("/v1/returns/r1").await.is(204);
    given::source("gone").put(app).await;
    editor.delete("/v1/sources/gone").await.is(204);
}

both! {
    async fn whoever_follows_knows_every_row(app) {
        live(app).await;
        let editor = app.editor();
        let all = follow(&editor, 0, 10_000).await;
        for limit in [1, 2, 7] {
            assert_eq!(follow(&editor, 0, limit).await, all, "{limit} at a time");
        }
        for after in [1, 5, 20] {
            let rest: Vec<_> = all.iter().filter(|one| one["seq"].as_i64().unwrap() > after).cloned().collect();
            assert_eq!(follow(&editor, after, 3).await, rest, "after {after}");
        }
        let lines = editor.get("/v1/changes.ndjson").await.is(200).text();
        let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines, all);
        let known = replayed(&all);
        for resource in ["locations", "sources", "agreements", "batches", "movements", "returns", "figures"] {
            let rows = editor.rows(&format!("/v1/{resource}?limit=1000")).await;
            let codes: Vec<_> = rows.iter().map(|row| row["code"].as_str().unwrap().to_owned()).collect();
            let told: Vec<_> = known.keys().filter(|key| key.0 == resource).map(|key| key.1.clone()).collect();
            let (mut sorted, mut expected) = (codes.clone(), told);
            sorted.sort();
            expected.sort();
            assert_eq!(sorted, expected, "{resource}");
            for code in codes {
                // The same entries, seen from the row.
                let history = editor.rows(&format!("/v1/{resource}/{code}/history")).await;
                assert_eq!(history[0]["after"], known[&(resource.to_owned(), code.clone())], "{resource} {code}");
                let mut of_it: Vec<Value> =
                    all.iter().filter(|one| one["resource"] == resource && one["code"] == json!(code)).cloned().collect();
                of_it.reverse();
                let mut told = history;
                told.iter_mut().for_each(|entry| {
                    entry.as_object_mut().unwrap().remove("before");
                });
                assert_eq!(told, of_it, "{resource} {code}");
            }
        }
    }

    async fn the_feed_is_for_editors_and_its_query_is_strict(app) {
        app.reader().get("/v1/changes").await.is_problem(403, "forbidden");
        app.reader().get("/v1/changes.ndjson").await.is_problem(403, "forbidden");
        app.public().get("/v1/changes").await.is_problem(401, "unauthorized");
        for query in ["after=-1", "after=x", "limit=0", "since=1", "after=1&after=2"] {
            app.editor().get(&format!("/v1/changes?{query}")).await.is(400);
        }
        app.editor().get("/v1/changes.ndjson?limit=1").await.is(400);
        assert_eq!(app.editor().json("/v1/changes").await, json!({"data": [], "next_cursor": null}));
        assert_eq!(app.editor().get("/v1/changes.ndjson").await.is(200).text(), "");
    }

    async fn an_import_that_changes_nothing_does_not_end_the_feed(app) {
        given::source("first").put(app).await;
        let body = Some(("text/csv", &b"code,name,kind\nfirst,Source first,media\n"[..]));
        app.editor().send("POST", "/v1/imports/sources?commit=true", body).await.is(201);
        given::source("second").put(app).await;
        let codes: Vec<_> = follow(&app.editor(), 0, 1).await.iter().map(|one| one["code"].clone()).collect();
        assert_eq!(codes, [json!("first"), json!("second")]);
    }
}
