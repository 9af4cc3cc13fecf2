//! Figures: what one source says; which one is recommended, and what follows from them.

use serde_json::{Value, json};

use crate::support::{TestApp, given};

/// A batch with one movement to `bab`, without figures.
async fn movement(app: &TestApp) {
    given::world(app).await;
    given::batch("b").on("2017-03-18").to("bab", &[]).put(app).await;
}

/// Adds a figure to the movement.
async fn add(app: &TestApp, code: &str, figure: Value) {
    let mut body = figure;
    body["movement"] = json!("b.bab");
    app.editor().put(&format!("/v1/figures/{code}"), &body).await.is(201);
}

/// Code and role of every figure of the movement, in recorded order.
async fn roles(app: &TestApp) -> Vec<(String, String)> {
    let movement = app.editor().json("/v1/movements/b.bab").await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    movement["figures"].as_array().unwrap().iter().map(|one| (text(&one["code"]), text(&one["role"]))).collect()
}

fn are(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected
        .iter()
        .map(|(code, role)| {
            ((*code).to_owned(), format!("{role}{}", if *role == "recommended" { "" } else { "ulation" }))
        })
        .collect()
}

/// Plain, low, high, open, figure of a unit of the movement.
async fn derived(app: &TestApp, unit: &str) -> Value {
    let row = app.editor().json("/v1/movements/b.bab").await;
    let names = [
        unit.to_owned(),
        format!("{unit}_low"),
        format!("{unit}_high"),
        format!("{unit}_high_open"),
        format!("{unit}_figure"),
    ];
    names.iter().map(|name| row[name].clone()).collect()
}

