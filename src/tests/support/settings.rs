//! Settings of a site, and settings of the tests.

/// Environment variables of a site that differ from the defaults.
pub(crate) fn options<const N: usize>(options: [(&str, &str); N]) -> Vec<(String, String)> {
    options.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Reads a number from the environment. Panics if the value is not a number.
pub(crate) fn env_number<T: std::str::FromStr>(variable: &str) -> Option<T> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{variable} is not a number")))
}
