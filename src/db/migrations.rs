//! The migrations of either database: which are missing, and running them.

use diesel::{QueryDsl, RunQueryDsl};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::{Conn, TRIES, begin, finish};
use crate::error::Error;

const SQLITE_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES_MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/postgres");

fn migration_error(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("migrations: {error}"))
}

pub fn newer_schema(version: &str) -> Error {
    Error::Unavailable(format!(
        "the database has migration {version}, which this binary does not know: it was made by a newer homeward"
    ))
}

/// How many migrations are missing, and one that is there and unknown, if any.
///
/// The list is read as it is: the harness of diesel would create its table first, which PostgreSQL refuses in a transaction
/// that only reads.
pub fn unapplied(conn: &mut Conn) -> Result<(usize, Option<String>), Error> {
    fn names<DB: diesel::backend::Backend>(known: EmbeddedMigrations) -> Result<Vec<String>, Error> {
        use diesel::migration::MigrationSource;
        let known = MigrationSource::<DB>::migrations(&known).map_err(migration_error)?;
        Ok(known.iter().map(|migration| migration.name().version().to_string()).collect())
    }
    let known = match conn {
        Conn::Sqlite(_) => names::<diesel::sqlite::Sqlite>(SQLITE_MIGRATIONS)?,
        Conn::Pg(_) => names::<diesel::pg::Pg>(POSTGRES_MIGRATIONS)?,
    };
    let applied: Vec<String> = match applied::table.select(applied::version).load(conn) {
        Ok(applied) => applied,
        // Nobody has ever migrated this database.
        Err(error) if error.to_string().contains("__diesel_schema_migrations") => vec![],
        Err(error) => return Err(error.into()),
    };
    let newer = applied.iter().find(|version| !known.contains(version)).cloned();
    Ok((known.iter().filter(|version| !applied.contains(version)).count(), newer))
}

diesel::table! {
    /// Where diesel keeps the migrations that were run.
    #[sql_name = "__diesel_schema_migrations"]
    applied (version) {
        /// The date of the migration.
        version -> Text,
    }
}

pub fn migrate(conn: &mut Conn) -> Result<(), Error> {
    for attempt in 1.. {
        match unapplied(conn)? {
            (_, Some(newer)) => return Err(newer_schema(&newer)),
            // Whoever has nothing to do waits for no lock, which a busy service may hardly ever leave free.
            (0, None) => return Ok(()),
            _ => {}
        }
        // SQLite: its write lock, for which others wait. PostgreSQL: a table lock and no advisory one, which engines that
        // speak its protocol may not have. Whoever comes second finds nothing to do.
        begin(conn)?;
        let done = run_missing(conn);
        match finish(conn, done) {
            // Two made the table of the lock at once. `IF NOT EXISTS` does not see one that is not committed; from now on it is.
            Err(Error::Taken(_)) if attempt < TRIES => {}
            done => done?,
        }
    }
    Ok(())
}

fn run_missing(conn: &mut Conn) -> Result<(), Error> {
    match conn {
        Conn::Sqlite(conn) => conn.run_pending_migrations(SQLITE_MIGRATIONS).map(|_| ()).map_err(migration_error),
        Conn::Pg(conn) => {
            diesel::sql_query("CREATE TABLE IF NOT EXISTS migration_lock (id INTEGER PRIMARY KEY)").execute(conn)?;
            diesel::sql_query("LOCK TABLE migration_lock IN EXCLUSIVE MODE").execute(conn)?;
            conn.run_pending_migrations(POSTGRES_MIGRATIONS).map(|_| ()).map_err(migration_error)
        }
    }
}

/// Takes every migration back: for tests of the `down.sql` files.
pub fn revert_all(conn: &mut Conn) -> Result<(), Error> {
    match conn {
        Conn::Sqlite(conn) => conn.revert_all_migrations(SQLITE_MIGRATIONS).map(|_| ()),
        Conn::Pg(conn) => conn.revert_all_migrations(POSTGRES_MIGRATIONS).map(|_| ()),
    }
    .map_err(migration_error)
}
