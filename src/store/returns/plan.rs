//! What a write does to a whole return: planned with everything that is wrong, in memory.

use std::collections::HashMap;

use serde_json::Value;

use super::Row;
use super::standing::Standing;
use crate::db::dialect::Lock;
use crate::domain::Resource;
use crate::domain::findings::Findings;
use crate::domain::homecoming::{Return, ReturnBody};
use crate::domain::words::BatchKind;
use crate::error::Error;
use crate::store::figures::{self, Mode, Owner};
use crate::store::known::{Codes, Known};
use crate::store::{Tx, movements, rows};

/// What a write does to a return.
pub struct Plan {
    /// The return as it stands, its figures apart.
    pub before: Option<(Row, Return)>,
    /// Its own fields, as they will be.
    pub homecoming: Return,
    /// The places that it names.
    pub from_id: i64,
    /// The places that it names.
    pub to_id: i64,
    /// The agreement that it names.
    pub agreement_id: Option<i64>,
    /// Its figures.
    pub figures: figures::Plan,
    /// What stands against the plan although nothing in the body is wrong.
    pub conflict: Option<Error>,
}

/// The outbound movements that returns name, and who came back with other returns.
#[derive(Default)]
pub struct Outbound {
    /// By code.
    pub movements: HashMap<String, movements::Row>,
    /// The returns that refer to them, by movement.
    pub returns: HashMap<i64, Vec<Row>>,
}

/// Waits for whoever writes the batches of some movements, and looks at them.
pub fn outbound(tx: &mut Tx, codes: &[Option<&str>]) -> Result<Outbound, Error> {
    let codes: Vec<&str> = codes.iter().copied().flatten().collect();
    if codes.is_empty() {
        return Ok(Outbound::default());
    }
    let seen = movements::of_codes(tx.conn, &codes)?;
    let mut batches: Vec<i64> = seen.iter().map(|row| row.batch_id).collect();
    batches.sort_unstable();
    batches.dedup();
    tx.lock(Lock::Batches(&batches))?;
    let rows = movements::of_codes(tx.conn, &codes)?;
    let keys: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let returns = super::of_movements(tx.conn, &keys)?;
    Ok(Outbound { movements: rows.into_iter().map(|row| (row.code.clone(), row)).collect(), returns })
}

/// The codes that a body names, its movement apart.
pub fn codes<'a>(body: &'a ReturnBody, codes: &mut Codes<'a>) {
    codes.place(&body.homecoming.from);
    codes.place(&body.homecoming.to);
    codes.agreement(body.homecoming.agreement.as_deref());
    body.figures.iter().flatten().for_each(|figure| codes.figure(figure));
}

impl Plan {
    /// A return of which nothing changes but its figures.
    pub fn of_figures(standing: Standing, figures: figures::Plan) -> Self {
        Self {
            homecoming: standing.own.clone(),
            from_id: standing.row.from_id,
            to_id: standing.row.to_id,
            agreement_id: standing.row.agreement_id,
            before: Some((standing.row, standing.own)),
            figures,
            conflict: None,
        }
    }

    /// What stands against the plan.
    pub fn refuse(&self) -> Result<(), Error> {
        let taken = self.figures.taken().map(|taken| Error::Taken(taken.to_owned()));
        self.conflict.clone().or(taken).map_or(Ok(()), Err)
    }
}

/// Plans a return; what is wrong joins `findings`, and then there may be no plan.
#[expect(clippy::too_many_arguments, reason = "a return stands between what is there and what is sent")]
pub fn plan(
    tx: &mut Tx,
    known: &mut Known,
    out: &Outbound,
    standing: Option<Standing>,
    create: bool,
    mode: Mode,
    body: ReturnBody,
    findings: &mut Findings,
) -> Result<Option<Plan>, Error> {
    let ReturnBody { mut homecoming, figures: sent } = body;
    let from = known.place(tx, &mut homecoming.from, "/from", findings)?;
    let to = known.place(tx, &mut homecoming.to, "/to", findings)?;
    if from.is_some() && from == to {
        let message = "A return goes from one place to another: `from` and `to` are the same.".to_owned();
        findings.error("/to", "same_place", Some(Value::from(homecoming.to.as_str())), message);
    }
    if let Some(code) = &homecoming.movement {
        match out.movements.get(code) {
            Some(row) if row.batch_kind.0 == BatchKind::Onward => {
                let message = "Nobody returns from an `onward` movement: name the one that displaced them.";
                let value = Some(Value::from(code.as_str()));
                findings.error("/movement", "onward_movement", value, message.to_owned());
            }
            Some(_) => {}
            None => rows::unknown_reference(tx, Resource::Movements, "/movement", code, findings)?,
        }
    }
    let agreement_id = known.agreement(tx, homecoming.agreement.as_deref(), "/agreement", findings)?;
    let mut conflict = None;
    let standing = standing.filter(|standing| {
        if create {
            conflict = Some(Error::Taken(format!("There is a return {:?} already.", standing.row.code)));
        }
        !create
    });
    let (before, existing) = match standing {
        Some(standing) => (Some((standing.row, standing.own)), standing.figures),
        None => (None, vec![]),
    };
    if homecoming.returned_on.is_none() && (sent.is_none() || mode == Mode::Edit) {
        check_figures_that_stay(&existing, findings);
    }
    let figures = match sent {
        Some(sent) => {
            let sent = sent.into_iter().enumerate();
            let sent = sent.map(|(index, figure)| (format!("/figures/{index}"), figure)).collect();
            let owner = Owner { member: "return", code: &homecoming.code };
            figures::plan(tx, known, &owner, existing, sent, mode, findings)?
        }
        None => figures::Plan::keeping(existing),
    };
    let Some((from, to)) = from.zip(to) else { return Ok(None) };
    let (from_id, to_id) = (from.id, to.id);
    Ok(Some(Plan { before, homecoming, from_id, to_id, agreement_id, figures, conflict }))
}

fn check_figures_that_stay(figures: &[figures::Row], findings: &mut Findings) {
    let actual = figures.iter().filter(|figure| figure.is_actual()).map(|figure| &figure.code).min();
    if let Some(figure) = actual.filter(|_| !findings.wrong_at("/returned_on")) {
        let message = format!("The figure {figure:?} is of people who departed or arrived: it needs `returned_on`.");
        findings.error("/returned_on", "not_returned", None, message);
    }
}
