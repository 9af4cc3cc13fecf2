//! A figure: what one source says about one movement, return, batch or agreement.

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::Value;
use validator::Validate;

use super::findings::{Findings, http_url};
use super::movement::read_parts;
use super::reading::{Fields, NewCode};
use super::words::{FigureRole, Phase, Quantifier, Scope, Stage, Word};

/// What one source says about one movement, return, batch or agreement: the fields that its editors write.
#[derive(Clone, Debug, PartialEq, Serialize, Validate, utoipa::ToSchema)]
pub struct Figure {
    /// The public key, never changed; made by the server where it is left out, rising in recorded order.
    #[schema(required = false, min_length = 1, max_length = 64, pattern = "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$")]
    pub code: String,
    /// The movement that it is about; exactly one of the four subjects is given, and never changes.
    pub movement: Option<String>,
    /// The return that it is about.
    #[serde(rename = "return")]
    pub homecoming: Option<String>,
    /// The batch as a whole that it is about: a published total, never summed.
    pub batch: Option<String>,
    /// The agreement as a whole that it is about: a published total, never summed.
    pub agreement: Option<String>,
    /// At which moment of the journey was counted.
    pub stage: Stage,
    /// Whether it is the one that counts; null on batches and agreements.
    pub role: Option<FigureRole>,
    /// Whether it speaks of the whole, or of a part (kept and shown, never counted).
    #[schema(required = false)]
    pub scope: Scope,
    /// Who says so.
    pub source: Option<String>,
    /// Where that was published.
    #[validate(length(max = 2_048), custom(function = http_url))]
    #[schema(max_length = 2048, format = "uri")]
    pub url: Option<String>,
    /// The title of the publication.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub title: Option<String>,
    /// When it was published.
    pub reported_on: Option<NaiveDate>,
    /// The day up to which a cumulative claim counts.
    pub as_of: Option<NaiveDate>,
    /// What the source wrote, word for word; never public.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub excerpt: Option<String>,
    /// What the source calls these people, word for word.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub term_as_reported: Option<String>,
    /// What the source calls the place, word for word.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub place_as_reported: Option<String>,
    /// Anything else; never public.
    #[validate(length(max = 10_000))]
    #[schema(max_length = 10000)]
    pub notes: Option<String>,
    /// The destination that a total of an agreement speaks of (figures on agreements only).
    pub destination: Option<String>,
    /// Families.
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub households: Option<i32>,
    /// How exactly; `exact` where it is left out.
    pub households_quantifier: Option<Quantifier>,
    /// The upper end of `between`.
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub households_high: Option<i32>,
    /// Persons.
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub individuals: Option<i32>,
    /// How exactly; `exact` where it is left out.
    pub individuals_quantifier: Option<Quantifier>,
    /// The upper end of `between`.
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub individuals_high: Option<i32>,
    /// Of the individuals.
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub men: Option<i32>,
    /// Of the individuals.
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub women: Option<i32>,
    /// Of the individuals, without the infants.
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub children: Option<i32>,
    /// Of the individuals; not among the children.
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub infants: Option<i32>,
    /// Of the individuals: the source's claim, not a legal status; never public.
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub civilians: Option<i32>,
    /// Of the individuals: the source's claim, not a legal status; never public.
    #[validate(range(min = 0, max = 1_000_000_000))]
    #[schema(minimum = 0, maximum = 1_000_000_000)]
    pub fighters: Option<i32>,
}

/// What a figure reads and nobody writes.
pub const READ_ONLY: &[&str] =
    &["agreement_name", "source_name", "destination_name", "revision", "created_at", "updated_at", "warnings"];

/// The members that hold counts, in the order of the table.
pub const COUNTS: [&str; 8] =
    ["households", "individuals", "men", "women", "children", "infants", "civilians", "fighters"];

/// One unit of a figure: how many, how exactly, and the upper end of `between`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The number, or the lower end of `between`.
    pub value: i32,
    /// How exactly.
    pub quantifier: Quantifier,
    /// The upper end of `between`.
    pub high: Option<i32>,
}

