//! Two databases, one behaviour: the same migrations, the same tables, and the same answers to one long story.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[path = "api/support/mod.rs"]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use homeward::db::{Conn, Db, revert_all};
use serde_json::{Value, json};
use support::{Answer, Client, Database, Kind, TestApp, given};

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

#[test]
fn migrations_have_the_same_names_on_both() {
    let names = |database: &str| -> BTreeSet<String> {
        let folders = std::fs::read_dir(root("migrations").join(database)).unwrap();
        let mut names = BTreeSet::new();
        for folder in folders {
            let folder = folder.unwrap().path();
            for file in std::fs::read_dir(&folder).unwrap() {
                names.insert(format!(
                    "{}/{}",
                    folder.file_name().unwrap().display(),
                    file.unwrap().file_name().display()
                ));
            }
        }
        names
    };
    let sqlite = names("sqlite");
    assert_eq!(sqlite, names("postgres"));
    assert!(!sqlite.is_empty());
    for name in &sqlite {
        assert!(name.ends_with("/up.sql") || name.ends_with("/down.sql"), "{name}");
    }
}

/// The tables of `src/db/schema.rs` with their columns.
fn schema() -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(root("src/db/schema.rs")).unwrap();
    let mut tables = BTreeMap::new();
    for table in text.split("diesel::table! {").skip(1) {
        let mut lines = table.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
        let name = lines.next().unwrap().split(' ').next().unwrap().to_owned();
        let columns = lines.take_while(|line| *line != "}").filter_map(|line| line.split_once(" -> "));
        tables.insert(name, columns.map(|(column, _)| column.to_owned()).collect());
    }
    assert!(tables.len() >= 10 && tables.values().all(|columns: &BTreeSet<String>| columns.len() > 1), "{tables:?}");
    tables
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    holder: String,
    #[diesel(sql_type = Text)]
    named: String,
}

/// The tables of a database with their columns, without those that only migrations use.
fn tables(conn: &mut Conn) -> BTreeMap<String, BTreeSet<String>> {
    let sql = match conn {
        Conn::Sqlite(_) => {
            "SELECT m.name AS holder, c.name AS named FROM sqlite_master m, pragma_table_info(m.name) c \
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%'"
        }
        Conn::Pg(_) => {
            "SELECT table_name::text AS holder, column_name::text AS named FROM information_schema.columns \
             WHERE table_schema = current_schema()"
        }
    };
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for Column { holder, named } in diesel::sql_query(sql).load(conn).unwrap() {
        if holder != "__diesel_schema_migrations" && holder != "migration_lock" {
            tables.entry(holder).or_default().insert(named);
        }
    }
    tables
}

fn connect(database: &Database) -> Conn {
    match database {
        Database::Sqlite(_) => {
            let url = database.url();
            let mut conn = SqliteConnection::establish(url.strip_prefix("sqlite:").unwrap()).unwrap();
            conn.batch_execute("PRAGMA foreign_keys = ON").unwrap();
            Conn::Sqlite(conn)
        }
        Database::Postgres { .. } => Conn::Pg(PgConnection::establish(&database.url()).unwrap()),
    }
}

fn up_down_up(kind: Kind) {
    let database = Database::create(kind);
    let db = Db::open(&database.url().parse().unwrap(), 1).unwrap();
    db.migrate().unwrap();
    // What is there already is left alone.
    db.migrate().unwrap();
    let mut conn = connect(&database);
    assert_eq!(tables(&mut conn), schema());
    revert_all(&mut conn).unwrap();
    assert_eq!(tables(&mut conn), BTreeMap::new(), "down.sql leaves something behind");
    db.migrate().unwrap();
    assert_eq!(tables(&mut conn), schema());
}

#[test]
fn up_down_up_on_sqlite() {
    up_down_up(Kind::Sqlite);
}

#[test]
fn up_down_up_on_postgres() {
    up_down_up(Kind::Postgres);
}

