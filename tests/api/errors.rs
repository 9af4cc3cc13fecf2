//! Bad input: each a clear problem, nothing half-written, never a 500.

use serde_json::json;

use crate::support::{MAX_BODY, given};

both! {
    async fn what_cannot_be_read_is_a_400(app) {
        given::world(app).await;
        let deep = |levels: usize| format!("{{\"name\": {}1{}}}", "[".repeat(levels), "]".repeat(levels)).into_bytes();
        let bodies: [Vec<u8>; 13] = [
            b"".to_vec(),
            b"  ".to_vec(),
            b"{".to_vec(),
            b"{\"name\": NaN}".to_vec(),
            b"{\"name\": Infinity}".to_vec(),
            b"{\"name\": \"\xff\xfe\"}".to_vec(),
            b"{\"name\": \"\\ud800\"}".to_vec(),
            b"{\"name\": \"a\", \"name\": \"b\"}".to_vec(),
            b"{\"x\": {\"name\": \"a\", \"name\": \"b\"}}".to_vec(),
            b"{\"name\": 'x'}".to_vec(),
            b"{} {}".to_vec(),
            deep(32),
            deep(1_000),
        ];
        for body in &bodies {
            for (method, path) in [("POST", "/v1/sources"), ("PUT", "/v1/sources/x"), ("PATCH", "/v1/sources/radio")] {
                app.editor().send(method, path, Some(("application/json", body))).await.is_problem(400, "invalid_json");
            }
        }
        app.editor()
            .send("POST", "/v1/sources", Some(("application/json", &deep(29))))
            .await
            .is_problem(422, "invalid_body");
        assert_eq!(app.editor().rows("/v1/sources").await.len(), 2);
    }

    async fn what_is_no_object_is_a_422(app) {
        given::world(app).await;
        for body in ["null", "[]", "1", "\"x\"", "true", "[{}]"] {
            for (method, path) in [
                ("POST", "/v1/sources"),
                ("PUT", "/v1/batches/x"),
                ("PATCH", "/v1/sources/radio"),
                ("POST", "/v1/figures"),
            ] {
                app.editor()
                    .send(method, path, Some(("application/json", body.as_bytes())))
                    .await
                    .is_problem(422, "invalid_body");
            }
        }
    }

    async fn text_is_trimmed_and_held_to_characters(app) {
        let put = |name: serde_json::Value| async move {
            app.editor().put("/v1/sources/x", &json!({"name": name, "kind": "media"})).await
        };
        for name in ["a\u{0}b", "a\u{7}", "\u{1b}[31m", "a\u{7f}", "a\u{85}b", ""] {
            put(json!(name)).await.is_problem(422, "invalid_body");
        }
        put(json!("   ")).await.is_problem(422, "invalid_body");
        put(json!("x".repeat(10_001))).await.points_at(&["/name"]);
        put(json!("و".repeat(10_000))).await.is(201);
        assert_eq!(put(json!("  a\tb\nc  ")).await.is(200).json()["name"], "a\tb\nc");
        let row = app.editor().patch("/v1/sources/x", &json!({"name_ar": "  "})).await.is(200).json();
        assert_eq!(row["name_ar"], json!(null));
    }

    async fn dates_are_real_days(app) {
        given::world(app).await;
        for date in [
            json!("2017-02-30"),
            json!("2017-13-01"),
            json!("2017-2-3"),
            json!("20170203"),
            json!("1899-12-31"),
            json!("2200-01-01"),
            json!("2017-03-18T00:00:00Z"),
            json!(20170318),
            json!("٢٠١٧-٠٣-١٨"),
            json!("+2017-03-18"),
            json!("0000-00-00"),
        ] {
            app.editor()
                .put("/v1/batches/x", &json!({"origin": "waer", "scheduled_on": date}))
                .await
                .points_at(&["/scheduled_on"]);
            app.editor()
                .put("/v1/agreements/x", &json!({"name": "x", "signed_on": date}))
                .await
                .points_at(&["/signed_on"]);
        }
        for date in ["1900-01-01", "2199-12-31", "2016-02-29"] {
            app.editor().put("/v1/agreements/x", &json!({"name": "x", "signed_on": date})).await;
            assert_eq!(app.editor().json("/v1/agreements/x").await["signed_on"], date);
        }
    }

    async fn every_wrong_type_is_found(app) {
        given::world(app).await;
        let body = json!({
            "origin": 5, "kind": 1, "number": "1", "agreement": {}, "scheduled_on": 2017, "departed_on": true,
            "departed_on_precision": "hour", "cancelled": "no", "reasons": "siege", "parties": [1], "visibility": null,
            "notes": ["x"], "movements": {}, "colour": "red",
        });
        let answer = app.editor().put("/v1/batches/x", &body).await.is_problem(422, "invalid_body");
        let places: Vec<String> = answer.errors().into_iter().map(|(place, _)| place).collect();
        for name in [
            "origin",
            "kind",
            "number",
            "agreement",
            "scheduled_on",
            "departed_on",
            "departed_on_precision",
            "cancelled",
            "reasons",
            "parties/0",
            "notes",
            "movements",
            "colour",
        ] {
            assert!(places.contains(&format!("/{name}")), "{name}: {places:?}");
        }
        assert!(!places.contains(&"/visibility".to_owned()), "null is absent");
        app.editor().get("/v1/batches/x").await.is_problem(404, "not_found");
    }

    async fn an_unknown_field_names_the_nearest(app) {
        given::world(app).await;
        let answer = app.editor().put("/v1/batches/x", &json!({"origin": "waer", "departd_on": "2017-03-18"})).await;
        let answer = answer.is_invalid(&[("/departd_on", "unknown_field")]);
        assert_eq!(answer.json()["errors"][0]["suggestion"], "departed_on");
        let answer = app.editor().put("/v1/batches/x", &json!({"origin": "waer", "kind": "redisplacment"})).await;
        let answer = answer.is_invalid(&[("/kind", "unknown_word")]);
        assert_eq!(answer.json()["errors"][0]["suggestion"], "redisplacement");
        assert_eq!(answer.json()["errors"][0]["value"], "redisplacment");
    }

    async fn pointers_are_escaped(app) {
        app.editor()
            .put("/v1/sources/x", &json!({"name": "x", "kind": "media", "a/b~c": 1}))
            .await
            .is_invalid(&[("/a~1b~0c", "unknown_field")]);
    }

    async fn a_body_too_large_is_refused_and_who_asks_comes_first(app) {
        let body = vec![b' '; 50 << 20];
        app.editor()
            .send("POST", "/v1/sources", Some(("application/json", &body)))
            .await
            .is_problem(413, "body_too_large");
        app.public()
            .send("POST", "/v1/sources", Some(("application/json", &body)))
            .await
            .is_problem(401, "unauthorized");
        let body = vec![b' '; MAX_BODY];
        app.editor()
            .send("POST", "/v1/sources", Some(("application/json", &body)))
            .await
            .is_problem(400, "invalid_json");
    }

    async fn the_type_of_a_body_is_said(app) {
        given::world(app).await;
        let body = b"{\"name\": \"x\", \"kind\": \"media\"}".as_slice();
        let put =
            |kind: &'static str| async move { app.editor().send("PUT", "/v1/sources/x", Some((kind, body))).await };
        for kind in [
            "",
            "text/plain",
            "application/x-www-form-urlencoded",
            "application/json; charset=latin1",
            "application/merge-patch+json",
        ] {
            put(kind).await.is_problem(415, "unsupported_media_type");
        }
        app.editor()
            .with("Content-Encoding", "gzip")
            .send("PUT", "/v1/sources/x", Some(("application/json", body)))
            .await
            .is_problem(415, "unsupported_media_type");
        put("Application/JSON; charset=UTF-8").await.is(201);
        for kind in ["application/json", "application/merge-patch+json"] {
            app.editor().send("PATCH", "/v1/sources/x", Some((kind, b"{\"name\": \"y\"}"))).await.is(200);
        }
        app.editor()
            .send("PATCH", "/v1/sources/x", Some(("text/csv", b"{}")))
            .await
            .is_problem(415, "unsupported_media_type");
    }

    async fn other_methods_and_paths_are_named(app) {
        let answer = app.editor().send("PUT", "/v1/sources", None).await.is_problem(405, "method_not_allowed");
        assert_eq!(answer.header("Allow"), Some("GET, HEAD, POST"));
        let answer = app.editor().send("POST", "/v1/sources/x", None).await.is_problem(405, "method_not_allowed");
        assert_eq!(answer.header("Allow"), Some("GET, HEAD, PUT, PATCH, DELETE"));
        app.editor().send("DELETE", "/v1/stats/flows", None).await.is_problem(405, "method_not_allowed");
        app.editor().send("BREW", "/v1/sources", None).await.is_problem(405, "method_not_allowed");
        for path in [
            "/v1",
            "/v1/",
            "/v1/nothing",
            "/v2/sources",
            "/v1/sources/",
            "/v1/sources/a/b/c",
            "/v1//sources",
            "/nothing",
        ] {
            app.editor().get(path).await.is_problem(404, "not_found");
        }
    }

    async fn strange_codes_in_paths_are_not_found(app) {
        given::world(app).await;
        for code in ["%00", "%FF", "a%2Fb", "%D8%A7", "x%20y", &"x".repeat(3_000), "-", "..", "%2e%2e"] {
            for method in ["GET", "DELETE"] {
                let answer = app.editor().send(method, &format!("/v1/sources/{code}"), None).await;
                assert!(answer.status == 404 || answer.status == 400, "{code}: {}", answer.status);
            }
            let answer = app.editor().put(&format!("/v1/sources/{code}"), &json!({"name": "x", "kind": "media"})).await;
            assert!((400..=422).contains(&answer.status), "{code}: {}", answer.status);
        }
        assert_eq!(app.editor().codes("/v1/sources").await, ["council", "radio"]);
    }

    async fn an_invalid_body_goes_before_a_conflict(app) {
        given::world(app).await;
        app.editor()
            .post("/v1/sources", &json!({"code": "radio", "name": "x", "kind": "x"}))
            .await
            .is_problem(422, "invalid_body");
        app.editor()
            .post("/v1/sources", &json!({"code": "radio", "name": "x", "kind": "media"}))
            .await
            .is_problem(409, "already_exists");
    }

    async fn a_reference_to_nothing_suggests_what_is_there(app) {
        given::world(app).await;
        let body = json!({"origin": "waeer", "agreement": "deel",
            "movements": [{"destination": "Zoghra camp", "figures": [
                {"stage": "planned", "individuals": 1, "source": "radioo"}]}]});
        let answer = app.editor().put("/v1/batches/x", &body).await;
        let answer =
            answer.points_at(&["/origin", "/agreement", "/movements/0/destination", "/movements/0/figures/0/source"]);
        for error in answer.json()["errors"].as_array().unwrap() {
            assert_eq!(error["code"], "unknown_reference");
            let place = error["pointer"].as_str().unwrap();
            let expected = match place.rsplit('/').next().unwrap() {
                "origin" => "waer",
                "agreement" => "deal",
                "source" => "radio",
                _ => "zoghra",
            };
            assert!(error["suggestion"].as_str().is_some_and(|text| text.contains(expected)), "{error}");
        }
    }

    async fn request_ids_are_kept_or_made(app) {
        let answer = app.public().with("X-Request-Id", "my-id_1.2").get("/v1/sources").await.is(200);
        assert_eq!(answer.header("X-Request-Id"), Some("my-id_1.2"));
        let answer = app.public().with("X-Request-Id", "a b\"c").get("/v1/nothing").await.is_problem(404, "not_found");
        assert_ne!(answer.header("X-Request-Id"), Some("a b\"c"));
    }

    async fn pages_of_others_may_ask(app) {
        let answer = app.public().with("Origin", "https://a.example").get("/v1/sources").await.is(200);
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"));
        let exposed = answer.header("Access-Control-Expose-Headers").unwrap().to_ascii_lowercase();
        for name in ["link", "etag", "content-disposition", "x-request-id"] {
            assert!(exposed.contains(name), "{exposed}");
        }
        let preflight = app
            .public()
            .with("Origin", "https://a.example")
            .with("Access-Control-Request-Method", "PATCH")
            .with("Access-Control-Request-Headers", "authorization,content-type,if-match,if-none-match,idempotency-key")
            .send("OPTIONS", "/v1/sources/x", None)
            .await
            .is(200);
        let methods = preflight.header("Access-Control-Allow-Methods").unwrap().to_owned();
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            assert!(methods.contains(method), "{methods}");
        }
    }
}
