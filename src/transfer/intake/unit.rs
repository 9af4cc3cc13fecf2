//! What the rows of a sheet come to: bodies as the HTTP API takes them, and where in the sheet each of their members
//! stands.

use std::sync::Arc;

use serde_json::Value;

use crate::domain::findings::{Finding, Findings, Warning};
use crate::domain::report::{Entry, Problem, Report};
use crate::transfer::sheet::{Column, Part, PcodeColumn, Sheet};

/// What a body is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A location.
    Location,
    /// A source.
    Source,
    /// An agreement.
    Agreement,
    /// A batch with `movements`, each with `figures`, and with `figures` of its own: published totals.
    Batch,
    /// A return with `figures`.
    Return,
    /// Published totals of an agreement: a body with nothing but `figures`, some with a `destination`.
    Published,
}

/// One row with its parts, as it is written: a batch, a return, a location …
///
/// Its body holds the members whose columns are in the sheet; null clears. It never holds what was refused already.
#[derive(Clone, Debug)]
pub struct Unit {
    /// What the body is.
    pub subject: Subject,
    /// The code of the row that is written; of the agreement where totals of one are.
    pub code: String,
    /// The body, with `code` (not in totals of an agreement).
    pub body: Value,
    /// The first row of the sheet that speaks of it.
    pub row: u32,
    /// Whether no row says it: it is created because a cell refers to it (`create_missing`).
    pub is_created: bool,
    /// The cells that were refused, as pointers into the body: they are reported already.
    pub(super) told: Vec<(String, &'static str)>,
    pub(super) marks: Marks,
}

/// Which columns of a sheet are there, by their part.
#[derive(Debug)]
pub struct Layout {
    /// The sheet.
    pub sheet: Sheet,
    /// Whether its columns are those of the public p-code list.
    pub is_pcode_list: bool,
    /// The part that rows are grouped by, the movement and the figure: for each column its place in the file, its number
    /// and itself.
    pub parts: [Vec<Place>; 3],
}

/// A column that is there.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Where it stands in the file.
    pub at: usize,
    /// Its number in the sheet.
    pub index: usize,
    /// The column.
    pub column: &'static Column,
}

/// The whole, its movements and its figures, as indices of `Layout::parts`.
pub const WHOLE: usize = 0;
/// The movement.
pub const MOVEMENT: usize = 1;
/// The figure.
pub const FIGURE: usize = 2;

/// Which index of `Layout::parts` a part has.
pub fn index_of(part: Part) -> usize {
    match part {
        Part::Row | Part::Batch | Part::Return => WHOLE,
        Part::Movement => MOVEMENT,
        Part::Figure => FIGURE,
    }
}

/// Where in the sheet the members of a body stand.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    pub layout: Arc<Layout>,
    /// For each column of the whole, the row that its value comes from.
    pub whole: Vec<u32>,
    /// The same for each movement, and the rows of its figures.
    pub movements: Vec<(Vec<u32>, Vec<u32>)>,
    /// The rows of the figures on the whole.
    pub figures: Vec<u32>,
    /// The column of the reference that this was created for.
    pub created: Option<&'static str>,
}

impl Unit {
    /// What was refused already, so that rules over it have nothing to say: begin the reading of the body with it.
    pub fn told(&self) -> Findings {
        let mut findings = Findings::default();
        for (pointer, code) in &self.told {
            findings.error(pointer.clone(), code, None, String::new());
        }
        findings
    }

    /// Adds what was found to a report, by row and column, without what it begins with (see `told`).
    pub fn report(&self, findings: &Findings, report: &mut Report) {
        for finding in findings.errors.iter().skip(self.told.len()) {
            // A degree that was refused is not one that is not there.
            let half = finding.code == "half_a_point" && self.told.iter().any(|(told, _)| told.ends_with("tude"));
            if !half {
                report.error(self.error(finding));
            }
        }
        for warning in &findings.warnings {
            // A source that was refused is not a source that nobody named.
            let about = hint(warning.code).map(|member| format!("{}/{member}", warning.pointer));
            if !self.told.iter().any(|(told, _)| Some(told) == about.as_ref()) {
                report.warn(self.warning(warning));
            }
        }
    }