/// A key is asked of a sequence by its name, which PostgreSQL made when it made the table.
#[test]
fn sequences_have_the_names_of_their_tables() {
    #[derive(QueryableByName)]
    struct Named {
        #[diesel(sql_type = Text)]
        told: String,
        #[diesel(sql_type = Text)]
        expected: String,
    }
    let database = Database::create(Kind::Postgres);
    Db::open(&database.url().parse().unwrap(), 1).unwrap().migrate().unwrap();
    let of_all = "SELECT pg_get_serial_sequence(table_name, 'id') AS told, table_schema || '.' || table_name || '_id_seq' AS expected \
                  FROM information_schema.columns WHERE is_identity = 'YES' AND table_schema = current_schema()";
    let all: Vec<Named> = diesel::sql_query(of_all).load(&mut connect(&database)).unwrap();
    assert!(all.len() > 7, "only {} tables count their keys", all.len());
    for Named { told, expected } in all {
        assert_eq!(told, expected);
    }
}

async fn the_schema_is_checked(kind: Kind) {
    let database = Database::create(kind);
    let db = Db::open(&database.url().parse().unwrap(), 1).unwrap();
    assert!(db.check().await.is_err(), "nothing was migrated");
    db.migrate().unwrap();
    db.check().await.unwrap();
    let mut conn = connect(&database);
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('29991231000000')";
    diesel::sql_query(newer).execute(&mut conn).unwrap();
    let error = db.check().await.unwrap_err().to_string();
    assert!(error.contains("29991231000000"), "{error}");
    assert!(db.migrate().is_err(), "a newer schema is left alone");
}

#[actix_web::test]
async fn a_schema_too_old_or_too_new_is_noticed_on_sqlite() {
    the_schema_is_checked(Kind::Sqlite).await;
}

#[actix_web::test]
async fn a_schema_too_old_or_too_new_is_noticed_on_postgres() {
    the_schema_is_checked(Kind::Postgres).await;
}

#[actix_web::test]
async fn connections_that_broke_are_replaced() {
    let app = TestApp::start(Kind::Postgres).await;
    given::world(&app).await;
    let Database::Postgres { schema } = &app.database else { panic!("it is PostgreSQL") };
    for number in 0..3 {
        // As when the server is restarted: every connection of the pool is gone, and nobody has noticed yet.
        let mut conn = connect(&app.database);
        let sql = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE application_name = '{schema}' AND pid <> pg_backend_pid()"
        );
        diesel::sql_query(sql).execute(&mut conn).unwrap();
        if number != 1 {
            app.public().get("/v1/locations").await.is(200);
        }
        let body = json!({"name": "x", "kind": "media"});
        app.editor().put(&format!("/v1/sources/s{number}"), &body).await.is(201);
        app.public().get("/health/ready").await.is(200);
    }
}

/// A text without what may differ: codes that the server makes, cursors that hold them, and request ids.
fn masked(text: &str) -> String {
    let uuid = |part: &[u8]| {
        part.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let bytes = text.as_bytes();
    let (mut out, mut at) = (vec![], 0);
    while at < bytes.len() {
        if bytes.len() - at >= 36 && uuid(&bytes[at..at + 36]) {
            out.extend_from_slice(b"<uuid>");
            at += 36;
        } else if bytes[at..].starts_with(b"eyJ") {
            // A cursor may hold a code.
            out.extend_from_slice(b"<cursor>");
            at += bytes[at..].iter().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(byte)).count();
        } else {
            out.push(bytes[at]);
            at += 1;
        }
    }
    String::from_utf8(out).unwrap()
}

/// What two databases must agree on: status, headers that mean something, body.
fn told(answer: &Answer) -> (u16, Vec<Option<String>>, String) {
    let names = ["Content-Type", "ETag", "Location", "Link", "Allow", "WWW-Authenticate", "Content-Disposition"];
    let headers = names.map(|name| answer.header(name).map(masked));
    let is_workbook =
        answer.status == 200 && answer.header("Content-Type").is_some_and(|kind| kind.ends_with(".sheet"));
    let text = if is_workbook { answer.part("xl/worksheets/sheet1.xml") } else { answer.text() };
    (answer.status, headers.to_vec(), masked(&text))
}

/// The same person on both databases.
struct Both {
    clients: [Client; 2],
}

