//! The binary as a process: a command that ends, or a service that runs.

use std::fmt;
use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};

use clap::Args;
use homeward::config::Settings;

use super::{Client, eventually};

/// The binary with these arguments, on this database.
pub fn command(database: &str, arguments: &[&str]) -> Command {
    command_under(&[], database, arguments)
}

/// The same, begun by another program, which is given the binary and its arguments.
pub fn command_under(program: &[&str], database: &str, arguments: &[&str]) -> Command {
    let line = [program, &[env!("CARGO_BIN_EXE_homeward")], arguments].concat();
    let mut command = Command::new(line[0]);
    // What is set where the tests run is no part of them.
    for setting in Settings::augment_args(clap::Command::new("homeward")).get_arguments() {
        if let Some(name) = setting.get_env() {
            command.env_remove(name);
        }
    }
    command.args(&line[1..]).env("DATABASE_URL", database);
    command
}

/// Runs the binary to its end.
pub fn homeward(database: &str, arguments: &[&str]) -> Outcome {
    Outcome::of(&mut command(database, arguments))
}

/// Sends a signal, such as `TERM`.
pub fn signal(process: u32, name: &str) {
    let sent = Command::new("sh").args(["-c", "kill -$0 $1", name, &process.to_string()]).status();
    assert!(sent.unwrap().success(), "{name} to {process}");
}

/// How a process ended, and what it said.
pub struct Outcome {
    /// The exit status; none where a signal ended it.
    pub status: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Outcome {
    /// Runs a command to its end.
    pub fn of(command: &mut Command) -> Self {
        Process::start(command).end()
    }

    /// Insists on a failure of this status that is told in one line, which has this in it.
    #[track_caller]
    pub fn fails_with(&self, status: i32, text: &str) {
        assert_eq!(self.status, Some(status), "{self}");
        assert_eq!(self.out, "", "{self}");
        let last = self.err.lines().last().unwrap_or_default();
        assert!(last.starts_with("homeward: ") && last.contains(text), "no `{text}` in the last line of\n{self}");
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {:?}\nstandard output:\n{}\nstandard error:\n{}", self.status, self.out, self.err)
    }
}

/// What a process has said so far.
#[derive(Clone, Default)]
struct Said(Arc<Mutex<Vec<u8>>>);

impl Said {
    fn listen(mut from: impl Read + Send + 'static) -> (Self, std::thread::JoinHandle<()>) {
        let said = Self::default();
        let heard = said.clone();
        let listener = std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = from.read(&mut buffer) {
                heard.0.lock().unwrap().extend_from_slice(&buffer[..count]);
            }
        });
        (said, listener)
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

struct Process {
    child: Child,
    out: Said,
    err: Said,
    listeners: Vec<std::thread::JoinHandle<()>>,
}

impl Process {
    fn start(command: &mut Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}"));
        let (out, heard) = Said::listen(child.stdout.take().unwrap());
        let (err, heard_too) = Said::listen(child.stderr.take().unwrap());
        Self { child, out, err, listeners: vec![heard, heard_too] }
    }

    fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().unwrap()
    }

    /// Waits for the end.
    fn end(mut self) -> Outcome {
        eventually("the process ends", || self.ended().is_some());
        let status = self.ended().and_then(|status| status.code());
        for listener in self.listeners.drain(..) {
            listener.join().unwrap();
        }
        Outcome { status, out: self.out.text(), err: self.err.text() }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- what the process said:\n{}{}---", self.out.text(), self.err.text());
        }
        if self.child.try_wait().is_ok_and(|status| status.is_none()) {
            let _ = self.child.kill().and_then(|()| self.child.wait());
        }
    }
}

/// A service that listens on a port of its own. It is killed where a test forgets it or fails.
pub struct Service {
    process: Process,
    address: String,
}

impl Service {
    /// Serves this database.
    pub fn start(database: &str) -> Self {
        Self::of(&mut command(database, &["serve"]))
    }

    /// Runs a command that serves, and waits until it says where.
    pub fn of(command: &mut Command) -> Self {
        let mut process = Process::start(command.env("BIND", "127.0.0.1:0"));
        let mut address = None;
        eventually("the service listens", || {
            let ended = process.ended().is_some();
            let said = process.out.text() + &process.err.text();
            let from = said.split_once("http://").map(|(_, rest)| rest.to_owned());
            address = from.and_then(|rest| rest.split_once([' ', '\n', '"']).map(|(address, _)| address.to_owned()));
            assert!(!ended || address.is_some(), "the service ended:\n{said}");
            address.is_some()
        });
        Self { process, address: address.unwrap() }
    }

    /// Nobody, at this service.
    pub fn client(&self) -> Client {
        Client::new(&self.address)
    }

    /// Whoever holds this token.
    pub fn with_token(&self, token: &str) -> Client {
        self.client().with_token(token)
    }

    /// Where it listens.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The number of the process.
    pub fn process(&self) -> u32 {
        self.process.child.id()
    }

    /// What it has printed so far.
    pub fn out(&self) -> String {
        self.process.out.text()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        self.process.err.text()
    }

    /// Asks it to stop, as an operator would.
    pub fn terminate(&self) {
        signal(self.process(), "TERM");
    }

    /// Waits for its end.
    pub fn end(self) -> Outcome {
        self.process.end()
    }

    /// Asks it to stop, and insists that it does so in good order.
    pub fn stop(self) {
        self.terminate();
        let outcome = self.end();
        assert_eq!(outcome.status, Some(0), "{outcome}");
    }

    /// Ends it as a power cut would.
    pub fn kill(self) {
        signal(self.process(), "KILL");
        assert_eq!(self.end().status, None);
    }
}
