use std::io::Write;

use rust_xlsxwriter::{ExcelDateTime, Format, Formula, Workbook};

use super::*;

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

fn open(bytes: &[u8], content: Content) -> Result<Table, Trouble> {
    Table::open(
        file(bytes),
        content,
        &|row| row.cells().filter(|cell| cell.text == "code").count(),
        &mut Report::default(),
    )
}

fn rows(table: &mut Table) -> Result<Vec<(u32, Vec<String>)>, Trouble> {
    let (mut rows, mut row) = (vec![], Row::default());
    while table.next(&mut row)? {
        rows.push((row.number, row.cells().map(|cell| cell.text.to_owned()).collect()));
    }
    Ok(rows)
}

fn csv(text: &str) -> Vec<(u32, Vec<String>)> {
    rows(&mut open(text.as_bytes(), Content::Csv).unwrap()).unwrap()
}

fn code<T: std::fmt::Debug>(result: Result<T, Trouble>) -> (&'static str, Option<u32>) {
    match result {
        Err(Trouble::Problem(entry)) => (entry.code, entry.row),
        other => panic!("{other:?}"),
    }
}

fn of(number: u32, cells: &[&str]) -> (u32, Vec<String>) {
    (number, cells.iter().map(|cell| (*cell).to_owned()).collect())
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_shows_them() {
    let text = "\u{feff}code,name\r\n\r\n,,\na,\"two\nlines\"\r\"b \"\"quoted\"\"\",x";
    let expected = [of(1, &["code", "name"]), of(4, &["a", "two\nlines"]), of(5, &["b \"quoted\"", "x"])];
    assert_eq!(csv(text), expected);
}

#[test]
fn the_separator_is_found_in_the_header() {
    for separator in [',', ';', '\t'] {
        let text = format!("code{separator}name{separator}\"a, b; c\td\"\n1{separator}2{separator}3\n");
        assert_eq!(csv(&text), [of(1, &["code", "name", "a, b; c\td"]), of(2, &["1", "2", "3"])], "{separator:?}");
    }
    assert_eq!(csv("sep=;\r\ncode;name,ar\r\na;b"), [of(1, &["code", "name,ar"]), of(2, &["a", "b"])]);
}

#[test]
fn utf_16_is_read_and_other_encodings_are_named() {
    let text: Vec<u16> = "code\tname\r\na\tحلب\r\n".encode_utf16().collect();
    let little: Vec<u8> = [0xFEFF].iter().chain(&text).flat_map(|unit| unit.to_le_bytes()).collect();
    let big: Vec<u8> = [0xFEFF].iter().chain(&text).flat_map(|unit| unit.to_be_bytes()).collect();
    for bytes in [&little, &big] {
        let expected = [of(1, &["code", "name"]), of(2, &["a", "حلب"])];
        assert_eq!(rows(&mut open(bytes, Content::Csv).unwrap()).unwrap(), expected);
    }
    assert_eq!(code(open(&little[2..], Content::Csv)).0, "not_utf8");
    assert_eq!(code(open(&little[..9], Content::Csv)).0, "not_utf8");
    // الوعر in Windows-1256.
    let windows = b"code,name\na,\xC7\xE1\xE6\xDA\xD1\n";
    let problem = rows(&mut open(windows, Content::Csv).unwrap());
    assert!(format!("{problem:?}").contains("Windows-1256"), "{problem:?}");
    assert_eq!(code(problem), ("not_utf8", Some(2)));
}

#[test]
fn broken_quotes_are_never_guessed_away() {
    let read = |text: &str| rows(&mut open(text.as_bytes(), Content::Csv).unwrap());
    assert_eq!(code(read("code\na\n\"b\nc\n")), ("unclosed_quote", Some(3)));
    assert_eq!(code(read("code\n\"a\"b\n")), ("stray_quote", Some(2)));
    assert_eq!(code(read(&format!("code\n\"{}", "a".repeat(MAX_ROW + 1_000)))), ("unclosed_quote", Some(2)));
    assert_eq!(code(read(&",".repeat(MAX_COLUMNS))).0, "too_many_columns");
}

#[test]
fn rows_are_found_again() {
    let text: String = (0..20_000).map(|row| format!("{row},\"text, {row}\"\r\n")).collect();
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for row in 0..2_000 {
        sheet.write(row, 0, row).unwrap();
        sheet.write(row, 1, format!("text, {row}")).unwrap();
    }
    for bytes in [text.into_bytes(), workbook.save_to_buffer().unwrap()] {
        let mut table = open(&bytes, Content::Csv).unwrap();
        let (mut places, mut row) = (vec![], Row::default());
        loop {
            let place = table.place();
            if !table.next(&mut row).unwrap() {
                break;
            }
            places.push(place);
        }
        for index in [1_999, 0, 17, 18, 1_000, places.len() - 1] {
            table.go_to(places[index]).unwrap();
            assert!(table.next(&mut row).unwrap());
            assert_eq!((row.number as usize, row.cell(1).text), (index + 1, format!("text, {index}").as_str()));
        }
        assert!(!table.next(&mut row).unwrap());
        table.go_to(places[0]).unwrap();
        assert_eq!(rows(&mut table).unwrap().len(), places.len());
    }
}

#[test]
fn a_workbook_gives_its_cells_with_what_they_are() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_name("read me").unwrap().write(0, 0, "This workbook").unwrap();
    let sheet = workbook.add_worksheet();
    let date = Format::new().set_num_format("dd/mm/yyyy");
    let bold = Format::new().set_bold();
    sheet.write(2, 0, "code").unwrap();
    sheet.write(4, 0, 12).unwrap();
    sheet.write(4, 1, 34.745).unwrap();
    sheet.write(4, 3, true).unwrap();
    sheet.write_with_format(5, 0, ExcelDateTime::from_ymd(2017, 3, 18).unwrap(), &date).unwrap();
    sheet.write_with_format(5, 1, ExcelDateTime::parse_from_str("2017-03-18T14:30:00").unwrap(), &date).unwrap();
    sheet.write_formula(5, 2, Formula::new("=A5+1").set_result("13")).unwrap();
    sheet.write_rich_string(5, 3, &[(&bold, "ح"), (&Format::new(), "لب")]).unwrap();
    let mut table = open(&workbook.save_to_buffer().unwrap(), Content::Xlsx).unwrap();
    let (mut found, mut row) = (vec![], Row::default());
    while table.next(&mut row).unwrap() {
        let cells: Vec<(CellKind, String)> = row.cells().map(|cell| (cell.kind, cell.text.to_owned())).collect();
        found.push((row.number, row.after_gap, cells));
    }
    let cell = |kind, text: &str| (kind, text.to_owned());
    assert_eq!(found[0], (3, true, vec![cell(CellKind::Text, "code")]));
    let numbers = vec![
        cell(CellKind::Number, "12"),
        cell(CellKind::Number, "34.745"),
        cell(CellKind::Text, ""),
        cell(CellKind::YesNo, "true"),
    ];
    assert_eq!(found[1], (5, true, numbers));
    let others = vec![
        cell(CellKind::Date, "2017-03-18"),
        cell(CellKind::Date, "2017-03-18T14:30:00"),
        cell(CellKind::Formula, "13"),
        cell(CellKind::Text, "حلب"),
    ];
    assert_eq!(found[2], (6, false, others));
}

