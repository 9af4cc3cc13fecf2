//! How much one caller may have, and what browsers are told: on every path, for everybody.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use homeward::http::limits::{Limits, Watch};
use homeward::http::table;

use crate::support::TestApp;

/// What strangers may see of a service that is closed: pages, documentation, health. This list only shrinks.
const OPEN: [&str; 19] = [
    "/",
    "/assets/{file}",
    "/docs",
    "/docs/api",
    "/docs/api/{file:.*}",
    "/docs/columns",
    "/docs/columns.json",
    "/docs/problems",
    "/docs/samples",
    "/enter",
    "/health/live",
    "/health/ready",
    "/icon.svg",
    "/openapi.json",
    "/problems",
    "/problems/{code}",
    "/settings",
    "/sw.js",
    "/upload",
];

/// A service that allows so many requests in a minute, whose time is moved by hand.
async fn limited(app: &TestApp, per_minute: u32) -> (crate::support::Client, Arc<AtomicU64>) {
    let seconds = Arc::new(AtomicU64::new(0));
    let told = seconds.clone();
    let watch = Watch::new(move || Duration::from_secs(told.load(Ordering::SeqCst)));
    let limits = Limits::of(per_minute, vec!["127.0.0.0/8".parse().unwrap()], 2, watch);
    (app.limited(limits).await, seconds)
}

/// A file of the pages.
fn an_asset() -> String {
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/ui/dist/assets")).unwrap();
    let names = folder.map(|file| file.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.ends_with(".css")).min().unwrap()
}

/// An address of every path in the route table.
fn addresses() -> Vec<(String, String, Vec<String>)> {
    let address = |path: &str| {
        let path = path.replace("/assets/{file}", &format!("/assets/{}", an_asset()));
        let path = path.replace("{sheet}", "locations").replace("{format}", "pdf").replace("{file:.*}", "index.html");
        path.replace("{file}", "nothing.pdf")
            .replace("{code}", "not_found")
            .replace("{name}", "nobody")
            .replace("{import}", "locations")
    };
    let all = table().into_paths();
    assert!(all.len() > 80, "{}", all.len());
    // A page is the same one with a slash behind it.
    let plain = |path: &str| if path == "/" { path.to_owned() } else { path.trim_end_matches('/').to_owned() };
    all.into_iter().map(|(path, methods)| (plain(&path), address(&path), methods)).collect()
}

