//! A PostgreSQL server of one test's own, which it can stop and start again.

use std::path::Path;
use std::process::{Child, Command, Stdio};

use diesel::connection::SimpleConnection;
use diesel::{Connection as _, PgConnection};

use super::eventually;

/// A server that is gone at the end of the test. It is reached by a socket in its folder, so no port can be taken.
pub struct Cluster {
    folder: tempfile::TempDir,
    running: Option<Child>,
    pgbouncer: Option<Child>,
}

/// `scripts/postgres-cluster`, which finds the server's programs and the user whom they run as.
fn script(command: &str, folder: &Path) -> Command {
    let mut script = Command::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/postgres-cluster"));
    script.arg(command).arg(folder).stdin(Stdio::null());
    script
}

impl Cluster {
    /// Makes one and starts it.
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        // It is stopped as by a crash, and must remember what it has acknowledged.
        let made = script("create", folder.path()).arg("synchronous_commit=on").status();
        assert!(made.unwrap().success(), "see the lines of scripts/postgres-cluster above");
        let mut cluster = Self { folder, running: None, pgbouncer: None };
        cluster.come_back();
        cluster
    }

    /// Makes a streaming replica of this one and starts it.
    pub fn standby(&self) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let made = script("standby", folder.path()).arg(self.folder.path()).status();
        assert!(made.unwrap().success(), "see the lines of scripts/postgres-cluster above");
        let mut standby = Self { folder, running: None, pgbouncer: None };
        standby.come_back();
        standby
    }

    /// Runs some SQL in it.
    pub fn run(&self, sql: &str) {
        PgConnection::establish(&self.url()).unwrap().batch_execute(sql).unwrap();
    }

    /// Its address, as `DATABASE_URL` would have it.
    pub fn url(&self) -> String {
        format!("postgres://postgres@/postgres?host={}", self.folder.path().display())
    }

    /// Makes another database in it, and gives its address.
    pub fn database(&self, name: &str) -> String {
        self.run(&format!("CREATE DATABASE {name}"));
        self.of_database(name)
    }

    /// The address of a database in it.
    pub fn of_database(&self, name: &str) -> String {
        format!("postgres://postgres@/{name}?host={}", self.folder.path().display())
    }

    /// The address of a pgbouncer in transaction mode before it, which is started by this.
    pub fn pooled(&mut self) -> String {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/pgbouncer-before");
        let log = std::fs::File::create(self.folder.path().join("pgbouncer.log")).unwrap();
        self.pgbouncer =
            Some(Command::new(script).arg(self.folder.path()).stdin(Stdio::null()).stderr(log).spawn().unwrap());
        let url = format!("postgres://postgres@/postgres?host={}/pooled&port=6432", self.folder.path().display());
        eventually("pgbouncer answers", || PgConnection::establish(&url).is_ok());
        url
    }

    /// Stops it at once: connections break off in the middle.
    pub fn go_away(&mut self) {
        assert!(script("stop", self.folder.path()).status().unwrap().success());
        self.running.take().unwrap().wait().unwrap();
    }

    /// Starts it again, and waits until it answers.
    pub fn come_back(&mut self) {
        let log = std::fs::File::options().create(true).append(true).open(self.folder.path().join("log")).unwrap();
        let running = script("run", self.folder.path()).stdout(Stdio::null()).stderr(log).spawn();
        self.running = Some(running.unwrap());
        eventually("the cluster answers", || PgConnection::establish(&self.url()).is_ok());
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Some(pgbouncer) = &mut self.pgbouncer {
            // Not killed: `runuser` would not pass that on.
            let ended = Command::new("sh").args(["-c", "kill -TERM $0", &pgbouncer.id().to_string()]).status();
            let _ = ended.and_then(|_| pgbouncer.wait());
        }
        if let Some(mut running) = self.running.take() {
            let _ = script("stop", self.folder.path()).status().and_then(|_| running.wait());
        }
    }
}
