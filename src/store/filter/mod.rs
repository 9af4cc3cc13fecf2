//! One filter for list, count, statistics and export, so that their numbers cannot disagree.
//!
//! Who reads is a part of each condition: a row that somebody may not read is found by nothing that they ask.

mod clauses;
mod figures;
mod question;
mod sheets;

use self::clauses::{Branch, Clause, Part};
use super::references;
use crate::db::dialect::Condition;
use crate::db::page::SortBy;
use crate::domain::access::Viewer;
use crate::domain::text::{folded_words, is_code};
use crate::domain::words::{BatchKind, SettlementType, Word as _};

pub use clauses::{Clauses, Way};
pub use figures::figures;
pub use question::{Area, Filter, Resolved, resolve};
pub use sheets::{plainly, shown_batches, shown_figures, shown_movements, shown_returns, shown_totals};

/// The places themselves and everything below them: their keys, or a range of paths, which an index serves.
fn below(column: &'static str, areas: &[Area]) -> Condition {
    let (whole, alone): (Vec<&Area>, Vec<&Area>) = areas.iter().partition(|area| area.has_more);
    let alone: Vec<i64> = alone.iter().map(|area| area.place.id).collect();
    let mut inside: Vec<Condition> = whole
        .iter()
        .map(|area| {
            let path = &area.place.path;
            let after = format!("{}/", path.trim_end_matches('.'));
            Condition::sql("path >= ").text(path).then(" AND path < ").text(after)
        })
        .collect();
    match (inside.is_empty(), alone.as_slice()) {
        (true, [one]) => return Condition::sql(column).then(" = ").key(*one),
        (true, some) => return Condition::keyed(column, some),
        (false, []) => {}
        (false, some) => inside.push(Condition::keyed("id", some)),
    }
    within(column, Condition::any(inside))
}

/// The same as a clause: the rows of one place are indexed in the order of their dates.
fn placed(column: &'static str, areas: &[Area]) -> Clause {
    match areas {
        [area] if !area.has_more => Clause::dated(below(column, areas)),
        _ => Clause::index(below(column, areas)),
    }
}

/// The locations of some kind, as a list of keys.
fn within(column: &'static str, locations: Condition) -> Condition {
    Condition::sql(column).then(" IN (SELECT id FROM locations WHERE ").group(locations).then(")")
}

fn of_settlement_type(kind: SettlementType) -> Condition {
    Condition::sql("settlement_type = ").text(kind.word())
}

/// A word that begins with each word of the question. Folded words hold letters and digits, and no wildcard.
fn words(q: &str) -> Condition {
    let words = folded_words(q);
    if words.is_empty() {
        return Condition::any([]);
    }
    Condition::all(words.iter().map(|word| Condition::sql("words LIKE ").text(format!("% {word}%"))))
}

/// A code that begins with the question: `[text, text + DEL)`, as every character of a code is below DEL.
fn code_begins(q: &str) -> Condition {
    let q = q.trim();
    if q.split('.').all(|part| part.is_empty() || is_code(part)) {
        Condition::sql("code >= ").text(q).then(" AND code < ").text(format!("{q}\u{7f}"))
    } else {
        Condition::any([])
    }
}

fn words_or_code(q: &str) -> Condition {
    Condition::any([code_begins(q), words(q)])
}

/// A column that holds a word. The index leaves the word out that nearly every row has (`common`), and serves where the question says that
/// it is another.
fn of_word(column: &'static str, word: &str, common: &'static str) -> Clause {
    let of_it = Condition::sql(column).then(" = ").text(word);
    if word == common {
        Clause::check(of_it)
    } else {
        Clause::dated(of_it.then(" AND ").then(column).then(" <> '").then(common).then("'"))
    }
}

