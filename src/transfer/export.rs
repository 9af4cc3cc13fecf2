//! The record in the import's own columns: what is exported can be imported again, and changes nothing.

mod columns;
mod pieces;

use std::io::{self, Write};
use std::pin::Pin;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::{Stream, StreamExt};
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::sheet::{Part as Speaks, Sheet};
use super::stream::{PageOf, Pages};
use super::xlsx::Book;
use super::{About, Format, begin, begin_workbook};
use crate::db::{Conn, Db};
use crate::domain::access::Viewer;
use crate::domain::clock::Clock;
use crate::error::Error;
use crate::store::sheets::{self, Group, Part, Place, Record, Whole};
use crate::store::{Agreements, Filter, Locations, Reading, Rows, Sources};

pub use columns::shown;
use pieces::{Piece, Section};

/// Records of the first page: the first bytes should not wait for many.
const FIRST: usize = 200;
/// Records of every other page.
const PAGE: usize = 2_000;

/// What a sheet is asked for, and how it is written.
#[derive(Clone)]
pub struct SheetExport(Arc<Asked>);

struct Asked {
    sheet: Sheet,
    who: Reading,
    filter: Filter,
    format: Format,
    /// The columns before those of the part and of the figure, those of the part, and those of the figure.
    sections: [Section; 3],
}

/// A row of a sheet: the pieces of text or cells that it is made of. Rows share what they have in common.
pub struct Row([Option<Arc<Piece>>; 3]);

impl SheetExport {
    /// An export of a sheet. Names are always those that were recorded: another language would change what comes back.
    pub fn new(sheet: Sheet, who: Reading, filter: Filter, format: Format) -> Self {
        let section = |speaks: &[Speaks]| {
            let columns = shown(sheet, who.viewer).into_iter().filter(|column| speaks.contains(&column.part));
            Section::new(columns.collect(), format)
        };
        let whole = section(&[Speaks::Row, Speaks::Batch, Speaks::Return]);
        let sections = [whole, section(&[Speaks::Movement]), section(&[Speaks::Figure])];
        Self(Arc::new(Asked { sheet, who: Reading { arabic: false, ..who }, filter, format, sections }))
    }

    /// The rows of some records.
    fn rows(&self, records: &[Record]) -> Result<Vec<Row>, Error> {
        let mut rows = Vec::with_capacity(2 * records.len());
        for record in records {
            self.add(record, &mut rows)?;
        }
        Ok(rows)
    }

    /// A row with every column and nothing in it.
    fn sample(&self) -> Row {
        Row(self.0.sections.each_ref().map(Section::header))
    }

    /// Records as text, and how many rows they have.
    pub fn text(&self, records: &[Record]) -> Result<(Vec<u8>, u64), Error> {
        let rows = self.rows(records)?;
        let (before, after) = if self.0.format == Format::Ndjson { ("{", "}\n") } else { ("", "\r\n") };
        let mut out = Vec::with_capacity(400 * rows.len());
        for Row(pieces) in &rows {
            out.extend_from_slice(before.as_bytes());
            for (at, piece) in pieces.iter().flatten().enumerate() {
                if at > 0 {
                    out.push(b',');
                }
                if let Piece::Text(text) = &**piece {
                    out.extend_from_slice(text.as_bytes());
                }
            }
            out.extend_from_slice(after.as_bytes());
        }
        Ok((out, rows.len() as u64))
    }

    /// Adds the rows of a record.
    fn add(&self, record: &Record, rows: &mut Vec<Row>) -> Result<(), Error> {
        let [of_whole, of_part, of_figure] = &self.0.sections;
        let whole = of_whole.filled(match &record.whole {
            Whole::Location(row) => of_whole.piece(row),
            Whole::Source(row) => of_whole.piece(row),
            Whole::Agreement(row) => of_whole.piece(row),
            Whole::Batch(row) => of_whole.piece(row),
            Whole::Return(row) => of_whole.piece(row),
            Whole::Total(agreement) => of_whole.single("agreement", Some(agreement)),
        })?;
        if record.groups.is_empty() {
            rows.push(Row([whole.clone(), of_part.empty(), of_figure.empty()]));
        }
        for Group { part, figures } in &record.groups {
            let part = match part {
                Some(Part::Movement(row)) => of_part.filled(of_part.piece(row))?,
                Some(Part::Destination(code)) => of_part.filled(of_part.single("destination", code.as_ref()))?,
                None => of_part.empty(),
            };
            if figures.is_empty() {
                rows.push(Row([whole.clone(), part.clone(), of_figure.empty()]));
            }
            for figure in figures {
                let figure = of_figure.filled(of_figure.piece(figure))?;
                rows.push(Row([whole.clone(), part.clone(), figure]));
            }
        }
        Ok(())
    }
}

