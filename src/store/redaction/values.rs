//! What was blanked, to be found where it is quoted.

use std::collections::BTreeSet;

use serde_json::Value;

/// How much of a text a report repeats at the most (`report::shown`).
const REPEATED: usize = 100;

/// What the blanked fields held, now and ever.
#[derive(Debug, Default)]
pub struct Values {
    texts: BTreeSet<String>,
    numbers: BTreeSet<String>,
}

impl Values {
    /// Adds what a field held.
    pub fn add(&mut self, value: &Value) {
        match value {
            Value::String(text) => _ = self.texts.insert(text.chars().take(REPEATED).collect()),
            Value::Number(number) => _ = self.numbers.insert(number.to_string()),
            Value::Array(list) => list.iter().for_each(|value| self.add(value)),
            // Of a party its name: its role is a word of ours.
            Value::Object(members) => members.get("name").into_iter().for_each(|name| self.add(name)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// Whether nothing was ever there.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.numbers.is_empty()
    }

    /// Whether a value repeats any of it.
    pub fn are_in(&self, value: &Value) -> bool {
        match value {
            Value::Null | Value::Bool(_) => false,
            Value::String(text) => self.are_in_text(text),
            Value::Number(number) => self.numbers.contains(&number.to_string()),
            Value::Array(list) => list.iter().any(|value| self.are_in(value)),
            Value::Object(members) => members.values().any(|value| self.are_in(value)),
        }
    }

    fn are_in_text(&self, text: &str) -> bool {
        let plain = text.replace(',', "");
        let mut numbers = plain.split(|c: char| !c.is_ascii_digit() && c != '.' && c != '-');
        self.texts.iter().any(|one| text.contains(one.as_str()))
            || numbers.any(|number| self.numbers.contains(number.trim_matches(['.', '-'])))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_was_blanked_is_found_where_it_is_quoted() {
        let mut values = Values::default();
        assert!(values.is_empty());
        for value in [json!("A name"), json!(1354), json!([{"name": "The elders", "role": "guarantor"}]), json!(null)] {
            values.add(&value);
        }
        for quoted in ["There is no \"A name\".", "1,354 of 1,400 people", "1354.", "by The elders"] {
            assert!(values.are_in(&json!({"message": quoted})), "{quoted}");
        }
        for other in ["There is no name.", "11,354 people", "13542", "guarantor"] {
            assert!(!values.are_in(&json!({"message": other})), "{other}");
        }
        assert!(values.are_in(&json!(1354)) && !values.are_in(&json!(1355)));
    }
}
