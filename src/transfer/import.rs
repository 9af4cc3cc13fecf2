//! Sheets on their way in: a file is read, every row is checked, and all of it is written in one transaction, or nothing.

mod ahead;

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek};
use std::path::Path;
use std::sync::{Mutex, mpsc};

use sha2::{Digest, Sha256};

use super::intake::{Content, CreateMissing, Reader};
use super::sheet::Sheet;
use crate::db::Db;
use crate::domain::clock::Clock;
use crate::domain::gazetteer::Gazetteer;
use crate::domain::report::{Entry, Problem, RefusedSheet, Report};
use crate::domain::token::hex;
use crate::error::Error;
use crate::store::imports::{self, Import, ImportView, Load, NewRecord, Said, Wholes};
use crate::store::{self, Tx, gazetteer};
use ahead::{AHEAD, Chunk, Run, read};

/// A sheet, and what is to be done with it.
pub struct Order {
    /// Which sheet.
    pub sheet: Sheet,
    /// What the file is said to be.
    pub content: Content,
    /// The file.
    pub file: File,
    /// SHA-256 of the file, in hexadecimal.
    pub fingerprint: String,
    /// Whether it is written, or only tried.
    pub commit: bool,
    /// What is created where the sheet refers to something that is not there.
    pub create: CreateMissing,
}

/// A file of this machine (`-` is standard input) as it is imported, and its SHA-256. What cannot be read again is kept in a temporary
/// file.
pub fn spool(path: &Path) -> io::Result<(File, String)> {
    let mut file = if path == Path::new("-") {
        let mut file = tempfile::tempfile()?;
        io::copy(&mut io::stdin().lock(), &mut file)?;
        file.rewind()?;
        file
    } else {
        File::open(path)?
    };
    let fingerprint = fingerprint(&mut file)?;
    file.rewind()?;
    Ok((file, fingerprint))
}

/// SHA-256, in hexadecimal: by it a file that comes again is recognised.
pub fn fingerprint(mut file: impl Read) -> io::Result<String> {
    let (mut digest, mut bytes) = (Sha256::new(), vec![0; 64 << 10]);
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(hex(&digest.finalize())),
            read => digest.update(&bytes[..read]),
        }
    }
}

/// Imports a sheet, or tries to. `progress` is told how many of how many rows are done. What comes of it is made `within` the
/// transaction, which is handed the import to do.
pub async fn run<T: Send + 'static>(
    db: &Db,
    clock: &Clock,
    by: &str,
    order: Order,
    progress: impl Fn(u64, u64) + Send + Sync + 'static,
    within: impl Fn(&mut Tx, &dyn Fn(&mut Tx) -> Result<ImportView, Error>) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let Order { sheet, content, file, fingerprint, commit, create } = order;
    let opened = tokio::task::spawn_blocking(move || {
        let mut report = Report::default();
        Reader::open(sheet, file, content, &mut report).map(|reader| (reader, report))
    });
    let (reader, report) = opened.await.map_err(|error| Error::Internal(error.to_string()))??;
    let Some(reader) = reader else { return Err(refused(sheet, 0, report)) };
    // The transaction may have to be done again, and reads the file again then.
    let reader = Mutex::new(reader);
    let import = move |tx: &mut Tx| {
        let mut reader = reader.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut work = Work { sheet, import: Import::default(), report: report.clone() };
        let rows = reader.rows();
        if let Some((code, at)) = imports::of_file(tx.conn, sheet.word(), &fingerprint)? {
            let message = format!("This very file was imported on {} already, as {code}.", at.date());
            work.report.warn(Entry::file(Problem::new("same_file", message)));
        }
        let gazetteer = gazetteer::load(tx.conn)?;
        let load = Load::begin(tx, wholes_of(sheet), i64::try_from(rows).unwrap_or(i64::MAX))?;
        work.run(tx, &mut reader, &gazetteer, create, &progress)?;
        if work.report.is_clean() {
            load.end(tx)?;
        }
        work.end(tx, i64::try_from(rows).unwrap_or(i64::MAX), commit.then_some(&fingerprint))
    };
    let job = move |tx: &mut Tx| within(tx, &import);
    // What a movement or a return comes to is known without writing it. Other rows refer to each other.
    let plain = matches!(sheet, Sheet::Movements | Sheet::Returns) && create == CreateMissing::default();
    match (commit, plain) {
        (true, _) => store::write_long(db, clock, by, job).await,
        (false, true) => store::look(db, clock, by, job).await,
        (false, false) => store::rehearse(db, clock, by, job).await,
    }
}

