//! What a sheet shows: a row of `movements` and `returns` is one figure, with what it is about beside it.
//!
//! The question of a list asks which movements; `stage`, `role`, `scope` and `source` ask which of their figures, and leave
//! out what has none of them.

use super::{
    Clauses, OF_ONE_ROW, Resolved, actual, batches, below, movements, returns, times, within, words, words_or_code,
};
use crate::db::dialect::Condition;
use crate::domain::access::Viewer;
use crate::domain::words::Word as _;

/// Whether the question is about figures, so that nothing without one is shown.
fn asks_for_figures(filter: &Resolved) -> bool {
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

/// A condition that no index is asked for. SQLite knows nothing of how many rows have a word or a kind, and would rather read
/// all of those than the few that the keys beside it name.
pub fn plainly(condition: Condition) -> Condition {
    Condition::default().group(condition).then(" IS TRUE")
}

/// Those with a row of a part that is shown. Each row is looked up by itself: as a list, the parts would be read again for
/// every page.
fn with_parts(parts: &'static str, shown: Condition) -> Condition {
    Condition::sql("EXISTS (SELECT 1 FROM ").then(parts).then(" AND ").group(plainly(shown)).then(OF_ONE_ROW)
}

/// Those with a figure that is shown, where the question is about figures.
fn with_figures(about: &'static str, filter: &Resolved, viewer: Viewer) -> Option<Condition> {
    asks_for_figures(filter).then(|| with_parts(about, shown_figures(filter, viewer)))
}

/// Which movements stand in the sheet.
pub fn shown_movements(filter: &Resolved, viewer: Viewer) -> Condition {
    let whole = movements(&of_the_whole(filter), viewer).whole();
    let figures = with_figures("figures WHERE figures.movement_id = movements.id", filter, viewer);
    Condition::all([whole].into_iter().chain(figures))
}

/// Which batches stand in the sheet of movements: those asked for, and those of its movements.
pub fn shown_batches(filter: &Resolved, viewer: Viewer) -> Condition {
    let parts = |shown| with_parts("movements WHERE movements.batch_id = batches.id", shown);
    let places = filter.of_places();
    let anywhere = places.destination.is_empty() && places.settlement_type.is_none();
    let whole = Resolved { destination: vec![], settlement_type: None, ..of_the_whole(filter) };
    let mut own = vec![batches(&whole, viewer).whole()];
    own.extend((!anywhere).then(|| parts(movements(&places, viewer).whole())));
    own.extend(with_figures("figures WHERE figures.batch_id = batches.id", filter, viewer));
    let own = Condition::all(own);
    if asks_for_figures(filter) || filter.q.is_some() {
        return Condition::any([own, parts(shown_movements(filter, viewer))]);
    }
    // Whatever else is asked of its movements was asked of the batch already.
    own
}

/// Which returns stand in the sheet.
pub fn shown_returns(filter: &Resolved, viewer: Viewer) -> Condition {
    let whole = returns(&of_the_whole(filter), viewer).whole();
    let figures = with_figures("figures WHERE figures.return_id = returns.id", filter, viewer);
    Condition::all([whole].into_iter().chain(figures))
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
    all.push(Clauses::of("figures", times(filter, "dated_on", "dated_last")).whole());
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
