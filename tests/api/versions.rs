//! `X-Data-Version`: which version of the data an answer is of.

use serde_json::json;

use crate::support::{Answer, given};

#[track_caller]
fn version(answer: &Answer) -> i64 {
    let version = answer.header("X-Data-Version").unwrap_or_else(|| panic!("no version: {answer:?}"));
    version.parse().unwrap()
}

both! {
    async fn every_read_and_every_write_says_its_version(app) {
        given::world(app).await;
        let editor = app.editor();
        let mut last = version(&editor.get("/v1/locations").await);
        let body = json!({"name": "A", "kind": "locality"});
        for (method, path, body) in [
            ("POST", "/v1/locations", json!({"code": "a", "name": "A", "kind": "locality"})),
            ("PUT", "/v1/locations/b", body.clone()),
            ("PATCH", "/v1/locations/b", json!({"name": "B"})),
            ("DELETE", "/v1/locations/b", json!({})),
        ] {
            let sent = Some(("application/json", body.to_string())).filter(|_| method != "DELETE");
            let written = editor.send(method, path, sent.as_ref().map(|(kind, body)| (*kind, body.as_bytes()))).await;
            assert!(written.status < 300 && version(&written) > last, "{method}: {written:?}");
            last = version(&written);
            for path in [
                "/v1/locations", "/v1/locations/a", "/v1/locations.csv", "/v1/locations.xlsx", "/v1/stats/flows", "/v1/stats/flows.csv",
                "/v1/stats/flows.xlsx", "/v1/exports/movements.csv", "/v1/exports/dataset.zip", "/v1/templates/movements.xlsx",
                "/v1/changes", "/v1/imports", "/v1/locations/a/history", "/v1/locations/nobody",
            ] {
                let answer = editor.get(path).await;
                assert_eq!(version(&answer), last, "{path}");
                if let Some(tag) = answer.header("ETag").filter(|tag| tag.starts_with("W/")) {
                    assert!(tag.starts_with(&format!("W/\"{last}-")), "{path}: {tag}");
                    let again = editor.with("If-None-Match", tag).get(path).await.is(304);
                    assert_eq!(version(&again), last, "{path}");
                }
            }
        }
        // What changes nothing, and what is sent again, has the version that is there.
        let twice = editor.with("Idempotency-Key", "k");
        for _ in 0..2 {
            assert_eq!(version(&editor.put("/v1/locations/a", &body).await.is(200)), last);
        }
        let new = json!({"code": "d", "name": "D", "kind": "locality"});
        let first = version(&twice.post("/v1/locations", &new).await.is(201));
        assert!(first > last);
        let next = version(&editor.put("/v1/locations/c", &body).await.is(201));
        assert_eq!(version(&twice.post("/v1/locations", &new).await.is(201)), next);
        // What has nothing to do with the data has none.
        for path in ["/health/ready", "/v1/tokens", "/metrics"] {
            assert_eq!(app.admin().get(path).await.header("X-Data-Version"), None, "{path}");
        }
    }

    async fn whatever_is_asked_for_the_newest_is_there(app) {
        given::world(app).await;
        let newest = version(&app.public().get("/v1/locations").await);
        for asked in ["0", "1", "-1", "9223372036854775807", "99999999999999999999", "", "newest", "1, 2", "\u{fffd}"] {
            for path in ["/v1/locations", "/v1/stats/flows", "/v1/movements.csv"] {
                let answer = app.public().with("X-Data-Version", asked).get(path).await.is(200);
                assert_eq!(version(&answer), newest, "{asked:?}");
            }
        }
    }

    async fn pages_from_elsewhere_may_read_and_send_it(app) {
        let page = app.public().with("Origin", "https://map.example");
        let exposed = page.get("/v1/locations").await.is(200);
        assert!(exposed.header("Access-Control-Expose-Headers").unwrap().to_lowercase().contains("x-data-version"));
        let asking = page.with("Access-Control-Request-Method", "GET").with("Access-Control-Request-Headers", "x-data-version");
        let allowed = asking.send("OPTIONS", "/v1/locations", None).await.is(200);
        assert!(allowed.header("Access-Control-Allow-Headers").unwrap().to_lowercase().contains("x-data-version"));
    }
}
