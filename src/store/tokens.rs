//! Tokens: stored as hashes, shown once, kept after they were revoked so that no name is used twice.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde::Serialize;

use super::rows::utc;
use crate::db::Conn;
use crate::db::schema::tokens;
use crate::db::types::Word;
use crate::domain::access::Actor;
use crate::domain::words::Role;
use crate::error::Error;

/// A token as it is listed: never with its hash.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct TokenRow {
    /// Who or what uses it; never used again.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    pub name: String,
    /// What it may do.
    pub role: Role,
    /// When it was made (UTC).
    #[serde(serialize_with = "utc")]
    #[schema(value_type = chrono::DateTime<chrono::Utc>)]
    pub created_at: NaiveDateTime,
    /// When it expires; null is never.
    #[serde(serialize_with = "optional_utc")]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub expires_at: Option<NaiveDateTime>,
    /// When it was revoked; null is never.
    #[serde(serialize_with = "optional_utc")]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    pub revoked_at: Option<NaiveDateTime>,
}

/// A time that may be missing, as answers give it.
pub fn optional_utc<S: serde::Serializer>(time: &Option<NaiveDateTime>, to: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => utc(time, to),
        None => to.serialize_none(),
    }
}

/// A token that is to be kept.
#[derive(Clone, Debug)]
pub struct NewToken {
    /// Its name.
    pub name: String,
    /// The hash of the token itself.
    pub hash: String,
    /// What it may do.
    pub role: Role,
    /// When it is made.
    pub created_at: NaiveDateTime,
    /// When it expires.
    pub expires_at: Option<NaiveDateTime>,
}

/// Keeps a token. A name that was ever used is taken.
pub fn create(conn: &mut Conn, token: &NewToken) -> Result<(), Error> {
    let taken = diesel::select(diesel::dsl::exists(tokens::table.filter(tokens::name.eq(&token.name))));
    if taken.get_result(conn)? {
        return Err(Error::Taken(format!(
            "A token called {} exists, or existed: names are never used again.",
            token.name
        )));
    }
    diesel::insert_into(tokens::table)
        .values((
            tokens::name.eq(&token.name),
            tokens::hash.eq(&token.hash),
            tokens::role.eq(Word(token.role)),
            tokens::created_at.eq(token.created_at),
            tokens::expires_at.eq(token.expires_at),
        ))
        .execute(conn)?;
    Ok(())
}

/// Every token, by name.
pub fn list(conn: &mut Conn) -> Result<Vec<TokenRow>, Error> {
    type Row = (String, Word<Role>, NaiveDateTime, Option<NaiveDateTime>, Option<NaiveDateTime>);
    let rows: Vec<Row> = tokens::table
        .select((tokens::name, tokens::role, tokens::created_at, tokens::expires_at, tokens::revoked_at))
        .order(tokens::name)
        .load(conn)?;
    let row = |(name, role, created_at, expires_at, revoked_at): Row| TokenRow {
        name,
        role: role.0,
        created_at,
        expires_at,
        revoked_at,
    };
    Ok(rows.into_iter().map(row).collect())
}

/// Revokes a token; `false` where there is none of this name that still holds.
pub fn revoke(conn: &mut Conn, name: &str, at: NaiveDateTime) -> Result<bool, Error> {
    let revoked = diesel::update(tokens::table.filter(tokens::name.eq(name)).filter(tokens::revoked_at.is_null()))
        .set(tokens::revoked_at.eq(at))
        .execute(conn)?;
    Ok(revoked > 0)
}

/// Whose token has this hash, if it holds at this time.
pub fn holder(conn: &mut Conn, hash: &str, at: NaiveDateTime) -> Result<Option<Actor>, Error> {
    let found: Option<(String, Word<Role>)> = tokens::table
        .filter(tokens::hash.eq(hash))
        .filter(tokens::revoked_at.is_null())
        .filter(tokens::expires_at.is_null().or(tokens::expires_at.gt(at)))
        .select((tokens::name, tokens::role))
        .first(conn)
        .optional()?;
    Ok(found.map(|(name, role)| Actor { name, role: role.0 }))
}
