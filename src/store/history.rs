//! The append-only history: who wrote what and when, in commit order.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::Tx;
use super::references::CHUNK;
use crate::db::Conn;
use crate::db::dialect::{Condition, each_db, reserve};
use crate::db::schema::{data_version, history, writes};
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
pub(super) struct Journal {
    /// The entries that are not written yet.
    pending: Vec<Pending>,
    /// Where a row stands among them.
    places: HashMap<(Resource, String), usize>,
    /// The key of the write, once an entry was written.
    write: Option<i64>,
    /// How many entries were written.
    written: i32,
}

struct Pending {
    resource: Resource,
    code: String,
    action: Action,
    revision: i32,
    before: Option<String>,
    after: Option<String>,
}

#[derive(Insertable)]
#[diesel(table_name = history)]
#[diesel(treat_none_as_default_value = false)]
struct NewEntry<'a> {
    write_id: i64,
    n: i32,
    resource: &'static str,
    code: &'a str,
    action: Word<Action>,
    revision: i32,
    before: Option<&'a str>,
    after: Option<&'a str>,
}

impl Tx<'_> {
    /// Notes what happened to a row: its own fields before and after. Where the same transaction touches it again, the
    /// entry grows.
    pub(super) fn note<T: Serialize>(
        &mut self,
        resource: Resource,
        code: &str,
        revision: i32,
        before: Option<&T>,
        after: Option<&T>,
    ) -> Result<(), Error> {
        if self.dry {
            return Ok(());
        }
        let action = match (&before, &after) {
            (None, _) => Action::Create,
            (_, None) => Action::Delete,
            _ => Action::Update,
        };
        let text = |fields: Option<&T>| fields.map(serde_json::to_string).transpose();
        let wrong = |error: serde_json::Error| Error::Internal(error.to_string());
        let (before, after) = (text(before).map_err(wrong)?, text(after).map_err(wrong)?);
        let journal = &mut self.journal;
        let place = (resource, code.to_owned());
        let known = journal.places.get(&place).and_then(|&at| journal.pending.get_mut(at));
        if let Some(known) = known.filter(|known| action == Action::Update && known.action != Action::Delete) {
            known.revision = revision;
            known.after = after;
        } else {
            let code = place.1.clone();
            journal.places.insert(place, journal.pending.len());
            journal.pending.push(Pending { resource, code, action, revision, before, after });
        }
        Ok(())
    }

    /// Writes the entries that are noted so far, so that a large write does not hold them all in memory. No row that they are of
    /// may be written again by this transaction.
    pub(super) fn flush(&mut self) -> Result<(), Error> {
        let pending = std::mem::take(&mut self.journal.pending);
        self.journal.places.clear();
        if pending.is_empty() {
            return Ok(());
        }
        let write_id = self.write_id()?;
        let first = self.journal.written;
        let rows: Vec<NewEntry> = pending
            .iter()
            .zip(first..)
            .map(|(entry, n)| NewEntry {
                write_id,
                n,
                resource: entry.resource.word(),
                code: &entry.code,
                action: Word(entry.action),
                revision: entry.revision,
                before: entry.before.as_deref(),
                after: entry.after.as_deref(),
            })
            .collect();
        for rows in rows.chunks(500) {
            each_db!(self.conn, conn => diesel::insert_into(history::table).values(rows).execute(conn))?;
        }
        self.journal.written += i32::try_from(rows.len()).unwrap_or(i32::MAX);
        Ok(())
    }

    /// How many entries were noted so far.
    pub(super) fn noted(&self) -> usize {
        self.journal.pending.len() + usize::try_from(self.journal.written).unwrap_or_default()
    }

    /// The key of this write, by which its entries are found.
    pub(super) fn write_id(&mut self) -> Result<i64, Error> {
        if let Some(id) = self.journal.write {
            return Ok(id);
        }
        let id = reserve(self.conn, "writes", 1)?.into_iter().next().unwrap_or(1);
        self.journal.write = Some(id);
        Ok(id)
    }

    /// Ends the history of the transaction: its entries get their numbers. The lock on the data's version is held from here to the
    /// commit, so that numbers rise in commit order even with several writers.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        self.flush()?;
        let Some(write) = self.journal.write else { return Ok(()) };
        // An import that has changed nothing is kept all the same, and takes a number that no entry has.
        let many = i64::from(self.journal.written.max(1));
        let last: i64 = diesel::update(data_version::table)
            .set(data_version::seq.eq(data_version::seq + many))
            .returning(data_version::seq)
            .get_result(self.conn)?;
        let numbers = (writes::first_seq.eq(last - many + 1), writes::last_seq.eq(last));
        let who = (writes::at.eq(self.at), writes::by.eq(self.by));
        diesel::insert_into(writes::table).values((writes::id.eq(write), numbers, who)).execute(self.conn)?;
        Ok(())
    }
}

/// The number of the last entry: it changes whenever anything does.
pub fn data_version(conn: &mut Conn) -> Result<i64, Error> {
    Ok(data_version::table.select(data_version::seq).first(conn)?)
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
            .filter(Condition::sql("code IN (").texts(codes).then(")"))
            .group_by(history::code)
            .select((history::code, diesel::dsl::max(history::revision)))
            .load(conn)?;
        last.extend(rows.into_iter().filter_map(|(code, revision)| Some((code, revision?))));
    }
    Ok(last)
}

/// Whether there is, or ever was, a row of this code.
pub fn is_known(conn: &mut Conn, resource: Resource, code: &str) -> Result<bool, Error> {
    Ok(last_revisions(conn, resource, [code])?.contains_key(code))
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
    let rows: Vec<Row> = history::table
        .inner_join(writes::table)
        .filter(history::resource.eq(resource.word()))
        .filter(history::code.eq(code))
        .filter(history::revision.lt(before_revision.unwrap_or(i32::MAX)))
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
    let next = (rows.len() > limit).then(|| rows[limit - 1].2);
    let json = |text: Option<String>| {
        let read = |text: String| serde_json::from_str(&text).map_err(|error| Error::Internal(error.to_string()));
        text.map(read).transpose()
    };
    let entries = rows
        .into_iter()
        .take(limit)
        .map(|((first, n), action, revision, at, by, before, after)| {
            let (before, after, code) = (json(before)?, json(after)?, code.to_owned());
            let seq = first + i64::from(n);
            Ok(HistoryEntry { seq, resource, code, action: action.0, revision, at, by, before, after })
        })
        .collect::<Result<_, Error>>()?;
    Ok((entries, next))
}
