//! Conditions that are put together at run time.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::backend::Backend as AnyBackend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, Date, HasSqlType, Nullable, Text, Timestamp};
use diesel::sqlite::Sqlite;

use crate::db::Backend;

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
