//! Columns in memory: what counts of every movement and return, a copy of the database and never the truth.
//!
//! A sum over a million of them takes milliseconds. They are built when the service starts (until then SQL answers), and follow the
//! writes: before each answer one look at the data's version says whether there are any, their entries in the history which rows to read again.
//! So they are never older than what was acknowledged, on whichever instance. SQL remains the definition (`counted.rs`), and what answers
//! where there is no room for them.

mod follow;
mod group;
mod load;
mod places;
mod sums;
mod table;

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use self::places::{Agreements, Places};
use self::table::{Row, Table};
use crate::db::dialect::Condition;
use crate::db::{Conn, Db, data_version};
use crate::error::Error;

pub use self::group::Asked;

/// The columns, or what keeps them away.
enum Kept {
    /// They are not there: SQL answers, and somebody builds them.
    Missing,
    /// They are there.
    Held(Box<Held>),
    /// There is no room for them.
    TooLarge,
}

/// The columns that a service keeps.
pub struct Columns {
    /// How many bytes they may take.
    limit: usize,
    kept: RwLock<Kept>,
    building: AtomicBool,
}

impl Columns {
    /// None yet. They may take so many bytes; with 0 there are never any.
    pub fn new(limit: usize) -> Self {
        let kept = if limit == 0 { Kept::TooLarge } else { Kept::Missing };
        Self { limit, kept: RwLock::new(kept), building: AtomicBool::new(false) }
    }

    /// Looks into the columns, if they are there, with every write that the connection sees, and perhaps later ones. Nobody changes them
    /// meanwhile, so nothing is done there but what needs them.
    pub(super) fn look<T>(&self, conn: &mut Conn, into: impl FnOnce(&Held) -> Option<T>) -> Result<Option<T>, Error> {
        let Some(held) = self.version() else { return Ok(None) };
        let version = data_version(conn)?;
        if held < version {
            self.follow(conn, version)?;
        }
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        Ok(if let Kept::Held(held) = &*kept { into(held) } else { None })
    }

    /// The version of the data that they hold, if they are there.
    fn version(&self) -> Option<i64> {
        match &*self.kept.read().unwrap_or_else(PoisonError::into_inner) {
            Kept::Held(held) => Some(held.version),
            Kept::Missing | Kept::TooLarge => None,
        }
    }

    fn follow(&self, conn: &mut Conn, version: i64) -> Result<(), Error> {
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let Kept::Held(held) = &mut *kept else { return Ok(()) };
        if held.version >= version {
            return Ok(());
        }
        match held.follow(conn, version) {
            Ok(()) => Ok(()),
            Err(stop) => {
                // Half of what was written may be in them.
                *kept = Kept::Missing;
                self.stopped(&mut kept, stop)
            }
        }
    }

    /// Builds the columns from what the connection sees.
    pub fn build(&self, conn: &mut Conn) -> Result<(), Error> {
        let built = Held::read(conn, self.limit);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        match built {
            Ok(held) => {
                log::info!("{} movements and {} returns are in memory", held.movements.len(), held.returns.len());
                *kept = Kept::Held(Box::new(held));
                Ok(())
            }
            Err(stop) => self.stopped(&mut kept, stop),
        }
    }

    fn stopped(&self, kept: &mut Kept, stop: Stop) -> Result<(), Error> {
        match stop {
            Stop::Behind => Ok(()),
            Stop::Full => {
                log::warn!(
                    "statistics are counted by the database: there is more than STATISTICS_MEMORY_MB holds ({})",
                    self.limit >> 20
                );
                *kept = Kept::TooLarge;
                Ok(())
            }
            Stop::Failed(error) => Err(error),
        }
    }

    /// Has the columns built beside everything else, where they are missing.
    pub fn want(self: &Arc<Self>, db: &Db) {
        let missing = matches!(*self.kept.read().unwrap_or_else(PoisonError::into_inner), Kept::Missing);
        if !missing || self.building.swap(true, Ordering::AcqRel) {
            return;
        }
        let (columns, db) = (self.clone(), db.clone());
        tokio::task::spawn(async move {
            let building = columns.clone();
            if let Err(error) = db.read(move |conn| building.build(conn)).await {
                log::warn!("statistics are counted by the database for now: {error}");
            }
            columns.building.store(false, Ordering::Release);
        });
    }

    /// How many bytes the columns take.
    pub fn bytes(&self) -> usize {
        match &*self.kept.read().unwrap_or_else(PoisonError::into_inner) {
            Kept::Held(held) => held.bytes(),
            Kept::Missing | Kept::TooLarge => 0,
        }
    }
}

/// What keeps columns from being read.
enum Stop {
    /// They are too far behind to follow: they must be built anew.
    Behind,
    /// There is no room for them.
    Full,
    /// The database failed.
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Failed(error.into())
    }
}

/// Everything that statistics look at, as of one version of the data.
#[derive(Default)]
pub struct Held {
    version: i64,
    limit: usize,
    places: Places,
    agreements: Agreements,
    confidential: HashSet<i64>,
    sources: Sets,
    movements: Table,
    returns: Table,
    /// How returns count for the public whose movement is hidden, by their keys: by their own places.
    otherwise: HashMap<i64, Row>,
}

impl Held {
    fn read(conn: &mut Conn, limit: usize) -> Result<Self, Stop> {
        let mut held = Self { version: data_version(conn)?, limit, ..Self::default() };
        held.read_places(conn)?;
        held.read_agreements(conn)?;
        held.read_sources(conn)?;
        let counted = Condition::sql("movements.happened");
        held.read_movements(conn, &counted, &mut Untold)?;
        held.read_returns(conn, &Condition::sql("returns.happened"), &mut Untold)?;
        held.read_figures(conn, &Condition::sql("source_id IS NOT NULL"))?;
        held.movements.settle();
        held.returns.settle();
        Ok(held)
    }

    /// Refuses to grow beyond the limit.
    fn room(&self) -> Result<(), Stop> {
        if self.bytes() > self.limit { Err(Stop::Full) } else { Ok(()) }
    }

    fn bytes(&self) -> usize {
        self.movements.bytes() + self.returns.bytes() + self.otherwise.capacity() * size_of::<(i64, Row)>()
    }
}

/// For whoever does not want to know which rows were read.
struct Untold;

impl Extend<i64> for Untold {
    fn extend<I: IntoIterator<Item = i64>>(&mut self, _: I) {}
}

/// Sets of sources, each once: most rows have one of a few.
#[derive(Debug)]
struct Sets {
    sets: Vec<Arc<[i64]>>,
    numbers: HashMap<Arc<[i64]>, u32>,
}

impl Default for Sets {
    fn default() -> Self {
        let none: Arc<[i64]> = Arc::from([]);
        Self { sets: vec![none.clone()], numbers: HashMap::from([(none, 0)]) }
    }
}

impl Sets {
    /// How many sets there are.
    fn len(&self) -> usize {
        self.sets.len()
    }

    /// The sources of a set.
    fn members(&self, number: u32) -> &[i64] {
        self.sets.get(number as usize).map_or(&[], |set| set)
    }

    /// The number of a set with one source more.
    fn with(&mut self, number: u32, source: i64) -> u32 {
        let mut members = self.members(number).to_vec();
        let Err(at) = members.binary_search(&source) else { return number };
        members.insert(at, source);
        let members: Arc<[i64]> = members.into();
        let next = u32::try_from(self.sets.len()).unwrap_or_default();
        let number = *self.numbers.entry(members.clone()).or_insert(next);
        if number == next {
            self.sets.push(members);
        }
        number
    }
}