impl Figure {
    /// Reads a figure. Its subject may be left out here: who needs it, says so.
    pub fn read(fields: &mut Fields) -> Self {
        let figure = Self {
            code: fields.take("code").map(|NewCode(code)| code).unwrap_or_default(),
            movement: fields.take("movement"),
            homecoming: fields.take("return"),
            batch: fields.take("batch"),
            agreement: fields.take("agreement"),
            stage: fields.need("stage").unwrap_or(Stage::Planned),
            role: fields.take("role"),
            scope: fields.take("scope").unwrap_or(Scope::Whole),
            source: fields.take("source"),
            url: fields.take("url"),
            title: fields.take("title"),
            reported_on: fields.take("reported_on"),
            as_of: fields.take("as_of"),
            excerpt: fields.take("excerpt"),
            term_as_reported: fields.take("term_as_reported"),
            place_as_reported: fields.take("place_as_reported"),
            notes: fields.take("notes"),
            destination: fields.take("destination"),
            households: fields.take("households"),
            households_quantifier: fields.take("households_quantifier"),
            households_high: fields.take("households_high"),
            individuals: fields.take("individuals"),
            individuals_quantifier: fields.take("individuals_quantifier"),
            individuals_high: fields.take("individuals_high"),
            men: fields.take("men"),
            women: fields.take("women"),
            children: fields.take("children"),
            infants: fields.take("infants"),
            civilians: fields.take("civilians"),
            fighters: fields.take("fighters"),
        };
        fields.absorb(figure.validate());
        let at = fields.at.clone();
        figure.check(&at, fields.findings);
        figure.normalised()
    }

    /// Reads the figures inside a movement or a return, if the body speaks of them.
    pub fn read_list(fields: &mut Fields, name: &'static str) -> Option<Vec<Self>> {
        read_parts(fields, name, |part| (Self::read(part), READ_ONLY))
    }

    /// A count without a quantifier is exact; a quantifier without a count says nothing.
    fn normalised(mut self) -> Self {
        self.households_quantifier = self.households.map(|_| self.households_quantifier.unwrap_or(Quantifier::Exact));
        self.individuals_quantifier =
            self.individuals.map(|_| self.individuals_quantifier.unwrap_or(Quantifier::Exact));
        self
    }

    /// Whether it speaks of people who departed or arrived.
    pub fn is_actual(&self) -> bool {
        self.stage.phase() == Some(Phase::Actual)
    }

    /// The phase in which it can be recommended: none for a part, or for people who withdrew.
    pub fn countable_phase(&self) -> Option<Phase> {
        self.stage.phase().filter(|_| self.scope == Scope::Whole)
    }

    /// Whether derived counts come from it.
    pub fn counts(&self) -> bool {
        self.countable_phase() == Some(Phase::Actual)
    }

    /// The count of families.
    pub fn household_count(&self) -> Option<Count> {
        count(self.households, self.households_quantifier, self.households_high)
    }

    /// The count of persons.
    pub fn individual_count(&self) -> Option<Count> {
        count(self.individuals, self.individuals_quantifier, self.individuals_high)
    }

    /// What a figure without a code is recognised by among those of its subject.
    pub fn same_identity(&self, other: &Self) -> bool {
        self.stage == other.stage
            && self.source == other.source
            && self.url == other.url
            && self.reported_on == other.reported_on
            && (self.agreement.is_none() || self.destination == other.destination)
    }

    fn numbers(&self) -> [Option<i32>; 8] {
        let Self { households, individuals, men, women, children, infants, civilians, fighters, .. } = *self;
        [households, individuals, men, women, children, infants, civilians, fighters]
    }

    fn check(&self, at: &str, findings: &mut Findings) {
        let told = COUNTS.iter().any(|name| findings.wrong_at(&format!("{at}/{name}")));
        if self.numbers().iter().all(Option::is_none) && !told && !findings.wrong_at(at) {
            let message = format!("A figure needs at least one count: {}.", COUNTS.join(", "));
            findings.error(at, "no_count", None, message);
        }
        check_quantifier("households", self.households, self.households_quantifier, self.households_high, at, findings);
        check_quantifier(
            "individuals",
            self.individuals,
            self.individuals_quantifier,
            self.individuals_high,
            at,
            findings,
        );
        if self.role == Some(FigureRole::Recommended)
            && self.countable_phase().is_none()
            && !findings.wrong_at(&format!("{at}/stage"))
        {
            let message = "A figure of scope `part` or stage `withdrawn` cannot be recommended.".to_owned();
            let (member, value) = if self.scope == Scope::Part { ("scope", "part") } else { ("role", "recommended") };
            findings.error(format!("{at}/{member}"), "not_countable", Some(Value::from(value)), message);
        }
    }

