//! Who says the number.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::rows::{self, SAMPLE_TIME, listed, untouched, utc};
use super::{Filter, Precondition, Reading, Rows, Tx, Written, filter};
use crate::db::Conn;
use crate::db::dialect::Lock;
use crate::db::schema::{figures, sources};
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::findings::Findings;
use crate::domain::source::Source;
use crate::domain::text::search_column;
use crate::domain::words::{Reliability, SourceKind};
use crate::error::Error;

/// The resource `sources`.
pub struct Sources;

/// Who says the number, as it is read.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct SourceView {
    /// The public key.
    pub code: String,
    /// The name; Arabic with `labels=ar` where there is one.
    pub name: String,
    /// What kind of organisation it is.
    pub kind: SourceKind,
    /// The name in Arabic letters.
    pub name_ar: Option<String>,
    /// How reliable it is held to be.
    pub reliability: Option<Reliability>,
    /// Its address on the web.
    pub url: Option<String>,
    /// Whether only editors may know it.
    pub confidential: bool,
    /// Rises with every change.
    pub revision: i32,
    /// When it was recorded.
    #[serde(serialize_with = "utc")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub created_at: NaiveDateTime,
    /// When it was last changed.
    #[serde(serialize_with = "utc")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub updated_at: NaiveDateTime,
}

pub(super) const READ_ONLY: &[&str] = &["revision", "created_at", "updated_at", "warnings"];

#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = sources, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    #[diesel(skip_update)]
    pub(super) id: i64,
    pub(super) code: String,
    name: String,
    name_ar: Option<String>,
    kind: Word<SourceKind>,
    reliability: Option<Word<Reliability>>,
    url: Option<String>,
    confidential: bool,
    pub(super) words: String,
    revision: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

/// What a source is searched by.
pub(super) fn words(source: &Source) -> String {
    let names = [Some(source.code.as_str()), Some(source.name.as_str()), source.name_ar.as_deref()];
    search_column(names.into_iter().flatten())
}

impl Row {
    fn new(source: &Source, revision: i32, tx: &Tx) -> Self {
        Self {
            id: 0,
            code: source.code.clone(),
            name: source.name.clone(),
            name_ar: source.name_ar.clone(),
            kind: Word(source.kind),
            reliability: source.reliability.map(Word),
            url: source.url.clone(),
            confidential: source.confidential,
            words: words(source),
            revision,
            created_at: tx.at,
            updated_at: tx.at,
        }
    }

    pub(super) fn own(&self) -> Source {
        Source {
            code: self.code.clone(),
            name: self.name.clone(),
            kind: self.kind.0,
            name_ar: self.name_ar.clone(),
            reliability: self.reliability.map(|word| word.0),
            url: self.url.clone(),
            confidential: self.confidential,
        }
    }

    fn view(self, arabic: bool) -> SourceView {
        let name = self.name_ar.clone().filter(|_| arabic).unwrap_or(self.name);
        SourceView {
            code: self.code,
            name,
            kind: self.kind.0,
            name_ar: self.name_ar,
            reliability: self.reliability.map(|word| word.0),
            url: self.url,
            confidential: self.confidential,
            revision: self.revision,
            created_at: self.created_at,
            updated_at: self.updated_at,
        }
    }
}

fn find(conn: &mut Conn, code: &str) -> Result<Option<Row>, Error> {
    Ok(sources::table.filter(sources::code.eq(code)).first(conn).optional()?)
}

fn write(tx: &mut Tx, source: &Source, before: Option<Row>) -> Result<(), Error> {
    if let Some(before) = before {
        let was = before.own();
        if was != *source {
            let row = Row { created_at: before.created_at, ..Row::new(source, before.revision + 1, tx) };
            diesel::update(sources::table.filter(sources::id.eq(before.id))).set(&row).execute(tx.conn)?;
            tx.note(Resource::Sources, before.id, &source.code, row.revision, Some(&was), Some(source))?;
        }
    } else {
        let revision = rows::first_revision(tx, Resource::Sources, &source.code)?;
        let row = Row { id: tx.key("sources")?, ..Row::new(source, revision, tx) };
        diesel::insert_into(sources::table).values(&row).execute(tx.conn)?;
        tx.note(Resource::Sources, row.id, &source.code, revision, None, Some(source))?;
    }
    Ok(())
}

