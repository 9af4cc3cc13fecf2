//! The figures on agreements: totals that sources have published, never summed.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Row, names};
use crate::db::dialect::{Condition, Lock, has_other_writers};
use crate::db::schema::agreements;
use crate::domain::Resource;
use crate::domain::agreement::Agreement;
use crate::domain::findings::Findings;
use crate::domain::period::Span;
use crate::error::Error;
use crate::store::figures::{self, Subject};
use crate::store::known::Known;
use crate::store::names::Wanted;
use crate::store::references::CHUNK;
use crate::store::writes::{Settlement, Writes};
use crate::store::{Tx, Written, history};

/// An agreement with the figures on it.
pub struct Standing {
    /// The row.
    pub row: Row,
    /// Its own fields.
    pub own: Agreement,
    /// What the sources say, in recorded order.
    pub figures: Vec<figures::Row>,
}

/// Waits for whoever writes agreements of these codes, and looks at those that there are.
pub fn hold(tx: &mut Tx, known: &mut Known, codes: &[&str]) -> Result<HashMap<String, Standing>, Error> {
    let find = |tx: &mut Tx| -> Result<Vec<Row>, Error> {
        let mut found = vec![];
        for codes in codes.chunks(CHUNK) {
            let of_these = Condition::named("code", codes);
            found.extend(agreements::table.filter(of_these).load::<Row>(tx.conn)?);
        }
        Ok(found)
    };
    let seen = find(tx)?;
    let mut keys: Vec<i64> = seen.iter().map(|row| row.id).collect();
    keys.sort_unstable();
    tx.lock(Lock::Agreements(&keys))?;
    let rows = if has_other_writers(tx.conn) { find(tx)? } else { seen };
    let mut about = figures::about(tx.conn, "agreement_id", &keys)?;
    known.names.extend(names(tx.conn, crate::store::INSIDE, &rows)?);
    let mut wanted = Wanted::default();
    wanted.sources(about.values().flatten().filter_map(|row| row.source_id));
    wanted.locations(about.values().flatten().filter_map(|row| row.destination_id));
    known.name(tx.conn, &wanted)?;
    let mut standing = HashMap::with_capacity(rows.len());
    for row in rows {
        known.names.subject(Subject::Agreement(row.id), &row.code);
        let own = row.own(&known.names)?;
        let figures = about.remove(&row.id).unwrap_or_default();
        standing.insert(row.code.clone(), Standing { row, own, figures });
    }
    Ok(standing)
}

/// An agreement of which the figures alone are written.
pub struct Plan {
    /// The row.
    pub row: Row,
    /// Its own fields.
    pub own: Agreement,
    /// The figures on it.
    pub figures: figures::Plan,
}

/// Makes the rows of planned figures on agreements, and notes what happens to each.
pub fn settle(
    tx: &mut Tx,
    known: &mut Known,
    plans: Vec<(Plan, Findings)>,
    writes: &mut Writes,
) -> Result<Vec<(Settlement, Findings)>, Error> {
    let figures = || plans.iter().map(|(plan, _)| &plan.figures);
    let codes = figures().flat_map(figures::Plan::new_codes);
    let revisions = history::last_revisions(tx.conn, Resource::Figures, codes)?;
    let [mut keys] = tx.reserve([("figures", figures().map(figures::Plan::new_count).sum())])?;
    let mut settlements = Vec::with_capacity(plans.len());
    for (plan, findings) in plans {
        let mut row = plan.row;
        let subject = Subject::Agreement(row.id);
        let span = row.signed_on.map(Span::day);
        let figures = plan.figures.settle(tx, subject, span, &mut keys, &revisions);
        if figures.changes() {
            row.revision += 1;
            row.updated_at = tx.at;
            tx.note(Resource::Agreements, row.id, &row.code, row.revision, Some(&plan.own), Some(&plan.own))?;
            writes.agreements.changed.push(row);
        }
        figures.note(tx, known)?;
        let outcomes = figures.sent.iter().map(|(_, outcome)| (Resource::Figures, *outcome)).collect();
        let codes = figures.sent.iter().map(|(code, _)| code.clone()).collect();
        let written = Written { code: plan.own.code, created: false, warnings: vec![] };
        settlements.push((Settlement { written, outcomes, figures: codes }, findings));
        writes.figures(figures);
    }
    Ok(settlements)
}
