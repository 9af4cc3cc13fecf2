//! Tokens, for admins: made, listed, revoked.

use actix_web::http::{StatusCode, header};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{Days, NaiveDateTime};
use serde::Serialize;
use serde_json::Value;

use super::auth::{self, Admin, Caller};
use super::body;
use super::idempotency;
use super::problem::Problem;
use super::query::Query;
use super::resource::to_text;
use crate::app::State;
use crate::db::Db;
use crate::domain::Findings;
use crate::domain::clock::Clock;
use crate::domain::reading::{Fields, NewCode};
use crate::domain::token::Token;
use crate::domain::words::Role;
use crate::error::Error;
use crate::store;
use crate::store::idempotency::Answer;
use crate::store::tokens::{self, NewToken, TokenRow, optional_utc};

/// The longest life of a token, in days: a hundred years.
pub const MAX_DAYS: i64 = 36_500;

/// A token that is asked for.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct TokenBody {
    /// Who or what will use it; a name is never used again.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// After how many days it expires; never where it is left out.
    #[schema(minimum = 1, maximum = 36500)]
    pub expires_in_days: Option<i64>,
}

/// A token that was just made: the only time that it is shown.
#[derive(Clone, Serialize, utoipa::ToSchema)]
pub struct CreatedToken {
    /// Its name.
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// The token itself.
    #[schema(example = "hw_9vXk2J7dQp4mW1sT8yLr5nZc3bHf6gAeUoIqKxVtYwM")]
    pub token: String,
    /// When it expires (UTC); null is never.
    #[serde(serialize_with = "optional_utc")]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub expires_at: Option<NaiveDateTime>,
}

/// Every token.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TokenList {
    /// Those that hold, those that expired, and those that were revoked, by name.
    pub data: Vec<TokenRow>,
}

impl TokenBody {
    /// An example.
    pub fn sample() -> Self {
        Self { name: "field-office-homs".to_owned(), role: Role::Editor, expires_in_days: Some(365) }
    }

    /// Understands a body.
    pub fn read(value: &Value) -> Result<Self, Error> {
        let mut findings = Findings::default();
        let mut fields = Fields::new(value, String::new(), &mut findings);
        let name = fields.need("name").map(|NewCode(name)| name);
        let (role, days) = (fields.need("role"), fields.take("expires_in_days"));
        fields.finish(&[]);
        if let Some(days) = days.filter(|days| !(1..=MAX_DAYS).contains(days)) {
            let message = format!("`expires_in_days` must lie between 1 and {MAX_DAYS}.");
            findings.error("/expires_in_days", "out_of_range", Some(Value::from(days)), message);
        }
        match (name, role) {
            (Some(name), Some(role)) if findings.errors.is_empty() => Ok(Self { name, role, expires_in_days: days }),
            _ => Err(Error::Invalid(findings.errors)),
        }
    }

    /// Makes the token and keeps its hash.
    pub async fn create(self, db: &Db, clock: &Clock) -> Result<CreatedToken, Error> {
        let (token, created_at) = (Token::new(random()?), clock.now());
        let new = self.kept(&token, created_at);
        let created = self.created(token.reveal().to_owned(), new.expires_at);
        db.write(move |conn| tokens::create(conn, &new)).await?;
        Ok(created)
    }

    /// What is kept of a token. A wish that was checked always ends before the calendar does.
    fn kept(&self, token: &Token, created_at: NaiveDateTime) -> NewToken {
        let days = self.expires_in_days.and_then(|days| u64::try_from(days).ok());
        let expires_at = days.and_then(|days| created_at.checked_add_days(Days::new(days)));
        NewToken { name: self.name.clone(), hash: token.hash(), role: self.role, created_at, expires_at }
    }

    fn created(&self, token: String, expires_at: Option<NaiveDateTime>) -> CreatedToken {
        CreatedToken { name: self.name.clone(), role: self.role, token, expires_at }
    }
}

