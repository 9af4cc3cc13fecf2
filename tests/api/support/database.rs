//! A database for one test: an SQLite file of its own, or a schema of its own on the PostgreSQL of the test run.

use std::sync::atomic::{AtomicU32, Ordering};

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection, SqliteConnection};

/// Which database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A temporary file.
    Sqlite,
    /// A schema on the server that `TEST_POSTGRES_URL` names.
    Postgres,
}

/// A database that is gone at the end of the test.
pub enum Database {
    /// The folder with the file.
    Sqlite(tempfile::TempDir),
    /// The schema.
    Postgres {
        /// Its name.
        schema: String,
    },
}

/// Where the PostgreSQL of the test run is. A test that could not run on it must not look as if it had passed.
#[expect(clippy::disallowed_methods, reason = "the address of the test server is no setting of the service")]
fn server() -> String {
    std::env::var("TEST_POSTGRES_URL").expect(
        "TEST_POSTGRES_URL is not set, and every test runs on PostgreSQL too: use scripts/test, \
         or scripts/with-postgres cargo test",
    )
}

impl Database {
    /// A new, empty one.
    pub fn create(kind: Kind) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        match kind {
            Kind::Sqlite => Self::Sqlite(tempfile::tempdir().unwrap()),
            Kind::Postgres => {
                let number = NUMBER.fetch_add(1, Ordering::SeqCst);
                let schema = format!("test_{}_{number}", std::process::id());
                let mut server = PgConnection::establish(&server()).expect("the PostgreSQL of the tests answers");
                // A schema that an earlier run left behind, under the same process id, is nobody's any more.
                let sql = format!("DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}");
                server.batch_execute(&sql).unwrap();
                Self::Postgres { schema }
            }
        }
    }

    /// Which database it is.
    #[allow(dead_code, reason = "not every test binary asks")]
    pub fn kind(&self) -> Kind {
        match self {
            Self::Sqlite(_) => Kind::Sqlite,
            Self::Postgres { .. } => Kind::Postgres,
        }
    }

    /// Runs SQL, past the service.
    #[allow(dead_code, reason = "not every test binary does")]
    pub fn execute(&self, sql: &str) {
        match self {
            Self::Sqlite(folder) => {
                let path = folder.path().join("test.db");
                SqliteConnection::establish(path.to_str().unwrap()).unwrap().batch_execute(sql).unwrap();
            }
            Self::Postgres { .. } => PgConnection::establish(&self.url()).unwrap().batch_execute(sql).unwrap(),
        }
    }

    /// Its address, as `DATABASE_URL` would have it.
    pub fn url(&self) -> String {
        match self {
            Self::Sqlite(folder) => format!("sqlite:{}", folder.path().join("test.db").display()),
            Self::Postgres { schema } => {
                format!("{}?application_name={schema}&options=-csearch_path%3D{schema}", server())
            }
        }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Self::Postgres { schema } = self
            && let Ok(mut server) = PgConnection::establish(&server())
        {
            let _ = server.batch_execute(&format!("DROP SCHEMA IF EXISTS {schema} CASCADE"));
        }
    }
}
