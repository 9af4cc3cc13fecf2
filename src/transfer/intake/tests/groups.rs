//! Rows that belong together become one body.

use super::*;
use crate::domain::findings::{Findings, Warning};

#[test]
fn rows_of_a_batch_become_one_body_wherever_they_stand() {
    let text = "batch,number,origin,departed_on,destination,arrived_on,stage,role,source,households,notes\n\
        b1,1,al-waer,2017-03-18,SY0208,2017-03-19,departed,recommended,sana,,\n\
        b2,,al-waer,2017-03-27,zoghra-camp,,,,,,\n\
        b1,,,,Jarablus,,arrived,,,306,a note\n\
        b1,1,,,,,planned,,,300,\n\
        ,,,,,,,,,,\n\
        b3,,SY0208,,,,,,,,\n\
        b1,,,,zoghra-camp,2017-03-20,departed,,,5,\n";
    let taken = take(Sheet::Movements, text);
    assert_eq!((taken.errors(), taken.rows), (vec![], 6));
    let figure = |stage: &str, source: Value, households: Value, notes: Value| json!({ "stage": stage, "source": source, "households": households, "notes": notes });
    let null = Value::Null;
    let mut first = figure("departed", json!("sana"), null.clone(), null.clone());
    first["role"] = json!("recommended");
    let b1 = json!({
        "code": "b1", "number": 1, "origin": "al-waer", "departed_on": "2017-03-18",
        "movements": [
            {
                "destination": "SY0208", "arrived_on": "2017-03-19",
                "figures": [first, figure("arrived", null.clone(), json!(306), json!("a note"))],
            },
            {
                "destination": "zoghra-camp", "arrived_on": "2017-03-20",
                "figures": [figure("departed", null.clone(), json!(5), null.clone())],
            },
        ],
        "figures": [figure("planned", null.clone(), json!(300), null.clone())],
    });
    let b2 = json!({
        "code": "b2", "number": null, "origin": "al-waer", "departed_on": "2017-03-27",
        "movements": [{ "destination": "zoghra-camp", "arrived_on": null }],
    });
    let b3 = json!({ "code": "b3", "number": null, "origin": "SY0208", "departed_on": null });
    assert_eq!(taken.bodies(), [("b1", &b1), ("b2", &b2), ("b3", &b3)]);
    assert_eq!(taken.units.iter().map(|unit| unit.row).collect::<Vec<_>>(), [2, 3, 7]);
}

#[test]
fn rows_without_a_batch_are_totals_of_an_agreement() {
    let text = "batch,agreement,origin,destination,stage,individuals\n\
        ,al-waer-2017,,,planned,10000\n\
        b1,al-waer-2017,al-waer,SY0208,departed,5\n\
        ,Al-Waer agreement,,Zoghra camp,departed,20000\n";
    let taken = take(Sheet::Movements, text);
    assert_eq!(taken.errors(), []);
    let subjects: Vec<_> = taken.units.iter().map(|unit| (unit.subject, unit.code.as_str())).collect();
    let published = (Subject::Published, "al-waer-2017");
    assert_eq!(subjects, [published, (Subject::Batch, "b1"), published]);
    let body = json!({ "figures": [{ "stage": "planned", "individuals": 10000, "destination": null }] });
    assert_eq!(taken.units[0].body, body);
    let body = json!({ "figures": [{ "stage": "departed", "individuals": 20000, "destination": "zoghra-camp" }] });
    assert_eq!(taken.units[2].body, body);
}

#[test]
fn two_values_that_differ_are_an_error_at_the_later_row() {
    let text = "batch,number,agreement,origin,departed_on,parties,destination,arrived_on,stage,men\n\
        b1,1,,Al-Waer,18/03/2017,monitor:A,SY0208,,departed,5\n\
        b1,١,,الوعر,2017-03-18,مراقب:A,جرابلس,2017-03-19,departed,6\n\
        b1,2,,SY04,,,SY0208,2017-03-20,arrived,7\n";
    let taken = take(Sheet::Movements, text);
    assert_eq!(
        taken.errors(),
        [
            (4, "number", "contradiction", "1"),
            (4, "origin", "contradiction", "al-waer"),
            (4, "arrived_on", "contradiction", "2017-03-19"),
        ]
    );
    assert_eq!(taken.report.errors[1].value, Some(json!("SY04")));
    // What is wrong does not stand in the body, and nobody says again that it is missing.
    let unit = &taken.units[0];
    assert_eq!(unit.body["origin"], Value::Null);
    assert_eq!(unit.body["movements"][0]["figures"].as_array().map(Vec::len), Some(3));
    let told: Vec<Option<String>> = unit.told().errors.into_iter().map(|error| error.pointer).collect();
    assert_eq!(told, ["/number", "/origin", "/movements/0/arrived_on"].map(|at| Some(at.to_owned())));
}

