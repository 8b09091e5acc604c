//! Everything the pages say, in each language.
//!
//! A text is a field of [`Messages`], so a language that lacks one does not compile. Messages stay on
//! the server; what an island may have to say stands in the page for it to pick.

mod en;
mod zh_cn;

use crate::login::LoginFailure;
use crate::validation::{EmailError, UsernameError};

/// A language of the pages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lang {
    /// Simplified Chinese, the default.
    ZhCn,
    /// English.
    En,
}

impl Lang {
    /// Every language, in the order in which they are offered.
    pub const ALL: [Lang; 2] = [Lang::ZhCn, Lang::En];

    /// The language's tag (BCP 47).
    pub fn tag(self) -> &'static str {
        match self {
            Lang::ZhCn => "zh-CN",
            Lang::En => "en",
        }
    }

    /// The language's name in itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Lang::ZhCn => "中文",
            Lang::En => "English",
        }
    }

    /// Finds the language for a tag that we wrote ourselves, in a form or a cookie.
    pub fn from_tag(tag: &str) -> Option<Lang> {
        Self::ALL.into_iter().find(|lang| lang.tag() == tag)
    }

    /// Chooses by the browser's `Accept-Language` (RFC 9110 section 12.5.4).
    pub fn negotiate(accept_language: &str) -> Lang {
        let mut best: Option<(f32, Lang)> = None;
        for range in accept_language.split(',') {
            let (tag, weight) = range.split_once(';').map_or((range, 1.0), |(tag, weight)| (tag, quality(weight)));
            let primary = tag.trim().split('-').next().unwrap_or_default().to_ascii_lowercase();
            let lang = match primary.as_str() {
                "zh" => Lang::ZhCn,
                "en" => Lang::En,
                _ => continue,
            };
            if weight > best.map_or(0.0, |(weight, _)| weight) {
                best = Some((weight, lang));
            }
        }
        best.map_or(Lang::ZhCn, |(_, lang)| lang)
    }

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

/// The number in ` q=0.9`: spaces may stand around it (RFC 9110 section 12.4.2). What is none counts
/// as not wanted.
fn quality(weight: &str) -> f32 {
    let number = weight.trim().strip_prefix(['q', 'Q']).and_then(|rest| rest.strip_prefix('='));
    number.and_then(|number| number.parse().ok()).filter(|quality| (0.0..=1.0).contains(quality)).unwrap_or(0.0)
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
    fn the_browser_chooses_the_language() {
        for (accept_language, lang) in [
            ("", Lang::ZhCn),
            ("fr", Lang::ZhCn),
            ("*", Lang::ZhCn),
            ("en", Lang::En),
            ("en-US,en;q=0.9", Lang::En),
            ("zh-TW,en;q=0.8", Lang::ZhCn),
            ("fr, en;q=0.3, zh;q=0.9", Lang::ZhCn),
            ("EN-gb;q=0.9,zh;q=0.1", Lang::En),
            ("en;q=0, zh;q=0.1", Lang::ZhCn),
            ("en;q=x", Lang::ZhCn),
            ("en; q=0.9", Lang::En),
            ("zh;q=0.5 , en ;\tQ=0.8", Lang::En),
            ("en; q=0", Lang::ZhCn),
            ("en;q=9, zh;q=0.1", Lang::ZhCn),
            ("en;q=NaN, zh;q=0.1", Lang::ZhCn),
        ] {
            assert_eq!(Lang::negotiate(accept_language), lang, "{accept_language:?}");
        }
    }

    #[test]
    fn moments_are_told_in_utc() {
        assert_eq!(Lang::En.moment(0), "1 January 1970, 00:00 UTC");
        assert_eq!(Lang::ZhCn.moment(1_800_000_000), "2027年1月15日 08:00（UTC）");
        assert_eq!(Lang::En.moment(i64::MAX), "");
    }
}
