//! What a sheet shows: a row of `movements` and `returns` is one figure, with what it is about beside it.
//!
//! The question of a list asks which movements; `stage`, `role`, `scope` and `source` ask which of their figures, and leave
//! out what has none of them.

use super::{Resolved, actual, batches, below, movements, returns, times, within, words, words_or_code};
use crate::db::dialect::Condition;
use crate::domain::access::Viewer;
use crate::domain::words::Word as _;

/// Whether the question is about figures, so that nothing without one is shown.
pub fn asks_for_figures(filter: &Resolved) -> bool {
    filter.stage.is_some() || filter.role.is_some() || filter.scope.is_some() || filter.source.is_some()
}

/// Which figures of what is shown are shown: below the editor's role none of a confidential source.
pub fn shown_figures(filter: &Resolved, viewer: Viewer) -> Condition {
    let mut all = vec![];
    if viewer == Viewer::Public {
        all.push(actual());
    }
    if !viewer.sees_confidential() {
        let hidden = Condition::sql("source_id IN (SELECT id FROM sources WHERE confidential)");
        all.push(Condition::any([Condition::sql("source_id IS NULL"), Condition::sql("NOT ").group(hidden)]));
    }
    all.extend(filter.stage.map(|stage| Condition::sql("stage = ").text(stage.word())));
    all.extend(filter.role.map(|role| Condition::sql("role = ").text(role.word())));
    all.extend(filter.scope.map(|scope| Condition::sql("scope = ").text(scope.word())));
    all.extend(filter.source.map(|source| Condition::sql("source_id = ").key(source)));
    Condition::all(all)
}

/// The question without what it asks of figures.
fn of_the_whole(filter: &Resolved) -> Resolved {
    Resolved { stage: None, role: None, scope: None, source: None, ..filter.clone() }
}

/// The keys of those with a figure that is shown, where the question is about figures.
fn with_figures(column: &'static str, filter: &Resolved, viewer: Viewer) -> Option<Condition> {
    let subjects = Condition::sql("id IN (SELECT ").then(column).then(" FROM figures WHERE ").then(column);
    let these = subjects.then(" IS NOT NULL AND ").group(shown_figures(filter, viewer)).then(")");
    asks_for_figures(filter).then_some(these)
}

/// Which movements stand in the sheet.
pub fn shown_movements(filter: &Resolved, viewer: Viewer) -> Condition {
    let whole = movements(&of_the_whole(filter), viewer);
    Condition::all([whole].into_iter().chain(with_figures("movement_id", filter, viewer)))
}

/// Which batches stand in the sheet of movements: those asked for, and those of its movements.
pub fn shown_batches(filter: &Resolved, viewer: Viewer) -> Condition {
    let whole = batches(&of_the_whole(filter), viewer);
    let own = Condition::all([whole].into_iter().chain(with_figures("batch_id", filter, viewer)));
    if !asks_for_figures(filter) && filter.q.is_none() {
        // Whatever else is asked of its movements was asked of the batch already.
        return own;
    }
    let parts = Condition::sql("id IN (SELECT batch_id FROM movements WHERE ").group(shown_movements(filter, viewer));
    Condition::any([own, parts.then(")")])
}

/// Which returns stand in the sheet.
pub fn shown_returns(filter: &Resolved, viewer: Viewer) -> Condition {
    let whole = returns(&of_the_whole(filter), viewer);
    Condition::all([whole].into_iter().chain(with_figures("return_id", filter, viewer)))
}

/// Which published totals of agreements stand in the sheet of movements. They have no origin, batch, kind or place to stay.
pub fn shown_totals(filter: &Resolved, viewer: Viewer) -> Condition {
    let elsewhere = !filter.origin.is_empty()
        || filter.batch.is_some()
        || filter.kind.is_some()
        || filter.settlement_type.is_some();
    if elsewhere {
        return Condition::any([]);
    }
    let mut all = vec![Condition::sql("agreement_id IS NOT NULL"), shown_figures(filter, viewer)];
    all.extend(times(filter, "dated_on", "dated_last"));
    all.extend(filter.agreement.map(|agreement| Condition::sql("agreement_id = ").key(agreement)));
    if !filter.destination.is_empty() {
        all.push(below("destination_id", &filter.destination));
    }
    if let Some(q) = &filter.q {
        let agreements = Condition::sql("agreement_id IN (SELECT id FROM agreements WHERE ");
        let named = agreements.group(words_or_code(q)).then(")");
        all.push(Condition::any([named, within("destination_id", words(q))]));
    }
    Condition::all(all)
}
