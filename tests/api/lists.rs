//! Lists: pages, order, what a query may say, and what it may not.

use serde_json::{Value, json};

use crate::support::{Client, given};

/// Every code that a list gives, one row at a time.
async fn page_through(client: &Client, path: &str) -> Vec<String> {
    let mut codes = vec![];
    let mut next = format!("{path}{}limit=1", if path.contains('?') { "&" } else { "?" });
    loop {
        let answer = client.get(&next).await.is(200);
        let page = answer.json();
        let rows = page["data"].as_array().unwrap();
        assert!(rows.len() <= 1, "{next}");
        codes.extend(rows.iter().map(|row| row["code"].as_str().unwrap().to_owned()));
        match (page["next_cursor"].as_str(), answer.header("Link")) {
            (Some(cursor), Some(link)) => {
                assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte)), "{cursor}");
                let address = link.strip_prefix('<').and_then(|link| link.strip_suffix(">; rel=\"next\""));
                next = address.unwrap_or_else(|| panic!("{link}")).to_owned();
                assert!(next.contains(cursor), "{next}");
            }
            (None, None) => return codes,
            both => panic!("{next}: {both:?}"),
        }
    }
}

both! {
    async fn paging_gives_each_row_once_in_order(app) {
        app.load_al_waer().await;
        let editor = app.editor();
        for resource in ["locations", "sources", "agreements", "batches", "movements", "returns", "figures"] {
            let dated = !matches!(resource, "locations" | "sources");
            let sorts: &[&str] = if dated {
                &["", "?sort=date", "?sort=-code", "?sort=updated_at"]
            } else {
                &["", "?sort=-code", "?sort=-updated_at"]
            };
            for sort in sorts {
                let path = format!("/v1/{resource}{sort}");
                let whole =
                    editor.codes(&format!("{path}{}limit=10000", if sort.is_empty() { "?" } else { "&" })).await;
                assert!(!whole.is_empty());
                assert_eq!(page_through(&editor, &path).await, whole, "{path}");
            }
        }
    }

    async fn paging_keeps_filters_and_stops_where_they_do(app) {
        app.load_al_waer().await;
        let path = "/v1/movements?destination=SY0208&q=al%20waer&from=2017-03-20";
        let whole = app.public().codes(&format!("{path}&limit=100")).await;
        assert_eq!(page_through(&app.public(), path).await, whole);
        assert!(whole.iter().all(|code| !code.contains("-01.")), "{whole:?}");
    }

    async fn undated_rows_come_last_in_either_direction(app) {
        given::world(app).await;
        for (code, day) in
            [("a", Some("2017-03-18")), ("B", None), ("b", None), ("c", Some("2017-03-18")), ("d", Some("2016-03-18"))]
        {
            let batch = given::batch(code);
            match day {
                Some(day) => batch.with("departed_on", day).put(app).await,
                None => batch.put(app).await,
            };
        }
        let editor = app.editor();
        assert_eq!(page_through(&editor, "/v1/batches").await, ["c", "a", "d", "b", "B"]);
        assert_eq!(page_through(&editor, "/v1/batches?sort=date").await, ["d", "a", "c", "B", "b"]);
        assert_eq!(page_through(&editor, "/v1/batches?sort=code").await, ["B", "a", "b", "c", "d"], "codes by bytes");
    }

    async fn a_total_is_counted_when_asked_for(app) {
        app.load_al_waer().await;
        let list = app.editor().json("/v1/movements?limit=2&count=true&destination=SY07").await;
        let batches_to_idleb = 4;
        assert_eq!((&list["total"], list["data"].as_array().map(Vec::len)), (&json!(batches_to_idleb), Some(2)));
        assert_eq!(app.editor().json("/v1/movements?limit=2").await.get("total"), None);
        assert_eq!(app.editor().json("/v1/movements?count=false").await.get("total"), None);
        let empty = app.editor().get("/v1/movements?count=true&q=nonsense").await.is(200);
        assert_eq!(empty.json(), json!({"data": [], "next_cursor": null, "total": 0}));
    }

    async fn bad_queries_are_refused_by_name(app) {
        app.load_al_waer().await;
        let public = app.public();
        let refused = |path: &'static str, expected: &'static [(&'static str, &'static str)]| {
            let public = public.clone();
            async move { public.get(path).await.is_bad_query(expected).json() }
        };
        let problem = refused("/v1/movements?orgin=x", &[("orgin", "unknown_parameter")]).await;
        assert_eq!(problem["errors"][0]["suggestion"], "origin");
        refused("/v1/movements?limit=1&limit=2", &[("limit", "repeated_parameter")]).await;
        refused("/v1/movements?parent=SY", &[("parent", "not_applicable")]).await;
        refused("/v1/locations?origin=SY", &[("origin", "not_applicable")]).await;
        refused("/v1/movements?from=2017-05-01&to=2017-04-01", &[("to", "from_after_to")]).await;
        for path in [
            "/v1/movements?limit=0",
            "/v1/movements?limit=10001",
            "/v1/movements?limit=x",
            "/v1/movements?limit=-1",
            "/v1/movements?count=yes",
            "/v1/movements?sort=name",
            "/v1/locations?sort=date",
            "/v1/movements?labels=fr",
            "/v1/movements?kind=convoy",
            "/v1/movements?kind=displacement,onward",
            "/v1/movements?from=2017-02-30",
            "/v1/movements?from=yesterday",
            "/v1/movements?to=2017-5-1",
            "/v1/movements?cursor=x",
            "/v1/movements?cursor=",
            "/v1/movements?origin=nowhere",
            "/v1/movements?agreement=nothing",
            "/v1/movements?batch=nothing",
            "/v1/movements?source=nobody",
            "/v1/movements?source=sana,smart",
            "/v1/movements?updated_since=x",
            "/v1/figures?stage=left",
            "/v1/figures?role=best",
            "/v1/figures?scope=all",
            "/v1/movements?stage=departed",
            "/v1/movements?origin=",
            "/v1/movements?origin=SY04,,SY02",
            "/v1/movements?origin=SY04,SY04",
            "/v1/movements?q=%FF",
            "/v1/movements.csv?limit=1",
            "/v1/movements.csv?count=true",
            "/v1/movements.csv?cursor=x",
            "/v1/movements.ndjson?bom=true",
            "/v1/movements?bom=true",
            "/v1/movements/al-waer-01.SY0208?limit=1",
            "/v1/locations?parent=nowhere",
        ] {
            public.get(path).await.is_problem(400, "invalid_parameters");
        }
        // A place in a date is most likely meant as a place.
        let problem =
            public.get("/v1/movements?from=al-waer&to=SY07").await.is_problem(400, "invalid_parameters").json();
        let text = problem.to_string();
        assert!(text.contains("origin") && text.contains("destination"), "{text}");
        // All of them, not the first.
        let problem = public
            .get("/v1/movements?limit=0&colour=red&from=x&origin=nowhere")
            .await
            .is_problem(400, "invalid_parameters")
            .json();
        assert_eq!(problem["errors"].as_array().map(Vec::len), Some(4), "{problem}");
    }

    async fn a_cursor_belongs_to_its_order(app) {
        app.load_al_waer().await;
        let page = app.editor().json("/v1/movements?limit=1").await;
        let cursor = page["next_cursor"].as_str().unwrap();
        app.editor()
            .get(&format!("/v1/movements?limit=1&sort=code&cursor={cursor}"))
            .await
            .is_problem(400, "invalid_parameters");
        app.editor().get(&format!("/v1/movements?limit=7&cursor={cursor}")).await.is(200);
        app.editor()
            .get(&format!("/v1/movements?limit=7&cursor={cursor}x"))
            .await
            .is_problem(400, "invalid_parameters");
    }

    async fn nearly_right_codes_are_suggested(app) {
        app.load_al_waer().await;
        let problem =
            app.public().get("/v1/movements?destination=zogra-camp").await.is_problem(400, "invalid_parameters").json();
        assert_eq!(problem["errors"][0]["suggestion"], "zoghra-camp", "{problem}");
        let problem =
            app.public().get("/v1/movements?kind=displacment").await.is_problem(400, "invalid_parameters").json();
        assert_eq!(problem["errors"][0]["suggestion"], "displacement", "{problem}");
    }

    async fn sql_in_every_parameter_finds_nothing(app) {
        app.load_al_waer().await;
        let sql = "'; DROP TABLE movements; --";
        for name in [
            "origin",
            "destination",
            "agreement",
            "kind",
            "from",
            "batch",
            "source",
            "sort",
            "cursor",
            "limit",
            "settlement_type",
            "updated_since",
        ] {
            app.public()
                .get(&format!("/v1/movements?{name}={}", sql.replace(';', "%3B")))
                .await
                .is_problem(400, "invalid_parameters");
        }
        for q in ["'; DROP TABLE movements; --", "%25", "_", "\\", "\" OR 1=1"] {
            assert_eq!(app.public().rows(&format!("/v1/movements?q={}", q.replace(';', "%3B"))).await.len(), 0, "{q}");
        }
        app.public().get("/v1/movements/x'%20OR%201=1--").await.is_problem(404, "not_found");
        assert_eq!(app.public().rows("/v1/movements").await.len(), 15);
    }

    async fn arabic_names_where_there_are_any(app) {
        given::world(app).await;
        given::batch("b").with("agreement", "deal").on("2017-03-18").to("bab", &[]).put(app).await;
        let row = &app.public().rows("/v1/movements?labels=ar").await[0];
        assert_eq!((&row["origin_name"], &row["destination_name"]), (&json!("الوعر"), &json!("Al-Bab")));
        let csv = app.public().text("/v1/movements.csv?labels=ar").await;
        assert!(csv.contains("الوعر") && csv.contains("Al-Bab"), "{csv}");
        let stats: Vec<Value> = app.public().rows("/v1/stats/flows?by=origin&labels=ar").await;
        assert_eq!(stats[0]["origin_name"], "الوعر");
    }
}
