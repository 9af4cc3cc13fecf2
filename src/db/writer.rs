//! The one writer of an SQLite file: a thread that commits the jobs of many requests in one transaction.
//!
//! Each job runs in a savepoint of its own, so that one which fails takes nothing of the others with it, and is
//! answered only after the commit: acknowledged means durable, at a fraction of a disk flush each.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Instant;

use diesel::connection::TransactionManager;
use tokio::sync::{mpsc, oneshot};

use super::pool::Address;
use super::pulse::Meters;
use super::{Conn, Manager, PATIENCE, begin, finish, pool};
use crate::error::Error;

/// Requests that may wait for the writer; more are told to come back later.
const QUEUE: usize = 1024;
/// Jobs that share one commit at the most, so that none waits long for it.
const GROUP: usize = 256;

/// A write, and the request that waits for it.
trait Job: Send {
    /// Whether it may take long, so that no other shares its commit and waits for it without need.
    fn is_long(&self) -> bool;
    /// Whether its request still waits; from here on it does until the end.
    fn begins(&self) -> bool;
    /// Runs in a savepoint. An error means that the whole transaction is gone, and not only this job.
    fn run(&mut self, conn: &mut Conn) -> Result<(), Error>;
    /// Whether the database could not write, which may be different on another connection.
    fn was_refused(&self) -> bool;
    /// Whether it had the transaction for itself, and ended it with an error of its own.
    fn has_failed_alone(&self) -> bool;
    /// Tells the request how it ended, once it is known whether the transaction was committed.
    fn answer(self: Box<Self>, committed: Result<(), &Error>);
}

/// How far a job is: it waits, it runs, or its request has given up before it ran.
const WAITS: u8 = 0;
const RUNS: u8 = 1;
const GIVEN_UP: u8 = 2;

struct Waiting<T, F> {
    is_long: bool,
    progress: Arc<AtomicU8>,
    write: F,
    done: Result<T, Error>,
    answer: oneshot::Sender<Result<T, Error>>,
}

impl<T, F: FnMut(&mut Conn) -> Result<T, Error>> Waiting<T, F> {
    /// A panic in one job must not take the writer, and with it every later write, down.
    fn attempt(&mut self, conn: &mut Conn) -> Result<T, Error> {
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (self.write)(conn)))
            .unwrap_or_else(|_| Err(Error::Internal("a write panicked".to_owned())))
    }
}

impl<T: Send, F: FnMut(&mut Conn) -> Result<T, Error> + Send> Job for Waiting<T, F> {
    fn is_long(&self) -> bool {
        self.is_long
    }

    fn begins(&self) -> bool {
        turn(&self.progress, RUNS)
    }

    fn run(&mut self, conn: &mut Conn) -> Result<(), Error> {
        if self.is_long {
            // It has the transaction for itself. In a savepoint SQLite would keep every page that it changes in memory.
            self.done = self.attempt(conn);
            return self.done.as_ref().map(|_| ()).map_err(Clone::clone);
        }
        Manager::begin_transaction(conn)?;
        self.done = self.attempt(conn);
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

    fn has_failed_alone(&self) -> bool {
        self.is_long && self.done.is_err()
    }

    fn answer(self: Box<Self>, committed: Result<(), &Error>) {
        // What a job itself says is wrong goes before what became of the commit.
        let done = self.done.and_then(|done| committed.map(|()| done).map_err(Error::as_unavailable));
        // Nobody listens any more where the client has gone; what is committed stays.
        let _gone = self.answer.send(done);
    }
}

/// Turns a job that waits into one that runs, or that nobody waits for; whether it was still waiting.
fn turn(progress: &AtomicU8, to: u8) -> bool {
    progress.compare_exchange(WAITS, to, Ordering::AcqRel, Ordering::Acquire).is_ok()
}

#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Box<dyn Job>>,
}

impl Writer {
    pub(super) fn start(url: Address, meters: Arc<Meters>) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        std::thread::spawn(move || run(&url, queue, &meters));
        Self { jobs }
    }

    /// How many writes wait.
    pub(super) fn queued(&self) -> usize {
        self.jobs.max_capacity() - self.jobs.capacity()
    }

    /// Runs a write; one that may take long (`is_long`) in a transaction of its own. Who waits for it in vain gives up.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        is_long: bool,
        write: impl FnMut(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let not_run = Err(Error::Unavailable("the write was not run".to_owned()));
        let progress = Arc::new(AtomicU8::new(WAITS));
        let job = Box::new(Waiting { is_long, progress: progress.clone(), write, done: not_run, answer });
        self.jobs.try_send(job).map_err(|_| Error::Unavailable("too many writes are waiting".to_owned()))?;
        let mut answered = answered;
        if let Ok(answer) = tokio::time::timeout(PATIENCE, &mut answered).await {
            return answer.map_err(|_| Error::Unavailable("the writer has stopped".to_owned()))?;
        }
        if turn(&progress, GIVEN_UP) {
            return Err(Error::Unavailable("another write takes long".to_owned()));
        }
        answered.await.map_err(|_| Error::Unavailable("the writer has stopped".to_owned()))?
    }
}

