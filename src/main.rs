//! The commands of `homeward`. Exit status 0, 1 for failures, 2 for bad usage or settings.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use homeward::config::{Config, Settings};
use homeward::db::{self, DatabaseUrl, Db};
use homeward::domain::text::is_code;
use homeward::domain::words::{Role, Word};
use homeward::error::Error;
use homeward::http;
use homeward::http::tokens::{MAX_DAYS, TokenBody};
use homeward::store::{tokens, verify};
use homeward::transfer::import::{self, Order};
use homeward::transfer::intake::{Content, CreateMissing};
use homeward::transfer::sheet::Sheet;
use homeward::transfer::{Format, backup, demo, export};
use homeward::{app, doctor, logs};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Many small allocations, on every thread: this allocator takes a fifth less time for an import than that of libc.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Records how people are displaced and how they come back: what each source says, one recommended value, an honest range.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

#[derive(Subcommand)]
enum Command {
    /// Serves the API.
    Serve,
    /// Serves the record of Al-Waer from a fresh temporary database, open to read.
    Demo,
    /// Brings the schema of the database up to date.
    Migrate,
    /// Imports a sheet: a dry run unless --commit is given. Exit status 1 where anything is wrong in it.
    Import {
        /// Which sheet: locations, sources, agreements, movements or returns.
        #[arg(value_parser = sheet)]
        sheet: Sheet,
        /// A CSV file or an Excel workbook; `-` is standard input.
        file: PathBuf,
        /// Writes the sheet, instead of only looking at what that would do.
        #[arg(long)]
        commit: bool,
        /// Creates what the sheet names and is not there yet.
        #[arg(long, value_delimiter = ',', value_parser = ["locations", "sources"])]
        create_missing: Vec<String>,
        /// Prints the report as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Writes a sheet to standard output, as an editor reads it: what is exported can be imported again.
    Export {
        /// Which sheet: locations, sources, agreements, movements or returns.
        #[arg(value_parser = sheet)]
        sheet: Sheet,
        /// In which format: csv, xlsx or ndjson.
        #[arg(long, default_value = "csv", value_parser = format)]
        format: Format,
    },
    /// Writes the whole record into a new file, history and tokens included, while the service goes on.
    Backup {
        /// The file; what is there already is never overwritten.
        file: PathBuf,
    },
    /// Puts a backup into an empty database, which may be of the other kind.
    Restore {
        /// The file that `homeward backup` wrote.
        file: PathBuf,
        /// Replaces everything that is in the database.
        #[arg(long)]
        replace: bool,
    },
    /// Derives anew everything that is derived, and compares. Exit status 1 where anything differs.
    Verify,
    /// Makes, lists and revokes tokens.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Looks at settings, database, disk and clock, and says what needs attention: then the exit status is 1.
    Doctor {
        /// Prints what was found as JSON.
        #[arg(long)]
        json: bool,
    },
    /// Prints the description of the API (OpenAPI).
    Openapi,
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Makes a token and prints it, this once.
    Create {
        /// Who or what will use it; a name is never used again.
        #[arg(long)]
        name: String,
        /// What it may do: reader, editor or admin.
        #[arg(long, value_parser = role)]
        role: Role,
        /// After how many days it expires.
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=MAX_DAYS))]
        expires_in_days: Option<i64>,
    },
    /// Lists all tokens, without what is secret.
    List,
    /// Revokes a token.
    Revoke {
        /// Its name.
        name: String,
    },
}

impl Command {
    /// Whether it opens the database of the settings, and so may migrate it at least.
    fn opens(&self) -> bool {
        !matches!(self, Self::Demo | Self::Doctor { .. } | Self::Openapi)
    }
}

fn role(text: &str) -> Result<Role, String> {
    Role::parse(text).ok_or_else(|| "a role is reader, editor or admin".to_owned())
}

fn sheet(text: &str) -> Result<Sheet, String> {
    let all = || Sheet::ALL.map(Sheet::word).join(", ");
    Sheet::parse(text).ok_or_else(|| format!("a sheet is one of {}", all()))
}

