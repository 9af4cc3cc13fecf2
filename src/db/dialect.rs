//! All that SQLite and PostgreSQL say differently.

mod condition;

/// Runs the same lines once for each backend: for what the combined backend cannot do.
macro_rules! each_db {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite($c) => $body,
            $crate::db::Conn::Pg($c) => $body,
        }
    };
}
pub(crate) use each_db;

/// Inserts rows, be it one or many thousands: on SQLite with one statement that stays prepared, on PostgreSQL with `COPY`, from a few rows on.
///
/// One statement for many rows would have to be parsed anew each time, and its values are counted in tens of thousands.
macro_rules! insert_all {
    ($conn:expr, $table:ident, $rows:expr) => {{
        let rows = $rows;
        match $conn {
            $crate::db::Conn::Sqlite(conn) => {
                rows.iter().try_for_each(|row| diesel::insert_into($table::table).values(row).execute(conn).map(|_| ()))
            }
            $crate::db::Conn::Pg(conn) if rows.len() < $crate::db::dialect::FEW => {
                rows.iter().try_for_each(|row| diesel::insert_into($table::table).values(row).execute(conn).map(|_| ()))
            }
            $crate::db::Conn::Pg(conn) => {
                diesel::copy_from($table::table).from_insertable(rows).execute(conn).map(|_| ())
            }
        }
    }};
}
pub(crate) use insert_all;

/// Up to how many rows PostgreSQL is sent statements, which cost a round trip each, and from when on a stream, which costs three.
pub const FEW: usize = 4;

use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Text};

pub use condition::{Answering, Condition};

/// What is written by one transaction at a time.
#[derive(Clone, Copy, Debug)]
pub enum Lock<'a> {
    /// The gazetteer as a whole: paths are made of other rows' paths.
    Locations,
    /// Some batches with everything below them.
    Batches(&'a [i64]),
    /// Some returns with their figures.
    Returns(&'a [i64]),
    /// Some agreements with their figures.
    Agreements(&'a [i64]),
    /// One source.
    Source(i64),
}

/// Waits until no other transaction writes this, and keeps others out until the commit.
///
/// SQLite has one writer at a time anyway.
pub fn lock(conn: &mut super::Conn, what: Lock) -> QueryResult<()> {
    use diesel::RunQueryDsl;
    let super::Conn::Pg(conn) = conn else { return Ok(()) };
    let (table, keys) = match what {
        Lock::Locations => {
            diesel::sql_query("LOCK TABLE locations IN SHARE ROW EXCLUSIVE MODE").execute(conn)?;
            return Ok(());
        }
        Lock::Batches(keys) => ("batches", keys),
        Lock::Returns(keys) => ("returns", keys),
        Lock::Agreements(keys) => ("agreements", keys),
        Lock::Source(ref key) => ("sources", std::slice::from_ref(key)),
    };
    if !keys.is_empty() {
        // In the order of their keys, so that two who want the same rows do not wait for each other.
        let these = format!("SELECT 1 FROM {table} WHERE id = ANY($1) ORDER BY id FOR UPDATE");
        diesel::sql_query(these).bind::<diesel::sql_types::Array<BigInt>, _>(keys).execute(conn)?;
    }
    Ok(())
}

/// Takes indexes away that nothing needs while many rows come, and gives back what makes them again: to sort a million keys once costs a
/// fraction of finding the place of each. The transaction hides it from everybody else. PostgreSQL would keep all readers out meanwhile, so
/// there they stay.
pub fn set_aside(conn: &mut super::Conn, indexes: &[&str]) -> QueryResult<Vec<String>> {
    use diesel::RunQueryDsl;
    #[derive(diesel::QueryableByName)]
    struct Index {
        #[diesel(sql_type = Text)]
        sql: String,
    }
    let super::Conn::Sqlite(conn) = conn else { return Ok(vec![]) };
    let mut again = vec![];
    for index in indexes {
        let made = diesel::sql_query("SELECT sql FROM sqlite_schema WHERE type = 'index' AND name = ?");
        let made: Vec<Index> = made.bind::<Text, _>(*index).load(conn)?;
        for Index { sql } in made {
            diesel::sql_query(format!("DROP INDEX {index}")).execute(conn)?;
            again.push(sql);
        }
    }
    Ok(again)
}

/// Makes indexes again that were set aside.
pub fn make_again(conn: &mut super::Conn, indexes: &[String]) -> QueryResult<()> {
    use diesel::RunQueryDsl;
    indexes.iter().try_for_each(|sql| diesel::sql_query(sql).execute(conn).map(|_| ()))
}

/// Does a statement that would wait for what another transaction has not ended yet, and waits but a moment: whoever
/// [`waited_in_vain`] has lost its transaction.
///
/// There is no `NOWAIT` for an insert, and an advisory lock is more than every engine has that speaks the protocol. Anything shorter would
/// also end the waits that a busy server has with itself. On SQLite the only other writer is gone before this one begins.
pub fn briefly<T>(
    conn: &mut super::Conn,
    statement: impl FnOnce(&mut super::Conn) -> QueryResult<T>,
) -> QueryResult<T> {
    let set = |conn: &mut super::Conn, to: &'static str| {
        use diesel::RunQueryDsl;
        match conn {
            super::Conn::Sqlite(_) => Ok(0),
            super::Conn::Pg(conn) => diesel::sql_query(to).execute(conn),
        }
    };
    set(conn, "SET LOCAL lock_timeout = '200ms'")?;
    let done = statement(conn)?;
    set(conn, "SET LOCAL lock_timeout TO DEFAULT")?;
    Ok(done)
}

/// Whether a statement that was done [`briefly`] failed because another transaction is in its way.
pub fn waited_in_vain(error: &diesel::result::Error) -> bool {
    use diesel::result::{DatabaseErrorKind, Error};
    matches!(error, Error::DatabaseError(DatabaseErrorKind::Unknown, what) if what.message().contains("lock timeout"))
}

/// How a query for keys ends that passes over rows which other transactions are about to write.
pub fn passing_over(conn: &super::Conn) -> &'static str {
    match conn {
        super::Conn::Sqlite(_) => "",
        super::Conn::Pg(_) => " FOR UPDATE SKIP LOCKED",
    }
}

