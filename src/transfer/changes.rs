//! The feed of changes as one file.

use super::Format;
use super::stream::{PageOf, Pages};
use super::xlsx::{About, Book};
use crate::db::Conn;
use crate::error::Error;
use crate::store::history::{self, Change};

/// Changes that are read together: the first bytes should not wait for many.
const FIRST: usize = 200;
/// Changes of every other page.
const PAGE: usize = 5_000;

/// Every change after a number.
#[derive(Clone, Copy, Debug)]
pub struct ChangesExport {
    after: i64,
}

impl ChangesExport {
    /// The changes after a number.
    pub fn new(after: i64) -> Self {
        Self { after }
    }
}

impl Pages for ChangesExport {
    type Row = Change;
    type Place = i64;

    fn count(&self, _: &mut Conn) -> Result<i64, Error> {
        // Asked before a workbook is begun, and there is none of changes.
        Ok(0)
    }

    fn read(&self, conn: &mut Conn, from: Option<&i64>) -> Result<PageOf<Self>, Error> {
        let (seq, limit) = from.map_or((self.after, FIRST), |seq| (*seq, PAGE));
        let changes = history::after(conn, seq, limit)?;
        let next = changes.last().map(|last| last.seq);
        Ok((changes, next))
    }

    fn head(&self, format: Format, bom: bool) -> Result<Vec<u8>, Error> {
        format.head(&Change::sample(), bom)
    }

    fn write(&self, format: Format, rows: &[Change], first: bool) -> Result<Vec<u8>, Error> {
        format.rows(rows, first)
    }

    fn open(&self, about: &About) -> Result<Book, Error> {
        Book::new(&Change::sample(), about)
    }

    fn fill(&self, book: &mut Book, rows: &[Change]) -> Result<(), Error> {
        book.rows(rows)
    }
}
