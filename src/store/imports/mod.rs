//! Many rows at once: what sheets say is planned, settled and written in sets, by the rules of every other write.

mod load;
mod overlay;
mod records;
mod said;
mod undo;

use std::collections::BTreeMap;

use serde_json::Value;

use super::figures::{Mode, Owner};
use super::known::{Codes, Known};
use super::rows::Outcome;
use super::writes::{Settlement, Writes};
use super::{Agreements, Locations, Precondition, Rows, Sources, Tx, agreements, batches, figures, returns, rows};
use crate::domain::Resource;
use crate::domain::figure::Figure;
use crate::domain::findings::{Finding, Findings};
use crate::domain::words::Word;
use crate::error::Error;

pub use load::Load;
pub use records::{ImportView, NewRecord, count, keep, of_file, page, single, take_back};
pub use said::{New, Said};
use said::{read_batch, read_body, read_return};

/// How many rows of a resource an import has created, updated, or found as they were sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Counts {
    /// Rows that were not there.
    pub created: u64,
    /// Rows that hold something else now.
    pub updated: u64,
    /// Rows that were there as they were sent.
    pub unchanged: u64,
}

/// What the bodies of a sheet are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wholes {
    /// Batches with their movements and figures.
    Batches,
    /// Figures on agreements.
    Totals,
    /// Returns with their figures.
    Returns,
    /// Locations.
    Locations,
    /// Sources.
    Sources,
    /// Agreements.
    Agreements,
}

/// An import while it goes on.
#[derive(Default)]
pub struct Import {
    /// What became of the rows, by resource.
    pub counts: BTreeMap<String, Counts>,
    known: Known,
    out: returns::Outbound,
}

impl Import {
    /// Takes some bodies, in which absent members leave fields as they are; gives back what is wrong or remarkable in each.
    ///
    /// Once anything is wrong (`wrong`: before this) nothing more is written, and what else is wrong is still found.
    pub fn take(&mut self, tx: &mut Tx, wholes: Wholes, said: Vec<Said>, wrong: bool) -> Result<Vec<Findings>, Error> {
        tx.dry |= wrong && matches!(wholes, Wholes::Batches | Wholes::Returns | Wholes::Totals);
        let findings = match wholes {
            Wholes::Batches => self.batches(tx, said),
            Wholes::Totals => self.totals(tx, said),
            Wholes::Returns => self.returns(tx, said),
            Wholes::Locations => self.each::<Locations>(tx, said),
            Wholes::Sources => self.each::<Sources>(tx, said),
            Wholes::Agreements => self.each::<Agreements>(tx, said),
        }?;
        tx.dry |= findings.iter().any(|findings| !findings.errors.is_empty());
        self.known.names.forget_subjects();
        if !tx.dry {
            self.known.journeys.clear();
        }
        tx.flush()?;
        Ok(findings)
    }

    fn count(&mut self, outcomes: impl IntoIterator<Item = (Resource, Outcome)>) {
        for (resource, outcome) in outcomes {
            let counts = self.counts.entry(resource.word().to_owned()).or_default();
            match outcome {
                Outcome::Created => counts.created += 1,
                Outcome::Updated => counts.updated += 1,
                Outcome::Unchanged => counts.unchanged += 1,
            }
        }
    }

    /// Ends a set: what is settled is written, unless something is wrong.
    fn finish(
        &mut self,
        tx: &mut Tx,
        writes: Writes,
        places: Vec<usize>,
        settled: Vec<(Settlement, Findings)>,
        all: &mut [Findings],
    ) -> Result<(), Error> {
        for (place, (settlement, findings)) in places.into_iter().zip(settled) {
            self.count(settlement.outcomes);
            all[place] = findings;
        }
        let wrong = all.iter().any(|findings| !findings.errors.is_empty());
        if tx.dry || wrong { Ok(()) } else { writes.execute(tx.conn) }
    }

