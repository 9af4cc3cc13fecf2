//! Returns on their way into the tables: what bodies say is planned, settled and written.

use serde_json::Value;

use super::plan::{self, Plan};
use super::settle::{settle, settle_gone};
use super::standing::{Standing, hold};
use crate::domain::findings::Findings;
use crate::domain::homecoming::ReturnBody;
use crate::error::Error;
use crate::store::figures::Mode;
use crate::store::known::{Codes, Known};
use crate::store::writes::{Settlement, Writes};
use crate::store::{Precondition, Tx, Written, rows};

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
    let mut known = Known::default();
    // The batch is locked before the return, and what is derived from it is read after.
    let mut out = plan::outbound(tx, &[sent.homecoming.movement.as_deref()])?;
    let standing = hold(tx, &mut known, &[&sent.homecoming.code])?.remove(&sent.homecoming.code);
    if code.is_some() {
        condition.check(standing.as_ref().map(|standing| standing.row.revision))?;
    }
    let mut codes = Codes::default();
    plan::codes(&sent, &mut codes);
    known.learn(tx.conn, &codes)?;
    let plan = plan::plan(tx, &mut known, &out, standing, code.is_none(), Mode::Replace, sent, &mut findings)?;
    rows::refuse_if_wrong(&findings)?;
    let Some(plan) = plan else { return Err(Error::Internal("a return without places".to_owned())) };
    let (settlement, findings) = execute(tx, &mut known, &mut out, plan, findings, "/movement")?;
    let mut written = settlement.written;
    written.warnings = findings.warnings;
    Ok(written)
}

/// Does what is planned for one return: refuses conflicts, settles, writes.
pub fn execute(
    tx: &mut Tx,
    known: &mut Known,
    out: &mut plan::Outbound,
    plan: Plan,
    findings: Findings,
    at: &str,
) -> Result<(Settlement, Findings), Error> {
    plan.refuse()?;
    let mut writes = Writes::default();
    let settled = settle(tx, known, out, vec![(plan, findings)], at, &mut writes)?.pop();
    writes.execute(tx.conn)?;
    settled.ok_or_else(|| Error::Internal("a return was planned and not settled".to_owned()))
}

/// Deletes a return with its figures.
pub fn delete(tx: &mut Tx, known: &Known, standing: Standing) -> Result<(), Error> {
    let mut writes = Writes::default();
    settle_gone(tx, known, standing, &mut writes)?;
    writes.execute(tx.conn)
}
