//! Figures as the paths below `/v1/figures` offer them.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Figure, FigureView, Mode, Owner, Plan, Row, Subject, names, plan};
use crate::db::Conn;
use crate::db::schema::figures;
use crate::domain::Resource;
use crate::domain::batch::check_departed;
use crate::domain::figure::READ_ONLY;
use crate::domain::findings::Findings;
use crate::domain::homecoming::check_returned;
use crate::domain::words::{FigureRole, Quantifier, Scope, Stage};
use crate::error::Error;
use crate::store::known::{Codes, Known};
use crate::store::rows::{SAMPLE_TIME, listed, untouched};
use crate::store::writes::Writes;
use crate::store::{
    Filter, Precondition, Reading, Rows, Tx, Written, agreements, batches, filter, movements, returns, rows,
};

/// The resource `figures`.
pub struct Figures;

/// What a figure is about: the member that names it, and its code.
struct About {
    member: &'static str,
    code: String,
}

/// What a figure is about, with everything around it that a write to it may touch.
enum Whole {
    /// A batch as a whole.
    Batch(batches::Plan),
    /// A movement, and its batch without it.
    Movement(batches::Plan, Box<movements::Standing>),
    /// A return, and the movement that it names.
    Return(returns::Standing, returns::Outbound),
    /// An agreement.
    Agreement(agreements::Standing),
}

fn find(conn: &mut Conn, code: &str) -> Result<Option<Row>, Error> {
    Ok(figures::table.filter(figures::code.eq(code)).first(conn).optional()?)
}

impl About {
    /// What a figure says that it is about: exactly one thing.
    fn said(figure: &Figure, findings: &mut Findings) -> Option<Self> {
        let members = [
            ("movement", &figure.movement),
            ("return", &figure.homecoming),
            ("batch", &figure.batch),
            ("agreement", &figure.agreement),
        ];
        let given: Vec<_> = members.iter().filter_map(|(member, code)| Some((*member, code.as_ref()?))).collect();
        if let [(member, code)] = given[..] {
            return Some(Self { member, code: code.clone() });
        }
        let wrong = members.iter().any(|(member, _)| findings.wrong_at(&format!("/{member}")));
        if !wrong {
            let message = "A figure is about exactly one `movement`, `return`, `batch` or `agreement`.".to_owned();
            let pointer = given.last().map(|(member, _)| format!("/{member}")).unwrap_or_default();
            findings.error(pointer, "subject", None, message);
        }
        None
    }

    /// What a figure that is there is about.
    fn of(conn: &mut Conn, row: &Row) -> Result<Self, Error> {
        let names = names(conn, crate::store::INSIDE, std::slice::from_ref(row))?;
        let own = row.own(&names);
        let (member, code) = match row.subject() {
            Subject::Movement(_) => ("movement", own.movement),
            Subject::Return(_) => ("return", own.homecoming),
            Subject::Batch(_) => ("batch", own.batch),
            Subject::Agreement(_) => ("agreement", own.agreement),
        };
        Ok(Self { member, code: code.unwrap_or_default() })
    }

    /// Waits for whoever writes it, and looks at it.
    fn hold(&self, tx: &mut Tx, known: &mut Known) -> Result<Option<Whole>, Error> {
        let code = self.code.as_str();
        Ok(match self.member {
            "movement" => {
                let Some((batch, _)) = code.split_once('.') else { return Ok(None) };
                let standing = batches::hold(tx, known, &[batch])?.remove(batch);
                let batch = standing.map(batches::Plan::keeping);
                batch.and_then(|mut batch| batch.take(code).map(|part| Whole::Movement(batch, Box::new(part))))
            }
            "batch" => batches::hold(tx, known, &[code])?.remove(code).map(batches::Plan::keeping).map(Whole::Batch),
            "return" => {
                // The batch of its movement is locked before the return.
                let movement = returns::movement_of(tx.conn, code)?;
                let out = returns::outbound(tx, &[movement.as_deref()])?;
                returns::hold(tx, known, &[code])?.remove(code).map(|standing| Whole::Return(standing, out))
            }
            _ => agreements::hold(tx, known, &[code])?.remove(code).map(Whole::Agreement),
        })
    }

    fn resource(&self) -> Resource {
        match self.member {
            "movement" => Resource::Movements,
            "return" => Resource::Returns,
            "batch" => Resource::Batches,
            _ => Resource::Agreements,
        }
    }
}

