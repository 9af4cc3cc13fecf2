//! Conditions that are put together at run time.

use std::marker::PhantomData;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::backend::Backend as AnyBackend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::query_dsl::RunQueryDsl;
use diesel::result::QueryResult;
use diesel::serialize::ToSql;
use diesel::sql_types::{BigInt, Bool, Date, HasSqlType, Nullable, Text, Timestamp};
use diesel::sqlite::Sqlite;

use crate::db::Backend;

/// Up to how many values a list has whose statement stays prepared. Each length is another statement, so that lengths are powers of
/// two: what is missing is the last value again.
const SHORT: usize = 16;

/// A condition that is put together at run time: plain SQL that both databases understand, with bound values.
///
/// A boxed expression of diesel cannot stand in a subquery of the combined backend; this can stand anywhere.
#[derive(Clone, Debug, Default)]
pub struct Condition {
    parts: Vec<Part>,
    /// Whether a connection keeps the statement prepared that this stands in. What clients ask for has more shapes than a connection can
    /// keep, so that this is for what the service asks by itself.
    kept: bool,
}

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
        Self { parts: vec![Part::Sql(sql)], kept: false }
    }

    /// Begins with SQL text that goes on in the same way each time, so that its statement stays prepared.
    pub fn kept(sql: &'static str) -> Self {
        Self { parts: vec![Part::Sql(sql)], kept: true }
    }

    /// A column holds one of some keys.
    pub fn keyed(column: &'static str, keys: &[i64]) -> Self {
        Self::sql(column).among(keys.iter().map(|key| Part::Key(*key)).collect())
    }

    /// A column holds one of some texts.
    pub fn named(column: &'static str, texts: &[&str]) -> Self {
        Self::sql(column).among(texts.iter().map(|text| Part::Text((*text).to_owned())).collect())
    }

    fn among(mut self, mut values: Vec<Part>) -> Self {
        self.kept = values.len() <= SHORT;
        if let Some(last) = values.last().filter(|_| self.kept).cloned() {
            values.resize(values.len().next_power_of_two(), last);
        }
        // Nothing equals NULL, so that a list may be empty.
        self.parts.push(Part::Sql(" IN (NULL"));
        self.parts.extend(values.into_iter().flat_map(|value| [Part::Sql(", "), value]));
        self.then(")")
    }

    /// Whether it says nothing yet.
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Goes on with SQL text.
    pub fn then(mut self, sql: &'static str) -> Self {
        self.parts.push(Part::Sql(sql));
        self
    }

    /// Goes on with a bound text.
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.parts.push(Part::Text(text.into()));
        self
    }

    /// Goes on with a bound key.
    pub fn key(mut self, key: i64) -> Self {
        self.parts.push(Part::Key(key));
        self
    }

    /// Goes on with a bound day.
    pub fn date(mut self, date: NaiveDate) -> Self {
        self.parts.push(Part::Date(date));
        self
    }

    /// Goes on with a bound time.
    pub fn time(mut self, time: NaiveDateTime) -> Self {
        self.parts.push(Part::Time(time));
        self
    }

    /// Goes on with other SQL as it is.
    pub fn and(mut self, other: Self) -> Self {
        self.kept = other.kept && (self.kept || self.parts.is_empty());
        self.parts.extend(other.parts);
        self
    }

    /// Goes on with another condition, in brackets.
    pub fn group(self, other: Self) -> Self {
        let kept = self.kept || self.parts.is_empty();
        let begun = Self { kept, ..self }.then("(");
        begun.and(other).then(")")
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
            if !joined.parts.is_empty() {
                joined = joined.then(word);
            }
            joined = joined.group(condition);
        }
        if joined.parts.is_empty() { Self::sql(empty) } else { joined }
    }

    fn walk<'b, DB>(&'b self, mut out: AstPass<'_, 'b, DB>) -> QueryResult<()>
    where
        DB: AnyBackend + HasSqlType<Text> + HasSqlType<BigInt> + HasSqlType<Date> + HasSqlType<Timestamp>,
        String: ToSql<Text, DB>,
        i64: ToSql<BigInt, DB>,
        NaiveDate: ToSql<Date, DB>,
        NaiveDateTime: ToSql<Timestamp, DB>,
    {
        if !self.kept {
            out.unsafe_to_cache_prepared();
        }
        for part in &self.parts {
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

/// A whole statement, with the types of the columns that it answers.
#[derive(Clone, Debug)]
pub struct Answering<T>(Condition, PhantomData<fn() -> T>);

impl Condition {
    /// The same as a statement of its own.
    pub fn answering<T>(self) -> Answering<T> {
        Answering(self, PhantomData)
    }
}

impl<T, DB: AnyBackend> QueryFragment<DB> for Answering<T>
where
    Condition: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

impl<T> QueryId for Answering<T> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<T> Query for Answering<T> {
    type SqlType = T;
}

impl<T, C> RunQueryDsl<C> for Answering<T> {}
