//! The whole data set in one archive: every sheet as CSV, a description for programs, and one for people.
//!
//! The archive is written while it is sent. Descriptions come last, since only then is it known what was read, and in which
//! state of the data.

mod package;
mod readme;

use std::io::{self, Write};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chrono::{Datelike, NaiveDateTime, Timelike};
use futures_util::future::try_join;
use futures_util::stream::{self, Stream};
use zip::write::{SimpleFileOptions, StreamWriter};
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::export::SheetExport;
use super::sheet::Sheet;
use super::stream::Pages;
use super::{Format, spool};
use crate::db::{Conn, Db, data_version};
use crate::domain::access::Viewer;
use crate::error::Error;
use crate::store::sheets::{self, Place, Record};
use crate::store::{Filter, Reading};

/// Bytes that are sent at once.
const CHUNK: usize = 64 * 1024;
/// How many figures may make files of more than 4 GB, which only say so from the beginning: rows of 43 KB, as texts are limited, are
/// beyond all that is recorded. Smaller archives do without, since some programs read no other (busybox, Java as a stream).
const LARGE: i64 = 100_000;

/// What whoever runs the service says about its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What the data set is called.
    pub title: String,
    /// Under which licence it may be used: an identifier or an address, if it was said.
    pub licence: Option<String>,
}

/// What an archive says of itself.
#[derive(Clone, Debug)]
pub struct About {
    /// What whoever runs the service says.
    pub terms: Terms,
    /// For whom it is made.
    pub viewer: Viewer,
    /// When.
    pub made_at: NaiveDateTime,
}

/// One file of the archive, once it is written.
#[derive(Clone, Debug)]
struct Written {
    sheet: Sheet,
    rows: u64,
    bytes: u64,
    /// The versions of the data between which it was read.
    versions: (i64, i64),
}

/// A data set that is about to be written.
pub struct Dataset {
    about: About,
    large: bool,
}

impl Dataset {
    /// Looks at what there is.
    pub fn begin(conn: &mut Conn, about: About) -> Result<Self, Error> {
        Ok(Self { about, large: sheets::figures_at_most(conn)? > LARGE })
    }

    /// The whole archive in small pieces. An error ends it, so that a short file is never taken for a whole one.
    pub fn stream(self, db: Db) -> impl Stream<Item = Result<Bytes, Error>> {
        stream::try_unfold((Archive::new(self), db), |(mut archive, db)| async move {
            while archive.ready.is_empty() {
                if archive.zip.is_none() {
                    return Ok(None);
                }
                archive = archive.step(&db).await?;
            }
            let chunk = archive.ready.split_to(archive.ready.len().min(CHUNK));
            Ok(Some((chunk, (archive, db))))
        })
    }
}

/// What the archive has written and nobody has taken yet.
#[derive(Clone, Default)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Sink {
    fn take(&self) -> Bytes {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner)).into()
    }
}

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Zip = ZipWriter<StreamWriter<Sink>>;

/// A page of a sheet, and the version of the data that it shows.
struct Page {
    records: Vec<Record>,
    version: i64,
    next: Option<Place>,
}

/// An archive that is being written.
struct Archive {
    about: About,
    options: SimpleFileOptions,
    sink: Sink,
    /// Gone when everything is written.
    zip: Option<Zip>,
    /// The sheet at hand, and the page of it that was read and not yet written.
    page: Option<(SheetExport, Page)>,
    /// The sheets that are still to come.
    sheets: std::vec::IntoIter<Sheet>,
    written: Vec<Written>,
    ready: Bytes,
}

impl Archive {
    fn new(dataset: Dataset) -> Self {
        let Dataset { about, large } = dataset;
        let sink = Sink::default();
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(time(about.made_at))
            .large_file(large);
        Self {
            about,
            options,
            zip: Some(ZipWriter::new_stream(sink.clone())),
            sink,
            page: None,
            sheets: Sheet::ALL.to_vec().into_iter(),
            written: vec![],
            ready: Bytes::new(),
        }
    }

    /// Writes a page while the next one is read, or begins a sheet, or ends the archive.
    async fn step(mut self, db: &Db) -> Result<Self, Error> {
        match self.page.take() {
            Some((export, page)) => self.next_page(db, export, page).await?,
            None => match self.sheets.next() {
                Some(sheet) => self.begin_sheet(db, sheet).await?,
                None => self.end().await?,
            },
        }
        self.ready = self.sink.take();
        Ok(self)
    }

