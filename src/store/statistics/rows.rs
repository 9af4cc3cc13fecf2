//! The rows of statistics: flat, each key with its name beside it, the same columns in every format.

use std::sync::Arc;

use chrono::NaiveDate;
use serde::ser::{Serialize, SerializeMap, Serializer};

use super::By;
use super::groups::{Flows, Reach};
use super::places::{Named, Place};
use crate::domain::period::Unit;
use crate::domain::tally::{Tally, remaining};
use crate::domain::words::Word as _;

/// One value of a row.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// A code or a name.
    Text(Option<&'a str>),
    /// The name of a period.
    Period(Option<String>),
    /// A word of a vocabulary.
    Word(Option<&'static str>),
    /// Several names.
    List(&'a [String]),
    /// A day.
    Day(Option<NaiveDate>),
    /// How many, if anybody knows.
    Count(Option<i64>),
    /// How many rows were counted: always known.
    Rows(i64),
    /// Yes or no, if anybody knows.
    Flag(Option<bool>),
    /// A number with a fraction.
    Number(Option<f64>),
}

impl Serialize for Cell<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => text.serialize(to),
            Self::Period(label) => label.serialize(to),
            Self::Word(word) => word.serialize(to),
            Self::List(list) => list.serialize(to),
            Self::Day(day) => day.serialize(to),
            Self::Count(count) => count.serialize(to),
            Self::Rows(rows) => rows.serialize(to),
            Self::Flag(flag) => flag.serialize(to),
            Self::Number(number) => number.serialize(to),
        }
    }
}

/// A row of a statistic: its columns depend on the question.
pub trait StatRow {
    /// Shows every column and its value, in order.
    fn cells<'a>(&'a self, show: &mut dyn FnMut(&'static str, Cell<'a>));

    /// The names of the columns, in order.
    fn columns(&self) -> Vec<&'static str> {
        let mut names = vec![];
        self.cells(&mut |name, _| names.push(name));
        names
    }
}

fn map<S: Serializer>(row: &impl StatRow, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(None)?;
    let mut done = Ok(());
    row.cells(&mut |name, cell| {
        if done.is_ok() {
            done = map.serialize_entry(name, &cell);
        }
    });
    done?;
    map.end()
}

/// One key of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyCell {
    /// A period, by its first day; null for what lies in no single one.
    Period(Unit, Option<NaiveDate>),
    /// A place or an agreement; null for what has none.
    Named(By, Option<Arc<Named>>),
}

impl KeyCell {
    fn cells<'a>(&'a self, show: &mut dyn FnMut(&'static str, Cell<'a>)) {
        match self {
            Self::Period(unit, first) => {
                show("period", Cell::Period(first.map(|first| unit.label(first))));
                show("period_start", Cell::Day(*first));
            }
            Self::Named(key, named) => {
                let (code, name) = match key {
                    By::Origin => ("origin", "origin_name"),
                    By::Destination => ("destination", "destination_name"),
                    By::Agreement | By::Period(_) => ("agreement", "agreement_name"),
                };
                show(code, Cell::Text(named.as_ref().map(|named| named.code.as_str())));
                show(name, Cell::Text(named.as_ref().map(|named| named.name.as_str())));
            }
        }
    }
}

const DISPLACED: [[&str; 4]; 2] = [
    ["displaced_households", "displaced_households_low", "displaced_households_high", "displaced_households_high_open"],
    [
        "displaced_individuals",
        "displaced_individuals_low",
        "displaced_individuals_high",
        "displaced_individuals_high_open",
    ],
];
const RETURNED: [[&str; 4]; 2] = [
    ["returned_households", "returned_households_low", "returned_households_high", "returned_households_high_open"],
    ["returned_individuals", "returned_individuals_low", "returned_individuals_high", "returned_individuals_high_open"],
];
const REMAINING: [[&str; 4]; 2] = [
    ["remaining_households", "remaining_households_low", "remaining_households_high", "remaining_households_high_open"],
    [
        "remaining_individuals",
        "remaining_individuals_low",
        "remaining_individuals_high",
        "remaining_individuals_high_open",
    ],
];

