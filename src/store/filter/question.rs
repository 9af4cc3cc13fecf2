//! What is asked for: first in the caller's words, then with every code looked up.

use std::collections::HashSet;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;

use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::locations;
use crate::domain::words::{FigureRole, Scope, SettlementType, Stage};
use crate::domain::{Finding, Resource};
use crate::error::Error;
use crate::store::Reading;
use crate::store::references::{self, Place};

/// What is asked for, in the caller's words: codes, not yet looked up.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter {
    /// Places of origin, each with everything below it.
    pub origin: Vec<String>,
    /// Places of displacement, each with everything below it.
    pub destination: Vec<String>,
    /// An agreement.
    pub agreement: Option<String>,
    /// Where people stay.
    pub settlement_type: Option<SettlementType>,
    /// The kind of batch, location or source, whichever the resource has; a word of that vocabulary.
    pub kind: Option<String>,
    /// The first day that the whole period of a row may lie on.
    pub from: Option<NaiveDate>,
    /// The last day that the whole period of a row may lie on.
    pub to: Option<NaiveDate>,
    /// A batch.
    pub batch: Option<String>,
    /// A source that a figure of the row comes from.
    pub source: Option<String>,
    /// A figure's stage.
    pub stage: Option<Stage>,
    /// A figure's role.
    pub role: Option<FigureRole>,
    /// A figure's scope.
    pub scope: Option<Scope>,
    /// Places that everything below is asked for.
    pub parent: Vec<String>,
    /// Beginnings of words of names, or of the code.
    pub q: Option<String>,
    /// Written at this time or later.
    pub updated_since: Option<NaiveDateTime>,
    /// What is wrong already in how the question was put; codes that do not exist join it.
    pub wrong: Vec<Finding>,
}

/// The same question with every code looked up.
#[derive(Clone, Debug, Default)]
pub struct Resolved {
    pub(super) origin: Vec<Area>,
    pub(super) destination: Vec<Area>,
    pub(super) agreement: Option<i64>,
    pub(super) settlement_type: Option<SettlementType>,
    pub(super) kind: Option<String>,
    pub(super) from: Option<NaiveDate>,
    pub(super) to: Option<NaiveDate>,
    pub(super) batch: Option<i64>,
    pub(super) source: Option<i64>,
    pub(super) stage: Option<Stage>,
    pub(super) role: Option<FigureRole>,
    pub(super) scope: Option<Scope>,
    pub(super) parent: Vec<Area>,
    pub(super) q: Option<String>,
    pub(super) updated_since: Option<NaiveDateTime>,
}

/// A place, with everything below it.
#[derive(Clone, Debug)]
pub struct Area {
    /// The place.
    pub place: Place,
    /// Whether anything lies below it.
    pub has_more: bool,
}

impl Resolved {
    /// Only what it asks of where people went: of the parts of a whole.
    pub(super) fn of_places(&self) -> Self {
        Self { destination: self.destination.clone(), settlement_type: self.settlement_type, ..Self::default() }
    }
}

/// Places with whether anything lies below them.
fn areas(conn: &mut Conn, places: Vec<Place>) -> Result<Vec<Area>, Error> {
    let ids: Vec<i64> = places.iter().map(|place| place.id).collect();
    let parents = Condition::keyed("parent_id", &ids);
    let wholes: HashSet<i64> = match ids.as_slice() {
        [] => HashSet::new(),
        _ => {
            let parents = locations::table.filter(parents).select(locations::parent_id).distinct();
            parents.load::<Option<i64>>(conn)?.into_iter().flatten().collect()
        }
    };
    Ok(places.into_iter().map(|place| Area { has_more: wholes.contains(&place.id), place }).collect())
}

/// Looks every code up. One that does not exist, for whoever asks, is named with the nearest that does.
pub fn resolve(conn: &mut Conn, who: Reading, filter: &Filter) -> Result<Resolved, Error> {
    let mut wrong = filter.wrong.clone();
    let places = |codes: &[String], parameter: &str, conn: &mut Conn, wrong: &mut Vec<Finding>| {
        let found = references::places(conn, codes.iter().map(String::as_str))?;
        let mut places = vec![];
        for code in codes {
            match found.get(code) {
                Some(place) => places.push(place.clone()),
                None => wrong.push(unknown(conn, who, Resource::Locations, parameter, code)?),
            }
        }
        areas(conn, places)
    };
    let origin = places(&filter.origin, "origin", conn, &mut wrong)?;
    let destination = places(&filter.destination, "destination", conn, &mut wrong)?;
    let parent = places(&filter.parent, "parent", conn, &mut wrong)?;
    let mut row = |code: &Option<String>, resource: Resource, parameter: &str| {
        let Some(code) = code else { return Ok(None) };
        let found = references::id_for(conn, who.viewer, resource, code)?;
        if found.is_none() {
            wrong.push(unknown(conn, who, resource, parameter, code)?);
        }
        Ok::<_, Error>(found)
    };
    let agreement = row(&filter.agreement, Resource::Agreements, "agreement")?;
    let batch = row(&filter.batch, Resource::Batches, "batch")?;
    let source = row(&filter.source, Resource::Sources, "source")?;
    if !wrong.is_empty() {
        return Err(Error::Parameters(wrong));
    }
    let Filter { settlement_type, from, to, stage, role, scope, updated_since, .. } = *filter;
    let (kind, q) = (filter.kind.clone(), filter.q.clone());
    Ok(Resolved {
        origin,
        destination,
        agreement,
        settlement_type,
        kind,
        from,
        to,
        batch,
        source,
        stage,
        role,
        scope,
        parent,
        q,
        updated_since,
    })
}

fn unknown(conn: &mut Conn, who: Reading, resource: Resource, parameter: &str, code: &str) -> Result<Finding, Error> {
    let suggestion = references::suggestion(conn, who.viewer, resource, code)?;
    let message = format!("There is no {} {code:?}.", resource.singular());
    let (parameter, value) = (Some(parameter.to_owned()), Some(code.into()));
    Ok(Finding { pointer: None, parameter, code: "unknown_reference", value, message, suggestion })
}
