//! The statements, on both databases: PostgreSQL where `TEST_POSTGRES_URL` names one.

mod record;

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};

use self::record::{Back, Left, on_each_database};
use super::{By, Columns, FlowRow, PlaceRow, Question, StockRow, SummaryRow, Which};
use crate::db::Conn;
use crate::domain::access::Viewer;
use crate::domain::location::Level;
use crate::domain::period::{Unit, parse_date};
use crate::error::Error;
use crate::store::Reading;

/// Answers from the database; the columns must answer the same.
fn both<T: PartialEq + std::fmt::Debug>(
    conn: &mut Conn,
    asked: impl Fn(&mut Conn, &Columns) -> Result<T, Error>,
) -> Result<T, Error> {
    let columns = Columns::new(1 << 20);
    columns.build(conn).unwrap();
    assert_eq!(columns.look(conn, |_| Some(())).unwrap(), Some(()), "there are columns");
    let counted = asked(conn, &Columns::new(0));
    let kept = asked(conn, &columns);
    if let (Ok(counted), Ok(kept)) = (&counted, &kept) {
        assert_eq!(counted, kept);
    }
    assert_eq!(counted.is_ok(), kept.is_ok());
    counted
}

fn flows(conn: &mut Conn, who: Reading, question: &Question) -> Result<Vec<FlowRow>, Error> {
    both(conn, |conn, columns| super::flows(conn, columns, who, question))
}

fn stocks(conn: &mut Conn, who: Reading, question: &Question) -> Result<Vec<StockRow>, Error> {
    both(conn, |conn, columns| super::stocks(conn, columns, who, question))
}

fn summary(conn: &mut Conn, who: Reading, question: &Question) -> Result<SummaryRow, Error> {
    both(conn, |conn, columns| super::summary(conn, columns, who, question))
}

fn destinations(conn: &mut Conn, who: Reading, question: &Question) -> Result<Vec<PlaceRow>, Error> {
    both(conn, |conn, columns| super::places(conn, columns, who, question, Which::Destination))
}

fn origins(conn: &mut Conn, who: Reading, question: &Question) -> Result<Vec<PlaceRow>, Error> {
    both(conn, |conn, columns| super::places(conn, columns, who, question, Which::Origin))
}

const EDITOR: Reading = Reading { viewer: Viewer::Editor, arabic: false };
const PUBLIC: Reading = Reading { viewer: Viewer::Public, arabic: false };

fn by(by: &[By]) -> Question {
    Question { by: by.to_vec(), ..Question::default() }
}

/// Some columns of some rows.
fn columns<R: serde::Serialize>(rows: &[R], names: &[&str]) -> Value {
    let cells = |row: &R| {
        let row = serde_json::to_value(row).unwrap();
        names.iter().map(|name| row.get(name).unwrap_or_else(|| panic!("no column {name}")).clone()).collect()
    };
    Value::Array(rows.iter().map(|row| Value::Array(cells(row))).collect())
}

const LEFT: [Left; 6] = [
    (1, 6, "displacement", "2017-03-18", "2017-03-18", true, Some(1354)),
    (2, 6, "displacement", "2017-03-27", "2017-03-27", true, Some(1850)),
    (3, 7, "redisplacement", "2017-05-01", "2017-05-31", true, None),
    (4, 7, "displacement", "2017-01-01", "2017-12-31", false, Some(100)),
    (5, 5, "displacement", "2017-12-31", "2018-01-01", true, Some(10)),
    (6, 1, "onward", "2016-02-29", "2016-02-29", true, Some(7)),
];
const BACK: [Back; 3] = [
    (1, 6, "2017-05-01", "2017-05-07", None, Some(21)),
    (2, 5, "2017-08-01", "2017-08-01", Some(4), Some(40)),
    (3, 6, "2017-07-11", "2017-07-11", None, None),
];

