//! The descriptions of the feed of changes.

use serde_json::json;

use super::described::{Described, file, json_of, to_schema};
use crate::http::changes::{EXPORT_PARAMETERS, PARAMETERS};
use crate::store::history::Change;
use crate::transfer::Format;

impl Described {
    pub(in crate::http) fn list_changes() -> Self {
        let page = json!({
            "type": "object",
            "required": ["data", "next_cursor"],
            "properties": {
                "data": {"type": "array", "items": to_schema("Change")},
                "next_cursor": {
                    "type": ["string", "null"],
                    "description": "The `after` to go on from; null where `data` is empty.",
                },
            },
        });
        let example = json!({"data": [Change::sample()], "next_cursor": "1042"});
        let mut content = json_of(page, &example);
        content[Format::Ndjson.media_type()] = file(Format::Ndjson, &Change::sample(), "Change");
        Self::new(
            "list_changes",
            "changes",
            "Follow changes",
            "Every creation, change and deletion after a number, in commit order, with the row after it. Nothing ever appears behind a \
             number that was read, so the last `seq` is all that a follower has to remember.",
        )
        .guarded("editor")
        .query(PARAMETERS)
        .header("If-None-Match", "The `ETag` of the page that the caller has.", "W/\"1042-9f86d081884c7d65\"")
        .answers(200, "The page; `data` is empty where there are no more changes yet.", Some(content), &["WeakETag", "Link"])
        .answers(304, "The caller has it already.", None, &["WeakETag"])
        .problems(&[400, 401, 403, 406, 503])
    }

    pub(in crate::http) fn export_changes() -> Self {
        let content = json!({Format::Ndjson.media_type(): file(Format::Ndjson, &Change::sample(), "Change")});
        Self::new(
            "export_changes_ndjson",
            "changes",
            "Export changes as NDJSON",
            "Every change after a number, streamed.",
        )
        .guarded("editor")
        .query(EXPORT_PARAMETERS)
        .header("If-None-Match", "The `ETag` of the file that the caller has.", "W/\"1042-9f86d081884c7d65\"")
        .answers(200, "The file.", Some(content), &["WeakETag", "ContentDisposition"])
        .answers(304, "The caller has it already.", None, &["WeakETag"])
        .problems(&[400, 401, 403, 503])
    }
}
