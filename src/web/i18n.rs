//! The texts of the site in every language.
//! [`Messages::of`] returns them.
//! It must not know which page shows a text, and texts must not reach the browser half: an island finds its texts in the page.

mod en;
mod zh_cn;

use jiff::civil::DateTime;

use super::time::RelativeTime;
use crate::language::Lang;
use crate::login::{LinkFailure, LoginFailure};
use crate::sessions::Device;
use crate::validation::{EmailError, UsernameError};

/// A problem: what happened, and what the user can do.
#[derive(Clone, Copy)]
pub(super) struct Message {
    pub(super) title: &'static str,
    pub(super) advice: &'static str,
}

/// The texts of a mail.
pub(super) struct MailText {
    pub(super) subject: String,
    pub(super) paragraphs: Vec<String>,
    /// The label of its link, if it has one.
    pub(super) action: &'static str,
    /// Why the recipient gets it, and what to do if it comes as a surprise.
    pub(super) footer: String,
}

/// The texts of one language. A language that lacks one does not compile.
pub(super) struct Messages {
    pub(super) site_name: &'static str,
    pub(super) skip_to_content: &'static str,
    pub(super) sandbox_note: &'static str,
    /// Separates two sentences, and a label from its value. `None`: nothing does (an empty text would become a space).
    pub(super) space: Option<&'static str>,
    pub(super) language_label: &'static str,
    pub(super) theme_label: &'static str,
    pub(super) theme_system: &'static str,
    pub(super) theme_light: &'static str,
    pub(super) theme_dark: &'static str,
    pub(super) error_prefix: &'static str,
    pub(super) back_to_home: &'static str,
    pub(super) try_again: &'static str,
    pub(super) contacting_qq: &'static str,
    pub(super) redirecting: &'static str,
    pub(super) continue_link: &'static str,

    // The end of the session, noticed by the page's script.
    pub(super) session_ended: Message,
    pub(super) session_sign_in: &'static str,

    // Times.
    pub(super) datetime: fn(datetime: DateTime, zone: &str) -> String,
    pub(super) relative_time: fn(RelativeTime) -> String,
    pub(super) beijing_time: &'static str,

    pub(super) home_title: &'static str,
    pub(super) home_heading: fn(site: &str) -> String,
    /// For search engines, too.
    pub(super) home_lead: &'static str,
    /// Pairs of a heading and a sentence.
    pub(super) home_features: &'static [(&'static str, &'static str); 3],
    /// The name follows.
    pub(super) home_greeting: &'static str,
    pub(super) home_signed_in: &'static str,
    pub(super) view_account: &'static str,

