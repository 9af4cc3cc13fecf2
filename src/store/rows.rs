//! What the rows of several tables have in common.

use chrono::NaiveDateTime;
use serde::Serializer;

/// A time as answers give it: RFC 3339, UTC, to the millisecond.
pub fn utc<S: Serializer>(time: &NaiveDateTime, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(&time.format("%Y-%m-%dT%H:%M:%S%.3fZ"))
}
