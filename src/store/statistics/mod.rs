//! Statistics: flows, stocks and the places that people left and reached, each complete in one answer.
//!
//! Sums come in groups, from whichever ground there is: columns in memory (`columns/`), or the database with one statement for movements
//! and one for returns (`counted.rs`). What a period is between those sums is worked out here (`periods.rs`), and `rows.rs` is how an answer
//! looks.

mod columns;
mod counted;
mod groups;
mod periods;
mod places;
mod rows;
mod schema;

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;

use self::columns::Asked;
use self::counted::Counted;
use self::groups::{Cut, Group, Grouping};
use self::places::Names;
use super::{Filter, Reading};
use crate::db::Conn;
use crate::domain::location::Level;
use crate::domain::period::Unit;
use crate::error::Error;

pub use self::columns::Columns;
pub use self::groups::{Flows, Reach};
pub use self::places::{Named, Place};
pub use self::rows::{Balance, Cell, FlowRow, KeyCell, PlaceRow, StatRow, StockRow, SummaryRow, Which};
pub use self::schema::{DestinationRow, OriginRow};

/// The most rows that an answer may have.
pub const MAX_ROWS: usize = 1_000_000;

/// What a row of a statistic is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum By {
    /// A period of time.
    Period(Unit),
    /// Where people left, and came back to.
    Origin,
    /// Where people went, and came back from.
    Destination,
    /// The agreement that provided for it.
    Agreement,
}

impl By {
    /// Whether it is a place, which has a level in the gazetteer.
    pub fn is_place(self) -> bool {
        matches!(self, Self::Origin | Self::Destination)
    }
}

/// What is asked of a statistic.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Question {
    /// Which rows are counted: origin, destination, agreement, settlement type, kind (of batches) and, for flows, the
    /// first and the last day.
    pub filter: Filter,
    /// The keys, in their order; at most one of them a period. In stocks a period comes last.
    pub by: Vec<By>,
    /// The level that places are rolled up to; without it they stand as recorded.
    pub level: Option<Level>,
    /// Flows: whether periods without any event have a row of zeros.
    pub fill: bool,
    /// Stocks: the day of the balance; without it the last day of the latest period in the data.
    pub as_of: Option<NaiveDate>,
}

impl Question {
    /// The period among the keys.
    pub fn unit(&self) -> Option<Unit> {
        self.by.iter().find_map(|key| if let By::Period(unit) = key { Some(*unit) } else { None })
    }
}

/// Where an answer takes its sums and its names from.
trait Ground {
    /// The sums of every group.
    fn groups(&mut self, grouping: Grouping) -> Result<HashMap<Cut, Group>, Error>;

    /// How many batches, places of origin, places of displacement and sources there are in what is counted.
    fn numbers(&mut self) -> Result<[usize; 4], Error>;

    /// The names of whatever stands in some keys, at least.
    fn names(&mut self, cuts: &mut dyn Iterator<Item = &Cut>) -> Result<Names, Error>;

    /// Some places with the fields of the gazetteer.
    fn places(&mut self, ids: BTreeSet<i64>) -> Result<HashMap<i64, Arc<Place>>, Error>;
}

/// Takes what an answer needs from the columns, where they are there; else from the database, which also says what is wrong with the
/// question. Nothing else is done there: whoever looks into the columns keeps others from letting them follow.
fn taken<T>(
    conn: &mut Conn,
    columns: &Columns,
    who: Reading,
    question: &Question,
    take: impl Fn(&mut dyn Ground) -> Result<T, Error>,
) -> Result<T, Error> {
    let looked = columns.look(conn, |held| Asked::of(held, who, question).map(|mut asked| take(&mut asked)))?;
    looked.unwrap_or_else(|| take(&mut Counted::of(conn, who, question)?))
}

