//! The names of what rows are about, and the order that codes bring them into.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::Datelike;
use diesel::prelude::*;

use super::groups::Cut;
use super::rows::KeyCell;
use super::{By, Reading};
use crate::db::schema::{agreements, locations};
use crate::db::types::{Word, list_from_text};
use crate::db::{Backend, Conn};
use crate::domain::words::{LocationKind, SettlementType};
use crate::error::Error;

/// How many ids one statement asks for: SQLite binds no more than 32,766.
const AT_ONCE: usize = 10_000;

/// A code with the name that stands beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The code.
    pub code: String,
    /// The name, in the language that was asked for.
    pub name: String,
}

/// A place with the fields of the gazetteer.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The code.
    pub code: String,
    /// The name.
    pub name: String,
    /// What kind of place it is.
    pub kind: LocationKind,
    /// The name in Arabic letters.
    pub name_ar: Option<String>,
    /// Other names.
    pub aliases: Vec<String>,
    /// The place that it lies in.
    pub parent: Option<Named>,
    /// The official place code.
    pub p_code: Option<String>,
    /// Degrees north.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// Where people stay there.
    pub settlement_type: Option<SettlementType>,
}

/// The names of the places and agreements of an answer.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// The names of places.
    pub locations: Arc<Ranked>,
    /// The names of agreements.
    pub agreements: Arc<Ranked>,
}

/// Names by id, each with its rank among them by the bytes of its code: rows are then sorted by numbers.
#[derive(Debug, Default)]
pub(super) struct Ranked(HashMap<i64, (i64, Arc<Named>)>);

impl Ranked {
    /// Some names, ranked.
    pub fn of(named: Vec<(i64, Named)>) -> Self {
        let mut named = named;
        named.sort_unstable_by(|(_, one), (_, other)| one.code.cmp(&other.code));
        Self((0..).zip(named).map(|(rank, (id, name))| (id, (rank, Arc::new(name)))).collect())
    }
}

/// Behind every rank and every day: null comes last.
const LAST: i64 = i64::MAX;

impl Names {
    /// The names of whatever stands in some keys.
    pub fn of(conn: &mut Conn, who: Reading, cuts: &mut dyn Iterator<Item = &Cut>) -> Result<Self, Error> {
        let (mut places, mut under) = (BTreeSet::new(), BTreeSet::new());
        for cut in cuts {
            places.extend(cut.origin);
            places.extend(cut.destination);
            under.extend(cut.agreement);
        }
        Ok(Self {
            locations: Arc::new(Ranked::of(named_places(conn, who, places)?)),
            agreements: Arc::new(Ranked::of(named_agreements(conn, who, under)?)),
        })
    }

    fn find(&self, cut: &Cut, key: By) -> Option<&(i64, Arc<Named>)> {
        match key {
            By::Period(_) => None,
            By::Origin => self.locations.0.get(&cut.origin?),
            By::Destination => self.locations.0.get(&cut.destination?),
            By::Agreement => self.agreements.0.get(&cut.agreement?),
        }
    }

    /// What rows are sorted by: their keys in the order in which they were asked for, null last.
    pub fn order(&self, cut: &Cut, by: &[By]) -> [i64; 4] {
        let mut order = [LAST; 4];
        for (place, key) in order.iter_mut().zip(by) {
            *place = match key {
                By::Period(_) => cut.period.map_or(LAST, |day| day.num_days_from_ce().into()),
                _ => self.find(cut, *key).map_or(LAST, |(rank, _)| *rank),
            };
        }
        order
    }

    /// The keys of a row as it shows them.
    pub fn keys(&self, cut: &Cut, by: &[By]) -> Box<[KeyCell]> {
        let cell = |key: &By| match key {
            By::Period(unit) => KeyCell::Period(*unit, cut.period),
            _ => KeyCell::Named(*key, self.find(cut, *key).map(|(_, name)| name.clone())),
        };
        by.iter().map(cell).collect()
    }
}

type NamedRow = (i64, String, String, Option<String>);

fn named((id, code, name, name_ar): NamedRow, who: Reading) -> (i64, Named) {
    let name = name_ar.filter(|_| who.arabic).unwrap_or(name);
    (id, Named { code, name })
}

fn named_places(conn: &mut Conn, who: Reading, ids: BTreeSet<i64>) -> Result<Vec<(i64, Named)>, Error> {
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut found = vec![];
    for ids in ids.chunks(AT_ONCE) {
        let rows: Vec<NamedRow> = locations::table
            .select((locations::id, locations::code, locations::name, locations::name_ar))
            .into_boxed::<Backend>()
            .filter(locations::id.eq_any(ids.to_vec()))
            .load(conn)?;
        found.extend(rows.into_iter().map(|row| named(row, who)));
    }
    Ok(found)
}

