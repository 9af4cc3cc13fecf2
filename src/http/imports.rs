//! Sheets on their way in: tried, committed, listed, taken back.

use std::io::{Seek, Write as _};
use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use futures_util::StreamExt;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use super::auth::{Caller, Write};
use super::body;
use super::catalogue::Code;
use super::idempotency;
use super::problem::Problem;
use super::query::{self, Parameter, Query};
use super::reply::{self, Versioned};
use super::resource::{Listed, to_json, to_text};
use crate::app::State;
use crate::domain::token::hex;
use crate::error::Error;
use crate::store;
use crate::store::idempotency::{Answer, Done, Once};
use crate::store::imports::{self, ImportView};
use crate::transfer::Format;
use crate::transfer::import::{self, Order};
use crate::transfer::intake::{Content, CreateMissing};
use crate::transfer::sheet::Sheet;

/// How long the next [`LEAST`] bytes of a sheet may take to arrive: lines are weak, and sheets large.
const PATIENCE: Duration = Duration::from_secs(60);
/// Whoever sends less than this in all that time holds a connection, and sends no sheet.
const LEAST: usize = 16 << 10;

/// What an import takes.
pub const IMPORT_PARAMETERS: &[&Parameter] = &[&query::COMMIT, &query::CREATE_MISSING];
/// What the list of imports takes.
pub const LIST_PARAMETERS: &[&Parameter] = &[&query::LIMIT, &query::CURSOR, &query::COUNT];

/// The sheet of a path.
pub fn sheet_of(request: &HttpRequest) -> Result<Sheet, Problem> {
    let name = request.match_info().get("import").unwrap_or_default();
    Sheet::parse(name).ok_or_else(|| {
        let all: Vec<&str> = Sheet::ALL.iter().map(|sheet| sheet.word()).collect();
        Problem::not_found(format!("There is no sheet {}: there are {}.", name.escape_debug(), all.join(", ")))
    })
}

/// What a body is said to be.
fn content(request: &HttpRequest) -> Result<Content, Problem> {
    let unsupported = |detail: String| Err(Problem::new(Code::UnsupportedMediaType, detail));
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or("?").to_ascii_lowercase());
    if let Some(encoding) = header(header::CONTENT_ENCODING).filter(|encoding| encoding != "identity") {
        return unsupported(format!("Bodies are not decompressed here (`Content-Encoding: {encoding}`)."));
    }
    let given = header(header::CONTENT_TYPE).unwrap_or_default();
    match given.split(';').next().unwrap_or_default().trim() {
        "text/csv" => Ok(Content::Csv),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => Ok(Content::Xlsx),
        _ => {
            let found = if given.is_empty() { "there is none".to_owned() } else { format!("it is `{given}`") };
            unsupported(format!(
                "The `Content-Type` must be `text/csv`, or that of an `.xlsx` workbook \
                 (`application/vnd.openxmlformats-officedocument.spreadsheetml.sheet`); {found}."
            ))
        }
    }
}

/// A body in a temporary file, and its SHA-256.
async fn spooled(
    request: &HttpRequest,
    mut payload: Payload,
    limit: usize,
) -> Result<(std::fs::File, String), Problem> {
    let too_large = || {
        let detail = format!("The sheet is larger than {} MB (`MAX_IMPORT_MB`).", limit >> 20);
        Problem::new(Code::BodyTooLarge, detail)
    };
    let full = |error: std::io::Error| Problem::from(Error::Unavailable(format!("no room for a sheet: {error}")));
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > limit as u64) {
        return Err(too_large());
    }
    let mut file = tempfile::tempfile().map_err(full)?;
    let (mut digest, mut size) = (Sha256::new(), 0);
    let (mut until, mut came) = (Instant::now() + PATIENCE, 0);
    loop {
        let late = || Problem::new(Code::RequestTimeout, "The sheet did not arrive in time.");
        let Some(chunk) = tokio::time::timeout_at(until, payload.next()).await.map_err(|_| late())? else { break };
        let chunk = chunk.map_err(|_| body::broke_off())?;
        size += chunk.len();
        came += chunk.len();
        if came >= LEAST {
            (until, came) = (Instant::now() + PATIENCE, 0);
        }
        if size > limit {
            return Err(too_large());
        }
        digest.update(&chunk);
        // Small pieces into the page cache of the machine: not worth another thread.
        file.write_all(&chunk).map_err(full)?;
    }
    file.rewind().map_err(full)?;
    Ok((file, hex(&digest.finalize())))
}

