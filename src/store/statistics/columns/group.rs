//! Sums over columns: one pass over movements, one over returns.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use chrono::NaiveDate;
use foldhash::fast::RandomState;

use super::Held;
use super::places::place_of;
use super::sums::Sums;
use super::table::{NONE, Row, Table};
use crate::db::types::Day;
use crate::domain::access::Viewer;
use crate::domain::period::Unit;
use crate::domain::words::{BatchKind, Word as _};
use crate::error::Error;
use crate::store::Reading;
use crate::store::statistics::groups::{Cut, Flows, Group, Grouping, Reach};
use crate::store::statistics::places::{Names, Place};
use crate::store::statistics::{Filter, Ground, MAX_ROWS, Question};

/// Up to how many groups that there could be have a place of their own; of more, only those that there are.
const DENSE: u64 = 1 << 20;

/// A question to columns.
pub struct Asked<'a> {
    held: &'a Held,
    who: Reading,
    which: Which,
}

/// Which rows are counted: the same as `counted.rs` and `filter` say in SQL.
struct Which {
    /// The places, by number; without any, all of them.
    origin: Option<Vec<bool>>,
    destination: Option<Vec<bool>>,
    agreement: Option<u32>,
    /// The settlement type, and which places are of it themselves.
    settlement: Option<(u8, Vec<bool>)>,
    /// The kind of batch. People who move on are counted only where they are asked for.
    kind: Option<u8>,
    from: Day,
    to: Day,
    public: bool,
}

impl Which {
    /// Whether a row is counted.
    #[inline]
    fn holds(&self, row: &Row) -> bool {
        const ONWARD: u8 = 2;
        let at = |places: &Vec<bool>, number: u32| places.get(number as usize) == Some(&true);
        !row.is(Row::GONE)
            && (!self.public || row.is(Row::PUBLIC))
            && row.first >= self.from
            && row.last <= self.to
            && self.kind.map_or(row.kind != ONWARD, |kind| row.kind == kind)
            && self.agreement.is_none_or(|agreement| row.agreement == agreement)
            && self.origin.as_ref().is_none_or(|places| at(places, row.origin))
            && self.destination.as_ref().is_none_or(|places| at(places, row.destination))
            && self.settlement.as_ref().is_none_or(|(kind, places)| match row.settlement {
                0 => at(places, row.destination),
                own => own == *kind,
            })
    }
}

/// One key of a group: what each number of a row's becomes, and what that stands for.
struct Axis<T> {
    numbers: Vec<u32>,
    keys: Vec<Option<T>>,
}

impl<T: Copy + Eq + std::hash::Hash> Axis<T> {
    /// Each number's key; the last number of all is what has none. What is not asked for is one for all.
    fn of(asked: bool, keys: impl Iterator<Item = Option<T>>) -> Self {
        let mut axis = Self { numbers: vec![], keys: vec![None] };
        if asked {
            let mut known = HashMap::from([(None, 0)]);
            for key in keys {
                let number = *known.entry(key).or_insert_with(|| {
                    axis.keys.push(key);
                    u32::try_from(axis.keys.len() - 1).unwrap_or(NONE)
                });
                axis.numbers.push(number);
            }
        }
        axis
    }

    #[inline]
    fn number(&self, of: u32) -> u64 {
        self.numbers.get(of as usize).map_or(0, |number| u64::from(*number))
    }

    fn key(&self, number: u64) -> Option<T> {
        self.keys.get(usize::try_from(number).ok()?).copied().flatten()
    }

    fn len(&self) -> u64 {
        self.keys.len() as u64
    }
}

fn reach(first: Day, last: Day) -> Reach {
    Reach { first: first.date(), last: last.date() }
}

/// Up to how many threads sum one question, and how many rows are worth one.
const THREADS: usize = 4;
const SHARE: usize = if cfg!(test) { 2 } else { 100_000 };

/// Does something with all rows, with a part of them on each core.
fn shared<T: Send>(rows: &[Row], each: impl Fn(&[Row]) -> T + Sync) -> Result<Vec<T>, Error> {
    let cores = thread::available_parallelism().map_or(1, NonZero::get).min(THREADS);
    let mut shares = rows.chunks(rows.len().div_ceil(cores).max(SHARE));
    let own = shares.next().unwrap_or_default();
    thread::scope(|scope| {
        let each = &each;
        let others: Vec<_> = shares.map(|rows| scope.spawn(move || each(rows))).collect();
        let mut done = vec![each(own)];
        for other in others {
            done.push(other.join().map_err(|_| Error::Internal("a sum panicked".to_owned()))?);
        }
        Ok(done)
    })
}

