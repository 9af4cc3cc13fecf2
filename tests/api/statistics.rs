//! Statistics: flows, stocks, the summary, and the places that people left and reached.

use serde_json::{Value, json};

use crate::support::{TestApp, given};

/// Some members of every row.
fn table(rows: &[Value], names: &[&str]) -> Value {
    let cells = |row: &Value| {
        names
            .iter()
            .map(|name| row.get(*name).unwrap_or_else(|| panic!("no {name} in {row}")).clone())
            .collect::<Value>()
    };
    rows.iter().map(cells).collect()
}

fn counted(stage: &str, households: i64, individuals: i64) -> Value {
    json!({"stage": stage, "households": households, "individuals": individuals, "source": "radio"})
}

/// Two departures in March, one in a month that nobody knows better, one without numbers; three returns.
async fn record(app: &TestApp) {
    given::world(app).await;
    given::batch("b1")
        .with("agreement", "deal")
        .on("2017-03-18")
        .to("zoghra", &[counted("departed", 300, 1500)])
        .put(app)
        .await;
    given::batch("b2")
        .with("agreement", "deal")
        .on("2017-03-27")
        .to("zoghra", &[counted("departed", 200, 1000)])
        .to("bab", &[counted("arrived", 10, 50)])
        .put(app)
        .await;
    given::batch("b3").on("2017-05-01").with("departed_on_precision", "month").to("bab", &[]).put(app).await;
    given::batch("onward")
        .with("kind", "onward")
        .with("origin", "bab")
        .on("2017-04-02")
        .to("SY0208", &[counted("departed", 1, 7)])
        .put(app)
        .await;
    given::batch("planned").with("scheduled_on", "2017-06-01").to("bab", &[]).put(app).await;
    given::batch("off").with("cancelled", true).on("2017-06-01").to("bab", &[counted("departed", 1, 9)]).put(app).await;
    given::homecoming("r1")
        .on("2017-05-01")
        .with("returned_on_precision", "week")
        .figures(&[counted("arrived", 4, 20)])
        .put(app)
        .await;
    given::homecoming("r2")
        .with("movement", "b2.bab")
        .with("from", "SY0208")
        .on("2017-07-11")
        .figures(&[counted("arrived", 12, 60)])
        .put(app)
        .await;
    given::homecoming("r3").put(app).await;
}

