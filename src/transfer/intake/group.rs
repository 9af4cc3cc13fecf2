//! The rows of one batch, return or agreement, on their way into one body.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::cells::{Cells, Last};
use super::header::Header;
use super::references::Created;
use super::unit::{FIGURE, Layout, MOVEMENT, Marks, Place, Subject, Unit, WHOLE};
use super::{entry, numbers};
use crate::domain::Resource;
use crate::transfer::report::{Entry, Problem, Report, shown};
use crate::transfer::sheet::Sheet;
use crate::transfer::table::{Cell, Row};

/// How many rows may speak of one batch, return or agreement: they lie in memory together.
const MAX_ROWS: usize = 20_000;
/// From how many movements on they are looked up and not looked through.
const MANY: usize = 32;

/// The rows of one group, and the units that are ready to be taken.
#[derive(Debug)]
pub struct Group<'g> {
    layout: Arc<Layout>,
    pub(super) cells: Cells<'g>,
    creates: bool,
    /// What was told of the header: member by part.
    told_columns: [Vec<&'static str>; 3],
    at: Keys,
    /// Units that wait to be taken.
    pub(super) ready: VecDeque<Unit>,
    /// Columns without a heading that were told already.
    pub(super) unnamed: BTreeSet<usize>,
    subject: Subject,
    first: u32,
    rows: usize,
    code: String,
    whole: Vec<Slot>,
    movements: Vec<Held>,
    by_destination: HashMap<String, usize>,
    figures: Vec<(u32, Value)>,
    told: Vec<(String, &'static str)>,
}

/// Where the columns stand that say what a row is.
#[derive(Clone, Copy, Debug)]
struct Keys {
    own: Option<Place>,
    agreement: Option<Place>,
    destination: Option<Place>,
    stage: Option<Place>,
}

/// What the rows of a part have said so far in one column.
#[derive(Clone, Debug, Default)]
struct Slot {
    version: u32,
    row: u32,
    value: Option<Value>,
    is_wrong: bool,
}

/// A movement on its way.
#[derive(Debug)]
struct Held {
    destination: String,
    row: u32,
    slots: Vec<Slot>,
    figures: Vec<(u32, Value)>,
}

impl<'g> Group<'g> {
    /// Puts rows of this layout together.
    pub fn new(layout: Arc<Layout>, header: &Header, cells: Cells<'g>, creates: bool) -> Self {
        let find = |part: usize, name: &str| layout.parts[part].iter().find(|place| place.column.name == name).copied();
        let at = Keys {
            own: find(WHOLE, layout.sheet.key()),
            agreement: find(WHOLE, "agreement"),
            destination: find(MOVEMENT, "destination"),
            stage: find(FIGURE, "stage"),
        };
        let mut told_columns = [const { vec![] }; 3];
        for index in &header.told {
            let column = &layout.sheet.columns()[*index];
            told_columns[super::unit::index_of(column.part)].push(column.member);
        }
        Self {
            cells,
            creates: creates || header.is_pcode_list,
            told_columns,
            at,
            ready: VecDeque::new(),
            unnamed: BTreeSet::new(),
            subject: Subject::Batch,
            first: 0,
            rows: 0,
            code: String::new(),
            whole: vec![],
            movements: vec![],
            by_destination: HashMap::new(),
            figures: vec![],
            told: vec![],
            layout,
        }
    }

    /// Begins a group.
    pub fn begin(&mut self) {
        (self.first, self.rows) = (0, 0);
        self.code.clear();
        self.whole.clear();
        self.whole.resize(self.layout.parts[WHOLE].len(), Slot::default());
        self.movements.clear();
        self.by_destination.clear();
        self.figures.clear();
        self.told.clear();
    }

    /// Adds a row to the group.
    pub fn row(&mut self, row: &Row, report: &mut Report) {
        self.rows += 1;
        if self.rows > MAX_ROWS {
            if self.rows == MAX_ROWS + 1 {
                let message = format!("More than {MAX_ROWS} rows speak of one batch, return or agreement.");
                report.error(Entry::row(row.number, Problem::new("too_many_parts", message)));
            }
            return;
        }
        let is_filled = |place: Option<Place>| place.is_some_and(|place| !row.cell(place.at).is_empty());
        if self.first == 0 {
            self.first = row.number;
            self.subject = match self.layout.sheet {
                Sheet::Locations => Subject::Location,
                Sheet::Sources => Subject::Source,
                Sheet::Agreements => Subject::Agreement,
                Sheet::Returns => Subject::Return,
                Sheet::Movements if is_filled(self.at.own) => Subject::Batch,
                Sheet::Movements => Subject::Published,
            };
            let key = if self.subject == Subject::Published { self.at.agreement } else { self.at.own };
            self.code.push_str(&key.map(|key| numbers::plain(row.cell(key.at).text)).unwrap_or_default());
        }
        match self.subject {
            Subject::Published => self.published(row, report),
            Subject::Batch | Subject::Return => {
                if self.code.is_empty() {
                    let key = self.layout.sheet.key();
                    report.error(missing(
                        row,
                        key,
                        &format!("`{key}` is required: it says which {key} the row speaks of."),
                    ));
                }
                self.whole(row, report);
                let movement = self.movement(row, is_filled(self.at.destination), report);
                if self.has_figure(row, is_filled(self.at.stage), report) {
                    self.figure(row, movement, report);
                }
            }
            Subject::Location | Subject::Source | Subject::Agreement => {
                if self.code.is_empty() {
                    report.error(missing(row, "code", "`code` is required."));
                }
                self.whole(row, report);
            }
        }
    }

    /// What a row says of the batch, return or resource.
    fn whole(&mut self, row: &Row, report: &mut Report) {
        let (mut told, mut whole) = (std::mem::take(&mut self.told), std::mem::take(&mut self.whole));
        self.hold(WHOLE, &mut whole, row, "", &mut told, report);
        (self.told, self.whole) = (told, whole);
    }

    /// What a row says of a movement; which one it is.
    fn movement(&mut self, row: &Row, has_destination: bool, report: &mut Report) -> Option<usize> {
        let layout = self.layout.clone();
        let places = &layout.parts[MOVEMENT];
        if !has_destination {
            for place in places.iter().filter(|place| !row.cell(place.at).is_empty()) {
                let message = format!("`{}` speaks of a movement: `destination` is missing.", place.column.name);
                report.error(entry(row, place, Problem::new("no_destination", message)));
            }
            return None;
        }
        let place = self.at.destination?;
        let cell = row.cell(place.at);
        let destination = match &self.cells.read(place.index, cell).said {
            Ok(Value::String(code)) => code.as_str(),
            // Two texts that say nothing are one movement if they are one text.
            _ => cell.text,
        };
        let known = if self.movements.len() < MANY {
            self.movements.iter().rposition(|held| held.destination == destination)
        } else {
            self.by_destination.get(destination).copied()
        };
        let index = known.unwrap_or_else(|| {
            let slots = vec![Slot::default(); places.len()];
            let destination = destination.to_owned();
            self.movements.push(Held { destination, row: row.number, slots, figures: vec![] });
            if self.movements.len() >= MANY {
                let many = self.movements.iter().enumerate();
                let rest = many.skip(self.by_destination.len());
                self.by_destination.extend(rest.map(|(index, held)| (held.destination.clone(), index)));
            }
            self.movements.len() - 1
        });
        let (mut told, mut slots) = (std::mem::take(&mut self.told), std::mem::take(&mut self.movements[index].slots));
        self.hold(MOVEMENT, &mut slots, row, &format!("/movements/{index}"), &mut told, report);
        self.told = told;
        self.movements[index].slots = slots;
        Some(index)
    }

    /// Whether a row has a figure; values without a stage are an error.
    fn has_figure(&mut self, row: &Row, has_stage: bool, report: &mut Report) -> bool {
        let places = &self.layout.parts[FIGURE];
        if !has_stage && self.at.stage.is_some() && places.iter().any(|place| !row.cell(place.at).is_empty()) {
            report.error(missing(row, "stage", "`stage` is required: the row has values of a figure."));
        }
        has_stage
    }

    /// The figure of a row, on a movement or on the whole.
    fn figure(&mut self, row: &Row, movement: Option<usize>, report: &mut Report) {
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
    fn published(&mut self, row: &Row, report: &mut Report) {
        let layout = self.layout.clone();
        let parts = [WHOLE, MOVEMENT].into_iter().flat_map(|part| &layout.parts[part]);
        let mut fine = true;
        for place in parts.filter(|place| !matches!(place.column.name, "agreement" | "destination")) {
            if !row.cell(place.at).is_empty() {
                let message = "A row without `batch` holds a total of an agreement: `agreement`, perhaps `destination`, and a figure.";
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

    /// Adds what a row says of a part to what others said: a value beats empty, and two that differ are an error.
    fn hold(
        &mut self,
        part: usize,
        slots: &mut [Slot],
        row: &Row,
        at: &str,
        told: &mut Vec<(String, &'static str)>,
        report: &mut Report,
    ) {
        let layout = self.layout.clone();
        for (slot, place) in slots.iter_mut().zip(&layout.parts[part]) {
            let last = self.read(place, row, report);
            let value = match &last.said {
                Ok(_) if slot.version == last.version => continue,
                Ok(value) => value,
                Err(problem) => {
                    report.error(entry(row, place, problem.clone()));
                    if !std::mem::replace(&mut slot.is_wrong, true) {
                        told.push((format!("{at}/{}", place.column.member), problem.code));
                    }
                    continue;
                }
            };
            match &slot.value {
                Some(before) if before == value => slot.version = last.version,
                Some(before) if !before.is_null() && value.is_null() => {}
                Some(before) if !before.is_null() => {
                    let (name, first) = (place.column.name, text(before));
                    let message = format!(
                        "`{name}` is {:?} in row {}, of the same code. Write one of them in both.",
                        first, slot.row
                    );
                    report.error(entry(row, place, Problem::new("contradiction", message).meant(first)));
                    slot.is_wrong = true;
                    told.push((format!("{at}/{}", place.column.member), "contradiction"));
                }
                _ => *slot = Slot { version: last.version, row: row.number, value: Some(value.clone()), ..*slot },
            }
        }
    }

    /// What a cell says; what is created for it becomes a unit of its own.
    fn read(&mut self, place: &Place, row: &Row, report: &mut Report) -> &Last {
        let cell = row.cell(place.at);
        if self.creates {
            self.cells.read(place.index, cell);
            self.created(row, place.column.name, cell, report);
        }
        self.cells.read(place.index, cell)
    }

    /// Makes units of what was created for a cell.
    pub(super) fn created(&mut self, row: &Row, column: &'static str, cell: Cell, report: &mut Report) {
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

    /// Ends the group: its unit is ready, after what it needs created.
    pub fn end(&mut self, _report: &mut Report) {
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

    /// Reads a cell as one of a column of ours, where the file has other columns.
    pub(super) fn said(&mut self, column: &str, cell: Cell) -> super::cells::Said {
        let index = self.layout.sheet.columns().iter().position(|one| one.name == column).unwrap_or_default();
        self.cells.read(index, cell).said.clone()
    }

    /// A unit of the layout.
    pub(super) fn unit(
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

/// A member that a row needs.
fn missing(row: &Row, column: &str, message: &str) -> Entry {
    Entry::cell(row.number, column, "", Problem::new("missing", message))
}

/// A value as a message repeats it.
fn text(value: &Value) -> String {
    shown(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}
