//! Figures as the paths below `/v1/figures` offer them.

use chrono::NaiveDate;
use diesel::prelude::*;
use serde_json::{Value, json};

use super::{Figure, FigureView, Mode, Owner, Row, Subject, delete, names, plan};
use crate::db::dialect::{Lock, lock};
use crate::db::page::{Page, PageRequest, Position, SortBy};
use crate::db::schema::figures;
use crate::db::{Backend, Conn};
use crate::domain::Resource;
use crate::domain::access::Viewer;
use crate::domain::batch::check_departed;
use crate::domain::figure::READ_ONLY;
use crate::domain::findings::Findings;
use crate::domain::homecoming::check_returned;
use crate::domain::period::Span;
use crate::domain::words::{FigureRole, Quantifier, Scope, Stage};
use crate::error::Error;
use crate::store::rows::SAMPLE_TIME;
use crate::store::{
    Filter, Precondition, Reading, Rows, Tx, Written, agreements, batches, filter, movements, returns, rows,
};

/// The resource `figures`.
pub struct Figures;

/// What a figure is about: its key, its member and code, and the period that dates it.
struct About {
    subject: Subject,
    member: &'static str,
    code: String,
    span: Option<Span>,
}

fn find(conn: &mut Conn, code: &str) -> Result<Option<Row>, Error> {
    Ok(figures::table.filter(figures::code.eq(code)).first(conn).optional()?)
}

impl Row {
    fn subject(&self) -> Subject {
        match (self.movement_id, self.return_id, self.batch_id, self.agreement_id) {
            (Some(key), ..) => Subject::Movement(key),
            (_, Some(key), ..) => Subject::Return(key),
            (_, _, Some(key), _) => Subject::Batch(key),
            (.., key) => Subject::Agreement(key.unwrap_or_default()),
        }
    }
}

fn own(conn: &mut Conn, row: &Row) -> Result<Figure, Error> {
    let names = names(conn, crate::store::INSIDE, std::slice::from_ref(row))?;
    Ok(row.own(&names))
}

/// Waits for whoever writes what the figure is about.
fn lock_subject(conn: &mut Conn, subject: Subject) -> Result<(), Error> {
    let root = match subject {
        Subject::Movement(key) => Lock::Batch(movements::by_id(conn, key)?.batch_id),
        Subject::Return(key) => Lock::Return(key),
        Subject::Batch(key) => Lock::Batch(key),
        Subject::Agreement(key) => Lock::Agreement(key),
    };
    Ok(lock(conn, root)?)
}

/// Finds what a new figure says that it is about: exactly one thing.
fn about(tx: &mut Tx, figure: &Figure, findings: &mut Findings) -> Result<Option<About>, Error> {
    let members = [
        ("movement", &figure.movement, Resource::Movements),
        ("return", &figure.homecoming, Resource::Returns),
        ("batch", &figure.batch, Resource::Batches),
        ("agreement", &figure.agreement, Resource::Agreements),
    ];
    let given: Vec<_> =
        members.iter().filter_map(|(member, code, resource)| Some((*member, code.as_ref()?, *resource))).collect();
    let [(member, code, resource)] = given[..] else {
        let wrong = members.iter().any(|(member, ..)| findings.wrong_at(&format!("/{member}")));
        if !wrong {
            let message = "A figure is about exactly one `movement`, `return`, `batch` or `agreement`.".to_owned();
            let pointer = given.last().map(|(member, ..)| format!("/{member}")).unwrap_or_default();
            findings.error(pointer, "subject", None, message);
        }
        return Ok(None);
    };
    let id = crate::store::references::id_for(tx.conn, Viewer::Editor, resource, code)?;
    let Some(id) = id else {
        rows::unknown_reference(tx, resource, &format!("/{member}"), code, findings)?;
        return Ok(None);
    };
    let subject = match resource {
        Resource::Movements => Subject::Movement(id),
        Resource::Returns => Subject::Return(id),
        Resource::Batches => Subject::Batch(id),
        _ => Subject::Agreement(id),
    };
    lock_subject(tx.conn, subject)?;
    Ok(Some(About { subject, member, code: code.clone(), span: None }))
}

