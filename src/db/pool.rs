//! Connections by the scheme of their address, and the pool of them.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use diesel::connection::{CacheSize, SimpleConnection};
use diesel::r2d2::{self, ManageConnection, R2D2Connection};
use diesel::{Connection as _, ConnectionError, PgConnection, SqliteConnection};

use super::slow::SlowLog;
use super::{Conn, Options};
use crate::error::Error;

/// Where the data are. Shown without its password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// The path of an SQLite file, made where it is missing.
    Sqlite(PathBuf),
    /// The whole address of a PostgreSQL database.
    Postgres(String),
}

impl FromStr for DatabaseUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Some(path) = text.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path {
                "" => Err("`sqlite:` needs a path: sqlite:homeward.db".to_owned()),
                ":memory:" => Err("an SQLite database in memory is lost at the end: name a file".to_owned()),
                path => Ok(Self::Sqlite(PathBuf::from(path))),
            };
        }
        if text.starts_with("postgres://") || text.starts_with("postgresql://") {
            return Ok(Self::Postgres(text.to_owned()));
        }
        // Never the text itself: a mistyped address holds a password all the same.
        Err("the address must begin with sqlite:, postgres:// or postgresql://".to_owned())
    }
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "sqlite:{}", path.display()),
            Self::Postgres(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("postgres", ""));
                let rest = rest.split(['?', '#']).next().unwrap_or_default();
                let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
                write!(f, "{scheme}://{place}")
            }
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Where the data are, and what is said about the statements there.
#[derive(Clone)]
pub(super) struct Address {
    /// Where.
    pub url: DatabaseUrl,
    /// How long a statement takes that is logged.
    pub slow_query: Option<Duration>,
    /// How statements are sent to PostgreSQL.
    pub statements: Statements,
}

impl Address {
    pub(super) fn new(url: &DatabaseUrl, options: &Options) -> Self {
        Self { url: url.clone(), slow_query: options.slow_query, statements: options.statements }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.url.fmt(f)
    }
}

/// FULL: what was answered with 201 is on the disk. The writer thread commits many requests at once.
const SQLITE_SETTINGS: &str = "PRAGMA busy_timeout = 5000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
     PRAGMA foreign_keys = ON; PRAGMA cache_size = -16000; PRAGMA journal_size_limit = 67108864; \
     PRAGMA temp_store = MEMORY; PRAGMA secure_delete = FAST;";

/// How statements are sent to PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Statements {
    /// They are prepared once on each connection, and used again.
    Prepared,
    /// They are prepared each time without a name, and forgotten: for whom a connection is another one after each transaction.
    Forgotten,
}

/// Makes room for a write of many pages: what does not fit is written before the commit, and read again when it is changed again. What is
/// sorted for an index may be larger than memory.
pub(super) fn make_room(conn: &mut Conn) -> Result<(), Error> {
    Ok(conn.batch_execute("PRAGMA cache_size = -65536; PRAGMA temp_store = FILE")?)
}

/// Gives back the memory that a long write took, and the room that it took beside the file. Readers that are still at it keep some of that.
pub(super) fn tidy_up(conn: &mut Conn) -> Result<(), Error> {
    let small = "PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY; PRAGMA shrink_memory";
    Ok(conn.batch_execute(&format!("{small}; PRAGMA wal_checkpoint(TRUNCATE)"))?)
}

pub(super) fn connect(address: &Address) -> Result<Conn, ConnectionError> {
    let mut conn = establish(&address.url, address.statements)?;
    if let Some(limit) = address.slow_query {
        conn.set_instrumentation(SlowLog::new(limit));
    }
    Ok(conn)
}

fn establish(url: &DatabaseUrl, statements: Statements) -> Result<Conn, ConnectionError> {
    match url {
        DatabaseUrl::Sqlite(path) => {
            let mut conn = SqliteConnection::establish(&path.to_string_lossy())?;
            conn.batch_execute(SQLITE_SETTINGS).map_err(ConnectionError::CouldntSetupConfiguration)?;
            Ok(Conn::Sqlite(conn))
        }
        DatabaseUrl::Postgres(url) => {
            let mut conn = PgConnection::establish(url)?;
            if statements == Statements::Forgotten {
                conn.set_prepared_statement_cache_size(CacheSize::Disabled);
            }
            Ok(Conn::Pg(conn))
        }
    }
}

/// How long to wait for a connection.
const PATIENCE: Duration = Duration::from_secs(3);
/// How often whoever waits for a connection looks whether the server has gone meanwhile.
const LOOK: Duration = Duration::from_millis(200);

/// The connections that are open. Cheap to clone.
#[derive(Clone)]
pub(super) struct Pool {
    connections: r2d2::Pool<Manager>,
    away: Arc<AtomicBool>,
}

