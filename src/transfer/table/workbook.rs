//! What a workbook is before it is read: an XLSX without macros, password or more in it than its size tells.

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use zip::ZipArchive;

use super::spool::Spool;
use super::{Row, Trouble, oversize, worksheet};
use crate::domain::report::{Problem, Report};

/// The most that a worksheet may unpack to, in bytes: a full one of 1,048,576 rows and 46 columns has less.
const MAX_WORKSHEET: u64 = 2 << 30;
/// The most that any other part may: shared strings are held in memory.
const MAX_PART: u64 = 128 << 20;
/// What is smaller than this can do no harm, whatever is in it.
const HARMLESS: u64 = 16 << 20;
/// How many times smaller than its content a large part may be: repetitive sheets reach 50.
const MAX_RATIO: u64 = 300;

/// Whether a file is a zip archive, as XLSX is.
pub fn is_zip(head: &[u8]) -> bool {
    head.starts_with(b"PK\x03\x04") || head.starts_with(b"PK\x05\x06")
}

/// Whether a file is a compound file: an `.xls`, or an `.xlsx` with a password.
pub fn is_compound(head: &[u8]) -> bool {
    head.starts_with(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
}

/// What is wrong with a compound file.
pub fn compound(file: &mut File) -> Result<Problem, Trouble> {
    let name: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    file.seek(SeekFrom::Start(0))?;
    let mut buffer = vec![];
    let encrypted = loop {
        // The end of the last piece stays, so that a name between two pieces is found.
        let keep = buffer.len().saturating_sub(name.len());
        buffer.drain(..keep);
        if file.take(1 << 18).read_to_end(&mut buffer)? == 0 {
            break false;
        }
        if buffer.windows(name.len()).any(|window| window == name) {
            break true;
        }
    };
    Ok(if encrypted {
        let message = "The workbook has a password. Remove it (File, Info, Protect Workbook), and send it again.";
        Problem::new("encrypted_workbook", message)
    } else {
        let message = "This is a workbook of Excel 97-2003 (.xls). Save it as Excel workbook (.xlsx) or as CSV UTF-8.";
        Problem::new("old_workbook", message)
    })
}

/// Unpacks the worksheet that is wanted, after the workbook was found harmless.
pub fn unpack(file: File, score: &dyn Fn(&Row) -> usize, report: &mut Report) -> Result<Spool, Trouble> {
    let mut file = BufReader::new(file);
    check(&mut file)?;
    file.seek(SeekFrom::Start(0))?;
    worksheet::unpack(file, score, report)
}

/// A workbook that cannot be read.
pub fn broken(why: &dyn std::fmt::Display) -> Trouble {
    let message = format!("The workbook cannot be read ({why}). Open it in a spreadsheet program and save it again.");
    Problem::new("broken_workbook", message).into()
}

fn check(file: &mut BufReader<File>) -> Result<(), Trouble> {
    let mut archive = ZipArchive::new(file).map_err(|error| broken(&error))?;
    let mut has_workbook = false;
    let mut large = vec![];
    for index in 0..archive.len() {
        let part = archive.by_index_raw(index).map_err(|error| broken(&error))?;
        let name = part.name().map_err(|error| broken(&error))?.to_lowercase().replace('\\', "/");
        if part.encrypted() {
            let message = "The archive has a password. Remove it, and send the workbook again.";
            return Err(Problem::new("encrypted_workbook", message).into());
        }
        if name.contains("vbaproject") || name.contains("/macrosheets/") {
            let message = "The workbook holds macros. Save it as Excel workbook without macros (.xlsx).";
            return Err(Problem::new("macro_workbook", message).into());
        }
        let is_worksheet = name.contains("/worksheets/");
        has_workbook |= is_worksheet || name.ends_with("workbook.xml");
        let (size, packed) = (part.size(), part.compressed_size().max(1));
        let too_much = size > if is_worksheet { MAX_WORKSHEET } else { MAX_PART };
        if too_much || (size > HARMLESS && size / packed > MAX_RATIO) {
            return Err(bomb(&format!("`{name}` would unpack to {} MB", size >> 20)));
        }
        if size > HARMLESS {
            large.push((index, is_worksheet));
        }
    }
    if !has_workbook {
        let message = "This archive is no .xlsx workbook. Save the sheet as Excel workbook (.xlsx) or as CSV UTF-8.";
        return Err(Problem::new("not_a_workbook", message).into());
    }
    // No part gives more than it says: reading past that is an error of the archive.
    for (index, is_worksheet) in large {
        let part = archive.by_index(index).map_err(|error| broken(&error))?;
        if !oversize::look_through(part, is_worksheet).map_err(|error| broken(&error))? {
            return Err(bomb("one of its cells holds more text than any sheet does, or it shares too many strings"));
        }
    }
    Ok(())
}

fn bomb(why: &str) -> Trouble {
    let message = format!("The workbook unpacks to more than is read: {why}. Send a sheet of this size as CSV.");
    Problem::new("zip_bomb", message).into()
}
