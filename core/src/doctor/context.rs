//! What the checks share.

use super::finding::Finding;
use super::i18n::Messages;
use super::report::Status;
use crate::clock::Clock;
use crate::config::Config;
use crate::qq::{Client, ErrorClass, QqError, meaning};

/// The user did not consent to the call (公共返回码说明).
const CONSENT_MISSING: i64 = 100_030;

pub(super) struct Context<'a> {
    pub(super) config: &'a Config,
    pub(super) client: &'a Client,
    pub(super) clock: &'a Clock,
    pub(super) messages: &'static Messages,
    /// Whether a sandbox on this machine replaces QQ. Plain http is accepted for nothing else.
    pub(super) is_sandbox: bool,
}

impl Context<'_> {
    /// The base URL of QQ's API, without a slash at the end.
    pub(super) fn qq_url(&self) -> &str {
        self.config.qq.graph_url.as_str().trim_end_matches('/')
    }

    /// Explains a failed call to QQ.
    pub(super) fn qq_error(&self, error: &QqError) -> Finding {
        if let QqError::Api(error) = error {
            return self.qq_code(error.code, &error.description);
        }
        let (detail, advice) = (self.messages.qq_error)(error);
        Finding::new(Status::Error, detail, advice.to_owned())
    }

    /// Explains why QQ rejected a code or token that it had just issued. Signing in again would not
    /// help, except if the user's consent is missing.
    pub(super) fn fresh_token_error(&self, error: &QqError) -> Finding {
        let finding = self.qq_error(error);
        match finding.code {
            Some(code) if code != CONSENT_MISSING && error.class() == ErrorClass::ReauthRequired => {
                Finding { code: Some(code), ..self.messages.fresh_token_rejected.error(&[&finding.detail]) }
            }
            _ => finding,
        }
    }

    /// Explains a return code. `description` is QQ's own.
    pub(super) fn qq_code(&self, code: i64, description: &str) -> Finding {
        let choose = self.messages.choose;
        let finding = match meaning(code) {
            Some(meaning) => self.messages.qq_code.error(&[&code.to_string(), &choose(meaning)]),
            None => self.messages.qq_code_undocumented.error(&[&code.to_string(), &format!("{description:?}")]),
        };
        Finding { code: Some(code), advice: Some(choose(self.client.advice(code))), ..finding }
    }
}
