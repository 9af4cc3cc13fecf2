//! What a database does for a statement: the rows that it would have to look at, if these are more than a page needs.

use diesel::connection::SimpleConnection;
use diesel::pg::Pg;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use diesel::sqlite::Sqlite;
use diesel::{Connection as _, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use serde_json::Value as Json;

use crate::record::LARGE;
use crate::seen::{Statement, Value};
use crate::support::{Kind, TestApp};

/// How many rows of large tables a statement may look at, and sort: twice what counts as few (`store::filter`), as there may be two ways to
/// rows, and what the page has.
const MOST: f64 = 12_000.0;

/// This record is large enough to see a full scan, and small enough for one to be worth its while, with other processes to help. So the
/// question is whether there are indexes that spare it, and what it costs to go along them.
const ONLY_INDEXES: &str = "SET enable_seqscan = off; SET max_parallel_workers_per_gather = 0; SET jit = off; \
     SET plan_cache_mode = force_custom_plan";
/// The tables whose lists may be read in their order, and each row checked, until the page is full.
const WALKED: [&str; 7] = ["agreements", "batches", "figures", "locations", "movements", "returns", "sources"];

/// A connection that asks for plans.
pub enum Plans {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Step {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    many: i64,
}

#[derive(QueryableByName)]
struct Plan {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    plan: String,
}

impl Plans {
    pub fn of(app: &TestApp) -> Self {
        let url = app.database.url();
        match app.database.kind() {
            Kind::Sqlite => Self::Sqlite(SqliteConnection::establish(url.trim_start_matches("sqlite:")).unwrap()),
            Kind::Postgres => {
                let mut conn = PgConnection::establish(&url).unwrap();
                conn.batch_execute(ONLY_INDEXES).unwrap();
                Self::Postgres(conn)
            }
        }
    }

    /// What is wrong with the plan of a statement, if anything is.
    pub fn fault(&mut self, statement: &Statement) -> Option<String> {
        match self {
            Self::Sqlite(conn) => of_sqlite(conn, statement),
            Self::Postgres(conn) => of_postgres(conn, statement),
        }
    }

    /// What is wrong with the plan of a question for twins, which wants the first of many and should look at no other.
    pub fn fault_of_twins(&mut self, statement: &Statement) -> Option<String> {
        match self {
            Self::Sqlite(conn) => {
                let steps: Vec<String> = steps(conn, statement).into_iter().map(|step| step.detail).collect();
                let sought =
                    steps.iter().any(|step| step.starts_with("SEARCH movements USING INDEX movements_journey"));
                let sorted = steps.iter().any(|step| step.contains("TEMP B-TREE"));
                (sorted || !sought).then(|| steps.join("\n"))
            }
            Self::Postgres(conn) => {
                let (looked_at, plan) = looked_at(conn, statement);
                // The index may hold an older state of a row, and the row that asks.
                (looked_at > 10.0).then_some(plan)
            }
        }
    }
}

/// Whether every name has to be looked at: no index finds a word in the middle of others, and the gazetteer is small beside the record.
fn reads_names(statement: &Statement, table: &str) -> bool {
    ["locations", "sources", "agreements"].contains(&table) && statement.sql.contains("words LIKE")
}

fn steps(conn: &mut SqliteConnection, statement: &Statement) -> Vec<Step> {
    asked(&format!("EXPLAIN QUERY PLAN {}", statement.sql), &statement.values).load(conn).unwrap()
}

/// SQLite says which tables it scans. It may go along an index where the rows of a list come in its order and are limited.
fn of_sqlite(conn: &mut SqliteConnection, statement: &Statement) -> Option<String> {
    let steps = steps(conn, statement);
    let sorts = steps.iter().any(|step| step.detail == "USE TEMP B-TREE FOR ORDER BY");
    let ordered = statement.sql.contains(" ORDER BY ") && statement.sql.contains(" LIMIT ") && !sorts;
    let scanned = steps.iter().find(|step| {
        let mut words = step.detail.split(' ');
        let (verb, table) = (words.next(), words.next().unwrap_or_default());
        let along = ordered && words.next() == Some("USING") && WALKED.contains(&table);
        verb == Some("SCAN") && LARGE.contains(&table) && !along && !reads_names(statement, table)
    });
    let plan = || steps.iter().map(|step| format!("\n    {}", step.detail)).collect::<String>();
    if scanned.is_some() {
        return Some(format!("a full scan{}", plan()));
    }
    let many = if sorts { sorted(conn, statement) } else { 0 };
    (many > MOST as i64).then(|| format!("{many} rows are sorted{}", plan()))
}

/// How many rows a statement puts into order.
fn sorted(conn: &mut SqliteConnection, statement: &Statement) -> i64 {
    let (found, _) = statement.sql.rsplit_once(" ORDER BY ").expect("what is sorted has an order");
    let values = &statement.values[..found.matches('?').count()];
    let counted: Count = asked(&format!("SELECT COUNT(*) AS many FROM ({found})"), values).get_result(conn).unwrap();
    counted.many
}

type Asked<'a> = diesel::query_builder::BoxedSqlQuery<'a, Sqlite, diesel::query_builder::SqlQuery>;

fn asked<'a>(sql: &str, values: &'a [Value]) -> Asked<'a> {
    values.iter().fold(sql_query(sql).into_boxed::<Sqlite>(), |query, value| match value {
        Value::Null => query.bind::<Nullable<Text>, _>(None::<String>),
        Value::Bool(is) => query.bind::<Bool, _>(*is),
        Value::Number(number) => query.bind::<BigInt, _>(*number),
        Value::Day(text) | Value::Time(text) | Value::Text(text) | Value::Keys(text) => query.bind::<Text, _>(text),
    })
}

