//! A streaming replica that reads go to, and what a request needs of it: no answer is older than what its caller has seen.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use super::server::Server;
use super::{Conn, DatabaseUrl, Db, Options, data_version, migrations, pool};
use crate::error::Error;

/// What nobody but the primary has reached for certain.
const NEWEST: i64 = i64::MAX;
/// What was not seen yet.
const NOTHING: i64 = -1;

/// What one request needs of the data, and what it has seen of them.
///
/// Whoever runs inside [`Visit::run`] reads accordingly, without knowing of it.
#[derive(Debug)]
pub struct Visit {
    /// The version that a read must have reached.
    needed: AtomicI64,
    /// The version that was read last, or written.
    seen: AtomicI64,
}

impl Default for Visit {
    fn default() -> Self {
        Self { needed: AtomicI64::new(0), seen: AtomicI64::new(NOTHING) }
    }
}

tokio::task_local! {
    static VISIT: Arc<Visit>;
}

impl Visit {
    /// Does what a request asks for as this visit.
    pub async fn run<T>(self: &Arc<Self>, job: impl Future<Output = T>) -> T {
        VISIT.scope(self.clone(), job).await
    }

    /// Nothing older than this version will do.
    pub fn need(&self, version: i64) {
        self.needed.fetch_max(version, Ordering::AcqRel);
    }

    /// Nothing will do but what the primary has.
    pub fn need_newest(&self) {
        self.need(NEWEST);
    }

    fn needed(&self) -> i64 {
        self.needed.load(Ordering::Acquire)
    }

    /// The version of what was read or written, if anything was.
    pub fn seen(&self) -> Option<i64> {
        Some(self.seen.load(Ordering::Acquire)).filter(|seen| *seen != NOTHING)
    }

    /// Notes the version of an answer. What the same request reads later is no older.
    fn saw(&self, version: i64) {
        self.seen.store(version, Ordering::Release);
        self.need(version);
    }
}

/// The replica. Cheap to clone.
#[derive(Clone)]
pub(super) struct Replica {
    pub server: Server,
    about: Arc<About>,
}

/// What is known about the replica.
#[derive(Default)]
struct About {
    /// Whether its schema was looked at, and nothing went wrong since.
    sound: AtomicBool,
    /// Whether the last read failed there.
    failing: AtomicBool,
    /// Whether it has ever given a statement up for the sake of what it replays.
    conflicted: AtomicBool,
}

/// What became of a read on the replica.
pub(super) enum Tried<T, J> {
    /// It was done.
    Done(T),
    /// The primary has to do it.
    Elsewhere(J),
}

impl Replica {
    pub(super) fn new(server: Server) -> Self {
        Self { server, about: Arc::default() }
    }

    /// Does a job that needs a version (0: none). It is told the version that it reads if it wants to know.
    async fn read<T, J>(&self, needed: i64, told: bool, job: J) -> Result<Tried<(T, i64), J>, Error>
    where
        T: Send + 'static,
        J: Fn(&mut Conn, i64) -> Result<T, Error> + Send + 'static,
    {
        let about = self.about.clone();
        let how = move |conn: &mut Conn, job: &J| {
            if !about.sound.load(Ordering::Acquire) {
                is_migrated(conn)?;
            }
            let version = if told || needed > 0 { data_version(conn)? } else { 0 };
            if version < needed { Ok(None) } else { Ok(Some((job(conn, version)?, version))) }
        };
        let (done, job) = self.server.read(job, how).await?;
        match done {
            Ok(done) => {
                self.works();
                Ok(done.map_or(Tried::Elsewhere(job), Tried::Done))
            }
            // The primary would take as long.
            Err(Error::Unavailable(text)) if text.contains("statement timeout") => Err(Error::Unavailable(text)),
            Err(error @ (Error::Unavailable(_) | Error::Internal(_))) => {
                self.fails(&error);
                Ok(Tried::Elsewhere(job))
            }
            Err(error) => Err(error),
        }
    }

    fn works(&self) {
        self.about.sound.store(true, Ordering::Release);
        if self.about.failing.swap(false, Ordering::AcqRel) {
            log::info!("the replica is read again");
        }
    }

    fn fails(&self, error: &Error) {
        let text = error.to_string();
        if text.contains("conflict with recovery") {
            // It goes on, and the next read is likely to be fine.
            if !self.about.conflicted.swap(true, Ordering::AcqRel) {
                log::warn!("the replica gives reads up for what it replays; the primary does them: {text:?}");
            }
            return;
        }
        self.about.sound.store(false, Ordering::Release);
        if !self.about.failing.swap(true, Ordering::AcqRel) {
            log::warn!("the primary is read instead of the replica: {text:?}");
        }
    }
}

fn is_migrated(conn: &mut Conn) -> Result<(), Error> {
    match migrations::unapplied(conn)? {
        (0, None) => Ok(()),
        (_, Some(newer)) => Err(migrations::newer_schema(&newer)),
        (missing, None) => Err(Error::Unavailable(format!("the replica has not replayed {missing} migrations"))),
    }
}

