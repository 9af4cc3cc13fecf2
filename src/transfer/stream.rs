//! The whole filtered set, page by page: the next one is read when the client has taken the last, and no thread waits
//! in between.

use std::marker::PhantomData;

use bytes::Bytes;
use futures_util::stream::{self, Stream};

use super::Format;
use crate::db::page::{PageRequest, Position, Sort};
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::store::{Filter, Reading, Rows};

/// Rows that are read at once.
const PAGE: usize = 5_000;
/// Bytes that are sent at once.
const CHUNK: usize = 64 * 1024;

/// What to write, and how.
pub struct Export<R: Rows> {
    /// Who reads.
    pub who: Reading,
    /// Which rows.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    /// As what.
    pub format: Format,
    rows: PhantomData<R>,
}

/// What is still to be written after the first page.
pub struct Rest<R: Rows> {
    export: Export<R>,
    written: Bytes,
    next: Option<Position>,
}

impl<R: Rows> Export<R> {
    /// An export of rows.
    pub fn new(who: Reading, filter: Filter, sort: Sort, format: Format) -> Self {
        Self { who, filter, sort, format, rows: PhantomData }
    }

    fn again(&self) -> Self {
        Self::new(self.who, self.filter.clone(), self.sort, self.format)
    }

    /// Reads and writes one page, on the thread that holds the connection.
    fn page(&self, conn: &mut Conn, after: Option<Position>) -> Result<(Vec<u8>, Option<Position>), Error> {
        let request = PageRequest { sort: self.sort, after, limit: PAGE };
        let page = R::page(conn, self.who, &self.filter, &request)?;
        Ok((self.format.rows(&page.rows)?, page.next.map(|next| next.after)))
    }

    /// The head and the first page: whatever is wrong with the question shows here, while it can still be answered.
    pub fn begin(&self, conn: &mut Conn, bom: bool) -> Result<Rest<R>, Error> {
        let mut written = self.format.head(&R::sample(), bom)?;
        let (rows, next) = self.page(conn, None)?;
        written.extend_from_slice(&rows);
        Ok(Rest { export: self.again(), written: written.into(), next })
    }
}

impl<R: Rows> Rest<R> {
    /// The whole file in small pieces. An error ends it, so that a short file is never taken for a whole one.
    pub fn stream(self, db: Db) -> impl Stream<Item = Result<Bytes, Error>> {
        stream::try_unfold((self, db), |(mut rest, db)| async move {
            if rest.written.is_empty() {
                let Some(after) = rest.next.take() else { return Ok(None) };
                let export = rest.export.again();
                let (written, next) = db.read(move |conn| export.page(conn, Some(after.clone()))).await?;
                (rest.written, rest.next) = (written.into(), next);
            }
            let chunk = rest.written.split_to(rest.written.len().min(CHUNK));
            Ok((!chunk.is_empty()).then_some((chunk, (rest, db))))
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, TryStreamExt};
    use serde_json::Value;

    use super::*;
    use crate::db::DatabaseUrl;
    use crate::db::page::{Page, SortBy};
    use crate::domain::Resource;
    use crate::domain::access::Viewer;
    use crate::store::{Precondition, Tx, Written};

    /// A row that there is as often as the test needs.
    #[derive(serde::Serialize, utoipa::ToSchema)]
    struct Row {
        code: String,
        name: String,
    }

    struct Many;

    /// A resource with 12,000 rows, of which the last page fails where `q` is given.
    impl Rows for Many {
        const RESOURCE: Resource = Resource::Locations;
        type Row = Row;
        type Single = Row;
        type Body = Row;

        fn page(_: &mut Conn, _: Reading, filter: &Filter, request: &PageRequest) -> Result<Page<Row>, Error> {
            let from = request.after.as_ref().map_or(0, |after| after.code.parse().unwrap_or(0) + 1);
            if from >= 10_000 && filter.q.is_some() {
                return Err(Error::Unavailable("gone".to_owned()));
            }
            let row = |code: usize| Row { code: format!("{code:05}"), name: "a name of some length".to_owned() };
            let rows = (from..12_000).take(request.limit + 1).map(row).collect();
            Ok(Page::of(rows, request, |row| Position { date: None, time: None, code: row.code.clone() }))
        }

        fn count(_: &mut Conn, _: Reading, _: &Filter) -> Result<i64, Error> {
            Ok(12_000)
        }

        fn single(_: &mut Conn, _: Reading, _: &str) -> Result<Option<(Row, i32)>, Error> {
            Ok(None)
        }

        fn held(_: &mut Tx, _: &str) -> Result<Value, Error> {
            Err(Error::Taken(String::new()))
        }

        fn put(_: &mut Tx, _: Option<&str>, _: &Value, _: &Precondition) -> Result<Written, Error> {
            Err(Error::Taken(String::new()))
        }

        fn delete(_: &mut Tx, _: &str, _: &Precondition) -> Result<(), Error> {
            Ok(())
        }

        fn sample() -> Row {
            Row { code: "a".to_owned(), name: "A".to_owned() }
        }

        fn sample_single() -> Row {
            Self::sample()
        }

        fn sample_body() -> Value {
            Value::Null
        }
    }

    async fn rest(folder: &tempfile::TempDir, filter: Filter) -> (Rest<Many>, Db) {
        let db = Db::open(&DatabaseUrl::Sqlite(folder.path().join("a.db")), 1).unwrap();
        let who = Reading { viewer: Viewer::Public, arabic: false };
        let export = Export::<Many>::new(who, filter, Sort { by: SortBy::Code, descending: false }, Format::Csv);
        let rest = db.read(move |conn| export.begin(conn, false)).await.unwrap();
        (rest, db)
    }

    #[actix_web::test]
    async fn every_page_comes_in_small_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let (rest, db) = rest(&folder, Filter::default()).await;
        let chunks: Vec<Bytes> = rest.stream(db).try_collect().await.unwrap();
        assert!(chunks.iter().all(|chunk| !chunk.is_empty() && chunk.len() <= CHUNK));
        let text = String::from_utf8(chunks.concat()).unwrap();
        let codes: Vec<_> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(codes, (0..12_000).map(|code| format!("{code:05}")).collect::<Vec<_>>());
    }

    #[actix_web::test]
    async fn an_error_in_the_middle_is_no_end() {
        let folder = tempfile::tempdir().unwrap();
        let (rest, db) = rest(&folder, Filter { q: Some("x".to_owned()), ..Filter::default() }).await;
        let last = rest.stream(db).collect::<Vec<_>>().await.pop();
        assert!(matches!(last, Some(Err(Error::Unavailable(_)))));
    }
}