/// Whether others may write at the same time, so that what was read before a lock must be read again after it.
pub fn has_other_writers(conn: &super::Conn) -> bool {
    matches!(conn, super::Conn::Pg(_))
}

/// Takes every row out of some tables, each of which refers only to those before it.
pub fn clear(conn: &mut super::Conn, tables: &[&'static str]) -> QueryResult<()> {
    use diesel::RunQueryDsl;
    match conn {
        super::Conn::Sqlite(conn) => {
            for table in tables.iter().rev() {
                diesel::sql_query(format!("DELETE FROM {table}")).execute(conn)?;
            }
        }
        super::Conn::Pg(conn) => _ = diesel::sql_query(format!("TRUNCATE {}", tables.join(", "))).execute(conn)?,
    }
    Ok(())
}

/// Lets the next key of a table come after those that are there and those that were ever given, where the database counts them by
/// itself.
pub fn advance(conn: &mut super::Conn, table: &'static str) -> QueryResult<()> {
    use diesel::RunQueryDsl;
    if let super::Conn::Pg(conn) = conn {
        let next = format!(
            "SELECT setval('{table}_id_seq', 1 + greatest( \
             coalesce((SELECT max(id) FROM {table}), 0), \
             coalesce((SELECT max(last_id) FROM creations WHERE resource = '{table}'), 0)), false)"
        );
        diesel::sql_query(next).execute(conn)?;
    }
    Ok(())
}

/// Takes keys for so many new rows of each of some tables, in rising order, so that rows and what refers to them can be written in any order.
pub fn reserve(conn: &mut super::Conn, wanted: &[(&'static str, usize)]) -> QueryResult<Vec<Vec<i64>>> {
    use diesel::RunQueryDsl;
    let wanted = || (0..).zip(wanted.iter().map(|(table, many)| (*table, i64::try_from(*many).unwrap_or(i64::MAX))));
    let mut asked = Condition::kept("");
    for (place, (table, many)) in wanted() {
        asked = asked.then(if place == 0 { "SELECT " } else { " UNION ALL SELECT " }).key(place);
        asked = match conn {
            // There is one writer, and this is it. A key is never used again, also where its row is gone: it is what says who created it.
            super::Conn::Sqlite(_) => {
                let last = asked.then(", max(coalesce((SELECT max(id) FROM ").then(table);
                let last = last.then("), 0), coalesce((SELECT max(last_id) FROM creations WHERE resource = '");
                last.then(table).then("'), 0))")
            }
            super::Conn::Pg(_) => {
                // By the name that the engine gave it when the table was made: to look it up costs more than the key. A test compares them.
                let next = asked.then(", nextval('").then(table);
                next.then("_id_seq') FROM generate_series(1, ").key(many).then("::bigint)")
            }
        };
    }
    let found: Vec<(i64, i64)> = asked.answering::<(BigInt, BigInt)>().load(conn)?;
    let of = |place| found.iter().filter(move |(of, _)| *of == place).map(|(_, key)| *key);
    let keys = wanted().map(|(place, (_, many))| match conn {
        super::Conn::Sqlite(_) => of(place).flat_map(|last| last + 1..=last + many).collect(),
        super::Conn::Pg(_) => of(place).collect(),
    });
    Ok(keys.collect())
}
