//! One check for each kind of row that stands by itself; what is below it is looked at with it.

use std::collections::HashMap;

use diesel::prelude::*;

use super::{Difference, Looked, MANY};
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema;
use crate::domain::Resource;
use crate::domain::period::Span;
use crate::domain::words::{FigureRole, Phase, Scope};
use crate::error::Error;
use crate::store::names::{Names, Wanted};
use crate::store::references::CHUNK;
use crate::store::{INSIDE, agreements, batches, figures, locations, movements, returns, sources, tallies};

/// Looks at the rows after a key.
type Check = fn(&mut Conn, i64) -> Result<Looked, Error>;

pub(super) const ALL: [Check; 5] = [check_locations, check_sources, check_agreements, check_batches, check_returns];

fn differs(
    resource: Resource,
    code: &str,
    column: &'static str,
    stored: &dyn std::fmt::Debug,
    derived: &dyn std::fmt::Debug,
) -> Difference {
    let (stored, derived) = (format!("{stored:?}"), format!("{derived:?}"));
    Difference { resource, code: code.to_owned(), column, stored, derived }
}

/// Compares some columns of a row with the same row as it should be.
macro_rules! compare {
    ($found:expr, $resource:ident, $stored:expr, $derived:expr, $($column:ident)+) => {{
        let (stored, derived) = (&$stored, &$derived);
        $(if stored.$column != derived.$column {
            let column = stringify!($column);
            $found.push(differs(Resource::$resource, &stored.code, column, &stored.$column, &derived.$column));
        })+
    }};
}

macro_rules! compare_counts {
    ($found:expr, $resource:ident, $stored:expr, $derived:expr) => {
        compare!($found, $resource, $stored, $derived,
            households households_low households_high households_high_open
            individuals individuals_low individuals_high individuals_high_open)
    };
}

/// The rows of a table after a key.
macro_rules! page {
    ($conn:ident, $table:ident, $after:ident) => {
        schema::$table::table
            .filter(schema::$table::id.gt($after))
            .order(schema::$table::id)
            .limit(MANY)
            .load::<$table::Row>($conn)?
    };
}

/// The rows of a table whose column holds some keys.
macro_rules! of_keys {
    ($conn:ident, $table:ident, $column:literal, $keys:expr) => {{
        let mut rows: Vec<$table::Row> = vec![];
        let keys: Vec<i64> = $keys;
        for keys in keys.chunks(CHUNK) {
            let of_these = Condition::keyed($column, keys);
            rows.extend(schema::$table::table.filter(of_these).order(schema::$table::id).load::<$table::Row>($conn)?);
        }
        rows
    }};
}

fn looked(last: Option<i64>, rows: usize) -> Looked {
    Looked { last, rows: rows as u64, found: vec![] }
}

/// Each place stands right below the one that it lies in. That one is looked at too, so all of them do.
fn check_locations(conn: &mut Conn, after: i64) -> Result<Looked, Error> {
    let rows = page!(conn, locations, after);
    let parents = of_keys!(conn, locations, "id", rows.iter().filter_map(|row| row.parent_id).collect());
    let parents: HashMap<i64, locations::Row> = parents.into_iter().map(|row| (row.id, row)).collect();
    let mut looked = looked(rows.last().map(|row| row.id), rows.len());
    for row in rows {
        let mut derived = row.clone();
        derived.stand_below(row.parent_id.and_then(|parent| parents.get(&parent)));
        derived.words = locations::words(&row.own(&Names::default())?);
        compare!(looked.found, Locations, row, derived, path country_id admin1_id admin2_id admin3_id words);
    }
    Ok(looked)
}

fn check_sources(conn: &mut Conn, after: i64) -> Result<Looked, Error> {
    let rows = page!(conn, sources, after);
    let mut looked = looked(rows.last().map(|row| row.id), rows.len());
    for row in rows {
        let mut derived = row.clone();
        derived.words = sources::words(&row.own());
        compare!(looked.found, Sources, row, derived, words);
    }
    Ok(looked)
}

fn check_agreements(conn: &mut Conn, after: i64) -> Result<Looked, Error> {
    let rows = page!(conn, agreements, after);
    let keys: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let about = figures::about(conn, "agreement_id", &keys)?;
    let mut looked = looked(keys.last().copied(), rows.len());
    for row in rows {
        let mut derived = row.clone();
        derived.words = agreements::words(&row.own(&Names::default())?);
        compare!(looked.found, Agreements, row, derived, words);
        check_figures(about.get(&row.id), row.signed_on.map(Span::day), &mut looked);
    }
    Ok(looked)
}

