//! The record in the import's own columns, sheet by sheet.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};

use super::auth::{Caller, Read};
use super::files::{self, File};
use super::problem::Problem;
use super::query::{self, Parameter, Query};
use super::reply::{self, Versioned};
use super::resource::filters;
use crate::app::State;
use crate::domain::Resource;
use crate::store::Reading;
use crate::transfer::dataset::{self, Dataset};
use crate::transfer::sheet::Sheet;
use crate::transfer::template::Template;
use crate::transfer::{Format, SheetExport};

/// The formats of sheets.
pub const FORMATS: [Format; 3] = [Format::Csv, Format::Xlsx, Format::Ndjson];

/// The formats of templates.
pub const TEMPLATES: [Format; 2] = [Format::Csv, Format::Xlsx];

/// The parameters by which rows of a sheet are chosen: those of the list, and where a row is a figure those of figures.
pub fn filters_of(sheet: Sheet) -> Vec<&'static Parameter> {
    let of_figures = [&query::STAGE, &query::ROLE, &query::SCOPE];
    match sheet {
        Sheet::Locations => filters(Resource::Locations).to_vec(),
        Sheet::Sources => filters(Resource::Sources).to_vec(),
        Sheet::Agreements => filters(Resource::Agreements).to_vec(),
        Sheet::Movements => filters(Resource::Movements).iter().copied().chain(of_figures).collect(),
        Sheet::Returns => filters(Resource::Returns).iter().copied().chain(of_figures).collect(),
    }
}

/// The sheet of a path.
pub fn sheet_of(request: &HttpRequest) -> Result<Sheet, Problem> {
    let name = request.match_info().get("sheet").unwrap_or_default();
    Sheet::parse(name).ok_or_else(|| {
        let all: Vec<&str> = Sheet::ALL.iter().map(|sheet| sheet.word()).collect();
        Problem::not_found(format!("There is no sheet {}: there are {}.", name.escape_debug(), all.join(", ")))
    })
}

/// `GET /v1/exports/{sheet}.csv` and the like.
pub async fn export_sheet(
    caller: Caller<Read>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (sheet, format) = (sheet_of(&request)?, files::asked(&request)?);
    let accepted: Vec<_> = filters_of(sheet).into_iter().chain(files::parameters(format)).collect();
    let mut query = Query::parse(request.query_string(), &accepted);
    let who = Reading { viewer: caller.viewer(), arabic: false };
    let file = File::new(&request, &state, &query, who.viewer, sheet.word(), format);
    file.send(&state, SheetExport::new(sheet, who, query.filter(), format)).await
}

/// `GET /v1/exports/dataset.zip`: all sheets, with their description.
pub async fn export_dataset(
    caller: Caller<Read>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    Query::parse(request.query_string(), &[]).finish()?;
    let viewer = caller.viewer();
    let about = dataset::About { terms: state.terms.clone(), viewer, made_at: state.clock.now() };
    let begin = move |conn: &mut _| Dataset::begin(conn, about.clone());
    // The sheets in it are CSV; nothing else has this address.
    match reply::versioned(&state, &request, viewer, Format::Csv, begin).await? {
        Versioned::NotModified(response) => Ok(response),
        Versioned::Read(dataset, tag) => {
            let turn = state.limits.file().await?;
            Ok(files::archive(&request, &tag, turn, dataset.stream(state.db.for_later())))
        }
    }
}

/// `GET /v1/exports/{anything else}`.
pub async fn no_such_export(_: Caller<Read>) -> Result<HttpResponse, Problem> {
    let sheets: Vec<&str> = Sheet::ALL.iter().map(|sheet| sheet.word()).collect();
    Err(Problem::not_found(format!(
        "There are {}, each as .csv, .xlsx and .ndjson, and dataset.zip with all of them.",
        sheets.join(", ")
    )))
}

/// `GET /v1/templates/{sheet}.xlsx` and `.csv`.
pub async fn get_template(
    caller: Caller<Read>,
    state: Data<State>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (sheet, format) = (sheet_of(&request)?, files::asked(&request)?);
    let accepted: Vec<_> = files::parameters(format).into_iter().collect();
    let mut query = Query::parse(request.query_string(), &accepted);
    query.finish()?;
    let (viewer, about) = (caller.viewer(), files::about(sheet.word(), &state, &query));
    let name = format!("{}-template", sheet.word());
    let read = reply::versioned(&state, &request, viewer, format, move |conn| Template::read(conn, viewer, sheet));
    match read.await? {
        Versioned::NotModified(response) => Ok(response),
        Versioned::Read(_, tag) if files::is_head(&request) => Ok(files::nothing(&request, &name, format, &tag)),
        Versioned::Read(template, tag) => {
            let bytes = match format {
                Format::Xlsx => template.workbook(about).await?,
                _ => template.csv(query.flag(&query::BOM))?,
            };
            Ok(files::whole(&request, &name, format, &tag, bytes))
        }
    }
}

/// `GET /v1/templates/{anything else}`.
pub async fn no_such_template(_: Caller<Read>) -> Result<HttpResponse, Problem> {
    let sheets: Vec<&str> = Sheet::ALL.iter().map(|sheet| sheet.word()).collect();
    Err(Problem::not_found(format!("There are templates of {}, each as .xlsx and .csv.", sheets.join(", "))))
}