/// Reads, checks and writes a whole source.
/// The source of a code as it is when nobody else writes it, until the end of the transaction: a revision that was checked
/// stays the last one.
fn hold(tx: &mut Tx, code: &str) -> Result<Option<Row>, Error> {
    let Some(row) = find(tx.conn, code)? else { return Ok(None) };
    tx.lock(Lock::Source(row.id))?;
    find(tx.conn, code)
}

fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
    let mut findings = Findings::default();
    let mut source = rows::read(&with_code(body, code), &mut findings, READ_ONLY, Source::read)?;
    if let Some(code) = code {
        rows::path_code(code, &mut source.code, "", &mut findings);
    }
    let before = hold(tx, &source.code)?;
    if code.is_some() {
        condition.check(before.as_ref().map(|row| row.revision))?;
    }
    rows::refuse_if_wrong(&findings)?;
    if code.is_none() && before.is_some() {
        return Err(Error::Taken(format!("There is a source {:?} already.", source.code)));
    }
    let created = before.is_none();
    write(tx, &source, before)?;
    Ok(Written { code: source.code, created, warnings: findings.warnings })
}

/// The code of the path counts as sent where the body leaves it out.
pub(super) fn with_code(body: &Value, code: Option<&str>) -> Value {
    let mut body = body.clone();
    if let (Some(object), Some(code)) = (body.as_object_mut(), code)
        && object.get("code").is_none_or(Value::is_null)
    {
        object.insert("code".to_owned(), Value::from(code));
    }
    body
}

impl Rows for Sources {
    const RESOURCE: Resource = Resource::Sources;
    type Row = SourceView;
    type Single = SourceView;
    type Body = Source;

    listed!(sources by "code", |_: &Row| None, filter::sources, |_, who: Reading, rows: Vec<Row>| Ok(rows.into_iter().map(|row| row.view(who.arabic)).collect()));

    fn single(conn: &mut Conn, who: Reading, code: &str) -> Result<Option<(SourceView, i32)>, Error> {
        let row = find(conn, code)?.filter(|row| !row.confidential || who.viewer.sees_confidential());
        Ok(row.map(|row| (row.revision, row)).map(|(revision, row)| (row.view(who.arabic), revision)))
    }

    untouched!(sources, |_: &mut Conn, rows: &[Row]| Ok::<_, Error>(rows.iter().map(Row::own).collect()));

    fn held(tx: &mut Tx, code: &str) -> Result<Value, Error> {
        let before = hold(tx, code)?.ok_or_else(|| Error::NotFound(Self::RESOURCE, code.to_owned()))?;
        Ok(serde_json::to_value(before.own()).unwrap_or_default())
    }

    fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
        put(tx, code, body, condition)
    }

    fn delete(tx: &mut Tx, code: &str, condition: &Precondition) -> Result<(), Error> {
        let row = hold(tx, code)?.ok_or_else(|| Error::NotFound(Self::RESOURCE, code.to_owned()))?;
        condition.check(Some(row.revision))?;
        let of_it = figures::table.filter(figures::source_id.eq(row.id)).order(figures::code);
        let used: Option<String> = of_it.select(figures::code).first(tx.conn).optional()?;
        if let Some(figure) = used {
            return Err(Error::InUse(format!("The figure {figure:?} refers to this source.")));
        }
        diesel::delete(sources::table.filter(sources::id.eq(row.id))).execute(tx.conn)?;
        tx.note(Self::RESOURCE, row.id, code, row.revision + 1, Some(&row.own()), None)
    }

    fn sample() -> SourceView {
        SourceView {
            code: "jarablus-council".to_owned(),
            name: "Jarablus local council".to_owned(),
            kind: SourceKind::LocalCouncil,
            name_ar: Some("المجلس المحلي في جرابلس".to_owned()),
            reliability: Some(Reliability::Unknown),
            url: None,
            confidential: false,
            revision: 1,
            created_at: SAMPLE_TIME,
            updated_at: SAMPLE_TIME,
        }
    }

    fn sample_single() -> SourceView {
        Self::sample()
    }

    fn sample_body() -> Value {
        json!({"code": "jarablus-council", "name": "Jarablus local council", "kind": "local_council"})
    }
}
