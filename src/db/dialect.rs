//! All that SQLite and PostgreSQL say differently.

/// Runs the same lines once for each backend: for what the combined backend cannot do (rows in bulk).
macro_rules! each_db {
    ($conn:expr, $c:ident => $body:expr) => {
        match $conn {
            $crate::db::Conn::Sqlite($c) => $body,
            $crate::db::Conn::Pg($c) => $body,
        }
    };
}
pub(crate) use each_db;
