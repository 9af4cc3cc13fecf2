//! Many rows that nobody has to record first: for tests.

use serde_json::Value;

use super::Export;
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::page::{Page, PageRequest, Position, Sort, SortBy};
use crate::domain::Resource;
use crate::domain::access::Viewer;
use crate::error::Error;
use crate::store::history::Untouched;
use crate::store::{Filter, Precondition, Reading, Rows, Tx, Written};

/// An export of them, by code.
pub(super) fn export(filter: Filter) -> Export<Many> {
    let who = Reading { viewer: Viewer::Public, arabic: false };
    Export::new(who, filter, Sort { by: SortBy::Code, descending: false })
}

/// A row that there is as often as the test needs.
#[derive(serde::Serialize, utoipa::ToSchema)]
pub(super) struct Row {
    code: String,
    name: String,
}

pub(super) struct Many;

/// A resource with 12,000 rows, of which the last page fails where `q` is given. With a `source` it claims to have more
/// than a sheet holds.
impl Rows for Many {
    const RESOURCE: Resource = Resource::Locations;
    type Row = Row;
    type Single = Row;
    type Body = Row;

    fn page(_: &mut Conn, _: Reading, filter: &Filter, request: &PageRequest) -> Result<Page<Row>, Error> {
        let from = request.after.as_ref().map_or(0, |after| after.code.parse().unwrap_or(0) + 1);
        if from >= 10_000 && filter.q.is_some() {
            return Err(Error::Unavailable("gone".to_owned()));
        }
        let row = |code: usize| Row { code: format!("{code:05}"), name: "a name of some length".to_owned() };
        let rows = (from..12_000).take(request.limit + 1).map(row).collect();
        Ok(Page::of(rows, request, |row| Position { date: None, time: None, code: row.code.clone() }))
    }

    fn count(_: &mut Conn, _: Reading, filter: &Filter) -> Result<i64, Error> {
        Ok(if filter.source.is_some() { 1_048_576 } else { 12_000 })
    }

    fn single(_: &mut Conn, _: Reading, _: &str) -> Result<Option<(Row, i32)>, Error> {
        Ok(None)
    }

    fn untouched(_: &mut Conn, _: Condition) -> Result<Vec<Untouched>, Error> {
        Ok(vec![])
    }

    fn held(_: &mut Tx, _: &str) -> Result<Value, Error> {
        Ok(Value::Null)
    }

    fn put(_: &mut Tx, _: Option<&str>, _: &Value, _: &Precondition) -> Result<Written, Error> {
        Err(Error::Taken(String::new()))
    }

    fn delete(_: &mut Tx, _: &str, _: &Precondition) -> Result<(), Error> {
        Ok(())
    }

    fn sample() -> Row {
        Row { code: "a".to_owned(), name: "A".to_owned() }
    }

    fn sample_single() -> Row {
        Self::sample()
    }

    fn sample_body() -> Value {
        Value::Null
    }
}
