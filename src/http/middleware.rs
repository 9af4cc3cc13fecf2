//! What every request passes through: an id, the access log, and failures of whatever origin as problems.

use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_cors::Cors;
use actix_web::ResponseError;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::{Bytes, Data};
use futures_util::FutureExt;
use uuid::{Timestamp, Uuid};

use super::catalogue::Code;
use super::problem::{MEDIA_TYPE, Problem};
use super::query;
use super::security;
use super::wire::Refused;
use crate::app::State;
use crate::domain::access::Actor;
use crate::domain::clock::Clock;

/// The header that carries a request's id, both ways.
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What stands in the log for a request whose caller left before there was an answer. Nobody is ever sent it.
const CALLER_LEFT: u16 = 499;

/// Who may call from a web page: everybody, or some origins.
pub fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods([
            Method::GET,
            Method::HEAD,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            Method::OPTIONS,
        ])
        .allowed_headers([
            "Authorization",
            "Content-Type",
            "If-Match",
            "If-None-Match",
            "Idempotency-Key",
            "X-Data-Version",
        ])
        .expose_headers(["Link", "ETag", "Content-Disposition", "X-Data-Version", "X-Request-Id"])
        .max_age(3600);
    if origins.iter().any(|origin| origin == "*") {
        // The answer is the same for everybody, so that caches need not tell origins apart.
        return cors.allow_any_origin().send_wildcard().disable_vary_header();
    }
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin))
}

/// Answers what cannot be read, before anybody looks at it: what is no request, and a path that is not UTF-8.
pub async fn refuse_unreadable(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    if let Some(problem) = Refused::of(&request) {
        let mut response = problem.error_response();
        response.head_mut().set_connection_type(ConnectionType::Close);
        return Ok(request.into_response(response).map_into_right_body());
    }
    if query::decoded(request.path()).is_none() {
        let problem = Problem::new(Code::BadRequest, "The path is not percent-encoded UTF-8.");
        return Ok(request.into_response(problem.error_response()).map_into_right_body());
    }
    next.call(request).await.map(ServiceResponse::map_into_left_body)
}

/// The outermost middleware: gives the request its id, and the answer its last form.
pub async fn finish(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let state = request.app_data::<Data<State>>().cloned();
    let clock = state.as_ref().map(|state| state.clock.clone());
    // Whoever may call from a web page may also put an answer into one.
    let anybody = state.as_ref().is_some_and(|state| state.cors_origins.iter().any(|origin| origin == "*"));
    if let Some(state) = &state {
        state.metrics.begins();
    }
    let id = incoming(request.headers()).unwrap_or_else(|| fresh(clock.as_ref()));
    let mut record = Record {
        state,
        method: request.method().clone(),
        route: None,
        path: request.path().escape_default().to_string(),
        status: CALLER_LEFT,
        by: "-".to_owned(),
        id: id.clone(),
        began: Instant::now(),
        bytes: 0,
        whole: false,
    };
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(response)) => {
            let actor = actix_web::HttpMessage::extensions(response.request()).get::<Actor>().cloned();
            let mut response = response;
            record.route = response.request().match_pattern();
            security::protect(response.headers_mut(), actor.is_some(), anybody);
            record.by = actor.map_or_else(|| "-".to_owned(), |actor| actor.name);
            Ok(last_form(response, record))
        }
        // No request is left to answer to: the framework makes the answer of the problem.
        failed => {
            let problem = match failed {
                Ok(Err(error)) => Problem::of_status(error.as_response_error().status_code()),
                _ => Problem::internal("a handler panicked"),
            };
            let mut problem = problem.with(REQUEST_ID, &id);
            problem.identify(&id);
            (record.status, record.whole) = (problem.status, true);
            drop(record);
            Err(problem.into())
        }
    }
}

