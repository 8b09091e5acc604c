//! The attributes that the site's own cookies share.

use std::borrow::Cow;

use axum_extra::extract::cookie::{Cookie, SameSite};
use time::Duration;

use crate::config::PublicUrl;

/// Builds a cookie for the whole site. With an empty value and no lifetime, it removes the cookie of that name.
pub(super) fn cookie(
    name: &'static str,
    value: impl Into<Cow<'static, str>>,
    lifetime: Duration,
    public_url: &PublicUrl,
) -> Cookie<'static> {
    Cookie::build((name, value))
        .path("/")
        .secure(public_url.is_https())
        .http_only(true)
        .same_site(SameSite::Lax)
        .max_age(lifetime)
        .build()
}
