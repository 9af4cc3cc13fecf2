//! The API as its callers meet it: the whole application, on SQLite and on PostgreSQL. What is expected comes from the
//! contract, never from the code.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[macro_use]
mod support;

mod access;
mod agreements;
mod al_waer;
mod batches;
mod changes;
mod clock;
mod concurrency;
mod confidentiality;
mod contract;
mod dataset;
mod errors;
mod exports;
mod figures;
mod formats;
mod history;
mod idempotency;
mod imports;
mod kept;
mod limits;
mod lists;
mod locations;
mod metrics;
mod movements;
mod pages;
mod redaction;
mod returns;
mod sources;
mod statistics;
mod templates;
mod tokens;
mod versions;
mod workbooks;
