//! The description of a data set for programs: a Frictionless tabular data package.

use serde_json::{Map, Value, json};

use super::{About, Written};
use crate::domain::access::Viewer;
use crate::error::Error;
use crate::transfer::export::shown;
use crate::transfer::sheet::{Column, Kind, Part, Sheet};

/// The characters that a code is made of.
const CODE: &str = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$";

/// `datapackage.json`.
pub fn describe(about: &About, written: &[Written]) -> Result<Vec<u8>, Error> {
    let mut package = json!({
        "profile": "tabular-data-package",
        "name": "homeward-dataset",
        "title": about.terms.title,
        "description": "How people were displaced and how they came back: what each source says, one figure of each kind recommended. \
                        Every sheet as it can be imported again. README.txt explains it to people.",
        "created": about.made_at.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "version": version(written),
        "keywords": ["displacement", "return", "figures", "sources"],
        "citation": citation(about, written),
        "generator": concat!("homeward ", env!("CARGO_PKG_VERSION")),
        "leftOut": left_out(about.viewer),
    });
    if let Some(licence) = &about.terms.licence {
        let member = if licence.contains("://") { "path" } else { "name" };
        package["licenses"] = json!([{member: licence}]);
    }
    package["resources"] = written.iter().map(|file| resource(file, about.viewer)).collect();
    serde_json::to_vec_pretty(&package).map_err(|error| Error::Internal(error.to_string()))
}

/// The versions of the data that were read: one, unless somebody wrote meanwhile.
pub fn version(written: &[Written]) -> String {
    let first = written.iter().map(|file| file.versions.0).min().unwrap_or_default();
    let last = written.iter().map(|file| file.versions.1).max().unwrap_or_default();
    span((first, last))
}

/// A version, or the first and the last.
pub fn span((first, last): (i64, i64)) -> String {
    if first == last { first.to_string() } else { format!("{first}-{last}") }
}

/// How the data set is quoted.
pub fn citation(about: &About, written: &[Written]) -> String {
    let (title, day) = (&about.terms.title, about.made_at.date());
    format!(
        "{title}. Data version {}, exported on {day} with homeward {}.",
        version(written),
        env!("CARGO_PKG_VERSION")
    )
}

/// What somebody else would find in theirs.
fn left_out(viewer: Viewer) -> Vec<&'static str> {
    let public = [
        "restricted batches and returns",
        "batches and returns that have not left or come back, or were cancelled",
        "planned, registered, waitlisted and withdrawn figures",
        "scheduled dates, fighters and civilians, members remaining, notes and excerpts",
    ];
    let hidden = "confidential sources and their figures";
    match viewer {
        Viewer::Public => public.into_iter().chain([hidden]).collect(),
        Viewer::Reader => vec![hidden],
        Viewer::Editor => vec![],
    }
}

fn resource(file: &Written, viewer: Viewer) -> Value {
    let columns = shown(file.sheet, viewer);
    let fields: Vec<Value> = columns.iter().map(|column| field(column)).collect();
    let mut schema = json!({"fields": fields, "missingValues": [""]});
    if matches!(file.sheet, Sheet::Locations | Sheet::Sources | Sheet::Agreements) {
        schema["primaryKey"] = json!("code");
    }
    let keys: Vec<Value> = columns.iter().filter_map(|column| foreign_key(file.sheet, column)).collect();
    if !keys.is_empty() {
        schema["foreignKeys"] = json!(keys);
    }
    let name = file.sheet.word();
    json!({
        "profile": "tabular-data-resource",
        "name": name,
        "path": format!("{name}.csv"),
        "description": about(file.sheet),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": file.bytes,
        "rows": file.rows,
        "dataVersion": span(file.versions),
        "dialect": {
            "delimiter": ",", "quoteChar": "\"", "doubleQuote": true, "lineTerminator": "\r\n", "header": true,
            "skipInitialSpace": false, "caseSensitiveHeader": true,
        },
        "schema": schema,
    })
}

/// What a row of a sheet is.
fn about(sheet: Sheet) -> &'static str {
    match sheet {
        Sheet::Locations => "A row is a place, from country down to a camp.",
        Sheet::Sources => "A row is an organisation or office that says the numbers.",
        Sheet::Agreements => "A row is a local agreement that provided for departures.",
        Sheet::Movements => {
            "A row is one figure, with its movement and batch beside it. A movement without a figure has a row without `stage`, a \
             batch without movements one without `destination`; a figure without `destination` is about the whole batch, one without \
             `batch` about a whole agreement."
        }
        Sheet::Returns => {
            "A row is one figure, with its return beside it. A return without a figure has a row without `stage`."
        }
    }
}

/// What a column refers to, where it is a column of codes.
fn foreign_key(sheet: Sheet, column: &Column) -> Option<Value> {
    let other = match column.kind {
        Kind::Place => Sheet::Locations,
        Kind::Source => Sheet::Sources,
        Kind::Agreement => Sheet::Agreements,
        // A movement's code is made of two columns of its sheet.
        _ => return None,
    };
    let resource = if other == sheet { "" } else { other.word() };
    Some(json!({"fields": column.name, "reference": {"resource": resource, "fields": "code"}}))
}

fn field(column: &Column) -> Value {
    let mut constraints = Map::new();
    if column.required && matches!(column.part, Part::Row | Part::Return) {
        constraints.insert("required".to_owned(), json!(true));
    }
    let (kind, format) = match column.kind {
        Kind::Code => {
            constraints.insert("pattern".to_owned(), json!(CODE));
            if column.part == Part::Row && column.name == "code" {
                constraints.insert("unique".to_owned(), json!(true));
            }
            ("string", "default")
        }
        Kind::Word(words) => {
            constraints.insert("enum".to_owned(), words.words().collect());
            ("string", "default")
        }
        Kind::Whole => {
            constraints.insert("minimum".to_owned(), json!(i32::from(column.name == "number")));
            ("integer", "default")
        }
        Kind::Real => {
            let most = if column.name == "latitude" { 90 } else { 180 };
            constraints.insert("minimum".to_owned(), json!(-most));
            constraints.insert("maximum".to_owned(), json!(most));
            ("number", "default")
        }
        Kind::Date => ("date", "default"),
        Kind::YesNo => ("boolean", "default"),
        Kind::Text if column.name == "url" => ("string", "uri"),
        Kind::Text | Kind::Place | Kind::Source | Kind::Agreement | Kind::Movement => ("string", "default"),
        Kind::Words(_) | Kind::Names | Kind::Parties => ("string", "default"),
    };
    let mut field = json!({
        "name": column.name, "type": kind, "format": format, "title": title(column.name),
        "description": described(column), "description_ar": column.meaning_ar,
    });
    if column.kind == Kind::YesNo {
        field["trueValues"] = json!(["true"]);
        field["falseValues"] = json!(["false"]);
    }
    if !constraints.is_empty() {
        field["constraints"] = Value::Object(constraints);
    }
    field
}

/// What a column means; of a list also its words, which a constraint cannot say.
fn described(column: &Column) -> String {
    match column.kind {
        Kind::Words(words) => format!("{} Words: {}.", column.meaning, words.words().collect::<Vec<_>>().join(", ")),
        _ => column.meaning.to_owned(),
    }
}

/// The name of a column for people: `departed_on` is `Departed on`.
fn title(name: &str) -> String {
    let words = name.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
