//! A clock that jumps: what depends on it, and what must not.

use serde_json::json;

use crate::support::given;

const HOUR: i64 = 3_600;

both! {
    async fn the_order_of_what_was_written_does_not_depend_on_the_clock(app) {
        given::world(app).await;
        let editor = app.editor();
        let first = editor.post("/v1/batches", &json!({"origin": "waer"})).await.is(201).json();
        app.pass(-2 * HOUR);
        let second = editor.post("/v1/batches", &json!({"origin": "waer"})).await.is(201).json();
        let (one, two) = (first["code"].as_str().unwrap(), second["code"].as_str().unwrap());
        assert!(one < two, "codes rise in the order of writing: {one}, {two}");
        // The row says what the clock said; its revision and its place in the history do not depend on it.
        let path = format!("/v1/batches/{one}");
        let changed = editor.patch(&path, &json!({"notes": "x"})).await.is(200);
        assert_eq!(changed.etag(), "\"2\"");
        let row = changed.json();
        assert!(row["updated_at"].as_str() < row["created_at"].as_str(), "{row}");
        let history = editor.rows(&format!("{path}/history")).await;
        let revisions: Vec<_> = history.iter().map(|entry| entry["revision"].as_i64().unwrap()).collect();
        assert_eq!(revisions, [2, 1]);
        let numbers: Vec<_> = history.iter().map(|entry| entry["seq"].as_i64().unwrap()).collect();
        assert!(numbers[0] > numbers[1], "{numbers:?}");
        editor.with("If-Match", "\"1\"").patch(&path, &json!({"notes": "y"})).await.is(412);
        // Far ahead, and back again.
        app.pass(24 * 365 * HOUR);
        let ahead = editor.post("/v1/batches", &json!({"origin": "waer"})).await.is(201).json();
        app.pass(-24 * 365 * HOUR);
        let back = editor.post("/v1/batches", &json!({"origin": "waer"})).await.is(201).json();
        assert!(two < ahead["code"].as_str().unwrap() && ahead["code"].as_str() < back["code"].as_str());
        assert_eq!(editor.codes("/v1/batches?sort=code").await.len(), 4);
    }

    async fn what_has_happened_cannot_lie_after_tomorrow_wherever_the_clock_was(app) {
        given::world(app).await;
        let body = json!({"origin": "waer", "departed_on": "2026-11-22"});
        app.editor().put("/v1/batches/a", &body).await.is(201);
        app.pass(-30 * 24 * HOUR);
        // What is recorded stays as it is, and can be read and counted; it cannot be sent again as long as the clock is wrong.
        app.editor().get("/v1/batches/a").await.is(200);
        app.editor().get("/v1/stats/flows?by=day").await.is(200);
        app.editor().put("/v1/batches/b", &body).await.points_at(&["/departed_on"]);
        app.pass(30 * 24 * HOUR);
        app.editor().put("/v1/batches/b", &body).await.is(201);
    }

    async fn a_token_holds_by_the_clock_and_one_that_is_revoked_stays_so(app) {
        let make = |name: &'static str| async move {
            let body = json!({"name": name, "role": "reader", "expires_in_days": 1});
            app.admin().post("/v1/tokens", &body).await.is(201).json()["token"].as_str().unwrap().to_owned()
        };
        let (expires, revoked) = (make("expires").await, make("revoked").await);
        app.pass(25 * HOUR);
        app.with_token(&expires).get("/v1/sources").await.is(401);
        app.admin().delete("/v1/tokens/revoked").await.is(204);
        // Set back by a day, the clock says that it has not expired yet. Revoking does not ask what time it is.
        app.pass(-25 * HOUR);
        app.with_token(&expires).get("/v1/sources").await.is(200);
        app.with_token(&revoked).get("/v1/sources").await.is(401);
        app.pass(-1_000 * HOUR);
        app.with_token(&revoked).get("/v1/sources").await.is(401);
    }
}
