//! One filter for list, count, statistics and export, so that their numbers cannot disagree.
//!
//! Who reads is a part of each condition: a row that somebody may not read is found by nothing that they ask.

mod question;
mod sheets;

use super::references::{self, Place};
use crate::db::dialect::Condition;
use crate::domain::access::Viewer;
use crate::domain::text::{folded_words, is_code};
use crate::domain::words::{BatchKind, SettlementType, Word as _};

pub use question::{Filter, Resolved, resolve};
pub use sheets::{plainly, shown_batches, shown_figures, shown_movements, shown_returns, shown_totals};

/// The places themselves and everything below them, as a list of keys: a range of paths, which an index serves.
fn below(column: &'static str, places: &[Place]) -> Condition {
    let inside = places.iter().map(|place| {
        let after = format!("{}/", place.path.trim_end_matches('.'));
        Condition::sql("path >= ").text(&place.path).then(" AND path < ").text(after)
    });
    within(column, Condition::any(inside))
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
fn of_word(column: &'static str, word: &str, common: &'static str) -> Condition {
    let of_it = Condition::sql(column).then(" = ").text(word);
    if word == common { of_it } else { of_it.then(" AND ").then(column).then(" <> '").then(common).then("'") }
}

/// The keys of the rows with a figure from a source, as far as the viewer may know of it.
fn from_source(column: &'static str, subject: &'static str, source: i64, viewer: Viewer) -> Condition {
    let figures =
        Condition::sql(column).then(" IN (SELECT ").then(subject).then(" FROM figures WHERE source_id = ").key(source);
    let figures = if viewer == Viewer::Public { figures.then(" AND ").group(actual()) } else { figures };
    figures.then(" AND ").then(subject).then(" IS NOT NULL)")
}

/// The stages of the actual phase: plans and withdrawals are not for the public.
fn actual() -> Condition {
    Condition::sql("stage IN ('departed', 'arrived')")
}

/// What every table answers: whole periods inside the days asked for, and the time of the last write.
fn times(filter: &Resolved, first: &'static str, last: &'static str) -> Vec<Condition> {
    let from = filter.from.map(|from| Condition::sql(first).then(" >= ").date(from));
    let to = filter.to.map(|to| Condition::sql(last).then(" <= ").date(to));
    let since = filter.updated_since.map(|since| Condition::sql("updated_at >= ").time(since));
    [from, to, since].into_iter().flatten().collect()
}

/// Which locations are asked for.
pub fn locations(filter: &Resolved) -> Condition {
    let mut all = times(filter, "", "");
    all.extend(filter.q.as_deref().map(words_or_code));
    all.extend(filter.kind.as_ref().map(|kind| Condition::sql("kind = ").text(kind)));
    all.extend(filter.settlement_type.map(of_settlement_type));
    if !filter.parent.is_empty() {
        // Everything below, but not the places themselves.
        all.push(Condition::any(filter.parent.iter().map(|place| {
            let after = format!("{}/", place.path.trim_end_matches('.'));
            Condition::sql("path > ").text(&place.path).then(" AND path < ").text(after)
        })));
    }
    Condition::all(all)
}

/// Which sources are asked for: a confidential one does not exist below the editor's role.
pub fn sources(filter: &Resolved, viewer: Viewer) -> Condition {
    let mut all = times(filter, "", "");
    if !viewer.sees_confidential() {
        all.push(references::known_source(viewer));
    }
    all.extend(filter.q.as_deref().map(words_or_code));
    all.extend(filter.kind.as_ref().map(|kind| Condition::sql("kind = ").text(kind)));
    Condition::all(all)
}

/// Which agreements are asked for.
pub fn agreements(filter: &Resolved, viewer: Viewer) -> Condition {
    let mut all = times(filter, "signed_on", "signed_on");
    all.extend(filter.q.as_deref().map(words_or_code));
    all.extend(filter.source.map(|source| from_source("id", "agreement_id", source, viewer)));
    Condition::all(all)
}

/// Which batches are asked for.
pub fn batches(filter: &Resolved, viewer: Viewer) -> Condition {
    let mut all = times(filter, "dated_on", "dated_last");
    if viewer == Viewer::Public {
        all.push(Condition::sql("is_public"));
    }
    if !filter.origin.is_empty() {
        all.push(below("origin_id", &filter.origin));
    }
    if !filter.destination.is_empty() || filter.settlement_type.is_some() {
        let part = Resolved {
            destination: filter.destination.clone(),
            settlement_type: filter.settlement_type,
            ..Resolved::default()
        };
        let parts = Condition::sql("id IN (SELECT batch_id FROM movements WHERE ");
        all.push(parts.group(movements(&part, viewer)).then(")"));
    }
    all.extend(filter.agreement.map(|agreement| Condition::sql("agreement_id = ").key(agreement)));
    all.extend(filter.kind.as_ref().map(|kind| of_word("kind", kind, "displacement")));
    all.extend(filter.batch.map(|batch| Condition::sql("id = ").key(batch)));
    if let Some(source) = filter.source {
        let parts = Condition::sql("id IN (SELECT batch_id FROM movements WHERE ");
        let parts = parts.group(from_source("id", "movement_id", source, viewer)).then(")");
        all.push(Condition::any([from_source("id", "batch_id", source, viewer), parts]));
    }
    if let Some(q) = &filter.q {
        all.push(Condition::any([code_begins(q), within("origin_id", words(q))]));
    }
    Condition::all(all)
}

/// Which movements are asked for.
pub fn movements(filter: &Resolved, viewer: Viewer) -> Condition {
    let mut all = times(filter, "dated_on", "dated_last");
    if viewer == Viewer::Public {
        all.push(Condition::sql("is_public"));
    }
    if !filter.origin.is_empty() {
        all.push(below("origin_id", &filter.origin));
    }
    if !filter.destination.is_empty() {
        all.push(below("destination_id", &filter.destination));
    }
    all.extend(filter.agreement.map(|agreement| Condition::sql("agreement_id = ").key(agreement)));
    all.extend(filter.kind.as_ref().map(|kind| of_word("batch_kind", kind, "displacement")));
    all.extend(filter.settlement_type.map(settled));
    all.extend(filter.batch.map(|batch| Condition::sql("batch_id = ").key(batch)));
    all.extend(filter.source.map(|source| from_source("id", "movement_id", source, viewer)));
    if let Some(q) = &filter.q {
        let places = [within("origin_id", words(q)), within("destination_id", words(q))];
        all.push(Condition::any([code_begins(q)].into_iter().chain(places)));
    }
    Condition::all(all)
}

/// The movement's own settlement type, else its destination's.
fn settled(kind: SettlementType) -> Condition {
    let place =
        Condition::sql("settlement_type IS NULL AND ").group(within("destination_id", of_settlement_type(kind)));
    Condition::any([of_settlement_type(kind), place])
}

/// Which returns are asked for. For the public, one whose movement is hidden stands by its own places.
pub fn returns(filter: &Resolved, viewer: Viewer) -> Condition {
    let mut all = times(filter, "dated_on", "dated_last");
    let public = viewer == Viewer::Public;
    // What the movement says, and where it is hidden, what the return itself says.
    let either = |counted: Condition, own: Condition| {
        if !public {
            return counted;
        }
        let shown = Condition::sql("movement_is_public AND ").group(counted);
        Condition::any([shown, Condition::sql("NOT movement_is_public AND ").group(own)])
    };
    if public {
        all.push(Condition::sql("is_public"));
    }
    if !filter.origin.is_empty() {
        all.push(either(below("origin_id", &filter.origin), below("to_id", &filter.origin)));
    }
    if !filter.destination.is_empty() {
        all.push(either(below("destination_id", &filter.destination), below("from_id", &filter.destination)));
    }
    if let Some(agreement) = filter.agreement {
        let counted = Condition::sql("counted_agreement_id = ").key(agreement);
        all.push(either(counted, Condition::sql("agreement_id = ").key(agreement)));
    }
    if let Some(kind) = &filter.kind {
        let displacement = BatchKind::parse(kind) == Some(BatchKind::Displacement);
        let own = if displacement { Condition::all([]) } else { Condition::any([]) };
        all.push(either(of_word("batch_kind", kind, "displacement"), own));
    }
    if let Some(kind) = filter.settlement_type {
        let theirs = Condition::sql("movement_id IN (SELECT id FROM movements WHERE ").group(settled(kind)).then(")");
        let place =
            Condition::sql("movement_id IS NULL AND ").group(within("destination_id", of_settlement_type(kind)));
        all.push(either(Condition::any([theirs, place]), within("from_id", of_settlement_type(kind))));
    }
    if let Some(batch) = filter.batch {
        all.push(Condition::sql("movement_id IN (SELECT id FROM movements WHERE batch_id = ").key(batch).then(")"));
    }
    all.extend(filter.source.map(|source| from_source("id", "return_id", source, viewer)));
    if let Some(q) = &filter.q {
        let counted = Condition::any([within("origin_id", words(q)), within("destination_id", words(q))]);
        let own = Condition::any([within("to_id", words(q)), within("from_id", words(q))]);
        all.push(Condition::any([code_begins(q), either(counted, own)]));
    }
    Condition::all(all)
}

/// Which figures are asked for: by their own fields, and by what they are about.
pub fn figures(filter: &Resolved, viewer: Viewer) -> Condition {
    let mut all = times(filter, "dated_on", "dated_last");
    if viewer == Viewer::Public {
        all.push(actual());
    }
    all.extend(filter.stage.map(|stage| of_word("stage", stage.word(), "departed")));
    all.extend(filter.role.map(|role| of_word("role", role.word(), "recommended")));
    all.extend(filter.scope.map(|scope| of_word("scope", scope.word(), "whole")));
    all.extend(filter.source.map(|source| Condition::sql("source_id = ").key(source)));
    all.extend(filter.q.as_deref().map(code_begins));
    all.extend(subject(filter, viewer));
    Condition::all(all)
}

/// What the subject of a figure must be, if the question says anything about it or not everybody may read it.
fn subject(filter: &Resolved, viewer: Viewer) -> Option<Condition> {
    // The dates, the words and the rest were asked of the figure itself.
    let about = Resolved {
        origin: filter.origin.clone(),
        destination: filter.destination.clone(),
        agreement: filter.agreement,
        settlement_type: filter.settlement_type,
        kind: filter.kind.clone(),
        batch: filter.batch,
        ..Resolved::default()
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
    let movements = Condition::sql("movement_id IN (SELECT id FROM movements WHERE ").group(movements(&about, viewer));
    let batches = Condition::sql("batch_id IN (SELECT id FROM batches WHERE ").group(batches(&about, viewer));
    let mut any = vec![movements.then(")"), batches.then(")")];
    if about.kind.is_none() && about.batch.is_none() {
        let returns = Condition::sql("return_id IN (SELECT id FROM returns WHERE ").group(returns(&about, viewer));
        any.push(returns.then(")"));
        if about.origin.is_empty() && about.settlement_type.is_none() {
            let mut total = vec![Condition::sql("agreement_id IS NOT NULL")];
            total.extend(about.agreement.map(|agreement| Condition::sql("agreement_id = ").key(agreement)));
            if !about.destination.is_empty() {
                total.push(below("destination_id", &about.destination));
            }
            any.push(Condition::all(total));
        }
    }
    Some(Condition::any(any))
}
