//! A record of any size, for statistics: the movements of Al-Waer, copied by the database.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use chrono::DateTime;
use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use homeward::db::{Conn, DatabaseUrl, Db};
use homeward::domain::access::Viewer;
use homeward::domain::clock::Clock;
use homeward::store::Reading;
use homeward::store::statistics::{self, Columns, FlowRow, Question};
use homeward::transfer::demo;

/// A record with its columns.
pub struct Record {
    conn: Conn,
    columns: Columns,
    /// Where it lies, until the end.
    _folder: tempfile::TempDir,
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

impl Record {
    /// The record of about so many movements, which is made once.
    pub fn of(many: usize) -> Rc<RefCell<Self>> {
        thread_local! {
            static MADE: RefCell<HashMap<usize, Rc<RefCell<Record>>>> = RefCell::default();
        }
        MADE.with_borrow_mut(|made| made.entry(many).or_insert_with(|| Rc::new(RefCell::new(Self::make(many)))).clone())
    }

    fn make(many: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("record.db");
        let db = Db::open(&DatabaseUrl::Sqlite(path.clone()), 1).unwrap();
        db.migrate().unwrap();
        let load = async { demo::load(&db, &Clock::new(|| DateTime::from_timestamp(1_795_348_800, 0).unwrap())).await };
        actix_web::rt::System::new().block_on(load).unwrap();
        drop(db);
        let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
        copy(&mut conn, many);
        let mut conn = Conn::Sqlite(conn);
        let columns = Columns::new(1 << 30);
        columns.build(&mut conn).unwrap();
        assert!(columns.bytes() > many * 32, "there are columns");
        Self { conn, columns, _folder: folder }
    }

    /// How many people left and came back, for everybody.
    pub fn flows(&mut self, question: &Question) -> Vec<FlowRow> {
        let who = Reading { viewer: Viewer::Public, arabic: false };
        statistics::flows(&mut self.conn, &self.columns, who, question).unwrap()
    }
}

/// Copies movements, each time a day earlier, within ten years. Nothing else of them is copied, nor are they indexed: no statistic
/// needs it.
fn copy(conn: &mut SqliteConnection, many: usize) {
    let columns: Vec<Column> = sql_query("SELECT name FROM pragma_table_info('movements')").load(conn).unwrap();
    let indexes = "SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'movements' AND sql IS NOT NULL";
    for index in sql_query(indexes).load::<Column>(conn).unwrap() {
        conn.batch_execute(&format!("DROP INDEX {}", index.name)).unwrap();
    }
    let value = |column: &Column| match column.name.as_str() {
        "id" => "1000 * k + one.id".to_owned(),
        "code" => "one.code || '-' || k".to_owned(),
        "batch_id" => "1000 * k + one.batch_id".to_owned(),
        name @ ("dated_on" | "dated_last" | "arrived_on") => format!("date(one.{name}, '-' || (k % 3650) || ' days')"),
        name => format!("one.{name}"),
    };
    let names: Vec<&str> = columns.iter().map(|column| column.name.as_str()).collect();
    let values: Vec<String> = columns.iter().map(value).collect();
    let (names, values) = (names.join(", "), values.join(", "));
    conn.batch_execute(&format!(
        "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; \
         INSERT INTO movements ({names}) \
         WITH RECURSIVE many (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM many WHERE k < {many} / (SELECT COUNT(*) FROM movements)) \
         SELECT {values} FROM many, movements AS one WHERE one.id < 1000"
    ))
    .unwrap();
}
