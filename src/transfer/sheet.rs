//! The one list of the columns of each sheet: import, export, template and dictionary all come from here.

mod figures;
mod gazetteer;
mod movements;
mod resources;
mod returns;

use std::sync::LazyLock;

use crate::domain::labels::Vocabulary;

pub use gazetteer::{PCODE_LIST, PcodeColumn};

/// One of the five sheets, by the words that paths and commands use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Sheet {
    /// A row is a location.
    Locations,
    /// A row is a source.
    Sources,
    /// A row is an agreement.
    Agreements,
    /// A row is one figure, with its movement and batch beside it.
    Movements,
    /// A row is one figure, with its return beside it.
    Returns,
}

/// What a column speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The resource that the row is (`locations`, `sources`, `agreements`).
    Row,
    /// The batch beside the figure.
    Batch,
    /// The movement beside the figure.
    Movement,
    /// The return beside the figure.
    Return,
    /// The figure itself.
    Figure,
}

/// What stands in the cells of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// The code of the part itself, chosen by whoever fills in the sheet.
    Code,
    /// Free text.
    Text,
    /// A location: its code, p-code, name or alias.
    Place,
    /// A source: its code or name.
    Source,
    /// An agreement: its code or name.
    Agreement,
    /// A movement: its code.
    Movement,
    /// A whole number.
    Whole,
    /// A number with decimals.
    Real,
    /// A day.
    Date,
    /// Yes or no.
    YesNo,
    /// A word of a vocabulary.
    Word(&'static Vocabulary),
    /// Words of a vocabulary, joined by `;`.
    Words(&'static Vocabulary),
    /// Names, joined by `;`.
    Names,
    /// Parties as `role:name`, joined by `;`.
    Parties,
}

/// One column of a sheet.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its heading.
    pub name: &'static str,
    /// What it speaks of.
    pub part: Part,
    /// The member of that part's body that it fills.
    pub member: &'static str,
    /// What stands in its cells.
    pub kind: Kind,
    /// Whether the part that it speaks of needs it, where it is new.
    pub required: bool,
    /// What else the heading may be, in English and Arabic; compared folded, and one column's alone.
    pub aliases: &'static [&'static str],
    /// What it means, in one English sentence.
    pub meaning: &'static str,
    /// What it means, in one Arabic sentence.
    pub meaning_ar: &'static str,
    /// A value as an example; empty where the example row of a template leaves the cell empty.
    pub example: &'static str,
    /// A sensible width in a spreadsheet, in characters.
    pub width: u8,
}

impl Column {
    /// A column that fills the member of its own name.
    const fn new(name: &'static str, part: Part, kind: Kind) -> Self {
        let width = match kind {
            Kind::Whole | Kind::Real | Kind::Date | Kind::YesNo => 12,
            Kind::Code | Kind::Place | Kind::Source | Kind::Agreement | Kind::Word(_) => 16,
            Kind::Text | Kind::Movement | Kind::Words(_) | Kind::Names => 24,
            Kind::Parties => 36,
        };
        let (meaning, meaning_ar, example) = ("", "", "");
        Self { name, part, member: name, kind, required: false, aliases: &[], meaning, meaning_ar, example, width }
    }

    /// Names the member, where it is not called like the column.
    const fn member(mut self, member: &'static str) -> Self {
        self.member = member;
        self
    }

    const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    const fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn means(mut self, meaning: &'static str, meaning_ar: &'static str) -> Self {
        self.meaning = meaning;
        self.meaning_ar = meaning_ar;
        self
    }

    const fn example(mut self, example: &'static str) -> Self {
        self.example = example;
        self
    }

    const fn wide(mut self, width: u8) -> Self {
        self.width = width;
        self
    }
}

/// The code in the example row of a template: imports ignore that row.
pub const EXAMPLE: &str = "EXAMPLE";

impl Sheet {
    /// Every sheet, in the order in which each finds what it refers to.
    pub const ALL: [Self; 5] = [Self::Locations, Self::Sources, Self::Agreements, Self::Movements, Self::Returns];

    /// The sheet as paths, commands and files name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Locations => "locations",
            Self::Sources => "sources",
            Self::Agreements => "agreements",
            Self::Movements => "movements",
            Self::Returns => "returns",
        }
    }

    /// The sheet of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sheet| sheet.word() == word)
    }

    /// Its columns, in the order in which they are written.
    pub fn columns(self) -> &'static [Column] {
        static MOVEMENTS: LazyLock<Vec<Column>> =
            LazyLock::new(|| [movements::BATCH.as_slice(), &movements::MOVEMENT, &figures::FIGURE].concat());
        static RETURNS: LazyLock<Vec<Column>> =
            LazyLock::new(|| [returns::RETURN.as_slice(), &figures::FIGURE].concat());
        match self {
            Self::Locations => &resources::LOCATIONS,
            Self::Sources => &resources::SOURCES,
            Self::Agreements => &resources::AGREEMENTS,
            Self::Movements => &MOVEMENTS,
            Self::Returns => &RETURNS,
        }
    }

    /// The column whose code says what a row belongs to: `batch`, `return`, else `code`.
    pub fn key(self) -> &'static str {
        match self {
            Self::Locations | Self::Sources | Self::Agreements => "code",
            Self::Movements => "batch",
            Self::Returns => "return",
        }
    }

    /// The column of a name.
    pub fn column(self, name: &str) -> Option<&'static Column> {
        self.columns().iter().find(|column| column.name == name)
    }

    /// Where the column of a name stands; what is no column of ours comes after all of them.
    pub fn place(self, name: &str) -> usize {
        let columns = self.columns();
        columns.iter().position(|column| column.name == name).unwrap_or(columns.len())
    }
}

#[cfg(test)]
mod tests;
