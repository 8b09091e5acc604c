//! Where settings come from: the program's environment, and the `.env` file in the working directory.

use std::io;

use super::CliError;
use crate::config::{Environment, parse_env_file, resolve_with_system};

/// Variables of a `.env` file.
pub(super) type Variables = Vec<(String, Vec<u8>)>;

/// Reads both.
pub(super) fn read() -> Result<Environment, CliError> {
    Ok(combine(read_env_file()?))
}

/// Returns the variables of `.env` in the working directory. Parent directories are not searched: other users may be able
/// to write there.
pub(super) fn read_env_file() -> Result<Variables, CliError> {
    match std::fs::read(".env") {
        Ok(content) => {
            let variables = parse_env_file(&content)
                .map_err(|error| CliError::EnvFile(format!("{error}; use NAME=value, or quotes around the value")))?;
            refuse_unread(&variables)?;
            Ok(variables)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(CliError::EnvFile(format!("{error}; correct or remove the file"))),
    }
}

/// OpenTelemetry's SDK reads most of its variables from the program's environment only.
fn refuse_unread(variables: &Variables) -> Result<(), CliError> {
    const READ: [&str; 2] = ["OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
    match variables.iter().find(|(name, _)| name.starts_with("OTEL_") && !READ.contains(&name.as_str())) {
        Some((name, _)) => Err(CliError::EnvFile(format!(
            "{name} has no effect here; set it in the environment of the program, and remove it from the file"
        ))),
        None => Ok(()),
    }
}

/// The program's environment, and `more` variables that are not in it. The first value of each of those counts.
pub(super) fn combine(more: Variables) -> Environment {
    let own = std::env::vars_os();
    let own = own.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_encoded_bytes())));
    Environment::new(more.into_iter().rev().chain(own), resolve_with_system)
}
