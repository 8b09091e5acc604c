//! What every request works with.

use std::path::PathBuf;
use std::sync::Arc;

use super::assets::Assets;
use super::rate_limits::RateLimits;
use crate::config::{Config, PublicUrl};
use crate::database::DatabaseHealth;
use crate::login::LoginService;
use crate::random::Random;
use crate::sessions::SqlSessionStore;

/// The site as one value, cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The steps of signing in.
    pub login: LoginService,
    /// Where sessions are kept.
    pub sessions: SqlSessionStore,
    /// Whether the database can be written.
    pub database_health: DatabaseHealth,
    /// What does not change while the program runs.
    pub facts: Arc<SiteInfo>,
}

/// What does not change while the program runs.
pub struct SiteInfo {
    /// The origin people see.
    pub public_url: PublicUrl,
    /// Whether the sandbox stands in for QQ.
    pub is_sandbox: bool,
    /// How long a session lives without being used, in seconds.
    pub session_idle_secs: i64,
    /// How long a session lives at most, in seconds.
    pub session_max_secs: i64,
    /// Whether QQ is asked for the unionid.
    pub asks_unionid: bool,
    /// What else QQ is asked for beside nickname and avatar, if anything.
    pub more_scope: Option<String>,
    /// The folder of static files.
    pub site_root: PathBuf,
    /// Who may ask how often; `None` if anybody may always.
    pub(super) rate_limits: Option<RateLimits>,
    /// How many proxies' `X-Forwarded-For` entries to believe.
    pub(super) trusted_proxies: usize,
    /// Where requests get their names from.
    pub(super) random: Random,
    /// The addresses of style sheet, script and WebAssembly.
    pub(super) assets: Assets,
    /// Where forms may lead besides this site, as a CSP source list: a form whose answer is "pass
    /// by QQ again" goes on to QQ, and browsers hold redirects of a form against the policy.
    pub(super) form_targets: String,
    /// How long before its end a permission is said to end soon, in seconds.
    pub(super) token_notice_secs: i64,
}

impl AppState {
    /// Puts the parts together, as the configuration says.
    pub fn new(
        config: &Config,
        login: LoginService,
        sessions: SqlSessionStore,
        database_health: DatabaseHealth,
        random: Random,
    ) -> AppState {
        let facts = SiteInfo {
            public_url: config.public_url.clone(),
            is_sandbox: config.sandbox.is_some(),
            session_idle_secs: config.session_idle_secs,
            session_max_secs: config.session_max_secs,
            asks_unionid: config.qq.request_unionid,
            more_scope: more_than_the_profile(&config.qq.scope),
            site_root: config.site_root.clone(),
            rate_limits: config.rate_limit.then(RateLimits::new),
            trusted_proxies: config.trusted_proxies,
            random,
            assets: Assets::find(&config.site_root),
            form_targets: config.qq.graph_url.origin().ascii_serialization(),
            token_notice_secs: config.token_notice_secs,
        };
        AppState { login, sessions, database_health, facts: Arc::new(facts) }
    }
}

/// The names of other calls in a scope.
fn more_than_the_profile(scope: &str) -> Option<String> {
    let more: Vec<&str> = scope.split(',').map(str::trim).filter(|call| *call != "get_user_info").collect();
    (!more.is_empty()).then(|| more.join(", "))
}
