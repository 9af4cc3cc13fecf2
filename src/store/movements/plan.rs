//! What a write does to one movement and its figures: planned with everything that is wrong, then done.

use diesel::prelude::*;
use serde_json::Value;

use super::{Row, by_id, names};
use crate::db::dialect::Condition;
use crate::db::schema::movements;
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::batch::{Batch, check_arrival, check_departed};
use crate::domain::findings::Findings;
use crate::domain::movement::{Movement, MovementBody};
use crate::error::Error;
use crate::store::figures::{self, Mode, Owner, Subject};
use crate::store::references::Place;
use crate::store::{Tx, batches, rows, tallies};

/// What a write does to one movement.
pub struct Plan {
    before: Option<Row>,
    movement: Movement,
    destination: Place,
    figures: Option<figures::Plan>,
    at: String,
}

/// Plans a movement of `batch` to `destination`; what is wrong joins `findings`.
pub fn plan(
    tx: &mut Tx,
    batch: &Batch,
    before: Option<Row>,
    destination: Place,
    body: MovementBody,
    at: &str,
    findings: &mut Findings,
) -> Result<Plan, Error> {
    let MovementBody { mut movement, figures } = body;
    let code = format!("{}.{}", batch.code, destination.code);
    rows::unchanged("code", Some(movement.code.as_str()).filter(|code| !code.is_empty()), Some(&code), at, findings);
    let given = Some(movement.batch.as_str()).filter(|batch| !batch.is_empty());
    rows::unchanged("batch", given, Some(&batch.code), at, findings);
    movement.code.clone_from(&code);
    movement.batch.clone_from(&batch.code);
    movement.destination.clone_from(&destination.code);
    if batch.origin == destination.code && !findings.wrong_at("/origin") {
        let pointer = format!("{at}/destination");
        let message = "A movement goes from one place to another: origin and destination are the same.".to_owned();
        findings.error(pointer, "same_place", Some(Value::from(destination.code.as_str())), message);
    }
    let sent = figures.map(|figures| {
        let at = |index| format!("{at}/figures/{index}");
        figures.into_iter().enumerate().map(|(index, figure)| (at(index), figure)).collect()
    });
    let subject = before.as_ref().map(|row| Subject::Movement(row.id));
    let figures = match sent {
        Some(sent) => {
            let owner = Owner { member: "movement", code: &code, subject };
            Some(figures::plan(tx, &owner, sent, Mode::Replace, findings)?)
        }
        None => None,
    };
    Ok(Plan { before, movement, destination, figures, at: at.to_owned() })
}

/// Finds what is wrong with the figures of a movement that cannot be planned itself, so that all is said at once.
pub fn check_figures_alone(tx: &mut Tx, body: MovementBody, at: &str, findings: &mut Findings) -> Result<(), Error> {
    let sent = body.figures.into_iter().flatten().enumerate();
    let mut sent: Vec<_> = sent.map(|(index, figure)| (format!("{at}/figures/{index}"), figure)).collect();
    // Whether they name the right movement cannot be said where there is none.
    sent.iter_mut().for_each(|(_, figure)| figure.movement = None);
    let owner = Owner { member: "movement", code: "", subject: None };
    figures::plan(tx, &owner, sent, Mode::Replace, findings).map(|_| ())
}

impl Plan {
    /// Checks the movement against its batch, where the body alone could not be.
    pub fn check(&self, batch: &Batch, findings: &mut Findings) {
        check_arrival(batch, &self.movement, &self.at, findings);
    }

    /// Checks the figures that are sent against the batch, where the body alone could not be.
    pub fn check_figures(batch: &Batch, body: &MovementBody, at: &str, findings: &mut Findings) {
        for (index, figure) in body.figures.iter().flatten().enumerate() {
            check_departed(batch, figure, &format!("{at}/figures/{index}"), findings);
        }
    }

    /// The key of the movement, where it is there already.
    pub fn id(&self) -> Option<i64> {
        self.before.as_ref().map(|row| row.id)
    }

    /// Whether the figures that are there stay as they are.
    pub fn keeps_figures(&self) -> bool {
        self.figures.is_none()
    }

    /// What stands against the plan although nothing in the body is wrong.
    pub fn refuse_if_taken(&self) -> Result<(), Error> {
        self.figures.as_ref().map_or(Ok(()), figures::Plan::refuse_if_taken)
    }

