//! The report, as text and as JSON.

use serde::Serialize;

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Ok,
    /// Users can sign in, but the operator should have a look, or the check could not run.
    Warning,
    /// Users cannot sign in, or will soon be unable to.
    Error,
}

/// The name of a check. The order of the variants is the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckName {
    Configuration,
    Database,
    SecretKey,
    Clock,
    /// Name resolution, connection and certificate.
    DnsAndTls,
    App,
    Callback,
    /// `/oauth2.0/me`.
    Identity,
    /// `get_user_info` and the avatar.
    Profile,
    /// Refreshing a token.
    Renewal,
    PublicUrl,
    Mail,
}

impl CheckName {
    /// All checks, in the order of the report.
    pub const ALL: [CheckName; 12] = [
        Self::Configuration,
        Self::Database,
        Self::SecretKey,
        Self::Clock,
        Self::DnsAndTls,
        Self::App,
        Self::Callback,
        Self::Identity,
        Self::Profile,
        Self::Renewal,
        Self::PublicUrl,
        Self::Mail,
    ];
}

/// One check and what it found.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    pub name: CheckName,
    /// Title and detail, for the text report.
    #[serde(skip)]
    pub(super) line: String,
    pub status: Status,
    /// False only for [`Status::Error`].
    pub ok: bool,
    /// What the check found.
    pub detail: String,
    /// How to fix it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// QQ's return code, if QQ rejected a request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
}

/// All checks.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether no check failed. Warnings do not count.
    pub ok: bool,
    /// One entry for each of [`CheckName::ALL`], in that order.
    pub checks: Vec<Check>,
}

impl Report {
    pub(super) fn new(checks: Vec<Check>) -> Report {
        Report { ok: checks.iter().all(|check| check.ok), checks }
    }

    /// Formats one line for each check, followed by a line of advice if there is any.
    pub fn to_text(&self) -> String {
        let lines = |check: &Check| {
            let symbol = match check.status {
                Status::Ok => '✓',
                Status::Warning => '!',
                Status::Error => '✗',
            };
            let advice = check.advice.as_ref().map(|advice| format!("  → {advice}\n")).unwrap_or_default();
            format!("{symbol} {}\n{advice}", check.line)
        };
        self.checks.iter().map(lines).collect()
    }

    pub fn to_json(&self) -> String {
        // Serializing strings, numbers and booleans cannot fail.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}
