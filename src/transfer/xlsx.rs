//! Workbooks for Excel and LibreOffice: one sheet, row by row into a temporary file, its cells as [`cells`] shows them.
//!
//! Numbers are numbers, flags are booleans, days and times are dates. Texts are always text, never formulas or links, so they
//! need none of the `'` that CSV has. Times are dates too, though those of a sheet have no time zone: they are UTC as
//! everywhere, and can be sorted, filtered and grouped by day, which nobody can do with RFC 3339.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};

use chrono::NaiveDateTime;
use rust_xlsxwriter::{DocProperties, Format, Workbook, Worksheet, XlsxError};
use serde::Serialize;

use super::cells::{self, Cell, ColumnKind};
use crate::domain::period::parse_date;
use crate::error::Error;

/// The most rows of a sheet, apart from its header.
pub const MAX_ROWS: usize = 1_048_575;
/// The most text of a cell, in UTF-16 units: what the format allows.
pub const MAX_TEXT: usize = 32_767;
/// How hard the archive is packed, of 9: the usual 6 takes twice as long for the whole file, and saves a fifth of its size.
const PACKING: u8 = 2;
/// The most bytes of a file in a zip archive that every program can read.
const MAX_PLAIN: u64 = u32::MAX as u64;

/// What a workbook says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// What the rows are, as paths say it.
    pub name: &'static str,
    /// Whether it is for a reader of Arabic: right to left, under an Arabic name. The columns keep their names, which
    /// programs know.
    pub arabic: bool,
    /// When it was made.
    pub made_at: NaiveDateTime,
}

impl About {
    /// The name of the sheet.
    pub(super) fn sheet(&self) -> &'static str {
        match self.name {
            _ if !self.arabic => self.name,
            "locations" => "المواقع",
            "sources" => "المصادر",
            "agreements" => "الاتفاقات",
            "batches" => "الدفعات",
            "movements" => "التنقلات",
            "returns" => "العودة",
            "figures" => "الأرقام",
            "flows" => "التدفقات",
            "stocks" => "الأرصدة",
            "summary" => "الملخص",
            "destinations" => "الوجهات",
            "origins" => "أماكن المغادرة",
            other => other,
        }
    }
}

/// A workbook that is being written.
pub struct Book {
    workbook: Workbook,
    columns: Vec<ColumnKind>,
    rows: u32,
    /// At least what the rows take as XML.
    bytes: u64,
}

impl Book {
    /// Begins a workbook with the columns of a row.
    pub fn new<R: Serialize>(sample: &R, about: &About) -> Result<Self, Error> {
        let names = cells::names(sample)?;
        let columns: Vec<ColumnKind> = names.iter().map(|name| ColumnKind::of(name)).collect();
        let mut workbook = Workbook::new();
        workbook.set_zip_compression_level(PACKING);
        let properties = DocProperties::new().set_title(about.name).set_author("homeward");
        workbook.set_properties(&properties.set_creation_datetime(&about.made_at));
        let sheet = workbook.add_worksheet_with_constant_memory().map_err(failed)?;
        lay_out(sheet, about, &names, &columns).map_err(failed)?;
        Ok(Self { workbook, columns, rows: 0, bytes: 0 })
    }

