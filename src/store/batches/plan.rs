//! What a write does to a whole batch: planned with everything that is wrong, in memory.

use std::collections::HashMap;

use serde_json::Value;

use super::standing::Standing;
use crate::domain::batch::{Batch, BatchBody};
use crate::domain::figure::Figure;
use crate::domain::findings::Findings;
use crate::domain::movement::MovementBody;
use crate::domain::words::{BatchKind, Word as _};
use crate::error::Error;
use crate::store::figures::{self, Mode, Owner};
use crate::store::known::{Codes, Known};
use crate::store::references::Place;
use crate::store::{Tx, movements};

/// What a write does to a batch.
pub struct Plan {
    /// The batch as it stands, its parts apart.
    pub before: Option<(super::Row, Batch)>,
    /// Its own fields, as they will be.
    pub batch: Batch,
    /// Where it leaves.
    pub origin_id: i64,
    /// The agreement that provides for it.
    pub agreement_id: Option<i64>,
    /// The movements that are sent, in their order.
    pub movements: Vec<movements::Plan>,
    /// The movements that stay as they are.
    pub kept: Vec<movements::Standing>,
    /// The movements that go.
    pub dropped: Vec<movements::Standing>,
    /// The figures on it as a whole.
    pub figures: figures::Plan,
    /// What stands against the plan although nothing in the body is wrong.
    pub conflict: Option<Error>,
}

/// The codes that a body names.
pub fn codes<'a>(body: &'a BatchBody, figures: Option<&'a [Figure]>, codes: &mut Codes<'a>) {
    codes.place(&body.batch.origin);
    codes.agreement(body.batch.agreement.as_deref());
    for part in body.movements.iter().flatten() {
        codes.place(&part.movement.destination);
        part.figures.iter().flatten().for_each(|figure| codes.figure(figure));
    }
    figures.into_iter().flatten().for_each(|figure| codes.figure(figure));
}

impl Plan {
    /// A batch of which nothing changes: what a write to a part of it begins with.
    pub fn keeping(standing: Standing) -> Self {
        Self {
            batch: standing.own.clone(),
            origin_id: standing.row.origin_id,
            agreement_id: standing.row.agreement_id,
            before: Some((standing.row, standing.own)),
            movements: vec![],
            kept: standing.movements,
            dropped: vec![],
            figures: figures::Plan::keeping(standing.figures),
            conflict: None,
        }
    }

    /// The batch as it stands again, as long as nothing of it is planned.
    pub fn into_standing(self) -> Option<Standing> {
        let (row, own) = self.before?;
        Some(Standing { row, own, movements: self.kept, figures: self.figures.into_standing() })
    }

    /// Takes a movement out of those that stay.
    pub fn take(&mut self, code: &str) -> Option<movements::Standing> {
        let at = self.kept.iter().position(|part| part.row.code == code)?;
        Some(self.kept.remove(at))
    }

    /// The first thing that stands against the plan.
    pub fn refuse(&self) -> Result<(), Error> {
        self.conflict.clone().map_or(Ok(()), Err)
    }
}

/// Plans a batch; what is wrong joins `findings`, and then there may be no plan.
///
/// With [`Mode::Replace`] the lists of the body replace those that are there; with [`Mode::Edit`] they join them.
///
/// A body that must create (`POST`) does not look at what it would overwrite: the conflict is said after everything that is
/// wrong.
#[expect(clippy::too_many_arguments, reason = "a batch stands between what is there and what is sent")]
pub fn plan(
    tx: &mut Tx,
    known: &mut Known,
    standing: Option<Standing>,
    create: bool,
    mode: Mode,
    body: BatchBody,
    on_batch: Option<Vec<Figure>>,
    findings: &mut Findings,
) -> Result<Option<Plan>, Error> {
    let BatchBody { mut batch, movements: sent } = body;
    let origin = known.place(tx, &mut batch.origin, "/origin", findings)?;
    let agreement_id = known.agreement(tx, batch.agreement.as_deref(), "/agreement", findings)?;
    let mut conflict = None;
    let standing = standing.filter(|standing| {
        if create {
            conflict = Some(Error::Taken(format!("There is a batch {:?} already.", standing.row.code)));
        }
        !create
    });
    let (before, existing, figures) = match standing {
        Some(standing) => (Some((standing.row, standing.own)), standing.movements, standing.figures),
        None => (None, vec![], vec![]),
    };
    let (mut plans, mut kept, mut dropped) = (vec![], vec![], vec![]);
    match sent {
        Some(sent) => {
            let rest = plan_parts(tx, known, &batch, existing, mode, sent, &mut plans, findings)?;
            *(if mode == Mode::Replace { &mut dropped } else { &mut kept }) = rest;
        }
        None => kept = existing,
    }
    if let Some((row, _)) = &before {
        check_what_stays(row, &batch, origin.as_ref(), &plans, &kept, &figures, on_batch.is_some(), findings);
    }
    let figures = match on_batch {
        Some(sent) => {
            let at = |index| format!("/figures/{index}");
            let sent: Vec<_> = sent.into_iter().enumerate().map(|(index, figure)| (at(index), figure)).collect();
            for (at, figure) in &sent {
                crate::domain::batch::check_departed(&batch, figure, at, findings);
            }
            let owner = Owner { member: "batch", code: &batch.code };
            figures::plan(tx, known, &owner, figures, sent, mode, findings)?
        }
        None => figures::Plan::keeping(figures),
    };
    let taken = plans.iter().map(|plan| &plan.figures).chain([&figures]).find_map(figures::Plan::taken);
    conflict = conflict.or_else(|| taken.map(|taken| Error::Taken(taken.to_owned())));
    conflict = conflict.or_else(|| dropped.iter().find_map(movements::Standing::used).map(Error::InUse));
    let Some(origin) = origin else { return Ok(None) };
    let origin_id = origin.id;
    Ok(Some(Plan { before, batch, origin_id, agreement_id, movements: plans, kept, dropped, figures, conflict }))
}

