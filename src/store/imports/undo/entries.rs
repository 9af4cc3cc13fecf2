//! What an import did, as the history tells it: entries, rows that say themselves that they came with it, and what belongs together.

use diesel::prelude::*;
use serde_json::Value;

use crate::db::Conn;
use crate::db::schema::history;
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::words::{Action, Word as _};
use crate::error::Error;
use crate::store::history::creations::Run;
use crate::store::{Tx, batches, figures};

/// How many entries are read at once.
pub const CHUNK: i64 = 5_000;
/// How many wholes that an import created are taken back together.
pub const MANY: i64 = 1_000;
/// How many rows that stand against it are named.
const NAMED: usize = 20;

/// What an import did to one row.
pub struct Entry {
    /// Its place among the entries of the import.
    pub n: i32,
    pub resource: Resource,
    pub code: String,
    pub revision: i32,
    /// The row's own fields before; nothing for one that it created.
    pub before: Option<Value>,
    /// What a figure is about.
    pub about: Option<String>,
    /// Whether the row's own fields were changed, and not only a part of it.
    pub changed: bool,
}

impl Entry {
    /// A row that it created and that nobody has changed since.
    pub fn created(n: i32, resource: Resource, code: String, about: Option<String>) -> Self {
        Self { n, resource, code, revision: 1, before: None, about, changed: true }
    }
}

/// What an import did to one whole and its parts.
pub struct Group {
    pub whole: Entry,
    pub parts: Vec<Entry>,
}

/// Rows that somebody has changed since.
#[derive(Default)]
pub struct Since {
    pub named: Vec<String>,
    pub total: usize,
}

impl Since {
    pub fn check(&mut self, entry: &Entry, now: Option<i32>) {
        let changed = entry.before.is_none() || entry.changed;
        if changed && now != Some(entry.revision) {
            self.add(entry.resource, &entry.code);
        }
    }

    pub fn add(&mut self, resource: Resource, code: &str) {
        self.total += 1;
        if self.named.len() < NAMED {
            self.named.push(format!("{} {code}", resource.singular()));
        }
    }
}

/// Says which rows of the runs somebody has changed: then their entries were written down.
pub fn changed_since(tx: &mut Tx, write: i64, runs: &[Run], since: &mut Since) -> Result<(), Error> {
    let created: Vec<(i32, String, String)> = history::table
        .filter(history::write_id.eq(write))
        .filter(history::action.eq(Word(Action::Create)))
        .order(history::n)
        .select((history::n, history::resource, history::code))
        .load(tx.conn)?;
    for (_, resource, code) in created.iter().filter(|(n, ..)| is_in(runs, *n)) {
        let resource = Resource::parse(resource).ok_or_else(|| Error::Internal(format!("history of {resource}")))?;
        since.add(resource, code);
    }
    tx.dry |= since.total > 0;
    Ok(())
}

/// The keys of a run, some at a time: first and last.
pub fn chunks(run: &Run) -> impl Iterator<Item = (i64, i64)> {
    let last = run.last_id;
    let firsts = std::iter::successors(Some(run.first_id), |first| Some(first + MANY));
    firsts.take_while(move |first| *first <= last).map(move |first| (first, last.min(first + MANY - 1)))
}

/// Whether a place among the entries of a write is that of a row in one of its runs.
pub fn is_in(runs: &[Run], n: i32) -> bool {
    let after = runs.partition_point(|run| run.first_n <= n);
    after.checked_sub(1).is_some_and(|at| n <= runs[at].n(runs[at].last_id))
}

pub fn read(conn: &mut Conn, write: i64, from: i32) -> Result<Vec<Entry>, Error> {
    type Row = ((i32, String), String, Word<Action>, i32, Option<String>, Option<String>);
    let rows: Vec<Row> = history::table
        .filter(history::write_id.eq(write))
        .filter(history::n.ge(from))
        .order(history::n)
        .limit(CHUNK)
        .select((
            (history::n, history::resource),
            history::code,
            history::action,
            history::revision,
            history::before,
            history::after,
        ))
        .load(conn)?;
    let json = |text: &Option<String>| -> Result<Option<Value>, Error> {
        let read = |text: &String| serde_json::from_str(text).map_err(|error| Error::Internal(error.to_string()));
        text.as_ref().map(read).transpose()
    };
    let entry = |((n, resource), code, action, revision, before, after): Row| {
        let resource = Resource::parse(&resource).ok_or_else(|| Error::Internal(format!("history of {resource}")))?;
        let changed = before != after;
        let (before, after) = (json(&before)?.filter(|_| action.0 != Action::Create), json(&after)?);
        let about = after.as_ref().and_then(|after| {
            let subject = |member| after.get(member).and_then(Value::as_str).map(str::to_owned);
            ["movement", "return", "batch", "agreement"].into_iter().find_map(subject)
        });
        Ok(Entry { n, resource, code, revision, before, about, changed })
    };
    rows.into_iter().map(entry).collect()
}

/// A part that nobody has changed since it was created.
pub struct Part {
    pub id: i64,
    /// Its batch, return or agreement.
    pub whole: (Resource, String),
    pub entry: Entry,
}

/// The figures about one thing that nobody has changed since they were created.
pub fn on(whole: &Entry, about: &str, figures: &[figures::Row]) -> Vec<Part> {
    let first = figures.iter().filter(|row| row.revision == 1);
    let part = |row: &figures::Row| {
        let entry = Entry::created(0, Resource::Figures, row.code.clone(), Some(about.to_owned()));
        Part { id: row.id, whole: (whole.resource, whole.code.clone()), entry }
    };
    first.map(part).collect()
}

/// The movements and figures of a batch that nobody has changed since they were created.
pub fn parts_of_batch(whole: &Entry, standing: &batches::Standing) -> Vec<Part> {
    let mut parts = on(whole, &whole.code, &standing.figures);
    for part in &standing.movements {
        if part.row.revision == 1 {
            let entry = Entry::created(0, Resource::Movements, part.row.code.clone(), None);
            parts.push(Part { id: part.row.id, whole: (whole.resource, whole.code.clone()), entry });
        }
        parts.extend(on(whole, &part.row.code, &part.figures));
    }
    parts
}
