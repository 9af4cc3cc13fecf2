//! A filter as clauses: what is asked of rows, each said in the two ways in which a database can go about it.
//!
//! A page of a list is a hundred rows out of a million. Either some clause leaves only a few rows, which an index finds: then these are read and
//! sorted. Or none does: then rows are read in the order of the list, and each is checked, until there are a hundred. Databases guess which of
//! the two it is, from statistics that they do not have of the question; and a wrong guess reads everything. So it is counted, up to [`FEW`].

use diesel::prelude::*;

use super::plainly;
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::page::SortBy;
use crate::error::Error;

/// Fewer rows than this are read and sorted in a few milliseconds, and counted in less than one.
const FEW: &str = " LIMIT 5000) AS found) < 5000";

/// One thing that is asked of rows.
#[derive(Clone, Debug)]
pub struct Clause {
    /// Asked of a row at hand: no more than a look at its keys.
    check: Condition,
    /// What leads to the rows.
    find: Find,
}

/// What leads to the rows that a clause asks for.
#[derive(Clone, Debug)]
enum Find {
    /// Nothing: each row has to be looked at.
    Nothing,
    /// An index.
    Index(Condition),
    /// An index that has the rows in the order of their dates.
    Dated(Condition),
    /// The range of an index that lists of an order go along anyway.
    Along(SortBy, Condition),
    /// Several of them, each by itself: what one finds or another.
    Either(Vec<Branch>),
}

/// One of several ways to rows.
#[derive(Clone, Debug)]
pub enum Branch {
    /// An index of the table itself.
    Own(Condition),
    /// Rows of another table, which refer to them or are referred to.
    Part(Part),
}

/// Rows of another table, by which rows are found.
#[derive(Clone, Debug)]
pub struct Part {
    /// How they refer to each other: SQL up to the conditions on the other table.
    pub lead: &'static str,
    /// What is asked of the rows of the other table.
    pub clauses: Clauses,
}

impl Clause {
    /// What can only be checked.
    pub fn check(check: Condition) -> Self {
        Self { check, find: Find::Nothing }
    }

    /// What an index finds.
    pub fn index(condition: Condition) -> Self {
        Self { find: Find::Index(condition.clone()), check: condition }
    }

    /// What an index finds in the order of dates.
    pub fn dated(condition: Condition) -> Self {
        Self { find: Find::Dated(condition.clone()), check: condition }
    }

    /// What is a range of the order of a list.
    pub fn along(by: SortBy, condition: Condition) -> Self {
        Self { find: Find::Along(by, condition.clone()), check: condition }
    }

    /// What one branch finds or another.
    pub fn either(check: Condition, branches: Vec<Branch>) -> Self {
        Self { check, find: Find::Either(branches) }
    }

    /// What one index of the table finds or another.
    pub fn any(conditions: Vec<Condition>) -> Self {
        Self::either(Condition::any(conditions.clone()), conditions.into_iter().map(Branch::Own).collect())
    }

    /// What it asks of a row at hand.
    pub fn into_check(self) -> Condition {
        self.check
    }

    /// The clause by itself, on a table.
    fn whole(&self, table: &'static str) -> Condition {
        match &self.find {
            Find::Nothing => self.check.clone(),
            Find::Index(find) | Find::Dated(find) | Find::Along(_, find) => find.clone(),
            Find::Either(branches) => {
                let found = branches.iter().map(|branch| match branch {
                    Branch::Own(find) => find.clone(),
                    Branch::Part(part) => part.found(part.clauses.whole()),
                });
                one_by_one(table, found)
            }
        }
    }

    /// The condition that finds the rows, if there are few.
    fn few(&self, conn: &mut Conn, table: &'static str) -> Result<Option<Condition>, Error> {
        match &self.find {
            Find::Nothing => Ok(None),
            Find::Index(find) | Find::Dated(find) | Find::Along(_, find) => {
                Ok(are_few(conn, table, find)?.then(|| find.clone()))
            }
            Find::Either(branches) => {
                let mut found = vec![];
                for branch in branches {
                    let few = match branch {
                        Branch::Own(find) => are_few(conn, table, find)?.then(|| find.clone()),
                        Branch::Part(part) => part.clauses.few(conn)?.map(|few| part.found(few)),
                    };
                    let Some(few) = few else { return Ok(None) };
                    found.push(few);
                }
                Ok(Some(one_by_one(table, found.into_iter())))
            }
        }
    }
}

