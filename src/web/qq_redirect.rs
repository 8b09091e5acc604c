//! Automatic redirects to QQ, at most one per minute.
//!
//! A token may be unusable as soon as the user is back: its lifetime is shorter than the trip, or QQ rejects it. Without
//! a limit, the browser would go in circles. A cookie holds the time of the last automatic redirect. A forged one only
//! affects its own browser.

use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use time::Duration;

use super::cookies::cookie;
use super::request::RequestInfo;
use crate::config::PublicUrl;

const INTERVAL_SECS: i64 = 60;

/// Redirects to `path`, which leads to QQ. Returns `None` if the browser was redirected to QQ less than a minute ago.
/// Links and forms that the user chooses to follow are not counted.
pub(super) fn redirect_once_a_minute(request: &RequestInfo, path: &str) -> Option<Response> {
    let (public_url, now) = (&request.state.site.public_url, request.state.login.now());
    let name = cookie_name(public_url);
    if request.cookies.get(name).is_some_and(|cookie| is_recent(cookie.value(), now)) {
        return None;
    }
    let cookie = cookie(name, now.to_string(), Duration::seconds(INTERVAL_SECS), public_url);
    Some((CookieJar::new().add(cookie), Redirect::to(path)).into_response())
}

fn cookie_name(public_url: &PublicUrl) -> &'static str {
    if public_url.is_https() { "__Host-sent-to-qq" } else { "sent-to-qq" }
}

/// The clock of another server may be ahead.
fn is_recent(redirected_at: &str, now: i64) -> bool {
    redirected_at.parse::<i64>().is_ok_and(|redirected_at| now.abs_diff(redirected_at) < INTERVAL_SECS.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_means_less_than_a_minute_before_or_after() {
        for (redirected_at, is_recent_at_1000) in [
            ("1000", true),
            ("941", true),
            ("940", false),
            ("1059", true),
            ("1060", false),
            ("", false),
            ("x", false),
            ("-9223372036854775808", false),
            ("9223372036854775808", false),
        ] {
            assert_eq!(is_recent(redirected_at, 1000), is_recent_at_1000, "{redirected_at}");
        }
    }
}
