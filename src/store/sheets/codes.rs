//! The codes that a sheet can refer to, for the drop-downs of templates.

use diesel::prelude::*;

use crate::db::Conn;
use crate::db::schema::{agreements, locations, movements, sources};
use crate::domain::Resource;
use crate::domain::access::Viewer;
use crate::error::Error;
use crate::store::references::{known_source, readable};

/// A row that there is, as far as somebody who refers to it needs to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// Its code.
    pub code: String,
    /// Its name; a movement has none.
    pub name: String,
    /// Its Arabic name, if it has one.
    pub name_ar: Option<String>,
}

impl From<(String, String, Option<String>)> for Known {
    fn from((code, name, name_ar): (String, String, Option<String>)) -> Self {
        Self { code, name, name_ar }
    }
}

/// The first rows that exist for whoever asks, by code.
pub fn codes(conn: &mut Conn, viewer: Viewer, resource: Resource, limit: usize) -> Result<Vec<Known>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let named: Vec<(String, String, Option<String>)> = match resource {
        Resource::Locations => locations::table
            .select((locations::code, locations::name, locations::name_ar))
            .order(locations::code)
            .limit(limit)
            .load(conn)?,
        Resource::Sources => sources::table
            .filter(known_source(viewer))
            .select((sources::code, sources::name, sources::name_ar))
            .order(sources::code)
            .limit(limit)
            .load(conn)?,
        Resource::Agreements => agreements::table
            .select((agreements::code, agreements::name, agreements::name_ar))
            .order(agreements::code)
            .limit(limit)
            .load(conn)?,
        Resource::Movements => {
            let codes: Vec<String> = movements::table
                .filter(readable(viewer))
                .select(movements::code)
                .order(movements::code)
                .limit(limit)
                .load(conn)?;
            codes.into_iter().map(|code| (code, String::new(), None)).collect()
        }
        // Nothing in a sheet refers to one.
        Resource::Batches | Resource::Returns | Resource::Figures => vec![],
    };
    Ok(named.into_iter().map(Known::from).collect())
}
