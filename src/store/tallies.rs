//! The one writer of every derived count, inside the transaction of the write that changes them.

use diesel::prelude::*;

use super::figures::{self, Subject};
use crate::db::Conn;
use crate::db::schema::{batches, movements, returns};
use crate::domain::figure::Count;
use crate::domain::tally::{Claim, Derived, Flow, Tally, derive};
use crate::domain::words::Quantifier;
use crate::error::Error;

/// The derived columns of a movement or a return.
#[derive(AsChangeset)]
#[diesel(table_name = movements, treat_none_as_null = true)]
struct MovementCounts {
    households: Option<i32>,
    households_low: Option<i32>,
    households_high: Option<i32>,
    households_high_open: Option<bool>,
    individuals: Option<i32>,
    individuals_low: Option<i32>,
    individuals_high: Option<i32>,
    individuals_high_open: Option<bool>,
    households_figure: Option<String>,
    individuals_figure: Option<String>,
    figure_count: i32,
}

#[derive(AsChangeset)]
#[diesel(table_name = returns, treat_none_as_null = true)]
struct ReturnCounts {
    households: Option<i32>,
    households_low: Option<i32>,
    households_high: Option<i32>,
    households_high_open: Option<bool>,
    individuals: Option<i32>,
    individuals_low: Option<i32>,
    individuals_high: Option<i32>,
    individuals_high_open: Option<bool>,
    households_figure: Option<String>,
    individuals_figure: Option<String>,
    figure_count: i32,
}

macro_rules! counts {
    ($name:ident, $derived:expr) => {{
        let derived: Derived = $derived;
        let (households, households_figure) = derived.households.unzip();
        let (individuals, individuals_figure) = derived.individuals.unzip();
        $name {
            households: households.and_then(|tally| i32::try_from(tally.value).ok()),
            households_low: households.and_then(|tally| i32::try_from(tally.low).ok()),
            households_high: households.and_then(|tally| i32::try_from(tally.high).ok()),
            households_high_open: households.map(|tally| tally.open),
            individuals: individuals.and_then(|tally| i32::try_from(tally.value).ok()),
            individuals_low: individuals.and_then(|tally| i32::try_from(tally.low).ok()),
            individuals_high: individuals.and_then(|tally| i32::try_from(tally.high).ok()),
            individuals_high_open: individuals.map(|tally| tally.open),
            households_figure,
            individuals_figure,
            figure_count: derived.figure_count,
        }
    }};
}

/// Derives the counts of a movement anew from its figures.
pub(super) fn movement(conn: &mut Conn, id: i64) -> Result<(), Error> {
    let counts = counts!(MovementCounts, derived(conn, Subject::Movement(id))?);
    diesel::update(movements::table.filter(movements::id.eq(id))).set(&counts).execute(conn)?;
    Ok(())
}

/// Derives the counts of a return anew from its figures.
pub(super) fn homecoming(conn: &mut Conn, id: i64) -> Result<(), Error> {
    let counts = counts!(ReturnCounts, derived(conn, Subject::Return(id))?);
    diesel::update(returns::table.filter(returns::id.eq(id))).set(&counts).execute(conn)?;
    Ok(())
}

fn derived(conn: &mut Conn, subject: Subject) -> Result<Derived, Error> {
    let rows = figures::about(conn, subject)?;
    let count = |value: Option<i32>, quantifier: Option<Quantifier>, high| {
        value.map(|value| Count { value, quantifier: quantifier.unwrap_or(Quantifier::Exact), high })
    };
    let claims: Vec<Claim> = rows
        .iter()
        .filter(|row| row.counts())
        .map(|row| Claim {
            code: &row.code,
            role: row.role.map(|word| word.0),
            stage: row.stage.0,
            source: row.source_id,
            reported_on: row.reported_on,
            households: count(row.households, row.households_quantifier.map(|word| word.0), row.households_high),
            individuals: count(row.individuals, row.individuals_quantifier.map(|word| word.0), row.individuals_high),
        })
        .collect();
    Ok(derive(&claims))
}

/// Sums the movements of a batch anew.
pub(super) fn batch(conn: &mut Conn, id: i64) -> Result<(), Error> {
    type Unit = (Option<i32>, Option<i32>, Option<i32>, Option<bool>);
    let rows: Vec<(Unit, Unit)> = movements::table
        .filter(movements::batch_id.eq(id))
        .select((
            (
                movements::households,
                movements::households_low,
                movements::households_high,
                movements::households_high_open,
            ),
            (
                movements::individuals,
                movements::individuals_low,
                movements::individuals_high,
                movements::individuals_high_open,
            ),
        ))
        .load(conn)?;
    let tally = |(value, low, high, open): Unit| {
        let wide = |count: Option<i32>| count.map(i64::from);
        Some(Tally { value: wide(value)?, low: wide(low)?, high: wide(high)?, open: open? })
    };
    let mut sum = Flow::default();
    for (households, individuals) in rows {
        let (households, individuals) = (tally(households), tally(individuals));
        sum += Flow {
            rows: 1,
            without_households: i64::from(households.is_none()),
            without_individuals: i64::from(individuals.is_none()),
            households: households.unwrap_or_default(),
            individuals: individuals.unwrap_or_default(),
        };
    }
    // A batch without movements has no counts, where a statistic without rows has 0.
    let households = sum.known_households().filter(|_| sum.rows > 0);
    let individuals = sum.known_individuals().filter(|_| sum.rows > 0);
    diesel::update(batches::table.filter(batches::id.eq(id)))
        .set((
            batches::households.eq(households.map(|tally| tally.value)),
            batches::households_low.eq(households.map(|tally| tally.low)),
            batches::households_high.eq(households.map(|tally| tally.high)),
            batches::households_high_open.eq(households.map(|tally| tally.open)),
            batches::individuals.eq(individuals.map(|tally| tally.value)),
            batches::individuals_low.eq(individuals.map(|tally| tally.low)),
            batches::individuals_high.eq(individuals.map(|tally| tally.high)),
            batches::individuals_high_open.eq(individuals.map(|tally| tally.open)),
            batches::movement_count.eq(sum.rows),
            batches::movements_without_households.eq(sum.without_households),
            batches::movements_without_individuals.eq(sum.without_individuals),
        ))
        .execute(conn)?;
    Ok(())
}
