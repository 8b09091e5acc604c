//! Environment variables, and conversions of their values.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use super::ConfigError;

type Resolve = Box<dyn Fn(&str) -> Vec<IpAddr>>;

pub struct Environment {
    variables: HashMap<String, Vec<u8>>,
    resolve: Resolve,
}

impl Environment {
    /// If a variable occurs several times, the last value counts. `resolve` returns the addresses of a host name, or none
    /// if it is unknown.
    pub fn new<V: Into<Vec<u8>>>(
        variables: impl IntoIterator<Item = (String, V)>,
        resolve: impl Fn(&str) -> Vec<IpAddr> + 'static,
    ) -> Environment {
        let variables = variables.into_iter().map(|(name, value)| (name, value.into())).collect();
        Environment { variables, resolve: Box::new(resolve) }
    }

    pub(super) fn resolve(&self, host: &str) -> Vec<IpAddr> {
        (self.resolve)(host)
    }

    /// Returns the trimmed value, or `None` if it is unset or empty.
    ///
    /// # Errors
    /// Returns an error if the value is not UTF-8: to ignore it could open what it was to close.
    pub fn get(&self, name: &'static str) -> Result<Option<String>, ConfigError> {
        if let Some(file_variable) = secret_file_variable(name)
            && let Some(path) = self.get(file_variable)?
        {
            return self.read_secret(name, file_variable, &path).map(Some);
        }
        let Some(value) = self.variables.get(name) else { return Ok(None) };
        let value = str::from_utf8(value)
            .map_err(|_| ConfigError::new(name, "is not valid UTF-8", "type the value again, as plain text"))?;
        Ok(Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned))
    }

    /// Returns the trimmed content of the file at `path`, which the variable `file_variable` names.
    fn read_secret(&self, name: &'static str, file_variable: &'static str, path: &str) -> Result<String, ConfigError> {
        let failed = |problem: String, remedy| Err(ConfigError::new(file_variable, problem, remedy));
        if self.variables.get(name).is_some_and(|value| !value.trim_ascii().is_empty()) {
            return failed(format!("is set, and {name} as well"), "set one of them");
        }
        let content = match std::fs::read(path) {
            Ok(content) => content,
            Err(error) => {
                return failed(format!("cannot read {path:?}: {error}"), "name a readable file with the value");
            }
        };
        match str::from_utf8(&content).map(str::trim) {
            Ok("") => failed(format!("{path:?} is empty"), "write the value into the file"),
            Ok(value) => Ok(value.to_owned()),
            Err(_) => failed(format!("{path:?} is not valid UTF-8"), "write the value again, as plain text"),
        }
    }

    pub(super) fn get_or(&self, name: &'static str, default: &str) -> Result<String, ConfigError> {
        Ok(self.get(name)?.unwrap_or_else(|| default.to_owned()))
    }

    /// Returns the choice with this name. The first one is the default.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &'static str,
        choices: &[(&str, T)],
        remedy: &'static str,
    ) -> Result<T, ConfigError> {
        let value = self.get(name)?;
        let matches = |(choice, _): &&(&str, T)| value.as_deref().is_none_or(|value| value == *choice);
        choices.iter().find(matches).map(|(_, choice)| *choice).ok_or_else(|| {
            ConfigError::new(name, format!("has the unknown value {:?}", value.unwrap_or_default()), remedy)
        })
    }

    pub(super) fn switch(&self, name: &'static str, default: bool) -> Result<bool, ConfigError> {
        let name_of = |state| if state { "on" } else { "off" };
        self.choice(name, &[default, !default].map(|state| (name_of(state), state)), "use on or off")
    }

    pub(super) fn socket_addr(&self, name: &'static str, default: &str) -> Result<SocketAddr, ConfigError> {
        let value = self.get_or(name, default)?;
        value.parse().map_err(|_| {
            let problem = format!("{value:?} is not an IP address with a port");
            ConfigError::new(name, problem, "use a value like 127.0.0.1:3000")
        })
    }

    /// Returns a positive number. `unit` appears in the error message.
    pub(super) fn positive(&self, name: &'static str, default: i64, unit: &str) -> Result<i64, ConfigError> {
        // A century in milliseconds: sums of larger values could overflow.
        const MAX: i64 = 3_155_760_000_000;
        let Some(value) = self.get(name)? else { return Ok(default) };
        value.parse().ok().filter(|number| (1..=MAX).contains(number)).ok_or_else(|| {
            let problem = format!("{value:?} is not a positive number of {unit}");
            ConfigError::new(name, problem, "use a whole number, 1 or more")
        })
    }

    pub(super) fn small_count(&self, name: &'static str, default: usize) -> Result<usize, ConfigError> {
        let Some(value) = self.get(name)? else { return Ok(default) };
        value.parse().ok().filter(|count| *count <= 16).ok_or_else(|| {
            let problem = format!("{value:?} is not a number from 0 to 16");
            ConfigError::new(name, problem, "use a number from 0 to 16")
        })
    }
}

/// The variable that names a file with the value of `name`, if that is a secret. Container platforms hand out secrets as
/// files.
fn secret_file_variable(name: &str) -> Option<&'static str> {
    match name {
        "DATABASE_URL" => Some("DATABASE_URL_FILE"),
        "QQ_APP_KEY" => Some("QQ_APP_KEY_FILE"),
        "SECRET_KEY" => Some("SECRET_KEY_FILE"),
        "SMTP_URL" => Some("SMTP_URL_FILE"),
        _ => None,
    }
}

/// Resolves a host name with the operating system.
pub fn resolve_with_system(host: &str) -> Vec<IpAddr> {
    (host, 0).to_socket_addrs().map(|addresses| addresses.map(|address| address.ip()).collect()).unwrap_or_default()
}
