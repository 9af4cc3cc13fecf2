//! A whole return, with its figures, in one transaction.

use diesel::prelude::*;
use serde_json::Value;

use super::{Row, by_id, counted, find, own, views};
use crate::db::dialect::{Condition, Lock, lock};
use crate::db::schema::{figures as figure_rows, returns};
use crate::db::types::{Word, list_to_text};
use crate::domain::Resource;
use crate::domain::access::Viewer;
use crate::domain::findings::Findings;
use crate::domain::homecoming::{Return, ReturnBody};
use crate::domain::words::BatchKind;
use crate::error::Error;
use crate::store::figures::{self, Mode, Owner, Subject};
use crate::store::references;
use crate::store::{Precondition, Tx, Written, movements, rows, tallies};

/// What a return reads and nobody writes.
pub const READ_ONLY: &[&str] = &[
    "from_name",
    "to_name",
    "agreement_name",
    "origin",
    "origin_name",
    "destination",
    "destination_name",
    "households",
    "households_low",
    "households_high",
    "households_high_open",
    "individuals",
    "individuals_low",
    "individuals_high",
    "individuals_high_open",
    "households_figure",
    "individuals_figure",
    "figure_count",
    "revision",
    "created_at",
    "updated_at",
    "warnings",
];

/// What the codes of a return stand for.
struct References {
    from: i64,
    to: i64,
    movement: Option<movements::Row>,
    agreement: Option<i64>,
}

/// Creates the return of a body, or creates or replaces the one of a code.
pub fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
    let mut findings = Findings::default();
    let today = tx.today();
    let mut sent = rows::read(body, &mut findings, READ_ONLY, |fields| ReturnBody::read(fields, today))?;
    if let Some(code) = code {
        rows::path_code(code, &mut sent.homecoming.code, "", &mut findings);
    }
    if sent.homecoming.code.is_empty() {
        sent.homecoming.code = tx.next_code();
    }
    let ReturnBody { mut homecoming, figures } = sent;
    let references = refer(tx, &mut homecoming, &mut findings)?;
    let mut before = find(tx.conn, &homecoming.code)?;
    if let Some(row) = &before {
        lock(tx.conn, Lock::Return(row.id))?;
        before = find(tx.conn, &homecoming.code)?;
    }
    if code.is_some() {
        condition.check(before.as_ref().map(|row| row.revision))?;
    }
    let known = before.as_ref().filter(|_| code.is_some());
    let plan = match figures {
        Some(figures) => {
            let sent = figures.into_iter().enumerate();
            let sent = sent.map(|(index, figure)| (format!("/figures/{index}"), figure)).collect();
            let subject = known.map(|row| Subject::Return(row.id));
            let owner = Owner { member: "return", code: &homecoming.code, subject };
            Some(figures::plan(tx, &owner, sent, Mode::Replace, &mut findings)?)
        }
        None => None,
    };
    if let Some(row) = known.filter(|_| homecoming.returned_on.is_none() && plan.is_none()) {
        check_figures_that_stay(tx, row, &mut findings)?;
    }
    rows::refuse_if_wrong(&findings)?;
    if code.is_none() && before.is_some() {
        return Err(Error::Taken(format!("There is a return {:?} already.", homecoming.code)));
    }
    if let Some(plan) = &plan {
        plan.refuse_if_taken()?;
    }
    let Some(references) = references else { return Err(Error::Internal("a return without places".to_owned())) };
    let seen = before.clone().map(|row| shown(tx, row)).transpose()?;
    let id = write(tx, &homecoming, &references, before.clone())?;
    if let Some(plan) = plan.filter(figures::Plan::changes) {
        plan.apply(tx, Subject::Return(id), homecoming.span())?;
        tallies::homecoming(tx.conn, id)?;
        super::touch(tx, id)?;
    }
    if let Some(movement) = &references.movement
        && let Some(message) = movements::over_return(tx.conn, movement.id)?
    {
        findings.warn("/movement", "over_return", message);
    }
    let row = match seen {
        Some(seen) => seen,
        None => {
            let row = by_id(tx.conn, id)?;
            shown(tx, row)?
        }
    };
    findings.warnings.extend(rows::read_only_warnings(body, &row, READ_ONLY));
    Ok(Written { code: homecoming.code, created: before.is_none(), warnings: findings.warnings })
}

fn shown(tx: &mut Tx, row: Row) -> Result<Value, Error> {
    Ok(serde_json::to_value(views(tx.conn, crate::store::INSIDE, vec![row])?.pop()).unwrap_or_default())
}

