//! One server, or one SQLite file: its connections, who waits for them, and jobs that read there.

use std::sync::Arc;
use std::time::Duration;

use diesel::connection::AnsiTransactionManager;
use diesel::r2d2::R2D2Connection;
use tokio::sync::Semaphore;

use super::pulse::Meters;
use super::{Conn, Options, PATIENCE, finish, pool};
use crate::error::Error;

/// Where jobs get their connections. Cheap to clone.
#[derive(Clone)]
pub(super) struct Server {
    pub pool: pool::Pool,
    /// Waiting requests wait here, and not on threads.
    pub permits: Arc<Semaphore>,
    pub size: usize,
    /// How a transaction begins on PostgreSQL that only reads.
    begin_read: Arc<str>,
    meters: Arc<Meters>,
}

impl Server {
    pub(super) fn new(pool: pool::Pool, options: &Options, meters: Arc<Meters>) -> Self {
        let size = options.connections;
        let begin_read = begin_read(options.query_timeout).into();
        Self { pool, permits: Arc::new(Semaphore::new(size)), size, begin_read, meters }
    }

    /// Runs a job that only reads, in a way (`how`) and on one consistent state of the data, and gives the job back.
    ///
    /// A connection that broke while idle (the server was restarted) is replaced, and the job tried again.
    pub(super) async fn read<T: Send + 'static, J: Send + 'static>(
        &self,
        job: J,
        how: impl Fn(&mut Conn, &J) -> Result<T, Error> + Send + 'static,
    ) -> Result<(Result<T, Error>, J), Error> {
        let begin_read = self.begin_read.clone();
        self.with_job(job, move |conn, job| snapshot(conn, &begin_read, &|conn| how(conn, job))).await
    }

    /// The same for a job of one short statement, which needs no transaction around it: one round trip to a server instead of three.
    pub(super) async fn ask<T: Send + 'static, J: Send + 'static>(
        &self,
        job: J,
        how: impl Fn(&mut Conn, &J) -> Result<T, Error> + Send + 'static,
    ) -> Result<(Result<T, Error>, J), Error> {
        self.with_job(job, move |conn, job| {
            let done = how(conn, job);
            // What failed may be the statement or the connection, and no transaction that could not begin tells which.
            if matches!(done, Err(Error::Unavailable(_))) && conn.ping().is_err() {
                pool::give_up(conn);
            }
            done
        })
        .await
    }

    /// Runs a job on a thread, and on another connection where one turns out to be broken.
    async fn with_job<T: Send + 'static, J: Send + 'static>(
        &self,
        job: J,
        how: impl Fn(&mut Conn, &J) -> Result<T, Error> + Send + 'static,
    ) -> Result<(Result<T, Error>, J), Error> {
        let server = self.clone();
        self.on_a_thread(move || {
            let done = server.on_a_connection(&|conn| how(conn, &job));
            Ok((done, job))
        })
        .await
    }

    fn on_a_connection<T>(&self, how: &impl Fn(&mut Conn) -> Result<T, Error>) -> Result<T, Error> {
        let mut last = Error::Unavailable("no connection".to_owned());
        for _ in 0..=self.size {
            let mut conn = self.pool.get()?;
            match how(&mut conn) {
                Err(error) if pool::is_broken(&mut conn) => last = error.as_unavailable(),
                done => return done,
            }
        }
        Err(last)
    }

    /// Runs a job of one short statement on the thread that asks, if a connection is free: handing it to another would take several times as
    /// long. A connection that broke is left to whoever waits for one.
    pub(super) fn read_at_once<T>(&self, job: &impl Fn(&mut Conn) -> Result<T, Error>) -> Option<Result<T, Error>> {
        let _permit = self.permits.try_acquire().ok()?;
        let mut conn = self.pool.try_get()?;
        let done = job(&mut conn);
        if pool::is_broken(&mut conn) { None } else { Some(done) }
    }

    pub(super) async fn on_a_thread<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let waiting = self.meters.wait();
        let permit = tokio::time::timeout(PATIENCE, self.permits.clone().acquire_owned());
        let Ok(Ok(permit)) = permit.await else {
            return Err(Error::Unavailable("every connection is busy".to_owned()));
        };
        drop(waiting);
        let done = tokio::task::spawn_blocking(move || {
            let done = job();
            drop(permit);
            done
        });
        done.await.map_err(|error| Error::Internal(error.to_string()))?
    }
}

/// How a transaction begins on PostgreSQL that only reads, in one message: a statement that takes too long is given up there
/// even where nobody waits for it any more. `LOCAL`, because the next transaction on the server's connection may be another's.
fn begin_read(timeout: Option<Duration>) -> String {
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
    match timeout {
        Some(timeout) => format!("{begin}; SET LOCAL statement_timeout = {}", timeout.as_millis()),
        None => begin.to_owned(),
    }
}

/// One read-only transaction, so that the statements of one answer see one state of the data.
fn snapshot<T>(conn: &mut Conn, begin_read: &str, job: &impl Fn(&mut Conn) -> Result<T, Error>) -> Result<T, Error> {
    let begun = match conn {
        Conn::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN DEFERRED"),
        Conn::Pg(conn) => AnsiTransactionManager::begin_transaction_sql(conn, begin_read),
    };
    begun.inspect_err(|_| pool::give_up(conn))?;
    let done = job(conn);
    finish(conn, done)
}
