//! A sheet with more rows than the record has: its indexes are made at the end, from sorted keys, and not row by row.

use diesel::prelude::*;

use crate::db::dialect::{make_again, set_aside};
use crate::db::schema::{figures, returns};
use crate::error::Error;
use crate::store::Tx;
use crate::store::imports::Wholes;

/// Below this many rows nothing is gained.
const MANY: i64 = 20_000;

/// By these an import of movements finds nothing: neither what a row refers to, nor whether it is there, nor whether another batch
/// has the same journey.
const OF_MOVEMENTS: &[&str] = &[
    "batches_date",
    "batches_origin",
    "batches_updated",
    "movements_date",
    "movements_origin",
    "movements_destination",
    "movements_updated",
    "figures_source",
    "figures_date",
];
/// By these an import of returns finds nothing.
const OF_RETURNS: &[&str] = &[
    "returns_date",
    "returns_from",
    "returns_to",
    "returns_origin",
    "returns_destination",
    "returns_updated",
    "figures_source",
    "figures_date",
];

/// What was set aside until the end of an import.
#[derive(Default)]
pub struct Load {
    indexes: Vec<String>,
}

impl Load {
    /// Begins an import of about so many rows.
    pub fn begin(tx: &mut Tx, wholes: Wholes, rows: i64) -> Result<Self, Error> {
        let (indexes, last): (_, Option<i64>) = match wholes {
            Wholes::Batches => (OF_MOVEMENTS, figures::table.select(diesel::dsl::max(figures::id)).first(tx.conn)?),
            Wholes::Returns => (OF_RETURNS, returns::table.select(diesel::dsl::max(returns::id)).first(tx.conn)?),
            _ => return Ok(Self::default()),
        };
        // Keys are counted up, so the last one says how many rows there are at the most.
        if tx.dry || rows < MANY || rows < last.unwrap_or_default() {
            return Ok(Self::default());
        }
        Ok(Self { indexes: set_aside(tx.conn, indexes)? })
    }

    /// Ends it: everything is found again.
    pub fn end(self, tx: &mut Tx) -> Result<(), Error> {
        Ok(make_again(tx.conn, &self.indexes)?)
    }
}

#[cfg(test)]
mod tests {
    use diesel::SqliteConnection;
    use diesel::sql_types::Text;

    use super::*;
    use crate::db::{Conn, DatabaseUrl, Db};

    #[derive(diesel::QueryableByName, Debug, PartialEq)]
    struct Index {
        #[diesel(sql_type = Text)]
        sql: String,
    }

    fn indexes(conn: &mut Conn) -> Vec<Index> {
        let all = "SELECT sql FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name";
        diesel::sql_query(all).load(conn).unwrap()
    }

    #[test]
    fn every_index_that_is_set_aside_is_there_and_comes_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.db");
        Db::open(&DatabaseUrl::Sqlite(path.clone()), 1).unwrap().migrate().unwrap();
        let mut conn = Conn::Sqlite(SqliteConnection::establish(path.to_str().unwrap()).unwrap());
        for names in [OF_MOVEMENTS, OF_RETURNS] {
            let before = indexes(&mut conn);
            let aside = set_aside(&mut conn, names).unwrap();
            assert_eq!(aside.len(), names.len(), "one of {names:?} is not there");
            assert_eq!(indexes(&mut conn).len() + names.len(), before.len());
            make_again(&mut conn, &aside).unwrap();
            assert_eq!(indexes(&mut conn), before);
        }
    }
}
