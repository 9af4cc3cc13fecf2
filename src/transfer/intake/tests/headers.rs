//! Headings are understood in two languages, and everything else is said.

use super::*;

#[test]
fn headings_are_understood_as_people_write_them() {
    let arabic = "رمز الدفعة;مكان المغادرة;تاريخ المغادرة;الوجهة;المرحلة;عدد العائلات;الأفراد\n\
        b1;الوعر;١٨/٠٣/٢٠١٧;جرابلس;غادر;٣٠٦;١٬٣٥٤\n";
    let english = "Batch Code\tORIGIN\tDeparture-Date\tdestination\tStage\tFamilies\tpeople\n\
        #meta\t#loc\t#date\t#loc\t\t\t#affected\n\
        b1\tAl-Waer\t2017-03-18\tJarablus\tDeparted\t306\t1,354\n";
    let body = json!({
        "code": "b1", "origin": "al-waer", "departed_on": "2017-03-18",
        "movements": [{
            "destination": "SY0208",
            "figures": [{ "stage": "departed", "households": 306, "individuals": 1354 }],
        }],
    });
    for text in [arabic, english] {
        let taken = take(Sheet::Movements, text);
        assert_eq!((taken.errors(), taken.bodies(), taken.rows), (vec![], vec![("b1", &body)], 1));
    }
    let tags_first = take(Sheet::Movements, "#meta,#loc\nbatch,origin\nb1,al-waer\n");
    assert_eq!((tags_first.errors(), tags_first.units[0].row), (vec![], 3));
}

#[test]
fn unknown_headings_are_told_once_with_what_was_meant() {
    let text = "batch,orgin,destination,colour,destination,stage,men\nb1,al-waer,SY0208,red,,departed,x\nb2,,SY0208,,,departed,5\n";
    let taken = take(Sheet::Movements, text);
    assert_eq!(
        taken.errors(),
        [
            (1, "orgin", "unknown_column", "origin"),
            (1, "colour", "unknown_column", ""),
            (1, "destination", "repeated_column", ""),
            (2, "men", "wrong_type", ""),
        ]
    );
    // Nobody says for every batch that it has no origin.
    assert!(taken.units.iter().all(|unit| unit.told().wrong_at("/origin")));
}

#[test]
fn columns_about_persons_are_refused_and_never_read() {
    let text = "batch,origin,Name,رقم الهاتف,اسم الأب,National ID\nb1,al-waer,Somebody,0999,X,17\n";
    let taken = take(Sheet::Movements, text);
    let personal = |column| (1, column, "personal_data", "");
    assert_eq!(taken.errors(), ["Name", "رقم الهاتف", "اسم الأب", "National ID"].map(personal));
    assert!(!format!("{:?}", taken.report).contains("Somebody"));
    assert!(!format!("{:?}", taken.units).contains("Somebody"));
    let places = take(Sheet::Locations, "الرمز,الاسم,الاسم بالعربية,النوع\nx,X,س,camp\n");
    assert_eq!((places.errors(), places.units[0].body["name"].clone()), (vec![], json!("X")));
    let only = take(Sheet::Returns, "الاسم,رقم الهاتف\nفلان,0999\n");
    let first: Vec<&str> = only.report.errors.iter().map(|entry| entry.code).collect();
    assert_eq!(first, ["personal_data", "personal_data", "no_header"]);
}

#[test]
fn a_title_is_no_header_and_a_key_is_needed() {
    let taken = take(Sheet::Movements, "Evacuations of 2017,,\n\nbatch,origin\nb1,al-waer\n");
    assert_eq!(taken.errors(), [(1, "", "no_header", "")]);
    assert!(taken.report.errors[0].message.contains("batch, origin, destination, stage"), "{:?}", taken.report);
    let taken = take(Sheet::Movements, "origin,destination,stage,men\nal-waer,SY0208,departed,5\n");
    assert_eq!(taken.errors(), [(1, "batch", "missing_column", "")]);
    let taken = take(Sheet::Returns, "return,from,to,men\nr1,SY0208,al-waer,5\n");
    assert_eq!(taken.errors(), [(1, "stage", "missing_column", "")]);
    assert_eq!(take(Sheet::Sources, "name,kind\nA,ngo\n").errors(), [(1, "code", "missing_column", "")]);
    assert_eq!(take(Sheet::Sources, "cod,name,kind\na,A,ngo\n").errors(), [(1, "cod", "unknown_column", "code")]);
}

#[test]
fn a_sheet_holds_one_table() {
    let below = take(Sheet::Sources, "code,name,kind\na,A,ngo\n\ncode,name,kind\nb,B,ngo\n");
    assert_eq!((below.errors(), below.units.len()), (vec![(4, "", "several_tables", "")], 1));
    let joined = take(Sheet::Sources, "code,name,kind\na,A,ngo\ncode,name,kind\nb,B,ngo\n");
    assert_eq!(joined.errors(), [(3, "", "several_tables", "")]);
    let beside = take(Sheet::Sources, "code,name,kind,,code,name\na,A,ngo,,b,B\n");
    assert_eq!(beside.errors(), [(1, "code", "several_tables", "")]);
    let notes = take(Sheet::Sources, "code,name,kind,,Summary\na,A,ngo,,12\n");
    assert_eq!(notes.errors(), [(1, "Summary", "several_tables", "")]);
}

#[test]
fn cells_that_no_column_is_there_for_are_told() {
    let taken = take(Sheet::Sources, "code,,name,kind,,\na,,A,ngo,,\nb,?,B,ngo\nc,?,C,ngo,x\n");
    assert_eq!(taken.errors(), [(3, "", "unnamed_column", ""), (4, "", "too_many_cells", "")]);
    assert_eq!(take(Sheet::Sources, "").errors(), [(0, "", "empty_sheet", "")]);
    assert_eq!(take(Sheet::Sources, "code,name,kind\n").errors(), [(0, "", "empty_sheet", "")]);
}

#[test]
fn the_example_of_a_template_is_ignored() {
    let text = "code,name,kind\nEXAMPLE,An example,ngo\na,A,ngo\n";
    let taken = take(Sheet::Sources, text);
    assert_eq!((taken.errors(), taken.rows, taken.units[0].row), (vec![], 1, 3));
    assert_eq!(take(Sheet::Sources, "code,name,kind\nEXAMPLE,An example,ngo\n").errors(), [(0, "", "empty_sheet", "")]);
}
