//! An import taken back: what it created goes, what it changed is as it was before, as long as nobody has changed it since.

use std::collections::HashMap;

use diesel::prelude::*;
use serde_json::Value;

use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::history;
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::batch::BatchBody;
use crate::domain::figure::Figure;
use crate::domain::findings::Findings;
use crate::domain::homecoming::ReturnBody;
use crate::domain::words::{Action, Word as _};
use crate::error::Error;
use crate::store::figures::{self, Mode, Owner};
use crate::store::history::creations::{self, Run};
use crate::store::history::untouched;
use crate::store::known::{Codes, Known};
use crate::store::writes::Writes;
use crate::store::{
    Agreements, Locations, Precondition, Rows, Sources, Tx, agreements, batches, movements, returns, rows,
};

/// How many entries are read at once.
const CHUNK: i64 = 5_000;
/// How many wholes that an import created are taken back together.
const MANY: i64 = 1_000;
/// How many rows that stand against it are named.
const NAMED: usize = 20;

/// What an import did to one row.
struct Entry {
    /// Its place among the entries of the import.
    n: i32,
    resource: Resource,
    code: String,
    revision: i32,
    /// The row's own fields before; nothing for one that it created.
    before: Option<Value>,
    /// What a figure is about.
    about: Option<String>,
    /// Whether the row's own fields were changed, and not only a part of it.
    changed: bool,
}

impl Entry {
    /// A row that it created and that nobody has changed since.
    fn created(n: i32, resource: Resource, code: String, about: Option<String>) -> Self {
        Self { n, resource, code, revision: 1, before: None, about, changed: true }
    }
}

/// What an import did to one whole and its parts.
struct Group {
    whole: Entry,
    parts: Vec<Entry>,
}

/// Rows that somebody has changed since.
#[derive(Default)]
struct Since {
    named: Vec<String>,
    total: usize,
}

impl Since {
    fn check(&mut self, entry: &Entry, now: Option<i32>) {
        let changed = entry.before.is_none() || entry.changed;
        if changed && now != Some(entry.revision) {
            self.add(entry.resource, &entry.code);
        }
    }

    fn add(&mut self, resource: Resource, code: &str) {
        self.total += 1;
        if self.named.len() < NAMED {
            self.named.push(format!("{} {code}", resource.singular()));
        }
    }
}

/// Takes back what a write did. What it did to rows that others have changed since is said, and nothing is taken back.
pub fn undo(tx: &mut Tx, write: i64) -> Result<(), Error> {
    let mut since = Since::default();
    let mut known = Known::default();
    let runs = creations::by(tx.conn, write)?;
    changed_since(tx, write, &runs, &mut since)?;
    let mut alone = vec![];
    for run in &runs {
        for ids in chunks(run) {
            created(tx, &mut known, write, run, ids, &mut alone, &mut since)?;
        }
    }
    let mut groups: Vec<Group> = vec![];
    let mut next = 0;
    loop {
        let entries = read(tx.conn, write, next)?;
        let last = entries.len() < usize::try_from(CHUNK).unwrap_or_default();
        next = entries.last().map_or(next, |entry| entry.n + 1);
        for entry in entries {
            if entry.before.is_none() && is_in(&runs, entry.n) {
                // Written down by the undoing itself, a moment ago.
                continue;
            }
            match entry.resource {
                Resource::Movements | Resource::Figures => match groups.last_mut() {
                    Some(group) => group.parts.push(entry),
                    None => return Err(Error::Internal(format!("write {write} begins with a part"))),
                },
                Resource::Locations | Resource::Sources => alone.push(entry),
                // A row of a sheet of agreements, and not the whole that figures are on.
                Resource::Agreements if entry.changed || entry.before.is_none() => alone.push(entry),
                Resource::Agreements | Resource::Batches | Resource::Returns => {
                    groups.push(Group { whole: entry, parts: vec![] });
                }
            }
        }
        // What is read of the last group may go on in the next chunk.
        let open = if last { None } else { groups.pop() };
        take_back(tx, &mut known, write, std::mem::take(&mut groups), &mut since)?;
        groups.extend(open);
        tx.dry |= since.total > 0;
        tx.flush()?;
        if last {
            break;
        }
    }
    // What others refer to goes last, and the newest first.
    alone.sort_by_key(|entry| entry.n);
    for entry in alone.iter().rev() {
        match entry.resource {
            Resource::Locations => row::<Locations>(tx, entry, &mut since)?,
            Resource::Sources => row::<Sources>(tx, entry, &mut since)?,
            _ => row::<Agreements>(tx, entry, &mut since)?,
        }
    }
    if since.total == 0 { Ok(()) } else { Err(Error::ChangedSince(since.named, since.total)) }
}

