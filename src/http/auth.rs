//! Who asks: settled in middleware, before any body is read, and what they may do: first in each handler's signature.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::body::MessageBody;
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::middleware::Next;
use actix_web::{FromRequest, HttpMessage, HttpRequest, ResponseError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::catalogue::Code;
use super::limits::Who;
use super::problem::Problem;
use crate::app::State;
use crate::db::{Visit, data_version};
use crate::domain::access::{Actor, Viewer};
use crate::domain::token;
use crate::domain::words::{Role, Word};
use crate::store;

/// Paths that are always open: a token sent there is not even looked at.
fn is_open(path: &str) -> bool {
    path == "/"
        || ["/openapi.json", "/sw.js", "/icon.svg"].contains(&path)
        || ["/docs", "/enter", "/upload", "/settings", "/assets", "/health", "/problems"]
            .iter()
            .any(|open| path.strip_prefix(open).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

/// What the `Authorization` header says.
#[derive(Debug, PartialEq)]
pub(super) enum Shown {
    Nothing,
    Token(String),
    Nonsense,
}

pub(super) fn shown(headers: &HeaderMap) -> Shown {
    let mut all = headers.get_all(header::AUTHORIZATION);
    let Some(value) = all.next() else { return Shown::Nothing };
    let text = value.to_str().ok().filter(|_| all.next().is_none());
    let Some((scheme, rest)) = text.and_then(|text| text.trim().split_once(' ')) else { return Shown::Nonsense };
    let rest = rest.trim();
    if scheme.eq_ignore_ascii_case("bearer") && !rest.is_empty() {
        return Shown::Token(rest.to_owned());
    }
    if scheme.eq_ignore_ascii_case("basic") {
        // Any name will do: the password is the token.
        let decoded = STANDARD.decode(rest).ok().and_then(|bytes| String::from_utf8(bytes).ok());
        if let Some((_, password)) = decoded.as_deref().and_then(|text| text.split_once(':')) {
            return Shown::Token(password.to_owned());
        }
    }
    Shown::Nonsense
}

/// The token that a request was sent with; none is empty.
pub fn token_of(request: &HttpRequest) -> String {
    match shown(request.headers()) {
        Shown::Token(token) => token,
        Shown::Nothing | Shown::Nonsense => String::new(),
    }
}

fn unauthorized(detail: &str) -> Problem {
    Problem::new(Code::Unauthorized, detail)
        .with(header::WWW_AUTHENTICATE, "Bearer")
        .with(header::WWW_AUTHENTICATE, "Basic realm=\"homeward\"")
}

/// The header with the version of the data, of an answer, and the one that a request needs at least.
pub const DATA_VERSION: HeaderName = HeaderName::from_static("x-data-version");

/// Notes what a caller has seen already. What is no number asks for the newest, rather than for nothing.
fn look_back(visit: &Visit, headers: &HeaderMap) {
    for version in headers.get_all(DATA_VERSION) {
        match version.to_str().ok().and_then(|text| text.trim().parse().ok()) {
            Some(version) => visit.need(version),
            None => visit.need_newest(),
        }
    }
}

async fn identify(state: &State, visit: &Visit, headers: &HeaderMap) -> Result<Option<Actor>, Problem> {
    let token = match shown(headers) {
        Shown::Nothing => return Ok(None),
        Shown::Nonsense => return Err(unauthorized("`Authorization` is neither `Bearer <token>` nor Basic.")),
        Shown::Token(token) => token,
    };
    let (hash, now) = (token::hash(&token), state.clock.now());
    // Where the last word is spoken: what was revoked must not hold until a replica has heard of it.
    let late = state.db.has_replica();
    let found = state.db.read_little(move |conn| {
        let Some(actor) = store::tokens::holder(conn, &hash, now)? else { return Ok(None) };
        // Who writes reads what was written, wherever and by whomever.
        let needed = if late && actor.may(Role::Editor) { data_version(conn)? } else { 0 };
        Ok(Some((actor, needed)))
    });
    let actor = found.await?.map(|(actor, needed)| {
        visit.need(needed);
        actor
    });
    actor.map(Some).ok_or_else(|| unauthorized("The token is wrong, expired or revoked."))
}

/// Paths whose callers are not even counted: whoever watches the service must not be told to come back later.
fn is_uncounted(path: &str) -> bool {
    path == "/health" || path.starts_with("/health/")
}

/// Who asks, unless the token does not hold, or whoever asks has asked too often. A wrong token counts for the address: it
/// cannot be tried any more often than a request without one.
async fn admit(state: &State, visit: &Visit, request: &ServiceRequest) -> Result<Option<Actor>, Problem> {
    let (limits, path) = (&state.limits, request.path());
    if is_uncounted(path) {
        return Ok(None);
    }
    let known = if is_open(path) { Ok(None) } else { identify(state, visit, request.headers()).await };
    match &known {
        Ok(Some(actor)) => limits.take(|| Who::Token(actor.name.clone()))?,
        _ => limits.take(|| limits.address(request.request()))?,
    }
    known
}

/// The middleware: leaves the [`Actor`] with the request, or refuses whoever may not even ask. What is read behind it is no older than
/// what the caller must find there, and the answer says how old.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let state = request.app_data::<actix_web::web::Data<State>>().cloned();
    let visit = Arc::new(Visit::default());
    look_back(&visit, request.headers());
    if let Some(state) = state {
        match admit(&state, &visit, &request).await {
            Ok(Some(actor)) => {
                request.extensions_mut().insert(actor);
            }
            Ok(None) => {}
            Err(problem) => return Ok(request.into_response(problem.error_response()).map_into_right_body()),
        }
    }
    let mut response = visit.run(next.call(request)).await?;
    if let Some(version) = visit.seen() {
        response.headers_mut().insert(DATA_VERSION, version.into());
    }
    Ok(response.map_into_left_body())
}

/// A right that a handler needs.
pub trait Right: 'static {
    /// The least role that has it.
    const ROLE: Role;
    /// Whether nobody needs a token for it where reading is public.
    const OPEN: bool = false;
}

/// To read what the caller may see.
pub struct Read;
/// To look at the service itself, which nobody does without a token.
pub struct Inside;
/// To read what only editors see, and to write.
pub struct Write;
/// To manage tokens.
pub struct Admin;

impl Right for Read {
    const ROLE: Role = Role::Reader;
    const OPEN: bool = true;
}

impl Right for Inside {
    const ROLE: Role = Role::Reader;
}

impl Right for Write {
    const ROLE: Role = Role::Editor;
}

impl Right for Admin {
    const ROLE: Role = Role::Admin;
}

/// Who asks, and has this right. Stands first in the signature of every handler.
pub struct Caller<R: Right> {
    actor: Option<Actor>,
    right: PhantomData<R>,
}

impl<R: Right> Caller<R> {
    /// How much the caller sees.
    pub fn viewer(&self) -> Viewer {
        self.actor.as_ref().map_or(Viewer::Public, Actor::viewer)
    }

    /// The name that history records.
    pub fn name(&self) -> &str {
        self.actor.as_ref().map_or("anonymous", |actor| &actor.name)
    }

    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let actor = request.extensions().get::<Actor>().cloned();
        let public = || request.app_data::<actix_web::web::Data<State>>().is_some_and(|state| state.public_read);
        match &actor {
            Some(actor) if !actor.may(R::ROLE) => {
                let (has, needs) = (actor.role.word(), R::ROLE.word());
                let detail = format!("This needs the role `{needs}`, and the token has `{has}`.");
                Err(Problem::new(Code::Forbidden, detail))
            }
            None if !(R::OPEN && public()) => {
                Err(unauthorized(&format!("This needs a token of the role `{}`.", R::ROLE.word())))
            }
            _ => Ok(Self { actor, right: PhantomData }),
        }
    }
}

