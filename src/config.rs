//! Every setting, in one table: name, default, meaning, and what is refused.

use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

use clap::Args;
use ipnet::IpNet;

use crate::db::{DatabaseUrl, Statements};

/// The most threads that serve requests: the server panics at more.
const MAX_WORKERS: usize = 512;

/// The settings as they come, from the environment or from flags of the same name.
///
/// They are text here, and not yet understood, so that all wrong ones are reported at once.
#[derive(Args, Clone)]
#[command(next_help_heading = "Settings")]
pub struct Settings {
    /// Where the data are: `sqlite:<path>`, `postgres://…` or `postgresql://…`.
    #[arg(long, env = "DATABASE_URL", default_value = "sqlite:homeward.db", global = true, hide_env_values = true)]
    database_url: String,
    /// A streaming replica of the PostgreSQL of `DATABASE_URL`, which reads go to [default: none].
    #[arg(long, env = "DATABASE_READ_URL", global = true, hide_env_values = true)]
    database_read_url: Option<String>,
    /// The address and port to listen on.
    #[arg(long, env = "BIND", default_value = "127.0.0.1:8080", global = true)]
    bind: String,
    /// `true`: anybody may read what is public, without a token.
    #[arg(long, env = "PUBLIC_READ", default_value = "false", global = true)]
    public_read: String,
    /// Whose web pages may call the API: `*`, or origins separated by commas.
    #[arg(long, env = "CORS_ORIGINS", default_value = "*", global = true)]
    cors_origins: String,
    /// The largest body of a request, in MB.
    #[arg(long, env = "MAX_BODY_MB", default_value = "8", global = true)]
    max_body_mb: String,
    /// The largest sheet that is imported, in MB.
    #[arg(long, env = "MAX_IMPORT_MB", default_value = "1024", global = true)]
    max_import_mb: String,
    /// What the data set is called, in the archive of all of it.
    #[arg(long, env = "DATASET_TITLE", default_value = "Displacement and return", global = true)]
    dataset_title: String,
    /// Under which licence the data may be used: an identifier such as `CC-BY-4.0`, or an address [default: none is stated].
    #[arg(long, env = "DATASET_LICENCE", global = true)]
    dataset_licence: Option<String>,
    /// Requests that a token, or an address without one, may send in a minute; 0: as many as it likes.
    #[arg(long, env = "RATE_LIMIT_PER_MINUTE", default_value = "0", global = true)]
    rate_limit_per_minute: String,
    /// Proxies whose `X-Forwarded-For` is believed: addresses or networks, separated by commas [default: none].
    #[arg(long, env = "TRUSTED_PROXIES", default_value = "", hide_default_value = true, global = true)]
    trusted_proxies: String,
    /// Connections of clients that are held at once; more wait to be let in.
    #[arg(long, env = "MAX_CONNECTIONS", default_value = "10000", global = true)]
    max_connections: String,
    /// Threads that serve requests [default: one for each core].
    #[arg(long, env = "WORKERS", global = true)]
    workers: Option<String>,
    /// Connections to the database that are kept open.
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value = "8", global = true)]
    database_connections: String,
    /// `false`: statements are not kept prepared in PostgreSQL, for a pgbouncer in transaction mode.
    #[arg(long, env = "DATABASE_PREPARED_STATEMENTS", default_value = "true", global = true)]
    database_prepared_statements: String,
    /// Seconds after which PostgreSQL gives a reading statement up; 0: never.
    #[arg(long, env = "QUERY_TIMEOUT_SECONDS", default_value = "60", global = true)]
    query_timeout_seconds: String,
    /// Statements that take as many milliseconds are logged, without their values; 0: none.
    #[arg(long, env = "SLOW_QUERY_MS", default_value = "1000", global = true)]
    slow_query_ms: String,
    /// Megabytes that the copy may take which statistics are counted from; 0: the database counts.
    #[arg(long, env = "STATISTICS_MEMORY_MB", default_value = "512", global = true)]
    statistics_memory_mb: String,
    /// `false`: only `homeward migrate` changes the schema.
    #[arg(long, env = "MIGRATE_ON_START", default_value = "true", global = true)]
    migrate_on_start: String,
    /// How much is logged, and of what: `warn`, `info`, `debug`, `homeward=debug`.
    #[arg(long, env = "RUST_LOG", default_value = "info", global = true)]
    rust_log: String,
    /// How the log is written: `text`, or `json` for one object a line.
    #[arg(long, env = "LOG_FORMAT", default_value = "text", global = true)]
    log_format: String,
}

