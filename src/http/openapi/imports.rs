//! The descriptions of the operations on sheets that come in.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::described::{Described, json_of, to_schema};
use crate::domain::report::{Entry, Problem, RefusedSheet, Report};
use crate::http::catalogue::Code;
use crate::http::imports::{IMPORT_PARAMETERS, LIST_PARAMETERS};
use crate::http::problem::{self, MEDIA_TYPE};
use crate::store::imports::{Counts, ImportView};

/// The media type of a workbook.
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

fn sample(code: Option<&str>) -> ImportView {
    let counts = |created| Counts { created, updated: 0, unchanged: 0 };
    ImportView {
        code: code.map(str::to_owned),
        sheet: "movements".to_owned(),
        committed: code.is_some(),
        rows: 53,
        counts: BTreeMap::from([
            ("batches".to_owned(), counts(12)),
            ("movements".to_owned(), counts(15)),
            ("figures".to_owned(), counts(53)),
        ]),
        errors: vec![],
        warnings: vec![],
        errors_total: 0,
        warnings_total: 0,
        at: code.map(|_| crate::store::SAMPLE_TIME),
        by: code.map(|_| "field-office-homs".to_owned()),
    }
}

fn refused() -> Value {
    let problem = Problem::new("unknown_reference", "There is no location \"Jarablous\".").meant("SY0208");
    let mut report = Report::default();
    report.error(Entry::cell(17, "destination", "Jarablous", problem));
    let (sheet, counts) = ("movements".to_owned(), BTreeMap::new());
    let refused = RefusedSheet { sheet, committed: false, rows: 53, counts, report };
    let error = crate::error::Error::Sheet(Box::new(refused));
    json!({MEDIA_TYPE: {"schema": to_schema("SheetProblem"), "example": problem::Problem::from(error)}})
}

/// The schema of a problem with a sheet.
pub fn sheet_problem() -> Value {
    let code = Code::InvalidSheet.entry().code;
    json!({
        "description": format!("A sheet that is refused (`{code}`), or another problem."),
        "allOf": [to_schema("Problem")],
        "properties": {
            "sheet": {"type": "string"},
            "committed": {"type": "boolean"},
            "rows": {"type": "integer"},
            "counts": {"type": "object"},
            "errors": {"type": "array", "items": {"anyOf": [to_schema("SheetEntry"), to_schema("Finding")]}},
            "warnings": {"type": "array", "items": to_schema("SheetEntry")},
            "errors_total": {"type": "integer"},
            "warnings_total": {"type": "integer"},
        },
    })
}

const CODE: &str = "0197a2b0-0000-7000-8000-000000000001";

impl Described {
    pub(in crate::http) fn create_import() -> Self {
        let sheets = ["locations", "sources", "agreements", "movements", "returns"];
        let file = json!({"schema": {"type": "string", "format": "binary"}});
        Self::new(
            "create_import",
            "imports",
            "Import a sheet",
            "A dry run unless `commit=true`: the answer says what would be created and updated, and everything that is wrong or \
             remarkable by row and column. All of the sheet is written, or nothing.",
        )
        .guarded("editor")
        .in_path("import", "Which sheet.", json!({"type": "string", "enum": sheets}), json!("movements"))
        .query(IMPORT_PARAMETERS)
        .resendable()
        .body_of(json!({"text/csv": file, WORKBOOK: file}))
        .answers(200, "What a commit would do.", Some(json_of(to_schema("ImportView"), &sample(None))), &["IdempotencyReplayed"])
        .answers(201, "It is written.", Some(json_of(to_schema("ImportView"), &sample(Some(CODE)))), &["Location", "IdempotencyReplayed"])
        .problems(&[400, 401, 403, 404, 408, 409, 413, 415, 503])
        .answers(422, "Nothing was written: everything that is wrong.", Some(refused()), &[])
    }

    pub(in crate::http) fn list_imports() -> Self {
        let page = json!({
            "type": "object",
            "required": ["data", "next_cursor"],
            "properties": {
                "data": {"type": "array", "items": to_schema("ImportView")},
                "next_cursor": {"type": ["string", "null"]},
                "total": {"type": "integer"},
            },
        });
        let example = json!({"data": [sample(Some(CODE))], "next_cursor": null});
        Self::new("list_imports", "imports", "List imports", "What was imported and can be taken back, newest first.")
            .guarded("editor")
            .query(LIST_PARAMETERS)
            .header("If-None-Match", "The `ETag` of the page that the caller has.", "W/\"1042-9f86d081884c7d65\"")
            .answers(200, "The page.", Some(json_of(page, &example)), &["WeakETag", "Link"])
            .answers(304, "The caller has it already.", None, &["WeakETag"])
            .problems(&[400, 401, 403, 406, 503])
    }

    pub(in crate::http) fn get_import() -> Self {
        let content = json_of(to_schema("ImportView"), &sample(Some(CODE)));
        Self::new("get_import", "imports", "Read an import", "What it did, its warnings, who and when.")
            .guarded("editor")
            .in_path("import", "The code of the import.", json!({"type": "string"}), json!(CODE))
            .answers(200, "The import.", Some(content), &[])
            .problems(&[400, 401, 403, 404, 406, 503])
    }

    pub(in crate::http) fn delete_import() -> Self {
        Self::new(
            "delete_import",
            "imports",
            "Take an import back",
            "What it created is deleted, what it changed is as it was before; as long as nobody has changed that since (409).",
        )
        .guarded("editor")
        .in_path("import", "The code of the import.", json!({"type": "string"}), json!(CODE))
        .answers(204, "Taken back, and forgotten.", None, &[])
        .problems(&[400, 401, 403, 404, 409, 503])
    }
}
