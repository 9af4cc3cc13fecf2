//! A whole batch, with its movements and their figures, in one transaction.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::Value;

use super::{Row, find, own, views};
use crate::db::dialect::{Condition, Lock, lock};
use crate::db::schema::{batches, figures as figure_rows, movements as movement_rows, returns as return_rows};
use crate::db::types::{Word, list_to_text};
use crate::domain::Resource;
use crate::domain::batch::{Batch, BatchBody};
use crate::domain::findings::Findings;
use crate::domain::movement::MovementBody;
use crate::domain::words::{BatchKind, Word as _};
use crate::error::Error;
use crate::store::figures::{self, Subject};
use crate::store::references::{self, Place};
use crate::store::{Precondition, Tx, Written, movements, returns, rows, tallies};

/// What a batch reads and nobody writes.
pub const READ_ONLY: &[&str] = &[
    "origin_name",
    "agreement_name",
    "households",
    "households_low",
    "households_high",
    "households_high_open",
    "individuals",
    "individuals_low",
    "individuals_high",
    "individuals_high_open",
    "movement_count",
    "movements_without_households",
    "movements_without_individuals",
    "revision",
    "created_at",
    "updated_at",
    "warnings",
];

/// Creates the batch of a body, or creates or replaces the one of a code.
pub fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
    let mut findings = Findings::default();
    let today = tx.today();
    let mut sent = rows::read(body, &mut findings, READ_ONLY, |fields| BatchBody::read(fields, today))?;
    if let Some(code) = code {
        rows::path_code(code, &mut sent.batch.code, "", &mut findings);
    }
    if sent.batch.code.is_empty() {
        sent.batch.code = tx.next_code();
    }
    let mut before = find(tx.conn, &sent.batch.code)?;
    if let Some(row) = &before {
        lock(tx.conn, Lock::Batch(row.id))?;
        before = find(tx.conn, &sent.batch.code)?;
    }
    if code.is_some() {
        condition.check(before.as_ref().map(|row| row.revision))?;
    }
    // What a POST would overwrite is not looked at: the conflict is said after everything that is wrong.
    let known = before.as_ref().filter(|_| code.is_some());
    let BatchBody { mut batch, movements: parts } = sent;
    let origin = place(tx, &mut batch.origin, "/origin", &mut findings)?;
    let agreement = agreement(tx, &batch, &mut findings)?;
    let existing = known.map(|row| movements::of_batch(tx.conn, row.id)).transpose()?.unwrap_or_default();
    let parts = plan_parts(tx, &batch, existing, parts, &mut findings)?;
    if let Some(row) = known {
        check_what_stays(tx, row, &batch, origin.as_ref(), &parts, &mut findings)?;
    }
    rows::refuse_if_wrong(&findings)?;
    if code.is_none() && before.is_some() {
        return Err(Error::Taken(format!("There is a batch {:?} already.", batch.code)));
    }
    let Some(origin) = origin else { return Err(Error::Internal("a batch without origin".to_owned())) };
    for plan in parts.plans.iter().flatten() {
        plan.refuse_if_taken()?;
    }
    for row in &parts.dropped {
        if let Some(used) = movements::used(tx.conn, row)? {
            return Err(Error::InUse(used));
        }
    }
    let seen = before.clone().map(|row| shown(tx, row)).transpose()?;
    let id = write(tx, &batch, origin.id, agreement, before.clone())?;
    let ids = write_parts(tx, id, &batch, parts)?;
    for (index, id) in ids.into_iter().enumerate() {
        movements::warn(tx, id, &format!("/movements/{index}"), &mut findings)?;
    }
    let row = match seen {
        Some(seen) => seen,
        None => {
            let row = batches::table.filter(batches::id.eq(id)).first(tx.conn)?;
            shown(tx, row)?
        }
    };
    findings.warnings.extend(rows::read_only_warnings(body, &row, READ_ONLY));
    Ok(Written { code: batch.code, created: before.is_none(), warnings: findings.warnings })
}

fn shown(tx: &mut Tx, row: Row) -> Result<Value, Error> {
    Ok(serde_json::to_value(views(tx.conn, crate::store::INSIDE, vec![row])?.pop()).unwrap_or_default())
}

/// A place that the body names: its canonical code stands in the body afterwards.
fn place(tx: &mut Tx, code: &mut String, pointer: &str, findings: &mut Findings) -> Result<Option<Place>, Error> {
    if code.is_empty() {
        return Ok(None);
    }
    let found = references::places(tx.conn, [code.as_str()])?.remove(code.as_str());
    match &found {
        Some(place) => code.clone_from(&place.code),
        None => rows::unknown_reference(tx, Resource::Locations, pointer, code, findings)?,
    }
    Ok(found)
}

