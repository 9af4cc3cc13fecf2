//! Columns after later writes: the history says which rows to read again.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::{Held, Stop};
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::{creations, history, writes};
use crate::domain::Resource;
use crate::domain::words::Word as _;
use crate::error::Error;
use crate::store::references::CHUNK;

/// How many rows are read again at the most: everything is soon read as fast.
const MOST: usize = 50_000;

/// The rows that writes have touched, by their keys.
#[derive(Default)]
struct Touched(HashMap<Resource, BTreeSet<i64>>);

impl Touched {
    /// By the writes after a version, up to another; nothing where the writes do not follow each other, as after a restore, or are too many.
    fn between(conn: &mut Conn, after: i64, to: i64) -> Result<Self, Stop> {
        let many = i64::try_from(CHUNK).unwrap_or(i64::MAX);
        let found: Vec<(i64, i64, i64)> = writes::table
            .filter(writes::first_seq.gt(after))
            .order(writes::first_seq)
            .limit(many)
            .select((writes::id, writes::first_seq, writes::last_seq))
            .load(conn)?;
        let mut reached = after;
        for (_, first, last) in &found {
            if *first != reached + 1 {
                return Err(Stop::Behind);
            }
            reached = *last;
        }
        if reached != to {
            return Err(Stop::Behind);
        }
        let ids: Vec<i64> = found.into_iter().map(|(id, _, _)| id).collect();
        let of_them = || Condition::keyed("write_id", &ids);
        let mut touched = Self::default();
        let most = i64::try_from(MOST + 1).unwrap_or(i64::MAX);
        let rows = history::table.filter(of_them()).limit(most).select((history::resource, history::row_id));
        for (resource, row) in rows.load::<(String, Option<i64>)>(conn)? {
            let row = row.ok_or(Stop::Behind)?;
            touched.add(&resource, row..=row)?;
        }
        let runs = creations::table.filter(of_them()).limit(most);
        for (resource, first, last) in runs
            .select((creations::resource, creations::first_id, creations::last_id))
            .load::<(String, i64, i64)>(conn)?
        {
            if usize::try_from(last - first).unwrap_or(usize::MAX) > MOST {
                return Err(Stop::Behind);
            }
            touched.add(&resource, first..=last)?;
        }
        Ok(touched)
    }

    fn add(&mut self, resource: &str, keys: impl IntoIterator<Item = i64>) -> Result<(), Stop> {
        let resource = Resource::parse(resource).ok_or_else(|| Error::Internal(format!("history of {resource}")))?;
        self.0.entry(resource).or_default().extend(keys);
        if self.0.values().map(BTreeSet::len).sum::<usize>() > MOST { Err(Stop::Behind) } else { Ok(()) }
    }

    fn take(&mut self, resource: Resource) -> BTreeSet<i64> {
        self.0.remove(&resource).unwrap_or_default()
    }
}

/// Calls `each` for some keys at a time, as a condition on a column.
fn in_parts(
    column: &'static str,
    keys: &BTreeSet<i64>,
    mut each: impl FnMut(Condition) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let keys: Vec<i64> = keys.iter().copied().collect();
    keys.chunks(CHUNK).try_for_each(|keys| each(Condition::keyed(column, keys)))
}

impl Held {
    /// Reads again what the writes up to a version have touched, and what follows from them.
    pub(super) fn follow(&mut self, conn: &mut Conn, to: i64) -> Result<(), Stop> {
        let mut touched = Touched::between(conn, self.version, to)?;
        if !touched.take(Resource::Locations).is_empty() {
            self.read_places(conn)?;
        }
        if !touched.take(Resource::Agreements).is_empty() {
            self.read_agreements(conn)?;
        }
        if !touched.take(Resource::Sources).is_empty() {
            self.read_sources(conn)?;
        }
        // A batch is told by its movements, and a movement by the returns that refer to it.
        let mut movements = touched.take(Resource::Movements);
        let mut read = BTreeSet::new();
        in_parts("movements.id", &movements, |which| self.read_movements(conn, &which, &mut read))?;
        in_parts("movements.batch_id", &touched.take(Resource::Batches), |which| {
            self.read_movements(conn, &which, &mut read)
        })?;
        for id in movements.difference(&read) {
            self.movements.remove(*id);
        }
        movements.extend(read);

        let returns = touched.take(Resource::Returns);
        let mut read = BTreeSet::new();
        in_parts("returns.id", &returns, |which| self.read_returns(conn, &which, &mut read))?;
        in_parts("returns.movement_id", &movements, |which| self.read_returns(conn, &which, &mut read))?;
        for id in returns.difference(&read) {
            self.returns.remove(*id);
        }

        in_parts("movement_id", &movements, |which| self.read_figures(conn, &which))?;
        in_parts("return_id", &read, |which| self.read_figures(conn, &which))?;
        if self.movements.is_sparse() || self.returns.is_sparse() {
            return Err(Stop::Behind);
        }
        self.version = to;
        Ok(())
    }
}