impl Db {
    /// Runs a job that only reads, on one consistent state of the data: on the replica if there is one that has what the request needs.
    pub async fn read<T: Send + 'static>(
        &self,
        job: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        Ok(self.read_somewhere(false, move |conn, _| job(conn)).await?.0)
    }

    /// The same for a job that is told the version of what it reads; the answer is of that version.
    pub async fn read_version<T: Send + 'static>(
        &self,
        job: impl Fn(&mut Conn, i64) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (done, version) = self.read_somewhere(true, job).await?;
        self.saw(version);
        Ok(done)
    }

    async fn read_somewhere<T, J>(&self, told: bool, job: J) -> Result<(T, i64), Error>
    where
        T: Send + 'static,
        J: Fn(&mut Conn, i64) -> Result<T, Error> + Send + 'static,
    {
        let visit = self.visit();
        let needed = visit.as_ref().map_or(0, |visit| visit.needed());
        let Some(replica) = self.replica.as_ref().filter(|_| needed < NEWEST) else {
            self.meters.read("primary");
            return self.read_there(told, job).await;
        };
        match replica.read(needed, told, job).await? {
            Tried::Done(done) => {
                self.meters.read("replica");
                Ok(done)
            }
            Tried::Elsewhere(job) => {
                self.meters.read("fallback");
                // Pages that are read one after the other go on where they have come to.
                if let Some(visit) = visit {
                    visit.need_newest();
                }
                self.read_there(told, job).await
            }
        }
    }

    async fn read_there<T, J>(&self, told: bool, job: J) -> Result<(T, i64), Error>
    where
        T: Send + 'static,
        J: Fn(&mut Conn, i64) -> Result<T, Error> + Send + 'static,
    {
        let how = move |conn: &mut Conn, job: &J| {
            let version = if told { data_version(conn)? } else { 0 };
            Ok((job(conn, version)?, version))
        };
        self.primary.read(job, how).await?.0
    }

    /// Runs a job that only reads on the primary: for what must not miss the last write, whoever made it.
    pub async fn read_primary<T: Send + 'static>(
        &self,
        job: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.meters.read("primary");
        self.primary.read(job, |conn, job| job(conn)).await?.0
    }

    /// The same, on the replica where the primary is away.
    pub async fn read_newest<T: Send + 'static>(
        &self,
        job: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let (done, job) = self.primary.read(job, |conn, job| job(conn)).await?;
        self.or_replica(done, job).await
    }

    /// What the primary gave, or where it is away what the replica gives.
    async fn or_replica<T, J>(&self, done: Result<T, Error>, job: J) -> Result<T, Error>
    where
        T: Send + 'static,
        J: Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    {
        let (Err(away @ Error::Unavailable(_)), Some(replica)) = (&done, &self.replica) else {
            self.meters.read("primary");
            return done;
        };
        match replica.read(0, false, move |conn: &mut Conn, _| job(conn)).await? {
            Tried::Done((done, _)) => {
                self.meters.read("replica");
                Ok(done)
            }
            Tried::Elsewhere(_) => Err(away.clone()),
        }
    }

    /// The same as [`Self::read_newest`] for a job of short statements that are part of no snapshot: here and now where the database is a
    /// file, else in no transaction.
    pub async fn read_little<T: Send + 'static>(
        &self,
        job: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        if let Some(done) = self.read_at_once(&job) {
            return done;
        }
        let (done, job) = self.primary.ask(job, |conn, job| job(conn)).await?;
        self.or_replica(done, job).await
    }

    /// The same, if it can be done here and now.
    pub fn read_at_once<T>(&self, job: &impl Fn(&mut Conn) -> Result<T, Error>) -> Option<Result<T, Error>> {
        // A server is far away, and a file is not: its pages that are read often are in memory, and no writer holds readers up.
        let done = self.writer.as_ref().and_then(|_| self.primary.read_at_once(job))?;
        self.meters.read("primary");
        Some(done)
    }

    /// The same database for whoever reads when the request has been answered: as the same visit.
    pub fn for_later(&self) -> Self {
        Self { visit: self.visit(), ..self.clone() }
    }

    /// The same database for a visit of its own, which needs nothing.
    pub fn for_anybody(&self) -> Self {
        Self { visit: Some(Arc::default()), ..self.clone() }
    }

    /// The version that a read of this request must have reached.
    pub fn needed(&self) -> i64 {
        self.visit().map_or(0, |visit| visit.needed())
    }

    /// Notes that an answer has this version.
    pub fn saw(&self, version: i64) {
        if let Some(visit) = self.visit() {
            visit.saw(version);
        }
    }

    fn visit(&self) -> Option<Arc<Visit>> {
        self.visit.clone().or_else(|| VISIT.try_with(Arc::clone).ok())
    }

    /// Whether there is a replica.
    pub fn has_replica(&self) -> bool {
        self.replica.is_some()
    }

    /// The version of the data that the replica has come to, if there is one that answers.
    pub async fn replica_version(&self) -> Option<i64> {
        match self.replica.as_ref()?.read(0, true, |_, version| Ok(version)).await {
            Ok(Tried::Done((version, _))) => Some(version),
            _ => None,
        }
    }

    /// The same database with a replica beside it, be that reached at the moment or not.
    pub fn with_replica(mut self, url: &DatabaseUrl, options: &Options) -> Self {
        let pool = pool::Pool::open_later(&pool::Address::new(url, options), options.connections);
        self.replica = Some(Replica::new(Server::new(pool, options, self.meters.clone())));
        self
    }
}
