//! The HTTP floor.
pub mod query;