/// PostgreSQL does it, and counts what it has looked at.
fn of_postgres(conn: &mut PgConnection, statement: &Statement) -> Option<String> {
    let (looked_at, plan) = looked_at(conn, statement);
    (looked_at > MOST).then_some(plan)
}

/// How many rows of large tables a statement looks at, and a description of how.
fn looked_at(conn: &mut PgConnection, statement: &Statement) -> (f64, String) {
    let kinds = list(statement.values.iter().map(|value| kind(value).to_owned()).collect());
    let prepared = conn.batch_execute(&format!("PREPARE asked{kinds} AS {}", statement.sql));
    prepared.unwrap_or_else(|error| panic!("{error}: {} {:?}", statement.sql, statement.values));
    let values = list(statement.values.iter().map(literal).collect());
    let explain = format!("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) EXECUTE asked{values}");
    let plan: Plan = sql_query(explain).into_boxed::<Pg>().get_result(conn).unwrap();
    conn.batch_execute("DEALLOCATE asked").unwrap();
    let plan: Json = serde_json::from_str(&plan.plan).unwrap();
    let mut lines = vec![];
    let looked_at = visit(&plan[0]["Plan"], statement, 1, &mut lines);
    (looked_at, format!("{looked_at} rows are looked at\n    {}", lines.join("\n    ")))
}

/// How many rows of large tables a node and those below it look at; and a line for each.
fn visit(node: &Json, statement: &Statement, depth: usize, lines: &mut Vec<String>) -> f64 {
    let number = |name: &str| node[name].as_f64().unwrap_or_default();
    let text = |name: &str| node[name].as_str().unwrap_or_default();
    let removed = number("Rows Removed by Filter") + number("Rows Removed by Index Recheck");
    let here = (number("Actual Rows") + removed) * number("Actual Loops");
    let (table, index) = (text("Relation Name"), text("Index Name"));
    lines.push(format!("{}{} {table} {index} {here}", "  ".repeat(depth), text("Node Type")));
    let counts = LARGE.contains(&table) && !reads_names(statement, table);
    let below = node["Plans"].as_array().into_iter().flatten();
    below.map(|node| visit(node, statement, depth + 1, lines)).sum::<f64>() + if counts { here } else { 0.0 }
}

/// Some words in brackets; nothing at all for none.
fn list(words: Vec<String>) -> String {
    if words.is_empty() { String::new() } else { format!("({})", words.join(", ")) }
}

/// What PostgreSQL is told that a value is.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "unknown",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "bigint",
        Value::Day(_) => "date",
        Value::Time(_) => "timestamp",
        Value::Text(_) => "text",
        Value::Keys(_) => "bigint[]",
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Null => "NULL".to_owned(),
        Value::Bool(is) => is.to_string(),
        Value::Number(number) => number.to_string(),
        Value::Day(text) | Value::Time(text) | Value::Text(text) | Value::Keys(text) => {
            format!("'{}'", text.replace('\'', "''"))
        }
    }
}
