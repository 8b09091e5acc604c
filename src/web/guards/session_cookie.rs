//! Removing the session cookie so that browsers do remove it.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::sessions;
use crate::web::site::Site;

/// Puts the cookie's attributes to its removal. tower-sessions leaves them out, and browsers
/// ignore a `__Host-` cookie, even an empty one, that is not `Secure`.
pub(in crate::web) async fn mend_cookie_removal(State(site): State<Site>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let public_url = &site.facts.public_url;
    let removes = |cookie: &HeaderValue| {
        let text = cookie.as_bytes();
        text.strip_prefix(sessions::cookie_name(public_url).as_bytes()).is_some_and(|rest| rest.starts_with(b"=;"))
    };
    if !response.headers().get_all(header::SET_COOKIE).iter().any(removes) {
        return response;
    }
    let kept: Vec<HeaderValue> =
        response.headers().get_all(header::SET_COOKIE).iter().filter(|cookie| !removes(cookie)).cloned().collect();
    let removal = HeaderValue::from_str(&sessions::removal_cookie(public_url)).ok();
    response.headers_mut().remove(header::SET_COOKIE);
    for cookie in kept.into_iter().chain(removal) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}
