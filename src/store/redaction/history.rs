//! The entries of a row, and of earlier rows of its code: from them the changes are told, and imports undone.

use diesel::prelude::*;
use serde_json::Value;

use super::values::Values;
use super::{Target, blank, is_blank};
use crate::db::Conn;
use crate::db::schema::history;
use crate::domain::words::Word as _;
use crate::error::Error;

/// How many entries are held at once.
const CHUNK: i64 = 500;

/// Blanks the fields in every entry, and adds what they held to `values`.
pub fn scrub(conn: &mut Conn, target: &Target, values: &mut Values) -> Result<(), Error> {
    type Row = (i64, i32, i32, Option<String>, Option<String>);
    // By revision, which is what the index on the rows of the history has.
    let mut below = i32::MAX;
    loop {
        let rows: Vec<Row> = history::table
            .filter(history::resource.eq(target.resource.word()))
            .filter(history::code.eq(target.code))
            .filter(history::revision.lt(below))
            .order(history::revision.desc())
            .limit(CHUNK)
            .select((history::write_id, history::n, history::revision, history::before, history::after))
            .load(conn)?;
        let Some((.., last, _, _)) = rows.last() else { return Ok(()) };
        below = *last;
        for (write, n, _, before, after) in rows {
            let (was, is) = (without(before.as_deref(), target, values)?, without(after.as_deref(), target, values)?);
            if was.is_none() && is.is_none() {
                continue;
            }
            let entry = history::table.filter(history::write_id.eq(write)).filter(history::n.eq(n));
            let blanked = (history::before.eq(was.or(before)), history::after.eq(is.or(after)));
            diesel::update(entry).set(blanked).execute(conn)?;
        }
    }
}

/// Fields as an entry keeps them, without what is blanked; nothing where nothing is to be done.
fn without(text: Option<&str>, target: &Target, values: &mut Values) -> Result<Option<String>, Error> {
    let Some(text) = text else { return Ok(None) };
    let wrong = |error: serde_json::Error| Error::Internal(error.to_string());
    let mut own: Value = serde_json::from_str(text).map_err(wrong)?;
    let mut found = false;
    for name in target.fields {
        if let Some(value) = own.get_mut(name).filter(|value| !is_blank(value)) {
            values.add(value);
            blank(value);
            found = true;
        }
    }
    if found { serde_json::to_string(&own).map(Some).map_err(wrong) } else { Ok(None) }
}