    /// Does it, for a batch that is written already: the movement's key, and whether anything changed.
    pub fn apply(self, tx: &mut Tx, batch: &batches::Row, own: &Batch) -> Result<(i64, bool), Error> {
        let Movement {
            code, arrived_on, arrived_on_precision, destination_as_reported, settlement_type, notes, ..
        } = self.movement.clone();
        let after = serde_json::to_value(&self.movement).ok();
        let mut changed = false;
        let id = if let Some(before) = self.before {
            let names = names(tx.conn, crate::store::INSIDE, std::slice::from_ref(&before))?;
            let was = before.own(&batch.code, &names);
            if was != self.movement {
                changed = true;
                tx.touched.insert((Resource::Movements, before.id));
                let row = Row {
                    arrived_on,
                    arrived_on_precision: Word(arrived_on_precision),
                    destination_as_reported,
                    settlement_type: settlement_type.map(Word),
                    notes,
                    revision: before.revision + 1,
                    updated_at: tx.at,
                    ..by_id(tx.conn, before.id)?
                };
                diesel::update(movements::table.filter(movements::id.eq(before.id))).set(&row).execute(tx.conn)?;
                tx.note(Resource::Movements, &code, row.revision, serde_json::to_value(was).ok(), after);
            }
            before.id
        } else {
            changed = true;
            let revision = rows::first_revision(tx, Resource::Movements, &code)?;
            let row = Row {
                id: 0,
                code: code.clone(),
                batch_id: batch.id,
                destination_id: self.destination.id,
                arrived_on,
                arrived_on_precision: Word(arrived_on_precision),
                destination_as_reported,
                settlement_type: settlement_type.map(Word),
                notes,
                origin_id: batch.origin_id,
                agreement_id: batch.agreement_id,
                batch_kind: batch.kind,
                dated_on: batch.dated_on,
                dated_last: batch.dated_last,
                happened: batch.happened,
                is_public: batch.is_public,
                households: None,
                households_low: None,
                households_high: None,
                households_high_open: None,
                individuals: None,
                individuals_low: None,
                individuals_high: None,
                individuals_high_open: None,
                households_figure: None,
                individuals_figure: None,
                figure_count: 0,
                revision,
                created_at: tx.at,
                updated_at: tx.at,
            };
            let insert = diesel::insert_into(movements::table).values(&row);
            let id = insert.returning(movements::id).get_result(tx.conn)?;
            tx.touched.insert((Resource::Movements, id));
            tx.note(Resource::Movements, &code, revision, None, after);
            id
        };
        if let Some(figures) = self.figures.filter(figures::Plan::changes) {
            changed = true;
            figures.apply(tx, Subject::Movement(id), own.span())?;
            tallies::movement(tx.conn, id)?;
            super::touch(tx, id)?;
        }
        Ok((id, changed))
    }
}

/// Warns of a movement that another batch seems to record as well, and of more who came back than left.
pub fn warn(tx: &mut Tx, id: i64, at: &str, findings: &mut Findings) -> Result<(), Error> {
    let row = by_id(tx.conn, id)?;
    if let Some(message) = super::over_return(tx.conn, id)? {
        findings.warn(at, "over_return", message);
    }
    let Some(date) = row.dated_on.filter(|_| row.happened && (row.households.or(row.individuals)).is_some()) else {
        return Ok(());
    };
    let twins =
        Condition::sql("origin_id = ").key(row.origin_id).then(" AND destination_id = ").key(row.destination_id);
    let twins = twins.then(" AND dated_on = ").date(date).then(" AND happened AND batch_id <> ").key(row.batch_id);
    let twins: Vec<(String, Option<i32>, Option<i32>)> = movements::table
        .filter(twins)
        .order(movements::code)
        .select((movements::code, movements::households, movements::individuals))
        .limit(1_000)
        .load(tx.conn)?;
    let counts = (row.households, row.individuals);
    if let Some((code, ..)) = twins.iter().find(|(_, households, individuals)| (*households, *individuals) == counts) {
        let message = format!("The movement {code:?} of another batch has the same places, date and counts.");
        findings.warn(at, "possible_duplicate", message);
    }
    Ok(())
}
