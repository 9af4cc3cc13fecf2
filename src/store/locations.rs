//! Places, in one gazetteer from country down to a camp.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;
use serde_json::{Value, json};

use super::names::{Names, Wanted};
use super::rows::{self, SAMPLE_TIME, utc};
use super::sources::with_code;
use super::{Condition, Filter, Reading, Rows, Tx, Written, filter, references};
use crate::db::dialect;
use crate::db::page::{Page, PageRequest, Position, SortBy};
use crate::db::schema::{agreements, batches, figures, locations, movements, returns};
use crate::db::types::{Word, list_from_text, list_to_text};
use crate::db::{Backend, Conn};
use crate::domain::Resource;
use crate::domain::findings::Findings;
use crate::domain::location::{Level, Location};
use crate::domain::text::search_column;
use crate::domain::words::{LocationKind, SettlementType};
use crate::error::Error;

/// The resource `locations`.
pub struct Locations;

/// A place as it is read.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct LocationView {
    /// The public key.
    pub code: String,
    /// The name; Arabic with `labels=ar` where there is one.
    pub name: String,
    /// What kind of place it is.
    pub kind: LocationKind,
    /// The name in Arabic letters.
    pub name_ar: Option<String>,
    /// Other spellings and names.
    pub aliases: Vec<String>,
    /// The place that this one lies in.
    pub parent: Option<String>,
    /// Its name.
    pub parent_name: Option<String>,
    /// The official place code (OCHA p-code).
    pub p_code: Option<String>,
    /// Degrees north, WGS 84.
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// Where people stay there.
    pub settlement_type: Option<SettlementType>,
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

const READ_ONLY: &[&str] = &["parent_name", "revision", "created_at", "updated_at", "warnings"];

/// A place as it lies in the table.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = locations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    #[diesel(skip_insertion, skip_update)]
    pub(super) id: i64,
    code: String,
    name: String,
    name_ar: Option<String>,
    aliases: String,
    kind: Word<LocationKind>,
    parent_id: Option<i64>,
    p_code: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    settlement_type: Option<Word<SettlementType>>,
    path: String,
    country_id: Option<i64>,
    admin1_id: Option<i64>,
    admin2_id: Option<i64>,
    admin3_id: Option<i64>,
    words: String,
    revision: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    fn new(location: &Location, parent: Option<&Self>, revision: i32, at: NaiveDateTime) -> Result<Self, Error> {
        let texts = [Some(&location.code), Some(&location.name), location.name_ar.as_ref(), location.p_code.as_ref()];
        let texts = texts.into_iter().flatten().chain(&location.aliases);
        Ok(Self {
            id: 0,
            code: location.code.clone(),
            name: location.name.clone(),
            name_ar: location.name_ar.clone(),
            aliases: list_to_text(&location.aliases)?,
            kind: Word(location.kind),
            parent_id: parent.map(|parent| parent.id),
            p_code: location.p_code.clone(),
            latitude: location.latitude,
            longitude: location.longitude,
            settlement_type: location.settlement_type.map(Word),
            path: String::new(),
            country_id: None,
            admin1_id: None,
            admin2_id: None,
            admin3_id: None,
            words: search_column(texts.map(String::as_str)),
            revision,
            created_at: at,
            updated_at: at,
        })
    }

    /// Where the place stands below another: its path, and the nearest place at each level.
    fn stand_below(&mut self, parent: Option<&Self>) {
        let above = parent.map_or("", |parent| parent.path.as_str());
        self.path = format!("{above}{}.", self.id);
        let nearest = |level: Level, above: Option<i64>| {
            if self.kind.0 == level.kind() { Some(self.id) } else { above }
        };
        self.country_id = nearest(Level::Country, parent.and_then(|parent| parent.country_id));
        self.admin1_id = nearest(Level::Admin1, parent.and_then(|parent| parent.admin1_id));
        self.admin2_id = nearest(Level::Admin2, parent.and_then(|parent| parent.admin2_id));
        self.admin3_id = nearest(Level::Admin3, parent.and_then(|parent| parent.admin3_id));
    }

    fn own(&self, names: &Names) -> Result<Location, Error> {
        Ok(Location {
            code: self.code.clone(),
            name: self.name.clone(),
            kind: self.kind.0,
            name_ar: self.name_ar.clone(),
            aliases: list_from_text(&self.aliases)?,
            parent: self.parent_id.map(|parent| names.location(parent).code),
            p_code: self.p_code.clone(),
            latitude: self.latitude,
            longitude: self.longitude,
            settlement_type: self.settlement_type.map(|word| word.0),
        })
    }

    pub(super) fn view(self, who: Reading, names: &Names) -> Result<LocationView, Error> {
        let parent = self.parent_id.map(|parent| names.location(parent));
        Ok(LocationView {
            code: self.code,
            name: self.name_ar.clone().filter(|_| who.arabic).unwrap_or(self.name),
            kind: self.kind.0,
            name_ar: self.name_ar,
            aliases: list_from_text(&self.aliases)?,
            parent: parent.as_ref().map(|parent| parent.code.clone()),
            parent_name: parent.map(|parent| parent.name),
            p_code: self.p_code,
            latitude: self.latitude,
            longitude: self.longitude,
            settlement_type: self.settlement_type.map(|word| word.0),
            revision: self.revision,
            created_at: self.created_at,
            updated_at: self.updated_at,
        })
    }
}

