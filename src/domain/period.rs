//! Dates that stand for a day, a week, a month or a year, and the periods that statistics count by.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::Serialize;

use super::words::{Precision, Word};

/// The first year that a date may lie in.
pub const FIRST_YEAR: i32 = 1900;
/// The last year that a date may lie in.
pub const LAST_YEAR: i32 = 2199;

/// Reads `YYYY-MM-DD`, and nothing else.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let shape = text.len() == 10
        && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if !shape {
        return None;
    }
    NaiveDate::from_ymd_opt(text[..4].parse().ok()?, text[5..7].parse().ok()?, text[8..].parse().ok()?)
}

/// Whether a date lies in the years that the service records.
pub fn in_range(date: NaiveDate) -> bool {
    (FIRST_YEAR..=LAST_YEAR).contains(&date.year())
}

/// A span of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first day.
    pub first: NaiveDate,
    /// The last day.
    pub last: NaiveDate,
}

impl Span {
    /// One day.
    pub fn day(date: NaiveDate) -> Self {
        Self { first: date, last: date }
    }

    /// The whole period that a date of this precision stands for.
    pub fn of(date: NaiveDate, precision: Precision) -> Self {
        let unit = match precision {
            Precision::Day => Unit::Day,
            Precision::Week => Unit::Week,
            Precision::Month => Unit::Month,
            Precision::Year => Unit::Year,
        };
        Self { first: date, last: unit.last(date) }
    }
}

/// Whether a date is the first day of a period of its precision.
pub fn begins(date: NaiveDate, precision: Precision) -> bool {
    Span::of(date, precision).last.succ_opt().is_some() && first_of(date, precision) == date
}

fn first_of(date: NaiveDate, precision: Precision) -> NaiveDate {
    match precision {
        Precision::Day => date,
        Precision::Week => Unit::Week.first(date),
        Precision::Month => Unit::Month.first(date),
        Precision::Year => Unit::Year.first(date),
    }
}

/// A period that statistics can be asked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// One calendar day.
    Day,
    /// A week from Monday to Sunday (ISO 8601).
    Week,
    /// A calendar month.
    Month,
    /// A quarter of a calendar year.
    Quarter,
    /// A calendar year.
    Year,
}

impl Word for Unit {
    const WHAT: &'static str = "a period";
    const ALL: &'static [Self] = &[Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year];

    fn word(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }
}

impl Unit {
    /// The first day of the period that holds a date.
    pub fn first(self, date: NaiveDate) -> NaiveDate {
        let month = |month: u32| NaiveDate::from_ymd_opt(date.year(), month, 1).unwrap_or(date);
        match self {
            Self::Day => date,
            Self::Week => date - Days::new(u64::from(date.weekday().num_days_from_monday())),
            Self::Month => month(date.month()),
            Self::Quarter => month((date.month0() / 3) * 3 + 1),
            Self::Year => month(1),
        }
    }

    /// The first day of the period after the one that begins on `first`.
    pub fn next(self, first: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => first + Days::new(1),
            Self::Week => first + Days::new(7),
            Self::Month => first + Months::new(1),
            Self::Quarter => first + Months::new(3),
            Self::Year => first + Months::new(12),
        }
    }

    /// The last day of the period that holds a date.
    pub fn last(self, date: NaiveDate) -> NaiveDate {
        self.next(self.first(date)) - Days::new(1)
    }

    /// The name of the period that begins on `first`: `2017-03-18`, `2017-W11`, `2017-03`, `2017-Q1`, `2017`.
    pub fn label(self, first: NaiveDate) -> String {
        match self {
            Self::Day => first.format("%Y-%m-%d").to_string(),
            Self::Week => {
                let week = first.iso_week();
                format!("{:04}-W{:02}", week.year(), week.week())
            }
            Self::Month => first.format("%Y-%m").to_string(),
            Self::Quarter => format!("{:04}-Q{}", first.year(), first.month0() / 3 + 1),
            Self::Year => format!("{:04}", first.year()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    #[test]
    fn dates_are_read_strictly() {
        assert!(parse_date("2017-02-28").is_some());
        for wrong in ["2017-02-30", "2017-2-28", "20170228", "2017-02-28T00:00:00Z", "٢٠١٧-٠٢-٢٨", ""] {
            assert_eq!(parse_date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_period_has_a_first_and_a_last_day_and_a_name() {
        let day = date("2017-03-18");
        let all: Vec<_> = Unit::ALL
            .iter()
            .map(|unit| (unit.first(day).to_string(), unit.last(day).to_string(), unit.label(unit.first(day))))
            .collect();
        let expected = [
            ("2017-03-18", "2017-03-18", "2017-03-18"),
            ("2017-03-13", "2017-03-19", "2017-W11"),
            ("2017-03-01", "2017-03-31", "2017-03"),
            ("2017-01-01", "2017-03-31", "2017-Q1"),
            ("2017-01-01", "2017-12-31", "2017"),
        ];
        assert_eq!(all, expected.map(|(a, b, c)| (a.to_owned(), b.to_owned(), c.to_owned())));
    }

    #[test]
    fn a_week_begins_on_monday() {
        assert!(begins(date("2017-05-01"), Precision::Week));
        assert!(!begins(date("2017-05-02"), Precision::Week));
        assert_eq!(Span::of(date("2017-05-01"), Precision::Week).last, date("2017-05-07"));
    }
}