fn agreement(tx: &mut Tx, batch: &Batch, findings: &mut Findings) -> Result<Option<i64>, Error> {
    let Some(code) = &batch.agreement else { return Ok(None) };
    let viewer = crate::domain::access::Viewer::Editor;
    let found = references::id_for(tx.conn, viewer, Resource::Agreements, code)?;
    if found.is_none() {
        rows::unknown_reference(tx, Resource::Agreements, "/agreement", code, findings)?;
    }
    Ok(found)
}

/// What becomes of the movements of a batch.
struct Parts {
    /// The movements that are sent, in their order; `None` where the body does not speak of them.
    plans: Option<Vec<movements::Plan>>,
    /// Movements that stay as they are.
    kept: Vec<movements::Row>,
    /// Movements that are not in the list any more.
    dropped: Vec<movements::Row>,
}

fn plan_parts(
    tx: &mut Tx,
    batch: &Batch,
    existing: Vec<movements::Row>,
    sent: Option<Vec<MovementBody>>,
    findings: &mut Findings,
) -> Result<Parts, Error> {
    let Some(sent) = sent else { return Ok(Parts { plans: None, kept: existing, dropped: vec![] }) };
    let mut existing: HashMap<i64, movements::Row> =
        existing.into_iter().map(|row| (row.destination_id, row)).collect();
    let mut plans = vec![];
    let mut first_to: HashMap<i64, usize> = HashMap::new();
    for (index, mut body) in sent.into_iter().enumerate() {
        let at = format!("/movements/{index}");
        let Some(to) = place(tx, &mut body.movement.destination, &format!("{at}/destination"), findings)? else {
            movements::check_figures_alone(tx, body, &at, findings)?;
            continue;
        };
        if let Some(first) = first_to.insert(to.id, index) {
            let message = format!("A batch has one movement to a place: this is also where /movements/{first} goes.");
            findings.error(format!("{at}/destination"), "duplicate", Some(Value::from(to.code)), message);
            movements::check_figures_alone(tx, body, &at, findings)?;
            continue;
        }
        let before = existing.remove(&to.id);
        plans.push(movements::plan(tx, batch, before, to, body, &at, findings)?);
    }
    let mut dropped: Vec<_> = existing.into_values().collect();
    dropped.sort_by_key(|row| row.id);
    Ok(Parts { plans: Some(plans), kept: vec![], dropped })
}

/// What is there already and stays must fit the new batch.
fn check_what_stays(
    tx: &mut Tx,
    row: &Row,
    batch: &Batch,
    origin: Option<&Place>,
    parts: &Parts,
    findings: &mut Findings,
) -> Result<(), Error> {
    let staying: Vec<i64> = parts
        .kept
        .iter()
        .map(|row| row.id)
        .chain(parts.plans.iter().flatten().filter_map(movements::Plan::id))
        .collect();
    for movement in &parts.kept {
        if let Some(origin) = origin.filter(|origin| origin.id == movement.destination_id) {
            let message = format!("The movement {:?} goes there.", movement.code);
            findings.error("/origin", "same_place", Some(Value::from(origin.code.as_str())), message);
        }
        movements::check_kept(tx.conn, movement, batch, findings)?;
    }
    if batch.departed_on.is_none() && !findings.wrong_at("/departed_on") {
        // Figures that the body replaces are checked where they stand in it.
        let kept: Vec<i64> = parts
            .kept
            .iter()
            .map(|row| row.id)
            .chain(parts.plans.iter().flatten().filter(|plan| plan.keeps_figures()).filter_map(movements::Plan::id))
            .collect();
        let mut about = Condition::sql("stage IN ('departed', 'arrived') AND (batch_id = ").key(row.id);
        if !kept.is_empty() {
            about = about.then(" OR movement_id IN (").keys(&kept).then(")");
        }
        let figure: Option<String> = figure_rows::table
            .filter(about.then(")"))
            .order(figure_rows::code)
            .select(figure_rows::code)
            .first(tx.conn)
            .optional()?;
        if let Some(figure) = figure {
            let message =
                format!("The figure {figure:?} is of people who departed or arrived: it needs `departed_on`.");
            findings.error("/departed_on", "not_departed", None, message);
        }
    }
    if batch.kind == BatchKind::Onward && row.kind.0 != BatchKind::Onward && !staying.is_empty() {
        let of_these = Condition::sql("movement_id IN (").keys(&staying).then(")");
        let used: Option<String> = return_rows::table
            .filter(of_these)
            .order(return_rows::code)
            .select(return_rows::code)
            .first(tx.conn)
            .optional()?;
        if let Some(code) = used {
            let message = format!("The return {code:?} refers to a movement of this batch: it cannot be onward.");
            findings.error("/kind", "onward_movement", Some(Value::from(batch.kind.word())), message);
        }
    }
    Ok(())
}

