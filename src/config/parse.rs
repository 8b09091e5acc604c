//! The environment as text, and the ways to read a value from it.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

/// A variable that cannot be right.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {problem}; {remedy}")]
pub struct ConfigError {
    /// The variable's name.
    pub variable: &'static str,
    /// What is wrong with it. Never holds a secret.
    pub problem: String,
    /// What would be right.
    pub remedy: &'static str,
}

impl ConfigError {
    pub(super) fn new(variable: &'static str, problem: String, remedy: &'static str) -> ConfigError {
        ConfigError { variable, problem, remedy }
    }
}

/// Gives the addresses of a host name; none if it is unknown.
type Resolve = Box<dyn Fn(&str) -> Vec<IpAddr>>;

/// The variables, and a way to look up host names.
pub struct Environment {
    variables: HashMap<String, String>,
    resolve: Resolve,
}

impl Environment {
    /// Takes the variables and a function that gives the addresses of a host name (none if unknown).
    pub fn new(
        variables: impl IntoIterator<Item = (String, String)>,
        resolve: impl Fn(&str) -> Vec<IpAddr> + 'static,
    ) -> Environment {
        Environment { variables: variables.into_iter().collect(), resolve: Box::new(resolve) }
    }

    pub(super) fn resolve(&self, host: &str) -> Vec<IpAddr> {
        (self.resolve)(host)
    }

    /// The variable's value; an empty one counts as unset, as in `NAME=` of a `.env` file.
    pub fn text(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    pub(super) fn text_or(&self, name: &str, default: &str) -> String {
        self.text(name).unwrap_or_else(|| default.to_owned())
    }

    pub(super) fn switch(&self, name: &'static str, default: bool) -> Result<bool, ConfigError> {
        match self.text(name).as_deref() {
            None => Ok(default),
            Some("on") => Ok(true),
            Some("off") => Ok(false),
            Some(other) => Err(ConfigError::new(name, format!("{other:?} is neither on nor off"), "use on or off")),
        }
    }

    pub(super) fn address(&self, name: &'static str, default: &str) -> Result<SocketAddr, ConfigError> {
        let text = self.text_or(name, default);
        text.parse().map_err(|_| {
            ConfigError::new(name, format!("{text:?} is not an IP address with a port"), "use one like 127.0.0.1:3000")
        })
    }

    /// A whole number above zero; `unit` is for the message.
    pub(super) fn positive(&self, name: &'static str, default: i64, unit: &str) -> Result<i64, ConfigError> {
        // A century in milliseconds: beyond that sums of times could overflow.
        const MOST: i64 = 3_155_760_000_000;
        let Some(text) = self.text(name) else { return Ok(default) };
        text.parse().ok().filter(|number| (1..=MOST).contains(number)).ok_or_else(|| {
            ConfigError::new(
                name,
                format!("{text:?} is not a number of {unit} above zero"),
                "use a whole number, 1 or more",
            )
        })
    }

    pub(super) fn small_count(&self, name: &'static str, default: usize) -> Result<usize, ConfigError> {
        let Some(text) = self.text(name) else { return Ok(default) };
        text.parse().ok().filter(|count| *count <= 16).ok_or_else(|| {
            ConfigError::new(name, format!("{text:?} is not a small whole number"), "use a number from 0 to 16")
        })
    }
}
