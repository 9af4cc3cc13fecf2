//! Two writers on one row: revisions, and conditions that hold or do not.

use serde_json::json;

use crate::support::given;

both! {
    async fn a_condition_that_does_not_hold_is_a_412(app) {
        given::world(app).await;
        let editor = app.editor();
        let tag = editor.get("/v1/sources/radio").await.is(200).etag();
        assert_eq!(tag, "\"1\"");
        let answer = editor.with("If-Match", &tag).patch("/v1/sources/radio", &json!({"name": "A"})).await.is(200);
        assert_eq!(answer.etag(), "\"2\"");
        for (method, body) in [
            ("PATCH", Some("{\"name\": \"B\"}")),
            ("PUT", Some("{\"name\": \"B\", \"kind\": \"media\"}")),
            ("DELETE", None),
        ] {
            let body = body.map(|body| ("application/json", body.as_bytes()));
            for stale in [tag.as_str(), "\"3\"", "W/\"2\"", "2", "\"x\""] {
                editor
                    .with("If-Match", stale)
                    .send(method, "/v1/sources/radio", body)
                    .await
                    .is_problem(412, "precondition_failed");
            }
        }
        editor.with("If-Match", "\"7\", \"2\"").patch("/v1/sources/radio", &json!({"name": "C"})).await.is(200);
        editor.with("If-Match", "*").patch("/v1/sources/radio", &json!({"name": "D"})).await.is(200);
        // Without a condition the last write wins.
        editor.patch("/v1/sources/radio", &json!({"name": "E"})).await.is(200);
        assert_eq!(editor.get("/v1/sources/radio").await.etag(), "\"5\"");
        editor.with("If-Match", "\"5\"").delete("/v1/sources/radio").await.is(204);
        editor
            .with("If-Match", "*")
            .put("/v1/sources/radio", &json!({"name": "F", "kind": "media"}))
            .await
            .is_problem(412, "precondition_failed");
    }

    async fn if_none_match_only_creates(app) {
        let body = json!({"name": "x", "kind": "media"});
        let only = app.editor().with("If-None-Match", "*");
        only.put("/v1/sources/x", &body).await.is(201);
        only.put("/v1/sources/x", &body).await.is_problem(412, "precondition_failed");
    }

    async fn single_rows_are_never_304(app) {
        given::world(app).await;
        let tag = app.public().get("/v1/sources/radio").await.etag();
        app.public().with("If-None-Match", &tag).get("/v1/sources/radio").await.is(200);
        app.public().with("If-None-Match", "*").get("/v1/sources/radio").await.is(200);
    }

    async fn a_revision_rises_with_its_parts_and_only_when_something_changes(app) {
        given::world(app).await;
        given::batch("b")
            .on("2017-03-18")
            .to("bab", &[json!({"code": "f", "stage": "departed", "individuals": 1})])
            .put(app)
            .await;
        let editor = app.editor();
        let revisions = || async {
            let of = |path: &'static str| async move { app.editor().json(path).await["revision"].as_i64().unwrap() };
            (of("/v1/batches/b").await, of("/v1/movements/b.bab").await, of("/v1/figures/f").await)
        };
        assert_eq!(revisions().await, (1, 1, 1));
        editor.patch("/v1/figures/f", &json!({"individuals": 2})).await.is(200);
        assert_eq!(revisions().await, (2, 2, 2));
        editor.patch("/v1/figures/f", &json!({"individuals": 2})).await.is(200);
        assert_eq!(revisions().await, (2, 2, 2), "nothing changed");
        editor.patch("/v1/movements/b.bab", &json!({"notes": "x"})).await.is(200);
        assert_eq!(revisions().await, (3, 3, 2));
        editor.post("/v1/figures", &json!({"batch": "b", "stage": "departed", "individuals": 5})).await.is(201);
        assert_eq!(revisions().await.1, 3);
        editor.post("/v1/movements", &json!({"batch": "b", "destination": "zoghra"})).await.is(201);
        assert_eq!((revisions().await.1, revisions().await.2), (3, 2));
    }

    async fn a_code_that_was_deleted_goes_on(app) {
        given::world(app).await;
        let editor = app.editor();
        given::batch("b").on("2017-03-18").to("bab", &[]).put(app).await;
        editor.patch("/v1/batches/b", &json!({"number": 1})).await.is(200);
        editor.delete("/v1/batches/b").await.is(204);
        // Created 1, changed 2, deleted 3: a tag of the first life never fits the second.
        let row = given::batch("b").on("2017-03-18").to("bab", &[]).put(app).await;
        assert_eq!((&row["revision"], &row["movements"][0]["revision"]), (&json!(4), &json!(3)));
        editor.with("If-Match", "\"2\"").delete("/v1/batches/b").await.is_problem(412, "precondition_failed");
    }

    async fn two_writers_at_once_never_lose_a_row(app) {
        given::world(app).await;
        given::batch("b").on("2017-03-18").to("bab", &[]).put(app).await;
        let writes = (0..12).map(|number| async move {
            let source = if number % 2 == 0 { "radio" } else { "council" };
            let body = json!({"movement": "b.bab", "stage": "departed", "individuals": number + 1, "source": source,
                "reported_on": format!("2017-04-{:02}", number + 1), "role": "recommended"});
            app.editor().post("/v1/figures", &body).await.is(201);
        });
        futures_util::future::join_all(writes).await;
        let movement = app.editor().json("/v1/movements/b.bab").await;
        assert_eq!((&movement["figure_count"], &movement["revision"]), (&json!(12), &json!(13)));
        let recommended = app.editor().rows("/v1/figures?role=recommended").await;
        assert_eq!(recommended.len(), 1);
        assert_eq!(movement["individuals"], recommended[0]["individuals"]);
        assert_eq!((&movement["individuals_low"], &movement["individuals_high"]), (&json!(1), &json!(12)));
        assert_eq!(app.editor().json("/v1/batches/b").await["individuals"], movement["individuals"]);
    }

    async fn of_many_with_one_condition_one_wins(app) {
        given::world(app).await;
        for path in ["sources/radio", "agreements/deal", "locations/waer"] {
            let path = format!("/v1/{path}");
            let editor = app.editor().with("If-Match", &app.editor().get(&path).await.etag());
            let writes = (0..8).map(|number| {
                let (editor, path) = (editor.clone(), path.clone());
                async move { editor.patch(&path, &json!({"name": format!("N{number}")})).await.status }
            });
            let mut statuses = futures_util::future::join_all(writes).await;
            statuses.sort_unstable();
            assert_eq!(statuses, [200, 412, 412, 412, 412, 412, 412, 412], "{path}");
        }
        let creates = (0..8).map(|_| async move {
            app.editor().post("/v1/sources", &json!({"code": "one", "name": "x", "kind": "media"})).await.status
        });
        let mut statuses = futures_util::future::join_all(creates).await;
        statuses.sort_unstable();
        assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409]);
    }

    async fn patches_of_different_fields_all_stay(app) {
        given::world(app).await;
        let figure = json!({"code": "f", "stage": "departed", "individuals": 1, "source": "radio"});
        given::batch("b").on("2017-03-18").to("bab", &[figure]).put(app).await;
        given::homecoming("r").on("2017-05-01").put(app).await;
        let patches = [
            (
                "locations/waer",
                [
                    ("name", json!("A")),
                    ("name_ar", json!("ب")),
                    ("p_code", json!("W")),
                    ("settlement_type", json!("individual")),
                ],
            ),
            (
                "sources/radio",
                [
                    ("name", json!("A")),
                    ("name_ar", json!("ب")),
                    ("url", json!("https://x.example")),
                    ("reliability", json!("low")),
                ],
            ),
            (
                "agreements/deal",
                [
                    ("name", json!("A")),
                    ("name_ar", json!("ب")),
                    ("url", json!("https://x.example")),
                    ("notes", json!("n")),
                ],
            ),
            (
                "batches/b",
                [
                    ("number", json!(4)),
                    ("agreement", json!("deal")),
                    ("scheduled_on", json!("2017-03-01")),
                    ("notes", json!("n")),
                ],
            ),
            (
                "movements/b.bab",
                [
                    ("arrived_on", json!("2017-03-19")),
                    ("settlement_type", json!("individual")),
                    ("destination_as_reported", json!("x")),
                    ("notes", json!("n")),
                ],
            ),
            (
                "returns/r",
                [
                    ("agreement", json!("deal")),
                    ("members_remaining", json!(3)),
                    ("from_as_reported", json!("x")),
                    ("notes", json!("n")),
                ],
            ),
            (
                "figures/f",
                [("households", json!(4)), ("title", json!("t")), ("excerpt", json!("x")), ("notes", json!("n"))],
            ),
        ];
        for (path, fields) in &patches {
            let path = format!("/v1/{path}");
            let writes = fields.iter().map(|(name, value)| {
                let path = path.clone();
                async move { app.editor().patch(&path, &json!({ *name: value })).await.is(200) }
            });
            futures_util::future::join_all(writes).await;
            let row = app.editor().json(&path).await;
            for (name, value) in fields {
                assert_eq!(row[*name], *value, "{name} of {path}");
            }
            assert!(row["revision"].as_i64() >= Some(5), "{path}: {row}");
        }
    }
}