/// How the log is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object a line, for programs.
    Json,
}

/// The settings, understood.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the data are.
    pub database_url: DatabaseUrl,
    /// The replica that reads go to.
    pub read_url: Option<DatabaseUrl>,
    /// The address and port to listen on.
    pub bind: String,
    /// Whether what is public can be read without a token.
    pub public_read: bool,
    /// Whose web pages may call the API.
    pub cors_origins: Vec<String>,
    /// The largest body, in bytes.
    pub max_body: usize,
    /// The largest sheet, in bytes.
    pub max_import: usize,
    /// What the data set is called.
    pub dataset_title: String,
    /// Under which licence the data may be used.
    pub dataset_licence: Option<String>,
    /// Requests that one caller may send in a minute; 0 is any number.
    pub rate_limit: u32,
    /// Proxies whose word on a client's address is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// Connections of clients that are held at once.
    pub max_connections: usize,
    /// Threads that serve requests.
    pub workers: usize,
    /// Connections to the database.
    pub database_connections: usize,
    /// How statements are sent to PostgreSQL.
    pub statements: Statements,
    /// After which time PostgreSQL gives a reading statement up.
    pub query_timeout: Option<Duration>,
    /// How long a statement takes that is logged.
    pub slow_query: Option<Duration>,
    /// How many bytes the copy may take which statistics are counted from; with 0 there is none.
    pub statistics_memory: usize,
    /// Whether the schema is brought up to date whenever the database is opened.
    pub migrate_on_start: bool,
    /// What is logged.
    pub rust_log: String,
    /// How the log is written.
    pub log_format: LogFormat,
}

impl Settings {
    /// Understands the settings, or says everything that is wrong with them.
    pub fn check(&self) -> Result<Config, Vec<String>> {
        let mut wrong = vec![];
        let cores = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_WORKERS);
        let config = Config {
            database_url: self.database_url.parse().unwrap_or_else(|error| {
                wrong.push(format!("DATABASE_URL: {error}"));
                DatabaseUrl::Sqlite("unused".into())
            }),
            read_url: self.database_read_url.as_ref().map(|text| replica(text, &self.database_url, &mut wrong)),
            bind: bind(&self.bind, &mut wrong),
            public_read: flag("PUBLIC_READ", &self.public_read, &mut wrong),
            cors_origins: origins(&self.cors_origins, &mut wrong),
            max_body: number("MAX_BODY_MB", &self.max_body_mb, 1024, &mut wrong) << 20,
            max_import: number("MAX_IMPORT_MB", &self.max_import_mb, 1 << 20, &mut wrong) << 20,
            dataset_title: line("DATASET_TITLE", &self.dataset_title, &mut wrong),
            dataset_licence: self.dataset_licence.as_ref().map(|text| line("DATASET_LICENCE", text, &mut wrong)),
            rate_limit: u32::try_from(number_in(
                "RATE_LIMIT_PER_MINUTE",
                &self.rate_limit_per_minute,
                0..=1_000_000,
                &mut wrong,
            ))
            .unwrap_or_default(),
            trusted_proxies: networks(&self.trusted_proxies, &mut wrong),
            max_connections: number("MAX_CONNECTIONS", &self.max_connections, 1_000_000, &mut wrong),
            workers: self.workers.as_ref().map_or(cores, |workers| number("WORKERS", workers, MAX_WORKERS, &mut wrong)),
            database_connections: number("DATABASE_CONNECTIONS", &self.database_connections, 1024, &mut wrong),
            statements: match flag("DATABASE_PREPARED_STATEMENTS", &self.database_prepared_statements, &mut wrong) {
                true => Statements::Prepared,
                false => Statements::Forgotten,
            },
            query_timeout: time(
                "QUERY_TIMEOUT_SECONDS",
                &self.query_timeout_seconds,
                86_400,
                Duration::from_secs,
                &mut wrong,
            ),
            slow_query: time("SLOW_QUERY_MS", &self.slow_query_ms, 3_600_000, Duration::from_millis, &mut wrong),
            statistics_memory: number_in("STATISTICS_MEMORY_MB", &self.statistics_memory_mb, 0..=1 << 20, &mut wrong)
                << 20,
            migrate_on_start: flag("MIGRATE_ON_START", &self.migrate_on_start, &mut wrong),
            rust_log: self.rust_log.clone(),
            log_format: match self.log_format.trim() {
                "text" => LogFormat::Text,
                "json" => LogFormat::Json,
                other => {
                    wrong.push(format!("LOG_FORMAT: {other:?} is neither text nor json"));
                    LogFormat::Text
                }
            },
        };
        if wrong.is_empty() { Ok(config) } else { Err(wrong) }
    }
}

