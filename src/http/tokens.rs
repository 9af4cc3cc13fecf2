//! Tokens, for admins: made, listed, revoked.

use actix_web::http::header;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{Days, NaiveDateTime};
use serde::Serialize;
use serde_json::Value;

use super::auth::{Admin, Caller};
use super::body;
use super::problem::Problem;
use super::query::Query;
use crate::app::State;
use crate::db::Db;
use crate::domain::Findings;
use crate::domain::clock::Clock;
use crate::domain::reading::{Fields, NewCode};
use crate::domain::token::Token;
use crate::domain::words::Role;
use crate::error::Error;
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

    /// Makes the token and keeps its hash. A wish that was checked always ends before the calendar does.
    pub async fn create(self, db: &Db, clock: &Clock) -> Result<CreatedToken, Error> {
        let mut random = [0; 32];
        getrandom::fill(&mut random).map_err(|error| Error::Internal(format!("no random numbers: {error}")))?;
        let (token, created_at) = (Token::new(random), clock.now());
        let days = self.expires_in_days.and_then(|days| u64::try_from(days).ok());
        let expires_at = days.and_then(|days| created_at.checked_add_days(Days::new(days)));
        let (hash, role) = (token.hash(), self.role);
        let new = NewToken { name: self.name.clone(), hash, role, created_at, expires_at };
        db.write(move |conn| tokens::create(conn, &new)).await?;
        Ok(CreatedToken { name: self.name, role, token: token.reveal().to_owned(), expires_at })
    }
}

/// `GET /v1/tokens`.
pub async fn list_tokens(_: Caller<Admin>, state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    Query::parse(request.query_string(), &[]).finish()?;
    let data = state.db.read(tokens::list).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(TokenList { data }))
}

/// `POST /v1/tokens`.
pub async fn create_token(
    _: Caller<Admin>,
    state: Data<State>,
    request: HttpRequest,
    payload: Payload,
) -> Result<HttpResponse, Problem> {
    Query::parse(request.query_string(), &[]).finish()?;
    let body = TokenBody::read(&body::json(&request, payload, state.max_body).await?)?;
    let created = body.create(&state.db, &state.clock).await?;
    let mut response = HttpResponse::Created();
    response.insert_header((header::LOCATION, format!("/v1/tokens/{}", created.name)));
    Ok(response.insert_header((header::CACHE_CONTROL, "no-store")).json(created))
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
