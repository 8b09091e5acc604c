//! The state that all requests share.

#[cfg(debug_assertions)]
use std::net::SocketAddr;
use std::ops::Deref;
use std::sync::{Arc, Once};

use jiff::tz::TimeZone;

use super::assets::Assets;
use super::i18n::Messages;
use super::rate_limits::RateLimits;
use super::template::Templates;
use crate::config::{Config, PublicUrl, Registration, SiteIdentity};
use crate::database::Database;
use crate::login::LoginService;
use crate::mail::MailQueue;
use crate::random::Random;
use crate::sessions::SqlSessionStore;

/// The state of the site. Cloning it is cheap.
#[derive(Clone)]
pub struct AppState(Arc<AppStateInner>);

pub struct AppStateInner {
    pub(super) login: LoginService,
    pub(super) sessions: SqlSessionStore,
    pub(super) database: Database,
    /// `None` if mail is not configured: nothing that depends on it is shown.
    pub(super) mail: Option<MailQueue>,
    pub(super) rate_limits: RateLimits,
    pub(super) assets: Assets,
    pub(super) templates: Templates,
    pub(super) random: Random,
    pub(super) site: SiteInfo,
    /// Whether the log has said that a proxy replaces `Host`.
    pub(super) host_warning: Once,
}

/// What the configuration says about the site.
pub(super) struct SiteInfo {
    pub(super) identity: SiteIdentity,
    pub(super) public_url: PublicUrl,
    /// Whether the sandbox replaces QQ.
    pub(super) is_sandbox: bool,
    /// Where the sandbox listens, for the development bar.
    #[cfg(debug_assertions)]
    pub(super) sandbox_addr: Option<SocketAddr>,
    pub(super) session_idle_secs: i64,
    pub(super) session_max_secs: i64,
    /// Whether the site asks QQ for the unionid.
    pub(super) asks_unionid: bool,
    /// The scope besides `get_user_info`, if there is any.
    pub(super) extra_scope: Option<String>,
    /// How many entries of `X-Forwarded-For` and `X-Forwarded-Host` trusted proxies wrote.
    pub(super) trusted_proxies: usize,
    /// Other origins that a form may redirect to, as a CSP source list. No form redirects to QQ, but a token may end while
    /// the browser follows a form's redirect to the account page.
    pub(super) form_targets: String,
    /// How long before its end the account page announces that a token expires, in seconds.
    pub(super) token_notice_secs: i64,
    /// The zone of times on pages.
    pub(super) time_zone: TimeZone,
    /// Whether requests are measured.
    pub(super) is_measured: bool,
}

impl AppState {
    /// Combines the services with what the configuration says.
    pub fn new(
        config: &Config,
        login: LoginService,
        sessions: SqlSessionStore,
        database: Database,
        mail: Option<MailQueue>,
        random: Random,
    ) -> AppState {
        let site = SiteInfo {
            identity: config.site.clone(),
            public_url: config.public_url.clone(),
            is_sandbox: config.sandbox.is_some(),
            #[cfg(debug_assertions)]
            sandbox_addr: config.sandbox.as_ref().map(|sandbox| sandbox.addr),
            session_idle_secs: config.session_idle_secs,
            session_max_secs: config.session_max_secs,
            asks_unionid: config.qq.request_unionid,
            extra_scope: extra_scope(&config.qq.scope),
            trusted_proxies: config.trusted_proxies,
            form_targets: config.qq.graph_url.origin().ascii_serialization(),
            token_notice_secs: config.token_notice_secs,
            time_zone: config.time_zone.clone(),
            is_measured: config.metrics_addr.is_some() || config.traces_url.is_some(),
        };
        AppState(Arc::new(AppStateInner {
            login,
            sessions,
            database,
            mail,
            rate_limits: RateLimits::new(config.rate_limit),
            assets: Assets::find(config.site_root.as_deref()),
            templates: Templates::default(),
            random,
            site,
            host_warning: Once::new(),
        }))
    }
}

impl AppStateInner {
    /// Returns where to queue verification mails, or `None` if addresses are not verified by mail: trusted ones need not be.
    pub(super) fn verification_queue(&self) -> Option<&MailQueue> {
        self.mail.as_ref().filter(|_| !self.login.trusts_email())
    }

    /// Whether users who lost their QQ can link another one to their account by mail.
    pub(super) fn may_recover_accounts(&self) -> bool {
        self.mail.is_some()
    }

    /// Whether they follow a link on the login page to do so, since the QQ button leads new users to no choice.
    pub(super) fn has_recovery_link(&self) -> bool {
        self.may_recover_accounts() && self.login.registration() != Registration::Form
    }
}

impl SiteInfo {
    /// Returns the name that users see.
    pub(super) fn name(&self, messages: &'static Messages) -> &str {
        self.identity.name.as_deref().unwrap_or(messages.site_name)
    }
}

impl Deref for AppState {
    type Target = AppStateInner;

    fn deref(&self) -> &AppStateInner {
        &self.0
    }
}

fn extra_scope(scope: &str) -> Option<String> {
    let extra: Vec<&str> = scope.split(',').map(str::trim).filter(|name| *name != "get_user_info").collect();
    (!extra.is_empty()).then(|| extra.join(", "))
}
