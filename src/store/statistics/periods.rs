//! What periods add to sums: zeros where nothing happened, and running totals.

use std::collections::{BTreeMap, HashMap, HashSet};

use chrono::NaiveDate;

use super::groups::{Cut, Flows, Group};
use super::{Balance, MAX_ROWS};
use crate::domain::period::Unit;
use crate::error::Error;

/// Adds the periods in which nothing happened, from the one of `from` (else the first) to the one of `to` (else the
/// last), to every key. Where the period is the only key (`alone`), that holds even for an answer without rows.
pub(super) fn fill(
    flows: &mut HashMap<Cut, Flows>,
    unit: Unit,
    (from, to): (Option<NaiveDate>, Option<NaiveDate>),
    alone: bool,
) -> Result<(), Error> {
    let there = || flows.keys().filter_map(|cut| cut.period);
    let first = from.map(|day| unit.first(day)).or_else(|| there().min());
    let last = to.map(|day| unit.first(day)).or_else(|| there().max());
    let (Some(first), Some(last)) = (first, last) else { return Ok(()) };
    let mut keys: HashSet<Cut> = flows.keys().map(|cut| Cut { period: None, ..*cut }).collect();
    if alone {
        keys.insert(Cut::default());
    }
    let periods: Vec<NaiveDate> =
        std::iter::successors(Some(first), |period| Some(unit.next(*period))).take_while(|one| *one <= last).collect();
    // Counted before they are made.
    if periods.len().saturating_mul(keys.len()) > MAX_ROWS {
        return Err(Error::TooManyRows(MAX_ROWS));
    }
    for key in keys {
        for period in &periods {
            flows.entry(Cut { period: Some(*period), ..key }).or_default();
        }
    }
    if flows.len() > MAX_ROWS { Err(Error::TooManyRows(MAX_ROWS)) } else { Ok(()) }
}

