//! The rows of an unpacked worksheet, in a temporary file: each cell with what it is, so that rows can be read in any
//! order.

use std::fs::File;
use std::io::{BufWriter, Write};

use super::window::Window;
use super::{CellKind, Place, Row, Trouble};
use crate::error::Error;

const KINDS: [CellKind; 6] =
    [CellKind::Text, CellKind::Number, CellKind::Date, CellKind::YesNo, CellKind::Formula, CellKind::Error];

/// Rows on their way into the file.
///
/// A row is its length in bytes, its number, and for each cell the length of the text with the kind, and the text.
#[derive(Debug)]
pub struct SpoolWriter {
    out: BufWriter<File>,
    bytes: Vec<u8>,
}

impl SpoolWriter {
    /// Begins a file.
    pub fn new() -> Result<Self, Trouble> {
        Ok(Self { out: BufWriter::with_capacity(1 << 18, tempfile::tempfile()?), bytes: vec![] })
    }

    /// Writes a row.
    pub fn write(&mut self, row: &Row) -> Result<(), Trouble> {
        self.bytes.clear();
        for cell in row.cells() {
            let kind = KINDS.iter().position(|kind| *kind == cell.kind).unwrap_or_default();
            let head = (cell.text.len() << 3) | kind;
            self.bytes.extend_from_slice(&u32::try_from(head).map_err(|_| broken("a cell is too long"))?.to_le_bytes());
            self.bytes.extend_from_slice(cell.text.as_bytes());
        }
        let len = u32::try_from(self.bytes.len()).map_err(|_| broken("a row is too long"))?;
        self.out.write_all(&len.to_le_bytes())?;
        self.out.write_all(&row.number.to_le_bytes())?;
        Ok(self.out.write_all(&self.bytes)?)
    }

    /// Ends the file, and reads it from the beginning.
    pub fn finish(self) -> Result<Spool, Trouble> {
        let file = self.out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
        Ok(Spool { window: Window::open(file)? })
    }
}

/// Rows that are read from the file.
#[derive(Debug)]
pub struct Spool {
    window: Window,
}

impl Spool {
    /// Reads the next row; false at the end.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, Trouble> {
        let Some(head) = self.bytes(8)? else { return Ok(false) };
        let (len, number) = (u32_at(head, 0)?, u32_at(head, 4)?);
        self.window.take(8);
        row.number = u32::try_from(number).unwrap_or(u32::MAX);
        let bytes = self.bytes(len)?.ok_or_else(|| broken("it ends within a row"))?;
        let mut at = 0;
        while at < len {
            let head = u32_at(bytes, at)?;
            at += 4 + (head >> 3);
            let text = bytes.get(at - (head >> 3)..at).and_then(|bytes| std::str::from_utf8(bytes).ok());
            row.text.push_str(text.ok_or_else(|| broken("a cell is no text"))?);
            row.end_cell(KINDS.get(head & 7).copied().unwrap_or(CellKind::Text));
        }
        self.window.take(len);
        Ok(true)
    }

    /// Where the next row begins; its number stands with it.
    pub fn place(&self) -> Place {
        Place { offset: self.window.place(), row: 0 }
    }

    /// Goes on from a place.
    pub fn go_to(&mut self, place: Place) -> Result<(), Trouble> {
        Ok(self.window.go_to(place.offset)?)
    }

    /// The next bytes, if so many follow.
    fn bytes(&mut self, len: usize) -> Result<Option<&[u8]>, Trouble> {
        while self.window.rest().len() < len && !self.window.is_last() {
            self.window.fill()?;
        }
        Ok(self.window.rest().get(..len))
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Result<usize, Trouble> {
    let four = bytes.get(at..at + 4).and_then(|four| four.try_into().ok());
    four.map(|four| u32::from_le_bytes(four) as usize).ok_or_else(|| broken("it ends within a row"))
}

fn broken(why: &str) -> Trouble {
    Trouble::Failed(Error::Internal(format!("a spooled worksheet cannot be read again: {why}")))
}
