//! Batches on their way into the tables: what bodies say is planned, settled and written.

use serde_json::Value;

use super::plan::{self, Plan};
use super::settle::{settle, settle_gone};
use super::{Standing, hold};
use crate::domain::batch::BatchBody;
use crate::domain::findings::Findings;
use crate::error::Error;
use crate::store::figures::Mode;
use crate::store::known::{Codes, Known};
use crate::store::writes::{Settlement, Writes};
use crate::store::{Precondition, Tx, Written, rows};

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
    let mut known = Known::default();
    let standing = hold(tx, &mut known, &[&sent.batch.code])?.remove(&sent.batch.code);
    if code.is_some() {
        condition.check(standing.as_ref().map(|standing| standing.row.revision))?;
    }
    let mut codes = Codes::default();
    plan::codes(&sent, None, &mut codes);
    known.learn(tx.conn, &codes)?;
    let plan = plan::plan(tx, &mut known, standing, code.is_none(), Mode::Replace, sent, None, &mut findings)?;
    rows::refuse_if_wrong(&findings)?;
    let Some(plan) = plan else { return Err(Error::Internal("a batch without origin".to_owned())) };
    let (settlement, findings) = execute(tx, &mut known, plan, findings)?;
    let mut written = settlement.written;
    written.warnings = findings.warnings;
    Ok(written)
}

/// Does what is planned for one batch: refuses conflicts, settles, writes.
pub fn execute(
    tx: &mut Tx,
    known: &mut Known,
    plan: Plan,
    findings: Findings,
) -> Result<(Settlement, Findings), Error> {
    plan.refuse()?;
    let mut writes = Writes::default();
    let settled = settle(tx, known, vec![(plan, findings)], &mut writes)?.pop();
    writes.execute(tx.conn)?;
    settled.ok_or_else(|| Error::Internal("a batch was planned and not settled".to_owned()))
}

/// Deletes a batch with everything on it.
pub fn delete(tx: &mut Tx, known: &Known, standing: Standing) -> Result<(), Error> {
    if let Some(used) = standing.movements.iter().find_map(|part| part.used()) {
        return Err(Error::InUse(used));
    }
    let mut writes = Writes::default();
    settle_gone(tx, known, standing, &mut writes)?;
    writes.execute(tx.conn)
}
