//! The one table of problem codes: what `/problems` serves, and what clients may rely on.

mod sheets;

use serde::Serialize;

/// One code and what it means.
#[derive(Clone, Copy, Debug, Serialize, utoipa::ToSchema)]
pub struct Entry {
    /// The code; never changes.
    #[schema(value_type = String, example = "invalid_body")]
    pub code: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// The status of answers with this `code`; 422 or 400 for entries of `errors`, 200 for warnings.
    pub status: u16,
    /// Where it stands: `problem`, `error` (an entry of `errors`) or `warning`.
    #[schema(value_type = String, example = "problem")]
    pub place: &'static str,
    /// What it means, and what to do.
    pub meaning: &'static str,
}

macro_rules! problems {
    ($($name:ident = $code:literal, $status:literal, $title:literal, $meaning:literal;)+) => {
        /// The code of a whole problem.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $(#[doc = $title] $name),+
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// Where it is explained: the `type` of a problem document.
            pub const fn kind(self) -> &'static str {
                match self {
                    $(Self::$name => concat!("/problems/", $code)),+
                }
            }

            /// What stands about it in the catalogue.
            pub const fn entry(self) -> Entry {
                match self {
                    $(Self::$name => Entry {
                        code: $code, title: $title, status: $status, place: "problem", meaning: $meaning,
                    }),+
                }
            }
        }
    };
}

problems! {
    BadRequest = "bad_request", 400, "Bad request", "The request cannot be understood as HTTP, or breaks a rule of it.";
    InvalidParameters = "invalid_parameters", 400, "Invalid parameters",
        "Query parameters are unknown, repeated or have bad values. `errors` names each, with what was probably meant.";
    InvalidJson = "invalid_json", 400, "Invalid JSON",
        "The body cannot be read: it is empty, no UTF-8, no JSON, has a key twice, or is nested deeper than 32 levels.";
    InvalidKey = "invalid_idempotency_key", 400, "Invalid idempotency key",
        "`Idempotency-Key` is one line of 1 to 255 letters, digits and signs of ASCII, without spaces.";
    Unauthorized = "unauthorized", 401, "Unauthorized",
        "A token is needed, or the one that was sent is wrong, expired or revoked. Send `Authorization: Bearer <token>`, or Basic with the token as the password.";
    Forbidden = "forbidden", 403, "Forbidden", "The token's role does not include this.";
    NotFound = "not_found", 404, "Not found", "There is nothing at this path, or no such row for whoever asks.";
    MethodNotAllowed = "method_not_allowed", 405, "Method not allowed", "The path takes other methods: see `Allow`.";
    NotAcceptable = "not_acceptable", 406, "Not acceptable", "The path cannot answer in a format that `Accept` names, or an encoding that `Accept-Encoding` does.";
    RequestTimeout = "request_timeout", 408, "Request timeout", "The head of the request, or its body, did not arrive in time.";
    AlreadyExists = "already_exists", 409, "Already exists", "Another row has this code, or another member that must be unique.";
    InUse = "in_use", 409, "In use", "Other rows refer to this one. `detail` says which.";
    ChangedSince = "changed_since", 409, "Changed since",
        "The import cannot be taken back: rows that it wrote have changed since, or others refer to them. `detail` names them.";
    StillRunning = "still_running", 409, "Still running",
        "A request with this `Idempotency-Key` is being done. Send it again a little later: it will get the same answer.";
    PreconditionFailed = "precondition_failed", 412, "Precondition failed",
        "`If-Match` or `If-None-Match` does not hold: the row has changed since it was read. Read it again.";
    BodyTooLarge = "body_too_large", 413, "Body too large", "The body is larger than the service takes (`MAX_BODY_MB`).";
    AddressTooLong = "address_too_long", 414, "Address too long", "The address, percent-encoded, is longer than 65,534 characters.";
    UnsupportedMediaType = "unsupported_media_type", 415, "Unsupported media type",
        "The body must be `application/json` (for PATCH also `application/merge-patch+json`), and not compressed.";
    InvalidBody = "invalid_body", 422, "Invalid body",
        "The body was read, and breaks rules: types, missing and unknown members, ranges, references. `errors` lists all of them.";
    KeyReused = "idempotency_key_reused", 422, "Idempotency key reused",
        "This `Idempotency-Key` was sent to this path before, with another body or query. A new request needs a new key.";
    InvalidSheet = "invalid_sheet", 422, "Invalid sheet",
        "The sheet was read, and nothing of it was written. `errors` lists what is wrong by row and column, the first 1,000 of `errors_total`.";
    TooManyRows = "too_many_rows", 422, "Too many rows", "The answer would have more rows than the format or the service allows.";
    CellTooLong = "cell_too_long", 422, "Too long for a cell",
        "A text is longer than the 32,767 characters that a cell of a workbook holds. `.csv` has it whole.";
    TooManyRequests = "too_many_requests", 429, "Too many requests",
        "Whoever asks has sent more requests in the last minute than the service allows. Try again after `Retry-After` seconds.";
    HeadersTooLarge = "headers_too_large", 431, "Headers too large", "A request may have 96 headers and 128 KB of them at the most.";
    Internal = "internal", 500, "Internal error", "A fault of the service. Its log says more, under the request's id.";
    Unavailable = "unavailable", 503, "Unavailable",
        "The database cannot be reached or is too busy, too much is asked of the service at once, or there is no room for temporary files. Try again after `Retry-After` seconds.";
    HttpVersion = "http_version_not_supported", 505, "HTTP version not supported", "The service speaks HTTP/1.1 and HTTP/1.0.";
}