/// The groups that there are, each with what left and what came back.
struct Sides {
    dense: Vec<u32>,
    sparse: HashMap<u64, u32, RandomState>,
    /// The key of each group.
    keys: Vec<u64>,
    sums: Vec<[Sums; 2]>,
}

impl Sides {
    fn new(possible: u64) -> Self {
        let dense = if possible <= DENSE { vec![NONE; usize::try_from(possible).unwrap_or_default()] } else { vec![] };
        Self { dense, sparse: HashMap::default(), keys: vec![], sums: vec![] }
    }

    #[inline]
    fn group(&mut self, key: u64) -> Option<&mut [Sums; 2]> {
        let next = u32::try_from(self.keys.len()).unwrap_or(NONE);
        let at = match usize::try_from(key).ok().and_then(|key| self.dense.get_mut(key)) {
            Some(at) => at,
            None => self.sparse.entry(key).or_insert(NONE),
        };
        if *at == NONE {
            *at = next;
            self.keys.push(key);
            self.sums.push([Sums::NONE; 2]);
        }
        self.sums.get_mut(*at as usize)
    }

    /// These and others of the same question together.
    fn with(mut self, other: Self) -> Self {
        for (key, sums) in other.keys.into_iter().zip(other.sums) {
            for (own, other) in self.group(key).into_iter().flatten().zip(&sums) {
                own.join(other);
            }
        }
        self
    }
}

impl<'a> Asked<'a> {
    /// A question in terms of columns; nothing where it names what is not there.
    pub fn of(held: &'a Held, who: Reading, question: &Question) -> Option<Self> {
        let Filter { origin, destination, agreement, settlement_type, kind, from, to, wrong, .. } = &question.filter;
        if !wrong.is_empty() {
            return None;
        }
        let below = |codes: &[String]| match codes {
            [] => Some(None),
            codes => held.places.below(codes).map(Some),
        };
        let kind = match kind {
            None => None,
            Some(kind) => Some(place_of(BatchKind::parse(kind)?)),
        };
        let end = [*to, question.as_of].into_iter().flatten().min();
        let which = Which {
            origin: below(origin)?,
            destination: below(destination)?,
            agreement: match agreement {
                None => None,
                Some(code) => Some(held.agreements.of_code(code)?),
            },
            settlement: settlement_type.map(|kind| (place_of(kind) + 1, held.places.settled(kind))),
            kind,
            from: Day::of(from.unwrap_or(NaiveDate::MIN)),
            to: Day::of(end.unwrap_or(NaiveDate::MAX)),
            public: who.viewer == Viewer::Public,
        };
        Some(Self { held, who, which })
    }

    fn movements(&self) -> impl Iterator<Item = &Row> {
        self.held.movements.rows().iter().filter(|row| self.which.holds(row))
    }

    fn returns(&self) -> impl Iterator<Item = &Row> {
        let public = self.which.public;
        let returns = self.held.returns.ids().iter().zip(self.held.returns.rows());
        let seen = returns.map(move |(id, row)| match public && row.is(Row::OTHERWISE) {
            true => self.held.otherwise.get(id).filter(|_| !row.is(Row::GONE)).unwrap_or(row),
            false => row,
        });
        seen.filter(|row| self.which.holds(row))
    }

    /// The periods of the days that there are: the first of them, and what each day becomes, counted from there.
    fn periods(&self, unit: Option<Unit>) -> (Day, Axis<NaiveDate>) {
        let reaches = [&self.held.movements, &self.held.returns].map(Table::reach);
        let (first, last) = reaches
            .into_iter()
            .flatten()
            .reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
            .unwrap_or((Day(1), Day(0)));
        let days = (first.0..=last.0).map(|day| Some(unit?.first(Day(day).date()?)));
        (first, Axis::of(unit.is_some(), days))
    }
}

