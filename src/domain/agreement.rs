//! An agreement: a local agreement that provided for departures.

use chrono::NaiveDate;
use serde::Serialize;
use validator::Validate;

use super::batch::Party;
use super::findings::http_url;
use super::reading::{Fields, NewCode};

/// A local agreement that provided for departures.
#[derive(Clone, Debug, PartialEq, Serialize, Validate, utoipa::ToSchema)]
pub struct Agreement {
    /// The public key, chosen by the client, never changed.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    pub code: String,
    /// The name in Latin letters.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub name: String,
    /// The name in Arabic letters.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub name_ar: Option<String>,
    /// What a source calls it, word for word.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub name_as_reported: Option<String>,
    /// The day on which it was signed.
    pub signed_on: Option<NaiveDate>,
    /// The place that it is about: its code or p-code.
    pub location: Option<String>,
    /// Who signed, guaranteed, mediated.
    #[schema(required = false)]
    pub parties: Vec<Party>,
    /// Where its text, or a report of it, is found.
    #[validate(length(max = 2_048), custom(function = http_url))]
    #[schema(max_length = 2048, format = "uri")]
    pub url: Option<String>,
    /// Anything else; never public.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub notes: Option<String>,
}

impl Agreement {
    /// Reads an agreement.
    pub fn read(fields: &mut Fields) -> Self {
        let agreement = Self {
            code: fields.need("code").map(|NewCode(code)| code).unwrap_or_default(),
            name: fields.need("name").unwrap_or_default(),
            name_ar: fields.take("name_ar"),
            name_as_reported: fields.take("name_as_reported"),
            signed_on: fields.take("signed_on"),
            location: fields.take("location"),
            parties: fields.take("parties").unwrap_or_default(),
            url: fields.take("url"),
            notes: fields.take("notes"),
        };
        fields.absorb(agreement.validate());
        agreement
    }
}
