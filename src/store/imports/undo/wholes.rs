//! One whole with its parts, planned as it was before the import.

use std::collections::HashMap;

use serde_json::Value;

use super::entries::{Entry, Group, Since};
use crate::domain::Resource;
use crate::domain::batch::BatchBody;
use crate::domain::figure::Figure;
use crate::domain::findings::Findings;
use crate::domain::homecoming::ReturnBody;
use crate::error::Error;
use crate::store::figures::{self, Mode, Owner};
use crate::store::known::{Codes, Known};
use crate::store::writes::Writes;
use crate::store::{Tx, agreements, batches, movements, returns, rows};

/// What was done to the figures about one thing.
fn of<'g>(group: &'g Group, about: &str) -> Vec<&'g Entry> {
    let figures = group.parts.iter().filter(|entry| entry.resource == Resource::Figures);
    figures.filter(|entry| entry.about.as_deref() == Some(about)).collect()
}

/// Plans the figures about one thing as they were: those that came go, those that changed change back.
fn figures_before(
    tx: &mut Tx,
    known: &mut Known,
    owner: &Owner,
    standing: Vec<figures::Row>,
    entries: &[&Entry],
    since: &mut Since,
) -> Result<figures::Plan, Error> {
    let now: HashMap<&str, i32> = standing.iter().map(|row| (row.code.as_str(), row.revision)).collect();
    for entry in entries {
        since.check(entry, now.get(entry.code.as_str()).copied());
    }
    let mut findings = Findings::default();
    let before = entries.iter().filter_map(|entry| entry.before.as_ref());
    let read = |body: &Value| rows::read(body, &mut findings, &[], Figure::read);
    let before: Vec<Figure> = before.map(read).collect::<Result<_, _>>()?;
    let mut codes = Codes::default();
    before.iter().for_each(|figure| codes.figure(figure));
    known.learn(tx.conn, &codes)?;
    let created: Vec<&str> =
        entries.iter().filter(|entry| entry.before.is_none()).map(|entry| entry.code.as_str()).collect();
    let (gone, kept): (Vec<_>, Vec<_>) = standing.into_iter().partition(|row| created.contains(&row.code.as_str()));
    let sent = before.into_iter().map(|figure| (String::new(), figure)).collect();
    let plan = figures::plan(tx, known, owner, kept, sent, Mode::Edit, &mut findings)?;
    rows::refuse_if_wrong(&findings)?;
    Ok(plan.and_drop(gone))
}

pub fn batch(
    tx: &mut Tx,
    known: &mut Known,
    group: &Group,
    standing: batches::Standing,
    since: &mut Since,
    writes: &mut Writes,
) -> Result<(), Error> {
    since.check(&group.whole, Some(standing.row.revision));
    if group.whole.before.is_none() {
        // Nobody has changed it since, so all its parts came with it.
        if let Some(part) = standing.movements.iter().find(|part| part.used().is_some()) {
            since.add(Resource::Movements, &part.row.code);
        }
        return batches::settle_gone(tx, known, standing, writes);
    }
    let on_batch = of(group, &group.whole.code);
    let mut plan = batches::Plan::keeping(standing);
    let changed = group.whole.before.as_ref().filter(|_| group.whole.changed);
    if let Some(before) = changed {
        plan = own_before(tx, known, plan, before, since)?;
    }
    let code = plan.batch.code.clone();
    if !on_batch.is_empty() {
        let owner = Owner { member: "batch", code: &code };
        let standing = std::mem::replace(&mut plan.figures, figures::Plan::keeping(vec![])).into_standing();
        plan.figures = figures_before(tx, known, &owner, standing, &on_batch, since)?;
    }
    for entry in group.parts.iter().filter(|entry| entry.resource == Resource::Movements) {
        let Some(mut part) = plan.take(&entry.code) else {
            since.add(entry.resource, &entry.code);
            continue;
        };
        since.check(entry, Some(part.row.revision));
        let Some(before) = &entry.before else {
            if part.used().is_some() {
                since.add(entry.resource, &entry.code);
            }
            plan.dropped.push(part);
            continue;
        };
        let owner = Owner { member: "movement", code: &entry.code };
        let figures = std::mem::take(&mut part.figures);
        let figures = figures_before(tx, known, &owner, figures, &of(group, &entry.code), since)?;
        let mut findings = Findings::default();
        let today = tx.today();
        let body = rows::read(before, &mut findings, &[], |fields| {
            crate::domain::movement::MovementBody::read(fields, today)
        })?;
        rows::refuse_if_wrong(&findings)?;
        let mut planned = movements::Plan::of_figures(part, figures, String::new());
        planned.movement = body.movement;
        plan.movements.push(planned);
    }
    batches::settle(tx, known, vec![(plan, Findings::default())], writes).map(|_| ())
}

