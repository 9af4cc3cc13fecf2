//! A source: who says the number.

use serde::Serialize;
use validator::Validate;

use super::findings::http_url;
use super::reading::{Fields, NewCode};
use super::words::{Reliability, SourceKind};

/// Who says the number: an organisation or office, never a private person.
#[derive(Clone, Debug, PartialEq, Serialize, Validate, utoipa::ToSchema)]
pub struct Source {
    /// The public key, chosen by the client, never changed.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    pub code: String,
    /// The name in Latin letters.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub name: String,
    /// What kind of organisation it is.
    pub kind: SourceKind,
    /// The name in Arabic letters.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub name_ar: Option<String>,
    /// How reliable it is held to be.
    pub reliability: Option<Reliability>,
    /// Its address on the web.
    #[validate(length(max = 2_048), custom(function = http_url))]
    #[schema(max_length = 2048, format = "uri")]
    pub url: Option<String>,
    /// Whether only editors may know it: its figures count, but do not name it.
    #[schema(required = false)]
    pub confidential: bool,
}

impl Source {
    /// Reads a source.
    pub fn read(fields: &mut Fields) -> Self {
        let source = Self {
            code: fields.need("code").map(|NewCode(code)| code).unwrap_or_default(),
            name: fields.need("name").unwrap_or_default(),
            kind: fields.need("kind").unwrap_or(SourceKind::Other),
            name_ar: fields.take("name_ar"),
            reliability: fields.take("reliability"),
            url: fields.take("url"),
            confidential: fields.take("confidential").unwrap_or_default(),
        };
        fields.absorb(source.validate());
        source
    }
}