    pub(super) login_title: &'static str,
    pub(super) login_heading: fn(site: &str) -> String,
    pub(super) login_panel_title: &'static str,
    pub(super) login_points: [&'static str; 3],
    pub(super) login_wechat: Message,
    pub(super) login_qq: &'static str,
    pub(super) login_qq_busy: &'static str,
    pub(super) login_privacy: &'static str,
    pub(super) login_privacy_never: &'static str,
    pub(super) login_next: fn(path: &str) -> String,
    pub(super) login_failure: fn(LoginFailure) -> Message,

    pub(super) register_title: &'static str,
    pub(super) register_steps: [&'static str; 3],
    /// The nickname follows.
    pub(super) register_welcome: &'static str,
    pub(super) register_welcome_nameless: &'static str,
    pub(super) register_lead: &'static str,
    pub(super) register_auto_lead: &'static str,
    pub(super) register_auto_submit: &'static str,
    pub(super) register_form_title: &'static str,
    pub(super) register_form_lead: &'static str,
    pub(super) register_form_submit: &'static str,
    pub(super) register_submitting: &'static str,
    pub(super) form_errors_title: &'static str,
    pub(super) form_input_kept: &'static str,
    pub(super) username_label: &'static str,
    pub(super) username_hint: &'static str,
    pub(super) username_checking: &'static str,
    pub(super) username_available: &'static str,
    pub(super) username_error: fn(UsernameError) -> &'static str,
    pub(super) username_suggestions: &'static str,
    pub(super) email_label: &'static str,
    pub(super) email_hint: &'static str,
    pub(super) email_error: fn(EmailError) -> &'static str,

    pub(super) account_title: &'static str,
    pub(super) account_switched: Message,
    pub(super) account_nickname: &'static str,
    pub(super) account_nickname_missing: &'static str,
    pub(super) account_email_missing: &'static str,
    pub(super) account_profile_title: &'static str,
    pub(super) account_sessions_lead: &'static str,
    pub(super) account_sessions_manage: &'static str,
    pub(super) account_data_title: &'static str,
    pub(super) account_data_lead: &'static str,
    pub(super) account_export: &'static str,
    pub(super) email_verified: &'static str,
    pub(super) email_unverified: &'static str,
    pub(super) profile_refresh: &'static str,
    pub(super) profile_refreshed: &'static str,
    pub(super) profile_partial: &'static str,
    pub(super) profile_unreachable: &'static str,
    pub(super) profile_denied: &'static str,
    pub(super) qq_authorization_title: &'static str,
    pub(super) qq_authorization_active: &'static str,
    pub(super) qq_authorization_expiring: &'static str,
    pub(super) qq_authorization_expired: &'static str,
    pub(super) qq_authorization_issued: &'static str,
    pub(super) qq_authorization_expires: &'static str,
    /// "in 59 days" follows.
    pub(super) qq_authorization_ends: &'static str,
    pub(super) qq_authorization_left: &'static str,
    pub(super) qq_authorization_expiring_note: &'static str,
    pub(super) qq_authorization_renew: &'static str,
    pub(super) qq_authorization_renewed: &'static str,
    pub(super) qq_authorization_refresh_failed: Message,
    pub(super) qq_authorization_still_unusable: Message,
    pub(super) logout: &'static str,
    pub(super) logout_note: &'static str,

    pub(super) sessions_title: &'static str,
    pub(super) sessions_lead: &'static str,
    pub(super) sessions_ended: &'static str,
    pub(super) sessions_end_others: &'static str,
    pub(super) session_current: &'static str,
    /// The time follows.
    pub(super) session_started: &'static str,
    pub(super) session_last_active: &'static str,
    pub(super) session_end: &'static str,

    // Changing the username.
    pub(super) username_change_title: &'static str,
    pub(super) username_change_lead: &'static str,
    pub(super) username_change_submit: &'static str,
    pub(super) username_changing: &'static str,
    pub(super) username_changed: &'static str,
    pub(super) username_too_many_changes: Message,

    // Linked QQ accounts.
    pub(super) qq_accounts_title: &'static str,
    pub(super) qq_accounts_lead: &'static str,
    pub(super) qq_accounts_manage: &'static str,
    pub(super) qq_account_current: &'static str,
    /// The time follows.
    pub(super) qq_account_linked: &'static str,
    /// The time follows.
    pub(super) qq_account_last_used: &'static str,
    pub(super) qq_account_unlink: &'static str,
    pub(super) qq_account_in_use_hint: &'static str,
    pub(super) qq_account_only_one: &'static str,
    pub(super) qq_account_recovery: &'static str,
    pub(super) qq_account_add_title: &'static str,
    pub(super) qq_account_add_lead: &'static str,
    pub(super) qq_account_add_submit: &'static str,
    pub(super) qq_account_link_side: &'static str,
    pub(super) qq_account_link_submit: &'static str,
    pub(super) qq_account_linked_done: &'static str,
    pub(super) qq_account_unlinked_done: &'static str,
    pub(super) qq_link_failure: fn(LinkFailure) -> Message,
    pub(super) qq_account_linked_mail: fn(site: &str, username: &str) -> MailText,
    pub(super) qq_account_unlinked_mail: fn(site: &str, username: &str) -> MailText,

    // Export and deletion.
    pub(super) account_mismatch: Message,
    pub(super) confirm_identity: Message,
    pub(super) data_lead: &'static str,
    pub(super) data_download: &'static str,
    pub(super) delete_title: &'static str,
    pub(super) delete_lead: &'static str,
    pub(super) delete_consequences: &'static [&'static str],
    pub(super) delete_submit: &'static str,
    pub(super) delete_cancel: &'static str,
    pub(super) account_deleted: &'static str,

    // Email addresses.
    pub(super) emails_title: &'static str,
    pub(super) emails_lead: &'static str,
    pub(super) emails_lead_without_mail: &'static str,
    pub(super) emails_empty: &'static str,
    pub(super) emails_manage: &'static str,
    pub(super) emails_verify: &'static str,
    pub(super) email_primary: &'static str,
    pub(super) email_send: &'static str,
    pub(super) email_sent_recently: fn(wait_secs: u64) -> String,
    pub(super) email_make_primary: &'static str,
    pub(super) email_remove: &'static str,
    pub(super) email_add_title: &'static str,
    pub(super) email_add_submit: &'static str,
    pub(super) email_adding: &'static str,
    pub(super) email_add_exists: &'static str,
    pub(super) email_add_too_many: &'static str,
    pub(super) email_added: &'static str,
    pub(super) email_added_check_mail: Message,
    pub(super) email_removed: &'static str,
    pub(super) email_primary_changed: &'static str,
    pub(super) email_primary_unverified: Message,
    pub(super) email_verification_sent: Message,
    pub(super) email_now_verified: &'static str,

    // Pages of mailed links.
    pub(super) mail_link_unusable: Message,
    pub(super) verify_email_title: &'static str,
    pub(super) verify_email_lead: fn(username: &str) -> String,
    pub(super) verify_email_warning: &'static str,
    pub(super) verify_email_submit: &'static str,
    pub(super) verify_email_done: Message,
    pub(super) verify_email_taken: Message,
    pub(super) link_qq_title: &'static str,
    pub(super) link_qq_lead: &'static str,
    pub(super) link_qq_side: &'static str,
    pub(super) link_qq_account_side: &'static str,
    pub(super) link_qq_linked: &'static str,
    pub(super) link_qq_nameless: &'static str,
    pub(super) link_qq_others: &'static str,
    pub(super) link_qq_keep: &'static str,
    pub(super) link_qq_unlink: &'static str,
    pub(super) link_qq_unlink_hint: &'static str,
    pub(super) link_qq_submit: &'static str,
    pub(super) link_qq_submitting: &'static str,
    pub(super) link_qq_cancel: &'static str,
    pub(super) link_qq_done: &'static str,
    pub(super) link_qq_other_browser: Message,
    pub(super) link_qq_taken: Message,

    // An account that exists, at registration.
    pub(super) register_link_title: &'static str,
    pub(super) register_link_lead: &'static str,
    pub(super) register_link_email: &'static str,
    pub(super) register_link_submit: &'static str,
    pub(super) register_link_submitting: &'static str,
    pub(super) register_link_sent: Message,
    pub(super) login_lost_qq: Message,

    // The same where users with a new QQ are not asked: a link on the login page, and what it leads to.
    pub(super) login_recover: &'static str,
    pub(super) recover_title: &'static str,
    pub(super) recover_steps: [&'static str; 3],
    pub(super) recover_lead: &'static str,

    // Mails about email addresses. `site` is the site's name.
    pub(super) verify_email_mail: fn(site: &str, email: &str) -> MailText,
    pub(super) already_verified_mail: fn(site: &str, email: &str) -> MailText,
    pub(super) primary_email_mail: fn(site: &str, username: &str, email: &str) -> MailText,
    pub(super) link_qq_mail: fn(site: &str) -> MailText,
    pub(super) qq_linked_mail: fn(site: &str, username: &str, unlinks_others: bool) -> MailText,

    // Who runs the site.
    pub(super) operator_label: &'static str,
    pub(super) contact_label: &'static str,
    pub(super) icp_label: &'static str,
    pub(super) terms_title: &'static str,
    pub(super) privacy_operator_title: &'static str,
    // Browsers and the mail about a new one.
    pub(super) device: fn(&Device) -> String,
    pub(super) new_browser_mail: fn(site: &str, username: &str, device: &str, time: &str) -> MailText,

    pub(super) privacy_title: &'static str,
    pub(super) privacy_unionid: &'static str,
    pub(super) privacy_scope: fn(scope: &str) -> String,
    /// Pairs of a heading and a paragraph.
    pub(super) privacy_sections: &'static [(&'static str, &'static str)],
    pub(super) privacy_browsers: &'static str,
    pub(super) privacy_sessions: fn(idle_days: i64, max_days: i64) -> String,

    pub(super) not_found: Message,
    pub(super) forbidden: Message,
    pub(super) misdirected: Message,
    pub(super) bad_form: Message,
    pub(super) method_not_allowed: Message,
    /// The title and the advice.
    pub(super) rate_limited: fn(retry_after_secs: u64) -> (String, String),
    pub(super) internal_error: Message,
    pub(super) unavailable: Message,
    pub(super) request_id: fn(id: &str) -> String,
}

impl Messages {
    /// Returns the site's texts in a language.
    pub(super) fn of(lang: Lang) -> &'static Messages {
        match lang {
            Lang::ZhCn => &zh_cn::MESSAGES,
            Lang::En => &en::MESSAGES,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn english_counts_have_the_right_plural() {
        let messages = Messages::of(Lang::En);
        assert_eq!((messages.rate_limited)(1).1, "Please try again in 1 second.");
        assert_eq!((messages.rate_limited)(60).1, "Please try again in 60 seconds.");
        assert!((messages.privacy_sessions)(1, 30).starts_with("We sign you out after 1 day without a visit"));
    }
}
