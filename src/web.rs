//! The pages for people: what `ui/dist` holds, embedded as it was built.
//!
//! Nothing is made here: `ui/` has the sources, `scripts/ui-build` makes the files, their compressed forms and the list of
//! them. A page is one small document, which loads scripts and styles from below `/assets/` by names that change with their content.

use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::http::problem::Problem;
use crate::transfer::sheet::{Kind, Sheet};

/// What the pages may load and do: only what this service itself serves, and no script or style written into a document.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; \
     worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// One file, with its compressed forms.
struct File {
    path: &'static str,
    media_type: &'static str,
    hash: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

/// Every file, sorted by path.
static FILES: &[File] = include!(concat!(env!("CARGO_MANIFEST_DIR"), "/ui/dist/files.rs"));

/// The pages by their paths, each with the name of its file.
const PAGES: [(&str, &str); 8] = [
    ("/", "look"),
    ("/enter", "enter"),
    ("/upload", "upload"),
    ("/settings", "settings"),
    ("/docs", "docs"),
    ("/docs/columns", "docs-columns"),
    ("/docs/problems", "docs-problems"),
    ("/docs/samples", "docs-samples"),
];

/// The paths of the pages; a closing slash is forgiven.
pub fn paths() -> impl Iterator<Item = String> {
    let with_slash = PAGES.iter().skip(1).map(|(path, _)| format!("{path}/"));
    PAGES.iter().map(|(path, _)| (*path).to_owned()).chain(with_slash)
}

/// A page, in the language that its reader asks for; the script knows what the reader chose before, and turns to that.
pub async fn page(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let path = request.path();
    let path = if path.len() > 1 { path.trim_end_matches('/') } else { path };
    let name = PAGES.iter().find(|(page, _)| *page == path).map_or("look", |(_, name)| name);
    let language = language(&request);
    let mut response = file(&request, &format!("pages/{name}.{language}.html"), "no-cache")?;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LANGUAGE, header::HeaderValue::from_static(language));
    headers.append(header::VARY, header::HeaderValue::from_static("Accept-Language"));
    Ok(restricted(response))
}

/// With the policy of the pages.
fn restricted(mut response: HttpResponse) -> HttpResponse {
    let policy = header::HeaderValue::from_static(CONTENT_SECURITY_POLICY);
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

/// A file whose name changes with its content.
pub async fn asset(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let name = request.match_info().get("file").unwrap_or_default();
    file(&request, &format!("assets/{name}"), "public, max-age=31536000, immutable")
}

/// The service worker, which keeps the pages for the time without a line; it may do what its own answer allows, not what the page's does.
pub async fn worker(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Ok(restricted(file(&request, "sw.js", "no-cache")?))
}

/// The mark of the pages.
pub async fn icon(request: HttpRequest) -> Result<HttpResponse, Problem> {
    file(&request, "icon.svg", "public, max-age=86400")
}

/// The language of `lang`, else the first of `Accept-Language` that there is.
fn language(request: &HttpRequest) -> &'static str {
    let known = |tag: &str| match tag.get(..2) {
        Some(two) if two.eq_ignore_ascii_case("ar") => Some("ar"),
        Some(two) if two.eq_ignore_ascii_case("en") => Some("en"),
        _ => None,
    };
    let asked = request.query_string().split('&').filter_map(|pair| pair.strip_prefix("lang=")).find_map(known);
    let accepted = || {
        let accept = request.headers().get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok())?;
        let refused = |tag: &&str| tag.split(';').any(|part| part.trim() == "q=0");
        accept.split(',').map(str::trim).filter(|tag| !refused(tag)).find_map(known)
    };
    asked.or_else(accepted).unwrap_or("en")
}

/// A file in the form that the caller reads, unless the caller has it.
fn file(request: &HttpRequest, path: &str, caching: &'static str) -> Result<HttpResponse, Problem> {
    let found = FILES.binary_search_by_key(&path, |file| file.path).ok().and_then(|at| FILES.get(at));
    let Some(file) = found else {
        return Err(Problem::not_found("There is no such file: the pages have been built anew. Load the page again."));
    };
    let (encoding, bytes) = if accepts(request.headers(), "br") {
        ("br", file.brotli)
    } else if accepts(request.headers(), "gzip") {
        ("gzip", file.gzip)
    } else {
        // Said in so many words, so that nobody compresses it on the way and keeps this tag.
        ("identity", file.plain)
    };
    let tag = format!("\"{}-{encoding}\"", file.hash);
    let known =
        lines(request.headers(), &header::IF_NONE_MATCH).any(|one| one == "*" || one.trim_start_matches("W/") == tag);
    let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, caching))
        .insert_header((header::VARY, "Accept-Encoding"))
        .insert_header((header::CONTENT_ENCODING, encoding));
    if known {
        return Ok(response.finish());
    }
    Ok(response.content_type(file.media_type).body(bytes))
}

