//! Which figures are asked for: by their own fields, and by what they are about.

use super::clauses::{Branch, Clause, Clauses, Part};
use super::{OF_ONE_ROW, Resolved, actual, batches, below, code_begins, movements, of_word, returns, times};
use crate::db::dialect::Condition;
use crate::db::page::SortBy;
use crate::domain::access::Viewer;
use crate::domain::words::Word as _;

/// Which figures are asked for.
pub fn figures(filter: &Resolved, viewer: Viewer) -> Clauses {
    let mut all = times(filter, "dated_on", "dated_last");
    if viewer == Viewer::Public {
        all.push(Clause::check(actual()));
    }
    all.extend(filter.stage.map(|stage| of_word("stage", stage.word(), "departed")));
    all.extend(filter.role.map(|role| of_word("role", role.word(), "recommended")));
    all.extend(filter.scope.map(|scope| of_word("scope", scope.word(), "whole")));
    all.extend(filter.source.map(|source| Clause::dated(Condition::sql("source_id = ").key(source))));
    all.extend(filter.q.as_deref().map(|q| Clause::along(SortBy::Code, code_begins(q))));
    all.extend(subject(filter, viewer));
    Clauses::of("figures", all)
}

/// What the subject of a figure must be, if the question says anything about it or not everybody may read it.
fn subject(filter: &Resolved, viewer: Viewer) -> Option<Clause> {
    // The dates, the words and the rest were asked of the figure itself.
    let about = Resolved {
        agreement: filter.agreement,
        kind: filter.kind.clone(),
        batch: filter.batch,
        origin: filter.origin.clone(),
        ..filter.of_places()
    };
    let asked = !about.origin.is_empty()
        || !about.destination.is_empty()
        || about.agreement.is_some()
        || about.settlement_type.is_some()
        || about.kind.is_some()
        || about.batch.is_some();
    if !asked && viewer != Viewer::Public {
        return None;
    }
    let mut subjects = vec![
        (
            "EXISTS (SELECT 1 FROM movements WHERE movements.id = figures.movement_id AND ",
            Part { lead: "movement_id IN (SELECT id FROM movements WHERE ", clauses: movements(&about, viewer) },
        ),
        (
            "EXISTS (SELECT 1 FROM batches WHERE batches.id = figures.batch_id AND ",
            Part { lead: "batch_id IN (SELECT id FROM batches WHERE ", clauses: batches(&about, viewer) },
        ),
    ];
    let mut totals = None;
    if about.kind.is_none() && about.batch.is_none() {
        subjects.push((
            "EXISTS (SELECT 1 FROM returns WHERE returns.id = figures.return_id AND ",
            Part { lead: "return_id IN (SELECT id FROM returns WHERE ", clauses: returns(&about, viewer) },
        ));
        if about.origin.is_empty() && about.settlement_type.is_none() {
            let mut total = vec![Condition::sql("agreement_id IS NOT NULL")];
            total.extend(about.agreement.map(|agreement| Condition::sql("agreement_id = ").key(agreement)));
            if !about.destination.is_empty() {
                total.push(below("destination_id", &about.destination));
            }
            totals = Some(Condition::all(total));
        }
    }
    let beside =
        |(beside, part): &(&'static str, Part)| Condition::sql(beside).group(part.clauses.check()).then(OF_ONE_ROW);
    let check = Condition::any(subjects.iter().map(beside).chain(totals.clone()));
    let parts = subjects.into_iter().map(|(_, part)| Branch::Part(part));
    Some(Clause::either(check, parts.chain(totals.map(Branch::Own)).collect()))
}
