//! Movements that another batch seems to record as well.

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
pub type Journey = (i64, i64, NaiveDate, Option<i32>, Option<i32>);

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
            let earlier = known.journeys.get(journey).filter(|(_, batch)| *batch != row.batch_id);
            if let Some(code) = there.as_ref().or(earlier.map(|(code, _)| code)) {
                let message = format!("The movement {code:?} of another batch has the same places, date and counts.");
                warnings.push((*whole, at.clone(), message));
            }
            known.journeys.entry(*journey).or_insert_with(|| (row.code.clone(), row.batch_id));
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
