//! The descriptions of the operations on sheets that go out.

use serde_json::json;

use super::described::{Described, file};
use crate::http::exports::filters_of;
use crate::http::files;
use crate::http::query::{self, Parameter};
use crate::transfer::sheet::Sheet;
use crate::transfer::{Format, template};

const IF_NONE_MATCH: (&str, &str, &str) =
    ("If-None-Match", "The `ETag` of the file that the caller has.", "W/\"1042-9f86d081884c7d65\"");

fn sheet(described: Described) -> Described {
    let sheets: Vec<&str> = Sheet::ALL.iter().map(|sheet| sheet.word()).collect();
    described.in_path("sheet", "Which sheet.", json!({"type": "string", "enum": sheets}), json!("movements"))
}

/// Every filter that any sheet has, once.
fn filters() -> Vec<&'static Parameter> {
    let mut all: Vec<&'static Parameter> = vec![];
    for parameter in Sheet::ALL.into_iter().rev().flat_map(filters_of) {
        if !all.iter().any(|one| one.name == parameter.name) {
            all.push(if parameter.name == query::KIND.name { &query::ANY_KIND } else { parameter });
        }
    }
    all
}

/// Which filters fit which sheet, in a sentence.
fn fitting() -> String {
    let of = |sheet: Sheet| {
        let names: Vec<String> = filters_of(sheet).iter().map(|one| format!("`{}`", one.name)).collect();
        format!("`{}`: {}", sheet.word(), names.join(", "))
    };
    Sheet::ALL.map(of).join("; ")
}

impl Described {
    pub(in crate::http) fn export_sheet(format: Format) -> Self {
        let (header, meaning, tag) = IF_NONE_MATCH;
        let parameters: Vec<_> = filters().into_iter().chain(files::parameters(format)).collect();
        let content = match format {
            Format::Csv | Format::Ndjson => file(format, &template::sample(Sheet::Movements), ""),
            _ => json!({"schema": {"type": "string", "format": "binary"}}),
        };
        let described = Self::new(
            &format!("export_sheet_{}", format.suffix()),
            "exports",
            &format!("Export a sheet as {}", format.what()),
            &format!(
                "The very columns that the import reads: what is exported can be imported again and changes nothing. Columns that \
                 are withheld from the caller are absent, and below the editor's role so are the figures of confidential sources. \
                 In `movements` and `returns` a row is a figure, so `source`, `stage`, `role` and `scope` choose figures. Filters: {}.",
                fitting()
            ),
        );
        sheet(described)
            .guarded("reader")
            .query(&parameters)
            .header(header, meaning, tag)
            .answers(200, "The file.", Some(json!({format.media_type(): content})), &["WeakETag", "ContentDisposition"])
            .answers(304, "The caller has it already.", None, &["WeakETag"])
            .problems(&[400, 401, 404, 422, 503])
    }

    pub(in crate::http) fn export_dataset() -> Self {
        let (header, meaning, tag) = IF_NONE_MATCH;
        let content = json!({files::ARCHIVE: {"schema": {"type": "string", "format": "binary"}}});
        Self::new(
            "export_dataset",
            "exports",
            "Export the whole data set",
            "All five sheets as CSV in one archive, with `datapackage.json` (a Frictionless tabular data package: every column with \
             its type, meaning and words, the licence, how to cite it, the version of the data) and a README in English and Arabic.",
        )
        .guarded("reader")
        .header(header, meaning, tag)
        .answers(200, "The archive.", Some(content), &["WeakETag", "ContentDisposition"])
        .answers(304, "The caller has it already.", None, &["WeakETag"])
        .problems(&[400, 401, 503])
    }

    pub(in crate::http) fn get_template(format: Format) -> Self {
        let (header, meaning, tag) = IF_NONE_MATCH;
        let content = match format {
            Format::Csv => file(format, &template::sample(Sheet::Movements), ""),
            _ => json!({"schema": {"type": "string", "format": "binary"}}),
        };
        let described = Self::new(
            &format!("get_template_{}", format.suffix()),
            "exports",
            &format!("Get a template as {}", format.what()),
            "The columns of a sheet with one example row, whose code is `EXAMPLE` and which imports ignore. The workbook has              drop-downs for vocabularies and for the codes that are there, and explains each column in English and Arabic.",
        );
        sheet(described)
            .guarded("reader")
            .query(&files::parameters(format).into_iter().collect::<Vec<_>>())
            .header(header, meaning, tag)
            .answers(200, "The file.", Some(json!({format.media_type(): content})), &["WeakETag", "ContentDisposition"])
            .answers(304, "The caller has it already.", None, &["WeakETag"])
            .problems(&[400, 401, 404, 503])
    }
}
