//! A record that is large enough for a full scan to be seen: a few rows are written through the service, and copied by the database.

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use serde_json::json;

use crate::support::{Kind, TestApp, given};

/// How many rows each large table has, at least. More than are read and sorted where they are few, and than a statement may visit.
pub const MANY: usize = 24_000;

/// How many rows the others have: what is referred to, and is read whole where a word of a name is looked for.
const SOME: usize = 3_000;

/// The tables that nothing may read whole.
pub const LARGE: [&str; 11] = [
    "agreements",
    "batches",
    "creations",
    "figures",
    "history",
    "imports",
    "locations",
    "movements",
    "returns",
    "sources",
    "writes",
];

/// What differs from one copy to the next: a column, and SQL with the number `k` of the copy.
type Change<'a> = (&'a str, String);

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

fn columns(app: &TestApp, table: &str) -> Vec<String> {
    let url = app.database.url();
    let found: Vec<Column> = match app.database.kind() {
        Kind::Sqlite => {
            let mut conn = SqliteConnection::establish(url.trim_start_matches("sqlite:")).unwrap();
            sql_query(format!("SELECT name FROM pragma_table_info('{table}')")).load(&mut conn).unwrap()
        }
        Kind::Postgres => {
            let mut conn = PgConnection::establish(&url).unwrap();
            let of_it = "SELECT column_name::text AS name FROM information_schema.columns WHERE table_schema = current_schema()";
            sql_query(format!("{of_it} AND table_name = '{table}'")).load(&mut conn).unwrap()
        }
    };
    found.into_iter().map(|column| column.name).collect()
}

/// SQL that copies a row of a table many times.
fn copies(app: &TestApp, table: &str, which: &str, changes: &[Change]) -> String {
    let many = if ["agreements", "locations", "sources"].contains(&table) { SOME } else { MANY };
    let columns = columns(app, table);
    for (name, _) in changes {
        assert!(columns.iter().any(|column| column == name), "{table} has no {name}");
    }
    let values = columns.iter().map(|column| {
        let change = changes.iter().find(|(name, _)| name == column);
        change.map_or_else(|| format!("one.\"{column}\""), |(_, sql)| sql.clone())
    });
    format!(
        "INSERT INTO {table} (\"{}\") WITH RECURSIVE many (k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM many WHERE k < {many}) \
         SELECT {} FROM many, {table} AS one WHERE {which};",
        columns.join("\", \""),
        values.collect::<Vec<_>>().join(", "),
    )
}

/// The key of a row.
fn key(table: &str, code: &str) -> String {
    format!("(SELECT id FROM {table} WHERE code = '{code}')")
}

/// The large record. Dates, places and words are spread so that each filter has values of which there are many and few.
pub async fn large(app: &TestApp) {
    given::world(app).await;
    given::location("qadam").of_kind("neighbourhood").below("SY04").put(app).await;
    given::location("far").of_kind("neighbourhood").below("SY04").put(app).await;
    given::location("field").below("SY02").put(app).await;
    given::location("field-0").below("field").put(app).await;
    given::agreement("pact").put(app).await;
    given::source("paper").put(app).await;
    let said = |stage: &str| json!({"stage": stage, "individuals": 7, "source": "radio", "reported_on": "2017-03-01"});
    given::batch("b0").on("2017-03-01").to("zoghra", &[said("departed")]).put(app).await;
    given::homecoming("r0").with("movement", "b0.zoghra").on("2017-03-05").figures(&[said("arrived")]).put(app).await;
    let list = "code,name,kind\nlisted,A listed source,media\n";
    app.editor().send("POST", "/v1/imports/sources?commit=true", Some(("text/csv", list.as_bytes()))).await.is(201);

    app.editor().patch("/v1/locations/waer", &json!({"aliases": ["Waar"]})).await.is(200);

    let sql = [gazetteer(app), journeys(app), figures(app), feed(app)].concat();
    let sql = format!("BEGIN; {sql} COMMIT;");
    app.database.execute(&sql);
}

/// The first key of the copies, above all others.
const FIRST: i64 = 1_000_000;

fn id() -> Change<'static> {
    ("id", format!("{FIRST} + k"))
}

fn code(beginning: &str) -> Change<'static> {
    ("code", format!("'{beginning}' || k"))
}

