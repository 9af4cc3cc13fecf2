//! Bodies: bytes to JSON, with what `serde_json` alone lets pass (keys given twice, any depth up to its own) refused.

use std::time::Duration;

use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::web::Payload;
use futures_util::StreamExt;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::catalogue::Code;
use super::problem::Problem;

/// How deep objects and lists may lie in each other.
const MAX_DEPTH: usize = 32;
/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(60);

/// The body of a request as JSON.
pub async fn json(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Value, Problem> {
    parse(&bytes(request, payload, limit).await?)
}

/// The body of a request that is said to be JSON.
pub async fn bytes(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    check_type(request)?;
    let bytes = tokio::time::timeout(PATIENCE, received(request, payload, limit)).await;
    bytes.map_err(|_| Problem::new(Code::RequestTimeout, "The body did not arrive in time."))?
}

fn check_type(request: &HttpRequest) -> Result<(), Problem> {
    let unsupported = |detail: String| Err(Problem::new(Code::UnsupportedMediaType, detail));
    let header = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or("?").to_ascii_lowercase());
    if let Some(encoding) = header(header::CONTENT_ENCODING).filter(|encoding| encoding != "identity") {
        return unsupported(format!("Bodies are not decompressed here (`Content-Encoding: {encoding}`)."));
    }
    let given = header(header::CONTENT_TYPE).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim();
    let patch = request.method() == actix_web::http::Method::PATCH;
    let fine = essence == "application/json" || (patch && essence == "application/merge-patch+json");
    let utf8 = given.split(';').skip(1).all(|parameter| match parameter.trim().split_once('=') {
        Some(("charset", charset)) => matches!(charset.trim_matches('"'), "utf-8" | "utf8" | "us-ascii"),
        _ => true,
    });
    if fine && utf8 {
        return Ok(());
    }
    let wanted = if patch { "`application/merge-patch+json` or `application/json`" } else { "`application/json`" };
    let found = if given.is_empty() { "there is no `Content-Type`".to_owned() } else { format!("it is `{given}`") };
    unsupported(format!("The body must be {wanted} in UTF-8; {found}."))
}

async fn received(request: &HttpRequest, mut payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    let too_large = || Problem::new(Code::BodyTooLarge, format!("The body is larger than {} MB.", limit >> 20));
    let length = request.headers().get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
    if length.is_some_and(|length: u64| length > limit as u64) {
        return Err(too_large());
    }
    let mut bytes = vec![];
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| broke_off())?;
        if bytes.len() + chunk.len() > limit {
            return Err(too_large());
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// A body that ends before its end.
pub fn broke_off() -> Problem {
    let detail = "The body broke off: it is shorter than its head says, or its chunks are malformed.";
    Problem::new(Code::BadRequest, detail)
}

/// Reads JSON, strictly.
pub fn parse(bytes: &[u8]) -> Result<Value, Problem> {
    let invalid = |detail: String| Problem::new(Code::InvalidJson, detail);
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(invalid("The body is empty.".to_owned()));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| invalid(format!("The body is not UTF-8 at byte {}.", error.valid_up_to())))?;
    let mut from = serde_json::Deserializer::from_str(text);
    let value = Strict(0).deserialize(&mut from);
    value
        .and_then(|value| from.end().map(|()| value))
        .map_err(|error| invalid(format!("The body is no JSON: {error}.")))
}

/// Reads one value at a depth.
#[derive(Clone, Copy)]
struct Strict(usize);

impl Strict {
    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        let deeper = Self(self.0 + 1);
        if deeper.0 > MAX_DEPTH { Err(E::custom(format!("nested deeper than {MAX_DEPTH} levels"))) } else { Ok(deeper) }
    }
}

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Value, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut list = vec![];
        while let Some(item) = from.next_element_seed(deeper)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Value, A::Error> {
        let deeper = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = from.next_key::<String>()? {
            if object.contains_key(&key) {
                let key: String = key.chars().take(100).collect();
                return Err(A::Error::custom(format!("the key {key:?} is given twice")));
            }
            let value = from.next_value_seed(deeper)?;
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_strictly() {
        let read = parse(br#" {"a": [1, 2.5, "x", null, true, {"b": -3}]} "#).unwrap();
        assert_eq!(read, serde_json::json!({"a": [1, 2.5, "x", null, true, {"b": -3}]}));
        let wrong: &[&[u8]] = &[
            b"",
            b"  ",
            b"{",
            b"{}x",
            b"{\"a\":1,\"a\":2}",
            b"\"\xff\"",
            b"[1,]",
            b"\xef\xbb\xbf{}",
            b"1e999",
            b"\"\\ud800\"",
        ];
        for bytes in wrong {
            assert_eq!(parse(bytes).unwrap_err().code, "invalid_json", "{bytes:?}");
        }
    }

    #[test]
    fn depth_is_limited() {
        let nested = |depth| "[".repeat(depth) + &"]".repeat(depth);
        assert!(parse(nested(MAX_DEPTH).as_bytes()).is_ok());
        for depth in [MAX_DEPTH + 1, 100_000] {
            assert!(parse(nested(depth).as_bytes()).is_err(), "{depth}");
        }
    }
}
