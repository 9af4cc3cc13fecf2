//! How the rows of statistics stand in the OpenAPI document: from the same columns that are written.

use std::sync::Arc;

use chrono::NaiveDate;
use serde_json::Value;
use utoipa::openapi::schema::{ArrayBuilder, KnownFormat, ObjectBuilder, Schema, SchemaFormat, SchemaType, Type};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

use super::By;
use super::groups::{Flows, Reach};
use super::places::{Named, Place};
use super::rows::{Balance, Cell, FlowRow, KeyCell, PlaceRow, StatRow, StockRow, SummaryRow, Which};
use crate::domain::period::Unit;
use crate::domain::tally::{Flow, Tally};
use crate::domain::words::{LocationKind, SettlementType, Word};

fn schema(row: &(impl StatRow + serde::Serialize), about: &str, optional: &[&str]) -> RefOr<Schema> {
    let mut object = ObjectBuilder::new().schema_type(Type::Object).description(Some(about));
    row.cells(&mut |name, cell| {
        let property: Schema = match cell {
            Cell::List(_) => {
                let items = Object::with_type(Type::String);
                ArrayBuilder::new().items(items).description(Some(describe(name))).build().into()
            }
            cell => simple(name, &cell).into(),
        };
        // Taking the builder out and putting it back: it is moved by every call.
        let mut next = std::mem::take(&mut object).property(name, property);
        if !optional.contains(&name) {
            next = next.required(name);
        }
        object = next;
    });
    let example = serde_json::to_value(row).unwrap_or_default();
    object.examples([example]).build().into()
}

fn simple(name: &str, cell: &Cell) -> Object {
    let (kind, nullable, format) = match cell {
        Cell::Text(_) | Cell::Period(_) | Cell::Word(_) | Cell::List(_) => (Type::String, true, None),
        Cell::Day(_) => (Type::String, true, Some(KnownFormat::Date)),
        Cell::Count(_) => (Type::Integer, true, Some(KnownFormat::Int64)),
        Cell::Rows(_) => (Type::Integer, false, Some(KnownFormat::Int64)),
        Cell::Flag(_) => (Type::Boolean, true, None),
        Cell::Number(_) => (Type::Number, true, Some(KnownFormat::Double)),
    };
    let kind = if nullable { SchemaType::from_iter([kind, Type::Null]) } else { SchemaType::new(kind) };
    let words: Option<Vec<Value>> = match name {
        "kind" => Some(words::<LocationKind>()),
        "settlement_type" => Some(words::<SettlementType>()),
        _ => None,
    };
    ObjectBuilder::new()
        .schema_type(kind)
        .format(format.map(SchemaFormat::KnownFormat))
        .enum_values(words)
        .description(Some(describe(name)))
        .build()
}

fn words<W: Word>() -> Vec<Value> {
    W::ALL.iter().map(|word| Value::from(word.word())).chain([Value::Null]).collect()
}

/// What a column means.
fn describe(name: &str) -> String {
    let known = match name {
        "period" => "`2017-03-18`, `2017-W11`, `2017-03`, `2017-Q1` or `2017`; null for what lies in no single period.",
        "period_start" => "The first day of the period.",
        "origin" => "Where people left, and came back to; null without a place at the level asked for.",
        "destination" => "Where people went, and came back from; null without a place at the level asked for.",
        "agreement" => "The agreement that provided for it; null where there is none.",
        "as_of" => "The day of the balance: everything whose period has ended by then is counted.",
        "movements" => "How many movements are counted.",
        "returns" => "How many returns are counted.",
        "movements_without_households" => "How many of the movements nobody gives families for.",
        "movements_without_individuals" => "How many of the movements nobody gives persons for.",
        "returns_without_households" => "How many of the returns nobody gives families for.",
        "returns_without_individuals" => "How many of the returns nobody gives persons for.",
        "return_rate" => "Returned over displaced individuals: above 1 on over-return, null when nobody was displaced.",
        "over_return" => "Whether more individuals returned than were displaced.",
        "first_date" => "The first day of the first period counted.",
        "last_date" => "The last day of the latest period counted.",
        "batches" => "How many batches the movements counted are parts of.",
        "origins" => "How many places people left or came back to.",
        "destinations" => "How many places people went to or came back from.",
        "sources" => "How many sources gave the figures that counts come from.",
        "first_arrival" => "The first arrival, or departure where the arrival is not known.",
        "last_arrival" => "The last arrival, or departure where the arrival is not known.",
        "first_departure" => "The first departure.",
        "last_departure" => "The last departure.",
        "code" => "The place; null for places without one at the level asked for.",
        "name" => "Its name in Latin letters.",
        "kind" => "What kind of place it is.",
        "name_ar" => "Its name in Arabic letters.",
        "aliases" => "Its other names.",
        "parent" => "The place that it lies in.",
        "p_code" => "The official place code.",
        "latitude" => "Degrees north, WGS 84.",
        "longitude" => "Degrees east, WGS 84.",
        "settlement_type" => "Where people stay there.",
        _ => return describe_count(name),
    };
    known.to_owned()
}

fn describe_count(name: &str) -> String {
    if let Some(key) = name.strip_suffix("_name") {
        return format!("The name of `{key}`, in the language asked for.");
    }
    let who = match name.split('_').next() {
        Some("displaced") => "displaced",
        Some("returned") => "returned",
        _ => "still away: displaced minus returned",
    };
    let what = if name.contains("households") { "Households" } else { "Individuals" };
    if name.ends_with("_high_open") {
        format!("Whether the highest is itself a \"more than\". {what} {who}.")
    } else if name.ends_with("_low") {
        format!("{what} {who}: the lowest claims. Null where nobody knows.")
    } else if name.ends_with("_high") {
        format!("{what} {who}: the highest claims. Null where nobody knows.")
    } else {
        format!("{what} {who}: the recommended figures. Null where nobody knows, 0 where there is nothing.")
    }
}

