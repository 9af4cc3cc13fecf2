//! How the database is: how busy, and how large.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use diesel::sql_types::{BigInt, Text};
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use prometheus::{Histogram, HistogramOpts, IntCounterVec, Opts};

use super::{Conn, Db, data_version};
use crate::error::Error;

/// The tables whose rows are counted.
const TABLES: [&str; 10] = [
    "locations",
    "sources",
    "agreements",
    "batches",
    "movements",
    "returns",
    "figures",
    "history",
    "imports",
    "tokens",
];

/// What the number of reads means.
const READS: &str = "Reads, by where they were done: primary, replica, or fallback, which is the primary for want of a replica that could.";

/// What is measured while the database works.
pub struct Meters {
    /// Seconds from the beginning of a writing transaction until it is durable.
    pub commit: Histogram,
    /// Writes that shared a transaction.
    pub group: Histogram,
    /// Reads, by where they were done.
    pub reads: IntCounterVec,
    waiting: AtomicUsize,
}

/// Somebody who waits for a connection, until this is dropped.
pub(super) struct Waiting<'m>(&'m AtomicUsize);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Meters {
    pub(super) fn new() -> Result<Self, Error> {
        let histogram = |name, help, buckets: Vec<f64>| {
            let made = Histogram::with_opts(HistogramOpts::new(name, help).buckets(buckets));
            made.map_err(|error| Error::Internal(format!("{name}: {error}")))
        };
        Ok(Self {
            commit: histogram(
                "homeward_commit_duration_seconds",
                "From the beginning of a writing transaction until it is durable.",
                vec![0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0],
            )?,
            group: histogram(
                "homeward_commit_writes",
                "Writes that shared a transaction.",
                vec![1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0],
            )?,
            reads: IntCounterVec::new(Opts::new("homeward_database_reads_total", READS), &["where"])
                .map_err(|error| Error::Internal(format!("homeward_database_reads_total: {error}")))?,
            waiting: AtomicUsize::new(0),
        })
    }

    pub(super) fn wait(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(&self.waiting)
    }

    /// Takes note of a read.
    pub(super) fn read(&self, place: &str) {
        self.reads.with_label_values(&[place]).inc();
    }

    /// Takes note of a transaction.
    pub(super) fn committed(&self, writes: usize, took: Duration) {
        self.commit.observe(took.as_secs_f64());
        self.group.observe(writes as f64);
    }
}

/// How busy the database is at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pulse {
    /// Connections that are open.
    pub open: usize,
    /// Those of them that nobody uses.
    pub idle: usize,
    /// Connections at the most.
    pub most: usize,
    /// Jobs that have a connection, or are about to get one.
    pub running: usize,
    /// Jobs that wait for one.
    pub waiting: usize,
    /// Writes that wait for the one writer of SQLite.
    pub queued: usize,
}

/// How large the database is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Size {
    /// Its bytes on the disk.
    pub bytes: i64,
    /// The rows of each table: counted on SQLite, estimated by the server on PostgreSQL.
    pub rows: Vec<(String, i64)>,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Rows {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Db {
    /// What is measured while it works.
    pub fn meters(&self) -> &Meters {
        &self.meters
    }

    /// Which database it is.
    pub fn kind(&self) -> &'static str {
        if self.writer.is_some() { "sqlite" } else { "postgresql" }
    }

    /// How busy it is.
    pub fn pulse(&self) -> Pulse {
        let (open, idle) = self.primary.pool.state();
        Pulse {
            open,
            idle,
            most: self.primary.size,
            running: self.primary.size.saturating_sub(self.primary.permits.available_permits()),
            waiting: self.meters.waiting.load(Ordering::Relaxed),
            queued: self.writer.as_ref().map_or(0, super::writer::Writer::queued),
        }
    }

    /// How large it is. On SQLite this reads an index of every table, so it is not for every second.
    pub async fn size(&self) -> Result<Size, Error> {
        self.read_newest(size).await
    }

    /// The version of the data.
    pub async fn data_version(&self) -> Result<i64, Error> {
        self.read_newest(data_version).await
    }
}

fn size(conn: &mut Conn) -> Result<Size, Error> {
    let (bytes, rows) = match conn {
        Conn::Sqlite(conn) => {
            let pages = "SELECT page_count * page_size AS number FROM pragma_page_count(), pragma_page_size()";
            let counts = TABLES.map(|table| format!("SELECT '{table}' AS name, count(*) AS number FROM {table}"));
            (sql_query(pages).get_result::<Number>(conn)?, sql_query(counts.join(" UNION ALL ")).load::<Rows>(conn)?)
        }
        Conn::Pg(conn) => {
            let names = TABLES.map(|table| format!("'{table}'")).join(", ");
            (
                sql_query("SELECT pg_database_size(current_database()) AS number").get_result::<Number>(conn)?,
                sql_query(format!(
                    "SELECT relname::text AS name, n_live_tup::bigint AS number FROM pg_stat_user_tables \
                     WHERE schemaname = current_schema() AND relname IN ({names}) ORDER BY relname"
                ))
                .load::<Rows>(conn)?,
            )
        }
    };
    let rows = rows.into_iter().map(|row| (row.name, row.number)).collect();
    Ok(Size { bytes: bytes.number, rows })
}
