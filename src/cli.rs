//! The command line: arguments, `.env` file, runtime and exit codes.

use std::io::{self, Write};
use std::process::ExitCode;

use lexopt::prelude::*;

use crate::config::{Config, ConfigError, Environment, parse_env_file, resolve_with_system};
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
    Runtime(io::Error),
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
    /// The report has been printed.
    #[error("doctor found problems")]
    ProblemsFound,
}

impl CliError {
    fn exit_code(&self) -> ExitCode {
        match self {
            CliError::Log(LogError::Thread(_))
            | CliError::Runtime(_)
            | CliError::Output(_)
            | CliError::ProblemsFound => ExitCode::FAILURE,
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
        Command::Help => print(HELP)?,
        Command::Version => print(&format!("qq-login {}\n", env!("CARGO_PKG_VERSION")))?,
        Command::Serve | Command::Sandbox => {
            let env = environment(read_env_file()?);
            let _log = logging::start(&env)?;
            serve(command, &env)?;
        }
        Command::Doctor { json } => {
            let (env, error) = match read_env_file() {
                Ok(variables) => (environment(variables), None),
                Err(error) => (environment(Vec::new()), Some(error)),
            };
            let report = match error.map_or_else(|| Ok(logging::start(&env)?), Err) {
                Ok(_log) => build_runtime()?.block_on(doctor::run(&env, &clock::system())),
                Err(error) => doctor::report_startup_error(&env, &error.to_string()),
            };
            print(&if json { report.to_json() } else { report.to_text() })?;
            if !report.ok {
                return Err(CliError::ProblemsFound);
            }
        }
    }
    Ok(())
}

/// Prints to standard output. `print!` would panic if that fails, such as in a pipe whose reader has ended.
fn print(text: &str) -> Result<(), CliError> {
    let mut output = io::stdout();
    output.write_all(text.as_bytes()).and_then(|()| output.flush()).map_err(CliError::Output)
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

/// Returns the variables of `.env` in the working directory. Parent directories are not searched: other users may be able
/// to write there.
fn read_env_file() -> Result<Vec<(String, Vec<u8>)>, CliError> {
    match std::fs::read(".env") {
        Ok(content) => parse_env_file(&content)
            .map_err(|error| CliError::EnvFile(format!("{error}; use NAME=value, or quotes around the value"))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(CliError::EnvFile(format!("{error}; correct or remove the file"))),
    }
}

/// The program's environment, and `more` variables that are not in it. The first value of each of those counts.
fn environment(more: Vec<(String, Vec<u8>)>) -> Environment {
    let own = std::env::vars_os();
    let own = own.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_encoded_bytes())));
    Environment::new(more.into_iter().rev().chain(own), resolve_with_system)
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
