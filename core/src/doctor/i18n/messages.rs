//! The texts that every language has. A language that lacks one does not compile.

use crate::config::ConfigError;
use crate::doctor::finding::Finding;
use crate::doctor::report::{CheckName, Status};
use crate::qq::{AvatarError, LocalizedText, QqError};

/// What was found and how to fix it, with placeholders `{0}`, `{1}`.
#[derive(Clone, Copy)]
pub struct Message {
    pub detail: &'static str,
    pub advice: &'static str,
}

pub(super) const fn message(detail: &'static str, advice: &'static str) -> Message {
    Message { detail, advice }
}

impl Message {
    /// A passed check needs no advice.
    pub fn ok(self, arguments: &[&str]) -> Finding {
        Message { advice: "", ..self }.with_status(Status::Ok, arguments)
    }

    pub fn warning(self, arguments: &[&str]) -> Finding {
        self.with_status(Status::Warning, arguments)
    }

    pub fn error(self, arguments: &[&str]) -> Finding {
        self.with_status(Status::Error, arguments)
    }

    pub fn with_status(self, status: Status, arguments: &[&str]) -> Finding {
        let fill = |template: &str| {
            let numbered = arguments.iter().enumerate();
            numbered.fold(template.to_owned(), |text, (n, argument)| text.replace(&format!("{{{n}}}"), argument))
        };
        Finding::new(status, fill(self.detail), fill(self.advice))
    }
}

/// The texts of one language. Each comment names the placeholders `{0}`, `{1}` of the texts below it.
pub struct Messages {
    pub title: fn(CheckName) -> &'static str,
    pub colon: &'static str,
    pub semicolon: &'static str,
    /// What separates two sentences.
    pub space: &'static str,
    pub choose: fn(LocalizedText) -> String,

    // none
    pub skipped_configuration_invalid: Message,
    pub skipped_unreachable: Message,
    pub skipped_callback_rejected: Message,
    pub skipped_sign_in_failed: Message,
    pub skipped_needs_user: Message,
    // URL of the sandbox
    pub skipped_sandbox_not_running: Message,

    // origin, callback
    pub configuration_ok: Message,
    /// Returns detail and advice.
    pub configuration_error: fn(&ConfigError) -> (String, String),
    // error
    pub startup_error: Message,

    // file
    pub file_not_created_yet: Message,
    // file, error
    pub file_not_creatable: Message,

    // path or URL without secrets
    pub database_ok: Message,
    pub database_newer: Message,
    pub database_damaged: Message,
    pub database_timeout: Message,
    pub database_login_rejected: Message,
    pub database_not_found: Message,
    pub database_pooler: Message,
    pub database_not_a_database: Message,
    pub database_locked: Message,
    // path or URL without secrets, number of migrations
    pub database_pending: Message,
    // path or URL without secrets, table
    pub database_foreign: Message,
    // path or URL without secrets, error
    pub database_unreachable: Message,
    pub database_read_only: Message,
    pub database_full: Message,
    pub database_other: Message,
    // settings with their values, statements that change them
    pub database_settings: Message,
    // settings
    pub database_not_durable: Message,
    // number of connections that are allowed, number that the site uses
    pub database_few_connections: Message,
    // version
    pub database_old_version: Message,
    // encoding
    pub database_encoding: Message,

    // none
    pub key_in_variable: Message,
    // file
    pub key_private: Message,
    pub key_readable_by_others: Message,
    pub key_invalid: Message,
    // error
    pub key_unreadable: Message,

    // seconds
    pub clock_skew: Message,
    // none
    pub clock_no_date: Message,

    // URL of QQ
    pub network_ok: Message,
    pub network_timeout: Message,
    // URL of QQ, error
    pub network_unknown_host: Message,
    pub network_refused: Message,
    pub network_certificate: Message,
    pub network_interrupted: Message,
    pub network_other: Message,
    // variable; only advice
    pub network_proxy: Message,

    // code, meaning or QQ's own description
    pub qq_code: Message,
    pub qq_code_undocumented: Message,
    /// Returns detail and advice for a failure without a return code.
    pub qq_error: fn(&QqError) -> (String, &'static str),
    // first error
    pub second_attempt: Message,
    // rejection
    pub fresh_token_rejected: Message,
    // URL of QQ
    pub not_qq: Message,

    // none
    pub app_dummy_code_rejected: Message,
    pub app_token_issued: Message,

    // callback
    pub callback_accepted: Message,
    pub callback_no_redirect: Message,
    pub callback_unknown_redirect: Message,
    pub callback_state_lost: Message,
    pub callback_cancelled: Message,

    // none
    pub sign_in_step_ok: Message,
    pub identity_dummy_token_rejected: Message,
    pub profile_partial: Message,
    pub profile_no_avatar: Message,
    // reason
    pub profile_avatar_failed: Message,
    pub avatar_error: fn(&AvatarError) -> String,
    // error
    pub profile_error: Message,
    // none
    pub refresh_no_token: Message,

    // origin
    pub public_url_ok: Message,
    pub public_url_sandbox_only: Message,
    pub public_url_not_a_domain: Message,
    pub public_url_has_port: Message,
    pub public_url_http: Message,
    // none
    pub mail_unused: Message,
    pub mail_sandbox: Message,
    // host, sender
    pub mail_ok: Message,
    // host, reason
    pub mail_login_rejected: Message,
    pub mail_tls: Message,
    pub mail_unreachable: Message,
}
