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

/// Which rows to write.
pub struct Export<R: Rows> {
    /// Who reads.
    pub who: Reading,
    /// Which rows.
    pub filter: Filter,
    /// In which order.
    pub sort: Sort,
    rows: PhantomData<R>,
}

/// A page of rows, and where the next one begins.
pub(super) type Page<R> = (Vec<<R as Rows>::Row>, Option<Position>);

impl<R: Rows> Export<R> {
    /// An export of rows.
    pub fn new(who: Reading, filter: Filter, sort: Sort) -> Self {
        Self { who, filter, sort, rows: PhantomData }
    }

    pub(super) fn again(&self) -> Self {
        Self::new(self.who, self.filter.clone(), self.sort)
    }

    /// Reads one page.
    pub(super) fn read(&self, conn: &mut Conn, after: Option<Position>) -> Result<Page<R>, Error> {
        let request = PageRequest { sort: self.sort, after, limit: PAGE };
        let page = R::page(conn, self.who, &self.filter, &request)?;
        Ok((page.rows, page.next.map(|next| next.after)))
    }

    /// Reads and writes one page, on the thread that holds the connection.
    fn write(
        &self,
        conn: &mut Conn,
        format: Format,
        after: Option<Position>,
    ) -> Result<(Vec<u8>, Option<Position>), Error> {
        let first = after.is_none();
        let (rows, next) = self.read(conn, after)?;
        let mut written = format.rows(&rows, first)?;
        if next.is_none() {
            written.extend_from_slice(format.tail());
        }
        Ok((written, next))
    }

    /// The head and the first page: whatever is wrong with the question shows here, while it can still be answered.
    pub fn begin(&self, conn: &mut Conn, format: Format, bom: bool) -> Result<Rest<R>, Error> {
        let mut written = format.head(&R::sample(), bom)?;
        let (rows, next) = self.write(conn, format, None)?;
        written.extend_from_slice(&rows);
        Ok(Rest { export: self.again(), format, written: written.into(), next })
    }
}

/// What is still to be written after the first page.
pub struct Rest<R: Rows> {
    export: Export<R>,
    format: Format,
    written: Bytes,
    next: Option<Position>,
}

impl<R: Rows> Rest<R> {
    /// The whole file in small pieces. An error ends it, so that a short file is never taken for a whole one.
    pub fn stream(self, db: Db) -> impl Stream<Item = Result<Bytes, Error>> {
        stream::try_unfold((self, db), |(mut rest, db)| async move {
            if rest.written.is_empty() {
                let Some(after) = rest.next.take() else { return Ok(None) };
                let (export, format) = (rest.export.again(), rest.format);
                let (written, next) = db.read(move |conn| export.write(conn, format, Some(after.clone()))).await?;
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

    use super::super::many::{Many, export};
    use super::*;
    use crate::db::DatabaseUrl;

    async fn rest(folder: &tempfile::TempDir, filter: Filter, format: Format) -> (Rest<Many>, Db) {
        let db = Db::open(&DatabaseUrl::Sqlite(folder.path().join("a.db")), 1).unwrap();
        let export = export(filter);
        let rest = db.read(move |conn| export.begin(conn, format, false)).await.unwrap();
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
