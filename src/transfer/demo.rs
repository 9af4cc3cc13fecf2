//! The Al-Waer record, as `homeward demo` serves it: the sheets in `examples/al-waer`, written as clients would.

use std::io::Write;

use serde_json::Value;

use super::intake::{Content, CreateMissing, Reader, Subject, Unit};
use super::report::Report;
use super::sheet::Sheet;
use crate::db::Db;
use crate::domain::clock::Clock;
use crate::error::Error;
use crate::store::{
    self, Agreements, Batches, Figures, Locations, Precondition, Returns, Rows, Sources, Tx, gazetteer,
};

/// The sheets, in the order in which each finds what it refers to.
const SHEETS: [(Sheet, &str); 5] = [
    (Sheet::Locations, include_str!("../../examples/al-waer/locations.csv")),
    (Sheet::Sources, include_str!("../../examples/al-waer/sources.csv")),
    (Sheet::Agreements, include_str!("../../examples/al-waer/agreements.csv")),
    (Sheet::Movements, include_str!("../../examples/al-waer/movements.csv")),
    (Sheet::Returns, include_str!("../../examples/al-waer/returns.csv")),
];

/// Loads the record, in one transaction.
pub async fn load(db: &Db, clock: &Clock) -> Result<(), Error> {
    store::write(db, clock, "demo", |tx| SHEETS.iter().try_for_each(|(sheet, text)| write(tx, *sheet, text))).await
}

/// Writes what a sheet comes to.
fn write(tx: &mut Tx, sheet: Sheet, text: &str) -> Result<(), Error> {
    let wrong = |what: String| Error::Internal(format!("the record of Al-Waer: {}: {what}", sheet.word()));
    let mut file = tempfile::tempfile().map_err(|error| wrong(error.to_string()))?;
    file.write_all(text.as_bytes()).map_err(|error| wrong(error.to_string()))?;
    let gazetteer = gazetteer::load(tx.conn)?;
    let mut report = Report::default();
    if let Some(mut reader) = Reader::open(sheet, file, Content::Csv, &mut report)? {
        let mut units = reader.units(&gazetteer, CreateMissing::default())?;
        while let Some(unit) = units.next(&mut report)? {
            put(tx, unit)?;
        }
    }
    if report.is_clean() { Ok(()) } else { Err(wrong(format!("{:?}", report.errors))) }
}

/// Writes a unit at the path of its code, and what is published about it as a whole.
fn put(tx: &mut Tx, mut unit: Unit) -> Result<(), Error> {
    let mut published = Value::Null;
    if let (Subject::Batch | Subject::Published, Some(body)) = (unit.subject, unit.body.as_object_mut()) {
        published = body.shift_remove("figures").unwrap_or_default();
    }
    let (code, body, condition) = (&unit.code, &unit.body, &Precondition::default());
    match unit.subject {
        Subject::Location => drop(Locations::replace(tx, code, body, condition)?),
        Subject::Source => drop(Sources::replace(tx, code, body, condition)?),
        Subject::Agreement => drop(Agreements::replace(tx, code, body, condition)?),
        Subject::Batch => drop(Batches::replace(tx, code, body, condition)?),
        Subject::Return => drop(Returns::replace(tx, code, body, condition)?),
        Subject::Published => {}
    }
    let of = if unit.subject == Subject::Batch { "batch" } else { "agreement" };
    for figure in published.as_array_mut().into_iter().flatten() {
        figure[of] = code.as_str().into();
        Figures::create(tx, figure)?;
    }
    Ok(())
}
