//! Organised departures, each from one origin.

mod plan;
mod resource;
mod settle;
mod standing;
mod write;

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::Reading;
use super::movements::{self, MovementSingle};
use super::names::{Names, Wanted};
use super::references::CHUNK;
use super::rows::utc;
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::batches;
use crate::db::types::{Word, list_from_text};
use crate::domain::batch::{Batch, Party};
use crate::domain::words::{BatchKind, Precision, Reason, Visibility};
use crate::error::Error;

pub(super) use plan::{Plan, codes, plan};
pub use resource::Batches;
pub(super) use settle::{settle, settle_gone};
pub(super) use standing::{Standing, hold};
pub(super) use write::{READ_ONLY, execute};

/// A batch as it lies in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = batches, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    #[diesel(skip_update)]
    pub(super) id: i64,
    pub(super) code: String,
    pub(super) kind: Word<BatchKind>,
    pub(super) number: Option<i32>,
    pub(super) agreement_id: Option<i64>,
    pub(super) origin_id: i64,
    pub(super) scheduled_on: Option<NaiveDate>,
    pub(super) departed_on: Option<NaiveDate>,
    pub(super) departed_on_precision: Word<Precision>,
    pub(super) cancelled: bool,
    pub(super) reasons: String,
    pub(super) parties: String,
    pub(super) visibility: Word<Visibility>,
    pub(super) notes: Option<String>,
    pub(super) dated_on: Option<NaiveDate>,
    pub(super) dated_last: Option<NaiveDate>,
    pub(super) happened: bool,
    pub(super) is_public: bool,
    pub(super) households: Option<i64>,
    pub(super) households_low: Option<i64>,
    pub(super) households_high: Option<i64>,
    pub(super) households_high_open: Option<bool>,
    pub(super) individuals: Option<i64>,
    pub(super) individuals_low: Option<i64>,
    pub(super) individuals_high: Option<i64>,
    pub(super) individuals_high_open: Option<bool>,
    pub(super) movement_count: i64,
    pub(super) movements_without_households: i64,
    pub(super) movements_without_individuals: i64,
    pub(super) revision: i32,
    pub(super) created_at: NaiveDateTime,
    pub(super) updated_at: NaiveDateTime,
}

/// A batch as it is read.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct BatchView {
    /// The public key.
    pub code: String,
    /// Where it left.
    pub origin: String,
    /// Its name.
    pub origin_name: String,
    /// What kind of departure it is.
    pub kind: BatchKind,
    /// Its number among the batches of its operation.
    pub number: Option<i32>,
    /// The agreement that provided for it.
    pub agreement: Option<String>,
    /// Its name.
    pub agreement_name: Option<String>,
    /// The day that was first announced for it; null for the public.
    pub scheduled_on: Option<NaiveDate>,
    /// The first day of the period in which it left.
    pub departed_on: Option<NaiveDate>,
    /// How exactly that is known.
    pub departed_on_precision: Precision,
    /// Whether it was called off.
    pub cancelled: bool,
    /// Why people left.
    pub reasons: Vec<Reason>,
    /// Who organised, facilitated, watched.
    pub parties: Vec<Party>,
    /// Who may read it.
    pub visibility: Visibility,
    /// Anything else; null for the public.
    pub notes: Option<String>,
    /// Families: the sum of the movements; null where nobody knows.
    pub households: Option<i64>,
    /// The sum of the lowest claims.
    pub households_low: Option<i64>,
    /// The sum of the highest claims.
    pub households_high: Option<i64>,
    /// Whether a highest claim is a "more than".
    pub households_high_open: Option<bool>,
    /// Persons: the sum of the movements; null where nobody knows.
    pub individuals: Option<i64>,
    /// The sum of the lowest claims.
    pub individuals_low: Option<i64>,
    /// The sum of the highest claims.
    pub individuals_high: Option<i64>,
    /// Whether a highest claim is a "more than".
    pub individuals_high_open: Option<bool>,
    /// How many movements it has.
    pub movement_count: i64,
    /// How many of them have no families.
    pub movements_without_households: i64,
    /// How many of them have no persons.
    pub movements_without_individuals: i64,
    /// Rises with every change of it, its movements or their figures.
    pub revision: i32,
    /// When it was recorded.
    #[serde(serialize_with = "utc")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub created_at: NaiveDateTime,
    /// When it or a part of it was last changed.
    #[serde(serialize_with = "utc")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub updated_at: NaiveDateTime,
}

/// A batch by itself, with its movements and their figures.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct BatchSingle {
    /// The batch.
    #[serde(flatten)]
    pub batch: BatchView,
    /// Its movements, in recorded order.
    pub movements: Vec<MovementSingle>,
}

impl Row {
    /// Derives when it was, and for whom.
    pub(super) fn stand(&mut self, own: &Batch) {
        let span = own.span();
        self.dated_on = span.map(|span| span.first);
        self.dated_last = span.map(|span| span.last);
        self.happened = own.happened();
        self.is_public = own.is_public();
    }

