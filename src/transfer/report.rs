//! What is wrong, or remarkable, in a sheet.

pub use crate::domain::report::*;
