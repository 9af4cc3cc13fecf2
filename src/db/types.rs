//! How our words lie in columns.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;

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

/// A list as it lies in a text column: JSON.
pub fn list_to_text<T: serde::Serialize>(list: &[T]) -> Result<String, Error> {
    serde_json::to_string(list).map_err(|error| Error::Internal(error.to_string()))
}

/// A list from its text column.
pub fn list_from_text<T: serde::de::DeserializeOwned>(text: &str) -> Result<Vec<T>, Error> {
    serde_json::from_str(text).map_err(|error| Error::Internal(format!("{text:?} is not a list: {error}")))
}
