//! What one transaction did to each row, gathered while it goes on and written at its end.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::BigInt;
use serde::Serialize;

use super::creations::{self, Run};
use crate::db::dialect::{Condition, insert_all, reserve};
use crate::db::schema::{history, writes};
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::words::{Action, Word as _};
use crate::error::Error;
use crate::store::Tx;

/// What one transaction did to each row, in order: one entry for each row.
#[derive(Default)]
pub struct Journal {
    /// The entries that are not written yet.
    pending: Vec<Pending>,
    /// Where a row stands among them.
    places: HashMap<(Resource, i64), usize>,
    /// The key of the write, once an entry was written.
    write: Option<i64>,
    /// How many entries were written.
    written: i32,
}

struct Pending {
    resource: Resource,
    id: i64,
    /// Empty where the row says for itself that it was created.
    code: String,
    action: Action,
    revision: i32,
    before: Option<String>,
    after: Option<String>,
}

impl Pending {
    /// Whether the row itself says all that its entry would say: a run of keys is enough to find it.
    fn is_told_by_its_row(&self) -> bool {
        self.action == Action::Create && self.revision == 1
    }
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
    row_id: i64,
}

impl Tx<'_> {
    /// Notes what happened to a row: its own fields before and after. Where the same transaction touches it again, the
    /// entry grows.
    pub(in crate::store) fn note<T: Serialize>(
        &mut self,
        resource: Resource,
        id: i64,
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
        let mut entry = Pending { resource, id, code: String::new(), action, revision, before: None, after: None };
        let journal = &mut self.journal;
        let known = journal.places.get(&(resource, id)).and_then(|&at| journal.pending.get_mut(at));
        let known = known.filter(|known| action == Action::Update && known.action != Action::Delete);
        if !entry.is_told_by_its_row() {
            let text = |fields: Option<&T>| fields.map(serde_json::to_string).transpose();
            let wrong = |error: serde_json::Error| Error::Internal(error.to_string());
            entry.code = code.to_owned();
            entry.before = text(before.filter(|_| known.is_none())).map_err(wrong)?;
            entry.after = text(after).map_err(wrong)?;
        }
        if let Some(known) = known {
            (known.revision, known.code, known.after) = (revision, entry.code, entry.after);
        } else {
            journal.places.insert((resource, id), journal.pending.len());
            journal.pending.push(entry);
        }
        Ok(())
    }

    /// Writes the entries that are noted so far, so that a large write does not hold them all in memory. No row that they are of
    /// may be written again by this transaction.
    pub(in crate::store) fn flush(&mut self) -> Result<(), Error> {
        let pending = std::mem::take(&mut self.journal.pending);
        self.journal.places.clear();
        if pending.is_empty() {
            return Ok(());
        }
        let write_id = self.write_id()?;
        let mut runs: Vec<Run> = vec![];
        let mut rows: Vec<NewEntry> = vec![];
        // Created rows next to each other become runs; what happens between them keeps its place.
        for beside in pending.chunk_by(|a, b| a.is_told_by_its_row() == b.is_told_by_its_row()) {
            if beside.first().is_some_and(Pending::is_told_by_its_row) {
                let created = beside.iter().map(|entry| (entry.resource, entry.id)).collect();
                runs.extend(Run::of(write_id, self.journal.written, created));
            } else {
                rows.extend(beside.iter().zip(self.journal.written..).map(|(entry, n)| NewEntry {
                    write_id,
                    n,
                    resource: entry.resource.word(),
                    code: &entry.code,
                    action: Word(entry.action),
                    revision: entry.revision,
                    before: entry.before.as_deref(),
                    after: entry.after.as_deref(),
                    row_id: entry.id,
                }));
            }
            self.journal.written += i32::try_from(beside.len()).unwrap_or(i32::MAX);
        }
        creations::keep(self.conn, &runs)?;
        // A row that changes for the first time no longer says how it was created.
        let first: Vec<&Pending> =
            pending.iter().filter(|entry| entry.revision == 2 && entry.action != Action::Create).collect();
        let created = creations::of(self.conn, first.iter().map(|entry| (entry.resource, entry.id)))?;
        rows.extend(first.iter().filter_map(|entry| {
            let (write_id, n) = *created.get(&(entry.resource, entry.id))?;
            let (resource, after) = (entry.resource.word(), entry.before.as_deref());
            let action = Word(Action::Create);
            let (code, row_id) = (entry.code.as_str(), entry.id);
            Some(NewEntry { write_id, n, resource, code, action, revision: 1, before: None, after, row_id })
        }));
        insert_all!(&mut *self.conn, history, &rows)?;
        Ok(())
    }

    /// How many entries were noted so far.
    pub(in crate::store) fn noted(&self) -> usize {
        self.journal.pending.len() + usize::try_from(self.journal.written).unwrap_or_default()
    }

    /// The key of this write, by which its entries are found.
    pub(in crate::store) fn write_id(&mut self) -> Result<i64, Error> {
        if let Some(id) = self.journal.write {
            return Ok(id);
        }
        let id = reserve(self.conn, &[("writes", 1)])?.into_iter().flatten().next().unwrap_or(1);
        self.journal.write = Some(id);
        Ok(id)
    }

    /// Ends the history of the transaction: its entries get their numbers. The lock on the data's version is held from here to the
    /// commit, so that numbers rise in commit order even with several writers. The number of the last one, if there are any.
    pub(in crate::store) fn finish(&mut self) -> Result<Option<i64>, Error> {
        self.flush()?;
        let Some(write) = self.journal.write else { return Ok(None) };
        // An import that has changed nothing is kept all the same, and takes a number that no entry has.
        let many = i64::from(self.journal.written.max(1));
        let next = Condition::kept("UPDATE data_version SET seq = seq + ").key(many).then(" RETURNING seq");
        let last: i64 = next.answering::<BigInt>().get_result(self.conn)?;
        let numbers = (writes::first_seq.eq(last - many + 1), writes::last_seq.eq(last));
        let who = (writes::at.eq(self.at), writes::by.eq(self.by));
        diesel::insert_into(writes::table).values((writes::id.eq(write), numbers, who)).execute(self.conn)?;
        Ok(Some(last))
    }
}
