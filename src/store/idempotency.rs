//! Requests that may be sent again: each is done once, and its answer is kept by the very transaction that did it.
//!
//! The unique key of the table decides, so that it holds for several instances and after any crash: a transaction first puts its row
//! there, and whoever comes second waits for it a moment. If the first is committed, its answer is there; if it is taken back, whether
//! by a refusal, a kill or a lost connection, its row is gone, and the second one does it all itself.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{NaiveDateTime, TimeDelta};
use diesel::prelude::*;
use sha2::{Digest, Sha256};

use super::Tx;
use crate::db::Conn;
use crate::db::dialect::{Condition, briefly, each_db, passing_over, waited_in_vain};
use crate::db::schema::answers;
use crate::domain::token::hex;
use crate::error::Error;

/// How long an answer is kept at least: a day is promised, and clocks differ.
const KEPT: TimeDelta = TimeDelta::hours(48);

/// An answer of a request that has succeeded, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// What it is about: the word in the path.
    pub resource: String,
    /// The code of the row that it is about, if it is about one.
    pub code: Option<String>,
    /// The entity tag of that row.
    pub etag: Option<String>,
    /// The body: JSON.
    pub body: String,
}

/// How a request ended that may have been sent before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Its answer.
    pub answer: Answer,
    /// Whether it is the one of before, and nothing was done now.
    pub again: bool,
}

/// Whose request it is, where it goes, and its key.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    token: String,
    path: String,
    key: String,
}

/// The requests with a key that this process is doing, so that a second one is told at once, and waits for no connection and no writer.
/// What is right does not depend on it.
#[derive(Clone, Debug, Default)]
pub struct Running(Arc<Mutex<HashSet<Place>>>);

impl Running {
    /// How many there are.
    pub fn len(&self) -> usize {
        self.places().len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.places().is_empty()
    }

    fn places(&self) -> MutexGuard<'_, HashSet<Place>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a request of a token to a path: with its key, its query, and the SHA-256 of its body in hexadecimal.
    pub fn begin(&self, token: &str, path: &str, key: &str, query: &str, body: &str) -> Result<Once, Error> {
        let place = Place { token: token.to_owned(), path: path.to_owned(), key: key.to_owned() };
        if !self.places().insert(place.clone()) {
            return Err(Error::Running);
        }
        let request = hex(&Sha256::digest(format!("{query}\n{body}").as_bytes()));
        let turn = Turn { running: self.clone(), place, over: Mutex::new(false) };
        Ok(Once { turn: Arc::new(turn), request })
    }
}

/// A place among the running requests, until it is over or forgotten.
#[derive(Debug)]
struct Turn {
    running: Running,
    place: Place,
    over: Mutex<bool>,
}

impl Turn {
    /// Gives the place free, this once: it may be somebody else's by the next time.
    fn end(&self) {
        let mut over = self.over.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::mem::replace(&mut *over, true) {
            self.running.places().remove(&self.place);
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.end();
    }
}

/// A request that is done once, however often it is sent. It runs until [`Once::end`], or until its last clone is gone: a job goes on
/// when the client has left.
#[derive(Clone, Debug)]
pub struct Once {
    turn: Arc<Turn>,
    request: String,
}

impl Once {
    /// It has ended: from here on the same request may come again.
    pub fn end(&self) {
        self.turn.end();
    }

    /// The answer of before, if there is one.
    pub fn find(&self, conn: &mut Conn) -> Result<Option<Done>, Error> {
        type Row = (String, (i32, String, Option<String>, Option<String>, String));
        let Place { token, path, key } = &self.turn.place;
        let found: Option<Row> = answers::table
            .filter(answers::token.eq(token))
            .filter(answers::path.eq(path))
            .filter(answers::key.eq(key))
            .select((
                answers::request,
                (answers::status, answers::resource, answers::code, answers::etag, answers::body),
            ))
            .first(conn)
            .optional()?;
        let Some((request, (status, resource, code, etag, body))) = found else { return Ok(None) };
        if request != self.request {
            return Err(Error::KeyReused);
        }
        let status = u16::try_from(status).map_err(|error| Error::Internal(error.to_string()))?;
        Ok(Some(Done { answer: Answer { status, resource, code, etag, body }, again: true }))
    }

