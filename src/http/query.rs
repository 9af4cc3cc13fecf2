//! Query strings: one table of parameters, and everything wrong in a query found at once.
//!
//! [`Query::parse`] checks each value against its parameter's [`Kind`], so that the getters have only right ones to give.

mod values;

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::Value;

use crate::db::page::{Cursor, DEFAULT_LIMIT, MAX_LIMIT, PageRequest, Sort, SortBy};
use crate::domain::Finding;
use crate::domain::location::Level;
use crate::domain::period::Unit;
use crate::domain::text::nearest;
use crate::domain::words::{BatchKind, FigureRole, LocationKind, Scope, SettlementType, SourceKind, Stage, Word};
use crate::error::Error;
use crate::store::Filter;

pub use values::decoded;

/// The most parameters that a query has: more than there are.
const MAX_PARAMETERS: usize = 100;
/// The most places that one parameter may list.
const MAX_LIST: usize = 500;

/// A query parameter, as every operation that has it means it.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a sentence or two for the document.
    pub meaning: &'static str,
    /// A value that makes sense.
    pub example: &'static str,
    /// What its values look like.
    pub kind: Kind,
}

/// What the values of a parameter look like.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Free text.
    Text,
    /// One code.
    Code,
    /// Codes of places, separated by commas.
    Codes,
    /// A day, or a timestamp of which only the date counts.
    Date,
    /// A timestamp, or a day.
    Time,
    /// A whole number between two others.
    Whole(usize, usize),
    /// `true` or `false`.
    Flag,
    /// One of some words.
    Word(fn() -> Vec<&'static str>),
    /// Some of some words, separated by commas.
    Words(fn() -> Vec<&'static str>),
    /// Where a page begins.
    Cursor,
}

/// The words of a vocabulary.
fn words<W: Word>() -> Vec<&'static str> {
    W::ALL.iter().map(|word| word.word()).collect()
}

macro_rules! parameters {
    ($($ident:ident = $name:literal, $kind:expr, $example:literal, $meaning:literal;)+) => {
        $(
            #[doc = concat!("`", $name, "`: ", $meaning)]
            pub const $ident: Parameter =
                Parameter { name: $name, meaning: $meaning, example: $example, kind: $kind };
        )+

        /// Every parameter that there is.
        pub(super) const ALL: &[&Parameter] = &[$(&$ident),+];
    };
}

