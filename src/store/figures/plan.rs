//! What a write does to the figures about one thing: planned with everything that is wrong, then settled.

use serde_json::Value;

use super::{Row, Subject, references};
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::figure::Figure;
use crate::domain::findings::Findings;
use crate::domain::period::Span;
use crate::domain::roles::{Candidate, TwoRecommended, assign};
use crate::domain::words::{FigureRole, Scope, Word as _};
use crate::error::Error;
use crate::store::known::Known;
use crate::store::rows::Outcome;
use crate::store::{Tx, rows};

/// What the figures are about, as far as it is there already.
#[derive(Clone, Debug)]
pub struct Owner<'a> {
    /// The member that names it.
    pub member: &'static str,
    /// Its code.
    pub code: &'a str,
}

/// How the figures that are sent meet those that are there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// They replace the list: matched by code, else by identity.
    Replace,
    /// They join the others: one that is there already is a conflict.
    Add,
    /// They are the new state of the figures of their codes; the others stay.
    Edit,
}

/// What a write does to the figures about one thing.
pub struct Plan {
    slots: Vec<Slot>,
    dropped: Vec<Row>,
    /// A code or an identity that exists already: said after everything that is wrong in the body.
    taken: Option<String>,
}

struct Slot {
    before: Option<Row>,
    after: Option<Row>,
    asked: Option<FigureRole>,
    /// Where it stands in the body, if it was sent.
    at: Option<String>,
}

/// Plans what becomes of the figures about `owner`; what is wrong joins `findings`.
pub fn plan(
    tx: &mut Tx,
    known: &mut Known,
    owner: &Owner,
    existing: Vec<Row>,
    sent: Vec<(String, Figure)>,
    mode: Mode,
    findings: &mut Findings,
) -> Result<Plan, Error> {
    let mut slots: Vec<Slot> =
        existing.into_iter().map(|row| Slot { before: Some(row), after: None, asked: None, at: None }).collect();
    let kept = slots.len();
    let mut matched = vec![false; kept];
    let mut taken = None;
    let mut seen: Vec<(String, bool, Row)> = vec![];
    for (at, figure) in sent {
        check_subject(owner, &figure, &at, findings);
        figure.look_at(&at, findings);
        let row = references::row(tx, known, &figure, &at, findings)?;
        let named = !figure.code.is_empty();
        if let Some((first, ..)) = seen.iter().find(|(_, other_named, other)| {
            (named && *other_named && row.code == other.code)
                || (same_identity(&row, other) && !(named && *other_named && row.code != other.code))
        }) {
            let message = format!("This is the same figure as {first}: same stage, source, url and reported_on.");
            let value = named.then(|| Value::from(row.code.as_str()));
            findings.error(at.clone(), "duplicate", value, message);
        }
        if named {
            known.send_figure(&row.code, &at, findings);
        }
        let fits: Vec<usize> = (0..kept)
            .filter(|&i| {
                let before = slots[i].before.as_ref();
                before.is_some_and(|before| if named { before.code == row.code } else { same_identity(before, &row) })
            })
            .collect();
        seen.push((at.clone(), named, row.clone()));
        let asked = figure.role;
        match (fits.as_slice(), mode) {
            ([i], Mode::Replace | Mode::Edit) => {
                matched[*i] = true;
                slots[*i].after = Some(row);
                slots[*i].asked = asked;
                slots[*i].at = Some(at);
            }
            ([], _) => {
                if named && known.has_figure(&row.code) {
                    taken = Some(format!("There is a figure {:?} already.", row.code));
                }
                slots.push(Slot { before: None, after: Some(row), asked, at: Some(at) });
            }
            ([i, ..], Mode::Add) => {
                let code = slots[*i].before.as_ref().map(|row| row.code.clone()).unwrap_or_default();
                taken = Some(format!("The figure {code:?} says the same already."));
            }
            (several, _) => {
                let codes: Vec<_> = several.iter().filter_map(|&i| slots[i].before.as_ref().map(|r| &r.code)).collect();
                let message = format!("Several figures fit: {codes:?}. Say which by its `code`.");
                findings.error(at, "ambiguous", None, message);
            }
        }
    }
    let mut dropped = vec![];
    if mode == Mode::Replace {
        let mut keep = matched.into_iter().chain(std::iter::repeat(true));
        let (stay, go): (Vec<Slot>, Vec<Slot>) = slots.into_iter().partition(|_| keep.next().unwrap_or(true));
        slots = stay;
        dropped = go.into_iter().filter_map(|slot| slot.before).collect();
    }
    // An edit may give a figure the identity of another without a word about its code being another.
    if matches!(owner.member, "batch" | "agreement") {
        for slot in slots.iter().filter(|slot| slot.asked.is_some()) {
            let message = "Figures on batches and agreements have no role: they are published totals.".to_owned();
            let value = slot.asked.map(|role| Value::from(role.word()));
            let at = slot.at.as_deref().unwrap_or_default();
            findings.error(format!("{at}/role"), "not_countable", value, message);
        }
    } else {
        give_roles(&mut slots, findings);
    }
    Ok(Plan { slots, dropped, taken })
}

