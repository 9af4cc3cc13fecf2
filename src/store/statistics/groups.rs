//! Groups of movements and returns, and how they add up.

use chrono::NaiveDate;

use super::rows::Which;
use super::{By, Question};
use crate::domain::location::Level;
use crate::domain::period::Unit;
use crate::domain::tally::Flow;

/// How rows are grouped.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Grouping {
    /// By where people left, and came back to.
    pub origin: bool,
    /// By where they went, and came back from.
    pub destination: bool,
    /// By agreement.
    pub agreement: bool,
    /// By period.
    pub unit: Option<Unit>,
    /// Whether a row belongs to the period of its last day, or to none unless one holds all of its days.
    pub by_last_day: bool,
    /// The level that places are rolled up to.
    pub level: Option<Level>,
}

impl Grouping {
    /// As the question asks.
    pub fn of(question: &Question, by_last_day: bool) -> Self {
        let asked = |key| question.by.contains(&key);
        Self {
            origin: asked(By::Origin),
            destination: asked(By::Destination),
            agreement: asked(By::Agreement),
            unit: question.unit(),
            by_last_day,
            level: question.level,
        }
    }

    /// Whether everything is one group.
    pub fn is_total(self) -> bool {
        !(self.origin || self.destination || self.agreement || self.unit.is_some())
    }
}

/// The keys of one group, by the ids of the database.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Cut {
    /// The place of origin.
    pub origin: Option<i64>,
    /// The place of displacement.
    pub destination: Option<i64>,
    /// The agreement.
    pub agreement: Option<i64>,
    /// The first day of the period.
    pub period: Option<NaiveDate>,
}

impl Cut {
    /// The place that a list of places is about.
    pub fn place(&self, which: Which) -> Option<i64> {
        match which {
            Which::Origin => self.origin,
            Which::Destination => self.destination,
        }
    }
}

/// The earliest and the latest of some days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reach {
    /// The earliest.
    pub first: Option<NaiveDate>,
    /// The latest.
    pub last: Option<NaiveDate>,
}

impl Reach {
    /// The reach of both.
    pub fn and(self, other: Self) -> Self {
        // Of two options the lesser is `None`: for the earliest it must not be.
        let first = self.first.into_iter().chain(other.first).min();
        Self { first, last: self.last.max(other.last) }
    }
}

/// What left and what came back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flows {
    /// Movements.
    pub displaced: Flow,
    /// Returns.
    pub returned: Flow,
}

impl std::ops::AddAssign for Flows {
    fn add_assign(&mut self, other: Self) {
        self.displaced += other.displaced;
        self.returned += other.returned;
    }
}

/// One group of rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Group {
    /// The sums.
    pub flows: Flows,
    /// From the first to the last day of their periods.
    pub dated: Reach,
    /// From the first to the last departure.
    pub departed: Reach,
    /// From the first to the last arrival, or departure where the arrival is not known.
    pub arrived: Reach,
}

impl std::ops::AddAssign for Group {
    fn add_assign(&mut self, other: Self) {
        self.flows += other.flows;
        self.dated = self.dated.and(other.dated);
        self.departed = self.departed.and(other.departed);
        self.arrived = self.arrived.and(other.arrived);
    }
}
