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
