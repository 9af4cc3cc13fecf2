//! The record as sheets have it: what an export writes and an import reads again.
//!
//! A row of `movements` or `returns` is one figure with what it is about beside it. Rows are read by the whole: a page of
//! batches with all their movements and figures takes a few statements, however many there are.

mod codes;
mod movements;
mod returns;
mod rows;

use std::collections::HashMap;

use diesel::prelude::*;

use super::agreements::AgreementView;
use super::filter::plainly;
use super::locations::LocationView;
use super::references::CHUNK;
use super::sources::SourceView;
use super::{Agreements, Filter, Locations, Reading, Rows, Sources};
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::page::{PageRequest, Position, Sort, SortBy};
use crate::db::schema;
use crate::domain::batch::Batch;
use crate::domain::figure::Figure;
use crate::domain::homecoming::Return;
use crate::domain::movement::Movement;
use crate::error::Error;

pub use codes::{Known, codes};
pub use movements::{movements, movements_at_least};
pub use returns::{returns, returns_at_least};
use rows::FigureRow;

/// What the rows of a record have in common.
#[derive(Debug)]
pub enum Whole {
    /// A location, which is a row by itself.
    Location(LocationView),
    /// A source, which is a row by itself.
    Source(SourceView),
    /// An agreement, which is a row by itself.
    Agreement(AgreementView),
    /// A batch.
    Batch(Batch),
    /// The code of an agreement of which a source published a total.
    Total(String),
    /// A return.
    Return(Return),
}

/// What stands between the whole and the figure.
#[derive(Debug)]
pub enum Part {
    /// A movement of the batch.
    Movement(Movement),
    /// The destination that a total of an agreement speaks of, if it does.
    Destination(Option<String>),
}

/// A part with its figures, or the figures about the whole.
#[derive(Debug)]
pub struct Group {
    /// The part; none where the figures are about the whole.
    pub part: Option<Part>,
    /// What the sources say, in recorded order; without any, the part is a row by itself.
    pub figures: Vec<Figure>,
}

/// What stands together in a sheet: a row for each figure, for each part without one, and for a whole without either.
#[derive(Debug)]
pub struct Record {
    /// What the rows have in common.
    pub whole: Whole,
    /// What they do not.
    pub groups: Vec<Group>,
}

/// Where a sheet goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Place {
    /// After this record.
    After(Position),
    /// With the published totals of agreements, after this figure.
    Totals(i64),
}

/// Some records, and where the sheet goes on, if it does.
pub type Page = (Vec<Record>, Option<Place>);

const BY_CODE: Sort = Sort { by: SortBy::Code, descending: false };
const NEWEST_FIRST: Sort = Sort { by: SortBy::Date, descending: true };

fn request(sort: Sort, after: Option<&Place>, limit: usize) -> PageRequest {
    let after = match after {
        Some(Place::After(position)) => Some(position.clone()),
        Some(Place::Totals(_)) | None => None,
    };
    PageRequest { sort, after, limit }
}

fn plain<R: Rows>(
    conn: &mut Conn,
    who: Reading,
    filter: &Filter,
    after: Option<&Place>,
    limit: usize,
    whole: impl Fn(R::Row) -> Whole,
) -> Result<Page, Error> {
    let page = R::page(conn, who, filter, &request(BY_CODE, after, limit))?;
    let records = page.rows.into_iter().map(|row| Record { whole: whole(row), groups: vec![] }).collect();
    Ok((records, page.next.map(|next| Place::After(next.after))))
}

/// Some rows of the sheet `locations`, by code.
pub fn locations(
    conn: &mut Conn,
    who: Reading,
    filter: &Filter,
    after: Option<&Place>,
    limit: usize,
) -> Result<Page, Error> {
    plain::<Locations>(conn, who, filter, after, limit, Whole::Location)
}

/// Some rows of the sheet `sources`, by code.
pub fn sources(
    conn: &mut Conn,
    who: Reading,
    filter: &Filter,
    after: Option<&Place>,
    limit: usize,
) -> Result<Page, Error> {
    plain::<Sources>(conn, who, filter, after, limit, Whole::Source)
}

/// Some rows of the sheet `agreements`, by code.
pub fn agreements(
    conn: &mut Conn,
    who: Reading,
    filter: &Filter,
    after: Option<&Place>,
    limit: usize,
) -> Result<Page, Error> {
    plain::<Agreements>(conn, who, filter, after, limit, Whole::Agreement)
}

/// The figures about some rows that are shown, by what each is about and in recorded order.
fn figures_about(
    conn: &mut Conn,
    column: &'static str,
    keys: &[i64],
    shown: &Condition,
) -> Result<HashMap<i64, Vec<FigureRow>>, Error> {
    let mut about: HashMap<i64, Vec<FigureRow>> = HashMap::with_capacity(keys.len());
    for keys in keys.chunks(CHUNK) {
        let these = Condition::keyed(column, keys).then(" AND ").group(plainly(shown.clone()));
        for row in schema::figures::table.filter(these).select(FigureRow::as_select()).load(conn)? {
            about.entry(row.about()).or_default().push(row);
        }
    }
    for figures in about.values_mut() {
        figures.sort_unstable_by_key(|row| row.id);
    }
    Ok(about)
}

/// How many figures there are, or more: what nobody has to count.
pub fn figures_at_most(conn: &mut Conn) -> Result<i64, Error> {
    use schema::figures;
    let last: Option<i64> = figures::table.select(diesel::dsl::max(figures::id)).first(conn)?;
    Ok(last.unwrap_or_default())
}
