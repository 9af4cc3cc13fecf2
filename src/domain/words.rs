//! The vocabularies: closed lists of words, the same in JSON, SQL, sheets and the OpenAPI document.

use serde::Serialize;

/// One of a closed list of lower-case words.
pub trait Word: Copy + PartialEq + Serialize + 'static {
    /// What the list is called when a word is refused: "a stage".
    const WHAT: &'static str;
    /// Every word, in the order in which they are documented.
    const ALL: &'static [Self];

    /// The word as it stands in JSON, SQL and sheets.
    fn word(self) -> &'static str;

    /// The value of a word, if it is one of the list.
    fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|one| one.word() == word)
    }
}

macro_rules! vocabulary {
    ($(#[$meta:meta])* $name:ident, $what:literal, { $($(#[$each:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
        pub enum $name {
            $($(#[$each])* #[doc = concat!("`", $word, "`")] #[serde(rename = $word)] $variant),+
        }

        // By hand: the derive does not see a rename that comes out of a macro.
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .description(Some(concat!("The word for ", $what, ".")))
                    .enum_values(Some([$($word),+]))
                    .into()
            }
        }

        impl utoipa::ToSchema for $name {}

        impl Word for $name {
            const WHAT: &'static str = $what;
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let word = String::deserialize(from)?;
                Self::parse(&word).ok_or_else(|| serde::de::Error::custom(concat!("not ", $what)))
            }
        }
    };
}

vocabulary! {
    /// At which moment of the journey a figure was counted.
    Stage, "a stage", {
        Planned = "planned", Registered = "registered", Waitlisted = "waitlisted",
        Departed = "departed", Arrived = "arrived", Withdrawn = "withdrawn",
    }
}

/// The half of the journey that a stage belongs to: at most one figure is recommended in each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Before it happened: planned, registered, waitlisted.
    Intended,
    /// As it happened: departed, arrived. Derived counts come from here.
    Actual,
}

impl Stage {
    /// The phase of a stage; `withdrawn` belongs to neither.
    pub fn phase(self) -> Option<Phase> {
        match self {
            Self::Planned | Self::Registered | Self::Waitlisted => Some(Phase::Intended),
            Self::Departed | Self::Arrived => Some(Phase::Actual),
            Self::Withdrawn => None,
        }
    }
}

vocabulary! {
    /// Whether a figure is the one that counts, or stands beside it.
    FigureRole, "a role", { Recommended = "recommended", Triangulation = "triangulation" }
}

vocabulary! {
    /// Whether a figure speaks of the whole movement, or of a part of it (kept and shown, never counted).
    Scope, "a scope", { Whole = "whole", Part = "part" }
}

vocabulary! {
    /// How exactly a source gives a number.
    Quantifier, "a quantifier", {
        Exact = "exact", Approximately = "approximately", MoreThan = "more_than",
        /// At most.
        LessThan = "less_than",
        /// From the value to the `_high` beside it.
        Between = "between",
    }
}

vocabulary! {
    /// How exactly a date is known: the date is the first day of the period, and stands for the whole of it.
    Precision, "a precision", { Day = "day", Week = "week", Month = "month", Year = "year" }
}

vocabulary! {
    /// What kind of departure a batch is.
    BatchKind, "a kind of batch", {
        Displacement = "displacement",
        /// Displaced again after a return; counted alike.
        Redisplacement = "redisplacement",
        /// Already displaced people moving on; left out of statistics unless asked for.
        Onward = "onward",
    }
}

vocabulary! {
    /// What kind of place a location is.
    LocationKind, "a kind of location", {
        Country = "country", Admin1 = "admin1", Admin2 = "admin2", Admin3 = "admin3", Admin4 = "admin4", Area = "area",
        Locality = "locality", Neighbourhood = "neighbourhood", Camp = "camp", Crossing = "crossing",
    }
}

vocabulary! {
    /// Where displaced people stay (UNHCR's accommodation types).
    SettlementType, "a settlement type", {
        Individual = "individual", SelfSettledCamp = "self_settled_camp", PlannedCamp = "planned_camp",
        CollectiveCentre = "collective_centre", ReceptionCentre = "reception_centre", Undefined = "undefined",
    }
}

vocabulary! {
    /// What kind of organisation a source is.
    SourceKind, "a kind of source", {
        OwnCount = "own_count", Government = "government", LocalCouncil = "local_council", ArmedGroup = "armed_group",
        UnAgency = "un_agency", Ngo = "ngo", RedCrossRedCrescent = "red_cross_red_crescent", Monitor = "monitor",
        Community = "community", Media = "media", StateMedia = "state_media", Research = "research", Other = "other",
    }
}

vocabulary! {
    /// How reliable a source is held to be.
    Reliability, "a reliability", { Low = "low", Medium = "medium", High = "high", Unknown = "unknown" }
}

vocabulary! {
    /// What a party does in an agreement, a batch or a return.
    PartyRole, "a party's role", {
        Signatory = "signatory", Guarantor = "guarantor", Mediator = "mediator", Facilitator = "facilitator",
        Organiser = "organiser", Monitor = "monitor",
    }
}

vocabulary! {
    /// Why people left or came back.
    Reason, "a reason", {
        Hostilities = "hostilities", Siege = "siege", FearOfReprisal = "fear_of_reprisal", Conscription = "conscription",
        PoorConditions = "poor_conditions", Eviction = "eviction", SecurityImproved = "security_improved",
        Guarantees = "guarantees", Family = "family", Property = "property", Other = "other", Unknown = "unknown",
    }
}

vocabulary! {
    /// Whether whole families came back, or parts of them.
    HouseholdCompleteness, "a household completeness", { Complete = "complete", Partial = "partial", Unknown = "unknown" }
}

vocabulary! {
    /// Who may read a batch or a return: everybody, or holders of a token only.
    Visibility, "a visibility", { Public = "public", Restricted = "restricted" }
}

vocabulary! {
    /// What happened to a row in an entry of its history.
    Action, "an action", { Create = "create", Update = "update", Delete = "delete" }
}

vocabulary! {
    /// What a token may do; each includes those before.
    Role, "a role of a token", {
        /// Reads what is not public.
        Reader = "reader",
        /// Reads everything, and writes.
        Editor = "editor",
        /// Manages tokens.
        Admin = "admin",
    }
}