impl Ground for Asked<'_> {
    fn groups(&mut self, grouping: Grouping) -> Result<HashMap<Cut, Group>, Error> {
        let Grouping { origin, destination, agreement, unit, by_last_day, level } = grouping;
        let origins = Axis::of(origin, self.held.places.rolled(level));
        let destinations = Axis::of(destination, self.held.places.rolled(level));
        let agreements = Axis::of(agreement, self.held.agreements.ids().iter().copied().map(Some));
        let (day, periods) = self.periods(unit);
        let period = |of: Day| periods.number(u32::try_from(of.0 - day.0).unwrap_or(NONE));
        let key = |row: &Row| {
            let mut period_of = period(row.last);
            if !by_last_day && period(row.first) != period_of {
                period_of = 0;
            }
            let key = origins.number(row.origin) * destinations.len() + destinations.number(row.destination);
            (key * agreements.len() + agreements.number(row.agreement)) * periods.len() + period_of
        };
        let possible = origins.len() * destinations.len() * agreements.len() * periods.len();
        let left = |rows: &[Row]| {
            let mut sides = Sides::new(possible);
            for row in rows.iter().filter(|row| self.which.holds(row)) {
                if let Some([left, _]) = sides.group(key(row)) {
                    left.add(row);
                }
            }
            sides
        };
        let parts = shared(self.held.movements.rows(), left)?.into_iter();
        let mut sides = parts.reduce(Sides::with).unwrap_or_else(|| Sides::new(possible));
        if grouping.is_total() {
            sides.group(0);
        }
        for row in self.returns() {
            if let Some([_, back]) = sides.group(key(row)) {
                back.add(row);
            }
        }
        if sides.keys.len() > MAX_ROWS {
            return Err(Error::TooManyRows(MAX_ROWS));
        }
        let group = |(key, [left, back]): (u64, [Sums; 2])| {
            let (key, period) = (key / periods.len(), key % periods.len());
            let (key, agreement) = (key / agreements.len(), key % agreements.len());
            let (origin, destination) = (key / destinations.len(), key % destinations.len());
            let cut = Cut {
                origin: origins.key(origin),
                destination: destinations.key(destination),
                agreement: agreements.key(agreement),
                period: periods.key(period),
            };
            let group = Group {
                flows: Flows { displaced: left.flow(), returned: back.flow() },
                dated: reach(left.first.min(back.first), left.last.max(back.last)),
                departed: reach(left.first, left.latest),
                arrived: reach(left.seen.0, left.seen.1),
            };
            (cut, group)
        };
        Ok(sides.keys.into_iter().zip(sides.sums).map(group).collect())
    }

    fn numbers(&mut self) -> Result<[usize; 4], Error> {
        let [mut origins, mut destinations] = [(); 2].map(|()| vec![false; self.held.places.len()]);
        let mut sets = vec![false; self.held.sources.len()];
        let note = |there: &mut [bool], number: u32| {
            if let Some(one) = there.get_mut(number as usize) {
                *one = true;
            }
        };
        let mut note_all = |row: &Row| {
            note(&mut origins, row.origin);
            note(&mut destinations, row.destination);
            note(&mut sets, row.sources);
        };
        // The movements of a batch stand beside each other, mostly: so this is short and nearly sorted.
        let mut batches = vec![];
        for row in self.movements() {
            note_all(row);
            if batches.last() != Some(&row.batch) {
                batches.push(row.batch);
            }
        }
        self.returns().for_each(note_all);
        batches.sort_unstable();
        batches.dedup();
        let confidential = |source: &i64| self.held.confidential.contains(source);
        let sources: BTreeSet<i64> = (0..)
            .zip(sets)
            .filter(|(_, there)| *there)
            .flat_map(|(set, _)| self.held.sources.members(set))
            .copied()
            .filter(|source| self.who.viewer.sees_confidential() || !confidential(source))
            .collect();
        let count = |places: Vec<bool>| places.into_iter().filter(|there| *there).count();
        Ok([batches.len(), count(origins), count(destinations), sources.len()])
    }

    fn names(&mut self, _: &mut dyn Iterator<Item = &Cut>) -> Result<Names, Error> {
        let arabic = self.who.arabic;
        Ok(Names { locations: self.held.places.names(arabic), agreements: self.held.agreements.names(arabic) })
    }

    fn places(&mut self, ids: BTreeSet<i64>) -> Result<HashMap<i64, Arc<Place>>, Error> {
        self.held.places.shown(&ids, self.who.arabic)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn onward_is_what_the_vocabulary_has_third() {
        assert_eq!(place_of(BatchKind::Onward), 2);
    }

    #[test]
    fn a_group_is_found_again_whether_there_could_be_few_or_many() {
        for possible in [8, DENSE + 8] {
            let mut sides = Sides::new(possible);
            for key in [7, 3, 7, 3, 7] {
                sides.group(key).unwrap()[0].rows += 1;
            }
            let rows: Vec<_> = sides.keys.iter().zip(&sides.sums).map(|(key, sums)| (*key, sums[0].rows)).collect();
            assert_eq!(rows, [(7, 3), (3, 2)]);
        }
    }
}
