//! Locations as the paths below `/v1/locations` offer them.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::write::{put, used};
use super::{Location, LocationView, Row, find, names, own, view};
use crate::db::Conn;
use crate::db::dialect::Lock;
use crate::db::schema::locations;
use crate::domain::Resource;
use crate::domain::words::{LocationKind, SettlementType};
use crate::error::Error;
use crate::store::rows::{SAMPLE_TIME, listed, untouched};
use crate::store::{Filter, Precondition, Reading, Rows, Tx, Written, filter, rows};

/// The resource `locations`.
pub struct Locations;

impl Rows for Locations {
    const RESOURCE: Resource = Resource::Locations;
    type Row = LocationView;
    type Single = LocationView;
    type Body = Location;

    listed!(locations by "code", |_: &Row| None, |resolved, _| filter::locations(resolved), |conn, who, rows: Vec<Row>| {
        let names = names(conn, who, &rows)?;
        rows.into_iter().map(|row| row.view(who, &names)).collect()
    });

    fn single(conn: &mut Conn, who: Reading, code: &str) -> Result<Option<(LocationView, i32)>, Error> {
        let Some(row) = find(conn, code)? else { return Ok(None) };
        let revision = row.revision;
        Ok(Some((view(conn, who, row)?, revision)))
    }

    untouched!(locations, |conn: &mut Conn, rows: &[Row]| {
        let names = names(conn, crate::store::INSIDE, rows)?;
        rows.iter().map(|row| row.own(&names)).collect::<Result<_, _>>()
    });

    fn held(tx: &mut Tx, code: &str) -> Result<Value, Error> {
        // Before the row is read that the patch is merged into.
        tx.lock(Lock::Locations)?;
        let before = find(tx.conn, code)?.ok_or_else(|| Error::NotFound(Self::RESOURCE, code.to_owned()))?;
        Ok(serde_json::to_value(own(tx.conn, &before)?).unwrap_or_default())
    }

    fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
        put(tx, code, body, condition)
    }

    fn delete(tx: &mut Tx, code: &str, condition: &Precondition) -> Result<(), Error> {
        tx.lock(Lock::Locations)?;
        let row = find(tx.conn, code)?.ok_or_else(|| Error::NotFound(Self::RESOURCE, code.to_owned()))?;
        condition.check(Some(row.revision))?;
        if let Some(used) = used(tx.conn, row.id)? {
            return Err(Error::InUse(used));
        }
        let was = own(tx.conn, &row)?;
        diesel::delete(locations::table.filter(locations::id.eq(row.id))).execute(tx.conn)?;
        tx.note(Self::RESOURCE, row.id, code, row.revision + 1, Some(&was), None)
    }

    fn sample() -> LocationView {
        LocationView {
            code: "zoghra-camp".to_owned(),
            name: "Zoghra camp".to_owned(),
            kind: LocationKind::Camp,
            name_ar: Some("مخيم زوغرة".to_owned()),
            aliases: vec!["Zoghara".to_owned(), "Zughra".to_owned()],
            parent: Some("SY0208".to_owned()),
            parent_name: Some("Jarablus".to_owned()),
            p_code: None,
            latitude: None,
            longitude: None,
            settlement_type: Some(SettlementType::PlannedCamp),
            revision: 1,
            created_at: SAMPLE_TIME,
            updated_at: SAMPLE_TIME,
        }
    }

    fn sample_single() -> LocationView {
        Self::sample()
    }

    fn sample_body() -> Value {
        json!({"code": "SY", "name": "Syrian Arab Republic", "name_ar": "سوريا", "kind": "country"})
    }
}
