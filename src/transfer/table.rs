//! A file as rows of cells: CSV or XLSX, one row at a time, wherever in the file.

mod delimited;
mod encoding;
mod oversize;
mod spool;
mod window;
mod workbook;
mod worksheet;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::domain::report::{Entry, Problem, Report};
use crate::error::Error;

use delimited::Delimited;
use spool::Spool;

/// How many columns a sheet may have.
pub const MAX_COLUMNS: usize = 1_000;
/// How many bytes a row may have: many times what the longest texts need.
pub const MAX_ROW: usize = 4 << 20;

/// What a file is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Comma-separated values, or with another separator.
    Csv,
    /// A workbook of Excel 2007 or later.
    Xlsx,
}

/// What a cell holds: text is as somebody typed it, the others are as the spreadsheet knows them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// Text; in CSV every cell is.
    Text,
    /// A number, in Latin digits with `.` before decimals.
    Number,
    /// A date as `YYYY-MM-DD`, after which a time may follow.
    Date,
    /// `true` or `false`.
    YesNo,
    /// A formula; the text is what it came to when the workbook was saved.
    Formula,
    /// An error of the spreadsheet, such as `#REF!`.
    Error,
}

/// A cell of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'r> {
    /// What it holds.
    pub kind: CellKind,
    /// Its text.
    pub text: &'r str,
}

impl Cell<'_> {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        self.kind != CellKind::Formula && self.text.trim().is_empty()
    }
}

/// A row of cells. One row is read into again and again.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// The number that a spreadsheet shows; the first is 1.
    pub number: u32,
    /// Whether there is an empty row between it and the one that was read before.
    pub after_gap: bool,
    text: String,
    cells: Vec<(CellKind, u32)>,
}

impl Row {
    /// How many cells it has.
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// A cell; beyond the last one they are empty.
    pub fn cell(&self, index: usize) -> Cell<'_> {
        let Some((kind, end)) = self.cells.get(index) else { return Cell { kind: CellKind::Text, text: "" } };
        let start = if index == 0 { 0 } else { self.cells[index - 1].1 };
        Cell { kind: *kind, text: &self.text[start as usize..*end as usize] }
    }

    /// Every cell.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        (0..self.len()).map(|index| self.cell(index))
    }

    /// Whether nothing stands in it.
    pub fn is_empty(&self) -> bool {
        self.cells().all(|cell| cell.is_empty())
    }

    fn clear(&mut self) {
        self.text.clear();
        self.cells.clear();
    }

    /// Ends a cell whose text was pushed.
    fn end_cell(&mut self, kind: CellKind) {
        // No row is longer than MAX_ROW.
        self.cells.push((kind, u32::try_from(self.text.len()).unwrap_or(u32::MAX)));
    }
}

/// Why a row cannot be read: then no later one can.
#[derive(Debug)]
pub enum Trouble {
    /// The file is at fault.
    Problem(Box<Entry>),
    /// We are.
    Failed(Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Self {
        Self::Failed(Error::Internal(format!("reading a sheet: {error}")))
    }
}

impl From<Problem> for Trouble {
    fn from(problem: Problem) -> Self {
        Self::Problem(Box::new(Entry::file(problem)))
    }
}

fn too_many_columns() -> Problem {
    Problem::new("too_many_columns", format!("A sheet may have at most {MAX_COLUMNS} columns."))
}

/// Where a row begins in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// In bytes.
    pub offset: u64,
    /// The number of the row.
    pub row: u32,
}

/// A file that is read row by row.
#[derive(Debug)]
pub enum Table {
    /// CSV is read where it lies.
    Delimited(Delimited),
    /// A workbook is unpacked first.
    Spool(Spool),
}

impl Table {
    /// Opens a file. `score` says how much the first row of a worksheet looks like the header that is wanted: the
    /// first worksheet with the highest score is read.
    pub fn open(
        mut file: File,
        content: Content,
        score: &dyn Fn(&Row) -> usize,
        report: &mut Report,
    ) -> Result<Self, Trouble> {
        let mut head = [0; 4_096];
        file.seek(SeekFrom::Start(0))?;
        let len = read_most(&mut file, &mut head)?;
        let head = &head[..len];
        if workbook::is_compound(head) {
            return Err(workbook::compound(&mut file)?.into());
        }
        if workbook::is_zip(head) {
            return Ok(Self::Spool(workbook::unpack(file, score, report)?));
        }
        if content == Content::Xlsx {
            let message = "This is no .xlsx workbook. Save it as Excel workbook (.xlsx), or send it as CSV.";
            return Err(Problem::new("not_a_workbook", message).into());
        }
        if let Some(what) = no_sheet(head) {
            let message = format!(
                "This is {what}, whatever its name ends in. Open it in a spreadsheet program, and save it as Excel workbook (.xlsx) or as CSV UTF-8."
            );
            return Err(Problem::new("not_a_sheet", message).into());
        }
        Ok(Self::Delimited(Delimited::open(encoding::as_utf8(file, head)?)?))
    }

    /// Reads the next row that is not empty; false at the end.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, Trouble> {
        let before = row.number;
        loop {
            row.clear();
            let more = match self {
                Self::Delimited(table) => table.next(row)?,
                Self::Spool(table) => table.next(row)?,
            };
            if !more || !row.is_empty() {
                row.after_gap = row.number > before.saturating_add(1);
                return Ok(more);
            }
        }
    }

    /// Where the next row begins.
    pub fn place(&self) -> Place {
        match self {
            Self::Delimited(table) => table.place(),
            Self::Spool(table) => table.place(),
        }
    }

    /// Goes on from a place.
    pub fn go_to(&mut self, place: Place) -> Result<(), Trouble> {
        match self {
            Self::Delimited(table) => table.go_to(place),
            Self::Spool(table) => table.go_to(place),
        }
    }
}

/// What a file is that people take for a sheet: programs write `.xls` that are web pages.
fn no_sheet(head: &[u8]) -> Option<&'static str> {
    let text = head.strip_prefix("\u{feff}".as_bytes()).unwrap_or(head).trim_ascii_start();
    match text {
        [b'%', b'P', b'D', b'F', ..] => Some("a PDF"),
        [b'<', ..] => Some("a web page or XML"),
        [b'{', ..] | [b'[', b'{', ..] => Some("JSON"),
        _ => None,
    }
}

/// Fills a buffer as far as the file reaches.
fn read_most(file: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut len = 0;
    while len < buffer.len() {
        match file.read(&mut buffer[len..]) {
            Ok(0) => break,
            Ok(more) => len += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(len)
}

#[cfg(test)]
mod tests;
