//! What the rows of several tables have in common.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use serde::Serializer;
use serde_json::{Map, Value};

use super::filter::Way;
use super::{Precondition, Tx, history};
use crate::db::dialect;
use crate::db::page::{PageRequest, Sort, SortBy};
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

/// The rows after a position in a list, in its order. Undated rows come last, whichever the direction.
pub fn after(request: &PageRequest, date: &'static str) -> dialect::Condition {
    use dialect::Condition;
    let Some(after) = &request.after else { return Condition::all([]) };
    let (beyond, within) = if request.sort.descending { (" < ", " <= ") } else { (" > ", " >= ") };
    let code = || Condition::sql("code").then(beyond).text(&after.code);
    match (request.sort.by, after.date, after.time) {
        (SortBy::Date, Some(last), _) => {
            // The first condition says nothing new, but an index on the date can begin there.
            let from = Condition::sql(date).then(within).date(last);
            let tie = Condition::any([Condition::sql(date).then(beyond).date(last), code()]);
            Condition::any([Condition::all([from, tie]), Condition::sql(date).then(" IS NULL")])
        }
        (SortBy::Date, None, _) => Condition::all([Condition::sql(date).then(" IS NULL"), code()]),
        (SortBy::UpdatedAt, _, Some(last)) => {
            let from = Condition::sql("updated_at").then(within).time(last);
            let tie = Condition::any([Condition::sql("updated_at").then(beyond).time(last), code()]);
            Condition::all([from, tie])
        }
        _ => code(),
    }
}

/// The order of a list as SQL, by its date column. Few rows are sorted by what no index has, lest the database goes along one.
pub fn order(request: &PageRequest, date: &'static str, way: Way) -> dialect::Condition {
    use dialect::Condition;
    if way == Way::Sort {
        let by = match request.sort.by {
            SortBy::Date => Some(date),
            SortBy::UpdatedAt => Some("updated_at"),
            SortBy::Code => None,
        };
        let (direction, last) =
            if request.sort.descending { (" DESC", " DESC NULLS LAST, ") } else { ("", " NULLS LAST, ") };
        let begin = by.map(|by| Condition::sql("COALESCE(").then(by).then(", NULL)").then(last)).unwrap_or_default();
        return begin.then("COALESCE(code, NULL)").then(direction);
    }
    match (request.sort.by, request.sort.descending) {
        (SortBy::Date, true) => Condition::sql(date).then(" DESC NULLS LAST, code DESC"),
        (SortBy::Date, false) => Condition::sql(date).then(" ASC NULLS LAST, code ASC"),
        (SortBy::UpdatedAt, true) => Condition::sql("updated_at DESC, code DESC"),
        (SortBy::UpdatedAt, false) => Condition::sql("updated_at ASC, code ASC"),
        (SortBy::Code, true) => Condition::sql("code DESC"),
        (SortBy::Code, false) => Condition::sql("code ASC"),
    }
}

/// The parts that a list is read in, each with its order. Rising dates are read before no date: an index that falls, with no date at its end, begins
/// with no date where it is read backwards.
pub fn parts(request: &PageRequest, date: &'static str, way: Way) -> Vec<(dialect::Condition, dialect::Condition)> {
    use dialect::Condition;
    let rising = request.sort == Sort { by: SortBy::Date, descending: false };
    if !rising || way == Way::Sort {
        return vec![(Condition::all([]), order(request, date, way))];
    }
    let dated = (Condition::sql(date).then(" IS NOT NULL"), Condition::sql(date).then(" ASC NULLS FIRST, code ASC"));
    let undated = (Condition::sql(date).then(" IS NULL"), Condition::sql("code ASC"));
    match &request.after {
        Some(after) if after.date.is_none() => vec![undated],
        _ => vec![dated, undated],
    }
}

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
            let mut rows: Vec<Row> = vec![];
            for (part, order) in rows::parts(request, $column, way) {
                let left = rows::fetch(request) - i64::try_from(rows.len()).unwrap_or(i64::MAX);
                if left > 0 {
                    let query = $table::table.into_boxed::<$crate::db::Backend>().filter(these.clone());
                    let query = query.filter(rows::after(request, $column)).filter(part);
                    rows.extend(query.order(order).limit(left).load::<Row>(conn)?);
                }
            }
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
