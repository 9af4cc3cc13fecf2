//! The sheet `movements`: batches, newest first, each with its movements and their figures; then the published totals of
//! agreements.

use std::collections::HashMap;

use diesel::prelude::*;

use super::rows::{BatchRow, FigureRow, MovementRow};
use super::{Group, NEWEST_FIRST, Page, Part, Place, Record, Whole, figures_about, request};
use crate::db::dialect::Condition;
use crate::db::page::Position;
use crate::db::{Backend, Conn, schema};
use crate::error::Error;
use crate::store::filter::{self, Filter, Resolved, Way, plainly};
use crate::store::names::{Names, Wanted};
use crate::store::references::CHUNK;
use crate::store::{Reading, rows};

/// Some records of the sheet `movements`.
///
/// `limit` is for batches and movements together, so that a page takes the same memory whatever the batches look like.
pub fn movements(
    conn: &mut Conn,
    who: Reading,
    filter: &Filter,
    after: Option<&Place>,
    limit: usize,
) -> Result<Page, Error> {
    let resolved = filter::resolve(conn, who, filter)?;
    if let Some(Place::Totals(last)) = after {
        return totals(conn, who, &resolved, *last, limit);
    }
    let request = request(NEWEST_FIRST, after, limit);
    let shown = filter::shown_batches(&resolved, who.viewer);
    let query = || schema::batches::table.select(BatchRow::as_select()).into_boxed::<Backend>().filter(shown.clone());
    let mut found: Vec<BatchRow> = rows::walked!(conn, query(), &request, "dated_on", Way::Along);
    let mut room = i64::try_from(limit).unwrap_or(i64::MAX);
    let fits = |row: &&BatchRow| {
        let fits = room > 0;
        room -= 1 + row.movement_count;
        fits
    };
    let many = found.iter().take(limit).take_while(fits).count();
    let more = found.len() > many;
    found.truncate(many);
    let next = match found.last().filter(|_| more) {
        Some(last) => Place::After(Position { date: last.dated_on, time: None, code: last.code.clone() }),
        None => Place::Totals(0),
    };
    Ok((records(conn, who, &resolved, found)?, Some(next)))
}

/// Batches with what stands beside them.
fn records(conn: &mut Conn, who: Reading, resolved: &Resolved, found: Vec<BatchRow>) -> Result<Vec<Record>, Error> {
    let keys: Vec<i64> = found.iter().map(|row| row.id).collect();
    let mut parts = parts(conn, &keys, &filter::shown_movements(resolved, who.viewer))?;
    let shown = filter::shown_figures(resolved, who.viewer);
    let mut of_batches = figures_about(conn, "batch_id", &keys, &shown)?;
    let keys: Vec<i64> = parts.values().flatten().map(|row| row.id).collect();
    let mut of_parts = figures_about(conn, "movement_id", &keys, &shown)?;
    let mut wanted = Wanted::default();
    wanted.locations(found.iter().map(|row| row.origin_id));
    wanted.locations(parts.values().flatten().map(|row| row.destination_id));
    wanted.agreements(found.iter().filter_map(|row| row.agreement_id));
    wanted.sources(of_batches.values().chain(of_parts.values()).flatten().filter_map(|row| row.source_id));
    let names = Names::load(conn, who, &wanted)?;
    let own = |figures: Vec<FigureRow>| figures.into_iter().map(|row| row.into_own(&names)).collect();
    let record = |row: BatchRow| {
        let about = of_batches.remove(&row.id).map(|figures| Group { part: None, figures: own(figures) });
        let theirs = parts.remove(&row.id).unwrap_or_default().into_iter().map(|part| {
            let figures = own(of_parts.remove(&part.id).unwrap_or_default());
            Group { part: Some(Part::Movement(part.into_own(&names))), figures }
        });
        let groups = about.into_iter().chain(theirs).collect();
        Ok(Record { whole: Whole::Batch(row.into_own(&names)?), groups })
    };
    found.into_iter().map(record).collect()
}

/// The movements of some batches that are shown, in recorded order.
fn parts(conn: &mut Conn, batches: &[i64], shown: &Condition) -> Result<HashMap<i64, Vec<MovementRow>>, Error> {
    let mut parts: HashMap<i64, Vec<MovementRow>> = HashMap::with_capacity(batches.len());
    for keys in batches.chunks(CHUNK) {
        let these = Condition::keyed("batch_id", keys).then(" AND ").group(plainly(shown.clone()));
        for row in schema::movements::table.filter(these).select(MovementRow::as_select()).load(conn)? {
            parts.entry(row.batch_id).or_default().push(row);
        }
    }
    for parts in parts.values_mut() {
        parts.sort_unstable_by_key(|row| row.id);
    }
    Ok(parts)
}

/// Published totals of agreements, in recorded order.
fn totals(conn: &mut Conn, who: Reading, resolved: &Resolved, last: i64, limit: usize) -> Result<Page, Error> {
    let these = filter::shown_totals(resolved, who.viewer).then(" AND id > ").key(last);
    let many = i64::try_from(limit).unwrap_or(i64::MAX - 1) + 1;
    let mut found: Vec<FigureRow> = schema::figures::table
        .filter(these)
        .order(schema::figures::id)
        .limit(many)
        .select(FigureRow::as_select())
        .load(conn)?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|row| Place::Totals(row.id));
    let mut wanted = Wanted::default();
    wanted.agreements(found.iter().filter_map(|row| row.agreement_id));
    wanted.locations(found.iter().filter_map(|row| row.destination_id));
    wanted.sources(found.iter().filter_map(|row| row.source_id));
    let names = Names::load(conn, who, &wanted)?;
    let record = |row: FigureRow| {
        let figure = row.into_own(&names);
        let (whole, place) = (figure.agreement.clone().unwrap_or_default(), figure.destination.clone());
        let group = Group { part: Some(Part::Destination(place)), figures: vec![figure] };
        Record { whole: Whole::Total(whole), groups: vec![group] }
    };
    Ok((found.into_iter().map(record).collect(), next))
}

/// How many rows the sheet has at least: what says early that it does not fit into a workbook.
pub fn movements_at_least(conn: &mut Conn, who: Reading, filter: &Filter) -> Result<i64, Error> {
    let resolved = filter::resolve(conn, who, filter)?;
    let movements = filter::shown_movements(&resolved, who.viewer);
    let parts = schema::movements::table.filter(movements.clone()).count().get_result::<i64>(conn)?;
    let about = Condition::sql("movement_id IN (SELECT id FROM movements WHERE ").group(movements).then(") AND ");
    let about = about.group(plainly(filter::shown_figures(&resolved, who.viewer)));
    Ok(parts.max(schema::figures::table.filter(about).count().get_result(conn)?))
}
