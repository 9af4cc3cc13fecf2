//! Places, in one gazetteer from country down to a camp.

mod resource;
mod write;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;

use super::Reading;
use super::names::{Names, Wanted};
use super::rows::utc;
use crate::db::Conn;
use crate::db::schema::locations;
use crate::db::types::{Word, list_from_text, list_to_text};
use crate::domain::location::{Level, Location};
use crate::domain::text::search_column;
use crate::domain::words::{LocationKind, SettlementType};
use crate::error::Error;

pub use resource::Locations;
pub(super) use write::READ_ONLY;

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

/// A place as it lies in the table.
#[derive(Clone, Debug, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = locations, treat_none_as_null = true, treat_none_as_default_value = false)]
pub(super) struct Row {
    #[diesel(skip_update)]
    pub(super) id: i64,
    pub(super) code: String,
    name: String,
    name_ar: Option<String>,
    aliases: String,
    kind: Word<LocationKind>,
    pub(super) parent_id: Option<i64>,
    p_code: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    settlement_type: Option<Word<SettlementType>>,
    pub(super) path: String,
    pub(super) country_id: Option<i64>,
    pub(super) admin1_id: Option<i64>,
    pub(super) admin2_id: Option<i64>,
    pub(super) admin3_id: Option<i64>,
    pub(super) words: String,
    revision: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

/// What a place is searched by.
pub(super) fn words(location: &Location) -> String {
    let texts = [Some(&location.code), Some(&location.name), location.name_ar.as_ref(), location.p_code.as_ref()];
    search_column(texts.into_iter().flatten().chain(&location.aliases).map(String::as_str))
}

impl Row {
    fn new(location: &Location, parent: Option<&Self>, revision: i32, at: NaiveDateTime) -> Result<Self, Error> {
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
            words: words(location),
            revision,
            created_at: at,
            updated_at: at,
        })
    }

    /// Where the place stands below another: its path, and the nearest place at each level.
    pub(super) fn stand_below(&mut self, parent: Option<&Self>) {
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

    pub(super) fn own(&self, names: &Names) -> Result<Location, Error> {
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
