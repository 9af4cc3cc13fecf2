//! How the log is written: a line for each thing that happens, as text or as JSON.
//!
//! Whatever is said stands in one line: control characters are escaped here, so that nobody can write lines of their own into
//! the log, or colours into a terminal.

use std::io::{self, Write};

use env_logger::fmt::Formatter;
use log::Record;
use log::kv::{Error, Key, Value, VisitSource};
use serde_json::{Map, json};

use crate::config::{Config, LogFormat};

/// Begins to log what the settings ask for, on standard error.
pub fn start(config: &Config) {
    let mut logger = env_logger::Builder::new();
    logger.parse_filters(&config.rust_log);
    match config.log_format {
        LogFormat::Text => logger.format(text),
        LogFormat::Json => logger.format(object),
    };
    logger.init();
}

fn text(to: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let (time, level) = (to.timestamp_seconds(), record.level());
    let style = to.default_level_style(level);
    let line = in_one_line(&record.args().to_string());
    writeln!(to, "[{time} {style}{level:<5}{style:#} {}] {line}", record.target())
}

fn object(to: &mut Formatter, record: &Record<'_>) -> io::Result<()> {
    let time = to.timestamp_millis().to_string();
    writeln!(to, "{}", as_object(&time, record))
}

fn in_one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            // Those which turn the direction of a line around belong to no name of ours either.
            letter if letter.is_control() || matches!(letter, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}') => {
                line.extend(letter.escape_default());
            }
            letter => line.push(letter),
        }
    }
    line
}

/// Everything that a record says, with what it is made of beside the sentence.
fn as_object(time: &str, record: &Record<'_>) -> serde_json::Value {
    let mut members = Map::new();
    members.insert("time".to_owned(), json!(time));
    members.insert("level".to_owned(), json!(record.level().as_str().to_ascii_lowercase()));
    members.insert("target".to_owned(), json!(record.target()));
    members.insert("message".to_owned(), json!(in_one_line(&record.args().to_string())));
    let mut pairs = Pairs(members);
    // Ours never fail.
    let _whole = record.key_values().visit(&mut pairs);
    serde_json::Value::Object(pairs.0)
}

struct Pairs(Map<String, serde_json::Value>);

impl<'kvs> VisitSource<'kvs> for Pairs {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let value = match (value.to_u64(), value.to_bool()) {
            (Some(number), _) => json!(number),
            (_, Some(whether)) => json!(whether),
            _ => json!(value.to_string()),
        };
        self.0.insert(key.to_string(), value);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_writes_lines_of_their_own() {
        assert_eq!(in_one_line("a\r\n[ERROR] b\u{1b}[31m"), "a\\r\\n[ERROR] b\\u{1b}[31m");
        assert_eq!(in_one_line("الوعر \u{202e}x\u{2028}"), "الوعر \\u{202e}x\\u{2028}");
    }

    #[test]
    fn an_object_has_the_sentence_and_what_it_is_made_of() {
        let pairs = [("status", Value::from(404_u16)), ("path", Value::from("/x\n")), ("aborted", Value::from(false))];
        let args = format_args!("GET /x\n");
        let record = Record::builder().args(args).level(log::Level::Warn).target("t").key_values(&pairs).build();
        let object = as_object("2026-11-22T12:00:00.000Z", &record);
        let expected = r#"{"time":"2026-11-22T12:00:00.000Z","level":"warn","target":"t","message":"GET /x\\n","status":404,"path":"/x\n","aborted":false}"#;
        assert_eq!(object.to_string(), expected);
    }
}
