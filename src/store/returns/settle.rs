//! From planned returns to rows: keys, revisions, counts, everything derived, and what is remarkable about it.

use super::plan::{Outbound, Plan};
use super::{Row, Standing};
use crate::db::types::{Word, list_to_text};
use crate::domain::Resource;
use crate::domain::findings::Findings;
use crate::error::Error;
use crate::store::figures::{self, Subject};
use crate::store::known::Known;
use crate::store::rows::Outcome;
use crate::store::writes::{Settlement, Writes};
use crate::store::{Tx, Written, history, movements, tallies};

/// Makes the rows of planned returns, and notes what happens to each. Gives back, in the same order, what was written.
///
/// `at` is where in a body it stands that more came back than left.
pub fn settle(
    tx: &mut Tx,
    known: &mut Known,
    out: &mut Outbound,
    plans: Vec<(Plan, Findings)>,
    at: &str,
    writes: &mut Writes,
) -> Result<Vec<(Settlement, Findings)>, Error> {
    let new = || plans.iter().map(|(plan, _)| plan).filter(|plan| plan.before.is_none());
    let figures = || plans.iter().map(|(plan, _)| &plan.figures);
    let codes = new().map(|plan| plan.homecoming.code.as_str());
    let revisions = history::last_revisions(tx.conn, Resource::Returns, codes)?;
    let figure_revisions =
        history::last_revisions(tx.conn, Resource::Figures, figures().flat_map(figures::Plan::new_codes))?;
    let new_figures = figures().map(figures::Plan::new_count).sum();
    let [mut keys, mut figure_keys] = tx.reserve([("returns", new().count()), ("figures", new_figures)])?;

    let mut settlements = Vec::with_capacity(plans.len());
    for (plan, mut findings) in plans {
        let movement = plan.homecoming.movement.as_ref().and_then(|code| out.movements.get(code));
        let mut row = row(tx, &plan, movement)?;
        match &plan.before {
            Some((before, _)) => (row.id, row.revision) = (before.id, before.revision),
            None => {
                row.id = keys.next().unwrap_or_default();
                row.revision = revisions.get(&row.code).map_or(1, |last| last + 1);
            }
        }
        let subject = Subject::Return(row.id);
        known.names.subject(subject, &row.code);
        let span = plan.homecoming.span();
        let figures = plan.figures.settle(tx, subject, span, &mut figure_keys, &figure_revisions);
        tallies::homecoming(&mut row, &figures.rows);
        let same = plan.before.as_ref().map(|(_, own)| *own == plan.homecoming);
        if let Some((before, own)) = &plan.before {
            row.created_at = before.created_at;
            row.updated_at = before.updated_at;
            if same == Some(false) || figures.changes() {
                row.revision = before.revision + 1;
                row.updated_at = tx.at;
                tx.note(Resource::Returns, row.id, &row.code, row.revision, Some(own), Some(&plan.homecoming))?;
            }
        } else {
            tx.note(Resource::Returns, row.id, &row.code, row.revision, None, Some(&plan.homecoming))?;
        }
        figures.note(tx, known)?;
        if let Some(movement) = movement {
            let back = out.returns.entry(movement.id).or_default();
            back.retain(|other| other.id != row.id);
            back.push(row.clone());
            if let Some(message) = movements::over_return(movement, back) {
                findings.warn(at, "over_return", message);
            }
        }
        let mut outcomes = vec![(Resource::Returns, Outcome::of(same))];
        outcomes.extend(figures.sent.iter().map(|(_, outcome)| (Resource::Figures, *outcome)));
        let codes = figures.sent.iter().map(|(code, _)| code.clone()).collect();
        writes.figures(figures);
        let written = Written { code: row.code.clone(), created: plan.before.is_none(), warnings: vec![] };
        match plan.before {
            None => writes.returns.new.push(row),
            Some((before, _)) if before != row => writes.returns.changed.push(row),
            Some(_) => {}
        }
        settlements.push((Settlement { written, outcomes, figures: codes }, findings));
    }
    Ok(settlements)
}

/// The row of a planned return, without key and counts.
fn row(tx: &Tx, plan: &Plan, movement: Option<&movements::Row>) -> Result<Row, Error> {
    let sent = plan.homecoming.clone();
    let mut row = Row {
        id: 0,
        code: sent.code,
        from_id: plan.from_id,
        to_id: plan.to_id,
        movement_id: movement.map(|row| row.id),
        agreement_id: plan.agreement_id,
        scheduled_on: sent.scheduled_on,
        returned_on: sent.returned_on,
        returned_on_precision: Word(sent.returned_on_precision),
        from_as_reported: sent.from_as_reported,
        household_completeness: sent.household_completeness.map(Word),
        members_remaining: sent.members_remaining,
        cancelled: sent.cancelled,
        reasons: list_to_text(&sent.reasons)?,
        parties: list_to_text(&sent.parties)?,
        visibility: Word(sent.visibility),
        notes: sent.notes,
        origin_id: plan.to_id,
        destination_id: plan.from_id,
        counted_agreement_id: plan.agreement_id,
        batch_kind: Word(crate::domain::words::BatchKind::Displacement),
        movement_is_public: true,
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
        revision: 1,
        created_at: tx.at,
        updated_at: tx.at,
    };
    row.date(&plan.homecoming);
    row.stand(movement);
    Ok(row)
}

/// A return goes, with its figures.
pub fn settle_gone(tx: &mut Tx, known: &Known, standing: Standing, writes: &mut Writes) -> Result<(), Error> {
    figures::note_gone(tx, known, &standing.figures)?;
    writes.figures.gone.extend(standing.figures.iter().map(|row| row.id));
    let row = &standing.row;
    tx.note(Resource::Returns, row.id, &row.code, row.revision + 1, Some(&standing.own), None)?;
    writes.returns.gone.push(row.id);
    Ok(())
}
