//! The rows of a sheet in the order of what they belong to: one batch after the other, wherever its rows stand.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher, RandomState};

use super::cells::unquoted;
use super::header::{Header, Target};
use super::unit::{Layout, WHOLE};
use super::{is_example, numbers, references};
use crate::domain::gazetteer::Index;
use crate::transfer::report::{Entry, Problem, Report};
use crate::transfer::sheet::{PcodeColumn, Sheet};
use crate::transfer::table::{Place, Row, Table, Trouble};

/// The rows of a file, group by group.
#[derive(Debug)]
pub struct Walk {
    table: Table,
    start: Place,
    /// Where the columns stand that say what a row belongs to: its own code first.
    keys: Vec<usize>,
    /// Whether several rows make a group.
    is_grouped: bool,
    /// The runs of rows that belong together, by group; empty where the file has each group in one run.
    runs: Vec<Run>,
    next_run: usize,
    /// How many rows hold data, and the number of the last.
    pub rows: u64,
    last: u32,
    /// How many rows have been read.
    pub done: u64,
    /// The row that was read.
    pub row: Row,
    key: Key,
    /// Whether `row` was read and belongs to no group yet.
    waits: bool,
}

/// Rows that stand below each other and belong together.
#[derive(Clone, Copy, Debug)]
struct Run {
    group: u32,
    /// The number of the row at the offset: empty ones may stand before the first that counts.
    row: u32,
    offset: u64,
}

/// What a row belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Key {
    /// Which of the key columns says it; beyond them where none does.
    column: usize,
    text: String,
}

impl Walk {
    /// Walks a table from its first row of data.
    pub fn new(table: Table, start: Place, sheet: Sheet, layout: &Layout) -> Self {
        let at = |name: &str| layout.parts[WHOLE].iter().find(|place| place.column.name == name).map(|place| place.at);
        let keys: &[&str] = if sheet == Sheet::Movements { &["batch", "agreement"] } else { &[sheet.key()] };
        Self {
            table,
            start,
            // A key column that is not there is read beyond the last one, where all cells are empty.
            keys: keys.iter().map(|key| at(key).unwrap_or(usize::MAX)).collect(),
            is_grouped: matches!(sheet, Sheet::Movements | Sheet::Returns),
            runs: vec![],
            next_run: 0,
            rows: 0,
            last: 0,
            done: 0,
            row: Row::default(),
            key: Key::default(),
            waits: false,
        }
    }

    /// Walks through all rows once, to see which belong together. Gives the places that the sheet itself has.
    pub fn survey(&mut self, header: &Header, layout: &Layout, report: &mut Report) -> Result<Index, Trouble> {
        self.table.go_to(self.start)?;
        let mut own = Index::default();
        let hashes = RandomState::new();
        let mut groups: HashMap<u64, u32, BuildHasherDefault<Hashed>> = HashMap::default();
        let (mut key, mut count) = (Key { column: self.keys.len(), text: String::new() }, 0);
        let mut row = std::mem::take(&mut self.row);
        row.number = self.start.row.max(1);
        loop {
            let place = self.table.place();
            match self.table.next(&mut row) {
                Ok(true) => {}
                Ok(false) => break,
                Err(Trouble::Problem(entry)) => {
                    // What stands above is read all the same: its problems are told together with this one.
                    report.error(*entry);
                    break;
                }
                Err(failed) => return Err(failed),
            }
            if is_example(row.cell(self.keys[0])) {
                continue;
            }
            if (row.after_gap || header.begins_like(&row)) && header.is_repeated_by(&row) {
                let message =
                    "Another table begins in this row. A sheet holds one table: move the other to a sheet of its own.";
                report.error(Entry::row(row.number, Problem::new("several_tables", message)));
                break;
            }
            (self.rows, self.last) = (self.rows + 1, row.number);
            if layout.sheet == Sheet::Locations {
                add_place(&mut own, header, layout, &row);
            }
            if !self.is_grouped {
                continue;
            }
            let (column, text) = self.key_text(&row);
            let has_key = column < self.keys.len();
            if has_key && key.column == column && key.text == text {
                continue;
            }
            // A row that belongs to nothing is read for itself, at the end, and refused there.
            let mut group = u32::MAX;
            if has_key {
                let next = u32::try_from(groups.len()).unwrap_or(u32::MAX);
                group = *groups.entry(hashes.hash_one((column, &text))).or_insert(next);
                count += 1;
            }
            key = Key { column, text: text.into_owned() };
            self.runs.push(Run { group, row: place.row, offset: place.offset });
        }
        if self.rows == 0 && report.is_clean() {
            let message = "There is no row of data below the header.";
            report.error(Entry::file(Problem::new("empty_sheet", message)));
        }
        // Where each group is one run, the file is read as it is.
        if count == groups.len() {
            self.runs = vec![];
        } else {
            self.runs.sort_by_key(|run| run.group);
        }
        self.row = row;
        own.sort();
        Ok(own)
    }