/// An import while it goes on.
struct Work {
    sheet: Sheet,
    import: Import,
    report: Report,
}

impl Work {
    fn run(
        &mut self,
        tx: &mut Tx,
        reader: &mut Reader,
        gazetteer: &Gazetteer,
        create: CreateMissing,
        progress: &impl Fn(u64, u64),
    ) -> Result<(), Error> {
        let (rows, sheet, today) = (reader.rows(), self.sheet, tx.today());
        let units = reader.units(gazetteer, create)?;
        // The next rows are read while these are written.
        let read = std::thread::scope(|scope| {
            let (send, received) = mpsc::sync_channel(AHEAD);
            let reading = scope.spawn(move || read(units, sheet, today, &send));
            for chunk in received {
                let Chunk { runs, is_clean, done } = chunk?;
                for run in runs {
                    self.take(tx, run, is_clean)?;
                }
                progress(done, rows);
            }
            reading.join().map_err(|_| Error::Internal("the reading of a sheet panicked".to_owned()))
        });
        self.report.join(read?);
        Ok(())
    }

    fn take(&mut self, tx: &mut Tx, run: Run, is_clean: bool) -> Result<(), Error> {
        let Run { wholes, units } = run;
        let (units, new): (Vec<_>, Vec<_>) = units.into_iter().unzip();
        let said = units.iter().zip(new);
        let said =
            said.map(|(unit, new)| Said { code: &unit.code, body: &unit.body, told: unit.told(), new }).collect();
        let wrong = !is_clean || !self.report.is_clean();
        let found = self.import.take(tx, wholes, said, wrong)?;
        for (unit, findings) in units.iter().zip(&found) {
            unit.report(findings, &mut self.report);
        }
        Ok(())
    }

    /// What came of it. What is wrong takes everything back.
    fn end(mut self, tx: &mut Tx, rows: i64, commit: Option<&String>) -> Result<ImportView, Error> {
        self.report.sort(|column| self.sheet.place(column));
        if !self.report.is_clean() {
            return Err(refused(self.sheet, rows, self.report));
        }
        let Self { sheet, import, report } = self;
        let sheet = sheet.word();
        let counts = import.counts;
        if let Some(fingerprint) = commit {
            let new = NewRecord { sheet, rows, fingerprint, counts: &counts, report: &report };
            let code = imports::keep(tx, &new)?;
            return Ok(ImportView {
                code: Some(code),
                committed: true,
                at: Some(tx.at),
                by: Some(tx.by.to_owned()),
                ..ImportView::of(sheet, rows, counts, &report)?
            });
        }
        ImportView::of(sheet, rows, counts, &report)
    }
}

/// What most rows of a sheet speak of.
fn wholes_of(sheet: Sheet) -> Wholes {
    match sheet {
        Sheet::Locations => Wholes::Locations,
        Sheet::Sources => Wholes::Sources,
        Sheet::Agreements => Wholes::Agreements,
        Sheet::Movements => Wholes::Batches,
        Sheet::Returns => Wholes::Returns,
    }
}

fn refused(sheet: Sheet, rows: i64, mut report: Report) -> Error {
    report.sort(|column| sheet.place(column));
    let (sheet, counts) = (sheet.word().to_owned(), BTreeMap::new());
    Error::Sheet(Box::new(RefusedSheet { sheet, committed: false, rows, counts, report }))
}
