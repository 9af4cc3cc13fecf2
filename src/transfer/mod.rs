//! Files in and out: sheets become bodies, and rows become CSV or lines of JSON, streamed in constant memory.

pub mod csv;
pub mod demo;
pub mod import;
pub mod intake;
pub mod report;
pub mod sheet;
mod stream;
pub mod table;

use serde::Serialize;

use crate::error::Error;

pub use stream::{Export, Rest};

/// A format of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON object, with the rows in `data`.
    Json,
    /// Comma-separated values (RFC 4180), with a header.
    Csv,
    /// One JSON object on each line.
    Ndjson,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Json, Self::Csv, Self::Ndjson];

    /// The media type, as `Accept` names it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
        }
    }

    /// What `Content-Type` says.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Json | Self::Ndjson => self.media_type(),
        }
    }

    /// The ending of paths and file names.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
        }
    }

    /// What stands before the first row; the columns are those of `sample`.
    pub fn head<R: Serialize>(self, sample: &R, bom: bool) -> Result<Vec<u8>, Error> {
        let mut out = vec![];
        if self == Self::Csv {
            if bom {
                out.extend_from_slice("\u{feff}".as_bytes());
            }
            csv::write_header(sample, &mut out)?;
        }
        Ok(out)
    }

    /// Some rows.
    pub fn rows<R: Serialize>(self, rows: &[R]) -> Result<Vec<u8>, Error> {
        let mut out = vec![];
        match self {
            Self::Csv => csv::write_rows(rows, &mut out)?,
            Self::Json | Self::Ndjson => {
                for row in rows {
                    serde_json::to_writer(&mut out, row).map_err(|error| Error::Internal(error.to_string()))?;
                    out.push(b'\n');
                }
            }
        }
        Ok(out)
    }
}
