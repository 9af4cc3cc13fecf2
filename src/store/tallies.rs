//! The one writer of every derived count: what a write leaves is counted before it is written, in the same transaction.

use super::{batches, figures, movements, returns};
use crate::domain::figure::Count;
use crate::domain::tally::{Claim, Derived, Flow, Tally, derive};
use crate::domain::words::Quantifier;

/// What the figures about one movement or return come to.
fn derived(figures: &[figures::Row]) -> Derived {
    let count = |value: Option<i32>, quantifier: Option<Quantifier>, high| {
        value.map(|value| Count { value, quantifier: quantifier.unwrap_or(Quantifier::Exact), high })
    };
    let claims: Vec<Claim> = figures
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
    derive(&claims)
}

/// The columns are the same on movements and returns, and no type says so.
macro_rules! count {
    ($row:ident, $figures:ident) => {{
        let Derived { households, individuals, figure_count } = derived($figures);
        let (households, households_figure) = households.unzip();
        let (individuals, individuals_figure) = individuals.unzip();
        let narrow = |count: i64| i32::try_from(count).ok();
        $row.households = households.and_then(|tally| narrow(tally.value));
        $row.households_low = households.and_then(|tally| narrow(tally.low));
        $row.households_high = households.and_then(|tally| narrow(tally.high));
        $row.households_high_open = households.map(|tally| tally.open);
        $row.individuals = individuals.and_then(|tally| narrow(tally.value));
        $row.individuals_low = individuals.and_then(|tally| narrow(tally.low));
        $row.individuals_high = individuals.and_then(|tally| narrow(tally.high));
        $row.individuals_high_open = individuals.map(|tally| tally.open);
        $row.households_figure = households_figure;
        $row.individuals_figure = individuals_figure;
        $row.figure_count = figure_count;
    }};
}

/// Counts a movement by its figures.
pub(super) fn movement(row: &mut movements::Row, figures: &[figures::Row]) {
    count!(row, figures);
}

/// Counts a return by its figures.
pub(super) fn homecoming(row: &mut returns::Row, figures: &[figures::Row]) {
    count!(row, figures);
}

/// Sums a batch from its movements.
pub(super) fn batch<'a>(row: &mut batches::Row, movements: impl Iterator<Item = &'a movements::Row>) {
    let tally = |value: Option<i32>, low: Option<i32>, high: Option<i32>, open: Option<bool>| {
        let wide = |count: Option<i32>| count.map(i64::from);
        Some(Tally { value: wide(value)?, low: wide(low)?, high: wide(high)?, open: open? })
    };
    let mut sum = Flow::default();
    for row in movements {
        let households = tally(row.households, row.households_low, row.households_high, row.households_high_open);
        let individuals = tally(row.individuals, row.individuals_low, row.individuals_high, row.individuals_high_open);
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
    row.households = households.map(|tally| tally.value);
    row.households_low = households.map(|tally| tally.low);
    row.households_high = households.map(|tally| tally.high);
    row.households_high_open = households.map(|tally| tally.open);
    row.individuals = individuals.map(|tally| tally.value);
    row.individuals_low = individuals.map(|tally| tally.low);
    row.individuals_high = individuals.map(|tally| tally.high);
    row.individuals_high_open = individuals.map(|tally| tally.open);
    row.movement_count = sum.rows;
    row.movements_without_households = sum.without_households;
    row.movements_without_individuals = sum.without_individuals;
}
