//! The log of statements that take long: their text, and never the values that are bound to it.

use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};

/// The most that is said of one statement, in characters: one that writes many rows has very many.
const LONGEST: usize = 2_000;
/// What diesel puts between a statement and its values.
const BINDS: &str = " -- binds: ";

/// Takes the time of the statements of one connection.
pub(super) struct SlowLog {
    limit: Duration,
    began: Option<Instant>,
}

impl SlowLog {
    /// A log of what takes at least this long.
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, began: None }
    }
}

impl Instrumentation for SlowLog {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.began = Some(Instant::now()),
            InstrumentationEvent::FinishQuery { query, .. } => {
                let Some(took) = self.began.take().map(|began| began.elapsed()) else { return };
                if took >= self.limit {
                    let (ms, sql) = (took.as_millis(), without_values(&query.to_string()));
                    log::warn!(target: "homeward::slow", ms = ms as u64, sql = sql.as_str(); "{ms}ms {sql}");
                }
            }
            _ => {}
        }
    }
}

/// A statement in one line, without what is bound to it.
fn without_values(query: &str) -> String {
    let sql = query.split(BINDS).next().unwrap_or_default();
    let words: Vec<&str> = sql.split_whitespace().collect();
    let line = words.join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use diesel::prelude::*;

    use super::*;
    use crate::db::schema::tokens;

    #[test]
    fn values_are_left_out() {
        let query = tokens::table.filter(tokens::hash.eq("secret")).select(tokens::name);
        let shown = diesel::debug_query::<diesel::sqlite::Sqlite, _>(&query).to_string();
        assert!(shown.contains("secret"), "this test looks at the wrong text: {shown}");
        let logged = without_values(&shown);
        assert!(logged.starts_with("SELECT `tokens`.`name` FROM `tokens`"), "{logged}");
        assert!(!logged.contains("secret"), "{logged}");
        assert_eq!(without_values("SELECT\n  1"), "SELECT 1");
        assert_eq!(without_values(&"x".repeat(3_000)).chars().count(), LONGEST + 1);
    }
}
