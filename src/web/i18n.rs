//! Everything the pages say, in each language.
//!
//! A text is a field of [`Messages`], so a language that lacks one does not compile. Messages stay on
//! the server; what an island may have to say stands in the page for it to pick.

mod en;
mod zh_cn;

use crate::language::Lang;
use crate::login::LoginFailure;
use crate::validation::{EmailError, UsernameError};

impl Lang {
    /// What the pages say in this language.
    pub fn messages(self) -> &'static Messages {
        match self {
            Lang::ZhCn => &zh_cn::MESSAGES,
            Lang::En => &en::MESSAGES,
        }
    }

    /// A moment (seconds since 1970) for people to read, in UTC.
    pub fn moment(self, seconds: i64) -> String {
        let Ok(moment) = time::OffsetDateTime::from_unix_timestamp(seconds) else { return String::new() };
        let (year, month, day) = (moment.year(), u8::from(moment.month()), moment.day());
        let (hour, minute) = (moment.hour(), moment.minute());
        match self {
            Lang::ZhCn => format!("{year}年{month}月{day}日 {hour:02}:{minute:02}（UTC）"),
            Lang::En => format!("{day} {} {year}, {hour:02}:{minute:02} UTC", moment.month()),
        }
    }
}

/// What to say about something that went wrong: what happened, and what to do.
#[derive(Clone, Copy)]
pub struct Message {
    pub title: &'static str,
    pub advice: &'static str,
}

/// The messages of one language.
pub struct Messages {
    pub site_name: &'static str,
    pub skip_to_content: &'static str,
    pub language: &'static str,
    pub theme: &'static str,
    pub theme_system: &'static str,
    pub theme_light: &'static str,
    pub theme_dark: &'static str,
    pub sandbox_note: &'static str,
    pub error_prefix: &'static str,

    pub home_title: &'static str,
    pub home_lead: &'static str,
    pub home_greeting: fn(name: &str) -> String,
    pub home_signed_in: &'static str,
    pub to_account: &'static str,
    pub to_home: &'static str,

    pub login_title: &'static str,
    pub login_qq: &'static str,
    pub login_qq_busy: &'static str,
    pub login_privacy: &'static str,
    pub login_next: fn(path: &str) -> String,
    pub login_again: &'static str,

    pub register_title: &'static str,
    pub register_welcome: fn(nickname: &str) -> String,
    pub register_welcome_nameless: &'static str,
    pub register_lead: &'static str,
    pub auto_title: &'static str,
    pub auto_lead: &'static str,
    pub auto_submit: &'static str,
    pub form_title: &'static str,
    pub form_lead: &'static str,
    pub form_submit: &'static str,
    pub form_busy: &'static str,
    pub form_problem: &'static str,
    pub form_kept: &'static str,
    pub username: &'static str,
    pub username_hint: &'static str,
    pub username_checking: &'static str,
    pub username_available: &'static str,
    pub email: &'static str,
    pub email_hint: &'static str,

    pub account_title: &'static str,
    pub account_username: &'static str,
    pub account_nickname: &'static str,
    pub account_no_nickname: &'static str,
    pub account_email: &'static str,
    pub account_no_email: &'static str,
    pub account_email_verified: &'static str,
    pub account_email_unverified: &'static str,
    pub account_token: &'static str,
    pub account_token_obtained: &'static str,
    pub account_token_expires: &'static str,
    pub account_token_stale: Message,
    pub permission_state: &'static str,
    pub permission_good: &'static str,
    pub permission_ending: &'static str,
    pub permission_ended: &'static str,
    pub permission_ends_soon: &'static str,
    pub permission_renew: &'static str,
    pub permission_renewed: &'static str,
    pub portrait_update: &'static str,
    pub portrait_updated: &'static str,
    pub portrait_partly: &'static str,
    pub portrait_unavailable: &'static str,
    pub portrait_refused: &'static str,
    pub asking_qq: &'static str,
    pub try_again: &'static str,
    pub somebody_else: Message,
    pub logout: &'static str,
    pub logout_note: &'static str,
    pub account_more: &'static str,
    pub account_export: &'static str,
    pub sessions_title: &'static str,
    pub sessions_lead: &'static str,
    pub sessions_this: &'static str,
    pub sessions_began: &'static str,
    pub sessions_seen: &'static str,
    pub sessions_end: &'static str,
    pub sessions_end_others: &'static str,
    pub sessions_ended: &'static str,
    pub delete_title: &'static str,
    pub delete_lead: &'static str,
    pub delete_means: &'static [&'static str],
    pub delete_submit: &'static str,
    pub delete_back: &'static str,
    pub deleted: &'static str,

    pub privacy_title: &'static str,
    pub privacy_unionid: &'static str,
    pub privacy_scope: fn(calls: &str) -> String,
    /// What is kept, heading by heading.
    pub privacy: &'static [(&'static str, &'static str)],
    pub privacy_sessions: fn(idle_days: i64, max_days: i64) -> String,

    pub not_found: Message,
    pub forbidden: Message,
    pub misdirected: Message,
    pub bad_form: Message,
    pub wrong_method: Message,
    pub too_many: fn(seconds: u64) -> (String, String),
    pub broken: Message,
    pub unavailable: Message,
    pub request_id: fn(id: &str) -> String,
    failure: fn(LoginFailure) -> Message,
    username_problem: fn(UsernameError) -> &'static str,
    email_problem: fn(EmailError) -> &'static str,
}

impl Messages {
    /// What to say of a sign-in that failed.
    pub fn failure(&self, failure: LoginFailure) -> Message {
        (self.failure)(failure)
    }

    /// What to say of a user name.
    pub fn username_problem(&self, problem: UsernameError) -> &'static str {
        (self.username_problem)(problem)
    }

    /// What to say of an e-mail address.
    pub fn email_problem(&self, problem: EmailError) -> &'static str {
        (self.email_problem)(problem)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_told_in_utc() {
        assert_eq!(Lang::En.moment(0), "1 January 1970, 00:00 UTC");
        assert_eq!(Lang::ZhCn.moment(1_800_000_000), "2027年1月15日 08:00（UTC）");
        assert_eq!(Lang::En.moment(i64::MAX), "");
    }
}