fn find(conn: &mut Conn, code: &str) -> Result<Option<Row>, Error> {
    Ok(locations::table.filter(locations::code.eq(code)).first(conn).optional()?)
}

/// The names of the parents of some places.
pub(super) fn names(conn: &mut Conn, who: Reading, rows: &[Row]) -> Result<Names, Error> {
    let mut wanted = Wanted::default();
    wanted.locations(rows.iter().filter_map(|row| row.parent_id));
    Names::load(conn, who, &wanted)
}

fn view(conn: &mut Conn, who: Reading, row: Row) -> Result<LocationView, Error> {
    let names = names(conn, who, std::slice::from_ref(&row))?;
    row.view(who, &names)
}

fn own(conn: &mut Conn, row: &Row) -> Result<Location, Error> {
    let names = names(conn, super::INSIDE, std::slice::from_ref(row))?;
    row.own(&names)
}

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
fn taken(tx: &mut Tx, location: &Location, before: Option<&Row>) -> Result<Option<String>, Error> {
    let keys = [Some(location.code.as_str()), location.p_code.as_deref()];
    let keys: Vec<&str> = keys.into_iter().flatten().collect();
    for (key, place) in references::places(tx.conn, keys.iter().copied())? {
        if keys.contains(&key.as_str()) && Some(place.id) != before.map(|row| row.id) {
            return Ok(Some(format!("{key:?} is the code or p-code of the location {:?} already.", place.code)));
        }
    }
    Ok(None)
}