    /// Writes some more rows.
    pub fn rows<R: Serialize>(&mut self, rows: &[R]) -> Result<(), Error> {
        let Self { workbook, columns, rows: written, bytes } = self;
        let sheet = workbook.worksheet_from_index(0).map_err(failed)?;
        for row in rows {
            if *written as usize >= MAX_ROWS {
                return Err(Error::TooManyForSheet(MAX_ROWS));
            }
            *written += 1;
            let mut at = 0;
            cells::each(row, &mut |name, cell| {
                let column = columns.get(usize::from(at)).copied().unwrap_or(ColumnKind::Plain);
                *bytes += 64 + if let Cell::Text(text) = cell { 5 * text.len() as u64 } else { 0 };
                put(sheet, (*written, at), column, cell).map_err(|error| match error {
                    XlsxError::MaxStringLengthExceeded => Error::TooLongForCell(name.to_owned(), *written + 1),
                    error => failed(error),
                })?;
                at += 1;
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Ends the workbook: a temporary file without a name, which goes when it is closed.
    pub fn finish(mut self) -> Result<(File, u64), Error> {
        let last = u16::try_from(self.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        let sheet = self.workbook.worksheet_from_index(0).map_err(failed)?;
        sheet.autofilter(0, 0, self.rows, last).map_err(failed)?;
        // Only where it cannot be helped: not every program reads archives of that kind.
        self.workbook.use_zip_large_file(self.bytes > MAX_PLAIN);
        let mut file = BufWriter::new(tempfile::tempfile().map_err(no_room)?);
        self.workbook.save_to_writer(&mut file).map_err(failed)?;
        file.flush().map_err(no_room)?;
        let mut file = file.into_inner().map_err(|error| no_room(error.into_error()))?;
        let length = file.stream_position().map_err(no_room)?;
        file.rewind().map_err(no_room)?;
        Ok((file, length))
    }
}

fn lay_out(sheet: &mut Worksheet, about: &About, names: &[String], columns: &[ColumnKind]) -> Result<(), XlsxError> {
    sheet.set_name(about.sheet())?.set_right_to_left(about.arabic).set_freeze_panes(1, 0)?;
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let time = Format::new().set_num_format("yyyy-mm-dd hh:mm:ss");
    let head = Format::new().set_bold();
    for (at, (name, column)) in (0..).zip(names.iter().zip(columns)) {
        sheet.set_column_width(at, width(name, *column))?;
        match column {
            ColumnKind::Day => sheet.set_column_format(at, &day)?,
            ColumnKind::Time => sheet.set_column_format(at, &time)?,
            ColumnKind::Plain => sheet,
        };
        sheet.write_string_with_format(0, at, name, &head)?;
    }
    Ok(())
}

/// How wide a column is, in letters. Measuring every row would mean to read all of them before the first is written.
fn width(name: &str, column: ColumnKind) -> f64 {
    let content = match (column, name) {
        (ColumnKind::Day, _) => 12,
        (ColumnKind::Time, _) => 20,
        (_, "notes" | "excerpt" | "title" | "url" | "aliases" | "parties" | "name_ar") => 40,
        (_, "code" | "movement" | "batch" | "households_figure" | "individuals_figure") => 26,
        (_, "name" | "reasons") => 30,
        _ if name.ends_with("_name") || name.ends_with("_as_reported") => 30,
        (_, "origin" | "destination" | "agreement" | "source" | "parent" | "from" | "to" | "location" | "return") => 20,
        (_, "settlement_type" | "kind") => 20,
        _ => 12,
    };
    // The header is bold, and has the arrow of the filter beside it.
    f64::from(content.max(u32::try_from(name.len()).unwrap_or(u32::MAX).saturating_add(5)))
}

fn put(sheet: &mut Worksheet, (row, at): (u32, u16), column: ColumnKind, cell: Cell) -> Result<(), XlsxError> {
    match cell {
        Cell::Empty => return Ok(()),
        Cell::Flag(flag) => sheet.write_boolean(row, at, flag)?,
        // Counts and their sums stay far below 2^53, up to which a number of a sheet is exact.
        Cell::Whole(number) => sheet.write_number(row, at, number as f64)?,
        Cell::Number(number) => sheet.write_number(row, at, number)?,
        Cell::Text(text) => match column {
            ColumnKind::Day => match parse_date(text) {
                Some(day) => sheet.write_datetime(row, at, day)?,
                None => sheet.write_string(row, at, text)?,
            },
            ColumnKind::Time => match NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.fZ") {
                Ok(time) => sheet.write_datetime(row, at, time)?,
                Err(_) => sheet.write_string(row, at, text)?,
            },
            ColumnKind::Plain => sheet.write_string(row, at, text)?,
        },
    };
    Ok(())
}

pub(super) fn failed(error: XlsxError) -> Error {
    match error {
        XlsxError::IoError(error) => no_room(error),
        error @ (XlsxError::TempFileError(..) | XlsxError::ZipError(_)) => no_room(error),
        error => Error::Internal(format!("workbook: {error}")),
    }
}

/// A temporary file that cannot be made or written: the machine's fault, and none that a caller can mend.
fn no_room(error: impl std::fmt::Display) -> Error {
    Error::Unavailable(format!("temporary file: {error}"))
}

#[cfg(test)]
mod tests;
