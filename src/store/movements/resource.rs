//! Movements as the paths below `/v1/movements` offer them.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Movement, MovementSingle, MovementView, Row, Standing, find, plan, single, views};
use crate::db::Conn;
use crate::db::schema::movements;
use crate::domain::Resource;
use crate::domain::access::Viewer;
use crate::domain::findings::Findings;
use crate::domain::movement::{MovementBody, READ_ONLY};
use crate::domain::words::{BatchKind, Precision};
use crate::error::Error;
use crate::store::figures::Mode;
use crate::store::known::{Codes, Known};
use crate::store::references::Place;
use crate::store::rows::{SAMPLE_TIME, listed, untouched};
use crate::store::{Figures, Filter, Precondition, Reading, Rows, Tx, Written, batches, filter, rows};

/// The resource `movements`.
pub struct Movements;

fn put(tx: &mut Tx, target: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
    let mut findings = Findings::default();
    let today = tx.today();
    let mut sent = rows::read(body, &mut findings, READ_ONLY, |fields| MovementBody::read(fields, today))?;
    if let Some(code) = target
        && let Some((batch, place)) = code.split_once('.')
    {
        // The code of a movement says both, so the body need not.
        for (given, said) in [(&mut sent.movement.batch, batch), (&mut sent.movement.destination, place)] {
            if given.is_empty() {
                said.clone_into(given);
            }
        }
    }
    // Where the movement is there, its code says the batch, whatever the body does.
    let there = match target {
        None => None,
        Some(code) => find(tx.conn, code)?.and(code.split_once('.')).map(|(batch, _)| batch.to_owned()),
    };
    let mut known = Known::default();
    let batch_code = there.clone().unwrap_or_else(|| sent.movement.batch.clone());
    let standing = hold_batch(tx, &mut known, &batch_code)?;
    let mut codes = Codes::default();
    codes.place(&sent.movement.destination);
    sent.figures.iter().flatten().for_each(|figure| codes.figure(figure));
    known.learn(tx.conn, &codes)?;
    let (before, batch) = match (target, standing) {
        (Some(code), Some(standing)) => {
            let mut batch = batches::Plan::keeping(standing);
            (batch.take(code), Some(batch))
        }
        (_, standing) => (None, standing.map(batches::Plan::keeping)),
    };
    if target.is_some() {
        condition.check(before.as_ref().map(|part| part.row.revision))?;
    }
    let whereabouts = match (&before, &batch) {
        (Some(part), Some(_)) => Some(keep(tx, &known, part, &mut sent.movement, &mut findings)?),
        _ => whereabouts(tx, &known, batch.as_ref(), &mut sent.movement, &mut findings)?,
    };
    let (Some(destination), Some(mut batch)) = (whereabouts, batch) else {
        super::check_figures_alone(tx, &mut known, sent, "", &mut findings)?;
        return Err(Error::Invalid(findings.errors));
    };
    if let Some(code) = target {
        let made = format!("{}.{}", batch.batch.code, destination.code);
        if code != made {
            let message = format!("The code of this movement is {made:?}, whatever the path says.");
            findings.error("/code", "code_mismatch", Some(Value::from(code)), message);
        }
    }
    let taken = batch.kept.iter().find(|part| part.row.destination_id == destination.id);
    let taken = taken.map(|part| format!("The batch has a movement to this destination already: {:?}.", part.row.code));
    super::check(&batch.batch, &sent, "", &mut findings);
    let created = before.is_none();
    let own = batch.batch.clone();
    let part = plan(tx, &mut known, &own, before, destination, sent, Mode::Replace, "", &mut findings)?;
    rows::refuse_if_wrong(&findings)?;
    let conflict = taken.as_deref().or(part.figures.taken());
    batch.conflict = conflict.map(|taken| Error::Taken(taken.to_owned()));
    let code = part.movement.code.clone();
    batch.movements.push(part);
    let (_, findings) = batches::execute(tx, &mut known, batch, findings)?;
    Ok(Written { code, created, warnings: findings.warnings })
}