both! {
    async fn a_figure_is_read_as_it_was_written(app) {
        movement(app).await;
        let body = json!({
            "code": "f", "movement": "b.bab", "stage": "departed", "source": "radio", "url": "https://example.org/1",
            "title": "Buses", "reported_on": "2017-03-19", "as_of": "2017-03-18", "excerpt": "they left",
            "term_as_reported": "gunmen", "place_as_reported": "al-Bab", "notes": "n", "households": 10,
            "households_quantifier": "between", "households_high": 12, "individuals": 60,
            "individuals_quantifier": "approximately", "men": 20, "women": 20, "children": 15, "infants": 5,
            "civilians": 50, "fighters": 10,
        });
        let row = app.editor().post("/v1/figures", &body).await.is(201).json();
        for (name, value) in body.as_object().unwrap() {
            assert_eq!(row[name], *value, "{name}");
        }
        let read = json!({
            "role": "recommended", "scope": "whole", "return": null, "batch": null, "agreement": null,
            "destination": null, "individuals_high": null, "source_name": "The radio", "revision": 1,
        });
        for (name, value) in read.as_object().unwrap() {
            assert_eq!(row.get(name), Some(value), "{name}");
        }
        assert_eq!(app.editor().json("/v1/figures/f").await, row);
        assert_eq!(app.editor().put("/v1/figures/f", &row).await.is(200).json(), row);
        assert_eq!(app.editor().rows("/v1/figures").await, [row]);
        assert_eq!(app.public().json("/v1/figures/f?labels=ar").await["source_name"], "الراديو");
    }

    async fn the_first_of_a_phase_is_recommended(app) {
        movement(app).await;
        add(app, "f1", json!({"stage": "departed", "individuals": 1})).await;
        add(app, "f2", json!({"stage": "arrived", "individuals": 2, "source": "radio"})).await;
        add(app, "f3", json!({"stage": "planned", "individuals": 3})).await;
        add(app, "f4", json!({"stage": "registered", "individuals": 4})).await;
        assert_eq!(
            roles(app).await,
            are(&[("f1", "recommended"), ("f2", "triang"), ("f3", "recommended"), ("f4", "triang")])
        );
    }

    async fn an_explicit_one_demotes_the_one_before(app) {
        movement(app).await;
        add(app, "f1", json!({"stage": "departed", "individuals": 1})).await;
        add(app, "f2", json!({"stage": "arrived", "individuals": 2, "role": "recommended"})).await;
        assert_eq!(roles(app).await, are(&[("f1", "triang"), ("f2", "recommended")]));
        assert_eq!(derived(app, "individuals").await, json!([2, 1, 2, false, "f2"]));
        app.editor().patch("/v1/figures/f1", &json!({"role": "recommended"})).await.is(200);
        assert_eq!(roles(app).await, are(&[("f1", "recommended"), ("f2", "triang")]));
        // The demoted row changed as well.
        let revisions = app.editor().column("/v1/figures?sort=code", "revision").await;
        assert_eq!(revisions, [3, 2]);
    }

    async fn the_first_may_say_otherwise_and_none_is_promoted(app) {
        movement(app).await;
        add(app, "f1", json!({"stage": "departed", "individuals": 1, "role": "triangulation"})).await;
        add(app, "f2", json!({"stage": "departed", "individuals": 2, "source": "radio"})).await;
        assert_eq!(roles(app).await, are(&[("f1", "triang"), ("f2", "triang")]));
        app.editor().patch("/v1/figures/f2", &json!({"role": "recommended"})).await.is(200);
        app.editor().delete("/v1/figures/f2").await.is(204);
        assert_eq!(roles(app).await, are(&[("f1", "triang")]));
    }

    async fn two_explicit_ones_in_one_body_are_refused(app) {
        given::world(app).await;
        let figures = [
            json!({"stage": "departed", "individuals": 1, "role": "recommended"}),
            json!({"stage": "arrived", "individuals": 2, "role": "recommended"}),
            json!({"stage": "planned", "individuals": 2, "role": "recommended"}),
        ];
        let body = given::batch("c").on("2017-03-18").to("bab", &figures).body();
        app.editor().put("/v1/batches/c", &body).await.points_at(&["/movements/0/figures/1/role"]);
        let body = given::homecoming("r").on("2017-05-01").figures(&figures).body();
        app.editor().put("/v1/returns/r", &body).await.points_at(&["/figures/1/role"]);
    }

    async fn in_one_body_an_explicit_one_beats_the_first(app) {
        movement(app).await;
        let figures = json!([
            {"code": "f1", "stage": "departed", "individuals": 1},
            {"code": "f2", "stage": "arrived", "individuals": 2, "role": "recommended"},
        ]);
        app.editor().patch("/v1/movements/b.bab", &json!({"figures": figures})).await.is(200);
        assert_eq!(roles(app).await, are(&[("f1", "triang"), ("f2", "recommended")]));
        // An absent role keeps the one that is there, in PUT and in lists.
        app.editor().patch("/v1/movements/b.bab", &json!({"figures": [
            {"code": "f1", "stage": "departed", "individuals": 5},
            {"code": "f2", "stage": "arrived", "individuals": 6, "role": null}]})).await.is(200);
        app.editor().put("/v1/figures/f2", &json!({"stage": "arrived", "individuals": 7})).await.is(200);
        assert_eq!(roles(app).await, are(&[("f1", "triang"), ("f2", "recommended")]));
        assert_eq!(derived(app, "individuals").await, json!([7, 5, 7, false, "f2"]));
    }

    async fn parts_and_withdrawals_are_never_recommended(app) {
        movement(app).await;
        add(app, "p", json!({"stage": "departed", "individuals": 1, "scope": "part"})).await;
        add(app, "w", json!({"stage": "withdrawn", "individuals": 2})).await;
        add(app, "f", json!({"stage": "departed", "individuals": 3})).await;
        assert_eq!(roles(app).await, are(&[("p", "triang"), ("w", "triang"), ("f", "recommended")]));
        assert_eq!(derived(app, "individuals").await, json!([3, 3, 3, false, "f"]));
        assert_eq!(app.editor().json("/v1/movements/b.bab").await["figure_count"], 1);
        // A rule over several fields points at the later-named one: stage, role, scope.
        for (code, place) in [("p", "/scope"), ("w", "/role")] {
            app.editor()
                .patch(&format!("/v1/figures/{code}"), &json!({"role": "recommended"}))
                .await
                .points_at(&[place]);
        }
        // A recommended one that becomes a part is demoted, and none is promoted.
        add(app, "g", json!({"stage": "arrived", "individuals": 4})).await;
        app.editor().patch("/v1/figures/f", &json!({"scope": "part"})).await.is(200);
        assert_eq!(roles(app).await, are(&[("p", "triang"), ("w", "triang"), ("f", "triang"), ("g", "triang")]));
        assert_eq!(derived(app, "individuals").await, json!([4, 4, 4, false, "g"]));
    }

    async fn a_recommended_one_that_moves_into_an_occupied_phase_wins(app) {
        movement(app).await;
        add(app, "plan", json!({"stage": "planned", "individuals": 1})).await;
        add(app, "left", json!({"stage": "departed", "individuals": 2})).await;
        app.editor().patch("/v1/figures/plan", &json!({"stage": "arrived"})).await.is(200);
        assert_eq!(roles(app).await, are(&[("plan", "recommended"), ("left", "triang")]));
    }

    async fn a_missing_unit_comes_from_the_nearest_figure(app) {
        movement(app).await;
        add(app, "r", json!({"stage": "departed", "individuals": 100, "source": "radio"})).await;
        add(app, "late", json!({"stage": "departed", "households": 30, "reported_on": "2018-01-01"})).await;
        add(
            app,
            "stage",
            json!({"stage": "departed", "households": 20, "reported_on": "2017-01-01", "source": "council"}),
        )
        .await;
        add(app, "early", json!({"stage": "arrived", "households": 10, "reported_on": "2019-01-01"})).await;
        assert_eq!(derived(app, "households").await, json!([30, 10, 30, false, "late"]), "the stage, then the latest");
        add(app, "source", json!({"stage": "arrived", "households": 5, "source": "radio"})).await;
        assert_eq!(derived(app, "households").await, json!([5, 5, 30, false, "source"]), "the source first of all");
        app.editor().patch("/v1/figures/r", &json!({"role": "triangulation"})).await.is(200);
        assert_eq!(
            derived(app, "households").await,
            json!([10, 5, 30, false, "early"]),
            "none recommended: the latest"
        );
        add(
            app,
            "a-early",
            json!({"stage": "arrived", "households": 7, "reported_on": "2019-01-01", "url": "https://x.example"}),
        )
        .await;
        assert_eq!(derived(app, "households").await, json!([7, 5, 30, false, "a-early"]), "the lowest code");
    }

    async fn quantifiers_open_and_bound_the_range(app) {
        movement(app).await;
        add(app, "most", json!({"stage": "departed", "individuals": 300, "individuals_quantifier": "less_than"})).await;
        assert_eq!(derived(app, "individuals").await, json!([300, 0, 300, false, "most"]));
        add(app, "exact", json!({"stage": "departed", "individuals": 200, "source": "radio"})).await;
        assert_eq!(derived(app, "individuals").await, json!([300, 200, 300, false, "most"]));
        add(app, "between", json!({"stage": "arrived", "individuals": 250, "individuals_quantifier": "between",
            "individuals_high": 400, "role": "recommended"})).await;
        assert_eq!(derived(app, "individuals").await, json!([250, 200, 400, false, "between"]));
        add(
            app,
            "more",
            json!({"stage": "arrived", "individuals": 400, "individuals_quantifier": "more_than", "source": "council"}),
        )
        .await;
        assert_eq!(derived(app, "individuals").await, json!([250, 200, 400, true, "between"]));
        app.editor().patch("/v1/figures/most", &json!({"individuals": 100, "role": "recommended"})).await.is(200);
        assert_eq!(
            derived(app, "individuals").await,
            json!([100, 100, 400, true, "most"]),
            "never above the plain value"
        );
    }

    async fn exactly_one_subject_and_at_least_one_count(app) {
        movement(app).await;
        given::homecoming("r").on("2017-05-01").put(app).await;
        let editor = app.editor();
        let post = |body: Value| {
            let editor = editor.clone();
            async move { editor.post("/v1/figures", &body).await }
        };
        post(json!({"stage": "departed", "individuals": 1})).await.is_invalid(&[("", "subject")]);
        let two = post(json!({"movement": "b.bab", "return": "r", "stage": "departed", "individuals": 1})).await;
        two.is_problem(422, "invalid_body");
        post(json!({"movement": "b.bab", "stage": "departed"})).await.is_invalid(&[("", "no_count")]);
        post(json!({"movement": "b.bab", "individuals": 1})).await.is_invalid(&[("", "missing")]);
        post(json!({"movement": "b.bab", "stage": "departed", "individuals": 1, "destination": "bab"}))
            .await
            .points_at(&["/destination"]);
        post(json!({"return": "r", "stage": "arrived", "fighters": 1})).await.is(201);
        let code = editor.codes("/v1/figures").await[0].clone();
        editor
            .patch(&format!("/v1/figures/{code}"), &json!({"return": null, "movement": "b.bab"}))
            .await
            .is_problem(422, "invalid_body");
        editor.patch(&format!("/v1/figures/{code}"), &json!({"fighters": null})).await.is_invalid(&[("", "no_count")]);
        editor.put(&format!("/v1/figures/{code}"), &json!({"stage": "departed", "men": 3})).await.is(200);
    }

    async fn counts_are_whole_and_bounded(app) {
        movement(app).await;
        let bad = [
            json!(-1),
            json!(1.5),
            json!("12"),
            json!(1_000_000_001),
            json!(9_223_372_036_854_775_808_u64),
            json!(1e300),
            json!(true),
            json!([1]),
        ];
        for value in bad {
            let body = json!({"movement": "b.bab", "stage": "departed", "individuals": value, "men": value});
            app.editor().post("/v1/figures", &body).await.points_at(&["/individuals", "/men"]);
        }
        for (at, value) in [json!(12.0), json!(0), json!(1_000_000_000)].into_iter().enumerate() {
            let body = json!({"movement": "b.bab", "stage": "departed", "individuals": value,
                "reported_on": format!("2017-03-2{at}")});
            app.editor().post("/v1/figures", &body).await.is(201);
        }
        assert_eq!(
            derived(app, "individuals").await.as_array().unwrap()[..3],
            [json!(12), json!(0), json!(1_000_000_000)]
        );
    }

    async fn upper_ends_belong_to_between(app) {
        movement(app).await;
        let refused = |body: Value, place: &'static str| async move {
            let mut body = body;
            body["movement"] = json!("b.bab");
            body["stage"] = json!("departed");
            app.editor().post("/v1/figures", &body).await.points_at(&[place]);
        };
        refused(json!({"individuals": 5, "individuals_high": 6}), "/individuals_high").await;
        refused(
            json!({"individuals": 5, "individuals_quantifier": "exact", "individuals_high": 6}),
            "/individuals_high",
        )
        .await;
        refused(json!({"households": 5, "households_quantifier": "between", "households_high": 4}), "/households_high")
            .await;
    }

    async fn strange_parts_are_remarked_upon_and_written(app) {
        movement(app).await;
        let post = |body: Value| async move {
            let mut body = body;
            body["movement"] = json!("b.bab");
            body["stage"] = json!("departed");
            let answer = app.editor().post("/v1/figures", &body).await.is(201);
            let codes: Vec<String> = answer.warnings().into_iter().map(|(_, code)| code).collect();
            app.editor().delete(&format!("/v1/figures/{}", answer.json()["code"].as_str().unwrap())).await.is(204);
            codes
        };
        assert_eq!(post(json!({"individuals": 5, "source": "radio"})).await, [""; 0]);
        assert_eq!(post(json!({"individuals": 5})).await, ["no_source"]);
        assert_eq!(post(json!({"individuals": 5, "source": "radio", "men": 6})).await, ["parts_above_total"]);
        assert_eq!(
            post(json!({"individuals": 9, "source": "radio", "men": 2, "women": 3, "children": 3})).await,
            ["parts_unequal_total"]
        );
        assert_eq!(
            post(json!({"individuals": 9, "source": "radio", "civilians": 2, "fighters": 3})).await,
            ["parts_unequal_total"]
        );
        assert_eq!(post(json!({"individuals": 9, "source": "radio", "men": 2, "women": 3})).await, [""; 0]);
        assert_eq!(post(json!({"individuals": 101, "households": 10, "source": "radio"})).await, ["household_size"]);
        assert_eq!(post(json!({"individuals": 14, "households": 10, "source": "radio"})).await, ["household_size"]);
        assert_eq!(post(json!({"individuals": 15, "households": 10, "source": "radio"})).await, [""; 0]);
    }

    async fn a_figure_is_recognised_again(app) {
        movement(app).await;
        let figure = |individuals: i64| json!({"stage": "departed", "source": "radio", "url": "https://x.example/1",
            "reported_on": "2017-03-19", "individuals": individuals});
        app.editor().patch("/v1/movements/b.bab", &json!({"figures": [figure(1)]})).await.is(200);
        let code = app.editor().codes("/v1/figures").await;
        app.editor().patch("/v1/movements/b.bab", &json!({"figures": [figure(2)]})).await.is(200);
        assert_eq!(app.editor().codes("/v1/figures").await, code);
        assert_eq!(derived(app, "individuals").await[0], 2);
        // One identity twice in one body, or against a row that is there.
        app.editor()
            .patch("/v1/movements/b.bab", &json!({"figures": [figure(2), figure(3)]}))
            .await
            .is_problem(422, "invalid_body");
        let mut body = figure(4);
        body["movement"] = json!("b.bab");
        app.editor().post("/v1/figures", &body).await.is_problem(409, "already_exists");
        // Two codes are two figures.
        body["code"] = json!("other");
        app.editor().post("/v1/figures", &body).await.is(201);
        assert_eq!(app.editor().codes("/v1/figures").await.len(), 2);
    }

    async fn filters_find_figures(app) {
        movement(app).await;
        given::homecoming("r").on("2017-05-01").put(app).await;
        add(app, "f1", json!({"stage": "departed", "individuals": 1, "source": "radio", "reported_on": "2017-03-20"}))
            .await;
        add(app, "f2", json!({"stage": "planned", "individuals": 2, "scope": "part"})).await;
        for body in [
            json!({"code": "f3", "batch": "b", "stage": "departed", "individuals": 3, "source": "council"}),
            json!({"code": "f4", "return": "r", "stage": "arrived", "individuals": 4}),
            json!({"code": "f5", "agreement": "deal", "stage": "arrived", "individuals": 5, "destination": "zoghra"}),
        ] {
            app.editor().post("/v1/figures", &body).await.is(201);
        }
        let found = |query: &'static str| async move {
            let mut found = app.editor().codes(&format!("/v1/figures?{query}")).await;
            found.sort();
            found
        };
        assert_eq!(
            app.editor().codes("/v1/figures").await,
            ["f4", "f1", "f3", "f2", "f5"],
            "newest first by their date, else their subject's"
        );
        assert_eq!(found("batch=b").await, ["f1", "f2", "f3"]);
        assert_eq!(found("stage=departed").await, ["f1", "f3"]);
        assert_eq!(found("role=recommended").await, ["f1", "f4"]);
        assert_eq!(found("scope=part").await, ["f2"]);
        assert_eq!(found("source=radio").await, ["f1"]);
        assert_eq!(found("agreement=deal").await, ["f5"]);
        assert_eq!(found("kind=displacement").await, ["f1", "f2", "f3"]);
        assert_eq!(found("origin=waer").await, ["f1", "f2", "f3", "f4"]);
        assert_eq!(found("destination=bab").await, ["f1", "f2", "f3"], "a batch goes wherever its movements go");
        assert_eq!(found("destination=SY0208").await, ["f4", "f5"]);
        assert_eq!(found("from=2017-03-19&to=2017-03-31").await, ["f1"]);
    }
}
