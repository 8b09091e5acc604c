//! What a test says of a site, and what whoever runs the tests says of the tests.

/// Settings that differ from the defaults.
pub(crate) fn options<const N: usize>(options: [(&str, &str); N]) -> Vec<(String, String)> {
    options.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// A number that the environment gives. One that cannot be read is no reason to go on with another.
pub(crate) fn number<T: std::str::FromStr>(variable: &str) -> Option<T> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{variable} is no such number")))
}