/// Batches with their movements, and the figures on both.
fn check_batches(conn: &mut Conn, after: i64) -> Result<Looked, Error> {
    let rows = page!(conn, batches, after);
    let keys: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let parts = of_keys!(conn, movements, "batch_id", keys.clone());
    let part_keys: Vec<i64> = parts.iter().map(|row| row.id).collect();
    let about_parts = figures::about(conn, "movement_id", &part_keys)?;
    let about_wholes = figures::about(conn, "batch_id", &keys)?;
    let mut wanted = Wanted::default();
    wanted.locations(parts.iter().map(|row| row.destination_id));
    let names = Names::load(conn, INSIDE, &wanted)?;
    let mut below: HashMap<i64, Vec<movements::Row>> = HashMap::new();
    for row in parts {
        below.entry(row.batch_id).or_default().push(row);
    }
    let mut looked = looked(keys.last().copied(), rows.len());
    for row in rows {
        // Only dates, kind and visibility are asked of it: no names.
        let own = row.own(&Names::default())?;
        let mut batch = row.clone();
        batch.stand(&own);
        let mut movements = vec![];
        for part in below.remove(&row.id).unwrap_or_default() {
            let figures = about_parts.get(&part.id);
            let mut derived = part.clone();
            derived.code = format!("{}.{}", row.code, names.location(part.destination_id).code);
            derived.follow(&batch);
            tallies::movement(&mut derived, figures.map_or(&[], Vec::as_slice));
            compare!(looked.found, Movements, part, derived, code origin_id agreement_id batch_kind);
            compare!(looked.found, Movements, part, derived, dated_on dated_last happened is_public);
            compare_counts!(looked.found, Movements, part, derived);
            compare!(looked.found, Movements, part, derived, households_figure individuals_figure figure_count);
            check_figures(figures, own.span(), &mut looked);
            movements.push(derived);
        }
        looked.rows += movements.len() as u64;
        tallies::batch(&mut batch, movements.iter());
        compare!(looked.found, Batches, row, batch, dated_on dated_last happened is_public);
        compare_counts!(looked.found, Batches, row, batch);
        compare!(looked.found, Batches, row, batch,
            movement_count movements_without_households movements_without_individuals);
        check_figures(about_wholes.get(&row.id), own.span(), &mut looked);
    }
    Ok(looked)
}

fn check_returns(conn: &mut Conn, after: i64) -> Result<Looked, Error> {
    let rows = page!(conn, returns, after);
    let keys: Vec<i64> = rows.iter().map(|row| row.id).collect();
    let about = figures::about(conn, "return_id", &keys)?;
    let mut out = of_keys!(conn, movements, "id", rows.iter().filter_map(|row| row.movement_id).collect());
    let above = of_keys!(conn, batches, "id", out.iter().map(|row| row.batch_id).collect());
    let above: HashMap<i64, batches::Row> = above.into_iter().map(|row| (row.id, row)).collect();
    for movement in &mut out {
        // As they should be: what is wrong with them is said of them.
        if let Some(mut batch) = above.get(&movement.batch_id).cloned() {
            batch.stand(&batch.own(&Names::default())?);
            movement.follow(&batch);
        }
    }
    let out: HashMap<i64, movements::Row> = out.into_iter().map(|row| (row.id, row)).collect();
    let mut looked = looked(keys.last().copied(), rows.len());
    for row in rows {
        let (own, figures) = (row.own(&Names::default())?, about.get(&row.id));
        let mut derived = row.clone();
        derived.date(&own);
        derived.stand(row.movement_id.and_then(|movement| out.get(&movement)));
        tallies::homecoming(&mut derived, figures.map_or(&[], Vec::as_slice));
        compare!(looked.found, Returns, row, derived,
            origin_id destination_id counted_agreement_id batch_kind movement_is_public);
        compare!(looked.found, Returns, row, derived, dated_on dated_last happened is_public);
        compare_counts!(looked.found, Returns, row, derived);
        compare!(looked.found, Returns, row, derived, households_figure individuals_figure figure_count);
        check_figures(figures, own.span(), &mut looked);
    }
    Ok(looked)
}

/// The figures about one thing, which is dated by `span`.
fn check_figures(rows: Option<&Vec<figures::Row>>, span: Option<Span>, looked: &mut Looked) {
    let mut recommended: Vec<Phase> = vec![];
    for row in rows.into_iter().flatten() {
        looked.rows += 1;
        let mut derived = row.clone();
        derived.date(span);
        compare!(looked.found, Figures, row, derived, dated_on dated_last);
        let role = row.role.map(|word| word.0);
        let published = row.batch_id.is_some() || row.agreement_id.is_some();
        if published != role.is_none() {
            let right: &[FigureRole] =
                if published { &[] } else { &[FigureRole::Recommended, FigureRole::Triangulation] };
            looked.found.push(differs(Resource::Figures, &row.code, "role", &role, &right));
        }
        if role != Some(FigureRole::Recommended) {
            continue;
        }
        let phase = row.stage.0.phase().filter(|_| row.scope.0 == Scope::Whole);
        match phase.filter(|phase| !recommended.contains(phase)) {
            Some(phase) => recommended.push(phase),
            None => looked.found.push(differs(Resource::Figures, &row.code, "role", &role, &FigureRole::Triangulation)),
        }
    }
}
