//! Words and rules: what a batch, a figure, a period is, and when it is right. No I/O, no clock, no SQL, no HTTP.

pub mod access;
pub mod agreement;
pub mod batch;
pub mod clock;
pub mod figure;
pub mod findings;
#[cfg(test)]
mod fuzz;
pub mod gazetteer;
pub mod homecoming;
pub mod labels;
pub mod location;
pub mod movement;
pub mod period;
pub mod reading;
pub mod report;
pub mod resource;
pub mod roles;
pub mod source;
pub mod tally;
pub mod text;
pub mod token;
pub mod words;

pub use findings::{Finding, Findings, Warning};
pub use resource::Resource;