impl Whole {
    /// Takes the figures about it, in recorded order.
    fn take_figures(&mut self) -> Vec<Row> {
        match self {
            Self::Batch(batch) => std::mem::replace(&mut batch.figures, Plan::keeping(vec![])).into_standing(),
            Self::Movement(_, part) => std::mem::take(&mut part.figures),
            Self::Return(standing, _) => std::mem::take(&mut standing.figures),
            Self::Agreement(standing) => std::mem::take(&mut standing.figures),
        }
    }

    /// The rules between it and a figure.
    fn check(&self, figure: &Figure, findings: &mut Findings) {
        match self {
            Self::Batch(batch) | Self::Movement(batch, _) => check_departed(&batch.batch, figure, "", findings),
            Self::Return(standing, _) => check_returned(&standing.own, figure, "", findings),
            Self::Agreement(_) => {}
        }
    }

    /// Does what is planned for its figures: the code of the figure that was sent, if one was.
    fn execute(
        self,
        tx: &mut Tx,
        known: &mut Known,
        figures: Plan,
        findings: Findings,
    ) -> Result<(Option<String>, Findings), Error> {
        let at = "/individuals";
        if let Some(taken) = figures.taken() {
            return Err(Error::Taken(taken.to_owned()));
        }
        let (sent, findings) = match self {
            Self::Batch(mut batch) => {
                batch.figures = figures;
                let (settled, findings) = batches::execute(tx, known, batch, findings)?;
                (settled.figures, findings)
            }
            Self::Movement(mut batch, part) => {
                batch.movements.push(movements::Plan::of_figures(*part, figures, at.to_owned()));
                let (settled, findings) = batches::execute(tx, known, batch, findings)?;
                (settled.figures, findings)
            }
            Self::Return(standing, mut out) => {
                let plan = returns::Plan::of_figures(standing, figures);
                let (settled, findings) = returns::execute(tx, known, &mut out, plan, findings, at)?;
                (settled.figures, findings)
            }
            Self::Agreement(standing) => {
                let plan = agreements::Plan { row: standing.row, own: standing.own, figures };
                let mut writes = Writes::default();
                let settled = agreements::settle(tx, known, vec![(plan, findings)], &mut writes)?.pop();
                writes.execute(tx.conn)?;
                settled.map(|(settled, findings)| (settled.figures, findings)).unwrap_or_default()
            }
        };
        Ok((sent.into_iter().next(), findings))
    }
}

/// Creates the figure of a body, or creates or replaces the one of a code.
fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
    let mut findings = Findings::default();
    let mut figure = rows::read(body, &mut findings, READ_ONLY, Figure::read)?;
    if let Some(code) = code {
        rows::path_code(code, &mut figure.code, "", &mut findings);
    }
    let mut known = Known::default();
    let mut codes = Codes::default();
    codes.figure(&figure);
    known.learn(tx.conn, &codes)?;
    let there = code.map(|code| find(tx.conn, code)).transpose()?.flatten();
    let about = match &there {
        Some(row) => Some(About::of(tx.conn, row)?),
        None => About::said(&figure, &mut findings),
    };
    let whole = about.as_ref().map(|about| about.hold(tx, &mut known)).transpose()?.flatten();
    let (Some(about), Some(mut whole)) = (&about, whole) else {
        condition.check(None)?;
        if let Some(about) = &about {
            rows::unknown_reference(tx, about.resource(), &format!("/{}", about.member), &about.code, &mut findings)?;
        }
        // What else it refers to is looked at all the same, so that all is said at once.
        let member = if figure.destination.is_some() { "agreement" } else { "movement" };
        let owner = Owner { member, code: "" };
        let alone = Figure { movement: None, homecoming: None, batch: None, agreement: None, ..figure };
        plan(tx, &mut known, &owner, vec![], vec![(String::new(), alone)], Mode::Add, &mut findings)?;
        return Err(Error::Invalid(findings.errors));
    };
    let existing = whole.take_figures();
    let before = code.and_then(|code| existing.iter().find(|row| row.code == code)).cloned();
    if code.is_some() {
        condition.check(before.as_ref().map(|row| row.revision))?;
    }
    whole.check(&figure, &mut findings);
    let mode = if before.is_some() { Mode::Edit } else { Mode::Add };
    let owner = Owner { member: about.member, code: &about.code };
    let plan = plan(tx, &mut known, &owner, existing, vec![(String::new(), figure)], mode, &mut findings)?;
    rows::refuse_if_wrong(&findings)?;
    let (sent, findings) = whole.execute(tx, &mut known, plan, findings)?;
    let code = code.map(str::to_owned).or(sent).unwrap_or_default();
    Ok(Written { code, created: before.is_none(), warnings: findings.warnings })
}

