//! The newest version of the data, asked for once by all who want to know at the same time.

use std::sync::{Mutex, PoisonError};

use crate::db::{Db, data_version};
use crate::error::Error;

/// Looks at the version of the data for many requests at once: a look serves everybody who came before it began, so that no answer is older
/// than the last write that was acknowledged before it was asked for.
#[derive(Default)]
pub struct Newest {
    /// Looks where reads are done that need nothing in particular.
    anywhere: Shared,
    /// Looks at the primary.
    primary: Shared,
}

impl Newest {
    /// The version of the data where this request reads now.
    pub async fn version(&self, db: &Db) -> Result<i64, Error> {
        if let Some(version) = db.read_at_once(&data_version) {
            return version;
        }
        if !db.has_replica() {
            return self.primary.look(|| db.read_little(data_version)).await;
        }
        let anybody = db.for_anybody();
        let version = self.anywhere.look(|| anybody.read(data_version)).await?;
        if version >= db.needed() { Ok(version) } else { self.primary.look(|| db.read_primary(data_version)).await }
    }
}

/// A look that all share who wait for it.
#[derive(Default)]
struct Shared {
    /// Whoever holds this looks.
    turn: tokio::sync::Mutex<()>,
    looks: Mutex<Looks>,
}

#[derive(Clone, Copy, Default)]
struct Looks {
    /// How many looks have begun.
    begun: u64,
    /// The last look that ended, and what it saw.
    ended: u64,
    version: i64,
}

impl Shared {
    async fn look<L: Future<Output = Result<i64, Error>>>(&self, look: impl FnOnce() -> L) -> Result<i64, Error> {
        let before = self.looks().begun;
        let _turn = self.turn.lock().await;
        let looks = self.looks().to_owned();
        if looks.ended > before {
            return Ok(looks.version);
        }
        let this = {
            let mut looks = self.looks();
            looks.begun += 1;
            looks.begun
        };
        let version = look().await?;
        let mut looks = self.looks();
        (looks.ended, looks.version) = (this, version);
        Ok(version)
    }

    fn looks(&self) -> std::sync::MutexGuard<'_, Looks> {
        self.looks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