/// Says which rows of the runs somebody has changed: then their entries were written down.
fn changed_since(tx: &mut Tx, write: i64, runs: &[Run], since: &mut Since) -> Result<(), Error> {
    let created: Vec<(i32, String, String)> = history::table
        .filter(history::write_id.eq(write))
        .filter(history::action.eq(Word(Action::Create)))
        .order(history::n)
        .select((history::n, history::resource, history::code))
        .load(tx.conn)?;
    for (_, resource, code) in created.iter().filter(|(n, ..)| is_in(runs, *n)) {
        let resource = Resource::parse(resource).ok_or_else(|| Error::Internal(format!("history of {resource}")))?;
        since.add(resource, code);
    }
    tx.dry |= since.total > 0;
    Ok(())
}

/// The keys of a run, some at a time: first and last.
fn chunks(run: &Run) -> impl Iterator<Item = (i64, i64)> {
    let last = run.last_id;
    let firsts = std::iter::successors(Some(run.first_id), |first| Some(first + MANY));
    firsts.take_while(move |first| *first <= last).map(move |first| (first, last.min(first + MANY - 1)))
}

/// Whether a place among the entries of a write is that of a row in one of its runs.
fn is_in(runs: &[Run], n: i32) -> bool {
    let after = runs.partition_point(|run| run.first_n <= n);
    after.checked_sub(1).is_some_and(|at| n <= runs[at].n(runs[at].last_id))
}

/// Takes back rows that came with the import and that nobody has changed since: parts go with their wholes, and what others refer to
/// waits until the end.
fn created(
    tx: &mut Tx,
    known: &mut Known,
    write: i64,
    run: &Run,
    (first, last): (i64, i64),
    alone: &mut Vec<Entry>,
    since: &mut Since,
) -> Result<(), Error> {
    let resource = Resource::parse(&run.resource);
    let resource = resource.ok_or_else(|| Error::Internal(format!("creations of {}", run.resource)))?;
    if matches!(resource, Resource::Movements | Resource::Figures) {
        return Ok(());
    }
    let of_run = Condition::sql("id BETWEEN ").key(first).then(" AND ").key(last);
    let rows = untouched(tx.conn, resource, of_run)?;
    let entries = rows.into_iter().map(|row| Entry::created(run.n(row.id), resource, row.code, None));
    if matches!(resource, Resource::Locations | Resource::Sources | Resource::Agreements) {
        alone.extend(entries);
        return Ok(());
    }
    let groups = entries.map(|whole| Group { whole, parts: vec![] }).collect();
    take_back(tx, known, write, groups, since)?;
    tx.dry |= since.total > 0;
    tx.flush()
}

fn read(conn: &mut Conn, write: i64, from: i32) -> Result<Vec<Entry>, Error> {
    type Row = ((i32, String), String, Word<Action>, i32, Option<String>, Option<String>);
    let rows: Vec<Row> = history::table
        .filter(history::write_id.eq(write))
        .filter(history::n.ge(from))
        .order(history::n)
        .limit(CHUNK)
        .select((
            (history::n, history::resource),
            history::code,
            history::action,
            history::revision,
            history::before,
            history::after,
        ))
        .load(conn)?;
    let json = |text: &Option<String>| -> Result<Option<Value>, Error> {
        let read = |text: &String| serde_json::from_str(text).map_err(|error| Error::Internal(error.to_string()));
        text.as_ref().map(read).transpose()
    };
    let entry = |((n, resource), code, action, revision, before, after): Row| {
        let resource = Resource::parse(&resource).ok_or_else(|| Error::Internal(format!("history of {resource}")))?;
        let changed = before != after;
        let (before, after) = (json(&before)?.filter(|_| action.0 != Action::Create), json(&after)?);
        let about = after.as_ref().and_then(|after| {
            let subject = |member| after.get(member).and_then(Value::as_str).map(str::to_owned);
            ["movement", "return", "batch", "agreement"].into_iter().find_map(subject)
        });
        Ok(Entry { n, resource, code, revision, before, about, changed })
    };
    rows.into_iter().map(entry).collect()
}