/// The rules between a figure and what it is about, and the period that dates it.
fn check(tx: &mut Tx, about: &mut About, figure: &Figure, findings: &mut Findings) -> Result<(), Error> {
    match about.subject {
        Subject::Movement(_) | Subject::Batch(_) => {
            let id = match about.subject {
                Subject::Movement(key) => movements::by_id(tx.conn, key)?.batch_id,
                Subject::Batch(key) | Subject::Return(key) | Subject::Agreement(key) => key,
            };
            let code = batches::code(tx.conn, id)?;
            let row = batches::find(tx.conn, &code)?;
            if let Some(row) = row {
                let batch = batches::own(tx.conn, &row)?;
                check_departed(&batch, figure, "", findings);
                about.span = batch.span();
            }
        }
        Subject::Return(_) => {
            if let Some(row) = returns::find(tx.conn, &about.code)? {
                let homecoming = returns::own(tx.conn, &row)?;
                check_returned(&homecoming, figure, "", findings);
                about.span = homecoming.span();
            }
        }
        Subject::Agreement(_) => {
            about.span = agreements::subject(tx, &about.code)?.and_then(|(_, span)| span);
        }
    }
    Ok(())
}

fn settle(tx: &mut Tx, subject: Subject) -> Result<(), Error> {
    match subject {
        Subject::Movement(key) => movements::settle(tx, key),
        Subject::Return(key) => returns::settle(tx, key),
        Subject::Batch(key) => batches::touch(tx, key),
        Subject::Agreement(key) => agreements::touch(tx, key),
    }
}

/// Creates the figure of a body, or creates or replaces the one of a code.
fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
    let mut findings = Findings::default();
    let mut figure = rows::read(body, &mut findings, READ_ONLY, Figure::read)?;
    if let Some(code) = code {
        rows::path_code(code, &mut figure.code, "", &mut findings);
    }
    let mut before = code.map(|code| find(tx.conn, code)).transpose()?.flatten();
    if let Some(row) = &before {
        lock_subject(tx.conn, row.subject())?;
        before = find(tx.conn, &row.code)?;
    }
    if code.is_some() {
        condition.check(before.as_ref().map(|row| row.revision))?;
    }
    let about = match &before {
        Some(row) => {
            let was = own(tx.conn, row)?;
            let subject = row.subject();
            let (member, code) = match subject {
                Subject::Movement(_) => ("movement", was.movement),
                Subject::Return(_) => ("return", was.homecoming),
                Subject::Batch(_) => ("batch", was.batch),
                Subject::Agreement(_) => ("agreement", was.agreement),
            };
            Some(About { subject, member, code: code.unwrap_or_default(), span: None })
        }
        None => about(tx, &figure, &mut findings)?,
    };
    let Some(mut about) = about else {
        // What else it refers to is looked at all the same, so that all is said at once.
        let member = if figure.destination.is_some() { "agreement" } else { "movement" };
        let owner = Owner { member, code: "", subject: None };
        let alone = Figure { movement: None, homecoming: None, batch: None, agreement: None, ..figure };
        plan(tx, &owner, vec![(String::new(), alone)], Mode::Add, &mut findings)?;
        return Err(Error::Invalid(findings.errors));
    };
    check(tx, &mut about, &figure, &mut findings)?;
    let mode = if before.is_some() { Mode::Edit } else { Mode::Add };
    let owner = Owner { member: about.member, code: &about.code, subject: Some(about.subject) };
    let plan = plan(tx, &owner, vec![(String::new(), figure)], mode, &mut findings)?;
    rows::refuse_if_wrong(&findings)?;
    plan.refuse_if_taken()?;
    let changes = plan.changes();
    let seen = before.clone().map(|row| shown(tx, row)).transpose()?;
    let codes = plan.apply(tx, about.subject, about.span)?;
    // A figure that was demoted comes before the one that was sent: the last code is the one asked for, or its own.
    let code = code.map(str::to_owned).or(codes.last().cloned()).unwrap_or_default();
    if changes {
        settle(tx, about.subject)?;
    }
    let movement = match about.subject {
        Subject::Movement(key) => Some(key),
        Subject::Return(_) => returns::movement(tx.conn, &about.code)?,
        Subject::Batch(_) | Subject::Agreement(_) => None,
    };
    if let Some(movement) = movement
        && let Some(message) = movements::over_return(tx.conn, movement)?
    {
        findings.warn("/individuals", "over_return", message);
    }
    let row = match seen {
        Some(seen) => seen,
        None => match find(tx.conn, &code)? {
            Some(row) => shown(tx, row)?,
            None => Value::Null,
        },
    };
    findings.warnings.extend(rows::read_only_warnings(body, &row, READ_ONLY));
    Ok(Written { code, created: before.is_none(), warnings: findings.warnings })
}

