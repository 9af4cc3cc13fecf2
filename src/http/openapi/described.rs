//! The description of one operation, put together piece by piece.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::response_name;
use crate::http::catalogue::{self, Code};
use crate::http::idempotency;
use crate::http::query::{Kind, Parameter};
use crate::http::tokens::{CreatedToken, TokenBody, TokenList};
use crate::store::tokens::TokenRow;
use crate::transfer::Format;

/// The description of an operation.
pub struct Described {
    operation: Value,
    parameters: Vec<Value>,
    responses: Map<String, Value>,
}

impl Described {
    /// An operation by its id, under a tag, with a line and a paragraph about it.
    pub fn new(id: &str, tag: &str, summary: &str, description: &str) -> Self {
        let operation =
            json!({"operationId": id, "tags": [tag], "summary": summary, "description": description, "security": []});
        Self { operation, parameters: vec![], responses: Map::new() }
    }

    /// It needs a token of this role, or more.
    pub fn guarded(mut self, role: &str) -> Self {
        self.operation["security"] = json!([{"bearer": []}, {"basic": []}]);
        self.operation["x-role"] = json!(role);
        self.problems(&[429])
    }

    /// It takes a part of the path.
    pub fn in_path(mut self, name: &str, meaning: &str, schema: Value, example: Value) -> Self {
        self.parameters.push(json!({
            "name": name, "in": "path", "required": true, "description": meaning, "schema": schema, "example": example,
        }));
        self
    }

    /// It takes query parameters.
    pub fn query(mut self, parameters: &[&Parameter]) -> Self {
        self.parameters.extend(parameters.iter().map(|parameter| in_query(parameter)));
        self
    }

    /// It takes a header.
    pub fn header(mut self, name: &str, meaning: &str, example: &str) -> Self {
        self.parameters.push(json!({
            "name": name, "in": "header", "required": false, "description": meaning,
            "schema": {"type": "string"}, "example": example,
        }));
        self
    }

    /// It can be sent again with the same key.
    pub fn resendable(self) -> Self {
        let mut described = self.header(idempotency::KEY, idempotency::MEANING, "8e03978e-40d5-43e8-bc93-6894a57f9324");
        if let Some(parameter) = described.parameters.last_mut() {
            parameter["schema"] = json!({"type": "string", "pattern": "^[!-~]{1,255}$"});
        }
        described
    }

    /// It takes a body: a schema by its name, under some media types.
    pub fn body(mut self, schema: &str, example: &impl Serialize, media_types: &[&str]) -> Self {
        let content = json!({"schema": to_schema(schema), "example": example});
        let content: Map<String, Value> =
            media_types.iter().map(|name| ((*name).to_owned(), content.clone())).collect();
        self.operation["requestBody"] = json!({"required": true, "content": content});
        self
    }

    /// It takes a file, by media types.
    pub fn body_of(mut self, content: Value) -> Self {
        self.operation["requestBody"] = json!({"required": true, "content": content});
        self
    }

    /// It can answer this; headers by their names in `components`.
    pub fn answers(mut self, status: u16, description: &str, content: Option<Value>, headers: &[&str]) -> Self {
        let names = headers.iter().copied().chain(["XRequestId"]);
        let headers: Map<String, Value> = names
            .map(|name| (header_name(name).to_owned(), json!({"$ref": format!("#/components/headers/{name}")})))
            .collect();
        let mut response = json!({"description": description, "headers": headers});
        if let Some(content) = content {
            response["content"] = content;
        }
        self.responses.insert(status.to_string(), response);
        self
    }

    /// It can fail with these statuses.
    pub fn problems(mut self, statuses: &[u16]) -> Self {
        for status in statuses {
            let reference = format!("#/components/responses/{}", response_name(*status));
            self.responses.insert(status.to_string(), json!({"$ref": reference}));
        }
        self
    }

    pub(super) fn into_value(self) -> Value {
        let Self { mut operation, parameters, mut responses } = self;
        responses.sort_keys();
        if operation["security"] != json!([]) && ![json!(["system"]), json!(["tokens"])].contains(&operation["tags"]) {
            tell_versions(&mut responses);
        }
        operation["parameters"] = json!(parameters);
        operation["responses"] = json!(responses);
        operation
    }
}

