//! Keyset paging: where a page begins, and what opaque text leads to the next.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{NaiveDate, NaiveDateTime};
use serde::{Deserialize, Serialize};

/// The rows of a page where nothing else is asked for.
pub const DEFAULT_LIMIT: usize = 100;
/// The most rows of a page.
pub const MAX_LIMIT: usize = 10_000;

/// What a list is sorted by. Ties go by code in the same direction; codes by bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    /// The row's date; undated rows come last in both directions.
    Date,
    /// The code alone.
    Code,
    /// When the row was last written.
    UpdatedAt,
}

/// The order of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// By what.
    pub by: SortBy,
    /// Whether from the last to the first.
    pub descending: bool,
}

/// The place of one row in the order of its list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Its date, where the list is sorted by date and the row has one.
    pub date: Option<NaiveDate>,
    /// Its time, where the list is sorted by time.
    pub time: Option<NaiveDateTime>,
    /// Its code.
    pub code: String,
}

/// The last row of a page, and the order that it is the last in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// The order of the list.
    pub sort: Sort,
    /// The last row that was read.
    pub after: Position,
}

impl Cursor {
    /// The cursor as clients carry it.
    pub fn encode(&self) -> String {
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(self).unwrap_or_default())
    }

    /// The cursor that a client brings back, if it is one.
    pub fn decode(text: &str) -> Option<Self> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
    }
}

/// Which page of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The order.
    pub sort: Sort,
    /// The row after which it begins.
    pub after: Option<Position>,
    /// How many rows at the most.
    pub limit: usize,
}

/// One page of a list.
#[derive(Debug)]
pub struct Page<R> {
    /// The rows.
    pub rows: Vec<R>,
    /// Where the next page begins, if there is one.
    pub next: Option<Cursor>,
}

impl<R> Page<R> {
    /// A page from up to one row more than was asked for: that row tells that there is a next page.
    pub fn of(mut rows: Vec<R>, request: &PageRequest, position: impl Fn(&R) -> Position) -> Self {
        let more = rows.len() > request.limit;
        rows.truncate(request.limit);
        let last = rows.last().filter(|_| more);
        let next = last.map(|row| Cursor { sort: request.sort, after: position(row) });
        Self { rows, next }
    }

    /// The same page with other rows.
    pub fn map<T, E>(self, rows: impl FnOnce(Vec<R>) -> Result<Vec<T>, E>) -> Result<Page<T>, E> {
        Ok(Page { rows: rows(self.rows)?, next: self.next })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went() {
        let after = Position { date: NaiveDate::from_ymd_opt(2017, 3, 18), time: None, code: "a".to_owned() };
        let cursor = Cursor { sort: Sort { by: SortBy::Date, descending: true }, after };
        assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
        assert_eq!(Cursor::decode("nonsense"), None);
    }

    proptest! {
        #[test]
        fn fuzz_any_cursor(text in any::<String>(), bytes in any::<Vec<u8>>(), near in "[{}:,\"a-z0-9-]{0,120}") {
            for text in [text, URL_SAFE_NO_PAD.encode(bytes), URL_SAFE_NO_PAD.encode(near)] {
                if let Some(cursor) = Cursor::decode(&text) {
                    prop_assert_eq!(Cursor::decode(&cursor.encode()), Some(cursor));
                }
            }
        }
    }
}
