//! The time comes from outside, so that tests can hold it still.

use std::sync::Arc;

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};

/// Tells the time.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

impl Clock {
    /// A clock that asks `now`.
    pub fn new(now: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self(Arc::new(now))
    }

    /// The time (UTC) to the millisecond: what both databases give back as it was put in.
    pub fn now(&self) -> NaiveDateTime {
        (self.0)().naive_utc().trunc_subsecs(3)
    }
}
