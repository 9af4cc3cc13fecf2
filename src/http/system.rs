//! What every service has: health, the document, and a page to begin at.

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

/// `GET /`: where to begin.
pub async fn index() -> HttpResponse {
    let text = "homeward: how people are displaced and how they come back.\n\n/docs          the documentation\n\
         /openapi.json  the API for programs\n/v1/movements  the movements\n/health/ready  whether the service is ready\n";
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text)
}

/// `GET /docs`: the page lies below, with the files that it needs.
pub async fn to_docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

/// `GET /docs/…`: the documentation page, all of it from this binary.
pub async fn docs(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let config = Config::from("/openapi.json").validator_url("none").try_it_out_enabled(true);
    let path = request.match_info().get("file").unwrap_or_default();
    let file =
        utoipa_swagger_ui::serve(path, Arc::new(config)).map_err(|error| Problem::internal(&error.to_string()))?;
    let Some(file) = file else {
        return Err(Problem::not_found("The documentation has no such file."));
    };
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CONTENT_SECURITY_POLICY, security::DOCUMENTATION));
    if file.gzpipped {
        response.insert_header((header::CONTENT_ENCODING, "gzip"));
    }
    Ok(response.content_type(file.content_type).body(file.bytes.into_owned()))
}
