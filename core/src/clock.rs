//! The current time, passed in as a function so that tests can set it.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Returns the current time in seconds since 1970-01-01 UTC.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How far the clocks of two servers may differ. Times that are further in the future are from before the clock was set
/// back.
pub const MAX_SKEW_SECS: i64 = 60;

/// The operating system's clock.
pub fn system() -> Clock {
    Arc::new(|| {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since_epoch.as_secs()).unwrap_or(i64::MAX)
    })
}