impl Pool {
    pub(super) fn open(url: &Address, size: usize) -> Result<Self, Error> {
        let away = Arc::new(AtomicBool::new(false));
        let connections = Self::builder(size).build(Manager { url: url.clone(), away: away.clone() });
        let connections = connections.map_err(|error| Error::Unavailable(format!("cannot open {url}: {error}")))?;
        Ok(Self { connections, away })
    }

    /// The same where nobody waits for the first connection: it may take until later.
    pub(super) fn open_later(url: &Address, size: usize) -> Self {
        let away = Arc::new(AtomicBool::new(false));
        let connections = Self::builder(size).build_unchecked(Manager { url: url.clone(), away: away.clone() });
        Self { connections, away }
    }

    fn builder(size: usize) -> r2d2::Builder<Manager> {
        r2d2::Pool::builder()
            .max_size(u32::try_from(size).unwrap_or(u32::MAX))
            .min_idle(Some(1))
            .connection_timeout(PATIENCE)
            // A check before each use would cost a quarter of the throughput; `Server::read` replaces broken ones instead.
            .test_on_check_out(false)
            // The manager has logged it.
            .error_handler(Box::new(r2d2::NopErrorHandler))
    }

    /// How many connections are open, and how many of them nobody uses.
    pub(super) fn state(&self) -> (usize, usize) {
        let state = self.connections.state();
        (state.connections as usize, state.idle_connections as usize)
    }

    /// A connection, if one is open and free.
    pub(super) fn try_get(&self) -> Option<r2d2::PooledConnection<Manager>> {
        self.connections.try_get()
    }

    /// A connection. Nobody waits for one while the server is away: the pool goes on trying by itself, about every
    /// second, and the first connection that it makes ends that.
    pub(super) fn get(&self) -> Result<r2d2::PooledConnection<Manager>, Error> {
        let began = Instant::now();
        loop {
            if self.away.load(Ordering::SeqCst) && self.connections.state().connections == 0 {
                return Err(Error::Unavailable("no connection can be made".to_owned()));
            }
            match self.connections.get_timeout(LOOK) {
                Ok(conn) => return Ok(conn),
                Err(error) if began.elapsed() >= PATIENCE => return Err(Error::Unavailable(error.to_string())),
                Err(_) => {}
            }
        }
    }
}

pub(super) struct Manager {
    url: Address,
    /// Whether the last attempt to connect failed.
    away: Arc<AtomicBool>,
}

impl ManageConnection for Manager {
    type Connection = Conn;
    type Error = r2d2::Error;

    fn connect(&self) -> Result<Conn, r2d2::Error> {
        let made = connect(&self.url);
        match (&made, self.away.swap(made.is_err(), Ordering::SeqCst)) {
            (Err(error), false) => log::warn!("cannot connect to {}: {:?}", self.url, error.to_string()),
            (Ok(_), true) => log::info!("connected to {} again", self.url),
            _ => {}
        }
        made.map_err(r2d2::Error::ConnectionError)
    }

    fn is_valid(&self, conn: &mut Conn) -> Result<(), r2d2::Error> {
        conn.ping().map_err(r2d2::Error::QueryError)
    }

    fn has_broken(&self, conn: &mut Conn) -> bool {
        is_broken(conn)
    }
}

pub(super) fn is_broken(conn: &mut Conn) -> bool {
    use diesel::connection::TransactionManager;
    type Transactions = <Conn as diesel::Connection>::TransactionManager;
    Transactions::is_broken_transaction_manager(conn) || conn.is_broken()
}

/// Lets go of a connection that cannot even begin a transaction: it counts as broken from here.
///
/// Where a PostgreSQL server crashed, libpq takes the connection for sound until its second failure.
pub(super) fn give_up(conn: &mut Conn) {
    use diesel::connection::TransactionManager;
    type Transactions = <Conn as diesel::Connection>::TransactionManager;
    Transactions::transaction_manager_status_mut(conn).set_in_error();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scheme_chooses_the_database_and_a_typo_makes_no_file() {
        assert_eq!("sqlite:a.db".parse(), Ok(DatabaseUrl::Sqlite("a.db".into())));
        assert_eq!("sqlite:///tmp/a.db".parse(), Ok(DatabaseUrl::Sqlite("/tmp/a.db".into())));
        for wrong in ["postgress://x:secret@y", "a.db", "", "sqlite:", "sqlite::memory:"] {
            let error = wrong.parse::<DatabaseUrl>().unwrap_err();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_password_is_never_shown() {
        let url: DatabaseUrl = "postgres://ada:secret@db.example/homeward?password=hidden".parse().unwrap();
        assert_eq!(url.to_string(), "postgres://db.example/homeward");
    }
}
