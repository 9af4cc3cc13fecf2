//! What the bodies of a write refer to, looked up in sets: a sheet of a thousand rows costs as many statements as one row.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use diesel::prelude::*;
use serde_json::Value;

use super::figures::Subject;
use super::movements::Journeys;
use super::names::{Names, Wanted};
use super::references::{self, CHUNK, Place};
use super::{Tx, rows};
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::figures;
use crate::domain::Resource;
use crate::domain::figure::Figure;
use crate::domain::findings::Findings;
use crate::error::Error;

/// The codes that some bodies name.
#[derive(Default)]
pub(super) struct Codes<'a> {
    places: HashSet<&'a str>,
    sources: HashSet<&'a str>,
    agreements: HashSet<&'a str>,
    figures: HashSet<&'a str>,
}

impl<'a> Codes<'a> {
    /// Names a place, by its code or p-code.
    pub(super) fn place(&mut self, code: &'a str) {
        self.places.insert(code);
    }

    /// Names an agreement, if there is one.
    pub(super) fn agreement(&mut self, code: Option<&'a str>) {
        self.agreements.extend(code);
    }

    /// Names what a figure refers to.
    pub(super) fn figure(&mut self, figure: &'a Figure) {
        self.places.extend(figure.destination.as_deref());
        self.sources.extend(figure.source.as_deref());
        self.figures.extend(Some(figure.code.as_str()).filter(|code| !code.is_empty()));
    }
}

/// What is known of the codes that bodies name. It grows from one set of bodies to the next.
#[derive(Default)]
pub(super) struct Known {
    /// Codes by key, of everything that was looked up. Nobody who writes looks at names.
    pub(super) names: Names,
    places: HashMap<String, Option<Place>>,
    sources: HashMap<String, Option<i64>>,
    agreements: HashMap<String, Option<i64>>,
    /// The codes of figures that are in the table, of those that the bodies at hand name.
    figures: HashSet<String>,
    /// The codes of figures that bodies gave so far, as hashes: a large sheet names millions.
    sent: HashSet<u64>,
    /// The journeys that bodies record and that are not in the table yet.
    pub(super) journeys: Journeys,
}

impl Known {
    /// Looks up what is not known yet.
    pub(super) fn learn(&mut self, conn: &mut Conn, codes: &Codes) -> Result<(), Error> {
        let places = new(&codes.places, &self.places);
        if !places.is_empty() {
            let mut found = references::places(conn, places.iter().copied())?;
            found.values().for_each(|place| self.names.add_location(place.id, &place.code));
            self.places.extend(places.iter().map(|code| ((*code).to_owned(), found.remove(*code))));
        }
        let sources = new(&codes.sources, &self.sources);
        if !sources.is_empty() {
            let mut found = references::sources(conn, &sources)?;
            found.iter().for_each(|(code, key)| self.names.add_source(*key, code));
            self.sources.extend(sources.iter().map(|code| ((*code).to_owned(), found.remove(*code))));
        }
        let agreements = new(&codes.agreements, &self.agreements);
        if !agreements.is_empty() {
            let mut found = references::agreements(conn, &agreements)?;
            found.iter().for_each(|(code, key)| self.names.subject(Subject::Agreement(*key), code));
            self.agreements.extend(agreements.iter().map(|code| ((*code).to_owned(), found.remove(*code))));
        }
        self.figures.clear();
        let figures: Vec<&str> = codes.figures.iter().copied().collect();
        for codes in figures.chunks(CHUNK) {
            let of_these = Condition::named("code", codes);
            let found: Vec<String> = figures::table.filter(of_these).select(figures::code).load(conn)?;
            self.figures.extend(found);
        }
        Ok(())
    }

    /// Looks up the names of keys.
    pub(super) fn name(&mut self, conn: &mut Conn, wanted: &Wanted) -> Result<(), Error> {
        self.names.extend(Names::load(conn, super::INSIDE, wanted)?);
        Ok(())
    }

    /// A place that a body names, whose canonical code stands in the body afterwards; nothing found joins `findings`.
    pub(super) fn place(
        &self,
        tx: &mut Tx,
        code: &mut String,
        pointer: &str,
        findings: &mut Findings,
    ) -> Result<Option<Place>, Error> {
        if code.is_empty() {
            return Ok(None);
        }
        let found = self.places.get(code.as_str()).cloned().flatten();
        match &found {
            Some(place) => code.clone_from(&place.code),
            None => rows::unknown_reference(tx, Resource::Locations, pointer, code, findings)?,
        }
        Ok(found)
    }

    /// The key of an agreement that a body names.
    pub(super) fn agreement(
        &self,
        tx: &mut Tx,
        code: Option<&str>,
        pointer: &str,
        findings: &mut Findings,
    ) -> Result<Option<i64>, Error> {
        let Some(code) = code else { return Ok(None) };
        let found = self.agreements.get(code).copied().flatten();
        if found.is_none() {
            rows::unknown_reference(tx, Resource::Agreements, pointer, code, findings)?;
        }
        Ok(found)
    }

    /// The key of a source that a body names.
    pub(super) fn source(
        &self,
        tx: &mut Tx,
        code: Option<&str>,
        pointer: &str,
        findings: &mut Findings,
    ) -> Result<Option<i64>, Error> {
        let Some(code) = code else { return Ok(None) };
        let found = self.sources.get(code).copied().flatten();
        if found.is_none() {
            rows::unknown_reference(tx, Resource::Sources, pointer, code, findings)?;
        }
        Ok(found)
    }

    /// Whether there is a figure of this code.
    pub(super) fn has_figure(&self, code: &str) -> bool {
        self.figures.contains(code)
    }

    /// Remembers the code that a body gives to a figure: no other may have it.
    pub(super) fn send_figure(&mut self, code: &str, pointer: &str, findings: &mut Findings) {
        let mut hash = DefaultHasher::new();
        code.hash(&mut hash);
        if !self.sent.insert(hash.finish()) && !findings.wrong_at(pointer) {
            let message = format!("The code {code:?} stands twice: it can be one figure.");
            findings.error(pointer, "duplicate", Some(Value::from(code)), message);
        }
    }
}

fn new<'a, T>(codes: &HashSet<&'a str>, known: &HashMap<String, T>) -> Vec<&'a str> {
    codes.iter().copied().filter(|code| !known.contains_key(*code)).collect()
}
