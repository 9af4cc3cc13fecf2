//! What the document surely forbids: no validator, but enough of one to know that something must not be accepted.

use serde_json::Value;

/// Follows a reference.
pub fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(reference) => resolved(document, document.pointer(&reference[1..]).expect("references resolve")),
        None => schema,
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() == 0.0) => "integer",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// Whether a schema surely forbids a value.
pub fn forbids(document: &Value, schema: &Value, value: &Value) -> bool {
    let schema = resolved(document, schema);
    for one_of in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[one_of].as_array() {
            return choices.iter().all(|choice| forbids(document, choice, value));
        }
    }
    if let Some(all) = schema["allOf"].as_array() {
        return all.iter().any(|part| forbids(document, part, value));
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one.as_str()],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let found = kind(value);
    let fits = |name: &str| name == found || (name == "number" && found == "integer");
    if !types.is_empty() && !types.iter().any(|name| fits(name)) {
        return true;
    }
    // Text is trimmed before it is looked at.
    let words = schema["enum"].as_array();
    if value.is_string()
        && words.is_some_and(|words| !words.iter().any(|word| word.as_str() == value.as_str().map(str::trim)))
    {
        // Empty text is null, and where that may not be it is missing: this alone does not forbid it.
        return value.as_str().is_some_and(|text| !text.trim().is_empty());
    }
    let (min, max) = (schema["minimum"].as_f64(), schema["maximum"].as_f64());
    value.as_f64().is_some_and(|number| min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max))
}

/// Whether the schema of a query parameter surely forbids a text.
pub fn forbids_text(schema: &Value, text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() {
        return true;
    }
    match schema["type"].as_str() {
        Some("integer") => {
            let (min, max) = (schema["minimum"].as_i64().unwrap_or(0), schema["maximum"].as_i64().unwrap_or(i64::MAX));
            !text.parse::<i64>().is_ok_and(|number| (min..=max).contains(&number))
        }
        Some("boolean") => !matches!(text, "true" | "false"),
        Some("array") => schema["items"]["enum"].as_array().is_some_and(|words| !words.iter().any(|word| word == text)),
        _ => match schema["enum"].as_array() {
            Some(words) => !words.iter().any(|word| word == text),
            // A date; there is none among the hostile values.
            None => schema["anyOf"].is_array(),
        },
    }
}