fn hold_batch(tx: &mut Tx, known: &mut Known, code: &str) -> Result<Option<batches::Standing>, Error> {
    if code.is_empty() { Ok(None) } else { Ok(batches::hold(tx, known, &[code])?.remove(code)) }
}

/// What never changes may be left out, or repeated; a place may be named by its p-code, too.
fn keep(
    tx: &mut Tx,
    known: &Known,
    part: &Standing,
    sent: &mut Movement,
    findings: &mut Findings,
) -> Result<Place, Error> {
    rows::unchanged("batch", Some(&sent.batch), Some(&part.own.batch), "", findings);
    let mut found = Findings::default();
    let named = known.place(tx, &mut sent.destination, "/destination", &mut found)?;
    rows::unchanged("destination", Some(&sent.destination), Some(&part.own.destination), "", findings);
    sent.batch.clone_from(&part.own.batch);
    sent.destination.clone_from(&part.own.destination);
    let (id, code) = (part.row.destination_id, part.own.destination.clone());
    Ok(named.filter(|place| place.id == id).unwrap_or(Place { id, code, path: String::new() }))
}

/// The destination of a movement, of a batch that must be there.
fn whereabouts(
    tx: &mut Tx,
    known: &Known,
    batch: Option<&batches::Plan>,
    sent: &mut Movement,
    findings: &mut Findings,
) -> Result<Option<Place>, Error> {
    for (name, code) in [("batch", &sent.batch), ("destination", &sent.destination)] {
        if code.is_empty() && !findings.wrong_at(&format!("/{name}")) {
            findings.error("", "missing", Some(Value::from(name)), format!("`{name}` is required."));
        }
    }
    if batch.is_none() && !sent.batch.is_empty() {
        rows::unknown_reference(tx, Resource::Batches, "/batch", &sent.batch, findings)?;
    }
    known.place(tx, &mut sent.destination, "/destination", findings)
}

/// A movement as it stands, and the plan of its batch without it.
fn held(tx: &mut Tx, code: &str) -> Result<(batches::Plan, Standing, Known), Error> {
    let missing = || Error::NotFound(Resource::Movements, code.to_owned());
    let mut known = Known::default();
    let (batch, _) = code.split_once('.').ok_or_else(missing)?;
    let mut batch = batches::Plan::keeping(hold_batch(tx, &mut known, batch)?.ok_or_else(missing)?);
    let part = batch.take(code).ok_or_else(missing)?;
    Ok((batch, part, known))
}

impl Rows for Movements {
    const RESOURCE: Resource = Resource::Movements;
    type Row = MovementView;
    type Single = MovementSingle;
    type Body = Movement;

    listed!(movements by "dated_on", |row: &Row| row.dated_on, filter::movements, views);

    fn single(conn: &mut Conn, who: Reading, code: &str) -> Result<Option<(MovementSingle, i32)>, Error> {
        let row = find(conn, code)?.filter(|row| row.is_public || who.viewer != Viewer::Public);
        let Some(row) = row else { return Ok(None) };
        let revision = row.revision;
        Ok(single(conn, who, row)?.map(|single| (single, revision)))
    }

    untouched!(movements, |conn: &mut Conn, rows: &[Row]| {
        let names = super::names(conn, crate::store::INSIDE, rows)?;
        // A movement's code begins with its batch's.
        let batch = |row: &Row| row.code.split_once('.').map_or_else(String::new, |(batch, _)| batch.to_owned());
        Ok::<_, Error>(rows.iter().map(|row| row.own(&batch(row), &names)).collect())
    });

    fn held(tx: &mut Tx, code: &str) -> Result<Value, Error> {
        let (_, part, _) = held(tx, code)?;
        Ok(serde_json::to_value(part.own).unwrap_or_default())
    }

    fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
        put(tx, code, body, condition)
    }

    fn delete(tx: &mut Tx, code: &str, condition: &Precondition) -> Result<(), Error> {
        let (mut batch, part, mut known) = held(tx, code)?;
        condition.check(Some(part.row.revision))?;
        if let Some(used) = part.used() {
            return Err(Error::InUse(used));
        }
        batch.dropped.push(part);
        batches::execute(tx, &mut known, batch, Findings::default()).map(|_| ())
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
