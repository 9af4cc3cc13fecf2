//! Columns out of the database.

use std::collections::HashMap;

use diesel::prelude::*;

use super::places::{Known, place_of};
use super::table::{Row, dated};
use super::{Held, Stop};
use crate::db::Conn;
use crate::db::dialect::Condition;
use crate::db::schema::{agreements, figures, locations, movements, returns, sources};
use crate::db::types::{Day, Word};
use crate::domain::words::{BatchKind, SettlementType};
use crate::store::statistics::places::{Named, place_fields};

/// How many rows are read at once.
const AT_ONCE: i64 = 20_000;

type Unit = (Option<i32>, Option<i32>, Option<i32>, Option<bool>);
type Counts = (Unit, Unit);

/// A row with its counts.
fn counted((households, individuals): Counts, mut row: Row) -> Row {
    for (unit, (value, low, high, open)) in [households, individuals].into_iter().enumerate() {
        row.count(unit, [value, low, high], open);
    }
    row
}

/// The columns of [`Counts`].
macro_rules! counts {
    ($table:ident) => {
        (
            ($table::households, $table::households_low, $table::households_high, $table::households_high_open),
            ($table::individuals, $table::individuals_low, $table::individuals_high, $table::individuals_high_open),
        )
    };
}

/// A movement: its key and batch, where, when, what, and how many.
type Movement = (
    (i64, i64),
    (i64, i64, Option<i64>),
    (Option<Day>, Option<Day>, Option<Day>),
    (Word<BatchKind>, Option<Word<SettlementType>>, bool, bool),
    Counts,
);

/// A return: its key, where it counts, its own places and agreement, when, what, and how many.
type Homecoming = (
    i64,
    (i64, i64, Option<i64>),
    (i64, i64, Option<i64>),
    (Option<Day>, Option<Day>),
    (Word<BatchKind>, Option<Word<SettlementType>>, bool, bool, bool),
    Counts,
);

/// Goes through rows of a table by their keys, a page at a time: those that `$which` holds for.
macro_rules! pages {
    ($conn:ident, $table:ident, $from:expr, $columns:expr, $key:expr, $which:expr, $each:expr) => {{
        let mut after = i64::MIN;
        loop {
            let page = $from
                .filter($table::id.gt(after))
                .filter($which)
                .order($table::id)
                .limit(AT_ONCE)
                .select($columns)
                .load($conn)?;
            let many = page.len();
            for row in page {
                after = $key(&row);
                $each(row)?;
            }
            if i64::try_from(many).unwrap_or(i64::MAX) < AT_ONCE {
                break Ok(());
            }
        }
    }};
}

impl Held {
    /// Reads the places.
    pub(super) fn read_places(&mut self, conn: &mut Conn) -> Result<(), Stop> {
        let up = (locations::country_id, locations::admin1_id, locations::admin2_id, locations::admin3_id);
        type Up = (Option<i64>, Option<i64>, Option<i64>, Option<i64>);
        let rows: Vec<(_, String, Up)> = locations::table.select((place_fields!(), locations::path, up)).load(conn)?;
        let known = rows.into_iter().map(|(fields, path, up)| Known { fields, path, up: up.into() });
        self.places.renew(known.collect());
        Ok(())
    }

    /// Reads the agreements.
    pub(super) fn read_agreements(&mut self, conn: &mut Conn) -> Result<(), Stop> {
        let columns = (agreements::id, agreements::code, agreements::name, agreements::name_ar);
        let rows: Vec<(i64, String, String, Option<String>)> = agreements::table.select(columns).load(conn)?;
        let named = |(id, code, name, name_ar): (i64, String, String, Option<String>)| {
            let arabic = Named { code: code.clone(), name: name_ar.unwrap_or_else(|| name.clone()) };
            (id, [Named { code, name }, arabic])
        };
        self.agreements.renew(rows.into_iter().map(named).collect());
        Ok(())
    }

    /// Reads which sources are confidential.
    pub(super) fn read_sources(&mut self, conn: &mut Conn) -> Result<(), Stop> {
        let confidential: Vec<i64> = sources::table.filter(sources::confidential).select(sources::id).load(conn)?;
        self.confidential = confidential.into_iter().collect();
        Ok(())
    }