fn row<R: Rows>(tx: &mut Tx, entry: &Entry, since: &mut Since) -> Result<(), Error> {
    let now = R::single(tx.conn, crate::store::INSIDE, &entry.code)?.map(|(_, revision)| revision);
    since.check(entry, now);
    if since.total > 0 {
        return Ok(());
    }
    let done = match &entry.before {
        None => R::delete(tx, &entry.code, &Precondition::default()),
        Some(before) => R::replace(tx, &entry.code, before, &Precondition::default()).map(|_| ()),
    };
    match done {
        // Somebody refers to it now, or it does not fit any more: that has come since.
        Err(Error::InUse(_) | Error::Taken(_) | Error::Invalid(_)) => {
            since.add(entry.resource, &entry.code);
            Ok(())
        }
        done => done,
    }
}

fn take_back(tx: &mut Tx, known: &mut Known, write: i64, groups: Vec<Group>, since: &mut Since) -> Result<(), Error> {
    let codes = |resource| -> Vec<&str> {
        let of_it = groups.iter().filter(|group| group.whole.resource == resource);
        of_it.map(|group| group.whole.code.as_str()).collect()
    };
    let mut batches = batches::hold(tx, known, &codes(Resource::Batches))?;
    let mut returns = returns::hold(tx, known, &codes(Resource::Returns))?;
    let mut agreements = agreements::hold(tx, known, &codes(Resource::Agreements))?;
    let mut parts: Vec<Part> = vec![];
    for Group { whole, .. } in groups.iter().filter(|group| group.whole.before.is_some()) {
        let code = whole.code.as_str();
        match whole.resource {
            Resource::Batches => parts.extend(batches.get(code).into_iter().flat_map(|it| parts_of_batch(whole, it))),
            Resource::Returns => {
                parts.extend(returns.get(code).into_iter().flat_map(|it| on(whole, code, &it.figures)))
            }
            _ => parts.extend(agreements.get(code).into_iter().flat_map(|it| on(whole, code, &it.figures))),
        }
    }
    let origins = creations::of(tx.conn, parts.iter().map(|part| (part.entry.resource, part.id)))?;
    let mut came: HashMap<(Resource, String), Vec<Entry>> = HashMap::new();
    for Part { id, whole, entry } in parts {
        if origins.get(&(entry.resource, id)).is_some_and(|(origin, _)| *origin == write) {
            came.entry(whole).or_default().push(entry);
        }
    }
    let mut writes = Writes::default();
    for mut group in groups {
        let whole = (group.whole.resource, group.whole.code.clone());
        group.parts.extend(came.remove(&whole).unwrap_or_default());
        let code = whole.1.as_str();
        match group.whole.resource {
            Resource::Batches => match batches.remove(code) {
                Some(standing) => batch(tx, known, &group, standing, since, &mut writes)?,
                None => since.add(Resource::Batches, code),
            },
            Resource::Returns => match returns.remove(code) {
                Some(standing) => homecoming(tx, known, &group, standing, since, &mut writes)?,
                None => since.add(Resource::Returns, code),
            },
            _ => match agreements.remove(code) {
                Some(standing) => totals(tx, known, &group, standing, since, &mut writes)?,
                None => since.add(Resource::Agreements, code),
            },
        }
    }
    known.names.forget_subjects();
    if since.total > 0 { Ok(()) } else { writes.execute(tx.conn) }
}

/// A part that nobody has changed since it was created.
struct Part {
    id: i64,
    /// Its batch, return or agreement.
    whole: (Resource, String),
    entry: Entry,
}

