//! A return: families coming back together on a date. (`return` is a keyword, so the file has another name.)

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use validator::Validate;

use super::batch::{Party, dated, not_in_the_future};
use super::figure::Figure;
use super::findings::Findings;
use super::period::Span;
use super::reading::{Fields, NewCode};
use super::words::{HouseholdCompleteness, Precision, Reason, Visibility, Word};

/// Families coming back together on a date: the fields that its editors write.
#[derive(Clone, Debug, PartialEq, Serialize, Validate, utoipa::ToSchema)]
pub struct Return {
    /// The public key, never changed; made by the server where it is left out.
    #[schema(required = false, min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    pub code: String,
    /// The place of displacement that they left: a location's code or p-code.
    pub from: String,
    /// The place that they came back to: a location's code or p-code.
    pub to: String,
    /// The outbound movement that they were a part of, if known.
    pub movement: Option<String>,
    /// The agreement that provided for the return.
    pub agreement: Option<String>,
    /// The day that was first announced for it.
    pub scheduled_on: Option<NaiveDate>,
    /// The first day of the period in which they came back.
    pub returned_on: Option<NaiveDate>,
    /// How exactly that is known.
    #[schema(required = false)]
    pub returned_on_precision: Precision,
    /// What a source calls the place that they left, word for word.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub from_as_reported: Option<String>,
    /// Whether whole families came back.
    pub household_completeness: Option<HouseholdCompleteness>,
    /// How many members of these families stayed behind; never public.
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub members_remaining: Option<i32>,
    /// Whether it was called off.
    #[schema(required = false)]
    pub cancelled: bool,
    /// Why they came back.
    #[schema(required = false)]
    pub reasons: Vec<Reason>,
    /// Who organised, facilitated, watched.
    #[schema(required = false)]
    pub parties: Vec<Party>,
    /// Who may read it.
    #[schema(required = false)]
    pub visibility: Visibility,
    /// Anything else; never public.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub notes: Option<String>,
}

/// A return as it is sent: with its figures, or without a word about them.
#[derive(Clone, Debug)]
pub struct ReturnBody {
    /// The return itself.
    pub homecoming: Return,
    /// Its figures, which replace those that it has; `None` leaves them.
    pub figures: Option<Vec<Figure>>,
}

impl ReturnBody {
    /// Reads a return with its figures.
    pub fn read(fields: &mut Fields, today: NaiveDate) -> Self {
        let homecoming = Return {
            code: fields.take("code").map(|NewCode(code)| code).unwrap_or_default(),
            from: fields.need("from").unwrap_or_default(),
            to: fields.need("to").unwrap_or_default(),
            movement: fields.take("movement"),
            agreement: fields.take("agreement"),
            scheduled_on: fields.take("scheduled_on"),
            returned_on: fields.take("returned_on"),
            returned_on_precision: fields.take("returned_on_precision").unwrap_or(Precision::Day),
            from_as_reported: fields.take("from_as_reported"),
            household_completeness: fields.take("household_completeness"),
            members_remaining: fields.take("members_remaining"),
            cancelled: fields.take("cancelled").unwrap_or_default(),
            reasons: fields.take("reasons").unwrap_or_default(),
            parties: fields.take("parties").unwrap_or_default(),
            visibility: fields.take("visibility").unwrap_or(Visibility::Public),
            notes: fields.take("notes"),
        };
        fields.absorb(homecoming.validate());
        let at = fields.at.clone();
        dated(homecoming.returned_on, homecoming.returned_on_precision, &at, "returned_on", fields.findings);
        not_in_the_future(homecoming.returned_on, today, &format!("{at}/returned_on"), fields.findings);
        let figures = Figure::read_list(fields, "figures");
        for (index, figure) in figures.iter().flatten().enumerate() {
            check_returned(&homecoming, figure, &format!("{at}/figures/{index}"), fields.findings);
        }
        Self { homecoming, figures }
    }
}

impl Return {
    /// The period of the return, else its scheduled day: what sorting and the filters `from` and `to` go by.
    pub fn span(&self) -> Option<Span> {
        let returned = self.returned_on.map(|date| Span::of(date, self.returned_on_precision));
        returned.or_else(|| self.scheduled_on.map(Span::day))
    }

    /// Whether they came back: what statistics count.
    pub fn happened(&self) -> bool {
        self.returned_on.is_some() && !self.cancelled
    }

    /// Whether somebody without a token may read it.
    pub fn is_public(&self) -> bool {
        self.happened() && self.visibility == Visibility::Public
    }
}

/// A figure of the actual phase needs the day of the return.
pub fn check_returned(homecoming: &Return, figure: &Figure, at: &str, findings: &mut Findings) {
    if homecoming.returned_on.is_none() && figure.is_actual() && !findings.wrong_at("/returned_on") {
        let message = "A figure of people who departed or arrived needs the return's `returned_on`.".to_owned();
        findings.error(format!("{at}/stage"), "not_returned", Some(Value::from(figure.stage.word())), message);
    }
}
