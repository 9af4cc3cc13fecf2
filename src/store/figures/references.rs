//! What the figures of a body refer to.

use super::Row;
use crate::db::types::Word;
use crate::domain::figure::Figure;
use crate::domain::findings::Findings;
use crate::domain::words::Quantifier;
use crate::error::Error;
use crate::store::Tx;
use crate::store::known::Known;

/// A figure as a row of the table; a reference to nothing joins `findings`.
pub(super) fn row(
    tx: &mut Tx,
    known: &Known,
    figure: &Figure,
    at: &str,
    findings: &mut Findings,
) -> Result<Row, Error> {
    let source_id = known.source(tx, figure.source.as_deref(), &format!("{at}/source"), findings)?;
    let mut destination = figure.destination.clone().unwrap_or_default();
    let place = known.place(tx, &mut destination, &format!("{at}/destination"), findings)?;
    let destination_id = place.map(|place| place.id);
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
