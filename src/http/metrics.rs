//! What happens in the service, in numbers: `/metrics`, in the text format of Prometheus.

use std::time::{Duration, Instant};

use actix_web::http::{Method, header};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use prometheus::core::Collector;
use prometheus::{
    Encoder, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts, Registry, TEXT_FORMAT,
    TextEncoder,
};
use tokio::sync::Mutex;

use super::auth::{Caller, Inside};
use super::problem::Problem;
use super::query::Query;
use crate::app::State;
use crate::db::Db;
use crate::db::pulse::Size;
use crate::error::Error;

/// How long the size of the database is taken for known: to count rows takes time.
const SIZE_HOLDS: Duration = Duration::from_secs(300);
/// How long requests take, in seconds: what a person does not notice, and what an export of everything needs.
const DURATIONS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0];
/// The route of a request that has none.
const NO_ROUTE: &str = "none";

/// All numbers.
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    under_way: IntGauge,
    open: IntGauge,
    idle: IntGauge,
    running: IntGauge,
    waiting: IntGauge,
    queued: IntGauge,
    version: IntGauge,
    behind: Option<IntGauge>,
    bytes: IntGauge,
    rows: IntGaugeVec,
    size: Mutex<Option<(Instant, Size)>>,
}

/// Makes numbers and registers them.
struct Maker(Registry);

impl Maker {
    fn add<C: Collector + Clone + 'static>(&self, made: prometheus::Result<C>) -> prometheus::Result<C> {
        let made = made?;
        self.0.register(Box::new(made.clone()))?;
        Ok(made)
    }

    fn gauge(&self, name: &str, help: &str) -> prometheus::Result<IntGauge> {
        self.add(IntGauge::new(name, help))
    }
}

impl Metrics {
    /// The numbers of a service on this database.
    pub fn new(db: &Db) -> Result<Self, Error> {
        Self::registered(db).map_err(|error| Error::Internal(format!("metrics: {error}")))
    }

    fn registered(db: &Db) -> prometheus::Result<Self> {
        let make = Maker(Registry::new());
        let meters = db.meters();
        make.0.register(Box::new(meters.commit.clone()))?;
        make.0.register(Box::new(meters.group.clone()))?;
        make.0.register(Box::new(meters.reads.clone()))?;
        #[cfg(target_os = "linux")]
        make.0.register(Box::new(prometheus::process_collector::ProcessCollector::for_self()))?;
        let build = Opts::new("homeward_build_info", "The version of homeward and the database it runs on; always 1.");
        let build = make.add(IntGaugeVec::new(build, &["version", "database"]))?;
        build.with_label_values(&[env!("CARGO_PKG_VERSION"), db.kind()]).set(1);
        let most = make.gauge("homeward_database_connections_max", "Connections to the database at the most.")?;
        most.set(i64::try_from(db.pulse().most).unwrap_or(i64::MAX));
        let requests =
            Opts::new("homeward_http_requests_total", "Requests, by route, method and status of the answer.");
        let durations = HistogramOpts::new(
            "homeward_http_request_duration_seconds",
            "From the head of a request to the last byte of its answer.",
        );
        let rows = Opts::new("homeward_rows", "Rows of a table; estimated on PostgreSQL, at most five minutes old.");
        let behind = "homeward_replica_versions_behind";
        let behind = match db.has_replica() {
            true => Some(
                make.gauge(behind, "How many entries of the history the replica has not replayed; -1: no answer.")?,
            ),
            false => None,
        };
        Ok(Self {
            behind,
            requests: make.add(IntCounterVec::new(requests, &["route", "method", "status"]))?,
            durations: make.add(HistogramVec::new(durations.buckets(DURATIONS.to_vec()), &["route", "method"]))?,
            under_way: make.gauge("homeward_http_requests_in_flight", "Requests that are being answered.")?,
            open: make.gauge("homeward_database_connections_open", "Connections to the database that are open.")?,
            idle: make.gauge("homeward_database_connections_idle", "Those of them that nobody uses.")?,
            running: make.gauge("homeward_database_jobs_running", "Jobs that have a connection to the database.")?,
            waiting: make.gauge("homeward_database_jobs_waiting", "Jobs that wait for one.")?,
            queued: make.gauge("homeward_write_queue_length", "Writes that wait for the one writer of SQLite.")?,
            version: make.gauge("homeward_data_version", "The number of the last entry in the history.")?,
            bytes: make.gauge("homeward_database_size_bytes", "Bytes of the database; at most five minutes old.")?,
            rows: make.add(IntGaugeVec::new(rows, &["table"]))?,
            size: Mutex::new(None),
            registry: make.0,
        })
    }

    /// A request begins.
    pub fn begins(&self) {
        self.under_way.inc();
    }

    /// A request has been answered. Routes are templates and methods known ones, so that there are not many of them.
    pub fn ended(&self, route: Option<&str>, method: &Method, status: u16, took: Duration) {
        self.under_way.dec();
        let (route, method) = (route.unwrap_or(NO_ROUTE), known(method));
        self.requests.with_label_values(&[route, method, &status.to_string()]).inc();
        self.durations.with_label_values(&[route, method]).observe(took.as_secs_f64());
    }

    /// Looks at the database once more.
    async fn look(&self, db: &Db) -> Result<(), Error> {
        let set = |gauge: &IntGauge, value: usize| gauge.set(i64::try_from(value).unwrap_or(i64::MAX));
        let pulse = db.pulse();
        set(&self.open, pulse.open);
        set(&self.idle, pulse.idle);
        set(&self.running, pulse.running);
        set(&self.waiting, pulse.waiting);
        set(&self.queued, pulse.queued);
        // Before the primary's: in this order it never seems ahead.
        let replica = db.replica_version().await;
        let version = db.data_version().await?;
        self.version.set(version);
        if let Some(behind) = &self.behind {
            behind.set(replica.map_or(-1, |replica| (version - replica).max(0)));
        }
        // Whoever comes meanwhile waits, and finds it done.
        let mut size = self.size.lock().await;
        if size.as_ref().is_none_or(|(at, _)| at.elapsed() >= SIZE_HOLDS) {
            *size = Some((Instant::now(), db.size().await?));
        }
        if let Some((_, size)) = size.as_ref() {
            self.bytes.set(size.bytes);
            for (table, rows) in &size.rows {
                self.rows.with_label_values(&[table.as_str()]).set(*rows);
            }
        }
        Ok(())
    }

    fn text(&self) -> Result<Vec<u8>, Error> {
        let mut text = vec![];
        let written = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        written.map_err(|error| Error::Internal(format!("metrics: {error}")))?;
        Ok(text)
    }
}

fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

/// `GET /metrics`: for whoever holds a token, of any role.
pub async fn get_metrics(_: Caller<Inside>, state: Data<State>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    Query::parse(request.query_string(), &[]).finish()?;
    state.metrics.look(&state.db).await?;
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store")).content_type(TEXT_FORMAT);
    Ok(response.body(state.metrics.text()?))
}
