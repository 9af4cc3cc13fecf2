//! Returns as the paths below `/v1/returns` offer them.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::write::{delete, put};
use super::{Return, ReturnSingle, ReturnView, Row, Standing, find, hold, single, views};
use crate::db::Conn;
use crate::db::schema::returns;
use crate::domain::Resource;
use crate::domain::access::Viewer;
use crate::domain::words::{HouseholdCompleteness, Precision, Visibility};
use crate::error::Error;
use crate::store::known::Known;
use crate::store::rows::{SAMPLE_TIME, listed, untouched};
use crate::store::{Figures, Filter, Precondition, Reading, Rows, Tx, Written, filter, rows};

/// The resource `returns`.
pub struct Returns;

fn held(tx: &mut Tx, known: &mut Known, code: &str) -> Result<Standing, Error> {
    hold(tx, known, &[code])?.remove(code).ok_or_else(|| Error::NotFound(Resource::Returns, code.to_owned()))
}

impl Rows for Returns {
    const RESOURCE: Resource = Resource::Returns;
    type Row = ReturnView;
    type Single = ReturnSingle;
    type Body = Return;

    listed!(returns by "dated_on", |row: &Row| row.dated_on, filter::returns, views);

    fn single(conn: &mut Conn, who: Reading, code: &str) -> Result<Option<(ReturnSingle, i32)>, Error> {
        let row = find(conn, code)?.filter(|row| row.is_public || who.viewer != Viewer::Public);
        let Some(row) = row else { return Ok(None) };
        let revision = row.revision;
        Ok(Some((single(conn, who, row)?, revision)))
    }

    untouched!(returns, |conn: &mut Conn, rows: &[Row]| {
        let names = super::names(conn, crate::store::INSIDE, rows)?;
        rows.iter().map(|row| row.own(&names)).collect::<Result<_, _>>()
    });

    fn held(tx: &mut Tx, code: &str) -> Result<Value, Error> {
        let standing = held(tx, &mut Known::default(), code)?;
        Ok(serde_json::to_value(standing.own).unwrap_or_default())
    }

    fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
        put(tx, code, body, condition)
    }

    fn delete(tx: &mut Tx, code: &str, condition: &Precondition) -> Result<(), Error> {
        let mut known = Known::default();
        let standing = held(tx, &mut known, code)?;
        condition.check(Some(standing.row.revision))?;
        delete(tx, &known, standing)
    }

    fn sample() -> ReturnView {
        ReturnView {
            code: "al-waer-return-05".to_owned(),
            from: "zoghra-camp".to_owned(),
            from_name: "Zoghra camp".to_owned(),
            to: "al-waer".to_owned(),
            to_name: "Al-Waer".to_owned(),
            movement: None,
            agreement: Some("al-waer-2017".to_owned()),
            agreement_name: Some("Al-Waer agreement".to_owned()),
            scheduled_on: None,
            returned_on: NaiveDate::from_ymd_opt(2017, 7, 11),
            returned_on_precision: Precision::Day,
            from_as_reported: Some("camps at Jarablus".to_owned()),
            household_completeness: Some(HouseholdCompleteness::Unknown),
            members_remaining: None,
            cancelled: false,
            reasons: vec![],
            parties: crate::store::sample_parties(),
            visibility: Visibility::Public,
            notes: None,
            origin: "al-waer".to_owned(),
            origin_name: "Al-Waer".to_owned(),
            destination: "zoghra-camp".to_owned(),
            destination_name: "Zoghra camp".to_owned(),
            households: Some(150),
            households_low: Some(150),
            households_high: Some(200),
            households_high_open: Some(false),
            individuals: Some(511),
            individuals_low: Some(400),
            individuals_high: Some(630),
            individuals_high_open: Some(false),
            households_figure: Some("0197a2b0-0000-7000-8000-000000000004".to_owned()),
            individuals_figure: Some("0197a2b0-0000-7000-8000-000000000003".to_owned()),
            figure_count: 5,
            revision: 1,
            created_at: SAMPLE_TIME,
            updated_at: SAMPLE_TIME,
        }
    }

    fn sample_single() -> ReturnSingle {
        ReturnSingle { homecoming: Self::sample(), figures: vec![Figures::sample()] }
    }

    fn sample_body() -> Value {
        json!({
            "code": "al-waer-return-05", "from": "zoghra-camp", "to": "al-waer", "returned_on": "2017-07-11",
            "figures": [{"stage": "departed", "source": "jarablus-council", "individuals": 511}],
        })
    }
}