impl<R: Right> FromRequest for Caller<R> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn of(value: &str) -> Shown {
        let request = TestRequest::default().insert_header((header::AUTHORIZATION, value)).to_http_request();
        shown(request.headers())
    }

    #[test]
    fn a_token_comes_as_bearer_or_as_a_password() {
        let token = Shown::Token("hw_x".to_owned());
        let basic = format!("basic {}", STANDARD.encode("anybody:hw_x"));
        for value in ["Bearer hw_x", "bearer  hw_x", basic.as_str()] {
            assert_eq!(of(value), token, "{value}");
        }
        for value in ["", "Bearer", "Bearer ", "hw_x", "Basic !", "Digest x", "Basic aGVsbG8="] {
            assert_eq!(of(value), Shown::Nonsense, "{value}");
        }
        assert_eq!(shown(TestRequest::default().to_http_request().headers()), Shown::Nothing);
    }

    #[test]
    fn only_whole_segments_are_open() {
        assert!(is_open("/docs") && is_open("/docs/x") && is_open("/problems/not_found") && is_open("/"));
        assert!(is_open("/enter") && is_open("/assets/main.js") && is_open("/sw.js"));
        assert!(!is_open("/docsx") && !is_open("/sw.jsx") && !is_open("/v1/batches"));
    }
}