/// A batch whose own fields are as they were, and whose parts stay.
fn own_before(
    tx: &mut Tx,
    known: &mut Known,
    plan: batches::Plan,
    before: &Value,
    since: &mut Since,
) -> Result<batches::Plan, Error> {
    let mut findings = Findings::default();
    let today = tx.today();
    let body = rows::read(before, &mut findings, &[], |fields| BatchBody::read(fields, today))?;
    let mut codes = Codes::default();
    batches::codes(&body, None, &mut codes);
    known.learn(tx.conn, &codes)?;
    let (code, standing) = (plan.batch.code.clone(), plan.into_standing());
    let Some(standing) = standing else { return Err(Error::Internal(format!("batch {code} has no row"))) };
    let planned = batches::plan(tx, known, Some(standing), false, Mode::Edit, body, None, &mut findings)?;
    match planned {
        Some(plan) if findings.errors.is_empty() => Ok(plan),
        // What has come since does not fit what was before.
        _ => {
            since.add(Resource::Batches, &code);
            Err(Error::ChangedSince(since.named.clone(), since.total))
        }
    }
}

pub fn homecoming(
    tx: &mut Tx,
    known: &mut Known,
    group: &Group,
    mut standing: returns::Standing,
    since: &mut Since,
    writes: &mut Writes,
) -> Result<(), Error> {
    since.check(&group.whole, Some(standing.row.revision));
    let Some(before) = &group.whole.before else {
        return returns::settle_gone(tx, known, standing, writes);
    };
    let mut findings = Findings::default();
    let today = tx.today();
    let body = rows::read(before, &mut findings, &[], |fields| ReturnBody::read(fields, today))?;
    let mut out = returns::outbound(tx, &[body.homecoming.movement.as_deref()])?;
    let mut codes = Codes::default();
    returns::codes(&body, &mut codes);
    known.learn(tx.conn, &codes)?;
    let owner = Owner { member: "return", code: &group.whole.code };
    let figures = std::mem::take(&mut standing.figures);
    let entries = of(group, &group.whole.code);
    let figures = figures_before(tx, known, &owner, figures, &entries, since)?;
    let planned = returns::plan(tx, known, &out, Some(standing), false, Mode::Edit, body, &mut findings)?;
    let Some(mut plan) = planned.filter(|_| findings.errors.is_empty()) else {
        since.add(Resource::Returns, &group.whole.code);
        return Ok(());
    };
    plan.figures = figures;
    returns::settle(tx, known, &mut out, vec![(plan, findings)], "", writes).map(|_| ())
}

pub fn totals(
    tx: &mut Tx,
    known: &mut Known,
    group: &Group,
    mut standing: agreements::Standing,
    since: &mut Since,
    writes: &mut Writes,
) -> Result<(), Error> {
    let owner = Owner { member: "agreement", code: &group.whole.code };
    let figures = std::mem::take(&mut standing.figures);
    let figures = figures_before(tx, known, &owner, figures, &of(group, &group.whole.code), since)?;
    let plan = agreements::Plan { row: standing.row, own: standing.own, figures };
    agreements::settle(tx, known, vec![(plan, Findings::default())], writes).map(|_| ())
}