parameters! {
    ORIGIN = "origin", Kind::Codes, "al-waer",
        "Places of origin (codes or p-codes, separated by commas), each with everything below it. On returns: the place returned to.";
    DESTINATION = "destination", Kind::Codes, "SY02,SY07",
        "Places of displacement (codes or p-codes, separated by commas), each with everything below it. On returns: the place returned from.";
    AGREEMENT = "agreement", Kind::Code, "al-waer-2017", "The code of an agreement.";
    SETTLEMENT_TYPE = "settlement_type", Kind::Word(words::<SettlementType>), "planned_camp",
        "Where people stay: the movement's own, else its destination's.";
    KIND = "kind", Kind::Word(words::<BatchKind>), "displacement", "The kind of batch.";
    LOCATION_KIND = "kind", Kind::Word(words::<LocationKind>), "camp", "The kind of place.";
    SOURCE_KIND = "kind", Kind::Word(words::<SourceKind>), "local_council", "The kind of source.";
    ANY_KIND = "kind", Kind::Word(every_kind), "displacement", "The kind of location or source; in `movements` and `returns` of the batch.";
    FROM = "from", Kind::Date, "2017-03-01",
        "The first day that the whole period of a row may lie on. A timestamp counts as the date written in it.";
    TO = "to", Kind::Date, "2017-05-31",
        "The last day that the whole period of a row may lie on. A timestamp counts as the date written in it.";
    BATCH = "batch", Kind::Code, "batch-1", "The code of a batch.";
    SOURCE = "source", Kind::Code, "council", "The code of a source that a figure of the row comes from.";
    STAGE = "stage", Kind::Word(words::<Stage>), "departed", "The stage of a figure.";
    ROLE = "role", Kind::Word(words::<FigureRole>), "recommended", "The role of a figure.";
    SCOPE = "scope", Kind::Word(words::<Scope>), "whole", "The scope of a figure.";
    PARENT = "parent", Kind::Codes, "SY02",
        "Places (codes or p-codes, separated by commas) below which the rows lie, at any depth.";
    Q = "q", Kind::Text, "al waer",
        "Beginnings of words of names and aliases, or of the code; case, accents and Arabic letter variants do not matter.";
    UPDATED_SINCE = "updated_since", Kind::Time, "2026-11-01T00:00:00Z",
        "Only rows written at this time (RFC 3339) or later; a date is its first moment in UTC.";
    SORT = "sort", Kind::Word(dated_sorts), "-date",
        "The order: `date`, `code` or `updated_at`, from the last to the first with `-`. Undated rows come last; ties go by code.";
    PLAIN_SORT = "sort", Kind::Word(plain_sorts), "code",
        "The order: `code` or `updated_at`, from the last to the first with `-`.";
    LIMIT = "limit", Kind::Whole(1, MAX_LIMIT), "100", "How many rows a page holds at the most; 100 unless told.";
    CURSOR = "cursor", Kind::Cursor, "eyJzb3J0Ijp7ImJ5IjoiZGF0ZSIsImRlc2NlbmRpbmciOnRydWV9LCJhZnRlciI6eyJkYXRlIjoiMjAxNy0wMy0xOCIsInRpbWUiOm51bGwsImNvZGUiOiJiYXRjaC0xIn19",
        "Where the page begins: the `next_cursor` of the page before, with the same `sort`.";
    COUNT = "count", Kind::Flag, "true", "Whether `total`, the number of all rows found, is given.";
    LABELS = "labels", Kind::Word(languages), "ar", "The language of names: `en`, or `ar` for Arabic names where there are any.";
    BOM = "bom", Kind::Flag, "true", "Whether the file begins with a byte order mark, by which Excel knows UTF-8.";
    LANG = "lang", Kind::Word(languages), "ar",
        "The language of whoever reads the workbook: with `ar` its sheet runs from right to left. The columns keep their names.";
    BEFORE = "cursor", Kind::Whole(1, i64::MAX as usize), "42", "Where the page begins: the `next_cursor` of the page before.";
    AFTER = "after", Kind::Whole(0, i64::MAX as usize), "1042", "The last `seq` that the caller has read; 0 for everything.";
    COMMIT = "commit", Kind::Flag, "true", "Whether the sheet is written; without it nothing is, and the answer says what would be.";
    CREATE_MISSING = "create_missing", Kind::Words(creatable), "locations",
        "What the sheet names and is not there yet is created: `locations`, `sources` or both, separated by a comma. The report lists each.";
    BY = "by", Kind::Words(dimensions), "month,destination",
        "What rows are counted by: at most one period (`day`, `week`, `month`, `quarter`, `year`) and any of `origin`, `destination`, `agreement`, separated by commas.";
    PLACES_BY = "by", Kind::Words(places_by), "destination",
        "What rows are counted by: any of `origin`, `destination`, `agreement`, separated by commas.";
    LEVEL = "level", Kind::Word(levels), "admin1", "The administrative level that places are rolled up to.";
    FILL = "fill", Kind::Word(fills), "zero", "`zero`: periods in which nothing happened have rows, too.";
    PERIOD = "period", Kind::Word(words::<Unit>), "month", "A row for every period of this length.";
    AS_OF = "as_of", Kind::Date, "2017-12-31",
        "The day up to which is counted; the last day of the latest period in the data unless told.";
}

fn every_kind() -> Vec<&'static str> {
    [words::<BatchKind>(), words::<LocationKind>(), words::<SourceKind>()].concat()
}

fn dated_sorts() -> Vec<&'static str> {
    vec!["date", "-date", "code", "-code", "updated_at", "-updated_at"]
}

fn plain_sorts() -> Vec<&'static str> {
    vec!["code", "-code", "updated_at", "-updated_at"]
}

fn languages() -> Vec<&'static str> {
    vec!["en", "ar"]
}

fn creatable() -> Vec<&'static str> {
    vec!["locations", "sources"]
}

