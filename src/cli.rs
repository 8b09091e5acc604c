//! The command line: arguments, commands and exit codes.

mod copy;
mod environment;
mod healthcheck;
mod output;
mod serve;
mod users;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::LazyLock;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser, Subcommand};
use clap_complete::Shell;

use crate::config::{Config, ConfigError, DatabaseUrl};
use crate::database::{BackupError, CopyError, OpenError, back_up};
use crate::logging::LogError;
use crate::server::StartError;
use crate::{clock, doctor, logging};
use healthcheck::HealthcheckError;
use output::print;
use users::{UsersCommand, UsersError};

const BAD_CONFIGURATION: u8 = 2;

/// The version, and the commit if the build knows it (`scripts/build.sh`).
static VERSION: LazyLock<String> = LazyLock::new(|| match option_env!("QQ_LOGIN_COMMIT") {
    Some(commit) => format!("{} ({commit})", env!("CARGO_PKG_VERSION")),
    None => env!("CARGO_PKG_VERSION").to_owned(),
});

/// Sign in with QQ: a complete site with sessions, registration and a QQ sandbox
#[derive(Parser)]
#[command(
    name = "qq-login",
    version = VERSION.as_str(),
    after_help = "Settings are environment variables; a .env file in the working directory can set them too.\n\
                  .env.example describes every variable."
)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the site (default); without QQ credentials, also the QQ sandbox
    Serve,
    /// Serve only the QQ sandbox
    Sandbox,
    /// Check the configuration and the connection to QQ
    Doctor {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Ask the instance that listens on LEPTOS_SITE_ADDR whether it is ready
    Healthcheck,
    /// List, show, block, unblock, sign out or delete users
    Users {
        #[command(subcommand)]
        command: UsersCommand,
        /// Print JSON
        #[arg(long, global = true)]
        json: bool,
    },
    /// Copy the SQLite database to a new file, while the site runs or not
    Backup {
        /// The file to create
        file: PathBuf,
    },
    /// Copy the site to another database, which has to be empty or an unfinished copy
    CopyDatabase {
        /// The database to copy, such as sqlite://data/qq-login.db
        #[arg(long, value_name = "URL")]
        from: String,
        /// The new database, such as postgres://user:password@host/name
        #[arg(long, value_name = "URL")]
        to: String,
    },
    /// Print a script that completes commands in a shell
    Completions { shell: Shell },
}

#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error(".env: {0}")]
    EnvFile(String),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Healthcheck(#[from] HealthcheckError),
    #[error("DATABASE_URL: {0}")]
    Database(#[from] OpenError),
    #[error(transparent)]
    Users(#[from] UsersError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Copy(#[from] CopyError),
    #[error("cannot start the runtime: {0}")]
    Runtime(io::Error),
    #[error("cannot write to standard output: {0}")]
    Output(#[from] io::Error),
    /// The report has been printed.
    #[error("doctor found problems")]
    ProblemsFound,
}

impl CliError {
    fn exit_code(&self) -> ExitCode {
        match self {
            CliError::EnvFile(_)
            | CliError::Config(_)
            | CliError::Log(LogError::Config(_) | LogError::Filter(_))
            | CliError::Start(StartError::Qq(_)) => ExitCode::from(BAD_CONFIGURATION),
            _ => ExitCode::FAILURE,
        }
    }
}

/// Runs the program.
pub fn run() -> ExitCode {
    let command = match Cli::try_parse() {
        Ok(cli) => cli.command.unwrap_or(Command::Serve),
        Err(error) => return explain_arguments(&error),
    };
    match execute(command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => report(&error),
    }
}

/// Prints the help or the version, or what is wrong with the arguments.
fn explain_arguments(error: &clap::Error) -> ExitCode {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return print(&error.to_string()).map_or_else(|error| report(&error.into()), |()| ExitCode::SUCCESS);
    }
    let _ = write!(io::stderr(), "{error}");
    ExitCode::from(BAD_CONFIGURATION)
}

fn report(error: &CliError) -> ExitCode {
    if !matches!(error, CliError::ProblemsFound) {
        // `eprintln!` would panic if the line cannot be written.
        let _ = writeln!(io::stderr(), "qq-login: {error}");
    }
    error.exit_code()
}

fn execute(command: Command) -> Result<(), CliError> {
    match command {
        Command::Doctor { json } => return run_doctor(json),
        Command::Completions { shell } => return print_completions(shell),
        _ => {}
    }
    let env = environment::read()?;
    let _log = logging::start(&env)?;
    match command {
        Command::Sandbox => serve::sandbox(&env),
        Command::Healthcheck => {
            let check = healthcheck::run(Config::read_listen_addr(&env)?);
            Ok(print(&serve::build_runtime()?.block_on(check)?)?)
        }
        Command::Users { command, json } => {
            let url = DatabaseUrl::read(&env)?;
            serve::build_runtime()?.block_on(users::run(command, json, &url, &clock::system()))
        }
        Command::Backup { file } => {
            let url = DatabaseUrl::read(&env)?;
            Ok(serve::build_runtime()?.block_on(back_up(url.as_str(), &file))?)
        }
        Command::CopyDatabase { from, to } => {
            let (from, to) = (DatabaseUrl::from_argument("--from", &from)?, DatabaseUrl::from_argument("--to", &to)?);
            serve::build_runtime()?.block_on(copy::run(&from, &to))
        }
        _ => serve::site(&env),
    }
}

fn run_doctor(is_json: bool) -> Result<(), CliError> {
    let (env, error) = match environment::read_env_file() {
        Ok(variables) => (environment::combine(variables), None),
        Err(error) => (environment::combine(Vec::new()), Some(error)),
    };
    let report = match error.map_or_else(|| Ok(logging::start(&env)?), Err) {
        Ok(_log) => serve::build_runtime()?.block_on(doctor::run(&env, &clock::system())),
        Err(error) => doctor::report_startup_error(&env, &error.to_string()),
    };
    print(&if is_json { report.to_json() } else { report.to_text() })?;
    if report.ok { Ok(()) } else { Err(CliError::ProblemsFound) }
}

fn print_completions(shell: Shell) -> Result<(), CliError> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "qq-login", &mut script);
    Ok(print(&String::from_utf8_lossy(&script))?)
}
