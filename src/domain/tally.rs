//! Derived counts: from what the sources say to one recommended value and an honest range.
//!
//! The definitions are those of the contract: they bracket the claims, and are no confidence interval.

use chrono::NaiveDate;

use super::figure::Count;
use super::words::{FigureRole, Quantifier, Stage};

/// One unit (households or individuals) of a row or a sum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// The recommended value.
    pub value: i64,
    /// The lowest claim, never above the value.
    pub low: i64,
    /// The highest claim.
    pub high: i64,
    /// Whether the highest claim is itself a "more than".
    pub open: bool,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.value += other.value;
        self.low += other.low;
        self.high += other.high;
        self.open |= other.open;
    }
}

/// A whole figure of the actual phase, as far as derived counts look at it.
#[derive(Clone, Debug)]
pub struct Claim<'a> {
    /// The figure's code.
    pub code: &'a str,
    /// Whether it is the recommended one.
    pub role: Option<FigureRole>,
    /// Departed or arrived.
    pub stage: Stage,
    /// Who says so, by any key of the source.
    pub source: Option<i64>,
    /// When it was published.
    pub reported_on: Option<NaiveDate>,
    /// Families, if it gives them.
    pub households: Option<Count>,
    /// Persons, if it gives them.
    pub individuals: Option<Count>,
}

/// The derived counts of one movement or return.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Derived {
    /// Families, and the code of the figure that gave the value.
    pub households: Option<(Tally, String)>,
    /// Persons, and the code of the figure that gave the value.
    pub individuals: Option<(Tally, String)>,
    /// How many whole figures of the actual phase there are.
    pub figure_count: i32,
}

/// Derives the counts of one movement or return from its whole figures of the actual phase.
pub fn derive(claims: &[Claim]) -> Derived {
    Derived {
        households: unit(claims, |claim| claim.households),
        individuals: unit(claims, |claim| claim.individuals),
        figure_count: i32::try_from(claims.len()).unwrap_or(i32::MAX),
    }
}

fn unit(claims: &[Claim], of: impl Fn(&Claim) -> Option<Count>) -> Option<(Tally, String)> {
    let given: Vec<(&Claim, Count)> = claims.iter().filter_map(|claim| Some((claim, of(claim)?))).collect();
    let recommended = claims.iter().find(|claim| claim.role == Some(FigureRole::Recommended));
    let (chosen, count) = given.iter().min_by_key(|(claim, _)| preference(claim, recommended))?;
    let value = i64::from(count.value);

    let at_least = given.iter().filter(|(_, count)| count.quantifier != Quantifier::LessThan);
    // Beside other figures an "at most" gives no lower end; alone, nothing is certain but 0.
    let low = at_least.map(|(_, count)| i64::from(count.value)).min().unwrap_or(0).min(value);
    let top = |count: &Count| i64::from(count.high.unwrap_or(count.value));
    let high = given.iter().map(|(_, count)| top(count)).max().unwrap_or(value);
    let open = given.iter().any(|(_, count)| count.quantifier == Quantifier::MoreThan && top(count) == high);
    Some((Tally { value, low, high, open }, chosen.code.to_owned()))
}

/// Less is better: the recommended figure, then its source's, its stage's, the latest, the lowest code.
fn preference<'a>(claim: &Claim<'a>, recommended: Option<&Claim>) -> impl Ord + use<'a> {
    let same = |is: &dyn Fn(&Claim) -> bool| !recommended.is_some_and(is);
    (
        claim.role != Some(FigureRole::Recommended),
        same(&|one| one.source.is_some() && one.source == claim.source),
        same(&|one| one.stage == claim.stage),
        claim.reported_on.is_none(),
        std::cmp::Reverse(claim.reported_on),
        claim.code,
    )
}

/// A sum that knows what it does not cover: nothing there is 0, something there but nothing known is unknown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// How many movements or returns.
    pub rows: i64,
    /// How many of them have no families.
    pub without_households: i64,
    /// How many of them have no persons.
    pub without_individuals: i64,
    /// Families of those that have any.
    pub households: Tally,
    /// Persons of those that have any.
    pub individuals: Tally,
}

