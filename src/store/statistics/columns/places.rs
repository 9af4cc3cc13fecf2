//! The gazetteer and the agreements in memory: what rows refer to by number, and what they are called.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::super::places::{Named, Place, PlaceFields, Ranked, place};
use super::table::NONE;
use crate::domain::location::Level;
use crate::domain::words::{SettlementType, Word};
use crate::error::Error;

/// A place, with what is derived of it.
#[derive(Debug)]
pub struct Known {
    /// What it shows of itself.
    pub fields: PlaceFields,
    /// The ids from the top of the gazetteer down to it, each followed by a dot.
    pub path: String,
    /// The ids of the places that it lies in: country, admin1, admin2, admin3.
    pub up: [Option<i64>; 4],
}

/// Every place. A place keeps its number for as long as the columns stand.
#[derive(Debug, Default)]
pub struct Places {
    known: Vec<Known>,
    by_id: HashMap<i64, u32>,
    by_code: HashMap<String, u32>,
    by_p_code: HashMap<String, u32>,
    /// The numbers by path: what lies below a place stands behind it.
    by_path: Vec<u32>,
    /// Their names by id and rank, in English and Arabic.
    names: [Arc<Ranked>; 2],
}

impl Places {
    /// Takes over what places are now. Those that are gone keep their numbers, as nothing refers to them.
    pub fn renew(&mut self, now: Vec<Known>) {
        self.by_code.clear();
        self.by_p_code.clear();
        let mut there = vec![];
        for known in now {
            let next = u32::try_from(self.known.len()).unwrap_or(NONE);
            let number = *self.by_id.entry(known.fields.id).or_insert(next);
            self.by_code.insert(known.fields.code.clone(), number);
            if let Some(p_code) = &known.fields.p_code {
                self.by_p_code.insert(p_code.clone(), number);
            }
            there.push(number);
            match self.known.get_mut(number as usize) {
                Some(place) => *place = known,
                None => self.known.push(known),
            }
        }
        let path = |number: &u32| self.known.get(*number as usize).map(|known| known.path.as_str());
        there.sort_unstable_by(|one, other| path(one).cmp(&path(other)));
        let place = |number: &u32| self.known.get(*number as usize);
        self.names = [false, true].map(|arabic| {
            let named = there.iter().filter_map(place).map(|known| (known.fields.id, known.fields.named(arabic)));
            Arc::new(Ranked::of(named.collect()))
        });
        self.by_path = there;
    }

    /// How many numbers there are.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// The number of a place.
    pub fn number(&self, id: i64) -> Result<u32, Error> {
        let number = self.by_id.get(&id).copied();
        number.ok_or_else(|| Error::Internal(format!("no location has the key {id}")))
    }

    /// Every place by its number, rolled up to a level if one is asked for: its id there.
    pub fn rolled(&self, level: Option<Level>) -> impl Iterator<Item = Option<i64>> {
        self.known.iter().map(move |known| match level {
            None => Some(known.fields.id),
            Some(Level::Country) => known.up[0],
            Some(Level::Admin1) => known.up[1],
            Some(Level::Admin2) => known.up[2],
            Some(Level::Admin3) => known.up[3],
        })
    }

    /// Which places some codes stand for, and everything below them, by number. Nothing where one of the codes is unknown.
    pub fn below(&self, codes: &[String]) -> Option<Vec<bool>> {
        let mut inside = vec![false; self.known.len()];
        for code in codes {
            let number = self.by_code.get(code).or_else(|| self.by_p_code.get(code))?;
            let path = self.known.get(*number as usize)?.path.as_str();
            let of = |number: &u32| self.known.get(*number as usize).map_or("", |known| known.path.as_str());
            let from = self.by_path.partition_point(|one| of(one) < path);
            for one in self.by_path.get(from..)?.iter().take_while(|one| of(one).starts_with(path)) {
                if let Some(place) = inside.get_mut(*one as usize) {
                    *place = true;
                }
            }
        }
        Some(inside)
    }

    /// Which places are of a settlement type themselves, by number.
    pub fn settled(&self, kind: SettlementType) -> Vec<bool> {
        let of_it = |known: &Known| known.fields.settlement_type.as_ref().is_some_and(|word| word.0 == kind);
        self.known.iter().map(of_it).collect()
    }

    /// The names of all of them, in one language.
    pub fn names(&self, arabic: bool) -> Arc<Ranked> {
        self.names[usize::from(arabic)].clone()
    }

    /// Some places with the fields of the gazetteer.
    pub fn shown(&self, ids: &BTreeSet<i64>, arabic: bool) -> Result<HashMap<i64, Arc<Place>>, Error> {
        let by_id = |id: i64| self.by_id.get(&id).and_then(|number| self.known.get(*number as usize));
        let known = ids.iter().filter_map(|id| by_id(*id));
        let shown = known.map(|known| {
            let parent = known.fields.parent_id.and_then(by_id).map(|parent| parent.fields.named(arabic));
            Ok((known.fields.id, Arc::new(place(&known.fields, parent)?)))
        });
        shown.collect()
    }
}

/// Every agreement, like the places.
#[derive(Debug, Default)]
pub struct Agreements {
    ids: Vec<i64>,
    by_id: HashMap<i64, u32>,
    by_code: HashMap<String, u32>,
    names: [Arc<Ranked>; 2],
}

impl Agreements {
    /// Takes over what agreements are now: their ids, each with its names in English and Arabic.
    pub fn renew(&mut self, now: Vec<(i64, [Named; 2])>) {
        self.by_code.clear();
        for (id, [named, _]) in &now {
            let next = u32::try_from(self.ids.len()).unwrap_or(NONE);
            let number = *self.by_id.entry(*id).or_insert(next);
            if number == next {
                self.ids.push(*id);
            }
            self.by_code.insert(named.code.clone(), number);
        }
        self.names = [0, 1].map(|language| {
            let named = now.iter().filter_map(|(id, names)| Some((*id, names.get(language)?.clone())));
            Arc::new(Ranked::of(named.collect()))
        });
    }

    /// The ids by number.
    pub fn ids(&self) -> &[i64] {
        &self.ids
    }

    /// The number of an agreement.
    pub fn number(&self, id: Option<i64>) -> Result<u32, Error> {
        let Some(id) = id else { return Ok(NONE) };
        let number = self.by_id.get(&id).copied();
        number.ok_or_else(|| Error::Internal(format!("no agreement has the key {id}")))
    }

    /// The number of the agreement of a code.
    pub fn of_code(&self, code: &str) -> Option<u32> {
        self.by_code.get(code).copied()
    }

    /// The names of all of them, in one language.
    pub fn names(&self, arabic: bool) -> Arc<Ranked> {
        self.names[usize::from(arabic)].clone()
    }
}

/// A word by its place in the vocabulary.
pub fn place_of<W: Word>(word: W) -> u8 {
    W::ALL.iter().position(|one| *one == word).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX)
}
