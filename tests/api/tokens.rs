//! Tokens: shown once, kept as hashes, revoked, expired.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

both! {
    async fn a_token_is_made_used_and_revoked(app) {
        let admin = app.admin();
        let answer = admin.post("/v1/tokens", &json!({"name": "office", "role": "editor"})).await.is(201).json();
        assert_eq!(
            (&answer["name"], &answer["role"], &answer["expires_at"]),
            (&json!("office"), &json!("editor"), &json!(null))
        );
        let token = answer["token"].as_str().unwrap().to_owned();
        let office = app.with_token(&token);
        office.put("/v1/sources/x", &json!({"name": "x", "kind": "media"})).await.is(201);
        let list = admin.text("/v1/tokens").await;
        assert!(list.contains("office") && !list.contains(&token), "{list}");
        admin.delete("/v1/tokens/office").await.is(204);
        office.get("/v1/sources").await.is_problem(401, "unauthorized");
        admin.delete("/v1/tokens/nobody").await.is_problem(404, "not_found");
        admin.post("/v1/tokens", &json!({"name": "office", "role": "reader"})).await.is_problem(409, "already_exists");
    }

    async fn a_token_expires(app) {
        let answer = app
            .admin()
            .post("/v1/tokens", &json!({"name": "guest", "role": "reader", "expires_in_days": 2}))
            .await
            .is(201)
            .json();
        assert!(answer["expires_at"].as_str().unwrap().starts_with("2026-11-24T12:00:00"), "{answer}");
        let guest = app.with_token(answer["token"].as_str().unwrap());
        app.pass(2 * 86_400 - 1);
        guest.get("/v1/sources").await.is(200);
        app.pass(1);
        guest.get("/v1/sources").await.is_problem(401, "unauthorized");
    }

    async fn a_wrong_token_is_refused_even_where_reading_is_public(app) {
        for wrong in ["Bearer nonsense", "Bearer", "Basic !!!", "Basic bm9ib2R5", "Digest x", "nonsense"] {
            let answer = app.authorized(wrong).get("/v1/sources").await.is_problem(401, "unauthorized");
            assert_eq!(answer.header_lines("WWW-Authenticate"), ["Bearer", "Basic realm=\"homeward\""]);
        }
        app.authorized("Bearer nonsense").get("/health/live").await.is(200);
    }

    async fn a_token_may_be_a_password(app) {
        let basic = STANDARD.encode(format!("excel:{}", app.reader_token()));
        let excel = app.authorized(&format!("Basic {basic}"));
        excel.get("/v1/sources").await.is(200);
        excel.post("/v1/sources", &json!({})).await.is_problem(403, "forbidden");
        let nobody = STANDARD.encode(format!(":{}", app.reader_token()));
        app.authorized(&format!("basic {nobody}")).get("/v1/batches.csv").await.is(200);
    }

    async fn bad_wishes_are_refused(app) {
        let post = |body: serde_json::Value| async move { app.admin().post("/v1/tokens", &body).await };
        post(json!({})).await.is_problem(422, "invalid_body");
        post(json!({"name": "a b", "role": "boss", "expires_in_days": 0, "x": 1})).await.points_at(&[
            "/name",
            "/role",
            "/expires_in_days",
            "/x",
        ]);
        post(json!({"name": "a", "role": "reader", "expires_in_days": 1e300})).await.points_at(&["/expires_in_days"]);
        app.admin().get("/v1/tokens?limit=1").await.is_problem(400, "invalid_parameters");
    }
}
