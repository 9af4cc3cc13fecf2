//! Files in and out: sheets become bodies; rows become CSV, lines of JSON, GeoJSON or a workbook, in constant memory.

pub mod backup;
pub mod cells;
mod changes;
pub mod csv;
pub mod dataset;
pub mod demo;
pub mod export;
pub mod geojson;
pub mod import;
pub mod intake;
#[cfg(test)]
mod many;
pub mod sheet;
mod spool;
mod stream;
pub mod table;
pub mod template;
pub mod xlsx;

use serde::Serialize;

use crate::error::Error;

pub use changes::ChangesExport;
pub use export::SheetExport;
pub use spool::{AT_ONCE, Begun, Spool, begin_workbook};
pub use stream::{Export, Pages, Rest, begin};
pub use xlsx::About;

/// A format of rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// One JSON object, with the rows in `data`.
    Json,
    /// Comma-separated values (RFC 4180), with a header.
    Csv,
    /// One JSON object on each line.
    Ndjson,
    /// A workbook with one sheet, for Excel and LibreOffice.
    Xlsx,
    /// Features on a map (RFC 7946).
    Geojson,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 5] = [Self::Json, Self::Csv, Self::Ndjson, Self::Xlsx, Self::Geojson];

    /// The formats that rows can be had in: only places can be put on a map.
    pub const fn offered(places: bool) -> &'static [Self] {
        const ALL: &[Format] = &Format::ALL;
        if places { ALL } else { &[Self::Json, Self::Csv, Self::Ndjson, Self::Xlsx] }
    }

    /// The media type, as `Accept` names it.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Ndjson => "application/x-ndjson",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Geojson => "application/geo+json",
        }
    }

    /// What `Content-Type` says.
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            _ => self.media_type(),
        }
    }

    /// The ending of paths and file names.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Xlsx => "xlsx",
            Self::Geojson => "geojson",
        }
    }

    /// What it is called in a sentence.
    pub fn what(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Csv => "CSV",
            Self::Ndjson => "lines of JSON",
            Self::Xlsx => "an Excel workbook",
            Self::Geojson => "GeoJSON",
        }
    }

    /// What stands before the first row; the columns are those of `sample`.
    pub fn head<R: Serialize>(self, sample: &R, bom: bool) -> Result<Vec<u8>, Error> {
        let mut out = vec![];
        match self {
            Self::Csv => {
                if bom {
                    out.extend_from_slice("\u{feff}".as_bytes());
                }
                csv::write_header(sample, &mut out)?;
            }
            Self::Json => out.extend_from_slice(br#"{"data":["#),
            Self::Geojson => out.extend_from_slice(geojson::HEAD),
            Self::Ndjson => {}
            Self::Xlsx => return no_text(),
        }
        Ok(out)
    }

    /// Some rows: the first ones, or some that follow others.
    pub fn rows<R: Serialize>(self, rows: &[R], first: bool) -> Result<Vec<u8>, Error> {
        let mut out = vec![];
        if self == Self::Csv {
            csv::write_rows(rows, &mut out)?;
            return Ok(out);
        }
        for (at, row) in rows.iter().enumerate() {
            if matches!(self, Self::Json | Self::Geojson) && (at > 0 || !first) {
                out.push(b',');
            }
            match self {
                Self::Xlsx => return no_text(),
                Self::Geojson => geojson::write_row(row, &mut out)?,
                Self::Json | Self::Ndjson | Self::Csv => {
                    serde_json::to_writer(&mut out, row).map_err(|error| Error::Internal(error.to_string()))?;
                }
            }
            if self == Self::Ndjson {
                out.push(b'\n');
            }
        }
        Ok(out)
    }

    /// What stands after the last row.
    pub fn tail(self) -> &'static [u8] {
        match self {
            Self::Json => b"]}",
            Self::Geojson => geojson::TAIL,
            Self::Csv | Self::Ndjson | Self::Xlsx => b"",
        }
    }
}

fn no_text<T>() -> Result<T, Error> {
    Err(Error::Internal("a workbook is no text that can be written piece by piece".to_owned()))
}