fn example_flows() -> Flows {
    let tally = |value, low, high| Tally { value, low, high, open: false };
    Flows {
        displaced: Flow {
            rows: 1,
            without_households: 0,
            without_individuals: 0,
            households: tally(370, 370, 393),
            individuals: tally(1850, 1800, 2000),
        },
        returned: Flow::default(),
    }
}

fn example_balance() -> Balance {
    Balance { as_of: NaiveDate::from_ymd_opt(2017, 3, 31), flows: example_flows() }
}

fn example_keys(by: &[By]) -> Box<[KeyCell]> {
    let named = |code: &str, name: &str| Some(Arc::new(Named { code: code.to_owned(), name: name.to_owned() }));
    let key = |key: &By| match key {
        By::Period(unit) => KeyCell::Period(*unit, NaiveDate::from_ymd_opt(2017, 3, 27).map(|day| unit.first(day))),
        By::Origin => KeyCell::Named(*key, named("al-waer", "Al-Waer")),
        By::Destination => KeyCell::Named(*key, named("zoghra-camp", "Zoghra camp")),
        By::Agreement => KeyCell::Named(*key, named("al-waer-2017", "Al-Waer agreement")),
    };
    by.iter().map(key).collect()
}

const KEYS: [&str; 8] = [
    "period",
    "period_start",
    "origin",
    "origin_name",
    "destination",
    "destination_name",
    "agreement",
    "agreement_name",
];

impl FlowRow {
    /// A row as an example, with the keys of a question: its columns are the header of an empty sheet.
    pub fn sample(by: &[By]) -> Self {
        Self { keys: example_keys(by), flows: example_flows() }
    }
}

impl StockRow {
    /// A row as an example, with the keys of a question: its columns are the header of an empty sheet.
    pub fn sample(by: &[By]) -> Self {
        Self { keys: example_keys(by), balance: example_balance() }
    }
}

impl SummaryRow {
    /// The row as an example.
    pub fn sample() -> Self {
        let dated = Reach { first: NaiveDate::from_ymd_opt(2017, 3, 18), last: NaiveDate::from_ymd_opt(2017, 3, 31) };
        Self { balance: example_balance(), dated, batches: 1, origins: 1, destinations: 1, sources: 4 }
    }
}

impl PlaceRow {
    /// A row as an example.
    pub fn sample(which: Which) -> Self {
        let named = |code: &str, name: &str| Some(Named { code: code.to_owned(), name: name.to_owned() });
        let place = match which {
            Which::Destination => Place {
                code: "zoghra-camp".to_owned(),
                name: "Zoghra camp".to_owned(),
                kind: LocationKind::Camp,
                name_ar: Some("مخيم زوغرة".to_owned()),
                aliases: vec!["Zoghara".to_owned(), "Zughra".to_owned()],
                parent: named("SY0208", "Jarablus"),
                p_code: None,
                latitude: None,
                longitude: None,
                settlement_type: Some(SettlementType::PlannedCamp),
            },
            Which::Origin => Place {
                code: "al-waer".to_owned(),
                name: "Al-Waer".to_owned(),
                kind: LocationKind::Neighbourhood,
                name_ar: Some("الوعر".to_owned()),
                aliases: vec!["Al-Wa'er".to_owned(), "Waer".to_owned()],
                parent: named("SY0401", "Homs"),
                p_code: None,
                latitude: None,
                longitude: None,
                settlement_type: None,
            },
        };
        let day = NaiveDate::from_ymd_opt(2017, 3, if which == Which::Origin { 27 } else { 28 });
        let seen = Reach { first: day, last: day };
        Self { which, place: Some(Arc::new(place)), seen, balance: example_balance() }
    }
}

const EVERY_KEY: [By; 4] = [By::Period(Unit::Month), By::Origin, By::Destination, By::Agreement];

macro_rules! documented {
    ($($row:ident, $name:literal, $sample:expr, $about:literal;)+) => {
        $(
            impl PartialSchema for $row {
                fn schema() -> RefOr<Schema> {
                    schema(&$sample, $about, &KEYS)
                }
            }
            impl ToSchema for $row {
                fn name() -> std::borrow::Cow<'static, str> {
                    $name.into()
                }
            }
        )+
    };
}

/// A row of `GET /v1/destinations`, as the document shows it.
pub struct DestinationRow;
/// A row of `GET /v1/origins`, as the document shows it.
pub struct OriginRow;

documented! {
    FlowRow, "FlowRow", FlowRow::sample(&EVERY_KEY),
        "How many people left and came back. The keys that were asked for come first, in the order of `by`.";
    StockRow, "StockRow", StockRow::sample(&[By::Origin, By::Destination, By::Agreement, By::Period(Unit::Month)]),
        "Who is still away according to the record. The keys that were asked for come first.";
    SummaryRow, "SummaryRow", SummaryRow::sample(), "The balance of everything, and how much the record holds of it.";
    DestinationRow, "DestinationRow", PlaceRow::sample(Which::Destination),
        "A place that received people or saw returns, with its balance.";
    OriginRow, "OriginRow", PlaceRow::sample(Which::Origin), "A place that people left or came back to, with its balance.";
}
