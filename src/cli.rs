//! What is typed to start the program, and how it ends.

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
  serve      serve the site (the default); without QQ credentials, with the sandbox beside it
  sandbox    serve the QQ sandbox alone
  doctor     check the configuration and QQ itself; --json for machines

Options:
  -h, --help       print this
  -V, --version    print the version

Configuration is read from the environment and from a .env file in the working folder.
Every variable is described in .env.example.
";

/// How the program ends when it cannot do what is asked: wrong configuration or wrong words.
const BAD_CONFIGURATION: u8 = 2;
/// Threads that serve requests: on one processor, a single thread could wait for itself
/// (leptos-rs/leptos#4647).
const MIN_WORKERS: usize = 4;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Command {
    Serve,
    Sandbox,
    Doctor { json: bool },
    Help,
    Version,
}

/// Why the program ends with an error.
enum Failure {
    Usage(lexopt::Error),
    EnvFile(dotenvy::Error),
    Config(ConfigError),
    Log(LogError),
    Start(StartError),
    Runtime(std::io::Error),
    /// The doctor found something, and has said so.
    Unwell,
}

/// Runs the program.
pub fn run() -> ExitCode {
    let outcome = parse_arguments().map_err(Failure::Usage).and_then(|command| match command {
        Command::Help => {
            print!("{HELP}");
            Ok(())
        }
        Command::Version => {
            println!("qq-login {}", env!("CARGO_PKG_VERSION"));
            Ok(())
        }
        Command::Serve | Command::Sandbox | Command::Doctor { .. } => start(command),
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => explain(failure),
    }
}

fn parse_arguments() -> Result<Command, lexopt::Error> {
    let mut command = None;
    let mut arguments = lexopt::Parser::from_env();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(Command::Help),
            Short('V') | Long("version") => return Ok(Command::Version),
            Value(word) if command.is_none() && word == "serve" => command = Some(Command::Serve),
            Value(word) if command.is_none() && word == "sandbox" => command = Some(Command::Sandbox),
            Value(word) if command.is_none() && word == "doctor" => command = Some(Command::Doctor { json: false }),
            Long("json") if command == Some(Command::Doctor { json: false }) => {
                command = Some(Command::Doctor { json: true });
            }
            other => return Err(other.unexpected()),
        }
    }
    Ok(command.unwrap_or(Command::Serve))
}

fn start(command: Command) -> Result<(), Failure> {
    let env_file = read_env_file().map_err(Failure::EnvFile);
    let variables = std::env::vars_os();
    let variables = variables.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
    let env = Environment::new(variables, resolve_with_system);
    let prepared = env_file.and_then(|()| logging::start(&env).map_err(Failure::Log));
    match (prepared, command) {
        (Ok(()), _) => {}
        (Err(failure), Command::Doctor { json }) => {
            return print_report(&doctor::report_startup_error(&env, &words(&failure)), json);
        }
        (Err(failure), _) => return Err(failure),
    }
    let workers = std::thread::available_parallelism().map_or(MIN_WORKERS, |count| count.get().max(MIN_WORKERS));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .enable_all()
        .build()
        .map_err(Failure::Runtime)?;
    let ended = match command {
        Command::Doctor { json } => {
            return print_report(&runtime.block_on(doctor::run(&env, &clock::system())), json);
        }
        Command::Sandbox => {
            let settings = Config::read_sandbox(&env).map_err(Failure::Config)?;
            runtime.block_on(server::run_sandbox(settings, clock::system(), asked_to_stop()))
        }
        _ => {
            let config = Config::read(&env).map_err(Failure::Config)?;
            runtime.block_on(server::run(config, clock::system(), random::system(), asked_to_stop()))
        }
    };
    // Whatever still waits, such as a slow answer of the sandbox, is not waited for.
    runtime.shutdown_background();
    ended.map_err(Failure::Start)
}

fn print_report(report: &doctor::Report, json: bool) -> Result<(), Failure> {
    print!("{}", if json { report.to_json() } else { report.to_text() });
    if report.ok { Ok(()) } else { Err(Failure::Unwell) }
}

/// A `.env` file in the working folder fills in what is unset; having none is fine. By its path: by
/// its name alone it would be looked for in the folders above as well, which may be anybody's.
fn read_env_file() -> Result<(), dotenvy::Error> {
    match dotenvy::from_path(".env") {
        Ok(_) => Ok(()),
        Err(error) if error.not_found() => Ok(()),
        Err(error) => Err(error),
    }
}

/// Ends with SIGTERM or SIGINT.
async fn asked_to_stop() {
    let interrupted = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else {
            let _ = interrupted.await;
            return;
        };
        tokio::select! {
            _ = interrupted => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    let _ = interrupted.await;
    tracing::info!("stopping");
}

fn explain(failure: Failure) -> ExitCode {
    use Failure::{Config, EnvFile, Log, Runtime, Start, Unwell, Usage};
    let code = match &failure {
        Unwell => return ExitCode::FAILURE,
        Usage(_) | EnvFile(_) | Config(_) | Log(_) | Start(StartError::Qq(_)) => BAD_CONFIGURATION,
        Start(_) | Runtime(_) => 1,
    };
    eprintln!("qq-login: {}", words(&failure));
    ExitCode::from(code)
}

fn words(failure: &Failure) -> String {
    match failure {
        Failure::Usage(error) => format!("{error}; see qq-login --help"),
        // The line may hold a secret, so only its place is told.
        Failure::EnvFile(dotenvy::Error::LineParse(_, position)) => {
            format!(".env: a line cannot be read near character {position}; use NAME=value")
        }
        Failure::EnvFile(error) => format!(".env: {error}; mend or remove the file"),
        Failure::Config(error) => error.to_string(),
        Failure::Log(error) => error.to_string(),
        Failure::Start(error) => error.to_string(),
        Failure::Runtime(error) => format!("the program could not start its threads: {error}"),
        Failure::Unwell => "the doctor found something wrong".to_owned(),
    }
}
