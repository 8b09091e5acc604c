//! What the sandbox has to be told.

use std::fmt;
use std::sync::Arc;

/// Tells the time, in unix seconds. Tests hand in one that they can move.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The one app the sandbox knows, as it would stand on QQ's console.
#[derive(Clone)]
pub struct SandboxSettings {
    /// The appid, which OAuth calls the client id.
    pub app_id: String,
    /// The appkey, which OAuth calls the client secret.
    pub app_key: String,
    /// The registered callback addresses.
    pub callbacks: Vec<String>,
    /// How many seconds an access token lives.
    pub token_ttl_secs: u64,
}

impl SandboxSettings {
    /// An access token's life as a span on the clock.
    pub(super) fn token_ttl(&self) -> i64 {
        i64::try_from(self.token_ttl_secs).unwrap_or(i64::MAX)
    }
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
