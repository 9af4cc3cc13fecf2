//! Whatever comes is read or refused, and never ends the reader: sheets, and what stands in their cells.

use std::io::{Cursor, Write};

use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use super::tests::take_bytes;
use super::*;

/// A table with headings of a sheet, some of them wrong, and cells that are nearly right.
fn table() -> impl Strategy<Value = String> {
    let heading = prop_oneof![
        8 => prop::sample::select(vec![
            "code", "name", "kind", "batch", "origin", "destination", "departed_on", "stage", "source", "individuals", "figure",
            "individuals_quantifier", "agreement", "return", "from", "to", "الوجهة", "aliases", "parties",
        ]).prop_map(str::to_owned),
        1 => "[a-z_ ]{0,9}",
    ];
    let cell = prop_oneof![
        Just(String::new()),
        prop::sample::select(vec![
            "al-waer",
            "SY0208",
            "sana",
            "departed",
            "locality",
            "exact",
            "zoghra-camp",
            "EXAMPLE"
        ])
        .prop_map(str::to_owned),
        "[0-9٠-٩]{1,6}([.,٬ ][0-9]{1,3})?",
        "[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}",
        "['=+@\"-]{0,3}[a-z]{0,4}",
        any::<String>().prop_map(|text| format!("\"{}\"", text.replace('"', "\"\""))),
    ];
    (1_usize..8).prop_flat_map(move |width| {
        let row = prop::collection::vec(cell.clone(), 0..=width + 1);
        (
            prop::collection::vec(heading.clone(), width),
            prop::collection::vec(row, 0..6),
            prop::sample::select(vec![",", ";", "\t"]),
        )
            .prop_map(|(headings, rows, separator)| {
                let lines = std::iter::once(headings).chain(rows).map(|cells| cells.join(separator));
                lines.collect::<Vec<_>>().join("\n")
            })
    })
}

/// Every mistake is told with its place and a sentence.
fn is_told(report: &Report) -> Result<(), TestCaseError> {
    for entry in report.errors.iter().chain(&report.warnings) {
        prop_assert!(!entry.code.is_empty() && !entry.message.is_empty(), "{:?}", entry);
    }
    Ok(())
}

fn sheet() -> impl Strategy<Value = Sheet> {
    prop::sample::select(Sheet::ALL.to_vec())
}

/// An archive that calls itself a workbook.
fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(vec![]));
    for (name, bytes) in files {
        if zip.start_file(name.as_str(), SimpleFileOptions::default()).is_ok() {
            zip.write_all(bytes).unwrap();
        }
    }
    zip.finish().unwrap().into_inner()
}

proptest! {
    #[test]
    fn any_bytes_as_a_sheet(sheet in sheet(), bytes in any::<Vec<u8>>()) {
        for content in [Content::Csv, Content::Xlsx] {
            is_told(&take_bytes(sheet, &bytes, content, CreateMissing::default()).report)?;
        }
    }

    #[test]
    fn any_table_as_a_sheet(sheet in sheet(), text in table(), missing in any::<bool>()) {
        let create = CreateMissing { locations: missing, sources: missing };
        is_told(&take_bytes(sheet, text.as_bytes(), Content::Csv, create).report)?;
    }

    #[test]
    fn any_archive_as_a_workbook(sheet in sheet(), xml in "[<>/a-z0-9\" =]{0,200}", bytes in any::<Vec<u8>>()) {
        let names = ["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml"];
        let files: Vec<_> = names.iter().map(|name| ((*name).to_owned(), format!("<?xml version=\"1.0\"?>{xml}").into_bytes())).collect();
        let mut whole = archive(&files);
        is_told(&take_bytes(sheet, &whole, Content::Xlsx, CreateMissing::default()).report)?;
        // The same with some bytes overwritten.
        for (at, byte) in bytes.iter().enumerate() {
            let place = (at * 7919 + usize::from(*byte)) % whole.len();
            whole[place] = *byte;
        }
        is_told(&take_bytes(sheet, &whole, Content::Xlsx, CreateMissing::default()).report)?;
    }

    #[test]
    fn any_number(text in any::<String>(), near in "[+'-]?[0-9٠-٩۰-۹ .,٬٫']{0,16}(e[0-9]{1,3})?") {
        for text in [text, near] {
            let _ = (numbers::whole(&text), numbers::real(&text), numbers::from_cell(&text));
            let _ = (dates::day(&text), dates::from_cell(&text));
        }
    }
}
