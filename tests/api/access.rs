//! Who sees what: without a token only what is public, in every format; below the editor's role no confidential source.

use serde_json::{Value, json};

use crate::support::{TestApp, given};

const LISTS: [&str; 7] = ["locations", "sources", "agreements", "batches", "movements", "returns", "figures"];

/// A record in which every second thing is hidden. What is hidden says `SECRET` somewhere.
async fn record(app: &TestApp) {
    given::world(app).await;
    given::source("mole").with("name", "SECRET source").with("confidential", true).put(app).await;
    app.editor().patch("/v1/agreements/deal", &json!({"notes": "SECRET notes"})).await.is(200);
    let figures = [
        json!({"code": "p-left", "stage": "departed", "individuals": 100, "source": "radio", "men": 40, "civilians": 90,
            "fighters": 10, "excerpt": "SECRET excerpt", "notes": "SECRET notes", "term_as_reported": "people",
            "title": "The news"}),
        json!({"code": "p-quiet", "stage": "arrived", "individuals": 110, "source": "mole",
            "url": "https://secret.example", "title": "SECRET title", "excerpt": "SECRET", "notes": "SECRET",
            "term_as_reported": "SECRET term", "place_as_reported": "SECRET place", "reported_on": "2017-03-20"}),
        json!({"code": "p-plan", "stage": "planned", "individuals": 500}),
        json!({"code": "p-withdrawn", "stage": "withdrawn", "individuals": 3}),
    ];
    given::batch("public")
        .with("agreement", "deal")
        .with("scheduled_on", "2017-03-10")
        .with("notes", "SECRET notes")
        .on("2017-03-18")
        .to("zoghra", &figures)
        .put(app)
        .await;
    app.editor().patch("/v1/movements/public.zoghra", &json!({"notes": "SECRET notes"})).await.is(200);
    let some = [json!({"stage": "departed", "individuals": 7, "source": "radio"})];
    given::batch("SECRET-restricted").with("visibility", "restricted").on("2017-04-01").to("bab", &some).put(app).await;
    given::batch("SECRET-planned")
        .with("scheduled_on", "2017-05-01")
        .to("bab", &[given::individuals("planned", 8)])
        .put(app)
        .await;
    given::batch("SECRET-cancelled").with("cancelled", true).on("2017-05-01").to("bab", &some).put(app).await;
    let back = [
        json!({"code": "r-back", "stage": "arrived", "individuals": 20, "source": "radio"}),
        json!({"code": "r-plan", "stage": "registered", "individuals": 60}),
    ];
    given::homecoming("back")
        .with("movement", "public.zoghra")
        .with("scheduled_on", "2017-05-30")
        .with("members_remaining", 5)
        .with("notes", "SECRET notes")
        .on("2017-06-01")
        .figures(&back)
        .put(app)
        .await;
    // A public return whose movement is hidden: it counts by its own places, which are others.
    given::homecoming("of-hidden")
        .with("from", "SY0208")
        .with("movement", "SECRET-restricted.bab")
        .on("2017-06-02")
        .figures(&[json!({"code": "h-back", "stage": "arrived", "individuals": 4, "source": "radio"})])
        .put(app)
        .await;
    given::homecoming("SECRET-back")
        .with("visibility", "restricted")
        .on("2017-06-03")
        .figures(&[given::individuals("arrived", 2)])
        .put(app)
        .await;
    given::homecoming("SECRET-not-yet").put(app).await;
    for body in [
        json!({"code": "SECRET-total", "batch": "SECRET-restricted", "stage": "departed", "individuals": 9}),
        json!({"code": "a-total", "agreement": "deal", "stage": "departed", "individuals": 9, "source": "mole",
            "url": "https://secret.example"}),
        json!({"code": "a-plan", "agreement": "deal", "stage": "planned", "individuals": 10}),
    ] {
        app.editor().post("/v1/figures", &body).await.is(201);
    }
}

