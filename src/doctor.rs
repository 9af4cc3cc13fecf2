//! `homeward doctor`: everything about a service that somebody should look at, with what to do about it.

mod replica;

use std::net::ToSocketAddrs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde::Serialize;

use crate::app;
use crate::config::{Config, LogFormat};
use crate::db::{DatabaseUrl, Db};
use crate::domain::clock::Clock;
use crate::domain::words::Role;
use crate::store::{history, tokens};

/// Less room than this on a disk needs attention, in bytes.
const ROOM: u64 = 1 << 30;
/// A write-ahead log that is larger than this is not being emptied, in bytes.
const WAL: u64 = 256 << 20;
/// How far clocks may be apart.
const APART: TimeDelta = TimeDelta::seconds(5);

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// As it should be.
    Ok,
    /// Worth knowing.
    Note,
    /// Somebody should do something.
    Attention,
}

/// One thing that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was looked at.
    pub name: &'static str,
    /// How it is.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do.
    pub advice: Option<&'static str>,
}

/// All that was found.
#[derive(Debug, Default, Serialize)]
pub struct Report {
    /// The settings as they are understood, without secrets.
    pub settings: Vec<(&'static str, String)>,
    /// Everything that was looked at.
    pub checks: Vec<Check>,
}

impl Report {
    fn fine(&mut self, name: &'static str, found: impl Into<String>) {
        self.checks.push(Check { name, state: State::Ok, found: found.into(), advice: None });
    }

    fn note(&mut self, name: &'static str, found: impl Into<String>, advice: &'static str) {
        self.checks.push(Check { name, state: State::Note, found: found.into(), advice: Some(advice) });
    }

    fn attention(&mut self, name: &'static str, found: impl Into<String>, advice: &'static str) {
        self.checks.push(Check { name, state: State::Attention, found: found.into(), advice: Some(advice) });
    }

    /// How many things need attention.
    pub fn attentions(&self) -> usize {
        self.checks.iter().filter(|check| check.state == State::Attention).count()
    }
}

impl std::fmt::Display for Report {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(f, "settings")?;
        for (name, value) in &self.settings {
            writeln!(f, "  {name:<22} {value}")?;
        }
        writeln!(f, "\nchecks")?;
        for Check { name, state, found, advice } in &self.checks {
            let mark = match state {
                State::Ok => "ok",
                State::Note => "note",
                State::Attention => "LOOK",
            };
            writeln!(f, "  {mark:<4}  {name:<12} {found}")?;
            if let Some(advice) = advice {
                writeln!(f, "        {:<12} -> {advice}", "")?;
            }
        }
        write!(f, "\n{} of {} need attention", self.attentions(), self.checks.len())
    }
}

/// Looks at everything. Nothing is changed, and no database is made.
pub async fn examine(config: &Config, temporary: &Path) -> Report {
    let mut report = Report { settings: settings(config), checks: vec![] };
    let clock = app::system_clock();
    access(config, &mut report);
    files(config, &mut report);
    room("temporary files", temporary, &mut report);
    match &config.database_url {
        DatabaseUrl::Sqlite(path) if !path.exists() => {
            let found = format!("{} does not exist", config.database_url);
            report.attention(
                "database",
                found,
                "`homeward serve` or `homeward migrate` makes it; else mend DATABASE_URL",
            );
        }
        DatabaseUrl::Sqlite(path) => {
            sqlite_files(path, &clock, &mut report);
            database(config, &clock, &mut report).await;
        }
        DatabaseUrl::Postgres(_) => database(config, &clock, &mut report).await,
    }
    report
}

