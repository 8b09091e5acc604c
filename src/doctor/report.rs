//! What was found, for people and for machines.

use serde::Serialize;

use super::texts::Texts;
use crate::language::Lang;

/// How it stands with one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// All is well.
    Ok,
    /// People can sign in, but somebody should look at it; or it could not be checked.
    Warning,
    /// People cannot sign in, or will not be able to.
    Error,
}

/// The things that are looked at, in the order of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Every variable.
    Configuration,
    /// Reachable, up to date, writable.
    Database,
    /// There, whole, and its owner's alone.
    SecretKey,
    /// This machine's against QQ's.
    Clock,
    /// The way to QQ.
    DnsAndTls,
    /// The app's id and key.
    App,
    /// Whether QQ sends people back to it.
    Callback,
    /// Who signs in, by `/oauth2.0/me`.
    Identity,
    /// Nickname and avatar, by `get_user_info`.
    Profile,
    /// A new token for a refresh token.
    Renewal,
    /// `PUBLIC_URL` against QQ's rules.
    PublicUrl,
    /// What would send mail.
    Mail,
}

impl Subject {
    /// All of them.
    pub const ALL: [Subject; 12] = [
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

    /// The name for machines; never changes.
    pub fn name(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::Database => "database",
            Self::SecretKey => "secret_key",
            Self::Clock => "clock",
            Self::DnsAndTls => "dns_and_tls",
            Self::App => "app",
            Self::Callback => "callback",
            Self::Identity => "identity",
            Self::Profile => "profile",
            Self::Renewal => "renewal",
            Self::PublicUrl => "public_url",
            Self::Mail => "mail",
        }
    }
}

/// What was found out about one thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Finding {
    pub(super) status: Status,
    pub(super) detail: String,
    pub(super) advice: Option<String>,
    pub(super) code: Option<i64>,
}

impl Finding {
    pub(super) fn good(detail: String) -> Finding {
        Finding { status: Status::Ok, detail, advice: None, code: None }
    }

    pub(super) fn warning(detail: String, advice: String) -> Finding {
        Finding { status: Status::Warning, ..Finding::bad(detail, advice) }
    }

    pub(super) fn bad(detail: String, advice: String) -> Finding {
        let advice = Some(advice).filter(|advice| !advice.is_empty());
        Finding { status: Status::Error, detail, advice, code: None }
    }

    /// Something that could not be looked at because something else is wrong, which is told there.
    pub(super) fn not_checked(texts: &Texts, because: &str) -> Finding {
        Finding { advice: None, ..Finding::warning((texts.not_checked)(because), String::new()) }
    }

    /// Something that need not be looked at.
    pub(super) fn not_needed(texts: &Texts, because: &str) -> Finding {
        Finding::good((texts.not_checked)(because))
    }

    pub(super) fn with_code(self, code: i64) -> Finding {
        Finding { code: Some(code), ..self }
    }

    pub(super) fn of(self, subject: Subject, lang: Lang) -> Check {
        let texts = lang.texts();
        Check {
            name: subject.name(),
            line: (texts.line)((texts.title)(subject), &self.detail),
            status: self.status,
            ok: self.status != Status::Error,
            detail: self.detail,
            advice: self.advice,
            code: self.code,
        }
    }
}

/// One thing that was looked at, and what was found.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What was looked at: the name for machines.
    pub name: &'static str,
    /// What was looked at and what was found, for people.
    #[serde(skip)]
    line: String,
    /// How it stands.
    pub status: Status,
    /// Whether people can sign in all the same.
    pub ok: bool,
    /// What was found.
    pub detail: String,
    /// What to do about it, if there is something to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// The number with which QQ said no, if it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
}

/// Everything that was looked at.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// Whether nothing is wrong. Warnings do not count.
    pub ok: bool,
    /// One entry for each thing, in the order of [`Subject::ALL`].
    pub checks: Vec<Check>,
}

impl Report {
    pub(super) fn of(checks: Vec<Check>) -> Report {
        Report { ok: checks.iter().all(|check| check.ok), checks }
    }

    /// The report for people: a line for each thing, and one more where something is to be done.
    pub fn to_text(&self) -> String {
        let lines = |check: &Check| {
            let mark = match check.status {
                Status::Ok => '✓',
                Status::Warning => '!',
                Status::Error => '✗',
            };
            let advice = check.advice.as_ref().map(|advice| format!("  → {advice}\n")).unwrap_or_default();
            format!("{mark} {}\n{advice}", check.line)
        };
        self.checks.iter().map(lines).collect()
    }

    /// The report for machines.
    pub fn to_json(&self) -> String {
        // Strings, numbers and booleans always fit.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }
}
