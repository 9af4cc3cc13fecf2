//! History: who changed what and when.

use serde_json::{Value, json};

use crate::support::{TestApp, given};

async fn entries(app: &TestApp, path: &str) -> Vec<Value> {
    app.editor().rows(&format!("/v1/{path}/history")).await
}

/// Action and revision of each entry.
fn steps(entries: &[Value]) -> Vec<(String, i64)> {
    entries.iter().map(|one| (one["action"].as_str().unwrap().to_owned(), one["revision"].as_i64().unwrap())).collect()
}

fn are(expected: &[(&str, i64)]) -> Vec<(String, i64)> {
    expected.iter().map(|(action, revision)| ((*action).to_owned(), *revision)).collect()
}

both! {
    async fn a_life_is_told_newest_first(app) {
        let editor = app.editor();
        editor.put("/v1/sources/x", &json!({"name": "One", "kind": "media"})).await.is(201);
        app.pass(60);
        app.admin().patch("/v1/sources/x", &json!({"name": "Two"})).await.is(200);
        editor.patch("/v1/sources/x", &json!({"name": "Two"})).await.is(200);
        editor.delete("/v1/sources/x").await.is(204);
        editor.put("/v1/sources/x", &json!({"name": "Three", "kind": "media"})).await.is(201);
        let told = entries(app, "sources/x").await;
        assert_eq!(steps(&told), are(&[("create", 4), ("delete", 3), ("update", 2), ("create", 1)]));
        let created = json!({
            "code": "x", "name": "One", "kind": "media", "name_ar": null, "reliability": null, "url": null,
            "confidential": false,
        });
        assert_eq!((&told[3]["before"], &told[3]["after"]), (&json!(null), &created));
        assert_eq!(
            (&told[3]["resource"], &told[3]["code"], &told[3]["by"]),
            (&json!("sources"), &json!("x"), &json!("editor"))
        );
        assert_eq!(told[3]["at"], "2026-11-22T12:00:00.000Z");
        assert_eq!((&told[2]["by"], &told[2]["at"]), (&json!("admin"), &json!("2026-11-22T12:01:00.000Z")));
        assert_eq!((&told[2]["before"]["name"], &told[2]["after"]["name"]), (&json!("One"), &json!("Two")));
        assert_eq!((&told[1]["before"]["name"], &told[1]["after"]), (&json!("Two"), &json!(null)));
        let seqs: Vec<i64> = told.iter().map(|one| one["seq"].as_i64().unwrap()).collect();
        assert!(seqs.is_sorted_by(|a, b| a > b), "{seqs:?}");
        app.editor().get("/v1/sources/never/history").await.is_problem(404, "not_found");
    }

    async fn a_row_has_one_entry_for_each_transaction_that_raises_it(app) {
        given::world(app).await;
        given::batch("b")
            .on("2017-03-18")
            .to(
                "bab",
                &[
                    json!({"code": "f1", "stage": "departed", "individuals": 1, "source": "radio"}),
                    json!({"code": "f2", "stage": "departed", "individuals": 2, "source": "council"}),
                ],
            )
            .put(app)
            .await;
        for path in ["batches/b", "movements/b.bab", "figures/f1", "figures/f2"] {
            assert_eq!(steps(&entries(app, path).await), are(&[("create", 1)]), "{path}");
        }
        // A figure changes what its movement says, and that what its batch says; the other figure is demoted.
        app.pass(60);
        app.editor().patch("/v1/figures/f2", &json!({"role": "recommended"})).await.is(200);
        for path in ["batches/b", "movements/b.bab", "figures/f1", "figures/f2"] {
            assert_eq!(steps(&entries(app, path).await), are(&[("update", 2), ("create", 1)]), "{path}");
            let row = app.editor().json(&format!("/v1/{path}")).await;
            assert_eq!(
                (&row["revision"], &row["updated_at"]),
                (&json!(2), &json!("2026-11-22T12:01:00.000Z")),
                "{path}"
            );
        }
        let told = entries(app, "figures/f1").await;
        assert_eq!(
            (&told[0]["before"]["role"], &told[0]["after"]["role"]),
            (&json!("recommended"), &json!("triangulation"))
        );
        // A row's own fields, without names, parts and what is derived.
        let told = entries(app, "movements/b.bab").await;
        for name in ["individuals", "destination_name", "figures", "revision", "updated_at", "origin", "figure_count"] {
            assert_eq!(told[0]["after"].get(name), None, "{name}");
        }
        assert_eq!(told[0]["after"]["destination"], "bab");
        app.editor().delete("/v1/batches/b").await.is(204);
        for path in ["batches/b", "movements/b.bab", "figures/f1"] {
            assert_eq!(steps(&entries(app, path).await)[0], ("delete".to_owned(), 3), "{path}");
        }
    }

    async fn a_refused_write_leaves_no_trace(app) {
        given::world(app).await;
        let before = entries(app, "locations/waer").await;
        app.editor()
            .patch("/v1/locations/waer", &json!({"name": "X", "kind": "nonsense"}))
            .await
            .is_problem(422, "invalid_body");
        app.editor().delete("/v1/locations/SY").await.is_problem(409, "in_use");
        app.editor()
            .with("If-Match", "\"9\"")
            .patch("/v1/locations/waer", &json!({"name": "X"}))
            .await
            .is_problem(412, "precondition_failed");
        assert_eq!(entries(app, "locations/waer").await, before);
    }

    async fn history_is_paged(app) {
        for number in 1..=5 {
            app.editor().put("/v1/sources/x", &json!({"name": format!("N{number}"), "kind": "media"})).await;
        }
        let mut path = "/v1/sources/x/history?limit=2".to_owned();
        let mut told = vec![];
        loop {
            let page = app.editor().json(&path).await;
            told.extend(page["data"].as_array().unwrap().clone());
            match page["next_cursor"].as_str() {
                Some(cursor) => path = format!("/v1/sources/x/history?limit=2&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(told, entries(app, "sources/x").await);
        assert_eq!(told.len(), 5);
    }
}
