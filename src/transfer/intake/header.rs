//! The first row of a sheet: which column is which. Nothing is skipped silently.

use std::collections::{BTreeSet, HashMap};

use super::personal::is_personal;
use crate::domain::report::{Entry, Problem, Report, shown};
use crate::domain::text::{folded_words, nearest};
use crate::transfer::sheet::{Column, PCODE_LIST, Part, PcodeColumn, Sheet};
use crate::transfer::table::Row;

/// What a column of the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The column of ours with this number.
    Column(usize),
    /// A column of the public p-code list.
    Pcode(PcodeColumn),
    /// It has no heading, so nothing may stand in it.
    Unnamed,
    /// It was refused, and nothing more is said of it.
    Refused,
}

/// The header of a sheet.
#[derive(Clone, Debug)]
pub struct Header {
    /// The columns of the file.
    pub targets: Vec<Target>,
    /// The columns of ours that were probably meant by headings that are none, or that are missing: told once, and not
    /// again for every row.
    pub told: Vec<usize>,
    /// Whether it is the public p-code list.
    pub is_pcode_list: bool,
    /// Every heading that is understood, folded.
    headings: HashMap<String, usize>,
    /// The first heading, as it stands.
    first: String,
    has_unnamed: bool,
}

/// A heading as it is compared.
fn fold(heading: &str) -> String {
    folded_words(heading).concat()
}

/// Every heading that a sheet understands, folded, with the number of the column.
fn known(sheet: Sheet) -> HashMap<String, usize> {
    let columns = sheet.columns().iter().enumerate();
    columns
        .flat_map(|(index, column)| {
            [column.name].into_iter().chain(column.aliases.iter().copied()).map(move |heading| (fold(heading), index))
        })
        .collect()
}

/// How many headings of a row are ours: what the worksheet of a workbook is chosen by.
pub fn score(sheet: Sheet) -> impl Fn(&Row) -> usize {
    let known = known(sheet);
    move |row| {
        let ours = row.cells().filter(|cell| known.contains_key(&fold(cell.text))).count();
        if sheet == Sheet::Locations && is_pcode_list(row) { ours.max(PCODE_LIST.len()) } else { ours }
    }
}

fn is_pcode_list(row: &Row) -> bool {
    let headings: Vec<String> = row.cells().map(|cell| fold(cell.text)).collect();
    PCODE_LIST[..5].iter().all(|(heading, _)| headings.contains(&fold(heading)))
}

/// Whether a row holds HXL tags.
pub fn is_tags(row: &Row) -> bool {
    row.cells().all(|cell| cell.is_empty() || cell.text.trim_start().starts_with('#'))
}

impl Header {
    /// Reads the header; `None` if nothing can be read below it.
    pub fn read(sheet: Sheet, row: &Row, report: &mut Report) -> Option<Self> {
        let known = known(sheet);
        let is_pcode_list = sheet == Sheet::Locations && is_pcode_list(row);
        let pcode: HashMap<String, PcodeColumn> =
            PCODE_LIST.iter().filter(|_| is_pcode_list).map(|(heading, column)| (fold(heading), *column)).collect();
        let mut header = Self {
            targets: vec![],
            told: vec![],
            is_pcode_list,
            headings: known,
            first: row.cell(0).text.to_owned(),
            has_unnamed: false,
        };
        let mut wrong = vec![];
        for cell in row.cells() {
            let heading = cell.text.trim();
            let folded = fold(heading);
            let target = match (pcode.get(&folded), header.headings.get(&folded)) {
                _ if heading.is_empty() => Target::Unnamed,
                (Some(column), _) => Target::Pcode(*column),
                (None, Some(index)) if !is_pcode_list => Target::Column(*index),
                _ => Target::Refused,
            };
            let problem = match target {
                Target::Refused => Some(header.unknown(sheet, row, heading)),
                Target::Unnamed => None,
                target => header.targets.iter().position(|known| *known == target).map(|first| {
                    let (first, second) = (letters(first), letters(header.targets.len()));
                    let name = if let Target::Column(index) = target { sheet.columns()[index].name } else { heading };
                    let message = format!("The columns {first} and {second} are both `{name}`. Keep one of them.");
                    Problem::new("repeated_column", message)
                }),
            };
            header.targets.push(if problem.is_some() { Target::Refused } else { target });
            wrong.extend(problem.map(|problem| (header.targets.len() - 1, heading, problem)));
        }
        while header.targets.last() == Some(&Target::Unnamed) {
            header.targets.pop();
        }
        header.has_unnamed = header.targets.contains(&Target::Unnamed);
        if let Some(entry) = header.second_table(row) {
            report.error(entry);
            return None;
        }
        let recognised = header.targets.iter().any(|target| !matches!(target, Target::Refused | Target::Unnamed));
        wrong.retain(|(_, _, problem)| recognised || problem.code == "personal_data");
        for (_, heading, problem) in wrong {
            report.error(Entry { value: None, ..Entry::cell(row.number, &shown(heading), "", problem) });
        }
        if !recognised {
            report.error(no_header(sheet, row));
            return None;
        }
        header.check_needed(sheet, row.number, report).then_some(header)
    }

    /// Whether a column of ours is there, or was tried.
    pub fn has(&self, index: usize) -> bool {
        self.targets.contains(&Target::Column(index))
    }

    /// Whether a row begins as the header does, and may be one.
    pub fn begins_like(&self, row: &Row) -> bool {
        row.cell(0).text == self.first
    }

