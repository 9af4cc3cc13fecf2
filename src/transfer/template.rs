//! Templates: a sheet with its columns and one example row, which imports ignore.

mod texts;
mod workbook;

use super::cells::Cell;
use super::sheet::{Column, EXAMPLE, Kind, Sheet};
use super::{About, csv, spool};
use crate::db::Conn;
use crate::domain::Resource;
use crate::domain::access::Viewer;
use crate::error::Error;
use crate::store::sheets::{Known, codes};

/// The most codes that a drop-down offers: nobody scrolls through more.
const OFFERED: usize = 10_000;

/// A template, with what there is that its rows can refer to.
pub struct Template {
    sheet: Sheet,
    known: Vec<(Resource, Vec<Known>)>,
}

/// What a column refers to, if it does.
fn referred(kind: Kind) -> Option<Resource> {
    match kind {
        Kind::Place => Some(Resource::Locations),
        Kind::Source => Some(Resource::Sources),
        Kind::Agreement => Some(Resource::Agreements),
        Kind::Movement => Some(Resource::Movements),
        Kind::Code | Kind::Text | Kind::Whole | Kind::Real | Kind::Date | Kind::YesNo => None,
        Kind::Word(_) | Kind::Words(_) | Kind::Names | Kind::Parties => None,
    }
}

impl Template {
    /// A template of a sheet, as far as the viewer may know what there is.
    pub fn read(conn: &mut Conn, viewer: Viewer, sheet: Sheet) -> Result<Self, Error> {
        let mut known: Vec<(Resource, Vec<Known>)> = vec![];
        for resource in sheet.columns().iter().filter_map(|column| referred(column.kind)) {
            if !known.iter().any(|(one, _)| *one == resource) {
                known.push((resource, codes(conn, viewer, resource, OFFERED)?));
            }
        }
        Ok(Self { sheet, known })
    }

    /// What a column can refer to.
    fn known(&self, column: &Column) -> &[Known] {
        let resource = referred(column.kind);
        let found = self.known.iter().find(|(one, _)| Some(*one) == resource);
        found.map_or(&[], |(_, known)| known)
    }

    /// The example row: a value for each column, empty where it has none.
    ///
    /// What it refers to is there, as soon as there is enough to refer to, so that the row would be imported under another
    /// code.
    fn example(&self) -> Vec<(&'static Column, String)> {
        let mut used: Vec<&str> = vec![];
        let mut row = vec![];
        for column in self.sheet.columns() {
            let known = self.known(column);
            let there = |code: &str| known.iter().any(|one| one.code == code);
            let mut value = column.example;
            if !value.is_empty() && referred(column.kind).is_some() && !there(value) {
                let other = known.iter().map(|one| one.code.as_str()).find(|code| !used.contains(code));
                value = other.unwrap_or(value);
            }
            if column.kind == Kind::Place {
                used.push(value);
            }
            row.push((column, value.to_owned()));
        }
        row
    }

    /// The template as CSV.
    pub fn csv(&self, bom: bool) -> Result<Vec<u8>, Error> {
        let mut text = if bom { "\u{feff}".to_owned() } else { String::new() };
        let example = self.example();
        for (at, (column, _)) in example.iter().enumerate() {
            text.push_str(if at > 0 { "," } else { "" });
            text.push_str(column.name);
        }
        text.push_str("\r\n");
        for (at, (_, value)) in example.iter().enumerate() {
            text.push_str(if at > 0 { "," } else { "" });
            csv::write_field(Cell::Text(value), &mut text)?;
        }
        text.push_str("\r\n");
        Ok(text.into_bytes())
    }

    /// The template as a workbook.
    pub async fn workbook(self, about: About) -> Result<Vec<u8>, Error> {
        spool::in_turn(move || workbook::write(&self, &about)).await
    }
}

/// The example row of a sheet where nothing is recorded, as JSON: for descriptions.
pub fn sample(sheet: Sheet) -> serde_json::Map<String, serde_json::Value> {
    let value = |column: &Column| match (column.kind, column.example) {
        (_, "") => serde_json::Value::Null,
        (_, EXAMPLE) => "al-waer-01".into(),
        (Kind::Whole, text) => text.parse::<i64>().unwrap_or_default().into(),
        (Kind::Real, text) => text.parse::<f64>().unwrap_or_default().into(),
        (Kind::YesNo, text) => (text == "yes").into(),
        (Kind::Words(_) | Kind::Names, text) => text.split(';').collect(),
        (_, text) => text.into(),
    };
    sheet.columns().iter().map(|column| (column.name.to_owned(), value(column))).collect()
}

#[cfg(test)]
mod tests;
