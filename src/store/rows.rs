//! What the rows of several tables have in common.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use serde::Serializer;
use serde_json::{Map, Value};

use super::filter::Way;
use super::{Precondition, Tx, history};
use crate::db::dialect;
use crate::db::page::{PageRequest, SortBy};
use crate::domain::Resource;
use crate::domain::findings::Findings;
use crate::domain::reading::Fields;
use crate::error::Error;

/// A time as answers give it: RFC 3339, UTC, to the millisecond.
pub fn utc<S: Serializer>(time: &NaiveDateTime, to: S) -> Result<S::Ok, S::Error> {
    // The day as `chrono` shows it; a format that is read anew for each row would take longer than the row.
    let (hour, minute, second) = (time.hour(), time.minute(), time.second());
    let milliseconds = time.and_utc().timestamp_subsec_millis();
    to.collect_str(&format_args!("{}T{hour:02}:{minute:02}:{second:02}.{milliseconds:03}Z", time.date()))
}

/// When the examples of the document were written.
pub const SAMPLE_TIME: NaiveDateTime = match NaiveDate::from_ymd_opt(2026, 11, 22) {
    Some(day) => day.and_time(NaiveTime::MIN),
    None => NaiveDateTime::MIN,
};

impl Precondition {
    /// Checks the caller's condition against the revision of the row, if there is one.
    pub fn check(&self, revision: Option<i32>) -> Result<(), Error> {
        if self.absent && revision.is_some() {
            return Err(Error::Precondition("There is a row of this code already.".to_owned()));
        }
        if let Some(now) = revision.filter(|now| self.unlike.contains(now)) {
            return Err(Error::Precondition(format!("The row is at revision {now}.")));
        }
        match (&self.revisions, revision) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(Error::Precondition("There is no row of this code.".to_owned())),
            (Some(seen), Some(now)) if seen.is_empty() || seen.contains(&now) => Ok(()),
            (Some(_), Some(now)) => {
                Err(Error::Precondition(format!("The row has changed since: it is at revision {now}.")))
            }
        }
    }
}

/// What became of a row that was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is new.
    Created,
    /// It holds something else.
    Updated,
    /// It was there as it was sent.
    Unchanged,
}

impl Outcome {
    /// By whether it holds the same as before, if it was there.
    pub fn of(same: Option<bool>) -> Self {
        match same {
            None => Self::Created,
            Some(true) => Self::Unchanged,
            Some(false) => Self::Updated,
        }
    }
}

/// The revision that a new row begins with: it goes on from a deleted row of the same code.
pub fn first_revision(tx: &mut Tx, resource: Resource, code: &str) -> Result<i32, Error> {
    Ok(history::last_revisions(tx.conn, resource, [code])?.get(code).map_or(1, |last| last + 1))
}

/// Ends the reading of a body: what is wrong is an error, all at once.
pub fn refuse_if_wrong(findings: &Findings) -> Result<(), Error> {
    if findings.errors.is_empty() { Ok(()) } else { Err(Error::Invalid(findings.errors.clone())) }
}

/// Reads the body of a row whose code stands in the path: the body may repeat it, and nothing else.
pub fn path_code(code: &str, read: &mut String, at: &str, findings: &mut Findings) {
    if read.is_empty() {
        code.clone_into(read);
    } else if read != code && !findings.wrong_at(&format!("{at}/code")) {
        let message = format!("A code never changes: the path says {code:?}.");
        findings.error(format!("{at}/code"), "code_mismatch", Some(Value::from(read.as_str())), message);
        code.clone_into(read);
    }
}

/// A member that was given and never changes.
pub fn unchanged(name: &str, given: Option<&str>, kept: Option<&str>, at: &str, findings: &mut Findings) {
    let pointer = format!("{at}/{name}");
    if let Some(given) = given.filter(|given| Some(*given) != kept && !findings.wrong_at(&pointer)) {
        let message = match kept {
            Some(kept) => format!("`{name}` never changes: it is {kept:?}."),
            None => format!("`{name}` never changes, and is not given here."),
        };
        findings.error(pointer, "immutable", Some(Value::from(given)), message);
    }
}

