//! What every service has: health, and the document with a page to read and try it.

use std::sync::Arc;

use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use utoipa_swagger_ui::Config;

use super::openapi::Document;
use super::problem::Problem;
use super::security;
use crate::app::State;

/// How the service is.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Health {
    /// `ok`.
    #[schema(value_type = String, example = "ok")]
    pub status: &'static str,
}

/// `GET /health/live`: the process answers.
pub async fn get_liveness() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(Health { status: "ok" })
}

/// `GET /health/ready`: the database answers, and its schema is the one that this binary knows.
pub async fn get_readiness(state: Data<State>) -> Result<HttpResponse, Problem> {
    state.db.check().await?;
    Ok(get_liveness().await)
}

/// `GET /openapi.json`.
pub async fn get_openapi(document: Data<Document>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .content_type("application/json")
        .body(document.text.clone())
}

/// `GET /docs/api`: the page lies below, with the files that it needs.
pub async fn to_swagger_ui() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/api/")).finish()
}

/// `GET /docs/api/…`: Swagger UI, all of it from this binary.
pub async fn swagger_ui(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let config = Config::from("/openapi.json").validator_url("none").try_it_out_enabled(true);
    let path = request.match_info().get("file").unwrap_or_default();
    let file =
        utoipa_swagger_ui::serve(path, Arc::new(config)).map_err(|error| Problem::internal(&error.to_string()))?;
    let Some(file) = file else {
        return Err(Problem::not_found("Swagger UI has no such file."));
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_SECURITY_POLICY, security::DOCUMENTATION));
    if file.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    Ok(response.content_type(file.content_type).body(file.bytes.into_owned()))
}