fn format(text: &str) -> Result<Format, String> {
    let formats = [Format::Csv, Format::Xlsx, Format::Ndjson];
    formats
        .into_iter()
        .find(|format| format.suffix() == text)
        .ok_or_else(|| "a format is csv, xlsx or ndjson".to_owned())
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let config = match cli.settings.check() {
        Ok(config) => config,
        Err(wrong) => {
            wrong.iter().for_each(|line| eprintln!("homeward: {line}"));
            return ExitCode::from(2);
        }
    };
    if let Command::Token(TokenCommand::Create { name, .. }) = &cli.command
        && !is_code(name)
    {
        eprintln!(
            "homeward: a name is 1 to 64 letters (A to Z), digits, `_` or `-`, and begins with a letter or digit"
        );
        return ExitCode::from(2);
    }
    logs::start(&config);
    let opened = cli.command.opens().then(|| config.database_url.clone());
    let done = actix_web::rt::System::new().block_on(run(cli.command, config));
    if let Some(url) = opened {
        db::file::gather(&url);
    }
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Error::Unavailable(text) | Error::Internal(text)) => failed(&text),
        Err(error) => failed(&error.to_string()),
    }
}

fn failed(text: &str) -> ExitCode {
    eprintln!("homeward: {}", text.trim().replace('\n', " "));
    ExitCode::FAILURE
}

/// Prints; whoever closed the pipe has read enough.
fn print(text: &str) -> Result<(), Error> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Error::Internal(format!("cannot write: {error}")))
        }
        _ => Ok(()),
    }
}

async fn run(command: Command, config: Config) -> Result<(), Error> {
    match command {
        Command::Serve => {
            let db = app::open(&config)?;
            // Perhaps somebody is about to run them. Until then `/health/ready` says no.
            if db.missing_migrations().await? > 0 {
                log::warn!("the schema is not up to date: run `homeward migrate`");
            }
            app::serve(&config, db, |address| log::info!("homeward listens on http://{address}")).await
        }
        Command::Demo => run_demo(config).await,
        Command::Migrate => app::connect(&config, 1)?.migrate(),
        Command::Import { sheet, file, commit, create_missing, json } => {
            let db = app::open(&Config { database_connections: 2, ..config })?;
            let has = |word: &str| create_missing.iter().any(|one| one == word);
            let create = CreateMissing { locations: has("locations"), sources: has("sources") };
            run_import(&db, sheet, &file, commit, create, json).await
        }
        Command::Export { sheet, format, .. } => {
            let db = app::open(&Config { database_connections: 2, ..config })?;
            run_export(&db, sheet, format).await
        }
        Command::Backup { file } => {
            let db = app::open(&Config { database_connections: 1, ..config })?;
            db.check().await?;
            let bar = progress_bar("{spinner} {human_pos} rows, {per_sec}");
            let shown = bar.clone();
            let done = backup::backup(&db, &file, move |rows| shown.set_position(rows)).await;
            bar.finish_and_clear();
            done
        }
        Command::Restore { file, replace } => {
            if replace {
                db::file::refuse_in_use(&config.database_url)?;
            }
            let db = app::open(&Config { database_connections: 1, ..config })?;
            db.check().await?;
            run_restore(&db, file, replace).await
        }
        Command::Verify => {
            let db = app::open(&Config { database_connections: 1, ..config })?;
            db.check().await?;
            run_verify(&db).await
        }
        Command::Token(command) => {
            let db = app::open(&Config { database_connections: 1, ..config })?;
            db.check().await?;
            run_token(command, &db).await
        }
        Command::Doctor { json } => {
            let report = doctor::examine(&config, &std::env::temp_dir()).await;
            print(&if json { serde_json::to_string_pretty(&report).unwrap_or_default() } else { report.to_string() })?;
            match report.attentions() {
                0 => Ok(()),
                many => Err(Error::Precondition(format!("needing attention: {many}"))),
            }
        }
        Command::Openapi => print(&http::document().text),
    }
}

async fn run_token(command: TokenCommand, db: &Db) -> Result<(), Error> {
    let clock = app::system_clock();
    match command {
        TokenCommand::Create { name, role, expires_in_days } => {
            print(&TokenBody { name, role, expires_in_days }.create(db, &clock).await?.token)
        }
        TokenCommand::List => {
            let time = |time: Option<chrono::NaiveDateTime>| {
                time.map_or_else(|| "-".to_owned(), |time| time.format("%Y-%m-%dT%H:%M:%SZ").to_string())
            };
            print(&format!("{:<32} {:<7} {:<21} {:<21} revoked", "name", "role", "created", "expires"))?;
            for row in db.read(tokens::list).await? {
                let (created, expires, revoked) =
                    (time(Some(row.created_at)), time(row.expires_at), time(row.revoked_at));
                print(&format!("{:<32} {:<7} {created:<21} {expires:<21} {revoked}", row.name, row.role.word()))?;
            }
            Ok(())
        }
        TokenCommand::Revoke { name } => {
            let (wanted, now) = (name.clone(), clock.now());
            if db.write(move |conn| tokens::revoke(conn, &wanted, now)).await? {
                return Ok(());
            }
            Err(Error::Taken(format!("there is no token {name} that still holds")))
        }
    }
}

