//! What is counted: the one place that says which movements and returns, where, and for whom. Grouped by the database,
//! never row by row.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use chrono::NaiveDate;
use diesel::dsl::{case_when, count, count_star, max, min, sum};
use diesel::prelude::*;
use diesel::sql_types::Integer;

use super::groups::{Cut, Flows, Group, Grouping, Reach};
use super::places::{self, Names, Place};
use super::{Ground, MAX_ROWS, Question};
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::keys::{IdKey, PeriodKey};
use crate::db::schema::{figures, movements, returns};
use crate::domain::access::Viewer;
use crate::domain::tally::{Flow, Tally};
use crate::error::Error;
use crate::store::Reading;
use crate::store::filter::{self, Resolved};

/// Which rows are counted: those of the question that happened, as far as the viewer may read them.
pub(super) struct Counted<'c> {
    conn: &'c mut Conn,
    who: Reading,
    resolved: Resolved,
    /// Whether a kind is asked for: else people who move on are left out, as they were counted when they left.
    any_kind: bool,
    as_of: Option<NaiveDate>,
}

/// The keys of a group.
fn keys(grouping: Grouping, of: Columns) -> (IdKey, IdKey, IdKey, PeriodKey) {
    let Grouping { origin, destination, agreement, unit, by_last_day, level } = grouping;
    (
        IdKey { id: origin.then_some(of.origin), level },
        IdKey { id: destination.then_some(of.destination), level },
        IdKey { id: agreement.then_some(of.agreement), level: None },
        PeriodKey { unit, first: (!by_last_day).then_some(of.first), last: of.last },
    )
}

type Counts = (i64, i64, i64);
type Sums = (Option<i64>, Option<i64>, Option<i64>, Option<i64>);
type Dated = (Option<NaiveDate>, Option<NaiveDate>, Option<NaiveDate>);
type Seen = (Option<NaiveDate>, Option<NaiveDate>);
type Keys = (Option<i64>, Option<i64>, Option<i64>, Option<NaiveDate>);
type Row = (Keys, Counts, Sums, Sums, Dated, Seen);

/// The columns of one table that rows are grouped by.
#[derive(Clone, Copy, Debug)]
struct Columns {
    origin: &'static str,
    destination: &'static str,
    agreement: &'static str,
    first: &'static str,
    last: &'static str,
}

const LEFT: Columns = Columns {
    origin: "movements.origin_id",
    destination: "movements.destination_id",
    agreement: "movements.agreement_id",
    first: "movements.dated_on",
    last: "movements.dated_last",
};
const CAME_BACK: Columns = Columns {
    origin: "returns.origin_id",
    destination: "returns.destination_id",
    agreement: "returns.counted_agreement_id",
    first: "returns.dated_on",
    last: "returns.dated_last",
};
/// For the public, a return whose movement is hidden counts by its own places and agreement.
const CAME_BACK_FOR_THE_PUBLIC: Columns = Columns {
    origin: "CASE WHEN returns.movement_is_public THEN returns.origin_id ELSE returns.to_id END",
    destination: "CASE WHEN returns.movement_is_public THEN returns.destination_id ELSE returns.from_id END",
    agreement: "CASE WHEN returns.movement_is_public THEN returns.counted_agreement_id ELSE returns.agreement_id END",
    ..CAME_BACK
};

/// The one SELECT of both tables: the same columns under the same names.
macro_rules! groups {
    ($conn:expr, $table:ident, $rows:expr, $grouping:expr, $columns:expr, seen: $seen:expr) => {{
        let one = || 1.into_sql::<Integer>();
        let none = || 0.into_sql::<Integer>();
        let columns = || {
            (
                keys($grouping, $columns),
                (count_star(), count($table::households), count($table::individuals)),
                (
                    sum($table::households),
                    sum($table::households_low),
                    sum($table::households_high),
                    sum(case_when($table::households_high_open, one()).otherwise(none())),
                ),
                (
                    sum($table::individuals),
                    sum($table::individuals_low),
                    sum($table::individuals_high),
                    sum(case_when($table::individuals_high_open, one()).otherwise(none())),
                ),
                (min($table::dated_on), max($table::dated_on), max($table::dated_last)),
                (min($seen), max($seen)),
            )
        };
        if $grouping.is_total() {
            // Without GROUP BY, for which SQLite would sort every row by nothing.
            $table::table.filter($rows).select(columns()).load::<Row>($conn)?
        } else {
            $table::table
                .filter($rows)
                .group_by(keys($grouping, $columns))
                .select(columns())
                .limit(i64::try_from(MAX_ROWS + 1).unwrap_or(i64::MAX))
                .load::<Row>($conn)?
        }
    }};
}

impl<'c> Counted<'c> {
    /// What the question counts, for whoever asks. Codes that there are not are refused.
    pub fn of(conn: &'c mut Conn, who: Reading, question: &Question) -> Result<Self, Error> {
        let resolved = filter::resolve(conn, who, &question.filter)?;
        Ok(Self { conn, who, resolved, any_kind: question.filter.kind.is_some(), as_of: question.as_of })
    }

    fn movements(&self) -> Condition {
        let mut all =
            vec![filter::movements(&self.resolved, self.who.viewer).whole(), Condition::sql("movements.happened")];
        if !self.any_kind {
            all.push(Condition::sql("movements.batch_kind <> 'onward'"));
        }
        if let Some(as_of) = self.as_of {
            all.push(Condition::sql("movements.dated_last <= ").date(as_of));
        }
        Condition::all(all)
    }