fn named_agreements(conn: &mut Conn, who: Reading, ids: BTreeSet<i64>) -> Result<Vec<(i64, Named)>, Error> {
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut found = vec![];
    for ids in ids.chunks(AT_ONCE) {
        let rows: Vec<NamedRow> = agreements::table
            .select((agreements::id, agreements::code, agreements::name, agreements::name_ar))
            .into_boxed::<Backend>()
            .filter(agreements::id.eq_any(ids.to_vec()))
            .load(conn)?;
        found.extend(rows.into_iter().map(|row| named(row, who)));
    }
    Ok(found)
}

/// A place as it lies in its table, as far as answers show it.
#[derive(Debug, Queryable)]
pub(super) struct PlaceFields {
    pub id: i64,
    pub code: String,
    name: String,
    name_ar: Option<String>,
    aliases: String,
    kind: Word<LocationKind>,
    pub parent_id: Option<i64>,
    pub p_code: Option<String>,
    latitude: Option<f64>,
    longitude: Option<f64>,
    pub settlement_type: Option<Word<SettlementType>>,
}

impl PlaceFields {
    /// The code with the name beside it, in one language.
    pub fn named(&self, arabic: bool) -> Named {
        let name = self.name_ar.as_ref().filter(|_| arabic).unwrap_or(&self.name);
        Named { code: self.code.clone(), name: name.clone() }
    }
}

/// The columns of [`PlaceFields`].
macro_rules! place_fields {
    () => {
        (
            locations::id,
            locations::code,
            locations::name,
            locations::name_ar,
            locations::aliases,
            locations::kind,
            locations::parent_id,
            locations::p_code,
            locations::latitude,
            locations::longitude,
            locations::settlement_type,
        )
    };
}
pub(super) use place_fields;

/// A place with the fields of the gazetteer, and the place that it lies in.
pub(super) fn place(fields: &PlaceFields, parent: Option<Named>) -> Result<Place, Error> {
    Ok(Place {
        code: fields.code.clone(),
        name: fields.name.clone(),
        kind: fields.kind.0,
        name_ar: fields.name_ar.clone(),
        aliases: list_from_text(&fields.aliases)?,
        parent,
        p_code: fields.p_code.clone(),
        latitude: fields.latitude,
        longitude: fields.longitude,
        settlement_type: fields.settlement_type.map(|word| word.0),
    })
}

/// Places with the fields of the gazetteer, by their ids.
pub(super) fn places(conn: &mut Conn, who: Reading, ids: BTreeSet<i64>) -> Result<HashMap<i64, Arc<Place>>, Error> {
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut rows: Vec<PlaceFields> = vec![];
    for ids in ids.chunks(AT_ONCE) {
        let some = locations::table
            .select(place_fields!())
            .into_boxed::<Backend>()
            .filter(locations::id.eq_any(ids.to_vec()))
            .load(conn)?;
        rows.extend(some);
    }
    let parents = rows.iter().filter_map(|row| row.parent_id).collect();
    let parents: HashMap<i64, Named> = named_places(conn, who, parents)?.into_iter().collect();
    let shown = |row: &PlaceFields| {
        let parent = row.parent_id.and_then(|id| parents.get(&id).cloned());
        Ok((row.id, Arc::new(place(row, parent)?)))
    };
    rows.iter().map(shown).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::period::{Unit, parse_date};

    fn names() -> Names {
        let named = |id, code: &str| (id, Named { code: code.to_owned(), name: code.to_uppercase() });
        let locations = Ranked::of(vec![named(1, "b"), named(2, "B"), named(3, "a")]);
        Names { locations: Arc::new(locations), ..Names::default() }
    }

    #[test]
    fn rows_rise_by_the_bytes_of_codes_and_null_comes_last() {
        let names = names();
        let by = [By::Destination, By::Period(Unit::Month)];
        let cut = |destination, period: &str| Cut { destination, period: parse_date(period), ..Cut::default() };
        let mut cuts =
            [cut(None, "2017-03-01"), cut(Some(1), ""), cut(Some(1), "2017-03-01"), cut(Some(2), ""), cut(Some(3), "")];
        cuts.sort_by_cached_key(|cut| names.order(cut, &by));
        let places: Vec<_> = cuts.iter().map(|cut| (cut.destination, cut.period.is_some())).collect();
        assert_eq!(places, [(Some(2), false), (Some(3), false), (Some(1), true), (Some(1), false), (None, true)]);
    }
}
