//! The table of query parameters: what each is called, means and may hold, once for reading, refusing and the document.

use crate::db::page::MAX_LIMIT;
use crate::domain::location::Level;
use crate::domain::period::Unit;
use crate::domain::words::{BatchKind, FigureRole, LocationKind, Scope, SettlementType, SourceKind, Stage, Word};

/// A query parameter, as every operation that has it means it.
#[derive(Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it does, in a sentence or two for the document.
    pub meaning: &'static str,
    /// A value that makes sense.
    pub example: &'static str,
    /// What its values look like.
    pub kind: Kind,
}

/// What the values of a parameter look like.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Free text.
    Text,
    /// One code.
    Code,
    /// Codes of places, separated by commas.
    Codes,
    /// A day, or a timestamp of which only the date counts.
    Date,
    /// A timestamp, or a day.
    Time,
    /// A whole number between two others.
    Whole(usize, usize),
    /// `true` or `false`.
    Flag,
    /// One of some words.
    Word(fn() -> Vec<&'static str>),
    /// Some of some words, separated by commas.
    Words(fn() -> Vec<&'static str>),
    /// Where a page begins.
    Cursor,
}

/// The words of a vocabulary.
fn words<W: Word>() -> Vec<&'static str> {
    W::ALL.iter().map(|word| word.word()).collect()
}

macro_rules! parameters {
    ($($ident:ident = $name:literal, $kind:expr, $example:literal, $meaning:literal;)+) => {
        $(
            #[doc = concat!("`", $name, "`: ", $meaning)]
            pub const $ident: Parameter =
                Parameter { name: $name, meaning: $meaning, example: $example, kind: $kind };
        )+

        /// Every parameter that there is.
        pub(in crate::http) const ALL: &[&Parameter] = &[$(&$ident),+];
    };
}

