use super::*;
use crate::domain::access::Viewer;
use crate::domain::batch::{Batch, Party};
use crate::domain::figure::Figure;
use crate::domain::movement::Movement;
use crate::domain::words::{BatchKind, FigureRole, PartyRole, Precision, Quantifier, Reason, Scope, Stage, Visibility};

fn batch() -> Batch {
    Batch {
        code: "b1".to_owned(),
        origin: "al-waer".to_owned(),
        kind: BatchKind::Displacement,
        number: Some(1),
        agreement: None,
        scheduled_on: chrono::NaiveDate::from_ymd_opt(2017, 3, 17),
        departed_on: chrono::NaiveDate::from_ymd_opt(2017, 3, 18),
        departed_on_precision: Precision::Day,
        cancelled: false,
        reasons: vec![Reason::Siege, Reason::Guarantees],
        parties: vec![Party { name: "A, B".to_owned(), role: PartyRole::Monitor }],
        visibility: Visibility::Public,
        notes: Some("=1".to_owned()),
    }
}

fn movement() -> Movement {
    Movement {
        code: "b1.SY0208".to_owned(),
        batch: "b1".to_owned(),
        destination: "SY0208".to_owned(),
        arrived_on: None,
        arrived_on_precision: Precision::Day,
        destination_as_reported: Some("\"Jarablus\"".to_owned()),
        settlement_type: None,
        notes: None,
    }
}

fn figure() -> Figure {
    Figure {
        code: "f1".to_owned(),
        movement: Some("b1.SY0208".to_owned()),
        homecoming: None,
        batch: None,
        agreement: None,
        stage: Stage::Departed,
        role: Some(FigureRole::Recommended),
        scope: Scope::Whole,
        source: Some("sana".to_owned()),
        url: None,
        title: None,
        reported_on: None,
        as_of: None,
        excerpt: Some("SECRET".to_owned()),
        term_as_reported: None,
        place_as_reported: None,
        notes: None,
        destination: None,
        households: None,
        households_quantifier: None,
        households_high: None,
        individuals: Some(1354),
        individuals_quantifier: Some(Quantifier::Exact),
        individuals_high: None,
        men: None,
        women: None,
        children: None,
        infants: None,
        civilians: None,
        fighters: Some(7),
    }
}

fn records() -> Vec<Record> {
    let towards = |figures| Group { part: Some(Part::Movement(movement())), figures };
    let about = Group { part: None, figures: vec![figure()] };
    let total = Group { part: Some(Part::Destination(None)), figures: vec![figure()] };
    vec![
        Record { whole: Whole::Batch(batch()), groups: vec![] },
        Record {
            whole: Whole::Batch(batch()),
            groups: vec![about, towards(vec![]), towards(vec![figure(), figure()])],
        },
        Record { whole: Whole::Total("deal".to_owned()), groups: vec![total] },
    ]
}

fn written(viewer: Viewer, format: Format) -> String {
    let export = SheetExport::new(Sheet::Movements, Reading { viewer, arabic: false }, Filter::default(), format);
    let mut bytes = export.head(format, false).unwrap();
    bytes.extend(export.write(format, &records(), true).unwrap());
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_row_is_a_figure_with_what_it_is_about_beside_it() {
    let text = written(Viewer::Public, Format::Csv);
    let lines: Vec<&str> = text.split("\r\n").collect();
    let batch = "b1,displacement,1,,al-waer,2017-03-18,day,false,siege;guarantees,\"monitor:A, B\",public";
    let movement = "SY0208,\"\"\"Jarablus\"\"\",,day,";
    let figure = "f1,departed,recommended,whole,sana,,,,,,,,,,1354,exact,,,,,";
    let (nowhere, silent) = (",".repeat(4), ",".repeat(20));
    assert_eq!(lines[1], format!("{batch},{nowhere},{silent}"));
    assert_eq!(lines[2], format!("{batch},{nowhere},{figure}"));
    assert_eq!(lines[3], format!("{batch},{movement},{silent}"));
    assert_eq!(lines[4], format!("{batch},{movement},{figure}"));
    assert_eq!(lines[4], lines[5]);
    assert_eq!(lines[6], format!(",,,deal{},{nowhere},{figure}", ",".repeat(7)));
    assert_eq!((lines[7], lines.len()), ("", 8));
}

#[test]
fn every_line_has_every_column_and_what_is_withheld_has_none() {
    for viewer in [Viewer::Public, Viewer::Reader, Viewer::Editor] {
        let text = written(viewer, Format::Csv);
        let names: Vec<&str> = shown(Sheet::Movements, viewer).iter().map(|column| column.name).collect();
        assert_eq!(text.split("\r\n").next(), Some(names.join(",").as_str()));
        let mut reader = ::csv::Reader::from_reader(text.as_bytes());
        assert!(reader.records().all(|record| record.unwrap().len() == names.len()));
        assert_eq!(text.contains("SECRET"), viewer != Viewer::Public);
        assert_eq!(names.contains(&"batch_notes"), viewer != Viewer::Public);
    }
    assert_eq!(shown(Sheet::Movements, Viewer::Editor).len(), Sheet::Movements.columns().len());
    assert!(written(Viewer::Editor, Format::Csv).contains(",'=1,"));
}

#[test]
fn lines_of_json_have_the_columns_as_members() {
    let text = written(Viewer::Editor, Format::Ndjson);
    let lines: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 6);
    let names: Vec<&str> = Sheet::Movements.columns().iter().map(|column| column.name).collect();
    for line in &lines {
        assert_eq!(line.as_object().unwrap().keys().collect::<Vec<_>>(), names);
    }
    assert_eq!(lines[3]["reasons"], serde_json::json!(["siege", "guarantees"]));
    assert_eq!(lines[3]["individuals"], 1354);
    assert_eq!(lines[3]["batch_notes"], "=1");
    assert_eq!(lines[5]["agreement"], "deal");
}

#[test]
fn cells_stand_under_the_same_headings() {
    let reading = Reading { viewer: Viewer::Editor, arabic: false };
    let export = SheetExport::new(Sheet::Movements, reading, Filter::default(), Format::Xlsx);
    let rows = export.rows(&records()).unwrap();
    let names = crate::transfer::cells::names(&export.sample()).unwrap();
    for row in &rows {
        assert_eq!(crate::transfer::cells::names(row).unwrap(), names);
    }
    let mut individuals = vec![];
    let mut look = |name: &str, cell: crate::transfer::cells::Cell<'_>| {
        if name == "individuals" {
            individuals.push(format!("{cell:?}"));
        }
        Ok(())
    };
    rows.iter().for_each(|row| crate::transfer::cells::each(row, &mut look).unwrap());
    assert_eq!(individuals, ["Empty", "Whole(1354)", "Empty", "Whole(1354)", "Whole(1354)", "Whole(1354)"]);
}
