//! Every row of every table, from one database into another: for backups, and for whoever grows from SQLite to PostgreSQL or goes
//! back. Keys, codes, revisions and the numbers of the history stay what they are.

mod rows;
#[cfg(test)]
mod tests;

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::dialect::{advance, briefly, clear, waited_in_vain};
use crate::db::schema;
use crate::error::Error;

/// How many rows are read at once, and written.
const MANY: i64 = 500;
/// The same where a row may be large: an answer as large as a batch, the warnings of a whole sheet.
const FEW: i64 = 20;

/// How the rows of a table are copied: it is told of each page how many rows that were.
type Copy = fn(&mut Conn, &mut Conn, &dyn Fn(u64)) -> Result<(), Error>;

/// A table, and how it is copied.
struct Table {
    name: &'static str,
    copy: Copy,
    /// Whether its keys are given by the database.
    numbered: bool,
    has_rows: fn(&mut Conn) -> QueryResult<bool>,
}

macro_rules! table {
    ($name:ident, $numbered:literal) => {
        Table {
            name: stringify!($name),
            copy: rows::$name,
            numbered: $numbered,
            has_rows: |conn| diesel::select(diesel::dsl::exists(schema::$name::table.limit(1))).get_result(conn),
        }
    };
}

/// All of them, each after those that it refers to.
const TABLES: [Table; 14] = [
    table!(data_version, false),
    table!(tokens, true),
    table!(locations, true),
    table!(sources, true),
    table!(agreements, true),
    table!(batches, true),
    table!(movements, true),
    table!(returns, true),
    table!(figures, true),
    table!(writes, true),
    table!(history, false),
    table!(creations, false),
    table!(imports, true),
    table!(answers, true),
];

/// Whether anybody has written anything yet, tokens included.
pub fn is_empty(conn: &mut Conn) -> Result<bool, Error> {
    for table in TABLES.iter().filter(|table| table.name != "data_version") {
        if (table.has_rows)(conn)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Takes every row away; the number of the history goes on from where it is.
pub fn make_room(conn: &mut Conn) -> Result<(), Error> {
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).filter(|name| *name != "data_version").collect();
    match briefly(conn, |conn| clear(conn, &names)) {
        Err(error) if waited_in_vain(&error) => {
            Err(Error::Unavailable("the database is in use: stop the service first".to_owned()))
        }
        done => Ok(done?),
    }
}

/// Copies everything into an empty database, in constant memory. `progress` is told how many rows there are by now.
pub fn copy(from: &mut Conn, to: &mut Conn, progress: &dyn Fn(u64)) -> Result<u64, Error> {
    let copied = std::cell::Cell::new(0);
    for table in &TABLES {
        (table.copy)(from, to, &|rows| {
            copied.set(copied.get() + rows);
            progress(copied.get());
        })?;
    }
    for table in TABLES.iter().filter(|table| table.numbered) {
        advance(to, table.name)?;
    }
    Ok(copied.get())
}
