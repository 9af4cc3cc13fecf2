//! The append-only history: who wrote what and when, in commit order.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::Tx;
use crate::db::Conn;
use crate::db::schema::{data_version, history};
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::words::{Action, Word as _};
use crate::error::Error;

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
    #[serde(serialize_with = "super::rows::utc")]
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

/// What one transaction did to each row, in order: one entry for each row.
#[derive(Default)]
pub(super) struct Journal(Vec<Pending>);

struct Pending {
    resource: Resource,
    code: String,
    action: Action,
    revision: i32,
    before: Option<Value>,
    after: Option<Value>,
}

#[derive(Insertable)]
#[diesel(table_name = history)]
#[diesel(treat_none_as_default_value = false)]
struct NewEntry<'a> {
    seq: i64,
    resource: &'a str,
    code: &'a str,
    action: Word<Action>,
    revision: i32,
    at: NaiveDateTime,
    by: &'a str,
    before: Option<String>,
    after: Option<String>,
}

impl Tx<'_> {
    /// Notes what happened to a row. Where the same transaction touches it again, the entry grows.
    pub(super) fn note(
        &mut self,
        resource: Resource,
        code: &str,
        revision: i32,
        before: Option<Value>,
        after: Option<Value>,
    ) {
        let action = match (&before, &after) {
            (None, _) => Action::Create,
            (_, None) => Action::Delete,
            _ => Action::Update,
        };
        let known = self.journal.0.iter_mut().find(|one| one.resource == resource && one.code == code);
        if let Some(known) = known.filter(|known| action == Action::Update && known.action != Action::Delete) {
            known.revision = revision;
            known.after = after;
        } else {
            let code = code.to_owned();
            self.journal.0.push(Pending { resource, code, action, revision, before, after });
        }
    }
}

/// Writes what a transaction did. The lock on the data's version is held from here to the commit, so that numbers rise
/// in commit order even with several writers.
pub(super) fn append(tx: &mut Tx) -> Result<(), Error> {
    let pending = std::mem::take(&mut tx.journal).0;
    if pending.is_empty() {
        return Ok(());
    }
    let many = i64::try_from(pending.len()).unwrap_or(i64::MAX);
    let last: i64 = diesel::update(data_version::table)
        .set(data_version::seq.eq(data_version::seq + many))
        .returning(data_version::seq)
        .get_result(tx.conn)?;
    let text = |value: &Option<Value>| value.as_ref().map(Value::to_string);
    let rows: Vec<NewEntry> = pending
        .iter()
        .zip(last - many + 1..)
        .map(|(entry, seq)| NewEntry {
            seq,
            resource: entry.resource.word(),
            code: &entry.code,
            action: Word(entry.action),
            revision: entry.revision,
            at: tx.at,
            by: tx.by,
            before: text(&entry.before),
            after: text(&entry.after),
        })
        .collect();
    for rows in rows.chunks(500) {
        crate::db::dialect::each_db!(tx.conn, conn => diesel::insert_into(history::table).values(rows).execute(conn))?;
    }
    Ok(())
}

/// The number of the last entry: it changes whenever anything does.
pub fn data_version(conn: &mut Conn) -> Result<i64, Error> {
    Ok(data_version::table.select(data_version::seq).first(conn)?)
}

/// The revision of a row that was deleted under this code, if there was one: a new row goes on from it.
pub(super) fn last_revision(conn: &mut Conn, resource: Resource, code: &str) -> Result<Option<i32>, Error> {
    let last = history::table
        .filter(history::resource.eq(resource.word()))
        .filter(history::code.eq(code))
        .order(history::seq.desc())
        .select(history::revision)
        .first(conn)
        .optional()?;
    Ok(last)
}

/// Whether there is, or ever was, a row of this code.
pub fn is_known(conn: &mut Conn, resource: Resource, code: &str) -> Result<bool, Error> {
    Ok(last_revision(conn, resource, code)?.is_some())
}

/// A page of a row's history, newest first, and the number to go on from.
pub fn of_row(
    conn: &mut Conn,
    resource: Resource,
    code: &str,
    before_seq: Option<i64>,
    limit: usize,
) -> Result<(Vec<HistoryEntry>, Option<i64>), Error> {
    type Row = (i64, String, String, Word<Action>, i32, NaiveDateTime, String, Option<String>, Option<String>);
    let rows: Vec<Row> = history::table
        .filter(history::resource.eq(resource.word()))
        .filter(history::code.eq(code))
        .filter(history::seq.lt(before_seq.unwrap_or(i64::MAX)))
        .order(history::seq.desc())
        .limit(i64::try_from(limit + 1).unwrap_or(i64::MAX))
        .load(conn)?;
    let next = (rows.len() > limit).then(|| rows[limit - 1].0);
    let json = |text: Option<String>| {
        let read = |text: String| serde_json::from_str(&text).map_err(|error| Error::Internal(error.to_string()));
        text.map(read).transpose()
    };
    let entries = rows
        .into_iter()
        .take(limit)
        .map(|(seq, _, code, action, revision, at, by, before, after)| {
            let (before, after) = (json(before)?, json(after)?);
            Ok(HistoryEntry { seq, resource, code, action: action.0, revision, at, by, before, after })
        })
        .collect::<Result<_, Error>>()?;
    Ok((entries, next))
}