#[test]
fn the_total_is_one_row_even_of_nothing() {
    on_each_database(&[], &[], |conn| {
        let names = ["displaced_individuals", "returned_households", "movements", "returns"];
        let rows = flows(conn, EDITOR, &Question::default()).unwrap();
        assert_eq!(columns(&rows, &names), json!([[0, 0, 0, 0]]));
        let rows = stocks(conn, EDITOR, &Question::default()).unwrap();
        let names = ["as_of", "displaced_individuals", "remaining_individuals", "return_rate", "over_return"];
        assert_eq!(columns(&rows, &names), json!([[null, 0, 0, null, false]]));
        let asked = Question { as_of: parse_date("2017-05-01"), ..Question::default() };
        assert_eq!(columns(&stocks(conn, EDITOR, &asked).unwrap(), &names), json!([["2017-05-01", 0, 0, null, false]]));
        assert_eq!(stocks(conn, EDITOR, &by(&[By::Period(Unit::Month)])).unwrap(), []);
        assert_eq!(flows(conn, EDITOR, &by(&[By::Destination])).unwrap(), []);
        let row = summary(conn, EDITOR, &Question::default()).unwrap();
        let names = ["as_of", "first_date", "last_date", "batches", "origins", "destinations", "sources"];
        assert_eq!(columns(&[row], &names), json!([[null, null, null, 0, 0, 0, 0]]));
        assert_eq!(destinations(conn, EDITOR, &Question::default()).unwrap(), []);
    });
}

#[test]
fn flows_stand_in_the_period_that_holds_the_whole_row() {
    on_each_database(&LEFT, &BACK, |conn| {
        let names = [
            "period",
            "period_start",
            "displaced_individuals",
            "displaced_individuals_high_open",
            "returned_individuals",
            "movements",
            "returns",
        ];
        let months = flows(conn, EDITOR, &by(&[By::Period(Unit::Month)])).unwrap();
        let expected = json!([
            ["2017-03", "2017-03-01", 3204, true, 0, 2, 0],
            ["2017-05", "2017-05-01", null, null, 21, 1, 1],
            ["2017-07", "2017-07-01", 0, false, null, 0, 1],
            ["2017-08", "2017-08-01", 0, false, 40, 0, 1],
            [null, null, 110, true, 0, 2, 0],
        ]);
        assert_eq!(columns(&months, &names), expected);
        let labels = |conn: &mut Conn, unit| {
            columns(&flows(conn, EDITOR, &by(&[By::Period(unit)])).unwrap(), &["period", "period_start"])
        };
        let weeks = json!([
            ["2017-W11", "2017-03-13"],
            ["2017-W13", "2017-03-27"],
            ["2017-W18", "2017-05-01"],
            ["2017-W28", "2017-07-10"],
            ["2017-W31", "2017-07-31"],
            [null, null],
        ]);
        assert_eq!(labels(conn, Unit::Week), weeks);
        let quarters =
            json!([["2017-Q1", "2017-01-01"], ["2017-Q2", "2017-04-01"], ["2017-Q3", "2017-07-01"], [null, null]]);
        assert_eq!(labels(conn, Unit::Quarter), quarters);
        assert_eq!(labels(conn, Unit::Year), json!([["2017", "2017-01-01"], [null, null]]));
        let days = json!([
            ["2017-03-18", "2017-03-18"],
            ["2017-03-27", "2017-03-27"],
            ["2017-07-11", "2017-07-11"],
            ["2017-08-01", "2017-08-01"],
            [null, null],
        ]);
        assert_eq!(labels(conn, Unit::Day), days);
    });
}

#[test]
fn places_are_rolled_up_and_null_comes_last() {
    on_each_database(&LEFT, &BACK, |conn| {
        let names = [
            "destination",
            "destination_name",
            "displaced_individuals",
            "movements_without_individuals",
            "returned_individuals",
            "returns",
        ];
        let recorded = flows(conn, EDITOR, &by(&[By::Destination])).unwrap();
        let expected = json!([
            ["Bab", "Al-Bab", 100, 1, 40, 1],
            ["SY0208", "Jarablus", 10, 0, 0, 0],
            ["zoghra", "Zoghra camp", 3204, 0, 21, 2],
        ]);
        assert_eq!(columns(&recorded, &names), expected);
        let at = |level| Question { level: Some(level), ..by(&[By::Destination]) };
        let rows = flows(conn, EDITOR, &at(Level::Admin2)).unwrap();
        let expected = json!([["SY0208", "Jarablus", 3214, 0, 21, 2], [null, null, 100, 1, 40, 1]]);
        assert_eq!(columns(&rows, &names), expected);
        let rows = stocks(conn, Reading { arabic: true, ..EDITOR }, &at(Level::Country)).unwrap();
        let names = ["destination", "destination_name", "as_of", "remaining_individuals"];
        assert_eq!(columns(&rows, &names), json!([["SY", "سوريا", "2018-01-01", 3253]]));
        let rows = flows(conn, EDITOR, &by(&[By::Agreement, By::Origin])).unwrap();
        let names = ["agreement", "agreement_name", "origin", "movements", "returns"];
        assert_eq!(columns(&rows, &names), json!([["deal", "The deal", "waer", 5, 1], [null, null, "waer", 0, 2]]));
    });
}

