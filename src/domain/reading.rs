//! From a JSON object to our words, with everything that does not fit found at once.

use chrono::NaiveDate;
use serde_json::{Map, Value};

use validator::ValidationErrors;

use super::findings::Findings;
use super::period::{in_range, parse_date};
use super::text::{forbidden_character, is_code, nearest, trimmed};
use super::words::Word;

/// To how many mistakes in a body a suggestion is looked for.
const MAX_GUESSES: usize = 1_000;

/// The members of one JSON object on their way into a resource.
///
/// Each `take` reads one member; what is left at the end is unknown, or read-only and ignored.
pub struct Fields<'a> {
    /// Where the object stands in the body: a JSON pointer, empty for the body itself.
    pub at: String,
    object: &'a Map<String, Value>,
    /// Whether there is no object at all: then nothing more is said of what it lacks.
    broken: bool,
    taken: Vec<&'static str>,
    /// What has been found so far.
    pub findings: &'a mut Findings,
}

impl<'a> Fields<'a> {
    /// Begins to read the object at `at`; anything but an object is an error, and is read as an empty one.
    pub fn new(value: &'a Value, at: String, findings: &'a mut Findings) -> Self {
        static EMPTY: std::sync::LazyLock<Map<String, Value>> = std::sync::LazyLock::new(Map::new);
        let object = value.as_object().unwrap_or_else(|| {
            let message = format!("Expected an object, found {}.", described(value));
            findings.error(at.clone(), "wrong_type", None, message);
            &EMPTY
        });
        Self { at, object, broken: !value.is_object(), taken: vec![], findings }
    }

    /// The pointer of a member.
    pub fn pointer(&self, name: &str) -> String {
        format!("{}/{name}", self.at)
    }

    /// Whether a member is given at all, be it null.
    pub fn has(&self, name: &str) -> bool {
        self.object.contains_key(name)
    }

    /// A member that may be left out; null and empty text are the same as absent.
    pub fn take<T: FromJson>(&mut self, name: &'static str) -> Option<T> {
        let value = self.raw(name)?;
        if value.is_null() {
            return None;
        }
        let pointer = self.pointer(name);
        T::read(value, &pointer, self.findings)
    }

    /// A member that must be there; without it the object is at fault.
    pub fn need<T: FromJson>(&mut self, name: &'static str) -> Option<T> {
        let before = self.findings.errors.len();
        let value = self.take(name);
        // A sheet's reader may have refused it already.
        let told = self.findings.errors.len() > before || self.findings.wrong_at(&self.pointer(name));
        if value.is_none() && !told && !self.broken {
            let message = format!("`{name}` is required.");
            self.findings.error(self.at.clone(), "missing", Some(Value::from(name)), message);
        }
        value
    }

