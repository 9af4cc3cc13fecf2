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
            [(5, "departed_on", "invalid_date", "2017-03-18"), (5, "households", "formula", ""),]
        );
        let formula = &taken.report.errors[1];
        assert_eq!((formula.value.clone(), formula.message.starts_with("In F5: ")), (Some(json!("306")), true));
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

#[test]
fn one_worksheet_is_read_and_others_like_it_are_named() {
    let mut workbook = Workbook::new();
    for (name, code) in [("2016", "a"), ("2017", "b"), ("words", "c"), ("hidden", "d")] {
        let sheet = workbook.add_worksheet().set_name(name).unwrap();
        let headings = if name == "words" { ["kind", "", ""] } else { ["code", "name", "kind"] };
        for (column, heading) in headings.iter().enumerate() {
            sheet.write(0, column as u16, *heading).unwrap();
        }
        sheet.write(1, 0, code).unwrap().write(1, 1, "A").unwrap().write(1, 2, "ngo").unwrap();
        sheet.set_hidden(name == "hidden");
    }
    let bytes = workbook.save_to_buffer().unwrap();
    let taken = take_bytes(Sheet::Sources, &bytes, Content::Xlsx, CreateMissing::default());
    assert_eq!((taken.errors(), taken.warnings()), (vec![], vec![(0, "", "other_worksheet", "")]));
    assert_eq!(taken.units.iter().map(|unit| unit.code.as_str()).collect::<Vec<_>>(), ["a"]);
    assert_eq!(
        taken.report.warnings[0].message,
        "The worksheet \"2017\" has these columns, too; only \"2016\" was read."
    );
}

#[test]
fn days_of_workbooks_that_count_from_1904_are_right() {
    let mut workbook = Workbook::new();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    let sheet = workbook.add_worksheet();
    for (column, heading) in ["code", "name", "signed_on"].iter().enumerate() {
        sheet.write(0, column as u16, *heading).unwrap();
    }
    sheet.write(1, 0, "a").unwrap().write(1, 1, "A").unwrap();
    sheet.write_with_format(1, 2, ExcelDateTime::from_ymd(2017, 3, 13).unwrap(), &date).unwrap();
    let bytes = workbook.save_to_buffer().unwrap();
    let of = |bytes: &[u8]| {
        let taken = take_bytes(Sheet::Agreements, bytes, Content::Xlsx, CreateMissing::default());
        assert_eq!(taken.errors(), []);
        taken.units[0].body["signed_on"].clone()
    };
    assert_eq!(of(&bytes), json!("2017-03-13"));
    assert_eq!(of(&with_1904(&bytes)), json!("2021-03-14"));
}

/// The same workbook, whose days count from 1904: 1,462 days later.
fn with_1904(bytes: &[u8]) -> Vec<u8> {
    use std::io::Read;
    let mut from = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut into = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    for index in 0..from.len() {
        let mut part = from.by_index(index).unwrap();
        let name = part.name().unwrap().into_owned();
        let mut text = String::new();
        part.read_to_string(&mut text).unwrap();
        into.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        into.write_all(text.replace("<workbookPr ", "<workbookPr date1904=\"1\" ").as_bytes()).unwrap();
    }
    into.finish().unwrap().into_inner()
}

#[test]
fn a_workbook_of_another_program_is_read_alike() {
    // Prefixed elements, inline and rich text, ISO days, no positions: all of it is allowed, and done.
    let main = "xmlns:x=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    let inline = |text: &str| format!("<x:c t=\"inlineStr\"><x:is><x:t>{text}</x:t></x:is></x:c>");
    let headings: String = ["batch", "origin", "departed_on", "destination", "stage", "men"].map(inline).concat();
    let cells = format!(
        "{}<x:c t=\"s\"><x:v>0</x:v></x:c><x:c t=\"d\"><x:v>2017-03-18T00:00:00</x:v></x:c>{}{}<x:c t=\"e\"><x:v>#REF!</x:v></x:c>",
        inline("b1"),
        inline("SY0208"),
        inline("departed"),
    );
    let sheet = format!(
        "<x:worksheet {main}><x:sheetData><x:row>{headings}</x:row><x:row>{cells}</x:row></x:sheetData></x:worksheet>"
    );
    let strings = format!("<x:sst {main}><x:si><x:r><x:t>Al-</x:t></x:r><x:r><x:t>Waer</x:t></x:r></x:si></x:sst>");
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">";
    let workbook = format!(
        "<x:workbook {main} xmlns:r=\"{office}\"><x:sheets><x:sheet name=\"one\" sheetId=\"1\" r:id=\"r1\"/></x:sheets></x:workbook>"
    );
    let root = format!(
        "{relations}<Relationship Id=\"r0\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let parts = format!(
        "{relations}<Relationship Id=\"r1\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"r2\" Type=\"{office}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
    );
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    for (name, text) in [
        ("_rels/.rels", &root),
        ("xl/workbook.xml", &workbook),
        ("xl/_rels/workbook.xml.rels", &parts),
        ("xl/sharedStrings.xml", &strings),
        ("xl/worksheets/sheet1.xml", &sheet),
    ] {
        archive.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    let bytes = archive.finish().unwrap().into_inner();
    let taken = take_bytes(Sheet::Movements, &bytes, Content::Xlsx, CreateMissing::default());
    assert_eq!(taken.errors(), [(2, "men", "error_cell", "")]);
    let body = &taken.units[0].body;
    assert_eq!((&body["origin"], &body["departed_on"]), (&json!("al-waer"), &json!("2017-03-18")));
}
