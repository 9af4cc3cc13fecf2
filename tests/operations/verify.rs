//! `homeward verify`: nothing to say about a record that the service wrote, and everything about one that somebody else changed.

use serde_json::json;

use crate::support::{Client, Service, given_places, homeward, token};

/// Everything that is derived: the table, the column, and something else that the database would let stand there.
const DERIVED: &[(&str, &str)] = &[
    ("locations", "path = 'x'"),
    ("locations", "country_id = (SELECT max(id) FROM locations)"),
    ("locations", "admin1_id = (SELECT max(id) FROM locations)"),
    ("locations", "admin2_id = (SELECT max(id) FROM locations)"),
    ("locations", "admin3_id = (SELECT max(id) FROM locations)"),
    ("locations", "words = 'x'"),
    ("sources", "words = 'x'"),
    ("agreements", "words = 'x'"),
    ("batches", "dated_on = '1999-01-01'"),
    ("batches", "dated_last = '2099-01-01'"),
    ("batches", "happened = NOT happened"),
    ("batches", "is_public = NOT is_public"),
    ("batches", "households = households + 1"),
    ("batches", "households_low = households_low - 1"),
    ("batches", "households_high = households_high + 8"),
    ("batches", "households_high_open = NOT households_high_open"),
    ("batches", "individuals = NULL"),
    ("batches", "individuals_low = NULL"),
    ("batches", "individuals_high = NULL"),
    ("batches", "individuals_high_open = NULL"),
    ("batches", "movement_count = 7"),
    ("batches", "movements_without_households = 7"),
    ("batches", "movements_without_individuals = 7"),
    ("movements", "code = 'b.elsewhere'"),
    ("movements", "origin_id = (SELECT id FROM locations WHERE code = 'x')"),
    ("movements", "agreement_id = NULL"),
    ("movements", "batch_kind = 'onward'"),
    ("movements", "dated_on = '1999-01-01'"),
    ("movements", "dated_last = '2099-01-01'"),
    ("movements", "happened = NOT happened"),
    ("movements", "is_public = NOT is_public"),
    ("movements", "households = households + 1"),
    ("movements", "households_low = households_low - 1"),
    ("movements", "households_high = households_high + 8"),
    ("movements", "households_high_open = NOT households_high_open"),
    ("movements", "individuals = NULL"),
    ("movements", "individuals_low = NULL"),
    ("movements", "individuals_high = NULL"),
    ("movements", "individuals_high_open = NULL"),
    ("movements", "households_figure = 'x'"),
    ("movements", "individuals_figure = NULL"),
    ("movements", "figure_count = 7"),
    ("returns", "origin_id = (SELECT id FROM locations WHERE code = 'x')"),
    ("returns", "destination_id = (SELECT id FROM locations WHERE code = 'x')"),
    ("returns", "counted_agreement_id = NULL"),
    ("returns", "batch_kind = 'onward'"),
    ("returns", "movement_is_public = NOT movement_is_public"),
    ("returns", "dated_on = '1999-01-01'"),
    ("returns", "dated_last = '2099-01-01'"),
    ("returns", "happened = NOT happened"),
    ("returns", "is_public = NOT is_public"),
    ("returns", "households = households + 1"),
    ("returns", "households_low = households_low - 1"),
    ("returns", "households_high = households_high + 8"),
    ("returns", "households_high_open = NOT households_high_open"),
    ("returns", "individuals = NULL"),
    ("returns", "individuals_low = NULL"),
    ("returns", "individuals_high = NULL"),
    ("returns", "individuals_high_open = NULL"),
    ("returns", "households_figure = 'x'"),
    ("returns", "individuals_figure = NULL"),
    ("returns", "figure_count = 7"),
    ("figures", "dated_on = '1999-01-01'"),
    ("figures", "dated_last = '2099-01-01'"),
];

