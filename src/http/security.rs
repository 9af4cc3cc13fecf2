//! What browsers are told, so that an answer can do no harm in them.

use actix_web::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

/// What data may do where somebody opens it in a browser: nothing.
const DATA: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
/// What the documentation page may do: run its own scripts and nobody else's, and call this service. Swagger UI puts styles into
/// its elements, which have to be allowed as a whole.
pub const DOCUMENTATION: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
     font-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// What a page without scripts may do: look as this style says.
pub fn policy_of_page(style: &str) -> String {
    format!("{DATA}; style-src 'sha256-{}'", STANDARD.encode(Sha256::digest(style.as_bytes())))
}

/// Adds what every answer has. A page that has a policy of its own keeps it.
pub fn protect(headers: &mut HeaderMap, authenticated: bool, anybody: bool) {
    let from = if anybody { "cross-origin" } else { "same-origin" };
    let all = [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "no-referrer"),
        (PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=()"),
        (CROSS_ORIGIN_RESOURCE_POLICY, from),
    ];
    for (name, value) in all {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DATA));
    }
    // What somebody gets for a token is kept by nobody else.
    let kept = headers.get(header::CACHE_CONTROL).map(HeaderValue::as_bytes);
    let keep = match kept {
        None => Some(if authenticated { "no-store" } else { "no-cache" }),
        Some(b"no-cache") if authenticated => Some("private, no-cache"),
        Some(_) => None,
    };
    if let Some(keep) = keep {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(keep));
    }
}