#[expect(clippy::too_many_arguments, reason = "parts stand between their whole, what is there and what is sent")]
/// Plans the movements that are sent; gives back those that are there and not in the list.
fn plan_parts(
    tx: &mut Tx,
    known: &mut Known,
    batch: &Batch,
    existing: Vec<movements::Standing>,
    mode: Mode,
    sent: Vec<MovementBody>,
    plans: &mut Vec<movements::Plan>,
    findings: &mut Findings,
) -> Result<Vec<movements::Standing>, Error> {
    let mut existing: HashMap<i64, movements::Standing> =
        existing.into_iter().map(|part| (part.row.destination_id, part)).collect();
    let mut first_to: HashMap<i64, usize> = HashMap::new();
    for (index, mut body) in sent.into_iter().enumerate() {
        let at = format!("/movements/{index}");
        let to = known.place(tx, &mut body.movement.destination, &format!("{at}/destination"), findings)?;
        let Some(to) = to else {
            movements::check_figures_alone(tx, known, body, &at, findings)?;
            continue;
        };
        if let Some(first) = first_to.insert(to.id, index) {
            let message = format!("A batch has one movement to a place: this is also where /movements/{first} goes.");
            findings.error(format!("{at}/destination"), "duplicate", Some(Value::from(to.code)), message);
            movements::check_figures_alone(tx, known, body, &at, findings)?;
            continue;
        }
        let before = existing.remove(&to.id);
        plans.push(movements::plan(tx, known, batch, before, to, body, mode, &at, findings)?);
    }
    let mut dropped: Vec<_> = existing.into_values().collect();
    dropped.sort_by_key(|part| part.row.id);
    Ok(dropped)
}

/// What is there already and stays must fit the new batch.
#[expect(clippy::too_many_arguments, reason = "each is one thing that must fit the others")]
fn check_what_stays(
    row: &super::Row,
    batch: &Batch,
    origin: Option<&Place>,
    plans: &[movements::Plan],
    kept: &[movements::Standing],
    figures: &[figures::Row],
    replaced: bool,
    findings: &mut Findings,
) {
    for part in kept {
        if let Some(origin) = origin.filter(|origin| origin.id == part.row.destination_id) {
            let message = format!("The movement {:?} goes there.", part.row.code);
            findings.error("/origin", "same_place", Some(Value::from(origin.code.as_str())), message);
        }
        movements::check_kept(part, batch, findings);
    }
    if batch.departed_on.is_none() && !findings.wrong_at("/departed_on") {
        // Figures that the body replaces are checked where they stand in it.
        let on_batch = figures.iter().filter(|_| !replaced);
        let of_kept = kept.iter().flat_map(|part| &part.figures);
        let of_sent = plans.iter().filter(|plan| plan.keeps_figures).flat_map(|plan| plan.figures.standing());
        let actual = on_batch.chain(of_kept).chain(of_sent).filter(|figure| figure.is_actual());
        if let Some(figure) = actual.map(|figure| &figure.code).min() {
            let message =
                format!("The figure {figure:?} is of people who departed or arrived: it needs `departed_on`.");
            findings.error("/departed_on", "not_departed", None, message);
        }
    }
    if batch.kind == BatchKind::Onward && row.kind.0 != BatchKind::Onward {
        let of_sent = plans.iter().filter_map(|plan| plan.before.as_ref());
        let returns = kept.iter().chain(of_sent).flat_map(|part| &part.returns);
        if let Some(code) = returns.map(|row| &row.code).min() {
            let message = format!("The return {code:?} refers to a movement of this batch: it cannot be onward.");
            findings.error("/kind", "onward_movement", Some(Value::from(batch.kind.word())), message);
        }
    }
}
