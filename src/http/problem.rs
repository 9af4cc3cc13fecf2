//! Whatever goes wrong becomes `application/problem+json` (RFC 9457), with one code from [`super::catalogue`].

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;

use super::catalogue::{self, Code};
use super::security;
use crate::domain::Finding;
use crate::domain::report::RefusedSheet;
use crate::error::Error;

/// The media type of every failure.
pub const MEDIA_TYPE: &str = "application/problem+json";
/// How many mistakes are listed: as many as of a sheet, so that an answer stays smaller than what it is about.
const MAX_ERRORS: usize = 1_000;
/// How many seconds to wait when the database is not available.
const RETRY_AFTER: &str = "5";

/// A failure, as the caller gets it.
#[derive(Clone, Debug, Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// Where this kind of problem is explained.
    #[serde(rename = "type")]
    #[schema(value_type = String, format = "uri-reference", example = "/problems/invalid_body")]
    pub kind: &'static str,
    /// What kind of problem it is, in a few words.
    pub title: &'static str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// What went wrong this time.
    #[schema(value_type = String)]
    pub detail: Box<str>,
    /// The kind of problem, for programs; never changes.
    #[schema(value_type = String, example = "invalid_body")]
    pub code: &'static str,
    /// The request, as the log knows it; also in `X-Request-Id`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub request_id: Option<Box<str>>,
    /// Everything that is wrong in the input.
    #[serde(skip_serializing_if = "<[Finding]>::is_empty")]
    #[schema(required = false, value_type = Vec<Finding>)]
    pub errors: Box<[Finding]>,
    /// A sheet that is refused, with its own list of errors.
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    #[schema(ignore)]
    sheet: Option<Box<RefusedSheet>>,
    /// What belongs to it and does not stand in the body.
    #[serde(skip)]
    #[schema(ignore)]
    aside: Box<Aside>,
}

#[derive(Clone, Debug, Default)]
struct Aside {
    /// Headers of the answer.
    headers: Vec<(header::HeaderName, HeaderValue)>,
    /// What the log is told and nobody else.
    cause: Option<String>,
}

impl Problem {
    /// A problem of one of the kinds in the catalogue.
    pub fn new(code: Code, detail: impl Into<String>) -> Self {
        let entry = code.entry();
        Self {
            kind: code.kind(),
            title: entry.title,
            status: entry.status,
            detail: detail.into().into(),
            code: entry.code,
            request_id: None,
            errors: Box::default(),
            sheet: None,
            aside: Box::default(),
        }
    }

    fn because(mut self, cause: impl Into<String>) -> Self {
        self.aside.cause = Some(cause.into());
        self
    }

    /// Gives the problem the id of its request, under which the log is told the cause.
    pub fn identify(&mut self, id: &str) {
        self.request_id = Some(id.into());
        if let Some(cause) = self.aside.cause.take() {
            let level = if self.status == 500 { log::Level::Error } else { log::Level::Warn };
            log::log!(level, id = id, cause = cause.as_str(); "{}: {cause:?} id={id}", self.title);
        }
    }

    /// A failure that the framework has made, by its status.
    pub fn of_status(status: StatusCode) -> Self {
        let code = Code::of_status(status.as_u16());
        Self::new(code, code.entry().meaning)
    }

    /// A fault of ours: the text goes to the log and to nobody else.
    pub fn internal(text: &str) -> Self {
        let detail = "This is a fault of the service. Its log says more, under the request's id.";
        Self::new(Code::Internal, detail).because(text)
    }