    /// A member as it was sent.
    pub fn raw(&mut self, name: &'static str) -> Option<&'a Value> {
        self.taken.push(name);
        self.object.get(name)
    }

    /// Takes over what the derived rules found in the object.
    pub fn absorb(&mut self, found: Result<(), ValidationErrors>) {
        self.findings.absorb(&self.at, self.object, found);
    }

    /// Ends the reading: whatever was not taken and is not read-only is unknown.
    pub fn finish(self, read_only: &[&'static str]) {
        let known = |name: &String| self.taken.contains(&name.as_str()) || read_only.contains(&name.as_str());
        for (name, _) in self.object.iter().filter(|(name, _)| !known(name)) {
            // Who sends thousands of them has not misspelt them.
            let misspelt = self.findings.errors.len() < MAX_GUESSES;
            let suggestion = if misspelt { nearest(name, self.taken.iter().copied()) } else { None };
            let suggestion = suggestion.map(str::to_owned);
            let shown: String = name.chars().take(100).collect();
            let message = format!("There is no member `{shown}` here.");
            let escaped = name.replace('~', "~0").replace('/', "~1");
            let pointer = format!("{}/{escaped}", self.at);
            self.findings.suggest(pointer, "unknown_field", None, message, suggestion);
        }
    }
}

/// A kind of JSON value that our members have.
pub trait FromJson: Sized {
    /// Reads a value that is not null; `None` where it is wrong (said in `findings`) or says nothing.
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self>;
}

/// What a JSON value is, in a sentence.
fn described(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

fn wrong_type<T>(expected: &str, value: &Value, pointer: &str, findings: &mut Findings) -> Option<T> {
    let message = format!("Expected {expected}, found {}.", described(value));
    let shown = (!value.is_array() && !value.is_object()).then(|| shown(value));
    findings.error(pointer, "wrong_type", shown, message);
    None
}

/// A value as an error repeats it: long text is cut.
fn shown(value: &Value) -> Value {
    match value.as_str() {
        Some(text) if text.chars().count() > 100 => {
            Value::from(text.chars().take(100).chain(['…']).collect::<String>())
        }
        _ => value.clone(),
    }
}

impl FromJson for String {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let Some(text) = value.as_str() else { return wrong_type("text", value, pointer, findings) };
        if let Some(character) = forbidden_character(text) {
            let message = format!("Text may not hold the control character U+{:04X}.", character as u32);
            findings.error(pointer, "control_character", Some(shown(value)), message);
            return None;
        }
        trimmed(text).map(str::to_owned)
    }
}

/// The code of the row itself, chosen by the client.
pub struct NewCode(pub String);

impl FromJson for NewCode {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let code = String::read(value, pointer, findings)?;
        if !is_code(&code) {
            let message = "A code is 1 to 64 letters (A to Z), digits, `_` or `-`, and begins with a letter or digit.";
            findings.error(pointer, "invalid_code", Some(shown(value)), message.to_owned());
            return None;
        }
        Some(Self(code))
    }
}

/// A whole number; `12.0` is one, too.
impl FromJson for i64 {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let Some(number) = value.as_number() else {
            return wrong_type("a whole number", value, pointer, findings);
        };
        if let Some(whole) = number.as_i64() {
            return Some(whole);
        }
        match number.as_f64() {
            Some(float) if float.fract() != 0.0 => {
                findings.error(pointer, "wrong_type", Some(value.clone()), "Expected a whole number.".to_owned());
                None
            }
            #[expect(clippy::cast_possible_truncation, reason = "saturates, and is then refused as out of range")]
            Some(float) => Some(float as i64),
            None => wrong_type("a whole number", value, pointer, findings),
        }
    }
}

/// A count or number that fits a column; what does not is far out of any range.
impl FromJson for i32 {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let whole = i64::read(value, pointer, findings)?;
        let fits = Self::try_from(whole).ok();
        if fits.is_none() {
            // The limits proper (0 or 1 to 1,000,000,000) are derived rules, which see what fits.
            let message = "No number here is above 1,000,000,000, or below 0.".to_owned();
            findings.error(pointer, "out_of_range", Some(value.clone()), message);
        }
        fits
    }
}

impl FromJson for f64 {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        value.as_f64().or_else(|| wrong_type("a number", value, pointer, findings))
    }
}

impl FromJson for bool {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        value.as_bool().or_else(|| wrong_type("true or false", value, pointer, findings))
    }
}

impl FromJson for NaiveDate {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let text = String::read(value, pointer, findings)?;
        let Some(date) = parse_date(&text) else {
            let message = "Expected a date that exists, as YYYY-MM-DD.".to_owned();
            findings.error(pointer, "invalid_date", Some(shown(value)), message);
            return None;
        };
        if !in_range(date) {
            findings.error(pointer, "date_out_of_range", Some(shown(value)), "Dates lie between 1900 and 2199.".into());
            return None;
        }
        Some(date)
    }
}

impl<W: Word> FromJson for W {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let text = String::read(value, pointer, findings)?;
        let word = W::parse(&text);
        if word.is_none() {
            let all: Vec<&str> = W::ALL.iter().map(|word| word.word()).collect();
            let suggestion = nearest(&text, all.iter().copied()).map(str::to_owned);
            let message = format!("Expected {}: {}.", W::WHAT, all.join(", "));
            findings.suggest(pointer, "unknown_word", Some(shown(value)), message, suggestion);
        }
        word
    }
}

impl<T: FromJson> FromJson for Vec<T> {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let Some(list) = value.as_array() else { return wrong_type("a list", value, pointer, findings) };
        let mut read = Self::with_capacity(list.len());
        for (index, item) in list.iter().enumerate() {
            let pointer = format!("{pointer}/{index}");
            if item.is_null() {
                wrong_type::<T>("a value", item, &pointer, findings);
            } else if let Some(item) = T::read(item, &pointer, findings) {
                read.push(item);
            }
        }
        Some(read)
    }
}
