//! Agreements.

use serde_json::json;

use crate::support::given;

both! {
    async fn an_agreement_is_read_as_it_was_written(app) {
        given::world(app).await;
        let parties =
            json!([{"name": "Russian Federation", "role": "guarantor"}, {"name": "Committee", "role": "signatory"}]);
        let body = json!({
            "name": "Al-Waer agreement", "name_ar": "اتفاق الوعر", "name_as_reported": "reconciliation",
            "signed_on": "2017-03-13", "location": "waer", "parties": parties, "url": "https://example.org/a",
            "notes": "seven points",
        });
        let row = app.editor().put("/v1/agreements/al-waer-2017", &body).await.is(201).json();
        let expected = json!({
            "code": "al-waer-2017", "name": "Al-Waer agreement", "name_ar": "اتفاق الوعر",
            "name_as_reported": "reconciliation", "signed_on": "2017-03-13", "location": "waer",
            "location_name": "Al-Wa'er", "parties": parties, "url": "https://example.org/a", "notes": "seven points",
            "revision": 1, "created_at": "2026-11-22T12:00:00.000Z", "updated_at": "2026-11-22T12:00:00.000Z",
        });
        assert_eq!(row, expected);
        // Without a token notes are withheld, and nothing else.
        let mut public = expected;
        public["notes"] = json!(null);
        assert_eq!(app.public().json("/v1/agreements/al-waer-2017").await, public);
    }

    async fn published_totals_are_kept_and_never_summed(app) {
        given::world(app).await;
        given::batch("b")
            .with("agreement", "deal")
            .on("2017-03-18")
            .to("bab", &[given::individuals("departed", 10)])
            .put(app)
            .await;
        let body = json!({"agreement": "deal", "stage": "departed", "individuals": 20000,
            "individuals_quantifier": "more_than", "destination": "SY02"});
        let figure = app.editor().post("/v1/figures", &body).await.is(201).json();
        assert_eq!((&figure["role"], &figure["destination_name"]), (&json!(null), &json!("Aleppo")));
        let body = json!({"agreement": "deal", "stage": "departed", "individuals": 1, "role": "recommended"});
        app.editor().post("/v1/figures", &body).await.points_at(&["/role"]);
        let body = json!({"batch": "b", "stage": "departed", "individuals": 1, "role": "triangulation"});
        app.editor().post("/v1/figures", &body).await.points_at(&["/role"]);
        let total = app.public().rows("/v1/stats/flows?by=agreement").await;
        assert_eq!((&total[0]["agreement"], &total[0]["displaced_individuals"]), (&json!("deal"), &json!(10)));
        assert_eq!(app.public().json("/v1/batches/b").await["individuals"], 10);
    }

    async fn an_agreement_takes_its_figures_with_it_but_nothing_else(app) {
        given::world(app).await;
        let figure = json!({"code": "total", "agreement": "deal", "stage": "departed", "individuals": 5});
        app.editor().post("/v1/figures", &figure).await.is(201);
        given::batch("b").with("agreement", "deal").put(app).await;
        app.editor().delete("/v1/agreements/deal").await.is_problem(409, "in_use");
        app.editor().delete("/v1/batches/b").await.is(204);
        app.editor().delete("/v1/agreements/deal").await.is(204);
        app.editor().get("/v1/figures/total").await.is_problem(404, "not_found");
    }

    async fn agreements_are_ordered_by_the_day_of_signing(app) {
        for (code, day) in
            [("b", json!("2017-01-02")), ("c", json!(null)), ("a", json!("2017-01-02")), ("d", json!("2018-01-01"))]
        {
            given::agreement(code).with("signed_on", day).put(app).await;
        }
        let public = app.public();
        assert_eq!(public.codes("/v1/agreements").await, ["d", "b", "a", "c"]);
        assert_eq!(public.codes("/v1/agreements?sort=date").await, ["a", "b", "d", "c"]);
        assert_eq!(public.codes("/v1/agreements?from=2017-01-02&to=2017-12-31").await, ["b", "a"]);
    }
}
