//! What every question of the doctor needs.

use super::report::Finding;
use super::texts::Texts;
use crate::clock::Clock;
use crate::config::Config;
use crate::language::Lang;
use crate::qq::{Client, ErrorClass, QqError, meaning};

/// The person did not allow the call, or did not with this scope (公共返回码说明).
const API_NOT_ALLOWED: i64 = 100_030;

/// One visit: whom it is about, and in which language to speak.
pub(super) struct Consultation<'a> {
    pub(super) config: &'a Config,
    pub(super) client: &'a Client,
    pub(super) clock: &'a Clock,
    pub(super) lang: Lang,
    /// Whether a sandbox on this machine stands in for QQ: plain http goes nowhere else.
    pub(super) is_stand_in: bool,
}

impl Consultation<'_> {
    pub(super) fn texts(&self) -> &'static Texts {
        self.lang.texts()
    }

    /// QQ's address, as people write it.
    pub(super) fn qq_address(&self) -> &str {
        self.config.qq.graph_url.as_str().trim_end_matches('/')
    }

    /// What to say of an error with which no sign-in comes about.
    pub(super) fn error(&self, error: &QqError) -> Finding {
        match error {
            QqError::Api(refusal) => self.refusal(refusal.code, &refusal.description),
            other => {
                let (detail, advice) = (self.texts().trouble)(other);
                Finding::bad(detail, advice)
            }
        }
    }

    /// What to say of an error about a code or token that QQ had given a moment ago: signing in
    /// again would not mend it. Consent to a call (100030) is another matter.
    pub(super) fn error_about_fresh(&self, error: &QqError) -> Finding {
        let finding = self.error(error);
        match finding.code {
            Some(code) if code != API_NOT_ALLOWED && error.class() == ErrorClass::ReauthRequired => {
                self.texts().fresh_refused.bad("", &finding.detail).with_code(code)
            }
            _ => finding,
        }
    }

    /// What to say of a code of QQ's; `words` are QQ's own.
    pub(super) fn refusal(&self, code: i64, words: &str) -> Finding {
        let detail = match meaning(code) {
            Some(meaning) => (self.texts().refused)(code, &self.lang.pick(meaning)),
            None => (self.texts().refused_unknown)(code, words),
        };
        Finding::bad(detail, self.lang.pick(self.client.advice(code))).with_code(code)
    }
}
