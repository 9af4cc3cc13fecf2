//! From planned batches to rows: keys, revisions, counts, everything derived, and what is remarkable about it.

use std::collections::HashMap;

use super::plan::Plan;
use super::{Row, Standing};
use crate::db::types::{Word, list_to_text};
use crate::domain::Resource;
use crate::domain::batch::Batch;
use crate::domain::findings::Findings;
use crate::domain::movement::Movement;
use crate::error::Error;
use crate::store::figures::{self, Settled, Subject};
use crate::store::known::Known;
use crate::store::rows::Outcome;
use crate::store::writes::{Settlement, Writes};
use crate::store::{Keys, Tx, Written, history, movements, returns, tallies};

/// One movement as a write leaves it.
struct Part {
    before: Option<(movements::Row, Movement)>,
    after: movements::Row,
    own: Movement,
    figures: Settled,
    returns: Vec<returns::Row>,
    /// Whether its revision rises.
    changed: bool,
    /// Where what is remarkable about it is shown, if it was sent.
    at: Option<String>,
}

/// Keys and revisions for what is new.
struct Fresh {
    batches: Keys,
    movements: Keys,
    figures: Keys,
    batch_revisions: HashMap<String, i32>,
    movement_revisions: HashMap<String, i32>,
    figure_revisions: HashMap<String, i32>,
}

impl Fresh {
    fn take(tx: &mut Tx, plans: &[(Plan, Findings)]) -> Result<Self, Error> {
        let new = || plans.iter().map(|(plan, _)| plan).filter(|plan| plan.before.is_none());
        let parts = || plans.iter().flat_map(|(plan, _)| &plan.movements);
        let new_parts = || parts().filter(|part| part.before.is_none());
        let figures = || parts().map(|part| &part.figures).chain(plans.iter().map(|(plan, _)| &plan.figures));
        let codes = new().map(|plan| plan.batch.code.as_str());
        let batch_revisions = history::last_revisions(tx.conn, Resource::Batches, codes)?;
        // A movement that is new had a row before only if its batch had one.
        let had = |code: &str| batch_revisions.contains_key(code);
        let unknown: Vec<&str> = new().map(|plan| plan.batch.code.as_str()).filter(|code| !had(code)).collect();
        let unknown: std::collections::HashSet<&str> = unknown.into_iter().collect();
        let codes = new_parts().filter(|part| !unknown.contains(part.movement.batch.as_str()));
        let codes = codes.map(|part| part.movement.code.as_str());
        let movement_revisions = history::last_revisions(tx.conn, Resource::Movements, codes)?;
        let codes = figures().flat_map(figures::Plan::new_codes);
        let figure_revisions = history::last_revisions(tx.conn, Resource::Figures, codes)?;
        let new_figures = figures().map(figures::Plan::new_count).sum();
        let wanted = [("batches", new().count()), ("movements", new_parts().count()), ("figures", new_figures)];
        let [batches, movements, figures] = tx.reserve(wanted)?;
        Ok(Self { batches, movements, figures, batch_revisions, movement_revisions, figure_revisions })
    }
}

/// Makes the rows of planned batches, and notes what happens to each. Gives back, in the same order, what was written.
pub fn settle(
    tx: &mut Tx,
    known: &mut Known,
    plans: Vec<(Plan, Findings)>,
    writes: &mut Writes,
) -> Result<Vec<(Settlement, Findings)>, Error> {
    let mut fresh = Fresh::take(tx, &plans)?;
    let mut settlements = Vec::with_capacity(plans.len());
    let mut sent = vec![];
    for (index, (plan, mut findings)) in plans.into_iter().enumerate() {
        let mut parts = vec![];
        let settlement = settle_one(tx, known, plan, &mut fresh, &mut parts, writes)?;
        for part in parts {
            if let Some(at) = part.at {
                if let Some(message) = movements::over_return(&part.after, &part.returns) {
                    findings.warn(&at, "over_return", message);
                }
                sent.push((part.after.clone(), index, at));
            }
            match part.before {
                None => writes.movements.new.push(part.after),
                Some((before, _)) if before != part.after => writes.movements.changed.push(part.after),
                Some(_) => {}
            }
            writes.figures(part.figures);
        }
        settlements.push((settlement, findings));
    }
    for (index, at, message) in movements::twins(tx, known, &sent)? {
        settlements[index].1.warn(at, "possible_duplicate", message);
    }
    Ok(settlements)
}

