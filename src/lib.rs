//! homeward
pub mod db;
pub mod domain;
pub mod error;
pub mod http;
pub mod store;
