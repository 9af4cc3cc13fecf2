//! What the figures of a body refer to.

use std::collections::HashMap;

use diesel::prelude::*;

use super::Row;
use crate::db::dialect::Condition;
use crate::db::schema::sources;
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::figure::Figure;
use crate::domain::findings::Findings;
use crate::domain::words::Quantifier;
use crate::error::Error;
use crate::store::references::{self, Place};
use crate::store::{Tx, rows};

/// What figures refer to, looked up at once.
pub(super) struct References {
    sources: HashMap<String, i64>,
    places: HashMap<String, Place>,
}

impl References {
    /// Looks up every source and place that the figures name.
    pub(super) fn load(tx: &mut Tx, sent: &[(String, Figure)]) -> Result<Self, Error> {
        let mut codes: Vec<&str> = sent.iter().filter_map(|(_, figure)| figure.source.as_deref()).collect();
        codes.sort_unstable();
        codes.dedup();
        let mut found = HashMap::new();
        for codes in codes.chunks(references::CHUNK) {
            let rows: Vec<(String, i64)> = sources::table
                .filter(Condition::sql("code IN (").texts(codes).then(")"))
                .select((sources::code, sources::id))
                .load(tx.conn)?;
            found.extend(rows);
        }
        let places = references::places(tx.conn, sent.iter().filter_map(|(_, figure)| figure.destination.as_deref()))?;
        Ok(Self { sources: found, places })
    }

    /// A figure as a row of the table; a reference to nothing joins `findings`.
    pub(super) fn row(&self, tx: &mut Tx, figure: &Figure, at: &str, findings: &mut Findings) -> Result<Row, Error> {
        let mut source_id = None;
        if let Some(code) = &figure.source {
            source_id = self.sources.get(code).copied();
            if source_id.is_none() {
                rows::unknown_reference(tx, Resource::Sources, &format!("{at}/source"), code, findings)?;
            }
        }
        let mut destination_id = None;
        if let Some(code) = &figure.destination {
            destination_id = self.places.get(code).map(|place| place.id);
            if destination_id.is_none() {
                rows::unknown_reference(tx, Resource::Locations, &format!("{at}/destination"), code, findings)?;
            }
        }
        let quantifier = |one: Option<Quantifier>| one.map(Word);
        let figure = figure.clone();
        Ok(Row {
            id: 0,
            code: figure.code,
            movement_id: None,
            return_id: None,
            batch_id: None,
            agreement_id: None,
            stage: Word(figure.stage),
            role: None,
            scope: Word(figure.scope),
            source_id,
            url: figure.url,
            title: figure.title,
            reported_on: figure.reported_on,
            as_of: figure.as_of,
            excerpt: figure.excerpt,
            term_as_reported: figure.term_as_reported,
            place_as_reported: figure.place_as_reported,
            notes: figure.notes,
            destination_id,
            households: figure.households,
            households_quantifier: quantifier(figure.households_quantifier),
            households_high: figure.households_high,
            individuals: figure.individuals,
            individuals_quantifier: quantifier(figure.individuals_quantifier),
            individuals_high: figure.individuals_high,
            men: figure.men,
            women: figure.women,
            children: figure.children,
            infants: figure.infants,
            civilians: figure.civilians,
            fighters: figure.fighters,
            dated_on: None,
            dated_last: None,
            revision: 1,
            created_at: tx.at,
            updated_at: tx.at,
        })
    }
}
