//! What sources say about movements, returns, batches and agreements.

mod plan;
mod references;
mod resource;

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;

use super::Reading;
use super::names::{Names, Wanted};
use super::references::CHUNK;
use super::rows::utc;
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::figures;
use crate::db::types::Word;
use crate::domain::access::Viewer;
use crate::domain::figure::Figure;
use crate::domain::period::Span;
use crate::domain::words::{FigureRole, Phase, Quantifier, Scope, Stage};
use crate::error::Error;

pub(super) use plan::{Mode, Owner, Plan, Settled, note_gone, plan};
pub use resource::Figures;

/// What a figure is about, by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A movement.
    Movement(i64),
    /// A return.
    Return(i64),
    /// A batch as a whole.
    Batch(i64),
    /// An agreement as a whole.
    Agreement(i64),
}

/// A figure as it lies in the table.
#[derive(Clone, Debug, PartialEq, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = figures, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    #[diesel(skip_update)]
    pub(super) id: i64,
    pub(super) code: String,
    pub(super) movement_id: Option<i64>,
    pub(super) return_id: Option<i64>,
    pub(super) batch_id: Option<i64>,
    pub(super) agreement_id: Option<i64>,
    pub(super) stage: Word<Stage>,
    pub(super) role: Option<Word<FigureRole>>,
    pub(super) scope: Word<Scope>,
    pub(super) source_id: Option<i64>,
    pub(super) url: Option<String>,
    pub(super) title: Option<String>,
    pub(super) reported_on: Option<NaiveDate>,
    pub(super) as_of: Option<NaiveDate>,
    pub(super) excerpt: Option<String>,
    pub(super) term_as_reported: Option<String>,
    pub(super) place_as_reported: Option<String>,
    pub(super) notes: Option<String>,
    pub(super) destination_id: Option<i64>,
    pub(super) households: Option<i32>,
    pub(super) households_quantifier: Option<Word<Quantifier>>,
    pub(super) households_high: Option<i32>,
    pub(super) individuals: Option<i32>,
    pub(super) individuals_quantifier: Option<Word<Quantifier>>,
    pub(super) individuals_high: Option<i32>,
    pub(super) men: Option<i32>,
    pub(super) women: Option<i32>,
    pub(super) children: Option<i32>,
    pub(super) infants: Option<i32>,
    pub(super) civilians: Option<i32>,
    pub(super) fighters: Option<i32>,
    pub(super) dated_on: Option<NaiveDate>,
    pub(super) dated_last: Option<NaiveDate>,
    pub(super) revision: i32,
    pub(super) created_at: NaiveDateTime,
    pub(super) updated_at: NaiveDateTime,
}

