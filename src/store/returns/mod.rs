//! Families coming back together.

mod resource;
mod write;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::figures::{self, FigureView};
use super::movements;
use super::names::{Names, Wanted};
use super::rows::utc;
use super::{Reading, Tx, tallies};
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::returns;
use crate::db::types::{Word, list_from_text};
use crate::domain::Resource;
use crate::domain::batch::Party;
use crate::domain::homecoming::Return;
use crate::domain::words::{BatchKind, HouseholdCompleteness, Precision, Reason, Visibility};
use crate::error::Error;

pub use resource::Returns;

/// A return as it lies in the table.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = returns, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    #[diesel(skip_insertion, skip_update)]
    pub(super) id: i64,
    pub(super) code: String,
    from_id: i64,
    to_id: i64,
    movement_id: Option<i64>,
    agreement_id: Option<i64>,
    scheduled_on: Option<NaiveDate>,
    returned_on: Option<NaiveDate>,
    returned_on_precision: Word<Precision>,
    from_as_reported: Option<String>,
    household_completeness: Option<Word<HouseholdCompleteness>>,
    members_remaining: Option<i32>,
    cancelled: bool,
    reasons: String,
    parties: String,
    visibility: Word<Visibility>,
    notes: Option<String>,
    origin_id: i64,
    destination_id: i64,
    counted_agreement_id: Option<i64>,
    batch_kind: Word<BatchKind>,
    movement_is_public: bool,
    dated_on: Option<NaiveDate>,
    dated_last: Option<NaiveDate>,
    happened: bool,
    is_public: bool,
    households: Option<i32>,
    households_low: Option<i32>,
    households_high: Option<i32>,
    households_high_open: Option<bool>,
    individuals: Option<i32>,
    individuals_low: Option<i32>,
    individuals_high: Option<i32>,
    individuals_high_open: Option<bool>,
    households_figure: Option<String>,
    individuals_figure: Option<String>,
    figure_count: i32,
    revision: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
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
    fn own(&self, names: &Names) -> Result<Return, Error> {
        let row = self.clone();
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

fn by_id(conn: &mut Conn, id: i64) -> Result<Row, Error> {
    Ok(returns::table.filter(returns::id.eq(id)).first(conn)?)
}

/// The fields that editors write.
pub(super) fn own(conn: &mut Conn, row: &Row) -> Result<Return, Error> {
    let names = names(conn, super::INSIDE, std::slice::from_ref(row))?;
    row.own(&names)
}

fn names(conn: &mut Conn, who: Reading, rows: &[Row]) -> Result<Names, Error> {
    let mut wanted = Wanted::default();
    wanted.locations(rows.iter().flat_map(|row| [row.from_id, row.to_id, row.origin_id, row.destination_id]));
    wanted.agreements(rows.iter().filter_map(|row| row.agreement_id));
    wanted.movements(rows.iter().filter_map(|row| row.movement_id));
    Names::load(conn, who, &wanted)
}

fn views(conn: &mut Conn, who: Reading, rows: Vec<Row>) -> Result<Vec<ReturnView>, Error> {
    let names = names(conn, who, &rows)?;
    rows.into_iter().map(|row| row.view(who, &names)).collect()
}

fn single(conn: &mut Conn, who: Reading, row: Row) -> Result<ReturnSingle, Error> {
    let figures = figures::parts(conn, who, "return_id", &[row.id])?;
    let names = names(conn, who, std::slice::from_ref(&row))?;
    let figures = figures.into_iter().map(|(_, figure)| figure).collect();
    Ok(ReturnSingle { homecoming: row.view(who, &names)?, figures })
}

/// Raises the revision of a return for the sake of a figure: once in a transaction.
pub(super) fn touch(tx: &mut Tx, id: i64) -> Result<(), Error> {
    if !tx.touched.insert((Resource::Returns, id)) {
        return Ok(());
    }
    diesel::update(returns::table.filter(returns::id.eq(id)))
        .set((returns::revision.eq(returns::revision + 1), returns::updated_at.eq(tx.at)))
        .execute(tx.conn)?;
    let row = by_id(tx.conn, id)?;
    let own = serde_json::to_value(own(tx.conn, &row)?).ok();
    tx.note(Resource::Returns, &row.code, row.revision, own.clone(), own);
    Ok(())
}

/// The counts of a return after a write to its figures, and its new revision.
pub(super) fn settle(tx: &mut Tx, id: i64) -> Result<(), Error> {
    tallies::homecoming(tx.conn, id)?;
    touch(tx, id)
}

/// The code of a return that refers to a movement, if there is one.
pub(super) fn of_movement(conn: &mut Conn, movement: i64) -> Result<Option<String>, Error> {
    let of_it = returns::table.filter(returns::movement_id.eq(movement));
    Ok(of_it.order(returns::code).select(returns::code).first(conn).optional()?)
}

/// How many families and persons came back of a movement, as far as anybody knows.
pub(super) fn sums_of_movement(conn: &mut Conn, movement: i64) -> Result<(i64, i64), Error> {
    let rows: Vec<(Option<i32>, Option<i32>)> = returns::table
        .filter(returns::movement_id.eq(movement))
        .filter(returns::happened.eq(true))
        .select((returns::households, returns::individuals))
        .load(conn)?;
    let sum = |counts: Vec<Option<i32>>| counts.into_iter().flatten().map(i64::from).sum();
    let (households, individuals) = rows.into_iter().unzip();
    Ok((sum(households), sum(individuals)))
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

/// Lets the returns of a batch's movements follow it, after it has changed.
pub(super) fn follow(conn: &mut Conn, batch: i64) -> Result<(), Error> {
    let of_it = Condition::sql("movement_id IN (SELECT id FROM movements WHERE batch_id = ").key(batch).then(")");
    let rows: Vec<Row> = returns::table.filter(of_it).load(conn)?;
    for row in rows {
        let Some(movement) = row.movement_id else { continue };
        let movement = movements::by_id(conn, movement)?;
        let counted = counted(Some(&movement), row.from_id, row.to_id, row.agreement_id);
        diesel::update(returns::table.filter(returns::id.eq(row.id)))
            .set((
                returns::origin_id.eq(counted.origin_id),
                returns::destination_id.eq(counted.destination_id),
                returns::counted_agreement_id.eq(counted.agreement_id),
                returns::batch_kind.eq(counted.kind),
                returns::movement_is_public.eq(counted.movement_is_public),
            ))
            .execute(conn)?;
    }
    Ok(())
}

/// The movement that a return names, if it does.
pub(super) fn movement(conn: &mut Conn, code: &str) -> Result<Option<i64>, Error> {
    Ok(find(conn, code)?.and_then(|row| row.movement_id))
}