#[test]
fn a_row_must_say_what_it_speaks_of() {
    let text = "batch,number,agreement,origin,destination,arrived_on,stage,role,households\n\
        ,1,al-waer-2017,,,,planned,,5\n\
        ,,,,SY0208,,departed,,5\n\
        ,,al-waer-2017,,,,,,5\n\
        b1,,,al-waer,,2017-03-19,,,\n\
        b1,,,,SY0208,,,recommended,\n\
        b1,,,,SY0208,,,,5\n\
        ,,nowhere,,,,planned,,5\n\
        b 2,,,,SY0208,,planned,,x\n";
    let taken = take(Sheet::Movements, text);
    assert_eq!(
        taken.errors(),
        [
            (2, "number", "no_batch", ""),
            (3, "batch", "missing", ""),
            (4, "stage", "missing", ""),
            (5, "arrived_on", "no_destination", ""),
            (6, "stage", "missing", ""),
            (7, "stage", "missing", ""),
            (8, "agreement", "unknown_reference", ""),
            (9, "batch", "invalid_code", "b-2"),
            (9, "households", "wrong_type", ""),
        ]
    );
    let taken = take(Sheet::Returns, "return,from,to,stage,women\n,SY0208,al-waer,arrived,5\n");
    assert_eq!(taken.errors(), [(2, "return", "missing", "")]);
}

#[test]
fn returns_have_their_figures_and_notes_of_their_own() {
    let text = "return,from,to,returned_on,return_notes,figure,stage,role,individuals,notes\n\
        r1,SY0208,Al-Waer,2017-05-01,on foot,f1,arrived,,21,counted\n\
        r1,,,,,,departed,triangulation,20,\n";
    let taken = take(Sheet::Returns, text);
    let body = json!({
        "code": "r1", "from": "SY0208", "to": "al-waer", "returned_on": "2017-05-01", "notes": "on foot",
        "figures": [
            { "code": "f1", "stage": "arrived", "individuals": 21, "notes": "counted" },
            { "stage": "departed", "role": "triangulation", "individuals": 20, "notes": null },
        ],
    });
    assert_eq!((taken.errors(), taken.bodies()), (vec![], vec![("r1", &body)]));
}

#[test]
fn what_the_store_finds_is_told_by_row_and_column() {
    let text = "batch,origin,departed_on,destination,arrived_on,stage,individuals\n\
        b1,al-waer,,SY0208,,departed,5\n\
        b1,,2017-03-18,zoghra-camp,2017-03-01,departed,6\n\
        b1,,,zoghra-camp,,arrived,7\n";
    let taken = take(Sheet::Movements, text);
    let unit = &taken.units[0];
    let places = [
        ("/departed_on", (3, Some("departed_on"))),
        ("/movements/1/arrived_on", (3, Some("arrived_on"))),
        ("/movements/1/figures/1/individuals", (4, Some("individuals"))),
        ("/movements/1/figures/1", (4, Some("stage"))),
        ("/movements/1", (3, Some("destination"))),
        ("/movements/0", (2, Some("destination"))),
        ("/movements/0/settlement_type", (2, Some("settlement_type"))),
        ("/parties/0/role", (2, Some("parties"))),
        ("/notes", (2, Some("batch_notes"))),
        ("", (2, Some("batch"))),
    ];
    for (pointer, place) in places {
        assert_eq!(unit.at(pointer, None), place, "{pointer}");
    }
    let mut findings = unit.told();
    findings.error("/movements/1/arrived_on", "arrived_before_departed", None, "Too early.".to_owned());
    findings.error("", "missing", Some(json!("agreement")), "`agreement` is required.".to_owned());
    findings.error("/movements/0/figures/0", "no_count", None, "A figure needs a count.".to_owned());
    findings.warnings.push(Warning {
        pointer: "/movements/0/figures/0".into(),
        code: "no_source",
        message: String::new(),
    });
    let mut report = Report::default();
    unit.report(&findings, &mut report);
    let taken = Taken { units: vec![], report, rows: 0 };
    assert_eq!(
        taken.errors(),
        [
            (3, "arrived_on", "arrived_before_departed", ""),
            (2, "agreement", "missing", ""),
            (2, "individuals", "no_count", ""),
        ]
    );
    assert_eq!(taken.report.errors[0].value, Some(json!("2017-03-01")));
    assert_eq!(taken.warnings(), [(2, "source", "no_source", "")]);
    let conflict = unit.conflict(Problem::new("already_exists", "There is one."));
    assert_eq!((conflict.row, conflict.column.as_deref(), conflict.value), (Some(2), Some("batch"), Some(json!("b1"))));
}

