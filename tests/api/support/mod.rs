//! What every test stands on: the whole application on a database of its own, clients of every role, and builders.

#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

mod client;
mod database;
pub mod given;

use std::cell::RefCell;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, OnceLock};

use actix_web::body::to_bytes;
use actix_web::dev::Service;
use actix_web::test::{TestRequest, init_service};
use actix_web::web::Data;
use chrono::DateTime;
use homeward::app::{self, State};
use homeward::db::Db;
use homeward::domain::clock::Clock;
use homeward::domain::words::Role;
use homeward::http::kept::Kept;
use homeward::http::limits::Limits;
use homeward::http::metrics::Metrics;
use homeward::http::tokens::TokenBody;
use homeward::http::{self, Document};
use homeward::store::history::Newest;
use homeward::store::idempotency::Running;
use homeward::store::statistics::Columns;
use homeward::transfer::dataset::Terms;

pub use client::{Answer, Client};
pub use database::{Database, Kind};

/// The time in every test, until it is moved: 2026-11-22T12:00:00Z.
pub const NOON: i64 = 1_795_348_800;
/// The largest body that the tests' service takes.
pub const MAX_BODY: usize = 8 << 20;

type Call = Rc<dyn Fn(TestRequest) -> Pin<Box<dyn Future<Output = Answer>>>>;

/// The whole service on an empty database of its own.
pub struct TestApp {
    /// The pool.
    pub db: Db,
    /// The clock, held still.
    pub clock: Clock,
    /// The requests with a key that it is doing.
    pub running: Running,
    /// What its statistics are counted from.
    pub columns: Arc<Columns>,
    seconds: Arc<AtomicI64>,
    open: Call,
    closed: RefCell<Option<Call>>,
    tokens: [String; 3],
    /// Last, so that it goes after everything that uses it.
    pub database: Database,
}

