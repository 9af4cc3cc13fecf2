//! The columns of one table: rows of 64 bytes, found again by their keys.

use std::collections::HashMap;

use chrono::NaiveDate;

use crate::db::types::Day;

/// No agreement.
pub const NONE: u32 = u32::MAX;

/// A movement or a return, as far as it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The first day of its period.
    pub first: Day,
    /// The last day of its period.
    pub last: Day,
    /// When people arrived, or else left.
    pub seen: Day,
    /// Where they left, or came back to: the place's number.
    pub origin: u32,
    /// Where they went, or came back from: the place's number.
    pub destination: u32,
    /// The number of the agreement that it counts under, or [`NONE`].
    pub agreement: u32,
    /// Which sources its counts come from: the number of a set of them.
    pub sources: u32,
    /// Families, then persons: value, low and high of each, 0 where nobody knows.
    pub counts: [i32; 6],
    /// The key of its batch; 0 for a return.
    pub batch: i64,
    /// The kind of its batch, by the place of the word in its vocabulary.
    pub kind: u8,
    /// Its own settlement type, by the place of the word in its vocabulary from 1 on; 0 for none.
    pub settlement: u8,
    /// What else is said of it: [`Row::PUBLIC`] and the others.
    pub flags: u8,
}

impl Row {
    /// The public may read it.
    pub const PUBLIC: u8 = 1;
    /// For the public it counts otherwise: its movement is hidden.
    pub const OTHERWISE: u8 = 2;
    /// It is no longer there.
    pub const GONE: u8 = 4;
    /// Nobody knows how many families, and how many persons.
    pub const UNKNOWN: [u8; 2] = [8, 16];
    /// The highest claim of families, and of persons, is a "more than".
    pub const OPEN: [u8; 2] = [32, 64];

    /// Sets families (0) or persons (1) as they lie in the database.
    pub fn count(&mut self, unit: usize, [value, low, high]: [Option<i32>; 3], open: Option<bool>) {
        match (value, self.counts.get_mut(unit * 3..unit * 3 + 3)) {
            (Some(value), Some(counts)) => {
                counts.copy_from_slice(&[value, low.unwrap_or(value), high.unwrap_or(value)]);
                self.flags |= if open == Some(true) { Self::OPEN[unit] } else { 0 };
            }
            _ => self.flags |= Self::UNKNOWN[unit],
        }
    }

    /// Whether a flag is set.
    #[inline]
    pub fn is(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// A day that a row has whatever happens: those that count are dated.
pub fn dated(day: Option<Day>) -> Day {
    day.unwrap_or(Day::of(NaiveDate::MIN))
}

/// All rows of one table that count.
#[derive(Debug, Default)]
pub struct Table {
    ids: Vec<i64>,
    rows: Vec<Row>,
    /// So many keys at the beginning rise: they are found by halving.
    rising: usize,
    /// Where the others are: transactions do not end in the order of their keys.
    others: HashMap<i64, usize>,
    /// How many rows are no longer there.
    gone: usize,
    /// From the first to the last day of all of them, and perhaps of some that are gone.
    reach: Option<(Day, Day)>,
}

impl Table {
    /// Every row, also those that are gone.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Their keys, in the same order.
    pub fn ids(&self) -> &[i64] {
        &self.ids
    }

    /// From the first to the last day of all of them, at least.
    pub fn reach(&self) -> Option<(Day, Day)> {
        self.reach
    }

    /// How many rows are there.
    pub fn len(&self) -> usize {
        self.rows.len() - self.gone
    }

    /// Where the row of a key is.
    pub fn find(&self, id: i64) -> Option<usize> {
        let rising = self.ids.get(..self.rising).unwrap_or_default();
        rising.binary_search(&id).ok().or_else(|| self.others.get(&id).copied())
    }

    /// The row of a key.
    pub fn get_mut(&mut self, id: i64) -> Option<&mut Row> {
        let at = self.find(id)?;
        self.rows.get_mut(at)
    }

    /// Puts a row in the place of what it was before.
    pub fn put(&mut self, id: i64, row: Row) {
        let (first, last) = self.reach.unwrap_or((row.first, row.last));
        self.reach = Some((first.min(row.first), last.max(row.last)));
        if let Some(known) = self.get_mut(id) {
            let was_gone = known.is(Row::GONE);
            *known = row;
            self.gone -= usize::from(was_gone);
            return;
        }
        if self.rising == self.ids.len() && self.ids.last().is_none_or(|last| *last < id) {
            self.rising += 1;
        } else {
            self.others.insert(id, self.ids.len());
        }
        self.ids.push(id);
        self.rows.push(row);
    }

    /// Takes a row away, if it is there.
    pub fn remove(&mut self, id: i64) {
        if let Some(row) = self.get_mut(id).filter(|row| !row.is(Row::GONE)) {
            row.flags |= Row::GONE;
            self.gone += 1;
        }
    }

    /// Whether so much is gone that it is better made anew.
    pub fn is_sparse(&self) -> bool {
        self.gone > 10_000 && self.gone > self.rows.len() / 4
    }

    /// About how many bytes it takes.
    pub fn bytes(&self) -> usize {
        self.rows.capacity() * size_of::<Row>() + self.ids.capacity() * size_of::<i64>() + self.others.capacity() * 24
    }

    /// Gives back what growing has taken too much of.
    pub fn settle(&mut self) {
        self.rows.shrink_to_fit();
        self.ids.shrink_to_fit();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub fn row(batch: i64) -> Row {
        let day = dated(None);
        Row {
            first: day,
            last: day,
            seen: day,
            origin: 0,
            destination: 0,
            agreement: NONE,
            sources: 0,
            counts: [0; 6],
            batch,
            kind: 0,
            settlement: 0,
            flags: Row::PUBLIC,
        }
    }

    #[test]
    fn a_row_is_one_line_of_the_cache() {
        assert_eq!(size_of::<Row>(), 64);
    }

    #[test]
    fn rows_are_found_in_whatever_order_they_came() {
        let mut table = Table::default();
        for id in [3, 7, 9, 5, 12, 4] {
            table.put(id, row(id));
        }
        table.put(5, row(50));
        table.remove(7);
        table.remove(8);
        let batch =
            |table: &Table, id| table.find(id).map(|at| (table.rows()[at].batch, table.rows()[at].is(Row::GONE)));
        assert_eq!(batch(&table, 5), Some((50, false)));
        assert_eq!(batch(&table, 12), Some((12, false)));
        assert_eq!(batch(&table, 7), Some((7, true)));
        assert_eq!(batch(&table, 8), None);
        assert_eq!((table.rows().len(), table.gone), (6, 1));
        table.put(7, row(70));
        assert_eq!((batch(&table, 7), table.gone), (Some((70, false)), 0));
    }
}