impl Code {
    /// The code for a failure of which only the status is known.
    pub fn of_status(status: u16) -> Self {
        match Self::ALL.iter().find(|code| code.entry().status == status) {
            Some(code) => *code,
            None if status < 500 => Self::BadRequest,
            None => Self::Internal,
        }
    }
}

const fn error(code: &'static str, status: u16, title: &'static str, meaning: &'static str) -> Entry {
    Entry { code, title, status, place: "error", meaning }
}

const fn warning(code: &'static str, title: &'static str, meaning: &'static str) -> Entry {
    Entry { code, title, status: 200, place: "warning", meaning }
}

/// The codes of entries of `errors`, and of warnings.
const ENTRIES: &[Entry] = &[
    // Query parameters.
    error("unknown_parameter", 400, "Unknown parameter", "There is no parameter of this name at this path."),
    error("repeated_parameter", 400, "Repeated", "The parameter, or an entry of its list, is given twice."),
    error(
        "not_applicable",
        400,
        "Means nothing here",
        "The parameter exists, but means nothing at this path or beside the others.",
    ),
    error("empty_parameter", 400, "Empty", "A parameter or an entry of its list has no value."),
    error("comma_list", 400, "Not a list", "Only places and `by` take several values, separated by commas."),
    error(
        "too_many",
        400,
        "Too many",
        "The query has more parameters, or a list more entries, than are looked at at once.",
    ),
    error("invalid_encoding", 400, "Invalid encoding", "The query is not percent-encoded UTF-8."),
    error(
        "invalid_cursor",
        400,
        "Invalid cursor",
        "The cursor was not given out here, or for a list in another order.",
    ),
    error(
        "place_in_date",
        400,
        "A place where a date belongs",
        "`from` and `to` are dates; places are asked for with `origin` and `destination`.",
    ),
    error("from_after_to", 400, "Dates in the wrong order", "`from` lies after `to`."),
    // Values.
    error("wrong_type", 422, "Wrong type", "The value is of another type than the member."),
    error("missing", 422, "Missing", "A member that is required is missing; `value` names it."),
    error("unknown_field", 422, "Unknown member", "There is no member of this name."),
    error("unknown_word", 422, "Unknown word", "The value is not one of the words of this vocabulary."),
    error("out_of_range", 422, "Out of range", "The number lies outside what is allowed."),
    error("too_long", 422, "Too long", "The text is longer than is allowed."),
    error(
        "control_character",
        422,
        "Control character",
        "Text may hold no control characters but tab and line breaks.",
    ),
    error("not_a_url", 422, "Not a URL", "The value is not an http or https address."),
    error(
        "invalid_code",
        422,
        "Invalid code",
        "A code is 1 to 64 letters (A to Z), digits, `_` or `-`, and begins with a letter or digit.",
    ),
    error("invalid_date", 422, "Invalid date", "The value is not a date that exists, as YYYY-MM-DD."),
    error("date_out_of_range", 422, "Date out of range", "Dates lie between 1900 and 2199."),
    error(
        "date_in_future",
        422,
        "In the future",
        "What has happened cannot lie after tomorrow; what is planned goes into `scheduled_on`.",
    ),
    error(
        "semicolon",
        422,
        "Semicolon in a list",
        "An entry of a list may hold no `;`, which separates them in sheets.",
    ),
    // References, and rules over several members.
    error(
        "unknown_reference",
        422,
        "Unknown reference",
        "There is no row of this code (400 where it is asked for in a query).",
    ),
    error("ambiguous", 422, "Ambiguous", "Several rows fit."),
    error("code_mismatch", 422, "Another code", "The body's `code` is not the path's."),
    error(
        "immutable",
        422,
        "Never changes",
        "A code, a movement's batch and destination, and a figure's subject never change.",
    ),
    error("duplicate", 422, "Twice in one body", "Two parts of one body are the same."),
    error("half_a_point", 422, "Half a point", "`latitude` and `longitude` are given together or not at all."),
    error("below_itself", 422, "Below itself", "A location cannot lie below itself."),
    error("same_place", 422, "Same place", "People cannot move from a place to itself."),
    error("no_count", 422, "No count", "A figure needs at least one count, and a quantifier needs its count."),
    error(
        "high_without_between",
        422,
        "Upper end without `between`",
        "`*_high` is only allowed with the quantifier `between`.",
    ),
    error("between_without_high", 422, "`between` without an upper end", "The quantifier `between` needs `*_high`."),
    error("high_below_value", 422, "Upper end below the lower", "`*_high` lies below its value."),
    error(
        "not_countable",
        422,
        "Cannot be recommended",
        "A figure of scope `part` or stage `withdrawn`, or on a batch or agreement, has no such role.",
    ),
    error(
        "two_recommended",
        422,
        "Two recommended",
        "Two figures of one subject and phase are recommended in one request.",
    ),
    error("agreements_only", 422, "Agreements only", "Only a figure on an agreement has a destination of its own."),
    error("subject", 422, "Subject of a figure", "A figure is about exactly one movement, return, batch or agreement."),
    error(
        "not_first_day",
        422,
        "Not the first day",
        "The date is not the first day of the period that its precision says.",
    ),
    error(
        "not_departed",
        422,
        "Not departed",
        "Arrivals and figures of people who left need the batch's `departed_on`.",
    ),
    error("not_returned", 422, "Not returned", "Figures of people who came back need the return's `returned_on`."),
    error("arrived_before_departed", 422, "Arrived before departed", "The arrival lies before the departure."),
    error("onward_movement", 422, "Onward movement", "A return cannot belong to a movement of an `onward` batch."),
    // Warnings.
    warning(
        "read_only",
        "Read-only",
        "The member is read and never written; its value differs from the row's and was ignored.",
    ),
    warning("no_source", "No source", "Nobody is named as the source of the figure."),
    warning("household_size", "Unusual household size", "Individuals per household lie outside 1.5 to 10."),
    warning("parts_above_total", "Parts above the total", "The parts add up to more than the individuals."),
    warning(
        "parts_unequal_total",
        "Parts unequal to the total",
        "The parts should add up to the individuals, and do not.",
    ),
    warning("over_return", "More returned than left", "More people returned from the movement than left on it."),
    warning(
        "possible_duplicate",
        "Possible duplicate",
        "Another batch has the same origin, destination, date and counts.",
    ),
];

