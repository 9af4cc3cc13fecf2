//! The one database, SQLite or PostgreSQL: connections, transactions, migrations.

mod connection;
pub mod dialect;
pub mod file;
pub mod inspect;
pub mod keys;
mod migrations;
pub mod page;
mod pool;
pub mod pulse;
mod replica;
pub mod schema;
mod server;
mod slow;
pub mod types;
mod writer;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use diesel::RunQueryDsl;
use diesel::connection::{AnsiTransactionManager, TransactionManager};
use diesel::result::{DatabaseErrorKind, Error as DieselError};
use diesel::sql_types::BigInt;

use self::dialect::Condition;
use crate::error::Error;

pub use connection::{Conn, MultiBackend};
pub use migrations::revert_all;
pub use pool::{DatabaseUrl, Statements};
pub use replica::Visit;

/// How long a request may wait for a connection before it is told to come back later.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a transaction is tried again that PostgreSQL gave up for the sake of another.
const TRIES: usize = 10;

/// How a database is used.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Connections at the most.
    pub connections: usize,
    /// After which time PostgreSQL gives a reading statement up. SQLite offers no such thing.
    pub query_timeout: Option<Duration>,
    /// How long a statement takes that is logged.
    pub slow_query: Option<Duration>,
    /// How statements are sent to PostgreSQL.
    pub statements: Statements,
}

impl Options {
    /// So many connections, and nothing else to be said.
    pub fn plain(connections: usize) -> Self {
        Self { connections, query_timeout: None, slow_query: None, statements: Statements::Prepared }
    }
}

/// The backend of [`Conn`]: what boxed queries and expressions name.
pub type Backend = MultiBackend;

/// The pool of connections and, for SQLite, the one writer. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    primary: server::Server,
    /// Where reads go, if there is such a thing.
    replica: Option<replica::Replica>,
    /// As whose visit it is used, unless that is found at the task that runs.
    visit: Option<Arc<Visit>>,
    /// SQLite has one writer at a time, so it is one thread that many requests share.
    writer: Option<writer::Writer>,
    meters: Arc<pulse::Meters>,
}

impl Db {
    /// Opens the database, with one connection made at once, so that a wrong address is said clearly.
    pub fn open(url: &DatabaseUrl, connections: usize) -> Result<Self, Error> {
        Self::open_with(url, &Options::plain(connections))
    }

    /// The same, with all that can be said about it.
    pub fn open_with(url: &DatabaseUrl, options: &Options) -> Result<Self, Error> {
        let url = &pool::Address::new(url, options);
        let meters = Arc::new(pulse::Meters::new()?);
        let first = pool::connect(url).map_err(|error| Error::Unavailable(format!("cannot open {url}: {error}")))?;
        drop(first);
        let writer =
            matches!(url.url, DatabaseUrl::Sqlite(_)).then(|| writer::Writer::start(url.clone(), meters.clone()));
        let primary = server::Server::new(pool::Pool::open(url, options.connections)?, options, meters.clone());
        Ok(Self { primary, replica: None, visit: None, writer, meters })
    }

    /// Runs a job in one transaction: everything that it wrote is durable when this returns `Ok`, else nothing is.
    ///
    /// The job may run more than once, where PostgreSQL gave a transaction up for the sake of another.
    pub async fn write<T: Send + 'static>(
        &self,
        job: impl FnMut(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.write_with(false, job).await
    }

    /// The same for a job that may take long: others wait for it no longer than they have to.
    pub async fn write_long<T: Send + 'static>(
        &self,
        job: impl FnMut(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.write_with(true, job).await
    }

    async fn write_with<T: Send + 'static>(
        &self,
        is_long: bool,
        job: impl FnMut(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        if let Some(writer) = &self.writer {
            return writer.run(is_long, job).await;
        }
        let db = self.clone();
        let mut job = job;
        self.primary
            .on_a_thread(move || {
                let mut last = Error::Unavailable("no connection".to_owned());
                for attempt in 0..TRIES.max(db.primary.size + 1) {
                    let mut conn = db.primary.pool.get()?;
                    // Nothing has been sent yet: a connection that broke while idle is simply replaced.
                    if let Err(error) = begin(&mut conn) {
                        last = error.as_unavailable();
                        continue;
                    }
                    let began = Instant::now();
                    let done = job(&mut conn);
                    let done = finish(&mut conn, done);
                    if done.is_ok() {
                        db.meters.committed(1, began.elapsed());
                    }
                    match done {
                        Err(Error::Unavailable(text)) if text.starts_with(RETRY) && attempt + 1 < TRIES => {
                            last = Error::Unavailable(text);
                        }
                        Err(error) if pool::is_broken(&mut conn) => return Err(error.as_unavailable()),
                        done => return done,
                    }
                }
                Err(last)
            })
            .await
    }

