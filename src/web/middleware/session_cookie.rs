//! The session cookie, which nobody takes away but who ends the session.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::sessions;
use crate::web::state::AppState;

/// Leaves out the removals that tower-sessions adds of its own accord, for a cookie whose session it
/// does not find: such an answer may come after the one that brought the next cookie (two tabs, a
/// question asked while the form was sent), and would take that away. A dead cookie does no harm.
/// What ends a session removes the cookie itself ([`sessions::removal_cookie`]).
pub(in crate::web) async fn keep_session_cookie(
    State(site): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let public_url = &site.facts.public_url;
    let ours = sessions::removal_cookie(public_url);
    let is_of_its_own_accord = |cookie: &HeaderValue| {
        let value = cookie.as_bytes().strip_prefix(sessions::cookie_name(public_url).as_bytes());
        value.is_some_and(|value| value.starts_with(b"=;")) && cookie.as_bytes() != ours.as_bytes()
    };
    let cookies: Vec<HeaderValue> = response.headers().get_all(header::SET_COOKIE).iter().cloned().collect();
    if cookies.iter().any(is_of_its_own_accord) {
        response.headers_mut().remove(header::SET_COOKIE);
        for cookie in cookies.into_iter().filter(|cookie| !is_of_its_own_accord(cookie)) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}
