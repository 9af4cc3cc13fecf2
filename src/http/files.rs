//! Files: everything that a list or a statistic has, in another format than one JSON object. The ending of the path says
//! which, or `Accept`.

use actix_web::body::{self, SizedStream};
use actix_web::http::{Method, header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use tokio::sync::OwnedSemaphorePermit;

use super::problem::Problem;
use super::query::{self, Parameter, Query};
use super::reply::{self, Versioned};
use crate::app::State;
use crate::domain::access::Viewer;
use crate::error::Error;
use crate::transfer::{self, About, Format, Pages, Spool};

/// The media type of an archive.
pub const ARCHIVE: &str = "application/zip";

/// The formats of files.
pub fn formats(places: bool) -> &'static [Format] {
    &Format::offered(places)[1..]
}

/// What a file of a format takes beside filters.
pub fn parameters(format: Format) -> Option<&'static Parameter> {
    match format {
        Format::Csv => Some(&query::BOM),
        Format::Xlsx => Some(&query::LANG),
        Format::Json | Format::Ndjson | Format::Geojson => None,
    }
}

/// The format that the path of a request ends in.
pub fn asked(request: &HttpRequest) -> Result<Format, Problem> {
    let path = request.match_pattern().unwrap_or_default();
    let suffix = path.rsplit_once('.').map_or("", |(_, suffix)| suffix);
    let format = Format::ALL.into_iter().find(|format| format.suffix() == suffix);
    format.ok_or_else(|| Problem::not_found("There is no such format."))
}

/// A path with an ending that there is not.
pub fn no_such_format(path: &str, places: bool) -> Problem {
    let endings: Vec<String> = formats(places).iter().map(|format| format!("{path}.{}", format.suffix())).collect();
    let (last, others) = endings.split_last().map_or(("", &[][..]), |(last, others)| (last.as_str(), others));
    Problem::not_found(format!("There are {path} (JSON), {} and {last}.", others.join(", ")))
}

/// What a workbook says of itself.
pub fn about(name: &'static str, state: &State, query: &Query) -> About {
    About { name, arabic: query.text(&query::LANG) == Some("ar"), made_at: state.clock.now() }
}

/// The head of a file.
fn head(request: &HttpRequest, name: &str, format: Format, tag: &str) -> HttpResponseBuilder {
    let mut response = reply::list_of(format, tag);
    response.insert_header((header::CONTENT_DISPOSITION, reply::attachment(request, name, format)));
    response
}

/// Whether nobody reads the file: it has no length that is known before, and is not even begun.
pub fn is_head(request: &HttpRequest) -> bool {
    request.method() == Method::HEAD
}

/// The head alone.
pub fn nothing(request: &HttpRequest, name: &str, format: Format, tag: &str) -> HttpResponse {
    head(request, name, format, tag).body(body::None::new())
}

/// A file that is there already.
pub fn whole(request: &HttpRequest, name: &str, format: Format, tag: &str, bytes: Vec<u8>) -> HttpResponse {
    let mut response = head(request, name, format, tag);
    if format == Format::Xlsx {
        response.insert_header((header::CONTENT_ENCODING, "identity"));
    }
    response.body(bytes)
}

/// Pieces that hold a turn until the last of them is taken, or nobody takes any more.
pub fn in_turn<P>(pieces: impl Stream<Item = P>, turn: OwnedSemaphorePermit) -> impl Stream<Item = P> {
    pieces.inspect(move |_| {
        let _held = &turn;
    })
}

/// The archive of the whole data set, as it is being written.
pub fn archive(
    request: &HttpRequest,
    tag: &str,
    turn: OwnedSemaphorePermit,
    pieces: impl Stream<Item = Result<Bytes, Error>> + 'static,
) -> HttpResponse {
    let mut response = reply::list_of(Format::Csv, tag);
    response.content_type(ARCHIVE).insert_header((header::CONTENT_ENCODING, "identity"));
    response.insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"dataset.zip\""));
    if is_head(request) { response.body(body::None::new()) } else { response.streaming(in_turn(pieces, turn)) }
}

/// A workbook: a file on the disk for as long as its reader takes.
pub fn spooled(request: &HttpRequest, name: &str, tag: &str, turn: OwnedSemaphorePermit, spool: Spool) -> HttpResponse {
    let mut response = head(request, name, Format::Xlsx, tag);
    // A workbook is compressed already: the outermost middleware takes this word away again.
    response.insert_header((header::CONTENT_ENCODING, "identity"));
    response.body(SizedStream::new(spool.length(), Box::pin(in_turn(spool.stream(), turn))))
}

/// Rows that are asked for as a file.
pub struct File<'r> {
    /// By which request.
    pub request: &'r HttpRequest,
    /// By whom.
    pub viewer: Viewer,
    /// What the file is called.
    pub name: &'static str,
    /// As what.
    pub format: Format,
    /// Whether a byte order mark comes first.
    pub bom: bool,
    /// What a workbook says of itself.
    pub about: About,
}

impl<'r> File<'r> {
    /// A file as a query asks for it.
    pub fn new(
        request: &'r HttpRequest,
        state: &State,
        query: &Query,
        viewer: Viewer,
        name: &'static str,
        format: Format,
    ) -> Self {
        Self { request, viewer, name, format, bom: query.flag(&query::BOM), about: about(name, state, query) }
    }

    /// Sends all the rows, unless the caller has them already.
    pub async fn send(self, state: &State, pages: impl Pages) -> Result<HttpResponse, Problem> {
        let Self { request, viewer, name, format, bom, about } = self;
        if format == Format::Xlsx {
            let begin = move |conn: &mut _| transfer::begin_workbook(&pages, conn);
            return match reply::versioned(state, request, viewer, format, begin).await? {
                Versioned::NotModified(response) => Ok(response),
                Versioned::Read(_, tag) if is_head(request) => Ok(nothing(request, name, format, &tag)),
                Versioned::Read(begun, tag) => {
                    let turn = state.limits.file().await?;
                    let spool = begun.finish(&state.db, about).await?;
                    Ok(spooled(request, name, &tag, turn, spool))
                }
            };
        }
        let begin = move |conn: &mut _| transfer::begin(&pages, conn, format, bom);
        match reply::versioned(state, request, viewer, format, begin).await? {
            Versioned::NotModified(response) => Ok(response),
            Versioned::Read(_, tag) if is_head(request) => Ok(nothing(request, name, format, &tag)),
            Versioned::Read(rest, tag) => {
                let pieces = in_turn(rest.stream(state.db.for_later()), state.limits.file().await?);
                Ok(head(request, name, format, &tag).streaming(pieces))
            }
        }
    }
}
