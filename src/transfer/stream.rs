//! Everything that a filter finds, page by page: one is read while the one before it is put into text and sent, and no thread
//! waits for the client.

use std::marker::PhantomData;

use bytes::Bytes;
use futures_util::stream::{self, Stream};
use tokio::task::JoinHandle;

use super::Format;
use super::spool::on_a_thread;
use super::xlsx::{About, Book};
use crate::db::page::{PageRequest, Position, Sort};
use crate::db::{Conn, Db};
use crate::error::Error;
use crate::store::{Filter, Reading, Rows};

/// Rows of the first page: the first bytes should not wait for many.
const FIRST: usize = 100;
/// Rows of every other page.
const PAGE: usize = 5_000;
/// Bytes that are sent at once.
const CHUNK: usize = 64 * 1024;

/// One page of rows, and where the next one begins, if there is one.
pub type PageOf<P> = (Vec<<P as Pages>::Row>, Option<<P as Pages>::Place>);

/// Rows that are read page by page.
pub trait Pages: Clone + Send + Sync + 'static {
    /// One row, or some that are read together.
    type Row: Send + 'static;
    /// Where a page begins.
    type Place: Clone + Send + Sync + 'static;

    /// How many rows there are, or at least.
    fn count(&self, conn: &mut Conn) -> Result<i64, Error>;

    /// One page, and where the next one begins, if there is one.
    fn read(&self, conn: &mut Conn, from: Option<&Self::Place>) -> Result<PageOf<Self>, Error>;

    /// What stands before the first row of a text.
    fn head(&self, format: Format, bom: bool) -> Result<Vec<u8>, Error>;

    /// Some rows as text: the first ones, or some that follow others.
    fn write(&self, format: Format, rows: &[Self::Row], first: bool) -> Result<Vec<u8>, Error>;

    /// Begins a workbook.
    fn open(&self, about: &About) -> Result<Book, Error>;

    /// Writes some more rows into a workbook.
    fn fill(&self, book: &mut Book, rows: &[Self::Row]) -> Result<(), Error>;
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

    fn count(&self, conn: &mut Conn) -> Result<i64, Error> {
        R::count(conn, self.who, &self.filter)
    }

    fn read(&self, conn: &mut Conn, from: Option<&Position>) -> Result<PageOf<Self>, Error> {
        let limit = if from.is_none() { FIRST } else { PAGE };
        let request = PageRequest { sort: self.sort, after: from.cloned(), limit };
        let page = R::page(conn, self.who, &self.filter, &request)?;
        Ok((page.rows, page.next.map(|next| next.after)))
    }

    fn head(&self, format: Format, bom: bool) -> Result<Vec<u8>, Error> {
        format.head(&R::sample(), bom)
    }

    fn write(&self, format: Format, rows: &[R::Row], first: bool) -> Result<Vec<u8>, Error> {
        format.rows(rows, first)
    }

    fn open(&self, about: &About) -> Result<Book, Error> {
        Book::new(&R::sample(), about)
    }

    fn fill(&self, book: &mut Book, rows: &[R::Row]) -> Result<(), Error> {
        book.rows(rows)
    }
}

/// Some rows as text, with what ends it where they are the last.
fn written<P: Pages>(pages: &P, format: Format, rows: &[P::Row], first: bool, last: bool) -> Result<Vec<u8>, Error> {
    let mut written = pages.write(format, rows, first)?;
    if last {
        written.extend_from_slice(format.tail());
    }
    Ok(written)
}

/// The head and the first page: whatever is wrong with the question shows here, while it can still be answered.
pub fn begin<P: Pages>(pages: &P, conn: &mut Conn, format: Format, bom: bool) -> Result<Rest<P>, Error> {
    let mut text = pages.head(format, bom)?;
    let (rows, next) = pages.read(conn, None)?;
    text.extend_from_slice(&written(pages, format, &rows, true, next.is_none())?);
    Ok(Rest { pages: pages.clone(), format, written: text.into(), next, ahead: None })
}

/// A page that is read while the one before it is on its way.
type Ahead<P> = JoinHandle<Result<PageOf<P>, Error>>;

fn ahead<P: Pages>(pages: &P, db: &Db, from: P::Place) -> Ahead<P> {
    let (pages, db) = (pages.clone(), db.clone());
    tokio::spawn(async move { db.read(move |conn| pages.read(conn, Some(&from))).await })
}

/// What is still to be written after the first page.
pub struct Rest<P: Pages> {
    pages: P,
    format: Format,
    written: Bytes,
    next: Option<P::Place>,
    ahead: Option<Ahead<P>>,
}

impl<P: Pages> Rest<P> {
    /// The whole file in small pieces. An error ends it, so that a short file is never taken for a whole one.
    pub fn stream(self, db: Db) -> impl Stream<Item = Result<Bytes, Error>> {
        stream::try_unfold((self, db), |(mut rest, db)| async move {
            // A page may have no rows, and not be the last.
            loop {
                if let Some(from) = rest.next.take() {
                    rest.ahead = Some(ahead(&rest.pages, &db, from));
                }
                if !rest.written.is_empty() {
                    let chunk = rest.written.split_to(rest.written.len().min(CHUNK));
                    return Ok(Some((chunk, (rest, db))));
                }
                let Some(page) = rest.ahead.take() else { return Ok(None) };
                let (rows, next) = page.await.map_err(|error| Error::Internal(error.to_string()))??;
                let last = next.is_none();
                rest.ahead = next.map(|from| ahead(&rest.pages, &db, from));
                let (pages, format) = (rest.pages.clone(), rest.format);
                rest.written = on_a_thread(move || written(&pages, format, &rows, false, last)).await?.into();
            }
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