    /// Warnings about the figure itself: never in the way.
    pub fn look_at(&self, at: &str, findings: &mut Findings) {
        if self.source.is_none() {
            findings.warn(at, "no_source", "Nobody is named as the source of this figure.".to_owned());
        }
        if let (Some(households @ 1..), Some(individuals)) = (self.households, self.individuals) {
            let size = f64::from(individuals) / f64::from(households);
            if !(1.5..=10.0).contains(&size) {
                let message = format!("{size:.1} individuals per household is unusual (1.5 to 10).");
                findings.warn(format!("{at}/individuals"), "household_size", message);
            }
        }
        let people = [("men", self.men), ("women", self.women), ("children", self.children), ("infants", self.infants)];
        let whole = self.men.is_some() && self.women.is_some() && self.children.is_some();
        self.look_at_parts(&people, whole, at, findings);
        let claims = [("civilians", self.civilians), ("fighters", self.fighters)];
        self.look_at_parts(&claims, claims.iter().all(|(_, part)| part.is_some()), at, findings);
    }

    fn look_at_parts(&self, parts: &[(&str, Option<i32>)], whole: bool, at: &str, findings: &mut Findings) {
        let Some(total) = self.individual_count() else { return };
        let Some((last, _)) = parts.iter().rfind(|(_, part)| part.is_some()) else { return };
        let sum: i64 = parts.iter().filter_map(|(_, part)| *part).map(i64::from).sum();
        let (low, high) = (i64::from(total.value), i64::from(total.high.unwrap_or(total.value)));
        let names =
            || parts.iter().filter(|(_, part)| part.is_some()).map(|(name, _)| *name).collect::<Vec<_>>().join(" + ");
        let pointer = format!("{at}/{last}");
        if sum > high && total.quantifier != Quantifier::MoreThan {
            let message = format!("{} is {sum}, more than the {high} individuals.", names());
            findings.warn(pointer, "parts_above_total", message);
        } else if whole && sum < low && total.quantifier != Quantifier::LessThan {
            let message = format!("{} is {sum}, not the {low} individuals.", names());
            findings.warn(pointer, "parts_unequal_total", message);
        }
    }
}

fn count(value: Option<i32>, quantifier: Option<Quantifier>, high: Option<i32>) -> Option<Count> {
    value.map(|value| Count { value, quantifier: quantifier.unwrap_or(Quantifier::Exact), high })
}

fn check_quantifier(
    unit: &str,
    value: Option<i32>,
    quantifier: Option<Quantifier>,
    high: Option<i32>,
    at: &str,
    findings: &mut Findings,
) {
    let (base, hedge, top) = (format!("{at}/{unit}"), format!("{at}/{unit}_quantifier"), format!("{at}/{unit}_high"));
    if [&base, &hedge, &top].iter().any(|pointer| findings.wrong_at(pointer)) {
        return;
    }
    let between = quantifier == Some(Quantifier::Between);
    match (value, high) {
        (None, _) if quantifier.is_some_and(|one| one != Quantifier::Exact) => {
            let message = format!("`{unit}_quantifier` needs `{unit}`.");
            findings.error(hedge, "no_count", quantifier.map(|one| Value::from(one.word())), message);
        }
        (_, Some(high)) if !between => {
            let message = format!("`{unit}_high` is only allowed with the quantifier `between`.");
            findings.error(top, "high_without_between", Some(Value::from(high)), message);
        }
        (Some(_), None) if between => {
            let message = format!("The quantifier `between` needs `{unit}_high`.");
            findings.error(top, "between_without_high", None, message);
        }
        (Some(value), Some(high)) if high < value => {
            let message = format!("`{unit}_high` lies below `{unit}` ({value}).");
            findings.error(top, "high_below_value", Some(Value::from(high)), message);
        }
        _ => {}
    }
}
