//! The operations of a resource, described from its row types and samples.

use serde_json::{Value, json};
use utoipa::ToSchema;

use super::described::{Described, file, json_of, to_schema};
use super::schemas::Schemas;
use crate::domain::Resource;
use crate::domain::words::Word;
use crate::http::files;
use crate::http::resource::{HISTORY_PARAMETERS, SINGLE_PARAMETERS, export_parameters, is_place, list_parameters};
use crate::store::Rows;
use crate::store::history::HistoryEntry;
use crate::store::redaction::Redaction;
use crate::transfer::Format;

/// The description of each operation of a resource.
pub struct Operations {
    pub list: Described,
    pub files: Vec<(Format, Described)>,
    pub create: Described,
    pub get: Described,
    pub replace: Described,
    pub change: Described,
    pub delete: Described,
    pub redact: Described,
    pub history: Described,
}

/// A page of rows of a schema.
fn page_of(schema: &str, total: bool) -> Value {
    let mut properties = json!({
        "data": {"type": "array", "items": to_schema(schema)},
        "next_cursor": {"type": ["string", "null"], "description": "Where the next page begins, if there is one."},
    });
    if total {
        properties["total"] =
            json!({"type": "integer", "minimum": 0, "description": "How many rows there are (with `count=true`)."});
    }
    json!({"type": "object", "required": ["data", "next_cursor"], "properties": properties})
}

impl Schemas {
    /// Describes the operations of a resource, and takes note of the schemas that they speak of.
    pub fn operations<R: Rows>(&mut self) -> Operations {
        self.add::<R::Row>();
        self.add::<R::Single>();
        self.add_inputs::<R>();
        Texts::of::<R>().operations::<R>()
    }
}

/// The words for a resource, in sentences.
struct Texts {
    many: &'static str,
    one: &'static str,
    an: &'static str,
    code: Value,
}

impl Texts {
    fn of<R: Rows>() -> Self {
        let one = R::RESOURCE.singular();
        let an = if one.starts_with('a') { "an" } else { "a" };
        let sample = serde_json::to_value(R::sample_single()).unwrap_or_default();
        Self { many: R::RESOURCE.word(), one, an, code: sample.get("code").cloned().unwrap_or_default() }
    }

    fn id(&self, verb: &str) -> String {
        format!("{verb}_{}", self.one)
    }

    fn describe(&self, id: &str, summary: &str, description: &str) -> Described {
        Described::new(id, self.many, summary, description)
    }

    fn coded(&self, described: Described) -> Described {
        let part = "[A-Za-z0-9][A-Za-z0-9_-]{0,63}";
        let pattern =
            if self.one == Resource::Movements.singular() { format!("^{part}\\.{part}$") } else { format!("^{part}$") };
        let schema = json!({"type": "string", "pattern": pattern});
        described.in_path("code", &format!("The code of the {}.", self.one), schema, self.code.clone())
    }

