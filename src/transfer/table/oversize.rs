//! Looks through a large part of a workbook before it is parsed: no cell may be so long that reading cell by cell would
//! fill the memory after all.

use std::io::{self, Read};

/// How many bytes of XML a cell may take: many times what the longest text of a spreadsheet needs.
const MAX_CELL: usize = 4 << 20;
/// How many strings the cells may share.
const MAX_STRINGS: usize = 5_000_000;

/// Whether a part holds only cells and strings of a size that people have.
pub fn look_through(mut part: impl Read, is_worksheet: bool) -> io::Result<bool> {
    let mut buffer = vec![0; 1 << 16];
    let mut scan = Scan { is_worksheet, ..Scan::default() };
    loop {
        let len = match part.read(&mut buffer) {
            Ok(0) => return Ok(true),
            Ok(len) => len,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if !scan.go_on(&buffer[..len]) {
            return Ok(false);
        }
    }
}

#[derive(Default)]
enum At {
    #[default]
    Text,
    Name,
    Attributes,
}

/// A very small reader of XML: it knows where elements begin and end, and what they are called.
#[derive(Default)]
struct Scan {
    is_worksheet: bool,
    at: At,
    before: u8,
    name: Vec<u8>,
    /// The element whose text is being read, which only its own end tag ends.
    open: Vec<u8>,
    since_tag: usize,
    since_cell: usize,
    strings: usize,
    in_cells: bool,
}

impl Scan {
    fn go_on(&mut self, bytes: &[u8]) -> bool {
        for byte in bytes {
            self.since_tag += 1;
            self.since_cell += 1;
            match self.at {
                At::Text if *byte == b'<' => {
                    self.at = At::Name;
                    self.name.clear();
                    self.since_tag = 0;
                }
                At::Text => {}
                At::Name if !matches!(byte, b'>' | b' ' | b'\t' | b'\r' | b'\n') && self.name.len() < 64 => {
                    self.name.push(*byte);
                }
                At::Name | At::Attributes if *byte == b'>' => {
                    if !self.element(self.before == b'/') {
                        return false;
                    }
                    self.at = At::Text;
                }
                At::Name => self.at = At::Attributes,
                At::Attributes => {}
            }
            self.before = *byte;
            if self.since_tag > MAX_CELL || (self.in_cells && self.since_cell > MAX_CELL) {
                return false;
            }
        }
        true
    }

    /// A tag has ended; `empty` if it is an element without content.
    fn element(&mut self, empty: bool) -> bool {
        let name = self.name.strip_suffix(b"/").unwrap_or(&self.name);
        let (ends, name) = name.strip_prefix(b"/").map_or((false, name), |name| (true, name));
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        match local {
            b"sheetData" => self.in_cells = !ends && !empty,
            b"c" | b"row" | b"si" => {
                self.strings += usize::from(local == b"si" && !ends);
                self.since_cell = 0;
                // A cell within the text of another would let that text grow without an end.
                if !self.open.is_empty() || (self.is_worksheet && local == b"si") {
                    return false;
                }
            }
            b"t" | b"v" | b"f" if ends && self.open == name => self.open.clear(),
            b"t" | b"v" | b"f" if !ends && !empty && self.open.is_empty() => self.open = name.to_vec(),
            _ => {}
        }
        self.strings <= MAX_STRINGS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fine(xml: &str, is_worksheet: bool) -> bool {
        look_through(xml.as_bytes(), is_worksheet).unwrap()
    }

    #[test]
    fn cells_are_fine_and_giants_are_not() {
        let sheet = |cell: &str| format!("<worksheet><sheetData><row r=\"1\">{cell}</row></sheetData></worksheet>");
        let cell = "<c r=\"A1\" t=\"s\"><v>5</v></c><c r=\"B1\"/><c><f/><v a=\"1\"/></c>";
        assert!(fine(&sheet(&cell.repeat(100_000)), true));
        let text = "a".repeat(MAX_CELL + 1);
        assert!(!fine(&sheet(&format!("<c><is><t>{text}</t></is></c>")), true));
        let runs = "<r><t>aaaa</t></r>".repeat(MAX_CELL / 16);
        assert!(!fine(&sheet(&format!("<c><is>{runs}</is></c>")), true));
        assert!(!fine(&sheet("<c><is><t>a<c/>a</x:t><row></t></is></c>"), true));
        assert!(fine(&format!("<x:sst>{}</x:sst>", "<x:si><x:t>a</x:t></x:si>".repeat(1_000)), false));
        assert!(!fine("<worksheet><si><t>a</t></si></worksheet>", true));
        assert!(!fine(&"<si/>".repeat(MAX_STRINGS + 1), false));
    }
}
