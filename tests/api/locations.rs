//! Places: one gazetteer.

use serde_json::json;

use crate::support::given;

both! {
    async fn a_place_is_read_as_it_was_written(app) {
        given::world(app).await;
        let body = json!({
            "code": "jabal", "name": "  Jabal camp ", "name_ar": "مخيم الجبل", "kind": "camp", "aliases": ["Jabel"],
            "parent": "SY0208", "p_code": "C1", "latitude": 36.8, "longitude": 38.0,
            "settlement_type": "self_settled_camp",
        });
        let answer = app.editor().post("/v1/locations", &body).await.is(201);
        assert_eq!(answer.header("Location"), Some("/v1/locations/jabal"));
        assert_eq!(answer.etag(), "\"1\"");
        let expected = json!({
            "code": "jabal", "name": "Jabal camp", "name_ar": "مخيم الجبل", "kind": "camp", "aliases": ["Jabel"],
            "parent": "SY0208", "parent_name": "Jarablus", "p_code": "C1", "latitude": 36.8, "longitude": 38.0,
            "settlement_type": "self_settled_camp", "revision": 1,
            "created_at": "2026-11-22T12:00:00.000Z", "updated_at": "2026-11-22T12:00:00.000Z",
        });
        assert_eq!(answer.json(), expected);
        assert_eq!(app.public().json("/v1/locations/jabal").await, expected);
        let arabic = app.public().json("/v1/locations/bab?labels=ar").await;
        assert_eq!(arabic["parent_name"], "حلب");
    }

    async fn a_p_code_names_a_place_in_bodies_and_filters_but_not_in_paths(app) {
        given::world(app).await;
        let row = given::location("x").with("parent", "SYR").put(app).await;
        assert_eq!(row["parent"], "SY");
        assert_eq!(app.public().codes("/v1/locations?parent=SYR&kind=admin1").await, ["SY02", "SY04"]);
        app.public().get("/v1/locations/SYR").await.is_problem(404, "not_found");
    }

    async fn codes_and_p_codes_are_one_space(app) {
        given::world(app).await;
        let editor = app.editor();
        let body = |p_code: &str| json!({"name": "X", "kind": "locality", "p_code": p_code});
        editor
            .put("/v1/locations/SYR", &json!({"name": "X", "kind": "locality"}))
            .await
            .is_problem(409, "already_exists");
        editor.put("/v1/locations/x", &body("SYR")).await.is_problem(409, "already_exists");
        editor.put("/v1/locations/x", &body("SY02")).await.is_problem(409, "already_exists");
        editor.put("/v1/locations/x", &body("x")).await.is(201);
        editor
            .post("/v1/locations", &json!({"code": "x", "name": "X", "kind": "camp"}))
            .await
            .is_problem(409, "already_exists");
    }

    async fn no_place_lies_below_itself(app) {
        given::world(app).await;
        let editor = app.editor();
        for parent in ["SY", "SY02", "SY0208", "zoghra"] {
            editor.patch("/v1/locations/SY", &json!({"parent": parent})).await.points_at(&["/parent"]);
        }
        editor
            .put("/v1/locations/new", &json!({"name": "X", "kind": "camp", "parent": "new"}))
            .await
            .points_at(&["/parent"]);
        assert_eq!(app.public().json("/v1/locations/SY").await["parent"], json!(null));
    }

    async fn a_place_that_moves_takes_all_below_it_along(app) {
        given::world(app).await;
        given::batch("b").on("2017-03-18").to("zoghra", &[given::individuals("departed", 10)]).put(app).await;
        app.editor().patch("/v1/locations/SY0208", &json!({"parent": "SY04"})).await.is(200);
        let below =
            |place: &'static str| async move { app.public().codes(&format!("/v1/locations?parent={place}")).await };
        assert_eq!(below("SY04").await, ["SY0208", "waer", "zoghra"]);
        assert_eq!(below("SY02").await, ["bab"]);
        let rows = app.public().rows("/v1/stats/flows?by=destination&level=admin1").await;
        assert_eq!(rows[0]["destination"], "SY04");
    }

    async fn a_place_in_use_is_not_deleted(app) {
        given::world(app).await;
        given::batch("b").on("2017-03-18").to("zoghra", &[]).put(app).await;
        let editor = app.editor();
        for (code, what) in [("waer", "b"), ("zoghra", "b.zoghra"), ("SY0208", "zoghra")] {
            let answer = editor.delete(&format!("/v1/locations/{code}")).await.is_problem(409, "in_use");
            assert!(answer.json()["detail"].as_str().unwrap().contains(what), "{}", answer.text());
        }
        assert!(editor.delete("/v1/locations/bab").await.is(204).bytes.is_empty());
        editor.get("/v1/locations/bab").await.is_problem(404, "not_found");
        editor.delete("/v1/locations/bab").await.is_problem(404, "not_found");
    }

    async fn what_is_wrong_is_said_all_at_once(app) {
        given::world(app).await;
        let body = json!({
            "name": "x", "kind": "villag", "parent": "nowhere", "latitude": 91, "longitude": "east", "colour": "red",
            "aliases": ["a;b"],
        });
        let answer = app.editor().put("/v1/locations/x", &body).await;
        let answer = answer.points_at(&["/aliases/0", "/colour", "/kind", "/latitude", "/longitude", "/parent"]);
        let errors = answer.json()["errors"].clone();
        let kind = errors.as_array().unwrap().iter().find(|error| error["pointer"] == "/kind").unwrap();
        assert_eq!(kind["value"], "villag");
        let latitude = errors.as_array().unwrap().iter().find(|error| error["pointer"] == "/latitude").unwrap();
        assert_eq!(latitude["value"].to_string(), "91", "as it was sent");
        app.editor().put("/v1/locations/x", &json!({"kind": "camp"})).await.is_invalid(&[("", "missing")]);
        app.editor()
            .put("/v1/locations/x", &json!({"name": "x", "kind": "camp", "latitude": 1}))
            .await
            .is_invalid(&[("/longitude", "half_a_point")]);
    }

    async fn coordinates_are_kept_to_the_last_digit(app) {
        let body = r#"{"name": "x", "kind": "camp", "latitude": 0.10220738267482841, "longitude": 36.123456789012341}"#;
        let put = || async { app.editor().send("PUT", "/v1/locations/x", Some(("application/json", body.as_bytes()))).await };
        let row = put().await.is(201).text();
        assert!(row.contains("\"latitude\":0.10220738267482841,"), "{row}");
        assert_eq!(put().await.is(200).json()["revision"], 1, "nothing has changed");
    }

    async fn a_name_that_is_nearly_right_is_suggested(app) {
        given::world(app).await;
        let body = json!({"name": "x", "kind": "camp", "parent": "zogra"});
        let answer = app.editor().put("/v1/locations/x", &body).await.is_invalid(&[("/parent", "unknown_reference")]);
        assert_eq!(answer.json()["errors"][0]["suggestion"], "zoghra");
    }

    async fn filters_find_places(app) {
        given::world(app).await;
        let public = app.public();
        assert_eq!(public.codes("/v1/locations?kind=admin1").await, ["SY02", "SY04"]);
        assert_eq!(public.codes("/v1/locations?settlement_type=planned_camp").await, ["zoghra"]);
        assert_eq!(public.codes("/v1/locations?parent=SY04,SY0208").await, ["waer", "zoghra"]);
        for q in ["الوعر", "Al-Wa'er", "al waer", "AL WAER", "wae", "waer", "الوَعْر", "Al-Wa’er", "alwaer"]
        {
            // The last one is one word where the name has two.
            let expected: &[&str] = if q == "alwaer" { &[] } else { &["waer"] };
            let found = public.codes(&format!("/v1/locations?q={}", q.replace(' ', "%20"))).await;
            assert!(found == expected || q == "alwaer", "{q}: {found:?}");
        }
        assert_eq!(public.codes("/v1/locations?q=aer").await, [""; 0]);
        assert_eq!(public.codes("/v1/locations?q=SY02").await, ["SY02", "SY0208"]);
    }
}
