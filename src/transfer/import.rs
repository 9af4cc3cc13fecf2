//! Sheets on their way in: a file is read, every row is checked, and all of it is written in one transaction, or nothing.

use std::collections::{BTreeMap, HashMap};
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Seek};
use std::path::Path;
use std::sync::{Mutex, mpsc};

use chrono::NaiveDate;
use sha2::{Digest, Sha256};

use super::intake::{Content, CreateMissing, Reader, Subject, Unit, Units};
use super::sheet::Sheet;
use crate::db::Db;
use crate::domain::clock::Clock;
use crate::domain::gazetteer::Gazetteer;
use crate::domain::report::RefusedSheet;
use crate::domain::report::{Entry, Problem, Report};
use crate::domain::token::hex;
use crate::error::Error;
use crate::store::imports::{self, Import, ImportView, Load, New, NewRecord, Said, Wholes};
use crate::store::{self, Tx, gazetteer};

/// How many batches, returns or other rows are planned together.
const MANY: usize = 1_000;
/// How many times that many may wait, read, until they are planned.
const AHEAD: usize = 2;

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
        let Run { wholes, units, new } = run;
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

/// What was read of a sheet, and is to be taken together.
struct Chunk {
    runs: Vec<Run>,
    /// Whether nothing was wrong in any cell so far.
    is_clean: bool,
    /// How many rows have been read.
    done: u64,
}

/// Wholes of one kind that follow each other.
struct Run {
    wholes: Wholes,
    units: Vec<Unit>,
    /// Each as something new.
    new: Vec<New>,
}

impl Run {
    /// Wholes in their order as runs.
    fn of(units: Vec<Unit>, today: NaiveDate) -> Vec<Self> {
        let mut runs: Vec<Self> = vec![];
        for unit in units {
            let wholes = match unit.subject {
                Subject::Location => Wholes::Locations,
                Subject::Source => Wholes::Sources,
                Subject::Agreement => Wholes::Agreements,
                Subject::Batch => Wholes::Batches,
                Subject::Return => Wholes::Returns,
                Subject::Published => Wholes::Totals,
            };
            if runs.last().is_none_or(|run| run.wholes != wholes) {
                runs.push(Self { wholes, units: vec![], new: vec![] });
            }
            if let Some(run) = runs.last_mut() {
                run.new.push(wholes.read_new(&unit.body, unit.told(), today));
                run.units.push(unit);
            }
        }
        runs
    }
}

/// Reads a sheet to its end, or until nobody takes what is read; gives back what is wrong and remarkable in its cells.
fn read(mut units: Units, sheet: Sheet, today: NaiveDate, send: &mpsc::SyncSender<Result<Chunk, Error>>) -> Report {
    let mut report = Report::default();
    let mut resources = Resources::default();
    // Places refer to each other, in any order: they are taken all together.
    let many = if sheet == Sheet::Locations { usize::MAX } else { MANY };
    loop {
        let mut chunk = vec![];
        let mut failed = None;
        while chunk.len() < many {
            match units.next(&mut report) {
                Ok(Some(unit)) if resources.has_other(&unit, &mut report) => {}
                Ok(Some(unit)) => chunk.push(unit),
                Ok(None) => break,
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        let ends = chunk.is_empty() || failed.is_some();
        if sheet == Sheet::Locations {
            chunk = parents_first(chunk, &mut report);
        }
        let chunk = Chunk { runs: Run::of(chunk, today), is_clean: report.is_clean(), done: units.done() };
        let sent = send.send(failed.map_or(Ok(chunk), Err));
        if ends || sent.is_err() {
            return report;
        }
    }
}

/// The rows of a sheet that are resources, by their codes: the row's number, and a hash of what it says.
#[derive(Default)]
struct Resources(HashMap<String, (u32, u64)>);

impl Resources {
    /// Whether another row says something else of the same resource: the later one would win, and nobody would know.
    fn has_other(&mut self, unit: &Unit, report: &mut Report) -> bool {
        if unit.is_created || !matches!(unit.subject, Subject::Location | Subject::Source | Subject::Agreement) {
            return false;
        }
        let mut hash = DefaultHasher::new();
        unit.body.to_string().hash(&mut hash);
        let (row, said) = *self.0.entry(unit.code.clone()).or_insert((unit.row, hash.finish()));
        let other = row != unit.row && said != hash.finish();
        if other {
            let message = format!(
                "Row {row} has this code, too, and says something else. Give each its own code, or delete one."
            );
            report.error(unit.conflict(Problem::new("repeated_code", message)));
        }
        other
    }
}

fn refused(sheet: Sheet, rows: i64, mut report: Report) -> Error {
    report.sort(|column| sheet.place(column));
    let (sheet, counts) = (sheet.word().to_owned(), BTreeMap::new());
    Error::Sheet(Box::new(RefusedSheet { sheet, committed: false, rows, counts, report }))
}

/// Places in an order in which each comes after the one above it. Those that lie below each other are told, and go on without.
fn parents_first(mut units: Vec<Unit>, report: &mut Report) -> Vec<Unit> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (index, unit) in units.iter().enumerate() {
        let p_code = unit.body["p_code"].as_str();
        for code in [Some(unit.code.as_str()), p_code].into_iter().flatten() {
            places.entry(code.to_owned()).or_insert(index);
        }
    }
    let parents: Vec<Option<usize>> =
        units.iter().map(|unit| unit.body["parent"].as_str().and_then(|code| places.get(code).copied())).collect();
    let mut order = Vec::with_capacity(units.len());
    let mut seen = vec![false; units.len()];
    for index in 0..units.len() {
        let mut line = vec![];
        let mut next = Some(index);
        while let Some(index) = next.filter(|index| !seen[*index]) {
            seen[index] = true;
            line.push(index);
            next = parents[index];
        }
        if let Some(met) = next.and_then(|met| line.iter().position(|index| *index == met)) {
            let ring: Vec<String> = line[met..].iter().take(10).map(|index| units[*index].code.clone()).collect();
            for index in &line[met..] {
                below_itself(&mut units[*index], &ring, report);
            }
        }
        order.extend(line.into_iter().rev());
    }
    let mut units: Vec<Option<Unit>> = units.into_iter().map(Some).collect();
    order.into_iter().filter_map(|index| units[index].take()).collect()
}

fn below_itself(unit: &mut Unit, ring: &[String], report: &mut Report) {
    let parent = unit.body.as_object_mut().and_then(|body| body.remove("parent")).unwrap_or_default();
    let (row, column) = unit.at("/parent", None);
    let message = format!("A location cannot lie below itself: here {} lie below each other.", ring.join(", "));
    let problem = Problem::new("below_itself", message);
    report.error(Entry::cell(row, column.unwrap_or_default(), parent.as_str().unwrap_or_default(), problem));
}