    fn operations<R: Rows>(&self) -> Operations {
        let Self { many, one, an, .. } = self;
        let single = R::Single::name();
        let sample = R::sample_single();
        let single = || json_of(to_schema(&single), &sample);
        let list = json!({"data": [R::sample()], "next_cursor": null});
        let mut page = json_of(page_of(&R::Row::name(), true), &list);
        let formats = files::formats(is_place(R::RESOURCE));
        for format in formats {
            page[format.media_type()] = file(*format, &R::sample(), &R::Row::name());
        }
        let export = |format: Format| {
            let content = json!({format.media_type(): file(format, &R::sample(), &R::Row::name())});
            let described = self
                .describe(
                    &format!("export_{many}_{}", format.suffix()),
                    &format!("Export {many} as {}", format.what()),
                    &format!("Every one of the {many} that the filter finds, streamed; columns as in the list."),
                )
                .guarded("reader")
                .query(&export_parameters(R::RESOURCE, format))
                .header("If-None-Match", "The `ETag` of the file that the caller has.", "W/\"1042-9f86d081884c7d65\"")
                .answers(200, "The file.", Some(content), &["WeakETag", "ContentDisposition"])
                .answers(304, "The caller has it already.", None, &["WeakETag"])
                .problems(&[400, 401, 503]);
            // A workbook has room for so many rows, and a cell for so much text.
            (format, if format == Format::Xlsx { described.problems(&[422]) } else { described })
        };
        let if_match = |described: Described| {
            described.header("If-Match", "The `ETag` of the row as the caller saw it: it must still be so.", "\"3\"")
        };
        let json = &["application/json"];
        let written = || {
            let warnings = json!({"type": "object", "properties": {"warnings": {
                "type": "array", "items": to_schema("Warning"), "description": "What is remarkable, if anything is.",
            }}});
            json_of(json!({"allOf": [to_schema(&R::Single::name()), warnings]}), &sample)
        };
        Operations {
            list: self.describe(
                    &format!("list_{many}"),
                    &format!("List {many}"),
                    &format!("One page of the {many} that the filter finds; `Accept` can ask for all of them as a file."),
                )
                .guarded("reader")
                .query(&list_parameters(R::RESOURCE))
                .header("If-None-Match", "The `ETag` of the page that the caller has.", "W/\"1042-9f86d081884c7d65\"")
                .answers(200, "The page.", Some(page), &["WeakETag", "Link"])
                .answers(304, "The caller has it already.", None, &["WeakETag"])
                .problems(&[400, 401, 406, 422, 503]),
            files: formats.iter().map(|format| export(*format)).collect(),
            create: self.describe(&self.id("create"), &format!("Create {an} {one}"), &create_text(R::RESOURCE))
                .guarded("editor")
                .query(SINGLE_PARAMETERS)
                .resendable()
                .body(&format!("{}Create", R::Body::name()), &R::sample_body(), json)
                .answers(201, "The row, as it reads now.", Some(written()), &["Location", "ETag", "IdempotencyReplayed"])
                .problems(&[400, 401, 403, 408, 409, 413, 415, 422, 503]),
            get: self
                .coded(self.describe(
                    &self.id("get"),
                    &format!("Read {an} {one}"),
                    &format!("The {one} with its parts, if it is there for whoever asks."),
                ))
                .guarded("reader")
                .query(SINGLE_PARAMETERS)
                .answers(200, "The row.", Some(single()), &["ETag"])
                .problems(&[400, 401, 404, 406, 503]),
            replace: if_match(self.coded(self.describe(
                &self.id("replace"),
                &format!("Create or replace {an} {one}"),
                "Absent fields become null or their default; absent parts are left as they are.",
            )))
            .header("If-None-Match", "`*`: only create.", "*")
            .guarded("editor")
            .query(SINGLE_PARAMETERS)
            .body(&format!("{}Replace", R::Body::name()), &R::sample_body(), json)
            .answers(200, "The row, as it reads now.", Some(written()), &["ETag"])
            .answers(201, "The new row.", Some(written()), &["Location", "ETag"])
            .problems(&[400, 401, 403, 408, 409, 412, 413, 415, 422, 503]),
            change: if_match(self.coded(self.describe(
                &self.id("change"),
                &format!("Change some fields of {an} {one}"),
                "A JSON Merge Patch (RFC 7396): null clears a field, absent leaves it; given parts replace the whole list.",
            )))
            .guarded("editor")
            .query(SINGLE_PARAMETERS)
            .body(&format!("{}Change", R::Body::name()), &json!({}), &["application/merge-patch+json", "application/json"])
            .answers(200, "The row, as it reads now.", Some(written()), &["ETag"])
            .problems(&[400, 401, 403, 404, 408, 409, 412, 413, 415, 422, 503]),
            delete: if_match(self.coded(self.describe(
                &self.id("delete"),
                &format!("Delete {an} {one}"),
                "Its parts go with it; while anything else refers to it, it stays (409).",
            )))
            .guarded("editor")
            .answers(204, "Deleted.", None, &[])
            .problems(&[400, 401, 403, 404, 409, 412, 503]),
            redact: self
                .coded(self.describe(
                    &self.id("redact"),
                    &format!("Redact fields of {an} {one}"),
                    "Blanks them in the row and in every copy that is kept: its history, the changes, stored imports and answers kept \
                     for re-sending. What is never empty cannot be blanked (422).",
                ))
                .guarded("admin")
                .query(SINGLE_PARAMETERS)
                .resendable()
                .body("Redaction", &Redaction::sample(R::RESOURCE), json)
                .answers(200, "The row, as it reads now.", Some(single()), &["ETag", "IdempotencyReplayed"])
                .problems(&[400, 401, 403, 404, 408, 409, 413, 415, 422, 503]),
            history: self
                .coded(self.describe(
                    &format!("list_{one}_history"),
                    &format!("Read the history of {an} {one}"),
                    "Who changed what and when, newest first; also of a row that was deleted.",
                ))
                .guarded("editor")
                .query(HISTORY_PARAMETERS)
                .header("If-None-Match", "The `ETag` of the page that the caller has.", "W/\"1042-9f86d081884c7d65\"")
                .answers(200, "The page.", Some(json_of(page_of(&HistoryEntry::name(), false), &history_sample(self))), &[
                    "WeakETag", "Link",
                ])
                .answers(304, "The caller has it already.", None, &["WeakETag"])
                .problems(&[400, 401, 403, 404, 406, 503]),
        }
    }
}

fn history_sample(texts: &Texts) -> Value {
    let entry = json!({
        "seq": 42, "resource": texts.many, "code": texts.code, "action": "create", "revision": 1,
        "at": "2026-11-22T12:00:00.000Z", "by": "field-office-homs", "before": null, "after": {"code": texts.code},
    });
    json!({"data": [entry], "next_cursor": null})
}

fn create_text(resource: Resource) -> String {
    let more = match resource {
        Resource::Batches => " A batch may come whole, with its movements and their figures: all of it, or nothing.",
        Resource::Movements => " It joins its batch; its code is made of the batch's and the destination's.",
        Resource::Returns => " A return may come with its figures: all of it, or nothing.",
        Resource::Figures => " It joins its subject; the first of a phase is recommended unless it says otherwise.",
        Resource::Locations | Resource::Sources | Resource::Agreements => "",
    };
    format!("Checks everything and reports all that is wrong at once.{more}")
}
