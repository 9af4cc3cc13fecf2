//! The answers that are kept for requests that are sent again.
//!
//! An answer shows a row with its parts, names and derived counts: to find each copy in it would be a second description of every row.
//! So an answer that speaks of the row is made anew, as what it is about reads now.

use diesel::prelude::*;
use serde_json::{Value, json};

use super::values::Values;
use super::{Target, imports};
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::answers;
use crate::domain::Resource;
use crate::domain::words::Word as _;
use crate::error::Error;
use crate::store::{Agreements, Batches, Figures, INSIDE, Locations, Movements, Returns, Rows, Sources};

fn wrong(error: serde_json::Error) -> Error {
    Error::Internal(error.to_string())
}

/// A row as it reads now, and its revision.
fn now(conn: &mut Conn, resource: Resource, code: &str) -> Result<Option<(String, i32)>, Error> {
    fn text<R: Rows>(conn: &mut Conn, code: &str) -> Result<Option<(String, i32)>, Error> {
        let row = R::single(conn, INSIDE, code)?;
        row.map(|(row, revision)| Ok((serde_json::to_string(&row).map_err(wrong)?, revision))).transpose()
    }
    match resource {
        Resource::Locations => text::<Locations>(conn, code),
        Resource::Sources => text::<Sources>(conn, code),
        Resource::Agreements => text::<Agreements>(conn, code),
        Resource::Batches => text::<Batches>(conn, code),
        Resource::Movements => text::<Movements>(conn, code),
        Resource::Returns => text::<Returns>(conn, code),
        Resource::Figures => text::<Figures>(conn, code),
    }
}

/// The answers that may speak of the row: those about it, and those that name it where more than its code shows there.
fn speaking(target: &Target) -> Condition {
    let itself = Condition::sql("resource = ").text(target.resource.word()).then(" AND code = ").text(target.code);
    // Of these, other rows show nothing but the name.
    let named_only = matches!(target.resource, Resource::Locations | Resource::Sources | Resource::Agreements);
    if named_only && !target.fields.iter().any(|field| field == "name_ar") {
        return itself;
    }
    let naming = target.codes.iter().flat_map(|code| {
        // A batch stands in the codes of its movements, too.
        let of = |end: &str| Condition::sql("body LIKE ").text(format!("%\"{code}{end}%"));
        [of("\""), of(".")]
    });
    Condition::any(std::iter::once(itself).chain(naming))
}

/// Makes anew what is kept of the row; `tag` is what a revision is called.
pub fn scrub(conn: &mut Conn, target: &Target, values: &Values, tag: fn(i32) -> String) -> Result<(), Error> {
    type Row = (i64, String, Option<String>);
    if !values.is_empty() {
        let kept = answers::table.filter(speaking(target)).order(answers::id);
        let rows: Vec<Row> = kept.select((answers::id, answers::resource, answers::code)).load(conn)?;
        for (id, resource, code) in rows {
            let (Some(resource), Some(code)) = (Resource::parse(&resource), code) else { continue };
            let (body, etag) = match now(conn, resource, &code)? {
                Some((body, revision)) => (body, Some(tag(revision))),
                None => (json!({"code": code}).to_string(), None),
            };
            let one = answers::table.filter(answers::id.eq(id));
            diesel::update(one).set((answers::body.eq(body), answers::etag.eq(etag))).execute(conn)?;
        }
    }
    reports(conn, target, values)
}

/// Blanks the reports of imports and of dry runs.
fn reports(conn: &mut Conn, target: &Target, values: &Values) -> Result<(), Error> {
    let of_imports = answers::table.filter(answers::resource.eq("imports"));
    let keys: Vec<i64> = of_imports.order(answers::id).select(answers::id).load(conn)?;
    for id in keys {
        let text: Option<String> =
            answers::table.filter(answers::id.eq(id)).select(answers::body).first(conn).optional()?;
        let Some(text) = text else { continue };
        let mut report: Value = serde_json::from_str(&text).map_err(wrong)?;
        let sheet = report["sheet"].as_str().unwrap_or_default().to_owned();
        let Some(warnings) = report["warnings"].as_array_mut() else { continue };
        if imports::blank(&sheet, warnings, target, values) {
            let one = answers::table.filter(answers::id.eq(id));
            diesel::update(one).set(answers::body.eq(report.to_string())).execute(conn)?;
        }
    }
    Ok(())
}
