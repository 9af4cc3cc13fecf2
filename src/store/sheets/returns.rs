//! The sheet `returns`: newest first, each with its figures.

use diesel::prelude::*;

use super::{Group, NEWEST_FIRST, Page, Place, Record, Whole, figures_about, request};
use crate::db::dialect::Condition;
use crate::db::page::Position;
use crate::db::{Backend, Conn, schema};
use crate::error::Error;
use crate::store::filter::{self, Filter, Way, plainly};
use crate::store::names::{Names, Wanted};
use crate::store::{Reading, returns, rows};

/// Some records of the sheet `returns`.
pub fn returns(
    conn: &mut Conn,
    who: Reading,
    filter: &Filter,
    after: Option<&Place>,
    limit: usize,
) -> Result<Page, Error> {
    let resolved = filter::resolve(conn, who, filter)?;
    let request = request(NEWEST_FIRST, after, limit);
    let mut found: Vec<returns::Row> = schema::returns::table
        .into_boxed::<Backend>()
        .filter(filter::shown_returns(&resolved, who.viewer))
        .filter(rows::after(&request, "dated_on"))
        .order(rows::order(&request, "dated_on", Way::Along))
        .limit(rows::fetch(&request))
        .load(conn)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more);
    let next = next.map(|row| Place::After(Position { date: row.dated_on, time: None, code: row.code.clone() }));
    if !who.viewer.sees_restricted() {
        // For the public a hidden movement does not exist.
        found.iter_mut().filter(|row| !row.movement_is_public).for_each(|row| row.movement_id = None);
    }
    let keys: Vec<i64> = found.iter().map(|row| row.id).collect();
    let mut about = figures_about(conn, "return_id", &keys, &filter::shown_figures(&resolved, who.viewer))?;
    let mut wanted = Wanted::default();
    wanted.locations(found.iter().flat_map(|row| [row.from_id, row.to_id]));
    wanted.agreements(found.iter().filter_map(|row| row.agreement_id));
    wanted.movements(found.iter().filter_map(|row| row.movement_id));
    wanted.sources(about.values().flatten().filter_map(|row| row.source_id));
    let names = Names::load(conn, who, &wanted)?;
    let record = |row: returns::Row| {
        let figures = about.remove(&row.id).unwrap_or_default();
        let figures: Vec<_> = figures.into_iter().map(|row| row.into_own(&names)).collect();
        let groups = if figures.is_empty() { vec![] } else { vec![Group { part: None, figures }] };
        Ok(Record { whole: Whole::Return(row.into_own(&names)?), groups })
    };
    Ok((found.into_iter().map(record).collect::<Result<_, Error>>()?, next))
}

/// How many rows the sheet has at least: what says early that it does not fit into a workbook.
pub fn returns_at_least(conn: &mut Conn, who: Reading, filter: &Filter) -> Result<i64, Error> {
    let resolved = filter::resolve(conn, who, filter)?;
    let returns = filter::shown_returns(&resolved, who.viewer);
    let wholes = schema::returns::table.filter(returns.clone()).count().get_result::<i64>(conn)?;
    let about = Condition::sql("return_id IN (SELECT id FROM returns WHERE ").group(returns).then(") AND ");
    let about = about.group(plainly(filter::shown_figures(&resolved, who.viewer)));
    Ok(wholes.max(schema::figures::table.filter(about).count().get_result(conn)?))
}