/// A figure as it is read.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct FigureView {
    /// The public key.
    pub code: String,
    /// The movement that it is about.
    pub movement: Option<String>,
    /// The return that it is about.
    #[serde(rename = "return")]
    pub homecoming: Option<String>,
    /// The batch as a whole that it is about.
    pub batch: Option<String>,
    /// The agreement as a whole that it is about.
    pub agreement: Option<String>,
    /// Its name.
    pub agreement_name: Option<String>,
    /// At which moment of the journey was counted.
    pub stage: Stage,
    /// Whether it is the one that counts; null on batches and agreements.
    pub role: Option<FigureRole>,
    /// Whether it speaks of the whole, or of a part.
    pub scope: Scope,
    /// Who says so; null where that is confidential.
    pub source: Option<String>,
    /// Its name.
    pub source_name: Option<String>,
    /// Where that was published.
    pub url: Option<String>,
    /// The title of the publication.
    pub title: Option<String>,
    /// When it was published.
    pub reported_on: Option<NaiveDate>,
    /// The day up to which a cumulative claim counts.
    pub as_of: Option<NaiveDate>,
    /// What the source wrote, word for word; null for the public.
    pub excerpt: Option<String>,
    /// What the source calls these people.
    pub term_as_reported: Option<String>,
    /// What the source calls the place.
    pub place_as_reported: Option<String>,
    /// Anything else; null for the public.
    pub notes: Option<String>,
    /// The destination that a total of an agreement speaks of.
    pub destination: Option<String>,
    /// Its name.
    pub destination_name: Option<String>,
    /// Families.
    pub households: Option<i32>,
    /// How exactly.
    pub households_quantifier: Option<Quantifier>,
    /// The upper end of `between`.
    pub households_high: Option<i32>,
    /// Persons.
    pub individuals: Option<i32>,
    /// How exactly.
    pub individuals_quantifier: Option<Quantifier>,
    /// The upper end of `between`.
    pub individuals_high: Option<i32>,
    /// Of the individuals.
    pub men: Option<i32>,
    /// Of the individuals.
    pub women: Option<i32>,
    /// Of the individuals, without the infants.
    pub children: Option<i32>,
    /// Of the individuals.
    pub infants: Option<i32>,
    /// Of the individuals; null for the public.
    pub civilians: Option<i32>,
    /// Of the individuals; null for the public.
    pub fighters: Option<i32>,
    /// Rises with every change.
    pub revision: i32,
    /// When it was recorded.
    #[serde(serialize_with = "utc")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    #[serde(serialize_with = "utc")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub updated_at: NaiveDateTime,
}

impl Subject {
    /// Its key in its table.
    pub(super) fn key(self) -> i64 {
        match self {
            Self::Movement(key) | Self::Return(key) | Self::Batch(key) | Self::Agreement(key) => key,
        }
    }
}

impl Row {
    /// What it is about.
    pub(super) fn subject(&self) -> Subject {
        match (self.movement_id, self.return_id, self.batch_id, self.agreement_id) {
            (Some(key), ..) => Subject::Movement(key),
            (_, Some(key), ..) => Subject::Return(key),
            (_, _, Some(key), _) => Subject::Batch(key),
            (.., key) => Subject::Agreement(key.unwrap_or_default()),
        }
    }

    pub(super) fn own(&self, names: &Names) -> Figure {
        let row = self.clone();
        Figure {
            code: row.code,
            movement: names.movement(row.movement_id),
            homecoming: names.homecoming(row.return_id),
            batch: names.batch(row.batch_id),
            agreement: names.agreement(row.agreement_id).map(|named| named.code),
            stage: row.stage.0,
            role: row.role.map(|word| word.0),
            scope: row.scope.0,
            source: names.source(row.source_id).map(|(named, _)| named.code),
            url: row.url,
            title: row.title,
            reported_on: row.reported_on,
            as_of: row.as_of,
            excerpt: row.excerpt,
            term_as_reported: row.term_as_reported,
            place_as_reported: row.place_as_reported,
            notes: row.notes,
            destination: row.destination_id.map(|place| names.location(place).code),
            households: row.households,
            households_quantifier: row.households_quantifier.map(|word| word.0),
            households_high: row.households_high,
            individuals: row.individuals,
            individuals_quantifier: row.individuals_quantifier.map(|word| word.0),
            individuals_high: row.individuals_high,
            men: row.men,
            women: row.women,
            children: row.children,
            infants: row.infants,
            civilians: row.civilians,
            fighters: row.fighters,
        }
    }

