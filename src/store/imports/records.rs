//! The imports that were committed and can be taken back.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

use super::{Counts, undo};
use crate::db::Conn;
use crate::db::page::{Page, PageRequest, Position};
use crate::db::schema::{imports, writes};
use crate::domain::report::{Entry, Report};
use crate::error::Error;
use crate::store::Tx;

/// What an import did, or would do, with its report.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ImportView {
    /// The public key of a committed import; null for a dry run.
    pub code: Option<String>,
    /// Which sheet.
    pub sheet: String,
    /// Whether it was written; a dry run only looks.
    pub committed: bool,
    /// How many rows of data the sheet has.
    pub rows: i64,
    /// What became of the rows, by resource.
    pub counts: BTreeMap<String, Counts>,
    /// The first 1,000 things that are wrong; then nothing was written.
    #[schema(value_type = Vec<Entry>)]
    pub errors: Vec<Value>,
    /// The first 1,000 things that are remarkable.
    #[schema(value_type = Vec<Entry>)]
    pub warnings: Vec<Value>,
    /// How many things are wrong.
    pub errors_total: i64,
    /// How many things are remarkable.
    pub warnings_total: i64,
    /// When it was committed (UTC); null for a dry run.
    #[serde(serialize_with = "crate::store::tokens::optional_utc")]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub at: Option<NaiveDateTime>,
    /// The name of the token or command that committed it; null for a dry run.
    pub by: Option<String>,
}

impl ImportView {
    /// A dry run.
    pub fn of(sheet: &str, rows: i64, counts: BTreeMap<String, Counts>, report: &Report) -> Result<Self, Error> {
        let warnings = report.warnings.iter().map(serde_json::to_value).collect::<Result<_, _>>();
        Ok(Self {
            code: None,
            sheet: sheet.to_owned(),
            committed: false,
            rows,
            counts,
            errors: vec![],
            warnings: warnings.map_err(|error| Error::Internal(error.to_string()))?,
            errors_total: 0,
            warnings_total: i64::try_from(report.warnings_total).unwrap_or(i64::MAX),
            at: None,
            by: None,
        })
    }
}

type Row = ((String, String, i64, String, String, i64), (NaiveDateTime, String));

fn view(row: Row) -> Result<ImportView, Error> {
    fn json<T: serde::de::DeserializeOwned>(text: &str) -> Result<T, Error> {
        serde_json::from_str(text).map_err(|error| Error::Internal(format!("imports: {error}")))
    }
    let ((code, sheet, rows, counts, warnings, warnings_total), (at, by)) = row;
    Ok(ImportView {
        code: Some(code),
        sheet,
        committed: true,
        rows,
        counts: json(&counts)?,
        errors: vec![],
        warnings: json(&warnings)?,
        errors_total: 0,
        warnings_total,
        at: Some(at),
        by: Some(by),
    })
}

macro_rules! select {
    () => {
        imports::table.inner_join(writes::table).select((
            (imports::code, imports::sheet, imports::rows, imports::counts, imports::warnings, imports::warnings_total),
            (writes::at, writes::by),
        ))
    };
}

/// What is kept of an import.
pub struct NewRecord<'a> {
    /// Which sheet.
    pub sheet: &'a str,
    /// How many rows of data it has.
    pub rows: i64,
    /// SHA-256 of the file, in hexadecimal.
    pub fingerprint: &'a str,
    /// What became of the rows.
    pub counts: &'a BTreeMap<String, Counts>,
    /// What was remarkable.
    pub report: &'a Report,
}

/// Keeps an import, so that it is listed and can be taken back: its code.
pub fn keep(tx: &mut Tx, new: &NewRecord) -> Result<String, Error> {
    let wrong = |error: serde_json::Error| Error::Internal(error.to_string());
    let code = tx.next_code();
    let write = tx.write_id()?;
    diesel::insert_into(imports::table)
        .values((
            imports::code.eq(&code),
            imports::sheet.eq(new.sheet),
            imports::write_id.eq(write),
            imports::fingerprint.eq(new.fingerprint),
            imports::rows.eq(new.rows),
            imports::counts.eq(serde_json::to_string(new.counts).map_err(wrong)?),
            imports::warnings.eq(serde_json::to_string(&new.report.warnings).map_err(wrong)?),
            imports::warnings_total.eq(i64::try_from(new.report.warnings_total).unwrap_or(i64::MAX)),
        ))
        .execute(tx.conn)?;
    Ok(code)
}

/// The import that has brought this very file into this sheet, if one has.
pub fn of_file(conn: &mut Conn, sheet: &str, fingerprint: &str) -> Result<Option<(String, NaiveDateTime)>, Error> {
    Ok(imports::table
        .inner_join(writes::table)
        .filter(imports::fingerprint.eq(fingerprint))
        .filter(imports::sheet.eq(sheet))
        .order(imports::code.desc())
        .select((imports::code, writes::at))
        .first(conn)
        .optional()?)
}

/// One page of the committed imports, newest first.
pub fn page(conn: &mut Conn, request: &PageRequest) -> Result<Page<ImportView>, Error> {
    let before = request.after.as_ref().map(|after| after.code.clone());
    let limit = i64::try_from(request.limit).unwrap_or(i64::MAX - 1) + 1;
    // Codes are made by the server, and rise; those of lower-case hexadecimal begin below `~`.
    let before = before.unwrap_or_else(|| "~".to_owned());
    let rows: Vec<Row> =
        select!().filter(imports::code.lt(before)).order(imports::code.desc()).limit(limit).load(conn)?;
    let position = |row: &Row| Position { date: None, time: None, code: row.0.0.clone() };
    Page::of(rows, request, position).map(|rows| rows.into_iter().map(view).collect())
}

/// How many committed imports there are.
pub fn count(conn: &mut Conn) -> Result<i64, Error> {
    Ok(imports::table.count().get_result(conn)?)
}

/// A committed import.
pub fn single(conn: &mut Conn, code: &str) -> Result<Option<ImportView>, Error> {
    let row: Option<Row> = select!().filter(imports::code.eq(code)).first(conn).optional()?;
    row.map(view).transpose()
}

/// Takes an import back, and forgets it; whether there was one.
pub fn take_back(tx: &mut Tx, code: &str) -> Result<bool, Error> {
    let of_code = imports::table.filter(imports::code.eq(code));
    let write: Option<i64> = of_code.select(imports::write_id).first(tx.conn).optional()?;
    let Some(write) = write else { return Ok(false) };
    undo::undo(tx, write)?;
    // Where two take it back at once, the second finds nothing.
    let gone = diesel::delete(imports::table.filter(imports::code.eq(code))).execute(tx.conn)?;
    Ok(gone > 0)
}
