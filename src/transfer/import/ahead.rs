//! A sheet is read ahead: the next rows while those before them are planned and written.

use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::mpsc::SyncSender;

use chrono::NaiveDate;

use crate::domain::report::{Entry, Problem, Report};
use crate::error::Error;
use crate::store::imports::{New, Wholes};
use crate::transfer::intake::{Subject, Unit, Units};
use crate::transfer::sheet::Sheet;

/// How many batches, returns or other rows are planned together.
const MANY: usize = 1_000;
/// How many times that many may wait, read, until they are planned.
pub const AHEAD: usize = 2;

/// What was read of a sheet, and is to be taken together.
pub struct Chunk {
    /// All of it, in its order.
    pub runs: Vec<Run>,
    /// Whether nothing was wrong in any cell so far.
    pub is_clean: bool,
    /// How many rows have been read.
    pub done: u64,
}

/// Wholes of one kind that follow each other.
pub struct Run {
    /// Of which kind.
    pub wholes: Wholes,
    /// Each, and what it comes to as something new.
    pub units: Vec<(Unit, Option<New>)>,
}

impl Run {
    /// Wholes in their order as runs.
    fn of(units: Vec<Unit>, today: NaiveDate) -> Vec<Self> {
        let mut runs: Vec<Self> = vec![];
        for unit in units {
            let wholes = match unit.subject {
                Subject::Location => Wholes::Locations,
                Subject::Source => Wholes::Sources,
                Subject::Agreement => Wholes::Agreements,
                Subject::Batch => Wholes::Batches,
                Subject::Return => Wholes::Returns,
                Subject::Published => Wholes::Totals,
            };
            if runs.last().is_none_or(|run| run.wholes != wholes) {
                runs.push(Self { wholes, units: vec![] });
            }
            if let Some(run) = runs.last_mut() {
                let new = wholes.read_new(&unit.body, || unit.told(), today);
                run.units.push((unit, new));
            }
        }
        runs
    }
}

/// Reads a sheet to its end, or until nobody takes what is read; gives back what is wrong and remarkable in its cells.
pub fn read(mut units: Units, sheet: Sheet, today: NaiveDate, send: &SyncSender<Result<Chunk, Error>>) -> Report {
    let mut report = Report::default();
    let mut resources = Resources::default();
    // Places refer to each other, in any order: they are taken all together.
    let many = if sheet == Sheet::Locations { usize::MAX } else { MANY };
    loop {
        let mut chunk = vec![];
        let mut failed = None;
        while chunk.len() < many {
            match units.next(&mut report) {
                Ok(Some(unit)) if resources.has_other(&unit, &mut report) => {}
                Ok(Some(unit)) => chunk.push(unit),
                Ok(None) => break,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        let ends = chunk.is_empty() || failed.is_some();
        if sheet == Sheet::Locations {
            // A report lists the first of what it is told, and these may be the first of the sheet.
            let mut rings = Report::default();
            chunk = parents_first(chunk, &mut rings);
            report.join(rings);
        }
        let chunk = Chunk { runs: Run::of(chunk, today), is_clean: report.is_clean(), done: units.done() };
        let sent = send.send(failed.map_or(Ok(chunk), Err));
        if ends || sent.is_err() {
            return report;
        }
    }
}

/// The rows of a sheet that are resources, by their codes: the row's number, and a hash of what it says.
#[derive(Default)]
struct Resources(HashMap<String, (u32, u64)>);

impl Resources {
    /// Whether another row says something else of the same resource: the later one would win, and nobody would know.
    fn has_other(&mut self, unit: &Unit, report: &mut Report) -> bool {
        if unit.is_created || !matches!(unit.subject, Subject::Location | Subject::Source | Subject::Agreement) {
            return false;
        }
        let mut hash = DefaultHasher::new();
        unit.body.to_string().hash(&mut hash);
        let (row, said) = *self.0.entry(unit.code.clone()).or_insert((unit.row, hash.finish()));
        let other = row != unit.row && said != hash.finish();
        if other {
            let message = format!(
                "Row {row} has this code, too, and says something else. Give each its own code, or delete one."
            );
            report.error(unit.conflict(Problem::new("repeated_code", message)));
        }
        other
    }
}

/// Places in an order in which each comes after the one above it. Those that lie below each other are told, and go on without.
fn parents_first(mut units: Vec<Unit>, report: &mut Report) -> Vec<Unit> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (index, unit) in units.iter().enumerate() {
        let p_code = unit.body["p_code"].as_str();
        for code in [Some(unit.code.as_str()), p_code].into_iter().flatten() {
            places.entry(code.to_owned()).or_insert(index);
        }
    }
    let parents: Vec<Option<usize>> =
        units.iter().map(|unit| unit.body["parent"].as_str().and_then(|code| places.get(code).copied())).collect();
    let mut order = Vec::with_capacity(units.len());
    let mut seen = vec![false; units.len()];
    for index in 0..units.len() {
        let mut line = vec![];
        let mut next = Some(index);
        while let Some(index) = next.filter(|index| !seen[*index]) {
            seen[index] = true;
            line.push(index);
            next = parents[index];
        }
        if let Some(met) = next.and_then(|met| line.iter().position(|index| *index == met)) {
            let ring: Vec<String> = line[met..].iter().take(10).map(|index| units[*index].code.clone()).collect();
            for index in &line[met..] {
                below_itself(&mut units[*index], &ring, report);
            }
        }
        order.extend(line.into_iter().rev());
    }
    let mut units: Vec<Option<Unit>> = units.into_iter().map(Some).collect();
    order.into_iter().filter_map(|index| units[index].take()).collect()
}

fn below_itself(unit: &mut Unit, ring: &[String], report: &mut Report) {
    let parent = unit.body.as_object_mut().and_then(|body| body.remove("parent")).unwrap_or_default();
    let (row, column) = unit.at("/parent", None);
    let message = format!("A location cannot lie below itself: here {} lie below each other.", ring.join(", "));
    let problem = Problem::new("below_itself", message);
    report.error(Entry::cell(row, column.unwrap_or_default(), parent.as_str().unwrap_or_default(), problem));
}
