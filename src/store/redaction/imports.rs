//! What is kept of imports: their warnings repeat cells.

use diesel::prelude::*;
use serde_json::Value;

use super::Target;
use super::values::Values;
use crate::db::Conn;
use crate::db::schema::imports;
use crate::domain::Resource;
use crate::domain::figure::COUNTS;
use crate::error::Error;

/// The sheets that have columns for a resource.
fn sheets(resource: Resource) -> &'static [&'static str] {
    match resource {
        Resource::Locations => &["locations"],
        Resource::Sources => &["sources"],
        Resource::Agreements => &["agreements"],
        Resource::Batches | Resource::Movements => &["movements"],
        Resource::Returns => &["returns"],
        Resource::Figures => &["movements", "returns"],
    }
}

/// The column of a field: where several rows lie side by side, each has notes of its own.
fn column(resource: Resource, field: &str) -> &str {
    match (resource, field) {
        (Resource::Batches, "notes") => "batch_notes",
        (Resource::Movements, "notes") => "movement_notes",
        (Resource::Returns, "notes") => "return_notes",
        _ => field,
    }
}

/// Blanks warnings of a sheet that stand in a column of the fields, whichever row they are of, since a warning does not say which of
/// our rows that is; and those that quote what the fields held. For a count all warnings about counts go: a ratio or a sum tells it, too.
/// Whether there were any.
pub fn blank(sheet: &str, warnings: &mut [Value], target: &Target, values: &Values) -> bool {
    if !sheets(target.resource).contains(&sheet) {
        return false;
    }
    let (mut found, is_count) = (false, |name: &str| COUNTS.contains(&name));
    let counts = target.fields.iter().any(|field| is_count(field));
    let is_of = |stands: &str| {
        let own = target.fields.iter().any(|field| column(target.resource, field) == stands);
        own || (counts && is_count(stands))
    };
    for warning in warnings.iter_mut().filter_map(Value::as_object_mut) {
        let of_field = warning.get("column").and_then(Value::as_str).is_some_and(is_of);
        let quotes = ["value", "message", "suggestion"];
        if of_field || quotes.iter().any(|name| warning.get(*name).is_some_and(|quoted| values.are_in(quoted))) {
            for name in quotes {
                warning.insert(name.to_owned(), Value::Null);
            }
            warning.insert("message".to_owned(), Value::from("Redacted."));
            found = true;
        }
    }
    found
}

/// Blanks what is kept of every import, one at a time.
pub fn scrub(conn: &mut Conn, target: &Target, values: &Values) -> Result<(), Error> {
    let wrong = |error: serde_json::Error| Error::Internal(error.to_string());
    let with_warnings = imports::table.filter(imports::sheet.eq_any(sheets(target.resource)));
    let keys: Vec<i64> =
        with_warnings.filter(imports::warnings.ne("[]")).order(imports::id).select(imports::id).load(conn)?;
    for key in keys {
        let one = imports::table.filter(imports::id.eq(key));
        let kept: Option<(String, String)> = one.select((imports::sheet, imports::warnings)).first(conn).optional()?;
        let Some((sheet, text)) = kept else { continue };
        let mut warnings: Vec<Value> = serde_json::from_str(&text).map_err(wrong)?;
        if blank(&sheet, &mut warnings, target, values) {
            let text = serde_json::to_string(&warnings).map_err(wrong)?;
            let one = imports::table.filter(imports::id.eq(key));
            diesel::update(one).set(imports::warnings.eq(text)).execute(conn)?;
        }
    }
    Ok(())
}