    async fn begin_sheet(&mut self, db: &Db, sheet: Sheet) -> Result<(), Error> {
        let who = Reading { viewer: self.about.viewer, arabic: false };
        let export = SheetExport::new(sheet, who, Filter::default(), Format::Csv);
        let head = export.head(Format::Csv, false)?;
        let page = read(db, export.clone(), None).await?;
        let versions = (page.version, page.version);
        self.written.push(Written { sheet, rows: 0, bytes: head.len() as u64, versions });
        let options = self.options;
        self.write(move |zip| {
            zip.start_file(format!("{}.csv", sheet.word()), options).map_err(|error| failed(&error))?;
            zip.write_all(&head).map_err(|error| failed(&error))
        })
        .await?;
        self.page = Some((export, page));
        Ok(())
    }

    async fn next_page(&mut self, db: &Db, export: SheetExport, page: Page) -> Result<(), Error> {
        let Page { records, version, mut next } = page;
        let read = async {
            match next.take() {
                Some(from) => read(db, export.clone(), Some(from)).await.map(Some),
                None => Ok(None),
            }
        };
        let writing = export.clone();
        let write = self.write(move |zip| {
            let (text, rows) = writing.text(&records)?;
            zip.write_all(&text).map_err(|error| failed(&error))?;
            Ok((rows, text.len() as u64))
        });
        let (page, (rows, bytes)) = try_join(read, write).await?;
        if let Some(written) = self.written.last_mut() {
            written.rows += rows;
            written.bytes += bytes;
            written.versions.1 = version;
        }
        self.page = page.map(|page| (export, page));
        Ok(())
    }

    /// Ends the archive with what describes it.
    async fn end(&mut self) -> Result<(), Error> {
        let package = package::describe(&self.about, &self.written)?;
        let readme = readme::text(&self.about, &self.written);
        let options = self.options.large_file(false);
        self.write(move |zip| {
            for (name, text) in [("datapackage.json", package), ("README.txt", readme.into_bytes())] {
                zip.start_file(name, options).map_err(|error| failed(&error))?;
                zip.write_all(&text).map_err(|error| failed(&error))?;
            }
            Ok(())
        })
        .await?;
        let Some(zip) = self.zip.take() else { return Ok(()) };
        zip.finish().map_err(|error| failed(&error))?;
        Ok(())
    }

    /// Does something to the archive. Compressing takes time, so it has a thread.
    async fn write<T: Send + 'static>(
        &mut self,
        job: impl FnOnce(&mut Zip) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let Some(mut zip) = self.zip.take() else { return Err(failed(&"it has ended")) };
        let (zip, done) = spool::on_a_thread(move || {
            let done = job(&mut zip)?;
            Ok((zip, done))
        })
        .await?;
        self.zip = Some(zip);
        Ok(done)
    }
}

/// Reads a page, in a snapshot of its own.
async fn read(db: &Db, export: SheetExport, from: Option<Place>) -> Result<Page, Error> {
    db.read(move |conn| {
        let version = data_version(conn)?;
        let (records, next) = export.read(conn, from.as_ref())?;
        Ok(Page { records, version, next })
    })
    .await
}

fn failed(error: &impl std::fmt::Display) -> Error {
    Error::Internal(format!("archive: {error}"))
}

/// When the files were made, as archives can say it.
fn time(at: NaiveDateTime) -> DateTime {
    let part = |number: u32| u8::try_from(number).unwrap_or_default();
    let (year, month, day) = (u16::try_from(at.year()).unwrap_or_default(), part(at.month()), part(at.day()));
    DateTime::from_date_and_time(year, month, day, part(at.hour()), part(at.minute()), part(at.second()))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read};

    use super::*;

    /// An archive of one file, and what describes it.
    async fn archive(large: bool, text: &'static [u8]) -> Vec<u8> {
        let terms = Terms { title: "The record".to_owned(), licence: None };
        let about = About { terms, viewer: Viewer::Public, made_at: NaiveDateTime::default() };
        let mut archive = Archive::new(Dataset { about, large });
        let options = archive.options;
        let write = move |zip: &mut Zip| {
            zip.start_file("movements.csv", options).map_err(|error| failed(&error))?;
            zip.write_all(text).map_err(|error| failed(&error))
        };
        archive.write(write).await.unwrap();
        archive.end().await.unwrap();
        archive.sink.take().to_vec()
    }

    #[actix_web::test]
    async fn large_archives_say_so_in_every_header_and_small_ones_in_none() {
        for (large, version) in [(false, 20), (true, 45)] {
            let bytes = archive(large, b"code\nb1\n").await;
            // What a program needs to read the first file, by its local header; bit 3: its size comes behind it.
            assert_eq!((&bytes[..4], u16::from_le_bytes([bytes[4], bytes[5]])), (&b"PK\x03\x04"[..], version));
            assert_eq!(bytes[6] & 0b1000, 0b1000);
            let mut read = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
            let mut text = String::new();
            read.by_name("movements.csv").unwrap().read_to_string(&mut text).unwrap();
            assert_eq!((text.as_str(), read.len()), ("code\nb1\n", 3));
        }
    }
}
