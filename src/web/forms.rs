//! Browsers' plain form posts, handed to the server functions at the same addresses.

use std::sync::{Arc, Mutex, PoisonError};

use axum::RequestExt;
use axum::body::Body;
use axum::extract::{RawForm, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::provide_context;
use leptos_axum::handle_server_fns_with_context;

use super::notice;
use super::pages;
use super::preferences::field;
use super::visit::{Setting, Visit};
use crate::login::{FormProblems, TypedForm};

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
    match call(&visit.setting, Request::from_parts(parts, Body::from(typed))).await {
        Reply::NeedsMending(typed, problems) => pages::show_with_problems(visit, typed, problems).await,
        Reply::GoOn(way) => way,
        Reply::TooOften(wait_secs) => notice::too_many(visit.setting, wait_secs).await,
        Reply::Unavailable => notice::unavailable(visit.setting).await,
        Reply::Broken => notice::broken(visit.setting).await,
    }
}

/// `POST /register/auto`.
pub(super) async fn register_auto(setting: Setting, request: Request) -> Response {
    call_without_fields(setting, request).await
}

/// `POST /account/renew` and `POST /account/portrait`.
pub(super) async fn account(setting: Setting, request: Request) -> Response {
    call_without_fields(setting, request).await
}

/// `POST /logout`: ends the session and has the browser forget what it keeps of this site.
pub(super) async fn logout(setting: Setting, request: Request) -> Response {
    let mut response = call_without_fields(setting, request).await;
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    response
}

/// Whatever the form holds, these functions take nothing.
async fn call_without_fields(setting: Setting, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    match call(&setting, Request::from_parts(parts, Body::empty())).await {
        Reply::GoOn(way) => way,
        Reply::TooOften(wait_secs) => notice::too_many(setting, wait_secs).await,
        Reply::Unavailable => notice::unavailable(setting).await,
        Reply::NeedsMending(..) | Reply::Broken => notice::broken(setting).await,
    }
}

/// What a server function said to a form.
enum Reply {
    GoOn(Response),
    NeedsMending(TypedForm, FormProblems),
    /// The next request is welcome in so many seconds.
    TooOften(u64),
    Unavailable,
    Broken,
}

/// Where a server function leaves a form that needs mending, for the page that answers it.
#[derive(Clone, Default)]
pub(super) struct FormToMend(Arc<Mutex<Option<(TypedForm, FormProblems)>>>);

impl FormToMend {
    /// Gives the form back, with what is wrong with it.
    pub(super) fn give_back(&self, typed: TypedForm, problems: FormProblems) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((typed, problems));
    }

    fn take(&self) -> Option<(TypedForm, FormProblems)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Calls the server function at the request's address, as a script would: only then does Leptos
/// tell an error from a redirect.
async fn call(setting: &Setting, mut request: Request) -> Reply {
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let (site, to_mend) = (setting.site.clone(), FormToMend::default());
    let given = to_mend.clone();
    let context = move || {
        provide_context(site.clone());
        provide_context(given.clone());
    };
    let response = handle_server_fns_with_context(context, request).await.into_response();
    match response.status() {
        StatusCode::SERVICE_UNAVAILABLE => return Reply::Unavailable,
        StatusCode::TOO_MANY_REQUESTS => return Reply::TooOften(wait_secs(&response)),
        _ => {}
    }
    match (response.status().is_success(), to_mend.take()) {
        (true, Some((typed, problems))) => Reply::NeedsMending(typed, problems),
        (true, None) => way_on(&response).map_or(Reply::Broken, Reply::GoOn),
        _ => Reply::Broken,
    }
}

fn wait_secs(answer: &Response) -> u64 {
    let wait = answer.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
    wait.and_then(|secs| secs.parse().ok()).unwrap_or(1)
}

/// The redirect that a browser follows, with the cookies that go with it.
fn way_on(answer: &Response) -> Option<Response> {
    let path = answer.headers().get(header::LOCATION)?.to_str().ok()?;
    let mut response = ([(header::CACHE_CONTROL, "no-store")], Redirect::to(path)).into_response();
    for cookie in answer.headers().get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    Some(response)
}
