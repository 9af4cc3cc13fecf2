//! The figures of a group, and the rows that hold nothing else: totals of an agreement.

use serde_json::{Map, Value};

use super::{Group, missing};
use crate::domain::report::{Problem, Report};
use crate::transfer::intake::entry;
use crate::transfer::intake::unit::{FIGURE, MOVEMENT, Subject, WHOLE};
use crate::transfer::table::Row;

impl Group<'_> {
    /// The figure of a row, on a movement or on the whole.
    pub(super) fn figure(&mut self, row: &Row, movement: Option<usize>, report: &mut Report) {
        let index = movement.map_or(self.figures.len(), |index| self.movements[index].figures.len());
        let at = || match movement {
            Some(movement) => format!("/movements/{movement}/figures/{index}"),
            None => format!("/figures/{index}"),
        };
        let layout = self.layout.clone();
        let places = &layout.parts[FIGURE];
        let mut figure = Map::with_capacity(places.len() + 1);
        for place in places {
            match &self.read(place, row, report).said {
                // Empty, they say nothing; every other empty cell clears.
                Ok(Value::Null) if matches!(place.column.member, "code" | "role") => {}
                Ok(value) => {
                    figure.insert(place.column.member.to_owned(), value.clone());
                }
                Err(problem) => {
                    let problem = problem.clone();
                    self.told.push((format!("{}/{}", at(), place.column.member), problem.code));
                    report.error(entry(row, place, problem));
                }
            }
        }
        for member in &self.told_columns[FIGURE] {
            self.told.push((format!("{}/{member}", at()), "unknown_column"));
        }
        if let Some(place) = self.at.destination.filter(|_| self.subject == Subject::Published) {
            match self.read(&place, row, report).said.clone() {
                Ok(value) => drop(figure.insert("destination".to_owned(), value)),
                Err(problem) => {
                    self.told.push((format!("{}/destination", at()), problem.code));
                    report.error(entry(row, &place, problem));
                }
            }
        }
        let figures = match movement {
            Some(index) => &mut self.movements[index].figures,
            None => &mut self.figures,
        };
        figures.push((row.number, figure.into()));
    }

    /// A row without a batch: a total that a source gives for an agreement.
    pub(super) fn published(&mut self, row: &Row, report: &mut Report) {
        let layout = self.layout.clone();
        let parts = [WHOLE, MOVEMENT].into_iter().flat_map(|part| &layout.parts[part]);
        let mut fine = true;
        for place in parts.filter(|place| !matches!(place.column.name, "agreement" | "destination")) {
            if !row.cell(place.at).is_empty() {
                let message = "`batch` is empty in this row. Write it in every row, also where cells were merged; \
                               a row without it may only hold a total of an agreement: `agreement`, perhaps `destination`, and a figure.";
                report.error(entry(row, place, Problem::new("no_batch", message)));
                fine = false;
            }
        }
        let agreement = self.at.agreement.filter(|place| !row.cell(place.at).is_empty());
        let said = agreement.map(|place| (place, self.read(&place, row, report).said.clone()));
        match said {
            None if fine => {
                report.error(missing(row, "batch", "`batch` is required, or `agreement` for a total of an agreement."))
            }
            None => {}
            Some((_, Ok(code))) => self.code = code.as_str().unwrap_or_default().to_owned(),
            Some((place, Err(problem))) => {
                report.error(entry(row, &place, problem));
                self.code.clear();
            }
        }
        let has_stage = self.at.stage.is_some_and(|place| !row.cell(place.at).is_empty());
        if !has_stage && fine && agreement.is_some() && self.at.stage.is_some() {
            report.error(missing(row, "stage", "`stage` is required: a row without `batch` holds a figure."));
        }
        if has_stage {
            self.figure(row, None, report);
        }
    }
}
