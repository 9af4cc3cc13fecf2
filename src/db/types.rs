//! How our words lie in columns.

use chrono::{Datelike, NaiveDate};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::data_types::PgDate;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{Date, Text};
use diesel::sqlite::Sqlite;

use crate::domain::period::parse_date;
use crate::domain::words;
use crate::error::Error;

/// A vocabulary word in a text column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Word<W: words::Word>(pub W);

impl<W: words::Word + std::fmt::Debug, DB: Backend> ToSql<Text, DB> for Word<W>
where
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        ToSql::<Text, DB>::to_sql(self.0.word(), out)
    }
}

impl<W: words::Word, DB: Backend> FromSql<Text, DB> for Word<W>
where
    String: FromSql<Text, DB>,
{
    fn from_sql(raw: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let word = String::from_sql(raw)?;
        W::parse(&word).map(Self).ok_or_else(|| format!("{word:?} is not {}", W::WHAT).into())
    }
}

/// A day as a number, for those who read millions: 1 is the first day of the year 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, FromSqlRow)]
pub struct Day(pub i32);

impl Day {
    /// The number of a date.
    pub fn of(date: NaiveDate) -> Self {
        Self(date.num_days_from_ce())
    }

    /// The date of a number.
    pub fn date(self) -> Option<NaiveDate> {
        NaiveDate::from_num_days_from_ce_opt(self.0)
    }
}

impl FromSql<Date, Pg> for Day {
    fn from_sql(raw: PgValue<'_>) -> deserialize::Result<Self> {
        /// 2000-01-01, from which PostgreSQL counts.
        const EPOCH: i32 = 730_120;
        let PgDate(days) = FromSql::<Date, Pg>::from_sql(raw)?;
        Ok(Self(EPOCH + days))
    }
}

impl FromSql<Date, Sqlite> for Day {
    fn from_sql(mut raw: <Sqlite as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        let text = raw.read_text();
        parse_date(text).map(Self::of).ok_or_else(|| format!("{text:?} is not a date").into())
    }
}

impl FromSql<Date, crate::db::Backend> for Day {
    fn from_sql(raw: <crate::db::Backend as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        raw.from_sql::<Self, Date>()
    }
}

/// A list as it lies in a text column: JSON.
pub fn list_to_text<T: serde::Serialize>(list: &[T]) -> Result<String, Error> {
    serde_json::to_string(list).map_err(|error| Error::Internal(error.to_string()))
}

/// A list from its text column.
pub fn list_from_text<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>, Error> {
    serde_json::from_str(text).map_err(|error| Error::Internal(format!("{text:?} is not a list: {error}")))
}
