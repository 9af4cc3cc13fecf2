//! The record of Al-Waer, as `homeward demo` serves it.

use crate::db::Db;
use crate::domain::clock::Clock;
use crate::error::Error;

/// Loads the record into an empty database.
pub async fn load(_db: &Db, _clock: &Clock) -> Result<(), Error> {
    Ok(())
}
