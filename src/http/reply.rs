//! Answers: formats, entity tags and conditions, single rows and lists.

use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::catalogue::Code;
use super::problem::Problem;
use super::query;
use crate::app::State;
use crate::db::Conn;
use crate::domain::Warning;
use crate::domain::access::Viewer;
use crate::domain::token::hex;
use crate::error::Error;
use crate::store::Precondition;
use crate::transfer::Format;

/// What an answer depends on beside its address.
const VARY: &str = "Accept, Accept-Encoding, Authorization, Origin";

/// The format that the caller likes best among those that a path has.
pub fn negotiate(request: &HttpRequest, offered: &[Format]) -> Result<Format, Problem> {
    let accept: Vec<&str> = listed(request.headers(), &header::ACCEPT).collect();
    let first = offered.first().copied().unwrap_or(Format::Json);
    if accept.is_empty() {
        return Ok(first);
    }
    let mut best: Option<(f32, Format)> = None;
    for format in offered {
        let quality = quality(&accept, format.media_type());
        if quality > 0.0 && best.is_none_or(|(most, _)| quality > most) {
            best = Some((quality, *format));
        }
    }
    best.map(|(_, format)| format).ok_or_else(|| {
        let names: Vec<_> = offered.iter().map(|format| format.media_type()).collect();
        Problem::new(Code::NotAcceptable, format!("This can be had as {}.", names.join(", ")))
    })
}

/// How much a media type is liked: the quality of the most specific range that holds it.
fn quality(accept: &[&str], media_type: &str) -> f32 {
    let group = media_type.split('/').next().unwrap_or_default();
    let mut best = (0, 0.0);
    for range in accept {
        let mut parts = range.split(';').map(str::trim);
        let range = parts.next().unwrap_or_default().to_ascii_lowercase();
        let rank = match range.strip_suffix("/*") {
            _ if range == media_type => 3,
            Some(prefix) if prefix == group => 2,
            Some("*") => 1,
            _ => continue,
        };
        let q = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
        let q = q.map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(1.0).clamp(0.0, 1.0));
        if rank > best.0 {
            best = (rank, q);
        }
    }
    best.1
}

/// The entries of a comma-separated header, over all its lines.
fn listed<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> + use<'a> {
    let lines = headers.get_all(name).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim).filter(|entry| !entry.is_empty())
}

/// The condition that a request sets for a write.
pub fn condition(request: &HttpRequest) -> Precondition {
    let headers = request.headers();
    let wanted: Vec<&str> = listed(headers, &header::IF_MATCH).collect();
    let revisions = match wanted.as_slice() {
        [] => None,
        all if all.contains(&"*") => Some(vec![]),
        // What is no strong tag of ours holds for no revision: they begin at 1.
        all => Some(all.iter().map(|tag| revision(tag).unwrap_or(0)).collect()),
    };
    let unwanted: Vec<&str> = listed(headers, &header::IF_NONE_MATCH).collect();
    let unlike = unwanted.iter().filter_map(|tag| revision(tag)).collect();
    Precondition { revisions, absent: unwanted.contains(&"*"), unlike }
}

fn revision(tag: &str) -> Option<i32> {
    tag.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// A list or a statistic, as far as it depends on the data.
pub enum Versioned<T> {
    /// The caller has it already.
    NotModified(HttpResponse),
    /// It was read, and has this entity tag.
    Read(T, String),
}

/// Reads a list or a statistic, unless the caller has it already: a `304` needs no query.
pub async fn versioned<T: Send + 'static>(
    state: &State,
    request: &HttpRequest,
    viewer: Viewer,
    format: Format,
    job: impl Fn(&mut Conn) -> Result<T, Error> + Send + 'static,
) -> Result<Versioned<T>, Problem> {
    let known = known(request);
    let address = Address::of_request(request, viewer, format);
    let (tag, read) = state
        .db
        .read_version(move |conn, version| {
            let tag = address.tag(version);
            let read = if is_known(&known, &tag) { None } else { Some(job(conn)?) };
            // `*` is any answer, and says nothing of whether this question has one.
            let read = read.filter(|_| !known.iter().any(|one| one == "*"));
            Ok((tag, read))
        })
        .await?;
    Ok(match read {
        Some(read) => Versioned::Read(read, tag),
        None => Versioned::NotModified(not_modified(&tag)),
    })
}

/// The tags of what a caller has already.
pub fn known(request: &HttpRequest) -> Vec<String> {
    listed(request.headers(), &header::IF_NONE_MATCH).map(str::to_owned).collect()
}

/// Whether a tag is among those that a caller has.
pub fn is_known(known: &[String], tag: &str) -> bool {
    let plain = |tag: &str| tag.trim_start_matches("W/").to_owned();
    known.iter().any(|one| plain(one) == plain(tag))
}

/// What a caller has is what there is.
pub fn not_modified(tag: &str) -> HttpResponse {
    list_head(HttpResponse::NotModified(), tag).finish()
}

/// What an answer depends on beside the data; another release may answer otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Address([u8; 32]);

impl Address {
    /// The address, the format and the rights of a request.
    pub fn of_request(request: &HttpRequest, viewer: Viewer, format: Format) -> Self {
        let uri = request.uri();
        Self::of(format!("{uri} {viewer:?} {format:?} {}", env!("CARGO_PKG_VERSION")).as_bytes())
    }

    /// Something that tells answers apart, without any two that are alike.
    pub fn of(text: &[u8]) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// The weak tag of its answer at a version of the data.
    pub fn tag(&self, version: i64) -> String {
        format!("W/\"{version}-{}\"", hex(&self.0[..8]))
    }
}