/// How the page of an entry looks.
pub const STYLE: &str = "body{font:1em/1.5 system-ui;max-width:40em;margin:3em auto;padding:0 1em}";

/// Every entry: whole problems first.
pub fn all() -> impl Iterator<Item = Entry> {
    Code::ALL.iter().map(|code| code.entry()).chain(ENTRIES.iter().copied()).chain(sheets::SHEETS.iter().copied())
}

/// The entry of a code.
pub fn find(code: &str) -> Option<Entry> {
    all().find(|entry| entry.code == code)
}

/// The catalogue, as `/problems` answers it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Catalogue {
    /// Every code.
    pub data: Vec<Entry>,
}

/// The whole catalogue.
pub fn list() -> Catalogue {
    Catalogue { data: all().collect() }
}

impl Entry {
    /// The entry as a page for people.
    pub fn to_html(&self) -> String {
        let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let (code, title, meaning) = (self.code, escape(self.title), escape(self.meaning));
        format!(
            "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
             content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\"><title>{title}</title><style>{STYLE}</style>\
             <h1>{title}</h1><p><code>{code}</code> · {place} · {status}</p><p>{meaning}</p>\
             <p><a href=\"/docs/problems#{code}\">All codes</a> · <a href=\"/docs\">Documentation</a></p></html>",
            place = self.place,
            status = self.status,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_code_stands_there_twice() {
        let mut codes: Vec<_> = all().map(|entry| entry.code).collect();
        codes.sort_unstable();
        let many = codes.len();
        codes.dedup();
        assert_eq!(codes.len(), many);
    }

    /// The codes of `Problem::new("…"` in the files below a folder.
    fn codes_below(folder: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                codes_below(&path, found);
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for (at, name) in text.match_indices("Problem::new(") {
                let rest = text[at + name.len()..].trim_start();
                found.extend(rest.strip_prefix('"').and_then(|rest| rest.split('"').next()).map(str::to_owned));
            }
        }
    }

    #[test]
    fn every_problem_of_a_sheet_stands_there() {
        let mut codes = vec!["created".to_owned()];
        codes_below(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/transfer"), &mut codes);
        assert!(codes.len() > 30, "{codes:?}");
        let unknown: Vec<_> = codes.iter().filter(|code| find(code).is_none()).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        let unused = |entry: &&Entry| !codes.iter().any(|code| code == entry.code);
        assert_eq!(sheets::SHEETS.iter().filter(unused).map(|entry| entry.code).collect::<Vec<_>>(), [""; 0]);
    }
}
