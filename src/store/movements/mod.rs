//! The parts of batches that went to one destination.

mod plan;
mod resource;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::figures::{self, FigureView, Subject};
use super::names::{Names, Wanted};
use super::rows::utc;
use super::{Reading, Tx, batches, returns, tallies};
use crate::db::Conn;
use crate::db::schema::movements;
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::movement::Movement;
use crate::domain::words::{BatchKind, Precision, SettlementType};
use crate::error::Error;

pub(super) use plan::{Plan, check_figures_alone, plan, warn};
pub use resource::Movements;

/// A movement as it lies in the table.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = movements, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    #[diesel(skip_insertion, skip_update)]
    pub(super) id: i64,
    pub(super) code: String,
    pub(super) batch_id: i64,
    pub(super) destination_id: i64,
    arrived_on: Option<NaiveDate>,
    arrived_on_precision: Word<Precision>,
    destination_as_reported: Option<String>,
    settlement_type: Option<Word<SettlementType>>,
    notes: Option<String>,
    pub(super) origin_id: i64,
    pub(super) agreement_id: Option<i64>,
    pub(super) batch_kind: Word<BatchKind>,
    pub(super) dated_on: Option<NaiveDate>,
    dated_last: Option<NaiveDate>,
    happened: bool,
    pub(super) is_public: bool,
    pub(super) households: Option<i32>,
    households_low: Option<i32>,
    households_high: Option<i32>,
    households_high_open: Option<bool>,
    pub(super) individuals: Option<i32>,
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

/// A movement as it is read, with what is read from its batch.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct MovementView {
    /// Always `{batch}.{destination's code}`.
    pub code: String,
    /// The batch that it is a part of.
    pub batch: String,
    /// Where it went.
    pub destination: String,
    /// Its name.
    pub destination_name: String,
    /// The first day of the period in which it arrived.
    pub arrived_on: Option<NaiveDate>,
    /// How exactly that is known.
    pub arrived_on_precision: Precision,
    /// What a source calls the destination, word for word.
    pub destination_as_reported: Option<String>,
    /// Where people stay there, if it is not the destination's own.
    pub settlement_type: Option<SettlementType>,
    /// Anything else; null for the public.
    pub notes: Option<String>,
    /// The batch's number.
    pub number: Option<i32>,
    /// The batch's kind.
    pub kind: BatchKind,
    /// Where the batch left.
    pub origin: String,
    /// Its name.
    pub origin_name: String,
    /// The batch's agreement.
    pub agreement: Option<String>,
    /// Its name.
    pub agreement_name: Option<String>,
    /// The day that was first announced for the batch; null for the public.
    pub scheduled_on: Option<NaiveDate>,
    /// The first day of the period in which the batch left.
    pub departed_on: Option<NaiveDate>,
    /// How exactly that is known.
    pub departed_on_precision: Precision,
    /// Whether the batch was called off.
    pub cancelled: bool,
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

/// A movement by itself, with its figures.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct MovementSingle {
    /// The movement.
    #[serde(flatten)]
    pub movement: MovementView,
    /// What the sources say, in recorded order.
    pub figures: Vec<FigureView>,
}

impl Row {
    fn own(&self, batch: &str, names: &Names) -> Movement {
        let row = self.clone();
        Movement {
            code: row.code,
            batch: batch.to_owned(),
            destination: names.location(row.destination_id).code,
            arrived_on: row.arrived_on,
            arrived_on_precision: row.arrived_on_precision.0,
            destination_as_reported: row.destination_as_reported,
            settlement_type: row.settlement_type.map(|word| word.0),
            notes: row.notes,
        }
    }

    fn view(self, batch: &batches::Row, who: Reading, names: &Names) -> MovementView {
        let restricted = who.viewer.sees_restricted();
        let (origin, destination) = (names.location(self.origin_id), names.location(self.destination_id));
        let agreement = names.agreement(self.agreement_id);
        MovementView {
            code: self.code,
            batch: batch.code.clone(),
            destination: destination.code,
            destination_name: destination.name,
            arrived_on: self.arrived_on,
            arrived_on_precision: self.arrived_on_precision.0,
            destination_as_reported: self.destination_as_reported,
            settlement_type: self.settlement_type.map(|word| word.0),
            notes: self.notes.filter(|_| restricted),
            number: batch.number,
            kind: self.batch_kind.0,
            origin: origin.code,
            origin_name: origin.name,
            agreement: agreement.as_ref().map(|named| named.code.clone()),
            agreement_name: agreement.map(|named| named.name),
            scheduled_on: batch.scheduled_on.filter(|_| restricted),
            departed_on: batch.departed_on,
            departed_on_precision: batch.departed_on_precision.0,
            cancelled: batch.cancelled,
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
        }
    }
}

fn find(conn: &mut Conn, code: &str) -> Result<Option<Row>, Error> {
    Ok(movements::table.filter(movements::code.eq(code)).first(conn).optional()?)
}

/// The movement of a key.
pub(super) fn by_id(conn: &mut Conn, id: i64) -> Result<Row, Error> {
    Ok(movements::table.filter(movements::id.eq(id)).first(conn)?)
}

/// The movements of a batch, in recorded order.
pub(super) fn of_batch(conn: &mut Conn, batch: i64) -> Result<Vec<Row>, Error> {
    Ok(movements::table.filter(movements::batch_id.eq(batch)).order(movements::id).load(conn)?)
}