/// Looks the codes up; canonical ones stand in the return afterwards.
fn refer(tx: &mut Tx, homecoming: &mut Return, findings: &mut Findings) -> Result<Option<References>, Error> {
    let places = references::places(tx.conn, [homecoming.from.as_str(), homecoming.to.as_str()])?;
    let mut ids = [None, None];
    for (id, (name, code)) in ids.iter_mut().zip([("from", &mut homecoming.from), ("to", &mut homecoming.to)]) {
        if code.is_empty() {
            continue;
        }
        match places.get(code.as_str()) {
            Some(place) => {
                code.clone_from(&place.code);
                *id = Some(place.id);
            }
            None => rows::unknown_reference(tx, Resource::Locations, &format!("/{name}"), code, findings)?,
        }
    }
    if ids[0].is_some() && ids[0] == ids[1] {
        let message = "A return goes from one place to another: `from` and `to` are the same.".to_owned();
        findings.error("/to", "same_place", Some(Value::from(homecoming.to.as_str())), message);
    }
    let mut movement = None;
    if let Some(code) = &homecoming.movement {
        let id = references::id_for(tx.conn, Viewer::Editor, Resource::Movements, code)?;
        match id {
            Some(id) => {
                // The batch is locked before the return, and what is derived from it is read after.
                let batch = movements::by_id(tx.conn, id)?.batch_id;
                lock(tx.conn, Lock::Batch(batch))?;
                let row = movements::by_id(tx.conn, id)?;
                if row.batch_kind.0 == BatchKind::Onward {
                    let message = "Nobody returns from an `onward` movement: name the one that displaced them.";
                    let value = Some(Value::from(code.as_str()));
                    findings.error("/movement", "onward_movement", value, message.to_owned());
                }
                movement = Some(row);
            }
            None => rows::unknown_reference(tx, Resource::Movements, "/movement", code, findings)?,
        }
    }
    let mut agreement = None;
    if let Some(code) = &homecoming.agreement {
        agreement = references::id_for(tx.conn, Viewer::Editor, Resource::Agreements, code)?;
        if agreement.is_none() {
            rows::unknown_reference(tx, Resource::Agreements, "/agreement", code, findings)?;
        }
    }
    let [from, to] = ids;
    Ok(from.zip(to).map(|(from, to)| References { from, to, movement, agreement }))
}

fn check_figures_that_stay(tx: &mut Tx, row: &Row, findings: &mut Findings) -> Result<(), Error> {
    let about = Condition::sql("stage IN ('departed', 'arrived') AND return_id = ").key(row.id);
    let figure: Option<String> = figure_rows::table
        .filter(about)
        .order(figure_rows::code)
        .select(figure_rows::code)
        .first(tx.conn)
        .optional()?;
    if let Some(figure) = figure.filter(|_| !findings.wrong_at("/returned_on")) {
        let message = format!("The figure {figure:?} is of people who departed or arrived: it needs `returned_on`.");
        findings.error("/returned_on", "not_returned", None, message);
    }
    Ok(())
}

/// Writes the return's own fields: its key.
fn write(tx: &mut Tx, homecoming: &Return, to: &References, before: Option<Row>) -> Result<i64, Error> {
    let span = homecoming.span();
    let counted = counted(to.movement.as_ref(), to.from, to.to, to.agreement);
    let sent = homecoming.clone();
    let row = Row {
        id: 0,
        code: sent.code,
        from_id: to.from,
        to_id: to.to,
        movement_id: to.movement.as_ref().map(|row| row.id),
        agreement_id: to.agreement,
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
        origin_id: counted.origin_id,
        destination_id: counted.destination_id,
        counted_agreement_id: counted.agreement_id,
        batch_kind: counted.kind,
        movement_is_public: counted.movement_is_public,
        dated_on: span.map(|span| span.first),
        dated_last: span.map(|span| span.last),
        happened: homecoming.happened(),
        is_public: homecoming.is_public(),
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
    let after = serde_json::to_value(homecoming).ok();
    let Some(before) = before else {
        let revision = rows::first_revision(tx, Resource::Returns, &homecoming.code)?;
        let row = Row { revision, ..row };
        let id = diesel::insert_into(returns::table).values(&row).returning(returns::id).get_result(tx.conn)?;
        tx.touched.insert((Resource::Returns, id));
        tx.note(Resource::Returns, &homecoming.code, revision, None, after);
        return Ok(id);
    };
    let was = own(tx.conn, &before)?;
    if was == *homecoming {
        return Ok(before.id);
    }
    let (id, revision) = (before.id, before.revision + 1);
    let row = Row {
        households: before.households,
        households_low: before.households_low,
        households_high: before.households_high,
        households_high_open: before.households_high_open,
        individuals: before.individuals,
        individuals_low: before.individuals_low,
        individuals_high: before.individuals_high,
        individuals_high_open: before.individuals_high_open,
        households_figure: before.households_figure,
        individuals_figure: before.individuals_figure,
        figure_count: before.figure_count,
        revision,
        created_at: before.created_at,
        ..row
    };
    diesel::update(returns::table.filter(returns::id.eq(id))).set(&row).execute(tx.conn)?;
    figures::date(tx.conn, Subject::Return(id), span)?;
    tx.touched.insert((Resource::Returns, id));
    tx.note(Resource::Returns, &homecoming.code, revision, serde_json::to_value(was).ok(), after);
    Ok(id)
}
