//! What an operator wants to know of a database before anybody else notices.

use chrono::NaiveDateTime;
use diesel::sql_types::{Nullable, Text, Timestamp};
use diesel::{ExpressionMethods, QueryableByName, RunQueryDsl, sql_query};

use super::schema::data_version;
use super::{Conn, Db};
use crate::error::Error;

/// What a database says of itself.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// Its name and version.
    pub version: String,
    /// Its time, where it has a clock of its own.
    pub time: Option<NaiveDateTime>,
    /// How many connections it takes, where there is such a limit.
    pub connections: Option<usize>,
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Nullable<Timestamp>)]
    time: Option<NaiveDateTime>,
    #[diesel(sql_type = Nullable<Text>)]
    connections: Option<String>,
}

impl Db {
    /// Asks the database about itself.
    pub async fn inspect(&self) -> Result<Inspection, Error> {
        self.read(|conn| {
            let told: Told = match conn {
                Conn::Sqlite(conn) => {
                    sql_query("SELECT 'SQLite ' || sqlite_version() AS version, NULL AS time, NULL AS connections")
                        .get_result(conn)?
                }
                Conn::Pg(conn) => sql_query(
                    "SELECT 'PostgreSQL ' || current_setting('server_version') AS version, \
                     clock_timestamp() AT TIME ZONE 'UTC' AS time, current_setting('max_connections') AS connections",
                )
                .get_result(conn)?,
            };
            let connections = told.connections.and_then(|text| text.parse().ok());
            Ok(Inspection { version: told.version, time: told.time, connections })
        })
        .await
    }

    /// Writes something, and takes it back: whether the database could be written.
    pub async fn rehearse(&self) -> Result<(), Error> {
        let done: Result<(), Error> = self
            .write(|conn| {
                diesel::update(data_version::table).set(data_version::seq.eq(data_version::seq)).execute(conn)?;
                Err(Error::Precondition("taken back".to_owned()))
            })
            .await;
        match done {
            Err(Error::Precondition(_)) | Ok(()) => Ok(()),
            Err(error) => Err(error),
        }
    }
}
