//! What a sheet says, laid over what stands: a column that the sheet does not have leaves its field as it is.

use serde_json::{Map, Value};

use crate::domain::findings::Findings;
use crate::store::figures;
use crate::store::known::Known;
use crate::store::rows::merged;
use crate::store::{agreements, batches, returns};

/// What two figures about one thing are told apart by, beside their codes.
const IDENTITY: [&str; 5] = ["stage", "source", "url", "reported_on", "destination"];

/// A batch with its movements and their figures, as a body that says everything.
pub fn batch(standing: &batches::Standing, said: &Value, known: &Known, findings: &mut Findings) -> Value {
    let mut body = lay(&standing.own, said);
    for (index, part) in list(&mut body, "movements").iter_mut().enumerate() {
        let to = part.get("destination").and_then(Value::as_str);
        let there = standing.movements.iter().find(|there| Some(there.own.destination.as_str()) == to);
        let Some(there) = there else { continue };
        *part = lay(&there.own, part);
        figures(part, &there.figures, known, &format!("/movements/{index}"), findings);
    }
    figures(&mut body, &standing.figures, known, "", findings);
    body
}

/// A return with its figures, as a body that says everything.
pub fn homecoming(standing: &returns::Standing, said: &Value, known: &Known, findings: &mut Findings) -> Value {
    let mut body = lay(&standing.own, said);
    figures(&mut body, &standing.figures, known, "", findings);
    body
}

/// The figures on an agreement, each as a body that says everything.
pub fn totals(standing: &agreements::Standing, said: &Value, known: &Known, findings: &mut Findings) -> Value {
    let mut body = said.clone();
    figures(&mut body, &standing.figures, known, "", findings);
    body
}

fn lay<T: serde::Serialize>(own: &T, said: &Value) -> Value {
    merged(&serde_json::to_value(own).unwrap_or_default(), said)
}

fn list<'b>(body: &'b mut Value, name: &str) -> &'b mut [Value] {
    body.get_mut(name).and_then(Value::as_array_mut).map_or(&mut [], Vec::as_mut_slice)
}

/// Lays each figure that is said over the one that it is, if it is there.
fn figures(body: &mut Value, standing: &[figures::Row], known: &Known, at: &str, findings: &mut Findings) {
    if standing.is_empty() {
        return;
    }
    let own = |row: &figures::Row| serde_json::to_value(row.own(&known.names)).unwrap_or_default();
    let standing: Vec<Value> = standing.iter().map(own).collect();
    for (index, figure) in list(body, "figures").iter_mut().enumerate() {
        let Some(said) = figure.as_object() else { continue };
        let fits: Vec<&Value> = standing.iter().filter(|there| is(said, there)).collect();
        match fits.as_slice() {
            [] => {}
            [there] => {
                let mut there = (*there).clone();
                // A role that the sheet does not speak of is kept, not asked for again.
                if let Some(there) = there.as_object_mut() {
                    there.remove("role");
                }
                *figure = merged(&there, figure);
            }
            several => {
                let codes: Vec<&str> = several.iter().filter_map(|there| there["code"].as_str()).collect();
                let message = format!("Several figures fit: {codes:?}. Say which by its code.");
                findings.error(format!("{at}/figures/{index}"), "ambiguous", None, message);
            }
        }
    }
}

/// Whether what a sheet says is said of this figure: by its code, else by everything that it says of its identity.
fn is(said: &Map<String, Value>, there: &Value) -> bool {
    if let Some(code) = said.get("code").filter(|code| !code.is_null()) {
        return *code == there["code"];
    }
    IDENTITY.iter().all(|member| said.get(*member).is_none_or(|value| *value == there[*member]))
}