    /// Looks for cells that no column is there for.
    pub fn check(&self, row: &Row, unnamed: &mut BTreeSet<usize>, report: &mut Report) {
        let beyond = (self.targets.len()..row.len()).find(|at| !row.cell(*at).is_empty());
        if let Some(at) = beyond {
            let message = "Something stands beyond the last column of the header: is a heading missing, or a comma inside a cell without quotes around it?";
            let problem = Problem::new("too_many_cells", message);
            report.error(Entry { column: None, ..Entry::cell(row.number, "", row.cell(at).text.trim(), problem) });
        }
        if !self.has_unnamed {
            return;
        }
        for (at, target) in self.targets.iter().enumerate() {
            if *target == Target::Unnamed && !row.cell(at).is_empty() && unnamed.insert(at) {
                let message = format!("Column {} has no heading, and something stands in it.", letters(at));
                report.error(Entry::row(row.number, Problem::new("unnamed_column", message)));
            }
        }
    }

    /// Whether a later row is a header again, so that another table begins.
    pub fn is_repeated_by(&self, row: &Row) -> bool {
        let filled: Vec<&str> = row.cells().filter(|cell| !cell.is_empty()).map(|cell| cell.text).collect();
        let ours = filled.iter().filter(|text| self.headings.contains_key(&fold(text))).count();
        ours >= 2 && 2 * ours >= filled.len()
    }

    fn unknown(&mut self, sheet: Sheet, row: &Row, heading: &str) -> Problem {
        if is_personal(sheet, heading) {
            let message = "This column looks like data about persons, which is not recorded here: only numbers of people are. \
                           Delete it from the sheet before you send it.";
            return Problem::new("personal_data", message);
        }
        let headings = sheet.columns().iter().flat_map(|column| column.aliases.iter().copied().chain([column.name]));
        let meant = nearest(heading, headings).and_then(|near| self.headings.get(&fold(near))).copied();
        // What is there already was not meant.
        let there = |index: usize| row.cells().any(|cell| self.headings.get(&fold(cell.text)) == Some(&index));
        let meant = meant.filter(|index| !self.is_pcode_list && !there(*index));
        self.told.extend(meant);
        let problem = Problem::new("unknown_column", format!("There is no column {:?} in this sheet.", shown(heading)));
        match meant {
            Some(index) => problem.meant(sheet.columns()[index].name),
            None => problem,
        }
    }

    /// Another table to the right: after a column without heading, only headings that are none of ours, or again.
    fn second_table(&self, row: &Row) -> Option<Entry> {
        let gap = self.targets.iter().position(|target| *target == Target::Unnamed)?;
        let beyond: Vec<_> =
            (gap..self.targets.len()).filter(|index| self.targets[*index] != Target::Unnamed).collect();
        let refused = beyond.iter().all(|index| self.targets[*index] == Target::Refused);
        let heading = row.cell(*beyond.first()?).text.trim();
        refused.then(|| {
            let message =
                "Another table begins here. A sheet holds one table: move the other one to a sheet of its own.";
            Entry::cell(row.number, &shown(heading), "", Problem::new("several_tables", message))
        })
    }

    /// Whether the columns are there without which no row can be read.
    fn check_needed(&mut self, sheet: Sheet, row: u32, report: &mut Report) -> bool {
        if self.is_pcode_list {
            return true;
        }
        let columns = sheet.columns();
        let number = |name: &str| columns.iter().position(|column| column.name == name);
        let mut fine = true;
        let mut need = |name: &str, message: String, header: &Self| {
            let tried = number(name).is_some_and(|index| header.told.contains(&index));
            if !tried {
                report.error(Entry::cell(row, name, "", Problem::new("missing_column", message)));
            }
        };
        let keys: &[&str] = if sheet == Sheet::Movements { &["batch", "agreement"] } else { &[sheet.key()] };
        if !keys.iter().any(|key| number(key).is_some_and(|index| self.has(index))) {
            let message = format!("The column `{}` is missing: it says what a row belongs to.", sheet.key());
            need(sheet.key(), message, self);
            fine = false;
        }
        let stage = number("stage");
        let figure = |column: &Column| column.part == Part::Figure && column.name != "stage";
        let has_figures = (0..columns.len()).any(|index| figure(&columns[index]) && self.has(index));
        if let Some(stage) = stage.filter(|stage| has_figures && !self.has(*stage)) {
            let message = "The column `stage` is missing: no figure can be read without it.".to_owned();
            need("stage", message, self);
            self.told.push(stage);
        }
        fine
    }
}

/// A column as a spreadsheet names it: A, B … Z, AA.
pub fn letters(mut at: usize) -> String {
    let mut letters = vec![];
    loop {
        letters.push(char::from(b'A' + u8::try_from(at % 26).unwrap_or_default()));
        match (at / 26).checked_sub(1) {
            Some(next) => at = next,
            None => return letters.iter().rev().collect(),
        }
    }
}

fn no_header(sheet: Sheet, row: &Row) -> Entry {
    let wanted = |column: &&Column| column.required || column.name == sheet.key();
    let expected: Vec<&str> = sheet.columns().iter().filter(wanted).map(|column| column.name).collect();
    let message = format!(
        "This row is no header of `{}`: its cells must be the names of columns, such as {}. Delete what stands above the table.",
        sheet.word(),
        expected.join(", ")
    );
    let text = row.cells().find(|cell| !cell.is_empty()).map(|cell| cell.text.trim()).unwrap_or_default();
    Entry { column: None, ..Entry::cell(row.number, "", text, Problem::new("no_header", message)) }
}