fn give_roles(slots: &mut [Slot], findings: &mut Findings) {
    let candidates: Vec<Candidate> = slots
        .iter()
        .filter_map(|slot| {
            let row = slot.after.as_ref().or(slot.before.as_ref())?;
            let phase = |row: &Row| row.stage.0.phase().filter(|_| row.scope.0 == Scope::Whole);
            let had = slot.before.as_ref().and_then(|row| row.role).map(|word| word.0);
            let phase_before = slot.before.as_ref().and_then(phase);
            let asked = slot.asked;
            Some(Candidate { phase: phase(row), had, phase_before, asked })
        })
        .collect();
    match assign(&candidates) {
        Ok(roles) => {
            for (slot, role) in slots.iter_mut().zip(roles) {
                let had = slot.before.as_ref().and_then(|row| row.role);
                if slot.after.is_none() && had != Some(Word(role)) {
                    slot.after = slot.before.clone();
                }
                if let Some(after) = &mut slot.after {
                    after.role = Some(Word(role));
                }
            }
        }
        Err(TwoRecommended(_, second)) => {
            let message = "Two figures are recommended in one phase: one can be.".to_owned();
            let pointer = format!("{}/role", slots[second].at.as_deref().unwrap_or_default());
            findings.error(pointer, "two_recommended", Some(Value::from("recommended")), message);
        }
    }
}

impl Plan {
    /// Nothing is sent: the figures stay as they are.
    pub fn keeping(existing: Vec<Row>) -> Self {
        let slot = |row| Slot { before: Some(row), after: None, asked: None, at: None };
        Self { slots: existing.into_iter().map(slot).collect(), dropped: vec![], taken: None }
    }

    /// One figure goes, the others stay: where it was recommended, none is promoted.
    pub fn dropping(existing: Vec<Row>, code: &str) -> Self {
        let (dropped, kept) = existing.into_iter().partition(|row| row.code == code);
        Self { dropped, ..Self::keeping(kept) }
    }

    /// The same, and these go as well.
    pub fn and_drop(mut self, gone: Vec<Row>) -> Self {
        self.dropped.extend(gone);
        self
    }

    /// The figures that are there and stay.
    pub fn standing(&self) -> impl Iterator<Item = &Row> {
        self.slots.iter().filter_map(|slot| slot.before.as_ref())
    }

    /// The figures that are there and stay, back again.
    pub fn into_standing(self) -> Vec<Row> {
        self.slots.into_iter().filter_map(|slot| slot.before).collect()
    }

    /// The codes that new figures are given by who sends them.
    pub fn new_codes(&self) -> impl Iterator<Item = &str> {
        let new = self.slots.iter().filter(|slot| slot.before.is_none());
        new.filter_map(|slot| slot.after.as_ref()).map(|row| row.code.as_str()).filter(|code| !code.is_empty())
    }

    /// What stands against the plan although nothing in the body is wrong.
    pub fn taken(&self) -> Option<&str> {
        self.taken.as_deref()
    }

    /// How many figures would be new.
    pub fn new_count(&self) -> usize {
        self.slots.iter().filter(|slot| slot.before.is_none()).count()
    }

    /// Makes the rows: `subject` is dated by `span`; new ones get the next of `keys`.
    pub fn settle(
        self,
        tx: &Tx,
        subject: Subject,
        span: Option<Span>,
        keys: &mut impl Iterator<Item = i64>,
        revisions: &std::collections::HashMap<String, i32>,
    ) -> Settled {
        let mut settled = Settled { dropped: self.dropped, ..Settled::default() };
        for slot in self.slots {
            let (before, mut after) = match (slot.before, slot.after) {
                (Some(before), Some(mut after)) => {
                    after.id = before.id;
                    after.code.clone_from(&before.code);
                    after.created_at = before.created_at;
                    after.revision = before.revision;
                    after.updated_at = before.updated_at;
                    (Some(before), after)
                }
                (Some(before), None) => (Some(before.clone()), before),
                (None, Some(mut after)) => {
                    after.id = keys.next().unwrap_or_default();
                    after.revision = revisions.get(&after.code).map_or(1, |last| last + 1);
                    if after.code.is_empty() {
                        after.code = tx.next_code();
                    }
                    (None, after)
                }
                (None, None) => continue,
            };
            after.about(subject);
            after.date(span);
            if slot.at.is_some() {
                let same = before.as_ref().map(|before| before.same_fields(&after));
                settled.sent.push((after.code.clone(), Outcome::of(same)));
            }
            match before {
                None => settled.new.push(after.clone()),
                Some(before) if !before.same_fields(&after) => {
                    after.revision += 1;
                    after.updated_at = tx.at;
                    settled.changed.push((before, after.clone()));
                }
                Some(before) if before.dated_on != after.dated_on || before.dated_last != after.dated_last => {
                    settled.redated.push(after.clone());
                }
                Some(_) => {}
            }
            settled.rows.push(after);
        }
        settled
    }
}

