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

/// Runs in the transaction; gives back what tells the waiting request, once it is known whether it was committed.
type Job = Box<dyn FnOnce(&mut Conn) -> Answer + Send>;
type Answer = Box<dyn FnOnce(Result<(), &Error>) + Send>;

#[derive(Clone)]
pub(super) struct Writer {
    jobs: mpsc::Sender<Job>,
}

impl Writer {
    pub(super) fn start(url: DatabaseUrl) -> Self {
        let (jobs, queue) = mpsc::channel(QUEUE);
        std::thread::spawn(move || run(&url, queue));
        Self { jobs }
    }

    pub(super) async fn run<T: Send + 'static>(
        &self,
        mut job: impl FnMut(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |conn| {
            let done = in_savepoint(conn, &mut job);
            Box::new(move |committed| {
                let done = committed.map_err(|error| Error::Unavailable(error.to_string())).and(done);
                // Nobody listens any more where the client has gone; what is committed stays.
                let _gone = answer.send(done);
            })
        });
        self.jobs.try_send(job).map_err(|_| Error::Unavailable("too many writes are waiting".to_owned()))?;
        answered.await.map_err(|_| Error::Unavailable("the writer has stopped".to_owned()))?
    }
}

fn in_savepoint<T>(conn: &mut Conn, job: &mut impl FnMut(&mut Conn) -> Result<T, Error>) -> Result<T, Error> {
    Manager::begin_transaction(conn)?;
    // A panic in one job must not take the writer, and with it every later write, down.
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| job(conn)))
        .unwrap_or_else(|_| Err(Error::Internal("a write panicked".to_owned())));
    finish(conn, done)
}

fn run(url: &DatabaseUrl, mut queue: mpsc::Receiver<Job>) {
    let mut kept = None;
    while let Some(first) = queue.blocking_recv() {
        let mut group = vec![first];
        while group.len() < GROUP
            && let Ok(next) = queue.try_recv()
        {
            group.push(next);
        }
        let conn = kept.take().map_or_else(|| pool::connect(url), Ok);
        match conn.map_err(|error| Error::Unavailable(error.to_string())) {
            Ok(mut conn) => {
                commit(&mut conn, group);
                kept = (!pool::is_broken(&mut conn)).then_some(conn);
            }
            // Dropping the jobs answers them: their requests hear that the writer is gone.
            Err(error) => log::error!("cannot open {url} to write: {error}"),
        }
    }
}

fn commit(conn: &mut Conn, group: Vec<Job>) {
    let mut answers = Vec::with_capacity(group.len());
    let done = begin(conn).and_then(|()| {
        answers.extend(group.into_iter().map(|job| job(conn)));
        finish(conn, Ok(()))
    });
    if let Err(error) = &done {
        log::error!("cannot write: {error}");
        // A commit that failed (the disk is full) leaves the transaction open.
        if let Err(failed) = Manager::rollback_transaction(conn) {
            log::debug!("rollback: {failed}");
        }
    }
    for answer in answers {
        answer(done.as_ref().copied());
    }
}
