//! A look at the database itself, beside the service.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};

use super::Database;

/// Somebody who looks into the database while the service runs, and when it does not.
pub struct Probe(Kind);

enum Kind {
    Sqlite { connection: SqliteConnection, file: PathBuf },
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

impl Probe {
    /// Looks into this database, whose schema must be there.
    pub fn of(database: &Database) -> Self {
        Self(match database {
            Database::Sqlite(folder) => {
                let file = folder.path().join("test.db");
                Kind::Sqlite { connection: SqliteConnection::establish(file.to_str().unwrap()).unwrap(), file }
            }
            Database::Postgres { .. } => Kind::Postgres(PgConnection::establish(&database.url()).unwrap()),
        })
    }

    /// How many rows each table has.
    pub fn rows(&mut self) -> BTreeMap<String, i64> {
        let names = match &mut self.0 {
            Kind::Sqlite { connection, .. } => {
                diesel::sql_query("SELECT name FROM sqlite_master WHERE type = 'table'").load::<Name>(connection)
            }
            Kind::Postgres(connection) => {
                let all = "SELECT tablename::text AS name FROM pg_tables WHERE schemaname = current_schema()";
                diesel::sql_query(all).load::<Name>(connection)
            }
        };
        let names = names.unwrap().into_iter().map(|row| row.name);
        names.map(|name| (name.clone(), self.number(&format!("SELECT count(*) AS number FROM \"{name}\"")))).collect()
    }

    fn number(&mut self, sql: &str) -> i64 {
        let query = diesel::sql_query(sql);
        let row: QueryResult<Number> = match &mut self.0 {
            Kind::Sqlite { connection, .. } => query.get_result(connection),
            Kind::Postgres(connection) => query.get_result(connection),
        };
        row.unwrap_or_else(|error| panic!("{sql}: {error}")).number
    }

    /// Whether the service has a transaction open in which it may write, or has written.
    pub fn is_writing(&mut self) -> bool {
        if let Kind::Sqlite { connection, .. } = &mut self.0 {
            let free = connection.batch_execute("BEGIN IMMEDIATE; ROLLBACK");
            return free.is_err_and(|error| error.to_string().contains("locked"));
        }
        let writes = "SELECT count(*) AS number FROM pg_stat_activity \
                      WHERE application_name = current_setting('application_name') AND backend_xid IS NOT NULL";
        self.number(writes) > 0
    }

    /// How many bytes the database has, be they committed or not.
    pub fn size(&mut self) -> u64 {
        match &self.0 {
            Kind::Sqlite { file, .. } => {
                let size = |file: &Path| file.metadata().map_or(0, |file| file.len());
                size(file) + size(&file.with_extension("db-wal"))
            }
            Kind::Postgres(_) => {
                let size = "SELECT coalesce(sum(pg_relation_size(oid)), 0)::bigint AS number FROM pg_class \
                            WHERE relnamespace = current_schema()::regnamespace";
                self.number(size).try_into().unwrap()
            }
        }
    }
}