impl Both {
    async fn send(&self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let bytes = body.map(Value::to_string);
        let body = bytes.as_ref().map(|bytes| ("application/json", bytes.as_bytes()));
        let [sqlite, postgres] = &self.clients;
        let (one, other) = (sqlite.send(method, path, body).await, postgres.send(method, path, body).await);
        let (one_told, other_told) = (told(&one), told(&other));
        if one_told != other_told {
            // From shortly before the place where they part.
            let (one, other) = (one_told.2.as_bytes(), other_told.2.as_bytes());
            let at = one.iter().zip(other).take_while(|(a, b)| a == b).count().saturating_sub(200);
            let part = |text: &[u8]| String::from_utf8_lossy(&text[at..text.len().min(at + 600)]).into_owned();
            panic!(
                "{method} {path} {bytes:?}\nSQLite:     {} {:?}\n{}\nPostgreSQL: {} {:?}\n{}",
                one_told.0,
                one_told.1,
                part(one),
                other_told.0,
                other_told.1,
                part(other)
            );
        }
        one
    }
}

#[actix_web::test]
async fn one_story_has_the_same_answers_on_both() {
    let apps = [TestApp::start(Kind::Sqlite).await, TestApp::start(Kind::Postgres).await];
    for app in &apps {
        app.load_al_waer().await;
        given::location("Zoghra").with("name", "Zoghra, upper case").put(app).await;
    }
    let both = |client: fn(&TestApp) -> Client| Both { clients: [client(&apps[0]), client(&apps[1])] };
    let (public, reader, editor, admin) =
        (both(TestApp::public), both(TestApp::reader), both(TestApp::editor), both(TestApp::admin));

    // Writing: what is right, what is wrong, what is in the way.
    let writes = [
        ("PUT", "/v1/sources/mole", json!({"name": "Mole", "kind": "community", "confidential": true}), 201),
        ("PUT", "/v1/sources/mole", json!({"name": "Mole", "kind": "community", "confidential": true}), 200),
        ("PUT", "/v1/sources/mole", json!({"name": "", "kind": "communty", "url": "x", "more": 1}), 422),
        (
            "POST",
            "/v1/batches",
            json!({"origin": "al-waer", "departed_on": "2018-01-01", "departed_on_precision": "year",
                "movements": [{"destination": "SY02", "figures": [
                    {"stage": "departed", "individuals": 10, "source": "mole", "url": "https://x.example"},
                    {"stage": "arrived", "households": 3, "source": "sana", "notes": "=1+1"}]},
                    {"destination": "SY07"}]}),
            201,
        ),
        (
            "PUT",
            "/v1/batches/x",
            json!({"origin": "al-waer", "code": "x", "number": 13, "scheduled_on": "2018-02-03",
                "visibility": "restricted", "departed_on": "2018-02-05", "reasons": ["siege", "other"],
                "parties": [{"name": "SARC", "role": "facilitator"}],
                "movements": [{"destination": "al-bab", "arrived_on": "2018-02-06", "figures": [
                    {"code": "x1", "stage": "departed", "individuals": 100, "individuals_quantifier": "less_than"},
                    {"code": "x2", "stage": "arrived", "individuals": 50, "individuals_quantifier": "between",
                        "individuals_high": 70, "households": 11}]}]}),
            201,
        ),
        ("PATCH", "/v1/figures/x2", json!({"role": "recommended"}), 200),
        ("PATCH", "/v1/figures/x1", json!({"scope": "part", "role": "recommended"}), 422),
        ("PATCH", "/v1/figures/x2", json!({"stage": "planned"}), 200),
        ("PATCH", "/v1/batches/x", json!({"departed_on": null}), 422),
        ("PATCH", "/v1/movements/x.al-bab", json!({"figures": [{"code": "x3", "stage": "arrived", "men": 4}]}), 200),
        (
            "PUT",
            "/v1/returns/back",
            json!({"from": "al-bab", "to": "al-waer", "movement": "x.al-bab", "returned_on": "2018-03-01",
                "members_remaining": 3, "figures": [{"stage": "arrived", "individuals": 200, "source": "mole"}]}),
            201,
        ),
        ("DELETE", "/v1/batches/x", json!(null), 409),
        ("DELETE", "/v1/locations/al-waer", json!(null), 409),
        ("DELETE", "/v1/sources/sana", json!(null), 409),
        ("PATCH", "/v1/locations/SY", json!({"parent": "al-waer"}), 422),
        ("POST", "/v1/locations", json!({"code": "SYR", "name": "x", "kind": "camp"}), 409),
        ("PUT", "/v1/agreements/a", json!({"name": "الاتفاق", "signed_on": "2019-02-29"}), 422),
        ("PUT", "/v1/agreements/a", json!({"name": "الاتفاق", "signed_on": "2020-02-29", "parties": []}), 201),
        ("PATCH", "/v1/agreements/a", json!({"location": "SYR", "name_ar": "اتّفاق"}), 200),
        ("DELETE", "/v1/agreements/a", json!(null), 204),
        ("PUT", "/v1/agreements/a", json!({"name": "again"}), 201),
        (
            "POST",
            "/v1/figures",
            json!({"agreement": "a", "stage": "departed", "households": 5, "role": null, "destination": "SY07"}),
            201,
        ),
        ("POST", "/v1/movements", json!({"batch": "x", "destination": "al-bab"}), 409),
        ("DELETE", "/v1/figures/x3", json!(null), 204),
        ("DELETE", "/v1/figures/x3", json!(null), 404),
    ];
    for (method, path, body, status) in &writes {
        let body = (!body.is_null()).then_some(body);
        editor.send(method, path, body).await.is(*status);
        reader.send(method, path, body).await.is(403);
    }

    // Reading: every list in every order and format, as everybody.
    for who in [&public, &reader, &editor] {
        for resource in ["locations", "sources", "agreements", "batches", "movements", "returns", "figures"] {
            for query in [
                "?count=true&limit=7",
                ".csv",
                ".ndjson?labels=ar",
                ".xlsx?lang=ar",
                ".geojson",
                "?sort=code&limit=3",
                "?sort=-code",
                "?sort=updated_at",
                "?q=al%20w",
                "?q=ال",
                "?updated_since=2026-11-22",
                "?sort=date",
                "?from=2017-04-01&to=2017-05-31",
                "?destination=SY02,SY07",
                "?kind=camp",
                "?origin=SY04&agreement=al-waer-2017",
                "?source=sana",
                "?source=mole",
                "?settlement_type=planned_camp",
                "?parent=SY02",
                "?nonsense=1",
                "?batch=x",
                "?stage=departed&role=recommended",
                "?scope=part",
                "?kind=displacement",
                "?limit=x&cursor=y",
            ] {
                who.send("GET", &format!("/v1/{resource}{query}"), None).await;
            }
        }
        for path in [
            "stats/flows",
            "stats/flows?by=month,destination",
            "stats/flows?by=week,origin&fill=zero",
            "stats/flows.csv?by=destination&level=admin2",
            "stats/flows?by=agreement,day&labels=ar",
            "stats/stocks",
            "stats/stocks?by=destination&period=month",
            "stats/stocks.ndjson?by=origin&level=admin1",
            "stats/stocks?by=agreement&as_of=2017-05-05",
            "stats/summary",
            "stats/summary.csv",
            "stats/summary.xlsx",
            "destinations",
            "destinations?level=admin1",
            "origins",
            "origins.csv",
            "origins.xlsx",
            "origins.geojson?level=admin1",
            "stats/flows?by=year&kind=onward",
            "stats/flows?level=admin1",
            "batches/x",
            "batches/al-waer-12",
            "movements/x.al-bab",
            "returns/back",
            "figures/x2",
            "sources/mole",
            "locations/zoghra-camp?labels=ar",
            "agreements/a",
            "agreements/A",
            "locations/zoghra",
            "locations/Zoghra",
            "batches/x/history",
            "agreements/a/history?limit=2",
            "figures/x3/history",
            "tokens",
            "nothing",
        ] {
            who.send("GET", &format!("/v1/{path}"), None).await;
        }
    }
    admin.send("GET", "/v1/tokens", None).await.is(200);
    admin.send("DELETE", "/v1/tokens/reader", None).await.is(204);
    reader.send("GET", "/v1/sources", None).await.is(401);

    // Every row of the record goes away again, and leaves its history.
    for list in ["returns", "batches", "agreements", "sources"] {
        for code in apps[0].editor().codes(&format!("/v1/{list}?limit=1000&sort=code")).await {
            if code.len() != 36 {
                editor.send("DELETE", &format!("/v1/{list}/{code}"), None).await;
            }
        }
        editor.send("GET", &format!("/v1/{list}?sort=code"), None).await;
    }
}
