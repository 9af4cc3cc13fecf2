//! The OpenAPI document: made from the route table, the parameters, the vocabularies and the samples in the code.

mod changes;
mod described;
mod exports;
mod imports;
mod resources;
mod schemas;

use actix_web::http::Method;
use serde_json::{Map, Value, json};

use super::catalogue::Code;
use super::problem::{MEDIA_TYPE, Problem};
use crate::domain::Finding;

pub use described::{Described, file};
pub use resources::Operations;
pub use schemas::Schemas;

/// The description of the API, as `/openapi.json` serves it.
#[derive(Clone, Debug)]
pub struct Document {
    /// The document itself.
    pub value: Value,
    /// The same as text: made once, served often.
    pub text: String,
}

/// What everything has in common, for those who read the document first.
const DESCRIPTION: &str = "\
Records how people are displaced and how they come back. An **agreement** provides for **batches** (convoys) that leave \
an origin; a batch has one **movement** for each destination; families come back in **returns**. Movements and returns \
carry **figures**: what each **source** says, one of them recommended. Places are **locations** in one gazetteer.

Rows are flat, codes are the only keys, and unknown is `null`, never 0. Lists are paged with `limit` and `cursor`; `.csv`, \
`.xlsx` and `.ndjson`, for places also `.geojson`, give everything that a filter finds. Every failure is a problem document (RFC 9457) with a stable `code`; \
`/problems` explains them all. Single rows have a strong `ETag` for `If-Match`, lists a weak one for `If-None-Match`. A `POST` with an `Idempotency-Key` can be sent again safely.

Reading needs a token unless the service runs with `PUBLIC_READ=true`; writing needs an editor's. `HEAD` works wherever \
`GET` does. Every answer has an `X-Request-Id`.";

const TAGS: &[(&str, &str)] = &[
    ("locations", "Places, from country down to a camp: one gazetteer."),
    ("sources", "Who says the numbers: organisations and offices, never private persons."),
    ("agreements", "Local agreements that provided for departures."),
    ("batches", "Organised departures (convoys), each from one origin."),
    ("movements", "The parts of batches, each to one destination."),
    ("returns", "Families coming back together on a date."),
    ("figures", "What one source says about one movement, return, batch or agreement."),
    ("exports", "The record in the columns that imports read, templates for them, and the whole data set."),
    ("statistics", "Sums over movements and returns, complete in one answer."),
    ("changes", "What happened to every row, in commit order."),
    ("imports", "Sheets on their way in: tried, committed, listed, taken back."),
    ("tokens", "Who may do what (admins only)."),
    ("system", "Health, this document, and the catalogue of problems."),
];

impl Document {
    pub(super) fn of(operations: impl Iterator<Item = (String, Method, Described)>, schemas: Schemas) -> Self {
        let mut paths = Map::new();
        for (path, method, described) in operations {
            let path = paths.entry(path).or_insert_with(|| json!({}));
            path[method.as_str().to_ascii_lowercase()] = described.into_value();
        }
        let tags: Vec<Value> =
            TAGS.iter().map(|(name, description)| json!({"name": name, "description": description})).collect();
        let value = json!({
            "openapi": "3.1.0",
            "info": {
                "title": "homeward",
                "version": env!("CARGO_PKG_VERSION"),
                "description": DESCRIPTION,
                "license": {"name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0"},
            },
            "servers": [{"url": "/"}],
            "tags": tags,
            "paths": paths,
            "components": {
                "schemas": schemas.into_value(),
                "responses": responses(),
                "headers": headers(),
                "securitySchemes": {
                    "bearer": {"type": "http", "scheme": "bearer", "description": "`Authorization: Bearer <token>`."},
                    "basic": {
                        "type": "http", "scheme": "basic",
                        "description": "The token as the password; any user name.",
                    },
                },
            },
        });
        let text = serde_json::to_string_pretty(&value).unwrap_or_default();
        Self { value, text }
    }
}

/// The name of the shared response of a status.
fn response_name(status: u16) -> &'static str {
    match status {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        408 => "RequestTimeout",
        409 => "Conflict",
        412 => "PreconditionFailed",
        413 => "BodyTooLarge",
        414 => "AddressTooLong",
        415 => "UnsupportedMediaType",
        422 => "Unprocessable",
        429 => "TooManyRequests",
        431 => "HeadersTooLarge",
        503 => "Unavailable",
        505 => "HttpVersionNotSupported",
        _ => "InternalError",
    }
}

