//! Statistics: flows, stocks, the summary, and the places that people left and reached. Complete in one answer.

mod answer;
mod described;
mod pieces;

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa::ToSchema;

use self::answer::answer;
use super::auth::{Caller, Read};
use super::problem::Problem;
use super::query::{self, Parameter, Query};
use super::{Table, files, get, page, reply};
use crate::app::State;
use crate::db::Conn;
use crate::domain::location::Level;
use crate::domain::period::Unit;
use crate::domain::words::Word;
use crate::error::Error;
use crate::store::Reading;
use crate::store::statistics::{
    self, By, Columns, DestinationRow, FlowRow, OriginRow, PlaceRow, Question, StockRow, SummaryRow, Which,
};
use crate::transfer::Format;

/// One of the statistics.
pub trait Statistic: 'static {
    /// Its path.
    const PATH: &'static str;
    /// What its files are called.
    const NAME: &'static str;
    /// What it tells, in a line.
    const SUMMARY: &'static str;
    /// What it tells, in a paragraph.
    const ABOUT: &'static str;
    /// What it takes beside the filters that all of them take.
    const PARAMETERS: &'static [&'static Parameter];
    /// Whether its rows are places, which can be put on a map.
    const PLACES: bool = false;
    /// Its rows.
    type Row: Serialize + Send + 'static;
    /// Its rows as the document describes them.
    type Schema: ToSchema;

    /// What it is asked, beside the filter and the level. Where `by` could not be read, rules over it have nothing to
    /// say (`clear`).
    fn ask(query: &mut Query, question: &mut Question, clear: bool);

    /// The answer.
    fn rows(conn: &mut Conn, columns: &Columns, who: Reading, question: &Question) -> Result<Vec<Self::Row>, Error>;

    /// A row as an example: the header of a file without rows.
    fn sample(question: &Question) -> Self::Row;
}

/// The filters of every statistic.
const FILTERS: [&Parameter; 6] =
    [&query::ORIGIN, &query::DESTINATION, &query::AGREEMENT, &query::SETTLEMENT_TYPE, &query::KIND, &query::LABELS];

/// What a statistic takes.
pub fn parameters<S: Statistic>(format: Format) -> Vec<&'static Parameter> {
    S::PARAMETERS.iter().copied().chain(FILTERS).chain(files::parameters(format)).collect()
}

/// `/v1/stats/flows`
pub struct Flows;

impl Statistic for Flows {
    const PATH: &'static str = "/v1/stats/flows";
    const NAME: &'static str = "flows";
    const SUMMARY: &'static str = "Count who left and who came back";
    const ABOUT: &'static str = "By period, place and agreement, as `by` asks; without `by` one total row. A row whose own period does not lie wholly in one that was asked for stands in `period: null`.";
    const PARAMETERS: &'static [&'static Parameter] =
        &[&query::BY, &query::LEVEL, &query::FILL, &query::FROM, &query::TO];
    type Row = FlowRow;
    type Schema = FlowRow;

    fn ask(query: &mut Query, question: &mut Question, clear: bool) {
        question.by = keys(query);
        question.fill = query.has(&query::FILL);
        let periods = question.by.iter().filter(|key| matches!(key, By::Period(_))).count();
        if periods > 1 {
            let message = "`by` takes one period at the most.".to_owned();
            query.refuse(&query::BY, "not_applicable", message);
        }
        if clear && question.fill && periods == 0 {
            let message = "`fill` means nothing without a period in `by`.".to_owned();
            query.refuse(&query::FILL, "not_applicable", message);
        }
        if clear {
            check_level(query, question);
        }
    }

    fn rows(conn: &mut Conn, columns: &Columns, who: Reading, question: &Question) -> Result<Vec<FlowRow>, Error> {
        statistics::flows(conn, columns, who, question)
    }

    fn sample(question: &Question) -> FlowRow {
        FlowRow::sample(&question.by)
    }
}

/// `/v1/stats/stocks`
pub struct Stocks;

impl Statistic for Stocks {
    const PATH: &'static str = "/v1/stats/stocks";
    const NAME: &'static str = "stocks";
    const SUMMARY: &'static str = "Count who is still away according to the record";
    const ABOUT: &'static str = "Displaced minus returned, of everything whose period has ended by `as_of`; with `period`, at the end of every period from each key's first event.";
    const PARAMETERS: &'static [&'static Parameter] =
        &[&query::PLACES_BY, &query::PERIOD, &query::LEVEL, &query::AS_OF];
    type Row = StockRow;
    type Schema = StockRow;

    fn ask(query: &mut Query, question: &mut Question, clear: bool) {
        question.by = keys(query);
        if clear {
            check_level(query, question);
        }
        // After the keys, wherever it stands in the question.
        question.by.extend(query.word(&query::PERIOD).map(By::Period));
    }

    fn rows(conn: &mut Conn, columns: &Columns, who: Reading, question: &Question) -> Result<Vec<StockRow>, Error> {
        statistics::stocks(conn, columns, who, question)
    }

    fn sample(question: &Question) -> StockRow {
        StockRow::sample(&question.by)
    }
}

/// `/v1/stats/summary`
pub struct Summary;

