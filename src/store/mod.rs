//! The only SQL: what is read and written, one file for each table and one for each thing derived.
//!
//! A read takes a [`Reading`] (who reads, in which language), a write takes a [`Tx`]: nothing gets at the rows
//! without saying who asks.

mod agreements;
mod batches;
mod echo;
mod figures;
pub mod filter;
pub mod gazetteer;
pub mod history;
pub mod idempotency;
pub mod imports;
mod known;
mod locations;
mod movements;
mod names;
pub mod portable;
pub mod redaction;
mod references;
mod returns;
mod rows;
pub mod sheets;
mod sources;
pub mod statistics;
mod tallies;
pub mod tokens;
pub mod verify;
mod writes;

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{NaiveDate, NaiveDateTime};
use serde::Serialize;
use serde_json::Value;
use uuid::{ContextV7, Uuid};

use crate::db::dialect::{Condition, Lock, lock, reserve};
use crate::db::page::{Page, PageRequest};
use crate::db::{Conn, Db, data_version};
use crate::domain::access::Viewer;
use crate::domain::batch::Party;
use crate::domain::clock::Clock;
use crate::domain::words::PartyRole;
use crate::domain::{Resource, Warning};
use crate::error::Error;

pub use agreements::Agreements;
pub use batches::Batches;
pub use figures::Figures;
pub use filter::Filter;
pub use locations::Locations;
pub use movements::Movements;
pub use returns::Returns;
pub use rows::SAMPLE_TIME;
pub use sources::Sources;

/// Who reads, and in which language names are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reading {
    /// Who reads.
    pub viewer: Viewer,
    /// Whether names are Arabic where there are any (`labels=ar`).
    pub arabic: bool,
}

/// How the service itself reads what it writes: everything, as it was recorded.
const INSIDE: Reading = Reading { viewer: Viewer::Editor, arabic: false };

fn sample_parties() -> Vec<Party> {
    vec![Party { name: "Syrian Arab Red Crescent".to_owned(), role: PartyRole::Facilitator }]
}

/// A condition that the caller sets for a write (`If-Match`, `If-None-Match: *`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Precondition {
    /// The row must be there, in one of these revisions; an empty list is any revision (`If-Match: *`).
    pub revisions: Option<Vec<i32>>,
    /// The row must not be there (`If-None-Match: *`).
    pub absent: bool,
    /// The row must not be in one of these revisions (`If-None-Match: "3"`).
    pub unlike: Vec<i32>,
}

/// What a write did.
#[derive(Clone, Debug)]
pub struct Written {
    /// The row's code.
    pub code: String,
    /// Whether it was created, and not replaced or changed.
    pub created: bool,
    /// What is remarkable.
    pub warnings: Vec<Warning>,
}

/// A resource as the paths `/v1/{resource}` offer it.
///
/// Bodies come as JSON that was read, and are understood here, inside the transaction: a reference that does not exist
/// stands in one list with a wrong type.
pub trait Rows: Send + Sync + 'static {
    /// Which resource.
    const RESOURCE: Resource;
    /// One row of a list: flat.
    type Row: Serialize + utoipa::ToSchema + Send + 'static;
    /// One row by itself, with its parts.
    type Single: Serialize + utoipa::ToSchema + Send + 'static;
    /// The fields that are written: what a body may hold, parts apart.
    type Body: Serialize + utoipa::ToSchema + Send + 'static;

    /// One page of a list.
    fn page(conn: &mut Conn, who: Reading, filter: &Filter, request: &PageRequest) -> Result<Page<Self::Row>, Error>;

    /// How many rows the filter finds.
    fn count(conn: &mut Conn, who: Reading, filter: &Filter) -> Result<i64, Error>;

    /// One row, if it is there for whoever reads, and its revision.
    fn single(conn: &mut Conn, who: Reading, code: &str) -> Result<Option<(Self::Single, i32)>, Error>;

    /// Some rows that nobody has changed since they were created, by key.
    fn untouched(conn: &mut Conn, which: Condition) -> Result<Vec<history::Untouched>, Error>;

    /// The fields of a row that are written, as a body; nobody else writes it until the end of the transaction.
    fn held(tx: &mut Tx, code: &str) -> Result<Value, Error>;

    /// Creates the row of a body, or creates or replaces the one of a code.
    fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error>;

    /// Creates a row.
    fn create(tx: &mut Tx, body: &Value) -> Result<Written, Error> {
        echo::put::<Self>(tx, None, body, &Precondition::default())
    }

    /// Creates or replaces the row of a code.
    fn replace(tx: &mut Tx, code: &str, body: &Value, condition: &Precondition) -> Result<Written, Error> {
        echo::put::<Self>(tx, Some(code), body, condition)
    }

    /// Changes some fields of a row: a JSON Merge Patch (RFC 7396).
    fn change(tx: &mut Tx, code: &str, patch: &Value, condition: &Precondition) -> Result<Written, Error> {
        let own = Self::held(tx, code)?;
        echo::put::<Self>(tx, Some(code), &rows::merged(&own, patch), condition)
    }

    /// Deletes a row and its parts.
    fn delete(tx: &mut Tx, code: &str, condition: &Precondition) -> Result<(), Error>;

    /// A row as an example for the document and for the header of an empty sheet.
    fn sample() -> Self::Row;

    /// A row by itself as an example.
    fn sample_single() -> Self::Single;

    /// A body as an example.
    fn sample_body() -> Value;
}

/// Keys that were taken for new rows.
type Keys = std::vec::IntoIter<i64>;

