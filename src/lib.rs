//! homeward records how people are displaced and how they come back: what each source says, one recommended value,
//! and an honest range.
//!
//! A folder is a floor, and imports only go down. Read across, a resource keeps its name on every floor; read down, a
//! layer:
//!
//! | floor | what stands there |
//! | --- | --- |
//! | `main`, [`app`], [`doctor`], [`logs`] | the commands, the settings' use, the server's start and stop, what operators see |
//! | [`http`] | the route table, one set of handlers for seven resources, problems, authentication, the document |
//! | [`web`] | the pages for people, embedded as they were built |
//! | [`transfer`] | files in and out: sheets into bodies, CSV, NDJSON, the record that `demo` serves |
//! | [`store`] | the only SQL: what is read and written, with history and derived counts in the same transaction |
//! | [`db`] | connections, transactions, migrations, and all that SQLite and PostgreSQL say differently |
//! | [`domain`], [`error`], [`config`] | words and rules; what can go wrong; what can be set |
//!
//! `docs/architecture.md` walks through them, and `tests/architecture.rs` keeps them.

pub mod app;
pub mod doctor;
pub mod http;
pub mod logs;
pub mod web;

pub mod transfer;

pub mod store;

pub mod db;

pub mod config;
pub mod domain;
pub mod error;