fn places_by() -> Vec<&'static str> {
    vec!["origin", "destination", "agreement"]
}

fn dimensions() -> Vec<&'static str> {
    words::<Unit>().into_iter().chain(places_by()).collect()
}

fn levels() -> Vec<&'static str> {
    Level::ALL.iter().map(|level| level.word()).collect()
}

fn fills() -> Vec<&'static str> {
    vec!["zero"]
}

/// A query string, checked.
#[derive(Debug, Default)]
pub struct Query {
    given: Vec<(&'static str, String)>,
    wrong: Vec<Finding>,
}

impl Query {
    /// Reads a query string of which some parameters are accepted.
    pub fn parse(text: &str, accepted: &[&'static Parameter]) -> Self {
        let mut query = Self::default();
        let mut seen: Vec<String> = vec![];
        for (index, (name, value)) in pairs(text).enumerate() {
            if index >= MAX_PARAMETERS {
                let message = format!("A query has at most {MAX_PARAMETERS} parameters.");
                query.wrong("", "too_many", None, message, None);
                break;
            }
            let (Some(name), Some(value)) = (name, value) else {
                let message = "The query is not percent-encoded UTF-8.".to_owned();
                query.wrong("", "invalid_encoding", None, message, None);
                continue;
            };
            let Some(parameter) = accepted.iter().find(|parameter| parameter.name == name) else {
                query.unknown(&name, &value, accepted);
                continue;
            };
            if seen.contains(&name) {
                let message = format!("`{name}` is given more than once.");
                query.wrong(&name, "repeated_parameter", Some(&value), message, None);
                continue;
            }
            seen.push(name);
            if let Some(value) = query.check(parameter, value) {
                query.given.push((parameter.name, value));
            }
        }
        query.check_dates();
        query.check_cursor(accepted);
        query
    }

    fn unknown(&mut self, name: &str, value: &str, accepted: &[&'static Parameter]) {
        let (code, message) = if ALL.iter().any(|parameter| parameter.name == name) {
            ("not_applicable", format!("`{name}` means nothing here."))
        } else {
            ("unknown_parameter", format!("There is no parameter `{}` here.", values::shortened(name)))
        };
        let suggestion = nearest(name, accepted.iter().map(|parameter| parameter.name));
        self.wrong(name, code, Some(value), message, suggestion.map(str::to_owned));
    }

    fn wrong(
        &mut self,
        name: &str,
        code: &'static str,
        value: Option<&str>,
        message: String,
        suggestion: Option<String>,
    ) {
        let parameter = Some(values::shortened(name));
        let value = value.map(|value| Value::from(values::shortened(value)));
        self.wrong.push(Finding { pointer: None, parameter, code, value, message, suggestion });
    }

    /// Adds something that only the operation can know to be wrong.
    pub fn refuse(&mut self, parameter: &Parameter, code: &'static str, message: String) {
        let value = self.text(parameter).map(str::to_owned);
        self.wrong(parameter.name, code, value.as_deref(), message, None);
    }

    /// What is wrong, for whoever has no [`Filter`] to put it into.
    pub fn finish(&mut self) -> Result<(), Error> {
        let wrong = std::mem::take(&mut self.wrong);
        if wrong.is_empty() { Ok(()) } else { Err(Error::Parameters(wrong)) }
    }

    /// Whether a parameter is given, and right.
    pub fn has(&self, parameter: &Parameter) -> bool {
        self.text(parameter).is_some()
    }

    /// A value as it was sent.
    pub fn text(&self, parameter: &Parameter) -> Option<&str> {
        self.given.iter().find(|(name, _)| *name == parameter.name).map(|(_, value)| value.as_str())
    }

    /// The entries of a comma list.
    pub fn list(&self, parameter: &Parameter) -> Vec<String> {
        self.text(parameter).map(|text| text.split(',').map(|one| one.trim().to_owned()).collect()).unwrap_or_default()
    }

    /// A word of a vocabulary.
    pub fn word<W: Word>(&self, parameter: &Parameter) -> Option<W> {
        self.text(parameter).and_then(W::parse)
    }

    /// A day.
    pub fn date(&self, parameter: &Parameter) -> Option<NaiveDate> {
        self.text(parameter).and_then(|text| values::date(text).ok())
    }

    /// A moment, in UTC.
    pub fn time(&self, parameter: &Parameter) -> Option<NaiveDateTime> {
        self.text(parameter).and_then(values::time)
    }

    /// Whether something is asked for.
    pub fn flag(&self, parameter: &Parameter) -> bool {
        self.text(parameter) == Some("true")
    }

    /// A whole number.
    pub fn whole(&self, parameter: &Parameter) -> Option<usize> {
        self.text(parameter).and_then(|text| text.parse().ok())
    }

    /// Whether names are asked for in Arabic.
    pub fn arabic(&self) -> bool {
        self.text(&LABELS) == Some("ar")
    }

    /// The filter, with everything that is wrong in the query, so that codes which do not exist can join it.
    pub fn filter(&mut self) -> Filter {
        let owned = |parameter| self.text(parameter).map(str::to_owned);
        Filter {
            origin: self.list(&ORIGIN),
            destination: self.list(&DESTINATION),
            agreement: owned(&AGREEMENT),
            settlement_type: self.word(&SETTLEMENT_TYPE),
            kind: owned(&KIND),
            from: self.date(&FROM),
            to: self.date(&TO),
            batch: owned(&BATCH),
            source: owned(&SOURCE),
            stage: self.word(&STAGE),
            role: self.word(&ROLE),
            scope: self.word(&SCOPE),
            parent: self.list(&PARENT),
            q: owned(&Q),
            updated_since: self.time(&UPDATED_SINCE),
            wrong: std::mem::take(&mut self.wrong),
        }
    }

    /// The order that is asked for, or else this one.
    pub fn sort(&self, default: Sort) -> Sort {
        let Some(text) = self.text(&SORT) else { return default };
        let (descending, word) = text.strip_prefix('-').map_or((false, text), |word| (true, word));
        let by = match word {
            "date" => SortBy::Date,
            "updated_at" => SortBy::UpdatedAt,
            _ => SortBy::Code,
        };
        Sort { by, descending }
    }

    /// The page that is asked for.
    pub fn page(&self, default: Sort) -> PageRequest {
        let after = self.text(&CURSOR).and_then(Cursor::decode).map(|cursor| cursor.after);
        PageRequest { sort: self.sort(default), after, limit: self.whole(&LIMIT).unwrap_or(DEFAULT_LIMIT) }
    }

    fn check_dates(&mut self) {
        if let (Some(from), Some(to)) = (self.date(&FROM), self.date(&TO))
            && from > to
        {
            let message = format!("`from` ({from}) lies after `to` ({to}).");
            self.wrong("to", "from_after_to", Some(&to.to_string()), message, None);
        }
    }

    fn check_cursor(&mut self, accepted: &[&'static Parameter]) {
        let Some(cursor) = self.text(&CURSOR).and_then(Cursor::decode) else { return };
        let dated = |words: Vec<&str>| words.contains(&"date");
        let default = match accepted.iter().find(|one| one.name == SORT.name).map(|one| one.kind) {
            Some(Kind::Word(words)) => default_sort(dated(words())),
            _ => NEWEST,
        };
        if cursor.sort != self.sort(default) {
            let message = "The cursor belongs to a list in another order.".to_owned();
            self.wrong("cursor", "invalid_cursor", None, message, None);
        }
    }
}

/// The order of a list that comes in no other: what was made last comes first.
pub const NEWEST: Sort = Sort { by: SortBy::Code, descending: true };

/// The order of a list where nothing else is asked for: newest first, or by code where rows have no date.
pub fn default_sort(dated: bool) -> Sort {
    Sort { by: if dated { SortBy::Date } else { SortBy::Code }, descending: dated }
}

/// The names and values of a query string; `None` is what is not percent-encoded UTF-8.
pub fn pairs(text: &str) -> impl Iterator<Item = (Option<String>, Option<String>)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (values::decoded(name), values::decoded(value))
    })
}

/// A value as it stands in a query string.
pub fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b',' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests;