impl Flow {
    /// The families; `None` where there is something, and nobody knows how many.
    pub fn known_households(&self) -> Option<Tally> {
        (self.rows == 0 || self.without_households < self.rows).then_some(self.households)
    }

    /// The persons; `None` where there is something, and nobody knows how many.
    pub fn known_individuals(&self) -> Option<Tally> {
        (self.rows == 0 || self.without_individuals < self.rows).then_some(self.individuals)
    }
}

impl std::ops::AddAssign for Flow {
    fn add_assign(&mut self, other: Self) {
        self.rows += other.rows;
        self.without_households += other.without_households;
        self.without_individuals += other.without_individuals;
        self.households += other.households;
        self.individuals += other.individuals;
    }
}

/// Who is still away: displaced minus returned, at its best, least and most. Negative is shown as it is.
pub fn remaining(displaced: Option<Tally>, returned: Option<Tally>) -> Option<Tally> {
    let (displaced, returned) = (displaced?, returned?);
    Some(Tally {
        value: displaced.value - returned.value,
        low: displaced.low - returned.high,
        high: displaced.high - returned.low,
        open: displaced.open,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use Quantifier::{Approximately, Between, Exact, LessThan, MoreThan};

    fn claim(code: &str, value: i32, quantifier: Quantifier) -> Claim<'_> {
        let individuals = Some(Count { value, quantifier, high: None });
        Claim {
            code,
            role: None,
            stage: Stage::Departed,
            source: None,
            reported_on: None,
            households: None,
            individuals,
        }
    }

    fn tally(claims: &[Claim]) -> (i64, i64, i64, bool) {
        let (tally, _) = derive(claims).individuals.unwrap();
        (tally.value, tally.low, tally.high, tally.open)
    }

    #[test]
    fn the_recommended_value_stands_between_the_lowest_and_the_highest_claim() {
        let recommended = Claim { role: Some(FigureRole::Recommended), ..claim("b", 1354, Exact) };
        let claims = [claim("a", 1479, Exact), recommended, claim("c", 2000, Approximately)];
        assert_eq!(tally(&claims), (1354, 1354, 2000, false));
    }

    #[test]
    fn an_at_most_gives_no_lower_end_beside_others_and_zero_alone() {
        assert_eq!(tally(&[claim("a", 3000, LessThan)]), (3000, 0, 3000, false));
        assert_eq!(tally(&[claim("a", 800, Exact), claim("b", 300, LessThan)]), (800, 800, 800, false));
        let recommended = Claim { role: Some(FigureRole::Recommended), ..claim("b", 300, LessThan) };
        assert_eq!(tally(&[claim("a", 800, Exact), recommended]), (300, 300, 800, false));
    }

    #[test]
    fn the_range_is_open_where_the_highest_is_a_more_than() {
        assert_eq!(tally(&[claim("a", 500, MoreThan), claim("b", 630, Exact)]), (500, 500, 630, false));
        assert_eq!(tally(&[claim("a", 700, MoreThan), claim("b", 630, Exact)]), (700, 630, 700, true));
        let between = Count { value: 10, quantifier: Between, high: Some(15) };
        assert_eq!(tally(&[Claim { individuals: Some(between), ..claim("a", 0, Exact) }]), (10, 10, 15, false));
    }

    #[test]
    fn a_missing_unit_comes_from_the_source_of_the_recommended_figure_first() {
        let recommended =
            Claim { role: Some(FigureRole::Recommended), source: Some(7), individuals: None, ..claim("a", 0, Exact) };
        let late = Claim { reported_on: NaiveDate::from_ymd_opt(2017, 5, 1), source: Some(8), ..claim("b", 1, Exact) };
        let same = Claim { source: Some(7), stage: Stage::Arrived, ..claim("c", 2, Exact) };
        assert_eq!(derive(&[recommended, late, same]).individuals.unwrap().1, "c");
    }

    #[test]
    fn unknown_is_not_zero() {
        assert_eq!(Flow::default().known_individuals(), Some(Tally::default()));
        assert_eq!(Flow { rows: 1, without_individuals: 1, ..Flow::default() }.known_individuals(), None);
    }
}
