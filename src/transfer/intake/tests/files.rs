//! Whole files: the record of Al-Waer, workbooks, and files that are broken further down.

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::*;

#[test]
fn the_record_of_al_waer_is_read_whole() {
    let text = include_str!("../../../../examples/al-waer/movements.csv");
    let taken = take(Sheet::Movements, text);
    // Most places and sources of the record are unknown here; everything else is right.
    assert!(taken.report.errors.iter().all(|entry| entry.code == "unknown_reference"));
    let batches: Vec<&Unit> = taken.units.iter().filter(|unit| unit.subject == Subject::Batch).collect();
    let parts = |unit: &&Unit| unit.body["movements"].as_array().map_or(0, Vec::len);
    assert_eq!((batches.len(), batches.iter().map(parts).sum::<usize>()), (12, 15));
    let published = taken.units.last().unwrap();
    assert_eq!((published.subject, published.code.as_str()), (Subject::Published, "al-waer-2017"));
    assert_eq!(published.body["figures"].as_array().map(Vec::len), Some(6));
    assert_eq!(batches[11].body["figures"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_workbook_is_read_like_a_csv_and_says_more() {
    let mut workbook = Workbook::new();
    let date = Format::new().set_num_format("d mmm yyyy");
    workbook.add_worksheet().set_name("About").unwrap().write(0, 0, "Notes on this file").unwrap();
    let sheet = workbook.add_worksheet();
    for (column, heading) in
        ["batch", "origin", "departed_on", "destination", "stage", "families", "notes"].iter().enumerate()
    {
        sheet.write(1, column as u16, *heading).unwrap();
    }
    sheet.write(2, 0, 17).unwrap();
    sheet.write(2, 1, "Al-Waer").unwrap();
    sheet.write_with_format(2, 2, ExcelDateTime::from_ymd(2017, 3, 18).unwrap(), &date).unwrap();
    sheet.write(2, 3, "SY0208").unwrap();
    sheet.write(2, 4, "departed").unwrap();
    sheet.write(2, 5, 306.0).unwrap();
    sheet.write(2, 6, "'=1+1").unwrap();
    sheet.write(4, 0, 18).unwrap();
    sheet.write(4, 2, 42812).unwrap();
    sheet.write(4, 3, "SY0208").unwrap();
    sheet.write(4, 4, "departed").unwrap();
    sheet.write_formula(4, 5, Formula::new("=SUM(F3:F4)").set_result("306")).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    for content in [Content::Xlsx, Content::Csv] {
        let taken = take_bytes(Sheet::Movements, &bytes, content, CreateMissing::default());
        assert_eq!(
            taken.errors(),
            [
                (5, "departed_on", "invalid_date", "2017-03-18"),
                (5, "families".replace("families", "households").leak(), "formula", ""),
            ]
        );
        let body = json!({
            "code": "17", "origin": "al-waer", "departed_on": "2017-03-18",
            "movements": [{
                "destination": "SY0208",
                "figures": [{ "stage": "departed", "households": 306, "notes": "=1+1" }],
            }],
        });
        assert_eq!((taken.units[0].row, &taken.units[0].body), (3, &body));
    }
}

#[test]
fn batches_are_found_together_in_a_workbook_too() {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for (column, heading) in ["batch", "origin", "destination", "stage", "men"].iter().enumerate() {
        sheet.write(0, column as u16, *heading).unwrap();
    }
    for row in 0..300_u32 {
        sheet.write(row + 1, 0, format!("b{}", row % 100)).unwrap();
        sheet.write(row + 1, 1, "al-waer").unwrap();
        sheet.write(row + 1, 2, "SY0208").unwrap();
        sheet.write(row + 1, 3, "departed").unwrap();
        sheet.write(row + 1, 4, row).unwrap();
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let taken = take_bytes(Sheet::Movements, &bytes, Content::Xlsx, CreateMissing::default());
    assert_eq!((taken.errors(), taken.units.len()), (vec![], 100));
    for (index, unit) in taken.units.iter().enumerate() {
        let men: Vec<&Value> =
            unit.body["movements"][0]["figures"].as_array().unwrap().iter().map(|one| &one["men"]).collect();
        assert_eq!(men, [index, index + 100, index + 200].map(|men| json!(men)).iter().collect::<Vec<_>>());
    }
}

#[test]
fn what_stands_above_a_broken_row_is_read() {
    let text = b"code,name,kind\na,A,ngo\nb,B,wrong\nc,\xC7\xE1\xE6\xDA\xD1,ngo\nd,D,ngo\n";
    let taken = take_bytes(Sheet::Sources, text, Content::Csv, CreateMissing::default());
    assert_eq!(taken.errors(), [(3, "kind", "unknown_word", ""), (4, "", "not_utf8", "")]);
    assert_eq!((taken.rows, taken.units.len()), (2, 2));
}
