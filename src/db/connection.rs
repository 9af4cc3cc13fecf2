//! One connection type over both databases. The derive makes one backend of them, so that a query is written once.
#![allow(missing_docs, reason = "the derive makes items without documentation")]

use diesel::{PgConnection, SqliteConnection};

/// A connection to either database.
#[derive(diesel::MultiConnection)]
pub enum Conn {
    /// SQLite, built in.
    Sqlite(SqliteConnection),
    /// PostgreSQL, or an engine that speaks its protocol.
    Pg(PgConnection),
}