fn list_head(mut response: HttpResponseBuilder, tag: &str) -> HttpResponseBuilder {
    response.insert_header((header::ETAG, tag));
    response.insert_header((header::CACHE_CONTROL, "no-cache")).insert_header((header::VARY, VARY));
    response
}

/// The head of a list or a statistic in a format.
pub fn list_of(format: Format, tag: &str) -> HttpResponseBuilder {
    let mut response = list_head(HttpResponse::Ok(), tag);
    response.content_type(format.content_type());
    response
}

/// The `Link` to the next page: the same query, which begins elsewhere (`name`).
pub fn next_link(request: &HttpRequest, name: &str, cursor: &str) -> String {
    let mut pairs: Vec<String> = query::pairs(request.query_string())
        .filter_map(|(name, value)| Some((name?, value?)))
        .filter(|(given, _)| given != name)
        .map(|(name, value)| format!("{}={}", query::encoded(&name), query::encoded(&value)))
        .collect();
    pairs.push(format!("{name}={cursor}"));
    format!("<{}?{}>; rel=\"next\"", request.path(), pairs.join("&"))
}

/// What a file is called: the resource and what was asked for, in plain letters.
pub fn attachment(request: &HttpRequest, name: &str, format: Format) -> String {
    let mut file = name.to_owned();
    for (name, value) in query::pairs(request.query_string()) {
        let (Some(name), Some(value)) = (name, value) else { continue };
        if !matches!(name.as_str(), "sort" | "bom" | "labels" | "lang") {
            let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '-' };
            file.push('_');
            file.extend(value.chars().take(40).map(plain));
        }
    }
    file.truncate(120);
    format!("attachment; filename=\"{file}.{}\"", format.suffix())
}

/// The strong tag of a row in a revision: what `If-Match` takes.
pub fn tag(revision: i32) -> String {
    format!("\"{revision}\"")
}

/// The head of a row by itself, with its strong tag.
pub fn tag_single(response: &mut HttpResponseBuilder, tag: &str) {
    response.insert_header((header::ETAG, tag));
    // A strong tag stands for these very bytes, and a compressor would make others: the outermost middleware takes this
    // word away again.
    response.insert_header((header::CONTENT_ENCODING, "identity"));
    response.insert_header((header::CACHE_CONTROL, "no-cache")).insert_header((header::VARY, VARY));
}

/// A row by itself.
pub fn single(mut response: HttpResponseBuilder, row: &impl Serialize, revision: i32) -> HttpResponse {
    tag_single(&mut response, &tag(revision));
    response.json(row)
}

/// A row as a write answers it: with what is remarkable about the body, if anything is.
pub fn with_warnings(row: &impl Serialize, warnings: &[Warning]) -> Result<Value, Error> {
    let internal = |error: serde_json::Error| Error::Internal(error.to_string());
    let mut row = serde_json::to_value(row).map_err(internal)?;
    if let (Some(row), false) = (row.as_object_mut(), warnings.is_empty()) {
        let row: &mut Map<String, Value> = row;
        row.insert("warnings".to_owned(), serde_json::to_value(warnings).map_err(internal)?);
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn format(accept: &str) -> Option<Format> {
        let request = TestRequest::default().insert_header((header::ACCEPT, accept)).to_http_request();
        negotiate(&request, &Format::ALL).ok()
    }

    #[test]
    fn the_best_liked_format_is_chosen() {
        assert_eq!(format("text/csv"), Some(Format::Csv));
        assert_eq!(format("text/html,application/xhtml+xml,*/*;q=0.8"), Some(Format::Json));
        assert_eq!(format("application/*;q=0.5, application/x-ndjson"), Some(Format::Ndjson));
        assert_eq!(format("text/*"), Some(Format::Csv));
        assert_eq!(format("application/json;q=0, */*"), Some(Format::Csv));
        assert_eq!(format("text/html"), None);
        assert_eq!(negotiate(&TestRequest::default().to_http_request(), &Format::ALL).ok(), Some(Format::Json));
    }

    #[test]
    fn conditions_are_read() {
        let of = |name, value: &str| condition(&TestRequest::default().insert_header((name, value)).to_http_request());
        let revisions = |value| of(header::IF_MATCH, value).revisions;
        assert_eq!(revisions("\"3\", \"4\""), Some(vec![3, 4]));
        assert_eq!(revisions("W/\"3\""), Some(vec![0]));
        assert_eq!(revisions("3"), Some(vec![0]));
        assert_eq!(revisions("*"), Some(vec![]));
        assert!(of(header::IF_NONE_MATCH, "*").absent);
        assert_eq!(of(header::IF_NONE_MATCH, "\"3\"").unlike, [3]);
    }

    #[test]
    fn names_of_files_are_plain() {
        let request =
            TestRequest::with_uri("/v1/movements.csv?origin=SY02&from=2017-01-01&q=%22%0d%D8%A7").to_http_request();
        let name = attachment(&request, "movements", Format::Csv);
        assert_eq!(name, "attachment; filename=\"movements_SY02_2017-01-01_---.csv\"");
    }

    #[test]
    fn the_next_page_keeps_the_query() {
        let request = TestRequest::with_uri("/v1/movements?origin=SY02&cursor=x&q=al+waer").to_http_request();
        assert_eq!(
            next_link(&request, "cursor", "abc"),
            "</v1/movements?origin=SY02&q=al%20waer&cursor=abc>; rel=\"next\""
        );
    }
}
