//! The feed of changes: everything that was written, in commit order.

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::auth::{Caller, Write};
use super::files::File;
use super::problem::Problem;
use super::query::{self, Parameter, Query};
use super::reply::{self, Versioned};
use super::resource::{Listed, to_json};
use crate::app::State;
use crate::db::page::DEFAULT_LIMIT;
use crate::store::history;
use crate::transfer::{ChangesExport, Format};

/// What a page of the feed takes.
pub const PARAMETERS: &[&Parameter] = &[&query::AFTER, &query::LIMIT];
/// What the whole feed takes.
pub const EXPORT_PARAMETERS: &[&Parameter] = &[&query::AFTER];

fn after(query: &Query) -> i64 {
    query.whole(&query::AFTER).and_then(|seq| i64::try_from(seq).ok()).unwrap_or(0)
}

/// `GET /v1/changes`: some changes after a number, oldest first.
pub async fn list_changes(
    caller: Caller<Write>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let format = reply::negotiate(&request, &[Format::Json, Format::Ndjson])?;
    if format == Format::Ndjson {
        return send(&caller, &state, &request).await;
    }
    let mut query = Query::parse(request.query_string(), PARAMETERS);
    query.finish()?;
    let (seq, limit) = (after(&query), query.whole(&query::LIMIT).unwrap_or(DEFAULT_LIMIT));
    let read = reply::versioned(&state, &request, caller.viewer(), format, move |conn| {
        let changes = history::after(conn, seq, limit)?;
        let next = changes.last().map(|last| last.seq.to_string());
        let body = to_json(&Listed { data: &changes, next_cursor: next.clone(), total: None })?;
        Ok((body, next))
    });
    match read.await? {
        Versioned::NotModified(response) => Ok(response),
        Versioned::Read((body, next), tag) => {
            let mut response = reply::list_of(format, &tag);
            if let Some(seq) = next {
                response.insert_header((header::LINK, reply::next_link(&request, query::AFTER.name, &seq)));
            }
            Ok(response.body(body))
        }
    }
}

/// `GET /v1/changes.ndjson`: every change after a number, a line each.
pub async fn export_changes(
    caller: Caller<Write>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    send(&caller, &state, &request).await
}

async fn send(caller: &Caller<Write>, state: &State, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let mut query = Query::parse(request.query_string(), EXPORT_PARAMETERS);
    query.finish()?;
    let file = File::new(request, state, &query, caller.viewer(), "changes", Format::Ndjson);
    file.send(state, ChangesExport::new(after(&query))).await
}
