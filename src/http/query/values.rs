//! The values of parameters: decoded, checked, and read.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime};

use super::{Kind, MAX_LIST, Parameter, Query};
use crate::db::page::{Cursor, SortBy};
use crate::domain::period::{in_range, parse_date};
use crate::domain::text::{forbidden_character, nearest};

/// The longest value that is looked at, in characters: search has no use for more, and codes are shorter.
const MAX_VALUE: usize = 200;

impl Query {
    /// A value as the getters may read it, or `None` where it is wrong.
    pub(super) fn check(&mut self, parameter: &Parameter, value: String) -> Option<String> {
        let name = parameter.name;
        let value = value.trim().to_owned();
        if value.is_empty() {
            self.wrong(name, "empty_parameter", None, format!("`{name}` is empty: leave it out instead."), None);
            return None;
        }
        if forbidden_character(&value).is_some() || value.contains('\u{fffe}') {
            self.wrong(name, "control_character", None, format!("`{name}` holds a control character."), None);
            return None;
        }
        let listed = matches!(parameter.kind, Kind::Codes | Kind::Words(_));
        let long = |text: &str| text.chars().count() > MAX_VALUE;
        let too_long =
            if listed { value.split(',').any(long) } else { !matches!(parameter.kind, Kind::Cursor) && long(&value) };
        if too_long {
            let message = format!("`{name}` may have at most {MAX_VALUE} characters.");
            self.wrong(name, "too_long", Some(&value), message, None);
            return None;
        }
        if value.contains(',') && !listed && !matches!(parameter.kind, Kind::Text) {
            let message = format!("`{name}` takes one value, not a list.");
            self.wrong(name, "comma_list", Some(&value), message, None);
            return None;
        }
        let fine = match parameter.kind {
            Kind::Text | Kind::Code => true,
            Kind::Codes => self.check_list(name, &value),
            Kind::Date => self.check_date(name, &value),
            Kind::Time => self.check_time(name, &value),
            Kind::Whole(min, max) => self.check_whole(name, &value, min, max),
            Kind::Flag => self.check_word(name, &value, &["true", "false"]),
            Kind::Word(words) => self.check_word(name, &value, &words()),
            Kind::Words(words) => {
                self.check_list(name, &value)
                    && value.split(',').filter(|one| !self.check_word(name, one.trim(), &words())).count() == 0
            }
            Kind::Cursor => self.check_cursor_text(&value),
        };
        fine.then_some(value)
    }

    fn check_list(&mut self, name: &str, value: &str) -> bool {
        let entries: Vec<&str> = value.split(',').map(str::trim).collect();
        if entries.len() > MAX_LIST {
            let message = format!("`{name}` may list at most {MAX_LIST}.");
            self.wrong(name, "too_many", None, message, None);
            return false;
        }
        if entries.contains(&"") {
            self.wrong(name, "empty_parameter", Some(value), format!("An entry of `{name}` is empty."), None);
            return false;
        }
        if let Some((_, twice)) = entries.iter().enumerate().find(|(index, one)| entries[..*index].contains(one)) {
            self.wrong(name, "repeated_parameter", Some(twice), format!("`{name}` lists this twice."), None);
            return false;
        }
        true
    }