/// A day in these ten years, and none for every tenth row.
fn day(app: &TestApp, column: &'static str, later: u8) -> Change<'static> {
    let day = match app.database.kind() {
        Kind::Sqlite => format!("date('2012-01-01', '+' || (k % 3650 + {later}) || ' days')"),
        Kind::Postgres => format!("date '2012-01-01' + (k % 3650 + {later})"),
    };
    (column, format!("CASE WHEN k % 10 > 0 THEN {day} END"))
}

/// A minute in these days.
fn updated(app: &TestApp) -> Change<'static> {
    let time = match app.database.kind() {
        Kind::Sqlite => "strftime('%Y-%m-%d %H:%M:%f', '2026-11-01', '+' || k || ' minutes')",
        Kind::Postgres => "timestamp '2026-11-01' + k * interval '1 minute'",
    };
    ("updated_at", time.to_owned())
}

fn of_boolean(app: &TestApp, column: &'static str, condition: &str) -> Change<'static> {
    match app.database.kind() {
        Kind::Sqlite => (column, format!("CASE WHEN {condition} THEN 1 ELSE 0 END")),
        Kind::Postgres => (column, condition.to_owned()),
    }
}

fn gazetteer(app: &TestApp) -> String {
    let kind = "CASE WHEN k % 3 = 0 THEN 'camp' WHEN k % 900 = 1 THEN 'crossing' ELSE 'locality' END";
    let places = [
        id(),
        code("place-"),
        ("path", "one.path || k || '.'".to_owned()),
        ("parent_id", "one.id".to_owned()),
        ("kind", kind.to_owned()),
        ("settlement_type", "CASE WHEN k % 700 = 1 THEN 'reception_centre' END".to_owned()),
        updated(app),
    ];
    let agreements = [id(), code("agreement-"), day(app, "signed_on", 0), updated(app)];
    let media = "CASE WHEN k % 3 = 0 THEN 'local_council' ELSE 'media' END".to_owned();
    let sources = [id(), code("source-"), ("kind", media), updated(app)];
    copies(app, "sources", "one.code = 'paper'", &sources)
        + &copies(app, "locations", "one.code = 'field-0'", &places)
        + &copies(app, "agreements", "one.code = 'pact'", &agreements)
}

fn origin() -> String {
    let (far, qadam, waer) = (key("locations", "far"), key("locations", "qadam"), key("locations", "waer"));
    format!("CASE WHEN k % 2000 = 0 THEN {far} WHEN k % 4 = 0 THEN {qadam} ELSE {waer} END")
}

fn destination() -> String {
    let (rare, bab, zoghra) = (key("locations", "SY0208"), key("locations", "bab"), key("locations", "zoghra"));
    format!("CASE WHEN k % 300 = 0 THEN {rare} WHEN k % 2 = 0 THEN {bab} ELSE {zoghra} END")
}

fn agreement() -> String {
    let (deal, pact) = (key("agreements", "deal"), key("agreements", "pact"));
    format!("CASE WHEN k % 2 = 0 THEN {deal} WHEN k % 500 = 1 THEN {pact} END")
}

fn kind() -> String {
    "CASE WHEN k % 2 = 0 THEN 'redisplacement' WHEN k % 700 = 1 THEN 'onward' ELSE 'displacement' END".to_owned()
}

/// Batches with a movement each, and returns, of which every second refers to a movement.
fn journeys(app: &TestApp) -> String {
    let public = of_boolean(app, "is_public", "k % 7 > 0");
    let dates = [day(app, "dated_on", 0), day(app, "dated_last", 6), updated(app), id(), public];
    let settlement = "CASE WHEN k % 5 = 0 THEN 'individual' WHEN k % 900 = 1 THEN 'collective_centre' END";
    let batches = [
        code("b"),
        ("kind", kind()),
        ("origin_id", origin()),
        ("agreement_id", agreement()),
        ("visibility", "CASE WHEN k % 7 > 0 THEN 'public' ELSE 'restricted' END".to_owned()),
        day(app, "departed_on", 0),
    ];
    let movements = [
        ("code", "'b' || k || '.zoghra'".to_owned()),
        ("batch_id", format!("{FIRST} + k")),
        ("batch_kind", kind()),
        ("origin_id", origin()),
        ("destination_id", destination()),
        ("agreement_id", agreement()),
        ("settlement_type", settlement.to_owned()),
    ];
    let returns = [
        code("r"),
        ("movement_id", format!("CASE WHEN k % 2 = 0 THEN {FIRST} + k END")),
        ("batch_kind", kind()),
        ("origin_id", origin()),
        ("destination_id", destination()),
        ("to_id", origin()),
        ("from_id", destination()),
        ("agreement_id", agreement()),
        ("counted_agreement_id", agreement()),
        of_boolean(app, "movement_is_public", "k % 6 > 0"),
        day(app, "returned_on", 0),
    ];
    copies(app, "batches", "one.code = 'b0'", &[dates.to_vec(), batches.to_vec()].concat())
        + &copies(app, "movements", "one.code = 'b0.zoghra'", &[dates.to_vec(), movements.to_vec()].concat())
        + &copies(app, "returns", "one.code = 'r0'", &[dates.to_vec(), returns.to_vec()].concat())
}

/// A figure of each movement, and of each return.
fn figures(app: &TestApp) -> String {
    let (council, paper, radio) = (key("sources", "council"), key("sources", "paper"), key("sources", "radio"));
    let all = [
        ("source_id", format!("CASE WHEN k % 2 = 0 THEN {council} WHEN k % 600 = 1 THEN {paper} ELSE {radio} END")),
        (
            "stage",
            "CASE WHEN k % 4 = 0 THEN 'arrived' WHEN k % 800 = 1 THEN 'withdrawn' ELSE 'departed' END".to_owned(),
        ),
        ("role", "CASE WHEN k % 800 = 1 THEN 'triangulation' ELSE 'recommended' END".to_owned()),
        ("scope", "CASE WHEN k % 800 = 1 THEN 'part' ELSE 'whole' END".to_owned()),
        day(app, "dated_on", 0),
        day(app, "dated_last", 0),
        updated(app),
    ];
    let about = |column: &'static str, last: &str, more: i64| {
        let code = ("code", format!("'f' || k || '{last}'"));
        let own = [("id", format!("{} + k", FIRST + more)), (column, format!("{FIRST} + k")), code];
        copies(app, "figures", &format!("one.{column} IS NOT NULL"), &[all.to_vec(), own.to_vec()].concat())
    };
    // The copies of the first are about movements, too, so those of returns come first.
    about("return_id", "r", 0) + &about("movement_id", "m", MANY as i64)
}

