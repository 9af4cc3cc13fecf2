//! Movements: the part of a batch that went to one destination.

use serde_json::json;

use crate::support::given;

both! {
    async fn a_movement_is_added_to_a_batch(app) {
        given::world(app).await;
        given::batch("b").with("agreement", "deal").with("number", 3).on("2017-03-18").put(app).await;
        let body = json!({
            "batch": "b", "destination": "zoghra", "arrived_on": "2017-03-19",
            "destination_as_reported": "Zoghra village", "notes": "eight buses",
            "figures": [{"code": "f", "stage": "arrived", "individuals": 1850, "source": "radio"}],
        });
        let answer = app.editor().post("/v1/movements", &body).await.is(201);
        assert_eq!(answer.header("Location"), Some("/v1/movements/b.zoghra"));
        let row = answer.json();
        let expected = json!({
            "code": "b.zoghra", "batch": "b", "destination": "zoghra", "destination_name": "Zoghra camp",
            "arrived_on": "2017-03-19", "arrived_on_precision": "day", "destination_as_reported": "Zoghra village",
            "settlement_type": null, "notes": "eight buses",
            "number": 3, "kind": "displacement", "origin": "waer", "origin_name": "Al-Wa'er", "agreement": "deal",
            "agreement_name": "The deal", "scheduled_on": null, "departed_on": "2017-03-18",
            "departed_on_precision": "day", "cancelled": false,
            "individuals": 1850, "individuals_low": 1850, "individuals_high": 1850, "individuals_high_open": false,
            "households": null, "households_low": null, "households_high": null, "households_high_open": null,
            "individuals_figure": "f", "households_figure": null, "figure_count": 1,
            "revision": 1, "created_at": "2026-11-22T12:00:00.000Z", "updated_at": "2026-11-22T12:00:00.000Z",
        });
        for (name, value) in expected.as_object().unwrap() {
            assert_eq!(row.get(name), Some(value), "{name}");
        }
        assert_eq!(app.editor().json("/v1/batches/b").await["individuals"], 1850);
        let listed = app.editor().rows("/v1/movements").await;
        assert_eq!(listed[0].get("figures"), None);
        assert_eq!(listed[0]["origin_name"], "Al-Wa'er");
    }

    async fn one_movement_for_each_destination(app) {
        given::world(app).await;
        given::batch("b").on("2017-03-18").to("zoghra", &[]).put(app).await;
        let editor = app.editor();
        editor
            .post("/v1/movements", &json!({"batch": "b", "destination": "zoghra"}))
            .await
            .is_problem(409, "already_exists");
        editor.post("/v1/movements", &json!({"batch": "b", "destination": "waer"})).await.points_at(&["/destination"]);
        editor
            .post("/v1/movements", &json!({"batch": "x", "destination": "y"}))
            .await
            .points_at(&["/batch", "/destination"]);
        editor.post("/v1/movements", &json!({})).await.is_problem(422, "invalid_body");
        editor.put("/v1/movements/b.bab", &json!({"batch": "b", "destination": "bab"})).await.is(201);
        editor
            .put("/v1/movements/other", &json!({"batch": "b", "destination": "SY02"}))
            .await
            .is_problem(422, "invalid_body");
    }

    async fn its_batch_and_destination_never_change_and_may_be_left_out(app) {
        given::world(app).await;
        given::batch("b").on("2017-03-18").to("zoghra", &[given::individuals("departed", 5)]).put(app).await;
        given::batch("c").put(app).await;
        let editor = app.editor();
        editor.patch("/v1/movements/b.zoghra", &json!({"destination": "bab"})).await.points_at(&["/destination"]);
        editor.patch("/v1/movements/b.zoghra", &json!({"batch": "c"})).await.points_at(&["/batch"]);
        let row = editor.put("/v1/movements/b.zoghra", &json!({"settlement_type": "individual"})).await.is(200).json();
        assert_eq!((&row["settlement_type"], &row["individuals"]), (&json!("individual"), &json!(5)));
        let row = editor.put("/v1/movements/b.zoghra", &json!({})).await.is(200).json();
        assert_eq!(row["settlement_type"], json!(null));
    }

    async fn what_a_batch_says_its_movements_say(app) {
        given::world(app).await;
        given::batch("b").on("2017-03-18").to("zoghra", &[given::individuals("departed", 5)]).put(app).await;
        let change = json!({"departed_on": "2017-03-20", "agreement": "deal", "number": 9, "kind": "redisplacement",
            "origin": "SY04"});
        app.editor().patch("/v1/batches/b", &change).await.is(200);
        let row = app.editor().json("/v1/movements/b.zoghra").await;
        assert_eq!(
            (&row["departed_on"], &row["agreement"], &row["number"]),
            (&json!("2017-03-20"), &json!("deal"), &json!(9))
        );
        assert_eq!((&row["kind"], &row["origin"]), (&json!("redisplacement"), &json!("SY04")));
        assert_eq!(
            app.public().codes("/v1/movements?agreement=deal&kind=redisplacement&from=2017-03-20").await,
            ["b.zoghra"]
        );
        app.editor().patch("/v1/batches/b", &json!({"cancelled": true})).await.is(200);
        assert_eq!(app.public().rows("/v1/movements").await.len(), 0);
        assert_eq!(app.editor().rows("/v1/stats/flows").await[0]["movements"], 0);
    }

    async fn a_movement_takes_its_figures_with_it(app) {
        given::world(app).await;
        given::batch("b")
            .on("2017-03-18")
            .to("zoghra", &[given::individuals("departed", 5)])
            .to("bab", &[given::individuals("departed", 7)])
            .put(app)
            .await;
        app.editor().delete("/v1/movements/b.zoghra").await.is(204);
        let batch = app.editor().json("/v1/batches/b").await;
        assert_eq!(
            (&batch["individuals"], &batch["movement_count"], &batch["revision"]),
            (&json!(7), &json!(1), &json!(2))
        );
        assert_eq!(app.editor().column("/v1/figures", "movement").await, ["b.bab"]);
    }

    async fn filters_find_movements(app) {
        given::world(app).await;
        let figure = json!({"stage": "departed", "individuals": 1, "source": "radio"});
        given::batch("b1")
            .with("agreement", "deal")
            .on("2017-03-18")
            .to("zoghra", &[figure])
            .to("bab", &[])
            .put(app)
            .await;
        given::batch("b2")
            .with("kind", "onward")
            .with("origin", "bab")
            .on("2018-01-01")
            .with("departed_on_precision", "year")
            .to("SY0208", &[])
            .put(app)
            .await;
        app.editor().patch("/v1/movements/b1.bab", &json!({"settlement_type": "individual"})).await.is(200);
        let found = |query: &'static str| async move { app.public().codes(&format!("/v1/movements?{query}")).await };
        assert_eq!(found("").await, ["b2.SY0208", "b1.zoghra", "b1.bab"]);
        assert_eq!(found("destination=SY0208").await, ["b2.SY0208", "b1.zoghra"]);
        assert_eq!(found("destination=SY02").await.len(), 3);
        assert_eq!(found("origin=waer&destination=bab").await, ["b1.bab"]);
        assert_eq!(found("batch=b1").await, ["b1.zoghra", "b1.bab"]);
        assert_eq!(found("source=radio").await, ["b1.zoghra"]);
        assert_eq!(found("source=council").await, [""; 0]);
        assert_eq!(found("kind=onward").await, ["b2.SY0208"]);
        assert_eq!(found("settlement_type=planned_camp").await, ["b1.zoghra"]);
        assert_eq!(found("settlement_type=individual").await, ["b1.bab"]);
        assert_eq!(found("from=2018-01-01&to=2018-12-30").await, [""; 0]);
        assert_eq!(found("from=2018-01-01&to=2018-12-31").await, ["b2.SY0208"]);
        assert_eq!(found("updated_since=2026-11-22T12:00:00Z").await.len(), 3);
        assert_eq!(found("updated_since=2026-11-23").await.len(), 0);
    }
}
