//! Families coming back together.

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
use super::figures::{self, FigureView, Subject};
use super::movements;
use super::names::{Names, Wanted};
use super::references::CHUNK;
use super::rows::utc;
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::{self, returns};
use crate::db::types::{Word, list_from_text};
use crate::domain::batch::Party;
use crate::domain::homecoming::Return;
use crate::domain::words::{BatchKind, HouseholdCompleteness, Precision, Reason, Visibility};
use crate::error::Error;

pub(super) use plan::{Outbound, Plan, codes, outbound, plan};
pub use resource::Returns;
pub(super) use settle::{settle, settle_gone};
pub(super) use standing::{Standing, hold};
pub(super) use write::{READ_ONLY, execute};

/// A return as it lies in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = returns, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    #[diesel(skip_update)]
    pub(super) id: i64,
    pub(super) code: String,
    pub(super) from_id: i64,
    pub(super) to_id: i64,
    pub(super) movement_id: Option<i64>,
    pub(super) agreement_id: Option<i64>,
    pub(super) scheduled_on: Option<NaiveDate>,
    pub(super) returned_on: Option<NaiveDate>,
    pub(super) returned_on_precision: Word<Precision>,
    pub(super) from_as_reported: Option<String>,
    pub(super) household_completeness: Option<Word<HouseholdCompleteness>>,
    pub(super) members_remaining: Option<i32>,
    pub(super) cancelled: bool,
    pub(super) reasons: String,
    pub(super) parties: String,
    pub(super) visibility: Word<Visibility>,
    pub(super) notes: Option<String>,
    pub(super) origin_id: i64,
    pub(super) destination_id: i64,
    pub(super) counted_agreement_id: Option<i64>,
    pub(super) batch_kind: Word<BatchKind>,
    pub(super) movement_is_public: bool,
    pub(super) dated_on: Option<NaiveDate>,
    pub(super) dated_last: Option<NaiveDate>,
    pub(super) happened: bool,
    pub(super) is_public: bool,
    pub(super) households: Option<i32>,
    pub(super) households_low: Option<i32>,
    pub(super) households_high: Option<i32>,
    pub(super) households_high_open: Option<bool>,
    pub(super) individuals: Option<i32>,
    pub(super) individuals_low: Option<i32>,
    pub(super) individuals_high: Option<i32>,
    pub(super) individuals_high_open: Option<bool>,
    pub(super) households_figure: Option<String>,
    pub(super) individuals_figure: Option<String>,
    pub(super) figure_count: i32,
    pub(super) revision: i32,
    pub(super) created_at: NaiveDateTime,
    pub(super) updated_at: NaiveDateTime,
}

/// A return as it is read, with where it counts.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ReturnView {
    /// The public key.
    pub code: String,
    /// The place of displacement that they left.
    pub from: String,
    /// Its name.
    pub from_name: String,
    /// The place that they came back to.
    pub to: String,
    /// Its name.
    pub to_name: String,
    /// The outbound movement that they were a part of; null where it is hidden.
    pub movement: Option<String>,
    /// The agreement that provided for the return.
    pub agreement: Option<String>,
    /// Its name.
    pub agreement_name: Option<String>,
    /// The day that was first announced for it; null for the public.
    pub scheduled_on: Option<NaiveDate>,
    /// The first day of the period in which they came back.
    pub returned_on: Option<NaiveDate>,
    /// How exactly that is known.
    pub returned_on_precision: Precision,
    /// What a source calls the place that they left.
    pub from_as_reported: Option<String>,
    /// Whether whole families came back.
    pub household_completeness: Option<HouseholdCompleteness>,
    /// How many members of these families stayed behind; null for the public.
    pub members_remaining: Option<i32>,
    /// Whether it was called off.
    pub cancelled: bool,
    /// Why they came back.
    pub reasons: Vec<Reason>,
    /// Who organised, facilitated, watched.
    pub parties: Vec<Party>,
    /// Who may read it.
    pub visibility: Visibility,
    /// Anything else; null for the public.
    pub notes: Option<String>,
    /// The place of origin that it counts for: its movement's, else where they came back to.
    pub origin: String,
    /// Its name.
    pub origin_name: String,
    /// The place of displacement that it counts for: its movement's, else where they came from.
    pub destination: String,
    /// Its name.
    pub destination_name: String,
    /// Families: the recommended value; null where nobody knows.
    pub households: Option<i32>,
    /// The lowest claim.
    pub households_low: Option<i32>,
    /// The highest claim.
    pub households_high: Option<i32>,
    /// Whether the highest claim is a "more than".
    pub households_high_open: Option<bool>,
    /// Persons: the recommended value; null where nobody knows.
    pub individuals: Option<i32>,
    /// The lowest claim.
    pub individuals_low: Option<i32>,
    /// The highest claim.
    pub individuals_high: Option<i32>,
    /// Whether the highest claim is a "more than".
    pub individuals_high_open: Option<bool>,
    /// The figure that gave the families.
    pub households_figure: Option<String>,
    /// The figure that gave the persons.
    pub individuals_figure: Option<String>,
    /// How many whole figures of the actual phase there are.
    pub figure_count: i32,
    /// Rises with every change of it or its figures.
    pub revision: i32,
    /// When it was recorded.
    #[serde(serialize_with = "utc")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub created_at: NaiveDateTime,
    /// When it or a figure of it was last changed.
    #[serde(serialize_with = "utc")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub updated_at: NaiveDateTime,
}