fn tally<'a>(names: [&'static str; 4], tally: Option<Tally>, show: &mut dyn FnMut(&'static str, Cell<'a>)) {
    show(names[0], Cell::Count(tally.map(|tally| tally.value)));
    show(names[1], Cell::Count(tally.map(|tally| tally.low)));
    show(names[2], Cell::Count(tally.map(|tally| tally.high)));
    show(names[3], Cell::Flag(tally.map(|tally| tally.open)));
}

impl Flows {
    fn cells<'a>(&self, show: &mut dyn FnMut(&'static str, Cell<'a>)) {
        let Self { displaced, returned } = self;
        tally(DISPLACED[0], displaced.known_households(), show);
        tally(DISPLACED[1], displaced.known_individuals(), show);
        tally(RETURNED[0], returned.known_households(), show);
        tally(RETURNED[1], returned.known_individuals(), show);
        show("movements", Cell::Rows(displaced.rows));
        show("movements_without_households", Cell::Rows(displaced.without_households));
        show("movements_without_individuals", Cell::Rows(displaced.without_individuals));
        show("returns", Cell::Rows(returned.rows));
        show("returns_without_households", Cell::Rows(returned.without_households));
        show("returns_without_individuals", Cell::Rows(returned.without_individuals));
    }
}

/// Who left and who came back by a day, and who is still away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Balance {
    /// The day; none where there is no data and none was asked for.
    pub as_of: Option<NaiveDate>,
    /// Everything whose period has ended by then.
    pub flows: Flows,
}

impl Balance {
    /// Returned over displaced persons: above 1 on over-return, none where nobody was displaced.
    pub fn return_rate(&self) -> Option<f64> {
        let displaced = self.flows.displaced.known_individuals()?.value;
        let returned = self.flows.returned.known_individuals()?.value;
        (displaced != 0).then(|| returned as f64 / displaced as f64)
    }

    /// Whether more persons returned than were displaced: a sign of a gap in the record.
    pub fn over_return(&self) -> Option<bool> {
        let displaced = self.flows.displaced.known_individuals()?.value;
        Some(self.flows.returned.known_individuals()?.value > displaced)
    }

    fn cells<'a>(&self, show: &mut dyn FnMut(&'static str, Cell<'a>)) {
        let Flows { displaced, returned } = &self.flows;
        show("as_of", Cell::Day(self.as_of));
        self.flows.cells(show);
        tally(REMAINING[0], remaining(displaced.known_households(), returned.known_households()), show);
        tally(REMAINING[1], remaining(displaced.known_individuals(), returned.known_individuals()), show);
        show("return_rate", Cell::Number(self.return_rate()));
        show("over_return", Cell::Flag(self.over_return()));
    }
}

/// A row of flows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlowRow {
    /// The keys, in the order in which they were asked for.
    pub keys: Box<[KeyCell]>,
    /// What left and what came back.
    pub flows: Flows,
}

impl StatRow for FlowRow {
    fn cells<'a>(&'a self, show: &mut dyn FnMut(&'static str, Cell<'a>)) {
        self.keys.iter().for_each(|key| key.cells(show));
        self.flows.cells(show);
    }
}

/// A row of stocks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StockRow {
    /// The keys, the period last.
    pub keys: Box<[KeyCell]>,
    /// Who left, came back and is still away.
    pub balance: Balance,
}

impl StatRow for StockRow {
    fn cells<'a>(&'a self, show: &mut dyn FnMut(&'static str, Cell<'a>)) {
        self.keys.iter().for_each(|key| key.cells(show));
        self.balance.cells(show);
    }
}

/// The one row of the summary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryRow {
    /// Who left, came back and is still away.
    pub balance: Balance,
    /// From the first day of the first period to the last of the latest.
    pub dated: Reach,
    /// Batches of the movements that are counted.
    pub batches: usize,
    /// Places that people left or came back to.
    pub origins: usize,
    /// Places that people went to or came back from.
    pub destinations: usize,
    /// Sources of the figures that counts come from.
    pub sources: usize,
}

impl StatRow for SummaryRow {
    fn cells<'a>(&'a self, show: &mut dyn FnMut(&'static str, Cell<'a>)) {
        let number = |number: usize| Cell::Rows(i64::try_from(number).unwrap_or(i64::MAX));
        self.balance.cells(show);
        show("first_date", Cell::Day(self.dated.first));
        show("last_date", Cell::Day(self.dated.last));
        show("batches", number(self.batches));
        show("origins", number(self.origins));
        show("destinations", number(self.destinations));
        show("sources", number(self.sources));
    }
}

