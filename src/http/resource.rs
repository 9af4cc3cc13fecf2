//! The seven resources, each with the same handlers: extract, one read or write, wrap.

use std::convert::Infallible;

use actix_web::http::{Method, StatusCode, header};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::auth::{Admin, Caller, Read, Right, Write};
use super::body;
use super::files::{self, File};
use super::idempotency;
use super::kept::{self, Answered, Computed};
use super::problem::Problem;
use super::query::{self, Parameter, Query, default_sort};
use super::reply::{self, Versioned};
use crate::app::State;
use crate::db::Conn;
use crate::db::page::DEFAULT_LIMIT;
use crate::domain::text::is_code;
use crate::domain::words::Word;
use crate::domain::{Finding, Resource};
use crate::error::Error;
use crate::store::idempotency::{Answer, Once};
use crate::store::{self, Reading, Rows, Tx, Written, history, redaction};
use crate::transfer::{Export, Format};

/// What each resource can be filtered by, on lists and in exports.
pub fn filters(resource: Resource) -> &'static [&'static Parameter] {
    use query::*;
    match resource {
        Resource::Locations => &[&LOCATION_KIND, &SETTLEMENT_TYPE, &PARENT, &Q, &UPDATED_SINCE],
        Resource::Sources => &[&SOURCE_KIND, &Q, &UPDATED_SINCE],
        Resource::Agreements => &[&FROM, &TO, &SOURCE, &Q, &UPDATED_SINCE],
        Resource::Batches => {
            &[&ORIGIN, &DESTINATION, &AGREEMENT, &SETTLEMENT_TYPE, &KIND, &FROM, &TO, &SOURCE, &Q, &UPDATED_SINCE]
        }
        Resource::Movements | Resource::Returns => &[
            &ORIGIN,
            &DESTINATION,
            &AGREEMENT,
            &SETTLEMENT_TYPE,
            &KIND,
            &FROM,
            &TO,
            &BATCH,
            &SOURCE,
            &Q,
            &UPDATED_SINCE,
        ],
        Resource::Figures => &[
            &ORIGIN,
            &DESTINATION,
            &AGREEMENT,
            &SETTLEMENT_TYPE,
            &KIND,
            &FROM,
            &TO,
            &BATCH,
            &SOURCE,
            &STAGE,
            &ROLE,
            &SCOPE,
            &Q,
            &UPDATED_SINCE,
        ],
    }
}

/// Whether rows have a date, and lists begin with the newest.
fn is_dated(resource: Resource) -> bool {
    !matches!(resource, Resource::Locations | Resource::Sources)
}

fn sort_of(resource: Resource) -> &'static Parameter {
    if is_dated(resource) { &query::SORT } else { &query::PLAIN_SORT }
}

/// What a list takes.
pub fn list_parameters(resource: Resource) -> Vec<&'static Parameter> {
    let paging = [sort_of(resource), &query::LIMIT, &query::CURSOR, &query::COUNT, &query::LABELS];
    filters(resource).iter().copied().chain(paging).collect()
}

/// What an export takes: always the whole filtered set.
pub fn export_parameters(resource: Resource, format: Format) -> Vec<&'static Parameter> {
    let all = filters(resource).iter().copied().chain([sort_of(resource), &query::LABELS]);
    all.chain(files::parameters(format)).collect()
}

/// Whether rows are places, which can be put on a map.
pub fn is_place(resource: Resource) -> bool {
    resource == Resource::Locations
}

/// What a history takes.
pub const HISTORY_PARAMETERS: &[&Parameter] = &[&query::LIMIT, &query::BEFORE];

/// What a row by itself takes.
pub const SINGLE_PARAMETERS: &[&Parameter] = &[&query::LABELS];

#[derive(Serialize)]
pub(super) struct Listed<'a, R> {
    pub(super) data: &'a [R],
    pub(super) next_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<i64>,
}

pub(super) fn to_json(value: &impl Serialize) -> Result<Vec<u8>, Error> {
    serde_json::to_vec(value).map_err(|error| Error::Internal(error.to_string()))
}

pub(super) fn to_text(value: &impl Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Internal(error.to_string()))
}

/// The code in the path. What cannot be a code is not looked up: the databases differ in what they make of it.
fn code_of<R: Rows>(request: &HttpRequest) -> Result<String, Error> {
    let code = request.match_info().get("code").unwrap_or_default();
    // A movement's code is its batch's and its destination's.
    let fine = match R::RESOURCE {
        Resource::Movements => code.split_once('.').is_some_and(|(batch, place)| is_code(batch) && is_code(place)),
        _ => is_code(code),
    };
    if fine {
        return Ok(code.to_owned());
    }
    if request.method() == Method::PUT {
        let message = "The code in the path is 1 to 64 letters (A to Z), digits, `_` or `-`.".to_owned();
        let (pointer, code) = (Some("/code".to_owned()), "invalid_code");
        return Err(Error::Invalid(vec![Finding {
            pointer,
            parameter: None,
            code,
            value: None,
            message,
            suggestion: None,
        }]));
    }
    Err(Error::NotFound(R::RESOURCE, code.chars().take(100).collect()))
}

