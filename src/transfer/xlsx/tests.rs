use std::io::{Cursor, Read};

use calamine::{Data, Reader, Xlsx};
use chrono::NaiveDate;
use serde_json::{Value, json};

use super::*;

fn about(arabic: bool) -> About {
    let made_at = NaiveDate::from_ymd_opt(2026, 11, 25).and_then(|day| day.and_hms_opt(12, 0, 0)).unwrap();
    About { name: "movements", arabic, made_at }
}

/// A workbook of rows, the first of which is a sample and no more.
fn workbook(sample: &Value, rows: &[Value], arabic: bool) -> Vec<u8> {
    let mut book = Book::new(sample, &about(arabic)).unwrap();
    book.rows(rows).unwrap();
    let (mut file, length) = book.finish().unwrap();
    let mut bytes = vec![];
    file.read_to_end(&mut bytes).unwrap();
    assert_eq!(bytes.len() as u64, length);
    bytes
}

/// Every cell of the only sheet.
fn cells(bytes: Vec<u8>) -> Vec<Vec<Data>> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    let range = book.worksheet_range(&names[0]).unwrap();
    range.rows().map(<[Data]>::to_vec).collect()
}

/// One file of the archive that a workbook is.
fn part(bytes: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

fn text(text: &str) -> Data {
    Data::String(text.to_owned())
}

#[test]
fn cells_have_the_type_of_their_values() {
    let row = json!({
        "code": "a", "individuals": 1354, "latitude": 34.73, "balance": -5, "cancelled": false, "over_return": true,
        "departed_on": "2017-03-18", "created_at": "2026-11-22T12:34:56.789Z", "notes": null,
        "aliases": ["Al Waer", "الوعر"], "period": "2017-03-18", "name": "2017-03-18",
    });
    let cells = cells(workbook(&row, std::slice::from_ref(&row), false));
    let names: Vec<Data> = row.as_object().unwrap().keys().map(|name| text(name)).collect();
    assert_eq!(cells[0], names);
    let day = NaiveDate::from_ymd_opt(2017, 3, 18).unwrap();
    let time = NaiveDate::from_ymd_opt(2026, 11, 22).unwrap().and_hms_milli_opt(12, 34, 56, 789).unwrap();
    assert_eq!(cells[1][0], text("a"));
    assert_eq!(
        cells[1][1..6],
        [Data::Float(1354.0), Data::Float(34.73), Data::Float(-5.0), Data::Bool(false), Data::Bool(true)]
    );
    let moment = |cell: &Data| match cell {
        Data::DateTime(time) => time.as_datetime(),
        other => panic!("{other:?} is no date"),
    };
    assert_eq!(moment(&cells[1][6]), day.and_hms_opt(0, 0, 0));
    assert_eq!(moment(&cells[1][7]), Some(time));
    assert_eq!(cells[1][8], Data::Empty);
    assert_eq!(cells[1][9..], [text("Al Waer;الوعر"), text("2017-03-18"), text("2017-03-18")]);
}

#[test]
fn text_comes_back_as_it_was_and_never_as_a_formula_or_a_link() {
    let texts = [
        "=1+1",
        "'=1",
        "+963",
        "-",
        "@x",
        "{=1}",
        "https://example.org/a?b=c&d",
        "mailto:a@b.c",
        " two  spaces ",
        "a\r\nb\nc\td",
        "_x0041_",
        "<b>&amp;\"'</b>",
        "الوعر",
        "👪 \u{fffe}",
        "TRUE",
        "12",
        "#N/A",
    ];
    let rows: Vec<Value> = texts.iter().map(|text| json!({ "name": text })).collect();
    let bytes = workbook(&rows[0], &rows, false);
    let found: Vec<Data> = cells(bytes.clone()).into_iter().skip(1).map(|mut row| row.remove(0)).collect();
    assert_eq!(found, texts.map(text));
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(!sheet.contains("<f>") && !sheet.contains("<hyperlink"), "{sheet}");
}

#[test]
fn every_recorded_year_fits() {
    let days = ["1900-01-01", "1900-02-28", "1900-03-01", "1999-12-31", "2000-02-29", "2199-12-31"];
    let rows: Vec<Value> = days.iter().map(|day| json!({ "signed_on": day })).collect();
    let found = cells(workbook(&rows[0], &rows, false));
    let dates = found[1..].iter().map(|row| match &row[0] {
        Data::DateTime(date) => *date,
        other => panic!("{other:?} is no date"),
    });
    let (numbers, read): (Vec<f64>, Vec<String>) =
        dates.map(|date| (date.as_f64(), date.as_datetime().unwrap().date().to_string())).unzip();
    // As Excel counts, for which 1900 was a leap year.
    assert_eq!(numbers, [1.0, 59.0, 61.0, 36_525.0, 36_585.0, 109_574.0]);
    assert_eq!(read, days);
    let sheet = part(&workbook(&rows[0], &rows, false), "xl/styles.xml");
    assert!(sheet.contains("formatCode=\"yyyy-mm-dd\""), "{sheet}");
    // What is no day after all is not lost.
    let odd = json!({ "signed_on": "some day" });
    assert_eq!(cells(workbook(&odd, std::slice::from_ref(&odd), false))[1], [text("some day")]);
}

#[test]
fn a_sheet_is_laid_out_for_people() {
    let row = json!({"code": "a", "notes": "b", "departed_on": null});
    let bytes = workbook(&row, &[row.clone(), row.clone()], false);
    let sheet = part(&bytes, "xl/worksheets/sheet1.xml");
    assert!(sheet.contains(r#"<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>"#), "{sheet}");
    assert!(sheet.contains(r#"<autoFilter ref="A1:C3"/>"#) && !sheet.contains("rightToLeft"), "{sheet}");
    assert!(part(&bytes, "xl/styles.xml").contains("<b/>"));
    assert!(part(&bytes, "xl/workbook.xml").contains("<sheet name=\"movements\""));
    let core = part(&bytes, "docProps/core.xml");
    for said in ["<dc:title>movements</dc:title>", "<dc:creator>homeward</dc:creator>", "2026-11-25T12:00:00Z"] {
        assert!(core.contains(said), "{core}");
    }
    // Nothing of it depends on when or where it was written.
    assert_eq!(bytes, workbook(&row, &[row.clone(), row.clone()], false));
}

#[test]
fn a_sheet_for_readers_of_arabic_runs_from_right_to_left() {
    let row = json!({"code": "a"});
    let bytes = workbook(&row, &[], true);
    assert!(part(&bytes, "xl/worksheets/sheet1.xml").contains("rightToLeft=\"1\""));
    assert!(part(&bytes, "xl/workbook.xml").contains("<sheet name=\"التنقلات\""));
    assert_eq!(cells(bytes), [[text("code")]]);
}

#[test]
fn an_arabic_name_is_there_for_every_sheet() {
    for name in [
        "locations",
        "sources",
        "agreements",
        "batches",
        "movements",
        "returns",
        "figures",
        "flows",
        "stocks",
        "summary",
        "destinations",
        "origins",
    ] {
        let sheet = About { name, ..about(true) }.sheet();
        assert!(!sheet.is_ascii() && sheet.chars().count() <= 31, "{name}: {sheet}");
    }
}

#[test]
fn what_does_not_fit_is_an_error_that_says_where() {
    let row = |length: usize| json!({"code": "a", "aliases": ["👪".repeat(length / 2), "x".repeat(length % 2)]});
    let mut book = Book::new(&row(2), &about(false)).unwrap();
    // Joined by one `;`.
    book.rows(&[row(MAX_TEXT - 1)]).unwrap();
    match book.rows(&[row(1), row(MAX_TEXT)]) {
        Err(Error::TooLongForCell(column, 4)) => assert_eq!(column, "aliases"),
        other => panic!("{other:?}"),
    }
    let mut book = Book::new(&row(2), &about(false)).unwrap();
    book.rows = 1_048_574;
    book.rows(&[row(1)]).unwrap();
    assert!(matches!(book.rows(&[row(1)]), Err(Error::TooManyForSheet(1_048_575))));
    book.finish().unwrap();
}

#[test]
fn a_sheet_beyond_four_gigabytes_can_be_read_as_well() {
    let row = json!({"code": "a"});
    let mut book = Book::new(&row, &about(false)).unwrap();
    book.rows(std::slice::from_ref(&row)).unwrap();
    book.bytes = MAX_PLAIN + 1;
    let mut bytes = vec![];
    book.finish().unwrap().0.read_to_end(&mut bytes).unwrap();
    assert_eq!(cells(bytes), [[text("code")], [text("a")]]);
}
