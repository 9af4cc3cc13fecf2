use super::*;
use crate::domain::gazetteer::{Gazetteer, Index};
use crate::transfer::intake::references::{CreateMissing, named};
use crate::transfer::sheet::Sheet;

/// What the cells of a column say.
fn say(sheet: Sheet, column: &str, kind: CellKind, texts: &[&str]) -> Vec<Said> {
    let mut gazetteer = Gazetteer::default();
    gazetteer.locations.add(named("al-waer", None, "Al-Waer", false), ["الوعر"]);
    gazetteer.locations.sort();
    let own = Index::default();
    let mut cells = Cells::new(sheet.columns(), References::new(&gazetteer, &own, CreateMissing::default()));
    let index = sheet.columns().iter().position(|one| one.name == column).unwrap();
    texts.iter().map(|text| cells.read(index, Cell { kind, text }).said.clone()).collect()
}

fn one(column: &str, text: &str) -> Said {
    say(Sheet::Movements, column, CellKind::Text, &[text]).remove(0)
}

fn code_of(said: &Said) -> &'static str {
    said.as_ref().unwrap_err().code
}

#[test]
fn each_kind_of_cell_becomes_its_value() {
    for (column, text, expected) in [
        ("batch", " b-1 ", json!("b-1")),
        ("batch", "٧", json!("7")),
        ("number", "٣", json!(3)),
        ("individuals", "1,354", json!(1354)),
        ("origin", "الوعر", json!("al-waer")),
        ("departed_on", "18/03/2017", json!("2017-03-18")),
        ("cancelled", "نعم", json!(true)),
        ("cancelled", "No", json!(false)),
        ("stage", "Departed", json!("departed")),
        ("stage", "غادر", json!("departed")),
        ("households_quantifier", "More than", json!("more_than")),
        ("households_quantifier", "أكثر من", json!("more_than")),
        ("reasons", "Siege; fear-of-reprisal، حصار", json!(["siege", "fear_of_reprisal", "siege"])),
        ("notes", "  any text ", json!("any text")),
        ("notes", "   ", Value::Null),
        ("url", "", Value::Null),
    ] {
        assert_eq!(one(column, text), Ok(expected), "{column}: {text}");
    }
    let parties =
        json!([{ "name": "Governor of Homs", "role": "organiser" }, { "name": "SARC: Homs", "role": "monitor" }]);
    assert_eq!(one("parties", "organiser:Governor of Homs; مراقب: SARC: Homs ;"), Ok(parties));
    let names = say(Sheet::Locations, "aliases", CellKind::Text, &["Al-Wa'er; Waer;"]);
    assert_eq!(names, [Ok(json!(["Al-Wa'er", "Waer"]))]);
    let degrees = say(Sheet::Locations, "latitude", CellKind::Number, &["34.745"]);
    assert_eq!(degrees, [Ok(json!(34.745))]);
}

#[test]
fn what_does_not_fit_says_why() {
    for (column, text, code) in [
        ("batch", "batch 1", "invalid_code"),
        ("number", "first", "wrong_type"),
        ("individuals", "1.354", "ambiguous_number"),
        ("origin", "Aleppo", "unknown_reference"),
        ("departed_on", "04/03/2017", "ambiguous_date"),
        ("cancelled", "maybe", "wrong_type"),
        ("stage", "departing", "unknown_word"),
        ("parties", "Governor of Homs", "not_a_party"),
        ("parties", "boss:Governor of Homs", "unknown_word"),
    ] {
        assert_eq!(code_of(&one(column, text)), code, "{column}: {text}");
    }
    assert_eq!(one("stage", "departd").unwrap_err().suggestion.as_deref(), Some("departed"));
}

#[test]
fn cells_of_a_spreadsheet_are_what_they_are() {
    let of = |column, kind, text: &str| say(Sheet::Movements, column, kind, &[text]).remove(0);
    assert_eq!(of("departed_on", CellKind::Date, "2017-03-18T10:00:00"), Ok(json!("2017-03-18")));
    assert_eq!(code_of(&of("departed_on", CellKind::Number, "42812")), "invalid_date");
    assert_eq!(of("individuals", CellKind::Number, "1354"), Ok(json!(1354)));
    assert_eq!(code_of(&of("individuals", CellKind::Number, "1.354")), "wrong_type");
    assert_eq!(code_of(&of("individuals", CellKind::Date, "2017-03-18")), "wrong_type");
    assert_eq!(of("batch", CellKind::Number, "12"), Ok(json!("12")));
    assert_eq!(of("cancelled", CellKind::YesNo, "true"), Ok(json!(true)));
    assert_eq!(code_of(&of("individuals", CellKind::Formula, "12")), "formula");
    assert_eq!(code_of(&of("notes", CellKind::Error, "#REF!")), "error_cell");
}

#[test]
fn one_quote_before_a_formula_is_taken_away() {
    for (text, read) in [
        ("'=1+1", "=1+1"),
        ("''=1+1", "'=1+1"),
        ("'-a", "-a"),
        ("'@a", "@a"),
        ("'Ain", "'Ain"),
        ("''Ain", "''Ain"),
        ("'", "'"),
    ] {
        assert_eq!(one("notes", text), Ok(json!(read)));
    }
}

#[test]
fn equal_neighbours_are_read_once() {
    let said = say(Sheet::Movements, "origin", CellKind::Text, &["Al-Waer", "Al-Waer", "", "Al-Waer"]);
    assert_eq!(said, [Ok(json!("al-waer")), Ok(json!("al-waer")), Ok(Value::Null), Ok(json!("al-waer"))]);
}
