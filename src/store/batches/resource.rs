//! Batches as the paths below `/v1/batches` offer them.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::write::{delete, put};
use super::{Batch, BatchSingle, BatchView, Row, Standing, find, hold, single, views};
use crate::db::Conn;
use crate::db::schema::batches;
use crate::domain::Resource;
use crate::domain::access::Viewer;
use crate::domain::words::{BatchKind, Precision, Reason, Visibility};
use crate::error::Error;
use crate::store::known::Known;
use crate::store::rows::{SAMPLE_TIME, listed, untouched};
use crate::store::{Filter, Movements, Precondition, Reading, Rows, Tx, Written, filter, rows};

/// The resource `batches`.
pub struct Batches;

fn held(tx: &mut Tx, known: &mut Known, code: &str) -> Result<Standing, Error> {
    hold(tx, known, &[code])?.remove(code).ok_or_else(|| Error::NotFound(Resource::Batches, code.to_owned()))
}

impl Rows for Batches {
    const RESOURCE: Resource = Resource::Batches;
    type Row = BatchView;
    type Single = BatchSingle;
    type Body = Batch;

    listed!(batches by "dated_on", |row: &Row| row.dated_on, filter::batches, views);

    fn single(conn: &mut Conn, who: Reading, code: &str) -> Result<Option<(BatchSingle, i32)>, Error> {
        let row = find(conn, code)?.filter(|row| row.is_public || who.viewer != Viewer::Public);
        let Some(row) = row else { return Ok(None) };
        let revision = row.revision;
        Ok(Some((single(conn, who, row)?, revision)))
    }

    untouched!(batches, |conn: &mut Conn, rows: &[Row]| {
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

    fn sample() -> BatchView {
        BatchView {
            code: "al-waer-01".to_owned(),
            origin: "al-waer".to_owned(),
            origin_name: "Al-Waer".to_owned(),
            kind: BatchKind::Displacement,
            number: Some(1),
            agreement: Some("al-waer-2017".to_owned()),
            agreement_name: Some("Al-Waer agreement".to_owned()),
            scheduled_on: None,
            departed_on: NaiveDate::from_ymd_opt(2017, 3, 18),
            departed_on_precision: Precision::Day,
            cancelled: false,
            reasons: vec![Reason::Siege],
            parties: crate::store::sample_parties(),
            visibility: Visibility::Public,
            notes: None,
            households: Some(306),
            households_low: Some(306),
            households_high: Some(306),
            households_high_open: Some(false),
            individuals: Some(1354),
            individuals_low: Some(1354),
            individuals_high: Some(2000),
            individuals_high_open: Some(false),
            movement_count: 1,
            movements_without_households: 0,
            movements_without_individuals: 0,
            revision: 1,
            created_at: SAMPLE_TIME,
            updated_at: SAMPLE_TIME,
        }
    }

    fn sample_single() -> BatchSingle {
        BatchSingle { batch: Self::sample(), movements: vec![Movements::sample_single()] }
    }

    fn sample_body() -> Value {
        json!({
            "code": "al-waer-01", "origin": "al-waer", "number": 1, "departed_on": "2017-03-18",
            "movements": [{
                "destination": "SY0208", "arrived_on": "2017-03-19",
                "figures": [
                    {"stage": "departed", "role": "recommended", "source": "syrian-voice", "individuals": 1354},
                    {"stage": "departed", "source": "orient", "individuals": 2000, "individuals_quantifier": "approximately"},
                ],
            }],
        })
    }
}