fn replica(text: &str, primary: &str, wrong: &mut Vec<String>) -> DatabaseUrl {
    let postgres = |text: &str| text.parse().ok().filter(|url| matches!(url, DatabaseUrl::Postgres(_)));
    let url = postgres(text);
    if url.is_none() {
        wrong.push("DATABASE_READ_URL: the address must begin with postgres:// or postgresql://".to_owned());
    } else if postgres(primary).is_none() {
        wrong.push("DATABASE_READ_URL: only a PostgreSQL as DATABASE_URL has a replica".to_owned());
    }
    url.unwrap_or_else(|| DatabaseUrl::Postgres(String::new()))
}

fn number(name: &str, text: &str, max: usize, wrong: &mut Vec<String>) -> usize {
    number_in(name, text, 1..=max, wrong)
}

fn number_in(name: &str, text: &str, range: RangeInclusive<usize>, wrong: &mut Vec<String>) -> usize {
    match text.trim().parse() {
        Ok(number) if range.contains(&number) => number,
        _ => {
            let (min, max) = range.into_inner();
            wrong.push(format!("{name}: {text:?} is not a whole number between {min} and {max}"));
            min
        }
    }
}

/// A time that 0 switches off.
fn time(name: &str, text: &str, max: usize, unit: fn(u64) -> Duration, wrong: &mut Vec<String>) -> Option<Duration> {
    let number = number_in(name, text, 0..=max, wrong);
    (number > 0).then(|| unit(number as u64))
}

fn networks(text: &str, wrong: &mut Vec<String>) -> Vec<IpNet> {
    let mut networks = vec![];
    for one in text.split(',').map(str::trim).filter(|one| !one.is_empty()) {
        match one.parse().or_else(|_| one.parse::<IpAddr>().map(IpNet::from)) {
            Ok(network) => networks.push(network),
            Err(_) => {
                wrong.push(format!("TRUSTED_PROXIES: {one:?} is neither an address nor a network like 10.0.0.0/8"))
            }
        }
    }
    networks
}

fn flag(name: &str, text: &str, wrong: &mut Vec<String>) -> bool {
    match text.trim() {
        "true" => true,
        "false" => false,
        _ => {
            wrong.push(format!("{name}: {text:?} is neither true nor false"));
            false
        }
    }
}

fn line(name: &str, text: &str, wrong: &mut Vec<String>) -> String {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > 500 || text.contains(char::is_control) {
        wrong.push(format!("{name}: {text:?} is not a line of 1 to 500 characters"));
    }
    text.to_owned()
}

fn bind(text: &str, wrong: &mut Vec<String>) -> String {
    let text = text.trim();
    let fine = text.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    if !fine {
        wrong.push(format!("BIND: {text:?} is not an address and a port, like 127.0.0.1:8080"));
    }
    text.to_owned()
}