    pub(super) fn own(&self, names: &Names) -> Result<Batch, Error> {
        let row = self.clone();
        Ok(Batch {
            code: row.code,
            origin: names.location(row.origin_id).code,
            kind: row.kind.0,
            number: row.number,
            agreement: names.agreement(row.agreement_id).map(|named| named.code),
            scheduled_on: row.scheduled_on,
            departed_on: row.departed_on,
            departed_on_precision: row.departed_on_precision.0,
            cancelled: row.cancelled,
            reasons: list_from_text(&row.reasons)?,
            parties: list_from_text(&row.parties)?,
            visibility: row.visibility.0,
            notes: row.notes,
        })
    }

    fn view(self, who: Reading, names: &Names) -> Result<BatchView, Error> {
        let restricted = who.viewer.sees_restricted();
        let origin = names.location(self.origin_id);
        let agreement = names.agreement(self.agreement_id);
        Ok(BatchView {
            code: self.code,
            origin: origin.code,
            origin_name: origin.name,
            kind: self.kind.0,
            number: self.number,
            agreement: agreement.as_ref().map(|named| named.code.clone()),
            agreement_name: agreement.map(|named| named.name),
            scheduled_on: self.scheduled_on.filter(|_| restricted),
            departed_on: self.departed_on,
            departed_on_precision: self.departed_on_precision.0,
            cancelled: self.cancelled,
            reasons: list_from_text(&self.reasons)?,
            parties: list_from_text(&self.parties)?,
            visibility: self.visibility.0,
            notes: self.notes.filter(|_| restricted),
            households: self.households,
            households_low: self.households_low,
            households_high: self.households_high,
            households_high_open: self.households_high_open,
            individuals: self.individuals,
            individuals_low: self.individuals_low,
            individuals_high: self.individuals_high,
            individuals_high_open: self.individuals_high_open,
            movement_count: self.movement_count,
            movements_without_households: self.movements_without_households,
            movements_without_individuals: self.movements_without_individuals,
            revision: self.revision,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// The batch of a code.
pub(super) fn find(conn: &mut Conn, code: &str) -> Result<Option<Row>, Error> {
    Ok(batches::table.filter(batches::code.eq(code)).first(conn).optional()?)
}

/// What a movement shows of its batch: a list of movements reads no more of a hundred others.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = batches)]
pub(super) struct Shown {
    id: i64,
    pub(super) code: String,
    pub(super) number: Option<i32>,
    pub(super) scheduled_on: Option<NaiveDate>,
    pub(super) departed_on: Option<NaiveDate>,
    pub(super) departed_on_precision: Word<Precision>,
    pub(super) cancelled: bool,
}

/// What some movements show of their batches, by key.
pub(super) fn shown(conn: &mut Conn, ids: impl Iterator<Item = i64>) -> Result<HashMap<i64, Shown>, Error> {
    let mut ids: Vec<i64> = ids.collect();
    ids.sort_unstable();
    ids.dedup();
    let mut found = HashMap::with_capacity(ids.len());
    for ids in ids.chunks(CHUNK) {
        let these = Condition::keyed("id", ids);
        let rows: Vec<Shown> = batches::table.filter(these).select(Shown::as_select()).load(conn)?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

impl Shown {
    fn of(row: &Row) -> Self {
        Self {
            id: row.id,
            code: row.code.clone(),
            number: row.number,
            scheduled_on: row.scheduled_on,
            departed_on: row.departed_on,
            departed_on_precision: row.departed_on_precision,
            cancelled: row.cancelled,
        }
    }
}

fn want(rows: &[Row], wanted: &mut Wanted) {
    wanted.locations(rows.iter().map(|row| row.origin_id));
    wanted.agreements(rows.iter().filter_map(|row| row.agreement_id));
}

fn names(conn: &mut Conn, who: Reading, rows: &[Row]) -> Result<Names, Error> {
    let mut wanted = Wanted::default();
    want(rows, &mut wanted);
    Names::load(conn, who, &wanted)
}

fn views(conn: &mut Conn, who: Reading, rows: Vec<Row>) -> Result<Vec<BatchView>, Error> {
    let names = names(conn, who, &rows)?;
    rows.into_iter().map(|row| row.view(who, &names)).collect()
}

fn single(conn: &mut Conn, who: Reading, row: Row) -> Result<BatchSingle, Error> {
    let parts = movements::of_batch(conn, row.id)?;
    let parts = movements::Parts::read(conn, who, parts)?;
    let mut wanted = Wanted::default();
    want(std::slice::from_ref(&row), &mut wanted);
    parts.want(&mut wanted);
    let mut names = Names::load(conn, who, &wanted)?;
    let movements = parts.singles(who, &mut names, &HashMap::from([(row.id, Shown::of(&row))]))?;
    Ok(BatchSingle { batch: row.view(who, &names)?, movements })
}
