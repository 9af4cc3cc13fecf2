//! Every setting, in one table: name, default, meaning, and what is refused.

use clap::Args;

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
    /// Threads that serve requests [default: one for each core].
    #[arg(long, env = "WORKERS", global = true)]
    workers: Option<String>,
    /// Connections to the database that are kept open.
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value = "8", global = true)]
    database_connections: String,
    /// `false`: statements are not kept prepared in PostgreSQL, for a pgbouncer in transaction mode.
    #[arg(long, env = "DATABASE_PREPARED_STATEMENTS", default_value = "true", global = true)]
    database_prepared_statements: String,
    /// `false`: only `homeward migrate` changes the schema.
    #[arg(long, env = "MIGRATE_ON_START", default_value = "true", global = true)]
    migrate_on_start: String,
    /// How much is logged, and of what: `warn`, `info`, `debug`, `homeward=debug`.
    #[arg(long, env = "RUST_LOG", default_value = "info", global = true)]
    rust_log: String,
}

/// The settings, understood.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the data are.
    pub database_url: DatabaseUrl,
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
    /// Threads that serve requests.
    pub workers: usize,
    /// Connections to the database.
    pub database_connections: usize,
    /// How statements are sent to PostgreSQL.
    pub statements: Statements,
    /// Whether the schema is brought up to date whenever the database is opened.
    pub migrate_on_start: bool,
    /// What is logged.
    pub rust_log: String,
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
            bind: bind(&self.bind, &mut wrong),
            public_read: flag("PUBLIC_READ", &self.public_read, &mut wrong),
            cors_origins: origins(&self.cors_origins, &mut wrong),
            max_body: number("MAX_BODY_MB", &self.max_body_mb, 1024, &mut wrong) << 20,
            max_import: number("MAX_IMPORT_MB", &self.max_import_mb, 1 << 20, &mut wrong) << 20,
            dataset_title: line("DATASET_TITLE", &self.dataset_title, &mut wrong),
            dataset_licence: self.dataset_licence.as_ref().map(|text| line("DATASET_LICENCE", text, &mut wrong)),
            workers: self.workers.as_ref().map_or(cores, |workers| number("WORKERS", workers, MAX_WORKERS, &mut wrong)),
            database_connections: number("DATABASE_CONNECTIONS", &self.database_connections, 1024, &mut wrong),
            statements: match flag("DATABASE_PREPARED_STATEMENTS", &self.database_prepared_statements, &mut wrong) {
                true => Statements::Prepared,
                false => Statements::Forgotten,
            },
            migrate_on_start: flag("MIGRATE_ON_START", &self.migrate_on_start, &mut wrong),
            rust_log: self.rust_log.clone(),
        };
        if wrong.is_empty() { Ok(config) } else { Err(wrong) }
    }
}

fn number(name: &str, text: &str, max: usize, wrong: &mut Vec<String>) -> usize {
    match text.trim().parse() {
        Ok(number) if (1..=max).contains(&number) => number,
        _ => {
            wrong.push(format!("{name}: {text:?} is not a whole number between 1 and {max}"));
            1
        }
    }
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
            "WORKERS",
            "DATABASE_PREPARED_STATEMENTS",
        ];
        assert_eq!(names, expected);
        assert!(!wrong.join("").contains("secret"));
    }

    #[test]
    fn the_defaults_are_fine() {
        let config = check(&["--cors-origins=https://a.example, http://localhost:3000"]).unwrap();
        assert_eq!((config.max_body, config.database_connections), (8 << 20, 8));
        assert_eq!(config.cors_origins, ["https://a.example", "http://localhost:3000"]);
    }
}
