//! The rows of each table, page by page in the order of their keys. The types hold every column: one that is new fits no row here.

use chrono::NaiveDateTime;
use diesel::prelude::*;

use super::{FEW, MANY};
use crate::db::Conn;
use crate::db::dialect::{Condition, insert_all};
use crate::db::schema::{
    self, agreements, answers, batches, creations, figures, history, imports, locations, movements, returns, sources,
    tokens, writes,
};
use crate::error::Error;
use crate::store;
use crate::store::history::creations::Run;

/// Copies a table whose rows hold their key.
macro_rules! copied {
    ($($table:ident: $row:ty, $many:ident;)+) => {$(
        pub(super) fn $table(from: &mut Conn, to: &mut Conn, progress: &dyn Fn(u64)) -> Result<(), Error> {
            pages!(from, progress, $table, $row, $many, |rows| {
                insert_all!(to, $table, rows)?;
            })
        }
    )+};
}

/// Goes through a table.
macro_rules! pages {
    ($from:ident, $progress:ident, $table:ident, $row:ty, $many:ident, |$rows:ident| $write:block) => {{
        use schema::$table::dsl;
        let mut after = 0;
        loop {
            let page: Vec<$row> =
                dsl::$table.filter(dsl::id.gt(after)).order(dsl::id).limit($many).load($from)?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.id;
            let $rows = &page;
            $write
            $progress(page.len() as u64);
        }
    }};
}

/// The row of a table that nobody else reads whole.
macro_rules! row {
    ($name:ident of $table:ident { $($column:ident: $kind:ty),+ $(,)? }) => {
        #[derive(Queryable, Insertable)]
        #[diesel(table_name = schema::$table, treat_none_as_default_value = false)]
        struct $name { $($column: $kind),+ }
    };
}

row!(Token of tokens {
    id: i64, name: String, hash: String, role: String, created_at: NaiveDateTime, expires_at: Option<NaiveDateTime>,
    revoked_at: Option<NaiveDateTime>,
});
row!(Write of writes { id: i64, first_seq: i64, last_seq: i64, at: NaiveDateTime, by: String });
row!(Entry of history {
    write_id: i64, n: i32, resource: String, code: String, action: String, revision: i32, before: Option<String>,
    after: Option<String>, row_id: Option<i64>,
});
row!(Import of imports {
    id: i64, code: String, sheet: String, write_id: i64, fingerprint: String, rows: i64, counts: String,
    warnings: String, warnings_total: i64,
});
row!(Answer of answers {
    id: i64, token: String, path: String, key: String, request: String, at: NaiveDateTime, status: i32,
    resource: String, code: Option<String>, etag: Option<String>, body: String,
});

copied! {
    tokens: Token, MANY;
    writes: Write, MANY;
    imports: Import, FEW;
    answers: Answer, FEW;
    sources: store::sources::Row, MANY;
    agreements: store::agreements::Row, MANY;
    batches: store::batches::Row, MANY;
    movements: store::movements::Row, MANY;
    returns: store::returns::Row, MANY;
    figures: store::figures::Row, MANY;
}

/// Places refer to each other in any order: first they come without, then they are told.
pub(super) fn locations(from: &mut Conn, to: &mut Conn, progress: &dyn Fn(u64)) -> Result<(), Error> {
    fn alone(from: &mut Conn, to: &mut Conn, progress: &dyn Fn(u64)) -> Result<(), Error> {
        pages!(from, progress, locations, store::locations::Row, MANY, |rows| {
            let mut alone = rows.clone();
            for row in &mut alone {
                row.parent_id = None;
                (row.country_id, row.admin1_id, row.admin2_id, row.admin3_id) = (None, None, None, None);
            }
            insert_all!(to, locations, &alone)?;
        })
    }
    fn together(from: &mut Conn, to: &mut Conn, progress: &dyn Fn(u64)) -> Result<(), Error> {
        pages!(from, progress, locations, store::locations::Row, MANY, |rows| {
            for row in rows {
                diesel::update(schema::locations::table.filter(schema::locations::id.eq(row.id)))
                    .set(row)
                    .execute(to)?;
            }
        })
    }
    alone(from, to, progress)?;
    together(from, to, &|_| {})
}

/// Copies a table whose key is the write and the place in it.
macro_rules! copied_by_place {
    ($($table:ident: $row:ty, $n:ident;)+) => {$(
        pub(super) fn $table(from: &mut Conn, to: &mut Conn, progress: &dyn Fn(u64)) -> Result<(), Error> {
            use schema::$table::dsl;
            let (mut write, mut n) = (0, -1);
            loop {
                let after = Condition::sql(concat!("(write_id, ", stringify!($n), ") > ("));
                let after = after.key(write).then(", ").key(n).then(")");
                let page: Vec<$row> = dsl::$table.filter(after).order((dsl::write_id, dsl::$n)).limit(MANY).load(from)?;
                let Some(last) = page.last() else { return Ok(()) };
                (write, n) = (last.write_id, i64::from(last.$n));
                insert_all!(to, $table, &page)?;
                progress(page.len() as u64);
            }
        }
    )+};
}

copied_by_place! {
    history: Entry, n;
    creations: Run, first_n;
}

/// The number of the history never goes back, not even where other data were there before: who has an answer with a number would
/// take a new one for the same. It is one that no write has, so that whoever follows the writes sees that they do not follow.
pub(super) fn data_version(from: &mut Conn, to: &mut Conn, _: &dyn Fn(u64)) -> Result<(), Error> {
    use schema::data_version::dsl;
    let number = |conn: &mut Conn| dsl::data_version.select(dsl::seq).first::<i64>(conn);
    let (theirs, ours) = (number(from)?, number(to)?);
    let next = if ours == 0 { theirs } else { theirs.max(ours) + 1 };
    diesel::update(dsl::data_version).set(dsl::seq.eq(next)).execute(to)?;
    Ok(())
}
