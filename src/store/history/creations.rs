//! Which write created which rows, as runs of keys: as long as a row has its first revision, it says itself what the entry of its
//! creation would say.
//!
//! A million rows of an import are a few thousand runs, and not a million entries that repeat them. The first change or deletion of a row
//! writes its entry down (`Tx::flush`).

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::dialect::{Condition, insert_all};
use crate::db::schema::creations;
use crate::domain::Resource;
use crate::domain::words::Word as _;
use crate::error::Error;
use crate::store::references::CHUNK;

/// Rows of one resource that one write created, with keys that follow each other.
#[derive(Clone, Debug, PartialEq, Eq, Insertable, Queryable)]
#[diesel(table_name = creations, treat_none_as_default_value = false)]
pub struct Run {
    /// The write.
    pub write_id: i64,
    /// The place of the first row among the write's entries; the others follow.
    pub first_n: i32,
    /// The resource, as in paths.
    pub resource: String,
    /// The key of the first row.
    pub first_id: i64,
    /// The key of the last row.
    pub last_id: i64,
}

impl Run {
    /// Created rows as runs: wholes before their parts, by key, with places from `n` on.
    pub fn of(write_id: i64, n: i32, mut created: Vec<(Resource, i64)>) -> Vec<Self> {
        created.sort_unstable();
        let mut n = n;
        let runs = created.chunk_by(|a, b| a.0 == b.0 && a.1 + 1 == b.1).filter_map(|rows| {
            let (&(resource, first_id), &(_, last_id)) = (rows.first()?, rows.last()?);
            let run = Self { write_id, first_n: n, resource: resource.word().to_owned(), first_id, last_id };
            n += i32::try_from(rows.len()).unwrap_or(i32::MAX);
            Some(run)
        });
        runs.collect()
    }

    /// The place of a row of this run among the write's entries.
    pub fn n(&self, id: i64) -> i32 {
        self.first_n + i32::try_from(id - self.first_id).unwrap_or(i32::MAX)
    }
}

/// How many runs are kept with one statement that stays prepared: those of a batch by hand are one for each resource.
const FEW: usize = 4;

/// Keeps some runs.
pub fn keep(conn: &mut Conn, runs: &[Run]) -> Result<(), Error> {
    if runs.is_empty() || runs.len() > FEW {
        return Ok(insert_all!(conn, creations, runs)?);
    }
    let mut kept = Condition::kept("INSERT INTO creations (write_id, first_n, resource, first_id, last_id) VALUES ");
    for (index, run) in runs.iter().enumerate() {
        kept = kept.then(if index == 0 { "(" } else { ", (" }).key(run.write_id).then(", ").key(run.first_n.into());
        kept = kept.then(", ").text(&run.resource).then(", ").key(run.first_id).then(", ").key(run.last_id).then(")");
    }
    kept.answering::<()>().execute(conn)?;
    Ok(())
}

/// The runs of a write, by their places among its entries.
pub fn by(conn: &mut Conn, write: i64) -> Result<Vec<Run>, Error> {
    Ok(creations::table.filter(creations::write_id.eq(write)).order(creations::first_n).load(conn)?)
}

/// The write that created a row, and its place among the entries of that write.
pub type Created = HashMap<(Resource, i64), (i64, i32)>;

/// The write that created each of some rows, and their places among its entries; nothing for rows that were created before runs were kept,
/// or under a code that had been deleted.
pub fn of(conn: &mut Conn, rows: impl IntoIterator<Item = (Resource, i64)>) -> Result<Created, Error> {
    let mut keys: HashMap<Resource, Vec<i64>> = HashMap::new();
    rows.into_iter().for_each(|(resource, id)| keys.entry(resource).or_default().push(id));
    let mut found = HashMap::new();
    for (resource, mut ids) in keys {
        ids.sort_unstable();
        for ids in ids.chunks(CHUNK) {
            let mut runs = holding(conn, resource, ids)?.into_iter().peekable();
            for &id in ids {
                while runs.next_if(|run| run.last_id < id).is_some() {}
                if let Some(run) = runs.peek().filter(|run| run.first_id <= id) {
                    found.insert((resource, id), (run.write_id, run.n(id)));
                }
            }
        }
    }
    Ok(found)
}

/// The runs that may hold some keys, by key: for each key the first run that does not end before it.
fn holding(conn: &mut Conn, resource: Resource, ids: &[i64]) -> Result<Vec<Run>, Error> {
    let mut ends = Condition::sql("last_id IN (SELECT (SELECT min(last_id) FROM creations WHERE resource = ")
        .text(resource.word())
        .then(" AND last_id >= wanted.column1) FROM (VALUES ");
    for (index, id) in ids.iter().enumerate() {
        ends = ends.then(if index == 0 { "(" } else { ", (" }).key(*id).then(")");
    }
    let these = ends.then(") AS wanted)");
    let of_it = creations::table.filter(creations::resource.eq(resource.word()));
    Ok(of_it.filter(these).order(creations::last_id).load(conn)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_follow_each_other_are_one_run_and_wholes_come_first() {
        use Resource::{Batches, Figures, Movements};
        let created = vec![(Batches, 7), (Movements, 3), (Figures, 1), (Batches, 8), (Movements, 4), (Figures, 3)];
        let runs = Run::of(5, 10, created);
        let plain: Vec<_> =
            runs.iter().map(|run| (run.resource.as_str(), run.first_n, run.first_id, run.last_id)).collect();
        let batches = ("batches", 10, 7, 8);
        let figures = [("figures", 14, 1, 1), ("figures", 15, 3, 3)];
        assert_eq!(plain, [batches, ("movements", 12, 3, 4), figures[0], figures[1]]);
        assert_eq!(runs[1].n(4), 13);
    }
}