    /// No path, or no row, of this name.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(Code::NotFound, detail)
    }

    /// With a header.
    pub fn with(mut self, name: header::HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.aside.headers.push((name, value));
        }
        self
    }

    fn with_errors(code: Code, mut errors: Vec<Finding>) -> Self {
        let detail = match errors.as_slice() {
            [one] => one.message.clone(),
            many if many.len() > MAX_ERRORS => {
                format!("{} things are wrong: `errors` has the first {MAX_ERRORS}.", many.len())
            }
            many => format!("{} things are wrong: see `errors`.", many.len()),
        };
        errors.truncate(MAX_ERRORS);
        Self { errors: errors.into(), ..Self::new(code, detail) }
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Parameters(errors) => Self::with_errors(Code::InvalidParameters, errors),
            Error::Invalid(errors) => Self::with_errors(Code::InvalidBody, errors),
            Error::NotFound(resource, code) => {
                Self::not_found(format!("There is no {} {}.", resource.singular(), code.escape_debug()))
            }
            Error::Taken(text) | Error::MemberTaken(_, text) => Self::new(Code::AlreadyExists, text),
            Error::InUse(text) => Self::new(Code::InUse, text),
            Error::Precondition(text) => Self::new(Code::PreconditionFailed, text),
            Error::Running => Self::new(Code::StillRunning, Code::StillRunning.entry().meaning),
            Error::KeyReused => Self::new(Code::KeyReused, Code::KeyReused.entry().meaning),
            Error::Sheet(refused) => {
                let total = refused.report.errors_total;
                let detail = match refused.report.errors.as_slice() {
                    [one] if total == 1 => one.message.clone(),
                    _ => format!("{total} things are wrong in the sheet: see `errors`."),
                };
                Self { sheet: Some(refused), ..Self::new(Code::InvalidSheet, detail) }
            }
            Error::ChangedSince(..) => Self::new(Code::ChangedSince, format!("{error}.")),
            Error::TooManyRows(limit) => {
                let detail = format!("The answer has more than {limit} rows: filter, or count by less.");
                Self::new(Code::TooManyRows, detail)
            }
            Error::TooManyForSheet(limit) => {
                let detail = format!(
                    "A workbook holds at most {limit} rows, and there are more: filter, or take the same path with `.csv`."
                );
                Self::new(Code::TooManyRows, detail)
            }
            Error::TooLongForCell(column, row) => {
                let detail = format!(
                    "Row {row} has more text in `{column}` than a cell of a workbook holds: take the same path with `.csv`."
                );
                Self::new(Code::CellTooLong, detail)
            }
            Error::Unavailable(text) => {
                let problem = Self::new(Code::Unavailable, Code::Unavailable.entry().meaning);
                problem.with(header::RETRY_AFTER, RETRY_AFTER).because(text)
            }
            Error::Internal(text) => Self::internal(&text),
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.code, self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.content_type(MEDIA_TYPE);
        // Small, and written again with the request's id by the outermost middleware: not worth a compressor.
        response.insert_header((header::CONTENT_ENCODING, "identity"));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        for (name, value) in &self.aside.headers {
            response.append_header((name.clone(), value.clone()));
        }
        let mut response = response.body(self.to_body());
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl Problem {
    /// The body of the answer.
    pub fn to_body(&self) -> BoxBody {
        BoxBody::new(serde_json::to_vec(self).unwrap_or_default())
    }
}

/// A path that nobody serves.
pub async fn no_such_path() -> Result<HttpResponse, Problem> {
    Err(Problem::not_found("There is nothing at this path: see /docs and /openapi.json for what there is."))
}

/// The list of all problem codes.
pub async fn list_problems() -> HttpResponse {
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-cache")).json(catalogue::list())
}

/// What a problem code means, for programs or, where they are preferred, for people.
pub async fn get_problem(request: actix_web::HttpRequest) -> Result<HttpResponse, Problem> {
    let code = request.match_info().get("code").unwrap_or_default();
    let Some(entry) = catalogue::find(code) else {
        return Err(Problem::not_found(format!("There is no problem code {}.", code.escape_debug())));
    };
    let accept = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-cache")).insert_header((header::VARY, "Accept"));
    if accept.trim_start().to_ascii_lowercase().starts_with("text/html") {
        response.insert_header((header::CONTENT_SECURITY_POLICY, security::policy_of_page(catalogue::STYLE)));
        return Ok(response.content_type("text/html; charset=utf-8").body(entry.to_html()));
    }
    Ok(response.json(entry))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_into_no_workbook_can_be_had_as_csv() {
        for (error, code) in [
            (Error::TooManyForSheet(1_048_575), "too_many_rows"),
            (Error::TooLongForCell("aliases".to_owned(), 7), "cell_too_long"),
        ] {
            let problem = Problem::from(error);
            assert_eq!((problem.status, problem.code), (422, code));
            assert!(problem.detail.contains(".csv"), "{}", problem.detail);
        }
    }
}