#[test]
fn what_is_no_plain_workbook_says_what_to_do() {
    assert_eq!(code(open(b"code,name\n", Content::Xlsx)).0, "not_a_workbook");
    let compound = |name: &str| {
        let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
        bytes.resize((1 << 18) - 10, 0);
        bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
        bytes
    };
    assert_eq!(code(open(&compound("EncryptedPackage"), Content::Xlsx)).0, "encrypted_workbook");
    assert_eq!(code(open(&compound("Workbook"), Content::Csv)).0, "old_workbook");
    assert_eq!(code(open(b"PK\x03\x04 and no more", Content::Xlsx)).0, "broken_workbook");
    assert_eq!(code(open(&archive(&[("content.xml", 10)]), Content::Xlsx)).0, "not_a_workbook");
    let parts = [("xl/workbook.xml", 10), ("xl/vbaProject.bin", 10)];
    assert_eq!(code(open(&archive(&parts), Content::Xlsx)).0, "macro_workbook");
    let parts = [("xl/workbook.xml", 10), ("xl/sharedStrings.xml", 20 << 20)];
    assert_eq!(code(open(&archive(&parts), Content::Xlsx)).0, "zip_bomb");
    assert_eq!(code(open(&archive(&[("xl/workbook.xml", 10)]), Content::Xlsx)).0, "broken_workbook");
}

/// An archive of parts that hold so many zeros.
fn archive(parts: &[(&str, usize)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(io::Cursor::new(vec![]));
    for (name, len) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&vec![b'0'; *len]).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn an_empty_file_has_no_rows() {
    assert_eq!(csv(""), []);
    assert_eq!(csv("\u{feff}\r\n\r\n"), []);
    let mut workbook = Workbook::new();
    workbook.add_worksheet();
    assert_eq!(code(open(&workbook.save_to_buffer().unwrap(), Content::Xlsx)).0, "empty_sheet");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_was_written_is_read(
        rows in proptest::collection::vec(proptest::collection::vec("[a;,\t\r\n\"' ح]{0,6}", 3), 1..20),
        separator in proptest::sample::select(vec![b',', b';', b'\t']),
        ending in proptest::sample::select(vec![csv::Terminator::CRLF, csv::Terminator::Any(b'\n')]),
    ) {
        let mut writer = csv::WriterBuilder::new().delimiter(separator).terminator(ending).from_writer(vec![]);
        writer.write_record(["code", "name", "kind"]).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let bytes = writer.into_inner().unwrap();
        let read = rows_of(&bytes);
        let filled = |row: &&Vec<String>| row.iter().any(|cell| !cell.trim().is_empty());
        let expected: Vec<(u32, Vec<String>)> =
            (2..).zip(&rows).filter(|(_, row)| filled(row)).map(|(number, row)| (number, row.clone())).collect();
        proptest::prop_assert_eq!(&read[1..], expected);
    }
}

fn rows_of(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
    rows(&mut open(bytes, Content::Csv).unwrap()).unwrap()
}
