//! The parts that a request, a statistic or a sheet is made of, each by itself: `cargo bench`.
//!
//! What is measured goes through the doors that the library has anyway. Nothing here has a verdict: whether something got slower is said by
//! `tests/plans/` and `tests/allocations.rs`, which count.

#![allow(missing_docs, clippy::unwrap_used, clippy::expect_used, reason = "a benchmark may stop at the first surprise")]

use std::fs::File;
use std::io::{Seek, Write};

use chrono::{DateTime, NaiveDate};
use divan::counter::ItemsCount;
use divan::{AllocProfiler, Bencher, black_box};
use homeward::db::page::{Cursor, Position, Sort, SortBy};
use homeward::domain::Findings;
use homeward::domain::batch::BatchBody;
use homeward::domain::gazetteer::{Index, Named};
use homeward::domain::reading::Fields;
use homeward::domain::report::Report;
use homeward::domain::text::folded_words;
use homeward::http::body;
use homeward::store::{Batches, Movements, Rows};
use homeward::transfer::Format;
use homeward::transfer::table::{Content, Row, Table};

#[path = "micro/record.rs"]
mod record;

#[global_allocator]
static ALLOCATIONS: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

/// A page of a list, as it is answered and as it is saved.
mod page {
    use super::*;

    const ROWS: usize = 100;

    fn written(bencher: Bencher, format: Format) {
        let rows: Vec<_> = (0..ROWS).map(|_| Movements::sample()).collect();
        bencher.counter(ItemsCount::new(ROWS)).bench(|| format.rows(black_box(&rows), true).unwrap());
    }

    #[divan::bench]
    fn as_json(bencher: Bencher) {
        written(bencher, Format::Json);
    }

    #[divan::bench]
    fn as_csv(bencher: Bencher) {
        written(bencher, Format::Csv);
    }

    fn cursor() -> Cursor {
        let date = NaiveDate::from_ymd_opt(2017, 3, 18);
        let after = Position { date, time: None, code: "al-waer-01.SY0208".to_owned() };
        Cursor { sort: Sort { by: SortBy::Date, descending: true }, after }
    }

    #[divan::bench]
    fn cursor_encoded(bencher: Bencher) {
        let cursor = cursor();
        bencher.bench(|| black_box(&cursor).encode());
    }

    #[divan::bench]
    fn cursor_decoded(bencher: Bencher) {
        let text = cursor().encode();
        bencher.bench(|| Cursor::decode(black_box(&text)).unwrap());
    }
}

/// A batch as it is sent: read as JSON, and understood with everything that is wrong with it.
mod batch {
    use super::*;

    fn sent() -> Vec<u8> {
        serde_json::to_vec(&Batches::sample_body()).unwrap()
    }

    #[divan::bench]
    fn read_as_json(bencher: Bencher) {
        let sent = sent();
        bencher.bench(|| body::parse(black_box(&sent)).ok().unwrap());
    }

    #[divan::bench]
    fn understood(bencher: Bencher) {
        let value = body::parse(&sent()).ok().unwrap();
        let today = DateTime::UNIX_EPOCH.date_naive();
        bencher.bench(|| {
            let mut findings = Findings::default();
            let mut fields = Fields::new(black_box(&value), String::new(), &mut findings);
            BatchBody::read(&mut fields, today)
        });
    }
}

/// Names of places, as people write them.
mod names {
    use super::*;

    const WRITTEN: [&str; 5] = ["Al-Wa'er", "الوعر", "Jarāblus", "Kafr Nubl (كفرنبل)", "Qal'at al-Madiq"];

    #[divan::bench]
    fn folded(bencher: Bencher) {
        bencher.counter(ItemsCount::new(WRITTEN.len())).bench(|| black_box(WRITTEN).map(folded_words));
    }

    /// In a gazetteer as large as a country's.
    #[divan::bench]
    fn found(bencher: Bencher) {
        let mut index = Index::default();
        for number in 0..30_000 {
            let (code, name) = (format!("C{number}"), format!("Place {number}"));
            index.add(Named { code: &code, name: &name, ..Named::default() }, [name.as_str(), "مكان"]);
        }
        for (number, name) in WRITTEN.iter().enumerate() {
            let code = format!("W{number}");
            index.add(Named { code: &code, name, ..Named::default() }, [*name]);
        }
        index.sort();
        bencher.counter(ItemsCount::new(WRITTEN.len())).bench(|| {
            WRITTEN
                .iter()
                .filter(|name| index.find(black_box(name)) != homeward::domain::gazetteer::Found::Nothing)
                .count()
        });
    }
}

/// The rows of a sheet, before anything is made of them.
mod sheet {
    use super::*;

    const TIMES: usize = 20;

    fn file() -> (File, usize) {
        let text = include_str!("../examples/al-waer/movements.csv");
        let (header, rows) = text.split_once('\n').unwrap();
        let mut file = tempfile::tempfile().unwrap();
        writeln!(file, "{header}").unwrap();
        (0..TIMES).for_each(|_| file.write_all(rows.as_bytes()).unwrap());
        let (table, many) = (&mut open(&file), &mut 0);
        each(table, |_| *many += 1);
        (file, *many)
    }

    fn open(file: &File) -> Table {
        let mut file = file.try_clone().unwrap();
        file.rewind().unwrap();
        Table::open(file, Content::Csv, &|_| 0, &mut Report::default()).ok().unwrap()
    }

    fn each(table: &mut Table, mut seen: impl FnMut(&Row)) {
        let mut row = Row::default();
        while table.next(&mut row).ok().unwrap() {
            seen(&row);
        }
    }

    #[divan::bench]
    fn rows_of_csv(bencher: Bencher) {
        let (file, many) = file();
        bencher.counter(ItemsCount::new(many)).bench(|| {
            let mut cells = 0;
            each(&mut open(&file), |row| cells += row.len());
            cells
        });
    }
}

/// Statistics over the columns in memory.
mod statistics {
    use homeward::domain::location::Level;
    use homeward::domain::period::Unit;
    use homeward::store::Filter;
    use homeward::store::statistics::{By, Question};

    use super::record::Record;
    use super::*;

    const MANY: [usize; 2] = [100_000, 1_000_000];

    fn asked(bencher: Bencher, many: usize, question: &Question) {
        let record = Record::of(many);
        bencher.counter(ItemsCount::new(many)).bench_local(|| record.borrow_mut().flows(black_box(question)));
    }

    #[divan::bench(args = MANY, sample_count = 20)]
    fn month_by_governorate(bencher: Bencher, many: usize) {
        let by = vec![By::Period(Unit::Month), By::Destination];
        asked(bencher, many, &Question { by, level: Some(Level::Admin1), ..Question::default() });
    }

    #[divan::bench(args = MANY, sample_count = 20)]
    fn district_by_district(bencher: Bencher, many: usize) {
        let by = vec![By::Origin, By::Destination];
        asked(bencher, many, &Question { by, level: Some(Level::Admin2), ..Question::default() });
    }

    #[divan::bench(args = MANY, sample_count = 20)]
    fn total_of_some_years(bencher: Bencher, many: usize) {
        let (from, to) = (NaiveDate::from_ymd_opt(2014, 1, 1), NaiveDate::from_ymd_opt(2016, 12, 31));
        asked(bencher, many, &Question { filter: Filter { from, to, ..Filter::default() }, ..Question::default() });
    }
}
