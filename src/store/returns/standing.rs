//! Returns as they stand, each with its figures.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Row, names};
use crate::db::Conn;
use crate::db::dialect::{Condition, Lock, has_other_writers};
use crate::db::schema::returns;
use crate::domain::homecoming::Return;
use crate::error::Error;
use crate::store::Tx;
use crate::store::figures::{self, Subject};
use crate::store::known::Known;
use crate::store::names::Wanted;
use crate::store::references::CHUNK;

/// A return with everything that a write to it may touch.
pub struct Standing {
    /// The row.
    pub row: Row,
    /// Its own fields.
    pub own: Return,
    /// What the sources say, in recorded order.
    pub figures: Vec<figures::Row>,
}

/// Waits for whoever writes returns of these codes, and looks at those that there are.
pub fn hold(tx: &mut Tx, known: &mut Known, codes: &[&str]) -> Result<HashMap<String, Standing>, Error> {
    let seen = find(tx.conn, codes)?;
    if seen.is_empty() {
        return Ok(HashMap::new());
    }
    let mut keys: Vec<i64> = seen.iter().map(|row| row.id).collect();
    keys.sort_unstable();
    tx.lock(Lock::Returns(&keys))?;
    let rows = if has_other_writers(tx.conn) { find(tx.conn, codes)? } else { seen };
    let mut about = figures::about(tx.conn, "return_id", &keys)?;
    known.names.extend(names(tx.conn, crate::store::INSIDE, &rows)?);
    let mut wanted = Wanted::default();
    wanted.sources(about.values().flatten().filter_map(|row| row.source_id));
    known.name(tx.conn, &wanted)?;
    let mut standing = HashMap::with_capacity(rows.len());
    for row in rows {
        known.names.subject(Subject::Return(row.id), &row.code);
        let own = row.own(&known.names)?;
        let figures = about.remove(&row.id).unwrap_or_default();
        standing.insert(row.code.clone(), Standing { row, own, figures });
    }
    Ok(standing)
}

fn find(conn: &mut Conn, codes: &[&str]) -> Result<Vec<Row>, Error> {
    let mut found = vec![];
    for codes in codes.chunks(CHUNK) {
        let of_these = Condition::named("code", codes);
        found.extend(returns::table.filter(of_these).load::<Row>(conn)?);
    }
    Ok(found)
}
