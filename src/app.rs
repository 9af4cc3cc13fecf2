//! The service as a whole: what all requests share, the server that serves it, its start and its end.

use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;
use std::time::Duration;

use actix_web::App;
use actix_web::body::BoxBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::rt::net::TcpSocket;
use actix_web::web::{self, Data};
use futures_util::future::join;

use crate::config::Config;
use crate::db::{DatabaseUrl, Db, Options};
use crate::domain::clock::Clock;
use crate::error::Error;
use crate::http::kept::Kept;
use crate::http::limits::Limits;
use crate::http::metrics::Metrics;
use crate::http::wire::{self, Patience};
use crate::http::{self, Document, auth, middleware, problem};
use crate::store::history::Newest;
use crate::store::idempotency::Running;
use crate::store::statistics::Columns;
use crate::transfer::{self, dataset::Terms};

/// How long clients may take.
const PATIENCE: Patience = Patience {
    head: Duration::from_secs(15),
    idle: Duration::from_secs(75),
    body: Duration::from_secs(75),
    take: Duration::from_secs(120),
    close: Duration::from_secs(1),
};
/// Files that are opened beside the connections of clients: the database's, temporary ones, and what is always open.
const OTHER_FILES: usize = 64;
/// How many clients may wait to be let in.
const BACKLOG: u32 = 1024;
/// How long requests under way may take after the service was asked to stop, in seconds.
const SHUTDOWN_TIMEOUT: u64 = 30;

/// What all requests share.
pub struct State {
    /// The database.
    pub db: Db,
    /// What statistics are counted from.
    pub columns: Arc<Columns>,
    /// The version of the data, for those who ask before they do anything.
    pub newest: Newest,
    /// The answers that are kept.
    pub kept: Kept,
    /// The time.
    pub clock: Clock,
    /// The requests that must not be done twice at once.
    pub running: Running,
    /// Whether what is public can be read without a token.
    pub public_read: bool,
    /// The largest body, in bytes.
    pub max_body: usize,
    /// The largest sheet, in bytes.
    pub max_import: usize,
    /// What whoever runs the service says about its data.
    pub terms: Terms,
    /// Whose web pages may call the API.
    pub cors_origins: Vec<String>,
    /// How much callers may have.
    pub limits: Limits,
    /// What is counted.
    pub metrics: Metrics,
}

impl State {
    /// What requests share under these settings.
    pub fn new(db: Db, clock: Clock, config: &Config) -> Result<Self, Error> {
        Ok(Self {
            metrics: Metrics::new(&db)?,
            columns: Arc::new(Columns::new(config.statistics_memory)),
            newest: Newest::default(),
            kept: Kept::default(),
            db,
            clock,
            running: Running::default(),
            public_read: config.public_read,
            max_body: config.max_body,
            max_import: config.max_import,
            terms: Terms { title: config.dataset_title.clone(), licence: config.dataset_licence.clone() },
            cors_origins: config.cors_origins.clone(),
            limits: Limits::new(config),
        })
    }
}

/// The clock of the machine.
pub fn system_clock() -> Clock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the time comes in")]
    Clock::new(chrono::Utc::now)
}

/// The application, for the server and for tests alike.
pub fn build(
    state: Data<State>,
    document: Data<Document>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    let cors = middleware::cors(&state.cors_origins);
    App::new()
        .app_data(state)
        .app_data(document)
        .configure(http::routes)
        .default_service(web::to(problem::no_such_path))
        // From the inside to the outside.
        .wrap(from_fn(auth::authenticate))
        .wrap(from_fn(middleware::refuse_unreadable))
        .wrap(cors)
        .wrap(Compress::default())
        .wrap(from_fn(middleware::finish))
}

/// Connects to the database of the settings, whatever its schema.
pub fn connect(config: &Config, connections: usize) -> Result<Db, Error> {
    Db::open_with(&config.database_url, &options(config, connections))
}

/// Connects to the replica of the settings by itself, for whoever wants to look at it.
pub fn connect_replica(config: &Config, url: &DatabaseUrl) -> Result<Db, Error> {
    Db::open_with(url, &options(config, 1))
}

fn options(config: &Config, connections: usize) -> Options {
    let (query_timeout, slow_query) = (config.query_timeout, config.slow_query);
    Options { connections, query_timeout, slow_query, statements: config.statements }
}

/// Opens the database of the settings, with its schema up to date unless that is left to `homeward migrate`.
pub fn open(config: &Config) -> Result<Db, Error> {
    let db = connect(config, config.database_connections)?;
    if config.migrate_on_start {
        db.migrate()?;
    }
    Ok(db)
}

