//! A batch: one organised departure (convoy) from one origin.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use validator::Validate;

use super::figure::Figure;
use super::findings::Findings;
use super::movement::{Movement, MovementBody};
use super::period::{Span, begins};
use super::reading::{Fields, FromJson, NewCode};
use super::text::MAX_TEXT;
use super::words::{BatchKind, PartyRole, Precision, Reason, Visibility, Word};

/// One organised departure (convoy) from one origin: the fields that its editors write.
#[derive(Clone, Debug, PartialEq, Serialize, Validate, utoipa::ToSchema)]
pub struct Batch {
    /// The public key, never changed; made by the server where it is left out.
    #[schema(required = false, min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    pub code: String,
    /// Where it left: a location's code or p-code.
    pub origin: String,
    /// What kind of departure it is.
    #[schema(required = false)]
    pub kind: BatchKind,
    /// Its number among the batches of its operation.
    #[validate(range(min = 1, max = 1_000_000_000))]
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub number: Option<i32>,
    /// The agreement that provided for it.
    pub agreement: Option<String>,
    /// The day that was first announced for it.
    pub scheduled_on: Option<NaiveDate>,
    /// The first day of the period in which it left.
    pub departed_on: Option<NaiveDate>,
    /// How exactly that is known.
    #[schema(required = false)]
    pub departed_on_precision: Precision,
    /// Whether it was called off.
    #[schema(required = false)]
    pub cancelled: bool,
    /// Why people left.
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

/// An organisation that takes part, and as what.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Party {
    /// The name of the organisation; holds no `;`.
    #[schema(max_length = 10000)]
    pub name: String,
    /// What it does.
    pub role: PartyRole,
}

impl FromJson for Party {
    fn read(value: &Value, pointer: &str, findings: &mut Findings) -> Option<Self> {
        let mut fields = Fields::new(value, pointer.to_owned(), findings);
        let name: Option<String> = fields.need("name");
        if let Some(name) = &name {
            no_semicolon(name, format!("{pointer}/name"), fields.findings);
        }
        let role = fields.need("role");
        fields.finish(&[]);
        Some(Self { name: name?, role: role? })
    }
}

/// A batch as it is sent: with its movements, or without a word about them.
#[derive(Clone, Debug)]
pub struct BatchBody {
    /// The batch itself.
    pub batch: Batch,
    /// Its movements, which replace those that it has; `None` leaves them.
    pub movements: Option<Vec<MovementBody>>,
}

impl BatchBody {
    /// Reads a batch with its movements and their figures.
    pub fn read(fields: &mut Fields, today: NaiveDate) -> Self {
        let batch = Batch {
            code: fields.take("code").map(|NewCode(code)| code).unwrap_or_default(),
            origin: fields.need("origin").unwrap_or_default(),
            kind: fields.take("kind").unwrap_or(BatchKind::Displacement),
            number: fields.take("number"),
            agreement: fields.take("agreement"),
            scheduled_on: fields.take("scheduled_on"),
            departed_on: fields.take("departed_on"),
            departed_on_precision: fields.take("departed_on_precision").unwrap_or(Precision::Day),
            cancelled: fields.take("cancelled").unwrap_or_default(),
            reasons: fields.take("reasons").unwrap_or_default(),
            parties: fields.take("parties").unwrap_or_default(),
            visibility: fields.take("visibility").unwrap_or(Visibility::Public),
            notes: fields.take("notes"),
        };
        fields.absorb(batch.validate());
        let at = fields.at.clone();
        dated(batch.departed_on, batch.departed_on_precision, &at, "departed_on", fields.findings);
        not_in_the_future(batch.departed_on, today, &format!("{at}/departed_on"), fields.findings);
        let movements = MovementBody::read_list(fields, "movements", today);
        let body = Self { batch, movements };
        body.check_parts(&at, fields.findings);
        body
    }

    /// The rules between a batch and the movements sent with it.
    fn check_parts(&self, at: &str, findings: &mut Findings) {
        for (index, part) in self.movements.iter().flatten().enumerate() {
            let at = format!("{at}/movements/{index}");
            check_arrival(&self.batch, &part.movement, &at, findings);
            for (index, figure) in part.figures.iter().flatten().enumerate() {
                check_departed(&self.batch, figure, &format!("{at}/figures/{index}"), findings);
            }
        }
    }
}