/// `GET /v1/{resource}`: one page, or everything where `Accept` asks for a file.
pub async fn list<R: Rows>(
    caller: Caller<Read>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let format = reply::negotiate(&request, Format::offered(is_place(R::RESOURCE)))?;
    if format != Format::Json {
        return send::<R>(&caller, &state, &request, format).await;
    }
    let mut query = Query::parse(request.query_string(), &list_parameters(R::RESOURCE));
    let who = Reading { viewer: caller.viewer(), arabic: query.arabic() };
    let (page, count) = (query.page(default_sort(is_dated(R::RESOURCE))), query.flag(&query::COUNT));
    let filter = query.filter();
    let head = |tag: &str, next: Option<&str>| {
        let mut response = reply::list_of(format, tag);
        if let Some(cursor) = next {
            response.insert_header((header::LINK, reply::next_link(&request, query::CURSOR.name, cursor)));
        }
        response
    };
    let further = page.after.is_some();
    let read = move |conn: &mut Conn| {
        let rows = R::page(conn, who, &filter, &page)?;
        let total = if count { Some(R::count(conn, who, &filter)?) } else { None };
        let next = rows.next.map(|cursor| cursor.encode());
        Ok((to_json(&Listed { data: &rows.rows, next_cursor: next.clone(), total })?, next))
    };
    if further {
        // Whoever goes through all pages asks for each of them once.
        return match reply::versioned(&state, &request, who.viewer, format, read).await? {
            Versioned::NotModified(response) => Ok(response),
            Versioned::Read((body, next), tag) => Ok(head(&tag, next.as_deref()).body(body)),
        };
    }
    let compute = async |encoding| {
        let read = move |conn: &mut Conn, version| {
            let (body, next) = read(conn)?;
            Ok(kept::Answer { next, ..kept::Answer::encoded(version, encoding, body)? })
        };
        Ok(Computed::<Infallible>::Short(state.db.read_version(read).await?))
    };
    let head = |tag: &str, answer: &kept::Answer| head(tag, answer.next.as_deref());
    match kept::answer(&state, &request, (who.viewer, format), head, compute).await? {
        Answered::Whole(response) => Ok(response),
        Answered::Long(never, _) => match never {},
    }
}

/// `GET /v1/{resource}.csv` and the like: every row found.
pub async fn export<R: Rows>(
    caller: Caller<Read>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    send::<R>(&caller, &state, &request, files::asked(&request)?).await
}

async fn send<R: Rows>(
    caller: &Caller<Read>,
    state: &State,
    request: &HttpRequest,
    format: Format,
) -> Result<HttpResponse, Problem> {
    let name = R::RESOURCE.word();
    let mut query = Query::parse(request.query_string(), &export_parameters(R::RESOURCE, format));
    let who = Reading { viewer: caller.viewer(), arabic: query.arabic() };
    let file = File::new(request, state, &query, who.viewer, name, format);
    let sort = query.sort(default_sort(is_dated(R::RESOURCE)));
    file.send(state, Export::<R>::new(who, query.filter(), sort)).await
}

/// `GET /v1/{resource}.{anything else}`.
pub async fn no_such_format<R: Rows>(_: Caller<Read>) -> Result<HttpResponse, Problem> {
    Err(files::no_such_format(&format!("/v1/{}", R::RESOURCE.word()), is_place(R::RESOURCE)))
}

/// `GET /v1/{resource}/{code}`: one row with its parts.
pub async fn get<R: Rows>(
    caller: Caller<Read>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    reply::negotiate(&request, &[Format::Json])?;
    let code = code_of::<R>(&request)?;
    let who = reading(&request, caller.viewer())?;
    let wanted = code.clone();
    let found = state.db.read_version(move |conn, _| R::single(conn, who, &wanted)).await?;
    let (row, revision) = found.ok_or(Error::NotFound(R::RESOURCE, code))?;
    Ok(reply::single(HttpResponse::Ok(), &row, revision))
}

fn reading(request: &HttpRequest, viewer: crate::domain::access::Viewer) -> Result<Reading, Error> {
    let mut query = Query::parse(request.query_string(), SINGLE_PARAMETERS);
    query.finish()?;
    Ok(Reading { viewer, arabic: query.arabic() })
}

