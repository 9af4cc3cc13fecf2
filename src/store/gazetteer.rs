//! The codes and names that sheets refer to, loaded once for a whole import.

use std::collections::HashMap;

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{agreements, locations, sources};
use crate::db::types::{Word, list_from_text};
use crate::domain::gazetteer::{Gazetteer, Named};
use crate::domain::words::LocationKind;
use crate::error::Error;

/// A location as it is loaded: key, code, p-code, names, aliases, parent and kind.
type Place = (i64, String, Option<String>, String, Option<String>, String, Option<i64>, Word<LocationKind>);

/// Loads what there is, as an editor sees it: also the confidential sources.
pub fn load(conn: &mut Conn) -> Result<Gazetteer, Error> {
    let mut gazetteer = Gazetteer::default();
    let places: Vec<Place> = locations::table
        .select((
            locations::id,
            locations::code,
            locations::p_code,
            locations::name,
            locations::name_ar,
            locations::aliases,
            locations::parent_id,
            locations::kind,
        ))
        .order(locations::code)
        .load(conn)?;
    let codes: HashMap<i64, &str> = places.iter().map(|place| (place.0, place.1.as_str())).collect();
    for (_, code, p_code, name, name_ar, aliases, parent, kind) in &places {
        let aliases: Vec<String> = list_from_text(aliases)?;
        let parent = parent.and_then(|parent| codes.get(&parent).copied());
        let is_country = kind.0 == LocationKind::Country;
        let row = Named { code, p_code: p_code.as_deref(), name, parent, is_country };
        gazetteer.locations.add(row, name_ar.iter().chain(&aliases).map(String::as_str));
    }
    let named = sources::table.select((sources::code, sources::name, sources::name_ar)).order(sources::code);
    for (code, name, name_ar) in named.load::<(String, String, Option<String>)>(conn)? {
        gazetteer.sources.add(Named { code: &code, name: &name, ..Named::default() }, name_ar.as_deref());
    }
    let named =
        agreements::table.select((agreements::code, agreements::name, agreements::name_ar)).order(agreements::code);
    for (code, name, name_ar) in named.load::<(String, String, Option<String>)>(conn)? {
        gazetteer.agreements.add(Named { code: &code, name: &name, ..Named::default() }, name_ar.as_deref());
    }
    for index in [&mut gazetteer.locations, &mut gazetteer.sources, &mut gazetteer.agreements] {
        index.sort();
    }
    Ok(gazetteer)
}
