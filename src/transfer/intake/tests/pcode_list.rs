//! The public p-code list imports as it is.

use super::*;

const HEADER: &str = "Location,Admin Level,P-Code,Name,Parent P-Code,Valid from date\n\
    #country+code,#geo+admin_level,#adm+code,#adm+name,#adm+code+parent,#date+start\n";

#[test]
fn its_rows_are_locations() {
    let rows = "SYR,1,SY04,Homs,SYR,2018-04-16\nSYR,2,SY0402,Tadmor,SY04,2018-04-16\nSYR,3,SY040200,Tadmor,SY0402,2018-04-16\n";
    let taken = take(Sheet::Locations, &format!("{HEADER}{rows}"));
    assert_eq!((taken.errors(), taken.warnings(), taken.rows), (vec![], vec![], 3));
    let place = |code: &str, name: &str, kind: &str, parent: &str| json!({ "code": code, "p_code": code, "name": name, "kind": kind, "parent": parent });
    let bodies: Vec<Value> = taken.units.iter().map(|unit| unit.body.clone()).collect();
    // The country is known by its code of three letters, and keeps its own code.
    assert_eq!(
        bodies,
        [
            place("SY04", "Homs", "admin1", "SY"),
            place("SY0402", "Tadmor", "admin2", "SY04"),
            place("SY040200", "Tadmor", "admin3", "SY0402"),
        ]
    );
}

#[test]
fn a_country_that_is_not_there_is_created_as_the_list_names_it() {
    let rows = "AFG,1,AF01,Kabul,AFG,2021-11-17\nAFG,1,AF02,Kapisa,,2021-11-17\n";
    let taken = take(Sheet::Locations, &format!("{HEADER}{rows}"));
    assert_eq!((taken.errors(), taken.warnings()), (vec![], vec![(3, "Location", "created", "")]));
    assert_eq!(taken.units[0].body, json!({ "code": "AFG", "name": "AFG", "kind": "country" }));
    assert_eq!(taken.units[2].body["parent"], "AFG");
    let rows = "AFG,0,AF,Afghanistan,,2021-11-17\nAFG,1,AF01,Kabul,AFG,2021-11-17\n";
    let taken = take(Sheet::Locations, &format!("{HEADER}{rows}"));
    assert_eq!((taken.errors(), taken.warnings(), taken.units.len()), (vec![], vec![], 2));
    let country = json!({ "code": "AF", "p_code": "AF", "name": "Afghanistan", "kind": "country", "parent": null });
    assert_eq!((&taken.units[0].body, &taken.units[1].body["parent"]), (&country, &json!("AF")));
}

#[test]
fn what_is_wrong_in_it_is_told() {
    let rows = "SYR,2,SY0999,X,SY09,\nSYR,7,SY01,Damascus,SYR,\nSYR,1,SY 02,Aleppo,SYR,\nSYR,1,,Aleppo,SYR,\n";
    let taken = take(Sheet::Locations, &format!("{HEADER}{rows}"));
    assert_eq!(
        taken.errors(),
        [
            (3, "Parent P-Code", "unknown_reference", ""),
            (4, "Admin Level", "out_of_range", ""),
            (5, "P-Code", "invalid_code", "SY-02"),
            (6, "P-Code", "missing", ""),
        ]
    );
    assert_eq!(taken.units[0].at("/parent", None), (3, Some("Parent P-Code")));
}
