//! What can go wrong, in our words: no HTTP, no SQL. `http/problem.rs` turns it into an answer.

use crate::domain::report::RefusedSheet;
use crate::domain::{Finding, Resource};

/// What went wrong.
#[derive(Clone, Debug)]
pub enum Error {
    /// Query parameters that cannot be understood: all of them.
    Parameters(Vec<Finding>),
    /// Everything that is wrong in a body that could be read.
    Invalid(Vec<Finding>),
    /// No such row, for whoever asks.
    NotFound(Resource, String),
    /// A row of this code exists already.
    Taken(String),
    /// Another member that must be unique, which is named, is taken.
    MemberTaken(&'static str, String),
    /// Others refer to the row.
    InUse(String),
    /// The row has changed since the caller saw it, or is (not) there against the caller's condition.
    Precondition(String),
    /// The same request is being done already.
    Running,
    /// Another request was sent with the same key before.
    KeyReused,
    /// Everything that is wrong in a sheet.
    Sheet(Box<RefusedSheet>),
    /// Some of these rows, and how many there are, were changed since what is to be taken back.
    ChangedSince(Vec<String>, usize),
    /// A statistic would have more rows than anybody reads.
    TooManyRows(usize),
    /// More rows than the sheet of a workbook holds.
    TooManyForSheet(usize),
    /// A text that is longer than the cell of a workbook holds: its column, and its row as a spreadsheet counts.
    TooLongForCell(String, u32),
    /// The database cannot be reached, is too busy, or cannot write. The text is for the log.
    Unavailable(String),
    /// A fault of ours. The text is for the log.
    Internal(String),
}

impl Error {
    /// The same, where whatever went wrong is that the database could not be used.
    pub fn as_unavailable(&self) -> Self {
        match self {
            Self::Unavailable(text) | Self::Internal(text) => Self::Unavailable(text.clone()),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Parameters(found) | Self::Invalid(found) => {
                let messages: Vec<_> = found
                    .iter()
                    .map(|one| {
                        let place = one.pointer.as_deref().or(one.parameter.as_deref()).unwrap_or_default();
                        format!("{place}: {}", one.message)
                    })
                    .collect();
                write!(f, "{}", messages.join("; "))
            }
            Self::NotFound(resource, code) => write!(f, "there is no {} {code}", resource.singular()),
            Self::Taken(text) | Self::MemberTaken(_, text) | Self::InUse(text) | Self::Precondition(text) => {
                write!(f, "{text}")
            }
            Self::Running => write!(f, "the same request is being done already"),
            Self::KeyReused => write!(f, "another request was sent with this key before"),
            Self::Sheet(refused) => {
                write!(f, "nothing was written; errors in the sheet: {}", refused.report.errors_total)
            }
            Self::ChangedSince(named, total) => {
                let more = total.saturating_sub(named.len());
                write!(f, "Changed since: {}", named.join(", "))?;
                if more > 0 { write!(f, ", and {more} more") } else { Ok(()) }
            }
            Self::TooManyRows(limit) => write!(f, "the answer has more than {limit} rows"),
            Self::TooManyForSheet(limit) => write!(f, "a sheet has room for {limit} rows"),
            Self::TooLongForCell(column, row) => write!(f, "the text of `{column}` in row {row} fits into no cell"),
            Self::Unavailable(text) => write!(f, "the database is not available: {text}"),
            Self::Internal(text) => write!(f, "internal error: {text}"),
        }
    }
}

impl std::error::Error for Error {}
