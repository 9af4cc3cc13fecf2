//! What a sheet says of one whole, and what can be read from it before anybody looks at what stands.

use chrono::NaiveDate;
use serde_json::Value;

use super::Wholes;
use crate::domain::batch::BatchBody;
use crate::domain::figure::Figure;
use crate::domain::findings::Findings;
use crate::domain::homecoming::ReturnBody;
use crate::domain::reading::Fields;

/// What a sheet says of one whole.
#[derive(Debug)]
pub struct Said<'a> {
    /// Its code.
    pub code: &'a str,
    /// The members that the sheet has columns for; null clears.
    pub body: &'a Value,
    /// What was refused in it already: rules over it have nothing to say.
    pub told: Findings,
    /// What it comes to where nothing stands, if that was read already.
    pub new: Option<New>,
}

/// A body that was read as that of something new, and what is wrong in it, with what was refused already.
///
/// As this needs no database, whoever reads the sheet makes it while others are written. Nearly everything in a large sheet is new; what
/// stands already is read once more, with what stands below it.
#[derive(Debug)]
pub enum New {
    /// A batch with its movements, and the figures on it as a whole.
    Batch(BatchBody, Option<Vec<Figure>>, Findings),
    /// A return with its figures.
    Return(ReturnBody, Findings),
}

impl Wholes {
    /// Reads a body as that of something new, where there are many of its kind; `told` gives what was refused in it already.
    pub fn read_new(self, body: &Value, told: impl FnOnce() -> Findings, today: NaiveDate) -> Option<New> {
        match self {
            Self::Batches => {
                let mut findings = told();
                let (batch, figures) = read_batch(body, &mut findings, today);
                Some(New::Batch(batch, figures, findings))
            }
            Self::Returns => {
                let mut findings = told();
                let homecoming = read_return(body, &mut findings, today);
                Some(New::Return(homecoming, findings))
            }
            Self::Totals | Self::Locations | Self::Sources | Self::Agreements => None,
        }
    }
}

/// Reads a batch with its movements, and the figures on it as a whole.
pub fn read_batch(body: &Value, findings: &mut Findings, today: NaiveDate) -> (BatchBody, Option<Vec<Figure>>) {
    read_body(body, findings, &[], |fields| (BatchBody::read(fields, today), Figure::read_list(fields, "figures")))
}

/// Reads a return with its figures.
pub fn read_return(body: &Value, findings: &mut Findings, today: NaiveDate) -> ReturnBody {
    read_body(body, findings, &[], |fields| ReturnBody::read(fields, today))
}

/// Reads a body of which some members may have been refused already: the rest is looked at all the same.
pub fn read_body<T>(
    body: &Value,
    findings: &mut Findings,
    read_only: &[&'static str],
    read: impl FnOnce(&mut Fields) -> T,
) -> T {
    let mut fields = Fields::new(body, String::new(), findings);
    let value = read(&mut fields);
    fields.finish(read_only);
    value
}
