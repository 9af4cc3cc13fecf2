//! The record of Al-Waer: totals that were worked out by hand, from the sheets.

use serde_json::{Value, json};

/// Some members of a row.
fn pick(row: &Value, names: &[&str]) -> Value {
    names.iter().map(|name| row.get(*name).unwrap_or_else(|| panic!("no member {name} in {row}")).clone()).collect()
}

both! {
    async fn the_totals_of_displacement_come_out(app) {
        app.load_al_waer().await;
        let rows = app.public().rows("/v1/stats/flows").await;
        assert_eq!(rows.len(), 1);
        assert_eq!(
            pick(&rows[0], &["movements", "movements_without_individuals", "movements_without_households"]),
            json!([15, 4, 7])
        );
        let individuals = ["displaced_individuals", "displaced_individuals_low", "displaced_individuals_high"];
        assert_eq!(pick(&rows[0], &individuals), json!([18_029, 16_988, 19_725]));
        assert_eq!(pick(&rows[0], &["displaced_households", "displaced_households_high"]), json!([3_146, 3_169]));
    }

    async fn the_totals_of_return_come_out(app) {
        app.load_al_waer().await;
        let rows = app.public().rows("/v1/stats/flows").await;
        assert_eq!(rows[0]["returns"], 4);
        let households = ["returned_households", "returned_households_low", "returned_households_high"];
        assert_eq!(pick(&rows[0], &households), json!([178, 178, 234]));
        let individuals = ["returned_individuals", "returned_individuals_low", "returned_individuals_high"];
        assert_eq!(pick(&rows[0], &individuals), json!([609, 496, 728]));
    }

    async fn the_totals_of_those_still_away_come_out(app) {
        app.load_al_waer().await;
        let names = ["remaining_individuals", "remaining_individuals_low", "remaining_individuals_high"];
        for path in ["/v1/stats/stocks", "/v1/stats/summary"] {
            let rows = app.public().rows(path).await;
            assert_eq!(rows.len(), 1, "{path}");
            assert_eq!(pick(&rows[0], &names), json!([17_420, 16_260, 19_229]), "{path}");
        }
        let summary = &app.public().rows("/v1/stats/summary").await[0];
        assert_eq!(
            pick(summary, &["batches", "origins", "first_date", "last_date"]),
            json!([12, 1, "2017-03-18", "2017-07-11"])
        );
    }

    async fn a_place_holds_all_below_it(app) {
        app.load_al_waer().await;
        let public = app.public();
        let idleb = public.rows("/v1/stats/flows?destination=SY07").await;
        assert_eq!(idleb[0]["displaced_individuals"], 5_858);
        let jarablus = public.rows("/v1/stats/flows?destination=SY0208").await;
        assert_eq!(jarablus[0]["displaced_individuals"], 11_371);
        // 11,371 left for there, and all 609 who are back came from there.
        let jarablus = public.rows("/v1/stats/stocks?destination=SY0208").await;
        assert_eq!(pick(&jarablus[0], &["displaced_individuals", "remaining_individuals"]), json!([11_371, 10_762]));
    }

    async fn levels_and_periods_add_up_to_the_total(app) {
        app.load_al_waer().await;
        let paths = [
            "/v1/stats/flows?by=destination",
            "/v1/stats/flows?by=day,destination",
            "/v1/stats/flows?by=month,origin,agreement",
            "/v1/stats/flows?by=week&fill=zero",
            "/v1/stats/flows?by=destination&level=admin1",
            "/v1/stats/flows?by=quarter,destination&level=admin2&fill=zero",
            "/v1/stats/stocks?by=destination&level=country",
            "/v1/stats/stocks?by=destination",
        ];
        for path in paths {
            let rows = app.public().rows(path).await;
            let sum = |name: &str| rows.iter().filter_map(|row| row[name].as_i64()).sum::<i64>();
            assert_eq!((sum("displaced_individuals"), sum("returned_individuals")), (18_029, 609), "{path}");
            assert_eq!((sum("movements"), sum("returns")), (15, 4), "{path}");
        }
    }

    async fn the_record_is_all_there(app) {
        app.load_al_waer().await;
        let editor = app.editor();
        for (resource, total) in
            [("locations", 18), ("sources", 22), ("agreements", 1), ("batches", 12), ("movements", 15), ("returns", 4)]
        {
            let list = editor.json(&format!("/v1/{resource}?count=true&limit=1")).await;
            assert_eq!(list["total"], total, "{resource}");
        }
        assert_eq!(editor.codes("/v1/batches?sort=date&limit=2").await, ["al-waer-01", "al-waer-02"]);
        let batch = editor.json("/v1/batches/al-waer-12").await;
        assert_eq!(
            pick(&batch, &["movement_count", "individuals", "movements_without_individuals"]),
            json!([2, 1003, 1])
        );
        let published = editor.json("/v1/figures?agreement=al-waer-2017&count=true&stage=departed&sort=code").await;
        assert!(published["total"].as_i64() > Some(5), "{published}");
    }
}
