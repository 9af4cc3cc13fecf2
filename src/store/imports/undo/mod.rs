//! An import taken back: what it created goes, what it changed is as it was before, as long as nobody has changed it since.

mod entries;
mod wholes;

use std::collections::HashMap;

use super::Tx;
use crate::db::dialect::Condition;
use crate::domain::Resource;
use crate::domain::words::Word as _;
use crate::error::Error;
use crate::store::history::creations::{self, Run};
use crate::store::history::untouched;
use crate::store::known::Known;
use crate::store::writes::Writes;
use crate::store::{Agreements, Locations, Precondition, Rows, Sources, agreements, batches, returns};
use entries::{CHUNK, Entry, Group, Part, Since, changed_since, chunks, is_in, on, parts_of_batch, read};

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
        Err(Error::InUse(_) | Error::Taken(_) | Error::MemberTaken(..) | Error::Invalid(_)) => {
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
                Some(standing) => wholes::batch(tx, known, &group, standing, since, &mut writes)?,
                None => since.add(Resource::Batches, code),
            },
            Resource::Returns => match returns.remove(code) {
                Some(standing) => wholes::homecoming(tx, known, &group, standing, since, &mut writes)?,
                None => since.add(Resource::Returns, code),
            },
            _ => match agreements.remove(code) {
                Some(standing) => wholes::totals(tx, known, &group, standing, since, &mut writes)?,
                None => since.add(Resource::Agreements, code),
            },
        }
    }
    known.names.forget_subjects();
    if since.total > 0 { Ok(()) } else { writes.execute(tx.conn) }
}