/// Who wrote all that: a write for each number, which created three rows and changed a fourth.
fn feed(app: &TestApp) -> String {
    let seq = format!("{FIRST} + 4 * k");
    let write = ("write_id", format!("{FIRST} + k"));
    let writes = [id(), ("first_seq", seq.clone()), ("last_seq", format!("{seq} + 3"))];
    let change = [
        write.clone(),
        ("n", "3".to_owned()),
        ("resource", "'locations'".to_owned()),
        ("code", "'waer'".to_owned()),
        ("revision", format!("{FIRST} + k")),
        ("row_id", key("locations", "waer")),
        ("action", "'update'".to_owned()),
    ];
    let created = |resource: &str, place: u8| {
        let (first, last) = (("first_id", format!("{FIRST} + k")), ("last_id", format!("{FIRST} + k")));
        let own = [write.clone(), ("first_n", place.to_string()), ("resource", format!("'{resource}'")), first, last];
        copies(app, "creations", "one.resource = 'returns' AND one.last_id < 1000", &own)
    };
    let imports = [id(), write.clone(), ("code", format!("'0' || ({FIRST} + k)"))];
    copies(app, "writes", "one.first_seq = 1", &writes)
        + &copies(app, "history", "one.n = 0 AND one.write_id = (SELECT min(write_id) FROM history)", &change)
        + &created("batches", 0)
        + &created("movements", 1)
        + &created("agreements", 2)
        + &copies(app, "imports", "one.id < 1000", &imports)
        + &format!("UPDATE data_version SET seq = {FIRST} + 4 * {MANY} + 3;")
}

/// The day of the journey that many batches record.
pub const SAME_DAY: &str = "2017-03-18";

/// Has a thousand batches record the same journey.
pub fn same_journeys(app: &TestApp) {
    let (waer, zoghra) = (key("locations", "waer"), key("locations", "zoghra"));
    app.database.execute(&format!(
        "UPDATE movements SET origin_id = {waer}, destination_id = {zoghra}, dated_on = '{SAME_DAY}', dated_last = '{SAME_DAY}' \
         WHERE id > {FIRST} AND id % 24 = 1"
    ));
    settle(app);
}

/// Has PostgreSQL count what there is, as it does by itself from time to time, and see what is visible to all, so that an index alone can
/// answer. Nobody has SQLite count.
pub fn settle(app: &TestApp) {
    if app.database.kind() == Kind::Postgres {
        let these = format!("VACUUM ANALYZE {}", LARGE.join(", "));
        PgConnection::establish(&app.database.url()).unwrap().batch_execute(&these).unwrap();
    }
}