fn settings(config: &Config) -> Vec<(&'static str, String)> {
    let off = |number: u128| if number == 0 { "off".to_owned() } else { number.to_string() };
    vec![
        ("DATABASE_URL", config.database_url.to_string()),
        ("DATABASE_READ_URL", config.read_url.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string)),
        ("BIND", config.bind.clone()),
        ("PUBLIC_READ", config.public_read.to_string()),
        ("CORS_ORIGINS", config.cors_origins.join(", ")),
        ("MAX_BODY_MB", (config.max_body >> 20).to_string()),
        ("MAX_IMPORT_MB", (config.max_import >> 20).to_string()),
        ("RATE_LIMIT_PER_MINUTE", off(config.rate_limit.into())),
        ("TRUSTED_PROXIES", config.trusted_proxies.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
        ("MAX_CONNECTIONS", config.max_connections.to_string()),
        ("WORKERS", config.workers.to_string()),
        ("DATABASE_CONNECTIONS", config.database_connections.to_string()),
        ("QUERY_TIMEOUT_SECONDS", off(config.query_timeout.unwrap_or_default().as_secs().into())),
        ("SLOW_QUERY_MS", off(config.slow_query.unwrap_or_default().as_millis())),
        ("MIGRATE_ON_START", config.migrate_on_start.to_string()),
        ("RUST_LOG", config.rust_log.clone()),
        ("LOG_FORMAT", if config.log_format == LogFormat::Json { "json" } else { "text" }.to_owned()),
    ]
}

/// Who can reach the service, and what they may.
fn access(config: &Config, report: &mut Report) {
    let addresses: Result<Vec<_>, _> = config.bind.to_socket_addrs().map(Iterator::collect);
    match addresses {
        Err(error) => {
            report.attention("bind", format!("{}: {error}", config.bind), "set BIND to an address of this machine");
        }
        Ok(addresses) if addresses.iter().all(|address| address.ip().is_loopback()) => {
            report.fine("bind", format!("{}: only this machine reaches it", config.bind));
        }
        Ok(_) => {
            let found = format!("{}: other machines reach it, without encryption", config.bind);
            report.note("bind", found, "let only a proxy that speaks TLS reach it; tokens travel in every request");
            if config.rate_limit == 0 {
                let advice = "set RATE_LIMIT_PER_MINUTE, for example to 600, unless a proxy in front limits requests";
                report.attention("rate limit", "off, and other machines reach the service", advice);
            }
        }
    }
    if config.public_read {
        let advice = "meant so? Small numbers are not protected: a row can be about one family";
        report.note("public", "everybody may read what is public, without a token", advice);
    } else {
        report.fine("public", "nobody reads without a token");
    }
    if config.trusted_proxies.iter().any(|proxy| proxy.prefix_len() == 0) {
        let advice = "name the proxy alone: everybody else could say that they are somebody else";
        report.attention("proxies", "TRUSTED_PROXIES trusts the whole world", advice);
    }
}

fn files(config: &Config, report: &mut Report) {
    let possible = app::possible_connections(config);
    if possible < config.max_connections {
        let found = format!("only {possible} of {} connections can be held", config.max_connections);
        report.attention("open files", found, "raise `ulimit -n` (systemd: LimitNOFILE), or lower MAX_CONNECTIONS");
    } else {
        report.fine("open files", format!("{possible} connections can be held"));
    }
}

#[cfg(unix)]
fn free(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free(_: &Path) -> Option<u64> {
    None
}

fn room(name: &'static str, folder: &Path, report: &mut Report) {
    let Some(free) = free(folder) else {
        return report.note(
            name,
            format!("{}: how much room there is cannot be said", folder.display()),
            "look yourself",
        );
    };
    let found = format!("{}: {} MB free", folder.display(), free >> 20);
    if free < ROOM {
        report.attention(name, found, "make room: without it nothing is written, and workbooks are refused");
    } else {
        report.fine(name, found);
    }
}

fn sqlite_files(path: &Path, clock: &Clock, report: &mut Report) {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    };
    room("disk", &folder, report);
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let wal = std::fs::metadata(beside("-wal")).map_or(0, |wal| wal.len());
    if wal > WAL {
        let advice = "a reader that never ends keeps it from being emptied: restart the service";
        report.attention("wal", format!("{} MB wait to be put into the database", wal >> 20), advice);
    } else {
        report.fine("wal", format!("{} MB", wal >> 20));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = ["", "-wal", "-shm"]
            .into_iter()
            .map(beside)
            .find(|file| std::fs::metadata(file).is_ok_and(|about| about.permissions().mode() & 0o007 != 0));
        match open {
            Some(file) => {
                let found = format!("every user of this machine can open {}", file.display());
                report.attention(
                    "permissions",
                    found,
                    "chmod o= the database files, and set UMask=0077 for the service",
                );
            }
            None => report.fine("permissions", "only its owner and group open the database"),
        }
    }
    // A file that is made now has the time of whoever keeps the files.
    let written = tempfile::tempfile_in(&folder).and_then(|file| file.metadata()?.modified());
    match written {
        Ok(time) => {
            let theirs = DateTime::<Utc>::from(time).naive_utc();
            same_time("the file system", clock.now(), theirs, report);
        }
        Err(error) => {
            let found = format!("no file can be made in {}: {error}", folder.display());
            report.attention(
                "folder",
                found,
                "the service needs to write there: SQLite keeps two more files beside the database",
            );
        }
    }
}