    fn check_word(&mut self, name: &str, value: &str, words: &[&'static str]) -> bool {
        if words.contains(&value) {
            return true;
        }
        let message = format!("`{name}` is one of: {}.", words.join(", "));
        let suggestion = nearest(value, words.iter().copied()).map(str::to_owned);
        self.wrong(name, "unknown_word", Some(value), message, suggestion);
        false
    }

    fn check_whole(&mut self, name: &str, value: &str, min: usize, max: usize) -> bool {
        let digits = value.bytes().all(|byte| byte.is_ascii_digit());
        let fits = value.parse::<usize>().is_ok_and(|number| (min..=max).contains(&number));
        if !digits || !fits {
            let code = if digits { "out_of_range" } else { "wrong_type" };
            let message = format!("`{name}` is a whole number between {min} and {max}.");
            self.wrong(name, code, Some(value), message, None);
        }
        digits && fits
    }

    fn check_date(&mut self, name: &str, value: &str) -> bool {
        let Err(wrong) = date(value) else { return true };
        let (code, message, suggestion) = match wrong {
            // `from` and `to` are the fields of a return that hold places: whoever filters by them means these.
            WrongDate::NoDate if matches!(name, "from" | "to") => {
                let message = "`from` and `to` are dates (YYYY-MM-DD); places are asked for with `origin` and \
                     `destination`.";
                let other = if name == "from" { "origin" } else { "destination" };
                ("place_in_date", message.to_owned(), Some(other.to_owned()))
            }
            WrongDate::NoDate | WrongDate::Unreadable => {
                ("invalid_date", format!("`{name}` is a date that exists, as YYYY-MM-DD."), None)
            }
            WrongDate::OutOfRange => ("date_out_of_range", "Dates lie between 1900 and 2199.".to_owned(), None),
        };
        self.wrong(name, code, Some(value), message, suggestion);
        false
    }

    fn check_time(&mut self, name: &str, value: &str) -> bool {
        let fine = time(value).is_some();
        if !fine {
            let message = format!("`{name}` is a time like 2017-03-18T12:00:00Z, or a date as YYYY-MM-DD.");
            self.wrong(name, "invalid_date", Some(value), message, None);
        }
        fine
    }

    fn check_cursor_text(&mut self, value: &str) -> bool {
        let fine = Cursor::decode(value).is_some_and(|cursor| is_ours(&cursor));
        if !fine {
            let message = "This is no cursor: take the `next_cursor` of the page before, as it is.".to_owned();
            self.wrong("cursor", "invalid_cursor", None, message, None);
        }
        fine
    }
}

/// Whether a cursor can have been given out here: what somebody made up must not reach the database.
fn is_ours(cursor: &Cursor) -> bool {
    let after = &cursor.after;
    let code = after.code.len() <= MAX_VALUE && after.code.bytes().all(|byte| byte.is_ascii_graphic());
    let date = after.date.is_none_or(|date| cursor.sort.by == SortBy::Date && in_range(date));
    let time = after.time.is_none_or(|time| (1970..=9999).contains(&time.year()));
    code && date && time && after.time.is_some() == (cursor.sort.by == SortBy::UpdatedAt)
}

/// Why a text is no date.
#[derive(Debug, PartialEq)]
pub(super) enum WrongDate {
    /// It does not even look like one.
    NoDate,
    /// It looks like one.
    Unreadable,
    /// It lies outside the years that are recorded.
    OutOfRange,
}

/// A date, or the date written in a timestamp.
pub(super) fn date(text: &str) -> Result<NaiveDate, WrongDate> {
    let looks = text.as_bytes().iter().take(4).filter(|byte| byte.is_ascii_digit()).count() == 4;
    let wrong = if looks { WrongDate::Unreadable } else { WrongDate::NoDate };
    let date = match text.split_at_checked(10) {
        Some((date, "")) => parse_date(date),
        Some((date, time)) if is_time_of_day(time) => parse_date(date),
        _ => None,
    };
    match date {
        Some(date) if in_range(date) => Ok(date),
        Some(_) => Err(WrongDate::OutOfRange),
        None => Err(wrong),
    }
}

/// The part of a timestamp behind its date: `T12:00`, `T12:00:00.000Z`, ` 12:00:00+03:00`.
fn is_time_of_day(text: &str) -> bool {
    let Some(text) = text.strip_prefix(['T', 't', ' ']) else { return false };
    let clock = |text: &str| {
        NaiveTime::parse_from_str(text, "%H:%M").is_ok() || NaiveTime::parse_from_str(text, "%H:%M:%S%.f").is_ok()
    };
    let offset = |text: &str| NaiveTime::parse_from_str(text, "%H:%M").is_ok();
    if let Some(local) = text.strip_suffix(['Z', 'z']) {
        return clock(local);
    }
    // A `+` that was not percent-encoded has become a space.
    match text.split_once(['+', '-', ' ']) {
        Some((local, zone)) => clock(local) && offset(zone),
        None => clock(text),
    }
}

/// A moment in UTC: RFC 3339, or the first moment of a day.
pub(super) fn time(text: &str) -> Option<NaiveDateTime> {
    if let Some(date) = parse_date(text) {
        return date.and_hms_opt(0, 0, 0);
    }
    // A `+` that was not percent-encoded has become a space.
    let text = match text.rsplit_once(' ') {
        Some((moment, zone)) if moment.contains(['T', 't']) => format!("{moment}+{zone}"),
        _ => text.to_owned(),
    };
    let moment = DateTime::parse_from_rfc3339(&text).ok()?.naive_utc();
    (1..=9999).contains(&moment.year()).then_some(moment)
}

/// A name or value as it was meant: percent-encoded UTF-8, a `+` for a space.
pub fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                bytes.push(u8::try_from(high * 16 + low).ok()?);
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8(bytes).ok()
}

/// A text as an error repeats it.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() > 100 { text.chars().take(100).chain(['…']).collect() } else { text.to_owned() }
}
