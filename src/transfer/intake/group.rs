//! The rows of one batch, return or agreement, on their way into one body.

mod figures;
mod finish;

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use serde_json::Value;

use super::cells::{Cells, Last};
use super::header::Header;
use super::unit::{FIGURE, Layout, MOVEMENT, Place, Subject, Unit, WHOLE};
use super::{entry, numbers};
use crate::domain::report::{Entry, Problem, Report, shown};
use crate::domain::text::folded_words;
use crate::transfer::sheet::{Kind, Sheet};
use crate::transfer::table::{Cell, Row};

/// How many rows may speak of one batch, return or agreement: they lie in memory together.
const MAX_ROWS: usize = 20_000;
/// What people write before the sum below a table, folded.
const TOTALS: [&str; 13] = [
    "total",
    "totals",
    "grandtotal",
    "subtotal",
    "sum",
    "sumtotal",
    "مجموع",
    "المجموع",
    "اجمالي",
    "الاجمالي",
    "المجموعالكلي",
    "الاجماليالكلي",
    "المجموعالعام",
];
/// The letters that they begin with.
const TOTAL_BEGINS: [char; 10] = ['t', 'T', 'g', 'G', 's', 'S', 'م', 'ا', 'إ', 'أ'];
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
        if let Some(place) = self.total(row) {
            let message =
                "This looks like the total below a table. Delete the row: totals are made of the rows themselves.";
            report.error(entry(row, &place, Problem::new("total_row", message)));
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

    /// The cell that says that a row is the sum of those above it, if its first one does and no place is named: a code may be such a
    /// word, too.
    fn total(&self, row: &Row) -> Option<Place> {
        let (at, cell) = row.cells().enumerate().find(|(_, cell)| !cell.is_empty())?;
        // Nearly every row begins with another letter, and need not be folded.
        let may_be = cell.text.len() <= 40 && cell.text.trim_start().starts_with(TOTAL_BEGINS);
        if !may_be || !matches!(self.layout.sheet, Sheet::Movements | Sheet::Returns) {
            return None;
        }
        let place = self.layout.parts.iter().flatten().find(|place| place.at == at)?;
        let may_be = matches!(place.column.kind, Kind::Code | Kind::Place | Kind::Source | Kind::Date | Kind::Whole);
        if !may_be || !TOTALS.contains(&folded_words(cell.text).concat().as_str()) {
            return None;
        }
        let mut places = self.layout.parts.iter().flatten().filter(|other| other.column.kind == Kind::Place);
        let goes = places.any(|other| other.at != at && !row.cell(other.at).is_empty());
        (!goes).then_some(*place)
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
                    let of = if part == MOVEMENT { "movement" } else { layout.sheet.key() };
                    let message = format!(
                        "`{name}` is {first:?} in row {}, of the same {of}. Write one of them in both.",
                        slot.row
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

    /// Reads a cell as one of a column of ours, where the file has other columns.
    pub(super) fn said(&mut self, column: &str, cell: Cell) -> super::cells::Said {
        let index = self.layout.sheet.columns().iter().position(|one| one.name == column).unwrap_or_default();
        self.cells.read(index, cell).said.clone()
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
