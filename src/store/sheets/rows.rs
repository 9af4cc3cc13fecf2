//! Rows with the columns that sheets have, and no others: half of what lies in the tables is derived, and a million times that
//! takes its time.

use chrono::NaiveDate;
use diesel::prelude::*;

use crate::db::schema::{batches, figures, movements};
use crate::db::types::{Word, list_from_text};
use crate::domain::batch::Batch;
use crate::domain::figure::Figure;
use crate::domain::movement::Movement;
use crate::domain::words::{BatchKind, FigureRole, Precision, Quantifier, Scope, SettlementType, Stage, Visibility};
use crate::error::Error;
use crate::store::names::Names;

#[derive(Queryable, Selectable)]
#[diesel(table_name = batches)]
pub(super) struct BatchRow {
    pub(super) id: i64,
    pub(super) code: String,
    kind: Word<BatchKind>,
    number: Option<i32>,
    pub(super) agreement_id: Option<i64>,
    pub(super) origin_id: i64,
    scheduled_on: Option<NaiveDate>,
    departed_on: Option<NaiveDate>,
    departed_on_precision: Word<Precision>,
    cancelled: bool,
    reasons: String,
    parties: String,
    visibility: Word<Visibility>,
    notes: Option<String>,
    pub(super) dated_on: Option<NaiveDate>,
    pub(super) movement_count: i64,
}

impl BatchRow {
    pub(super) fn into_own(self, names: &Names) -> Result<Batch, Error> {
        Ok(Batch {
            code: self.code,
            origin: names.location(self.origin_id).code,
            kind: self.kind.0,
            number: self.number,
            agreement: names.agreement(self.agreement_id).map(|named| named.code),
            scheduled_on: self.scheduled_on,
            departed_on: self.departed_on,
            departed_on_precision: self.departed_on_precision.0,
            cancelled: self.cancelled,
            reasons: list_from_text(&self.reasons)?,
            parties: list_from_text(&self.parties)?,
            visibility: self.visibility.0,
            notes: self.notes,
        })
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = movements)]
pub(super) struct MovementRow {
    pub(super) id: i64,
    pub(super) batch_id: i64,
    pub(super) destination_id: i64,
    arrived_on: Option<NaiveDate>,
    arrived_on_precision: Word<Precision>,
    destination_as_reported: Option<String>,
    settlement_type: Option<Word<SettlementType>>,
    notes: Option<String>,
}

impl MovementRow {
    /// The movement, without its own code and its batch's, which stand beside it.
    pub(super) fn into_own(self, names: &Names) -> Movement {
        Movement {
            code: String::new(),
            batch: String::new(),
            destination: names.location(self.destination_id).code,
            arrived_on: self.arrived_on,
            arrived_on_precision: self.arrived_on_precision.0,
            destination_as_reported: self.destination_as_reported,
            settlement_type: self.settlement_type.map(|word| word.0),
            notes: self.notes,
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = figures)]
pub(super) struct FigureRow {
    pub(super) id: i64,
    code: String,
    movement_id: Option<i64>,
    return_id: Option<i64>,
    batch_id: Option<i64>,
    pub(super) agreement_id: Option<i64>,
    stage: Word<Stage>,
    role: Option<Word<FigureRole>>,
    scope: Word<Scope>,
    pub(super) source_id: Option<i64>,
    url: Option<String>,
    title: Option<String>,
    reported_on: Option<NaiveDate>,
    as_of: Option<NaiveDate>,
    excerpt: Option<String>,
    term_as_reported: Option<String>,
    place_as_reported: Option<String>,
    notes: Option<String>,
    pub(super) destination_id: Option<i64>,
    households: Option<i32>,
    households_quantifier: Option<Word<Quantifier>>,
    households_high: Option<i32>,
    individuals: Option<i32>,
    individuals_quantifier: Option<Word<Quantifier>>,
    individuals_high: Option<i32>,
    men: Option<i32>,
    women: Option<i32>,
    children: Option<i32>,
    infants: Option<i32>,
    civilians: Option<i32>,
    fighters: Option<i32>,
}

impl FigureRow {
    /// The key of what it is about.
    pub(super) fn about(&self) -> i64 {
        self.movement_id.or(self.return_id).or(self.batch_id).or(self.agreement_id).unwrap_or_default()
    }

    /// The figure; of what it is about only an agreement is named, since nothing else stands beside its totals.
    pub(super) fn into_own(self, names: &Names) -> Figure {
        Figure {
            code: self.code,
            movement: None,
            homecoming: None,
            batch: None,
            agreement: names.agreement(self.agreement_id).map(|named| named.code),
            stage: self.stage.0,
            role: self.role.map(|word| word.0),
            scope: self.scope.0,
            source: names.source(self.source_id).map(|(named, _)| named.code),
            url: self.url,
            title: self.title,
            reported_on: self.reported_on,
            as_of: self.as_of,
            excerpt: self.excerpt,
            term_as_reported: self.term_as_reported,
            place_as_reported: self.place_as_reported,
            notes: self.notes,
            destination: self.destination_id.map(|place| names.location(place).code),
            households: self.households,
            households_quantifier: self.households_quantifier.map(|word| word.0),
            households_high: self.households_high,
            individuals: self.individuals,
            individuals_quantifier: self.individuals_quantifier.map(|word| word.0),
            individuals_high: self.individuals_high,
            men: self.men,
            women: self.women,
            children: self.children,
            infants: self.infants,
            civilians: self.civilians,
            fighters: self.fighters,
        }
    }
}