/// A return by itself, with its figures.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ReturnSingle {
    /// The return.
    #[serde(flatten)]
    pub homecoming: ReturnView,
    /// What the sources say, in recorded order.
    pub figures: Vec<FigureView>,
}

impl Row {
    pub(super) fn own(&self, names: &Names) -> Result<Return, Error> {
        self.clone().into_own(names)
    }

    pub(super) fn into_own(self, names: &Names) -> Result<Return, Error> {
        let row = self;
        Ok(Return {
            code: row.code,
            from: names.location(row.from_id).code,
            to: names.location(row.to_id).code,
            movement: names.movement(row.movement_id),
            agreement: names.agreement(row.agreement_id).map(|named| named.code),
            scheduled_on: row.scheduled_on,
            returned_on: row.returned_on,
            returned_on_precision: row.returned_on_precision.0,
            from_as_reported: row.from_as_reported,
            household_completeness: row.household_completeness.map(|word| word.0),
            members_remaining: row.members_remaining,
            cancelled: row.cancelled,
            reasons: list_from_text(&row.reasons)?,
            parties: list_from_text(&row.parties)?,
            visibility: row.visibility.0,
            notes: row.notes,
        })
    }

    fn view(self, who: Reading, names: &Names) -> Result<ReturnView, Error> {
        let restricted = who.viewer.sees_restricted();
        // For the public a hidden movement does not exist, and the return stands by its own places.
        let hidden = !restricted && !self.movement_is_public;
        let (origin, destination) =
            if hidden { (self.to_id, self.from_id) } else { (self.origin_id, self.destination_id) };
        let (from, to) = (names.location(self.from_id), names.location(self.to_id));
        let (origin, destination) = (names.location(origin), names.location(destination));
        let agreement = names.agreement(self.agreement_id);
        Ok(ReturnView {
            code: self.code,
            from: from.code,
            from_name: from.name,
            to: to.code,
            to_name: to.name,
            movement: names.movement(self.movement_id).filter(|_| !hidden),
            agreement: agreement.as_ref().map(|named| named.code.clone()),
            agreement_name: agreement.map(|named| named.name),
            scheduled_on: self.scheduled_on.filter(|_| restricted),
            returned_on: self.returned_on,
            returned_on_precision: self.returned_on_precision.0,
            from_as_reported: self.from_as_reported,
            household_completeness: self.household_completeness.map(|word| word.0),
            members_remaining: self.members_remaining.filter(|_| restricted),
            cancelled: self.cancelled,
            reasons: list_from_text(&self.reasons)?,
            parties: list_from_text(&self.parties)?,
            visibility: self.visibility.0,
            notes: self.notes.filter(|_| restricted),
            origin: origin.code,
            origin_name: origin.name,
            destination: destination.code,
            destination_name: destination.name,
            households: self.households,
            households_low: self.households_low,
            households_high: self.households_high,
            households_high_open: self.households_high_open,
            individuals: self.individuals,
            individuals_low: self.individuals_low,
            individuals_high: self.individuals_high,
            individuals_high_open: self.individuals_high_open,
            households_figure: self.households_figure,
            individuals_figure: self.individuals_figure,
            figure_count: self.figure_count,
            revision: self.revision,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

/// The return of a code.
pub(super) fn find(conn: &mut Conn, code: &str) -> Result<Option<Row>, Error> {
    Ok(returns::table.filter(returns::code.eq(code)).first(conn).optional()?)
}

fn want(rows: &[Row], wanted: &mut Wanted) {
    wanted.locations(rows.iter().flat_map(|row| [row.from_id, row.to_id, row.origin_id, row.destination_id]));
    wanted.agreements(rows.iter().filter_map(|row| row.agreement_id));
    wanted.movements(rows.iter().filter_map(|row| row.movement_id));
}

fn names(conn: &mut Conn, who: Reading, rows: &[Row]) -> Result<Names, Error> {
    let mut wanted = Wanted::default();
    want(rows, &mut wanted);
    Names::load(conn, who, &wanted)
}

fn views(conn: &mut Conn, who: Reading, rows: Vec<Row>) -> Result<Vec<ReturnView>, Error> {
    let names = names(conn, who, &rows)?;
    rows.into_iter().map(|row| row.view(who, &names)).collect()
}

fn single(conn: &mut Conn, who: Reading, row: Row) -> Result<ReturnSingle, Error> {
    let figures = figures::parts(conn, who, "return_id", &[row.id])?;
    let mut wanted = Wanted::default();
    want(std::slice::from_ref(&row), &mut wanted);
    figures::want(&figures, &mut wanted);
    let mut names = Names::load(conn, who, &wanted)?;
    names.subject(Subject::Return(row.id), &row.code);
    let figures = figures.into_iter().map(|figure| figure.view(who, &names)).collect();
    Ok(ReturnSingle { homecoming: row.view(who, &names)?, figures })
}

/// The returns that refer to some movements, by movement.
pub(super) fn of_movements(conn: &mut Conn, movements: &[i64]) -> Result<HashMap<i64, Vec<Row>>, Error> {
    let mut found: HashMap<i64, Vec<Row>> = HashMap::new();
    for keys in movements.chunks(CHUNK) {
        let of_these = Condition::keyed("movement_id", keys);
        for row in returns::table.filter(of_these).load::<Row>(conn)? {
            found.entry(row.movement_id.unwrap_or_default()).or_default().push(row);
        }
    }
    Ok(found)
}

/// What a return derives from its movement.
struct Counted {
    origin_id: i64,
    destination_id: i64,
    agreement_id: Option<i64>,
    kind: Word<BatchKind>,
    movement_is_public: bool,
}

fn counted(movement: Option<&movements::Row>, from: i64, to: i64, agreement: Option<i64>) -> Counted {
    match movement {
        Some(movement) => Counted {
            origin_id: movement.origin_id,
            destination_id: movement.destination_id,
            agreement_id: agreement.or(movement.agreement_id),
            kind: movement.batch_kind,
            movement_is_public: movement.is_public,
        },
        None => Counted {
            origin_id: to,
            destination_id: from,
            agreement_id: agreement,
            kind: Word(BatchKind::Displacement),
            movement_is_public: true,
        },
    }
}

impl Row {
    /// Derives when it was, and for whom.
    pub(super) fn date(&mut self, own: &Return) {
        let span = own.span();
        self.dated_on = span.map(|span| span.first);
        self.dated_last = span.map(|span| span.last);
        self.happened = own.happened();
        self.is_public = own.is_public();
    }

    /// Derives where the return counts.
    pub(super) fn stand(&mut self, movement: Option<&movements::Row>) {
        let counted = counted(movement, self.from_id, self.to_id, self.agreement_id);
        self.origin_id = counted.origin_id;
        self.destination_id = counted.destination_id;
        self.counted_agreement_id = counted.agreement_id;
        self.batch_kind = counted.kind;
        self.movement_is_public = counted.movement_is_public;
    }
}

/// The returns of a movement that count elsewhere or otherwise, once it has changed.
pub(super) fn following(movement: &movements::Row, returns: &[Row]) -> Vec<Row> {
    let follow = |row: &Row| {
        let mut after = row.clone();
        after.stand(Some(movement));
        (after != *row).then_some(after)
    };
    returns.iter().filter_map(follow).collect()
}

/// The code of the movement that a return names, if it does.
pub(super) fn movement_of(conn: &mut Conn, code: &str) -> Result<Option<String>, Error> {
    let of_it = returns::table.inner_join(schema::movements::table).filter(returns::code.eq(code));
    Ok(of_it.select(schema::movements::code).first(conn).optional()?)
}
