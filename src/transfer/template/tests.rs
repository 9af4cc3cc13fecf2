use std::io::Cursor;

use calamine::{Data, DataType, Reader, Xlsx};

use super::*;

fn named(code: &str, name_ar: Option<&str>) -> Known {
    Known { code: code.to_owned(), name: format!("Name of {code}"), name_ar: name_ar.map(str::to_owned) }
}

fn template(sheet: Sheet, places: &[&str]) -> Template {
    let places = places.iter().map(|code| named(code, Some("مكان"))).collect();
    Template { sheet, known: vec![(Resource::Locations, places)] }
}

fn about(sheet: Sheet, arabic: bool) -> About {
    About { name: sheet.word(), arabic, made_at: chrono::NaiveDateTime::default() }
}

#[test]
fn the_example_refers_to_what_is_there() {
    let value = |places: &[&str], name: &str| -> String {
        let row = template(Sheet::Movements, places).example();
        row.into_iter().find(|(column, _)| column.name == name).map(|(_, value)| value).unwrap()
    };
    assert_eq!((value(&[], "origin"), value(&[], "destination")), ("al-waer".to_owned(), "SY0208".to_owned()));
    let both = ["SY0208", "al-waer", "x"];
    assert_eq!((value(&both, "origin"), value(&both, "destination")), ("al-waer".to_owned(), "SY0208".to_owned()));
    assert_eq!((value(&["a", "b"], "origin"), value(&["a", "b"], "destination")), ("a".to_owned(), "b".to_owned()));
}

#[test]
fn every_template_has_its_columns_and_an_example() {
    for sheet in Sheet::ALL {
        let text = String::from_utf8(template(sheet, &[]).csv(true).unwrap()).unwrap();
        let mut reader = ::csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        let names: Vec<&str> = sheet.columns().iter().map(|column| column.name).collect();
        assert_eq!(reader.headers().unwrap().iter().collect::<Vec<_>>(), names);
        let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
        assert_eq!(rows.len(), 1);
        assert_eq!(&rows[0][0], EXAMPLE);
    }
}

#[test]
fn a_workbook_explains_itself() {
    for (arabic, sheets) in [(false, ["movements", "columns", "lists"]), (true, ["التنقلات", "شرح الأعمدة", "القوائم"])]
    {
        let bytes =
            workbook::write(&template(Sheet::Movements, &["al-waer"]), &about(Sheet::Movements, arabic)).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        assert_eq!(book.sheet_names(), sheets);
        let data = book.worksheet_range(sheets[0]).unwrap();
        assert_eq!(data.height(), 2);
        assert_eq!(data.get((0, 0)), Some(&Data::String("batch".to_owned())));
        let at = |name: &str| Sheet::Movements.columns().iter().position(|column| column.name == name).unwrap();
        assert_eq!(data.get((1, at("individuals"))), Some(&Data::Float(1354.0)));
        assert!(data.get((1, at("departed_on"))).unwrap().is_datetime());
        let explained = book.worksheet_range(sheets[1]).unwrap();
        let meanings: Vec<String> = explained.rows().skip(12).map(|row| row[1].to_string()).collect();
        let expected: Vec<&str> = Sheet::Movements
            .columns()
            .iter()
            .map(|column| if arabic { column.meaning_ar } else { column.meaning })
            .collect();
        assert_eq!(meanings, expected);
        let lists = book.worksheet_range(sheets[2]).unwrap();
        let stages = lists.rows().next().unwrap().iter().position(|cell| *cell == *"stage").unwrap();
        let (word, label) = (lists.get((1, stages)).unwrap(), lists.get((1, stages + 1)).unwrap());
        let pair = if arabic { ["مخطط", "planned"] } else { ["planned", "مخطط"] };
        assert_eq!([word.to_string(), label.to_string()], pair);
    }
}

#[test]
fn the_sample_has_every_column() {
    for sheet in Sheet::ALL {
        assert_eq!(sample(sheet).len(), sheet.columns().len());
    }
}
