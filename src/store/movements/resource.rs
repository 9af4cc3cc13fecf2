//! Movements as the paths below `/v1/movements` offer them.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Movement, MovementSingle, MovementView, Row, delete, find, names, plan, singles, used, views, warn};
use crate::db::dialect::{Lock, lock};
use crate::db::page::{Page, PageRequest, Position, SortBy};
use crate::db::schema::movements;
use crate::db::{Backend, Conn};
use crate::domain::Resource;
use crate::domain::access::Viewer;
use crate::domain::findings::Findings;
use crate::domain::movement::{MovementBody, READ_ONLY};
use crate::domain::words::{BatchKind, Precision};
use crate::error::Error;
use crate::store::rows::SAMPLE_TIME;
use crate::store::{
    Figures, Filter, Precondition, Reading, Rows, Tx, Written, batches, filter, references, rows, tallies,
};

/// The resource `movements`.
pub struct Movements;

/// What a write to one movement begins with.
enum Target<'a> {
    /// A new one, wherever its body says.
    New,
    /// The one of the path.
    Path(&'a str),
}

fn put(tx: &mut Tx, target: &Target, body: &Value, condition: &Precondition) -> Result<Written, Error> {
    let mut findings = Findings::default();
    let today = tx.today();
    let sent = rows::read(body, &mut findings, READ_ONLY, |fields| MovementBody::read(fields, today))?;
    let mut movement = sent;
    let mut known = match target {
        Target::New => None,
        Target::Path(code) => find(tx.conn, code)?,
    };
    if let (Target::Path(_), Some(row)) = (target, &known) {
        lock(tx.conn, Lock::Batch(row.batch_id))?;
        known = find(tx.conn, &row.code)?;
    }
    if let Target::Path(_) = target {
        condition.check(known.as_ref().map(|row| row.revision))?;
    }
    if let Some(row) = &known {
        let batch = batches::code(tx.conn, row.batch_id)?;
        let names = names(tx.conn, crate::store::INSIDE, std::slice::from_ref(row))?;
        let kept = names.location(row.destination_id).code;
        fill(&mut movement.movement.batch, "batch", &batch, tx, false, &mut findings)?;
        fill(&mut movement.movement.destination, "destination", &kept, tx, true, &mut findings)?;
    }
    if let (Target::Path(code), None) = (target, &known)
        && let Some((batch, place)) = code.split_once('.')
    {
        // The code of a movement says both, so the body need not.
        for (given, said) in [(&mut movement.movement.batch, batch), (&mut movement.movement.destination, place)] {
            if given.is_empty() {
                said.clone_into(given);
            }
        }
    }
    let Some((batch, destination)) = whereabouts(tx, &movement.movement, &mut findings)? else {
        super::check_figures_alone(tx, movement, "", &mut findings)?;
        return Err(Error::Invalid(findings.errors));
    };
    lock(tx.conn, Lock::Batch(batch.id))?;
    let own = batches::own(tx.conn, &batch)?;
    let there = known.clone().map_or_else(
        || {
            movements::table
                .filter(movements::batch_id.eq(batch.id))
                .filter(movements::destination_id.eq(destination.id))
                .first::<Row>(tx.conn)
                .optional()
        },
        |row| Ok(Some(row)),
    )?;
    if let Target::Path(code) = target {
        let made = format!("{}.{}", batch.code, destination.code);
        if *code != made {
            let message = format!("The code of this movement is {made:?}, whatever the path says.");
            findings.error("/code", "code_mismatch", Some(Value::from(*code)), message);
        }
    }
    plan::Plan::check_figures(&own, &movement, "", &mut findings);
    let plan = plan(tx, &own, known.clone(), destination, movement, "", &mut findings)?;
    plan.check(&own, &mut findings);
    rows::refuse_if_wrong(&findings)?;
    if known.is_none()
        && let Some(there) = there
    {
        return Err(Error::Taken(format!("The batch has a movement to this destination already: {:?}.", there.code)));
    }
    plan.refuse_if_taken()?;
    let seen = seen(tx, known.as_ref())?;
    let (id, changed) = plan.apply(tx, &batch, &own)?;
    if changed {
        tallies::batch(tx.conn, batch.id)?;
        batches::touch(tx, batch.id)?;
    }
    warn(tx, id, "", &mut findings)?;
    let row = super::by_id(tx.conn, id)?;
    let code = row.code.clone();
    let shown = match seen {
        Some(seen) => seen,
        None => seen_now(tx, row)?,
    };
    findings.warnings.extend(rows::read_only_warnings(body, &shown, READ_ONLY));
    Ok(Written { code, created: known.is_none(), warnings: findings.warnings })
}