fn settle_one(
    tx: &mut Tx,
    known: &mut Known,
    plan: Plan,
    fresh: &mut Fresh,
    parts: &mut Vec<Part>,
    writes: &mut Writes,
) -> Result<Settlement, Error> {
    let mut row = row(tx, &plan)?;
    match &plan.before {
        Some((before, _)) => row.id = before.id,
        None => {
            row.id = fresh.batches.next().unwrap_or_default();
            row.revision = fresh.batch_revisions.get(&row.code).map_or(1, |last| last + 1);
        }
    }
    known.names.subject(Subject::Batch(row.id), &row.code);
    let span = plan.batch.span();
    for part in plan.movements {
        let (before, returns) = match part.before {
            Some(standing) => (Some((standing.row, standing.own)), standing.returns),
            None => (None, vec![]),
        };
        let mut after = movement_row(tx, &row, &part.movement, part.destination_id, before.as_ref());
        if before.is_none() {
            after.id = fresh.movements.next().unwrap_or_default();
            after.revision = fresh.movement_revisions.get(&after.code).map_or(1, |last| last + 1);
        }
        known.names.subject(Subject::Movement(after.id), &after.code);
        let subject = Subject::Movement(after.id);
        let figures = part.figures.settle(tx, subject, span, &mut fresh.figures, &fresh.figure_revisions);
        parts.push(Part { before, after, own: part.movement, figures, returns, changed: false, at: Some(part.at) });
    }
    let sent = parts.len();
    for standing in plan.kept {
        let before = Some((standing.row, standing.own.clone()));
        let destination = before.as_ref().map_or(0, |(row, _)| row.destination_id);
        let after = movement_row(tx, &row, &standing.own, destination, before.as_ref());
        let subject = Subject::Movement(after.id);
        let kept = figures::Plan::keeping(standing.figures);
        let figures = kept.settle(tx, subject, span, &mut std::iter::empty(), &HashMap::new());
        let returns = standing.returns;
        parts.push(Part { before, after, own: standing.own, figures, returns, changed: false, at: None });
    }
    let subject = Subject::Batch(row.id);
    let figures = plan.figures.settle(tx, subject, span, &mut fresh.figures, &fresh.figure_revisions);

    let mut different = figures.changes() || !plan.dropped.is_empty();
    for part in parts.iter_mut() {
        tallies::movement(&mut part.after, &part.figures.rows);
        part.changed = part.figures.changes() || part.before.as_ref().is_none_or(|(_, own)| *own != part.own);
        if part.changed
            && let Some((before, _)) = &part.before
        {
            part.after.revision = before.revision + 1;
            part.after.updated_at = tx.at;
        }
        different |= part.changed;
        writes.returns.changed.extend(returns::following(&part.after, &part.returns));
    }
    // A batch without a word about its parts sums them all the same.
    tallies::batch(&mut row, parts.iter().map(|part| &part.after));
    let same = plan.before.as_ref().map(|(_, own)| *own == plan.batch);
    if let Some((before, _)) = &plan.before {
        row.created_at = before.created_at;
        if different || same == Some(false) {
            row.revision = before.revision + 1;
        } else {
            (row.revision, row.updated_at) = (before.revision, before.updated_at);
        }
    }
    note(tx, known, plan.before.as_ref(), &row, &plan.batch, parts, &figures, &plan.dropped)?;
    let mut outcomes = vec![(Resource::Batches, Outcome::of(same))];
    for part in &parts[..sent] {
        let own = part.before.as_ref().map(|(_, own)| *own == part.own);
        outcomes.push((Resource::Movements, Outcome::of(own)));
    }
    let mut codes = vec![];
    for figures in parts[..sent].iter().map(|part| &part.figures).chain([&figures]) {
        for (code, outcome) in &figures.sent {
            outcomes.push((Resource::Figures, *outcome));
            codes.push(code.clone());
        }
    }
    for standing in plan.dropped {
        writes.movements.gone.push(standing.row.id);
        writes.figures.gone.extend(standing.figures.iter().map(|row| row.id));
    }
    writes.figures(figures);
    let code = row.code.clone();
    let created = plan.before.is_none();
    match plan.before {
        None => writes.batches.new.push(row),
        Some((before, _)) if before != row => writes.batches.changed.push(row),
        Some(_) => {}
    }
    let written = Written { code, created, warnings: vec![] };
    Ok(Settlement { written, outcomes, figures: codes })
}