/// The running totals of every key, from the period of the last day of its first event to the one that holds `as_of`,
/// where the last is cut.
pub(super) fn cumulate(
    groups: HashMap<Cut, Group>,
    unit: Unit,
    as_of: NaiveDate,
) -> Result<Vec<(Cut, Balance)>, Error> {
    let mut keys: HashMap<Cut, BTreeMap<NaiveDate, Flows>> = HashMap::new();
    for (cut, group) in groups {
        // Every row that is counted has ended, so each group has a period.
        let Some(period) = cut.period else { continue };
        *keys.entry(Cut { period: None, ..cut }).or_default().entry(period).or_default() += group.flows;
    }
    let mut rows = vec![];
    for (key, events) in keys {
        let Some(mut period) = events.keys().next().copied() else { continue };
        let mut total = Flows::default();
        while period <= as_of {
            if let Some(flows) = events.get(&period) {
                total += *flows;
            }
            if rows.len() == MAX_ROWS {
                return Err(Error::TooManyRows(MAX_ROWS));
            }
            let cut = Cut { period: Some(period), ..key };
            rows.push((cut, Balance { as_of: Some(unit.last(period).min(as_of)), flows: total }));
            period = unit.next(period);
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::period::parse_date;
    use crate::domain::tally::{Flow, Tally};

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    fn cut(destination: i64, period: &str) -> Cut {
        Cut {
            destination: Some(destination),
            period: Some(period).filter(|text| !text.is_empty()).map(day),
            ..Cut::default()
        }
    }

    fn people(value: i64) -> Flows {
        let individuals = Tally { value, low: value, high: value, open: false };
        Flows { displaced: Flow { rows: 1, without_households: 1, individuals, ..Flow::default() }, ..Flows::default() }
    }

    fn unknown() -> Flows {
        let displaced = Flow { rows: 1, without_households: 1, without_individuals: 1, ..Flow::default() };
        Flows { displaced, ..Flows::default() }
    }

    fn filled(flows: &[(Cut, Flows)], from: &str, to: &str, alone: bool) -> Vec<(Option<i64>, String, Option<i64>)> {
        let mut flows: HashMap<Cut, Flows> = flows.iter().copied().collect();
        fill(&mut flows, Unit::Month, (parse_date(from), parse_date(to)), alone).unwrap();
        let mut rows: Vec<_> = flows.into_iter().collect();
        rows.sort_by_key(|(cut, _)| (cut.destination, cut.period.is_none(), cut.period));
        let label = |cut: &Cut| cut.period.map(|period| Unit::Month.label(period)).unwrap_or_default();
        let value = |flows: &Flows| flows.displaced.known_individuals().map(|tally| tally.value);
        rows.iter().map(|(cut, flows)| (cut.destination, label(cut), value(flows))).collect()
    }

    fn row(destination: i64, period: &str, value: i64) -> (Option<i64>, String, Option<i64>) {
        (Some(destination), period.to_owned(), Some(value))
    }

    #[test]
    fn every_key_gets_the_periods_from_the_first_to_the_last() {
        let flows = [(cut(1, "2017-03-01"), people(5)), (cut(2, "2017-05-01"), people(7)), (cut(2, ""), people(9))];
        let expected = [
            row(1, "2017-03", 5),
            row(1, "2017-04", 0),
            row(1, "2017-05", 0),
            row(2, "2017-03", 0),
            row(2, "2017-04", 0),
            row(2, "2017-05", 7),
            row(2, "", 9),
        ];
        assert_eq!(filled(&flows, "", "", false), expected);
    }

    #[test]
    fn from_and_to_reach_over_what_there_is_by_whole_periods() {
        let flows = [(cut(1, "2017-03-01"), people(5))];
        let expected = [row(1, "2017-02", 0), row(1, "2017-03", 5), row(1, "2017-04", 0)];
        assert_eq!(filled(&flows, "2017-02-14", "2017-04-01", false), expected);
    }

    #[test]
    fn without_any_row_only_the_total_has_periods_and_only_between_two_ends() {
        let none = |period: &str| (None, period.to_owned(), Some(0));
        assert_eq!(filled(&[], "2017-02-14", "2017-03-01", true), [none("2017-02"), none("2017-03")]);
        assert_eq!(filled(&[], "2017-02-14", "2017-03-01", false), []);
        assert_eq!(filled(&[], "2017-02-14", "", true), []);
        assert_eq!(filled(&[], "2017-04-01", "2017-03-01", true), []);
    }

    #[test]
    fn more_periods_than_anybody_reads_are_refused_before_they_are_made() {
        let mut flows: HashMap<Cut, Flows> = (0..20).map(|at| (cut(at, "2017-03-01"), people(1))).collect();
        let asked = (Some(day("1900-01-01")), Some(day("2199-12-31")));
        assert!(matches!(fill(&mut flows, Unit::Day, asked, false), Err(Error::TooManyRows(MAX_ROWS))));
        assert_eq!(flows.len(), 20);
    }

    fn totals(groups: &[(Cut, Flows)], unit: Unit, as_of: &str) -> Vec<(Option<i64>, String, String, Option<i64>)> {
        let groups = groups.iter().map(|(cut, flows)| (*cut, Group { flows: *flows, ..Group::default() })).collect();
        let mut rows = cumulate(groups, unit, day(as_of)).unwrap();
        rows.sort_by_key(|(cut, _)| (cut.destination, cut.period));
        rows.iter()
            .map(|(cut, balance)| {
                let value = balance.flows.displaced.known_individuals().map(|tally| tally.value);
                let period = cut.period.map(|period| unit.label(period)).unwrap_or_default();
                (cut.destination, period, balance.as_of.unwrap().to_string(), value)
            })
            .collect()
    }

    #[test]
    fn every_key_runs_from_its_first_event_to_the_day_of_the_balance() {
        let groups =
            [(cut(1, "2017-03-01"), people(5)), (cut(1, "2017-05-01"), people(2)), (cut(2, "2017-04-01"), people(7))];
        let total =
            |key, period: &str, as_of: &str, value| (Some(key), period.to_owned(), as_of.to_owned(), Some(value));
        let expected = [
            total(1, "2017-03", "2017-03-31", 5),
            total(1, "2017-04", "2017-04-30", 5),
            total(1, "2017-05", "2017-05-20", 7),
            total(2, "2017-04", "2017-04-30", 7),
            total(2, "2017-05", "2017-05-20", 7),
        ];
        assert_eq!(totals(&groups, Unit::Month, "2017-05-20"), expected);
    }

    #[test]
    fn a_total_is_unknown_until_somebody_knows_something() {
        let groups = [(cut(1, "2017-03-01"), unknown()), (cut(1, "2017-04-01"), people(2))];
        let values: Vec<_> = totals(&groups, Unit::Month, "2017-04-30").into_iter().map(|row| row.3).collect();
        assert_eq!(values, [None, Some(2)]);
        assert_eq!(totals(&[], Unit::Month, "2017-04-30"), []);
    }
}
