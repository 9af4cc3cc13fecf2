//! The Al-Waer record, as `homeward demo` serves it: the sheets in `examples/al-waer`, written as clients would.

use serde_json::{Map, Value, json};

use crate::db::Db;
use crate::domain::clock::Clock;
use crate::error::Error;
use crate::store::{self, Agreements, Batches, Figures, Locations, Precondition, Returns, Rows, Sources, Tx};

const LOCATIONS: &str = include_str!("../../examples/al-waer/locations.csv");
const SOURCES: &str = include_str!("../../examples/al-waer/sources.csv");
const AGREEMENTS: &str = include_str!("../../examples/al-waer/agreements.csv");
const MOVEMENTS: &str = include_str!("../../examples/al-waer/movements.csv");
const RETURNS: &str = include_str!("../../examples/al-waer/returns.csv");

/// Loads the record, in one transaction.
pub async fn load(db: &Db, clock: &Clock) -> Result<(), Error> {
    store::write(db, clock, "demo", |tx| {
        // In this order each row finds what it refers to; the places stand with parents before children.
        each::<Locations>(tx, whole(LOCATIONS)?)?;
        each::<Sources>(tx, whole(SOURCES)?)?;
        each::<Agreements>(tx, whole(AGREEMENTS)?)?;
        let (batches, published) = batches(MOVEMENTS)?;
        each::<Batches>(tx, batches)?;
        each::<Returns>(tx, returns(RETURNS)?)?;
        for figure in published {
            Figures::create(tx, &figure)?;
        }
        Ok(())
    })
    .await
}

/// Writes bodies, each at the path of its code.
fn each<R: Rows>(tx: &mut Tx, bodies: Vec<Body>) -> Result<(), Error> {
    for (code, body) in bodies {
        R::replace(tx, &code, &body, &Precondition::default())?;
    }
    Ok(())
}

/// A body, and the code of its path.
type Body = (String, Value);

/// One row of a sheet: its cells by their columns, without the empty ones.
type Row = Map<String, Value>;

/// What `movements` and `returns` say about the figure of a row.
const FIGURE: [&str; 23] = [
    "stage",
    "role",
    "scope",
    "source",
    "url",
    "reported_on",
    "as_of",
    "households",
    "households_quantifier",
    "households_high",
    "individuals",
    "individuals_quantifier",
    "individuals_high",
    "men",
    "women",
    "children",
    "infants",
    "civilians",
    "fighters",
    "term_as_reported",
    "place_as_reported",
    "excerpt",
    "notes",
];
const BATCH: [&str; 6] = ["number", "agreement", "origin", "scheduled_on", "departed_on", "departed_on_precision"];
const MOVEMENT: [&str; 3] = ["destination", "destination_as_reported", "arrived_on"];
const RETURN: [&str; 8] = [
    "agreement",
    "from",
    "to",
    "returned_on",
    "returned_on_precision",
    "from_as_reported",
    "household_completeness",
    "parties",
];

fn rows(sheet: &str) -> Result<Vec<Row>, Error> {
    let wrong = |error: csv::Error| Error::Internal(format!("the record of Al-Waer: {error}"));
    let mut reader = csv::Reader::from_reader(sheet.as_bytes());
    let columns = reader.headers().map_err(wrong)?.clone();
    let mut rows = vec![];
    for record in reader.records() {
        let record = record.map_err(wrong)?;
        let cells = columns.iter().zip(&record).filter(|(_, text)| !text.is_empty());
        rows.push(cells.map(|(column, text)| (column.to_owned(), cell(column, text))).collect());
    }
    Ok(rows)
}

/// A cell as a body has it: lists are joined by `;` in sheets, parties are `role:name`.
fn cell(column: &str, text: &str) -> Value {
    match column {
        "aliases" => text.split(';').map(Value::from).collect(),
        "parties" => {
            let party = |text: &str| text.split_once(':').map(|(role, name)| json!({ "name": name, "role": role }));
            text.split(';').filter_map(party).collect()
        }
        // Everything else that is written in digits alone is a number, in this record.
        _ => text.parse::<i64>().map_or_else(|_| text.into(), Value::from),
    }
}

fn pick(row: &Row, columns: &[&str]) -> Row {
    columns.iter().filter_map(|name| Some(((*name).to_owned(), row.get(*name)?.clone()))).collect()
}

fn text(row: &Row, column: &str) -> Option<String> {
    row.get(column).and_then(Value::as_str).map(str::to_owned)
}