fn seen(tx: &mut Tx, row: Option<&Row>) -> Result<Option<Value>, Error> {
    row.map(|row| seen_now(tx, row.clone())).transpose()
}

fn seen_now(tx: &mut Tx, row: Row) -> Result<Value, Error> {
    let view = views(tx.conn, crate::store::INSIDE, vec![row])?.pop();
    Ok(serde_json::to_value(view).unwrap_or_default())
}

/// A member that never changes may be left out; a place may be named by its p-code, too.
fn fill(
    given: &mut String,
    name: &str,
    kept: &str,
    tx: &mut Tx,
    place: bool,
    findings: &mut Findings,
) -> Result<(), Error> {
    if given.is_empty() {
        kept.clone_into(given);
    }
    let found = if place { references::places(tx.conn, [given.as_str()])?.remove(given.as_str()) } else { None };
    let canonical = found.map_or_else(|| given.clone(), |place| place.code);
    rows::unchanged(name, Some(&canonical), Some(kept), "", findings);
    kept.clone_into(given);
    Ok(())
}

/// The batch and the destination of a movement.
fn whereabouts(
    tx: &mut Tx,
    movement: &Movement,
    findings: &mut Findings,
) -> Result<Option<(batches::Row, references::Place)>, Error> {
    let mut batch = None;
    let mut destination = None;
    for (name, code) in [("batch", &movement.batch), ("destination", &movement.destination)] {
        let pointer = format!("/{name}");
        if code.is_empty() {
            if !findings.wrong_at(&pointer) {
                findings.error("", "missing", Some(Value::from(name)), format!("`{name}` is required."));
            }
        } else if name == "batch" {
            batch = batches::find(tx.conn, code)?;
            if batch.is_none() {
                rows::unknown_reference(tx, Resource::Batches, &pointer, code, findings)?;
            }
        } else {
            destination = references::places(tx.conn, [code.as_str()])?.remove(code);
            if destination.is_none() {
                rows::unknown_reference(tx, Resource::Locations, &pointer, code, findings)?;
            }
        }
    }
    Ok(batch.zip(destination))
}

impl Rows for Movements {
    const RESOURCE: Resource = Resource::Movements;
    type Row = MovementView;
    type Single = MovementSingle;
    type Body = Movement;

    fn page(
        conn: &mut Conn,
        who: Reading,
        filter: &Filter,
        request: &PageRequest,
    ) -> Result<Page<MovementView>, Error> {
        let resolved = filter::resolve(conn, who, filter)?;
        let rows: Vec<Row> = movements::table
            .into_boxed::<Backend>()
            .filter(filter::movements(&resolved, who.viewer))
            .filter(rows::after(request, "dated_on"))
            .order(rows::order(request, "dated_on"))
            .limit(rows::fetch(request))
            .load(conn)?;
        let page = Page::of(rows, request, |row| Position {
            date: row.dated_on.filter(|_| request.sort.by == SortBy::Date),
            time: (request.sort.by == SortBy::UpdatedAt).then_some(row.updated_at),
            code: row.code.clone(),
        });
        page.map(|rows| views(conn, who, rows))
    }

    fn count(conn: &mut Conn, who: Reading, filter: &Filter) -> Result<i64, Error> {
        let resolved = filter::resolve(conn, who, filter)?;
        Ok(movements::table.filter(filter::movements(&resolved, who.viewer)).count().get_result(conn)?)
    }