both! {
    async fn nothing_but_pages_and_health_is_open_where_reading_is_not_public(app) {
        app.load_al_waer().await;
        let stranger = app.stranger().await;
        let mut open = BTreeSet::new();
        for (path, address, methods) in addresses() {
            assert!(!address.contains('{'), "{path}: an address of it is not known");
            for method in methods {
                let answer = stranger.send(&method, &address, None).await;
                match answer.status {
                    200 | 308 => {
                        open.insert(path.clone());
                    }
                    status => assert_eq!(status, 401, "{method} {path}: {}", answer.text()),
                }
            }
        }
        assert_eq!(open, OPEN.iter().map(|path| (*path).to_owned()).collect());
    }

    async fn whoever_asks_too_often_is_told_when_to_come_back(app) {
        let (client, seconds) = limited(app, 3).await;
        for _ in 0..3 {
            client.get("/v1/sources").await.is(200);
        }
        let answer = client.get("/v1/sources").await.is_problem(429, "too_many_requests");
        assert_eq!(answer.header("Retry-After"), Some("21"));
        // A token has an allowance of its own, wherever it is used; a wrong one uses up that of the address.
        let reader = client.with("Authorization", &format!("Bearer {}", app.reader_token()));
        reader.get("/v1/sources").await.is(200);
        client.with("Authorization", "Bearer hw_guess").get("/v1/sources").await.is_problem(429, "too_many_requests");
        client.with("Authorization", "nonsense").get("/v1/sources").await.is_problem(429, "too_many_requests");
        // Whoever watches the service is never sent away.
        client.get("/health/ready").await.is(200);
        seconds.store(20, Ordering::SeqCst);
        client.with("Authorization", "Bearer hw_guess").get("/v1/sources").await.is_problem(401, "unauthorized");
        client.get("/docs/").await.is_problem(429, "too_many_requests");
        for _ in 0..2 {
            reader.get("/v1/sources").await.is(200);
        }
        reader.get("/v1/sources").await.is(200);
        reader.get("/v1/sources").await.is_problem(429, "too_many_requests");
    }

    async fn statistics_and_files_take_turns_and_nothing_else_waits_for_them(app) {
        app.load_al_waer().await;
        let limits = Limits::of(0, vec![], 2, Watch::running());
        let counting = limits.statistic().await.unwrap();
        let mut sending = vec![];
        for _ in 0..64 {
            sending.push(limits.file().await.unwrap());
        }
        let client = app.limited(limits).await;
        let long = ["/v1/stats/flows", "/v1/destinations.csv", "/v1/movements.csv", "/v1/exports/dataset.zip", "/v1/movements.xlsx"];
        for path in long {
            let answer = client.get(path).await.is_problem(503, "unavailable");
            assert!(answer.header("Retry-After").is_some(), "{path}");
        }
        for path in ["/v1/movements", "/v1/movements/al-waer-01.SY0208", "/health/ready"] {
            client.get(path).await.is(200);
        }
        drop((counting, sending));
        // A turn is given back at the end of what it was for, as often as it is asked for.
        for _ in 0..70 {
            client.get("/v1/movements.csv").await.is(200);
            client.get("/v1/stats/summary").await.is(200);
        }
        for path in long {
            client.get(path).await.is(200);
        }
    }

    async fn every_answer_tells_browsers_to_be_careful(app) {
        app.load_al_waer().await;
        for (path, address, _) in addresses() {
            for client in [app.public(), app.admin()] {
                let answer = client.get(&address).await;
                for (name, value) in [
                    ("X-Content-Type-Options", "nosniff"),
                    ("X-Frame-Options", "DENY"),
                    ("Referrer-Policy", "no-referrer"),
                    ("Cross-Origin-Resource-Policy", "cross-origin"),
                ] {
                    assert_eq!(answer.header(name), Some(value), "{path}");
                }
                let policy = answer.header("Content-Security-Policy").unwrap_or_default().to_owned();
                for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'"] {
                    assert!(policy.contains(part), "{path}: {policy}");
                }
                assert!(!policy.contains("script-src 'self' 'unsafe") && !policy.contains("http"), "{path}: {policy}");
                assert!(answer.header("Cache-Control").is_some(), "{path}");
                assert!(answer.header("Permissions-Policy").is_some(), "{path}");
            }
        }
    }

    async fn what_a_token_gets_is_kept_by_nobody_else(app) {
        app.load_al_waer().await;
        for (path, address, _) in addresses() {
            if !OPEN.contains(&path.as_str()) {
                let answer = app.admin().get(&address).await;
                let kept = answer.header("Cache-Control").unwrap_or_default();
                assert!(matches!(kept, "no-store" | "private, no-cache"), "{path}: {kept}");
            }
        }
        assert_eq!(app.public().get("/v1/movements").await.header("Cache-Control"), Some("no-cache"));
    }

    async fn a_query_and_its_mistakes_are_bounded(app) {
        let many = "a&".repeat(30_000);
        let answer = app.public().get(&format!("/v1/movements?{many}")).await.is_problem(400, "invalid_parameters");
        assert_eq!(answer.errors().len(), 101);
        assert!(answer.errors().contains(&(String::new(), "too_many".to_owned())));
    }

    async fn the_mistakes_of_a_body_are_bounded(app) {
        let members: Vec<String> = (0..50_000).map(|number| format!("\"m{number}\":0")).collect();
        let body = format!("{{{}}}", members.join(","));
        let answer = app.editor().send("POST", "/v1/sources", Some(("application/json", body.as_bytes()))).await;
        let answer = answer.is_problem(422, "invalid_body");
        assert_eq!(answer.errors().len(), 1_000);
        assert!(answer.json()["detail"].as_str().unwrap().starts_with("50003 things are wrong"), "{}", answer.json()["detail"]);
        // A name as long as a body is compared with nothing, and not repeated in the sentence.
        let body = format!("{{\"{}\":0}}", "x".repeat(5 << 20));
        let answer = app.editor().send("POST", "/v1/sources", Some(("application/json", body.as_bytes()))).await;
        let answer = answer.is_problem(422, "invalid_body");
        assert!(answer.json()["errors"].as_array().unwrap().iter().all(|error| error["message"].as_str().unwrap().len() < 200));
    }
}
