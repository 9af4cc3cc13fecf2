//! The seven resources, by the words that paths, history and messages use.

use serde::Serialize;

use super::words::Word;

/// One of the seven resources.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// Places.
    Locations,
    /// Who says the numbers.
    Sources,
    /// Local agreements that provided for departures.
    Agreements,
    /// Organised departures.
    Batches,
    /// The parts of batches that went to one destination.
    Movements,
    /// Families coming back.
    Returns,
    /// What sources say.
    Figures,
}

impl Resource {
    /// One row of it, in a sentence.
    pub fn singular(self) -> &'static str {
        match self {
            Self::Locations => "location",
            Self::Sources => "source",
            Self::Agreements => "agreement",
            Self::Batches => "batch",
            Self::Movements => "movement",
            Self::Returns => "return",
            Self::Figures => "figure",
        }
    }
}

impl Word for Resource {
    const WHAT: &'static str = "a resource";
    const ALL: &'static [Self] = &[
        Self::Locations,
        Self::Sources,
        Self::Agreements,
        Self::Batches,
        Self::Movements,
        Self::Returns,
        Self::Figures,
    ];

    fn word(self) -> &'static str {
        match self {
            Self::Locations => "locations",
            Self::Sources => "sources",
            Self::Agreements => "agreements",
            Self::Batches => "batches",
            Self::Movements => "movements",
            Self::Returns => "returns",
            Self::Figures => "figures",
        }
    }
}
