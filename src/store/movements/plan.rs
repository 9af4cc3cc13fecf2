//! What a write does to one movement and its figures: planned with everything that is wrong.

use serde_json::Value;

use super::Standing;
use crate::domain::batch::{Batch, check_arrival, check_departed};
use crate::domain::findings::Findings;
use crate::domain::movement::{Movement, MovementBody};
use crate::error::Error;
use crate::store::figures::{self, Mode, Owner};
use crate::store::known::Known;
use crate::store::references::Place;
use crate::store::{Tx, rows};

/// What a write does to one movement.
pub struct Plan {
    /// The movement as it stands, its figures apart.
    pub before: Option<Standing>,
    /// Its own fields, as they will be.
    pub movement: Movement,
    /// Where it goes.
    pub destination_id: i64,
    /// Its figures.
    pub figures: figures::Plan,
    /// Whether the body says nothing of its figures.
    pub keeps_figures: bool,
    /// Where what is remarkable about it is shown.
    pub at: String,
}

/// Plans a movement of `batch` to `destination`; what is wrong joins `findings`.
#[expect(clippy::too_many_arguments, reason = "a part stands between its whole, what is there and what is sent")]
pub fn plan(
    tx: &mut Tx,
    known: &mut Known,
    batch: &Batch,
    before: Option<Standing>,
    destination: Place,
    body: MovementBody,
    mode: Mode,
    at: &str,
    findings: &mut Findings,
) -> Result<Plan, Error> {
    let MovementBody { mut movement, figures } = body;
    let code = format!("{}.{}", batch.code, destination.code);
    rows::unchanged("code", Some(movement.code.as_str()).filter(|code| !code.is_empty()), Some(&code), at, findings);
    let given = Some(movement.batch.as_str()).filter(|batch| !batch.is_empty());
    rows::unchanged("batch", given, Some(&batch.code), at, findings);
    movement.batch.clone_from(&batch.code);
    movement.destination.clone_from(&destination.code);
    if batch.origin == destination.code && !findings.wrong_at("/origin") {
        let pointer = format!("{at}/destination");
        let message = "A movement goes from one place to another: origin and destination are the same.".to_owned();
        findings.error(pointer, "same_place", Some(Value::from(destination.code.as_str())), message);
    }
    let mut before = before;
    let existing = before.as_mut().map(|part| std::mem::take(&mut part.figures)).unwrap_or_default();
    let keeps_figures = figures.is_none();
    let figures = match figures {
        Some(figures) => {
            let at = |index| format!("{at}/figures/{index}");
            let sent = figures.into_iter().enumerate().map(|(index, figure)| (at(index), figure)).collect();
            let owner = Owner { member: "movement", code: &code };
            figures::plan(tx, known, &owner, existing, sent, mode, findings)?
        }
        None => figures::Plan::keeping(existing),
    };
    movement.code = code;
    Ok(Plan { before, movement, destination_id: destination.id, figures, keeps_figures, at: at.to_owned() })
}

/// Finds what is wrong with the figures of a movement that cannot be planned itself, so that all is said at once.
pub fn check_figures_alone(
    tx: &mut Tx,
    known: &mut Known,
    body: MovementBody,
    at: &str,
    findings: &mut Findings,
) -> Result<(), Error> {
    let sent = body.figures.into_iter().flatten().enumerate();
    let mut sent: Vec<_> = sent.map(|(index, figure)| (format!("{at}/figures/{index}"), figure)).collect();
    // Whether they name the right movement cannot be said where there is none.
    sent.iter_mut().for_each(|(_, figure)| figure.movement = None);
    let owner = Owner { member: "movement", code: "" };
    figures::plan(tx, known, &owner, vec![], sent, Mode::Replace, findings).map(|_| ())
}

/// The rules between a movement and its batch, where the body of the batch did not hold them.
pub fn check(batch: &Batch, body: &MovementBody, at: &str, findings: &mut Findings) {
    check_arrival(batch, &body.movement, at, findings);
    for (index, figure) in body.figures.iter().flatten().enumerate() {
        check_departed(batch, figure, &format!("{at}/figures/{index}"), findings);
    }
}

impl Plan {
    /// A movement whose figures alone are written.
    pub fn of_figures(standing: Standing, figures: figures::Plan, at: String) -> Self {
        let (movement, destination_id) = (standing.own.clone(), standing.row.destination_id);
        Self { movement, destination_id, figures, keeps_figures: false, at, before: Some(standing) }
    }
}

/// A movement that stays as it is must fit a batch that changes.
pub fn check_kept(part: &Standing, batch: &Batch, findings: &mut Findings) {
    let mut found = Findings::default();
    check_arrival(batch, &part.own, "", &mut found);
    for error in found.errors {
        // The body says nothing of the movement: what does not fit is the date that it changes.
        let message = format!("This does not fit the movement {:?}. {}", part.row.code, error.message);
        let departed_on = batch.departed_on.map(|date| Value::from(date.to_string()));
        findings.error("/departed_on", error.code, departed_on, message);
    }
}