    fn single(conn: &mut Conn, who: Reading, code: &str) -> Result<Option<(MovementSingle, i32)>, Error> {
        let row = find(conn, code)?.filter(|row| row.is_public || who.viewer != Viewer::Public);
        let Some(row) = row else { return Ok(None) };
        let revision = row.revision;
        Ok(singles(conn, who, vec![row])?.pop().map(|single| (single, revision)))
    }

    fn create(tx: &mut Tx, body: &Value) -> Result<Written, Error> {
        put(tx, &Target::New, body, &Precondition::default())
    }

    fn replace(tx: &mut Tx, code: &str, body: &Value, condition: &Precondition) -> Result<Written, Error> {
        put(tx, &Target::Path(code), body, condition)
    }

    fn change(tx: &mut Tx, code: &str, patch: &Value, condition: &Precondition) -> Result<Written, Error> {
        let missing = || Error::NotFound(Self::RESOURCE, code.to_owned());
        let before = find(tx.conn, code)?.ok_or_else(missing)?;
        lock(tx.conn, Lock::Batch(before.batch_id))?;
        let before = find(tx.conn, code)?.ok_or_else(missing)?;
        let names = names(tx.conn, crate::store::INSIDE, std::slice::from_ref(&before))?;
        let batch = batches::code(tx.conn, before.batch_id)?;
        let own = serde_json::to_value(before.own(&batch, &names)).unwrap_or_default();
        put(tx, &Target::Path(code), &rows::merged(&own, patch), condition)
    }

    fn delete(tx: &mut Tx, code: &str, condition: &Precondition) -> Result<(), Error> {
        let missing = || Error::NotFound(Self::RESOURCE, code.to_owned());
        let row = find(tx.conn, code)?.ok_or_else(missing)?;
        lock(tx.conn, Lock::Batch(row.batch_id))?;
        let row = find(tx.conn, code)?.ok_or_else(missing)?;
        condition.check(Some(row.revision))?;
        if let Some(used) = used(tx.conn, &row)? {
            return Err(Error::InUse(used));
        }
        delete(tx, &row)?;
        tallies::batch(tx.conn, row.batch_id)?;
        batches::touch(tx, row.batch_id)
    }

    fn sample() -> MovementView {
        let day = |month, day| NaiveDate::from_ymd_opt(2017, month, day);
        MovementView {
            code: "al-waer-01.SY0208".to_owned(),
            batch: "al-waer-01".to_owned(),
            destination: "SY0208".to_owned(),
            destination_name: "Jarablus".to_owned(),
            arrived_on: day(3, 19),
            arrived_on_precision: Precision::Day,
            destination_as_reported: Some("Jarablus".to_owned()),
            settlement_type: None,
            notes: None,
            number: Some(1),
            kind: BatchKind::Displacement,
            origin: "al-waer".to_owned(),
            origin_name: "Al-Waer".to_owned(),
            agreement: Some("al-waer-2017".to_owned()),
            agreement_name: Some("Al-Waer agreement".to_owned()),
            scheduled_on: None,
            departed_on: day(3, 18),
            departed_on_precision: Precision::Day,
            cancelled: false,
            households: Some(306),
            households_low: Some(306),
            households_high: Some(306),
            households_high_open: Some(false),
            individuals: Some(1354),
            individuals_low: Some(1354),
            individuals_high: Some(2000),
            individuals_high_open: Some(false),
            households_figure: Some("0197a2b0-0000-7000-8000-000000000002".to_owned()),
            individuals_figure: Some("0197a2b0-0000-7000-8000-000000000001".to_owned()),
            figure_count: 6,
            revision: 1,
            created_at: SAMPLE_TIME,
            updated_at: SAMPLE_TIME,
        }
    }

    fn sample_single() -> MovementSingle {
        MovementSingle { movement: Self::sample(), figures: vec![Figures::sample()] }
    }

    fn sample_body() -> Value {
        json!({
            "batch": "al-waer-01", "destination": "SY0208", "arrived_on": "2017-03-19",
            "figures": [{"stage": "departed", "source": "syrian-voice", "individuals": 1354}],
        })
    }
}
