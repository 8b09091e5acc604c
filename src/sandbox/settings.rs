//! The sandbox's configuration.

use std::fmt;
use std::sync::Arc;

/// Returns the current time in unix seconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The one app that the sandbox knows, as registered on QQ's console.
#[derive(Clone)]
pub struct SandboxSettings {
    /// App ID (OAuth: client ID).
    pub app_id: String,
    /// App Key (OAuth: client secret).
    pub app_key: String,
    /// Registered callback URLs.
    pub callbacks: Vec<String>,
    /// Access token lifetime in seconds.
    pub token_ttl_secs: u64,
}

impl fmt::Debug for SandboxSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SandboxSettings")
            .field("app_id", &self.app_id)
            .field("app_key", &"[redacted]")
            .field("callbacks", &self.callbacks)
            .field("token_ttl_secs", &self.token_ttl_secs)
            .finish()
    }
}