/// The figures from a source, as far as the viewer may know of them; `about` is what they must be about.
fn said(source: i64, viewer: Viewer, about: &'static str) -> Clauses {
    let of_it = Clause::dated(Condition::sql("source_id = ").key(source));
    let public = (viewer == Viewer::Public).then(|| Clause::check(actual()));
    let about = Clause::check(Condition::sql(about).then(" IS NOT NULL"));
    Clauses::of("figures", [of_it, about].into_iter().chain(public).collect())
}

/// The rows with a figure from a source: `lead` goes from their key to what figures are about, `beside` from a row to its figures.
fn from_source(
    source: i64,
    viewer: Viewer,
    about: &'static str,
    lead: &'static str,
    beside: &'static str,
) -> (Condition, Branch) {
    let clauses = said(source, viewer, about);
    let check = Condition::sql("EXISTS (SELECT 1 FROM figures WHERE ").then(beside).then(" AND ");
    (check.group(clauses.check()).then(OF_ONE_ROW), Branch::Part(Part { lead, clauses }))
}

/// The end of a subquery that is asked of one row. Without an offset PostgreSQL would rather answer it for all rows at once.
const OF_ONE_ROW: &str = " LIMIT 1 OFFSET 0)";

/// The stages of the actual phase: plans and withdrawals are not for the public.
fn actual() -> Condition {
    Condition::sql("stage IN ('departed', 'arrived')")
}

/// What every table answers: whole periods inside the days asked for, and the time of the last write.
fn times(filter: &Resolved, first: &'static str, last: &'static str) -> Vec<Clause> {
    let mut days = vec![];
    days.extend(filter.from.map(|from| Condition::sql(first).then(" >= ").date(from)));
    // The first day says nothing new, but without it a range of it would have no end.
    days.extend(filter.to.map(|to| Condition::sql(first).then(" <= ").date(to)));
    let end = filter.to.filter(|_| first != last).map(|to| Condition::sql(last).then(" <= ").date(to));
    let since = filter.updated_since.map(|since| Condition::sql("updated_at >= ").time(since));
    let mut all = vec![];
    if !days.is_empty() {
        all.push(Clause::along(SortBy::Date, Condition::all(days)));
    }
    all.extend(end.map(Clause::check));
    all.extend(since.map(|since| Clause::along(SortBy::UpdatedAt, since)));
    all
}

/// Which locations are asked for.
pub fn locations(filter: &Resolved) -> Clauses {
    let mut all = times(filter, "", "");
    all.extend(filter.q.as_deref().map(words_or_code).map(Clause::check));
    all.extend(filter.kind.as_ref().map(|kind| Clause::index(Condition::sql("kind = ").text(kind))));
    all.extend(filter.settlement_type.map(of_settlement_type).map(Clause::index));
    if !filter.parent.is_empty() {
        // Everything below, but not the places themselves.
        all.push(Clause::index(Condition::any(filter.parent.iter().map(|Area { place, .. }| {
            let after = format!("{}/", place.path.trim_end_matches('.'));
            Condition::sql("path > ").text(&place.path).then(" AND path < ").text(after)
        }))));
    }
    Clauses::of("locations", all)
}

/// Which sources are asked for: a confidential one does not exist below the editor's role.
pub fn sources(filter: &Resolved, viewer: Viewer) -> Clauses {
    let mut all = times(filter, "", "");
    if !viewer.sees_confidential() {
        all.push(Clause::check(references::known_source(viewer)));
    }
    all.extend(filter.q.as_deref().map(words_or_code).map(Clause::check));
    all.extend(filter.kind.as_ref().map(|kind| Clause::index(Condition::sql("kind = ").text(kind))));
    Clauses::of("sources", all)
}

/// Which agreements are asked for.
pub fn agreements(filter: &Resolved, viewer: Viewer) -> Clauses {
    let mut all = times(filter, "signed_on", "signed_on");
    all.extend(filter.q.as_deref().map(words_or_code).map(Clause::check));
    all.extend(filter.source.map(|source| {
        let lead = "id IN (SELECT agreement_id FROM figures WHERE ";
        let (check, part) = from_source(source, viewer, "agreement_id", lead, "figures.agreement_id = agreements.id");
        Clause::either(check, vec![part])
    }));
    Clauses::of("agreements", all)
}

