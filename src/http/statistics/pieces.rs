//! A statistic on its way out: short ones at once, long ones in pieces.

use bytes::Bytes;
use serde::Serialize;

use crate::error::Error;
use crate::transfer::Format;

/// Rows that are written at once.
const AT_ONCE: usize = 1_000;

/// An answer on its way out: what is written already, and the rows that are still to be.
pub(super) struct Pieces<R> {
    written: Vec<u8>,
    rows: std::vec::IntoIter<R>,
    format: Format,
}

impl<R: Serialize> Pieces<R> {
    /// Begins to write.
    pub fn new(rows: Vec<R>, sample: &R, format: Format, bom: bool) -> Result<Self, Error> {
        let written = format.head(sample, bom)?;
        let mut pieces = Self { written, rows: rows.into_iter(), format };
        pieces.write(true)?;
        Ok(pieces)
    }

    /// Writes on as long as the answer is no longer than this, and gives all of it if it ends within. What is longer is streamed, so that it
    /// does not lie in memory as text.
    pub fn whole(&mut self, longest: usize) -> Result<Option<Vec<u8>>, Error> {
        while self.written.len() <= longest {
            if self.rows.as_slice().is_empty() {
                return Ok(Some(std::mem::take(&mut self.written)));
            }
            self.write(false)?;
        }
        Ok(None)
    }

    /// Writes some more rows and, after the last, the end.
    fn write(&mut self, first: bool) -> Result<(), Error> {
        let rows: Vec<R> = self.rows.by_ref().take(AT_ONCE).collect();
        self.written.extend(self.format.rows(&rows, first)?);
        if self.rows.as_slice().is_empty() {
            self.written.extend_from_slice(self.format.tail());
        }
        Ok(())
    }
}

impl<R: Serialize> Iterator for Pieces<R> {
    type Item = Result<Bytes, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.written.is_empty() {
            if self.rows.as_slice().is_empty() {
                return None;
            }
            if let Err(error) = self.write(false) {
                // Nothing follows an error, and the file ends short of its end: nobody takes it for a whole one.
                self.rows = vec![].into_iter();
                return Some(Err(error));
            }
        }
        Some(Ok(std::mem::take(&mut self.written).into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_answer_comes_in_pieces_that_make_one_document() {
        let rows: Vec<serde_json::Value> = (0..5_000).map(|at| serde_json::json!({ "at": at })).collect();
        let pieces = |format, rows: Vec<_>| {
            let pieces = Pieces::new(rows, &serde_json::json!({ "at": 0 }), format, false).unwrap();
            let pieces: Vec<Vec<u8>> = pieces.map(|piece| piece.unwrap().to_vec()).collect();
            (pieces.len(), String::from_utf8(pieces.concat()).unwrap())
        };
        let (count, text) = pieces(Format::Json, rows.clone());
        assert_eq!(count, 5);
        let json: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(json["data"].as_array().unwrap(), &rows);
        assert_eq!(pieces(Format::Json, vec![]), (1, r#"{"data":[]}"#.to_owned()));
        let (count, text) = pieces(Format::Ndjson, rows.clone());
        assert_eq!((count, text.lines().count()), (5, 5_000));
        assert_eq!(pieces(Format::Csv, vec![]), (1, "at\r\n".to_owned()));
        assert_eq!(pieces(Format::Csv, rows).1.lines().count(), 5_001);
        assert_eq!(pieces(Format::Ndjson, vec![]), (0, String::new()));
    }
}
