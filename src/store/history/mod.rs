//! The append-only history: who wrote what and when, in commit order.

mod changes;
pub mod creations;
mod journal;
mod newest;

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::references::CHUNK;
use super::{Agreements, Batches, Figures, Locations, Movements, Returns, Rows, Sources};
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::{history, writes};
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::words::{Action, Word as _};
use crate::error::Error;

pub use changes::{Change, after};
pub(super) use journal::Journal;
pub use newest::Newest;

/// One entry of a row's history.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct HistoryEntry {
    /// The number of the entry: rises in commit order over all resources.
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
    /// The row's own fields before; null for a create.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// The row's own fields after; null for a delete.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
}

/// When something was last written.
pub fn last_write(conn: &mut Conn) -> Result<Option<NaiveDateTime>, Error> {
    Ok(writes::table.select(writes::at).order(writes::id.desc()).first(conn).optional()?)
}

/// The last revisions of rows that were deleted under some codes: new rows go on from them.
pub(super) fn last_revisions<'a>(
    conn: &mut Conn,
    resource: Resource,
    codes: impl IntoIterator<Item = &'a str>,
) -> Result<HashMap<String, i32>, Error> {
    let codes: Vec<&str> = codes.into_iter().collect();
    let mut last = HashMap::new();
    for codes in codes.chunks(CHUNK) {
        let rows: Vec<(String, Option<i32>)> = history::table
            .filter(history::resource.eq(resource.word()))
            .filter(Condition::named("code", codes))
            .group_by(history::code)
            .select((history::code, diesel::dsl::max(history::revision)))
            .load(conn)?;
        last.extend(rows.into_iter().filter_map(|(code, revision)| Some((code, revision?))));
    }
    Ok(last)
}

/// A row that nobody has changed since it was created.
pub struct Untouched {
    /// Its key.
    pub id: i64,
    /// Its code.
    pub code: String,
    /// Its own fields, as they were recorded.
    pub own: Value,
}

/// The rows of a resource that nobody has changed since they were created, among some, by key.
pub fn untouched(conn: &mut Conn, resource: Resource, which: Condition) -> Result<Vec<Untouched>, Error> {
    match resource {
        Resource::Locations => Locations::untouched(conn, which),
        Resource::Sources => Sources::untouched(conn, which),
        Resource::Agreements => Agreements::untouched(conn, which),
        Resource::Batches => Batches::untouched(conn, which),
        Resource::Movements => Movements::untouched(conn, which),
        Resource::Returns => Returns::untouched(conn, which),
        Resource::Figures => Figures::untouched(conn, which),
    }
}

/// Fields as an entry keeps them.
fn json(text: Option<String>) -> Result<Option<Value>, Error> {
    let read = |text: String| serde_json::from_str(&text).map_err(|error| Error::Internal(error.to_string()));
    text.map(read).transpose()
}

/// How a row was created, as long as it says so itself.
fn creation(conn: &mut Conn, resource: Resource, code: &str) -> Result<Option<HistoryEntry>, Error> {
    let Some(row) = untouched(conn, resource, Condition::sql("code = ").text(code))?.pop() else { return Ok(None) };
    let Some((write, n)) = creations::of(conn, [(resource, row.id)])?.remove(&(resource, row.id)) else {
        return Ok(None);
    };
    let (first, at, by): (i64, NaiveDateTime, String) =
        writes::table.find(write).select((writes::first_seq, writes::at, writes::by)).first(conn)?;
    let (seq, action, revision) = (first + i64::from(n), Action::Create, 1);
    Ok(Some(HistoryEntry {
        seq,
        resource,
        code: row.code,
        action,
        revision,
        at,
        by,
        before: None,
        after: Some(row.own),
    }))
}

/// Whether there is, or ever was, a row of this code.
pub fn is_known(conn: &mut Conn, resource: Resource, code: &str) -> Result<bool, Error> {
    let changed = last_revisions(conn, resource, [code])?.contains_key(code);
    Ok(changed || creation(conn, resource, code)?.is_some())
}

/// A page of a row's history, newest first, and the revision to go on from.
pub fn of_row(
    conn: &mut Conn,
    resource: Resource,
    code: &str,
    before_revision: Option<i32>,
    limit: usize,
) -> Result<(Vec<HistoryEntry>, Option<i32>), Error> {
    type Row = ((i64, i32), Word<Action>, i32, NaiveDateTime, String, Option<String>, Option<String>);
    let before_revision = before_revision.unwrap_or(i32::MAX);
    let rows: Vec<Row> = history::table
        .inner_join(writes::table)
        .filter(history::resource.eq(resource.word()))
        .filter(history::code.eq(code))
        .filter(history::revision.lt(before_revision))
        .order(history::revision.desc())
        .limit(i64::try_from(limit + 1).unwrap_or(i64::MAX))
        .select((
            (writes::first_seq, history::n),
            history::action,
            history::revision,
            writes::at,
            writes::by,
            history::before,
            history::after,
        ))
        .load(conn)?;
    let mut entries = rows
        .into_iter()
        .map(|((first, n), action, revision, at, by, before, after)| {
            let (before, after, code) = (json(before)?, json(after)?, code.to_owned());
            let seq = first + i64::from(n);
            Ok(HistoryEntry { seq, resource, code, action: action.0, revision, at, by, before, after })
        })
        .collect::<Result<Vec<_>, Error>>()?;
    if entries.is_empty() && before_revision > 1 {
        entries.extend(creation(conn, resource, code)?);
    }
    let next = (entries.len() > limit).then(|| entries[limit - 1].revision);
    entries.truncate(limit);
    Ok((entries, next))
}
