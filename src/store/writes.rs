//! Rows on their way into the tables: gathered while a write is settled, then written table by table, many at once.

use diesel::prelude::*;

use super::Written;
use super::references::CHUNK;
use super::rows::Outcome;
use super::{
    agreements as agreement, batches as batch, figures as figure, movements as movement, returns as homecoming,
};
use crate::db::Conn;
use crate::db::dialect::{Condition, insert_all};
use crate::db::schema::{agreements, batches, figures, movements, returns};
use crate::db::types::Word;
use crate::domain::Resource;
use crate::domain::words::FigureRole;
use crate::error::Error;

/// The rows of one table: new ones, ones that are there and have changed, and the keys of ones that go.
pub(super) struct Of<R> {
    pub(super) new: Vec<R>,
    pub(super) changed: Vec<R>,
    pub(super) gone: Vec<i64>,
}

impl<R> Default for Of<R> {
    fn default() -> Self {
        Self { new: vec![], changed: vec![], gone: vec![] }
    }
}

/// Everything that a write does to the tables, history apart.
#[derive(Default)]
pub(super) struct Writes {
    pub(super) agreements: Of<agreement::Row>,
    pub(super) batches: Of<batch::Row>,
    pub(super) movements: Of<movement::Row>,
    pub(super) returns: Of<homecoming::Row>,
    pub(super) figures: Of<figure::Row>,
}

/// What was written of one whole: a batch or a return with its parts.
pub(super) struct Settlement {
    /// The whole.
    pub(super) written: Written,
    /// What became of it and of each part that was sent, for a report.
    pub(super) outcomes: Vec<(Resource, Outcome)>,
    /// The codes of the figures that were sent.
    pub(super) figures: Vec<String>,
}

macro_rules! delete {
    ($conn:ident, $table:ident, $rows:expr) => {
        for keys in $rows.gone.chunks(CHUNK) {
            let these = Condition::keyed("id", keys);
            diesel::delete($table::table.filter(these)).execute($conn)?;
        }
    };
}

macro_rules! update {
    ($conn:ident, $table:ident, $rows:expr) => {
        for row in &$rows.changed {
            diesel::update($table::table.filter($table::id.eq(row.id))).set(row).execute($conn)?;
        }
    };
}

impl Writes {
    /// Takes over what becomes of the figures about one thing.
    pub(super) fn figures(&mut self, settled: figure::Settled) {
        self.figures.new.extend(settled.new);
        self.figures.changed.extend(settled.changed.into_iter().map(|(_, after)| after));
        self.figures.changed.extend(settled.redated);
        self.figures.gone.extend(settled.dropped.into_iter().map(|row| row.id));
    }

    /// Writes it all: what refers to a row goes before it goes, and comes after it comes.
    pub(super) fn execute(mut self, conn: &mut Conn) -> Result<(), Error> {
        // Demotions go first: the index lets no phase have two recommended figures, not even for a moment.
        self.figures.changed.sort_by_key(|row| row.role == Some(Word(FigureRole::Recommended)));
        delete!(conn, figures, self.figures);
        delete!(conn, movements, self.movements);
        delete!(conn, batches, self.batches);
        delete!(conn, returns, self.returns);
        delete!(conn, agreements, self.agreements);
        update!(conn, agreements, self.agreements);
        insert_all!(conn, batches, &self.batches.new)?;
        update!(conn, batches, self.batches);
        insert_all!(conn, movements, &self.movements.new)?;
        update!(conn, movements, self.movements);
        insert_all!(conn, returns, &self.returns.new)?;
        update!(conn, returns, self.returns);
        update!(conn, figures, self.figures);
        insert_all!(conn, figures, &self.figures.new)?;
        Ok(())
    }
}
