mod files;
mod groups;
mod headers;
mod pcode_list;

use std::io::Write;

use serde_json::{Value, json};

use super::*;
use crate::domain::gazetteer::Named;

/// The places, sources and agreements that the tests know.
pub(super) fn gazetteer() -> Gazetteer {
    let mut gazetteer = Gazetteer::default();
    let place = |code, p_code, name, parent| Named { code, p_code, name, parent, is_country: code == "SY" };
    for (row, aliases) in [
        (place("SY", Some("SYR"), "Syria", None), &[][..]),
        (place("SY04", Some("SY04"), "Homs", Some("SY")), &["حمص"]),
        (place("SY0401", None, "Homs", Some("SY04")), &["حمص"]),
        (place("al-waer", None, "Al-Waer", Some("SY0401")), &["الوعر"]),
        (place("SY0208", Some("SY0208"), "Jarablus", Some("SY")), &["جرابلس"]),
        (place("zoghra-camp", None, "Zoghra camp", Some("SY0208")), &["مخيم زوغرة"]),
    ] {
        gazetteer.locations.add(row, aliases.iter().copied());
    }
    gazetteer.sources.add(place("sana", None, "SANA", None), ["سانا"]);
    gazetteer.agreements.add(place("al-waer-2017", None, "Al-Waer agreement", None), ["اتفاق الوعر"]);
    for index in [&mut gazetteer.locations, &mut gazetteer.sources, &mut gazetteer.agreements] {
        index.sort();
    }
    gazetteer
}

/// What a sheet comes to.
#[derive(Debug)]
pub(super) struct Taken {
    pub units: Vec<Unit>,
    pub report: Report,
    pub rows: u64,
}

impl Taken {
    /// The bodies, each with its code.
    pub fn bodies(&self) -> Vec<(&str, &Value)> {
        self.units.iter().map(|unit| (unit.code.as_str(), &unit.body)).collect()
    }

    /// The errors: row, column, code, suggestion.
    pub fn errors(&self) -> Vec<(u32, &str, &str, &str)> {
        listed(&self.report.errors)
    }

    /// The warnings.
    pub fn warnings(&self) -> Vec<(u32, &str, &str, &str)> {
        listed(&self.report.warnings)
    }
}

fn listed(entries: &[Entry]) -> Vec<(u32, &str, &str, &str)> {
    let of = |text: &Option<String>| -> &str { Box::leak(text.clone().unwrap_or_default().into_boxed_str()) };
    entries.iter().map(|one| (one.row.unwrap_or(0), of(&one.column), one.code, of(&one.suggestion))).collect()
}

pub(super) fn take_bytes(sheet: Sheet, bytes: &[u8], content: Content, create: CreateMissing) -> Taken {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    let (gazetteer, mut report) = (gazetteer(), Report::default());
    let Some(mut reader) = Reader::open(sheet, file, content, &mut report).unwrap() else {
        return Taken { units: vec![], report, rows: 0 };
    };
    let rows = reader.rows();
    let read = |reader: &mut Reader, report: &mut Report| {
        let mut units = reader.units(&gazetteer, create).unwrap();
        let taken: Vec<Unit> = std::iter::from_fn(|| units.next(report).unwrap()).collect();
        (taken, units.done())
    };
    let first = read(&mut reader, &mut Report::default());
    let (units, done) = read(&mut reader, &mut report);
    // A transaction that is tried again reads the same.
    assert_eq!(
        first.0.iter().map(|one| &one.body).collect::<Vec<_>>(),
        units.iter().map(|one| &one.body).collect::<Vec<_>>()
    );
    assert_eq!((done, first.1), (rows, rows));
    report.sort(|column| sheet.place(column));
    Taken { units, report, rows }
}

pub(super) fn take(sheet: Sheet, text: &str) -> Taken {
    take_bytes(sheet, text.as_bytes(), Content::Csv, CreateMissing::default())
}
