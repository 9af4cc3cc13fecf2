//! Safe re-sending: `Idempotency-Key` on the way in, and the first answer, however often it is asked for.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName};
use actix_web::{HttpRequest, HttpResponse};
use sha2::{Digest, Sha256};

use super::catalogue::Code;
use super::problem::Problem;
use super::reply;
use crate::app::State;
use crate::domain::token::hex;
use crate::error::Error;
use crate::store::idempotency::{Answer, Done, Once};

/// The header with the key.
pub const KEY: &str = "Idempotency-Key";
/// What it means, for the document.
pub const MEANING: &str = "Makes it safe to send the request again: the same key, query and body get the first answer again, for a day or more. \
     1 to 255 letters, digits and signs of ASCII; a UUID will do.";

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The key of a request, if it has one.
pub fn key(request: &HttpRequest) -> Result<Option<String>, Problem> {
    let mut lines = request.headers().get_all(KEY);
    let Some(line) = lines.next() else { return Ok(None) };
    let graphic = |text: &&str| (1..=255).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
    match line.to_str().ok().filter(graphic).filter(|_| lines.next().is_none()) {
        Some(key) => Ok(Some(key.to_owned())),
        None => Err(Problem::new(Code::InvalidKey, Code::InvalidKey.entry().meaning)),
    }
}

/// SHA-256 of a body that was read whole.
pub fn digest(body: &[u8]) -> String {
    hex(&Sha256::digest(body))
}

/// Begins a request that has a key, once its body is there: while it still arrives, a client that lost its line must be able to begin anew.
pub fn begin(
    state: &State,
    request: &HttpRequest,
    token: &str,
    key: Option<String>,
    body: impl FnOnce() -> String,
) -> Result<Option<Once>, Error> {
    let Some(key) = key else { return Ok(None) };
    // The path as it was understood, so that one path has one spelling.
    let path = request.match_info().as_str();
    state.running.begin(token, path, &key, request.query_string(), &body()).map(Some)
}

/// Ends a request: its answer, the first time as every other.
pub fn answer(once: Option<&Once>, done: Result<Done, Error>) -> Result<HttpResponse, Problem> {
    if let Some(once) = once {
        once.end();
    }
    let Done { answer: Answer { status, resource, code, etag, body }, again } = done?;
    let status = StatusCode::from_u16(status).map_err(|error| Problem::internal(&error.to_string()))?;
    let mut response = HttpResponse::build(status);
    if let Some(code) = code.filter(|_| status == StatusCode::CREATED) {
        response.insert_header((header::LOCATION, format!("/v1/{resource}/{code}")));
    }
    if again {
        response.insert_header((REPLAYED, "true"));
    }
    match etag {
        Some(tag) => reply::tag_single(&mut response, &tag),
        None => _ = response.insert_header((header::CACHE_CONTROL, "no-store")),
    }
    Ok(response.content_type(header::ContentType::json()).body(body))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_key_is_one_line_of_plain_signs() {
        let of = |key: &str| super::key(&TestRequest::default().insert_header((KEY, key)).to_http_request());
        let longest = "k".repeat(255);
        for fine in ["k", "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"", "a/b:c,d~!", longest.as_str()] {
            assert_eq!(of(fine).unwrap().as_deref(), Some(fine));
        }
        let longer = "k".repeat(256);
        for wrong in ["", "a b", "\t", "clé", longer.as_str()] {
            assert_eq!(of(wrong).unwrap_err().code, "invalid_idempotency_key", "{wrong:?}");
        }
        let twice = TestRequest::default().append_header((KEY, "a")).append_header((KEY, "a")).to_http_request();
        assert_eq!(super::key(&twice).unwrap_err().status, 400);
        assert_eq!(super::key(&TestRequest::default().to_http_request()).unwrap(), None);
    }
}
