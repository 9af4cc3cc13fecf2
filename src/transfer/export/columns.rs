//! Which columns a sheet has for whom.

use crate::domain::access::{Viewer, WITHHELD};
use crate::transfer::sheet::{Column, Sheet};

/// The columns that are written for whoever reads: those that are withheld are absent, not empty, so that an import of the
/// file leaves them as they are.
pub fn shown(sheet: Sheet, viewer: Viewer) -> Vec<&'static Column> {
    let withheld = |column: &&Column| !viewer.sees_restricted() && WITHHELD.contains(&column.member);
    sheet.columns().iter().filter(|column| !withheld(column)).collect()
}