parameters! {
    ORIGIN = "origin", Kind::Codes, "al-waer",
        "Places of origin (codes or p-codes, separated by commas), each with everything below it. On returns: the place returned to.";
    DESTINATION = "destination", Kind::Codes, "SY02,SY07",
        "Places of displacement (codes or p-codes, separated by commas), each with everything below it. On returns: the place returned from.";
    AGREEMENT = "agreement", Kind::Code, "al-waer-2017", "The code of an agreement.";
    SETTLEMENT_TYPE = "settlement_type", Kind::Word(words::<SettlementType>), "planned_camp",
        "Where people stay: the movement's own, else its destination's.";
    KIND = "kind", Kind::Word(words::<BatchKind>), "displacement", "The kind of batch.";
    LOCATION_KIND = "kind", Kind::Word(words::<LocationKind>), "camp", "The kind of place.";
    SOURCE_KIND = "kind", Kind::Word(words::<SourceKind>), "local_council", "The kind of source.";
    ANY_KIND = "kind", Kind::Word(every_kind), "displacement", "The kind of location or source; in `movements` and `returns` of the batch.";
    FROM = "from", Kind::Date, "2017-03-01",
        "The first day that the whole period of a row may lie on. A timestamp counts as the date written in it.";
    TO = "to", Kind::Date, "2017-05-31",
        "The last day that the whole period of a row may lie on. A timestamp counts as the date written in it.";
    BATCH = "batch", Kind::Code, "batch-1", "The code of a batch.";
    SOURCE = "source", Kind::Code, "council", "The code of a source that a figure of the row comes from.";
    STAGE = "stage", Kind::Word(words::<Stage>), "departed", "The stage of a figure.";
    ROLE = "role", Kind::Word(words::<FigureRole>), "recommended", "The role of a figure.";
    SCOPE = "scope", Kind::Word(words::<Scope>), "whole", "The scope of a figure.";
    PARENT = "parent", Kind::Codes, "SY02",
        "Places (codes or p-codes, separated by commas) below which the rows lie, at any depth.";
    Q = "q", Kind::Text, "al waer",
        "Beginnings of words of names and aliases, or of the code; case, accents and Arabic letter variants do not matter.";
    UPDATED_SINCE = "updated_since", Kind::Time, "2026-11-01T00:00:00Z",
        "Only rows written at this time (RFC 3339) or later; a date is its first moment in UTC.";
    SORT = "sort", Kind::Word(dated_sorts), "-date",
        "The order: `date`, `code` or `updated_at`, from the last to the first with `-`. Undated rows come last; ties go by code.";
    PLAIN_SORT = "sort", Kind::Word(plain_sorts), "code",
        "The order: `code` or `updated_at`, from the last to the first with `-`.";
    LIMIT = "limit", Kind::Whole(1, MAX_LIMIT), "100", "How many rows a page holds at the most; 100 unless told.";
    CURSOR = "cursor", Kind::Cursor, "eyJzb3J0Ijp7ImJ5IjoiZGF0ZSIsImRlc2NlbmRpbmciOnRydWV9LCJhZnRlciI6eyJkYXRlIjoiMjAxNy0wMy0xOCIsInRpbWUiOm51bGwsImNvZGUiOiJiYXRjaC0xIn19",
        "Where the page begins: the `next_cursor` of the page before, with the same `sort`.";
    COUNT = "count", Kind::Flag, "true", "Whether `total`, the number of all rows found, is given.";
    LABELS = "labels", Kind::Word(languages), "ar", "The language of names: `en`, or `ar` for Arabic names where there are any.";
    BOM = "bom", Kind::Flag, "true", "Whether the file begins with a byte order mark, by which Excel knows UTF-8.";
    LANG = "lang", Kind::Word(languages), "ar",
        "The language of whoever reads the workbook: with `ar` its sheet runs from right to left. The columns keep their names.";
    BEFORE = "cursor", Kind::Whole(1, i64::MAX as usize), "42", "Where the page begins: the `next_cursor` of the page before.";
    AFTER = "after", Kind::Whole(0, i64::MAX as usize), "1042", "The last `seq` that the caller has read; 0 for everything.";
    COMMIT = "commit", Kind::Flag, "true", "Whether the sheet is written; without it nothing is, and the answer says what would be.";
    CREATE_MISSING = "create_missing", Kind::Words(creatable), "locations",
        "What the sheet names and is not there yet is created: `locations`, `sources` or both, separated by a comma. The report lists each.";
    BY = "by", Kind::Words(dimensions), "month,destination",
        "What rows are counted by: at most one period (`day`, `week`, `month`, `quarter`, `year`) and any of `origin`, `destination`, `agreement`, separated by commas.";
    PLACES_BY = "by", Kind::Words(places_by), "destination",
        "What rows are counted by: any of `origin`, `destination`, `agreement`, separated by commas.";
    LEVEL = "level", Kind::Word(levels), "admin1", "The administrative level that places are rolled up to.";
    FILL = "fill", Kind::Word(fills), "zero", "`zero`: periods in which nothing happened have rows, too.";
    PERIOD = "period", Kind::Word(words::<Unit>), "month", "A row for every period of this length.";
    AS_OF = "as_of", Kind::Date, "2017-12-31",
        "The day up to which is counted; the last day of the latest period in the data unless told.";
}

fn every_kind() -> Vec<&'static str> {
    [words::<BatchKind>(), words::<LocationKind>(), words::<SourceKind>()].concat()
}

fn dated_sorts() -> Vec<&'static str> {
    vec!["date", "-date", "code", "-code", "updated_at", "-updated_at"]
}

fn plain_sorts() -> Vec<&'static str> {
    vec!["code", "-code", "updated_at", "-updated_at"]
}

fn languages() -> Vec<&'static str> {
    vec!["en", "ar"]
}

fn creatable() -> Vec<&'static str> {
    vec!["locations", "sources"]
}

fn places_by() -> Vec<&'static str> {
    vec!["origin", "destination", "agreement"]
}

fn dimensions() -> Vec<&'static str> {
    words::<Unit>().into_iter().chain(places_by()).collect()
}

fn levels() -> Vec<&'static str> {
    Level::ALL.iter().map(|level| level.word()).collect()
}

fn fills() -> Vec<&'static str> {
    vec!["zero"]
}
