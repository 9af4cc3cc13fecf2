//! What is wrong, or remarkable, in what somebody sent: all of it, each with its place.

use serde::Serialize;
use serde_json::{Map, Value};
use validator::{ValidationErrors, ValidationErrorsKind};

use super::text::{MAX_TEXT, MAX_URL};

/// One thing that is wrong in a request.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Finding {
    /// Where in the body: a JSON pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/movements/0/destination")]
    pub pointer: Option<String>,
    /// Which query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "orgin")]
    pub parameter: Option<String>,
    /// What kind of mistake, from the catalogue at `/problems/{code}`; never changes.
    #[schema(value_type = String, example = "unknown_reference")]
    pub code: &'static str,
    /// What was given.
    #[schema(value_type = Option<Value>, example = "Jarablous")]
    pub value: Option<Value>,
    /// A sentence for people.
    pub message: String,
    /// What was probably meant.
    pub suggestion: Option<String>,
}

/// Something worth a look that blocks nothing.
#[derive(Clone, Debug, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Warning {
    /// Where in the body: a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What kind of warning; never changes.
    #[schema(value_type = String, example = "no_source")]
    pub code: &'static str,
    /// A sentence for people.
    pub message: String,
}

/// Everything found in one body: errors, which block, and warnings, which do not.
#[derive(Clone, Debug, Default)]
pub struct Findings {
    /// What is wrong.
    pub errors: Vec<Finding>,
    /// What is remarkable.
    pub warnings: Vec<Warning>,
}

impl Findings {
    /// Adds an error at a place in the body.
    pub fn error(&mut self, pointer: impl Into<String>, code: &'static str, value: Option<Value>, message: String) {
        self.suggest(pointer, code, value, message, None);
    }

    /// Adds an error with what was probably meant.
    pub fn suggest(
        &mut self,
        pointer: impl Into<String>,
        code: &'static str,
        value: Option<Value>,
        message: String,
        suggestion: Option<String>,
    ) {
        let pointer = Some(pointer.into());
        self.errors.push(Finding { pointer, parameter: None, code, value, message, suggestion });
    }

    /// Adds a warning at a place in the body.
    pub fn warn(&mut self, pointer: impl Into<String>, code: &'static str, message: String) {
        self.warnings.push(Warning { pointer: pointer.into(), code, message });
    }

    /// Whether anything is wrong at this very place already, so that rules over it have nothing to say.
    pub fn wrong_at(&self, pointer: &str) -> bool {
        self.errors.iter().any(|error| error.pointer.as_deref() == Some(pointer))
    }

    /// Takes over what the derived rules of `validator` found in the object at `at`, with the values as they were sent.
    pub fn absorb(&mut self, at: &str, sent: &Map<String, Value>, found: Result<(), ValidationErrors>) {
        let Err(found) = found else { return };
        for (field, kind) in found.into_errors() {
            let pointer = format!("{at}/{field}");
            let ValidationErrorsKind::Field(errors) = kind else { continue };
            if self.wrong_at(&pointer) {
                continue;
            }
            for error in errors {
                let limit = |name: &str| error.params.get(name).map(ToString::to_string).unwrap_or_default();
                let (code, message) = match error.code.as_ref() {
                    "range" => {
                        let (min, max) = (limit("min"), limit("max"));
                        ("out_of_range", format!("`{field}` must lie between {min} and {max}."))
                    }
                    "length" => {
                        let max = if field == "url" { MAX_URL } else { MAX_TEXT };
                        ("too_long", format!("`{field}` may have at most {max} characters."))
                    }
                    _ => ("not_a_url", format!("`{field}` must be an http or https address.")),
                };
                let value = sent.get(field.as_ref()).filter(|value| value.as_str().is_none_or(|text| text.len() < 200));
                let value = value.cloned();
                self.error(pointer.clone(), code, value, message);
            }
        }
    }
}

/// A rule for `validator`: an `http` or `https` address.
pub fn http_url(url: &str) -> Result<(), validator::ValidationError> {
    let lower = url.to_ascii_lowercase();
    let rest = lower.strip_prefix("http://").or_else(|| lower.strip_prefix("https://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let good = !host.is_empty() && !url.contains(char::is_whitespace) && validator::ValidateUrl::validate_url(&url);
    if good { Ok(()) } else { Err(validator::ValidationError::new("url")) }
}
