//! Sheets on their way in.

use std::fs::File;

use super::sheet::Sheet;
use super::table::Content;
use crate::db::Db;
use crate::domain::clock::Clock;
use crate::error::Error;
use crate::store::imports::ImportView;

/// A sheet, and what is to be done with it.
pub struct Order {
    /// Which sheet.
    pub sheet: Sheet,
    /// What the file is said to be.
    pub content: Content,
    /// The file.
    pub file: File,
    /// SHA-256 of the file, in hexadecimal.
    pub fingerprint: String,
    /// Whether it is written, or only tried.
    pub commit: bool,
    /// Whether places that are not there are created.
    pub create_locations: bool,
    /// Whether sources that are not there are created.
    pub create_sources: bool,
}

/// Imports a sheet, or tries to.
pub async fn run(
    _db: &Db,
    _clock: &Clock,
    _by: &str,
    _order: Order,
    _progress: impl Fn(u64) + Send + Sync + 'static,
) -> Result<ImportView, Error> {
    Err(Error::Internal("not yet".to_owned()))
}
