//! From codes to rows: what a body, a filter or a sheet refers to, and what was probably meant where there is nothing.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::{agreements, batches, locations, movements, returns, sources};
use crate::domain::Resource;
use crate::domain::access::Viewer;
use crate::domain::text::{is_code, nearest};
use crate::error::Error;

/// A location as references see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Its key.
    pub id: i64,
    /// Its code, also where it was named by its p-code.
    pub code: String,
    /// The ids from the top of the gazetteer down to it, each followed by a dot.
    pub path: String,
}

/// How many keys go into one statement.
pub(super) const CHUNK: usize = 5_000;

/// The locations of some codes or p-codes, by what was asked for. A code goes before a p-code.
pub fn places<'a>(conn: &mut Conn, codes: impl IntoIterator<Item = &'a str>) -> Result<HashMap<String, Place>, Error> {
    let mut wanted: Vec<&str> = codes.into_iter().filter(|code| is_code(code)).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let mut found = HashMap::with_capacity(wanted.len());
    for wanted in wanted.chunks(CHUNK) {
        let rows: Vec<(i64, String, Option<String>, String)> = locations::table
            .filter(Condition::any([Condition::named("code", wanted), Condition::named("p_code", wanted)]))
            .select((locations::id, locations::code, locations::p_code, locations::path))
            .load(conn)?;
        for (id, code, p_code, path) in rows {
            let place = Place { id, code: code.clone(), path };
            // No code equals another location's p-code, so the order does not matter.
            for key in [Some(code), p_code].into_iter().flatten() {
                found.entry(key).or_insert_with(|| place.clone());
            }
        }
    }
    Ok(found)
}

/// The keys of the sources of some codes.
pub fn sources(conn: &mut Conn, codes: &[&str]) -> Result<HashMap<String, i64>, Error> {
    let mut found = HashMap::with_capacity(codes.len());
    for codes in codes.chunks(CHUNK) {
        let of_these = Condition::named("code", codes);
        let rows: Vec<(String, i64)> =
            sources::table.filter(of_these).select((sources::code, sources::id)).load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// The keys of the agreements of some codes.
pub fn agreements(conn: &mut Conn, codes: &[&str]) -> Result<HashMap<String, i64>, Error> {
    let mut found = HashMap::with_capacity(codes.len());
    for codes in codes.chunks(CHUNK) {
        let of_these = Condition::named("code", codes);
        let rows: Vec<(String, i64)> =
            agreements::table.filter(of_these).select((agreements::code, agreements::id)).load(conn)?;
        found.extend(rows);
    }
    Ok(found)
}

/// Which batches, movements and returns exist for whoever asks.
pub(super) fn readable(viewer: Viewer) -> Condition {
    if viewer == Viewer::Public { Condition::sql("is_public") } else { Condition::all([]) }
}

/// Which sources exist for whoever asks.
pub(super) fn known_source(viewer: Viewer) -> Condition {
    if viewer.sees_confidential() { Condition::all([]) } else { Condition::sql("NOT confidential") }
}

/// The key of the row of a code, if it exists for whoever asks.
pub fn id_for(conn: &mut Conn, viewer: Viewer, resource: Resource, code: &str) -> Result<Option<i64>, Error> {
    let found = match resource {
        Resource::Locations => places(conn, [code])?.remove(code).map(|place| place.id),
        Resource::Sources => sources::table
            .filter(sources::code.eq(code))
            .filter(known_source(viewer))
            .select(sources::id)
            .first(conn)
            .optional()?,
        Resource::Agreements => {
            agreements::table.filter(agreements::code.eq(code)).select(agreements::id).first(conn).optional()?
        }
        Resource::Batches => batches::table
            .filter(batches::code.eq(code))
            .filter(readable(viewer))
            .select(batches::id)
            .first(conn)
            .optional()?,
        Resource::Movements => movements::table
            .filter(movements::code.eq(code))
            .filter(readable(viewer))
            .select(movements::id)
            .first(conn)
            .optional()?,
        Resource::Returns => returns::table
            .filter(returns::code.eq(code))
            .filter(readable(viewer))
            .select(returns::id)
            .first(conn)
            .optional()?,
        Resource::Figures => None,
    };
    Ok(found)
}

/// How many rows are looked at for a suggestion.
const CANDIDATES: i64 = 5_000;

/// The code that was probably meant, among what exists for whoever asks.
pub fn suggestion(conn: &mut Conn, viewer: Viewer, resource: Resource, given: &str) -> Result<Option<String>, Error> {
    // Names are looked at as well: somebody who writes "Jarablous" means SY0208.
    let mut candidates: Vec<(String, String)> = match resource {
        Resource::Locations => {
            let rows: Vec<(String, String, Option<String>, String)> = locations::table
                .select((locations::code, locations::name, locations::name_ar, locations::aliases))
                .order(locations::code)
                .limit(CANDIDATES)
                .load(conn)?;
            let mut names = vec![];
            for (code, name, name_ar, aliases) in rows {
                let aliases = crate::db::types::list_from_text(&aliases)?;
                let all = [Some(code.clone()), Some(name), name_ar].into_iter().flatten().chain(aliases);
                names.extend(all.map(|name| (name, code.clone())));
            }
            names
        }
        Resource::Sources => named(
            sources::table
                .filter(known_source(viewer))
                .select((sources::code, sources::name, sources::name_ar))
                .order(sources::code)
                .limit(CANDIDATES)
                .load(conn)?,
        ),
        Resource::Agreements => named(
            agreements::table
                .select((agreements::code, agreements::name, agreements::name_ar))
                .order(agreements::code)
                .limit(CANDIDATES)
                .load(conn)?,
        ),
        Resource::Batches => near_codes(
            batches::table
                .filter(readable(viewer))
                .filter(batches::code.ge(beginning(given)))
                .select(batches::code)
                .order(batches::code)
                .limit(200)
                .load(conn)?,
        ),
        Resource::Movements => near_codes(
            movements::table
                .filter(readable(viewer))
                .filter(movements::code.ge(beginning(given)))
                .select(movements::code)
                .order(movements::code)
                .limit(200)
                .load(conn)?,
        ),
        Resource::Returns => near_codes(
            returns::table
                .filter(readable(viewer))
                .filter(returns::code.ge(beginning(given)))
                .select(returns::code)
                .order(returns::code)
                .limit(200)
                .load(conn)?,
        ),
        Resource::Figures => vec![],
    };
    let near = nearest(given, candidates.iter().map(|(name, _)| name.as_str())).map(str::to_owned);
    Ok(near.and_then(|near| {
        let at = candidates.iter().position(|(name, _)| *name == near)?;
        Some(candidates.swap_remove(at).1)
    }))
}

fn named(rows: Vec<(String, String, Option<String>)>) -> Vec<(String, String)> {
    let names = |(code, name, name_ar): (String, String, Option<String>)| {
        [Some(code.clone()), Some(name), name_ar].into_iter().flatten().map(move |name| (name, code.clone()))
    };
    rows.into_iter().flat_map(names).collect()
}

fn near_codes(codes: Vec<String>) -> Vec<(String, String)> {
    codes.into_iter().map(|code| (code.clone(), code)).collect()
}

/// The first characters of a code, from which candidates are read in order.
fn beginning(given: &str) -> String {
    let plain: String = given.chars().filter(char::is_ascii_graphic).collect();
    plain.chars().take(plain.len().saturating_sub(2).min(8)).collect()
}
