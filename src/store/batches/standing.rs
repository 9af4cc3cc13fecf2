//! Batches as they stand: each with its movements, their figures, and the returns that refer to them.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Row;
use crate::db::Conn;
use crate::db::dialect::{Condition, Lock, has_other_writers};
use crate::db::schema::{batches, movements as movement_rows};
use crate::domain::batch::Batch;
use crate::error::Error;
use crate::store::figures::{self, Subject};
use crate::store::known::Known;
use crate::store::names::Wanted;
use crate::store::references::CHUNK;
use crate::store::{Tx, movements, returns};

/// A batch with everything that a write to it may touch.
pub struct Standing {
    /// The row.
    pub row: Row,
    /// Its own fields.
    pub own: Batch,
    /// Its movements, in recorded order.
    pub movements: Vec<movements::Standing>,
    /// The figures on it as a whole, in recorded order.
    pub figures: Vec<figures::Row>,
}

/// Waits for whoever writes batches of these codes, and looks at those that there are.
pub fn hold(tx: &mut Tx, known: &mut Known, codes: &[&str]) -> Result<HashMap<String, Standing>, Error> {
    let seen = find(tx.conn, codes)?;
    if seen.is_empty() {
        return Ok(HashMap::new());
    }
    let mut keys: Vec<i64> = seen.iter().map(|row| row.id).collect();
    keys.sort_unstable();
    tx.lock(Lock::Batches(&keys))?;
    // On SQLite nobody could have written in between.
    let rows = if has_other_writers(tx.conn) { find(tx.conn, codes)? } else { seen };
    load(tx.conn, known, rows)
}

fn find(conn: &mut Conn, codes: &[&str]) -> Result<Vec<Row>, Error> {
    let mut found = vec![];
    for codes in codes.chunks(CHUNK) {
        let of_these = Condition::named("code", codes);
        found.extend(batches::table.filter(of_these).load::<Row>(conn)?);
    }
    Ok(found)
}

fn load(conn: &mut Conn, known: &mut Known, rows: Vec<Row>) -> Result<HashMap<String, Standing>, Error> {
    let keys: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let mut parts: Vec<movements::Row> = vec![];
    for keys in keys.chunks(CHUNK) {
        let of_these = Condition::keyed("batch_id", keys);
        parts.extend(movement_rows::table.filter(of_these).order(movement_rows::id).load::<movements::Row>(conn)?);
    }
    let part_keys: Vec<i64> = parts.iter().map(|row| row.id).collect();
    let mut about_parts = figures::about(conn, "movement_id", &part_keys)?;
    let mut about_wholes = figures::about(conn, "batch_id", &keys)?;
    let mut back = returns::of_movements(conn, &part_keys)?;

    let mut wanted = Wanted::default();
    wanted.locations(rows.iter().map(|row| row.origin_id));
    wanted.locations(parts.iter().map(|row| row.destination_id));
    wanted.agreements(rows.iter().filter_map(|row| row.agreement_id));
    let all = || about_parts.values().chain(about_wholes.values()).flatten();
    wanted.sources(all().filter_map(|row| row.source_id));
    known.name(conn, &wanted)?;

    let codes: HashMap<i64, String> = rows.iter().map(|row| (row.id, row.code.clone())).collect();
    let mut below: HashMap<i64, Vec<movements::Standing>> = HashMap::new();
    for row in parts {
        known.names.subject(Subject::Movement(row.id), &row.code);
        let own = row.own(codes.get(&row.batch_id).map_or("", String::as_str), &known.names);
        let figures = about_parts.remove(&row.id).unwrap_or_default();
        let returns = back.remove(&row.id).unwrap_or_default();
        below.entry(row.batch_id).or_default().push(movements::Standing { row, own, figures, returns });
    }
    let mut standing = HashMap::with_capacity(rows.len());
    for row in rows {
        known.names.subject(Subject::Batch(row.id), &row.code);
        let own = row.own(&known.names)?;
        let movements = below.remove(&row.id).unwrap_or_default();
        let figures = about_wholes.remove(&row.id).unwrap_or_default();
        standing.insert(row.code.clone(), Standing { row, own, movements, figures });
    }
    Ok(standing)
}