#[test]
fn onward_movements_are_counted_only_where_they_are_asked_for() {
    on_each_database(&LEFT, &[], |conn| {
        let mut asked = by(&[By::Destination]);
        asked.filter.kind = Some("onward".to_owned());
        let rows = flows(conn, EDITOR, &asked).unwrap();
        assert_eq!(columns(&rows, &["destination", "displaced_individuals", "returns"]), json!([["SY", 7, 0]]));
        asked.filter.kind = Some("redisplacement".to_owned());
        let rows = flows(conn, EDITOR, &asked).unwrap();
        assert_eq!(columns(&rows, &["destination", "displaced_individuals", "returns"]), json!([["Bab", null, 0]]));
    });
}

#[test]
fn filters_by_place_and_day_hold_for_both_flows() {
    on_each_database(&LEFT, &BACK, |conn| {
        let mut asked = by(&[By::Period(Unit::Quarter)]);
        asked.filter.destination = vec!["SY0208".to_owned()];
        asked.filter.to = parse_date("2017-12-31");
        let names = ["period", "displaced_individuals", "returned_individuals", "movements", "returns"];
        let expected = json!([["2017-Q1", 3204, 0, 2, 0], ["2017-Q2", 0, 21, 0, 1], ["2017-Q3", 0, null, 0, 1]]);
        assert_eq!(columns(&flows(conn, EDITOR, &asked).unwrap(), &names), expected);
        asked.fill = true;
        asked.filter.from = parse_date("2017-04-01");
        let expected = json!([["2017-Q2", 0, 21, 0, 1], ["2017-Q3", 0, null, 0, 1], ["2017-Q4", 0, 0, 0, 0],]);
        assert_eq!(columns(&flows(conn, EDITOR, &asked).unwrap(), &names), expected);
        asked.filter.destination = vec!["nowhere".to_owned()];
        assert!(matches!(flows(conn, EDITOR, &asked), Err(Error::Parameters(_))));
    });
}

#[test]
fn the_public_sees_a_return_of_a_hidden_movement_by_its_own_places() {
    on_each_database(&LEFT, &BACK, |conn| {
        let rows = flows(conn, PUBLIC, &by(&[By::Destination, By::Agreement])).unwrap();
        let names = ["destination", "agreement", "displaced_individuals", "returned_individuals"];
        let expected = json!([
            ["Bab", "deal", null, 0],
            ["SY0208", "deal", 10, 0],
            ["SY0208", null, 0, 40],
            ["zoghra", "deal", 3204, 0],
            ["zoghra", null, 0, 21],
        ]);
        assert_eq!(columns(&rows, &names), expected);
        let row = summary(conn, PUBLIC, &Question::default()).unwrap();
        let names = ["first_date", "last_date", "batches", "origins", "destinations", "displaced_individuals"];
        assert_eq!(columns(&[row], &names), json!([["2017-03-18", "2018-01-01", 4, 1, 3, 3214]]));
    });
}

