//! Cells to JSON values of the members that they fill. Nothing is guessed.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::references::References;
use super::{dates, numbers};
use crate::domain::Resource;
use crate::domain::labels::{PARTY_ROLE, Vocabulary};
use crate::domain::report::{Problem, shown};
use crate::domain::text::{folded_words, is_code, nearest};
use crate::transfer::sheet::{Column, Kind};
use crate::transfer::table::{Cell, CellKind};

/// What a cell says: a value, null if it is empty, or what is wrong with it.
pub type Said = Result<Value, Problem>;

/// Reads the cells of a sheet; what a column said last is remembered, since neighbouring rows say the same.
#[derive(Debug)]
pub struct Cells<'g> {
    columns: &'static [Column],
    last: Vec<Last>,
    words: Words,
    /// What cells refer to.
    pub references: References<'g>,
}

/// What a column said last.
#[derive(Debug)]
pub struct Last {
    kind: CellKind,
    text: String,
    /// Another number for every change: equal numbers are equal cells.
    pub version: u32,
    /// What it came to.
    pub said: Said,
}

impl<'g> Cells<'g> {
    /// Reads the cells of these columns.
    pub fn new(columns: &'static [Column], references: References<'g>) -> Self {
        let last = || Last { kind: CellKind::Text, text: String::new(), version: 1, said: Ok(Value::Null) };
        let last = columns.iter().map(|_| last()).collect();
        Self { columns, last, words: Words::default(), references }
    }

    /// What a cell says.
    pub fn read(&mut self, column: usize, cell: Cell) -> &Last {
        let last = &mut self.last[column];
        if last.text != cell.text || last.kind != cell.kind {
            last.text.clear();
            last.text.push_str(cell.text);
            last.kind = cell.kind;
            last.version += 1;
            last.said = read(self.columns[column].kind, cell, &mut self.words, &mut self.references);
        }
        &self.last[column]
    }
}

fn read(kind: Kind, cell: Cell, words: &mut Words, references: &mut References) -> Said {
    let free = unquoted(cell.text).trim();
    let is_free = matches!(kind, Kind::Text | Kind::Names | Kind::Parties);
    match cell.kind {
        CellKind::Formula => return Err(formula()),
        CellKind::Error => return Err(error_cell(cell.text)),
        // The same, where a sheet was saved as text. Free text may say anything.
        CellKind::Text if is_free => {}
        CellKind::Text if free.starts_with('=') => return Err(formula()),
        CellKind::Text if ERRORS.contains(&free) => return Err(error_cell(free)),
        CellKind::Text if free.len() > 2 && free.bytes().all(|byte| byte == b'#') => {
            let message = "The column was too narrow for its values when the sheet was saved. Make it wider, and save the sheet again.";
            return Err(Problem::new("error_cell", message));
        }
        CellKind::Text | CellKind::Number | CellKind::Date | CellKind::YesNo => {}
    }
    let text = numbers::bare(free);
    let is = |kind| cell.kind == kind;
    match kind {
        _ if free.is_empty() => Ok(Value::Null),
        // Marks of direction around free text are part of it, as in bodies.
        Kind::Text => Ok(free.into()),
        Kind::Names => Ok(entries(free).collect()),
        Kind::Parties => entries(free).map(|party| words.party(party)).collect::<Result<_, _>>().map(Value::Array),
        _ if text.is_empty() => Ok(Value::Null),
        Kind::Code => code(text),
        Kind::Movement => Ok(numbers::plain(text).into()),
        Kind::Place => references.find(Resource::Locations, text).map(Value::from),
        Kind::Source => references.find(Resource::Sources, text).map(Value::from),
        Kind::Agreement => references.find(Resource::Agreements, text).map(Value::from),
        Kind::Whole if is(CellKind::Number) => numbers::from_cell(text).map(Value::from),
        Kind::Whole if is(CellKind::Text) => numbers::whole(text).map(Value::from),
        Kind::Whole if is(CellKind::Date) => {
            let message = "Expected a whole number, and the cell is formatted as a date. Format it as a number.";
            Err(Problem::new("wrong_type", message))
        }
        Kind::Whole => Err(Problem::new("wrong_type", "Expected a whole number.")),
        Kind::Real if is(CellKind::Number) || is(CellKind::Text) => numbers::real(text).map(Value::from),
        Kind::Real => Err(Problem::new("wrong_type", "Expected a number.")),
        Kind::Date if is(CellKind::Number) => Err(dates::number(text)),
        Kind::Date if is(CellKind::Date) => dates::from_cell(text).map(|date| date.to_string().into()),
        Kind::Date => dates::day(text).map(|date| date.to_string().into()),
        Kind::YesNo => yes_or_no(text),
        Kind::Word(vocabulary) => words.find(vocabulary, text).map(Value::from),
        Kind::Words(vocabulary) => {
            // No word holds any of these, so they can only separate.
            let each = text.split([';', '؛', ',', '،', '\n']).map(str::trim).filter(|word| !word.is_empty());
            each.map(|word| words.find(vocabulary, word).map(Value::from)).collect::<Result<_, _>>().map(Value::Array)
        }
    }
}

