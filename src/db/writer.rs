//! The one writer of an SQLite file: a thread that commits the jobs of many requests in one transaction.
//!
//! Each job runs in a savepoint of its own, so that one which fails takes nothing of the others with it, and is
//! answered only after the commit: acknowledged means durable, at a fraction of a disk flush each.

use diesel::connection::TransactionManager;
use tokio::sync::{mpsc, oneshot};

use super::{Conn, DatabaseUrl, Manager, begin, finish, pool};
use crate::error::Error;

/// Requests that may wait for the writer; more are told to come back later.
const QUEUE: usize = 1024;
/// Jobs that share one commit at the most, so that none waits long for it.
const GROUP: usize = 256;

/// A write, and the request that waits for it.
trait Job: Send {
    /// Runs in a savepoint. An error means that the whole transaction is gone, and not only this job.
    fn run(&mut self, conn: &mut Conn) -> Result<(), Error>;
    /// Whether the database could not write, which may be different on another connection.
    fn was_refused(&self) -> bool;
    /// Tells the request how it ended, once it is known whether the transaction was committed.
    fn answer(self: Box<Self>, committed: Result<(), &Error>);
}

struct Waiting<T, F> {
    write: F,
    done: Result<T, Error>,
    answer: oneshot::Sender<Result<T, Error>>,
}

impl<T: Send, F: FnMut(&mut Conn) -> Result<T, Error> + Send> Job for Waiting<T, F> {
    fn run(&mut self, conn: &mut Conn) -> Result<(), Error> {
        Manager::begin_transaction(conn)?;
        // A panic in one job must not take the writer, and with it every later write, down.
        self.done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (self.write)(conn)))
            .unwrap_or_else(|_| Err(Error::Internal("a write panicked".to_owned())));
        let ended = match &self.done {
            Ok(_) => Manager::commit_transaction(conn),
            Err(_) => Manager::rollback_transaction(conn),
        };
        // Where the disk is full in the middle of a statement, SQLite takes back the whole transaction. A job that ran
        // after that would be committed by itself, and told that it was not.
        ended.map_err(|gone| self.done.as_ref().err().map_or_else(|| gone.into(), Error::as_unavailable))
    }

    fn was_refused(&self) -> bool {
        matches!(self.done, Err(Error::Unavailable(_)))
    }

    fn answer(self: Box<Self>, committed: Result<(), &Error>) {
        let done = committed.map_err(Error::as_unavailable).and(self.done);
        // Nobody listens any more where the client has gone; what is committed stays.
        let _gone = self.answer.send(done);
    }
}

#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

impl Writer {
    pub(super) fn start(url: DatabaseUrl) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        std::thread::spawn(move || run(&url, queue));
        Self { jobs }
    }

    pub(super) async fn run<T: Send + 'static>(
        &self,
        write: impl FnMut(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let not_run = Err(Error::Unavailable("the write was not run".to_owned()));
        let job = Box::new(Waiting { write, done: not_run, answer });
        self.jobs.try_send(job).map_err(|_| Error::Unavailable("too many writes are waiting".to_owned()))?;
        answered.await.map_err(|_| Error::Unavailable("the writer has stopped".to_owned()))?
    }
}

fn run(url: &DatabaseUrl, mut queue: mpsc::Receiver<Box<dyn Job>>) {
    let mut kept = None;
    while let Some(first) = queue.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = queue.try_recv()
        {
            group.push(next);
        }
        let conn = kept.take().map_or_else(|| pool::connect(url), Ok);
        match conn.map_err(|error| Error::Unavailable(format!("cannot open {url} to write: {error}"))) {
            Ok(mut conn) => {
                if commit(&mut conn, group) {
                    kept = Some(conn);
                }
            }
            Err(error) => group.into_iter().for_each(|job| job.answer(Err(&error))),
        }
    }
}

/// Runs the jobs in one transaction and answers them. Gives back whether the connection can be used again: one that was
/// opened while the file could only be read stays like that, even when the file is mended.
fn commit(conn: &mut Conn, mut group: Vec<Box<dyn Job>>) -> bool {
    let done = begin(conn).and_then(|()| {
        group.iter_mut().try_for_each(|job| job.run(conn))?;
        finish(conn, Ok(()))
    });
    if let Err(error) = &done {
        log::error!("cannot write: {error}");
    }
    let sound = done.is_ok() && !group.iter().any(|job| job.was_refused());
    for job in group {
        job.answer(done.as_ref().copied());
    }
    sound
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::sql_types::BigInt;
    use diesel::{QueryableByName, RunQueryDsl, sql_query};

    use super::*;

    #[derive(QueryableByName)]
    struct Count {
        #[diesel(sql_type = BigInt)]
        rows: i64,
    }

    fn count(conn: &mut Conn) -> i64 {
        sql_query("SELECT count(*) AS rows FROM notes").get_result::<Count>(conn).unwrap().rows
    }

    /// A job that writes some bytes, and what it is told in the end.
    fn note(bytes: i64) -> (Box<dyn Job>, oneshot::Receiver<Result<(), Error>>) {
        let write = move |conn: &mut Conn| {
            sql_query("INSERT INTO notes VALUES (zeroblob(?))").bind::<BigInt, _>(bytes).execute(conn)?;
            Ok(())
        };
        let (answer, answered) = oneshot::channel();
        (Box::new(Waiting { write, done: Ok(()), answer }), answered)
    }

    #[test]
    fn a_disk_that_is_full_in_the_middle_commits_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("a.db"));
        let mut conn = pool::connect(&url).unwrap();
        conn.batch_execute("CREATE TABLE notes (bytes BLOB); PRAGMA max_page_count = 20").unwrap();
        let (jobs, answers): (Vec<_>, Vec<_>) = [10, 1_000_000, 10].into_iter().map(note).unzip();
        assert!(!commit(&mut conn, jobs), "the connection has lost its transaction");
        for mut answer in answers {
            assert!(matches!(answer.try_recv(), Ok(Err(Error::Unavailable(text))) if text.contains("full")));
        }
        let mut conn = pool::connect(&url).unwrap();
        assert_eq!(count(&mut conn), 0);
        let (job, mut answer) = note(10);
        assert!(commit(&mut conn, vec![job]));
        assert!(matches!(answer.try_recv(), Ok(Ok(()))));
        assert_eq!(count(&mut conn), 1);
    }
}
