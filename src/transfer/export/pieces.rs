//! The pieces that rows of a sheet are made of. What several rows have in common (the batch of a hundred figures) is put
//! into text once.

use std::ops::Range;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Map, Value};

use crate::error::Error;
use crate::transfer::cells::{self, Cell};
use crate::transfer::sheet::Column;
use crate::transfer::{Format, csv};

/// Columns that are filled together.
pub struct Section {
    columns: Vec<&'static Column>,
    format: Format,
    empty: Option<Arc<Piece>>,
}

/// A part of a row.
#[derive(Debug, PartialEq)]
pub enum Piece {
    /// A part of a line of CSV or of JSON, without the separators around it.
    Text(String),
    /// Cells under their headings.
    Cells(Vec<(&'static str, Owned)>),
}

/// What a cell holds, for as long as it is needed.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Owned {
    Empty,
    Flag(bool),
    Whole(i64),
    Number(f64),
    Text(String),
}

impl From<Cell<'_>> for Owned {
    fn from(cell: Cell) -> Self {
        match cell {
            Cell::Empty => Self::Empty,
            Cell::Flag(flag) => Self::Flag(flag),
            Cell::Whole(number) => Self::Whole(number),
            Cell::Number(number) => Self::Number(number),
            Cell::Text(text) => Self::Text(text.to_owned()),
        }
    }
}

impl Section {
    /// A section of these columns.
    pub fn new(columns: Vec<&'static Column>, format: Format) -> Self {
        let mut section = Self { columns, format, empty: None };
        section.empty = section.single("", None).ok().filter(|_| !section.columns.is_empty()).map(Arc::new);
        section
    }

    /// Nothing in any column; no piece at all where the sheet has none of these columns.
    pub fn empty(&self) -> Option<Arc<Piece>> {
        self.empty.clone()
    }

    /// A piece, if the sheet has any of these columns.
    pub fn filled(&self, piece: Result<Piece, Error>) -> Result<Option<Arc<Piece>>, Error> {
        if self.columns.is_empty() { Ok(None) } else { Ok(Some(Arc::new(piece?))) }
    }

    /// Every column with nothing in it, whatever is written.
    pub fn header(&self) -> Option<Arc<Piece>> {
        let cells = self.columns.iter().map(|column| (column.name, Owned::Empty)).collect::<Vec<_>>();
        (!cells.is_empty()).then(|| Arc::new(Piece::Cells(cells)))
    }

    /// What the members of a body fill these columns with.
    pub fn piece<T: Serialize>(&self, body: &T) -> Result<Piece, Error> {
        match self.format {
            Format::Csv => self.line(body),
            Format::Ndjson => match serde_json::to_value(body) {
                Ok(Value::Object(members)) => Ok(self.members(members)),
                Ok(_) => Err(Error::Internal("a row that is no object".to_owned())),
                Err(error) => Err(Error::Internal(error.to_string())),
            },
            Format::Xlsx | Format::Json | Format::Geojson => self.cells(body),
        }
    }

    /// A piece in which only one member is filled.
    pub fn single(&self, member: &str, value: Option<&String>) -> Result<Piece, Error> {
        let mut body = Map::new();
        body.insert(member.to_owned(), value.map_or(Value::Null, |value| Value::from(value.as_str())));
        self.piece(&body)
    }

    /// The column of a member. Bodies have their members nearly in the order of the columns, so the search begins where the
    /// last one ended.
    fn column(&self, member: &str, hint: usize) -> Option<usize> {
        let (before, after) = self.columns.split_at(hint.min(self.columns.len()));
        let of = |columns: &[&Column]| columns.iter().position(|column| column.member == member);
        of(after).map(|at| at + before.len()).or_else(|| of(before))
    }

    fn line<T: Serialize>(&self, body: &T) -> Result<Piece, Error> {
        let mut fields = String::new();
        let mut found: [Range<usize>; MAX] = [const { 0..0 }; MAX];
        let mut hint = 0;
        cells::each(body, &mut |name, cell| {
            if let Some(at) = self.column(name, hint).filter(|at| *at < MAX) {
                let begin = fields.len();
                csv::write_field(cell, &mut fields)?;
                found[at] = begin..fields.len();
                hint = at + 1;
            }
            Ok(())
        })?;
        let mut line = String::with_capacity(fields.len() + self.columns.len());
        for (at, range) in found.into_iter().take(self.columns.len()).enumerate() {
            if at > 0 {
                line.push(',');
            }
            line.push_str(&fields[range]);
        }
        Ok(Piece::Text(line))
    }

    fn members(&self, mut body: Map<String, Value>) -> Piece {
        let mut text = String::new();
        for (at, column) in self.columns.iter().enumerate() {
            if at > 0 {
                text.push(',');
            }
            let value = body.remove(column.member).unwrap_or_default();
            text.push_str(&format!("\"{}\":{value}", column.name));
        }
        Piece::Text(text)
    }

    fn cells<T: Serialize>(&self, body: &T) -> Result<Piece, Error> {
        let mut filled: Vec<_> = self.columns.iter().map(|column| (column.name, Owned::Empty)).collect();
        let mut hint = 0;
        cells::each(body, &mut |name, cell| {
            if let Some(at) = self.column(name, hint) {
                filled[at].1 = match cell {
                    // The import takes one `'` away, whatever the format: sheets travel from CSV to workbooks.
                    Cell::Text(text) if text.starts_with('\'') && csv::is_formula(text) => {
                        Owned::Text(format!("'{text}"))
                    }
                    cell => cell.into(),
                };
                hint = at + 1;
            }
            Ok(())
        })?;
        Ok(Piece::Cells(filled))
    }
}

/// More columns than any section has.
const MAX: usize = 32;
