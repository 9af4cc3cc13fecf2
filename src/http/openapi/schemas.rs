//! The schemas of the document: of answers as the types derive them, of bodies as they may be sent.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::Schema;
use utoipa::{PartialSchema, ToSchema};

use super::described::to_schema;
use super::imports::sheet_problem;
use crate::domain::figure::{self, Figure};
use crate::domain::movement::{self, Movement};
use crate::domain::report::Entry;
use crate::domain::{Resource, Warning};
use crate::http::catalogue::Catalogue;
use crate::http::problem::Problem;
use crate::http::system::Health;
use crate::http::tokens::{CreatedToken, TokenBody, TokenList};
use crate::store::Rows;
use crate::store::history::{Change, HistoryEntry};
use crate::store::imports::ImportView;
use crate::store::redaction::Redaction;

/// The schemas that descriptions speak of, by name.
pub struct Schemas(BTreeMap<String, Value>);

impl Default for Schemas {
    fn default() -> Self {
        let mut schemas = Self(BTreeMap::new());
        schemas.add::<Problem>();
        schemas.add::<Warning>();
        schemas.add::<HistoryEntry>();
        schemas.add::<Change>();
        schemas.add::<Catalogue>();
        schemas.add::<Health>();
        schemas.add::<TokenList>();
        schemas.add::<CreatedToken>();
        schemas.add::<ImportView>();
        schemas.add::<Entry>();
        schemas.0.insert("SheetProblem".to_owned(), sheet_problem());
        schemas.0.insert("TokenBody".to_owned(), closed::<TokenBody>(&[]));
        schemas.0.insert("Redaction".to_owned(), closed::<Redaction>(&[]));
        let mut part = closed::<Movement>(movement::READ_ONLY);
        nest(&mut part, "figures", "FigurePart");
        require(&mut part, &["destination"]);
        schemas.0.insert("MovementPart".to_owned(), part);
        schemas.0.insert("FigurePart".to_owned(), closed::<Figure>(figure::READ_ONLY));
        schemas
    }
}

/// In which way a body is sent.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Create,
    Replace,
    Change,
}

impl Schemas {
    /// Adds the schema of a type, and of all that it refers to.
    pub fn add<T: ToSchema>(&mut self) {
        let mut all: Vec<(String, RefOr<Schema>)> = vec![(T::name().into_owned(), T::schema())];
        T::schemas(&mut all);
        for (name, schema) in all {
            self.0.entry(name).or_insert_with(|| to_value(&schema));
        }
    }

    /// Adds the schemas of the bodies that a resource takes.
    pub(super) fn add_inputs<R: Rows>(&mut self) {
        // The types that the members of a body refer to, though never the body's own schema.
        let mut all = vec![];
        R::Body::schemas(&mut all);
        for (name, schema) in all {
            self.0.entry(name).or_insert_with(|| to_value(&schema));
        }
        let sample = serde_json::to_value(R::sample_single()).unwrap_or_default();
        let members = sample.as_object().into_iter().flat_map(|row| row.keys().map(String::as_str));
        let read: Vec<&str> =
            members.filter(|name| !matches!(*name, "movements" | "figures")).chain(["warnings"]).collect();
        for (way, suffix) in [(Way::Create, "Create"), (Way::Replace, "Replace"), (Way::Change, "Change")] {
            let mut schema = closed::<R::Body>(&read);
            match R::RESOURCE {
                Resource::Batches => nest(&mut schema, "movements", "MovementPart"),
                Resource::Movements | Resource::Returns => nest(&mut schema, "figures", "FigurePart"),
                _ => {}
            }
            match (way, R::RESOURCE) {
                (Way::Create, _) => {}
                (Way::Change, _) => require(&mut schema, &[]),
                // The path says the code; a movement's batch and destination never change.
                (Way::Replace, Resource::Movements) => require(&mut schema, &[]),
                (Way::Replace, _) => {
                    let kept: Vec<String> = required(&schema).into_iter().filter(|name| name != "code").collect();
                    schema["required"] = json!(kept);
                }
            }
            if way != Way::Create {
                // What never changes may be left out, and null is as good as that.
                let fixed: &[&str] =
                    if R::RESOURCE == Resource::Movements { &["code", "batch", "destination"] } else { &["code"] };
                for name in fixed {
                    schema["properties"][name] = nullable(schema["properties"][name].take());
                }
            }
            self.0.insert(format!("{}{suffix}", R::Body::name()), schema);
        }
    }

    pub(super) fn into_value(self) -> Value {
        json!(self.0)
    }
}

fn to_value(schema: &impl Serialize) -> Value {
    serde_json::to_value(schema).unwrap_or_default()
}

fn required(schema: &Value) -> Vec<String> {
    let names = schema["required"].as_array().into_iter().flatten();
    names.filter_map(Value::as_str).map(str::to_owned).collect()
}

fn require(schema: &mut Value, names: &[&str]) {
    schema["required"] = json!(names);
}

/// The schema of a body: nothing but its members, null where they may be left out, and what is read and ignored.
fn closed<T: PartialSchema>(read: &[&str]) -> Value {
    let mut schema = to_value(&T::schema());
    let required = required(&schema);
    let mut properties = match schema["properties"].take() {
        Value::Object(properties) => properties,
        _ => Map::new(),
    };
    for (_, property) in properties.iter_mut().filter(|(name, _)| !required.contains(name)) {
        *property = nullable(property.take());
    }
    for name in read.iter().filter(|name| !properties.contains_key(**name)).copied().collect::<Vec<_>>() {
        properties.insert(name.to_owned(), json!({"readOnly": true, "description": "Read, and ignored in bodies."}));
    }
    schema["properties"] = Value::Object(properties);
    schema["additionalProperties"] = json!(false);
    schema
}

/// The same, or null.
fn nullable(mut property: Value) -> Value {
    let list = |kind: &Value| kind.as_array().is_some_and(|kinds| kinds.contains(&json!("null")));
    let told =
        property.get("oneOf").and_then(Value::as_array).is_some_and(|all| all.contains(&json!({"type": "null"})));
    match property.get("type").cloned() {
        _ if told => property,
        Some(kind) if list(&kind) => property,
        Some(kind @ Value::String(_)) => {
            property["type"] = json!([kind, "null"]);
            property
        }
        _ => {
            let description = property.get("description").cloned();
            let mut either = json!({"oneOf": [{"type": "null"}, property]});
            if let Some(description) = description {
                either["description"] = description;
            }
            either
        }
    }
}

/// Adds a list of parts.
fn nest(schema: &mut Value, name: &str, part: &str) {
    schema["properties"][name] = json!({
        "type": ["array", "null"], "items": to_schema(part),
        "description": "The parts, which replace those that are there; absent leaves them, an empty list or null takes them away.",
    });
}
