//! What a write does to the figures about one thing: planned with everything that is wrong, then done.

use diesel::prelude::*;
use serde_json::Value;

use super::references::References;
use super::{Row, Subject, about, delete, names};
use crate::db::dialect::each_db;
use crate::db::schema::figures;
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::figure::Figure;
use crate::domain::findings::Findings;
use crate::domain::period::Span;
use crate::domain::roles::{Candidate, TwoRecommended, assign};
use crate::domain::words::{FigureRole, Scope, Word as _};
use crate::error::Error;
use crate::store::{Tx, rows};

/// What the figures are about, as far as it is there already.
#[derive(Clone, Debug)]
pub struct Owner<'a> {
    /// The member that names it.
    pub member: &'static str,
    /// Its code.
    pub code: &'a str,
    /// It, where it is there.
    pub subject: Option<Subject>,
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
    at: String,
}

/// Plans what becomes of the figures about `owner`; what is wrong joins `findings`.
pub fn plan(
    tx: &mut Tx,
    owner: &Owner,
    sent: Vec<(String, Figure)>,
    mode: Mode,
    findings: &mut Findings,
) -> Result<Plan, Error> {
    let existing = owner.subject.map(|subject| about(tx.conn, subject)).transpose()?.unwrap_or_default();
    let mut slots: Vec<Slot> = existing
        .into_iter()
        .map(|row| Slot { before: Some(row), after: None, asked: None, at: String::new() })
        .collect();
    let kept = slots.len();
    let references = References::load(tx, &sent)?;
    let mut matched = vec![false; kept];
    let mut taken = None;
    let mut seen: Vec<(String, bool, Row)> = vec![];
    for (at, figure) in sent {
        check_subject(owner, &figure, &at, findings);
        figure.look_at(&at, findings);
        let row = references.row(tx, &figure, &at, findings)?;
        let named = !figure.code.is_empty();
        if let Some((first, ..)) = seen.iter().find(|(_, other_named, other)| {
            (named && *other_named && row.code == other.code)
                || (same_identity(&row, other) && !(named && *other_named && row.code != other.code))
        }) {
            let message = format!("This is the same figure as {first}: same stage, source, url and reported_on.");
            let value = named.then(|| Value::from(row.code.as_str()));
            findings.error(at.clone(), "duplicate", value, message);
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
                slots[*i].at = at;
            }
            ([], _) => {
                if named && exists(tx, &row.code)? {
                    taken = Some(format!("There is a figure {:?} already.", row.code));
                }
                slots.push(Slot { before: None, after: Some(row), asked, at });
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
    if matches!(owner.subject, Some(Subject::Batch(_) | Subject::Agreement(_)))
        || owner.member == "batch"
        || owner.member == "agreement"
    {
        for slot in slots.iter().filter(|slot| slot.asked.is_some()) {
            let message = "Figures on batches and agreements have no role: they are published totals.".to_owned();
            let value = slot.asked.map(|role| Value::from(role.word()));
            findings.error(format!("{}/role", slot.at), "not_countable", value, message);
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
            let pointer = format!("{}/role", slots[second].at);
            findings.error(pointer, "two_recommended", Some(Value::from("recommended")), message);
        }
    }
}

impl Plan {
    /// What stands against the plan although nothing in the body is wrong.
    pub fn refuse_if_taken(&self) -> Result<(), Error> {
        self.taken.clone().map_or(Ok(()), |taken| Err(Error::Taken(taken)))
    }

    /// Whether anything would change.
    pub fn changes(&self) -> bool {
        !self.dropped.is_empty()
            || self.slots.iter().any(|slot| match (&slot.before, &slot.after) {
                (Some(before), Some(after)) => !before.same_fields(after),
                (None, Some(_)) => true,
                (_, None) => false,
            })
    }

    /// Does it: the code of each figure that was sent, in the order of the list.
    pub fn apply(self, tx: &mut Tx, subject: Subject, span: Option<Span>) -> Result<Vec<String>, Error> {
        delete(tx, &self.dropped)?;
        let mut codes = vec![];
        let (mut changed, mut created) = (vec![], vec![]);
        for slot in self.slots {
            let Some(mut after) = slot.after else { continue };
            after.about(subject);
            after.date(span);
            after.updated_at = tx.at;
            if let Some(before) = slot.before {
                codes.push(before.code.clone());
                if before.same_fields(&after) {
                    continue;
                }
                after.id = before.id;
                after.code.clone_from(&before.code);
                after.created_at = before.created_at;
                after.revision = before.revision + 1;
                changed.push((before, after));
            } else {
                if after.code.is_empty() {
                    after.code = tx.next_code();
                    after.revision = 1;
                } else {
                    after.revision = rows::first_revision(tx, Resource::Figures, &after.code)?;
                }
                after.created_at = tx.at;
                codes.push(after.code.clone());
                created.push(after);
            }
        }
        // Demotions go first: the index lets no phase have two recommended figures, not even for a moment.
        changed.sort_by_key(|(_, after)| after.role == Some(Word(FigureRole::Recommended)));
        let all: Vec<Row> = changed.iter().flat_map(|(a, b)| [a.clone(), b.clone()]).chain(created.clone()).collect();
        let names = names(tx.conn, crate::store::INSIDE, &all)?;
        let json = |row: &Row| serde_json::to_value(row.own(&names)).ok();
        for (before, after) in &changed {
            diesel::update(figures::table.filter(figures::id.eq(after.id))).set(after).execute(tx.conn)?;
            tx.note(Resource::Figures, &after.code, after.revision, json(before), json(after));
        }
        for created in created.chunks(500) {
            each_db!(tx.conn, conn => diesel::insert_into(figures::table).values(created).execute(conn))?;
        }
        for row in &created {
            tx.note(Resource::Figures, &row.code, row.revision, None, json(row));
        }
        Ok(codes)
    }
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

fn exists(tx: &mut Tx, code: &str) -> Result<bool, Error> {
    let found: Option<i64> =
        figures::table.filter(figures::code.eq(code)).select(figures::id).first(tx.conn).optional()?;
    Ok(found.is_some())
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