    /// Goes back to the beginning.
    pub fn restart(&mut self) -> Result<(), Trouble> {
        (self.next_run, self.done, self.waits) = (0, 0, false);
        self.row.number = 0;
        self.table.go_to(self.start)
    }

    /// Reads the first row of the next group; false at the end.
    pub fn begin(&mut self) -> Result<bool, Trouble> {
        if self.runs.is_empty() {
            if !std::mem::take(&mut self.waits) && !self.read()? {
                return Ok(false);
            }
        } else {
            let Some(run) = self.runs.get(self.next_run).copied() else { return Ok(false) };
            if !self.read_run(run)? {
                return Ok(false);
            }
        }
        if self.is_grouped {
            self.key = self.key_of(&self.row);
        }
        self.done += 1;
        Ok(true)
    }

    /// Reads the next row of the same group; false if there is none.
    pub fn more(&mut self) -> Result<bool, Trouble> {
        if !self.is_grouped || self.key.column >= self.keys.len() {
            return Ok(false);
        }
        if self.read()? {
            if self.belongs() {
                self.done += 1;
                return Ok(true);
            }
            self.waits = true;
        }
        let next = self.runs.get(self.next_run).copied();
        // Two groups whose keys have one hash stand in one row of runs: the key tells them apart.
        let group = self.next_run.checked_sub(1).and_then(|run| self.runs.get(run)).map(|run| run.group);
        if let Some(run) = next.filter(|run| Some(run.group) == group) {
            self.waits = false;
            if self.read_run(run)? && self.belongs() {
                self.done += 1;
                return Ok(true);
            }
            self.next_run -= 1;
        }
        Ok(false)
    }

    fn read_run(&mut self, run: Run) -> Result<bool, Trouble> {
        self.next_run += 1;
        self.table.go_to(Place { offset: run.offset, row: run.row })?;
        self.read()
    }

    /// Reads the next row of data, up to the last that was surveyed.
    fn read(&mut self) -> Result<bool, Trouble> {
        if self.row.number >= self.last && self.runs.is_empty() {
            return Ok(false);
        }
        while self.table.next(&mut self.row)? {
            if self.row.number > self.last {
                return Ok(false);
            }
            if !is_example(self.row.cell(self.keys[0])) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn belongs(&self) -> bool {
        let (column, text) = self.key_text(&self.row);
        column == self.key.column && text == self.key.text
    }

    fn key_of(&self, row: &Row) -> Key {
        let (column, text) = self.key_text(row);
        Key { column, text: text.into_owned() }
    }

    fn key_text<'r>(&self, row: &'r Row) -> (usize, std::borrow::Cow<'r, str>) {
        for (column, at) in self.keys.iter().enumerate() {
            let text = numbers::plain(unquoted(row.cell(*at).text));
            if !text.is_empty() {
                return (column, text);
            }
        }
        (self.keys.len(), "".into())
    }
}

/// Adds the place of a row to those that the sheet itself has.
fn add_place(own: &mut Index, header: &Header, layout: &Layout, row: &Row) {
    let of = |name: &str| {
        let place = layout.parts[WHOLE].iter().find(|place| place.column.name == name)?;
        Some(numbers::bare(unquoted(row.cell(place.at).text))).filter(|text| !text.is_empty())
    };
    if header.is_pcode_list {
        let of = |column| {
            let at = header.targets.iter().position(|target| *target == Target::Pcode(column));
            at.map(|at| numbers::bare(row.cell(at).text)).unwrap_or_default()
        };
        let is_country = of(PcodeColumn::Level) == "0";
        let country = Some(of(PcodeColumn::Country)).filter(|_| is_country);
        own.add(references::named(of(PcodeColumn::PCode), country, "", is_country), []);
    } else if let Some(code) = of("code") {
        let names = [of("name_ar"), of("aliases")].into_iter().flatten().flat_map(|names| names.split(';'));
        own.add(references::named(code, of("p_code"), of("name").unwrap_or_default(), false), names);
    }
}

/// What is a hash already.
#[derive(Clone, Copy, Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}