/// The figures about one thing that nobody has changed since they were created.
fn on(whole: &Entry, about: &str, figures: &[figures::Row]) -> Vec<Part> {
    let first = figures.iter().filter(|row| row.revision == 1);
    let part = |row: &figures::Row| {
        let entry = Entry::created(0, Resource::Figures, row.code.clone(), Some(about.to_owned()));
        Part { id: row.id, whole: (whole.resource, whole.code.clone()), entry }
    };
    first.map(part).collect()
}

/// The movements and figures of a batch that nobody has changed since they were created.
fn parts_of_batch(whole: &Entry, standing: &batches::Standing) -> Vec<Part> {
    let mut parts = on(whole, &whole.code, &standing.figures);
    for part in &standing.movements {
        if part.row.revision == 1 {
            let entry = Entry::created(0, Resource::Movements, part.row.code.clone(), None);
            parts.push(Part { id: part.row.id, whole: (whole.resource, whole.code.clone()), entry });
        }
        parts.extend(on(whole, &part.row.code, &part.figures));
    }
    parts
}

/// What was done to the figures about one thing.
fn of<'g>(group: &'g Group, about: &str) -> Vec<&'g Entry> {
    let figures = group.parts.iter().filter(|entry| entry.resource == Resource::Figures);
    figures.filter(|entry| entry.about.as_deref() == Some(about)).collect()
}

/// Plans the figures about one thing as they were: those that came go, those that changed change back.
fn figures_before(
    tx: &mut Tx,
    known: &mut Known,
    owner: &Owner,
    standing: Vec<figures::Row>,
    entries: &[&Entry],
    since: &mut Since,
) -> Result<figures::Plan, Error> {
    let now: HashMap<&str, i32> = standing.iter().map(|row| (row.code.as_str(), row.revision)).collect();
    for entry in entries {
        since.check(entry, now.get(entry.code.as_str()).copied());
    }
    let mut findings = Findings::default();
    let before = entries.iter().filter_map(|entry| entry.before.as_ref());
    let read = |body: &Value| rows::read(body, &mut findings, &[], Figure::read);
    let before: Vec<Figure> = before.map(read).collect::<Result<_, _>>()?;
    let mut codes = Codes::default();
    before.iter().for_each(|figure| codes.figure(figure));
    known.learn(tx.conn, &codes)?;
    let created: Vec<&str> =
        entries.iter().filter(|entry| entry.before.is_none()).map(|entry| entry.code.as_str()).collect();
    let (gone, kept): (Vec<_>, Vec<_>) = standing.into_iter().partition(|row| created.contains(&row.code.as_str()));
    let sent = before.into_iter().map(|figure| (String::new(), figure)).collect();
    let plan = figures::plan(tx, known, owner, kept, sent, Mode::Edit, &mut findings)?;
    rows::refuse_if_wrong(&findings)?;
    Ok(plan.and_drop(gone))
}

fn batch(
    tx: &mut Tx,
    known: &mut Known,
    group: &Group,
    standing: batches::Standing,
    since: &mut Since,
    writes: &mut Writes,
) -> Result<(), Error> {
    since.check(&group.whole, Some(standing.row.revision));
    if group.whole.before.is_none() {
        // Nobody has changed it since, so all its parts came with it.
        if let Some(part) = standing.movements.iter().find(|part| part.used().is_some()) {
            since.add(Resource::Movements, &part.row.code);
        }
        return batches::settle_gone(tx, known, standing, writes);
    }
    let on_batch = of(group, &group.whole.code);
    let mut plan = batches::Plan::keeping(standing);
    let changed = group.whole.before.as_ref().filter(|_| group.whole.changed);
    if let Some(before) = changed {
        plan = own_before(tx, known, plan, before, since)?;
    }
    let code = plan.batch.code.clone();
    if !on_batch.is_empty() {
        let owner = Owner { member: "batch", code: &code };
        let standing = std::mem::replace(&mut plan.figures, figures::Plan::keeping(vec![])).into_standing();
        plan.figures = figures_before(tx, known, &owner, standing, &on_batch, since)?;
    }
    for entry in group.parts.iter().filter(|entry| entry.resource == Resource::Movements) {
        let Some(mut part) = plan.take(&entry.code) else {
            since.add(entry.resource, &entry.code);
            continue;
        };
        since.check(entry, Some(part.row.revision));
        let Some(before) = &entry.before else {
            if part.used().is_some() {
                since.add(entry.resource, &entry.code);
            }
            plan.dropped.push(part);
            continue;
        };
        let owner = Owner { member: "movement", code: &entry.code };
        let figures = std::mem::take(&mut part.figures);
        let figures = figures_before(tx, known, &owner, figures, &of(group, &entry.code), since)?;
        let mut findings = Findings::default();
        let today = tx.today();
        let body = rows::read(before, &mut findings, &[], |fields| {
            crate::domain::movement::MovementBody::read(fields, today)
        })?;
        rows::refuse_if_wrong(&findings)?;
        let mut planned = movements::Plan::of_figures(part, figures, String::new());
        planned.movement = body.movement;
        plan.movements.push(planned);
    }
    batches::settle(tx, known, vec![(plan, Findings::default())], writes).map(|_| ())
}

