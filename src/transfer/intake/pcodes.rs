//! The public p-code list as locations.
//!
//! | its column | becomes |
//! | --- | --- |
//! | `P-Code` | the p-code; also the code, unless a location with that code or p-code is there already, which then keeps its own |
//! | `Name` | `name` |
//! | `Admin Level` 0 to 4 | `kind`: `country`, `admin1` … `admin4` |
//! | `Parent P-Code` | `parent`, from level 2 on |
//! | `Location` | the `parent` at level 1: the country of that code or p-code, else of the letters that begin the `P-Code`; a country that is not there is created, named by its code |
//! | `Valid from date` | nothing |

use serde_json::{Map, Value};

use super::group::Group;
use super::header::{Header, Target};
use super::numbers;
use crate::domain::text::is_code;
use crate::transfer::report::{Entry, Problem, Report};
use crate::transfer::sheet::PcodeColumn;
use crate::transfer::table::{Cell, CellKind, Row};

const KINDS: [&str; 5] = ["country", "admin1", "admin2", "admin3", "admin4"];

/// Makes a location of a row.
pub fn row(header: &Header, row: &Row, group: &mut Group, report: &mut Report) {
    let at = |column| header.targets.iter().position(|target| *target == Target::Pcode(column));
    let cell = |column| at(column).map_or(Cell { kind: CellKind::Text, text: "" }, |at| row.cell(at));
    let text = |column| numbers::bare(cell(column).text);
    let mut told = vec![];
    let mut refuse = |column: PcodeColumn, member: &str, problem: Problem, report: &mut Report| {
        told.push((format!("/{member}"), problem.code));
        report.error(Entry::cell(row.number, column.heading(), text(column), problem));
    };
    let p_code = text(PcodeColumn::PCode);
    if cell(PcodeColumn::PCode).kind == CellKind::Formula || !is_code(p_code) {
        let problem = match group.said("p_code", cell(PcodeColumn::PCode)) {
            Err(problem) => problem,
            Ok(_) => Problem::new("missing", "`P-Code` is required."),
        };
        refuse(PcodeColumn::PCode, "code", problem, report);
        return;
    }
    let code = group.cells.references.find_code(p_code).unwrap_or_else(|| p_code.to_owned());
    let mut body = Map::new();
    body.insert("code".to_owned(), code.clone().into());
    body.insert("p_code".to_owned(), p_code.into());
    match group.said("name", cell(PcodeColumn::Name)) {
        Ok(name) => drop(body.insert("name".to_owned(), name)),
        Err(problem) => refuse(PcodeColumn::Name, "name", problem, report),
    }
    let level = numbers::whole(text(PcodeColumn::Level)).ok().and_then(|level| usize::try_from(level).ok());
    match level.and_then(|level| KINDS.get(level)) {
        Some(kind) => drop(body.insert("kind".to_owned(), (*kind).into())),
        None => {
            refuse(PcodeColumn::Level, "kind", Problem::new("out_of_range", "Expected a level from 0 to 4."), report);
        }
    }
    let parent = match level {
        None | Some(0) => Ok(Value::Null),
        Some(1) => {
            let country = text(PcodeColumn::Country);
            let letters = p_code.len() - p_code.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
            if is_code(country) {
                let found = group.cells.references.country([country, &p_code[..letters]]);
                group.created(row, PcodeColumn::Country.heading(), cell(PcodeColumn::Country), report);
                Ok(found.into())
            } else {
                let message = "Expected the country's ISO code of three letters.";
                Err((PcodeColumn::Country, Problem::new("invalid_code", message)))
            }
        }
        Some(_) => {
            let parent = text(PcodeColumn::Parent);
            let found = group.cells.references.find_code(parent).map(Value::from);
            let message = format!("There is no location {parent:?}, neither recorded nor in this file.");
            found.ok_or((PcodeColumn::Parent, Problem::new("unknown_reference", message)))
        }
    };
    match parent {
        Ok(parent) => drop(body.insert("parent".to_owned(), parent)),
        Err((column, problem)) => refuse(column, "parent", problem, report),
    }
    group.ready.push_back(group.unit(code, body, row.number, told));
}
