//! A location: a place in the one gazetteer, from country down to a camp.

use serde::Serialize;
use validator::Validate;

use super::findings::Findings;
use super::reading::{Fields, NewCode};
use super::words::{LocationKind, SettlementType, Word};

/// A place, from country down to a camp: the fields that its editors write.
#[derive(Clone, Debug, PartialEq, Serialize, Validate, utoipa::ToSchema)]
pub struct Location {
    /// The public key, chosen by the client, never changed.
    #[schema(min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    pub code: String,
    /// The name in Latin letters.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub name: String,
    /// What kind of place it is.
    pub kind: LocationKind,
    /// The name in Arabic letters.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub name_ar: Option<String>,
    /// Other spellings and names; none holds a `;`.
    #[schema(required = false)]
    pub aliases: Vec<String>,
    /// The place that this one lies in: its code or p-code.
    pub parent: Option<String>,
    /// The official place code (OCHA p-code), unique.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 64)]
    pub p_code: Option<String>,
    /// Degrees north, WGS 84.
    #[validate(range(min = -90.0, max = 90.0))]
    #[schema(minimum = -90, maximum = 90)]
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    #[validate(range(min = -180.0, max = 180.0))]
    #[schema(minimum = -180, maximum = 180)]
    pub longitude: Option<f64>,
    /// Where people stay there (UNHCR's accommodation types).
    pub settlement_type: Option<SettlementType>,
}

/// An administrative level that places can be rolled up to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Level {
    /// The country.
    Country,
    /// The governorate.
    Admin1,
    /// The district.
    Admin2,
    /// The sub-district.
    Admin3,
}

impl Level {
    /// Every level, from the top.
    pub const ALL: [Self; 4] = [Self::Country, Self::Admin1, Self::Admin2, Self::Admin3];

    /// The kind of place at this level.
    pub fn kind(self) -> LocationKind {
        match self {
            Self::Country => LocationKind::Country,
            Self::Admin1 => LocationKind::Admin1,
            Self::Admin2 => LocationKind::Admin2,
            Self::Admin3 => LocationKind::Admin3,
        }
    }

    /// The level as it is asked for.
    pub fn word(self) -> &'static str {
        self.kind().word()
    }
}

impl Location {
    /// Reads a location.
    pub fn read(fields: &mut Fields) -> Self {
        let location = Self {
            code: fields.need("code").map(|NewCode(code)| code).unwrap_or_default(),
            name: fields.need("name").unwrap_or_default(),
            kind: fields.need("kind").unwrap_or(LocationKind::Locality),
            name_ar: fields.take("name_ar"),
            aliases: fields.take("aliases").unwrap_or_default(),
            parent: fields.take("parent"),
            p_code: fields.take("p_code").map(|NewCode(code)| code),
            latitude: fields.take("latitude"),
            longitude: fields.take("longitude"),
            settlement_type: fields.take("settlement_type"),
        };
        fields.absorb(location.validate());
        location.check(&fields.at, fields.findings);
        location
    }

    fn check(&self, at: &str, findings: &mut Findings) {
        super::batch::no_semicolons(&self.aliases, at, "aliases", findings);
        let (latitude, longitude) = (format!("{at}/latitude"), format!("{at}/longitude"));
        let fine = !findings.wrong_at(&latitude) && !findings.wrong_at(&longitude);
        if fine && self.latitude.is_some() != self.longitude.is_some() {
            let message = "`latitude` and `longitude` are given together or not at all.".to_owned();
            findings.error(longitude, "half_a_point", None, message);
        }
    }
}