fn same_time(whose: &str, ours: NaiveDateTime, theirs: NaiveDateTime, report: &mut Report) {
    let apart = ours - theirs;
    if apart.abs() > APART {
        let found = format!("it is {} s apart from that of {whose}", apart.num_seconds());
        report.attention(
            "clock",
            found,
            "set both clocks by NTP: times in the history and the expiry of tokens depend on them",
        );
    } else {
        report.fine("clock", format!("as that of {whose}"));
    }
}

async fn database(config: &Config, clock: &Clock, report: &mut Report) {
    let unreachable = "see the reason: is the server there, are name and password right, may this user open the file?";
    let found = match app::connect(config, 1) {
        Ok(db) => db.inspect().await.map(|found| (db, found)),
        Err(error) => Err(error),
    };
    let (db, found) = match found {
        Ok(found) => found,
        Err(error) => return report.attention("database", error.to_string(), unreachable),
    };
    report.fine("database", format!("{} at {}", found.version, config.database_url));
    if let Some(time) = found.time {
        same_time("the database", clock.now(), time, report);
    }
    if let Some(most) = found.connections.filter(|most| *most < config.database_connections + 3) {
        let found =
            format!("the server takes {most} connections, and this instance may open {}", config.database_connections);
        report.attention("connections", found, "lower DATABASE_CONNECTIONS, or raise max_connections of the server");
    }
    match db.missing_migrations().await {
        Ok(0) => report.fine("migrations", "the schema is up to date"),
        Ok(missing) => {
            let found = format!("{missing} are missing");
            return report.attention(
                "migrations",
                found,
                "run `homeward migrate`, or start with MIGRATE_ON_START=true",
            );
        }
        Err(error) => {
            return report.attention("migrations", error.to_string(), "use the binary that made this database");
        }
    }
    match db.rehearse().await {
        Ok(()) => report.fine("writing", "the database can be written"),
        Err(error) => {
            let advice = "is the disk full, the file read-only, or the server a standby?";
            report.attention("writing", error.to_string(), advice);
        }
    }
    if let Some(url) = &config.read_url {
        replica::look(config, url, &db, report).await;
    }
    contents(&db, clock.now(), report).await;
}

/// What lies in the database, as far as it concerns an operator.
async fn contents(db: &Db, now: NaiveDateTime, report: &mut Report) {
    match db.read(tokens::list).await {
        Ok(all) => {
            let holds = |token: &&tokens::TokenRow| {
                token.revoked_at.is_none() && token.expires_at.is_none_or(|expires| expires > now)
            };
            let admins = all.iter().filter(holds).filter(|token| token.role == Role::Admin).count();
            let found = format!("{} hold, {admins} of them an admin's", all.iter().filter(holds).count());
            if admins == 0 {
                report.note("tokens", found, "`homeward token create --name <name> --role admin` makes one");
            } else {
                report.fine("tokens", found);
            }
        }
        Err(error) => report.attention("tokens", error.to_string(), "see the reason"),
    }
    match db.read(history::last_write).await {
        Ok(Some(last)) if last > now + APART => {
            let found = format!("the last write is from {last}, which is still to come");
            report.attention("history", found, "the clock was set back, or was wrong then: set it by NTP");
        }
        Ok(Some(last)) => report.fine("history", format!("last written {}", last.format("%Y-%m-%dT%H:%M:%SZ"))),
        Ok(None) => report.note("history", "nothing was ever written", "new, or the wrong DATABASE_URL?"),
        Err(error) => report.attention("history", error.to_string(), "see the reason"),
    }
}