/// The figures about one thing as a write leaves them.
#[derive(Default)]
pub struct Settled {
    /// All of them, in recorded order.
    pub rows: Vec<Row>,
    /// The new ones.
    pub new: Vec<Row>,
    /// Those that hold something else now, before and after.
    pub changed: Vec<(Row, Row)>,
    /// Those of which only the date that they follow is another.
    pub redated: Vec<Row>,
    /// Those that are gone.
    pub dropped: Vec<Row>,
    /// The codes of those that were sent, and what became of each.
    pub sent: Vec<(String, Outcome)>,
}

impl Settled {
    /// Whether any figure is new, changed or gone.
    pub fn changes(&self) -> bool {
        !(self.new.is_empty() && self.changed.is_empty() && self.dropped.is_empty())
    }

    /// Notes what happened to each.
    pub fn note(&self, tx: &mut Tx, known: &Known) -> Result<(), Error> {
        note_gone(tx, known, &self.dropped)?;
        for (before, after) in &self.changed {
            let (was, is) = (before.own(&known.names), after.own(&known.names));
            tx.note(Resource::Figures, after.id, &after.code, after.revision, Some(&was), Some(&is))?;
        }
        for row in &self.new {
            tx.note(Resource::Figures, row.id, &row.code, row.revision, None, Some(&row.own(&known.names)))?;
        }
        Ok(())
    }
}

/// Notes figures that go.
pub fn note_gone(tx: &mut Tx, known: &Known, rows: &[Row]) -> Result<(), Error> {
    for row in rows {
        let was = row.own(&known.names);
        tx.note(Resource::Figures, row.id, &row.code, row.revision + 1, Some(&was), None)?;
    }
    Ok(())
}

impl Row {
    /// Puts the figure onto its subject.
    fn about(&mut self, subject: Subject) {
        (self.movement_id, self.return_id, self.batch_id, self.agreement_id) = match subject {
            Subject::Movement(key) => (Some(key), None, None, None),
            Subject::Return(key) => (None, Some(key), None, None),
            Subject::Batch(key) => (None, None, Some(key), None),
            Subject::Agreement(key) => (None, None, None, Some(key)),
        };
    }

    /// Whether two states of a figure hold the same, what is derived and counted apart.
    fn same_fields(&self, other: &Self) -> bool {
        let plain = |row: &Self| Self {
            id: 0,
            code: String::new(),
            movement_id: None,
            return_id: None,
            batch_id: None,
            agreement_id: None,
            dated_on: None,
            dated_last: None,
            revision: 0,
            created_at: rows::SAMPLE_TIME,
            updated_at: rows::SAMPLE_TIME,
            ..row.clone()
        };
        plain(self) == plain(other)
    }
}

/// What a figure without a code is recognised by, among those of its subject.
pub(super) fn same_identity(a: &Row, b: &Row) -> bool {
    a.stage == b.stage
        && a.source_id == b.source_id
        && a.url == b.url
        && a.reported_on == b.reported_on
        && a.destination_id == b.destination_id
}

/// A figure inside its subject may name it, and nothing else; only one on an agreement speaks of a destination.
fn check_subject(owner: &Owner, figure: &Figure, at: &str, findings: &mut Findings) {
    let members = [
        ("movement", &figure.movement),
        ("return", &figure.homecoming),
        ("batch", &figure.batch),
        ("agreement", &figure.agreement),
    ];
    for (member, given) in members {
        let kept = (member == owner.member).then_some(owner.code);
        rows::unchanged(member, given.as_deref(), kept, at, findings);
    }
    let pointer = format!("{at}/destination");
    if let Some(destination) = figure.destination.as_ref().filter(|_| owner.member != "agreement") {
        let message = "Only a figure on an agreement has a `destination` of its own.".to_owned();
        findings.error(pointer, "agreements_only", Some(Value::from(destination.as_str())), message);
    }
}