/// Serves until it is asked to stop; requests under way are finished. `ready` is called once it listens.
pub async fn serve(config: &Config, db: Db, ready: impl FnOnce(&str)) -> Result<(), Error> {
    // Only here: a command has no reason to read anything but the truth.
    let db = match &config.read_url {
        Some(url) => db.with_replica(url, &options(config, config.database_connections)),
        None => db,
    };
    let state = Data::new(State::new(db, system_clock(), config)?);
    state.columns.want(&state.db);
    let document = Data::new(http::document());
    let cannot = |error| Error::Unavailable(format!("cannot listen on {}: {error}", config.bind));
    let listeners = listen(&config.bind).map_err(cannot)?;
    let address = listeners.first().and_then(|first| first.local_addr().ok());
    let mut server = Server::build()
        .workers(config.workers)
        // Each worker has its share. Who comes when all of it is taken waits to be let in, with others as many as `BACKLOG`.
        .max_concurrent_connections(connections(config).div_ceil(config.workers))
        // A job that has a thread has a connection, too: more threads than connections would only wait. Workbooks need none
        // while they are written, and must not take the threads of those who have one.
        .worker_max_blocking_threads(servers(config) * config.database_connections + transfer::AT_ONCE)
        .shutdown_timeout(SHUTDOWN_TIMEOUT);
    let signal = server.graceful_shutdown_signal();
    for listener in listeners {
        let (state, document, signal) = (state.clone(), document.clone(), signal.clone());
        let service = move || {
            let signal = signal.clone();
            let stopping = move || {
                let signal = signal.clone();
                async move { signal.notified().await }
            };
            wire::service(build(state.clone(), document.clone()), PATIENCE, stopping)
        };
        server = server.listen("http", listener, service).map_err(cannot)?;
    }
    let address = address.map_or_else(|| config.bind.clone(), |address| address.to_string());
    // In this order: the server's first step takes the signals over, and whoever stops a service that says it listens is
    // heard.
    let (ended, ()) = join(server.run(), async { ready(&address) }).await;
    ended.map_err(|error| Error::Internal(format!("the server failed: {error}")))
}

/// How many servers there are, each with its own connections.
fn servers(config: &Config) -> usize {
    1 + usize::from(config.read_url.is_some())
}

/// How many connections of clients can be held: as many as are wanted, if so many files may be open.
fn connections(config: &Config) -> usize {
    let (wanted, possible) = (config.max_connections, possible_connections(config));
    if possible < wanted {
        log::warn!(
            "too few files may be open (ulimit -n): at most {possible} connections instead of MAX_CONNECTIONS {wanted}"
        );
    }
    possible
}

/// The same, without a word about it.
pub fn possible_connections(config: &Config) -> usize {
    let wanted = config.max_connections;
    let others = OTHER_FILES + 4 * servers(config) * config.database_connections;
    let Some(files) = open_files(wanted + others) else { return wanted };
    wanted.min(files.saturating_sub(others).max(1))
}

/// How many files this process may have open, after it has asked for as many as this.
#[cfg(unix)]
fn open_files(wanted: usize) -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let wanted = u64::try_from(wanted).ok()?;
    let soft = limit.current?;
    if soft >= wanted {
        return usize::try_from(soft).ok();
    }
    // Many systems begin with 1,024, and let everybody have more who asks.
    let more = limit.maximum.map_or(wanted, |most| most.min(wanted));
    let raised = setrlimit(Resource::Nofile, Rlimit { current: Some(more), maximum: limit.maximum });
    usize::try_from(if raised.is_ok() { more } else { soft }).ok()
}

/// How many files this process may have open: nobody knows.
#[cfg(not(unix))]
fn open_files(_: usize) -> Option<usize> {
    None
}

/// Listens on every address that a name stands for, as far as it can be had.
fn listen(bind: &str) -> io::Result<Vec<TcpListener>> {
    let open = |address: SocketAddr| {
        let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
        // So that a restart need not wait for old connections. On Windows it would let two services share an address.
        socket.set_reuseaddr(cfg!(unix))?;
        socket.bind(address)?;
        socket.listen(BACKLOG)?.into_std()
    };
    let (mut listeners, mut failed) = (vec![], io::ErrorKind::AddrNotAvailable.into());
    for address in bind.to_socket_addrs()? {
        match open(address) {
            Ok(listener) => listeners.push(listener),
            Err(error) => failed = error,
        }
    }
    if listeners.is_empty() { Err(failed) } else { Ok(listeners) }
}