/// Which batches are asked for.
pub fn batches(filter: &Resolved, viewer: Viewer) -> Clauses {
    let mut all = times(filter, "dated_on", "dated_last");
    if viewer == Viewer::Public {
        all.push(Clause::check(Condition::sql("is_public")));
    }
    all.extend(filter.batch.map(|batch| Clause::index(Condition::sql("id = ").key(batch))));
    all.extend(filter.agreement.map(|agreement| Clause::dated(Condition::sql("agreement_id = ").key(agreement))));
    if !filter.origin.is_empty() {
        all.push(placed("origin_id", &filter.origin));
    }
    all.extend(filter.kind.as_ref().map(|kind| of_word("kind", kind, "displacement")));
    if !filter.destination.is_empty() || filter.settlement_type.is_some() {
        let clauses = movements(&filter.of_places(), viewer);
        let check = Condition::sql("EXISTS (SELECT 1 FROM movements WHERE movements.batch_id = batches.id AND ");
        let check = check.group(clauses.check()).then(OF_ONE_ROW);
        let lead = "id IN (SELECT batch_id FROM movements WHERE ";
        all.push(Clause::either(check, vec![Branch::Part(Part { lead, clauses })]));
    }
    if let Some(source) = filter.source {
        let lead = "id IN (SELECT batch_id FROM figures WHERE ";
        let (own, figures) = from_source(source, viewer, "batch_id", lead, "figures.batch_id = batches.id");
        let lead =
            "id IN (SELECT movements.batch_id FROM movements JOIN figures ON figures.movement_id = movements.id WHERE ";
        let beside = "figures.movement_id IN (SELECT id FROM movements WHERE movements.batch_id = batches.id)";
        let (parts, of_parts) = from_source(source, viewer, "movement_id", lead, beside);
        all.push(Clause::either(Condition::any([own, parts]), vec![figures, of_parts]));
    }
    if let Some(q) = &filter.q {
        all.push(Clause::any(vec![code_begins(q), within("origin_id", words(q))]));
    }
    Clauses::of("batches", all)
}

/// Which movements are asked for.
pub fn movements(filter: &Resolved, viewer: Viewer) -> Clauses {
    let mut all = times(filter, "dated_on", "dated_last");
    if viewer == Viewer::Public {
        all.push(Clause::check(Condition::sql("is_public")));
    }
    all.extend(filter.batch.map(|batch| Clause::index(Condition::sql("batch_id = ").key(batch))));
    all.extend(filter.agreement.map(|agreement| Clause::dated(Condition::sql("agreement_id = ").key(agreement))));
    if !filter.origin.is_empty() {
        all.push(placed("origin_id", &filter.origin));
    }
    if !filter.destination.is_empty() {
        all.push(placed("destination_id", &filter.destination));
    }
    all.extend(filter.kind.as_ref().map(|kind| of_word("batch_kind", kind, "displacement")));
    all.extend(filter.settlement_type.map(settled).map(Clause::any));
    all.extend(filter.source.map(|source| {
        let lead = "id IN (SELECT movement_id FROM figures WHERE ";
        let (check, part) = from_source(source, viewer, "movement_id", lead, "figures.movement_id = movements.id");
        Clause::either(check, vec![part])
    }));
    if let Some(q) = &filter.q {
        let places = [within("origin_id", words(q)), within("destination_id", words(q))];
        all.push(Clause::any([code_begins(q)].into_iter().chain(places).collect()));
    }
    Clauses::of("movements", all)
}

/// The movement's own settlement type, else its destination's.
fn settled(kind: SettlementType) -> Vec<Condition> {
    let place =
        Condition::sql("settlement_type IS NULL AND ").group(within("destination_id", of_settlement_type(kind)));
    vec![of_settlement_type(kind), place]
}