/// What a cell shows whose formula has no value.
const ERRORS: [&str; 9] = ["#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#N/A", "#NULL!", "#NUM!", "#SPILL!", "#CALC!"];

fn formula() -> Problem {
    let message = "A formula stands here. Paste it as a value (Paste Special, Values): only what is written is read.";
    Problem::new("formula", message)
}

fn error_cell(text: &str) -> Problem {
    Problem::new("error_cell", format!("The spreadsheet shows an error here ({text}). Write the value."))
}

/// The text without the `'` that keeps a spreadsheet from taking it for a formula: one is put there when sheets are
/// written, and one is taken away.
pub fn unquoted(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r']) => rest,
        _ => text,
    }
}

/// The code of a row itself.
pub fn code(text: &str) -> Said {
    let code = numbers::plain(text);
    if is_code(&code) {
        return Ok(code.into());
    }
    let message = "A code is 1 to 64 letters (A to Z), digits, `_` or `-`, and begins with a letter or digit.";
    let words: Vec<&str> =
        code.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|word| !word.is_empty()).collect();
    let joined = words.join("-");
    let problem = Problem::new("invalid_code", message);
    Err(if is_code(&joined) { problem.meant(joined) } else { problem })
}

fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|entry| !entry.is_empty())
}

fn yes_or_no(text: &str) -> Said {
    match folded_words(text).concat().as_str() {
        "true" | "yes" | "y" | "1" | "نعم" | "صح" => Ok(true.into()),
        "false" | "no" | "n" | "0" | "لا" | "خطا" => Ok(false.into()),
        _ => Err(Problem::new("wrong_type", "Expected yes or no.")),
    }
}

/// What people write in the place of a word, folded: suggested, and not taken, as it may mean something else.
const OTHER_WORDS: [(&str, &[&str]); 8] = [
    ("departed", &["left", "departure", "leaving", "out", "مغادره", "خرج", "خروج", "خرجوا", "غادروا"]),
    ("arrived", &["arrival", "arriving", "in", "وصول", "وصلوا", "واصل"]),
    (
        "approximately",
        &[
            "about",
            "around",
            "approx",
            "circa",
            "ca",
            "estimate",
            "estimated",
            "حوالي",
            "نحو",
            "قرابه",
            "تقدير",
            "تقديري",
        ],
    ),
    ("more_than", &["over", "atleast", "min", "minimum", "علىالاقل"]),
    ("less_than", &["under", "upto", "atmost", "max", "maximum", "علىالاكثر"]),
    ("between", &["range", "مابين"]),
    ("locality", &["village", "town", "city", "قريه", "بلده", "مدينه"]),
    ("hostilities", &["war", "conflict", "fighting", "shelling", "bombing", "حرب", "قصف", "اشتباكات"]),
];

/// The words of the vocabularies by how people write them: in any case, with spaces or hyphens, or in Arabic.
#[derive(Debug, Default)]
struct Words(HashMap<&'static str, HashMap<String, &'static str>>);

impl Words {
    fn find(&mut self, vocabulary: &'static Vocabulary, text: &str) -> Result<&'static str, Problem> {
        if let Some(word) = vocabulary.words().find(|word| *word == text) {
            return Ok(word);
        }
        let folded = self.0.entry(vocabulary.what).or_insert_with(|| {
            let words = vocabulary.words.iter();
            words.flat_map(|(word, label)| [*word, *label].map(|text| (folded_words(text).concat(), *word))).collect()
        });
        if let Some(word) = folded.get(&folded_words(text).concat()) {
            return Ok(word);
        }
        let all: Vec<&str> = vocabulary.words().collect();
        // A cell may hold several, so the one that is none is named.
        let message = format!("{:?} is not {}; write one of {}.", shown(text), vocabulary.what, all.join(", "));
        let problem = Problem::new("unknown_word", message);
        let said = folded_words(text).concat();
        let other = OTHER_WORDS.iter().find(|(word, others)| others.contains(&said.as_str()) && all.contains(word));
        if let Some((word, _)) = other {
            return Err(problem.meant(*word));
        }
        let near = nearest(text, vocabulary.words.iter().flat_map(|(word, label)| [*word, *label]));
        let meant = near.and_then(|near| vocabulary.words.iter().find(|(word, label)| *word == near || *label == near));
        Err(match meant {
            Some((word, _)) => problem.meant(*word),
            None => problem,
        })
    }

    fn party(&mut self, text: &str) -> Said {
        let parts = text.split_once([':', '：']).map(|(role, name)| (role.trim(), name.trim()));
        let Some((role, name)) = parts.filter(|(role, name)| !role.is_empty() && !name.is_empty()) else {
            let roles: Vec<&str> = PARTY_ROLE.words().collect();
            let message =
                format!("A party is written as role:name, joined by semicolons; the roles are {}.", roles.join(", "));
            return Err(Problem::new("not_a_party", message));
        };
        Ok(json!({ "name": name, "role": self.find(&PARTY_ROLE, role)? }))
    }
}

#[cfg(test)]
mod tests;
