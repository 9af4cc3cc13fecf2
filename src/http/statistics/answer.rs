//! A statistic on its way to whoever asked: what is kept already, what they have already, or computed now.

use actix_web::http::header::{self, ContentEncoding};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::stream;

use super::pieces::Pieces;
use super::{Statistic, parameters, question};
use crate::app::State;
use crate::db::Conn;
use crate::error::Error;
use crate::http::auth::{Caller, Read};
use crate::http::files;
use crate::http::kept::{self, Answered, Computed};
use crate::http::problem::Problem;
use crate::http::query::{self, Query};
use crate::http::reply::{self, Versioned};
use crate::store::Reading;
use crate::store::statistics::Question;
use crate::transfer::{About, Format, Spool};

/// Answers a question to a statistic, in a format.
pub(super) async fn answer<S: Statistic>(
    caller: &Caller<Read>,
    state: &State,
    request: &HttpRequest,
    format: Format,
) -> Result<HttpResponse, Problem> {
    let mut query = Query::parse(request.query_string(), &parameters::<S>(format));
    let who = Reading { viewer: caller.viewer(), arabic: query.arabic() };
    let bom = query.flag(&query::BOM);
    let question = question::<S>(request.query_string(), &mut query);
    state.columns.want(&state.db);
    if format == Format::Xlsx {
        return workbook::<S>(state, request, who, question, files::about(S::NAME, state, &query)).await;
    }
    let ask = Ask { request, who, question, format, bom };
    let compute = async |encoding| ask.compute::<S>(state, encoding).await;
    match kept::answer(state, request, (who.viewer, format), |tag, _| ask.head::<S>(tag), compute).await? {
        Answered::Whole(response) => Ok(response),
        Answered::Long(pieces, tag) => ask.send_long::<S>(state, &tag, pieces).await,
    }
}

/// A question to a statistic, understood.
struct Ask<'a> {
    request: &'a HttpRequest,
    who: Reading,
    question: Question,
    format: Format,
    bom: bool,
}

impl Ask<'_> {
    fn head<S: Statistic>(&self, tag: &str) -> HttpResponseBuilder {
        let mut response = reply::list_of(self.format, tag);
        if self.format != Format::Json {
            let name = reply::attachment(self.request, S::NAME, self.format);
            response.insert_header((header::CONTENT_DISPOSITION, name));
        }
        response
    }

    async fn compute<S: Statistic>(
        &self,
        state: &State,
        encoding: ContentEncoding,
    ) -> Result<Computed<Pieces<S::Row>>, Error> {
        let Self { who, format, bom, .. } = *self;
        let (columns, question) = (state.columns.clone(), self.question.clone());
        // Given back by the job, and not by this request: where the caller has left, the database goes on counting.
        let turn = state.limits.statistic().await?;
        let job = move |conn: &mut Conn, version| {
            let _turn = &turn;
            let mut pieces = Pieces::new(S::rows(conn, &columns, who, &question)?, &S::sample(&question), format, bom)?;
            Ok(match pieces.whole(kept::LONGEST)? {
                Some(body) => Computed::Short(kept::Answer::encoded(version, encoding, body)?),
                None => Computed::Long(version, pieces),
            })
        };
        state.db.read_version(job).await
    }

    async fn send_long<S: Statistic>(
        &self,
        state: &State,
        tag: &str,
        pieces: Pieces<S::Row>,
    ) -> Result<HttpResponse, Problem> {
        let mut response = self.head::<S>(tag);
        if files::is_head(self.request) {
            return Ok(response.finish());
        }
        // All its rows stay in memory until the last of them is taken.
        let turn = state.limits.large().await?;
        Ok(response.streaming(files::in_turn(stream::iter(pieces), turn)))
    }
}

async fn workbook<S: Statistic>(
    state: &State,
    request: &HttpRequest,
    who: Reading,
    question: Question,
    about: About,
) -> Result<HttpResponse, Problem> {
    let (turn, columns) = (state.limits.statistic().await?, state.columns.clone());
    let sample = S::sample(&question);
    let read = move |conn: &mut Conn| {
        let _turn = &turn;
        S::rows(conn, &columns, who, &question)
    };
    let format = Format::Xlsx;
    match reply::versioned(state, request, who.viewer, format, read).await? {
        Versioned::NotModified(response) => Ok(response),
        Versioned::Read(_, tag) if files::is_head(request) => Ok(files::nothing(request, S::NAME, format, &tag)),
        Versioned::Read(rows, tag) => {
            let turn = state.limits.file().await?;
            Ok(files::spooled(request, S::NAME, &tag, turn, Spool::of(rows, sample, about).await?))
        }
    }
}
