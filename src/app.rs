//! The service as a whole: what all requests share, the server that serves it, its start and its end.

use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Compress, from_fn};
use actix_web::web::{self, Data};
use actix_web::{App, HttpServer};

use crate::config::Config;
use crate::db::Db;
use crate::domain::clock::Clock;
use crate::error::Error;
use crate::http::{self, Document, auth, middleware, problem};
use crate::transfer::{self, dataset::Terms};

/// How long a client may take to send the head of a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(15);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long requests under way may take after the service was asked to stop, in seconds.
const SHUTDOWN_TIMEOUT: u64 = 30;

/// What all requests share.
pub struct State {
    /// The database.
    pub db: Db,
    /// The time.
    pub clock: Clock,
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
}

impl State {
    /// What requests share under these settings.
    pub fn new(db: Db, clock: Clock, config: &Config) -> Self {
        Self {
            db,
            clock,
            public_read: config.public_read,
            max_body: config.max_body,
            max_import: config.max_import,
            terms: Terms { title: config.dataset_title.clone(), licence: config.dataset_licence.clone() },
            cors_origins: config.cors_origins.clone(),
        }
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
        .wrap(cors)
        .wrap(Compress::default())
        .wrap(from_fn(middleware::finish))
}

/// Opens the database of the settings, with its schema up to date unless that is left to `homeward migrate`.
pub async fn open(config: &Config) -> Result<Db, Error> {
    let db = Db::open(&config.database_url, config.database_connections)?;
    if config.migrate_on_start {
        db.migrate()?;
    }
    db.check().await?;
    Ok(db)
}

/// Serves until it is asked to stop; requests under way are finished. `ready` is called once it listens.
pub async fn serve(config: &Config, db: Db, ready: impl FnOnce(&str)) -> Result<(), Error> {
    let state = Data::new(State::new(db, system_clock(), config));
    let document = Data::new(http::document());
    let server = HttpServer::new(move || build(state.clone(), document.clone()))
        .workers(config.workers)
        // A job that has a thread has a connection, too: more threads than connections would only wait. Workbooks need none
        // while they are written, and must not take the threads of those who have one.
        .worker_max_blocking_threads(config.database_connections + transfer::AT_ONCE)
        .client_request_timeout(REQUEST_TIMEOUT)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(SHUTDOWN_TIMEOUT)
        .bind(config.bind.as_str())
        .map_err(|error| Error::Unavailable(format!("cannot listen on {}: {error}", config.bind)))?;
    let address = server.addrs().first().map(ToString::to_string).unwrap_or_else(|| config.bind.clone());
    ready(&address);
    server.run().await.map_err(|error| Error::Internal(format!("the server failed: {error}")))
}