/// The figure of a row, if it has one.
fn figure(row: &Row) -> Option<Row> {
    row.contains_key("stage").then(|| pick(row, &FIGURE))
}

/// Adds a part to a list of parts.
fn push(whole: &mut Row, list: &str, part: Row) {
    if let Value::Array(parts) = whole.entry(list).or_insert_with(|| json!([])) {
        parts.push(part.into());
    }
}

/// The part of a list where a column has this value, made of the row where it is new.
fn part(parts: &mut Vec<(String, Row)>, key: String, make: impl FnOnce() -> Row) -> &mut Row {
    let at = parts.iter().position(|(known, _)| *known == key).unwrap_or_else(|| {
        parts.push((key, make()));
        parts.len() - 1
    });
    &mut parts[at].1
}

/// The sheets in which a row is a resource.
fn whole(sheet: &str) -> Result<Vec<Body>, Error> {
    Ok(rows(sheet)?.into_iter().map(|row| (text(&row, "code").unwrap_or_default(), row.into())).collect())
}

/// The batches, each with its movements and their figures, and the figures on batches and agreements, which are
/// totals that sources have published.
fn batches(sheet: &str) -> Result<(Vec<Body>, Vec<Value>), Error> {
    let (mut batches, mut movements, mut published) = (vec![], vec![], vec![]);
    for row in rows(sheet)? {
        let batch = text(&row, "batch");
        if let Some(code) = &batch {
            part(&mut batches, code.clone(), || pick(&row, &BATCH));
        }
        match (batch, text(&row, "destination")) {
            (Some(batch), Some(destination)) => {
                let movement = part(&mut movements, format!("{batch}.{destination}"), || {
                    let mut movement = pick(&row, &MOVEMENT);
                    movement.insert("batch".to_owned(), batch.into());
                    movement
                });
                if let Some(figure) = figure(&row) {
                    push(movement, "figures", figure);
                }
            }
            (batch, destination) => {
                let Some(mut figure) = figure(&row) else { continue };
                let (of, code) = match batch {
                    Some(batch) => ("batch", batch),
                    None => ("agreement", text(&row, "agreement").unwrap_or_default()),
                };
                figure.insert(of.to_owned(), code.into());
                figure.extend(destination.map(|code| ("destination".to_owned(), code.into())));
                published.push(figure.into());
            }
        }
    }
    for (_, mut movement) in movements {
        let batch =
            movement.shift_remove("batch").and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default();
        push(part(&mut batches, batch, Row::new), "movements", movement);
    }
    Ok((batches.into_iter().map(|(code, batch)| (code, batch.into())).collect(), published))
}

/// The returns, each with its figures.
fn returns(sheet: &str) -> Result<Vec<Body>, Error> {
    let mut returns = vec![];
    for row in rows(sheet)? {
        let whole = part(&mut returns, text(&row, "return").unwrap_or_default(), || pick(&row, &RETURN));
        if let Some(figure) = figure(&row) {
            push(whole, "figures", figure);
        }
    }
    Ok(returns.into_iter().map(|(code, row)| (code, row.into())).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sheets_become_bodies() {
        let (batches, published) = batches(MOVEMENTS).unwrap();
        assert_eq!(batches.len(), 12);
        let movements = |batch: &Value| batch["movements"].as_array().map_or(0, Vec::len);
        assert_eq!(batches.iter().map(|(_, batch)| movements(batch)).sum::<usize>(), 15);
        assert_eq!(batches[0].0, "al-waer-01");
        let figure = &batches[0].1["movements"][0]["figures"][1];
        assert_eq!((&figure["households"], &figure["source"]), (&json!(306), &json!("jarablus-council")));
        assert_eq!(batches[8].1["movements"][0].get("figures"), None);
        assert_eq!(published.len(), 10);
        assert_eq!(published.iter().filter(|figure| figure["agreement"] == "al-waer-2017").count(), 6);
        let returns = returns(RETURNS).unwrap();
        assert_eq!(returns.len(), 4);
        assert_eq!(returns[3].1["figures"].as_array().map(Vec::len), Some(7));
        assert_eq!(returns[3].1["parties"], json!([{ "name": "Governor of Homs", "role": "organiser" }]));
        let places = whole(LOCATIONS).unwrap();
        assert_eq!(places[3].1["aliases"], json!(["Al-Wa'er", "Waer"]));
    }
}