    fn batches(&mut self, tx: &mut Tx, said: Vec<Said>) -> Result<Vec<Findings>, Error> {
        let today = tx.today();
        let codes: Vec<&str> = said.iter().map(|one| one.code).collect();
        let mut standing = batches::hold(tx, &mut self.known, &codes)?;
        let (mut read, mut all) = (vec![], vec![]);
        for Said { code, body, told, new } in said {
            let there = standing.remove(code);
            let (body, figures, findings) = match (&there, new) {
                (None, Some(New::Batch(body, figures, findings))) => (body, figures, findings),
                (there, _) => {
                    let mut findings = told;
                    let laid = there.as_ref().map(|there| overlay::batch(there, body, &self.known, &mut findings));
                    let (body, figures) = read_batch(laid.as_ref().unwrap_or(body), &mut findings, today);
                    (body, figures, findings)
                }
            };
            read.push((body, figures, there));
            all.push(findings);
        }
        let mut named = Codes::default();
        for (body, figures, _) in &read {
            batches::codes(body, figures.as_deref(), &mut named);
        }
        self.known.learn(tx.conn, &named)?;
        let (mut plans, mut places) = (vec![], vec![]);
        for (place, (body, figures, there)) in read.into_iter().enumerate() {
            let findings = &mut all[place];
            let plan = batches::plan(tx, &mut self.known, there, false, Mode::Edit, body, figures, findings)?;
            let Some(plan) = plan.filter(|_| findings.errors.is_empty()) else { continue };
            match plan.refuse() {
                Ok(()) => {
                    plans.push((plan, std::mem::take(findings)));
                    places.push(place);
                }
                Err(error) => conflict(&error, findings),
            }
        }
        let mut writes = Writes::default();
        let settled = batches::settle(tx, &mut self.known, plans, &mut writes)?;
        self.finish(tx, writes, places, settled, &mut all)?;
        Ok(all)
    }

    fn returns(&mut self, tx: &mut Tx, said: Vec<Said>) -> Result<Vec<Findings>, Error> {
        let today = tx.today();
        let outbound = said.iter().filter_map(|one| one.body["movement"].as_str());
        let outbound: Vec<_> = outbound.filter(|code| !self.out.movements.contains_key(*code)).map(Some).collect();
        let found = returns::outbound(tx, &outbound)?;
        self.out.movements.extend(found.movements);
        self.out.returns.extend(found.returns);
        let codes: Vec<&str> = said.iter().map(|one| one.code).collect();
        let mut standing = returns::hold(tx, &mut self.known, &codes)?;
        // A return that says nothing of its movement keeps it.
        let kept: Vec<_> = standing.values().filter_map(|there| there.own.movement.as_deref()).collect();
        let kept: Vec<_> = kept.into_iter().filter(|code| !self.out.movements.contains_key(*code)).map(Some).collect();
        let found = returns::outbound(tx, &kept)?;
        self.out.movements.extend(found.movements);
        self.out.returns.extend(found.returns);

        let (mut read, mut all) = (vec![], vec![]);
        for Said { code, body, told, new } in said {
            let there = standing.remove(code);
            let (body, findings) = match (&there, new) {
                (None, Some(New::Return(body, findings))) => (body, findings),
                (there, _) => {
                    let mut findings = told;
                    let laid = there.as_ref().map(|there| overlay::homecoming(there, body, &self.known, &mut findings));
                    (read_return(laid.as_ref().unwrap_or(body), &mut findings, today), findings)
                }
            };
            read.push((body, there));
            all.push(findings);
        }
        let mut named = Codes::default();
        read.iter().for_each(|(body, _)| returns::codes(body, &mut named));
        self.known.learn(tx.conn, &named)?;
        let (mut plans, mut places) = (vec![], vec![]);
        for (place, (body, there)) in read.into_iter().enumerate() {
            let findings = &mut all[place];
            let plan = returns::plan(tx, &mut self.known, &self.out, there, false, Mode::Edit, body, findings)?;
            let Some(plan) = plan.filter(|_| findings.errors.is_empty()) else { continue };
            match plan.refuse() {
                Ok(()) => {
                    plans.push((plan, std::mem::take(findings)));
                    places.push(place);
                }
                Err(error) => conflict(&error, findings),
            }
        }
        let mut writes = Writes::default();
        let settled = returns::settle(tx, &mut self.known, &mut self.out, plans, "/movement", &mut writes)?;
        self.finish(tx, writes, places, settled, &mut all)?;
        Ok(all)
    }