impl Batch {
    /// The period of its departure, else its scheduled day: what sorting and the filters `from` and `to` go by.
    pub fn span(&self) -> Option<Span> {
        let departed = self.departed_on.map(|date| Span::of(date, self.departed_on_precision));
        departed.or_else(|| self.scheduled_on.map(Span::day))
    }

    /// Whether people left: what statistics count.
    pub fn happened(&self) -> bool {
        self.departed_on.is_some() && !self.cancelled
    }

    /// Whether somebody without a token may read it.
    pub fn is_public(&self) -> bool {
        self.happened() && self.visibility == Visibility::Public
    }
}

/// The rules between a batch and the arrival of one of its movements.
pub fn check_arrival(batch: &Batch, movement: &Movement, at: &str, findings: &mut Findings) {
    let Some(arrived_on) = movement.arrived_on else { return };
    let pointer = format!("{at}/arrived_on");
    let Some(departed_on) = batch.departed_on else {
        if !findings.wrong_at("/departed_on") {
            let message = "Nobody arrives before `departed_on` is known.".to_owned();
            findings.error(pointer, "not_departed", Some(Value::from(arrived_on.to_string())), message);
        }
        return;
    };
    if Span::of(arrived_on, movement.arrived_on_precision).last < departed_on && !findings.wrong_at(&pointer) {
        let message = format!("The arrival lies before the departure on {departed_on}.");
        findings.error(pointer, "arrived_before_departed", Some(Value::from(arrived_on.to_string())), message);
    }
}

/// A figure of the actual phase needs a departure.
pub fn check_departed(batch: &Batch, figure: &Figure, at: &str, findings: &mut Findings) {
    if batch.departed_on.is_none() && figure.is_actual() && !findings.wrong_at("/departed_on") {
        let message = "A figure of people who departed or arrived needs the batch's `departed_on`.".to_owned();
        findings.error(format!("{at}/stage"), "not_departed", Some(Value::from(figure.stage.word())), message);
    }
}

/// A date is the first day of the period that its precision says.
pub fn dated(date: Option<NaiveDate>, precision: Precision, at: &str, name: &str, findings: &mut Findings) {
    let (date_pointer, pointer) = (format!("{at}/{name}"), format!("{at}/{name}_precision"));
    let Some(date) = date.filter(|date| !begins(*date, precision)) else { return };
    if !findings.wrong_at(&date_pointer) && !findings.wrong_at(&pointer) {
        let word = precision.word();
        let message = format!("With precision `{word}`, `{name}` must be the first day of a {word}; {date} is not.");
        findings.error(pointer, "not_first_day", Some(Value::from(word)), message);
    }
}

/// What has happened cannot lie after tomorrow: somewhere it is tomorrow already.
pub fn not_in_the_future(date: Option<NaiveDate>, today: NaiveDate, pointer: &str, findings: &mut Findings) {
    if let Some(date) = date.filter(|date| *date > today + Days::new(1)) {
        let message = "This has not happened yet: a planned day goes into `scheduled_on`.".to_owned();
        findings.error(pointer, "date_in_future", Some(Value::from(date.to_string())), message);
    }
}

/// The texts of a list fit in a text column, and in one cell of a sheet.
pub fn no_semicolons(texts: &[String], at: &str, name: &str, findings: &mut Findings) {
    for (index, text) in texts.iter().enumerate() {
        no_semicolon(text, format!("{at}/{name}/{index}"), findings);
    }
}

fn no_semicolon(text: &str, pointer: String, findings: &mut Findings) {
    if text.contains(';') {
        let message = "A `;` separates the entries of a list in sheets, and may not stand in one.".to_owned();
        findings.error(pointer, "semicolon", Some(Value::from(text)), message);
    } else if text.chars().count() as u64 > MAX_TEXT {
        findings.error(pointer, "too_long", None, format!("Text may have at most {MAX_TEXT} characters."));
    }
}
