//! Local agreements that provided for departures.

mod totals;

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::figures::Subject;
use super::known::Known;
use super::names::{Names, Wanted};
use super::rows::{self, SAMPLE_TIME, listed, untouched, utc};
use super::sources::with_code;
use super::writes::Writes;
use super::{Filter, Precondition, Reading, Rows, Tx, Written, figures, filter, references};
use crate::db::Conn;
use crate::db::schema::{agreements, batches, returns};
use crate::db::types::{list_from_text, list_to_text};
use crate::domain::Resource;
use crate::domain::agreement::Agreement;
use crate::domain::batch::Party;
use crate::domain::findings::Findings;
use crate::domain::period::Span;
use crate::domain::text::search_column;
use crate::error::Error;

pub(super) use totals::{Plan, Standing, hold, settle};

/// The resource `agreements`.
pub struct Agreements;

/// A local agreement as it is read.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AgreementView {
    /// The public key.
    pub code: String,
    /// The name; Arabic with `labels=ar` where there is one.
    pub name: String,
    /// The name in Arabic letters.
    pub name_ar: Option<String>,
    /// What a source calls it, word for word.
    pub name_as_reported: Option<String>,
    /// The day on which it was signed.
    pub signed_on: Option<NaiveDate>,
    /// The place that it is about.
    pub location: Option<String>,
    /// Its name.
    pub location_name: Option<String>,
    /// Who signed, guaranteed, mediated.
    pub parties: Vec<Party>,
    /// Where its text, or a report of it, is found.
    pub url: Option<String>,
    /// Anything else; null for the public.
    pub notes: Option<String>,
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

/// What an agreement reads and nobody writes.
pub(super) const READ_ONLY: &[&str] = &["location_name", "revision", "created_at", "updated_at", "warnings"];

#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = agreements, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    #[diesel(skip_update)]
    pub(super) id: i64,
    pub(super) code: String,
    name: String,
    name_ar: Option<String>,
    name_as_reported: Option<String>,
    pub(super) signed_on: Option<NaiveDate>,
    location_id: Option<i64>,
    parties: String,
    url: Option<String>,
    notes: Option<String>,
    pub(super) words: String,
    revision: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

/// What an agreement is searched by.
pub(super) fn words(agreement: &Agreement) -> String {
    let Agreement { code, name, name_ar, name_as_reported, .. } = agreement;
    let texts = [Some(code), Some(name), name_ar.as_ref(), name_as_reported.as_ref()];
    search_column(texts.into_iter().flatten().map(String::as_str))
}

impl Row {
    fn new(agreement: &Agreement, location_id: Option<i64>, revision: i32, at: NaiveDateTime) -> Result<Self, Error> {
        let Agreement { code, name, name_ar, name_as_reported, signed_on, url, notes, .. } = agreement.clone();
        let words = words(agreement);
        let parties = list_to_text(&agreement.parties)?;
        Ok(Self {
            id: 0,
            code,
            name,
            name_ar,
            name_as_reported,
            signed_on,
            location_id,
            parties,
            url,
            notes,
            words,
            revision,
            created_at: at,
            updated_at: at,
        })
    }

    pub(super) fn own(&self, names: &Names) -> Result<Agreement, Error> {
        let row = self.clone();
        Ok(Agreement {
            code: row.code,
            name: row.name,
            name_ar: row.name_ar,
            name_as_reported: row.name_as_reported,
            signed_on: row.signed_on,
            location: row.location_id.map(|location| names.location(location).code),
            parties: list_from_text(&row.parties)?,
            url: row.url,
            notes: row.notes,
        })
    }