fn last_form(
    mut response: ServiceResponse<impl MessageBody + 'static>,
    mut record: Record,
) -> ServiceResponse<BoxBody> {
    let problem = as_problem(&response);
    let headers = response.headers_mut();
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding == "identity") {
        headers.remove(header::CONTENT_ENCODING);
    }
    if let Ok(id) = HeaderValue::from_str(&record.id) {
        headers.insert(REQUEST_ID, id);
    }
    merge(headers, &header::VARY);
    let Some(mut problem) = problem else {
        record.status = response.status().as_u16();
        return response.map_body(|_, body| Logged::new(body.boxed(), record).boxed());
    };
    problem.identify(&record.id);
    record.status = problem.status;
    response.map_body(|head, _| {
        head.status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = head.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.remove(header::CONTENT_ENCODING);
        Logged::new(problem.to_body(), record).boxed()
    })
}

/// Makes one line of a header to which several hands have added lines, each entry once.
fn merge(headers: &mut HeaderMap, name: &HeaderName) {
    let mut entries: Vec<&str> = vec![];
    for line in headers.get_all(name).filter_map(|line| line.to_str().ok()) {
        for entry in line.split(',').map(str::trim) {
            if !entry.is_empty() && !entries.iter().any(|known| known.eq_ignore_ascii_case(entry)) {
                entries.push(entry);
            }
        }
    }
    if let Ok(line) = HeaderValue::from_str(&entries.join(", "))
        && !line.is_empty()
    {
        headers.insert(name.clone(), line);
    }
}

/// The problem that an answer is, be it ours or the framework's own.
fn as_problem<B>(response: &ServiceResponse<B>) -> Option<Problem> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    let ours = response.response().extensions().get::<Problem>().cloned();
    Some(ours.unwrap_or_else(|| Problem::of_status(status)))
}

/// The id that the caller gave, if it is one that can stand in a log.
fn incoming(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&id.len()).then_some(id).filter(|id| id.bytes().all(plain)).map(str::to_owned)
}

fn fresh(clock: Option<&Clock>) -> String {
    let now = clock.map(|clock| clock.now().and_utc()).unwrap_or_default();
    let (seconds, nanos) = (u64::try_from(now.timestamp()).unwrap_or_default(), now.timestamp_subsec_nanos());
    Uuid::new_v7(Timestamp::from_unix_time(seconds, nanos, 0, 0)).to_string()
}

/// One line of the access log, written when the answer is through.
struct Record {
    state: Option<Data<State>>,
    method: Method,
    route: Option<String>,
    path: String,
    status: u16,
    by: String,
    id: String,
    began: Instant,
    bytes: usize,
    whole: bool,
}

impl Drop for Record {
    fn drop(&mut self) {
        let Self { state, method, route, path, status, by, id, began, bytes, whole } = self;
        let took = began.elapsed();
        if let Some(state) = state {
            state.metrics.ended(route.as_deref(), method, *status, took);
        }
        let (ms, broken) = (took.as_millis(), if *whole { "" } else { " aborted" });
        log::info!(
            target: "homeward::access",
            method = method.as_str(), path = path.as_str(), status = *status, ms = ms as u64, bytes = *bytes as u64,
            by = by.as_str(), id = id.as_str(), aborted = !*whole;
            "{method} {path} {status} {ms}ms {bytes}B by={by} id={id}{broken}"
        );
    }
}

/// A body that counts what goes through it.
struct Logged {
    body: BoxBody,
    record: Record,
}

impl Logged {
    fn new(body: BoxBody, mut record: Record) -> Self {
        record.whole = matches!(body.size(), BodySize::None | BodySize::Sized(0));
        Self { body, record }
    }
}

impl MessageBody for Logged {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let polled = Pin::new(&mut self.body).poll_next(context);
        match &polled {
            Poll::Ready(Some(Ok(bytes))) => {
                self.record.bytes += bytes.len();
                // A body of known size is not asked for its end.
                self.record.whole |= self.body.size() == BodySize::Sized(self.record.bytes as u64);
            }
            Poll::Ready(Some(Err(error))) => {
                log::error!("the answer {} broke off: {:?}", self.record.id, error.to_string())
            }
            Poll::Ready(None) => self.record.whole = true,
            Poll::Pending => {}
        }
        polled
    }
}
