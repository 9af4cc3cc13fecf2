//! One filter for list, count, statistics and export, so that their numbers cannot disagree.

use chrono::{NaiveDate, NaiveDateTime};

use crate::domain::Finding;
use crate::domain::words::{FigureRole, Scope, SettlementType, Stage};

/// What is asked for, in the caller's words: codes, not yet looked up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Places of origin, each with everything below it.
    pub origin: Vec<String>,
    /// Places of displacement, each with everything below it.
    pub destination: Vec<String>,
    /// An agreement.
    pub agreement: Option<String>,
    /// Where people stay.
    pub settlement_type: Option<SettlementType>,
    /// The kind of batch, location or source, whichever the resource has; a word of that vocabulary.
    pub kind: Option<String>,
    /// The first day that the whole period of a row may lie on.
    pub from: Option<NaiveDate>,
    /// The last day that the whole period of a row may lie on.
    pub to: Option<NaiveDate>,
    /// A batch.
    pub batch: Option<String>,
    /// A source that a figure of the row comes from.
    pub source: Option<String>,
    /// A figure's stage.
    pub stage: Option<Stage>,
    /// A figure's role.
    pub role: Option<FigureRole>,
    /// A figure's scope.
    pub scope: Option<Scope>,
    /// Places whose children are asked for, each with everything below it.
    pub parent: Vec<String>,
    /// Beginnings of words of names, or of the code.
    pub q: Option<String>,
    /// Written at this time or later.
    pub updated_since: Option<NaiveDateTime>,
    /// What is wrong already in how the question was put; codes that do not exist join it.
    pub wrong: Vec<Finding>,
}
