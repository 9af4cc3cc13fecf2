//! The statements that the service really sends: every connection of this process tells them.

use std::collections::HashMap;
use std::sync::Mutex;

use diesel::connection::{Instrumentation, InstrumentationEvent, set_default_instrumentation};

/// Everything that was sent, by the address of the database.
static SEEN: Mutex<Option<HashMap<String, Vec<String>>>> = Mutex::new(None);

/// Takes down what one connection sends.
#[derive(Default)]
struct Recorder {
    address: String,
}

impl Instrumentation for Recorder {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartEstablishConnection { url, .. } => url.clone_into(&mut self.address),
            InstrumentationEvent::StartQuery { query, .. } => {
                let mut seen = SEEN.lock().unwrap();
                let all = seen.get_or_insert_default().entry(self.address.clone()).or_default();
                all.push(query.to_string());
            }
            _ => {}
        }
    }
}

/// From now on whoever connects is listened to.
pub fn listen() {
    set_default_instrumentation(|| Some(Box::new(Recorder::default()))).unwrap();
}

/// What was sent to a database since it was last asked for, each as diesel shows it.
pub fn take(url: &str) -> Vec<String> {
    let address = url.strip_prefix("sqlite:").unwrap_or(url);
    let mut seen = SEEN.lock().unwrap();
    seen.as_mut().and_then(|all| all.get_mut(address)).map(std::mem::take).unwrap_or_default()
}

/// A value that was bound to a statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Null,
    Bool(bool),
    Number(i64),
    Day(String),
    Time(String),
    Text(String),
    /// Several keys, as PostgreSQL writes them.
    Keys(String),
}

/// A statement with what was bound to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Statement {
    pub sql: String,
    pub values: Vec<Value>,
}

impl Statement {
    /// Reads what diesel shows: `SELECT … -- binds: [1, "a", 2017-03-18]`.
    pub fn read(shown: &str) -> Self {
        let (sql, values) = shown.split_once(" -- binds: ").unwrap_or((shown, "[]"));
        let values = values.trim();
        let inside = values.strip_prefix('[').and_then(|values| values.strip_suffix(']'));
        let mut rest = inside.unwrap_or_else(|| panic!("no list of values: {shown}"));
        let mut read = vec![];
        while !rest.is_empty() {
            let value;
            (value, rest) = one(rest);
            read.push(value);
            rest = rest.trim_start_matches([',', ' ']);
        }
        Self { sql: sql.trim().to_owned(), values: read }
    }
}

/// The first value of a list, and what comes behind it.
fn one(list: &str) -> (Value, &str) {
    if let Some(quoted) = list.strip_prefix('"') {
        return text(quoted);
    }
    if let Some((keys, rest)) = list.strip_prefix('[').and_then(|list| list.split_once(']')) {
        return (Value::Keys(format!("{{{keys}}}")), rest);
    }
    let (word, rest) = list.split_at(list.find(',').unwrap_or(list.len()));
    let value = match word {
        "None" => Value::Null,
        "true" | "false" => Value::Bool(word == "true"),
        word => match word.parse() {
            Ok(number) => Value::Number(number),
            Err(_) if word.contains('T') => Value::Time(word.replace('T', " ")),
            Err(_) if word.starts_with(|sign: char| sign.is_ascii_digit()) => Value::Day(word.to_owned()),
            Err(_) => panic!("a value that this test cannot read: {word}"),
        },
    };
    (value, rest)
}

/// A text in the spelling of Rust, behind its first quotation mark.
fn text(quoted: &str) -> (Value, &str) {
    let mut text = String::new();
    let mut signs = quoted.char_indices();
    while let Some((at, sign)) = signs.next() {
        match sign {
            '"' => return (Value::Text(text), &quoted[at + 1..]),
            '\\' => match signs.next().unwrap().1 {
                'u' => {
                    let code: String =
                        signs.by_ref().map(|(_, sign)| sign).skip(1).take_while(|sign| *sign != '}').collect();
                    text.extend(char::from_u32(u32::from_str_radix(&code, 16).unwrap()));
                }
                'n' => text.push('\n'),
                't' => text.push('\t'),
                other => text.push(other),
            },
            other => text.push(other),
        }
    }
    panic!("a text without end: {quoted}")
}

#[test]
fn statements_are_read_as_they_are_shown() {
    let read =
        Statement::read("SELECT 1 WHERE a = ? -- binds: [7, \"x, \\\"\\u{7f}\", 2017-03-18, None, true, [1, 2]]");
    let values = [
        Value::Number(7),
        Value::Text("x, \"\u{7f}".to_owned()),
        Value::Day("2017-03-18".to_owned()),
        Value::Null,
        Value::Bool(true),
        Value::Keys("{1, 2}".to_owned()),
    ];
    assert_eq!((read.sql.as_str(), read.values.as_slice()), ("SELECT 1 WHERE a = ?", values.as_slice()));
}
