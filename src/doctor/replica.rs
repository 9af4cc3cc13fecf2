//! The replica, as far as it concerns an operator.

use super::Report;
use crate::app;
use crate::config::Config;
use crate::db::{DatabaseUrl, Db};
use crate::error::Error;

/// Whether reads can go to the replica.
pub(super) async fn look(config: &Config, url: &DatabaseUrl, primary: &Db, report: &mut Report) {
    let look = async {
        let db = app::connect_replica(config, url)?;
        let found = db.inspect().await?;
        db.check().await?;
        // In this order: what is written in between must not make the replica seem ahead.
        Ok::<_, Error>((found, db.data_version().await?, primary.data_version().await?))
    };
    match look.await {
        Err(error) => {
            let advice =
                "until then the primary does all the reading: is the server there, and has it replayed everything?";
            report.attention("replica", error.to_string(), advice);
        }
        Ok((_, there, here)) if there > here => {
            let found = format!("{url} has version {there} of the data, and the primary {here}");
            report.attention("replica", found, "they are not the same database: mend DATABASE_READ_URL");
        }
        Ok((found, _, _)) if !found.is_standby => {
            let advice = "name a streaming replica: a copy that nobody writes to stays as old as it is";
            report.attention("replica", format!("{url} is no standby"), advice);
        }
        Ok((found, there, here)) => {
            report.fine("replica", format!("{} at {url}, {} versions behind", found.version, here - there));
        }
    }
}