#[test]
fn the_bodies_are_those_that_the_api_takes() {
    use crate::domain::batch::BatchBody;
    use crate::domain::reading::Fields;
    let text = "batch,origin,departed_on,destination,stage,individuals\n\
        b1,nowhere,x,SY0208,departed,5\n\
        b2,al-waer,2017-03-18,SY0208,departed,five\n\
        b3,al-waer,2017-03-18,,,\n";
    let taken = take(Sheet::Movements, text);
    assert_eq!(taken.report.errors_total, 3);
    let today = chrono::NaiveDate::from_ymd_opt(2020, 1, 1).unwrap();
    for unit in &taken.units {
        let mut findings: Findings = unit.told();
        let mut fields = Fields::new(&unit.body, String::new(), &mut findings);
        BatchBody::read(&mut fields, today);
        fields.finish(&[]);
        let mut report = Report::default();
        unit.report(&findings, &mut report);
        // What was refused in the sheet is not told again as missing, nor do rules speak of it.
        assert_eq!(report.errors, [], "{}", unit.code);
    }
}

#[test]
fn a_source_that_was_refused_is_not_one_that_nobody_named() {
    let taken = take(Sheet::Returns, "return,from,to,stage,source,men\nr1,SY0208,al-waer,planned,nobody,5\n");
    assert_eq!(taken.errors(), [(2, "source", "unknown_reference", "")]);
    let mut findings = taken.units[0].told();
    findings.warn("/figures/0", "no_source", "Nobody is named.".to_owned());
    let mut report = Report::default();
    taken.units[0].report(&findings, &mut report);
    assert_eq!((report.errors_total, report.warnings_total), (0, 0));
}

#[test]
fn what_is_missing_is_created_before_it_is_referred_to() {
    let text = "batch,origin,destination,stage,source,men\n\
        b1,Al-Waer,مخيم العمارنة,departed,Orient,5\n\
        b2,Al-Waer,مخيم العمارنه,departed,Orient,6\n";
    let create = CreateMissing { locations: true, sources: true };
    let taken = take_bytes(Sheet::Movements, text.as_bytes(), Content::Csv, create);
    assert_eq!(taken.errors(), []);
    let made: Vec<(Subject, bool, &str)> =
        taken.units.iter().map(|unit| (unit.subject, unit.is_created, unit.code.as_str())).collect();
    assert_eq!(
        made,
        [
            (Subject::Location, true, "mkhym-almarnh"),
            (Subject::Source, true, "orient"),
            (Subject::Batch, false, "b1"),
            (Subject::Batch, false, "b2"),
        ]
    );
    let name = "مخيم العمارنة";
    assert_eq!(
        taken.units[0].body,
        json!({ "code": "mkhym-almarnh", "name": name, "kind": "locality", "name_ar": name })
    );
    assert_eq!(taken.units[3].body["movements"][0]["destination"], "mkhym-almarnh");
    assert_eq!(taken.warnings(), [(2, "destination", "created", ""), (2, "source", "created", "")]);
    assert_eq!(taken.units[0].at("/name", None), (2, Some("destination")));
}

#[test]
fn the_places_of_a_sheet_may_lie_in_each_other_in_any_order() {
    let text = "code,name,kind,parent,p_code,aliases,latitude\n\
        tadmur,Tadmur,locality,Palmyra district,,,\"34,5\"\n\
        SY0405,Palmyra,admin2,SY04,,Palmyra district;Tadmor,\n\
        x,X,locality,SYX,,,\n\
        y,Y,locality,Nowhere,SYX,,\n";
    let taken = take(Sheet::Locations, text);
    assert_eq!(taken.errors(), [(5, "parent", "unknown_reference", "")]);
    let parents: Vec<&Value> = taken.units.iter().map(|unit| &unit.body["parent"]).collect();
    assert_eq!(parents, [&json!("SY0405"), &json!("SY04"), &json!("y"), &Value::Null]);
    assert_eq!(taken.units[0].body["latitude"], json!(34.5));
    assert_eq!(taken.units[1].body["aliases"], json!(["Palmyra district", "Tadmor"]));
}

#[test]
fn a_batch_with_many_destinations_keeps_them_apart() {
    let mut text = "batch,origin,destination,stage,men\n".to_owned();
    for round in 0..2 {
        for place in 0..100 {
            text.push_str(&format!("b1,Al-Waer,P{place},planned,{round}\n"));
        }
    }
    let create = CreateMissing { locations: true, sources: false };
    let taken = take_bytes(Sheet::Movements, text.as_bytes(), Content::Csv, create);
    let batch = taken.units.last().unwrap();
    let movements = batch.body["movements"].as_array().unwrap();
    assert_eq!((taken.units.len(), movements.len()), (101, 100));
    assert!(movements.iter().all(|movement| movement["figures"].as_array().is_some_and(|all| all.len() == 2)));
}
