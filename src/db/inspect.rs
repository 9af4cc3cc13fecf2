//! What an operator wants to know of a database before anybody else notices.

use chrono::NaiveDateTime;
use diesel::sql_types::{Bool, Nullable, Text, Timestamp};
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
    /// Whether it only replays what another one writes.
    pub is_standby: bool,
}

#[derive(QueryableByName)]
struct Told {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Nullable<Timestamp>)]
    time: Option<NaiveDateTime>,
    #[diesel(sql_type = Nullable<Text>)]
    connections: Option<String>,
    #[diesel(sql_type = Bool)]
    is_standby: bool,
}

impl Db {
    /// Asks the database about itself.
    pub async fn inspect(&self) -> Result<Inspection, Error> {
        self.read(|conn| {
            let told: Told = match conn {
                Conn::Sqlite(conn) => sql_query(
                    "SELECT 'SQLite ' || sqlite_version() AS version, NULL AS time, NULL AS connections, \
                     FALSE AS is_standby",
                )
                .get_result(conn)?,
                Conn::Pg(conn) => sql_query(
                    "SELECT 'PostgreSQL ' || current_setting('server_version') AS version, \
                     clock_timestamp() AT TIME ZONE 'UTC' AS time, current_setting('max_connections') AS connections, \
                     pg_is_in_recovery() AS is_standby",
                )
                .get_result(conn)?,
            };
            let connections = told.connections.and_then(|text| text.parse().ok());
            let Told { version, time, is_standby, .. } = told;
            Ok(Inspection { version, time, connections, is_standby })
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
