//! The cells of a worksheet, on their way into a spool: row by row, numbered as the spreadsheet shows them.

use std::fs::File;
use std::io::BufReader;

use calamine::{DataRef, ExcelDateTime, Reader, SheetType, SheetVisible, Xlsx, XlsxFormulaMetadata};
use chrono::{NaiveTime, Timelike};

use super::spool::{Spool, SpoolWriter};
use super::workbook::broken;
use super::{CellKind, MAX_COLUMNS, MAX_ROW, Row, Trouble};
use crate::domain::report::{Entry, Problem, Report, shown};

type Book = Xlsx<BufReader<File>>;

/// How much of a worksheet is looked at for its header.
const HEAD: u32 = 100;

/// Unpacks the worksheet whose first row has the highest score.
pub fn unpack(file: BufReader<File>, score: &dyn Fn(&Row) -> usize, report: &mut Report) -> Result<Spool, Trouble> {
    let mut book = Book::new(file).map_err(|error| broken(&error))?;
    let sheets = book.sheets_metadata().iter().filter(|sheet| sheet.typ == SheetType::WorkSheet);
    let seen: Vec<String> =
        sheets.clone().filter(|sheet| sheet.visible == SheetVisible::Visible).map(|sheet| sheet.name.clone()).collect();
    let mut scores = vec![];
    for name in seen {
        if let Some(first) = first_row(&mut book, &name)? {
            scores.push((score(&first), name));
        }
    }
    let best = scores.iter().map(|(score, _)| *score).max().unwrap_or_default();
    let Some(chosen) = scores.iter().position(|(score, _)| *score == best) else {
        return Err(Problem::new("empty_sheet", "Nothing stands in the workbook.").into());
    };
    let (_, name) = scores.swap_remove(chosen);
    for (_, other) in scores.iter().filter(|(score, _)| best > 0 && 2 * score >= best) {
        let (name, other) = (shown(&name), shown(other));
        let message = format!("The worksheet {other:?} has these columns, too; only {name:?} was read.");
        report.warn(Entry::file(Problem::new("other_worksheet", message)));
    }
    let mut spool = SpoolWriter::new()?;
    rows(&mut book, &name, u32::MAX, &mut |row| spool.write(row))?;
    spool.finish()
}

/// The first row in which anything stands.
fn first_row(book: &mut Book, name: &str) -> Result<Option<Row>, Trouble> {
    let mut first = None;
    rows(book, name, HEAD, &mut |row| {
        if first.is_none() && !row.is_empty() {
            first = Some(row.clone());
        }
        Ok(())
    })?;
    Ok(first)
}

/// Reads the rows of a worksheet up to a number.
fn rows(
    book: &mut Book,
    name: &str,
    until: u32,
    take: &mut dyn FnMut(&Row) -> Result<(), Trouble>,
) -> Result<(), Trouble> {
    let mut cells = book.worksheet_cells_reader(name).map_err(|error| broken(&error))?;
    let mut row = Row::default();
    while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|error| broken(&error))? {
        let number = cell.pos.0.saturating_add(1);
        if number > until {
            break;
        }
        if number != row.number {
            if number < row.number {
                return Err(broken(&"its rows are out of order"));
            }
            if row.number > 0 {
                take(&row)?;
            }
            row.clear();
            row.number = number;
        }
        let column = cell.pos.1 as usize;
        if column < row.len() {
            return Err(broken(&"its cells are out of order"));
        }
        if cell.formula.is_none() && matches!(cell.value, DataRef::Empty) {
            continue;
        }
        if column >= MAX_COLUMNS {
            return Err(Trouble::Problem(Box::new(Entry::row(number, super::too_many_columns()))));
        }
        while row.len() < column {
            row.end_cell(CellKind::Text);
        }
        let kind = write(&cell.value, &mut row.text);
        row.end_cell(if cell.formula.is_some_and(|formula| !is_constant(&formula)) { CellKind::Formula } else { kind });
        if row.text.len() > MAX_ROW {
            let problem = Problem::new("too_long", "The cells of this row are longer than any sheet needs.");
            return Err(Trouble::Problem(Box::new(Entry::row(number, problem))));
        }
    }
    if row.number > 0 {
        take(&row)?;
    }
    Ok(())
}

/// Whether a formula is nothing but a value: LibreOffice saves `TRUE` and `FALSE` so.
fn is_constant(formula: &XlsxFormulaMetadata) -> bool {
    matches!(formula, XlsxFormulaMetadata::Normal { formula } if matches!(formula.trim(), "TRUE()" | "FALSE()"))
}

/// Writes the text of a cell, and says what it is.
fn write(value: &DataRef, out: &mut String) -> CellKind {
    let mut put = |text: &str, kind| {
        out.push_str(text);
        kind
    };
    match value {
        DataRef::Empty => CellKind::Text,
        DataRef::String(text) | DataRef::DurationIso(text) => put(text, CellKind::Text),
        DataRef::SharedString(text) => put(text, CellKind::Text),
        DataRef::Int(number) => put(&number.to_string(), CellKind::Number),
        DataRef::Float(number) => put(&number.to_string(), CellKind::Number),
        DataRef::Bool(yes) => put(if *yes { "true" } else { "false" }, CellKind::YesNo),
        DataRef::DateTimeIso(text) => put(text, CellKind::Date),
        DataRef::Error(error) => put(&error.to_string(), CellKind::Error),
        DataRef::DateTime(date) => match day(date) {
            Some(day) => put(&day, CellKind::Date),
            // What has no day, such as a time alone, stays the number that it is.
            None => put(&date.as_f64().to_string(), CellKind::Number),
        },
    }
}

/// A date of the spreadsheet, with its time where it has one.
fn day(date: &ExcelDateTime) -> Option<String> {
    let at = date.as_datetime().filter(|_| date.is_datetime() && date.as_f64() >= 1.0)?;
    let seconds = at.time().num_seconds_from_midnight();
    let time = NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).filter(|_| seconds > 0);
    Some(time.map_or_else(|| at.date().to_string(), |time| format!("{}T{time}", at.date())))
}