    /// Figures on agreements that are there: `{figures}`.
    fn totals(&mut self, tx: &mut Tx, said: Vec<Said>) -> Result<Vec<Findings>, Error> {
        let codes: Vec<&str> = said.iter().map(|one| one.code).collect();
        let mut standing = agreements::hold(tx, &mut self.known, &codes)?;
        let (mut read, mut all) = (vec![], vec![]);
        for Said { code, body, told: mut findings, .. } in said {
            if let Some(there) = standing.remove(code) {
                let laid = overlay::totals(&there, body, &self.known, &mut findings);
                let figures = read_body(&laid, &mut findings, &["code"], |fields| Figure::read_list(fields, "figures"));
                read.push(Some((figures.unwrap_or_default(), there)));
            } else {
                rows::unknown_reference(tx, Resource::Agreements, "/agreement", code, &mut findings)?;
                read.push(None);
            }
            all.push(findings);
        }
        let mut named = Codes::default();
        read.iter().flatten().flat_map(|(figures, _)| figures).for_each(|figure| named.figure(figure));
        self.known.learn(tx.conn, &named)?;
        let (mut plans, mut places) = (vec![], vec![]);
        for (place, sent) in read.into_iter().enumerate() {
            let Some((sent, there)) = sent else { continue };
            let findings = &mut all[place];
            let owner = Owner { member: "agreement", code: &there.own.code };
            let sent = sent.into_iter().enumerate();
            let sent = sent.map(|(index, figure)| (format!("/figures/{index}"), figure)).collect();
            let plan = figures::plan(tx, &mut self.known, &owner, there.figures, sent, Mode::Edit, findings)?;
            if let Some(taken) = plan.taken() {
                conflict(&Error::Taken(taken.to_owned()), findings);
            }
            if findings.errors.is_empty() {
                let plan = agreements::Plan { row: there.row, own: there.own, figures: plan };
                plans.push((plan, std::mem::take(findings)));
                places.push(place);
            }
        }
        let mut writes = Writes::default();
        let settled = agreements::settle(tx, &mut self.known, plans, &mut writes)?;
        self.finish(tx, writes, places, settled, &mut all)?;
        Ok(all)
    }

    /// Rows that stand by themselves, one by one: there are few of them, and they may refer to each other.
    fn each<R: Rows>(&mut self, tx: &mut Tx, said: Vec<Said>) -> Result<Vec<Findings>, Error> {
        let mut all = vec![];
        for Said { code, body, told: mut findings, .. } in said {
            let noted = tx.noted();
            let written = match R::change(tx, code, body, &Precondition::default()) {
                Err(Error::NotFound(..)) => R::replace(tx, code, body, &Precondition::default()),
                written => written,
            };
            match written {
                Ok(written) => {
                    findings.warnings = written.warnings;
                    let same = (!written.created).then(|| tx.noted() == noted);
                    self.count([(R::RESOURCE, Outcome::of(same))]);
                }
                Err(Error::Invalid(errors)) => {
                    let new = errors.into_iter().filter(|error| !is_told(error, &findings)).collect::<Vec<_>>();
                    findings.errors.extend(new);
                }
                Err(error @ (Error::Taken(_) | Error::MemberTaken(..) | Error::InUse(_))) => {
                    conflict(&error, &mut findings)
                }
                Err(error) => return Err(error),
            }
            all.push(findings);
        }
        Ok(all)
    }
}

/// Whether an error only says again what was refused already: that its member is wrong, or not there.
fn is_told(error: &Finding, told: &Findings) -> bool {
    let missing = error.value.as_ref().and_then(Value::as_str).filter(|_| error.code == "missing");
    let pointer = missing.map(|member| format!("/{member}")).or_else(|| error.pointer.clone());
    pointer.is_some_and(|pointer| told.wrong_at(&pointer))
}

/// In a sheet a conflict is one of the errors.
fn conflict(error: &Error, findings: &mut Findings) {
    let code = if matches!(error, Error::InUse(_)) { "in_use" } else { "already_exists" };
    let pointer = if let Error::MemberTaken(member, _) = error { format!("/{member}") } else { String::new() };
    findings.error(pointer, code, None, error.to_string());
}