fn given_a_record(editor: &Client) {
    given_places(editor);
    for (path, body) in [
        ("locations/x", json!({"name": "Somewhere", "kind": "country"})),
        ("locations/y", json!({"name": "Else", "kind": "camp", "parent": "x", "aliases": ["Other"]})),
        ("agreements/deal", json!({"name": "Deal", "signed_on": "2017-03-13"})),
    ] {
        editor.put(&format!("/v1/{path}"), &body).is(201);
    }
    let figure = |code: &str, stage: &str| {
        // The recommended count stands between two others, so that it can be another.
        let (households, high) = (2, if stage == "departed" { json!(9) } else { json!(null) });
        let quantifier = if stage == "departed" { "between" } else { "exact" };
        json!({"code": code, "stage": stage, "individuals": 5, "individuals_quantifier": "more_than",
            "households": households, "households_quantifier": quantifier, "households_high": high, "source": "radio"})
    };
    let movement = json!({"destination": "bab", "figures": [figure("one", "departed"), figure("two", "arrived")]});
    let batch = json!({"origin": "waer", "departed_on": "2017-03-01", "departed_on_precision": "month",
        "agreement": "deal", "movements": [movement]});
    editor.put("/v1/batches/b", &batch).is(201);
    let homecoming = json!({"from": "bab", "to": "waer", "movement": "b.bab", "returned_on": "2017-05-01",
        "figures": [figure("back", "arrived"), figure("left", "departed")]});
    editor.put("/v1/returns/r", &homecoming).is(201);
    for (code, member, subject) in [("of-batch", "batch", "b"), ("of-deal", "agreement", "deal")] {
        let mut published = figure(code, "planned");
        published[member] = json!(subject);
        editor.put(&format!("/v1/figures/{code}"), &published).is(201);
    }
}

both! {
    fn what_somebody_else_changed_is_found(database) {
        let url = database.url();
        let ada = token(&url, "ada", "editor");
        let service = Service::start(&url);
        given_a_record(&service.with_token(&ada));
        // The service need not be stopped.
        let fine = homeward(&url, &["verify"]);
        assert_eq!((fine.status, fine.out.as_str()), (Some(0), "15 rows: everything derived is as it should be.\n"), "{fine}");

        for (table, change) in DERIVED {
            database.execute(&format!("CREATE TABLE before AS SELECT * FROM {table}"));
            database.execute(&format!("UPDATE {table} SET {change}"));
            let column = change.split(' ').next().unwrap();
            let wrong = homeward(&url, &["verify"]);
            assert_eq!(wrong.status, Some(1), "{table} {change}: {wrong}");
            let named = |line: &str| line.starts_with(&format!("{table} ")) && line.contains(&format!(": {column} is "));
            assert!(wrong.out.lines().all(named), "{table} {change}: {wrong}");
            assert!(wrong.out.lines().count() > 0, "{table} {change}: {wrong}");
            let same = format!("UPDATE {table} SET {column} = (SELECT {column} FROM before WHERE before.id = {table}.id)");
            database.execute(&format!("{same}; DROP TABLE before"));
        }
        assert_eq!(homeward(&url, &["verify"]).status, Some(0));

        // The databases let no two be recommended; verify does not lean on that.
        database.execute("DROP INDEX figures_one_recommended_movement");
        database.execute("UPDATE figures SET role = 'recommended' WHERE code = 'two'");
        let wrong = homeward(&url, &["verify"]);
        assert!(wrong.out.contains("figures two: role is "), "{wrong}");
        // What is counted is derived from the figures, and not from itself.
        let back = "UPDATE figures SET role = 'triangulation' WHERE code = 'two'; UPDATE figures SET individuals = 9";
        database.execute(back);
        let wrong = homeward(&url, &["verify"]);
        let found = |text: &str| assert!(wrong.out.contains(text), "{text}: {wrong}");
        found("movements b.bab: individuals is Some(5), and should be Some(9)\n");
        found("batches b: individuals_high is Some(5), and should be Some(9)\n");
        found("returns r: individuals_low is Some(5), and should be Some(9)\n");
        service.stop();
    }
}