/// How many people left and came back, by period, place and agreement.
pub fn flows(conn: &mut Conn, columns: &Columns, who: Reading, question: &Question) -> Result<Vec<FlowRow>, Error> {
    let (groups, names) = taken(conn, columns, who, question, |ground| {
        let groups = ground.groups(Grouping::of(question, false))?;
        let names = ground.names(&mut groups.keys())?;
        Ok((groups, names))
    })?;
    let mut flows: HashMap<Cut, _> = groups.into_iter().map(|(cut, group)| (cut, group.flows)).collect();
    if question.by.is_empty() {
        // The total of nothing is a row as well.
        flows.entry(Cut::default()).or_default();
    }
    if let Some(unit) = question.unit().filter(|_| question.fill) {
        let asked = (question.filter.from, question.filter.to);
        periods::fill(&mut flows, unit, asked, question.by.len() == 1)?;
    }
    let mut rows: Vec<_> = flows.into_iter().collect();
    rows.sort_by_cached_key(|(cut, _)| names.order(cut, &question.by));
    let row = |(cut, flows): (Cut, _)| FlowRow { keys: names.keys(&cut, &question.by), flows };
    Ok(rows.into_iter().map(row).collect())
}

/// Who is still away according to the record, by place and agreement, on one day or at the end of every period.
pub fn stocks(conn: &mut Conn, columns: &Columns, who: Reading, question: &Question) -> Result<Vec<StockRow>, Error> {
    let (groups, as_of, names) = taken(conn, columns, who, question, |ground| {
        let (groups, as_of) = balances(ground, question)?;
        let names = ground.names(&mut groups.keys())?;
        Ok((groups, as_of, names))
    })?;
    let mut rows: Vec<(Cut, Balance)> = match (question.unit(), as_of) {
        (Some(unit), Some(as_of)) => periods::cumulate(groups, unit, as_of)?,
        (Some(_), None) => vec![],
        (None, _) => groups.into_iter().map(|(cut, group)| (cut, Balance { as_of, flows: group.flows })).collect(),
    };
    rows.sort_by_cached_key(|(cut, _)| names.order(cut, &question.by));
    let row = |(cut, balance): (Cut, _)| StockRow { keys: names.keys(&cut, &question.by), balance };
    Ok(rows.into_iter().map(row).collect())
}

/// The balance of everything, and how much the record holds of it.
pub fn summary(conn: &mut Conn, columns: &Columns, who: Reading, question: &Question) -> Result<SummaryRow, Error> {
    let question = Question { by: vec![], ..question.clone() };
    taken(conn, columns, who, &question, |ground| {
        let (groups, as_of) = balances(ground, &question)?;
        let total = groups.into_values().next().unwrap_or_default();
        let [batches, origins, destinations, sources] = ground.numbers()?;
        Ok(SummaryRow {
            balance: Balance { as_of, flows: total.flows },
            dated: total.dated,
            batches,
            origins,
            destinations,
            sources,
        })
    })
}

/// Every place that people left or reached, or saw returns, with its balance.
pub fn places(
    conn: &mut Conn,
    columns: &Columns,
    who: Reading,
    question: &Question,
    which: Which,
) -> Result<Vec<PlaceRow>, Error> {
    let by = match which {
        Which::Destination => By::Destination,
        Which::Origin => By::Origin,
    };
    let question = Question { by: vec![by], ..question.clone() };
    let (groups, as_of, known) = taken(conn, columns, who, &question, |ground| {
        let (groups, as_of) = balances(ground, &question)?;
        let known = ground.places(groups.keys().filter_map(|cut| cut.place(which)).collect())?;
        Ok((groups, as_of, known))
    })?;
    let row = |(cut, group): (Cut, Group)| PlaceRow {
        which,
        place: cut.place(which).and_then(|id| known.get(&id).cloned()),
        seen: match which {
            Which::Destination => group.arrived,
            Which::Origin => group.departed,
        },
        balance: Balance { as_of, flows: group.flows },
    };
    let mut rows: Vec<_> = groups.into_iter().map(row).collect();
    let code = |row: &PlaceRow| row.place.as_ref().map(|place| place.code.clone());
    rows.sort_by_cached_key(|row| (row.place.is_none(), code(row)));
    Ok(rows)
}

/// The groups of everything whose period has ended by the day of the balance, and that day.
fn balances(ground: &mut dyn Ground, question: &Question) -> Result<(HashMap<Cut, Group>, Option<NaiveDate>), Error> {
    let mut groups = ground.groups(Grouping::of(question, true))?;
    let as_of = question.as_of.or_else(|| groups.values().filter_map(|group| group.dated.last).max());
    if question.by.is_empty() {
        groups.entry(Cut::default()).or_default();
    }
    Ok((groups, as_of))
}

#[cfg(test)]
mod tests;