/// A figure that is there, what it is about, and the other figures about that.
fn held(tx: &mut Tx, known: &mut Known, code: &str) -> Result<(Row, Whole, Vec<Row>), Error> {
    let missing = || Error::NotFound(Resource::Figures, code.to_owned());
    let row = find(tx.conn, code)?.ok_or_else(missing)?;
    let mut whole = About::of(tx.conn, &row)?.hold(tx, known)?.ok_or_else(missing)?;
    let existing = whole.take_figures();
    let row = existing.iter().find(|row| row.code == code).cloned().ok_or_else(missing)?;
    Ok((row, whole, existing))
}

impl Rows for Figures {
    const RESOURCE: Resource = Resource::Figures;
    type Row = FigureView;
    type Single = FigureView;
    type Body = Figure;

    listed!(figures by "dated_on", |row: &Row| row.dated_on, filter::figures, |conn, who, rows: Vec<Row>| {
        let names = names(conn, who, &rows)?;
        Ok(rows.into_iter().map(|row| row.view(who, &names)).collect())
    });

    fn single(conn: &mut Conn, who: Reading, code: &str) -> Result<Option<(FigureView, i32)>, Error> {
        let mine = filter::figures(&filter::Resolved::default(), who.viewer).check();
        let row: Option<Row> = figures::table.filter(mine).filter(figures::code.eq(code)).first(conn).optional()?;
        let Some(row) = row else { return Ok(None) };
        let revision = row.revision;
        let names = names(conn, who, std::slice::from_ref(&row))?;
        Ok(Some((row.view(who, &names), revision)))
    }

    untouched!(figures, |conn: &mut Conn, rows: &[Row]| {
        let names = names(conn, crate::store::INSIDE, rows)?;
        Ok::<_, Error>(rows.iter().map(|row| row.own(&names)).collect())
    });

    fn held(tx: &mut Tx, code: &str) -> Result<Value, Error> {
        let mut known = Known::default();
        let (row, ..) = held(tx, &mut known, code)?;
        let mut own = serde_json::to_value(row.own(&known.names)).unwrap_or_default();
        // A role that the patch does not speak of is kept, not asked for again.
        if let Some(own) = own.as_object_mut() {
            own.remove("role");
        }
        Ok(own)
    }

    fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
        put(tx, code, body, condition)
    }

    fn delete(tx: &mut Tx, code: &str, condition: &Precondition) -> Result<(), Error> {
        let mut known = Known::default();
        let (row, whole, existing) = held(tx, &mut known, code)?;
        condition.check(Some(row.revision))?;
        whole.execute(tx, &mut known, Plan::dropping(existing, code), Findings::default()).map(|_| ())
    }

    fn sample() -> FigureView {
        FigureView {
            code: "0197a2b0-0000-7000-8000-000000000001".to_owned(),
            movement: Some("al-waer-01.SY0208".to_owned()),
            homecoming: None,
            batch: None,
            agreement: None,
            agreement_name: None,
            stage: Stage::Departed,
            role: Some(FigureRole::Recommended),
            scope: Scope::Whole,
            source: Some("syrian-voice".to_owned()),
            source_name: Some("Syrian Voice".to_owned()),
            url: Some("http://syrianvoice.org/archives/2173".to_owned()),
            title: None,
            reported_on: NaiveDate::from_ymd_opt(2017, 3, 19),
            as_of: None,
            excerpt: None,
            term_as_reported: None,
            place_as_reported: None,
            notes: None,
            destination: None,
            destination_name: None,
            households: None,
            households_quantifier: None,
            households_high: None,
            individuals: Some(1354),
            individuals_quantifier: Some(Quantifier::Exact),
            individuals_high: None,
            men: None,
            women: Some(412),
            children: Some(519),
            infants: None,
            civilians: None,
            fighters: None,
            revision: 1,
            created_at: SAMPLE_TIME,
            updated_at: SAMPLE_TIME,
        }
    }

    fn sample_single() -> FigureView {
        Self::sample()
    }

    fn sample_body() -> Value {
        json!({
            "movement": "al-waer-01.SY0208", "stage": "departed", "source": "syrian-voice",
            "individuals": 1354, "women": 412, "children": 519,
        })
    }
}
