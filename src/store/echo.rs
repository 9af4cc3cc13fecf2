//! What clients send back of what they read: members that nobody writes are ignored, and where they differ, that is said.

use serde_json::Value;

use super::{INSIDE, Precondition, Rows, Tx, Written, agreements, batches, locations, returns, sources};
use crate::domain::findings::Warning;
use crate::domain::{Resource, figure, movement};
use crate::error::Error;

/// What a row of a resource reads and nobody writes.
fn read_only(resource: Resource) -> &'static [&'static str] {
    match resource {
        Resource::Locations => locations::READ_ONLY,
        Resource::Sources => sources::READ_ONLY,
        Resource::Agreements => agreements::READ_ONLY,
        Resource::Batches => batches::READ_ONLY,
        Resource::Movements => movement::READ_ONLY,
        Resource::Returns => returns::READ_ONLY,
        Resource::Figures => figure::READ_ONLY,
    }
}

/// The list of parts inside a row, and what they are.
fn parts(resource: Resource) -> Option<(&'static str, Resource)> {
    match resource {
        Resource::Batches => Some(("movements", Resource::Movements)),
        Resource::Movements | Resource::Returns => Some(("figures", Resource::Figures)),
        _ => None,
    }
}

/// Puts a body, and warns of read-only members in it whose value is not the row's.
pub(super) fn put<R: Rows + ?Sized>(
    tx: &mut Tx,
    code: Option<&str>,
    body: &Value,
    condition: &Precondition,
) -> Result<Written, Error> {
    if !mentions(R::RESOURCE, body) {
        return R::put(tx, code, body, condition);
    }
    // What is sent back was read before the write, unless there was nothing.
    let before = code.map(|code| shown::<R>(tx, code)).transpose()?.flatten();
    let mut written = R::put(tx, code, body, condition)?;
    let after = shown::<R>(tx, &written.code)?.unwrap_or_default();
    look(R::RESOURCE, "", body, &before.unwrap_or_default(), &after, &mut written.warnings);
    Ok(written)
}

fn shown<R: Rows + ?Sized>(tx: &mut Tx, code: &str) -> Result<Option<Value>, Error> {
    let row = R::single(tx.conn, INSIDE, code)?;
    let json = row.map(|(row, _)| serde_json::to_value(row)).transpose();
    json.map_err(|error| Error::Internal(error.to_string()))
}

fn list<'b>(body: &'b Value, name: &str) -> &'b [Value] {
    body.get(name).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

fn mentions(resource: Resource, body: &Value) -> bool {
    read_only(resource).iter().any(|name| body.get(name).is_some())
        || parts(resource).is_some_and(|(name, part)| list(body, name).iter().any(|one| mentions(part, one)))
}

fn look(resource: Resource, at: &str, body: &Value, before: &Value, after: &Value, warnings: &mut Vec<Warning>) {
    let row = if before.is_null() { after } else { before };
    for name in read_only(resource) {
        let differs = |given: &Value| row.get(name).is_some_and(|is| is != given);
        if body.get(name).is_some_and(differs) {
            let message = format!("`{name}` is read-only: what was sent for it is ignored.");
            warnings.push(Warning { pointer: format!("{at}/{name}"), code: "read_only", message });
        }
    }
    let Some((name, part)) = parts(resource) else { return };
    for (index, one) in list(body, name).iter().enumerate() {
        let of = |row| list(row, name).iter().find(|there| is(one, there)).unwrap_or(&Value::Null);
        let at = format!("{at}/{name}/{index}");
        look(part, &at, one, of(before), of(after), warnings);
    }
}

/// Whether a part that was sent is this one: by its code, else by what tells parts of one whole apart.
fn is(sent: &Value, there: &Value) -> bool {
    let same = |name: &str| sent.get(name).unwrap_or(&Value::Null) == &there[name];
    if sent.get("code").is_some_and(|code| !code.is_null()) {
        return same("code");
    }
    ["destination", "stage", "source", "url", "reported_on"].iter().all(|name| there.get(name).is_none() || same(name))
}