fn write(tx: &mut Tx, location: &Location, parent: Option<&Row>, before: Option<Row>) -> Result<(), Error> {
    let after = serde_json::to_value(location).ok();
    let Some(before) = before else {
        let revision = rows::first_revision(tx, Resource::Locations, &location.code)?;
        let mut row = Row::new(location, parent, revision, tx.at)?;
        row.id = diesel::insert_into(locations::table).values(&row).returning(locations::id).get_result(tx.conn)?;
        row.stand_below(parent);
        update(tx.conn, &row)?;
        tx.note(Resource::Locations, &location.code, revision, None, after);
        return Ok(());
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
    tx.note(Resource::Locations, &location.code, row.revision, serde_json::to_value(was).ok(), after);
    Ok(())
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

fn put(tx: &mut Tx, code: Option<&str>, body: &Value, condition: &Condition) -> Result<Written, Error> {
    // Paths are made of other rows' paths: one gazetteer, one writer at a time.
    dialect::lock(tx.conn, dialect::Lock::Locations)?;
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
    if let Some(taken) = taken(tx, &location, before.as_ref())? {
        return Err(Error::Taken(taken));
    }
    let created = before.is_none();
    let seen = before.clone().map(|row| view(tx.conn, super::INSIDE, row)).transpose()?;
    write(tx, &location, parent.as_ref(), before)?;
    let row = match seen {
        Some(seen) => Some(seen),
        None => find(tx.conn, &location.code)?.map(|row| view(tx.conn, super::INSIDE, row)).transpose()?,
    };
    let row = serde_json::to_value(row).unwrap_or_default();
    findings.warnings.extend(rows::read_only_warnings(body, &row, READ_ONLY));
    Ok(Written { code: location.code, created, warnings: findings.warnings })
}

/// Who refers to a place, if anybody does.
fn used(conn: &mut Conn, id: i64) -> Result<Option<String>, Error> {
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

impl Rows for Locations {
    const RESOURCE: Resource = Resource::Locations;
    type Row = LocationView;
    type Single = LocationView;
    type Body = Location;

    fn page(
        conn: &mut Conn,
        who: Reading,
        filter: &Filter,
        request: &PageRequest,
    ) -> Result<Page<LocationView>, Error> {
        let resolved = filter::resolve(conn, who, filter)?;
        let rows: Vec<Row> = locations::table
            .into_boxed::<Backend>()
            .filter(filter::locations(&resolved))
            .filter(rows::after(request, "code"))
            .order(rows::order(request, "code"))
            .limit(rows::fetch(request))
            .load(conn)?;
        let names = names(conn, who, &rows)?;
        let views = rows.into_iter().map(|row| row.view(who, &names)).collect::<Result<_, _>>()?;
        Ok(Page::of(views, request, |row: &LocationView| Position {
            date: None,
            time: (request.sort.by == SortBy::UpdatedAt).then_some(row.updated_at),
            code: row.code.clone(),
        }))
    }

    fn count(conn: &mut Conn, who: Reading, filter: &Filter) -> Result<i64, Error> {
        let resolved = filter::resolve(conn, who, filter)?;
        Ok(locations::table.filter(filter::locations(&resolved)).count().get_result(conn)?)
    }

    fn single(conn: &mut Conn, who: Reading, code: &str) -> Result<Option<(LocationView, i32)>, Error> {
        let Some(row) = find(conn, code)? else { return Ok(None) };
        let revision = row.revision;
        Ok(Some((view(conn, who, row)?, revision)))
    }

    fn create(tx: &mut Tx, body: &Value) -> Result<Written, Error> {
        put(tx, None, body, &Condition::default())
    }

    fn replace(tx: &mut Tx, code: &str, body: &Value, condition: &Condition) -> Result<Written, Error> {
        put(tx, Some(code), body, condition)
    }

    fn change(tx: &mut Tx, code: &str, patch: &Value, condition: &Condition) -> Result<Written, Error> {
        let before = find(tx.conn, code)?.ok_or_else(|| Error::NotFound(Self::RESOURCE, code.to_owned()))?;
        let own = serde_json::to_value(own(tx.conn, &before)?).unwrap_or_default();
        put(tx, Some(code), &rows::merged(&own, patch), condition)
    }

    fn delete(tx: &mut Tx, code: &str, condition: &Condition) -> Result<(), Error> {
        dialect::lock(tx.conn, dialect::Lock::Locations)?;
        let row = find(tx.conn, code)?.ok_or_else(|| Error::NotFound(Self::RESOURCE, code.to_owned()))?;
        condition.check(Some(row.revision))?;
        if let Some(used) = used(tx.conn, row.id)? {
            return Err(Error::InUse(used));
        }
        let was = own(tx.conn, &row)?;
        // A place at a level refers to itself, which a foreign key that is checked row by row would hold against it.
        diesel::delete(locations::table.filter(locations::id.eq(row.id))).execute(tx.conn)?;
        tx.note(Self::RESOURCE, code, row.revision + 1, serde_json::to_value(was).ok(), None);
        Ok(())
    }

    fn sample() -> LocationView {
        LocationView {
            code: "zoghra-camp".to_owned(),
            name: "Zoghra camp".to_owned(),
            kind: LocationKind::Camp,
            name_ar: Some("مخيم زوغرة".to_owned()),
            aliases: vec!["Zoghara".to_owned(), "Zughra".to_owned()],
            parent: Some("SY0208".to_owned()),
            parent_name: Some("Jarablus".to_owned()),
            p_code: None,
            latitude: None,
            longitude: None,
            settlement_type: Some(SettlementType::PlannedCamp),
            revision: 1,
            created_at: SAMPLE_TIME,
            updated_at: SAMPLE_TIME,
        }
    }

    fn sample_single() -> LocationView {
        Self::sample()
    }

    fn sample_body() -> Value {
        json!({"code": "SY", "name": "Syrian Arab Republic", "name_ar": "سوريا", "kind": "country"})
    }
}