#[test]
fn stocks_hold_what_has_ended_by_the_day() {
    on_each_database(&LEFT, &BACK, |conn| {
        let asked = Question { as_of: parse_date("2017-05-20"), ..by(&[By::Destination, By::Period(Unit::Month)]) };
        let names = [
            "destination",
            "period",
            "as_of",
            "displaced_individuals",
            "remaining_individuals",
            "remaining_individuals_high_open",
        ];
        let expected = json!([
            ["zoghra", "2017-03", "2017-03-31", 3204, 3204, true],
            ["zoghra", "2017-04", "2017-04-30", 3204, 3204, true],
            ["zoghra", "2017-05", "2017-05-20", 3204, 3183, true],
        ]);
        assert_eq!(columns(&stocks(conn, EDITOR, &asked).unwrap(), &names), expected);
        // The year's movement counts when the year is over, and not when it began.
        let asked = Question { as_of: parse_date("2017-12-31"), ..by(&[By::Destination]) };
        let names = ["destination", "as_of", "displaced_individuals", "returned_individuals", "over_return"];
        let expected = json!([["Bab", "2017-12-31", 100, 40, false], ["zoghra", "2017-12-31", 3204, 21, false]]);
        assert_eq!(columns(&stocks(conn, EDITOR, &asked).unwrap(), &names), expected);
        let rows = stocks(conn, EDITOR, &by(&[By::Period(Unit::Year)])).unwrap();
        let names = ["period", "period_start", "as_of", "displaced_individuals", "movements", "returns"];
        let expected =
            json!([["2017", "2017-01-01", "2017-12-31", 3304, 4, 3], ["2018", "2018-01-01", "2018-01-01", 3314, 5, 3]]);
        assert_eq!(columns(&rows, &names), expected);
    });
}

#[test]
fn places_have_their_fields_and_their_days() {
    on_each_database(&LEFT, &BACK, |conn| {
        conn.batch_execute("UPDATE movements SET arrived_on = '2017-03-29' WHERE id = 2").unwrap();
        let rows = destinations(conn, EDITOR, &Question::default()).unwrap();
        let names =
            ["code", "parent", "parent_name", "first_arrival", "last_arrival", "as_of", "remaining_individuals"];
        let expected = json!([
            ["Bab", "SY02", "Aleppo", "2017-01-01", "2017-05-01", "2018-01-01", 60],
            ["SY0208", "SY02", "Aleppo", "2017-12-31", "2017-12-31", "2018-01-01", 10],
            ["zoghra", "SY0208", "Jarablus", "2017-03-18", "2017-03-29", "2018-01-01", 3183],
        ]);
        assert_eq!(columns(&rows, &names), expected);
        let rows = origins(conn, EDITOR, &Question { level: Some(Level::Admin2), ..Question::default() }).unwrap();
        let names = ["code", "kind", "aliases", "first_departure", "last_departure", "movements"];
        assert_eq!(columns(&rows, &names), json!([[null, null, [], "2017-01-01", "2017-12-31", 5]]));
        let rows = origins(conn, EDITOR, &Question::default()).unwrap();
        assert_eq!(columns(&rows, &["code", "kind", "aliases"]), json!([["waer", "neighbourhood", ["Waer"]]]));
    });
}

#[test]
fn sources_are_those_of_what_is_counted_as_far_as_the_viewer_knows_them() {
    on_each_database(&LEFT, &BACK, |conn| {
        let figure = |id: i64, column: &str, of: i64, source: &str, stage: &str, scope: &str| {
            format!(
                "INSERT INTO figures (id, code, {column}, stage, role, scope, source_id, individuals, individuals_quantifier, revision, created_at, updated_at)
                 VALUES ({id}, 'f{id}', {of}, '{stage}', 'triangulation', '{scope}', {source}, 5, 'exact', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00');"
            )
        };
        let figures = [
            figure(1, "movement_id", 1, "1", "departed", "whole"),
            figure(2, "return_id", 1, "2", "arrived", "whole"),
            figure(3, "movement_id", 6, "1", "departed", "whole"),
            figure(4, "movement_id", 2, "NULL", "departed", "whole"),
        ];
        conn.batch_execute(&figures.concat()).unwrap();
        let sources = |conn: &mut Conn, who| summary(conn, who, &Question::default()).unwrap().sources;
        assert_eq!(sources(conn, EDITOR), 2);
        assert_eq!(sources(conn, Reading { viewer: Viewer::Reader, ..EDITOR }), 1);
        conn.batch_execute("UPDATE figures SET scope = 'part' WHERE id = 1").unwrap();
        assert_eq!(sources(conn, PUBLIC), 0);
    });
}
