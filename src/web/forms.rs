//! Browsers' plain form posts, handed to the server functions at the same addresses.

use axum::RequestExt;
use axum::body::Body;
use axum::extract::{RawForm, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use leptos::prelude::provide_context;
use leptos_axum::handle_server_fns_with_context;

use super::notice;
use super::pages::{self, FormReply};
use super::preferences::field;
use super::visit::{Setting, Visit};
use crate::sessions;

/// `POST /register`: a form that needs mending is answered with the page itself, so that what was
/// typed is neither lost nor put into an address.
pub(super) async fn register(visit: Visit, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let sent = Request::from_parts(parts.clone(), body);
    let Ok(RawForm(form)) = sent.extract::<RawForm, _>().await else { return notice::bad_form(visit.setting).await };
    // Browsers send each field once. Anything else is read as far as it can be, and judged as typed.
    let typed = form_urlencoded::Serializer::new(String::new())
        .append_pair("username", &field(&form, "username").unwrap_or_default())
        .append_pair("email", &field(&form, "email").unwrap_or_default())
        .finish();
    let reply = FormReply::default();
    let response = call(&visit.setting, reply.clone(), Request::from_parts(parts, Body::from(typed))).await;
    match reply.take() {
        Some((typed, problems)) => pages::show_with_problems(visit, typed, problems).await,
        None => finish(visit.setting, response).await,
    }
}

/// `POST /register/auto`.
pub(super) async fn register_auto(setting: Setting, request: Request) -> Response {
    let response = call_without_fields(&setting, request).await;
    finish(setting, response).await
}

/// `POST /logout`: ends the session and has the browser forget what it keeps of this site.
pub(super) async fn logout(setting: Setting, request: Request) -> Response {
    let removal = sessions::removal_cookie(&setting.site.facts.public_url);
    let response = call_without_fields(&setting, request).await;
    let mut response = finish(setting, response).await;
    let headers = response.headers_mut();
    if let Ok(removal) = HeaderValue::from_str(&removal) {
        headers.append(header::SET_COOKIE, removal);
    }
    headers.insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    response
}

/// Whatever the form holds, these functions take nothing.
async fn call_without_fields(setting: &Setting, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    call(setting, FormReply::default(), Request::from_parts(parts, Body::empty())).await
}

/// Calls the server function as for a browser without scripts: such a call is answered with a
/// redirect, and one without a redirect of its own would go back to `Referer`.
async fn call(setting: &Setting, reply: FormReply, mut request: Request) -> Response {
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("text/html"));
    request.headers_mut().remove(header::REFERER);
    let site = setting.site.clone();
    let context = move || {
        provide_context(site.clone());
        provide_context(reply.clone());
    };
    handle_server_fns_with_context(context, request).await.into_response()
}

/// Passes the redirect on. Without one, something of ours broke.
async fn finish(setting: Setting, mut response: Response) -> Response {
    if response.status() != StatusCode::FOUND {
        return notice::broken(setting).await;
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