impl Pages for SheetExport {
    type Row = Record;
    type Place = Place;

    fn count(&self, conn: &mut Conn) -> Result<i64, Error> {
        let Asked { sheet, who, filter, .. } = &*self.0;
        match sheet {
            Sheet::Locations => Locations::count(conn, *who, filter),
            Sheet::Sources => Sources::count(conn, *who, filter),
            Sheet::Agreements => Agreements::count(conn, *who, filter),
            Sheet::Movements => sheets::movements_at_least(conn, *who, filter),
            Sheet::Returns => sheets::returns_at_least(conn, *who, filter),
        }
    }

    fn read(&self, conn: &mut Conn, from: Option<&Place>) -> Result<PageOf<Self>, Error> {
        let Asked { sheet, who, filter, .. } = &*self.0;
        let read = match sheet {
            Sheet::Locations => sheets::locations,
            Sheet::Sources => sheets::sources,
            Sheet::Agreements => sheets::agreements,
            Sheet::Movements => sheets::movements,
            Sheet::Returns => sheets::returns,
        };
        read(conn, *who, filter, from, if from.is_none() { FIRST } else { PAGE })
    }

    fn head(&self, format: Format, bom: bool) -> Result<Vec<u8>, Error> {
        format.head(&self.sample(), bom)
    }

    fn write(&self, _: Format, records: &[Record], _: bool) -> Result<Vec<u8>, Error> {
        Ok(self.text(records)?.0)
    }

    fn open(&self, about: &About) -> Result<Book, Error> {
        Book::new(&self.sample(), about)
    }

    fn fill(&self, book: &mut Book, records: &[Record]) -> Result<(), Error> {
        book.rows(&self.rows(records)?)
    }
}

/// A row of cells as an object, for those who write cells; its text is written as it is.
impl Serialize for Row {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(None)?;
        for piece in self.0.iter().flatten() {
            if let Piece::Cells(cells) = &**piece {
                for (name, cell) in cells {
                    map.serialize_entry(name, cell)?;
                }
            }
        }
        map.end()
    }
}

/// Writes a whole sheet, as an editor reads it; `progress` is told how many bytes are written.
pub async fn write(
    db: &Db,
    clock: &Clock,
    sheet: Sheet,
    format: Format,
    out: &mut impl Write,
    progress: impl Fn(u64),
) -> Result<(), Error> {
    let who = Reading { viewer: Viewer::Editor, arabic: false };
    let export = SheetExport::new(sheet, who, Filter::default(), format);
    let mut pieces: Pin<Box<dyn Stream<Item = Result<Bytes, Error>>>> = if format == Format::Xlsx {
        let begun = db.read(move |conn| begin_workbook(&export, conn)).await?;
        let about = About { name: sheet.word(), arabic: false, made_at: clock.now() };
        Box::pin(begun.finish(db, about).await?.stream())
    } else {
        let rest = db.read(move |conn| begin(&export, conn, format, false)).await?;
        Box::pin(rest.stream(db.clone()))
    };
    let mut written = 0;
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        match out.write_all(&piece) {
            // Whoever closed the pipe has read enough.
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => return Ok(()),
            done => done.map_err(|error| Error::Internal(format!("cannot write: {error}")))?,
        }
        written += piece.len() as u64;
        progress(written);
    }
    out.flush().map_err(|error| Error::Internal(format!("cannot write: {error}")))
}

#[cfg(test)]
mod tests;
