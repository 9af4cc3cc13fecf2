//! The parts of batches that went to one destination.

mod plan;
mod resource;
mod twins;

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::figures::{self, FigureView, Subject};
use super::known::Known;
use super::names::{Names, Wanted};
use super::references::CHUNK;
use super::rows::utc;
use super::{Reading, Tx, batches, returns};
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::movements;
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::movement::Movement;
use crate::domain::words::{BatchKind, Precision, SettlementType};
use crate::error::Error;

pub(super) use plan::{Plan, check, check_figures_alone, check_kept, plan};
pub use resource::Movements;
pub(super) use twins::{Journeys, twins};

/// A movement as it lies in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = movements, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    #[diesel(skip_update)]
    pub(super) id: i64,
    pub(super) code: String,
    pub(super) batch_id: i64,
    pub(super) destination_id: i64,
    pub(super) arrived_on: Option<NaiveDate>,
    pub(super) arrived_on_precision: Word<Precision>,
    pub(super) destination_as_reported: Option<String>,
    pub(super) settlement_type: Option<Word<SettlementType>>,
    pub(super) notes: Option<String>,
    pub(super) origin_id: i64,
    pub(super) agreement_id: Option<i64>,
    pub(super) batch_kind: Word<BatchKind>,
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
    /// Derives what it has from its batch.
    pub(super) fn follow(&mut self, batch: &batches::Row) {
        self.origin_id = batch.origin_id;
        self.agreement_id = batch.agreement_id;
        self.batch_kind = batch.kind;
        self.dated_on = batch.dated_on;
        self.dated_last = batch.dated_last;
        self.happened = batch.happened;
        self.is_public = batch.is_public;
    }

    pub(super) fn own(&self, batch: &str, names: &Names) -> Movement {
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

    fn below(self, batches: &HashMap<i64, batches::Shown>, who: Reading, names: &Names) -> Result<MovementView, Error> {
        let batch =
            batches.get(&self.batch_id).ok_or_else(|| Error::Internal("a movement without batch".to_owned()))?;
        Ok(self.view(batch, who, names))
    }

    fn view(self, batch: &batches::Shown, who: Reading, names: &Names) -> MovementView {
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

/// The movements of a batch, in recorded order.
pub(super) fn of_batch(conn: &mut Conn, batch: i64) -> Result<Vec<Row>, Error> {
    Ok(movements::table.filter(movements::batch_id.eq(batch)).order(movements::id).load(conn)?)
}

fn want(rows: &[Row], wanted: &mut Wanted) {
    wanted.locations(rows.iter().flat_map(|row| [row.origin_id, row.destination_id]));
    wanted.agreements(rows.iter().filter_map(|row| row.agreement_id));
}

fn names(conn: &mut Conn, who: Reading, rows: &[Row]) -> Result<Names, Error> {
    let mut wanted = Wanted::default();
    want(rows, &mut wanted);
    Names::load(conn, who, &wanted)
}

fn views(conn: &mut Conn, who: Reading, rows: Vec<Row>) -> Result<Vec<MovementView>, Error> {
    let names = names(conn, who, &rows)?;
    let batches = batches::shown(conn, rows.iter().map(|row| row.batch_id))?;
    rows.into_iter().map(|row| row.below(&batches, who, &names)).collect()
}

/// Some movements with their figures, on their way to whoever asks: names are looked up for all that an answer holds at once.
pub(super) struct Parts {
    rows: Vec<Row>,
    figures: Vec<figures::Row>,
}

impl Parts {
    /// Reads the figures of some movements.
    pub(super) fn read(conn: &mut Conn, who: Reading, rows: Vec<Row>) -> Result<Self, Error> {
        let keys: Vec<i64> = rows.iter().map(|row| row.id).collect();
        let figures = figures::parts(conn, who, "movement_id", &keys)?;
        Ok(Self { rows, figures })
    }

    /// Wants names for all of them.
    pub(super) fn want(&self, wanted: &mut Wanted) {
        want(&self.rows, wanted);
        figures::want(&self.figures, wanted);
    }

    /// All of them as they are read, with the names that they want.
    pub(super) fn singles(
        self,
        who: Reading,
        names: &mut Names,
        batches: &HashMap<i64, batches::Shown>,
    ) -> Result<Vec<MovementSingle>, Error> {
        let mut about: HashMap<i64, Vec<FigureView>> = HashMap::with_capacity(self.rows.len());
        self.rows.iter().for_each(|row| names.subject(Subject::Movement(row.id), &row.code));
        for row in self.figures {
            about.entry(row.subject().key()).or_default().push(row.view(who, names));
        }
        let single = |row: Row| {
            let figures = about.remove(&row.id).unwrap_or_default();
            Ok(MovementSingle { movement: row.below(batches, who, names)?, figures })
        };
        self.rows.into_iter().map(single).collect()
    }
}

fn single(conn: &mut Conn, who: Reading, row: Row) -> Result<Option<MovementSingle>, Error> {
    let batches = batches::shown(conn, [row.batch_id].into_iter())?;
    let parts = Parts::read(conn, who, vec![row])?;
    let mut wanted = Wanted::default();
    parts.want(&mut wanted);
    let mut names = Names::load(conn, who, &wanted)?;
    Ok(parts.singles(who, &mut names, &batches)?.pop())
}

/// A movement with everything that a write to it may touch.
pub(super) struct Standing {
    /// The row.
    pub(super) row: Row,
    /// Its own fields.
    pub(super) own: Movement,
    /// What the sources say, in recorded order.
    pub(super) figures: Vec<figures::Row>,
    /// The returns that refer to it.
    pub(super) returns: Vec<returns::Row>,
}

impl Standing {
    /// What stands against deleting it: a return that refers to it.
    pub(super) fn used(&self) -> Option<String> {
        let code = self.returns.iter().map(|row| &row.code).min()?;
        Some(format!("The return {code:?} refers to the movement {:?}.", self.row.code))
    }
}

/// Notes a movement that goes with its figures.
pub(super) fn note_gone(tx: &mut Tx, known: &Known, standing: &Standing) -> Result<(), Error> {
    figures::note_gone(tx, known, &standing.figures)?;
    let row = &standing.row;
    tx.note(Resource::Movements, row.id, &row.code, row.revision + 1, Some(&standing.own), None)
}

/// Says when more people came back than are known to have left.
pub(super) fn over_return(row: &Row, returns: &[returns::Row]) -> Option<String> {
    let back = |of: fn(&returns::Row) -> Option<i32>| -> i64 {
        returns.iter().filter(|row| row.happened).filter_map(of).map(i64::from).sum()
    };
    let above = |back: i64, left: Option<i32>, unit: &str| {
        let left = left.filter(|left| back > i64::from(*left))?;
        Some(format!("{back} {unit} came back of {left} who left with the movement {:?}.", row.code))
    };
    let individuals = above(back(|row| row.individuals), row.individuals, "individuals");
    individuals.or_else(|| above(back(|row| row.households), row.households, "households"))
}

/// The movements of some codes.
pub(super) fn of_codes(conn: &mut Conn, codes: &[&str]) -> Result<Vec<Row>, Error> {
    let mut found = vec![];
    for codes in codes.chunks(CHUNK) {
        let of_these = Condition::named("code", codes);
        found.extend(movements::table.filter(of_these).load::<Row>(conn)?);
    }
    Ok(found)
}
