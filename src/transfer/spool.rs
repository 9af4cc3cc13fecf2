//! Workbooks on their way out. A workbook has its table of contents at its end and may yet turn out too large, so it is
//! written whole into a temporary file, and then sent from there as fast as the client takes it.
//!
//! The file has no name: it is gone when it is closed, whatever happens to the client or to this process.

use std::fs::File;
use std::io::Read;
use std::time::Duration;

use bytes::Bytes;
use futures_util::future::try_join;
use futures_util::stream::{self, Stream};
use serde::Serialize;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::stream::Pages;
use super::xlsx::{About, Book, MAX_ROWS};
use crate::db::{Conn, Db};
use crate::error::Error;

/// Bytes that are read and sent at once.
const CHUNK: usize = 64 * 1024;
/// How many workbooks are written at the same time: each takes a core, and room for temporary files.
pub const AT_ONCE: usize = 4;
/// How long a workbook waits for its turn.
const PATIENCE: Duration = Duration::from_secs(60);

static TURNS: Semaphore = Semaphore::const_new(AT_ONCE);

async fn turn() -> Result<SemaphorePermit<'static>, Error> {
    match tokio::time::timeout(PATIENCE, TURNS.acquire()).await {
        Ok(Ok(turn)) => Ok(turn),
        _ => Err(Error::Unavailable("too many workbooks are being written".to_owned())),
    }
}

pub(super) async fn on_a_thread<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    match tokio::task::spawn_blocking(job).await {
        Ok(done) => done,
        // What writes a workbook panics when the disk is full.
        Err(error) => Err(Error::Unavailable(format!("a file was not written: {error}"))),
    }
}

/// Does what makes a workbook, when it is its turn.
pub(super) async fn in_turn<T: Send + 'static>(
    job: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let turn = turn().await?;
    on_a_thread(move || {
        let done = job();
        drop(turn);
        done
    })
    .await
}

/// A finished workbook.
#[derive(Debug)]
pub struct Spool {
    file: File,
    length: u64,
}

impl Spool {
    /// Makes a workbook of rows that are there already.
    pub async fn of<R: Serialize + Send + 'static>(rows: Vec<R>, sample: R, about: About) -> Result<Self, Error> {
        let turn = turn().await?;
        on_a_thread(move || {
            let mut book = Book::new(&sample, &about)?;
            book.rows(&rows)?;
            drop(rows);
            Self::end(book, turn)
        })
        .await
    }

    /// Ends a workbook, and its turn: a client that is gone does not stop the thread.
    fn end(book: Book, turn: SemaphorePermit) -> Result<Self, Error> {
        let (file, length) = book.finish()?;
        drop(turn);
        Ok(Self { file, length })
    }

    /// How many bytes it has.
    pub fn length(&self) -> u64 {
        self.length
    }

    /// The whole file in small pieces.
    pub fn stream(self) -> impl Stream<Item = Result<Bytes, Error>> {
        stream::try_unfold(self, |spool| async {
            if spool.length == 0 {
                return Ok(None);
            }
            on_a_thread(move || spool.read()).await.map(Some)
        })
    }

    fn read(mut self) -> Result<(Bytes, Self), Error> {
        let mut chunk = vec![0; usize::try_from(self.length).unwrap_or(CHUNK).min(CHUNK)];
        let failed = |error| Error::Unavailable(format!("temporary file: {error}"));
        self.file.read_exact(&mut chunk).map_err(failed)?;
        self.length -= chunk.len() as u64;
        Ok((chunk.into(), self))
    }
}

/// The workbook of rows of which the first page has been read.
pub struct Begun<P: Pages> {
    pages: P,
    rows: Vec<P::Row>,
    next: Option<P::Place>,
}

/// Reads the first page, unless there are more rows than a sheet holds: whatever is wrong with the question shows here.
pub fn begin_workbook<P: Pages>(pages: &P, conn: &mut Conn) -> Result<Begun<P>, Error> {
    if pages.count(conn)? > MAX_ROWS as i64 {
        return Err(Error::TooManyForSheet(MAX_ROWS));
    }
    let (rows, next) = pages.read(conn, None)?;
    Ok(Begun { pages: pages.clone(), rows, next })
}

impl<P: Pages> Begun<P> {
    /// Writes the whole workbook. The next page is read while one is written, each in a snapshot of its own.
    pub async fn finish(self, db: &Db, about: About) -> Result<Spool, Error> {
        let turn = turn().await?;
        let Self { pages, mut rows, mut next } = self;
        let begun = pages.clone();
        let mut book = on_a_thread(move || begun.open(&about)).await?;
        loop {
            let filling = pages.clone();
            let write = on_a_thread(move || {
                filling.fill(&mut book, &rows)?;
                Ok(book)
            });
            let read = async {
                let Some(from) = next.take() else { return Ok(None) };
                let pages = pages.clone();
                db.read(move |conn| pages.read(conn, Some(&from))).await.map(Some)
            };
            let (written, page) = try_join(write, read).await?;
            book = written;
            let Some(page) = page else { break };
            (rows, next) = page;
        }
        on_a_thread(move || Spool::end(book, turn)).await
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};
    use futures_util::TryStreamExt;

    use super::super::many::{Many, export};
    use super::super::stream::Export;
    use super::*;
    use crate::db::DatabaseUrl;
    use crate::store::Filter;

    async fn spooled(filter: Filter) -> Result<Spool, Error> {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&DatabaseUrl::Sqlite(folder.path().join("a.db")), 1).unwrap();
        let export = export(filter);
        let begun: Begun<Export<Many>> = db.read(move |conn| begin_workbook(&export, conn)).await?;
        begun.finish(&db, About { name: "locations", arabic: false, made_at: chrono::NaiveDateTime::default() }).await
    }

    #[actix_web::test]
    async fn every_page_is_in_the_workbook() {
        let spool = spooled(Filter::default()).await.unwrap();
        let length = spool.length();
        let chunks: Vec<Bytes> = spool.stream().try_collect().await.unwrap();
        assert!(chunks.len() > 1 && chunks.iter().all(|chunk| !chunk.is_empty() && chunk.len() <= CHUNK));
        let bytes = chunks.concat();
        assert_eq!(bytes.len() as u64, length);
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("locations").unwrap();
        let codes: Vec<String> = range.rows().skip(1).map(|row| row[0].to_string()).collect();
        assert_eq!(codes, (0..12_000).map(|code| format!("{code:05}")).collect::<Vec<_>>());
        assert_eq!(range.get((0, 1)), Some(&Data::String("name".to_owned())));
    }

    #[actix_web::test]
    async fn what_goes_wrong_shows_before_anything_is_sent() {
        let broken = Filter { q: Some("x".to_owned()), ..Filter::default() };
        assert!(matches!(spooled(broken).await, Err(Error::Unavailable(_))));
        let too_many = Filter { source: Some("x".to_owned()), ..Filter::default() };
        assert!(matches!(spooled(too_many).await, Err(Error::TooManyForSheet(1_048_575))));
    }
}
