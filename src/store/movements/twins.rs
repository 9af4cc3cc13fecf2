//! Movements that another batch seems to record as well.

use std::collections::HashMap;

use chrono::NaiveDate;
use diesel::prelude::*;

use super::Row;
use crate::db::dialect::Condition;
use crate::db::schema::movements;
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
        for ((row, whole, at), journey) in sent {
            let others = there.get(journey).into_iter().flatten().map(|(code, batch)| (code, *batch));
            let earlier = known.journeys.get(journey).map(|(code, batch)| (code, *batch));
            if let Some((code, _)) = others.chain(earlier).find(|(_, batch)| *batch != row.batch_id) {
                let message = format!("The movement {code:?} of another batch has the same places, date and counts.");
                warnings.push((*whole, at.clone(), message));
            }
            known.journeys.entry(*journey).or_insert_with(|| (row.code.clone(), row.batch_id));
        }
    }
    Ok(warnings)
}

/// The movements in the table that record some journeys: code and batch, by code.
fn recorded(tx: &mut Tx, sent: &[(&Sent, Journey)]) -> Result<HashMap<Journey, Vec<(String, i64)>>, Error> {
    type Found = (String, i64, (i64, i64, Option<NaiveDate>), (Option<i32>, Option<i32>));
    let mut journeys = Condition::sql("happened AND (origin_id, destination_id, dated_on) IN (VALUES ");
    for (index, (_, (origin, destination, date, ..))) in sent.iter().enumerate() {
        let begin = if index == 0 { "(" } else { ", (" };
        journeys = journeys.then(begin).key(*origin).then(", ").key(*destination).then(", ").date(*date).then(")");
    }
    let rows: Vec<Found> = movements::table
        .filter(journeys.then(")"))
        .order(movements::code)
        .select((
            movements::code,
            movements::batch_id,
            (movements::origin_id, movements::destination_id, movements::dated_on),
            (movements::households, movements::individuals),
        ))
        .load(tx.conn)?;
    let mut found: HashMap<Journey, Vec<(String, i64)>> = HashMap::new();
    for (code, batch, (origin, destination, date), (households, individuals)) in rows {
        let Some(date) = date else { continue };
        found.entry((origin, destination, date, households, individuals)).or_default().push((code, batch));
    }
    Ok(found)
}