    /// Reads movements, also those that do not count: they are taken away. The keys of those that were read.
    pub(super) fn read_movements(
        &mut self,
        conn: &mut Conn,
        which: &Condition,
        told: &mut impl Extend<i64>,
    ) -> Result<(), Stop> {
        let mut each = |row: Movement| {
            let ((id, batch), (origin, destination, agreement), (first, last, arrived), what, counts) = row;
            told.extend([id]);
            let (Word(kind), settlement, happened, is_public) = what;
            if !happened {
                self.movements.remove(id);
                return Ok(());
            }
            let row = Row {
                first: dated(first),
                last: dated(last),
                seen: dated(arrived.or(first)),
                origin: self.places.number(origin)?,
                destination: self.places.number(destination)?,
                agreement: self.agreements.number(agreement)?,
                sources: 0,
                counts: [0; 6],
                batch,
                kind: place_of(kind),
                settlement: settled(settlement),
                flags: if is_public { Row::PUBLIC } else { 0 },
            };
            self.movements.put(id, counted(counts, row));
            self.room()
        };
        let columns = (
            (movements::id, movements::batch_id),
            (movements::origin_id, movements::destination_id, movements::agreement_id),
            (movements::dated_on, movements::dated_last, movements::arrived_on),
            (movements::batch_kind, movements::settlement_type, movements::happened, movements::is_public),
            counts!(movements),
        );
        pages!(conn, movements, movements::table, columns, |row: &Movement| row.0.0, which.clone(), each)
    }

    /// Reads returns, like movements.
    pub(super) fn read_returns(
        &mut self,
        conn: &mut Conn,
        which: &Condition,
        told: &mut impl Extend<i64>,
    ) -> Result<(), Stop> {
        let mut each = |row: Homecoming| {
            let (id, (origin, destination, agreement), (to, from, under), (first, last), what, counts) = row;
            told.extend([id]);
            let (Word(kind), settlement, happened, is_public, movement_is_public) = what;
            if !happened {
                self.returns.remove(id);
                return Ok(());
            }
            let public = if is_public { Row::PUBLIC } else { 0 };
            let row = Row {
                first: dated(first),
                last: dated(last),
                seen: dated(first),
                origin: self.places.number(origin)?,
                destination: self.places.number(destination)?,
                agreement: self.agreements.number(agreement)?,
                sources: 0,
                counts: [0; 6],
                batch: 0,
                kind: place_of(kind),
                settlement: settled(settlement),
                flags: if movement_is_public { public } else { public | Row::OTHERWISE },
            };
            let row = counted(counts, row);
            self.returns.put(id, row);
            if movement_is_public {
                self.otherwise.remove(&id);
            } else {
                let own = Row {
                    origin: self.places.number(to)?,
                    destination: self.places.number(from)?,
                    agreement: self.agreements.number(under)?,
                    kind: place_of(BatchKind::Displacement),
                    settlement: 0,
                    ..row
                };
                self.otherwise.insert(id, own);
            }
            self.room()
        };
        let columns = (
            returns::id,
            (returns::origin_id, returns::destination_id, returns::counted_agreement_id),
            (returns::to_id, returns::from_id, returns::agreement_id),
            (returns::dated_on, returns::dated_last),
            (
                returns::batch_kind,
                movements::settlement_type.nullable(),
                returns::happened,
                returns::is_public,
                returns::movement_is_public,
            ),
            counts!(returns),
        );
        let from = returns::table.left_join(movements::table);
        pages!(conn, returns, from, columns, |row: &Homecoming| row.0, which.clone(), each)
    }

    /// Reads from which sources the counts of some rows come.
    pub(super) fn read_figures(&mut self, conn: &mut Conn, which: &Condition) -> Result<(), Stop> {
        type Figure = (i64, Option<i64>, Option<i64>, Option<i64>);
        let mut grown = HashMap::new();
        let mut each = |(_, movement, homecoming, source): Figure| {
            let Some(source) = source else { return Ok(()) };
            let movement = movement.and_then(|id| self.movements.get_mut(id));
            let homecoming = homecoming.map(|id| [self.returns.get_mut(id), self.otherwise.get_mut(&id)]);
            for row in movement.into_iter().chain(homecoming.into_iter().flatten().flatten()) {
                let sets = &mut self.sources;
                row.sources = *grown.entry((row.sources, source)).or_insert_with(|| sets.with(row.sources, source));
            }
            Ok::<_, Stop>(())
        };
        let columns = (figures::id, figures::movement_id, figures::return_id, figures::source_id);
        let counts =
            || Condition::sql("scope = 'whole' AND stage IN ('departed', 'arrived') AND ").group(which.clone());
        pages!(conn, figures, figures::table, columns, |row: &Figure| row.0, counts(), each)
    }
}

fn settled(kind: Option<Word<SettlementType>>) -> u8 {
    kind.map_or(0, |Word(kind)| place_of(kind) + 1)
}
