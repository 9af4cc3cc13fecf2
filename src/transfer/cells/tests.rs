use chrono::NaiveDate;
use serde::Serialize;

use super::*;
use crate::domain::batch::Party;
use crate::domain::words::{PartyRole, Reason};

#[derive(Serialize)]
struct Own {
    code: &'static str,
    number: Option<i32>,
    sum: i64,
    north: f64,
    cancelled: bool,
    departed_on: Option<NaiveDate>,
    reasons: Vec<Reason>,
    parties: Vec<Party>,
}

#[derive(Serialize)]
struct Row {
    #[serde(flatten)]
    own: Own,
    revision: u64,
}

fn row(number: Option<i32>) -> Row {
    let party = |name: &str, role| Party { name: name.to_owned(), role };
    let own = Own {
        code: "=a",
        number,
        sum: -5,
        north: 34.0,
        cancelled: false,
        departed_on: NaiveDate::from_ymd_opt(2017, 3, 18).filter(|_| number.is_some()),
        reasons: if number.is_some() { vec![Reason::Siege, Reason::Hostilities] } else { vec![] },
        parties: vec![party("Council", PartyRole::Signatory), party("UN: Office", PartyRole::Monitor)],
    };
    Row { own, revision: 2 }
}

fn shown(row: &impl Serialize) -> Vec<String> {
    let mut all = vec![];
    each(row, &mut |name, cell| {
        all.push(format!("{name} {cell:?}"));
        Ok(())
    })
    .unwrap();
    all
}

#[test]
fn each_member_is_a_cell_of_its_type() {
    let expected = [
        "code Text(\"=a\")",
        "number Whole(1)",
        "sum Whole(-5)",
        "north Number(34.0)",
        "cancelled Flag(false)",
        "departed_on Text(\"2017-03-18\")",
        "reasons Text(\"siege;hostilities\")",
        "parties Text(\"signatory:Council;monitor:UN: Office\")",
        "revision Whole(2)",
    ];
    assert_eq!(shown(&row(Some(1))), expected);
    // The same without `flatten`, which makes a map of a struct.
    assert_eq!(shown(&row(Some(1)).own), expected[..8]);
    let empty = shown(&row(None));
    assert_eq!([&empty[1], &empty[5], &empty[6]], ["number Empty", "departed_on Empty", "reasons Empty"]);
    assert_eq!(names(&row(None)).unwrap()[..3], ["code", "number", "sum"]);
}

#[test]
fn what_is_no_flat_row_is_refused() {
    let wrong = |row: serde_json::Value| each(&row, &mut |_, _| Ok(())).unwrap_err().to_string();
    assert!(wrong(serde_json::json!([1])).contains("serialize_seq"));
    assert!(wrong(serde_json::json!({"a": {"b": 1}})).contains("serialize_map"));
    assert!(wrong(serde_json::json!({"a": [["b"]]})).contains("a list in a list"));
}

#[test]
fn what_is_shown_a_cell_may_refuse_it() {
    let refused = each(&row(None), &mut |name, _| Err(Error::Taken(name.to_owned())));
    assert!(matches!(refused, Err(Error::Taken(name)) if name == "code"));
}

#[test]
fn columns_of_days_and_times_are_known_by_their_names() {
    for (name, expected) in [
        ("departed_on", ColumnKind::Day),
        ("departed_on_precision", ColumnKind::Plain),
        ("last_arrival", ColumnKind::Day),
        ("as_of", ColumnKind::Day),
        ("period", ColumnKind::Plain),
        ("updated_at", ColumnKind::Time),
        ("latitude", ColumnKind::Plain),
    ] {
        assert_eq!(ColumnKind::of(name), expected, "{name}");
    }
}
