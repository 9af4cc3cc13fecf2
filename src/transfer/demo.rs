//! The Al-Waer record, as `homeward demo` serves it: the sheets in `examples/al-waer`, imported like anybody's.

use std::io::{Seek, Write};

use super::import::{self, Order, fingerprint};
use super::intake::{Content, CreateMissing};
use super::sheet::Sheet;
use crate::db::Db;
use crate::domain::clock::Clock;
use crate::error::Error;

/// The sheets, in the order in which each finds what it refers to.
const SHEETS: [(Sheet, &str); 5] = [
    (Sheet::Locations, include_str!("../../examples/al-waer/locations.csv")),
    (Sheet::Sources, include_str!("../../examples/al-waer/sources.csv")),
    (Sheet::Agreements, include_str!("../../examples/al-waer/agreements.csv")),
    (Sheet::Movements, include_str!("../../examples/al-waer/movements.csv")),
    (Sheet::Returns, include_str!("../../examples/al-waer/returns.csv")),
];

/// Imports the record.
pub async fn load(db: &Db, clock: &Clock) -> Result<(), Error> {
    for (sheet, text) in SHEETS {
        let wrong = |error: std::io::Error| Error::Unavailable(format!("no temporary file: {error}"));
        let mut file = tempfile::tempfile().map_err(wrong)?;
        file.write_all(text.as_bytes()).and_then(|()| file.rewind()).map_err(wrong)?;
        let fingerprint = fingerprint(text.as_bytes()).map_err(wrong)?;
        let (content, create) = (Content::Csv, CreateMissing::default());
        let order = Order { sheet, content, file, fingerprint, commit: true, create };
        import::run(db, clock, "demo", order, |_, _| {}, |tx, import| import(tx)).await?;
    }
    Ok(())
}
