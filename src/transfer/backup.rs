//! The whole record as one file, history and tokens included, and back: the same file from either database and for either.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use crate::db::{Db, file};
use crate::error::Error;
use crate::store::portable;

/// Writes a backup while the service goes on: the record as it is at one moment. What is there already is never overwritten, and a
/// file of this name is either whole and on the disk, or not there. Nobody but its owner may read it.
pub async fn backup(db: &Db, path: &Path, progress: impl Fn(u64) + Clone + Send + 'static) -> Result<(), Error> {
    let cannot = |error: io::Error| Error::Unavailable(format!("cannot write {}: {error}", path.display()));
    if path.try_exists().map_err(cannot)? {
        return Err(cannot(io::Error::from(io::ErrorKind::AlreadyExists)));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let begun = tempfile::Builder::new().prefix(".homeward-").suffix(".backup").tempfile_in(folder).map_err(cannot)?;
    if !db.copy_into(begun.path().to_owned()).await? {
        let target = begun.path().to_owned();
        let copied = db.read(move |from| file::write(&target, |to| portable::copy(from, to, &progress)));
        copied.await?;
    }
    // First the bytes, then the name, then the folder that holds the name.
    begun.as_file().sync_all().map_err(cannot)?;
    begun.persist_noclobber(path).map_err(|error| cannot(error.error))?;
    if cfg!(unix) {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(cannot)?;
    }
    Ok(())
}

/// Puts a backup into an empty database; into one that is not only where all of it may be replaced. Gives how many rows there are.
pub async fn restore(
    db: &Db,
    path: PathBuf,
    replace: bool,
    progress: impl Fn(u64) + Send + 'static,
) -> Result<u64, Error> {
    let opened = tokio::task::spawn_blocking(move || file::open(&path)).await;
    let mut opened = opened.map_err(|error| Error::Internal(error.to_string()))??;
    db.write_long(move |to| {
        if replace {
            portable::make_room(to)?;
        } else if !portable::is_empty(to)? {
            let text = "the database is not empty: with --replace, everything in it is replaced";
            return Err(Error::Unavailable(text.to_owned()));
        }
        portable::copy(&mut opened.conn, to, &progress)
    })
    .await
}
