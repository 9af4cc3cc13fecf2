//! The keys of a `GROUP BY` that are chosen at run time: places at a level of the gazetteer, periods of time.
//!
//! They hold no bound value, which PostgreSQL would not recognise in `SELECT` and in `GROUP BY` as the same.

use diesel::backend::Backend as AnyBackend;
use diesel::expression::{AppearsOnTable, Expression, SelectableExpression, ValidGrouping, is_aggregate};
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::result::QueryResult;
use diesel::sql_types::{BigInt, Date, Nullable};
use diesel::sqlite::Sqlite;

use super::Backend;
use crate::domain::location::Level;
use crate::domain::period::Unit;

/// An id, rolled up to a level of the gazetteer where one is asked for.
#[derive(Clone, Copy, Debug)]
pub struct IdKey {
    /// The id: SQL over one table. Without it it is no key, and NULL stands in its place.
    pub id: Option<&'static str>,
    /// The level that the location is rolled up to.
    pub level: Option<Level>,
}

impl IdKey {
    fn print<DB: AnyBackend>(self, mut out: AstPass<'_, '_, DB>) {
        out.unsafe_to_cache_prepared();
        match (self.id, self.level) {
            (None, _) => out.push_sql("CAST(NULL AS BIGINT)"),
            (Some(id), None) => out.push_sql(id),
            (Some(id), Some(level)) => {
                out.push_sql(match level {
                    Level::Country => "(SELECT up.country_id",
                    Level::Admin1 => "(SELECT up.admin1_id",
                    Level::Admin2 => "(SELECT up.admin2_id",
                    Level::Admin3 => "(SELECT up.admin3_id",
                });
                out.push_sql(" FROM locations AS up WHERE up.id = ");
                out.push_sql(id);
                out.push_sql(")");
            }
        }
    }
}

impl QueryFragment<Backend> for IdKey {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        self.print(out);
        Ok(())
    }
}

/// The first day of the period that a row falls into.
#[derive(Clone, Copy, Debug)]
pub struct PeriodKey {
    /// The kind of period. Without it it is no key, and NULL stands in its place.
    pub unit: Option<Unit>,
    /// The first day of the row: SQL over one table. With it the row falls only into a period that holds the whole of
    /// it, else into none; without it into the period of its last day.
    pub first: Option<&'static str>,
    /// The last day of the row: SQL over one table.
    pub last: &'static str,
}

impl PeriodKey {
    /// Prints the key; `period` gives the SQL of a period's first day, in pieces between which the day stands.
    fn print<DB: AnyBackend>(self, mut out: AstPass<'_, '_, DB>, period: impl Fn(Unit) -> &'static [&'static str]) {
        out.unsafe_to_cache_prepared();
        let Some(unit) = self.unit else {
            out.push_sql("CAST(NULL AS DATE)");
            return;
        };
        let begins = |day: &str| period(unit).join(day);
        let last = begins(self.last);
        match self.first.map(begins) {
            Some(first) => out.push_sql(&format!("CASE WHEN {first} = {last} THEN {last} END")),
            None => out.push_sql(&last),
        }
    }
}

impl QueryFragment<Sqlite> for PeriodKey {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.print(out, |unit| match unit {
            Unit::Day => &["", ""],
            Unit::Week => &["date(", ", '-6 days', 'weekday 1')"],
            Unit::Month => &["date(", ", 'start of month')"],
            Unit::Quarter => &["date(", ", 'start of month', '-' || ((strftime('%m', ", ") - 1) % 3) || ' months')"],
            Unit::Year => &["date(", ", 'start of year')"],
        });
        Ok(())
    }
}

impl QueryFragment<Pg> for PeriodKey {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // A timestamp without time zone: what the server holds for its own zone must not move a day.
        self.print(out, |unit| match unit {
            Unit::Day => &["", ""],
            Unit::Week => &["CAST(date_trunc('week', CAST(", " AS TIMESTAMP)) AS DATE)"],
            Unit::Month => &["CAST(date_trunc('month', CAST(", " AS TIMESTAMP)) AS DATE)"],
            Unit::Quarter => &["CAST(date_trunc('quarter', CAST(", " AS TIMESTAMP)) AS DATE)"],
            Unit::Year => &["CAST(date_trunc('year', CAST(", " AS TIMESTAMP)) AS DATE)"],
        });
        Ok(())
    }
}

impl QueryFragment<Backend> for PeriodKey {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Backend>) -> QueryResult<()> {
        Backend::walk_variant_ast(self, out)
    }
}

/// What an expression is for diesel beside its SQL: of a type, on any table, inside and outside of a `GROUP BY`.
macro_rules! key {
    ($name:ident: $type:ty) => {
        impl Expression for $name {
            type SqlType = $type;
        }
        impl<T> AppearsOnTable<T> for $name {}
        impl<T> SelectableExpression<T> for $name {}
        impl<G> ValidGrouping<G> for $name {
            type IsAggregate = is_aggregate::Never;
        }
        impl QueryId for $name {
            type QueryId = ();
            const HAS_STATIC_QUERY_ID: bool = false;
        }
    };
}

key!(IdKey: Nullable<BigInt>);
key!(PeriodKey: Nullable<Date>);