both! {
    async fn nobody_finds_what_is_hidden_in_any_format(app) {
        record(app).await;
        let public = app.public();
        for list in LISTS {
            for query in ["", "?count=true", "?labels=ar", ".csv", ".ndjson", "?sort=code&limit=1", "?q=secret"] {
                let text = public.text(&format!("/v1/{list}{query}")).await;
                assert!(
                    !text.contains("SECRET") && !text.contains("secret.example") && !text.contains("mole\""),
                    "{list}{query}: {text}"
                );
            }
            let cells = format!("{:?}", public.get(&format!("/v1/{list}.xlsx")).await.is(200).sheet().rows);
            assert!(!cells.contains("SECRET") && !cells.contains("secret.example"), "{list}.xlsx: {cells}");
        }
        for path in [
            "stats/flows?by=month,destination,agreement",
            "stats/stocks?by=origin",
            "stats/summary",
            "origins",
            "destinations",
        ] {
            let text = public.text(&format!("/v1/{path}")).await;
            assert!(!text.contains("SECRET"), "{path}: {text}");
        }
    }

    async fn what_is_hidden_does_not_exist(app) {
        record(app).await;
        for client in [app.public()] {
            for path in [
                "batches/SECRET-restricted",
                "batches/SECRET-planned",
                "batches/SECRET-cancelled",
                "movements/SECRET-restricted.bab",
                "movements/SECRET-planned.bab",
                "returns/SECRET-back",
                "returns/SECRET-not-yet",
                "figures/p-plan",
                "figures/p-withdrawn",
                "figures/r-plan",
                "figures/SECRET-total",
                "figures/a-plan",
                "sources/mole",
            ] {
                client.get(&format!("/v1/{path}")).await.is_problem(404, "not_found");
            }
            for query in [
                "movements?batch=SECRET-restricted",
                "movements?source=mole",
                "figures?source=mole",
                "returns?batch=SECRET-restricted",
            ] {
                let answer = client.get(&format!("/v1/{query}")).await.is_problem(400, "invalid_parameters");
                let unknown = client
                    .get(&format!("/v1/{}", query.replace("SECRET-restricted", "nothing").replace("mole", "nothing")))
                    .await;
                assert_eq!(answer.errors()[0].1, unknown.errors()[0].1);
            }
            let answer = client.get("/v1/figures?source=mol").await.is_problem(400, "invalid_parameters");
            assert!(!answer.text().contains("mole"), "{}", answer.text());
            let answer = client.get("/v1/movements?batch=SECRET-restricte").await.is_problem(400, "invalid_parameters");
            assert!(!answer.text().contains("restricted"), "{}", answer.text());
        }
        assert_eq!(app.public().json("/v1/batches?count=true").await["total"], 1);
        assert_eq!(app.public().json("/v1/movements?count=true").await["total"], 1);
        assert_eq!(app.public().json("/v1/returns?count=true").await["total"], 2);
        assert_eq!(app.public().json("/v1/sources?count=true").await["total"], 2);
        let mut figures = app.public().codes("/v1/figures").await;
        figures.sort();
        assert_eq!(figures, ["a-total", "h-back", "p-left", "p-quiet", "r-back"]);
    }

    async fn what_is_withheld_is_null(app) {
        record(app).await;
        let public = app.public();
        let batch = public.json("/v1/batches/public").await;
        assert_eq!((&batch["scheduled_on"], &batch["notes"]), (&json!(null), &json!(null)));
        let movement = &batch["movements"][0];
        assert_eq!((&movement["scheduled_on"], &movement["notes"]), (&json!(null), &json!(null)));
        let figures: Vec<&Value> = movement["figures"].as_array().unwrap().iter().collect();
        assert_eq!(figures.iter().map(|one| one["code"].as_str().unwrap()).collect::<Vec<_>>(), ["p-left", "p-quiet"]);
        for name in ["civilians", "fighters", "excerpt", "notes"] {
            assert_eq!(figures[0][name], json!(null), "{name}");
        }
        for (name, value) in [
            ("men", json!(40)),
            ("source", json!("radio")),
            ("term_as_reported", json!("people")),
            ("title", json!("The news")),
        ] {
            assert_eq!(figures[0][name], value, "{name}");
        }
        // Figures of a confidential source count, and do not say whose they are.
        assert_eq!((&batch["individuals_high"], &figures[1]["individuals"]), (&json!(110), &json!(110)));
        for name in
            ["source", "source_name", "url", "title", "excerpt", "notes", "term_as_reported", "place_as_reported"]
        {
            assert_eq!(figures[1].get(name), Some(&json!(null)), "{name}");
        }
        let back = public.json("/v1/returns/back").await;
        for name in ["scheduled_on", "members_remaining", "notes"] {
            assert_eq!(back[name], json!(null), "{name}");
        }
        assert_eq!(back["movement"], "public.zoghra");
        assert_eq!(back["figures"].as_array().map(Vec::len), Some(1));
        assert_eq!(public.json("/v1/agreements/deal").await["notes"], json!(null));
    }

    async fn a_public_return_of_a_hidden_movement_counts_by_its_own_places(app) {
        record(app).await;
        let row = app.public().json("/v1/returns/of-hidden").await;
        assert_eq!(
            (&row["movement"], &row["destination"], &row["origin"]),
            (&json!(null), &json!("SY0208"), &json!("waer"))
        );
        assert_eq!(app.public().codes("/v1/returns?destination=bab").await, [""; 0]);
        assert_eq!(app.public().codes("/v1/returns?destination=SY0208&sort=code").await, ["back", "of-hidden"]);
        let row = app.reader().json("/v1/returns/of-hidden").await;
        assert_eq!((&row["movement"], &row["destination"]), (&json!("SECRET-restricted.bab"), &json!("bab")));
        assert_eq!(app.reader().codes("/v1/returns?destination=bab").await, ["of-hidden"]);
        let returned = |rows: Vec<Value>| -> Vec<(String, Value)> {
            rows.iter()
                .filter(|row| row["returns"] != 0)
                .map(|row| (row["destination"].as_str().unwrap().to_owned(), row["returned_individuals"].clone()))
                .collect()
        };
        let path = "/v1/stats/flows?by=destination";
        assert_eq!(
            returned(app.public().rows(path).await),
            [("SY0208".to_owned(), json!(4)), ("zoghra".to_owned(), json!(20))]
        );
        assert_eq!(
            returned(app.reader().rows(path).await),
            [("bab".to_owned(), json!(4)), ("zoghra".to_owned(), json!(22))]
        );
    }

    async fn statistics_count_what_the_caller_may_see(app) {
        record(app).await;
        let public = &app.public().rows("/v1/stats/flows").await[0];
        assert_eq!((&public["displaced_individuals"], &public["returned_individuals"]), (&json!(100), &json!(24)));
        assert_eq!((&public["movements"], &public["returns"]), (&json!(1), &json!(2)));
        let reader = &app.reader().rows("/v1/stats/flows").await[0];
        assert_eq!((&reader["displaced_individuals"], &reader["returned_individuals"]), (&json!(107), &json!(26)));
        let csv = app.public().text("/v1/stats/flows.csv").await;
        assert!(csv.contains(",100,100,110,"), "{csv}");
        let summary = &app.public().rows("/v1/stats/summary").await[0];
        assert_eq!((&summary["batches"], &summary["destinations"]), (&json!(1), &json!(2)));
        // The radio alone: the other source does not exist for them.
        assert_eq!(summary["sources"], 1);
        assert_eq!(app.editor().rows("/v1/stats/summary").await[0]["sources"], 2);
        let mut places = app.public().codes("/v1/destinations").await;
        places.sort();
        assert_eq!(places, ["SY0208", "zoghra"]);
    }

    async fn filters_do_not_find_by_what_is_withheld(app) {
        record(app).await;
        assert_eq!(app.public().codes("/v1/figures?stage=planned").await, [""; 0]);
        assert_eq!(app.public().codes("/v1/figures?stage=withdrawn").await, [""; 0]);
        // Sorted and filtered by the date that is shown, never by the announced one.
        assert_eq!(app.public().codes("/v1/batches?to=2017-03-17").await, [""; 0]);
        assert_eq!(app.public().codes("/v1/sources?q=SECRET").await, [""; 0]);
    }

    async fn readers_see_plans_but_no_confidential_source(app) {
        record(app).await;
        let reader = app.reader();
        assert_eq!(reader.json("/v1/batches?count=true").await["total"], 4);
        assert_eq!(reader.json("/v1/batches/public").await["notes"], "SECRET notes");
        assert_eq!(reader.json("/v1/figures/p-left").await["fighters"], 10);
        assert_eq!(reader.json("/v1/figures/p-plan").await["individuals"], 500);
        reader.get("/v1/sources/mole").await.is_problem(404, "not_found");
        reader.get("/v1/figures?source=mole").await.is_problem(400, "invalid_parameters");
        assert_eq!(reader.codes("/v1/sources").await, ["council", "radio"]);
        let figure = reader.json("/v1/figures/p-quiet").await;
        for name in
            ["source", "source_name", "url", "title", "excerpt", "notes", "term_as_reported", "place_as_reported"]
        {
            assert_eq!(figure.get(name), Some(&json!(null)), "{name}");
        }
        assert_eq!(figure["individuals"], 110);
        let text = reader.text("/v1/figures.csv").await;
        assert!(!text.contains("secret.example") && !text.contains("SECRET t"), "{text}");
        for resource in ["batches/public", "sources/mole"] {
            reader.get(&format!("/v1/{resource}/history")).await.is_problem(403, "forbidden");
        }
        let editor = app.editor();
        assert_eq!(editor.json("/v1/figures/p-quiet").await["source"], "mole");
        assert_eq!(editor.codes("/v1/figures?source=mole&sort=code").await, ["a-total", "p-quiet"]);
        assert_eq!(editor.codes("/v1/sources").await, ["council", "mole", "radio"]);
    }

    async fn writing_needs_an_editor(app) {
        given::world(app).await;
        let body = json!({"name": "x", "kind": "media"});
        for (client, status, code) in [(app.public(), 401, "unauthorized"), (app.reader(), 403, "forbidden")] {
            client.post("/v1/sources", &body).await.is_problem(status, code);
            client.put("/v1/sources/x", &body).await.is_problem(status, code);
            client.patch("/v1/sources/radio", &body).await.is_problem(status, code);
            client.delete("/v1/sources/radio").await.is_problem(status, code);
        }
        app.admin().put("/v1/sources/x", &body).await.is(201);
    }
}