    fn view(self, who: Reading, names: &Names) -> Result<AgreementView, Error> {
        let location = self.location_id.map(|location| names.location(location));
        Ok(AgreementView {
            code: self.code,
            name: self.name_ar.clone().filter(|_| who.arabic).unwrap_or(self.name),
            name_ar: self.name_ar,
            name_as_reported: self.name_as_reported,
            signed_on: self.signed_on,
            location: location.as_ref().map(|location| location.code.clone()),
            location_name: location.map(|location| location.name),
            parties: list_from_text(&self.parties)?,
            url: self.url,
            notes: self.notes.filter(|_| who.viewer.sees_restricted()),
            revision: self.revision,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

fn find(conn: &mut Conn, code: &str) -> Result<Option<Row>, Error> {
    Ok(agreements::table.filter(agreements::code.eq(code)).first(conn).optional()?)
}

fn names(conn: &mut Conn, who: Reading, rows: &[Row]) -> Result<Names, Error> {
    let mut wanted = Wanted::default();
    wanted.locations(rows.iter().filter_map(|row| row.location_id));
    Names::load(conn, who, &wanted)
}

fn view(conn: &mut Conn, who: Reading, row: Row) -> Result<AgreementView, Error> {
    let names = names(conn, who, std::slice::from_ref(&row))?;
    row.view(who, &names)
}

fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
    let mut findings = Findings::default();
    let mut agreement = rows::read(&with_code(body, code), &mut findings, READ_ONLY, Agreement::read)?;
    if let Some(code) = code {
        rows::path_code(code, &mut agreement.code, "", &mut findings);
    }
    let mut known = Known::default();
    let standing = hold(tx, &mut known, &[&agreement.code])?.remove(&agreement.code);
    if code.is_some() {
        condition.check(standing.as_ref().map(|standing| standing.row.revision))?;
    }
    let mut location = None;
    if let Some(code) = &mut agreement.location {
        location = references::places(tx.conn, [code.as_str()])?.remove(code.as_str());
        match &location {
            Some(place) => code.clone_from(&place.code),
            None => rows::unknown_reference(tx, Resource::Locations, "/location", code, &mut findings)?,
        }
    }
    rows::refuse_if_wrong(&findings)?;
    if code.is_none() && standing.is_some() {
        return Err(Error::Taken(format!("There is an agreement {:?} already.", agreement.code)));
    }
    let created = standing.is_none();
    write(tx, &agreement, location.map(|place| place.id), standing)?;
    Ok(Written { code: agreement.code, created, warnings: findings.warnings })
}

fn write(tx: &mut Tx, agreement: &Agreement, location: Option<i64>, standing: Option<Standing>) -> Result<(), Error> {
    let Some(Standing { row: before, own, figures }) = standing else {
        let revision = rows::first_revision(tx, Resource::Agreements, &agreement.code)?;
        let row = Row { id: tx.key("agreements")?, ..Row::new(agreement, location, revision, tx.at)? };
        diesel::insert_into(agreements::table).values(&row).execute(tx.conn)?;
        return tx.note(Resource::Agreements, row.id, &row.code, revision, None, Some(agreement));
    };
    if own == *agreement {
        return Ok(());
    }
    let row = Row::new(agreement, location, before.revision + 1, tx.at)?;
    let row = Row { id: before.id, created_at: before.created_at, ..row };
    tx.note(Resource::Agreements, row.id, &row.code, row.revision, Some(&own), Some(agreement))?;
    // Figures without a date of their own follow the day of the agreement.
    let (subject, span) = (Subject::Agreement(row.id), agreement.signed_on.map(Span::day));
    let figures = figures::Plan::keeping(figures).settle(tx, subject, span, &mut std::iter::empty(), &HashMap::new());
    let mut writes = Writes::default();
    writes.agreements.changed.push(row);
    writes.figures(figures);
    writes.execute(tx.conn)
}

fn held(tx: &mut Tx, known: &mut Known, code: &str) -> Result<Standing, Error> {
    hold(tx, known, &[code])?.remove(code).ok_or_else(|| Error::NotFound(Resource::Agreements, code.to_owned()))
}

impl Rows for Agreements {
    const RESOURCE: Resource = Resource::Agreements;
    type Row = AgreementView;
    type Single = AgreementView;
    type Body = Agreement;

    listed!(agreements by "signed_on", |row: &Row| row.signed_on, filter::agreements, |conn, who, rows: Vec<Row>| {
        let names = names(conn, who, &rows)?;
        rows.into_iter().map(|row| row.view(who, &names)).collect()
    });

    fn single(conn: &mut Conn, who: Reading, code: &str) -> Result<Option<(AgreementView, i32)>, Error> {
        let Some(row) = find(conn, code)? else { return Ok(None) };
        let revision = row.revision;
        Ok(Some((view(conn, who, row)?, revision)))
    }

    untouched!(agreements, |conn: &mut Conn, rows: &[Row]| {
        let names = names(conn, crate::store::INSIDE, rows)?;
        rows.iter().map(|row| row.own(&names)).collect::<Result<_, _>>()
    });

    fn held(tx: &mut Tx, code: &str) -> Result<Value, Error> {
        let standing = held(tx, &mut Known::default(), code)?;
        Ok(serde_json::to_value(standing.own).unwrap_or_default())
    }

    fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Precondition) -> Result<Written, Error> {
        put(tx, code, body, condition)
    }

    fn delete(tx: &mut Tx, code: &str, condition: &Precondition) -> Result<(), Error> {
        let mut known = Known::default();
        let Standing { row, own, figures } = held(tx, &mut known, code)?;
        condition.check(Some(row.revision))?;
        let of_it = batches::table.filter(batches::agreement_id.eq(row.id)).order(batches::code);
        let batch: Option<String> = of_it.select(batches::code).first(tx.conn).optional()?;
        let of_it = returns::table.filter(returns::agreement_id.eq(row.id)).order(returns::code);
        let homecoming: Option<String> = of_it.select(returns::code).first(tx.conn).optional()?;
        for (what, code) in [("batch", batch), ("return", homecoming)] {
            if let Some(code) = code {
                return Err(Error::InUse(format!("The {what} {code:?} refers to this agreement.")));
            }
        }
        figures::note_gone(tx, &known, &figures)?;
        tx.note(Self::RESOURCE, row.id, code, row.revision + 1, Some(&own), None)?;
        let mut writes = Writes::default();
        writes.figures.gone.extend(figures.iter().map(|row| row.id));
        writes.agreements.gone.push(row.id);
        writes.execute(tx.conn)
    }

    fn sample() -> AgreementView {
        AgreementView {
            code: "al-waer-2017".to_owned(),
            name: "Al-Waer agreement".to_owned(),
            name_ar: Some("اتفاق الوعر".to_owned()),
            name_as_reported: None,
            signed_on: NaiveDate::from_ymd_opt(2017, 3, 13),
            location: Some("al-waer".to_owned()),
            location_name: Some("Al-Waer".to_owned()),
            parties: super::sample_parties(),
            url: Some("http://syrianobserver.com/?p=23818".to_owned()),
            notes: None,
            revision: 1,
            created_at: SAMPLE_TIME,
            updated_at: SAMPLE_TIME,
        }
    }

    fn sample_single() -> AgreementView {
        Self::sample()
    }

    fn sample_body() -> Value {
        json!({
            "code": "al-waer-2017", "name": "Al-Waer agreement", "signed_on": "2017-03-13",
            "parties": [{"name": "Russian Federation", "role": "guarantor"}],
        })
    }
}