both! {
    async fn nothing_there_is_zero(app) {
        given::world(app).await;
        let rows = app.public().rows("/v1/stats/flows").await;
        let names = [
            "displaced_individuals",
            "displaced_individuals_low",
            "displaced_individuals_high_open",
            "returned_households",
            "movements",
            "returns",
        ];
        assert_eq!(table(&rows, &names), json!([[0, 0, false, 0, 0, 0]]));
        let rows = app.public().rows("/v1/stats/stocks").await;
        let names = ["remaining_individuals", "remaining_individuals_low", "return_rate", "over_return"];
        assert_eq!(table(&rows, &names), json!([[0, 0, null, false]]));
        assert_eq!(app.public().rows("/v1/stats/flows?by=month").await, Vec::<Value>::new());
        assert_eq!(app.public().rows("/v1/destinations").await, Vec::<Value>::new());
        let rows = app.public().rows("/v1/stats/summary").await;
        assert_eq!(
            table(&rows, &["first_date", "last_date", "batches", "origins", "destinations", "sources"]),
            json!([[null, null, 0, 0, 0, 0]])
        );
    }

    async fn flows_count_what_has_left_and_come_back(app) {
        record(app).await;
        let rows = app.editor().rows("/v1/stats/flows").await;
        let names = [
            "displaced_households",
            "displaced_individuals",
            "returned_households",
            "returned_individuals",
            "movements",
            "movements_without_households",
            "movements_without_individuals",
            "returns",
            "returns_without_households",
            "returns_without_individuals",
        ];
        assert_eq!(table(&rows, &names), json!([[510, 2550, 16, 80, 4, 1, 1, 2, 0, 0]]));
        let rows = app.editor().rows("/v1/stats/flows?kind=onward").await;
        assert_eq!(table(&rows, &["displaced_individuals", "movements", "returns"]), json!([[7, 1, 0]]));
        let rows = app.editor().rows("/v1/stats/flows?kind=displacement").await;
        assert_eq!(table(&rows, &["displaced_individuals", "movements", "returns"]), json!([[2550, 4, 2]]));
        let rows = app.editor().rows("/v1/stats/flows?settlement_type=planned_camp").await;
        assert_eq!(table(&rows, &["displaced_individuals", "returned_individuals"]), json!([[2500, 20]]));
    }

    async fn flows_by_month_and_place(app) {
        record(app).await;
        let rows = app.public().rows("/v1/stats/flows?by=month,destination").await;
        let names = [
            "period",
            "period_start",
            "destination",
            "destination_name",
            "displaced_individuals",
            "returned_individuals",
            "movements",
            "returns",
        ];
        let expected = json!([
            ["2017-03", "2017-03-01", "bab", "Al-Bab", 50, 0, 1, 0],
            ["2017-03", "2017-03-01", "zoghra", "Zoghra camp", 2500, 0, 2, 0],
            ["2017-05", "2017-05-01", "bab", "Al-Bab", null, 0, 1, 0],
            ["2017-05", "2017-05-01", "zoghra", "Zoghra camp", 0, 20, 0, 1],
            ["2017-07", "2017-07-01", "bab", "Al-Bab", 0, 60, 0, 1],
        ]);
        assert_eq!(table(&rows, &names), expected);
        // The order of `by` is the order of the rows.
        let rows = app.public().rows("/v1/stats/flows?by=destination,month").await;
        let expected = json!([
            ["bab", "2017-03"],
            ["bab", "2017-05"],
            ["bab", "2017-07"],
            ["zoghra", "2017-03"],
            ["zoghra", "2017-05"]
        ]);
        assert_eq!(table(&rows, &["destination", "period"]), expected);
    }

    async fn a_period_that_does_not_fit_stands_alone(app) {
        record(app).await;
        let periods = |by: &'static str| async move {
            let rows = app.public().rows(&format!("/v1/stats/flows?by={by}")).await;
            table(&rows, &["period", "period_start", "movements", "returns"])
        };
        assert_eq!(
            periods("day").await,
            json!([
                ["2017-03-18", "2017-03-18", 1, 0],
                ["2017-03-27", "2017-03-27", 2, 0],
                ["2017-07-11", "2017-07-11", 0, 1],
                [null, null, 1, 1]
            ])
        );
        assert_eq!(
            periods("week").await,
            json!([
                ["2017-W11", "2017-03-13", 1, 0],
                ["2017-W13", "2017-03-27", 2, 0],
                ["2017-W18", "2017-05-01", 0, 1],
                ["2017-W28", "2017-07-10", 0, 1],
                [null, null, 1, 0]
            ])
        );
        assert_eq!(
            periods("quarter").await,
            json!([["2017-Q1", "2017-01-01", 3, 0], ["2017-Q2", "2017-04-01", 1, 1], ["2017-Q3", "2017-07-01", 0, 1]])
        );
        assert_eq!(periods("year").await, json!([["2017", "2017-01-01", 4, 2]]));
    }

    async fn empty_periods_are_filled(app) {
        record(app).await;
        let rows = app.public().rows("/v1/stats/flows?by=month&fill=zero").await;
        let expected = json!([
            ["2017-03", 2550, 0],
            ["2017-04", 0, 0],
            ["2017-05", null, 20],
            ["2017-06", 0, 0],
            ["2017-07", 0, 60]
        ]);
        assert_eq!(table(&rows, &["period", "displaced_individuals", "returned_individuals"]), expected);
        let rows = app
            .public()
            .rows("/v1/stats/flows?by=month,destination&fill=zero&destination=zoghra&from=2017-02-01&to=2017-04-30")
            .await;
        assert_eq!(
            table(&rows, &["period", "destination", "displaced_individuals"]),
            json!([["2017-02", "zoghra", 0], ["2017-03", "zoghra", 2500], ["2017-04", "zoghra", 0]])
        );
    }

    async fn places_roll_up(app) {
        record(app).await;
        let rows = app.public().rows("/v1/stats/flows?by=destination&level=admin2").await;
        let names = ["destination", "destination_name", "displaced_individuals", "returned_individuals"];
        assert_eq!(table(&rows, &names), json!([["SY0208", "Jarablus", 2500, 20], [null, null, 50, 60]]));
        let rows = app.public().rows("/v1/stats/flows?by=origin,destination&level=admin1&labels=ar").await;
        let names = ["origin", "origin_name", "destination", "destination_name", "displaced_individuals"];
        assert_eq!(table(&rows, &names), json!([["SY04", "Homs", "SY02", "حلب", 2550]]));
        let rows = app.public().rows("/v1/stats/flows?by=agreement").await;
        let expected = json!([["deal", "The deal", 2550, 60], [null, null, null, 20]]);
        assert_eq!(
            table(&rows, &["agreement", "agreement_name", "displaced_individuals", "returned_individuals"]),
            expected
        );
    }

    async fn filters_include_everything_below(app) {
        record(app).await;
        let total = |query: &'static str| async move {
            let rows = app.public().rows(&format!("/v1/stats/flows?{query}")).await;
            table(&rows, &["displaced_individuals", "returned_individuals"])[0].clone()
        };
        assert_eq!(total("destination=SY02").await, json!([2550, 80]));
        assert_eq!(total("destination=SY0208").await, json!([2500, 20]));
        assert_eq!(total("destination=SY0208,bab").await, json!([2550, 80]));
        assert_eq!(total("origin=SYR").await, json!([2550, 80]));
        assert_eq!(total("origin=SY02").await, json!([0, 0]));
        assert_eq!(total("agreement=deal").await, json!([2550, 60]));
        assert_eq!(total("from=2017-05-01&to=2017-05-30").await, json!([0, 20]));
        assert_eq!(total("from=2017-05-01&to=2017-05-31").await, json!([null, 20]));
        assert_eq!(total("to=2017-03-26").await, json!([1500, 0]));
    }

    async fn stocks_balance_what_has_ended(app) {
        record(app).await;
        let rows = app.public().rows("/v1/stats/stocks?by=destination").await;
        let names = [
            "destination",
            "as_of",
            "displaced_individuals",
            "returned_individuals",
            "remaining_individuals",
            "return_rate",
            "over_return",
        ];
        let expected = json!([
            ["bab", "2017-07-11", 50, 60, -10, 1.2, true],
            ["zoghra", "2017-07-11", 2500, 20, 2480, 0.008, false]
        ]);
        assert_eq!(table(&rows, &names), expected);
        // By the 6th of May the week of the return has not ended.
        let at = |day: &'static str| async move {
            let rows = app.public().rows(&format!("/v1/stats/stocks?as_of={day}")).await;
            table(
                &rows,
                &["as_of", "displaced_individuals", "returned_individuals", "remaining_individuals", "movements"],
            )[0]
            .clone()
        };
        assert_eq!(at("2017-03-17").await, json!(["2017-03-17", 0, 0, 0, 0]));
        assert_eq!(at("2017-03-18").await, json!(["2017-03-18", 1500, 0, 1500, 1]));
        assert_eq!(at("2017-05-06").await, json!(["2017-05-06", 2550, 0, 2550, 3]));
        assert_eq!(at("2017-05-07").await, json!(["2017-05-07", 2550, 20, 2530, 3]));
        assert_eq!(at("2017-05-31").await, json!(["2017-05-31", 2550, 20, 2530, 4]));
    }

    async fn stocks_follow_the_periods(app) {
        record(app).await;
        let rows = app.public().rows("/v1/stats/stocks?by=destination&period=month").await;
        let names = [
            "destination",
            "period",
            "as_of",
            "displaced_individuals",
            "returned_individuals",
            "remaining_individuals",
        ];
        let expected = json!([
            ["bab", "2017-03", "2017-03-31", 50, 0, 50],
            ["bab", "2017-04", "2017-04-30", 50, 0, 50],
            ["bab", "2017-05", "2017-05-31", 50, 0, 50],
            ["bab", "2017-06", "2017-06-30", 50, 0, 50],
            ["bab", "2017-07", "2017-07-11", 50, 60, -10],
            ["zoghra", "2017-03", "2017-03-31", 2500, 0, 2500],
            ["zoghra", "2017-04", "2017-04-30", 2500, 0, 2500],
            ["zoghra", "2017-05", "2017-05-31", 2500, 20, 2480],
            ["zoghra", "2017-06", "2017-06-30", 2500, 20, 2480],
            ["zoghra", "2017-07", "2017-07-11", 2500, 20, 2480],
        ]);
        assert_eq!(table(&rows, &names), expected);
        let rows = app.public().rows("/v1/stats/stocks?by=destination&period=month&as_of=2017-03-20").await;
        assert_eq!(table(&rows, &names[..4]), json!([["zoghra", "2017-03", "2017-03-20", 1500]]));
    }

    async fn an_unknown_side_makes_an_unknown_balance(app) {
        given::world(app).await;
        given::batch("b").on("2017-03-18").to("bab", &[]).put(app).await;
        given::homecoming("r")
            .with("from", "bab")
            .on("2017-04-01")
            .figures(&[given::individuals("arrived", 3)])
            .put(app)
            .await;
        let rows = app.public().rows("/v1/stats/stocks").await;
        let names = [
            "displaced_individuals",
            "returned_individuals",
            "remaining_individuals",
            "remaining_individuals_high_open",
            "return_rate",
            "over_return",
        ];
        assert_eq!(table(&rows, &names), json!([[null, 3, null, null, null, null]]));
    }

    async fn ranges_of_a_balance_are_crossed(app) {
        given::world(app).await;
        let figure = |stage: &str, plain: i64, other: i64, quantifier: &str| {
            vec![
                json!({"stage": stage, "individuals": plain, "source": "radio"}),
                json!({"stage": stage, "individuals": other, "individuals_quantifier": quantifier,
                    "source": "council"}),
            ]
        };
        given::batch("b").on("2017-03-18").to("bab", &figure("departed", 100, 120, "more_than")).put(app).await;
        given::homecoming("r")
            .with("from", "bab")
            .on("2017-04-01")
            .figures(&figure("arrived", 10, 30, "approximately"))
            .put(app)
            .await;
        let rows = app.public().rows("/v1/stats/stocks").await;
        let names = [
            "remaining_individuals",
            "remaining_individuals_low",
            "remaining_individuals_high",
            "remaining_individuals_high_open",
            "return_rate",
        ];
        assert_eq!(table(&rows, &names), json!([[90, 70, 110, true, 0.1]]));
    }

    async fn the_summary_says_how_much_there_is(app) {
        record(app).await;
        let rows = app.public().rows("/v1/stats/summary").await;
        let names = [
            "as_of",
            "first_date",
            "last_date",
            "batches",
            "origins",
            "destinations",
            "sources",
            "remaining_individuals",
            "movements",
        ];
        assert_eq!(table(&rows, &names), json!([["2017-07-11", "2017-03-18", "2017-07-11", 3, 1, 2, 1, 2470, 4]]));
        app.public().get("/v1/stats/summary?from=2017-01-01").await.is_problem(400, "invalid_parameters");
    }

    async fn places_say_when_people_came_and_went(app) {
        record(app).await;
        app.editor().patch("/v1/movements/b2.bab", &json!({"arrived_on": "2017-03-29"})).await.is(200);
        let rows = app.public().rows("/v1/destinations").await;
        let names = ["code", "name", "kind", "parent", "first_arrival", "last_arrival", "remaining_individuals"];
        let expected = json!([
            ["bab", "Al-Bab", "locality", "SY02", "2017-03-29", "2017-05-01", -10],
            ["zoghra", "Zoghra camp", "camp", "SY0208", "2017-03-18", "2017-03-27", 2480],
        ]);
        assert_eq!(table(&rows, &names), expected);
        let rows = app.public().rows("/v1/origins").await;
        assert_eq!(
            table(&rows, &["code", "first_departure", "last_departure", "remaining_individuals"]),
            json!([["waer", "2017-03-18", "2017-05-01", 2470]])
        );
        let rows = app.public().rows("/v1/destinations?level=admin1").await;
        assert_eq!(table(&rows, &["code", "remaining_individuals"]), json!([["SY02", 2470]]));
        app.public().get("/v1/destinations?from=2017-01-01").await.is_problem(400, "invalid_parameters");
    }

    async fn questions_without_meaning_are_refused(app) {
        record(app).await;
        for path in [
            "stats/flows?by=month,week",
            "stats/flows?by=colour",
            "stats/flows?by=month,month",
            "stats/flows?by=",
            "stats/flows?fill=zero",
            "stats/flows?fill=zero&by=origin",
            "stats/flows?level=admin1",
            "stats/flows?level=admin1&by=month",
            "stats/flows?level=admin9&by=origin",
            "stats/flows?limit=1",
            "stats/flows?q=x",
            "stats/flows?source=radio",
            "stats/flows?as_of=2017-01-01",
            "stats/flows?period=month",
            "stats/stocks?by=month",
            "stats/stocks?from=2017-01-01",
            "stats/stocks?to=2017-01-01",
            "stats/stocks?period=decade",
            "stats/stocks?as_of=x",
            "stats/summary?by=origin",
            "stats/summary?to=2017-01-01",
            "origins?to=2017-01-01",
            "stats/flows?cursor=x",
            "stats/flows?count=true",
            "stats/flows?from=2017-05-01&to=2017-04-01",
            "stats/flows?destination=nowhere",
        ] {
            app.public().get(&format!("/v1/{path}")).await.is_problem(400, "invalid_parameters");
        }
    }

    async fn an_answer_without_end_is_refused(app) {
        given::world(app).await;
        given::batch("b").on("1900-01-01").to("bab", &[]).to("zoghra", &[]).put(app).await;
        let mut body = given::batch("c").on("2026-01-01").body();
        let places: Vec<String> = (0..24).map(|number| format!("p{number}")).collect();
        for place in &places {
            given::location(place).put(app).await;
        }
        body["movements"] = places.iter().map(|place| json!({"destination": place})).collect();
        app.editor().put("/v1/batches/c", &body).await.is(201);
        app.public().get("/v1/stats/flows?by=day,destination&fill=zero").await.is_problem(422, "too_many_rows");
    }
}
