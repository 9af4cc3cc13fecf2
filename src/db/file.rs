//! A database as one file of its own: what `homeward backup` writes and `homeward restore` reads. It is an SQLite database like any
//! other, whatever the database is that it was made of.

use std::fmt::Write as _;
use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::sql_types::Text;
use diesel::{Connection as _, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};

use super::migrations::{migrate, newer_schema, unapplied};
use super::{Conn, DatabaseUrl, begin, finish};
use crate::error::Error;

/// Nobody else has the file, and it is thrown away if anything fails: no journal, and one flush when all is there.
const WHILE_WRITTEN: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE; \
     PRAGMA foreign_keys = ON; PRAGMA cache_size = -64000; PRAGMA temp_store = MEMORY;";

fn cannot(what: &str, path: &Path) -> impl Fn(&dyn std::fmt::Display) -> Error {
    let what = format!("cannot {what} {}", path.display());
    move |error| Error::Unavailable(format!("{what}: {error}"))
}

/// Makes an empty file a database with this schema, and fills it.
pub fn write<T>(path: &Path, job: impl FnOnce(&mut Conn) -> Result<T, Error>) -> Result<T, Error> {
    let cannot = cannot("write", path);
    // Where it is tried again, what was written before is in the way.
    std::fs::File::options().write(true).truncate(true).open(path).map_err(|error| cannot(&error))?;
    let mut file = SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| cannot(&error))?;
    file.batch_execute(WHILE_WRITTEN)?;
    let mut conn = Conn::Sqlite(file);
    migrate(&mut conn)?;
    begin(&mut conn)?;
    let done = job(&mut conn);
    finish(&mut conn, done)
}

/// Copies an SQLite database into an empty file, as it is at one moment, while others read and write.
pub(super) fn copy(conn: &mut SqliteConnection, path: &Path) -> Result<(), Error> {
    sql_query("VACUUM INTO ?").bind::<Text, _>(path.to_string_lossy()).execute(conn)?;
    // So that the file stands alone, and can be read where nothing can be written beside it.
    let mut file =
        SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| cannot("open", path)(&error))?;
    Ok(file.batch_execute("PRAGMA journal_mode = DELETE")?)
}

/// A file that was checked: whole, and with the schema that this binary knows.
pub struct Opened {
    /// The database in it.
    pub conn: Conn,
    /// Where a copy of it is that was brought up to date.
    _folder: Option<tempfile::TempDir>,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Opens such a file to read it. One that an older version wrote is copied, and the copy brought up to date.
pub fn open(path: &Path) -> Result<Opened, Error> {
    let cannot = cannot("read", path);
    let mut conn = open_to_read(path)?;
    let lines = |conn: &mut Conn, sql: &str| sql_query(sql).load::<Line>(conn).map_err(|error| cannot(&error));
    let whole = lines(&mut conn, "SELECT integrity_check AS line FROM pragma_integrity_check")?;
    if let Some(wrong) = whole.into_iter().find(|whole| whole.line != "ok") {
        return Err(cannot(&format_args!("it is damaged: {}", wrong.line)));
    }
    let loose = lines(&mut conn, "SELECT \"table\" AS line FROM pragma_foreign_key_check LIMIT 1")?;
    if let Some(loose) = loose.first() {
        return Err(cannot(&format_args!("it is damaged: a row of {} refers to nothing", loose.line)));
    }
    let known = lines(&mut conn, "SELECT name AS line FROM sqlite_master WHERE name = 'data_version'")?;
    if known.is_empty() {
        return Err(cannot(&"it is no database of homeward"));
    }
    match unapplied(&mut conn)? {
        (_, Some(newer)) => Err(newer_schema(&newer)),
        (0, None) => Ok(Opened { conn, _folder: None }),
        (_, None) => {
            let folder = tempfile::tempdir().map_err(|error| cannot(&error))?;
            let copy = folder.path().join("backup.db");
            std::fs::copy(path, &copy).map_err(|error| cannot(&error))?;
            let mut file = SqliteConnection::establish(&copy.to_string_lossy()).map_err(|error| cannot(&error))?;
            file.batch_execute(WHILE_WRITTEN)?;
            let mut conn = Conn::Sqlite(file);
            migrate(&mut conn)?;
            Ok(Opened { conn, _folder: Some(folder) })
        }
    }
}

fn open_to_read(path: &Path) -> Result<Conn, Error> {
    let mut address = "file:".to_owned();
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'/' | b'-' | b'_' | b'.' => address.push(char::from(byte)),
            byte if byte.is_ascii_alphanumeric() => address.push(char::from(byte)),
            byte => _ = write!(address, "%{byte:02X}"),
        }
    }
    address.push_str("?mode=ro");
    let conn = SqliteConnection::establish(&address).map_err(|error| cannot("open", path)(&error))?;
    Ok(Conn::Sqlite(conn))
}

/// Puts what lies beside an SQLite file into it, so that the file alone holds everything: a process that ends does not wait until each of its
/// connections is closed. Where others read just then, or nothing can be written, it stays as it is, and nothing is lost.
pub fn gather(url: &DatabaseUrl) {
    let DatabaseUrl::Sqlite(path) = url else { return };
    if !path.exists() {
        return;
    }
    let gathered = SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| error.to_string());
    let gathered = gathered.and_then(|mut conn| {
        let now = conn.batch_execute("PRAGMA busy_timeout = 200; PRAGMA wal_checkpoint(TRUNCATE)");
        now.map_err(|error| error.to_string())
    });
    if let Err(error) = gathered {
        log::debug!("{url} is not gathered into one file: {error}");
    }
}

/// Refuses an SQLite database that another process has open. SQLite leaves the mode in which several can use it only where
/// nobody else does.
pub fn refuse_in_use(url: &DatabaseUrl) -> Result<(), Error> {
    let DatabaseUrl::Sqlite(path) = url else { return Ok(()) };
    if !path.exists() {
        return Ok(());
    }
    let used = |error: &dyn std::fmt::Display| {
        Error::Unavailable(format!("{url} is in use: stop the service first ({error})"))
    };
    let mut conn = SqliteConnection::establish(&path.to_string_lossy()).map_err(|error| used(&error))?;
    conn.batch_execute("PRAGMA journal_mode = DELETE").map_err(|error| used(&error))
}

#[cfg(test)]
mod tests {
    use super::super::Db;
    use super::*;

    #[actix_web::test]
    async fn a_file_holds_everything_although_connections_are_open() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let url = DatabaseUrl::Sqlite(path("a.db"));
        let db = Db::open(&url, 2).unwrap();
        db.write(|conn| Ok(conn.batch_execute("CREATE TABLE sent (id INTEGER)")?)).await.unwrap();
        let is_in = |name: &str| {
            std::fs::copy(path("a.db"), path(name)).unwrap();
            let mut copy = SqliteConnection::establish(&path(name).to_string_lossy()).unwrap();
            sql_query("SELECT * FROM sent").execute(&mut copy).is_ok()
        };
        assert!(!is_in("before.db"), "this test looks at what holds anyway");
        gather(&url);
        assert!(is_in("after.db"));
        gather(&DatabaseUrl::Sqlite(path("none.db")));
        assert!(!path("none.db").exists());
        drop(db);
    }
}
