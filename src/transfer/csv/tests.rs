use serde::Serialize;

use super::*;
use crate::domain::batch::Party;
use crate::domain::words::{PartyRole, Reason};

#[derive(Serialize)]
struct Own {
    code: &'static str,
    name: Option<&'static str>,
    number: Option<i32>,
    north: f64,
    cancelled: bool,
    reasons: Vec<Reason>,
    parties: Vec<Party>,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    own: Own,
    revision: i32,
}

fn row(name: Option<&'static str>) -> Row {
    let party = |name: &str, role| Party { name: name.to_owned(), role };
    let parties = vec![party("Council", PartyRole::Signatory), party("UN: Office", PartyRole::Monitor)];
    let reasons = vec![Reason::Siege, Reason::Hostilities];
    let own = Own { code: "a", name, number: Some(-5), north: 34.73, cancelled: false, reasons, parties };
    Row { own, revision: 2 }
}

fn text(write: impl FnOnce(&mut Vec<u8>) -> Result<(), Error>) -> String {
    let mut out = vec![];
    write(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn rows_become_lines() {
    let header = text(|out| write_header(&row(None), out));
    assert_eq!(header, "code,name,number,north,cancelled,reasons,parties,revision\r\n");
    let lines = text(|out| write_rows(&[row(None), row(Some("a \"b\", c\nd"))], out));
    let rest = "-5,34.73,false,siege;hostilities,signatory:Council;monitor:UN: Office,2\r\n";
    assert_eq!(lines, format!("a,,{rest}a,\"a \"\"b\"\", c\nd\",{rest}"));
    let north = Row { own: Own { north: 35.0, ..row(None).own }, revision: 2 };
    assert!(text(|out| write_rows(&[north], out)).starts_with("a,,-5,35.0,"), "as in JSON");
    // The same without `flatten`, which makes a map of a struct.
    assert!(text(|out| write_rows(&[row(None).own], out)).starts_with("a,,-5,34.73,"));
}

#[test]
fn no_text_becomes_a_formula() {
    for (given, expected) in
        [("=1+1", "'=1+1"), ("'=1", "''=1"), ("-", "'-"), ("@x", "'@x"), ("\tx", "'\tx"), ("'x", "'x"), ("x=1", "x=1")]
    {
        let lines = text(|out| write_rows(&[row(Some(given))], out));
        assert!(lines.starts_with(&format!("a,{expected},-5,")), "{lines}");
    }
}
