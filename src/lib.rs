//! homeward: how people are displaced and how they come back, with what each source says about it.
//!
//! A folder is a floor, and imports only go down: `app` · `http` · `transfer` · `store` · `db` · `domain`, `error`,
//! `config`. A resource keeps its name on every floor.

pub mod app;
pub mod config;
pub mod db;
pub mod domain;
pub mod error;
pub mod http;
pub mod store;
pub mod transfer;
