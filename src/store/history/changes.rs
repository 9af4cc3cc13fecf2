//! What happened to every row, in commit order: what a dashboard or another instance follows.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::creations::Run;
use super::{json, untouched};
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::{creations, history, writes};
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::words::{Action, Word as _};
use crate::error::Error;
use crate::store::references::CHUNK;

/// What happened to one row.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Change {
    /// The number of the entry: rises in commit order over all resources. Some numbers are skipped.
    pub seq: i64,
    /// The resource, as in paths.
    pub resource: Resource,
    /// The row's code.
    pub code: String,
    /// What happened.
    pub action: Action,
    /// The row's revision after it; a delete's is the last plus one.
    pub revision: i32,
    /// When (UTC).
    #[serde(serialize_with = "crate::store::rows::utc")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub at: NaiveDateTime,
    /// The name of the token or command.
    pub by: String,
    /// The row's own fields after; null for a delete.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
}

impl Change {
    /// A change as an example for the document.
    pub fn sample() -> Self {
        Self {
            seq: 1042,
            resource: Resource::Sources,
            code: "jarablus-council".to_owned(),
            action: Action::Create,
            revision: 1,
            at: crate::store::SAMPLE_TIME,
            by: "field-office-homs".to_owned(),
            after: Some(serde_json::json!({
                "code": "jarablus-council", "name": "Jarablus local council", "kind": "local_council", "name_ar": null,
                "reliability": "unknown", "url": null, "confidential": false,
            })),
        }
    }
}

/// The part of a write's entries that a page shows.
struct Shown {
    write: i64,
    first_seq: i64,
    at: NaiveDateTime,
    by: String,
    /// The first and the last place among its entries.
    from: i32,
    to: i32,
}

/// The changes after a number, oldest first: at most `limit`, and none only where there are no more.
///
/// Nothing ever appears behind a number that was read: numbers are given in commit order (`Tx::finish`), and this reads one
/// snapshot.
pub fn after(conn: &mut Conn, seq: i64, limit: usize) -> Result<Vec<Change>, Error> {
    let mut seq = seq;
    loop {
        let shown = shown(conn, seq, limit)?;
        let Some(last) = shown.last() else { return Ok(vec![]) };
        seq = last.first_seq + i64::from(last.to);
        let changes = read(conn, &shown)?;
        // A write may have taken a number that no entry has.
        if !changes.is_empty() {
            return Ok(changes);
        }
    }
}

/// The writes with numbers after this one. They follow each other, so that only the one that this number lies in begins before it: without
/// saying so, every write of the past would be looked at.
fn not_over(after: i64) -> Condition {
    let from = Condition::kept("first_seq >= (SELECT COALESCE(MAX(first_seq), 0) FROM writes WHERE first_seq <= ");
    from.key(after).then(") AND last_seq > ").key(after)
}

/// The writes that hold the next `limit` numbers, and which part of each.
fn shown(conn: &mut Conn, after: i64, limit: usize) -> Result<Vec<Shown>, Error> {
    let many = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows: Vec<(i64, i64, i64, NaiveDateTime, String)> = writes::table
        .filter(not_over(after))
        .order(writes::first_seq)
        .limit(many)
        .select((writes::id, writes::first_seq, writes::last_seq, writes::at, writes::by))
        .load(conn)?;
    let mut left = many;
    let mut shown = vec![];
    for (write, first_seq, last_seq, at, by) in rows {
        let from = (after + 1).max(first_seq);
        let to = last_seq.min(from + left - 1);
        if left == 0 {
            break;
        }
        left -= to - from + 1;
        let n = |seq: i64| i32::try_from(seq - first_seq).unwrap_or(i32::MAX);
        shown.push(Shown { write, first_seq, at, by, from: n(from), to: n(to) });
    }
    Ok(shown)
}