impl Part {
    fn found(&self, which: Condition) -> Condition {
        Condition::sql(self.lead).group(which).then(")")
    }
}

/// What one condition finds or another, each by its own index: neither database finds its way through an `OR` of subqueries.
fn one_by_one(table: &'static str, conditions: impl Iterator<Item = Condition>) -> Condition {
    let mut conditions: Vec<Condition> = conditions.collect();
    if conditions.len() == 1 {
        return conditions.remove(0);
    }
    let mut keys = Condition::default();
    for condition in conditions {
        let next = if keys.is_empty() { keys.then("id IN (") } else { keys.then(" UNION ALL ") };
        keys = next.then("SELECT id FROM ").then(table).then(" WHERE ").group(condition);
    }
    if keys.is_empty() { Condition::any([]) } else { keys.then(")") }
}

/// Whether a condition finds only a few rows of a table.
fn are_few(conn: &mut Conn, table: &'static str, find: &Condition) -> Result<bool, Error> {
    let counted = Condition::sql("(SELECT COUNT(*) FROM (SELECT 1 FROM ").then(table).then(" WHERE ");
    let few: Option<bool> = diesel::select(counted.group(find.clone()).then(FEW)).get_result(conn)?;
    Ok(few == Some(true))
}

/// How a page comes into its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Rows are read in the order of the list.
    Along,
    /// Few rows are read, and sorted.
    Sort,
}

/// Everything that is asked of the rows of a table.
#[derive(Clone, Debug)]
pub struct Clauses {
    table: &'static str,
    clauses: Vec<Clause>,
}

impl Clauses {
    /// What is asked of the rows of a table, as it stands behind `FROM`.
    pub fn of(table: &'static str, clauses: Vec<Clause>) -> Self {
        Self { table, clauses }
    }

    /// One condition that finds all rows, however many.
    pub fn whole(&self) -> Condition {
        Condition::all(self.clauses.iter().map(|clause| clause.whole(self.table)))
    }

    /// One condition on a row at hand.
    pub fn check(&self) -> Condition {
        plainly(Condition::all(self.clauses.iter().map(|clause| clause.check.clone())))
    }

    /// The condition that finds the rows, if one clause leaves only a few.
    fn few(&self, conn: &mut Conn) -> Result<Option<Condition>, Error> {
        for (index, clause) in self.clauses.iter().enumerate() {
            if let Some(found) = clause.few(conn, self.table)? {
                return Ok(Some(self.led_by(index, found, None)));
            }
        }
        Ok(None)
    }

    /// The condition that finds a page of the list in an order, and how: by the clause that leaves few rows, or along the order.
    pub fn of_page(&self, conn: &mut Conn, by: SortBy) -> Result<(Condition, Way), Error> {
        let along = |clause: &Clause| matches!(&clause.find, Find::Along(order, _) if *order == by);
        let dated = |clause: &&Clause| by == SortBy::Date && matches!(clause.find, Find::Dated(_));
        let leading = || {
            self.clauses
                .iter()
                .enumerate()
                .filter(|(_, clause)| !along(clause) && !matches!(clause.find, Find::Nothing))
        };
        // The index of the only clause that has one gives the page as it is.
        let alone = leading().count() == 1;
        for (index, clause) in leading().filter(|(_, clause)| !(alone && dated(clause))) {
            if let Some(found) = clause.few(conn, self.table)? {
                return Ok((self.led_by(index, found, None), Way::Sort));
            }
        }
        let dated = self.clauses.iter().enumerate().find(|(_, clause)| dated(clause));
        let these = match dated {
            Some((index, clause)) => self.led_by(index, clause.whole(self.table), Some(by)),
            None => self.led_by(usize::MAX, Condition::all([]), Some(by)),
        };
        Ok((these, Way::Along))
    }

    /// One clause finds the rows, and the others are checked; a range of the order of the list remains one.
    fn led_by(&self, leader: usize, found: Condition, by: Option<SortBy>) -> Condition {
        let others = self.clauses.iter().enumerate().filter(|(index, _)| *index != leader).map(|(_, clause)| {
            match &clause.find {
                Find::Along(order, range) if Some(*order) == by => range.clone(),
                _ => plainly(clause.check.clone()),
            }
        });
        Condition::all([found].into_iter().chain(others))
    }
}
