//! Sheets of other operations as people write them, and what goes wrong in them: what an office reads about its own sheet.

use std::io::Write;

use serde_json::{Value, json};

use super::{problem, problems};
use crate::support::{TestApp, given};

/// An operation elsewhere: Mosul and its camps, in Arabic and English, where two places have one name.
async fn mosul(app: &TestApp) {
    let place =
        |code: &str, name: &str, name_ar: &str| given::location(code).with("name", name).with("name_ar", name_ar);
    place("IQ", "Iraq", "العراق").of_kind("country").with("p_code", "IRQ").put(app).await;
    place("IQG15", "Ninewa", "نينوى").of_kind("admin1").with("p_code", "IQ15").below("IQ").put(app).await;
    place("IQG13", "Erbil", "أربيل").of_kind("admin1").below("IQ").put(app).await;
    place("mosul", "Mosul", "الموصل").below("IQG15").with("aliases", json!(["Mosul city"])).put(app).await;
    place("hasansham", "Hasansham camp", "مخيم حسن شام").of_kind("camp").below("IQG15").put(app).await;
    place("hammam-alalil", "Hammam al-Alil", "حمام العليل").below("IQG15").put(app).await;
    place("qayyarah-1", "Qayyarah", "القيارة").below("IQG15").put(app).await;
    place("qayyarah-2", "Qayyarah", "القيارة").of_kind("camp").below("IQG13").put(app).await;
    given::source("momd")
        .with("name", "Ministry of Migration and Displaced")
        .with("name_ar", "وزارة الهجرة والمهجرين")
        .put(app)
        .await;
    given::source("iom").with("name", "IOM DTM").put(app).await;
    given::agreement("corridor").with("name", "Corridor agreement").put(app).await;
    given::batch("old").with("origin", "mosul").on("2016-11-01").to("hasansham", &[]).put(app).await;
}

/// One sheet, and what is said of it.
struct Case {
    name: &'static str,
    sheet: &'static str,
    bytes: Vec<u8>,
    errors: Vec<(i64, String, String, String)>,
    warnings: Vec<(i64, String, String, String)>,
}

