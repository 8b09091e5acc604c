//! Environment variables, and conversions of their values.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use super::ConfigError;

type Resolve = Box<dyn Fn(&str) -> Vec<IpAddr>>;

pub struct Environment {
    variables: HashMap<String, String>,
    resolve: Resolve,
}

impl Environment {
    /// `resolve` returns the addresses of a host name, or none if it is unknown.
    pub fn new(
        variables: impl IntoIterator<Item = (String, String)>,
        resolve: impl Fn(&str) -> Vec<IpAddr> + 'static,
    ) -> Environment {
        Environment { variables: variables.into_iter().collect(), resolve: Box::new(resolve) }
    }

    pub(super) fn resolve(&self, host: &str) -> Vec<IpAddr> {
        (self.resolve)(host)
    }

    /// Returns the trimmed value, or `None` if it is unset or empty.
    pub fn get(&self, name: &str) -> Option<String> {
        self.variables.get(name).map(|value| value.trim()).filter(|value| !value.is_empty()).map(str::to_owned)
    }

    pub(super) fn get_or(&self, name: &str, default: &str) -> String {
        self.get(name).unwrap_or_else(|| default.to_owned())
    }

    /// Returns the choice with this name. The first one is the default.
    pub(super) fn choice<T: Copy>(
        &self,
        name: &'static str,
        choices: &[(&str, T)],
        remedy: &'static str,
    ) -> Result<T, ConfigError> {
        let value = self.get(name);
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
        let value = self.get_or(name, default);
        value.parse().map_err(|_| {
            let problem = format!("{value:?} is not an IP address with a port");
            ConfigError::new(name, problem, "use a value like 127.0.0.1:3000")
        })
    }

    /// Returns a positive number. `unit` appears in the error message.
    pub(super) fn positive(&self, name: &'static str, default: i64, unit: &str) -> Result<i64, ConfigError> {
        // A century in milliseconds: sums of larger values could overflow.
        const MAX: i64 = 3_155_760_000_000;
        let Some(value) = self.get(name) else { return Ok(default) };
        value.parse().ok().filter(|number| (1..=MAX).contains(number)).ok_or_else(|| {
            let problem = format!("{value:?} is not a positive number of {unit}");
            ConfigError::new(name, problem, "use a whole number, 1 or more")
        })
    }

    pub(super) fn small_count(&self, name: &'static str, default: usize) -> Result<usize, ConfigError> {
        let Some(value) = self.get(name) else { return Ok(default) };
        value.parse().ok().filter(|count| *count <= 16).ok_or_else(|| {
            let problem = format!("{value:?} is not a number from 0 to 16");
            ConfigError::new(name, problem, "use a number from 0 to 16")
        })
    }
}

/// Resolves a host name with the operating system.
pub fn resolve_with_system(host: &str) -> Vec<IpAddr> {
    (host, 0).to_socket_addrs().map(|addresses| addresses.map(|address| address.ip()).collect()).unwrap_or_default()
}
