//! Text files are read as UTF-8. UTF-16, as Excel's "Unicode text" is, is rewritten; anything else is refused with a
//! hint, since guessing would turn names into others.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write};

use super::Trouble;
use crate::domain::report::Problem;

const HOW: &str = "Save it as \"CSV UTF-8 (comma delimited)\" or as an Excel workbook (.xlsx).";

/// The file itself if it is UTF-8 as far as its head tells, or a copy in UTF-8.
pub fn as_utf8(file: File, head: &[u8]) -> Result<File, Trouble> {
    match head {
        [0xFF, 0xFE, ..] => rewritten(file, u16::from_le_bytes),
        [0xFE, 0xFF, ..] => rewritten(file, u16::from_be_bytes),
        // UTF-8 text never holds a zero byte.
        _ if head.contains(&0) => {
            let message = format!("The file is no text in UTF-8; it may be UTF-16 without its byte order mark. {HOW}");
            Err(Problem::new("not_utf8", message).into())
        }
        _ => Ok(file),
    }
}

/// A copy in a temporary file, decoded from UTF-16.
fn rewritten(mut file: File, unit: fn([u8; 2]) -> u16) -> Result<File, Trouble> {
    file.seek(SeekFrom::Start(2))?;
    let mut units = BufReader::new(file).bytes();
    let mut failed = None;
    let mut odd = false;
    let pairs = std::iter::from_fn(|| {
        let mut byte = || units.next()?.map_err(|error| failed = Some(error)).ok();
        let first = byte()?;
        let second = byte();
        odd |= second.is_none();
        Some(unit([first, second?]))
    });
    let mut out = BufWriter::new(tempfile::tempfile()?);
    let mut wrong = false;
    for character in char::decode_utf16(pairs) {
        let Ok(character) = character else {
            wrong = true;
            break;
        };
        out.write_all(character.encode_utf8(&mut [0; 4]).as_bytes())?;
    }
    if let Some(error) = failed {
        return Err(error.into());
    }
    if wrong || odd {
        return Err(
            Problem::new("not_utf8", format!("The file begins as UTF-16, and is broken further on. {HOW}")).into()
        );
    }
    out.into_inner().map_err(|error| error.into_error().into())
}

/// What is wrong with a row that is no UTF-8, with a hint where one can be given.
pub fn not_utf8(bytes: &[u8]) -> Problem {
    let high: Vec<u8> = bytes.iter().copied().filter(|byte| *byte >= 0x80).collect();
    // The Arabic letters of Windows-1256; in Western encodings of the same length these would be É, Ç, Ñ in a row.
    let arabic = high.iter().filter(|byte| matches!(**byte, 0xC1..=0xDF | 0xE1 | 0xE3..=0xE6 | 0xEC | 0xED)).count();
    let found = if 2 * arabic > high.len() && high.len() > 3 {
        "it looks like Arabic text in Windows-1256, as Excel's plain \"CSV\" writes it"
    } else {
        "it may be in a Windows encoding, as Excel's plain \"CSV\" writes it"
    };
    Problem::new("not_utf8", format!("The text of this row is not UTF-8: {found}. {HOW}"))
}
