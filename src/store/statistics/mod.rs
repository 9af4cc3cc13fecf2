//! Statistics: flows, stocks and the places that people left and reached, each complete in one answer.
//!
//! The database adds up in groups, one statement for movements and one for returns (`counted.rs`); what a period is
//! between those sums is worked out here (`periods.rs`), and `rows.rs` is how an answer looks.

mod counted;
mod groups;
mod periods;
mod places;
mod rows;
mod schema;

use std::collections::HashMap;

use chrono::NaiveDate;

use self::counted::{Counted, Grouping};
use self::groups::{Cut, Group};
use self::places::Names;
use super::{Filter, Reading, filter};
use crate::db::Conn;
use crate::domain::location::Level;
use crate::domain::period::Unit;
use crate::error::Error;

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

/// How many people left and came back, by period, place and agreement.
pub fn flows(conn: &mut Conn, who: Reading, question: &Question) -> Result<Vec<FlowRow>, Error> {
    let counted = counted(conn, who, question)?;
    let groups = counted.groups(conn, Grouping::of(question, false))?;
    let mut flows: HashMap<Cut, _> = groups.into_iter().map(|(cut, group)| (cut, group.flows)).collect();
    if question.by.is_empty() {
        // The total of nothing is a row as well.
        flows.entry(Cut::default()).or_default();
    }
    if let Some(unit) = question.unit().filter(|_| question.fill) {
        let asked = (question.filter.from, question.filter.to);
        periods::fill(&mut flows, unit, asked, question.by.len() == 1)?;
    }
    let names = Names::of(conn, who, flows.keys())?;
    let mut rows: Vec<_> = flows.into_iter().collect();
    rows.sort_by_cached_key(|(cut, _)| names.order(cut, &question.by));
    let row = |(cut, flows): (Cut, _)| FlowRow { keys: names.keys(&cut, &question.by), flows };
    Ok(rows.into_iter().map(row).collect())
}

/// Who is still away according to the record, by place and agreement, on one day or at the end of every period.
pub fn stocks(conn: &mut Conn, who: Reading, question: &Question) -> Result<Vec<StockRow>, Error> {
    let counted = counted(conn, who, question)?;
    let (groups, as_of) = balances(conn, &counted, question)?;
    let mut rows: Vec<(Cut, Balance)> = match (question.unit(), as_of) {
        (Some(unit), Some(as_of)) => periods::cumulate(groups, unit, as_of)?,
        (Some(_), None) => vec![],
        (None, _) => groups.into_iter().map(|(cut, group)| (cut, Balance { as_of, flows: group.flows })).collect(),
    };
    let names = Names::of(conn, who, rows.iter().map(|(cut, _)| cut))?;
    rows.sort_by_cached_key(|(cut, _)| names.order(cut, &question.by));
    let row = |(cut, balance): (Cut, _)| StockRow { keys: names.keys(&cut, &question.by), balance };
    Ok(rows.into_iter().map(row).collect())
}

/// The balance of everything, and how much the record holds of it.
pub fn summary(conn: &mut Conn, who: Reading, question: &Question) -> Result<SummaryRow, Error> {
    let question = Question { by: vec![], ..question.clone() };
    let counted = counted(conn, who, &question)?;
    let (groups, as_of) = balances(conn, &counted, &question)?;
    let total = groups.into_values().next().unwrap_or_default();
    let [batches, origins, destinations, sources] = counted.numbers(conn)?;
    Ok(SummaryRow {
        balance: Balance { as_of, flows: total.flows },
        dated: total.dated,
        batches,
        origins,
        destinations,
        sources,
    })
}

/// Every place that received people or saw returns, with its balance.
pub fn destinations(conn: &mut Conn, who: Reading, question: &Question) -> Result<Vec<PlaceRow>, Error> {
    places(conn, who, question, Which::Destination)
}

/// Every place that people left or came back to, with its balance.
pub fn origins(conn: &mut Conn, who: Reading, question: &Question) -> Result<Vec<PlaceRow>, Error> {
    places(conn, who, question, Which::Origin)
}

fn places(conn: &mut Conn, who: Reading, question: &Question, which: Which) -> Result<Vec<PlaceRow>, Error> {
    let by = match which {
        Which::Destination => By::Destination,
        Which::Origin => By::Origin,
    };
    let question = Question { by: vec![by], ..question.clone() };
    let counted = counted(conn, who, &question)?;
    let (groups, as_of) = balances(conn, &counted, &question)?;
    let ids = groups.keys().filter_map(|cut| cut.place(which));
    let known = places::places(conn, who, ids.collect())?;
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

fn counted(conn: &mut Conn, who: Reading, question: &Question) -> Result<Counted, Error> {
    let resolved = filter::resolve(conn, who, &question.filter)?;
    Ok(Counted::of(who.viewer, resolved, question))
}

/// The groups of everything whose period has ended by the day of the balance, and that day.
fn balances(
    conn: &mut Conn,
    counted: &Counted,
    question: &Question,
) -> Result<(HashMap<Cut, Group>, Option<NaiveDate>), Error> {
    let mut groups = counted.groups(conn, Grouping::of(question, true))?;
    let as_of = question.as_of.or_else(|| groups.values().filter_map(|group| group.dated.last).max());
    if question.by.is_empty() {
        groups.entry(Cut::default()).or_default();
    }
    Ok((groups, as_of))
}

#[cfg(test)]
mod tests;