/// Which returns are asked for. For the public, one whose movement is hidden stands by its own places.
pub fn returns(filter: &Resolved, viewer: Viewer) -> Clauses {
    let mut all = times(filter, "dated_on", "dated_last");
    let public = viewer == Viewer::Public;
    // What the movement says, and where it is hidden, what the return itself says.
    let shown = |counted: Condition| Condition::sql("movement_is_public AND ").group(counted);
    let hidden = |own: Condition| Condition::sql("NOT movement_is_public AND ").group(own);
    let either = |counted: Condition, own: Condition| Condition::any([shown(counted), hidden(own)]);
    let clause = |counted: Clause, own: Condition| match public {
        true => Clause::any(vec![shown(counted.into_check()), hidden(own)]),
        false => counted,
    };
    if public {
        all.push(Clause::check(Condition::sql("is_public")));
    }
    if let Some(batch) = filter.batch {
        let of_it = Condition::sql("movement_id IN (SELECT id FROM movements WHERE batch_id = ").key(batch).then(")");
        all.push(Clause::index(of_it));
    }
    if let Some(agreement) = filter.agreement {
        let counted = Clause::dated(Condition::sql("counted_agreement_id = ").key(agreement));
        all.push(clause(counted, Condition::sql("agreement_id = ").key(agreement)));
    }
    if !filter.origin.is_empty() {
        all.push(clause(placed("origin_id", &filter.origin), below("to_id", &filter.origin)));
    }
    if !filter.destination.is_empty() {
        all.push(clause(placed("destination_id", &filter.destination), below("from_id", &filter.destination)));
    }
    if let Some(kind) = &filter.kind {
        let counted = of_word("batch_kind", kind, "displacement");
        all.push(match BatchKind::parse(kind) == Some(BatchKind::Displacement) {
            _ if !public => counted,
            // By itself a return is of no other kind.
            true => Clause::check(either(counted.into_check(), Condition::all([]))),
            false => Clause::dated(counted.into_check().then(" AND movement_is_public")),
        });
    }
    if let Some(kind) = filter.settlement_type {
        let beside = "EXISTS (SELECT 1 FROM movements WHERE movements.id = returns.movement_id AND ";
        let theirs = Condition::sql(beside).group(plainly(Condition::any(settled(kind)))).then(OF_ONE_ROW);
        let place =
            Condition::sql("movement_id IS NULL AND ").group(within("destination_id", of_settlement_type(kind)));
        let part =
            |lead| Branch::Part(Part { lead, clauses: Clauses::of("movements", vec![Clause::any(settled(kind))]) });
        let counted = Condition::any([theirs, place.clone()]);
        all.push(if public {
            let own = within("from_id", of_settlement_type(kind));
            let lead = "movement_is_public AND movement_id IN (SELECT id FROM movements WHERE ";
            let branches = vec![part(lead), Branch::Own(shown(place)), Branch::Own(hidden(own.clone()))];
            Clause::either(either(counted, own), branches)
        } else {
            let lead = "movement_id IN (SELECT id FROM movements WHERE ";
            Clause::either(counted, vec![part(lead), Branch::Own(place)])
        });
    }
    all.extend(filter.source.map(|source| {
        let lead = "id IN (SELECT return_id FROM figures WHERE ";
        let (check, part) = from_source(source, viewer, "return_id", lead, "figures.return_id = returns.id");
        Clause::either(check, vec![part])
    }));
    if let Some(q) = &filter.q {
        let named = |column| within(column, words(q));
        // One by one: each has an index of its own.
        let places = match public {
            false => vec![named("origin_id"), named("destination_id")],
            true => vec![
                shown(named("origin_id")),
                shown(named("destination_id")),
                hidden(named("to_id")),
                hidden(named("from_id")),
            ],
        };
        all.push(Clause::any([code_begins(q)].into_iter().chain(places).collect()));
    }
    Clauses::of("returns", all)
}
