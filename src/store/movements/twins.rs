//! Movements that another batch seems to record as well.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::Row;
use crate::db::dialect::Condition;
use crate::error::Error;
use crate::store::Tx;
use crate::store::known::Known;

/// How many journeys are looked for with one statement.
const MANY: usize = 2_000;

/// A movement that was sent, the place of its whole in the request, and where it stands in that.
pub type Sent = (Row, usize, String);

/// What two records of one journey have in common: origin, destination, date, households and individuals.
type Journey = (i64, i64, NaiveDate, Option<i32>, Option<i32>);

/// How many journeys are kept in mind at least: those that were met last.
const KEPT: usize = 200_000;

/// The journeys that bodies record and that are not in the table yet, each with the movement that recorded it first.
///
/// What is only looked at is never written. Of a very large sheet it is forgotten which journeys were met long ago, so that these do not
/// take more memory the longer the sheet is.
#[derive(Default)]
pub struct Journeys {
    newer: HashMap<Journey, Recorded>,
    older: HashMap<Journey, Recorded>,
}

/// The code of a movement, and the key of its batch.
type Recorded = (String, i64);

impl Journeys {
    fn first(&self, journey: &Journey) -> Option<&Recorded> {
        self.newer.get(journey).or_else(|| self.older.get(journey))
    }

    fn add(&mut self, journey: Journey, code: &str, batch: i64) {
        if self.newer.contains_key(&journey) {
            return;
        }
        let first = self.older.remove(&journey).unwrap_or_else(|| (code.to_owned(), batch));
        if self.newer.len() >= KEPT {
            self.older = std::mem::take(&mut self.newer);
        }
        self.newer.insert(journey, first);
    }

    /// Forgets them: they are in the table now.
    pub fn clear(&mut self) {
        self.newer.clear();
        self.older.clear();
    }
}

fn journey(row: &Row) -> Option<Journey> {
    let counted = row.households.or(row.individuals).is_some();
    let date = row.dated_on.filter(|_| row.happened && counted)?;
    Some((row.origin_id, row.destination_id, date, row.households, row.individuals))
}

/// Warnings of movements with the same places, date and counts as one of another batch: which whole, where in it, what.
pub fn twins(tx: &mut Tx, known: &mut Known, sent: &[Sent]) -> Result<Vec<(usize, String, String)>, Error> {
    let sent: Vec<(&Sent, Journey)> = sent.iter().filter_map(|sent| Some((sent, journey(&sent.0)?))).collect();
    let mut warnings = vec![];
    for sent in sent.chunks(MANY) {
        let there = recorded(tx, sent)?;
        for (((row, whole, at), journey), there) in sent.iter().zip(there) {
            let earlier = known.journeys.first(journey).filter(|(_, batch)| *batch != row.batch_id);
            if let Some(code) = there.as_ref().or(earlier.map(|(code, _)| code)) {
                let message = format!("The movement {code:?} of another batch has the same places, date and counts.");
                warnings.push((*whole, at.clone(), message));
            }
            known.journeys.add(*journey, &row.code, row.batch_id);
        }
    }
    Ok(warnings)
}

/// For each journey the code of the movement in the table that first recorded it for another batch, if one did.
///
/// However many record the same, one is looked at: the index `movements_journey` has the columns in this order.
fn recorded(tx: &mut Tx, sent: &[(&Sent, Journey)]) -> Result<Vec<Option<String>>, Error> {
    let of_one = "SELECT column1, (SELECT code FROM movements WHERE happened AND origin_id = column2 AND destination_id = column3 \
        AND dated_on = column4 AND coalesce(households, -1) = column5 AND coalesce(individuals, -1) = column6 \
        AND batch_id <> column7 ORDER BY id LIMIT 1) FROM (VALUES ";
    let mut asked = if sent.len() == 1 { Condition::kept(of_one) } else { Condition::sql(of_one) };
    for (index, ((row, ..), (origin, destination, date, households, individuals))) in (0..).zip(sent) {
        asked = asked.then(if index == 0 { "(" } else { ", (" }).key(index);
        asked = asked.then(", ").key(*origin).then(", ").key(*destination).then(", ").date(*date);
        for count in [households, individuals] {
            asked = asked.then(", ").key(count.map_or(-1, i64::from));
        }
        asked = asked.then(", ").key(row.batch_id).then(")");
    }
    let found = asked.then(") AS sent").answering::<(BigInt, Nullable<Text>)>();
    let mut found: Vec<(i64, Option<String>)> = found.load(tx.conn)?;
    found.sort_unstable_by_key(|(place, _)| *place);
    Ok(found.into_iter().map(|(_, code)| code).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_record_is_kept_and_what_was_long_ago_is_forgotten() {
        let journey = |number: usize| (i64::try_from(number).unwrap(), 0, NaiveDate::MIN, None, Some(1));
        let mut journeys = Journeys::default();
        for number in 0..2 * KEPT {
            journeys.add(journey(number), &number.to_string(), 0);
            journeys.add(journey(number), "again", 1);
        }
        let code = |journeys: &Journeys, number| journeys.first(&journey(number)).map(|(code, _)| code.clone());
        assert_eq!(code(&journeys, 0).as_deref(), Some("0"));
        // It comes again before it would be forgotten, and its first record is still the first.
        journeys.add(journey(0), "again", 1);
        journeys.add(journey(2 * KEPT), "last", 0);
        assert_eq!(code(&journeys, 0).as_deref(), Some("0"));
        assert_eq!(code(&journeys, 1), None);
        assert_eq!(code(&journeys, KEPT), Some(KEPT.to_string()));
        assert_eq!(code(&journeys, 2 * KEPT).as_deref(), Some("last"));
        journeys.clear();
        assert_eq!(code(&journeys, 2 * KEPT), None);
    }
}