/// A batch whose own fields are as they were, and whose parts stay.
fn own_before(
    tx: &mut Tx,
    known: &mut Known,
    plan: batches::Plan,
    before: &Value,
    since: &mut Since,
) -> Result<batches::Plan, Error> {
    let mut findings = Findings::default();
    let today = tx.today();
    let body = rows::read(before, &mut findings, &[], |fields| BatchBody::read(fields, today))?;
    let mut codes = Codes::default();
    batches::codes(&body, None, &mut codes);
    known.learn(tx.conn, &codes)?;
    let (code, standing) = (plan.batch.code.clone(), plan.into_standing());
    let Some(standing) = standing else { return Err(Error::Internal(format!("batch {code} has no row"))) };
    let planned = batches::plan(tx, known, Some(standing), false, Mode::Edit, body, None, &mut findings)?;
    match planned {
        Some(plan) if findings.errors.is_empty() => Ok(plan),
        // What has come since does not fit what was before.
        _ => {
            since.add(Resource::Batches, &code);
            Err(Error::ChangedSince(since.named.clone(), since.total))
        }
    }
}

fn homecoming(
    tx: &mut Tx,
    known: &mut Known,
    group: &Group,
    mut standing: returns::Standing,
    since: &mut Since,
    writes: &mut Writes,
) -> Result<(), Error> {
    since.check(&group.whole, Some(standing.row.revision));
    let Some(before) = &group.whole.before else {
        return returns::settle_gone(tx, known, standing, writes);
    };
    let mut findings = Findings::default();
    let today = tx.today();
    let body = rows::read(before, &mut findings, &[], |fields| ReturnBody::read(fields, today))?;
    let mut out = returns::outbound(tx, &[body.homecoming.movement.as_deref()])?;
    let mut codes = Codes::default();
    returns::codes(&body, &mut codes);
    known.learn(tx.conn, &codes)?;
    let owner = Owner { member: "return", code: &group.whole.code };
    let figures = std::mem::take(&mut standing.figures);
    let entries = of(group, &group.whole.code);
    let figures = figures_before(tx, known, &owner, figures, &entries, since)?;
    let planned = returns::plan(tx, known, &out, Some(standing), false, Mode::Edit, body, &mut findings)?;
    let Some(mut plan) = planned.filter(|_| findings.errors.is_empty()) else {
        since.add(Resource::Returns, &group.whole.code);
        return Ok(());
    };
    plan.figures = figures;
    returns::settle(tx, known, &mut out, vec![(plan, findings)], "", writes).map(|_| ())
}

fn totals(
    tx: &mut Tx,
    known: &mut Known,
    group: &Group,
    mut standing: agreements::Standing,
    since: &mut Since,
    writes: &mut Writes,
) -> Result<(), Error> {
    let owner = Owner { member: "agreement", code: &group.whole.code };
    let figures = std::mem::take(&mut standing.figures);
    let figures = figures_before(tx, known, &owner, figures, &of(group, &group.whole.code), since)?;
    let plan = agreements::Plan { row: standing.row, own: standing.own, figures };
    agreements::settle(tx, known, vec![(plan, Findings::default())], writes).map(|_| ())
}