fn shown(tx: &mut Tx, row: Row) -> Result<Value, Error> {
    let names = names(tx.conn, crate::store::INSIDE, std::slice::from_ref(&row))?;
    Ok(serde_json::to_value(row.view(crate::store::INSIDE, &names)).unwrap_or_default())
}

impl Rows for Figures {
    const RESOURCE: Resource = Resource::Figures;
    type Row = FigureView;
    type Single = FigureView;
    type Body = Figure;

    fn page(conn: &mut Conn, who: Reading, filter: &Filter, request: &PageRequest) -> Result<Page<FigureView>, Error> {
        let resolved = filter::resolve(conn, who, filter)?;
        let rows: Vec<Row> = figures::table
            .into_boxed::<Backend>()
            .filter(filter::figures(&resolved, who.viewer))
            .filter(rows::after(request, "dated_on"))
            .order(rows::order(request, "dated_on"))
            .limit(rows::fetch(request))
            .load(conn)?;
        let page = Page::of(rows, request, |row| Position {
            date: row.dated_on.filter(|_| request.sort.by == SortBy::Date),
            time: (request.sort.by == SortBy::UpdatedAt).then_some(row.updated_at),
            code: row.code.clone(),
        });
        page.map(|rows| {
            let names = names(conn, who, &rows)?;
            Ok(rows.into_iter().map(|row| row.view(who, &names)).collect())
        })
    }

    fn count(conn: &mut Conn, who: Reading, filter: &Filter) -> Result<i64, Error> {
        let resolved = filter::resolve(conn, who, filter)?;
        Ok(figures::table.filter(filter::figures(&resolved, who.viewer)).count().get_result(conn)?)
    }

    fn single(conn: &mut Conn, who: Reading, code: &str) -> Result<Option<(FigureView, i32)>, Error> {
        let mine = filter::figures(&filter::Resolved::default(), who.viewer);
        let row: Option<Row> = figures::table.filter(mine).filter(figures::code.eq(code)).first(conn).optional()?;
        let Some(row) = row else { return Ok(None) };
        let revision = row.revision;
        let names = names(conn, who, std::slice::from_ref(&row))?;
        Ok(Some((row.view(who, &names), revision)))
    }

    fn create(tx: &mut Tx, body: &Value) -> Result<Written, Error> {
        put(tx, None, body, &Precondition::default())
    }

    fn replace(tx: &mut Tx, code: &str, body: &Value, condition: &Precondition) -> Result<Written, Error> {
        put(tx, Some(code), body, condition)
    }

    fn change(tx: &mut Tx, code: &str, patch: &Value, condition: &Precondition) -> Result<Written, Error> {
        let missing = || Error::NotFound(Self::RESOURCE, code.to_owned());
        let before = find(tx.conn, code)?.ok_or_else(missing)?;
        lock_subject(tx.conn, before.subject())?;
        let before = find(tx.conn, code)?.ok_or_else(missing)?;
        let mut own = serde_json::to_value(own(tx.conn, &before)?).unwrap_or_default();
        // A role that the patch does not speak of is kept, not asked for again.
        if let Some(own) = own.as_object_mut() {
            own.remove("role");
        }
        put(tx, Some(code), &rows::merged(&own, patch), condition)
    }

    fn delete(tx: &mut Tx, code: &str, condition: &Precondition) -> Result<(), Error> {
        let missing = || Error::NotFound(Self::RESOURCE, code.to_owned());
        let row = find(tx.conn, code)?.ok_or_else(missing)?;
        lock_subject(tx.conn, row.subject())?;
        let row = find(tx.conn, code)?.ok_or_else(missing)?;
        condition.check(Some(row.revision))?;
        delete(tx, std::slice::from_ref(&row))?;
        settle(tx, row.subject())
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