/// Reads an object with `read` and ends it, with everything wrong in `findings`.
pub fn read<T>(
    body: &Value,
    findings: &mut Findings,
    read_only: &[&'static str],
    read: impl FnOnce(&mut Fields) -> T,
) -> Result<T, Error> {
    let mut fields = Fields::new(body, String::new(), findings);
    // What is no object has no members that could be wrong as well.
    refuse_if_wrong(fields.findings)?;
    let value = read(&mut fields);
    fields.finish(read_only);
    Ok(value)
}

/// A JSON Merge Patch (RFC 7396) of a row's own fields.
pub fn merged(own: &Value, patch: &Value) -> Value {
    let (Some(own), Some(patch)) = (own.as_object(), patch.as_object()) else { return patch.clone() };
    let mut merged: Map<String, Value> = own.clone();
    for (name, value) in patch {
        merged.insert(name.clone(), value.clone());
    }
    Value::Object(merged)
}

/// A reference to nothing, with the nearest that there is.
pub fn unknown_reference(
    tx: &mut Tx,
    resource: Resource,
    pointer: &str,
    code: &str,
    findings: &mut Findings,
) -> Result<(), Error> {
    if findings.wrong_at(pointer) {
        return Ok(());
    }
    let viewer = crate::domain::access::Viewer::Editor;
    let suggestion = super::references::suggestion(tx.conn, viewer, resource, code)?;
    let message = format!("There is no {} {code:?}.", resource.singular());
    findings.suggest(pointer, "unknown_reference", Some(Value::from(code)), message, suggestion);
    Ok(())
}

/// A part of a list: which rows after the position of a page, and their order.
pub type Stretch = (dialect::Condition, dialect::Condition);

/// The parts that a page is read in, one after the other until it is full, each along one index: dates first, and no date last, whichever the
/// direction. `date` is the date column. Few rows are sorted by what no index has, lest the database goes along one.
pub fn stretches(request: &PageRequest, date: &'static str, way: Way) -> Vec<Stretch> {
    use dialect::Condition;
    let down = request.sort.descending;
    let (beyond, within) = if down { (" < ", " <= ") } else { (" > ", " >= ") };
    let after = request.after.as_ref();
    let code = || after.map(|after| Condition::sql("code").then(beyond).text(&after.code));
    // The first condition says nothing new, but an index can begin there.
    let behind = |column, bound: &dyn Fn(Condition) -> Condition| {
        let from = bound(Condition::sql(column).then(within));
        let tie = [bound(Condition::sql(column).then(beyond))].into_iter().chain(code());
        Condition::all([from, Condition::any(tie)])
    };
    let sorted = |column, direction| {
        let unindexed = if way == Way::Sort { ["COALESCE(", ", NULL)"] } else { ["", ""] };
        Condition::sql(unindexed[0]).then(column).then(unindexed[1]).then(direction)
    };
    let by_code = || sorted("code", if down { " DESC" } else { " ASC" });
    match request.sort.by {
        SortBy::Code => vec![(Condition::all(code()), by_code())],
        SortBy::UpdatedAt => {
            let last = after.and_then(|after| after.time);
            let these = match last {
                Some(last) => behind("updated_at", &|bound| bound.time(last)),
                None => Condition::all(code()),
            };
            let order = sorted("updated_at", if down { " DESC, " } else { " ASC, " });
            vec![(these, order.and(by_code()))]
        }
        SortBy::Date => {
            let last = after.and_then(|after| after.date);
            let these = match last {
                Some(last) => behind(date, &|bound| bound.date(last)),
                None => Condition::sql(date).then(" IS NOT NULL"),
            };
            // As the index of PostgreSQL goes, and as it goes backwards.
            let order = sorted(date, if down { " DESC NULLS LAST, " } else { " ASC NULLS FIRST, " });
            let undated = Condition::sql(date).then(" IS NULL");
            match after {
                Some(after) if after.date.is_none() => {
                    vec![(Condition::all([undated].into_iter().chain(code())), by_code())]
                }
                _ => vec![(these, order.and(by_code())), (undated, by_code())],
            }
        }
    }
}

/// The rows of a page, stretch after stretch, with one more than asked for, which tells that there is a next page. `$found` is the query without order.
macro_rules! walked {
    ($conn:expr, $found:expr, $request:expr, $column:expr, $way:expr) => {{
        let (mut rows, most) = (vec![], $crate::store::rows::fetch($request));
        for (stretch, order) in $crate::store::rows::stretches($request, $column, $way) {
            let left = most - i64::try_from(rows.len()).unwrap_or(i64::MAX);
            if left > 0 {
                rows.extend($found.filter(stretch).order(order).limit(left).load($conn)?);
            }
        }
        rows
    }};
}
pub(super) use walked;

/// The reads of a list: one page of it, and how many rows there are. No function, since nobody can name the types of the
/// queries of the combined backend.
macro_rules! listed {
    ($table:ident by $column:literal, $date:expr, $filter:expr, $views:expr) => {
        fn page(
            conn: &mut Conn,
            who: Reading,
            filter: &Filter,
            request: &$crate::db::page::PageRequest,
        ) -> Result<$crate::db::page::Page<Self::Row>, Error> {
            use $crate::db::page::{Page, Position, SortBy};
            let asked = $filter(&filter::resolve(conn, who, filter)?, who.viewer);
            let (these, way) = asked.of_page(conn, request.sort.by)?;
            let found = || $table::table.into_boxed::<$crate::db::Backend>().filter(these.clone());
            let rows: Vec<Row> = rows::walked!(conn, found(), request, $column, way);
            let page = Page::of(rows, request, |row| Position {
                date: $date(row).filter(|_| request.sort.by == SortBy::Date),
                time: (request.sort.by == SortBy::UpdatedAt).then_some(row.updated_at),
                code: row.code.clone(),
            });
            page.map(|rows| $views(conn, who, rows))
        }

        fn count(conn: &mut Conn, who: Reading, filter: &Filter) -> Result<i64, Error> {
            let resolved = filter::resolve(conn, who, filter)?;
            let asked: filter::Clauses = $filter(&resolved, who.viewer);
            Ok($table::table.filter(asked.whole()).count().get_result(conn)?)
        }
    };
}
pub(super) use listed;

/// The read of rows that nobody has changed since they were created; `$own` gives their own fields, in their order.
macro_rules! untouched {
    ($table:ident, $own:expr) => {
        fn untouched(
            conn: &mut Conn,
            which: $crate::db::dialect::Condition,
        ) -> Result<Vec<$crate::store::history::Untouched>, Error> {
            let first = $table::table.filter($table::revision.eq(1));
            let rows: Vec<Row> = first.filter(which).order($table::id).load(conn)?;
            let own: Vec<Self::Body> = $own(conn, &rows)?;
            let rows = rows.into_iter().zip(own).map(|(row, own)| {
                let own = serde_json::to_value(own).map_err(|error| Error::Internal(error.to_string()))?;
                Ok($crate::store::history::Untouched { id: row.id, code: row.code, own })
            });
            rows.collect()
        }
    };
}
pub(super) use untouched;

/// One row more than asked for tells whether there is a next page.
pub fn fetch(request: &PageRequest) -> i64 {
    i64::try_from(request.limit).unwrap_or(i64::MAX - 1) + 1
}