/// Notes what happens: the whole before its parts, and what goes in the opposite order.
#[expect(clippy::too_many_arguments, reason = "everything that happens to a batch at once")]
fn note(
    tx: &mut Tx,
    known: &Known,
    before: Option<&(Row, Batch)>,
    row: &Row,
    batch: &Batch,
    parts: &[Part],
    figures: &Settled,
    dropped: &[movements::Standing],
) -> Result<(), Error> {
    for standing in dropped {
        movements::note_gone(tx, known, standing)?;
    }
    match before {
        None => tx.note(Resource::Batches, row.id, &row.code, row.revision, None, Some(batch))?,
        Some((before, own)) if before.revision != row.revision => {
            tx.note(Resource::Batches, row.id, &row.code, row.revision, Some(own), Some(batch))?;
        }
        Some(_) => {}
    }
    for part in parts {
        let row = &part.after;
        match &part.before {
            None => tx.note(Resource::Movements, row.id, &row.code, row.revision, None, Some(&part.own))?,
            Some((_, own)) if part.changed => {
                tx.note(Resource::Movements, row.id, &row.code, row.revision, Some(own), Some(&part.own))?;
            }
            Some(_) => {}
        }
        part.figures.note(tx, known)?;
    }
    figures.note(tx, known)
}

/// The row of a planned batch, without key and counts.
fn row(tx: &Tx, plan: &Plan) -> Result<Row, Error> {
    let batch = &plan.batch;
    let mut row = Row {
        id: 0,
        code: batch.code.clone(),
        kind: Word(batch.kind),
        number: batch.number,
        agreement_id: plan.agreement_id,
        origin_id: plan.origin_id,
        scheduled_on: batch.scheduled_on,
        departed_on: batch.departed_on,
        departed_on_precision: Word(batch.departed_on_precision),
        cancelled: batch.cancelled,
        reasons: list_to_text(&batch.reasons)?,
        parties: list_to_text(&batch.parties)?,
        visibility: Word(batch.visibility),
        notes: batch.notes.clone(),
        dated_on: None,
        dated_last: None,
        happened: false,
        is_public: false,
        households: None,
        households_low: None,
        households_high: None,
        households_high_open: None,
        individuals: None,
        individuals_low: None,
        individuals_high: None,
        individuals_high_open: None,
        movement_count: 0,
        movements_without_households: 0,
        movements_without_individuals: 0,
        revision: 1,
        created_at: tx.at,
        updated_at: tx.at,
    };
    row.stand(batch);
    Ok(row)
}

/// The row of a movement with what it derives from its batch, without counts.
fn movement_row(
    tx: &Tx,
    batch: &Row,
    own: &Movement,
    destination_id: i64,
    before: Option<&(movements::Row, Movement)>,
) -> movements::Row {
    let own = own.clone();
    let mut row = movements::Row {
        id: before.map_or(0, |(row, _)| row.id),
        code: own.code,
        batch_id: batch.id,
        destination_id,
        arrived_on: own.arrived_on,
        arrived_on_precision: Word(own.arrived_on_precision),
        destination_as_reported: own.destination_as_reported,
        settlement_type: own.settlement_type.map(Word),
        notes: own.notes,
        origin_id: batch.origin_id,
        agreement_id: batch.agreement_id,
        batch_kind: batch.kind,
        dated_on: None,
        dated_last: None,
        happened: false,
        is_public: false,
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
        revision: before.map_or(1, |(row, _)| row.revision),
        created_at: before.map_or(tx.at, |(row, _)| row.created_at),
        updated_at: before.map_or(tx.at, |(row, _)| row.updated_at),
    };
    row.follow(batch);
    row
}

/// A whole batch goes, with everything on it.
pub fn settle_gone(tx: &mut Tx, known: &Known, standing: Standing, writes: &mut Writes) -> Result<(), Error> {
    figures::note_gone(tx, known, &standing.figures)?;
    writes.figures.gone.extend(standing.figures.iter().map(|row| row.id));
    for part in &standing.movements {
        movements::note_gone(tx, known, part)?;
        writes.movements.gone.push(part.row.id);
        writes.figures.gone.extend(part.figures.iter().map(|row| row.id));
    }
    let row = &standing.row;
    tx.note(Resource::Batches, row.id, &row.code, row.revision + 1, Some(&standing.own), None)?;
    writes.batches.gone.push(row.id);
    Ok(())
}
