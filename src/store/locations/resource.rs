//! Locations as the paths below `/v1/locations` offer them.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::write::{put, used};
use super::{Location, LocationView, Row, find, names, own, view};
use crate::db::dialect::Lock;
use crate::db::page::{Page, PageRequest, Position, SortBy};
use crate::db::schema::locations;
use crate::db::{Backend, Conn};
use crate::domain::Resource;
use crate::domain::words::{LocationKind, SettlementType};
use crate::error::Error;
use crate::store::rows::SAMPLE_TIME;
use crate::store::{Filter, Precondition, Reading, Rows, Tx, Written, filter, rows};

/// The resource `locations`.
pub struct Locations;

impl Rows for Locations {
    const RESOURCE: Resource = Resource::Locations;
    type Row = LocationView;
    type Single = LocationView;
    type Body = Location;

    fn page(
        conn: &mut Conn,
        who: Reading,
        filter: &Filter,
        request: &PageRequest,
    ) -> Result<Page<LocationView>, Error> {
        let resolved = filter::resolve(conn, who, filter)?;
        let rows: Vec<Row> = locations::table
            .into_boxed::<Backend>()
            .filter(filter::locations(&resolved))
            .filter(rows::after(request, "code"))
            .order(rows::order(request, "code"))
            .limit(rows::fetch(request))
            .load(conn)?;
        let names = names(conn, who, &rows)?;
        let views = rows.into_iter().map(|row| row.view(who, &names)).collect::<Result<_, _>>()?;
        Ok(Page::of(views, request, |row: &LocationView| Position {
            date: None,
            time: (request.sort.by == SortBy::UpdatedAt).then_some(row.updated_at),
            code: row.code.clone(),
        }))
    }

    fn count(conn: &mut Conn, who: Reading, filter: &Filter) -> Result<i64, Error> {
        let resolved = filter::resolve(conn, who, filter)?;
        Ok(locations::table.filter(filter::locations(&resolved)).count().get_result(conn)?)
    }

    fn single(conn: &mut Conn, who: Reading, code: &str) -> Result<Option<(LocationView, i32)>, Error> {
        let Some(row) = find(conn, code)? else { return Ok(None) };
        let revision = row.revision;
        Ok(Some((view(conn, who, row)?, revision)))
    }

    fn create(tx: &mut Tx, body: &Value) -> Result<Written, Error> {
        put(tx, None, body, &Precondition::default())
    }

    fn replace(tx: &mut Tx, code: &str, body: &Value, condition: &Precondition) -> Result<Written, Error> {
        put(tx, Some(code), body, condition)
    }

    fn change(tx: &mut Tx, code: &str, patch: &Value, condition: &Precondition) -> Result<Written, Error> {
        // Before the row is read that the patch is merged into.
        tx.lock(Lock::Locations)?;
        let before = find(tx.conn, code)?.ok_or_else(|| Error::NotFound(Self::RESOURCE, code.to_owned()))?;
        let own = serde_json::to_value(own(tx.conn, &before)?).unwrap_or_default();
        put(tx, Some(code), &rows::merged(&own, patch), condition)
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
        tx.note(Self::RESOURCE, code, row.revision + 1, Some(&was), None)
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