    /// Puts a row there whose answer is still to come; gives the answer of before where there is one.
    fn claim(&self, conn: &mut Conn, at: NaiveDateTime) -> Result<Option<Done>, Error> {
        let Place { token, path, key } = &self.turn.place;
        let new = (
            (answers::token.eq(token), answers::path.eq(path), answers::key.eq(key)),
            (answers::request.eq(&self.request), answers::at.eq(at)),
            (answers::status.eq(0), answers::resource.eq(""), answers::body.eq("")),
        );
        let claimed = briefly(
            conn,
            |conn| each_db!(conn, conn => diesel::insert_into(answers::table).values(new).on_conflict_do_nothing().execute(conn)),
        );
        match claimed {
            Ok(1..) => Ok(None),
            // Where it has just become too old and was thrown away, the next one has the place.
            Ok(0) => self.find(conn)?.map(Some).ok_or(Error::Running),
            Err(error) if waited_in_vain(&error) => Err(Error::Running),
            Err(error) => match Error::from(error) {
                // The server may say it in the language of its country, and there is little else that this statement could meet.
                Error::Internal(text) => {
                    log::warn!("taken for another request with the same key: {text:?}");
                    Err(Error::Running)
                }
                error => Err(error),
            },
        }
    }

    fn keep(&self, conn: &mut Conn, answer: &Answer, at: NaiveDateTime) -> Result<(), Error> {
        let Place { token, path, key } = &self.turn.place;
        let place = answers::token.eq(token).and(answers::path.eq(path)).and(answers::key.eq(key));
        diesel::update(answers::table.filter(place))
            .set((
                answers::status.eq(i32::from(answer.status)),
                answers::resource.eq(&answer.resource),
                answers::code.eq(&answer.code),
                answers::etag.eq(&answer.etag),
                answers::body.eq(&answer.body),
            ))
            .execute(conn)?;
        throw_away(conn, at - KEPT)
    }
}

/// Throws a few answers away that are old enough. Whoever keeps one does this, so that there are never many and nobody has to come by
/// for it: a few at a time, for no request to pay for a day's.
fn throw_away(conn: &mut Conn, before: NaiveDateTime) -> Result<(), Error> {
    let old =
        Condition::sql("id IN (SELECT id FROM answers WHERE at < ").time(before).then(" ORDER BY at, id LIMIT 20");
    let old = old.then(passing_over(conn)).then(")");
    diesel::delete(answers::table.filter(old)).execute(conn)?;
    Ok(())
}

/// Does a job whose request has a key, unless it was done before; without a key it is simply done.
pub fn once(
    tx: &mut Tx,
    request: Option<&Once>,
    job: impl FnOnce(&mut Tx) -> Result<Answer, Error>,
) -> Result<Done, Error> {
    if let Some(request) = request
        && let Some(done) = request.claim(tx.conn, tx.at)?
    {
        return Ok(done);
    }
    let answer = job(tx)?;
    if let Some(request) = request {
        request.keep(tx.conn, &answer, tx.at)?;
    }
    Ok(Done { answer, again: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_runs_until_it_ends_or_is_forgotten() {
        let running = Running::default();
        let begin = |key: &str| running.begin("ada", "/v1/batches", key, "", "b");
        let first = begin("k").unwrap();
        let job = first.clone();
        assert!(matches!(begin("k"), Err(Error::Running)));
        assert!(begin("l").is_ok(), "another key");
        drop(first);
        assert!(matches!(begin("k"), Err(Error::Running)), "its job goes on");
        job.end();
        let second = begin("k").unwrap();
        drop(job);
        assert!(matches!(begin("k"), Err(Error::Running)), "the place is the second one's by now");
        drop(second);
        assert!(begin("k").is_ok());
    }

    #[test]
    fn query_and_body_are_what_was_sent() {
        let request = |query: &str, body: &str| {
            let once = Running::default().begin("ada", "/v1/imports/sources", "k", query, body).unwrap();
            once.request.clone()
        };
        assert_eq!(request("", "b"), request("", "b"));
        assert_ne!(request("", "b"), request("commit=true", "b"));
        assert_ne!(request("", "b"), request("", "c"));
    }
}
