//! What is wrong, or remarkable, in a sheet: all of it counted, the first of it listed, each by row and column.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// How many errors, and how many warnings, a report lists; it counts them all.
pub const LISTED: usize = 1_000;

/// The row of the header.
const HEADER: u32 = 1;

/// One thing that is wrong or remarkable in a sheet.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
#[schema(as = SheetEntry)]
pub struct Entry {
    /// The row, as a spreadsheet shows it (the header is 1); null where the whole file is at fault.
    #[schema(example = 17)]
    pub row: Option<u32>,
    /// The name of the column, whatever its heading was; a heading that is none of ours as it stands.
    #[schema(example = "destination")]
    pub column: Option<String>,
    /// What kind of mistake, from the catalogue at `/problems/{code}`; never changes.
    #[schema(value_type = String, example = "unknown_reference")]
    pub code: &'static str,
    /// What stands in the cell.
    #[schema(value_type = Option<Value>, example = "Jarablous")]
    pub value: Option<Value>,
    /// A sentence for people.
    pub message: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl Entry {
    /// Something about the whole file.
    pub fn file(problem: Problem) -> Self {
        let Problem { code, message, suggestion } = problem;
        Self { row: None, column: None, code, value: None, message, suggestion }
    }

    /// Something about a row.
    pub fn row(row: u32, problem: Problem) -> Self {
        Self { row: Some(row), ..Self::file(problem) }
    }

    /// Something about a cell, which holds this text.
    pub fn cell(row: u32, column: &str, text: &str, problem: Problem) -> Self {
        let value = (!text.is_empty()).then(|| Value::from(shown(text)));
        Self { column: Some(column.to_owned()), value, ..Self::row(row, problem) }
    }
}

/// Text as a report repeats it: long text is cut.
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(100) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// What is wrong, without its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What kind of mistake, from the catalogue.
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

impl Problem {
    /// A problem with a sentence about it.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), suggestion: None }
    }

    /// The same with what was probably meant.
    pub fn meant(mut self, suggestion: impl Into<String>) -> Self {
        self.suggestion = Some(suggestion.into());
        self
    }
}

/// Everything found in one sheet.
#[derive(Clone, Debug, Default, Serialize, utoipa::ToSchema)]
pub struct Report {
    /// The first errors, which block.
    pub errors: Vec<Entry>,
    /// The first warnings, which do not.
    pub warnings: Vec<Entry>,
    /// How many errors there are.
    pub errors_total: u64,
    /// How many warnings there are.
    pub warnings_total: u64,
}

impl Report {
    /// Adds an error.
    pub fn error(&mut self, entry: Entry) {
        self.errors_total += 1;
        if self.errors.len() < LISTED {
            self.errors.push(entry);
        }
    }

    /// Adds a warning.
    pub fn warn(&mut self, entry: Entry) {
        self.warnings_total += 1;
        if self.warnings.len() < LISTED {
            self.warnings.push(entry);
        }
    }

    /// Adds what was found in other cells of the same sheet; `sort` picks what is listed.
    pub fn join(&mut self, other: Self) {
        self.errors.extend(other.errors);
        self.warnings.extend(other.warnings);
        self.errors_total += other.errors_total;
        self.warnings_total += other.warnings_total;
    }

    /// Whether nothing is wrong.
    pub fn is_clean(&self) -> bool {
        self.errors_total == 0
    }

    /// Whether another error would still be listed: where not, nothing need be looked up for it.
    pub fn lists_more(&self) -> bool {
        self.errors.len() < LISTED
    }

    /// Puts what is listed into the order of the rows, and within a row of the columns, of whose names this gives the places; what
    /// concerns the whole file, or a whole row, comes first. What is wrong with the header stays in the order of its headings.
    pub fn sort(&mut self, place: impl Fn(&str) -> usize) {
        let column = |entry: &Entry| entry.column.as_deref().filter(|_| entry.row != Some(HEADER)).map(&place);
        for list in [&mut self.errors, &mut self.warnings] {
            list.sort_by_key(|entry| (entry.row, column(entry)));
            list.truncate(LISTED);
        }
    }
}

/// A sheet that is refused, with everything that is wrong in it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct RefusedSheet {
    /// Which sheet.
    pub sheet: String,
    /// Always false: nothing was written.
    pub committed: bool,
    /// How many rows of data were read.
    pub rows: i64,
    /// Always empty.
    #[schema(value_type = Object)]
    pub counts: BTreeMap<String, u64>,
    /// What is wrong, and what is remarkable.
    #[serde(flatten)]
    pub report: Report,
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if let Some(row) = self.row {
            write!(f, "row {row}")?;
            if let Some(column) = &self.column {
                write!(f, ", {column}")?;
            }
            write!(f, ": ")?;
        }
        write!(f, "{}", self.message)?;
        match &self.suggestion {
            Some(suggestion) => write!(f, " Perhaps {suggestion}?"),
            None => Ok(()),
        }
    }
}

impl std::fmt::Display for RefusedSheet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "{}: {} rows, nothing written.", self.sheet, self.rows)?;
        let list = |f: &mut std::fmt::Formatter<'_>, what: &str, listed: &[Entry], total: u64| {
            listed.iter().try_for_each(|entry| writeln!(f, "{what}: {entry}"))?;
            let more = total.saturating_sub(u64::try_from(listed.len()).unwrap_or_default());
            if more > 0 { writeln!(f, "{what}: and {more} more") } else { Ok(()) }
        };
        list(f, "error", &self.report.errors, self.report.errors_total)?;
        list(f, "warning", &self.report.warnings, self.report.warnings_total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_is_counted_and_the_first_thousand_are_listed() {
        let mut report = Report::default();
        for row in (2..2_002).rev() {
            report.error(Entry::row(row, Problem::new("missing", "`stage` is required.")));
        }
        assert_eq!((report.errors.len(), report.errors_total, report.is_clean()), (1_000, 2_000, false));
        report.sort(|_| 0);
        assert_eq!(report.errors[0].row, Some(1_002));
    }

    #[test]
    fn entries_stand_in_the_order_of_rows_and_columns() {
        let mut report = Report::default();
        let missing = || Problem::new("missing", "It is required.");
        for (row, column) in [(3, "stage"), (2, "stage"), (3, "origin")] {
            report.error(Entry::cell(row, column, "", missing()));
        }
        report.error(Entry::row(3, missing()));
        report.sort(|column| ["origin", "stage"].iter().position(|name| *name == column).unwrap_or_default());
        let places: Vec<_> = report.errors.iter().map(|entry| (entry.row, entry.column.as_deref())).collect();
        assert_eq!(
            places,
            [(Some(2), Some("stage")), (Some(3), None), (Some(3), Some("origin")), (Some(3), Some("stage"))]
        );
    }

    #[test]
    fn long_text_is_cut_between_characters() {
        assert_eq!(shown("حلب"), "حلب");
        assert_eq!(shown(&"ح".repeat(101)).chars().count(), 101);
    }
}
