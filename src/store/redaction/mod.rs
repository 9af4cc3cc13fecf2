//! Redaction: some fields of a row are blanked, and with them every copy that the database keeps of what they held.
//!
//! The row itself is changed like by any other merge patch. What is here comes on top, in the same transaction: its history, what is
//! kept of imports, and the answers that are kept for requests that are sent again.

mod answers;
mod history;
mod imports;
mod values;

use serde_json::{Map, Value, json};

use super::rows::{self, refuse_if_wrong};
use super::{Precondition, Rows, Tx, Written};
use crate::domain::Finding;
use crate::domain::Resource;
use crate::domain::findings::Findings;
use crate::domain::text::nearest;
use crate::domain::words::Word;
use crate::error::Error;
use values::Values;

/// Which fields of a row are blanked.
#[derive(Clone, Debug, serde::Serialize, utoipa::ToSchema)]
pub struct Redaction {
    /// The names of the fields, as the row is written; each may be empty.
    #[schema(min_items = 1)]
    pub fields: Vec<String>,
}

impl Redaction {
    /// An example.
    pub fn sample(resource: Resource) -> Self {
        let field = match resource {
            Resource::Locations | Resource::Sources => "name_ar",
            _ => "notes",
        };
        Self { fields: vec![field.to_owned()] }
    }
}

/// What is blanked, and where.
struct Target<'a> {
    resource: Resource,
    code: &'a str,
    fields: &'a [String],
    /// The codes by which answers speak of the row: its own, and that of what a figure is about.
    codes: Vec<String>,
}

/// Whether a field holds nothing.
fn is_blank(value: &Value) -> bool {
    value.is_null() || value.as_array().is_some_and(Vec::is_empty)
}

/// Blanks a field: null, or a list of nothing.
fn blank(value: &mut Value) {
    *value = if value.is_array() { json!([]) } else { Value::Null };
}

/// The names in a body that can be blanked at all, each once; everything else is an error.
fn read<R: Rows>(body: &Value, own: &Map<String, Value>) -> Result<Vec<String>, Error> {
    let mut findings = Findings::default();
    let names: Option<Vec<String>> = rows::read(body, &mut findings, &[], |fields| fields.need("fields"))?;
    let names = names.unwrap_or_default();
    if names.is_empty() && findings.errors.is_empty() {
        let message = "Name at least one field.".to_owned();
        findings.error("/fields", "missing", Some(Value::from("fields")), message);
    }
    let shown = serde_json::to_value(R::sample_single()).unwrap_or_default();
    // As they were sent, since a text that is empty is no name, but has a place.
    let sent = body["fields"].as_array().into_iter().flatten().enumerate();
    for (index, name) in sent.filter_map(|(index, name)| Some((index, name.as_str()?.trim()))) {
        let pointer = format!("/fields/{index}");
        if findings.wrong_at(&pointer) || (own.contains_key(name) && name != "code") {
            continue;
        }
        let cut: String = name.chars().take(100).collect();
        if name == "code" || shown.get(name).is_some() {
            let message = format!("`{name}` is no field of its own that could be empty.");
            findings.error(pointer, "immutable", Some(Value::from(cut)), message);
        } else {
            let known = own.keys().map(String::as_str).filter(|known| *known != "code");
            let message = format!("There is no field `{cut}` here.");
            let suggestion = nearest(name, known).map(str::to_owned);
            findings.suggest(pointer, "unknown_field", Some(Value::from(cut)), message, suggestion);
        }
    }
    refuse_if_wrong(&findings)?;
    let mut once: Vec<String> = vec![];
    for name in names {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    Ok(once)
}

/// Errors of the change, at the names in the body that they are about.
fn placed(errors: Vec<Finding>, fields: &[String]) -> Error {
    let place = |mut error: Finding| {
        let member = match (error.code, error.value.as_ref().and_then(Value::as_str)) {
            ("missing", Some(member)) => member.to_owned(),
            _ => error.pointer.as_deref().unwrap_or_default().trim_start_matches('/').to_owned(),
        };
        let at = fields.iter().position(|field| *field == member);
        error.pointer = Some(at.map_or_else(|| "/fields".to_owned(), |at| format!("/fields/{at}")));
        error.value = at.map(|_| Value::from(member));
        error
    };
    Error::Invalid(errors.into_iter().map(place).collect())
}

fn own_of<R: Rows>(tx: &mut Tx, code: &str) -> Result<Map<String, Value>, Error> {
    match R::held(tx, code)? {
        Value::Object(own) => Ok(own),
        _ => Err(Error::Internal(format!("{code} has no fields"))),
    }
}

/// Blanks fields of a row and every copy of what they held; `tag` is what a revision is called in kept answers.
pub fn redact<R: Rows>(tx: &mut Tx, code: &str, body: &Value, tag: fn(i32) -> String) -> Result<Written, Error> {
    let own = own_of::<R>(tx, code)?;
    let fields = read::<R>(body, &own)?;
    let patch: Map<String, Value> = fields.iter().map(|name| (name.clone(), Value::Null)).collect();
    let changed = R::change(tx, code, &Value::Object(patch), &Precondition::default());
    changed.map_err(|error| match error {
        Error::Invalid(errors) => placed(errors, &fields),
        error => error,
    })?;
    let after = own_of::<R>(tx, code)?;
    let mut findings = Findings::default();
    for (index, name) in fields.iter().enumerate().filter(|(_, name)| !after.get(*name).is_some_and(is_blank)) {
        let message = format!("`{name}` is never empty, and cannot be blanked.");
        findings.error(format!("/fields/{index}"), "missing", Some(Value::from(name.as_str())), message);
    }
    refuse_if_wrong(&findings)?;
    // Takes a number also where the row was blank already: whoever has read the history has it in an older version.
    tx.write_id()?;
    tx.flush()?;
    let mut values = Values::default();
    fields.iter().filter_map(|name| own.get(name)).for_each(|value| values.add(value));
    let about = ["movement", "return", "batch", "agreement"].into_iter().filter_map(|name| own.get(name)?.as_str());
    let about = about.filter(|_| R::RESOURCE == Resource::Figures);
    let codes = std::iter::once(code).chain(about).map(str::to_owned).collect();
    let target = Target { resource: R::RESOURCE, code, fields: &fields, codes };
    history::scrub(tx.conn, &target, &mut values)?;
    imports::scrub(tx.conn, &target, &values)?;
    answers::scrub(tx.conn, &target, &values, tag)?;
    log::info!("redacted {} of {} {code}", fields.join(", "), R::RESOURCE.word());
    Ok(Written { code: code.to_owned(), created: false, warnings: vec![] })
}
