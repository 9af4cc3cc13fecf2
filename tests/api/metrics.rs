//! `/metrics`: numbers about the service, for whoever holds a token.

use std::sync::{Mutex, Once};
use std::time::Duration;

use homeward::db::{Db, Options};
use homeward::error::Error;
use homeward::store::tokens;
use serde_json::json;

use crate::support::given;

/// What was logged about slow statements: nothing else of these tests listens to the log.
static SLOW: Mutex<Vec<String>> = Mutex::new(vec![]);

struct Listener;

impl log::Log for Listener {
    fn enabled(&self, about: &log::Metadata<'_>) -> bool {
        about.target() == "homeward::slow"
    }

    fn log(&self, record: &log::Record<'_>) {
        if self.enabled(record.metadata()) {
            SLOW.lock().unwrap().push(record.args().to_string());
        }
    }

    fn flush(&self) {}
}

fn listen() {
    static LISTENING: Once = Once::new();
    LISTENING.call_once(|| {
        log::set_boxed_logger(Box::new(Listener)).expect("nobody else listens");
        log::set_max_level(log::LevelFilter::Warn);
    });
}

/// The value of a line of the text, which begins with this.
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find(|line| line.starts_with(series)).unwrap_or_else(|| panic!("no {series} in\n{text}"));
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

both! {
    async fn whoever_holds_a_token_sees_what_happens(app) {
        given::world(app).await;
        app.public().get("/metrics").await.is_problem(401, "unauthorized");
        app.stranger().await.get("/metrics").await.is_problem(401, "unauthorized");
        app.reader().get("/metrics?x=1").await.is_problem(400, "invalid_parameters");
        app.public().get("/v1/sources/radio").await.is(200);
        app.public().get("/v1/sources/nobody").await.is(404);
        app.public().get("/nothing/at/all").await.is(404);
        app.public().send("BREW", "/v1/sources", None).await.is(405);
        let answer = app.reader().get("/metrics").await.is(200);
        assert_eq!(answer.header("Content-Type"), Some("text/plain; version=0.0.4"));
        let text = answer.text();
        let requests = |route: &str, method: &str, status: u16| {
            value(&text, &format!("homeward_http_requests_total{{method=\"{method}\",route=\"{route}\",status=\"{status}\"}}"))
        };
        assert_eq!(requests("/v1/sources/{code}", "GET", 200), 1.0);
        assert_eq!(requests("/v1/sources/{code}", "GET", 404), 1.0);
        assert_eq!(requests("none", "GET", 404), 1.0);
        assert_eq!(requests("/v1/sources", "other", 405), 1.0);
        assert_eq!(requests("/v1/sources/{code}", "PUT", 201), 2.0);
        assert_eq!(value(&text, "homeward_http_requests_in_flight"), 1.0);
        // Requests that are no part of the address: no codes, no tokens.
        assert!(!text.contains("sources/nobody") && !text.contains("radio"), "{text}");
        let counted = value(&text, "homeward_http_request_duration_seconds_count{method=\"GET\",route=\"/v1/sources/{code}\"}");
        assert_eq!(counted, 2.0);
        assert!(value(&text, "homeward_commit_duration_seconds_count") >= 10.0);
        assert!(value(&text, "homeward_commit_writes_sum") >= value(&text, "homeward_commit_writes_count"));
        assert_eq!(value(&text, "homeward_database_connections_max"), 2.0);
        assert!(value(&text, "homeward_database_connections_open") >= 1.0);
        assert_eq!(value(&text, "homeward_database_jobs_waiting"), 0.0);
        assert_eq!(value(&text, "homeward_write_queue_length"), 0.0);
        assert!(value(&text, "homeward_database_size_bytes") > 10_000.0);
        assert!(value(&text, "homeward_rows{table=\"locations\"}") >= 0.0);
        assert_eq!(value(&text, "homeward_build_info{"), 1.0);
        if cfg!(target_os = "linux") {
            assert!(value(&text, "process_open_fds") > 1.0);
            assert!(value(&text, "process_resident_memory_bytes") > 1_000_000.0);
        }
        let version = value(&text, "homeward_data_version");
        app.editor().patch("/v1/sources/radio", &json!({"name": "Another radio"})).await.is(200);
        assert_eq!(value(&app.reader().get("/metrics").await.is(200).text(), "homeward_data_version"), version + 1.0);
    }

    async fn statements_that_take_long_are_given_up_on_postgresql(app) {
        use diesel::connection::SimpleConnection;

        let options = Options { query_timeout: Some(Duration::from_millis(50)), ..Options::plain(1) };
        let db = Db::open_with(&app.database.url().parse().unwrap(), &options).unwrap();
        if db.kind() == "postgresql" {
            let slept = db.read(|conn| Ok(conn.batch_execute("SELECT pg_sleep(30)")?)).await;
            assert!(matches!(&slept, Err(Error::Unavailable(text)) if text.contains("statement timeout")), "{slept:?}");
            // The limit belongs to that transaction alone: who writes may take longer.
            db.write(|conn| Ok(conn.batch_execute("SELECT pg_sleep(0.2)")?)).await.unwrap();
        }
        db.read(|conn| Ok(conn.batch_execute("SELECT 1")?)).await.unwrap();
    }

    async fn statements_that_take_long_are_logged_without_their_values(app) {
        listen();
        let options = Options { slow_query: Some(Duration::ZERO), ..Options::plain(1) };
        let db = Db::open_with(&app.database.url().parse().unwrap(), &options).unwrap();
        let now = app.clock.now();
        // Names that no other test has, so that its lines can be told apart.
        let name = format!("secret-{}", db.kind());
        let (hash, named) = (name.clone(), name.clone());
        assert!(db.read(move |conn| tokens::holder(conn, &hash, now)).await.unwrap().is_none());
        assert!(!db.write(move |conn| tokens::revoke(conn, &named, now)).await.unwrap());
        let heard = SLOW.lock().unwrap().clone();
        let quote = if db.kind() == "sqlite" { '`' } else { '"' };
        for statement in ["SELECT", "UPDATE"] {
            let about = |line: &&String| line.contains(statement) && line.contains(&format!("{quote}tokens{quote}"));
            assert!(heard.iter().any(|line| about(&line)), "{statement} in {heard:?}");
        }
        assert!(!heard.iter().any(|line| line.contains("secret-") || line.contains("binds")), "{heard:?}");
    }
}
