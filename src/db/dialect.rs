//! All that SQLite and PostgreSQL say differently.

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

use chrono::{NaiveDate, NaiveDateTime};
use diesel::backend::Backend as AnyBackend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, Date, HasSqlType, Nullable, Text, Timestamp};
use diesel::sqlite::Sqlite;

use super::Backend;

/// A condition that is put together at run time: plain SQL that both databases understand, with bound values.
///
/// A boxed expression of diesel cannot stand in a subquery of the combined backend; this can stand anywhere.
#[derive(Clone, Debug, Default)]
pub struct Condition(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Sql(&'static str),
    Text(String),
    Key(i64),
    Date(NaiveDate),
    Time(NaiveDateTime),
}

impl Condition {
    /// Begins with SQL text, which is never made of what a client sent.
    pub fn sql(sql: &'static str) -> Self {
        Self(vec![Part::Sql(sql)])
    }

    /// Whether it says nothing yet.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Goes on with SQL text.
    pub fn then(mut self, sql: &'static str) -> Self {
        self.0.push(Part::Sql(sql));
        self
    }

    /// Goes on with a bound text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push(Part::Text(text.into()));
        self
    }

    /// Goes on with bound texts, a comma between them.
    pub fn texts(mut self, texts: &[&str]) -> Self {
        for (index, text) in texts.iter().enumerate() {
            if index > 0 {
                self.0.push(Part::Sql(", "));
            }
            self.0.push(Part::Text((*text).to_owned()));
        }
        self
    }

    /// Goes on with bound keys, a comma between them.
    pub fn keys(mut self, keys: &[i64]) -> Self {
        for (index, key) in keys.iter().enumerate() {
            if index > 0 {
                self.0.push(Part::Sql(", "));
            }
            self.0.push(Part::Key(*key));
        }
        self
    }

    /// Goes on with a bound key.
    pub fn key(mut self, key: i64) -> Self {
        self.0.push(Part::Key(key));
        self
    }

    /// Goes on with a bound day.
    pub fn date(mut self, date: NaiveDate) -> Self {
        self.0.push(Part::Date(date));
        self
    }

    /// Goes on with a bound time.
    pub fn time(mut self, time: NaiveDateTime) -> Self {
        self.0.push(Part::Time(time));
        self
    }

    /// Goes on with other SQL as it is.
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Goes on with another condition, in brackets.
    pub fn group(mut self, other: Self) -> Self {
        self.0.push(Part::Sql("("));
        self.0.extend(other.0);
        self.0.push(Part::Sql(")"));
        self
    }

    /// Everything must hold; nothing asked is everything granted.
    pub fn all(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::joined(conditions, " AND ", "1 = 1")
    }

    /// One must hold; nothing offered is nothing found. In brackets, as whoever filters on goes on with `AND`.
    pub fn any(conditions: impl IntoIterator<Item = Self>) -> Self {
        Self::default().group(Self::joined(conditions, " OR ", "1 = 0"))
    }

    fn joined(conditions: impl IntoIterator<Item = Self>, word: &'static str, empty: &'static str) -> Self {
        let mut joined = Self::default();
        for condition in conditions {
            if !joined.0.is_empty() {
                joined = joined.then(word);
            }
            joined = joined.group(condition);
        }
        if joined.0.is_empty() { Self::sql(empty) } else { joined }
    }

    fn walk<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: AnyBackend + HasSqlType<Text> + HasSqlType<BigInt> + HasSqlType<Date> + HasSqlType<Timestamp>,
        String: ToSql<Text, DB>,
        i64: ToSql<BigInt, DB>,
        NaiveDate: ToSql<Date, DB>,
        NaiveDateTime: ToSql<Timestamp, DB>,
    {
        // The text differs from one condition to the next, so a type does not name a statement.
        out.unsafe_to_cache_prepared();
        for part in &self.0 {
            match part {
                Part::Sql(sql) => out.push_sql(sql),
                Part::Text(text) => out.push_bind_param::<Text, _>(text)?,
                Part::Key(key) => out.push_bind_param::<BigInt, _>(key)?,
                Part::Date(date) => out.push_bind_param::<Date, _>(date)?,
                Part::Time(time) => out.push_bind_param::<Timestamp, _>(time)?,
            }
        }
        Ok(())
    }
}

impl QueryFragment<Sqlite> for Condition {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.walk(out)
    }
}

impl QueryFragment<Pg> for Condition {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.walk(out)
    }
}

impl QueryFragment<Backend> for Condition {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        Backend::walk_variant_ast(self, out)
    }
}

impl QueryId for Condition {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Expression for Condition {
    type SqlType = Nullable<Bool>;
}

impl<T> AppearsOnTable<T> for Condition {}
impl<T> SelectableExpression<T> for Condition {}
impl<G> ValidGrouping<G> for Condition {
    type IsAggregate = is_aggregate::Never;
}

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
            "SELECT setval(pg_get_serial_sequence('{table}', 'id'), 1 + greatest( \
             coalesce((SELECT max(id) FROM {table}), 0), \
             coalesce((SELECT max(last_id) FROM creations WHERE resource = '{table}'), 0)), false)"
        );
        diesel::sql_query(next).execute(conn)?;
    }
    Ok(())
}

/// Takes keys for new rows of a table, in rising order, so that rows and what refers to them can be written in any order.
pub fn reserve(conn: &mut super::Conn, table: &'static str, many: usize) -> QueryResult<Vec<i64>> {
    use diesel::RunQueryDsl;
    #[derive(diesel::QueryableByName)]
    struct Key {
        #[diesel(sql_type = BigInt)]
        id: i64,
    }
    let many = i64::try_from(many).unwrap_or(i64::MAX);
    match conn {
        super::Conn::Sqlite(conn) => {
            // There is one writer, and this is it. A key is never used again, also where its row is gone: it is what says who created it.
            let last = diesel::sql_query(format!(
                "SELECT max(coalesce((SELECT max(id) FROM {table}), 0), \
                 coalesce((SELECT max(last_id) FROM creations WHERE resource = '{table}'), 0)) AS id"
            ));
            let last = last.get_result::<Key>(conn)?.id;
            Ok((last + 1..=last + many).collect())
        }
        super::Conn::Pg(conn) => {
            let next = format!(
                "SELECT nextval(pg_get_serial_sequence('{table}', 'id')) AS id FROM generate_series(1, $1::bigint)"
            );
            let keys: Vec<Key> = diesel::sql_query(next).bind::<BigInt, _>(many).load(conn)?;
            Ok(keys.into_iter().map(|key| key.id).collect())
        }
    }
}
