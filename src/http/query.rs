//! Query strings: one table of parameters, and everything wrong in a query found at once.
//!
//! [`Query::parse`] checks each value against its parameter's [`Kind`], so that the getters have only right ones to give.

mod parameters;
mod values;

use chrono::{NaiveDate, NaiveDateTime};
use serde_json::Value;

use crate::db::page::{Cursor, DEFAULT_LIMIT, PageRequest, Sort, SortBy};
use crate::domain::Finding;
use crate::domain::text::nearest;
use crate::domain::words::Word;
use crate::error::Error;
use crate::store::Filter;

pub use parameters::*;
pub use values::decoded;

/// The most parameters that a query has: more than there are.
const MAX_PARAMETERS: usize = 100;
/// The most places that one parameter may list.
const MAX_LIST: usize = 500;

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
