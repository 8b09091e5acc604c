//! Invalid settings.

/// An invalid value. The message is one line and contains no secret.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{variable}: {problem}; {remedy}")]
pub struct ConfigError {
    pub variable: &'static str,
    /// What is wrong, as the end of a sentence that starts with the variable.
    pub problem: String,
    /// What to do, as an imperative.
    pub remedy: &'static str,
}

impl ConfigError {
    pub(super) fn new(variable: &'static str, problem: impl Into<String>, remedy: &'static str) -> ConfigError {
        ConfigError { variable, problem: problem.into(), remedy }
    }
}