fn random() -> Result<[u8; 32], Error> {
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| Error::Internal(format!("no random numbers: {error}")))?;
    Ok(random)
}

/// `GET /v1/tokens`.
pub async fn list_tokens(_: Caller<Admin>, state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    Query::parse(request.query_string(), &[]).finish()?;
    let data = state.db.read_newest(tokens::list).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(TokenList { data }))
}

/// `POST /v1/tokens`.
///
/// The token is derived from that of the admin who asks, whom no table knows, and from a seed. So the answer can be kept for whoever
/// sends the request again, with the seed in the place of the token: only the same admin can make the token of it, and a copy of the
/// database never holds one. The caller's `Idempotency-Key` would be no secret for that: it may be a mere number.
pub async fn create_token(
    caller: Caller<Admin>,
    state: Data<State>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    Query::parse(request.query_string(), &[]).finish()?;
    let key = idempotency::key(&request)?;
    let bytes = body::bytes(&request, payload, state.max_body).await?;
    let body = TokenBody::read(&body::parse(&bytes)?)?;
    let once = idempotency::begin(&state, &request, caller.name(), key, || idempotency::digest(&bytes))?;
    let (secret, seed) = (auth::token_of(&request), URL_SAFE_NO_PAD.encode(random()?));
    let (asked, token) = (once.clone(), Token::derived(&secret, seed.as_bytes())?);
    let done = store::write(&state.db, &state.clock, caller.name(), move |tx| {
        store::idempotency::once(tx, asked.as_ref(), |tx| {
            let new = body.kept(&token, tx.at);
            tokens::create(tx.conn, &new)?;
            let sealed = to_text(&body.created(seed.clone(), new.expires_at))?;
            let (resource, code) = ("tokens".to_owned(), Some(new.name));
            Ok(Answer { status: StatusCode::CREATED.as_u16(), resource, code, etag: None, body: sealed })
        })
    });
    let done = done.await.and_then(|mut done| {
        done.answer.body = unsealed(&done.answer.body, &secret)?;
        Ok(done)
    });
    idempotency::answer(once.as_ref(), done)
}

/// The answer with the token in the place of its seed.
fn unsealed(body: &str, secret: &str) -> Result<String, Error> {
    let mut body: Value = serde_json::from_str(body).map_err(|error| Error::Internal(error.to_string()))?;
    let token = Token::derived(secret, body["token"].as_str().unwrap_or_default().as_bytes())?;
    body["token"] = Value::from(token.reveal());
    to_text(&body)
}

/// `DELETE /v1/tokens/{name}`.
pub async fn revoke_token(_: Caller<Admin>, state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    Query::parse(request.query_string(), &[]).finish()?;
    let name = request.match_info().get("name").unwrap_or_default().to_owned();
    let unknown = Problem::not_found(format!("There is no token {} that still holds.", name.escape_debug()));
    // What cannot be a name is not looked up: the databases differ in what they make of it.
    if !crate::domain::text::is_code(&name) {
        return Err(unknown);
    }
    let now = state.clock.now();
    let revoked = state.db.write(move |conn| tokens::revoke(conn, &name, now)).await?;
    if revoked { Ok(HttpResponse::NoContent().finish()) } else { Err(unknown) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_wrong_in_a_body_is_found() {
        let body = serde_json::json!({"name": "a b", "role": "boss", "expires_in_days": 0, "extra": 1});
        let Err(Error::Invalid(found)) = TokenBody::read(&body) else { panic!("it was accepted") };
        let mut places: Vec<_> = found.iter().filter_map(|one| one.pointer.as_deref()).collect();
        places.sort_unstable();
        assert_eq!(places, ["/expires_in_days", "/extra", "/name", "/role"]);
        assert!(TokenBody::read(&serde_json::json!({"name": "a", "role": "reader"})).is_ok());
    }
}
