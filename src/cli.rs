//! The command line: arguments, `.env` file, runtime and exit codes.

use std::io::{self, Write};
use std::process::ExitCode;

use lexopt::prelude::*;

use crate::config::{Config, ConfigError, Environment, resolve_with_system};
use crate::logging::LogError;
use crate::server::{self, StartError};
use crate::{clock, doctor, logging, random};

const HELP: &str = "\
Sign in with QQ: a complete site with sessions, registration and a QQ sandbox.

Usage: qq-login [COMMAND]

Commands:
  serve      serve the site (default); without QQ credentials, also the QQ sandbox
  sandbox    serve only the QQ sandbox
  doctor     check the configuration and the connection to QQ; --json for machines

Options:
  -h, --help       print this
  -V, --version    print the version

Settings are environment variables; a .env file in the working directory can set them too.
.env.example describes every variable.
";

const BAD_CONFIGURATION: u8 = 2;
/// With a single thread, the server could deadlock (leptos-rs/leptos#4647).
const MIN_WORKER_THREADS: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Command {
    Serve,
    Sandbox,
    Doctor { json: bool },
    Help,
    Version,
}

#[derive(Debug, thiserror::Error)]
enum CliError {
    #[error("{0}; see qq-login --help")]
    Usage(#[from] lexopt::Error),
    #[error(".env: {0}")]
    EnvFile(String),
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error(transparent)]
    Log(#[from] LogError),
    #[error(transparent)]
    Start(#[from] StartError),
    #[error("cannot start the runtime: {0}")]
    Runtime(std::io::Error),
    /// The report has been printed.
    #[error("doctor found problems")]
    ProblemsFound,
}

impl CliError {
    fn exit_code(&self) -> ExitCode {
        match self {
            CliError::Log(LogError::Thread(_)) | CliError::Runtime(_) | CliError::ProblemsFound => ExitCode::FAILURE,
            CliError::Start(error) if !matches!(error, StartError::Qq(_)) => ExitCode::FAILURE,
            _ => ExitCode::from(BAD_CONFIGURATION),
        }
    }
}

/// Runs the program.
pub fn run() -> ExitCode {
    match parse_arguments().map_err(CliError::from).and_then(execute) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !matches!(error, CliError::ProblemsFound) {
                // `eprintln!` would panic if the line cannot be written.
                let _ = writeln!(io::stderr(), "qq-login: {error}");
            }
            error.exit_code()
        }
    }
}

fn parse_arguments() -> Result<Command, lexopt::Error> {
    let mut command = None;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        command = Some(match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Value(name) if command.is_none() && name == "serve" => Command::Serve,
            Value(name) if command.is_none() && name == "sandbox" => Command::Sandbox,
            Value(name) if command.is_none() && name == "doctor" => Command::Doctor { json: false },
            Long("json") if command == Some(Command::Doctor { json: false }) => Command::Doctor { json: true },
            other => return Err(other.unexpected()),
        });
    }
    Ok(command.unwrap_or(Command::Serve))
}

fn execute(command: Command) -> Result<(), CliError> {
    match command {
        Command::Help => print(HELP),
        Command::Version => print(&format!("qq-login {}\n", env!("CARGO_PKG_VERSION"))),
        Command::Serve | Command::Sandbox => {
            load_env_file()?;
            let env = environment();
            let _log = logging::start(&env)?;
            serve(command, &env)?;
        }
        Command::Doctor { json } => {
            let is_loaded = load_env_file();
            let env = environment();
            let report = match is_loaded.and_then(|()| Ok(logging::start(&env)?)) {
                Ok(_log) => build_runtime()?.block_on(doctor::run(&env, &clock::system())),
                Err(error) => doctor::report_startup_error(&env, &error.to_string()),
            };
            print(&if json { report.to_json() } else { report.to_text() });
            if !report.ok {
                return Err(CliError::ProblemsFound);
            }
        }
    }
    Ok(())
}

/// Prints to standard output. `print!` would panic if that fails, such as in a pipe whose reader has ended.
fn print(text: &str) {
    let _ = io::stdout().write_all(text.as_bytes());
}

fn serve(command: Command, env: &Environment) -> Result<(), CliError> {
    let runtime = build_runtime()?;
    let result = if command == Command::Sandbox {
        let config = Config::read_sandbox(env)?;
        runtime.block_on(server::run_sandbox(config, clock::system(), stop_signal()))
    } else {
        let config = Config::read(env)?;
        runtime.block_on(server::run(config, clock::system(), random::system(), stop_signal()))
    };
    // Does not wait for tasks that still run, such as a slow response of the sandbox.
    runtime.shutdown_background();
    Ok(result?)
}

fn build_runtime() -> Result<tokio::runtime::Runtime, CliError> {
    let cores = std::thread::available_parallelism().map_or(1, |cores| cores.get());
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores.max(MIN_WORKER_THREADS))
        .enable_all()
        .build()
        .map_err(CliError::Runtime)
}

/// Sets the variables that `.env` in the working directory contains and the environment does not. Parent directories are
/// not searched: other users may be able to write there.
fn load_env_file() -> Result<(), CliError> {
    match dotenvy::from_path(".env") {
        Ok(()) => Ok(()),
        Err(error) if error.not_found() => Ok(()),
        // The line may contain a secret.
        Err(dotenvy::Error::LineParse(_, position)) => {
            Err(CliError::EnvFile(format!("invalid line near character {position}; use NAME=value")))
        }
        Err(error) => Err(CliError::EnvFile(format!("{error}; correct or remove the file"))),
    }
}

fn environment() -> Environment {
    let variables = std::env::vars_os();
    let variables = variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    Environment::new(variables, resolve_with_system)
}

/// Completes at SIGTERM or SIGINT.
async fn stop_signal() {
    #[cfg(unix)]
    let terminate = async {
        use tokio::signal::unix::{SignalKind, signal};
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = terminate => {}
    }
    tracing::info!("stopping");
}