/// Whether the caller reads an encoding.
fn accepts(headers: &HeaderMap, encoding: &str) -> bool {
    lines(headers, &header::ACCEPT_ENCODING).any(|entry| {
        let mut parts = entry.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case(encoding));
        named && !parts.any(|part| part.strip_prefix("q=").and_then(|q| q.parse::<f32>().ok()) == Some(0.0))
    })
}

/// The entries of a header that is a list.
fn lines<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> + use<'a> {
    let lines = headers.get_all(name).filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',')).map(str::trim)
}

/// What the page of columns shows: the sheets, as import, export and template know them.
#[derive(Serialize)]
struct SheetColumns {
    sheet: &'static str,
    columns: Vec<Described>,
}

#[derive(Serialize)]
struct Described {
    name: &'static str,
    required: bool,
    kind: &'static str,
    words: Vec<Labelled>,
    aliases: &'static [&'static str],
    meaning: &'static str,
    meaning_ar: &'static str,
    example: &'static str,
}

#[derive(Serialize)]
struct Labelled {
    word: &'static str,
    label_ar: &'static str,
}

/// `GET /docs/columns.json`: every column of every sheet, with its meaning in both languages.
pub async fn columns() -> HttpResponse {
    let described = |sheet: Sheet| SheetColumns {
        sheet: sheet.word(),
        columns: sheet
            .columns()
            .iter()
            .map(|column| Described {
                name: column.name,
                required: column.required,
                kind: kind(column.kind),
                words: match column.kind {
                    Kind::Word(words) | Kind::Words(words) => {
                        words.words.iter().map(|(word, label_ar)| Labelled { word, label_ar }).collect()
                    }
                    _ => vec![],
                },
                aliases: column.aliases,
                meaning: column.meaning,
                meaning_ar: column.meaning_ar,
                example: column.example,
            })
            .collect(),
    };
    let all: Vec<SheetColumns> = Sheet::ALL.iter().copied().map(described).collect();
    HttpResponse::Ok().json(all)
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Code => "code",
        Kind::Text => "text",
        Kind::Place => "place",
        Kind::Source => "source",
        Kind::Agreement => "agreement",
        Kind::Movement => "movement",
        Kind::Whole => "whole",
        Kind::Real => "real",
        Kind::Date => "date",
        Kind::YesNo => "yes_no",
        Kind::Word(_) => "word",
        Kind::Words(_) => "words",
        Kind::Names => "names",
        Kind::Parties => "parties",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_is_there_in_both_languages_and_loads_only_what_is_there() {
        for (_, name) in PAGES {
            for language in ["en", "ar"] {
                let path = format!("pages/{name}.{language}.html");
                let at = FILES.binary_search_by_key(&path.as_str(), |file| file.path).expect(&path);
                let text = std::str::from_utf8(FILES[at].plain).unwrap();
                assert!(text.contains(&format!("<html lang=\"{language}\"")), "{path}");
                for part in text.split("\"/assets/").skip(1) {
                    let asset = format!("assets/{}", part.split('"').next().unwrap());
                    assert!(FILES.binary_search_by_key(&asset.as_str(), |file| file.path).is_ok(), "{path}: {asset}");
                }
                assert!(!text.contains("<style") && !text.contains("style=") && !text.contains("//cdn"), "{path}");
            }
        }
    }

    #[test]
    fn the_words_of_the_pages_are_those_of_the_sheets() {
        let texts = include_str!("../ui/texts/ar.ftl");
        let vocabularies = [
            ("stage", &crate::domain::labels::STAGE),
            ("role", &crate::domain::labels::ROLE),
            ("scope", &crate::domain::labels::SCOPE),
            ("quantifier", &crate::domain::labels::QUANTIFIER),
            ("precision", &crate::domain::labels::PRECISION),
            ("batch-kind", &crate::domain::labels::BATCH_KIND),
            ("location-kind", &crate::domain::labels::LOCATION_KIND),
            ("settlement-type", &crate::domain::labels::SETTLEMENT_TYPE),
            ("source-kind", &crate::domain::labels::SOURCE_KIND),
            ("reliability", &crate::domain::labels::RELIABILITY),
            ("party-role", &crate::domain::labels::PARTY_ROLE),
            ("reason", &crate::domain::labels::REASON),
            ("household-completeness", &crate::domain::labels::HOUSEHOLD_COMPLETENESS),
            ("visibility", &crate::domain::labels::VISIBILITY),
        ];
        for (name, vocabulary) in vocabularies {
            for (word, label) in vocabulary.words {
                let line = format!("\nword-{name}-{} = {label}\n", word.replace('_', "-"));
                assert!(texts.contains(&line), "ui/texts/ar.ftl has no line{line}");
            }
        }
    }
}