/// A writing transaction: the connection, who writes and when, and the history that it leaves.
pub struct Tx<'c> {
    /// The connection, inside the transaction.
    pub conn: &'c mut Conn,
    /// The name of the token or command that writes.
    pub by: &'c str,
    /// When, to the millisecond: the same on both databases.
    pub at: NaiveDateTime,
    /// Whether nothing is written at all: what a write would do is looked at.
    dry: bool,
    /// Below which the keys of rows lie that a dry run only imagines.
    fake: i64,
    journal: history::Journal,
}

impl<'c> Tx<'c> {
    /// The day of the transaction (UTC).
    pub fn today(&self) -> NaiveDate {
        self.at.date()
    }

    /// A code made by the server: a UUIDv7 of the transaction's time, so that codes rise in recorded order.
    fn next_code(&self) -> String {
        static ORDER: Mutex<ContextV7> = Mutex::new(ContextV7::new());
        let order = ORDER.lock().unwrap_or_else(PoisonError::into_inner);
        let at = self.at.and_utc();
        let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
        Uuid::new_v7(uuid::Timestamp::from_unix(&*order, seconds, at.timestamp_subsec_nanos())).to_string()
    }

    /// Waits for whoever writes this, and keeps others out until the end.
    fn lock(&mut self, what: Lock) -> Result<(), Error> {
        if self.dry { Ok(()) } else { Ok(lock(self.conn, what)?) }
    }

    /// Takes keys for new rows of some tables, in rising order.
    fn reserve<const N: usize>(&mut self, wanted: [(&'static str, usize); N]) -> Result<[Keys; N], Error> {
        let mut keys = if self.dry {
            wanted.map(|(_, many)| self.imagine(many)).into()
        } else if wanted.iter().any(|(_, many)| *many > 0) {
            reserve(self.conn, &wanted)?
        } else {
            vec![]
        };
        Ok(std::array::from_fn(|table| keys.get_mut(table).map(std::mem::take).unwrap_or_default().into_iter()))
    }

    /// Keys that no row has: nobody will see them.
    fn imagine(&mut self, many: usize) -> Vec<i64> {
        let first = self.fake - i64::try_from(many).unwrap_or_default();
        let keys = (first..self.fake).collect();
        self.fake = first;
        keys
    }

    /// Takes the key of one new row.
    fn key(&mut self, table: &'static str) -> Result<i64, Error> {
        let [mut keys] = self.reserve([(table, 1)])?;
        Ok(keys.next().unwrap_or_default())
    }

    /// Does a job as one writing transaction, history included, and says which version of the data that makes; the connection must be
    /// in a transaction.
    pub fn run<T>(
        conn: &'c mut Conn,
        by: &'c str,
        at: NaiveDateTime,
        job: impl FnOnce(&mut Self) -> Result<T, Error>,
    ) -> Result<(T, i64), Error> {
        let mut tx = Self { conn, by, at, dry: false, fake: 0, journal: history::Journal::default() };
        let done = job(&mut tx)?;
        let version = match tx.finish()? {
            Some(version) => version,
            // Nothing has changed, or was sent again.
            None => data_version(tx.conn)?,
        };
        Ok((done, version))
    }
}

/// Writes in one transaction what may take long.
pub async fn write_long<T: Send + 'static>(
    db: &Db,
    clock: &Clock,
    by: &str,
    job: impl Fn(&mut Tx) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (clock, by) = (clock.clone(), by.to_owned());
    let (done, version) = db.write_long(move |conn| Tx::run(conn, &by, clock.now(), |tx| job(tx))).await?;
    db.saw(version);
    Ok(done)
}

/// Looks at what a write would do: nothing of it is written.
pub async fn look<T: Send + 'static>(
    db: &Db,
    clock: &Clock,
    by: &str,
    job: impl Fn(&mut Tx) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (clock, by) = (clock.clone(), by.to_owned());
    db.read_primary(move |conn| {
        let mut tx = Tx { conn, by: &by, at: clock.now(), dry: true, fake: 0, journal: history::Journal::default() };
        job(&mut tx)
    })
    .await
}

/// Writes, and takes all of it back: for what cannot be known without writing it.
pub async fn rehearse<T: Send + 'static>(
    db: &Db,
    clock: &Clock,
    by: &str,
    job: impl Fn(&mut Tx) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let slot = Arc::new(Mutex::new(None));
    let (clock, by, seen) = (clock.clone(), by.to_owned(), slot.clone());
    let end = db.write_long(move |conn| {
        let (done, _) = Tx::run(conn, &by, clock.now(), |tx| job(tx))?;
        *seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(done);
        // Only an error takes a transaction back.
        Err::<(), _>(Error::Internal("a rehearsal was played to its end".to_owned()))
    });
    let end = end.await;
    let seen = slot.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (seen, end) {
        (Some(done), _) => Ok(done),
        (None, Err(error)) => Err(error),
        (None, Ok(())) => Err(Error::Internal("a rehearsal was written".to_owned())),
    }
}

/// Writes in one transaction: the rows, what is derived from them, and their history.
pub async fn write<T: Send + 'static>(
    db: &Db,
    clock: &Clock,
    by: &str,
    job: impl Fn(&mut Tx) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let (clock, by) = (clock.clone(), by.to_owned());
    let (done, version) = db.write(move |conn| Tx::run(conn, &by, clock.now(), |tx| job(tx))).await?;
    db.saw(version);
    Ok(done)
}
