//! CSV (RFC 4180), also with `;` or tab between the cells. Only the row that is read lies in memory.

use std::fs::File;

use super::window::Window;
use super::{CellKind, MAX_COLUMNS, MAX_ROW, Place, Row, Trouble};
use crate::domain::report::{Entry, Problem};

const BOM: &[u8] = "\u{feff}".as_bytes();

/// A CSV file.
#[derive(Debug)]
pub struct Delimited {
    window: Window,
    separator: u8,
    /// The number of the next row.
    number: u32,
    spans: Vec<Span>,
}

/// A cell among the bytes.
#[derive(Clone, Copy, Debug)]
struct Span {
    start: usize,
    end: usize,
    /// Whether quotes stand twice in it.
    doubled: bool,
}

/// What the next bytes are.
enum Scanned {
    /// A row of this length.
    Row(usize),
    /// The beginning of one.
    Incomplete,
    /// None.
    Wrong(Problem),
}

impl Delimited {
    /// Opens a file in UTF-8, and finds the separator in its first row.
    pub fn open(file: File) -> Result<Self, Trouble> {
        let mut window = Window::open(file)?;
        if window.rest().starts_with(BOM) {
            window.take(BOM.len());
        }
        let head = window.rest();
        // What Excel writes for itself: a first line which names the separator, and is no row.
        let (separator, skipped) = match head {
            [b's', b'e', b'p', b'=', named @ (b',' | b';' | b'\t'), b'\r', b'\n', ..] => (*named, 7),
            [b's', b'e', b'p', b'=', named @ (b',' | b';' | b'\t'), b'\r' | b'\n', ..] => (*named, 6),
            _ => (separator(head), 0),
        };
        window.take(skipped);
        Ok(Self { window, separator, number: 1, spans: vec![] })
    }

    /// Reads the next row, be it empty; false at the end.
    pub fn next(&mut self, row: &mut Row) -> Result<bool, Trouble> {
        loop {
            if self.window.rest().is_empty() && self.window.is_last() {
                return Ok(false);
            }
            match scan(self.window.rest(), self.window.is_last(), self.separator, &mut self.spans) {
                Scanned::Row(len) => {
                    row.number = self.number;
                    self.copy(row)?;
                    self.window.take(len);
                    self.number += 1;
                    return Ok(true);
                }
                Scanned::Incomplete if self.window.rest().len() > MAX_ROW => {
                    let message = "This row is longer than any can be: a quote (\") may be opened and never closed.";
                    return Err(self.wrong(Problem::new("unclosed_quote", message)));
                }
                Scanned::Incomplete => self.window.fill()?,
                Scanned::Wrong(problem) => return Err(self.wrong(problem)),
            }
        }
    }

    /// Where the next row begins.
    pub fn place(&self) -> Place {
        Place { offset: self.window.place(), row: self.number }
    }

    /// Goes on from a place.
    pub fn go_to(&mut self, place: Place) -> Result<(), Trouble> {
        self.number = place.row;
        Ok(self.window.go_to(place.offset)?)
    }

    fn wrong(&self, problem: Problem) -> Trouble {
        Trouble::Problem(Box::new(Entry::row(self.number, problem)))
    }

    /// Copies the cells that were found into a row.
    fn copy(&self, row: &mut Row) -> Result<(), Trouble> {
        let (Some(first), Some(last)) = (self.spans.first(), self.spans.last()) else { return Ok(()) };
        let bytes = &self.window.rest()[first.start..last.end];
        let Ok(text) = std::str::from_utf8(bytes) else { return Err(self.wrong(super::encoding::not_utf8(bytes))) };
        if self.spans.len() > MAX_COLUMNS {
            return Err(self.wrong(super::too_many_columns()));
        }
        for span in &self.spans {
            let cell = &text[span.start - first.start..span.end - first.start];
            if span.doubled {
                for (index, piece) in cell.split("\"\"").enumerate() {
                    row.text.push_str(if index == 0 { "" } else { "\"" });
                    row.text.push_str(piece);
                }
            } else {
                row.text.push_str(cell);
            }
            row.end_cell(CellKind::Text);
        }
        Ok(())
    }
}

/// Finds the cells of the row that begins with these bytes, after which nothing comes if they are the last.
fn scan(bytes: &[u8], last: bool, separator: u8, spans: &mut Vec<Span>) -> Scanned {
    spans.clear();
    let mut at = 0;
    loop {
        let (span, end) = if bytes.get(at) == Some(&b'"') {
            match quoted(bytes, at + 1) {
                Some(found) => found,
                None if last => {
                    let message = "A quote (\") is opened in this row and never closed.";
                    return Scanned::Wrong(Problem::new("unclosed_quote", message));
                }
                None => return Scanned::Incomplete,
            }
        } else {
            let is_end = |byte: &u8| *byte == separator || *byte == b'\n' || *byte == b'\r';
            let end = bytes[at..].iter().position(is_end).map_or(bytes.len(), |len| at + len);
            (Span { start: at, end, doubled: false }, end)
        };
        spans.push(span);
        match bytes.get(end) {
            None if last => return Scanned::Row(end),
            None => return Scanned::Incomplete,
            Some(byte) if *byte == separator => at = end + 1,
            Some(b'\n') => return Scanned::Row(end + 1),
            Some(b'\r') => match bytes.get(end + 1) {
                Some(b'\n') => return Scanned::Row(end + 2),
                None if !last => return Scanned::Incomplete,
                _ => return Scanned::Row(end + 1),
            },
            Some(_) => {
                let message = "Text follows a closing quote: a quote inside a quoted cell is written twice (\"\").";
                return Scanned::Wrong(Problem::new("stray_quote", message));
            }
        }
    }
}

/// The cell behind an opening quote, and where it ends with its closing quote.
fn quoted(bytes: &[u8], start: usize) -> Option<(Span, usize)> {
    let (mut at, mut doubled) = (start, false);
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == b'"')?;
        if bytes.get(at + 1) != Some(&b'"') {
            return Some((Span { start, end: at, doubled }, at + 1));
        }
        doubled = true;
        at += 2;
    }
}

/// The separator of a header: the one that stands there most often outside quotes.
fn separator(head: &[u8]) -> u8 {
    let (mut counts, mut inside, mut seen) = ([0_usize; 3], false, false);
    for byte in head {
        match byte {
            b'"' => inside = !inside,
            b'\r' | b'\n' if !inside && seen => break,
            b',' if !inside => counts[0] += 1,
            b';' if !inside => counts[1] += 1,
            b'\t' if !inside => counts[2] += 1,
            _ => {}
        }
        seen |= !byte.is_ascii_whitespace();
    }
    let most = counts.iter().max().copied().unwrap_or_default();
    [b',', b';', b'\t'][counts.iter().position(|count| *count == most).unwrap_or_default()]
}