fn origins(text: &str, wrong: &mut Vec<String>) -> Vec<String> {
    let origins: Vec<String> = text.split(',').map(|origin| origin.trim().to_owned()).collect();
    for origin in &origins {
        let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        let fine = host.is_some_and(|host| {
            !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_graphic() && !b"/?#@\"<>\\*".contains(&byte))
        });
        if origin != "*" && !fine {
            wrong.push(format!("CORS_ORIGINS: {origin:?} is neither * nor an origin like https://example.org"));
        }
    }
    origins
}

#[cfg(test)]
mod tests {
    use clap::{Args as _, Command, FromArgMatches};

    use super::*;

    fn check(flags: &[&str]) -> Result<Config, Vec<String>> {
        let command = Settings::augment_args(Command::new("homeward"));
        let matches = command.get_matches_from([&["homeward"], flags].concat());
        Settings::from_arg_matches(&matches).unwrap().check()
    }

    #[test]
    fn all_wrong_settings_are_reported_at_once() {
        let flags = [
            "--database-url=postgress://u:secret@h",
            "--bind=8080",
            "--public-read=yes",
            "--database-prepared-statements=1",
            "--max-body-mb=0",
            "--dataset-licence= ",
            "--workers=513",
            "--cors-origins=example.org,https://a/b",
            "--rate-limit-per-minute=-1",
            "--trusted-proxies=10.0.0.0/8, proxy.example",
            "--log-format=xml",
        ];
        let wrong = check(&flags).unwrap_err();
        let names: Vec<_> = wrong.iter().filter_map(|line| line.split(':').next()).collect();
        let expected = [
            "DATABASE_URL",
            "BIND",
            "PUBLIC_READ",
            "CORS_ORIGINS",
            "CORS_ORIGINS",
            "MAX_BODY_MB",
            "DATASET_LICENCE",
            "RATE_LIMIT_PER_MINUTE",
            "TRUSTED_PROXIES",
            "WORKERS",
            "DATABASE_PREPARED_STATEMENTS",
            "LOG_FORMAT",
        ];
        assert_eq!(names, expected);
        assert!(!wrong.join("").contains("secret"));
    }

    #[test]
    fn what_can_be_switched_off_is_off_at_0() {
        let config = check(&["--slow-query-ms=0", "--query-timeout-seconds=0", "--rate-limit-per-minute=0"]).unwrap();
        assert_eq!((config.slow_query, config.query_timeout, config.rate_limit), (None, None, 0));
        assert_eq!(check(&["--slow-query-ms=5"]).unwrap().slow_query, Some(Duration::from_millis(5)));
    }

    #[test]
    fn only_postgresql_has_a_replica() {
        let (primary, replica) = ("--database-url=postgres://u@h/d", "--database-read-url=postgres://u@r/d");
        assert_eq!(check(&[primary, replica]).unwrap().read_url, "postgres://u@r/d".parse().ok());
        assert_eq!(check(&[primary]).unwrap().read_url, None);
        for wrong in [
            [primary, "--database-read-url=sqlite:a.db"],
            [primary, "--database-read-url="],
            ["--bind=[::]:1", replica],
        ] {
            let wrong = check(&wrong).unwrap_err();
            assert!(wrong.len() == 1 && wrong[0].starts_with("DATABASE_READ_URL: "), "{wrong:?}");
        }
        assert!(!check(&[primary, "--database-read-url=postgress://u:secret@r"]).unwrap_err()[0].contains("secret"));
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let config = check(&["--trusted-proxies=127.0.0.1, 10.0.0.0/8,::1"]).unwrap();
        let networks: Vec<String> = config.trusted_proxies.iter().map(IpNet::to_string).collect();
        assert_eq!(networks, ["127.0.0.1/32", "10.0.0.0/8", "::1/128"]);
    }

    #[test]
    fn the_defaults_are_fine() {
        let config = check(&["--cors-origins=https://a.example, http://localhost:3000"]).unwrap();
        assert_eq!((config.max_body, config.database_connections), (8 << 20, 8));
        assert_eq!(config.cors_origins, ["https://a.example", "http://localhost:3000"]);
        assert_eq!((config.rate_limit, config.trusted_proxies, config.log_format), (0, vec![], LogFormat::Text));
    }
}
