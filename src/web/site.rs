//! What every request works with.

use std::path::PathBuf;
use std::sync::Arc;

use super::assets::Assets;
use super::guards::RateLimits;
use crate::config::{Config, PublicUrl};
use crate::login::Login;
use crate::sessions::Store;

/// The site as one value, cheap to clone.
#[derive(Clone)]
pub struct Site {
    /// The steps of signing in.
    pub login: Login,
    /// Where sessions are kept.
    pub sessions: Store,
    /// What does not change while the program runs.
    pub facts: Arc<Facts>,
}

/// What does not change while the program runs.
pub struct Facts {
    /// The origin people see.
    pub public_url: PublicUrl,
    /// Whether the sandbox stands in for QQ.
    pub is_sandbox: bool,
    /// How long a session lives at most, in seconds.
    pub session_max_secs: i64,
    /// The folder of static files.
    pub site_root: PathBuf,
    /// Who may ask how often; `None` if anybody may always.
    pub(super) rate_limits: Option<RateLimits>,
    /// The addresses of style sheet, script and WebAssembly.
    pub(super) assets: Assets,
    /// From where avatars may be loaded, as a CSP source list.
    pub(super) avatar_sources: String,
}

impl Site {
    /// Puts the parts together, as the configuration says.
    pub fn new(config: &Config, login: Login, sessions: Store) -> Site {
        let graph = &config.qq.graph_url;
        // QQ's avatars are on hosts of qlogo.cn and qq.com; a stand-in on this machine serves its own.
        let avatar_sources = match graph.scheme() {
            "http" => format!("https://*.qlogo.cn https://*.qq.com {}", graph.origin().ascii_serialization()),
            _ => "https://*.qlogo.cn https://*.qq.com".to_owned(),
        };
        let facts = Facts {
            public_url: config.public_url.clone(),
            is_sandbox: config.sandbox.is_some(),
            session_max_secs: config.session_max_secs,
            site_root: config.site_root.clone(),
            rate_limits: config.rate_limit.then(|| RateLimits::new(config.trusted_proxies)),
            assets: Assets::find(&config.site_root),
            avatar_sources,
        };
        Site { login, sessions, facts: Arc::new(facts) }
    }
}
