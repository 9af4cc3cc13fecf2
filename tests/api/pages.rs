//! The pages for people: what a browser is sent before any script runs. What the scripts do is tested in `ui/tests`.

const PAGES: [&str; 8] =
    ["/", "/enter", "/upload", "/settings", "/docs", "/docs/columns", "/docs/problems", "/docs/samples"];

/// The addresses that a page loads.
fn loaded(page: &str) -> Vec<String> {
    let tags = page.split('<').filter(|tag| tag.starts_with("script") || tag.starts_with("link"));
    let address = |tag: &str| {
        let after = tag.split_once("src=\"").or_else(|| tag.split_once("href=\""))?.1;
        Some(after.split('"').next()?.to_owned())
    };
    tags.filter_map(address).collect()
}

both! {
    async fn a_page_is_open_and_in_the_language_of_its_reader(app) {
        let stranger = app.stranger().await;
        for path in PAGES {
            for (accept, query, language, direction) in [
                ("ar-SY,ar;q=0.9,en;q=0.8", "", "ar", "rtl"),
                ("en-GB,en", "", "en", "ltr"),
                ("de,fr;q=0.5", "", "en", "ltr"),
                ("ar;q=0,en;q=0.1", "", "en", "ltr"),
                ("en", "?lang=ar", "ar", "rtl"),
                ("ar", "?origin=al-waer&lang=en", "en", "ltr"),
                // What is no language of ours leaves the choice to the browser.
                ("ar", "?lang=xx", "ar", "rtl"),
            ] {
                let page = stranger.with("Accept-Language", accept).get(&format!("{path}{query}")).await.is(200);
                assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"), "{path}");
                assert_eq!(page.header("Content-Language"), Some(language), "{path}{query} {accept}");
                let vary = page.header("Vary").unwrap_or_default().to_lowercase();
                assert!(vary.contains("accept-language") && vary.contains("accept-encoding"), "{vary}");
                let text = page.text();
                assert!(text.contains(&format!("<html lang=\"{language}\" dir=\"{direction}\">")), "{path}{query} {accept}");
            }
        }
        // A closing slash is forgiven; what is no page is none.
        stranger.get("/docs/").await.is(200);
        stranger.get("/enter/").await.is(200);
        app.public().get("/entering").await.is_problem(404, "not_found");
        app.public().post("/enter", &serde_json::json!({})).await.is_problem(405, "method_not_allowed");
    }

    async fn a_page_runs_nothing_but_what_this_service_serves(app) {
        let stranger = app.stranger().await;
        for path in PAGES {
            let page = stranger.get(path).await.is(200);
            let policy = page.header("Content-Security-Policy").expect("a policy");
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{policy}");
            let text = page.text();
            assert!(!text.contains("<style") && !text.contains(" style=") && !text.contains("<script>"), "{path}");
            let loaded = loaded(&text);
            assert!(loaded.len() > 3, "{path}: {loaded:?}");
            for address in loaded {
                assert!(address.starts_with('/') && !address.starts_with("//"), "{path}: {address}");
                stranger.get(&address).await.is(200);
            }
        }
        // A worker may do what its own answer allows: without this one it could fetch nothing.
        let worker = stranger.get("/sw.js").await.is(200);
        let policy = worker.header("Content-Security-Policy").expect("a policy");
        assert!(policy.contains("connect-src 'self'"), "{policy}");
    }

    async fn a_file_of_the_pages_comes_compressed_and_only_once(app) {
        let stranger = app.stranger().await;
        let page = stranger.get("/").await.text();
        let script = loaded(&page).into_iter().find(|address| address.ends_with(".js")).expect("a script");
        for path in ["/", script.as_str(), "/sw.js", "/icon.svg"] {
            let mut tags = vec![];
            for (accept, encoding) in [("br, gzip", Some("br")), ("gzip;q=1, br;q=0", Some("gzip")), ("", None)] {
                let client = stranger.with("Accept-Encoding", accept);
                let answer = client.get(path).await.is(200);
                assert_eq!(answer.header("Content-Encoding"), encoding, "{path} {accept}");
                let tag = answer.header("ETag").expect("a tag").to_owned();
                assert!(!tag.starts_with("W/"), "{tag}");
                let again = client.with("If-None-Match", &tag).get(path).await.is(304);
                assert_eq!((again.header("ETag"), again.text()), (Some(tag.as_str()), String::new()));
                let head = client.head(path).await.is(200);
                assert_eq!((head.header("ETag"), head.header("Content-Encoding")), (Some(tag.as_str()), encoding));
                tags.push(tag);
            }
            tags.dedup();
            assert_eq!(tags.len(), 3, "the same tag for other bytes: {path}");
        }
        let kept = stranger.get(&script).await.is(200);
        assert_eq!(kept.header("Cache-Control"), Some("public, max-age=31536000, immutable"));
        assert_eq!(stranger.get("/").await.header("Cache-Control"), Some("no-cache"));
        app.public().get("/assets/none.js").await.is_problem(404, "not_found");
        app.public().get("/assets/..%2fpages%2flook.en.html").await.is_problem(404, "not_found");
    }

    async fn the_columns_are_those_of_the_templates(app) {
        let sheets = app.stranger().await.json("/docs/columns.json").await;
        for sheet in sheets.as_array().expect("the sheets") {
            let name = sheet["sheet"].as_str().expect("a name");
            let template = app.public().text(&format!("/v1/templates/{name}.csv")).await;
            let header: Vec<&str> = template.trim_start_matches('\u{feff}').lines().next().unwrap().split(',').collect();
            let columns = sheet["columns"].as_array().expect("columns");
            let names: Vec<_> = columns.iter().map(|column| column["name"].as_str().unwrap()).collect();
            assert_eq!(names, header, "{name}");
            assert!(columns.iter().all(|column| column["meaning"] != "" && column["meaning_ar"] != ""), "{name}");
        }
    }
}