/// Writes the batch's own fields: its key.
fn write(
    tx: &mut Tx,
    batch: &Batch,
    origin_id: i64,
    agreement_id: Option<i64>,
    before: Option<Row>,
) -> Result<i64, Error> {
    let span = batch.span();
    let row = Row {
        id: 0,
        code: batch.code.clone(),
        kind: Word(batch.kind),
        number: batch.number,
        agreement_id,
        origin_id,
        scheduled_on: batch.scheduled_on,
        departed_on: batch.departed_on,
        departed_on_precision: Word(batch.departed_on_precision),
        cancelled: batch.cancelled,
        reasons: list_to_text(&batch.reasons)?,
        parties: list_to_text(&batch.parties)?,
        visibility: Word(batch.visibility),
        notes: batch.notes.clone(),
        dated_on: span.map(|span| span.first),
        dated_last: span.map(|span| span.last),
        happened: batch.happened(),
        is_public: batch.is_public(),
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
    let after = serde_json::to_value(batch).ok();
    let Some(before) = before else {
        let revision = rows::first_revision(tx, Resource::Batches, &batch.code)?;
        let row = Row { revision, ..row };
        let id = diesel::insert_into(batches::table).values(&row).returning(batches::id).get_result(tx.conn)?;
        tx.touched.insert((Resource::Batches, id));
        tx.note(Resource::Batches, &batch.code, revision, None, after);
        return Ok(id);
    };
    let was = own(tx.conn, &before)?;
    if was == *batch {
        return Ok(before.id);
    }
    let (id, revision) = (before.id, before.revision + 1);
    let row = Row {
        kind: row.kind,
        number: row.number,
        agreement_id,
        origin_id,
        scheduled_on: row.scheduled_on,
        departed_on: row.departed_on,
        departed_on_precision: row.departed_on_precision,
        cancelled: row.cancelled,
        reasons: row.reasons,
        parties: row.parties,
        visibility: row.visibility,
        notes: row.notes,
        dated_on: row.dated_on,
        dated_last: row.dated_last,
        happened: row.happened,
        is_public: row.is_public,
        revision,
        updated_at: tx.at,
        ..before
    };
    diesel::update(batches::table.filter(batches::id.eq(id))).set(&row).execute(tx.conn)?;
    tx.touched.insert((Resource::Batches, id));
    tx.note(Resource::Batches, &batch.code, revision, serde_json::to_value(was).ok(), after);
    spread(tx, &Row { id, ..row })?;
    Ok(id)
}

/// Copies what the parts of a batch derive from it.
fn spread(tx: &mut Tx, row: &Row) -> Result<(), Error> {
    diesel::update(movement_rows::table.filter(movement_rows::batch_id.eq(row.id)))
        .set((
            movement_rows::origin_id.eq(row.origin_id),
            movement_rows::agreement_id.eq(row.agreement_id),
            movement_rows::batch_kind.eq(row.kind),
            movement_rows::dated_on.eq(row.dated_on),
            movement_rows::dated_last.eq(row.dated_last),
            movement_rows::happened.eq(row.happened),
            movement_rows::is_public.eq(row.is_public),
        ))
        .execute(tx.conn)?;
    let parts = Condition::sql("reported_on IS NULL AND (batch_id = ").key(row.id);
    let parts = parts.then(" OR movement_id IN (SELECT id FROM movements WHERE batch_id = ").key(row.id).then("))");
    diesel::update(figure_rows::table.filter(parts))
        .set((figure_rows::dated_on.eq(row.dated_on), figure_rows::dated_last.eq(row.dated_last)))
        .execute(tx.conn)?;
    returns::follow(tx.conn, row.id)
}

/// Writes the movements, and what the batch derives from them: their keys in the order of the body.
fn write_parts(tx: &mut Tx, id: i64, batch: &Batch, parts: Parts) -> Result<Vec<i64>, Error> {
    let row: Row = batches::table.filter(batches::id.eq(id)).first(tx.conn)?;
    let mut changed = !parts.dropped.is_empty();
    for dropped in &parts.dropped {
        movements::delete(tx, dropped)?;
    }
    let mut ids = vec![];
    for plan in parts.plans.into_iter().flatten() {
        let (id, different) = plan.apply(tx, &row, batch)?;
        changed |= different;
        ids.push(id);
    }
    if changed {
        tallies::batch(tx.conn, id)?;
        super::touch(tx, id)?;
    }
    Ok(ids)
}

/// Deletes a batch with everything on it.
pub fn delete(tx: &mut Tx, row: &Row) -> Result<(), Error> {
    let parts = movements::of_batch(tx.conn, row.id)?;
    for part in &parts {
        if let Some(used) = movements::used(tx.conn, part)? {
            return Err(Error::InUse(used));
        }
    }
    figures::delete_all(tx, Subject::Batch(row.id))?;
    for part in &parts {
        movements::delete(tx, part)?;
    }
    let was = own(tx.conn, row)?;
    diesel::delete(batches::table.filter(batches::id.eq(row.id))).execute(tx.conn)?;
    tx.note(Resource::Batches, &row.code, row.revision + 1, serde_json::to_value(was).ok(), None);
    Ok(())
}