fn names(conn: &mut Conn, who: Reading, rows: &[Row]) -> Result<Names, Error> {
    let mut wanted = Wanted::default();
    wanted.locations(rows.iter().flat_map(|row| [row.origin_id, row.destination_id]));
    wanted.agreements(rows.iter().filter_map(|row| row.agreement_id));
    Names::load(conn, who, &wanted)
}

fn views(conn: &mut Conn, who: Reading, rows: Vec<Row>) -> Result<Vec<MovementView>, Error> {
    let names = names(conn, who, &rows)?;
    let batches = batches::by_ids(conn, rows.iter().map(|row| row.batch_id))?;
    let view = |row: Row| {
        let batch = batches.get(&row.batch_id).ok_or_else(|| Error::Internal("a movement without batch".to_owned()))?;
        Ok(row.view(batch, who, &names))
    };
    rows.into_iter().map(view).collect()
}

/// Some movements with their figures.
pub(super) fn singles(conn: &mut Conn, who: Reading, rows: Vec<Row>) -> Result<Vec<MovementSingle>, Error> {
    let keys: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut figures = figures::parts(conn, who, "movement_id", &keys)?;
    let views = views(conn, who, rows)?;
    let single = |(movement, key): (MovementView, i64)| {
        let theirs = figures.extract_if(.., |(about, _)| *about == key).map(|(_, figure)| figure).collect();
        MovementSingle { movement, figures: theirs }
    };
    Ok(views.into_iter().zip(keys).map(single).collect())
}

/// Raises the revision of a movement, and of its batch, for the sake of a figure.
pub(super) fn touch(tx: &mut Tx, id: i64) -> Result<(), Error> {
    let target = movements::table.filter(movements::id.eq(id));
    if tx.touched.insert((Resource::Movements, id)) {
        diesel::update(target)
            .set((movements::revision.eq(movements::revision + 1), movements::updated_at.eq(tx.at)))
            .execute(tx.conn)?;
        let row: Row = target.first(tx.conn)?;
        let names = names(tx.conn, super::INSIDE, std::slice::from_ref(&row))?;
        let batch = batches::code(tx.conn, row.batch_id)?;
        let own = serde_json::to_value(row.own(&batch, &names)).ok();
        tx.note(Resource::Movements, &row.code, row.revision, own.clone(), own);
    }
    Ok(())
}

/// Deletes a movement with its figures; nobody refers to it.
pub(super) fn delete(tx: &mut Tx, row: &Row) -> Result<(), Error> {
    figures::delete_all(tx, Subject::Movement(row.id))?;
    let names = names(tx.conn, super::INSIDE, std::slice::from_ref(row))?;
    let batch = batches::code(tx.conn, row.batch_id)?;
    diesel::delete(movements::table.filter(movements::id.eq(row.id))).execute(tx.conn)?;
    let was = serde_json::to_value(row.own(&batch, &names)).ok();
    tx.note(Resource::Movements, &row.code, row.revision + 1, was, None);
    Ok(())
}

/// What stands against deleting a movement: a return that refers to it.
pub(super) fn used(conn: &mut Conn, row: &Row) -> Result<Option<String>, Error> {
    let code = returns::of_movement(conn, row.id)?;
    Ok(code.map(|code| format!("The return {code:?} refers to the movement {:?}.", row.code)))
}

/// The counts of a movement and its batch after a write to its figures, and everything that has a new revision.
pub(super) fn settle(tx: &mut Tx, id: i64) -> Result<(), Error> {
    tallies::movement(tx.conn, id)?;
    touch(tx, id)?;
    let batch = by_id(tx.conn, id)?.batch_id;
    tallies::batch(tx.conn, batch)?;
    batches::touch(tx, batch)
}

/// Says when more people came back than are known to have left.
pub(super) fn over_return(conn: &mut Conn, id: i64) -> Result<Option<String>, Error> {
    let row = by_id(conn, id)?;
    let (households, individuals) = returns::sums_of_movement(conn, id)?;
    let above = |back: i64, left: Option<i32>, unit: &str| {
        let left = left.filter(|left| back > i64::from(*left))?;
        Some(format!("{back} {unit} came back of {left} who left with the movement {:?}.", row.code))
    };
    Ok(above(individuals, row.individuals, "individuals").or_else(|| above(households, row.households, "households")))
}

/// A movement that stays as it is must fit a batch that changes.
pub(super) fn check_kept(
    conn: &mut Conn,
    row: &Row,
    batch: &crate::domain::batch::Batch,
    findings: &mut crate::domain::Findings,
) -> Result<(), Error> {
    let names = names(conn, super::INSIDE, std::slice::from_ref(row))?;
    let mut found = crate::domain::Findings::default();
    crate::domain::batch::check_arrival(batch, &row.own(&batch.code, &names), "", &mut found);
    for error in found.errors {
        // The body says nothing of the movement: what does not fit is the date that it changes.
        let message = format!("This does not fit the movement {:?}. {}", row.code, error.message);
        let departed_on = batch.departed_on.map(|date| serde_json::Value::from(date.to_string()));
        findings.error("/departed_on", error.code, departed_on, message);
    }
    Ok(())
}
