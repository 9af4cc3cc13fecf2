//! Everything that a filter finds, page by page: the next one is read when the client has taken the last, and no thread
//! waits in between.

use std::marker::PhantomData;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use serde::Serialize;

use super::Format;
use crate::db::page::{PageRequest, Position, Sort};
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::store::{Filter, Reading, Rows};

/// Rows that are read at once.
const PAGE: usize = 5_000;
/// Bytes that are sent at once.
const CHUNK: usize = 64 * 1024;

/// One page of rows, and where the next one begins, if there is one.
pub type PageOf<P> = (Vec<<P as Pages>::Row>, Option<<P as Pages>::Place>);

/// Rows that are read page by page.
pub trait Pages: Clone + Send + Sync + 'static {
    /// One row.
    type Row: Serialize + Send + 'static;
    /// Where a page begins.
    type Place: Clone + Send + 'static;

    /// A row that has every column.
    fn sample(&self) -> Self::Row;

    /// How many rows there are, or at least.
    fn count(&self, conn: &mut Conn) -> Result<i64, Error>;

    /// One page, and where the next one begins, if there is one.
    fn read(&self, conn: &mut Conn, from: Option<&Self::Place>) -> Result<PageOf<Self>, Error>;

    /// Some rows as text: the first ones, or some that follow others.
    fn write(&self, format: Format, rows: &[Self::Row], first: bool) -> Result<Vec<u8>, Error> {
        format.rows(rows, first)
    }
}

/// The rows of a list.
pub struct Export<R: Rows> {
    who: Reading,
    filter: Filter,
    sort: Sort,
    rows: PhantomData<R>,
}

impl<R: Rows> Export<R> {
    /// An export of rows.
    pub fn new(who: Reading, filter: Filter, sort: Sort) -> Self {
        Self { who, filter, sort, rows: PhantomData }
    }
}

impl<R: Rows> Clone for Export<R> {
    fn clone(&self) -> Self {
        Self::new(self.who, self.filter.clone(), self.sort)
    }
}

impl<R: Rows> Pages for Export<R> {
    type Row = R::Row;
    type Place = Position;

    fn sample(&self) -> R::Row {
        R::sample()
    }

    fn count(&self, conn: &mut Conn) -> Result<i64, Error> {
        R::count(conn, self.who, &self.filter)
    }

    fn read(&self, conn: &mut Conn, from: Option<&Position>) -> Result<(Vec<R::Row>, Option<Position>), Error> {
        let request = PageRequest { sort: self.sort, after: from.cloned(), limit: PAGE };
        let page = R::page(conn, self.who, &self.filter, &request)?;
        Ok((page.rows, page.next.map(|next| next.after)))
    }
}

/// Reads and writes one page, on the thread that holds the connection.
fn write<P: Pages>(
    pages: &P,
    conn: &mut Conn,
    format: Format,
    from: Option<&P::Place>,
) -> Result<(Vec<u8>, Option<P::Place>), Error> {
    let (rows, next) = pages.read(conn, from)?;
    let mut written = pages.write(format, &rows, from.is_none())?;
    if next.is_none() {
        written.extend_from_slice(format.tail());
    }
    Ok((written, next))
}

/// The head and the first page: whatever is wrong with the question shows here, while it can still be answered.
pub fn begin<P: Pages>(pages: &P, conn: &mut Conn, format: Format, bom: bool) -> Result<Rest<P>, Error> {
    let mut written = format.head(&pages.sample(), bom)?;
    let (rows, next) = write(pages, conn, format, None)?;
    written.extend_from_slice(&rows);
    Ok(Rest { pages: pages.clone(), format, written: written.into(), next })
}

/// What is still to be written after the first page.
pub struct Rest<P: Pages> {
    pages: P,
    format: Format,
    written: Bytes,
    next: Option<P::Place>,
}

impl<P: Pages> Rest<P> {
    /// The whole file in small pieces. An error ends it, so that a short file is never taken for a whole one.
    pub fn stream(self, db: Db) -> impl Stream<Item = Result<Bytes, Error>> {
        stream::try_unfold((self, db), |(mut rest, db)| async move {
            // A page may have no rows, and not be the last.
            while rest.written.is_empty() {
                let Some(from) = rest.next.take() else { return Ok(None) };
                let (pages, format) = (rest.pages.clone(), rest.format);
                let (written, next) = db.read(move |conn| write(&pages, conn, format, Some(&from))).await?;
                (rest.written, rest.next) = (written.into(), next);
            }
            let chunk = rest.written.split_to(rest.written.len().min(CHUNK));
            Ok(Some((chunk, (rest, db))))
        })
    }
}

#[cfg(test)]
mod tests {
    use futures_util::{StreamExt, TryStreamExt};

    use super::super::many::{Many, export};
    use super::*;
    use crate::db::DatabaseUrl;

    async fn rest(folder: &tempfile::TempDir, filter: Filter, format: Format) -> (Rest<Export<Many>>, Db) {
        let db = Db::open(&DatabaseUrl::Sqlite(folder.path().join("a.db")), 1).unwrap();
        let export = export(filter);
        let rest = db.read(move |conn| begin(&export, conn, format, false)).await.unwrap();
        (rest, db)
    }

    #[actix_web::test]
    async fn every_page_comes_in_small_pieces() {
        let folder = tempfile::tempdir().unwrap();
        let (rest, db) = rest(&folder, Filter::default(), Format::Csv).await;
        let chunks: Vec<Bytes> = rest.stream(db).try_collect().await.unwrap();
        assert!(chunks.iter().all(|chunk| !chunk.is_empty() && chunk.len() <= CHUNK));
        let text = String::from_utf8(chunks.concat()).unwrap();
        let codes: Vec<_> = text.lines().skip(1).filter_map(|line| line.split(',').next()).collect();
        assert_eq!(codes, (0..12_000).map(|code| format!("{code:05}")).collect::<Vec<_>>());
    }

    #[actix_web::test]
    async fn the_pages_of_a_map_are_one_document() {
        let folder = tempfile::tempdir().unwrap();
        let (rest, db) = rest(&folder, Filter::default(), Format::Geojson).await;
        let chunks: Vec<Bytes> = rest.stream(db).try_collect().await.unwrap();
        let map: serde_json::Value = serde_json::from_slice(&chunks.concat()).unwrap();
        assert_eq!(map["features"].as_array().map(Vec::len), Some(12_000));
        assert_eq!(map["features"][11_999]["id"], "11999");
    }

    #[actix_web::test]
    async fn an_error_in_the_middle_is_no_end() {
        let folder = tempfile::tempdir().unwrap();
        let (rest, db) = rest(&folder, Filter { q: Some("x".to_owned()), ..Filter::default() }, Format::Csv).await;
        let last = rest.stream(db).collect::<Vec<_>>().await.pop();
        assert!(matches!(last, Some(Err(Error::Unavailable(_)))));
    }
}
