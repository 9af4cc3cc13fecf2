//! A small record, written by hand, on both databases.

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection, SqliteConnection};

use crate::db::{Conn, DatabaseUrl, Db};

const PLACES: &str = "
INSERT INTO locations (id, code, name, name_ar, aliases, kind, parent_id, path, country_id, admin1_id, admin2_id, words, revision, created_at, updated_at) VALUES
  (1, 'SY', 'Syria', 'سوريا', '[]', 'country', NULL, '1.', 1, NULL, NULL, '', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
  (2, 'SY04', 'Homs', NULL, '[]', 'admin1', 1, '1.2.', 1, 2, NULL, '', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
  (3, 'waer', 'Al-Waer', 'الوعر', '[\"Waer\"]', 'neighbourhood', 2, '1.2.3.', 1, 2, NULL, '', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
  (4, 'SY02', 'Aleppo', NULL, '[]', 'admin1', 1, '1.4.', 1, 4, NULL, '', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
  (5, 'SY0208', 'Jarablus', NULL, '[]', 'admin2', 4, '1.4.5.', 1, 4, 5, '', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
  (6, 'zoghra', 'Zoghra camp', 'زوغرة', '[]', 'camp', 5, '1.4.5.6.', 1, 4, 5, '', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
  (7, 'Bab', 'Al-Bab', NULL, '[]', 'locality', 4, '1.4.7.', 1, 4, NULL, '', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00');
INSERT INTO agreements (id, code, name, parties, words, revision, created_at, updated_at) VALUES
  (1, 'deal', 'The deal', '[]', '', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00');
INSERT INTO sources (id, code, name, kind, confidential, words, revision, created_at, updated_at) VALUES
  (1, 'open', 'Open', 'media', FALSE, '', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00'),
  (2, 'secret', 'Secret', 'media', TRUE, '', 1, '2026-01-01 00:00:00', '2026-01-01 00:00:00');
";

/// A movement, each in a batch of its own: id, from 3 to where, kind, first and last day, public, persons.
pub type Left = (i64, i64, &'static str, &'static str, &'static str, bool, Option<i64>);
/// A return: id, from where to 3, first and last day, its movement, persons.
pub type Back = (i64, i64, &'static str, &'static str, Option<i64>, Option<i64>);

fn movement((id, to, kind, first, last, public, people): Left) -> String {
    let people = people.map_or("NULL".to_owned(), |people| people.to_string());
    let open = if people == "NULL" { "NULL" } else { "TRUE" };
    let at = "'2026-01-01 00:00:00'";
    let public = if public { "TRUE" } else { "FALSE" };
    format!(
        "INSERT INTO batches (id, code, kind, origin_id, departed_on, departed_on_precision, cancelled, reasons, parties, visibility,
           dated_on, dated_last, happened, is_public, movement_count, movements_without_households,
           movements_without_individuals, revision, created_at, updated_at)
         VALUES ({id}, 'b{id}', '{kind}', 3, '{first}', 'day', FALSE, '[]', '[]', 'public', '{first}', '{last}', TRUE, {public}, 1, 0, 0, 1, {at}, {at});
         INSERT INTO movements (id, code, batch_id, destination_id, arrived_on_precision, origin_id, agreement_id, batch_kind,
           dated_on, dated_last, happened, is_public, individuals, individuals_low, individuals_high, individuals_high_open,
           figure_count, revision, created_at, updated_at)
         VALUES ({id}, 'm{id}', {id}, {to}, 'day', 3, 1, '{kind}', '{first}', '{last}', TRUE, {public}, {people}, {people}, {people}, {open}, 0, 1, {at}, {at});"
    )
}

fn homecoming((id, from, first, last, movement, people): Back) -> String {
    let people = people.map_or("NULL".to_owned(), |people| people.to_string());
    let at = "'2026-01-01 00:00:00'";
    // A movement that is hidden went to 7 in these tests, under the one agreement.
    let (to, counted, under, public, movement) = match movement {
        Some(id) => (7, "1", "NULL", "FALSE", id.to_string()),
        None => (from, "NULL", "NULL", "TRUE", "NULL".to_owned()),
    };
    format!(
        "INSERT INTO returns (id, code, from_id, to_id, movement_id, agreement_id, returned_on, returned_on_precision, cancelled, reasons,
           parties, visibility, origin_id, destination_id, counted_agreement_id, batch_kind, movement_is_public, dated_on,
           dated_last, happened, is_public, individuals, individuals_low, individuals_high, individuals_high_open, figure_count,
           revision, created_at, updated_at)
         VALUES ({id}, 'r{id}', {from}, 3, {movement}, {under}, '{first}', 'day', FALSE, '[]', '[]', 'public', 3, {to}, {counted}, 'displacement',
           {public}, '{first}', '{last}', TRUE, TRUE, {people}, {people}, {people}, FALSE, 0, 1, {at}, {at});"
    )
}

/// Runs a test on every database there is, each time with new tables.
#[expect(clippy::disallowed_methods, reason = "the address of the test server is no setting of the service")]
pub fn on_each_database(left: &[Left], back: &[Back], test: impl Fn(&mut Conn)) {
    let rows: String = left.iter().map(|row| movement(*row)).chain(back.iter().map(|row| homecoming(*row))).collect();
    let given = format!("{PLACES}{rows}");

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("test.db");
    Db::open(&DatabaseUrl::Sqlite(path.clone()), 1).unwrap().migrate().unwrap();
    let mut conn = SqliteConnection::establish(path.to_str().unwrap()).unwrap();
    conn.batch_execute(&given).unwrap();
    test(&mut Conn::Sqlite(conn));

    let Ok(url) = std::env::var("TEST_POSTGRES_URL") else { return };
    // As unlike any other as the name of the folder, letter by letter: PostgreSQL folds case.
    let name = folder.path().to_str().unwrap().bytes().fold(String::new(), |name, byte| format!("{name}{byte:02x}"));
    let schema = format!("stats_{}", &name[name.len() - 12..]);
    PgConnection::establish(&url).unwrap().batch_execute(&format!("CREATE SCHEMA {schema}")).unwrap();
    let url = format!("{url}?options=-csearch_path%3D{schema}");
    Db::open(&url.parse().unwrap(), 1).unwrap().migrate().unwrap();
    let mut conn = PgConnection::establish(&url).unwrap();
    conn.batch_execute(&given).unwrap();
    test(&mut Conn::Pg(conn));
}
