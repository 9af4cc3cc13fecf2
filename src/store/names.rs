//! Codes and names for keys: looked up once for a whole page, instead of a join for each column.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;

use super::Reading;
use super::figures::Subject;
use super::references::CHUNK;
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::{agreements, batches, locations, movements, returns, sources};
use crate::error::Error;

/// A code with the name beside it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// The code.
    pub code: String,
    /// The name, in the language that is asked for.
    pub name: String,
}

/// The keys that a page needs names for.
#[derive(Default)]
pub struct Wanted {
    locations: BTreeSet<i64>,
    sources: BTreeSet<i64>,
    agreements: BTreeSet<i64>,
    batches: BTreeSet<i64>,
    movements: BTreeSet<i64>,
    returns: BTreeSet<i64>,
}

impl Wanted {
    /// Wants locations.
    pub fn locations(&mut self, keys: impl IntoIterator<Item = i64>) {
        self.locations.extend(keys);
    }

    /// Wants sources.
    pub fn sources(&mut self, keys: impl IntoIterator<Item = i64>) {
        self.sources.extend(keys);
    }

    /// Wants agreements.
    pub fn agreements(&mut self, keys: impl IntoIterator<Item = i64>) {
        self.agreements.extend(keys);
    }

    /// Wants batches.
    pub fn batches(&mut self, keys: impl IntoIterator<Item = i64>) {
        self.batches.extend(keys);
    }

    /// Wants movements.
    pub fn movements(&mut self, keys: impl IntoIterator<Item = i64>) {
        self.movements.extend(keys);
    }

    /// Wants returns.
    pub fn returns(&mut self, keys: impl IntoIterator<Item = i64>) {
        self.returns.extend(keys);
    }
}

/// Codes and names by key.
#[derive(Default)]
pub struct Names {
    locations: HashMap<i64, Named>,
    sources: HashMap<i64, (Named, bool)>,
    agreements: HashMap<i64, Named>,
    batches: HashMap<i64, String>,
    movements: HashMap<i64, String>,
    returns: HashMap<i64, String>,
}

macro_rules! load {
    ($conn:ident, $table:ident, $keys:expr, ($($column:ident),+)) => {{
        let keys: Vec<i64> = $keys.iter().copied().collect();
        let mut rows = vec![];
        for keys in keys.chunks(CHUNK) {
            rows.extend(
                $table::table
                    .filter(Condition::keyed("id", keys))
                    .select(($($table::$column),+))
                    .load($conn)?,
            );
        }
        rows
    }};
}

impl Names {
    /// Looks up what is wanted: one statement for each table.
    pub fn load(conn: &mut Conn, who: Reading, wanted: &Wanted) -> Result<Self, Error> {
        let named = |(id, code, name, name_ar): (i64, String, String, Option<String>)| {
            let name = if who.arabic { name_ar.unwrap_or(name) } else { name };
            (id, Named { code, name })
        };
        let locations = load!(conn, locations, wanted.locations, (id, code, name, name_ar));
        let agreements = load!(conn, agreements, wanted.agreements, (id, code, name, name_ar));
        let sources: Vec<(i64, String, String, Option<String>, bool)> =
            load!(conn, sources, wanted.sources, (id, code, name, name_ar, confidential));
        Ok(Self {
            locations: locations.into_iter().map(named).collect(),
            agreements: agreements.into_iter().map(named).collect(),
            sources: sources
                .into_iter()
                .map(|(id, code, name, name_ar, confidential)| {
                    let (id, named) = named((id, code, name, name_ar));
                    (id, (named, confidential))
                })
                .collect(),
            batches: load!(conn, batches, wanted.batches, (id, code)).into_iter().collect(),
            movements: load!(conn, movements, wanted.movements, (id, code)).into_iter().collect(),
            returns: load!(conn, returns, wanted.returns, (id, code)).into_iter().collect(),
        })
    }

    /// Adds what another look-up found.
    pub fn extend(&mut self, other: Self) {
        self.locations.extend(other.locations);
        self.sources.extend(other.sources);
        self.agreements.extend(other.agreements);
        self.batches.extend(other.batches);
        self.movements.extend(other.movements);
        self.returns.extend(other.returns);
    }

    /// Adds the code of a location, where nobody wants its name.
    pub fn add_location(&mut self, key: i64, code: &str) {
        self.locations.insert(key, Named { code: code.to_owned(), name: String::new() });
    }

    /// Adds the code of a source, where nobody wants its name. It counts as confidential.
    pub fn add_source(&mut self, key: i64, code: &str) {
        self.sources.insert(key, (Named { code: code.to_owned(), name: String::new() }, true));
    }

    /// Adds the code of what a figure is about.
    pub fn subject(&mut self, subject: Subject, code: &str) {
        let code = code.to_owned();
        match subject {
            Subject::Movement(key) => drop(self.movements.insert(key, code)),
            Subject::Return(key) => drop(self.returns.insert(key, code)),
            Subject::Batch(key) => drop(self.batches.insert(key, code)),
            Subject::Agreement(key) => drop(self.agreements.insert(key, Named { code, name: String::new() })),
        }
    }

    /// Forgets what figures are about: rows that are looked at once.
    pub fn forget_subjects(&mut self) {
        self.batches.clear();
        self.movements.clear();
        self.returns.clear();
    }

    /// A location.
    pub fn location(&self, key: i64) -> Named {
        self.locations.get(&key).cloned().unwrap_or_default()
    }

    /// A source, and whether it is confidential.
    pub fn source(&self, key: Option<i64>) -> Option<(Named, bool)> {
        self.sources.get(&key?).cloned()
    }

    /// An agreement.
    pub fn agreement(&self, key: Option<i64>) -> Option<Named> {
        self.agreements.get(&key?).cloned()
    }

    /// A batch's code.
    pub fn batch(&self, key: Option<i64>) -> Option<String> {
        self.batches.get(&key?).cloned()
    }

    /// A movement's code.
    pub fn movement(&self, key: Option<i64>) -> Option<String> {
        self.movements.get(&key?).cloned()
    }

    /// A return's code.
    pub fn homecoming(&self, key: Option<i64>) -> Option<String> {
        self.returns.get(&key?).cloned()
    }
}