    pub(super) fn view(self, who: Reading, names: &Names) -> FigureView {
        let restricted = who.viewer.sees_restricted();
        let source = names.source(self.source_id);
        let hidden = source.as_ref().is_some_and(|(_, confidential)| *confidential) && !who.viewer.sees_confidential();
        let source = source.filter(|_| !hidden).map(|(named, _)| named);
        // What a confidential source wrote would name it.
        let theirs = |text: Option<String>| text.filter(|_| !hidden);
        let agreement = names.agreement(self.agreement_id);
        let destination = self.destination_id.map(|place| names.location(place));
        FigureView {
            code: self.code,
            movement: names.movement(self.movement_id),
            homecoming: names.homecoming(self.return_id),
            batch: names.batch(self.batch_id),
            agreement: agreement.as_ref().map(|named| named.code.clone()),
            agreement_name: agreement.map(|named| named.name),
            stage: self.stage.0,
            role: self.role.map(|word| word.0),
            scope: self.scope.0,
            source: source.as_ref().map(|named| named.code.clone()),
            source_name: source.map(|named| named.name),
            url: theirs(self.url),
            title: theirs(self.title),
            reported_on: self.reported_on,
            as_of: self.as_of,
            excerpt: theirs(self.excerpt).filter(|_| restricted),
            term_as_reported: theirs(self.term_as_reported),
            place_as_reported: theirs(self.place_as_reported),
            notes: theirs(self.notes).filter(|_| restricted),
            destination: destination.as_ref().map(|named| named.code.clone()),
            destination_name: destination.map(|named| named.name),
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
            civilians: self.civilians.filter(|_| restricted),
            fighters: self.fighters.filter(|_| restricted),
            revision: self.revision,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }

    /// Whether it speaks of people who departed or arrived.
    pub(super) fn is_actual(&self) -> bool {
        self.stage.0.phase() == Some(Phase::Actual)
    }

    /// Whether derived counts come from it.
    pub(super) fn counts(&self) -> bool {
        self.is_actual() && self.scope.0 == Scope::Whole
    }

    /// Dates the figure: when it was reported, else by what it is about.
    pub(super) fn date(&mut self, subject: Option<Span>) {
        let span = self.reported_on.map(Span::day).or(subject);
        self.dated_on = span.map(|span| span.first);
        self.dated_last = span.map(|span| span.last);
    }
}

fn names(conn: &mut Conn, who: Reading, rows: &[Row]) -> Result<Names, Error> {
    let mut wanted = Wanted::default();
    wanted.movements(rows.iter().filter_map(|row| row.movement_id));
    wanted.returns(rows.iter().filter_map(|row| row.return_id));
    wanted.batches(rows.iter().filter_map(|row| row.batch_id));
    wanted.agreements(rows.iter().filter_map(|row| row.agreement_id));
    want(rows, &mut wanted);
    Names::load(conn, who, &wanted)
}

/// Wants names for figures, save for what they are about.
pub(super) fn want(rows: &[Row], wanted: &mut Wanted) {
    wanted.sources(rows.iter().filter_map(|row| row.source_id));
    wanted.locations(rows.iter().filter_map(|row| row.destination_id));
}

/// The figures about some movements, returns, batches or agreements, by what each is about and in recorded order.
pub(super) fn about(conn: &mut Conn, column: &'static str, keys: &[i64]) -> Result<HashMap<i64, Vec<Row>>, Error> {
    let mut about: HashMap<i64, Vec<Row>> = HashMap::new();
    for keys in keys.chunks(CHUNK) {
        let of_these = Condition::keyed(column, keys);
        let rows: Vec<Row> = figures::table.filter(of_these).order(figures::id).load(conn)?;
        for row in rows {
            about.entry(row.subject().key()).or_default().push(row);
        }
    }
    Ok(about)
}

/// The figures about some movements or returns that are shown to whoever asks, in recorded order.
pub(super) fn parts(conn: &mut Conn, who: Reading, column: &'static str, keys: &[i64]) -> Result<Vec<Row>, Error> {
    let mut condition = Condition::keyed(column, keys);
    if who.viewer == Viewer::Public {
        // Not for the index on stages, which finds nearly every figure that there is.
        condition = condition.then(" AND (stage IN ('departed', 'arrived')) IS TRUE");
    }
    if keys.is_empty() {
        return Ok(vec![]);
    }
    Ok(figures::table.filter(condition).order(figures::id).load(conn)?)
}
