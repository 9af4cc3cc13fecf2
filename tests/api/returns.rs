//! Returns: families coming back together.

use serde_json::json;

use crate::support::given;

both! {
    async fn a_return_is_sent_whole_and_read_whole(app) {
        given::world(app).await;
        let body = json!({
            "from": "zoghra", "to": "waer", "agreement": "deal", "scheduled_on": "2017-07-10",
            "returned_on": "2017-07-11", "from_as_reported": "camps at Jarablus", "household_completeness": "partial",
            "members_remaining": 12, "reasons": ["poor_conditions"],
            "parties": [{"name": "Governor", "role": "organiser"}], "notes": "n", "figures": [
                {"code": "f1", "stage": "registered", "source": "radio", "households": 170},
                {"code": "f2", "source": "radio", "stage": "departed", "households": 150, "individuals": 500,
                    "individuals_quantifier": "more_than"},
                {"code": "f3", "source": "council", "stage": "arrived", "individuals": 630,
                    "individuals_quantifier": "less_than"},
            ],
        });
        let row = app.editor().put("/v1/returns/r", &body).await.is(201).json();
        let expected = json!({
            "code": "r", "from": "zoghra", "from_name": "Zoghra camp", "to": "waer", "to_name": "Al-Wa'er",
            "movement": null, "agreement": "deal", "agreement_name": "The deal", "scheduled_on": "2017-07-10",
            "returned_on": "2017-07-11", "returned_on_precision": "day", "from_as_reported": "camps at Jarablus",
            "household_completeness": "partial", "members_remaining": 12, "cancelled": false,
            "reasons": ["poor_conditions"], "parties": [{"name": "Governor", "role": "organiser"}],
            "visibility": "public", "notes": "n", "origin": "waer", "origin_name": "Al-Wa'er", "destination": "zoghra",
            "destination_name": "Zoghra camp", "households": 150, "households_low": 150, "households_high": 150,
            "households_high_open": false, "individuals": 500, "individuals_low": 500, "individuals_high": 630,
            "individuals_high_open": false, "households_figure": "f2", "individuals_figure": "f2", "figure_count": 2,
            "revision": 1,
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(row.get(name), Some(value), "{name}");
        }
        assert_eq!(row["figures"].as_array().map(Vec::len), Some(3));
        assert_eq!(app.editor().json("/v1/returns/r").await, row);
        assert_eq!(app.editor().put("/v1/returns/r", &row).await.is(200).json(), row);
    }

    async fn a_return_of_a_movement_reads_its_places(app) {
        given::world(app).await;
        given::batch("b")
            .with("agreement", "deal")
            .on("2017-03-18")
            .to("zoghra", &[given::individuals("departed", 50)])
            .put(app)
            .await;
        // They came back from elsewhere, to elsewhere, and count where they had left.
        let row = given::homecoming("r")
            .with("from", "bab")
            .with("to", "SY04")
            .with("movement", "b.zoghra")
            .on("2017-05-01")
            .figures(&[given::individuals("arrived", 20)])
            .put(app)
            .await;
        assert_eq!((&row["from"], &row["to"]), (&json!("bab"), &json!("SY04")));
        assert_eq!((&row["origin"], &row["destination"]), (&json!("waer"), &json!("zoghra")));
        assert_eq!((&row["origin_name"], &row["destination_name"]), (&json!("Al-Wa'er"), &json!("Zoghra camp")));
        assert_eq!(row["agreement"], json!(null));
        for (query, found) in [
            ("origin=waer", 1),
            ("destination=zoghra", 1),
            ("destination=bab", 0),
            ("agreement=deal", 1),
            ("batch=b", 1),
        ] {
            assert_eq!(app.public().rows(&format!("/v1/returns?{query}")).await.len(), found, "{query}");
        }
        let stocks = app.public().rows("/v1/stats/stocks?by=destination,agreement").await;
        assert_eq!(stocks.len(), 1);
        assert_eq!((&stocks[0]["destination"], &stocks[0]["remaining_individuals"]), (&json!("zoghra"), &json!(30)));
    }

    async fn more_back_than_left_is_remarked_upon(app) {
        given::world(app).await;
        given::batch("b").on("2017-03-18").to("zoghra", &[given::individuals("departed", 50)]).put(app).await;
        let body = given::homecoming("r")
            .with("movement", "b.zoghra")
            .on("2017-05-01")
            .figures(&[given::individuals("arrived", 51)])
            .body();
        let answer = app.editor().put("/v1/returns/r", &body).await.is(201);
        assert!(answer.warnings().iter().any(|(_, code)| code == "over_return"), "{}", answer.text());
        let rows = app.public().rows("/v1/stats/stocks").await;
        assert_eq!((&rows[0]["remaining_individuals"], &rows[0]["over_return"]), (&json!(-1), &json!(true)));
        assert!(rows[0]["return_rate"].as_f64().unwrap() > 1.0);
    }

    async fn rules_are_kept(app) {
        given::world(app).await;
        given::batch("o").with("kind", "onward").on("2017-03-18").to("zoghra", &[]).put(app).await;
        given::batch("b").on("2017-03-18").to("zoghra", &[]).put(app).await;
        let editor = app.editor();
        let base = || given::homecoming("r");
        editor.put("/v1/returns/r", &base().with("to", "zoghra").body()).await.points_at(&["/to"]);
        editor.put("/v1/returns/r", &base().with("movement", "o.zoghra").body()).await.points_at(&["/movement"]);
        editor.put("/v1/returns/r", &base().with("movement", "b.nowhere").body()).await.points_at(&["/movement"]);
        editor
            .put("/v1/returns/r", &base().with("members_remaining", -1).body())
            .await
            .points_at(&["/members_remaining"]);
        editor.put("/v1/returns/r", &base().on("2026-11-24").body()).await.points_at(&["/returned_on"]);
        editor
            .put("/v1/returns/r", &base().figures(&[given::individuals("arrived", 5)]).body())
            .await
            .points_at(&["/figures/0/stage"]);
        editor.put("/v1/returns/r", &base().figures(&[given::individuals("planned", 5)]).body()).await.is(201);
        // A batch that people have come back from does not become an onward one.
        editor.patch("/v1/returns/r", &json!({"movement": "b.zoghra"})).await.is(200);
        editor.patch("/v1/batches/b", &json!({"kind": "onward"})).await.points_at(&["/kind"]);
    }

    async fn filters_find_returns(app) {
        given::world(app).await;
        given::homecoming("r1")
            .on("2017-05-01")
            .with("returned_on_precision", "week")
            .with("agreement", "deal")
            .figures(&[json!({"stage": "arrived", "individuals": 21, "source": "radio"})])
            .put(app)
            .await;
        given::homecoming("r2").with("from", "bab").on("2017-07-11").put(app).await;
        given::homecoming("r3").with("to", "bab").with("from", "SY0208").put(app).await;
        let found = |query: &'static str| async move { app.editor().codes(&format!("/v1/returns?{query}")).await };
        assert_eq!(found("").await, ["r2", "r1", "r3"]);
        assert_eq!(found("destination=SY0208").await, ["r1", "r3"]);
        assert_eq!(found("origin=SY04").await, ["r2", "r1"]);
        assert_eq!(found("origin=bab").await, ["r3"]);
        assert_eq!(found("from=2017-05-01&to=2017-05-07").await, ["r1"]);
        assert_eq!(found("from=2017-05-01&to=2017-05-06").await, [""; 0]);
        assert_eq!(found("source=radio").await, ["r1"]);
        assert_eq!(found("agreement=deal").await, ["r1"]);
        assert_eq!(found("settlement_type=planned_camp").await, ["r1"]);
    }
}