/// What reads and writes data says of which version they are. That a read can be asked for one stands with that header: as a parameter of
/// every read it would be an address's own.
fn tell_versions(responses: &mut Map<String, Value>) {
    let good = responses.iter_mut().filter(|(status, _)| status.starts_with('2') || *status == "304");
    good.for_each(|(_, response)| {
        response["headers"]["X-Data-Version"] = json!({"$ref": "#/components/headers/XDataVersion"});
    });
}

/// The name of a header, from its name in `components`.
fn header_name(name: &str) -> &str {
    match name {
        "WeakETag" => "ETag",
        "XRequestId" => "X-Request-Id",
        "ContentDisposition" => "Content-Disposition",
        "IdempotencyReplayed" => "Idempotency-Replayed",
        _ => name,
    }
}

/// A reference to a schema.
pub fn to_schema(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

/// JSON of a schema, with an example.
pub fn json_of(schema: Value, example: &impl Serialize) -> Value {
    json!({"application/json": {"schema": schema, "example": example}})
}

/// A file of rows of a schema, with one of them as an example.
pub fn file(format: Format, sample: &impl Serialize, row: &str) -> Value {
    if format == Format::Xlsx {
        return json!({"schema": {"type": "string", "format": "binary"}});
    }
    let mut bytes = format.head(sample, false).unwrap_or_default();
    bytes.extend(format.rows(std::slice::from_ref(sample), true).unwrap_or_default());
    bytes.extend(format.tail());
    if format != Format::Geojson {
        return json!({"schema": {"type": "string"}, "example": String::from_utf8_lossy(&bytes)});
    }
    let point = json!({
        "type": ["object", "null"], "required": ["type", "coordinates"],
        "description": "Where the place lies; null where nobody has measured.",
        "properties": {
            "type": {"type": "string", "const": "Point"},
            "coordinates": {
                "type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2,
                "description": "Degrees east, then north (WGS 84).",
            },
        },
    });
    let feature = json!({
        "type": "object", "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "const": "Feature"},
            "id": {"type": "string", "description": "The code of the place, where the row is one place."},
            "geometry": point,
            "properties": to_schema(row),
        },
    });
    let schema = json!({
        "type": "object", "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "const": "FeatureCollection"},
            "features": {"type": "array", "items": feature},
        },
    });
    json!({"schema": schema, "example": serde_json::from_slice::<Value>(&bytes).unwrap_or_default()})
}

fn in_query(parameter: &Parameter) -> Value {
    let Parameter { name, meaning, example, kind } = parameter;
    let text = json!({"type": "string", "minLength": 1, "maxLength": 200});
    let (schema, example) = match kind {
        Kind::Text | Kind::Code => (text, json!(example)),
        Kind::Codes => {
            let schema = json!({
                "type": "array", "items": {"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$"},
                "minItems": 1, "maxItems": 500, "uniqueItems": true,
            });
            (schema, json!(example.split(',').collect::<Vec<_>>()))
        }
        Kind::Words(words) => {
            let schema = json!({
                "type": "array", "items": {"type": "string", "enum": words()}, "minItems": 1, "uniqueItems": true,
            });
            (schema, json!(example.split(',').collect::<Vec<_>>()))
        }
        Kind::Date | Kind::Time => {
            let schema =
                json!({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]});
            (schema, json!(example))
        }
        Kind::Whole(min, max) => {
            (json!({"type": "integer", "minimum": min, "maximum": max}), json!(example.parse::<u64>().ok()))
        }
        Kind::Flag => (json!({"type": "boolean"}), json!(*example == "true")),
        Kind::Word(words) => (json!({"type": "string", "enum": words()}), json!(example)),
        Kind::Cursor => (json!({"type": "string", "pattern": "^[A-Za-z0-9_-]+$"}), json!(example)),
    };
    let mut value = json!({
        "name": name, "in": "query", "required": false, "description": meaning, "schema": schema, "example": example,
    });
    if matches!(kind, Kind::Codes | Kind::Words(_)) {
        value["style"] = json!("form");
        value["explode"] = json!(false);
    }
    value
}

