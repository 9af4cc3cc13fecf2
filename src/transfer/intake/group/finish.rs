//! The units that come out of a group.

use serde_json::{Map, Value, json};

use super::{Group, Slot};
use crate::domain::Resource;
use crate::domain::report::{Entry, Problem, Report, shown};
use crate::transfer::intake::numbers;
use crate::transfer::intake::references::Created;
use crate::transfer::intake::unit::{MOVEMENT, Marks, Place, Subject, Unit, WHOLE};
use crate::transfer::table::{Cell, Row};

impl Group<'_> {
    /// Ends the group: its unit is ready, after what it needs created.
    pub fn end(&mut self) {
        if self.code.is_empty() {
            return;
        }
        let mut marks = Marks {
            layout: self.layout.clone(),
            whole: vec![],
            movements: Vec::with_capacity(self.movements.len()),
            figures: vec![],
            created: None,
        };
        let layout = self.layout.clone();
        let mut told = std::mem::take(&mut self.told);
        let mut body = Map::with_capacity(layout.parts[WHOLE].len() + 2);
        if self.subject != Subject::Published {
            for member in &self.told_columns[WHOLE] {
                told.push((format!("/{member}"), "unknown_column"));
            }
            if self.rows > 1 {
                marks.whole = self.whole.iter().map(|slot| slot.row).collect();
            }
            fill(&mut body, &layout.parts[WHOLE], self.whole.drain(..));
        }
        if !self.movements.is_empty() {
            let mut movements = Vec::with_capacity(self.movements.len());
            for (index, held) in self.movements.drain(..).enumerate() {
                for member in &self.told_columns[MOVEMENT] {
                    told.push((format!("/movements/{index}/{member}"), "unknown_column"));
                }
                let mut movement = Map::with_capacity(held.slots.len() + 1);
                let (rows, values): (Vec<u32>, Vec<Value>) = held.figures.into_iter().unzip();
                marks.movements.push((held.slots.iter().map(|slot| slot.row.max(held.row)).collect(), rows));
                fill(&mut movement, &layout.parts[MOVEMENT], held.slots.into_iter());
                if !values.is_empty() {
                    movement.insert("figures".to_owned(), values.into());
                }
                movements.push(movement.into());
            }
            body.insert("movements".to_owned(), Value::Array(movements));
        }
        if !self.figures.is_empty() {
            let (rows, values): (Vec<u32>, Vec<Value>) = self.figures.drain(..).unzip();
            marks.figures = rows;
            body.insert("figures".to_owned(), values.into());
        }
        let (subject, code, row) = (self.subject, std::mem::take(&mut self.code), self.first);
        self.ready.push_back(Unit { subject, code, body: body.into(), row, is_created: false, told, marks });
    }

    /// Makes units of what was created for a cell.
    pub(in crate::transfer::intake) fn created(
        &mut self,
        row: &Row,
        column: &'static str,
        cell: Cell,
        report: &mut Report,
    ) {
        while let Some(created) = self.cells.references.take_created() {
            let Created { resource, code, name, kind, nearest } = created;
            let message =
                format!("There is no {} {:?}: it is created as `{code}` ({kind}).", resource.singular(), shown(&name));
            let problem = Problem { code: "created", message, suggestion: nearest };
            report.warn(Entry::cell(row.number, column, numbers::bare(cell.text), problem));
            let subject = if resource == Resource::Sources { Subject::Source } else { Subject::Location };
            let mut body = json!({ "code": code, "name": name, "kind": kind });
            if name.chars().any(|c| matches!(c, '\u{600}'..='\u{6ff}')) {
                body["name_ar"] = name.into();
            }
            let layout = self.layout.clone();
            let marks = Marks { layout, whole: vec![], movements: vec![], figures: vec![], created: Some(column) };
            self.ready.push_back(Unit { subject, code, body, row: row.number, is_created: true, told: vec![], marks });
        }
    }

    /// A unit of the layout.
    pub(in crate::transfer::intake) fn unit(
        &self,
        code: String,
        body: Map<String, Value>,
        row: u32,
        told: Vec<(String, &'static str)>,
    ) -> Unit {
        let layout = self.layout.clone();
        let marks = Marks { layout, whole: vec![], movements: vec![], figures: vec![], created: None };
        Unit { subject: Subject::Location, code, body: body.into(), row, is_created: false, told, marks }
    }
}

/// Fills the members of a body with what was said of them.
fn fill(body: &mut Map<String, Value>, places: &[Place], slots: impl Iterator<Item = Slot>) {
    for (slot, place) in slots.zip(places) {
        if let Some(value) = slot.value.filter(|_| !slot.is_wrong) {
            body.insert(place.column.member.to_owned(), value);
        }
    }
}