/// One response for each status that a problem can have.
fn responses() -> Map<String, Value> {
    let mut responses = Map::new();
    for code in Code::ALL {
        let status = code.entry().status;
        let codes: Vec<&Code> = Code::ALL.iter().filter(|one| one.entry().status == status).collect();
        let description: Vec<_> =
            codes.iter().map(|one| format!("`{}`: {}", one.entry().code, one.entry().meaning)).collect();
        let examples: Map<String, Value> =
            codes.iter().map(|one| (one.entry().code.to_owned(), json!({"value": example(**one)}))).collect();
        let mut headers = json!({"X-Request-Id": {"$ref": "#/components/headers/XRequestId"}});
        for (of, name) in [(401, "WWW-Authenticate"), (405, "Allow"), (429, "Retry-After"), (503, "Retry-After")] {
            if of == status {
                headers[name] = json!({"$ref": format!("#/components/headers/{}", name.replace('-', ""))});
            }
        }
        let schema = json!({"$ref": "#/components/schemas/Problem"});
        let content = json!({MEDIA_TYPE: {"schema": schema, "examples": examples}});
        responses.insert(
            response_name(status).to_owned(),
            json!({"description": description.join("\n\n"), "headers": headers, "content": content}),
        );
    }
    responses
}

fn example(code: Code) -> Problem {
    let finding = |pointer: Option<&str>, parameter: Option<&str>, code, value: Value, message: &str, meant: &str| {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Finding {
            pointer: owned(pointer),
            parameter: owned(parameter),
            code,
            value: Some(value),
            message: message.to_owned(),
            suggestion: Some(meant.to_owned()),
        }
    };
    let errors = match code {
        Code::InvalidParameters => {
            let message = "There is no parameter `orgin` here.";
            vec![finding(None, Some("orgin"), "unknown_parameter", json!("al-waer"), message, "origin")]
        }
        Code::InvalidBody => {
            let (at, message) = ("/movements/0/destination", "There is no location Jarablous.");
            vec![finding(Some(at), None, "unknown_reference", json!("Jarablous"), message, "jarablus")]
        }
        _ => vec![],
    };
    let detail = errors.first().map_or(code.entry().meaning, |error| error.message.as_str()).to_owned();
    let mut problem = Problem::new(code, detail);
    problem.request_id = Some("019aac0e-52f1-7c3a-9d1b-2f6f0c5d7e11".into());
    problem.errors = errors.into();
    problem
}

fn headers() -> Value {
    let header = |description: &str, example: &str| json!({"description": description, "schema": {"type": "string"}, "example": example});
    json!({
        "XRequestId": header("The request, as the log knows it.", "019aac0e-52f1-7c3a-9d1b-2f6f0c5d7e11"),
        "XDataVersion": {
            "description": "The version of the data that was read, or that a write has made. Send it back to read nothing older.",
            "schema": {"type": "integer", "format": "int64", "minimum": 0}, "example": 1042,
        },
        "ETag": header("The revision of the row, for `If-Match`.", "\"3\""),
        "WeakETag": header("Changes with the data, for `If-None-Match`.", "W/\"1042-9f86d081884c7d65\""),
        "Link": header("The next page, if there is one.", "</v1/movements?cursor=eyJ…>; rel=\"next\""),
        "IdempotencyReplayed": header("`true` where the answer is one of before, and nothing was done now.", "true"),
        "Location": header("Where the new row is.", "/v1/batches/batch-1"),
        "ContentDisposition": header("The name of the file.", "attachment; filename=\"movements_SY02.csv\""),
        "Allow": header("What the path takes.", "GET, HEAD"),
        "RetryAfter": header("After how many seconds to try again.", "5"),
        "WWWAuthenticate": header("How to say who asks; sent once for each scheme.", "Bearer"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn references<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
        match value {
            Value::Object(object) => {
                found.extend(object.get("$ref").and_then(Value::as_str));
                object.values().for_each(|value| references(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| references(value, found)),
            _ => {}
        }
    }

    #[test]
    fn every_reference_resolves_and_every_operation_is_described() {
        let document = crate::http::document().value;
        let mut found = vec![];
        references(&document, &mut found);
        assert!(!found.is_empty());
        for reference in found {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference}");
        }
        let mut ids = std::collections::HashSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let text = |name: &str| operation[name].as_str().unwrap_or_default().len();
                assert!(text("summary") > 5 && text("description") > 10, "{method} {path}");
                assert!(ids.insert(operation["operationId"].as_str().unwrap().to_owned()), "{method} {path}");
                for name in path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')) {
                    let of = |one: &Value| one["in"] == "path" && one["name"] == name;
                    assert!(operation["parameters"].as_array().unwrap().iter().any(of), "{method} {path}");
                }
            }
        }
    }
}