/// The operations that are not those of a resource.
impl Described {
    pub(in crate::http) fn list_tokens() -> Self {
        let row = TokenRow {
            name: "field-office-homs".to_owned(),
            role: crate::domain::words::Role::Editor,
            created_at: chrono::NaiveDateTime::default(),
            expires_at: None,
            revoked_at: None,
        };
        let content = json_of(to_schema("TokenList"), &TokenList { data: vec![row] });
        Self::new("list_tokens", "tokens", "List tokens", "Every token that was ever made, never with what is secret.")
            .guarded("admin")
            .answers(200, "Every token, by name.", Some(content), &[])
            .problems(&[400, 401, 403, 503])
    }

    pub(in crate::http) fn create_token() -> Self {
        let sample = TokenBody::sample();
        let created = CreatedToken {
            name: sample.name.clone(),
            role: sample.role,
            token: "hw_9vXk2J7dQp4mW1sT8yLr5nZc3bHf6gAeUoIqKxVtYwM".to_owned(),
            expires_at: None,
        };
        Self::new(
            "create_token",
            "tokens",
            "Make a token",
            "The answer holds the token itself, this once; sent again with the same `Idempotency-Key`, this once more.",
        )
        .guarded("admin")
        .resendable()
        .body("TokenBody", &sample, &["application/json"])
        .answers(
            201,
            "The token.",
            Some(json_of(to_schema("CreatedToken"), &created)),
            &["Location", "IdempotencyReplayed"],
        )
        .problems(&[400, 401, 403, 408, 409, 413, 415, 422, 503])
    }

    pub(in crate::http) fn revoke_token() -> Self {
        Self::new("revoke_token", "tokens", "Revoke a token", "It holds no more, from the next request on.")
            .guarded("admin")
            .in_path("name", "The name of the token.", json!({"type": "string"}), json!("field-office-homs"))
            .answers(204, "Revoked.", None, &[])
            .problems(&[400, 401, 403, 404, 503])
    }

    pub(in crate::http) fn list_problems() -> Self {
        let sample = catalogue::Catalogue { data: vec![Code::InvalidBody.entry()] };
        let content = json_of(to_schema("Catalogue"), &sample);
        Self::new(
            "list_problems",
            "system",
            "List problem codes",
            "Every code of problems, of their `errors`, and of warnings.",
        )
        .answers(200, "The catalogue.", Some(content), &[])
        .problems(&[429])
    }

    pub(in crate::http) fn get_problem() -> Self {
        let mut content = json_of(to_schema("Entry"), &Code::InvalidBody.entry());
        content["text/html"] = json!({"schema": {"type": "string"}});
        Self::new("get_problem", "system", "Explain a problem code", "What `type` in a problem document leads to.")
            .in_path("code", "The code.", json!({"type": "string"}), json!("invalid_body"))
            .answers(200, "What it means.", Some(content), &[])
            .problems(&[404, 429])
    }

    pub(in crate::http) fn get_liveness() -> Self {
        let content = json_of(to_schema("Health"), &json!({"status": "ok"}));
        Self::new("get_liveness", "system", "Is the process alive?", "Answers whenever the process does.").answers(
            200,
            "It is.",
            Some(content),
            &[],
        )
    }

    pub(in crate::http) fn get_readiness() -> Self {
        let content = json_of(to_schema("Health"), &json!({"status": "ok"}));
        Self::new("get_readiness", "system", "Is the service ready?", "Checks the database and its migrations.")
            .answers(200, "It is.", Some(content), &[])
            .problems(&[503])
    }

    pub(in crate::http) fn get_metrics() -> Self {
        let example = "# TYPE homeward_http_requests_total counter\nhomeward_http_requests_total{method=\"GET\",route=\"/v1/movements\",status=\"200\"} 42\n";
        let content = json!({"text/plain": {"schema": {"type": "string"}, "example": example}});
        let about = "In the text format of Prometheus: requests, the database and its writer, the process. Always needs a token, of any role.";
        Self::new("get_metrics", "system", "Numbers about the service", about)
            .guarded("reader")
            .answers(200, "The numbers.", Some(content), &[])
            .problems(&[400, 401, 503])
    }

    pub(in crate::http) fn get_openapi() -> Self {
        let content = json!({"application/json": {"schema": {"type": "object"}}});
        Self::new("get_openapi", "system", "This document", "The description of the API (OpenAPI 3.1).")
            .answers(200, "The document.", Some(content), &[])
            .problems(&[429])
    }
}