/// The entries of writes: all of those in the middle, some of the first and the last. `$place` is the column of their places.
fn within(shown: &[Shown], place: &'static str) -> Condition {
    let ends = [shown.first(), shown.last().filter(|_| shown.len() > 1)];
    let mut any: Vec<Condition> = ends
        .into_iter()
        .flatten()
        .map(|end| {
            let of_it = Condition::sql("write_id = ").key(end.write).then(" AND ").then(place);
            of_it.then(" BETWEEN ").key(i64::from(end.from)).then(" AND ").key(i64::from(end.to))
        })
        .collect();
    let middle: Vec<i64> = shown.iter().skip(1).rev().skip(1).map(|shown| shown.write).collect();
    if !middle.is_empty() {
        any.push(Condition::keyed("write_id", &middle));
    }
    Condition::any(any)
}

fn read(conn: &mut Conn, shown: &[Shown]) -> Result<Vec<Change>, Error> {
    let by_write: HashMap<i64, &Shown> = shown.iter().map(|shown| (shown.write, shown)).collect();
    let of =
        |write: i64| by_write.get(&write).ok_or_else(|| Error::Internal(format!("write {write} was not asked for")));
    let mut changes = vec![];
    type Row = ((i64, i32), String, String, Word<Action>, i32, Option<String>);
    let rows: Vec<Row> = history::table
        .filter(within(shown, "n"))
        .select((
            (history::write_id, history::n),
            history::resource,
            history::code,
            history::action,
            history::revision,
            history::after,
        ))
        .load(conn)?;
    for ((write, n), resource, code, Word(action), revision, after) in rows {
        let write = of(write)?;
        let (seq, at, by) = (write.first_seq + i64::from(n), write.at, write.by.clone());
        let (resource, after) = (known(&resource)?, json(after)?);
        changes.push(Change { seq, resource, code, action, revision, at, by, after });
    }
    let mut created: HashMap<Resource, HashMap<i64, (i64, &Shown)>> = HashMap::new();
    for run in runs(conn, shown)? {
        let write = of(run.write_id)?;
        let keys = created.entry(known(&run.resource)?).or_default();
        let shown = (run.first_id..=run.last_id).map(|id| (id, run.n(id)));
        let shown = shown.skip_while(|(_, n)| *n < write.from).take_while(|(_, n)| *n <= write.to);
        keys.extend(shown.map(|(id, n)| (id, (i64::from(n) + write.first_seq, *write))));
    }
    for (resource, keys) in created {
        let mut ids: Vec<i64> = keys.keys().copied().collect();
        ids.sort_unstable();
        for ids in ids.chunks(CHUNK) {
            for row in untouched(conn, resource, Condition::keyed("id", ids))? {
                let Some((seq, write)) = keys.get(&row.id) else { continue };
                let (at, by, after) = (write.at, write.by.clone(), Some(row.own));
                let (action, revision) = (Action::Create, 1);
                changes.push(Change { seq: *seq, resource, code: row.code, action, revision, at, by, after });
            }
        }
    }
    changes.sort_by_key(|change| change.seq);
    Ok(changes)
}

/// The runs of keys that overlap with what is shown.
fn runs(conn: &mut Conn, shown: &[Shown]) -> Result<Vec<Run>, Error> {
    // The run that the first write's part begins in may begin before it.
    let before = shown.first().map(|first| {
        let of_it =
            Condition::sql("write_id = ").key(first.write).then(" AND first_n = (SELECT max(first_n) FROM creations ");
        let earlier = of_it.then("WHERE write_id = ").key(first.write).then(" AND first_n < ");
        earlier.key(i64::from(first.from)).then(")")
    });
    let overlapping = Condition::any(before.into_iter().chain([within(shown, "first_n")]));
    Ok(creations::table.filter(overlapping).load(conn)?)
}

fn known(resource: &str) -> Result<Resource, Error> {
    Resource::parse(resource).ok_or_else(|| Error::Internal(format!("history of {resource}")))
}
