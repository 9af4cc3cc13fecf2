//! A movement: the part of a batch that went to one destination.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use validator::Validate;

use super::batch::{dated, not_in_the_future};
use super::figure::Figure;
use super::findings::Findings;
use super::reading::Fields;
use super::words::{Precision, SettlementType};

/// The part of a batch that went to one destination: the fields that its editors write.
#[derive(Clone, Debug, PartialEq, Serialize, Validate, utoipa::ToSchema)]
pub struct Movement {
    /// Always `{batch}.{destination's code}`, made by the server.
    #[schema(required = false)]
    pub code: String,
    /// The batch that it is a part of; never changes.
    pub batch: String,
    /// Where it went: a location's code or p-code; never changes.
    pub destination: String,
    /// The first day of the period in which it arrived.
    pub arrived_on: Option<NaiveDate>,
    /// How exactly that is known.
    #[schema(required = false)]
    pub arrived_on_precision: Precision,
    /// What a source calls the destination, word for word.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub destination_as_reported: Option<String>,
    /// Where people stay there, if it is not the destination's own.
    pub settlement_type: Option<SettlementType>,
    /// Anything else; never public.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub notes: Option<String>,
}

/// A movement as it is sent: with its figures, or without a word about them.
#[derive(Clone, Debug)]
pub struct MovementBody {
    /// The movement itself; what may be left out is empty.
    pub movement: Movement,
    /// Its figures, which replace those that it has; `None` leaves them.
    pub figures: Option<Vec<Figure>>,
}

/// What a single or nested movement reads and nobody writes.
pub const READ_ONLY: &[&str] = &[
    "destination_name",
    "number",
    "kind",
    "origin",
    "origin_name",
    "agreement",
    "agreement_name",
    "scheduled_on",
    "departed_on",
    "departed_on_precision",
    "cancelled",
    "households",
    "households_low",
    "households_high",
    "households_high_open",
    "individuals",
    "individuals_low",
    "individuals_high",
    "individuals_high_open",
    "households_figure",
    "individuals_figure",
    "figure_count",
    "revision",
    "created_at",
    "updated_at",
    "warnings",
];

impl MovementBody {
    /// Reads a movement with its figures. `batch` and `destination` may be left out here: who needs them, says so.
    pub fn read(fields: &mut Fields, today: NaiveDate) -> Self {
        let movement = Movement {
            code: fields.take("code").unwrap_or_default(),
            batch: fields.take("batch").unwrap_or_default(),
            destination: fields.take("destination").unwrap_or_default(),
            arrived_on: fields.take("arrived_on"),
            arrived_on_precision: fields.take("arrived_on_precision").unwrap_or(Precision::Day),
            destination_as_reported: fields.take("destination_as_reported"),
            settlement_type: fields.take("settlement_type"),
            notes: fields.take("notes"),
        };
        fields.absorb(movement.validate());
        let at = fields.at.clone();
        dated(movement.arrived_on, movement.arrived_on_precision, &at, "arrived_on", fields.findings);
        not_in_the_future(movement.arrived_on, today, &format!("{at}/arrived_on"), fields.findings);
        let figures = Figure::read_list(fields, "figures");
        Self { movement, figures }
    }

    /// Reads the movements inside a batch, if the body speaks of them.
    pub fn read_list(fields: &mut Fields, name: &'static str, today: NaiveDate) -> Option<Vec<Self>> {
        read_parts(fields, name, |part| {
            let body = Self::read(part, today);
            let told = part.findings.wrong_at(&part.at) || part.findings.wrong_at(&part.pointer("destination"));
            if body.movement.destination.is_empty() && !told {
                let message = "`destination` is required.".to_owned();
                part.findings.error(part.at.clone(), "missing", Some(Value::from("destination")), message);
            }
            (body, READ_ONLY)
        })
    }
}

/// Reads a list of parts inside a whole: absent leaves the parts that are there, null is an empty list.
pub fn read_parts<T>(
    fields: &mut Fields,
    name: &'static str,
    mut read: impl FnMut(&mut Fields) -> (T, &'static [&'static str]),
) -> Option<Vec<T>> {
    let pointer = fields.pointer(name);
    match fields.raw(name)? {
        Value::Null => Some(vec![]),
        Value::Array(items) => {
            let mut parts = vec![];
            for (index, item) in items.iter().enumerate() {
                let mut part = Fields::new(item, format!("{pointer}/{index}"), &mut *fields.findings);
                let (body, read_only) = read(&mut part);
                part.finish(read_only);
                parts.push(body);
            }
            Some(parts)
        }
        _ => {
            let findings: &mut Findings = fields.findings;
            findings.error(pointer, "wrong_type", None, format!("`{name}` must be a list."));
            None
        }
    }
}
