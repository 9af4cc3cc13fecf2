//! Batches: organised departures, sent whole or piece by piece.

use serde_json::{Value, json};

use crate::support::{TestApp, given};

async fn whole(app: &TestApp) -> Value {
    let body = json!({
        "code": "b1", "origin": "waer", "kind": "displacement", "number": 1, "agreement": "deal",
        "scheduled_on": "2017-03-17", "departed_on": "2017-03-18", "reasons": ["siege", "conscription"],
        "parties": [{"name": "SARC", "role": "facilitator"}], "notes": "buses",
        "movements": [
            {"destination": "zoghra", "arrived_on": "2017-03-19", "figures": [
                {"code": "f1", "stage": "departed", "source": "radio", "individuals": 1354, "men": 423, "women": 412,
                    "children": 519},
                {"code": "f2", "stage": "departed", "source": "council", "individuals": 2000,
                    "individuals_quantifier": "more_than", "households": 306},
            ]},
            {"destination": "bab"},
        ],
    });
    app.editor().post("/v1/batches", &body).await.is(201).json()
}

both! {
    async fn a_batch_is_sent_whole_and_read_whole(app) {
        given::world(app).await;
        let row = whole(app).await;
        let own = json!({
            "code": "b1", "origin": "waer", "origin_name": "Al-Wa'er", "kind": "displacement", "number": 1,
            "agreement": "deal", "agreement_name": "The deal", "scheduled_on": "2017-03-17",
            "departed_on": "2017-03-18", "departed_on_precision": "day", "cancelled": false,
            "reasons": ["siege", "conscription"], "parties": [{"name": "SARC", "role": "facilitator"}],
            "visibility": "public", "notes": "buses", "households": 306, "households_low": 306, "households_high": 306,
            "households_high_open": false, "individuals": 1354, "individuals_low": 1354, "individuals_high": 2000,
            "individuals_high_open": true, "movement_count": 2, "movements_without_households": 1,
            "movements_without_individuals": 1,
        });
        for (name, value) in own.as_object().unwrap() {
            assert_eq!(row[name], *value, "{name}");
        }
        let movements = row["movements"].as_array().unwrap();
        let codes: Vec<_> = movements.iter().map(|movement| movement["code"].as_str().unwrap()).collect();
        assert_eq!(codes, ["b1.zoghra", "b1.bab"]);
        let roles: Vec<_> =
            movements[0]["figures"].as_array().unwrap().iter().map(|one| (&one["code"], &one["role"])).collect();
        assert_eq!(roles, [(&json!("f1"), &json!("recommended")), (&json!("f2"), &json!("triangulation"))]);
        // Lists show no nested parts.
        let listed = app.editor().rows("/v1/batches").await;
        assert_eq!(listed[0].get("movements"), None);
        assert_eq!(app.editor().json("/v1/batches/b1").await, row);
    }

    async fn get_edit_put_changes_nothing_else(app) {
        given::world(app).await;
        let row = whole(app).await;
        let again = app.editor().put("/v1/batches/b1", &row).await.is(200);
        assert_eq!(again.warnings(), []);
        assert_eq!(again.json(), row, "nothing was changed, so not even the revision rises");
        let mut edited = row.clone();
        edited["number"] = json!(2);
        edited["individuals"] = json!(5);
        let answer = app.editor().put("/v1/batches/b1", &edited).await.is(200);
        assert_eq!(answer.warnings(), [("/individuals".to_owned(), "read_only".to_owned())]);
        let mut left = answer.json();
        assert_eq!((&left["number"], &left["revision"], &left["individuals"]), (&json!(2), &json!(2), &json!(1354)));
        assert_eq!(left["movements"][0]["figures"], row["movements"][0]["figures"]);
        left["number"] = json!(1);
    }

    async fn read_only_members_of_parts_are_warned_of_where_they_stand(app) {
        given::world(app).await;
        let mut edited = whole(app).await;
        edited["movements"][0]["individuals"] = json!(7);
        edited["movements"][0]["figures"][1]["source_name"] = json!("Somebody");
        let new = json!({"stage": "departed", "source": "radio", "individuals": 9, "revision": 4});
        edited["movements"][1]["figures"] = json!([new]);
        let answer = app.editor().put("/v1/batches/b1", &edited).await.is(200);
        let read_only = |pointer: &str| (pointer.to_owned(), "read_only".to_owned());
        let warnings: Vec<_> = answer.warnings().into_iter().filter(|(_, code)| code == "read_only").collect();
        let expected =
            ["/movements/0/figures/1/source_name", "/movements/0/individuals", "/movements/1/figures/0/revision"];
        assert_eq!(warnings, expected.map(read_only));
        let code = "b1.bab";
        let part = app.editor().json(&format!("/v1/movements/{code}")).await;
        let mut figure = part["figures"][0].clone();
        figure["revision"] = json!(99);
        let answer = app.editor().put(&format!("/v1/movements/{code}"), &json!({"figures": [figure]})).await.is(200);
        assert_eq!(answer.warnings(), [read_only("/figures/0/revision")]);
    }

    async fn a_code_of_a_figure_stands_once_in_a_whole(app) {
        given::world(app).await;
        let figure = json!({"code": "f", "stage": "departed", "source": "radio", "individuals": 1});
        let body = json!({"origin": "waer", "departed_on": "2017-03-18", "movements": [
            {"destination": "zoghra", "figures": [figure]}, {"destination": "bab", "figures": [figure]},
        ]});
        let refused = app.editor().put("/v1/batches/b1", &body).await.is(422);
        assert_eq!(refused.errors(), [("/movements/1/figures/0".to_owned(), "duplicate".to_owned())]);
    }

    async fn what_is_absent_becomes_null_except_lists_of_parts(app) {
        given::world(app).await;
        whole(app).await;
        let row = app
            .editor()
            .put("/v1/batches/b1", &json!({"origin": "waer", "departed_on": "2017-03-18"}))
            .await
            .is(200)
            .json();
        assert_eq!(
            (&row["number"], &row["agreement"], &row["reasons"], &row["notes"]),
            (&json!(null), &json!(null), &json!([]), &json!(null))
        );
        assert_eq!(row["movements"].as_array().map(Vec::len), Some(2));
        let row = app.editor().patch("/v1/batches/b1", &json!({"number": 7})).await.is(200).json();
        assert_eq!((&row["number"], row["movements"].as_array().map(Vec::len)), (&json!(7), Some(2)));
        let movements = json!([{"destination": "zoghra"}]);
        let row = app.editor().patch("/v1/batches/b1", &json!({"movements": movements})).await.is(200).json();
        assert_eq!(row["movements"].as_array().map(Vec::len), Some(1));
        assert_eq!(row["movements"][0]["figures"].as_array().map(Vec::len), Some(2));
        assert_eq!(row["movements"][0]["arrived_on"], json!(null), "a part that is given is given whole");
        let row = app.editor().patch("/v1/batches/b1", &json!({"movements": null})).await.is(200).json();
        assert_eq!(row["movements"], json!([]));
        assert_eq!(
            (&row["individuals"], &row["individuals_high_open"], &row["movement_count"]),
            (&json!(null), &json!(null), &json!(0))
        );
        app.editor().get("/v1/figures/f1").await.is_problem(404, "not_found");
        app.editor().get("/v1/movements/b1.zoghra").await.is_problem(404, "not_found");
    }

    async fn nothing_is_written_of_a_batch_that_is_partly_wrong(app) {
        given::world(app).await;
        let body = json!({
            "code": "b2", "origin": "waer", "departed_on": "2017-03-18",
            "movements": [
                {"destination": "zoghra", "figures": [{"stage": "departed", "individuals": 5}]},
                {"destination": "nowhere", "figures": [{"stage": "left", "individuals": -1}, {"stage": "departed"}]},
            ],
        });
        let answer = app.editor().post("/v1/batches", &body).await;
        answer.points_at(&[
            "/movements/1/destination",
            "/movements/1/figures/0/stage",
            "/movements/1/figures/0/individuals",
            "/movements/1/figures/1",
        ]);
        for path in ["/v1/batches", "/v1/movements", "/v1/figures"] {
            assert_eq!(app.editor().rows(path).await.len(), 0, "{path}");
        }
    }

    async fn the_server_makes_codes_that_rise(app) {
        given::world(app).await;
        let mut codes = vec![];
        for day in 1..=5 {
            let body = json!({"origin": "waer", "departed_on": format!("2017-03-0{day}"),
                "movements": [{"destination": "bab", "figures": [
                    {"stage": "departed", "individuals": 1, "source": "radio"},
                    {"stage": "departed", "individuals": 2, "source": "council"}]}]});
            let row = app.editor().post("/v1/batches", &body).await.is(201).json();
            codes.push(row["code"].as_str().unwrap().to_owned());
            assert_eq!(row["movements"][0]["code"], format!("{}.bab", codes.last().unwrap()));
            for figure in row["movements"][0]["figures"].as_array().unwrap() {
                codes.push(figure["code"].as_str().unwrap().to_owned());
            }
        }
        let figures: Vec<_> =
            codes.iter().enumerate().filter(|(at, _)| at % 3 != 0).map(|(_, code)| code.clone()).collect();
        let mut sorted = figures.clone();
        sorted.sort();
        assert_eq!(figures, sorted);
        let batches: Vec<_> = codes.iter().step_by(3).cloned().collect();
        assert_eq!(app.editor().codes("/v1/batches?sort=code").await, batches);
    }

    async fn rules_over_several_fields_are_kept(app) {
        given::world(app).await;
        let refused = |body: Value, places: &'static [&'static str]| async move {
            app.editor().put("/v1/batches/x", &body).await.points_at(places);
        };
        refused(json!({"origin": "waer", "departed_on": "2026-11-24"}), &["/departed_on"]).await;
        refused(
            json!({"origin": "waer", "departed_on": "2017-03-02", "departed_on_precision": "month"}),
            &["/departed_on_precision"],
        )
        .await;
        refused(
            json!({"origin": "waer", "departed_on": "2017-03-14", "departed_on_precision": "week"}),
            &["/departed_on_precision"],
        )
        .await;
        refused(json!({"origin": "waer", "number": 0}), &["/number"]).await;
        refused(json!({"origin": "waer", "movements": [{"destination": "waer"}]}), &["/movements/0/destination"]).await;
        refused(
            json!({"origin": "waer", "movements": [{"destination": "bab", "arrived_on": "2017-03-18"}]}),
            &["/movements/0/arrived_on"],
        )
        .await;
        let early = json!({"origin": "waer", "departed_on": "2017-03-18",
            "movements": [{"destination": "bab", "arrived_on": "2017-03-17"}]});
        refused(early, &["/movements/0/arrived_on"]).await;
        let none_left = json!({"origin": "waer", "scheduled_on": "2017-03-18",
            "movements": [{"destination": "bab", "figures": [{"stage": "departed", "individuals": 4}]}]});
        refused(none_left, &["/movements/0/figures/0/stage"]).await;
        let twice = json!({"origin": "waer", "movements": [{"destination": "SY"}, {"destination": "SYR"}]});
        refused(twice, &["/movements/1/destination"]).await;
        refused(json!({"origin": "waer", "parties": [{"name": "a;b", "role": "mediator"}]}), &["/parties/0/name"])
            .await;
        // Tomorrow is allowed: somewhere it has begun. A whole period may hold the arrival and the departure.
        app.editor().put("/v1/batches/t", &json!({"origin": "waer", "departed_on": "2026-11-23"})).await.is(201);
        let month = json!({"origin": "waer", "departed_on": "2017-03-18", "movements": [
            {"destination": "bab", "arrived_on": "2017-03-01", "arrived_on_precision": "month"}]});
        app.editor().put("/v1/batches/m", &month).await.is(201);
        // Plans may be written down before anybody has left.
        let planned = json!({"origin": "waer", "scheduled_on": "2017-03-18",
            "movements": [{"destination": "bab", "figures": [{"stage": "planned", "individuals": 4}]}]});
        let row = app.editor().put("/v1/batches/p", &planned).await.is(201).json();
        assert_eq!((&row["individuals"], &row["movements_without_individuals"]), (&json!(null), &json!(1)));
    }

    async fn a_change_that_breaks_a_rule_for_a_part_is_refused(app) {
        given::world(app).await;
        whole(app).await;
        for body in [
            json!({"departed_on": null}),
            json!({"departed_on": "2017-03-25"}),
            json!({"origin": "bab"}),
            json!({"origin": "zoghra"}),
        ] {
            app.editor().patch("/v1/batches/b1", &body).await.is_problem(422, "invalid_body");
        }
        assert_eq!(app.editor().json("/v1/batches/b1").await["revision"], 1);
    }

    async fn a_code_never_changes(app) {
        given::world(app).await;
        whole(app).await;
        app.editor().patch("/v1/batches/b1", &json!({"code": "b2"})).await.points_at(&["/code"]);
        app.editor()
            .put("/v1/batches/b1", &json!({"code": "b2", "origin": "waer", "departed_on": "2017-03-18"}))
            .await
            .points_at(&["/code"]);
        app.editor().put("/v1/batches/b3", &json!({"code": "b2", "origin": "waer"})).await.points_at(&["/code"]);
        app.editor()
            .post("/v1/batches", &json!({"code": "b1", "origin": "waer"}))
            .await
            .is_problem(409, "already_exists");
    }

    async fn a_batch_takes_its_parts_with_it(app) {
        given::world(app).await;
        whole(app).await;
        app.editor()
            .post("/v1/figures", &json!({"code": "whole", "batch": "b1", "stage": "departed", "individuals": 9}))
            .await
            .is(201);
        app.editor().delete("/v1/batches/b1").await.is(204);
        for path in ["/v1/batches", "/v1/movements", "/v1/figures"] {
            assert_eq!(app.editor().rows(path).await.len(), 0, "{path}");
        }
    }

    async fn a_movement_that_people_came_back_from_stays(app) {
        given::world(app).await;
        whole(app).await;
        given::homecoming("r1").with("movement", "b1.zoghra").on("2017-05-01").put(app).await;
        let answer = app.editor().delete("/v1/batches/b1").await.is_problem(409, "in_use");
        assert!(answer.json()["detail"].as_str().unwrap().contains("r1"), "{}", answer.text());
        app.editor().delete("/v1/movements/b1.zoghra").await.is_problem(409, "in_use");
        app.editor().patch("/v1/batches/b1", &json!({"movements": []})).await.is_problem(409, "in_use");
        app.editor()
            .patch("/v1/batches/b1", &json!({"movements": [{"destination": "bab"}]}))
            .await
            .is_problem(409, "in_use");
        app.editor().delete("/v1/returns/r1").await.is(204);
        app.editor().delete("/v1/batches/b1").await.is(204);
    }

    async fn a_batch_recorded_twice_is_remarked_upon(app) {
        given::world(app).await;
        let figures = [given::individuals("departed", 40)];
        given::batch("b1").on("2017-03-18").to("bab", &figures).put(app).await;
        let body = given::batch("b2").on("2017-03-18").to("bab", &figures).body();
        let answer = app.editor().put("/v1/batches/b2", &body).await.is(201);
        assert!(answer.warnings().iter().any(|(_, code)| code == "possible_duplicate"), "{}", answer.text());
    }

    async fn filters_find_batches(app) {
        given::world(app).await;
        given::batch("b1")
            .with("agreement", "deal")
            .on("2017-03-18")
            .to("zoghra", &[json!({"stage": "departed", "individuals": 1, "source": "radio"})])
            .put(app)
            .await;
        given::batch("b2")
            .with("kind", "redisplacement")
            .on("2017-04-01")
            .with("departed_on_precision", "month")
            .to("bab", &[])
            .put(app)
            .await;
        given::batch("b3").with("scheduled_on", "2017-05-01").to("SY0208", &[]).put(app).await;
        given::batch("b4").with("origin", "bab").put(app).await;
        let found = |query: &'static str| async move { app.editor().codes(&format!("/v1/batches?{query}")).await };
        assert_eq!(found("").await, ["b3", "b2", "b1", "b4"]);
        assert_eq!(found("sort=date").await, ["b1", "b2", "b3", "b4"]);
        assert_eq!(found("sort=-code").await, ["b4", "b3", "b2", "b1"]);
        assert_eq!(found("origin=SY04").await, ["b3", "b2", "b1"]);
        assert_eq!(found("origin=SY02").await, ["b4"]);
        assert_eq!(found("origin=SY02,SY04").await, ["b3", "b2", "b1", "b4"]);
        assert_eq!(found("destination=SY0208").await, ["b3", "b1"]);
        assert_eq!(found("destination=SY0208,bab").await, ["b3", "b2", "b1"]);
        assert_eq!(found("agreement=deal").await, ["b1"]);
        assert_eq!(found("kind=redisplacement").await, ["b2"]);
        assert_eq!(found("source=radio").await, ["b1"]);
        assert_eq!(found("settlement_type=planned_camp").await, ["b1"]);
        assert_eq!(found("from=2017-04-01&to=2017-04-30").await, ["b2"]);
        assert_eq!(found("from=2017-04-02").await, ["b3"]);
        assert_eq!(found("to=2017-04-29").await, ["b1"]);
        assert_eq!(found("from=2017-03-18T23:59:59%2B03:00&to=2017-03-18").await, ["b1"]);
        assert_eq!(found("q=b1").await, ["b1"]);
    }
}
