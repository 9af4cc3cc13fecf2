//! CSV (RFC 4180): a line for each row, its cells as [`cells`] shows them.

use std::fmt::{Display, Write as _};

use ::csv::{Terminator, Writer, WriterBuilder};
use serde::Serialize;

use super::cells::{self, Cell};
use crate::error::Error;

/// Writes the names of the columns, which are those of a row.
pub fn write_header<R: Serialize>(sample: &R, out: &mut Vec<u8>) -> Result<(), Error> {
    let mut writer = writer(out);
    writer.write_record(cells::names(sample)?).map_err(internal)?;
    writer.flush().map_err(internal)
}

/// Writes a line for each row.
pub fn write_rows<R: Serialize>(rows: &[R], out: &mut Vec<u8>) -> Result<(), Error> {
    let mut writer = writer(out);
    let mut made = String::new();
    for row in rows {
        cells::each(row, &mut |_, cell| {
            made.clear();
            let text = match cell {
                Cell::Text(text) if !is_formula(text) => text,
                cell => {
                    put(cell, &mut made).map_err(internal)?;
                    &made
                }
            };
            writer.write_field(text).map_err(internal)
        })?;
        writer.write_record(None::<&[u8]>).map_err(internal)?;
    }
    writer.flush().map_err(internal)
}

fn writer(out: &mut Vec<u8>) -> Writer<&mut Vec<u8>> {
    WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out)
}

fn internal(error: impl Display) -> Error {
    Error::Internal(format!("CSV: {error}"))
}

/// Writes what does not stand as it is in a cell.
fn put(cell: Cell, out: &mut String) -> std::fmt::Result {
    match cell {
        Cell::Empty => Ok(()),
        Cell::Flag(flag) => write!(out, "{flag}"),
        Cell::Whole(number) => write!(out, "{number}"),
        // As JSON prints it: a whole one ends in `.0`.
        Cell::Number(number) => write!(out, "{}", serde_json::Value::from(number)),
        Cell::Text(text) => write!(out, "'{text}"),
    }
}

/// Whether a spreadsheet would take a text for a formula, whatever number of `'` stands before it already: the import
/// takes one away again.
fn is_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r'])
}

#[cfg(test)]
mod tests;
