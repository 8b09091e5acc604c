//! The sandbox's configuration.

use std::sync::Arc;

/// Returns the current time in unix seconds.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// The one app that the sandbox knows, as registered on QQ's console. Without `Debug`, so that the App Key
/// cannot be logged.
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