/// Which end of the journey.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// Where people left, and came back to.
    Origin,
    /// Where people went, and came back from.
    Destination,
}

/// A place that people left or reached, with its balance.
#[derive(Clone, Debug, PartialEq)]
pub struct PlaceRow {
    /// Which of the two.
    pub which: Which,
    /// The place; none for those without an ancestor at the level that was asked for.
    pub place: Option<Arc<Place>>,
    /// From the first to the last arrival, or departure.
    pub seen: Reach,
    /// Who left, came back and is still away.
    pub balance: Balance,
}

impl StatRow for PlaceRow {
    fn cells<'a>(&'a self, show: &mut dyn FnMut(&'static str, Cell<'a>)) {
        let place = self.place.as_deref();
        show("code", Cell::Text(place.map(|place| place.code.as_str())));
        show("name", Cell::Text(place.map(|place| place.name.as_str())));
        show("kind", Cell::Word(place.map(|place| place.kind.word())));
        show("name_ar", Cell::Text(place.and_then(|place| place.name_ar.as_deref())));
        show("aliases", Cell::List(place.map(|place| place.aliases.as_slice()).unwrap_or_default()));
        let parent = place.and_then(|place| place.parent.as_ref());
        show("parent", Cell::Text(parent.map(|parent| parent.code.as_str())));
        show("parent_name", Cell::Text(parent.map(|parent| parent.name.as_str())));
        show("p_code", Cell::Text(place.and_then(|place| place.p_code.as_deref())));
        show("latitude", Cell::Number(place.and_then(|place| place.latitude)));
        show("longitude", Cell::Number(place.and_then(|place| place.longitude)));
        show("settlement_type", Cell::Word(place.and_then(|place| place.settlement_type).map(|word| word.word())));
        let (first, last) = match self.which {
            Which::Destination => ("first_arrival", "last_arrival"),
            Which::Origin => ("first_departure", "last_departure"),
        };
        show(first, Cell::Day(self.seen.first));
        show(last, Cell::Day(self.seen.last));
        self.balance.cells(show);
    }
}

macro_rules! serialize {
    ($($row:ident),+) => {
        $(impl Serialize for $row {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                map(self, to)
            }
        })+
    };
}
serialize!(FlowRow, StockRow, SummaryRow, PlaceRow);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::tally::Flow;

    fn known(value: i64) -> Flow {
        Flow { rows: 1, individuals: Tally { value, low: value, high: value, open: false }, ..Flow::default() }
    }

    fn balance(displaced: Flow, returned: Flow) -> (Option<f64>, Option<bool>) {
        let balance = Balance { as_of: None, flows: Flows { displaced, returned } };
        (balance.return_rate(), balance.over_return())
    }

    #[test]
    fn a_rate_needs_somebody_who_was_displaced() {
        assert_eq!(balance(known(200), known(50)), (Some(0.25), Some(false)));
        assert_eq!(balance(known(2), known(3)), (Some(1.5), Some(true)));
        assert_eq!(balance(known(0), known(0)), (None, Some(false)));
        assert_eq!(balance(known(0), known(3)), (None, Some(true)));
        let unknown = Flow { rows: 1, without_individuals: 1, ..Flow::default() };
        assert_eq!(balance(unknown, known(3)), (None, None));
        assert_eq!(balance(known(3), unknown), (None, None));
    }

    #[test]
    fn a_row_shows_only_the_keys_that_were_asked_for_in_their_order() {
        let named = Arc::new(Named { code: "zoghra-camp".to_owned(), name: "Zoghra camp".to_owned() });
        let keys = [
            KeyCell::Named(By::Destination, Some(named)),
            KeyCell::Period(Unit::Quarter, NaiveDate::from_ymd_opt(2017, 1, 1)),
        ];
        let row = FlowRow { keys: Box::new(keys), flows: Flows { displaced: known(7), ..Flows::default() } };
        let json = serde_json::to_string(&row).unwrap();
        let start = r#"{"destination":"zoghra-camp","destination_name":"Zoghra camp","period":"2017-Q1","period_start":"2017-01-01","displaced_households":0,"#;
        assert!(json.starts_with(start), "{json}");
        assert!(
            json.ends_with(r#""returns":0,"returns_without_households":0,"returns_without_individuals":0}"#),
            "{json}"
        );
    }
}
