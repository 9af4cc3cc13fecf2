//! What many rows of a column come to.

use super::table::Row;
use crate::db::types::Day;
use crate::domain::tally::{Flow, Tally};

/// The sums of one group on one side.
#[derive(Clone, Copy)]
pub struct Sums {
    counts: [i64; 6],
    /// How many rows they are of.
    pub rows: u32,
    /// How many rows have no families, and how many no persons.
    without: [u32; 2],
    flags: u8,
    /// The first day of all rows.
    pub first: Day,
    /// The last day of all rows.
    pub last: Day,
    /// The last of the days on which a row begins.
    pub latest: Day,
    /// From when to when people arrived.
    pub seen: (Day, Day),
}

impl Sums {
    /// Nothing yet.
    pub const NONE: Self = Self {
        counts: [0; 6],
        rows: 0,
        without: [0; 2],
        flags: 0,
        first: Day(i32::MAX),
        last: Day(i32::MIN),
        latest: Day(i32::MIN),
        seen: (Day(i32::MAX), Day(i32::MIN)),
    };

    /// Without a branch: what is unknown adds 0 to its count, and 1 to what is without. A thousand million rows of the highest count there may
    /// be do not overflow.
    #[inline]
    pub fn add(&mut self, row: &Row) {
        for (sum, count) in self.counts.iter_mut().zip(row.counts) {
            *sum = sum.wrapping_add(i64::from(count));
        }
        self.rows = self.rows.wrapping_add(1);
        for (without, unknown) in self.without.iter_mut().zip(Row::UNKNOWN) {
            *without = without.wrapping_add(u32::from(row.is(unknown)));
        }
        self.flags |= row.flags;
        self.first = self.first.min(row.first);
        self.last = self.last.max(row.last);
        self.latest = self.latest.max(row.first);
        self.seen = (self.seen.0.min(row.seen), self.seen.1.max(row.seen));
    }

    /// Adds what was summed elsewhere.
    pub fn join(&mut self, other: &Self) {
        for (sum, count) in self.counts.iter_mut().zip(other.counts) {
            *sum = sum.wrapping_add(count);
        }
        self.rows = self.rows.wrapping_add(other.rows);
        for (without, unknown) in self.without.iter_mut().zip(other.without) {
            *without = without.wrapping_add(unknown);
        }
        self.flags |= other.flags;
        self.first = self.first.min(other.first);
        self.last = self.last.max(other.last);
        self.latest = self.latest.max(other.latest);
        self.seen = (self.seen.0.min(other.seen.0), self.seen.1.max(other.seen.1));
    }

    /// What they say of people.
    pub fn flow(&self) -> Flow {
        let [households, low, high, individuals, least, most] = self.counts;
        let [households_open, individuals_open] = Row::OPEN.map(|open| self.flags & open != 0);
        let [without_households, without_individuals] = self.without.map(i64::from);
        Flow {
            rows: self.rows.into(),
            without_households,
            without_individuals,
            households: Tally { value: households, low, high, open: households_open },
            individuals: Tally { value: individuals, low: least, high: most, open: individuals_open },
        }
    }
}