/// `POST /v1/imports/{sheet}`: a dry run unless `commit=true`.
pub async fn create_import(
    caller: Caller<Write>,
    state: Data<State>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    let sheet = sheet_of(&request)?;
    let mut query = Query::parse(request.query_string(), IMPORT_PARAMETERS);
    query.finish()?;
    let commit = query.flag(&query::COMMIT);
    let create = query.list(&query::CREATE_MISSING);
    let has = |word: &str| create.iter().any(|one| one == word);
    let create = CreateMissing { locations: has("locations"), sources: has("sources") };
    let (content, key) = (content(&request)?, idempotency::key(&request)?);
    let (file, fingerprint) = spooled(&request, payload, state.max_import).await?;
    let once = idempotency::begin(&state, &request, caller.name(), key, || fingerprint.clone())?;
    let order = Order { sheet, content, file, fingerprint, commit, create };
    idempotency::answer(once.as_ref(), import_once(&state, caller.name(), once.clone(), order).await)
}

async fn import_once(state: &State, by: &str, once: Option<Once>, order: Order) -> Result<Done, Error> {
    let (db, clock) = (&state.db, &state.clock);
    if let Some(asked) = once.clone()
        // Before the file is opened, and without the writer, who may have a long import of somebody else's at hand.
        && let Some(done) = db.read_primary(move |conn| asked.find(conn)).await?
    {
        return Ok(done);
    }
    if order.commit {
        return import::run(
            db,
            clock,
            by,
            order,
            |_, _| {},
            move |tx, import| store::idempotency::once(tx, once.as_ref(), |tx| answer(&import(tx)?)),
        )
        .await;
    }
    let tried = import::run(db, clock, by, order, |_, _| {}, |tx, import| answer(&import(tx)?)).await?;
    if once.is_none() {
        return Ok(Done { answer: tried, again: false });
    }
    // A dry run writes nothing that its answer could belong to. Where two instances tried at once, the first answer stands.
    store::write(db, clock, by, move |tx| store::idempotency::once(tx, once.as_ref(), |_| Ok(tried.clone()))).await
}

fn answer(view: &ImportView) -> Result<Answer, Error> {
    let status = if view.committed { StatusCode::CREATED } else { StatusCode::OK }.as_u16();
    let (resource, code) = ("imports".to_owned(), view.code.clone());
    Ok(Answer { status, resource, code, etag: None, body: to_text(view)? })
}

/// `GET /v1/imports`: the committed ones, newest first.
pub async fn list_imports(
    caller: Caller<Write>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let format = reply::negotiate(&request, &[Format::Json])?;
    let mut query = Query::parse(request.query_string(), LIST_PARAMETERS);
    query.finish()?;
    let (page, count) = (query.page(query::NEWEST), query.flag(&query::COUNT));
    let read = reply::versioned(&state, &request, caller.viewer(), format, move |conn| {
        let found = imports::page(conn, &page)?;
        let total = if count { Some(imports::count(conn)?) } else { None };
        let next = found.next.map(|cursor| cursor.encode());
        let body = to_json(&Listed { data: &found.rows, next_cursor: next.clone(), total })?;
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

fn code_of(request: &HttpRequest) -> Result<String, Problem> {
    let code = request.match_info().get("import").unwrap_or_default();
    // What cannot be a code is not looked up: the databases differ in what they make of it.
    if crate::domain::text::is_code(code) { Ok(code.to_owned()) } else { Err(no_such(code)) }
}

fn no_such(code: &str) -> Problem {
    Problem::not_found(format!("There is no import {}.", code.escape_debug()))
}

/// `GET /v1/imports/{code}`.
pub async fn get_import(_: Caller<Write>, state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    reply::negotiate(&request, &[Format::Json])?;
    Query::parse(request.query_string(), &[]).finish()?;
    let code = code_of(&request)?;
    let wanted = code.clone();
    let found = state.db.read_version(move |conn, _| imports::single(conn, &wanted)).await?;
    let found = found.ok_or_else(|| no_such(&code))?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-cache")).json(found))
}

/// `DELETE /v1/imports/{code}`: takes the import back.
pub async fn delete_import(
    caller: Caller<Write>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Query::parse(request.query_string(), &[]).finish()?;
    let code = code_of(&request)?;
    let wanted = code.clone();
    let gone =
        store::write_long(&state.db, &state.clock, caller.name(), move |tx| imports::take_back(tx, &wanted)).await?;
    if gone { Ok(HttpResponse::NoContent().finish()) } else { Err(no_such(&code)) }
}
