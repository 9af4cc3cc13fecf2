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
    locations: Ranked,
    agreements: Ranked,
}

/// Names by id, each with its rank among them by the bytes of its code: rows are then sorted by numbers.
type Ranked = HashMap<i64, (i64, Arc<Named>)>;

/// Behind every rank and every day: null comes last.
const LAST: i64 = i64::MAX;

impl Names {
    /// The names of whatever stands in some keys.
    pub fn of<'a>(conn: &mut Conn, who: Reading, cuts: impl Iterator<Item = &'a Cut>) -> Result<Self, Error> {
        let (mut places, mut under) = (BTreeSet::new(), BTreeSet::new());
        for cut in cuts {
            places.extend(cut.origin);
            places.extend(cut.destination);
            under.extend(cut.agreement);
        }
        Ok(Self {
            locations: ranked(named_places(conn, who, places)?),
            agreements: ranked(named_agreements(conn, who, under)?),
        })
    }

    fn find(&self, cut: &Cut, key: By) -> Option<&(i64, Arc<Named>)> {
        match key {
            By::Period(_) => None,
            By::Origin => self.locations.get(&cut.origin?),
            By::Destination => self.locations.get(&cut.destination?),
            By::Agreement => self.agreements.get(&cut.agreement?),
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

fn ranked(named: Vec<(i64, Named)>) -> Ranked {
    let mut named = named;
    named.sort_unstable_by(|(_, one), (_, other)| one.code.cmp(&other.code));
    (0..).zip(named).map(|(rank, (id, name))| (id, (rank, Arc::new(name)))).collect()
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

#[derive(Queryable)]
struct PlaceFields {
    id: i64,
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
}

/// Places with the fields of the gazetteer, by their ids.
pub(super) fn places(conn: &mut Conn, who: Reading, ids: BTreeSet<i64>) -> Result<HashMap<i64, Arc<Place>>, Error> {
    let ids: Vec<i64> = ids.into_iter().collect();
    let mut rows: Vec<PlaceFields> = vec![];
    for ids in ids.chunks(AT_ONCE) {
        let some = locations::table
            .select((
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
            ))
            .into_boxed::<Backend>()
            .filter(locations::id.eq_any(ids.to_vec()))
            .load(conn)?;
        rows.extend(some);
    }
    let parents = rows.iter().filter_map(|row| row.parent_id).collect();
    let parents: HashMap<i64, Named> = named_places(conn, who, parents)?.into_iter().collect();
    let place = |row: PlaceFields| {
        let place = Place {
            code: row.code,
            name: row.name,
            kind: row.kind.0,
            name_ar: row.name_ar,
            aliases: list_from_text(&row.aliases)?,
            parent: row.parent_id.and_then(|id| parents.get(&id).cloned()),
            p_code: row.p_code,
            latitude: row.latitude,
            longitude: row.longitude,
            settlement_type: row.settlement_type.map(|word| word.0),
        };
        Ok((row.id, Arc::new(place)))
    };
    rows.into_iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::period::{Unit, parse_date};

    fn names() -> Names {
        let named = |id, code: &str| (id, Named { code: code.to_owned(), name: code.to_uppercase() });
        Names { locations: ranked(vec![named(1, "b"), named(2, "B"), named(3, "a")]), agreements: Ranked::new() }
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