    /// Runs the migrations that are missing, under a lock, so that several instances can start at once.
    pub fn migrate(&self) -> Result<(), Error> {
        let mut conn = self.primary.pool.get()?;
        migrations::migrate(&mut conn)
    }

    /// How many migrations are still to be run. A database that has others than this binary knows is refused.
    pub async fn missing_migrations(&self) -> Result<usize, Error> {
        self.read_newest(|conn| match migrations::unapplied(conn)? {
            (missing, None) => Ok(missing),
            (_, Some(newer)) => Err(migrations::newer_schema(&newer)),
        })
        .await
    }

    /// Checks that the database answers and has just the migrations that this binary knows.
    pub async fn check(&self) -> Result<(), Error> {
        match self.missing_migrations().await? {
            0 => Ok(()),
            _ => Err(Error::Unavailable("the schema is not up to date: run `homeward migrate`".to_owned())),
        }
    }

    /// Copies the database into an empty file, as it is at one moment, if it is SQLite: whether it is. Others read and write meanwhile.
    pub async fn copy_into(&self, path: PathBuf) -> Result<bool, Error> {
        let db = self.clone();
        // In no transaction: this makes its own.
        self.primary
            .on_a_thread(move || match &mut *db.primary.pool.get()? {
                Conn::Sqlite(conn) => file::copy(conn, &path).map(|()| true),
                Conn::Pg(_) => Ok(false),
            })
            .await
    }
}

/// The version of the data: the number of the last entry in the history. It changes whenever anything does.
pub fn data_version(conn: &mut Conn) -> Result<i64, Error> {
    Ok(Condition::kept("SELECT seq FROM data_version").answering::<BigInt>().get_result(conn)?)
}

type Manager = <Conn as diesel::Connection>::TransactionManager;

/// Marks what may succeed when tried again at once.
const RETRY: &str = "conflict";

/// Begins to write. SQLite takes the write lock at once: a transaction that reads first and writes later is refused
/// when another has written in between.
fn begin(conn: &mut Conn) -> Result<(), Error> {
    let begun = match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        Conn::Pg(conn) => AnsiTransactionManager::begin_transaction(conn),
    };
    Ok(begun.inspect_err(|_| pool::give_up(conn))?)
}

fn finish<T>(conn: &mut Conn, done: Result<T, Error>) -> Result<T, Error> {
    match done {
        Ok(value) => {
            Manager::commit_transaction(conn)?;
            Ok(value)
        }
        Err(error) => {
            // The connection is thrown away if even this fails.
            if let Err(failed) = Manager::rollback_transaction(conn) {
                log::debug!("rollback: {failed}");
            }
            Err(error)
        }
    }
}

impl From<DieselError> for Error {
    fn from(error: DieselError) -> Self {
        let text = error.to_string();
        match &error {
            DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Self::Taken("Another row was just given the same unique value.".to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
                Self::InUse("Another row refers to this one, or the one referred to was just deleted.".to_owned())
            }
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => {
                Self::Unavailable(format!("{RETRY}: {text}"))
            }
            DieselError::DatabaseError(_, _) if text.contains("deadlock detected") => {
                Self::Unavailable(format!("{RETRY}: {text}"))
            }
            DieselError::DatabaseError(DatabaseErrorKind::ClosedConnection, _)
            | DieselError::DatabaseError(DatabaseErrorKind::UnableToSendCommand, _)
            | DieselError::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, _)
            | DieselError::BrokenTransactionManager => Self::Unavailable(text),
            DieselError::DatabaseError(_, _) if NOT_OUR_FAULT.iter().any(|part| text.contains(part)) => {
                Self::Unavailable(text)
            }
            DieselError::DatabaseError(_, _) if is_not_migrated(&text) => Self::Unavailable(text),
            _ => Self::Internal(text),
        }
    }
}

/// How SQLite and PostgreSQL say that it is the machine, and neither the caller nor this program.
const NOT_OUR_FAULT: [&str; 12] = [
    "database is locked",
    "database or disk is full",
    "attempt to write a readonly database",
    "unable to open database file",
    "disk I/O error",
    "database disk image is malformed",
    "No space left on device",
    "terminating connection",
    "server closed the connection",
    "the database system is",
    "remaining connection slots",
    "canceling statement",
];

/// How SQLite and PostgreSQL speak of tables that a migration will make.
fn is_not_migrated(text: &str) -> bool {
    text.contains("no such table") || (text.starts_with("relation \"") && text.ends_with("does not exist"))
}