async fn run_restore(db: &Db, file: PathBuf, replace: bool) -> Result<(), Error> {
    let bar = progress_bar("{spinner} {human_pos} rows, {per_sec}");
    let shown = bar.clone();
    let restored = backup::restore(db, file, replace, move |rows| shown.set_position(rows)).await;
    bar.finish_and_clear();
    print(&format!("{} rows are there.", restored?))
}

async fn run_verify(db: &Db) -> Result<(), Error> {
    let bar = progress_bar("{spinner} {human_pos} rows, {per_sec}");
    let verified = verify::verify(db, |found| print(&found.to_string()), |rows| bar.set_position(rows)).await;
    bar.finish_and_clear();
    match verified? {
        (rows, 0) => print(&format!("{rows} rows: everything derived is as it should be.")),
        (rows, many) => {
            Err(Error::Internal(format!("of {rows} rows, {many} derived values are not as they should be")))
        }
    }
}

async fn run_import(
    db: &Db,
    sheet: Sheet,
    path: &Path,
    commit: bool,
    create: CreateMissing,
    json: bool,
) -> Result<(), Error> {
    let cannot = |error: std::io::Error| Error::Internal(format!("cannot read {}: {error}", path.display()));
    let (file, fingerprint) = import::spool(path).map_err(cannot)?;
    let name = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let content = if name.eq_ignore_ascii_case("xlsx") { Content::Xlsx } else { Content::Csv };
    let order = Order { sheet, content, file, fingerprint, commit, create };
    let bar = progress_bar("{wide_bar} {human_pos} of {human_len} rows, {per_sec}, {eta} to go");
    let shown = bar.clone();
    let progress = move |done, rows| {
        shown.set_length(rows);
        shown.set_position(done);
    };
    let done = import::run(db, &app::system_clock(), "import", order, progress, |tx, import| import(tx)).await;
    bar.finish_and_clear();
    match done {
        Ok(done) if json => print(&serde_json::to_string_pretty(&done).unwrap_or_default()),
        Ok(done) => print(&done.to_string()),
        Err(Error::Sheet(refused)) => {
            let text =
                if json { serde_json::to_string_pretty(&refused).unwrap_or_default() } else { refused.to_string() };
            print(&text)?;
            Err(Error::Sheet(refused))
        }
        Err(error) => Err(error),
    }
}

async fn run_export(db: &Db, sheet: Sheet, format: Format) -> Result<(), Error> {
    let bar = progress_bar("{spinner} {bytes} written, {bytes_per_sec}");
    let mut out = std::io::stdout().lock();
    let done = export::write(db, &app::system_clock(), sheet, format, &mut out, |bytes| bar.set_position(bytes)).await;
    bar.finish_and_clear();
    done
}

/// A bar on a terminal; nothing in a pipe.
fn progress_bar(template: &str) -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template(template);
    style.map(|style| bar.clone().with_style(style)).unwrap_or(bar)
}

/// The folder is removed at the end, with everything in it.
async fn run_demo(config: Config) -> Result<(), Error> {
    let folder = tempfile::tempdir().map_err(|error| Error::Unavailable(format!("no temporary folder: {error}")))?;
    let database_url = DatabaseUrl::Sqlite(folder.path().join("homeward.db"));
    let config = Config { database_url, public_read: true, migrate_on_start: true, ..config };
    let (db, clock) = (app::open(&config)?, app::system_clock());
    demo::load(&db, &clock).await?;
    let editor = TokenBody { name: "demo".to_owned(), role: Role::Editor, expires_in_days: None };
    let token = editor.create(&db, &clock).await?.token;
    let mut printed = Ok(());
    app::serve(&config, db, |address| {
        printed = print(&format!(
            "The record of Al-Waer, at http://{address} until you press Ctrl-C.\n\n\
             An editor's token: {token}\n\n\
             curl 'http://{address}/v1/movements?limit=3'\n\
             curl 'http://{address}/v1/stats/flows?by=month,destination'\n\
             curl -H 'Authorization: Bearer {token}' 'http://{address}/v1/sources'\n\n\
             In a browser: http://{address}/ and http://{address}/?lang=ar\n\
             Documentation: http://{address}/docs"
        ));
    })
    .await?;
    printed
}