    fn returns(&self) -> Condition {
        let mut all =
            vec![filter::returns(&self.resolved, self.who.viewer).whole(), Condition::sql("returns.happened")];
        if !self.any_kind {
            all.push(Condition::sql("returns.batch_kind <> 'onward'"));
        }
        if let Some(as_of) = self.as_of {
            all.push(Condition::sql("returns.dated_last <= ").date(as_of));
        }
        Condition::all(all)
    }

    fn came_back(&self) -> Columns {
        match self.who.viewer {
            Viewer::Public => CAME_BACK_FOR_THE_PUBLIC,
            Viewer::Reader | Viewer::Editor => CAME_BACK,
        }
    }

    /// The figures that counts come from, without those whose source does not exist for the viewer, and of these...
    fn whole_figures(&self) -> Condition {
        let whole = Condition::sql("figures.scope = 'whole' AND figures.stage IN ('departed', 'arrived') AND ");
        if self.who.viewer.sees_confidential() {
            return whole;
        }
        whole.then(
            "NOT EXISTS (SELECT 1 FROM sources WHERE sources.id = figures.source_id AND sources.confidential) AND ",
        )
    }
}

impl Ground for Counted<'_> {
    fn groups(&mut self, grouping: Grouping) -> Result<HashMap<Cut, Group>, Error> {
        let arrived =
            || case_when(movements::arrived_on.is_not_null(), movements::arrived_on).otherwise(movements::dated_on);
        let left = groups!(self.conn, movements, self.movements(), grouping, LEFT, seen: arrived());
        let columns = self.came_back();
        let back = groups!(self.conn, returns, self.returns(), grouping, columns, seen: returns::dated_on);
        let mut groups: HashMap<Cut, Group> = HashMap::with_capacity(left.len().max(back.len()));
        for (keys, counts, households, individuals, (first, latest, last), (arrived, last_arrived)) in left {
            let displaced = flow(counts, households, individuals);
            *groups.entry(cut(keys)).or_default() += Group {
                flows: Flows { displaced, ..Flows::default() },
                dated: Reach { first, last },
                departed: Reach { first, last: latest },
                arrived: Reach { first: arrived, last: last_arrived },
            };
        }
        for (keys, counts, households, individuals, (first, _, last), _) in back {
            let returned = flow(counts, households, individuals);
            *groups.entry(cut(keys)).or_default() += Group {
                flows: Flows { returned, ..Flows::default() },
                dated: Reach { first, last },
                ..Group::default()
            };
        }
        if groups.len() > MAX_ROWS { Err(Error::TooManyRows(MAX_ROWS)) } else { Ok(groups) }
    }

    fn numbers(&mut self) -> Result<[usize; 4], Error> {
        let (counted, came_back, whole) = (self.movements(), self.returns(), self.whole_figures());
        let left = || movements::table.filter(counted.clone());
        let back = || returns::table.filter(came_back.clone());
        let batches: i64 = left().select(count(movements::batch_id).aggregate_distinct()).first(self.conn)?;

        let both = |one: Vec<Option<i64>>, other: Vec<Option<i64>>| {
            one.into_iter().chain(other).flatten().collect::<BTreeSet<i64>>().len()
        };
        let id = |id| IdKey { id: Some(id), level: None };
        let columns = self.came_back();
        let origins = both(
            left().select(id(LEFT.origin)).distinct().load(self.conn)?,
            back().select(id(columns.origin)).distinct().load(self.conn)?,
        );
        let destinations = both(
            left().select(id(LEFT.destination)).distinct().load(self.conn)?,
            back().select(id(columns.destination)).distinct().load(self.conn)?,
        );

        let of_movements = Condition::sql("figures.movement_id IN (SELECT movements.id FROM movements WHERE ");
        let of_returns = Condition::sql("figures.return_id IN (SELECT returns.id FROM returns WHERE ");
        let said = |rows: Condition| figures::table.filter(whole.clone().group(rows)).select(figures::source_id);
        let sources = both(
            said(of_movements.group(counted.clone()).then(")")).distinct().load(self.conn)?,
            said(of_returns.group(came_back.clone()).then(")")).distinct().load(self.conn)?,
        );
        Ok([usize::try_from(batches).unwrap_or(usize::MAX), origins, destinations, sources])
    }

    fn names(&mut self, cuts: &mut dyn Iterator<Item = &Cut>) -> Result<Names, Error> {
        Names::of(self.conn, self.who, cuts)
    }

    fn places(&mut self, ids: BTreeSet<i64>) -> Result<HashMap<i64, Arc<Place>>, Error> {
        places::places(self.conn, self.who, ids)
    }
}

fn cut((origin, destination, agreement, period): Keys) -> Cut {
    Cut { origin, destination, agreement, period }
}

fn flow((rows, with_households, with_individuals): Counts, households: Sums, individuals: Sums) -> Flow {
    let tally = |(value, low, high, open): Sums| Tally {
        value: value.unwrap_or(0),
        low: low.unwrap_or(0),
        high: high.unwrap_or(0),
        open: open.unwrap_or(0) > 0,
    };
    Flow {
        rows,
        without_households: rows - with_households,
        without_individuals: rows - with_individuals,
        households: tally(households),
        individuals: tally(individuals),
    }
}