    /// An error by row and column.
    pub fn error(&self, finding: &Finding) -> Entry {
        let pointer = finding.pointer.as_deref().unwrap_or_default();
        let missing = finding.value.as_ref().and_then(Value::as_str).filter(|_| finding.code == "missing");
        let (row, column) = self.at(pointer, missing.or_else(|| hint(finding.code)));
        let value = if missing.is_some() { None } else { finding.value.clone().or_else(|| self.value(pointer)) };
        let Finding { code, message, suggestion, .. } = finding.clone();
        Entry { row: Some(row), column: column.map(str::to_owned), code, value, message, suggestion }
    }

    /// A warning by row and column.
    pub fn warning(&self, warning: &Warning) -> Entry {
        let (row, column) = self.at(&warning.pointer, hint(warning.code));
        let (value, message) = (self.value(&warning.pointer), warning.message.clone());
        let column = column.map(str::to_owned);
        Entry { row: Some(row), column, code: warning.code, value, message, suggestion: None }
    }

    /// An error about the row as a whole, such as a conflict with another: at its code.
    pub fn conflict(&self, problem: Problem) -> Entry {
        let (row, column) = self.at("", None);
        let column = column.map(str::to_owned);
        Entry { column, value: Some(self.code.as_str().into()), ..Entry::row(row, problem) }
    }

    /// The row and column of a pointer into the body. For a whole part it is the column of the member in `hint`, else the
    /// part's first one.
    pub fn at(&self, pointer: &str, hint: Option<&str>) -> (u32, Option<&'static str>) {
        let marks = &self.marks;
        let mut steps = pointer.split('/').skip(1).peekable();
        let mut list = |name: &str| {
            steps.next_if(|step| *step == name)?;
            steps.next().and_then(|index| index.parse::<usize>().ok())
        };
        let (part, rows, figure): (usize, &[u32], Option<u32>) = match list("movements") {
            Some(index) => match (marks.movements.get(index), list("figures")) {
                (Some((_, figures)), Some(index)) => (FIGURE, &[], figures.get(index).copied()),
                (Some((rows, _)), None) => (MOVEMENT, rows, None),
                (None, _) => (WHOLE, &marks.whole, None),
            },
            None => match list("figures") {
                Some(index) => (FIGURE, &[], marks.figures.get(index).copied()),
                None => (WHOLE, &marks.whole, None),
            },
        };
        if let Some(column) = marks.created {
            return (self.row, Some(column));
        }
        let member = steps.next().filter(|step| !step.is_empty()).or(hint);
        if marks.layout.is_pcode_list {
            return (self.row, Some(PcodeColumn::of_member(member.unwrap_or_default()).heading()));
        }
        let places = &marks.layout.parts[part];
        let of = |member: &str| places.iter().position(|place| place.column.member == member);
        let found = member.and_then(of);
        let row = figure.or_else(|| rows.get(found.unwrap_or(0)).copied().filter(|row| *row > 0));
        let row = row.or_else(|| rows.iter().copied().find(|row| *row > 0)).unwrap_or(self.row);
        let absent = || {
            let columns = marks.layout.sheet.columns();
            let destination = (part == FIGURE && member == Some("destination")).then_some("destination");
            let named = |column: &&Column| index_of(column.part) == part && Some(column.member) == member;
            destination.or_else(|| columns.iter().find(named).map(|column| column.name))
        };
        let column = match found {
            Some(found) => Some(places[found].column.name),
            None => absent().or_else(|| places.first().map(|place| place.column.name)),
        };
        (row, column)
    }

    /// What stands at a pointer, where it is a single value.
    fn value(&self, pointer: &str) -> Option<Value> {
        self.body.pointer(pointer).filter(|value| !value.is_null() && !value.is_array() && !value.is_object()).cloned()
    }
}

/// The member that a finding about a whole part is really about.
fn hint(code: &str) -> Option<&'static str> {
    match code {
        "no_count" => Some("individuals"),
        "no_source" => Some("source"),
        "possible_duplicate" => Some("destination"),
        _ => None,
    }
}
