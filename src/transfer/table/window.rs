//! The part of a file that is being read: it moves on with the reading, and jumps.

use std::fs::File;
use std::io::{self, Seek, SeekFrom};

use super::read_most;

/// How much is read at a time: little after a jump, where one row may be all that is wanted, and ever more from there.
const CHUNKS: (usize, usize) = (1 << 12, 1 << 18);

/// The bytes of a file from one place on, as far as they have been read.
#[derive(Debug)]
pub struct Window {
    file: File,
    buffer: Vec<u8>,
    /// What of the buffer is read: from here to the end of what there is.
    at: usize,
    end: usize,
    /// Where the buffer begins in the file.
    offset: u64,
    /// Whether nothing follows in the file.
    last: bool,
    chunk: usize,
}

impl Window {
    /// Opens a file at its beginning.
    pub fn open(mut file: File) -> io::Result<Self> {
        file.seek(SeekFrom::Start(0))?;
        let mut window = Self { file, buffer: vec![], at: 0, end: 0, offset: 0, last: false, chunk: CHUNKS.1 };
        window.fill()?;
        Ok(window)
    }

    /// What has been read and not taken.
    pub fn rest(&self) -> &[u8] {
        &self.buffer[self.at..self.end]
    }

    /// Whether `rest` reaches to the end of the file.
    pub fn is_last(&self) -> bool {
        self.last
    }

    /// Takes bytes of `rest`.
    pub fn take(&mut self, len: usize) {
        self.at = (self.at + len).min(self.end);
    }

    /// Reads more behind `rest`.
    pub fn fill(&mut self) -> io::Result<()> {
        self.buffer.copy_within(self.at..self.end, 0);
        self.offset += self.at as u64;
        self.end -= self.at;
        self.at = 0;
        let full = self.end + self.chunk;
        if self.buffer.len() < full {
            self.buffer.resize(full, 0);
        }
        self.end += read_most(&mut self.file, &mut self.buffer[self.end..full])?;
        self.last = self.end < full;
        self.chunk = (4 * self.chunk).min(CHUNKS.1);
        Ok(())
    }

    /// Where `rest` begins in the file.
    pub fn place(&self) -> u64 {
        self.offset + self.at as u64
    }

    /// Goes on from another place.
    pub fn go_to(&mut self, place: u64) -> io::Result<()> {
        let inside = place.checked_sub(self.offset).and_then(|at| usize::try_from(at).ok());
        if let Some(at) = inside.filter(|at| *at <= self.end) {
            self.at = at;
            return Ok(());
        }
        self.file.seek(SeekFrom::Start(place))?;
        (self.offset, self.at, self.end, self.last, self.chunk) = (place, 0, 0, false, CHUNKS.0);
        Ok(())
    }
}
