//! The service as its operators meet it: the built binary as a process, its exit statuses, and what it does when the
//! machine, the disk or the database fails. What is expected comes from the contract and from `docs/operations.md`.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test may stop at the first surprise"
)]

#[macro_use]
mod support;

mod backup;
mod clients;
mod commands;
mod database_away;
mod demo;
mod disk;
mod doctor;
mod hostile;
mod idle;
mod instances;
mod killed;
mod replica;
mod settings;
mod sheets;
mod stopping;
mod verify;
