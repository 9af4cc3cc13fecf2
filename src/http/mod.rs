//! HTTP: every path on one screen, and what it takes to answer.
//!
//! The table below registers a path's method, its handler and its place in the OpenAPI document together, so that routes
//! and document cannot drift apart.

pub mod auth;
pub mod body;
pub mod catalogue;
mod changes;
mod exports;
mod files;
#[cfg(test)]
mod fuzz;
mod idempotency;
pub mod imports;
pub mod kept;
pub mod limits;
pub mod metrics;
pub mod middleware;
mod openapi;
pub mod problem;
pub mod query;
pub mod reply;
mod resource;
pub mod security;
mod statistics;
mod system;
pub mod tokens;
pub mod wire;

use actix_web::http::{Method, header};
use actix_web::web::ServiceConfig;
use actix_web::{Route, guard, web};

use crate::domain::words::Word;
use crate::store::{Agreements, Batches, Figures, Locations, Movements, Returns, Rows, Sources};
use crate::web as pages;
use catalogue::Code;
use openapi::{Described, Operations, Schemas};
use problem::Problem;

pub use openapi::Document;

/// One path, with everything that can be done there.
pub struct Endpoint {
    /// The path, with parameters as `{code}`.
    pub path: String,
    /// What can be done.
    pub operations: Vec<Operation>,
}

/// One method of a path.
pub struct Operation {
    method: Method,
    handler: fn() -> Route,
    described: Option<Described>,
}

/// Every path, and the schemas that their descriptions speak of.
#[derive(Default)]
pub struct Table {
    endpoints: Vec<Endpoint>,
    schemas: Schemas,
}

/// The table: every path that is served.
pub fn table() -> Table {
    let mut table = Table::default();
    table.resource::<Locations>();
    table.resource::<Sources>();
    table.resource::<Agreements>();
    table.resource::<Batches>();
    table.resource::<Movements>();
    table.resource::<Returns>();
    table.resource::<Figures>();
    table.statistics();
    table.path(
        "/v1/tokens",
        vec![
            get(|| web::to(tokens::list_tokens), Described::list_tokens()),
            on(Method::POST, || web::to(tokens::create_token), Described::create_token()),
        ],
    );
    table.path(
        "/v1/tokens/{name}",
        vec![on(Method::DELETE, || web::to(tokens::revoke_token), Described::revoke_token())],
    );
    table.path("/v1/imports", vec![get(|| web::to(imports::list_imports), Described::list_imports())]);
    table.path(
        // A sheet where something is sent, else the code of an import.
        "/v1/imports/{import}",
        vec![
            get(|| web::to(imports::get_import), Described::get_import()),
            on(Method::POST, || web::to(imports::create_import), Described::create_import()),
            on(Method::DELETE, || web::to(imports::delete_import), Described::delete_import()),
        ],
    );
    table.path("/v1/changes", vec![get(|| web::to(changes::list_changes), Described::list_changes())]);
    table.path("/v1/changes.ndjson", vec![get(|| web::to(changes::export_changes), Described::export_changes())]);
    table.exports();
    table.path("/problems", vec![get(|| web::to(problem::list_problems), Described::list_problems())]);
    table.path("/problems/{code}", vec![get(|| web::to(problem::get_problem), Described::get_problem())]);
    table.path("/health/live", vec![get(|| web::to(system::get_liveness), Described::get_liveness())]);
    table.path("/health/ready", vec![get(|| web::to(system::get_readiness), Described::get_readiness())]);
    table.path("/metrics", vec![get(|| web::to(metrics::get_metrics), Described::get_metrics())]);
    table.path("/openapi.json", vec![get(|| web::to(system::get_openapi), Described::get_openapi())]);
    table.path("/docs/api", vec![page(|| web::to(system::to_swagger_ui))]);
    table.path("/docs/api/{file:.*}", vec![page(|| web::to(system::swagger_ui))]);
    table.path("/docs/columns.json", vec![page(|| web::to(pages::columns))]);
    for path in pages::paths() {
        table.path(path, vec![page(|| web::to(pages::page))]);
    }
    table.path("/assets/{file}", vec![page(|| web::to(pages::asset))]);
    table.path("/sw.js", vec![page(|| web::to(pages::worker))]);
    table.path("/icon.svg", vec![page(|| web::to(pages::icon))]);
    table
}

/// Reads; `HEAD` works wherever this does.
pub fn get(handler: fn() -> Route, described: Described) -> Operation {
    on(Method::GET, handler, described)
}

