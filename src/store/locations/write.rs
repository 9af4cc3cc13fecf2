//! A location with its place in the gazetteer, and everything below it.

use diesel::prelude::*;
use serde_json::Value;

use super::{Location, Row, find, own};
use crate::db::Conn;
use crate::db::dialect::Lock;
use crate::db::schema::{agreements, batches, figures, locations, movements, returns};
use crate::domain::Resource;
use crate::domain::findings::Findings;
use crate::error::Error;
use crate::store::sources::with_code;
use crate::store::{Precondition, Tx, Written, references, rows};

/// What a location reads and nobody writes.
pub const READ_ONLY: &[&str] = &["parent_name", "revision", "created_at", "updated_at", "warnings"];

/// The place that a new one is to lie in.
fn parent_of(
    tx: &mut Tx,
    location: &mut Location,
    before: Option<&Row>,
    findings: &mut Findings,
) -> Result<Option<Row>, Error> {
    let Some(code) = location.parent.clone() else { return Ok(None) };
    let Some(place) = references::places(tx.conn, [code.as_str()])?.remove(&code) else {
        if code == location.code {
            rows_below_itself(&code, findings);
        } else {
            rows::unknown_reference(tx, Resource::Locations, "/parent", &code, findings)?;
        }
        return Ok(None);
    };
    location.parent = Some(place.code);
    let parent: Row = locations::table.filter(locations::id.eq(place.id)).first(tx.conn)?;
    if before.is_some_and(|row| parent.path.starts_with(&row.path)) {
        rows_below_itself(&code, findings);
    }
    Ok(Some(parent))
}

fn rows_below_itself(code: &str, findings: &mut Findings) {
    let message = "A location cannot lie below itself.".to_owned();
    findings.error("/parent", "below_itself", Some(Value::from(code)), message);
}

/// No code may equal another location's p-code.
fn check_taken(tx: &mut Tx, location: &Location, before: Option<&Row>) -> Result<(), Error> {
    let keys = [("code", Some(location.code.as_str())), ("p_code", location.p_code.as_deref())];
    let there = references::places(tx.conn, keys.iter().filter_map(|(_, key)| *key))?;
    for (member, key) in keys {
        let other = key.and_then(|key| there.get(key)).filter(|place| Some(place.id) != before.map(|row| row.id));
        if let (Some(key), Some(other)) = (key, other) {
            let taken = format!("{key:?} is the code or p-code of the location {:?} already.", other.code);
            return Err(Error::MemberTaken(member, taken));
        }
    }
    Ok(())
}

fn write(tx: &mut Tx, location: &Location, parent: Option<&Row>, before: Option<Row>) -> Result<(), Error> {
    let Some(before) = before else {
        let revision = rows::first_revision(tx, Resource::Locations, &location.code)?;
        let mut row = Row::new(location, parent, revision, tx.at)?;
        row.id = tx.key("locations")?;
        row.stand_below(parent);
        diesel::insert_into(locations::table).values(&row).execute(tx.conn)?;
        return tx.note(Resource::Locations, row.id, &location.code, revision, None, Some(location));
    };
    let was = own(tx.conn, &before)?;
    if was == *location {
        return Ok(());
    }
    let mut row =
        Row { id: before.id, created_at: before.created_at, ..Row::new(location, parent, before.revision + 1, tx.at)? };
    row.stand_below(parent);
    update(tx.conn, &row)?;
    if row.kind != before.kind || row.path != before.path {
        move_below(tx.conn, &row, &before.path)?;
    }
    tx.note(Resource::Locations, row.id, &location.code, row.revision, Some(&was), Some(location))
}

fn update(conn: &mut Conn, row: &Row) -> Result<(), Error> {
    diesel::update(locations::table.filter(locations::id.eq(row.id))).set(row).execute(conn)?;
    Ok(())
}

/// Moves everything below a place along with it, parents before children.
fn move_below(conn: &mut Conn, moved: &Row, old_path: &str) -> Result<(), Error> {
    let after = format!("{}/", old_path.trim_end_matches('.'));
    let mut below: Vec<Row> = locations::table
        .filter(locations::path.gt(old_path))
        .filter(locations::path.lt(after))
        .filter(locations::id.ne(moved.id))
        .load(conn)?;
    below.sort_by_key(|row| row.path.matches('.').count());
    let mut stand = std::collections::HashMap::from([(moved.id, moved.clone())]);
    for mut row in below {
        row.stand_below(row.parent_id.and_then(|parent| stand.get(&parent)));
        update(conn, &row)?;
        stand.insert(row.id, row);
    }
    Ok(())
}

/// Creates the location of a body, or creates or replaces the one of a code.
pub fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
    // Paths are made of other rows' paths: one gazetteer, one writer at a time.
    tx.lock(Lock::Locations)?;
    let mut findings = Findings::default();
    let mut location = rows::read(&with_code(body, code), &mut findings, READ_ONLY, Location::read)?;
    if let Some(code) = code {
        rows::path_code(code, &mut location.code, "", &mut findings);
    }
    let before = find(tx.conn, &location.code)?;
    if code.is_some() {
        condition.check(before.as_ref().map(|row| row.revision))?;
    }
    let parent = parent_of(tx, &mut location, before.as_ref().filter(|_| code.is_some()), &mut findings)?;
    rows::refuse_if_wrong(&findings)?;
    if code.is_none() && before.is_some() {
        return Err(Error::Taken(format!("There is a location {:?} already.", location.code)));
    }
    check_taken(tx, &location, before.as_ref())?;
    let created = before.is_none();
    write(tx, &location, parent.as_ref(), before)?;
    Ok(Written { code: location.code, created, warnings: findings.warnings })
}

/// Who refers to a place, if anybody does.
pub fn used(conn: &mut Conn, id: i64) -> Result<Option<String>, Error> {
    macro_rules! refers {
        ($table:ident, $what:literal, $($column:ident)+) => {$(
            // In an order, so that both databases name the same one.
            let of_it = $table::table.filter($table::$column.eq(id)).order($table::code);
            let code: Option<String> = of_it.select($table::code).first(conn).optional()?;
            if let Some(code) = code {
                return Ok(Some(format!("The {} {code:?} refers to this location.", $what)));
            }
        )+};
    }
    refers!(locations, "location", parent_id);
    refers!(batches, "batch", origin_id);
    refers!(movements, "movement", destination_id);
    refers!(returns, "return", from_id to_id);
    refers!(agreements, "agreement", location_id);
    refers!(figures, "figure", destination_id);
    Ok(None)
}