/// Runs each test on both databases: `both!(async fn name(app) { … });` makes `name::sqlite` and `name::postgres`.
#[macro_export]
macro_rules! both {
    ($($(#[$attribute:meta])* async fn $name:ident($app:ident) $body:block)+) => {$(
        mod $name {
            #[allow(unused_imports, reason = "a short test may need nothing of its file")]
            use super::*;

            async fn story($app: &$crate::support::TestApp) $body

            $(#[$attribute])*
            #[actix_web::test]
            async fn sqlite() {
                story(&$crate::support::TestApp::start($crate::support::Kind::Sqlite).await).await;
            }

            $(#[$attribute])*
            #[actix_web::test]
            async fn postgres() {
                story(&$crate::support::TestApp::start($crate::support::Kind::Postgres).await).await;
            }
        }
    )+};
}

fn document() -> Data<Document> {
    static DOCUMENT: OnceLock<Data<Document>> = OnceLock::new();
    DOCUMENT.get_or_init(|| Data::new(http::document())).clone()
}

impl TestApp {
    /// Starts the service on a database of this kind, which everybody may read.
    pub async fn start(kind: Kind) -> Self {
        let database = Database::create(kind);
        let db = Db::open(&database.url().parse().unwrap(), 2).unwrap();
        db.migrate().unwrap();
        let seconds = Arc::new(AtomicI64::new(NOON));
        let told = seconds.clone();
        let clock = Clock::new(move || DateTime::from_timestamp(told.load(Ordering::SeqCst), 0).unwrap());
        let running = Running::default();
        let columns = Arc::new(Columns::new(64 << 20));
        let building = columns.clone();
        // Now and not on the way, so that every test is about following what is written.
        db.read(move |conn| building.build(conn)).await.unwrap();
        let open = service(&db, &clock, &running, &columns, true, Limits::open(2)).await;
        let mut tokens = vec![];
        for (name, role) in [("reader", Role::Reader), ("editor", Role::Editor), ("admin", Role::Admin)] {
            let body = TokenBody { name: name.to_owned(), role, expires_in_days: None };
            tokens.push(body.create(&db, &clock).await.unwrap().token);
        }
        let tokens = tokens.try_into().unwrap();
        Self { db, clock, running, columns, seconds, open, closed: RefCell::default(), tokens, database }
    }

    /// Lets time pass.
    pub fn pass(&self, seconds: i64) {
        self.seconds.fetch_add(seconds, Ordering::SeqCst);
    }

    /// Nobody: no token, where reading is public.
    pub fn public(&self) -> Client {
        Client::new(self.open.clone(), None)
    }

    /// A reader.
    pub fn reader(&self) -> Client {
        self.with_token(&self.tokens[0])
    }

    /// An editor.
    pub fn editor(&self) -> Client {
        self.with_token(&self.tokens[1])
    }

    /// An admin.
    pub fn admin(&self) -> Client {
        self.with_token(&self.tokens[2])
    }

    /// Whoever holds this token.
    pub fn with_token(&self, token: &str) -> Client {
        self.authorized(&format!("Bearer {token}"))
    }

    /// Whoever sends this `Authorization`.
    pub fn authorized(&self, authorization: &str) -> Client {
        Client::new(self.open.clone(), Some(authorization.to_owned()))
    }

    /// The reader's token, for those who send it in another way.
    pub fn reader_token(&self) -> &str {
        &self.tokens[0]
    }

    /// Nobody, where reading needs a token, too.
    pub async fn stranger(&self) -> Client {
        let known = self.closed.borrow().clone();
        let call = match known {
            Some(call) => call,
            None => service(&self.db, &self.clock, &self.running, &self.columns, false, Limits::open(2)).await,
        };
        *self.closed.borrow_mut() = Some(call.clone());
        Client::new(call, None)
    }

    /// An editor's token, for other instances.
    pub fn editor_token(&self) -> &str {
        &self.tokens[1]
    }

    /// Another instance of the service on the same database, which shares nothing else with this one.
    pub async fn another_instance(&self) -> Instance {
        let db = Db::open(&self.database.url().parse().unwrap(), 2).unwrap();
        let columns = Arc::new(Columns::new(64 << 20));
        Instance(service(&db, &self.clock, &Running::default(), &columns, true, Limits::open(2)).await)
    }

    /// The same service, which has its statistics counted by the database.
    pub async fn without_columns(&self) -> Instance {
        let columns = Arc::new(Columns::new(0));
        Instance(service(&self.db, &self.clock, &self.running, &columns, true, Limits::open(2)).await)
    }

    /// Nobody, where reading is public within these limits.
    pub async fn limited(&self, limits: Limits) -> Client {
        let running = Running::default();
        Client::new(service(&self.db, &self.clock, &running, &self.columns, true, limits).await, None)
    }

    /// Loads the record of Al-Waer.
    pub async fn load_al_waer(&self) {
        homeward::transfer::demo::load(&self.db, &self.clock).await.unwrap();
    }
}

/// A service beside the one that a test is about.
pub struct Instance(Call);

impl Instance {
    /// Nobody: no token.
    pub fn public(&self) -> Client {
        Client::new(self.0.clone(), None)
    }

    /// Whoever holds this token.
    pub fn with_token(&self, token: &str) -> Client {
        Client::new(self.0.clone(), Some(format!("Bearer {token}")))
    }
}

async fn service(
    db: &Db,
    clock: &Clock,
    running: &Running,
    columns: &Arc<Columns>,
    public_read: bool,
    limits: Limits,
) -> Call {
    let state = State {
        db: db.clone(),
        columns: columns.clone(),
        newest: Newest::default(),
        kept: Kept::default(),
        clock: clock.clone(),
        running: running.clone(),
        public_read,
        max_body: MAX_BODY,
        max_import: 64 << 20,
        terms: Terms { title: "The record".to_owned(), licence: Some("CC-BY-4.0".to_owned()) },
        cors_origins: vec!["*".to_owned()],
        limits,
        metrics: Metrics::new(db).unwrap(),
    };
    let service = Rc::new(init_service(app::build(Data::new(state), document())).await);
    Rc::new(move |request| {
        let service = service.clone();
        Box::pin(async move {
            let response = match service.call(request.to_request()).await {
                Ok(response) => response.into_parts().1,
                Err(error) => error.error_response(),
            };
            let status = response.status().as_u16();
            let headers = response.headers().clone();
            let bytes = to_bytes(response.into_body()).await;
            Answer::new(status, headers, bytes.map_err(|error| error.to_string()).expect("the whole body").to_vec())
        })
    })
}