/// A page for people: it has no place in the document.
fn page(handler: fn() -> Route) -> Operation {
    Operation { method: Method::GET, handler, described: None }
}

fn on(method: Method, handler: fn() -> Route, described: Described) -> Operation {
    Operation { method, handler, described: Some(described) }
}

impl Table {
    /// Every path with its methods: what tests over all of them are computed from.
    pub fn into_paths(self) -> Vec<(String, Vec<String>)> {
        let methods = |endpoint: &Endpoint| endpoint.operations.iter().map(|one| one.method.to_string()).collect();
        self.endpoints.into_iter().map(|endpoint| (endpoint.path.clone(), methods(&endpoint))).collect()
    }

    /// Adds a path.
    pub fn path(&mut self, path: impl Into<String>, operations: Vec<Operation>) {
        self.endpoints.push(Endpoint { path: path.into(), operations });
    }

    /// Adds the paths of sheets that go out.
    fn exports(&mut self) {
        for format in exports::FORMATS {
            let path = format!("/v1/exports/{{sheet}}.{}", format.suffix());
            self.path(path, vec![get(|| web::to(exports::export_sheet), Described::export_sheet(format))]);
        }
        let dataset = Described::export_dataset();
        self.path("/v1/exports/dataset.zip", vec![get(|| web::to(exports::export_dataset), dataset)]);
        for format in exports::TEMPLATES {
            let path = format!("/v1/templates/{{sheet}}.{}", format.suffix());
            self.path(path, vec![get(|| web::to(exports::get_template), Described::get_template(format))]);
        }
        self.path("/v1/templates/{file}", vec![page(|| web::to(exports::no_such_template))]);
        self.path("/v1/exports/{file}", vec![page(|| web::to(exports::no_such_export))]);
    }

    /// Adds the paths that each resource has.
    fn resource<R: Rows>(&mut self) {
        let operations = self.schemas.operations::<R>();
        let Operations { list, files, create, get: one, replace, change, delete, redact, history } = operations;
        let all = format!("/v1/{}", R::RESOURCE.word());
        self.path(
            &all,
            vec![
                get(|| web::to(resource::list::<R>), list),
                on(Method::POST, || web::to(resource::create::<R>), create),
            ],
        );
        for (format, described) in files {
            let path = format!("{all}.{}", format.suffix());
            self.path(path, vec![get(|| web::to(resource::export::<R>), described)]);
        }
        self.path(format!("{all}.{{format}}"), vec![page(|| web::to(resource::no_such_format::<R>))]);
        self.path(
            format!("{all}/{{code}}"),
            vec![
                get(|| web::to(resource::get::<R>), one),
                on(Method::PUT, || web::to(resource::replace::<R>), replace),
                on(Method::PATCH, || web::to(resource::change::<R>), change),
                on(Method::DELETE, || web::to(resource::delete::<R>), delete),
            ],
        );
        self.path(format!("{all}/{{code}}/redact"), vec![on(Method::POST, || web::to(resource::redact::<R>), redact)]);
        self.path(format!("{all}/{{code}}/history"), vec![get(|| web::to(resource::history::<R>), history)]);
    }
}

/// Registers every path of the table.
pub fn routes(config: &mut ServiceConfig) {
    for Endpoint { path, operations } in table().endpoints {
        let mut service = web::resource(&path);
        let mut allowed = vec![];
        for operation in operations {
            let route = (operation.handler)();
            allowed.push(operation.method.to_string());
            service = if operation.method == Method::GET {
                allowed.push("HEAD".to_owned());
                service.route(route.guard(guard::Any(guard::Get()).or(guard::Head())))
            } else {
                service.route(route.method(operation.method))
            };
        }
        let allowed = allowed.join(", ");
        config.service(service.default_service(web::to(move || std::future::ready(not_allowed(&allowed)))));
    }
}

fn not_allowed(allowed: &str) -> Result<actix_web::HttpResponse, Problem> {
    let detail = format!("This path takes {allowed}.");
    Err(Problem::new(Code::MethodNotAllowed, detail).with(header::ALLOW, allowed))
}

/// The description of everything in the table.
pub fn document() -> Document {
    let Table { endpoints, schemas } = table();
    let operations = endpoints.into_iter().flat_map(|Endpoint { path, operations }| {
        let of = move |operation: Operation| Some((path.clone(), operation.method, operation.described?));
        operations.into_iter().filter_map(of)
    });
    Document::of(operations, schemas)
}