impl Statistic for Summary {
    const PATH: &'static str = "/v1/stats/summary";
    const NAME: &'static str = "summary";
    const SUMMARY: &'static str = "Sum everything up";
    const ABOUT: &'static str =
        "The total of stocks in one row, with its first and last day and the numbers of batches, places and sources.";
    const PARAMETERS: &'static [&'static Parameter] = &[&query::AS_OF];
    type Row = SummaryRow;
    type Schema = SummaryRow;

    fn ask(_: &mut Query, _: &mut Question, _: bool) {}

    fn rows(conn: &mut Conn, columns: &Columns, who: Reading, question: &Question) -> Result<Vec<SummaryRow>, Error> {
        Ok(vec![statistics::summary(conn, columns, who, question)?])
    }

    fn sample(_: &Question) -> SummaryRow {
        SummaryRow::sample()
    }
}

/// `/v1/destinations`
pub struct Destinations;

impl Statistic for Destinations {
    const PATH: &'static str = "/v1/destinations";
    const NAME: &'static str = "destinations";
    const SUMMARY: &'static str = "List the places that received people";
    const ABOUT: &'static str =
        "Every place that received people or saw returns, with its first and last arrival and its balance.";
    const PARAMETERS: &'static [&'static Parameter] = &[&query::LEVEL, &query::AS_OF];
    const PLACES: bool = true;
    type Row = PlaceRow;
    type Schema = DestinationRow;

    fn ask(_: &mut Query, _: &mut Question, _: bool) {}

    fn rows(conn: &mut Conn, columns: &Columns, who: Reading, question: &Question) -> Result<Vec<PlaceRow>, Error> {
        statistics::places(conn, columns, who, question, Which::Destination)
    }

    fn sample(_: &Question) -> PlaceRow {
        PlaceRow::sample(Which::Destination)
    }
}

/// `/v1/origins`
pub struct Origins;

impl Statistic for Origins {
    const PATH: &'static str = "/v1/origins";
    const NAME: &'static str = "origins";
    const SUMMARY: &'static str = "List the places that people left";
    const ABOUT: &'static str =
        "Every place that people left or came back to, with its first and last departure and its balance.";
    const PARAMETERS: &'static [&'static Parameter] = &[&query::LEVEL, &query::AS_OF];
    const PLACES: bool = true;
    type Row = PlaceRow;
    type Schema = OriginRow;

    fn ask(_: &mut Query, _: &mut Question, _: bool) {}

    fn rows(conn: &mut Conn, columns: &Columns, who: Reading, question: &Question) -> Result<Vec<PlaceRow>, Error> {
        statistics::places(conn, columns, who, question, Which::Origin)
    }

    fn sample(_: &Question) -> PlaceRow {
        PlaceRow::sample(Which::Origin)
    }
}

/// The keys of `by`, which has been checked to hold words of its own, each once.
fn keys(query: &Query) -> Vec<By> {
    let key = |word: &String| match word.as_str() {
        "origin" => Some(By::Origin),
        "destination" => Some(By::Destination),
        "agreement" => Some(By::Agreement),
        unit => Unit::parse(unit).map(By::Period),
    };
    query.list(&query::BY).iter().filter_map(key).collect()
}

fn check_level(query: &mut Query, question: &Question) {
    if query.has(&query::LEVEL) && !question.by.iter().any(|key| key.is_place()) {
        let message = "`level` means nothing without `origin` or `destination` in `by`.".to_owned();
        query.refuse(&query::LEVEL, "not_applicable", message);
    }
}

fn question<S: Statistic>(text: &str, query: &mut Query) -> Question {
    let level = query.text(&query::LEVEL);
    let mut question = Question {
        level: Level::ALL.into_iter().find(|one| Some(one.word()) == level),
        as_of: query.date(&query::AS_OF),
        ..Question::default()
    };
    let by = query::pairs(text).any(|(name, _)| name.as_deref() == Some(query::BY.name));
    S::ask(query, &mut question, !by || query.has(&query::BY));
    // Last, because it takes over everything that is wrong.
    question.filter = query.filter();
    question
}

impl Table {
    /// Adds the paths of the statistics.
    pub(super) fn statistics(&mut self) {
        self.statistic::<Flows>();
        self.statistic::<Stocks>();
        self.statistic::<Summary>();
        self.statistic::<Destinations>();
        self.statistic::<Origins>();
    }

    fn statistic<S: Statistic>(&mut self) {
        self.schemas.add::<S::Schema>();
        let path = S::PATH;
        self.path(path, vec![get(|| web::to(read::<S>), described::read::<S>())]);
        for format in files::formats(S::PLACES) {
            let described = described::export::<S>(*format);
            self.path(format!("{path}.{}", format.suffix()), vec![get(|| web::to(export::<S>), described)]);
        }
        self.path(format!("{path}.{{format}}"), vec![page(|| web::to(no_such_format::<S>))]);
    }
}

/// A statistic, or a file of it where `Accept` asks for one.
pub async fn read<S: Statistic>(
    caller: Caller<Read>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let format = reply::negotiate(&request, Format::offered(S::PLACES))?;
    answer::<S>(&caller, &state, &request, format).await
}

/// A statistic as a file.
pub async fn export<S: Statistic>(
    caller: Caller<Read>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    answer::<S>(&caller, &state, &request, files::asked(&request)?).await
}

/// A statistic in a format that there is not.
pub async fn no_such_format<S: Statistic>(_: Caller<Read>) -> Result<HttpResponse, Problem> {
    Err(files::no_such_format(S::PATH, S::PLACES))
}

#[cfg(test)]
mod tests;