/// Writes, and answers with the row as it was left, in the same transaction.
async fn write<R: Rows>(
    caller: &Caller<impl Right>,
    state: &State,
    request: &HttpRequest,
    once: Option<Once>,
    job: impl Fn(&mut Tx) -> Result<Written, Error> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let who = reading(request, caller.viewer())?;
    let asked = once.clone();
    let done = store::write(&state.db, &state.clock, caller.name(), move |tx| {
        store::idempotency::once(tx, asked.as_ref(), |tx| {
            let written = job(tx)?;
            let found = R::single(tx.conn, who, &written.code)?;
            let (row, revision) =
                found.ok_or_else(|| Error::Internal(format!("{} is not there after a write", written.code)))?;
            let row = to_text(&reply::with_warnings(&row, &written.warnings)?)?;
            let status = if written.created { StatusCode::CREATED } else { StatusCode::OK }.as_u16();
            let (resource, code, etag) =
                (R::RESOURCE.word().to_owned(), Some(written.code), Some(reply::tag(revision)));
            Ok(Answer { status, resource, code, etag, body: row })
        })
    });
    idempotency::answer(once.as_ref(), done.await)
}

/// `POST /v1/{resource}`.
pub async fn create<R: Rows>(
    caller: Caller<Write>,
    state: Data<State>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let key = idempotency::key(&request)?;
    let bytes = body::bytes(&request, payload, state.max_body).await?;
    let body = body::parse(&bytes)?;
    let once = idempotency::begin(&state, &request, caller.name(), key, || idempotency::digest(&bytes))?;
    write::<R>(&caller, &state, &request, once, move |tx| R::create(tx, &body)).await
}

/// `PUT /v1/{resource}/{code}`.
pub async fn replace<R: Rows>(
    caller: Caller<Write>,
    state: Data<State>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let condition = reply::condition(&request);
    let body = body::json(&request, payload, state.max_body).await?;
    let code = code_of::<R>(&request)?;
    write::<R>(&caller, &state, &request, None, move |tx| R::replace(tx, &code, &body, &condition)).await
}

/// `PATCH /v1/{resource}/{code}`.
pub async fn change<R: Rows>(
    caller: Caller<Write>,
    state: Data<State>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let condition = reply::condition(&request);
    let code = code_of::<R>(&request)?;
    let patch = body::json(&request, payload, state.max_body).await?;
    write::<R>(&caller, &state, &request, None, move |tx| R::change(tx, &code, &patch, &condition)).await
}

/// `DELETE /v1/{resource}/{code}`.
pub async fn delete<R: Rows>(
    caller: Caller<Write>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (condition, code) = (reply::condition(&request), code_of::<R>(&request)?);
    Query::parse(request.query_string(), &[]).finish()?;
    store::write(&state.db, &state.clock, caller.name(), move |tx| R::delete(tx, &code, &condition)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `POST /v1/{resource}/{code}/redact`: blanks fields, and every copy that is kept of them.
pub async fn redact<R: Rows>(
    caller: Caller<Admin>,
    state: Data<State>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let key = idempotency::key(&request)?;
    let code = code_of::<R>(&request)?;
    let bytes = body::bytes(&request, payload, state.max_body).await?;
    let body = body::parse(&bytes)?;
    let once = idempotency::begin(&state, &request, caller.name(), key, || idempotency::digest(&bytes))?;
    write::<R>(&caller, &state, &request, once, move |tx| redaction::redact::<R>(tx, &code, &body, reply::tag)).await
}

/// `GET /v1/{resource}/{code}/history`: who changed the row, when, and how; also of a row that was deleted.
pub async fn history<R: Rows>(
    caller: Caller<Write>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let format = reply::negotiate(&request, &[Format::Json])?;
    let code = code_of::<R>(&request)?;
    let mut query = Query::parse(request.query_string(), HISTORY_PARAMETERS);
    query.finish()?;
    let limit = query.whole(&query::LIMIT).unwrap_or(DEFAULT_LIMIT);
    let before = query.whole(&query::BEFORE).map(|revision| i32::try_from(revision).unwrap_or(i32::MAX));
    let read = reply::versioned(&state, &request, caller.viewer(), format, move |conn| {
        let (entries, next) = history::of_row(conn, R::RESOURCE, &code, before, limit)?;
        let known = !entries.is_empty() || (before.is_some() && history::is_known(conn, R::RESOURCE, &code)?);
        if !known {
            return Err(Error::NotFound(R::RESOURCE, code.clone()));
        }
        let next = next.map(|revision| revision.to_string());
        let body = to_json(&Listed { data: &entries, next_cursor: next.clone(), total: None })?;
        Ok((body, next))
    });
    match read.await? {
        Versioned::NotModified(response) => Ok(response),
        Versioned::Read((body, next), tag) => {
            let mut response = reply::list_of(format, &tag);
            if let Some(cursor) = next {
                response.insert_header((header::LINK, reply::next_link(&request, query::CURSOR.name, &cursor)));
            }
            Ok(response.body(body))
        }
    }
}
