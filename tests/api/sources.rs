//! Sources: who says the numbers.

use serde_json::json;

use crate::support::given;

both! {
    async fn a_source_is_read_as_it_was_written(app) {
        let body = json!({"name": "SANA", "name_ar": "سانا", "kind": "state_media", "reliability": "low",
            "url": "http://sana.sy"});
        let answer = app.editor().put("/v1/sources/sana", &body).await.is(201);
        let expected = json!({
            "code": "sana", "name": "SANA", "name_ar": "سانا", "kind": "state_media", "reliability": "low",
            "url": "http://sana.sy", "confidential": false, "revision": 1,
            "created_at": "2026-11-22T12:00:00.000Z", "updated_at": "2026-11-22T12:00:00.000Z",
        });
        assert_eq!(answer.json(), expected);
        assert_eq!(app.public().json("/v1/sources/sana").await, expected);
        assert_eq!(app.public().rows("/v1/sources").await, [expected]);
    }

    async fn a_code_may_be_left_to_the_server_only_where_it_is_optional(app) {
        let body = json!({"name": "SANA", "kind": "state_media"});
        app.editor().post("/v1/sources", &body).await.is_invalid(&[("", "missing")]);
        app.editor().put("/v1/sources/-x", &body).await.is_problem(422, "invalid_body");
        app.editor().put("/v1/sources/a.b", &body).await.is_problem(422, "invalid_body");
        let long = "x".repeat(65);
        app.editor().put(&format!("/v1/sources/{long}"), &body).await.is_problem(422, "invalid_body");
        app.editor().put(&format!("/v1/sources/{}", &long[1..]), &body).await.is(201);
        app.editor().put("/v1/sources/Sana", &body).await.is(201);
        app.editor().put("/v1/sources/sana", &body).await.is(201);
    }

    async fn addresses_are_checked(app) {
        let long = format!("https://{}", "x".repeat(2_041));
        for url in ["ftp://x", "javascript:alert(1)", "sana.sy", "http://", &long] {
            let body = json!({"name": "X", "kind": "media", "url": url});
            app.editor().put("/v1/sources/x", &body).await.points_at(&["/url"]);
        }
        let body = json!({"name": "X", "kind": "media", "url": &long[..2_048]});
        app.editor().put("/v1/sources/x", &body).await.is(201);
    }

    async fn a_source_in_use_is_not_deleted(app) {
        given::world(app).await;
        let figure = json!({"code": "f1", "stage": "departed", "individuals": 1, "source": "radio"});
        given::batch("b").on("2017-03-18").to("bab", &[figure]).put(app).await;
        let answer = app.editor().delete("/v1/sources/radio").await.is_problem(409, "in_use");
        assert!(answer.json()["detail"].as_str().unwrap().contains("f1"), "{}", answer.text());
        app.editor().delete("/v1/sources/council").await.is(204);
    }

    async fn filters_find_sources(app) {
        given::world(app).await;
        assert_eq!(app.public().codes("/v1/sources?kind=local_council").await, ["council"]);
        assert_eq!(app.public().codes("/v1/sources?q=the rad").await, ["radio"]);
        assert_eq!(app.public().codes("/v1/sources?q=الراد").await, ["radio"]);
        assert_eq!(app.public().codes("/v1/sources?sort=-code").await, ["radio", "council"]);
    }
}
