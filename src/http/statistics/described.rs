//! The statistics in the OpenAPI document.

use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{Statistic, parameters};
use crate::domain::period::Unit;
use crate::http::files;
use crate::http::openapi::{Described, file};
use crate::store::statistics::{By, Question};
use crate::transfer::Format;

const TAG: &str = "statistics";
const IF_NONE_MATCH: (&str, &str, &str) =
    ("If-None-Match", "The `ETag` of the answer that the caller has.", "W/\"1042-9f86d081884c7d65\"");

/// The question that examples answer.
fn asked() -> Question {
    Question { by: vec![By::Destination, By::Period(Unit::Month)], ..Question::default() }
}

fn content<S: Statistic>(format: Format) -> Value {
    file(format, &S::sample(&asked()), &S::Schema::name())
}

/// The answer as JSON, or as a file where `Accept` asks for one.
pub(super) fn read<S: Statistic>() -> Described {
    let (name, schema) = (S::NAME, S::Schema::name());
    let verb = if S::PATH.starts_with("/v1/stats/") { "get" } else { "list" };
    let row = json!({"$ref": format!("#/components/schemas/{schema}")});
    let schema = json!({
        "type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": row}},
    });
    let example = json!({"data": [S::sample(&asked())]});
    let mut content = json!({"application/json": {"schema": schema, "example": example}});
    for format in files::formats(S::PLACES) {
        content[format.media_type()] = self::content::<S>(*format);
    }
    let (header, meaning, tag) = IF_NONE_MATCH;
    let about = format!("{} Complete in one answer, never paged.", S::ABOUT);
    Described::new(&format!("{verb}_{name}"), TAG, S::SUMMARY, &about)
        .guarded("reader")
        .query(&parameters::<S>(Format::Json))
        .header(header, meaning, tag)
        .answers(200, "Every row, in the order of its keys, null last.", Some(content), &["WeakETag"])
        .answers(304, "The caller has it already.", None, &["WeakETag"])
        .problems(&[400, 401, 406, 422, 503])
}

/// The answer as a file.
pub(super) fn export<S: Statistic>(format: Format) -> Described {
    let name = S::NAME;
    let content = json!({format.media_type(): content::<S>(format)});
    let (header, meaning, tag) = IF_NONE_MATCH;
    Described::new(
        &format!("export_{name}_{}", format.suffix()),
        TAG,
        &format!("Export {name} as {}", format.what()),
        &format!("The same rows and columns as `{}`.", S::PATH),
    )
    .guarded("reader")
    .query(&parameters::<S>(format))
    .header(header, meaning, tag)
    .answers(200, "The file.", Some(content), &["WeakETag", "ContentDisposition"])
    .answers(304, "The caller has it already.", None, &["WeakETag"])
    .problems(&[400, 401, 422, 503])
}