type Expected = (i64, &'static str, &'static str, &'static str);

fn case(name: &'static str, sheet: &'static str, bytes: impl Into<Vec<u8>>, errors: &[Expected]) -> Case {
    let errors = errors.iter().map(|(row, column, code, meant)| problem(*row, column, code, meant)).collect();
    Case { name, sheet, bytes: bytes.into(), errors, warnings: vec![] }
}

impl Case {
    fn warned(mut self, warnings: &[Expected]) -> Self {
        self.warnings = warnings.iter().map(|(row, column, code, meant)| problem(*row, column, code, meant)).collect();
        self
    }
}

fn utf16(text: &str) -> Vec<u8> {
    ["\u{feff}", text].concat().encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// The old format of Office, with one name in it: workbooks of Excel 97, and all that have a password.
fn compound(name: &str) -> Vec<u8> {
    let mut bytes = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    bytes.resize(1_024, 0);
    bytes.extend(name.encode_utf16().flat_map(u16::to_le_bytes));
    bytes
}

/// An archive of parts that hold so many zeros.
fn archive(parts: &[(&str, usize)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(vec![]));
    for (name, len) in parts {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&vec![b'0'; *len]).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// Sheets that are taken as they are: how they are written is the office's own business.
fn taken() -> Vec<Case> {
    vec![
        case(
            "Arabic Excel: a byte order mark, semicolons, Arabic-Indic digits, words in Arabic, an HXL row",
            "movements",
            "\u{feff}الدفعة;المنشأ;تاريخ المغادرة;الوجهة;المرحلة;المصدر;العائلات;الأفراد;ملاحظات\r\n\
             #meta+id;#loc+origin;#date;#loc+dest;#status;#meta+source;#affected+hh;#affected+ind;#meta\r\n\
             m-1;الموصل;١٨/١٠/٢٠١٦;مخيم حسن شام;غادر;وزارة الهجرة والمهجرين;٢٥٠;١٬٢٣٤;\"نساء؛ أطفال\"\r\n\
             m-1;الموصل;١٨/١٠/٢٠١٦;حمام العليل;وصل;وزارة الهجرة والمهجرين;؛;٦٠٠;\r\n",
            &[(4, "households", "wrong_type", "")],
        ),
        case(
            "the \"Unicode text\" of Excel: UTF-16 with tabs",
            "movements",
            utf16(
                "Convoy\tPlace of origin\tDeparture date\tPlace of destination\tStage\tSource\tFamilies\r\n\
                   m-1\tMosul\t18 October 2016\tHasansham Camp\tDeparted\tIOM DTM\t\"1,250\"\r\n\
                   m-1\tmosul city\t18-Oct-2016\tHASANSHAM CAMP\tArrived\tiom\t1 240\r\n",
            ),
            &[],
        ),
        case(
            "what Excel writes where commas are decimals: a line that names the separator, degrees with commas",
            "locations",
            "sep=;\r\ncode;name;name_ar;kind;parent;latitude;longitude\r\nkhazir;Khazir;مخيم الخازر;camp;نينوى;36,34;43,13\r\n",
            &[],
        ),
        case(
            "a batch that is called total, and notes that say what spreadsheets show",
            "movements",
            "batch,origin,departed_on,destination,stage,source,individuals,notes\r\n\
             total,mosul,2016-10-18,hasansham,departed,iom,5,#N/A\r\ntotal,mosul,2016-10-18,hammam-alalil,departed,iom,5,####\r\n\
             sum,mosul,2016-10-19,hammam-alalil,departed,iom,7,=5+2\r\n",
            &[],
        ),
        case(
            "an HXL data set, with its tags above the header, and rows in any order",
            "movements",
            "#meta+id,#loc,#loc,#date,#status,#affected\r\nbatch,origin,destination,departed_on,stage,individuals\r\n\
             m-1,IRQ,hasansham,2016-10-18,departed,10\r\nm-2,mosul,hasansham,2016-10-19,departed,20\r\n\
             m-1,IRQ,hammam-alalil,2016-10-18,departed,30\r\n",
            &[],
        )
        .warned(&[
            (3, "source", "no_source", ""),
            (4, "source", "no_source", ""),
            (5, "source", "no_source", ""),
        ]),
    ]
}

/// Files that are refused as a whole, or from their header on.
fn refused() -> Vec<Case> {
    let windows_1256 = b"batch,origin,departed_on,destination\r\nm-1,\xC7\xE1\xE3\xE6\xD5\xE1,2016-10-18,hasansham\r\n";
    let windows_1252 =
        b"batch,origin,departed_on,destination,batch_notes\r\nm-1,mosul,2016-10-18,hasansham,caf\xE9\r\n";
    vec![
        case(
            "Arabic in Windows-1256, as Excel's plain CSV is",
            "movements",
            windows_1256.as_slice(),
            &[(2, "", "not_utf8", "")],
        ),
        case("French in Windows-1252", "movements", windows_1252.as_slice(), &[(2, "", "not_utf8", "")]),
        case("UTF-16 without its mark", "movements", &utf16("batch\torigin\r\n")[2..], &[(0, "", "not_utf8", "")]),
        case("a PDF", "movements", b"%PDF-1.7\n%\xE2\xE3\xCF\xD3\n".as_slice(), &[(0, "", "not_a_sheet", "")]),
        case("a web page", "movements", "<!DOCTYPE html>\n<html><head><title>Sign in</title></head></html>\n", &[(0, "", "not_a_sheet", "")]),
        case("JSON", "movements", "[{\"batch\": \"m-1\"}]\n", &[(0, "", "not_a_sheet", "")]),
        case("a workbook with a password", "movements", compound("EncryptedPackage"), &[(0, "", "encrypted_workbook", "")]),
        case("a workbook of Excel 97", "movements", compound("Workbook"), &[(0, "", "old_workbook", "")]),
        case(
            "a workbook with macros",
            "movements",
            archive(&[("xl/workbook.xml", 10), ("xl/vbaProject.bin", 10)]),
            &[(0, "", "macro_workbook", "")],
        ),
        case(
            "a workbook that unpacks to twenty thousand times its size",
            "movements",
            archive(&[("xl/workbook.xml", 10), ("xl/worksheets/sheet1.xml", 20 << 20)]),
            &[(0, "", "zip_bomb", "")],
        ),
        case("a sheet of LibreOffice", "movements", archive(&[("content.xml", 10)]), &[(0, "", "not_a_workbook", "")]),
        case("nothing", "movements", "", &[(0, "", "empty_sheet", "")]),
        case(
            "a title above the table",
            "movements",
            "Weekly report of the Mosul office,,,\r\n,,,\r\nbatch,origin,departed_on,destination\r\nm-1,mosul,2016-10-18,hasansham\r\n",
            &[(1, "", "no_header", "")],
        ),
        case(
            "people's names and telephones",
            "movements",
            "batch,origin,departed_on,destination,Head of household,رقم الهاتف\r\nm-1,mosul,2016-10-18,hasansham,A. B.,0770\r\n",
            &[(1, "Head of household", "personal_data", ""), (1, "رقم الهاتف", "personal_data", "")],
        ),
        case(
            "headings with mistakes, twice, and of another sheet",
            "movements",
            "batch,orgin,departed on,destinaton,families,households,governorate\r\nm-1,mosul,2016-10-18,hasansham,1,1,Ninewa\r\n",
            &[(1, "orgin", "unknown_column", "origin"), (1, "destinaton", "unknown_column", "destination"), (1, "households", "repeated_column", ""), (1, "governorate", "unknown_column", ""), (1, "stage", "missing_column", "")],
        ),
        case(
            "no column for the batch",
            "movements",
            "origin,destination,stage,individuals\r\nmosul,hasansham,departed,5\r\n",
            &[(1, "batch", "missing_column", "")],
        ),
        case(
            "no stage",
            "movements",
            "batch,origin,departed_on,destination,individuals\r\nm-1,mosul,2016-10-18,hasansham,5\r\n",
            &[(1, "stage", "missing_column", "")],
        ),
        case(
            "two tables beside each other",
            "movements",
            "batch,origin,departed_on,destination,,month,sum\r\nm-1,mosul,2016-10-18,hasansham,,October,5\r\n",
            &[(1, "month", "several_tables", "")],
        ),
        case(
            "two tables below each other",
            "sources",
            "code,name,kind\r\nunhcr,UNHCR,un_agency\r\n,,\r\ncode,name,kind\r\nmsf,MSF,ngo\r\n",
            &[(4, "", "several_tables", "")],
        ),
        case(
            "a quote that is never closed",
            "sources",
            "code,name,kind\r\nunhcr,\"UNHCR,un_agency\r\nmsf,MSF,ngo\r\n",
            &[(2, "", "unclosed_quote", "")],
        ),
        case(
            "a comma without quotes",
            "movements",
            "batch,origin,departed_on,destination,stage,individuals\r\nm-1,mosul,2016-10-18,hasansham,departed,1,234\r\n",
            &[(2, "", "too_many_cells", "")],
        ).warned(&[(2, "source", "no_source", "")]),
    ]
}

/// Cells and rows that are wrong.
fn wrong() -> Vec<Case> {
    let figures = |rows: &str| format!("batch,origin,departed_on,destination,stage,source,individuals\r\n{rows}");
    vec![
        case(
            "days",
            "movements",
            figures(
                "m-1,mosul,2016-02-30,hasansham,departed,iom,1\r\nm-2,mosul,31/11/2016,hasansham,departed,iom,1\r\n\
                 m-3,mosul,04/03/2017,hasansham,departed,iom,1\r\nm-4,mosul,October 2016,hasansham,departed,iom,1\r\n\
                 m-5,mosul,2016,hasansham,departed,iom,1\r\nm-6,mosul,18.10.16,hasansham,departed,iom,1\r\n\
                 m-7,mosul,mid October,hasansham,departed,iom,1\r\nm-8,mosul,2030-01-01,hasansham,departed,iom,1\r\n\
                 m-9,mosul,1800-01-01,hasansham,departed,iom,1\r\nm-10,mosul,42661,hasansham,departed,iom,1\r\n\
                 m-11,mosul,18-20/10/2016,hasansham,departed,iom,1\r\nm-12,mosul,2016-W42,hasansham,departed,iom,1\r\n",
            ),
            &[(2, "departed_on", "invalid_date", ""), (3, "departed_on", "invalid_date", ""), (4, "departed_on", "ambiguous_date", "2017-03-04 or 2017-04-03"), (5, "departed_on", "invalid_date", "2016-10-01"), (6, "departed_on", "invalid_date", "2016-01-01"), (7, "departed_on", "invalid_date", "2016-10-18"), (8, "departed_on", "invalid_date", ""), (9, "departed_on", "date_in_future", ""), (10, "departed_on", "date_out_of_range", ""), (11, "departed_on", "invalid_date", "2016-10-18"), (12, "departed_on", "invalid_date", ""), (13, "departed_on", "invalid_date", "")],
        ),
        case(
            "numbers",
            "movements",
            figures(
                "m-1,mosul,2016-10-18,hasansham,departed,iom,about 200\r\nm-2,mosul,2016-10-18,hasansham,departed,iom,1.354\r\n\
                 m-3,mosul,2016-10-18,hasansham,departed,iom,12.5\r\nm-4,mosul,2016-10-18,hasansham,departed,iom,-5\r\n\
                 m-5,mosul,2016-10-18,hasansham,departed,iom,200-250\r\nm-6,mosul,2016-10-18,hasansham,departed,iom,300+\r\n\
                 m-7,mosul,2016-10-18,hasansham,departed,iom,unknown\r\nm-8,mosul,2016-10-18,hasansham,departed,iom,\r\n\
                 m-9,mosul,2016-10-18,hasansham,departed,iom,=SUM(G2:G8)\r\nm-10,mosul,2016-10-18,hasansham,departed,iom,2000000000\r\n\
                 m-11,mosul,2016-10-18,hasansham,departed,iom,99999999999999999999\r\nm-12,mosul,2016-10-18,hasansham,departed,iom,#REF!\r\n\
                 m-13,mosul,########,hasansham,departed,iom,5\r\n",
            ),
            &[(2, "individuals", "wrong_type", ""), (3, "individuals", "ambiguous_number", "1354 or 1.354"), (4, "individuals", "wrong_type", ""), (5, "individuals", "out_of_range", ""), (6, "individuals", "wrong_type", ""), (7, "individuals", "wrong_type", ""), (8, "individuals", "wrong_type", ""), (9, "individuals", "no_count", ""), (10, "individuals", "formula", ""), (11, "individuals", "out_of_range", ""), (12, "individuals", "out_of_range", ""), (13, "individuals", "error_cell", ""), (14, "departed_on", "error_cell", "")],
        ),
        case(
            "places and sources",
            "movements",
            figures(
                "m-1,Mosel,2016-10-18,hasansham,departed,iom,1\r\nm-2,mosul,2016-10-18,Qayyarah,departed,iom,1\r\n\
                 m-3,mosul,2016-10-18,القيارة,departed,iom,1\r\nm-4,mosul,2016-10-18,Debaga,departed,IOM,1\r\n\
                 m-5,mosul,2016-10-18,mosul,departed,iom,1\r\nm-6,,2016-10-18,hasansham,departed,iom,1\r\n\
                 m-7,mosul,2016-10-18,\"Hasansham, Khazir\",departed,iom,1\r\nm-8,mosul,2016-10-18,hasansham,departed,وزاره الهجره,1\r\n",
            ),
            &[(2, "origin", "unknown_reference", "mosul"), (3, "destination", "ambiguous_name", "qayyarah-1 or qayyarah-2"), (4, "destination", "ambiguous_name", "qayyarah-1 or qayyarah-2"), (5, "destination", "unknown_reference", ""), (6, "destination", "same_place", ""), (7, "origin", "missing", ""), (8, "destination", "unknown_reference", "hasansham"), (9, "source", "unknown_reference", "momd")],
        ),
        case(
            "words",
            "movements",
            "batch,kind,origin,departed_on,departed_on_precision,cancelled,reasons,parties,destination,stage,individuals,individuals_quantifier\r\n\
             m-1,displacment,mosul,2016-10-18,dayly,maybe,war;siege,IOM,hasansham,arived,1,circa\r\n\
             m-2,نزوح,mosul,2016-10-18,يوم,لا,حصار,ضامن:IOM,hasansham,وصلوا,1,حوالي\r\n",
            &[(2, "kind", "unknown_word", "displacement"), (2, "departed_on_precision", "unknown_word", "day"), (2, "cancelled", "wrong_type", ""), (2, "reasons", "unknown_word", "hostilities"), (2, "parties", "not_a_party", ""), (2, "stage", "unknown_word", "arrived"), (2, "individuals_quantifier", "unknown_word", "approximately"), (3, "stage", "unknown_word", "arrived"), (3, "individuals_quantifier", "unknown_word", "approximately")],
        ).warned(&[(2, "source", "no_source", ""), (3, "source", "no_source", "")]),
        case(
            "rows of one batch that say different things",
            "movements",
            figures(
                "m-1,mosul,2016-10-18,hasansham,departed,iom,1\r\nm-1,hammam-alalil,2016-10-19,qayyarah-1,departed,iom,1\r\n\
                 m 2,mosul,2016-10-18,hasansham,departed,iom,1\r\n,mosul,2016-10-18,hasansham,departed,iom,1\r\n\
                 Total,,,,,,4\r\nالمجموع,,,,,,4\r\n",
            ),
            &[(3, "origin", "contradiction", "mosul"), (3, "departed_on", "contradiction", "2016-10-18"), (4, "batch", "invalid_code", "m-2"), (5, "origin", "no_batch", ""), (5, "departed_on", "no_batch", ""), (6, "batch", "total_row", ""), (7, "batch", "total_row", "")],
        ),
        case(
            "the rules over several fields",
            "movements",
            "batch,origin,departed_on,departed_on_precision,destination,arrived_on,stage,role,scope,source,individuals,individuals_quantifier,individuals_high,url\r\n\
             m-1,mosul,,,hasansham,,departed,,,iom,5,,,\r\n\
             m-2,mosul,2016-10-18,month,hasansham,,departed,,,iom,5,,,\r\n\
             m-3,mosul,2016-10-18,,hasansham,2016-10-01,departed,,,iom,5,,,\r\n\
             m-4,mosul,2016-10-18,,hasansham,,departed,,,iom,5,between,,\r\n\
             m-5,mosul,2016-10-18,,hasansham,,departed,,,iom,5,between,3,\r\n\
             m-6,mosul,2016-10-18,,hasansham,,departed,recommended,,iom,5,,,\r\n\
             m-6,mosul,2016-10-18,,hasansham,,arrived,recommended,,momd,4,,,\r\n\
             m-7,mosul,2016-10-18,,hasansham,,withdrawn,recommended,,iom,5,,,\r\n\
             m-8,mosul,2016-10-18,,hasansham,,departed,,,iom,5,,,www.example.org/1\r\n",
            &[(2, "stage", "not_departed", ""), (3, "departed_on_precision", "not_first_day", ""), (4, "arrived_on", "arrived_before_departed", ""), (5, "individuals_high", "between_without_high", ""), (6, "individuals_high", "high_below_value", ""), (8, "role", "two_recommended", ""), (9, "role", "not_countable", ""), (10, "url", "not_a_url", "")],
        ),
        case(
            "returns",
            "returns",
            "return,from,to,movement,returned_on,stage,source,families\r\n\
             r-1,hasansham,mosul,old.hasanshan,2017-07-01,arrived,iom,5\r\nr-2,mosul,mosul,,2017-07-01,arrived,iom,5\r\n\
             r-3,hasansham,mosul,,,arrived,iom,5\r\n,hasansham,mosul,,2017-07-01,arrived,iom,5\r\nr-5,hasansham,,,2017-07-01,arrived,iom,5\r\n",
            &[(2, "movement", "unknown_reference", "old.hasansham"), (3, "to", "same_place", ""), (4, "stage", "not_returned", ""), (5, "return", "missing", ""), (6, "to", "missing", "")],
        ),
        case(
            "places of the gazetteer",
            "locations",
            "code,name,kind,parent,p_code,latitude,longitude\r\na,A,village,IQ,,,\r\nb,B,locality,c,,,\r\nc,C,locality,b,,,\r\n\
             d,D,locality,nowhere,IRQ,,\r\ne,E,locality,IQ,,96.3,43.1\r\nf,F,locality,IQ,,36.3,\r\na,A2,locality,IQ,,,\r\ng,,locality,IQ,,,\r\n\
             h,H,locality,IQ,,36°20'N,43.1\r\n",
            &[(2, "kind", "unknown_word", "locality"), (3, "parent", "below_itself", ""), (4, "parent", "below_itself", ""), (5, "parent", "unknown_reference", ""), (5, "p_code", "already_exists", ""), (6, "latitude", "out_of_range", ""), (7, "longitude", "half_a_point", ""), (8, "code", "repeated_code", ""), (9, "name", "missing", ""), (10, "latitude", "wrong_type", "")],
        ),
        case(
            "one code for two things, and one thing twice",
            "sources",
            "code,name,kind\r\nunhcr,UNHCR,un_agency\r\nmsf,MSF,ngo\r\nunhcr,UNHCR Iraq,un_agency\r\nmsf,MSF,ngo\r\n",
            &[(4, "code", "repeated_code", "")],
        ),
        case(
            "agreements",
            "agreements",
            "code,name,signed_on,location,parties,url\r\na,A,2016-13-01,mosul,United Nations,example.org\r\nb,B,,Mosull,witness:UN,\r\n",
            &[(2, "signed_on", "invalid_date", ""), (2, "parties", "not_a_party", ""), (2, "url", "not_a_url", ""), (3, "location", "unknown_reference", "mosul"), (3, "parties", "unknown_word", "")],
        ),
    ]
}

/// What a sheet is told, where that is something else than expected.
async fn surprise(app: &TestApp, case: &Case) -> Option<String> {
    let path = format!("/v1/imports/{}", case.sheet);
    let answer = app.editor().send("POST", &path, Some(("text/csv", &case.bytes))).await;
    let report = answer.json();
    let status = if case.errors.is_empty() { 200 } else { 422 };
    // What is said of one row may come in any order.
    let sorted = |mut list: Vec<(i64, String, String, String)>| {
        list.sort();
        list
    };
    let told = ["errors", "warnings"].map(|list| sorted(problems(&report, list)));
    let expected = [&case.errors, &case.warnings].map(|list| sorted(list.clone()));
    ((answer.status, told) != (status, expected)).then(|| format!("{}:\n{report:#}", case.name))
}

both! {
    async fn each_sheet_is_told_what_is_wrong_with_it(app) {
        mosul(app).await;
        let mut surprises = vec![];
        for case in [taken(), refused(), wrong()].into_iter().flatten() {
            surprises.extend(surprise(app, &case).await);
        }
        assert!(surprises.is_empty(), "{}", surprises.join("\n"));
        assert_eq!(app.editor().rows("/v1/imports").await, Vec::<Value>::new());
    }
}