fn run(url: &Address, mut queue: mpsc::Receiver<Box<dyn Job>>, meters: &Meters) {
    let mut kept = None;
    let mut put_off: Option<Box<dyn Job>> = None;
    while let Some(first) = put_off.take().or_else(|| queue.blocking_recv()) {
        let mut group = vec![first];
        while group.len() < GROUP
            && !group[0].is_long()
            && let Ok(next) = queue.try_recv()
        {
            if next.is_long() {
                put_off = Some(next);
                break;
            }
            group.push(next);
        }
        group.retain(|job| job.begins());
        if group.is_empty() {
            continue;
        }
        let conn = kept.take().map_or_else(|| pool::connect(url), Ok);
        match conn.map_err(|error| Error::Unavailable(format!("cannot open {url} to write: {error}"))) {
            Ok(mut conn) => {
                if commit(&mut conn, group, meters) {
                    kept = Some(conn);
                }
            }
            Err(error) => group.into_iter().for_each(|job| job.answer(Err(&error))),
        }
    }
}

/// Runs the jobs in one transaction and answers them. Gives back whether the connection can be used again: one that was
/// opened while the file could only be read stays like that, even when the file is mended.
fn commit(conn: &mut Conn, mut group: Vec<Box<dyn Job>>, meters: &Meters) -> bool {
    let began = Instant::now();
    let is_long = group.iter().any(|job| job.is_long());
    let done = if is_long { pool::make_room(conn) } else { Ok(()) };
    let done = done.and_then(|()| begin(conn)).and_then(|()| {
        group.iter_mut().try_for_each(|job| job.run(conn))?;
        finish(conn, Ok(()))
    });
    if done.is_ok() {
        meters.committed(group.len(), began.elapsed());
    }
    let alone = group.iter().any(|job| job.has_failed_alone());
    if let Err(error) = &done
        && !alone
    {
        log::error!("cannot write: {error}");
    }
    let ended = done.is_ok() || (alone && Manager::rollback_transaction(conn).is_ok());
    let sound = ended && !group.iter().any(|job| job.was_refused());
    // The waiting are answered first: they need not know of the tidying up.
    for job in group {
        job.answer(done.as_ref().copied());
    }
    sound && (!is_long || pool::tidy_up(conn).is_ok())
}

#[cfg(test)]
mod tests {
    use diesel::connection::SimpleConnection;
    use diesel::sql_types::BigInt;
    use diesel::{QueryableByName, RunQueryDsl, sql_query};

    use super::*;
    use crate::db::{DatabaseUrl, Statements};

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
        (Box::new(Waiting { is_long: false, progress: Arc::default(), write, done: Ok(()), answer }), answered)
    }

    #[test]
    fn a_disk_that_is_full_in_the_middle_commits_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let url = Address {
            url: DatabaseUrl::Sqlite(folder.path().join("a.db")),
            slow_query: None,
            statements: Statements::Prepared,
        };
        let mut conn = pool::connect(&url).unwrap();
        conn.batch_execute("CREATE TABLE notes (bytes BLOB); PRAGMA max_page_count = 20").unwrap();
        let (jobs, answers): (Vec<_>, Vec<_>) = [10, 1_000_000, 10].into_iter().map(note).unzip();
        let meters = Meters::new().unwrap();
        assert!(!commit(&mut conn, jobs, &meters), "the connection has lost its transaction");
        for mut answer in answers {
            assert!(matches!(answer.try_recv(), Ok(Err(Error::Unavailable(text))) if text.contains("full")));
        }
        let mut conn = pool::connect(&url).unwrap();
        assert_eq!(count(&mut conn), 0);
        let (job, mut answer) = note(10);
        assert!(commit(&mut conn, vec![job], &meters));
        assert!(matches!(answer.try_recv(), Ok(Ok(()))));
        assert_eq!(count(&mut conn), 1);
        // What was not kept is not counted.
        assert_eq!((meters.commit.get_sample_count(), meters.group.get_sample_sum()), (1, 1.0));
    }
}
