//! Everything that is derived, derived anew and compared with what is stored: by the very rules that wrote it.

mod checks;

use std::fmt;

use crate::db::Db;
use crate::domain::Resource;
use crate::domain::words::Word as _;
use crate::error::Error;

/// A derived column that holds something else than it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Which resource.
    pub resource: Resource,
    /// The row's code.
    pub code: String,
    /// The column, or what is wrong.
    pub column: &'static str,
    /// What stands there.
    pub stored: String,
    /// What should.
    pub derived: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { resource, code, column, stored, derived } = self;
        write!(f, "{} {code}: {column} is {stored}, and should be {derived}", resource.word())
    }
}

/// Some rows that were looked at, on one state of the data.
#[derive(Default)]
struct Looked {
    /// The key of the last one; none where there was none.
    last: Option<i64>,
    rows: u64,
    found: Vec<Difference>,
}

/// How many rows are looked at in one snapshot: few, because a batch comes with all that is below it.
const MANY: i64 = 200;

/// Looks at every row, in constant memory: `found` is told of each difference, `progress` how many rows were looked at. Gives their
/// numbers: rows, differences. The service may go on writing: each part is compared within one state.
pub async fn verify(
    db: &Db,
    mut found: impl FnMut(&Difference) -> Result<(), Error>,
    progress: impl Fn(u64),
) -> Result<(u64, u64), Error> {
    let (mut rows, mut differences) = (0, 0);
    for check in checks::ALL {
        let mut after = Some(0);
        while let Some(key) = after {
            let looked = db.read(move |conn| check(conn, key)).await?;
            for difference in &looked.found {
                differences += 1;
                found(difference)?;
            }
            rows += looked.rows;
            progress(rows);
            after = looked.last;
        }
    }
    Ok((rows, differences))
}
