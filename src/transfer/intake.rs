//! From a sheet to bodies: a file of the five sheets is read into what the HTTP API takes, and everything wrong in it is
//! reported by row and column.
//!
//! A file is read twice. The first time only finds which rows belong together (one batch may stand anywhere in the file);
//! the second time reads them in that order. Only one batch lies in memory, besides some bytes for each run of rows.

mod cells;
mod dates;
mod group;
mod header;
mod numbers;
mod pcodes;
mod personal;
mod references;
mod unit;
mod walk;

use std::fs::File;
use std::sync::Arc;

use crate::domain::gazetteer::{Gazetteer, Index};
use crate::domain::report::{Entry, Problem, Report};
use crate::error::Error;
use crate::transfer::sheet::{EXAMPLE, Sheet};
use crate::transfer::table::{Cell, Row, Table, Trouble};

pub use crate::transfer::table::Content;
use cells::Cells;
use group::Group;
use header::{Header, Target};
pub use references::CreateMissing;
use references::References;
use unit::{Layout, Place};
pub use unit::{Subject, Unit};
use walk::Walk;

/// A sheet whose header was understood.
#[derive(Debug)]
pub struct Reader {
    sheet: Sheet,
    header: Header,
    layout: Arc<Layout>,
    walk: Walk,
    /// The places of the sheet itself, which its rows may refer to.
    own: Index,
}

impl Reader {
    /// Opens a file as one of the sheets. What is wrong with the file as a whole, and with its header, joins the report;
    /// `None` where no row can be read.
    pub fn open(sheet: Sheet, file: File, content: Content, report: &mut Report) -> Result<Option<Self>, Error> {
        match Self::try_open(sheet, file, content, report) {
            Ok(reader) => Ok(reader),
            Err(Trouble::Problem(entry)) => {
                report.error(*entry);
                Ok(None)
            }
            Err(Trouble::Failed(error)) => Err(error),
        }
    }

    fn try_open(sheet: Sheet, file: File, content: Content, report: &mut Report) -> Result<Option<Self>, Trouble> {
        let mut table = Table::open(file, content, &header::score(sheet), report)?;
        let mut row = Row::default();
        let mut more = table.next(&mut row)?;
        if more && header::is_tags(&row) {
            more = table.next(&mut row)?;
        }
        if !more {
            return Err(Problem::new("empty_sheet", "Nothing stands in the file but, perhaps, a header.").into());
        }
        let Some(header) = Header::read(sheet, &row, report) else { return Ok(None) };
        // HXL tags may stand below the header.
        let mut start = table.place();
        if table.next(&mut row)? && header::is_tags(&row) {
            start = table.place();
        }
        let layout = Arc::new(layout(sheet, &header));
        let mut walk = Walk::new(table, start, sheet, &layout);
        let own = walk.survey(&header, &layout, report)?;
        Ok(Some(Self { sheet, header, layout, walk, own }))
    }

    /// How many rows hold data.
    pub fn rows(&self) -> u64 {
        self.walk.rows
    }

    /// Reads the rows into bodies, from the beginning. This may be done again: a transaction may have to be.
    pub fn units<'r>(&'r mut self, gazetteer: &'r Gazetteer, create: CreateMissing) -> Result<Units<'r>, Error> {
        self.walk.restart().map_err(failed)?;
        let cells = Cells::new(self.sheet.columns(), References::new(gazetteer, &self.own, create));
        let group = Group::new(self.layout.clone(), &self.header, cells, create != CreateMissing::default());
        Ok(Units { walk: &mut self.walk, header: &self.header, group, is_pcode_list: self.header.is_pcode_list })
    }
}

/// The bodies of a sheet, one after the other.
#[derive(Debug)]
pub struct Units<'r> {
    walk: &'r mut Walk,
    header: &'r Header,
    group: Group<'r>,
    is_pcode_list: bool,
}

impl Units<'_> {
    /// The next body, in the order of first rows; what it needs created comes before it. What is wrong in its cells joins
    /// the report.
    pub fn next(&mut self, report: &mut Report) -> Result<Option<Unit>, Error> {
        loop {
            if let Some(unit) = self.group.ready.pop_front() {
                return Ok(Some(unit));
            }
            if !self.walk.begin().map_err(failed)? {
                return Ok(None);
            }
            self.group.begin();
            loop {
                self.header.check(&self.walk.row, &mut self.group.unnamed, report);
                if self.is_pcode_list {
                    pcodes::row(self.header, &self.walk.row, &mut self.group, report);
                } else {
                    self.group.row(&self.walk.row, report);
                }
                if !self.walk.more().map_err(failed)? {
                    break;
                }
            }
            if !self.is_pcode_list {
                self.group.end();
            }
        }
    }

    /// How many rows have been read.
    pub fn done(&self) -> u64 {
        self.walk.done
    }
}

/// What cannot be read now could be read before.
fn failed(trouble: Trouble) -> Error {
    match trouble {
        Trouble::Failed(error) => error,
        Trouble::Problem(entry) => Error::Internal(format!("a sheet changed while it was read: {}", entry.message)),
    }
}

fn layout(sheet: Sheet, header: &Header) -> Layout {
    let mut parts = [const { vec![] }; 3];
    for (at, target) in header.targets.iter().enumerate() {
        if let Target::Column(index) = target {
            let column = &sheet.columns()[*index];
            parts[unit::index_of(column.part)].push(Place { at, index: *index, column });
        }
    }
    // The order of the sheet, whatever the order of the file: a part's first column is its most important one.
    for part in &mut parts {
        part.sort_by_key(|place| place.index);
    }
    Layout { sheet, is_pcode_list: header.is_pcode_list, parts }
}

/// Whether a row is the example of a template.
fn is_example(cell: Cell) -> bool {
    cell.text.trim_ascii() == EXAMPLE
}

/// What a problem with a cell is, by row and column.
fn entry(row: &Row, place: &Place, mut problem: Problem) -> Entry {
    if problem.code == "formula" {
        problem.message = format!("In {}{}: {}", header::letters(place.at), row.number, problem.message);
    }
    Entry::cell(row.number, place.column.name, numbers::bare(row.cell(place.at).text), problem)
}

#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod tests;
