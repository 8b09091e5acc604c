//! Browsers' plain form posts, handed to the server functions at the same addresses.

use std::sync::{Arc, Mutex, PoisonError};

use axum::RequestExt;
use axum::body::Body;
use axum::extract::rejection::RawFormRejection;
use axum::extract::{FromRequestParts, RawForm, Request};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use leptos::prelude::provide_context;
use leptos_axum::handle_server_fns_with_context;

use super::api::wait_secs;
use super::error_page::{self, TemporaryError};
use super::pages;
use super::preferences::field;
use super::request::{PageRequest, RequestInfo};
use super::state::AppState;
use crate::login::{FormErrors, RegistrationForm};

/// `POST /register`: a form that needs mending is answered with the page itself, so that what was
/// typed is neither lost nor put into an address.
pub(super) async fn register(visit: PageRequest, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let typed = match typed(Request::from_parts(parts.clone(), body)).await {
        Ok(typed) => typed,
        Err(status) => return error_page::bad_form(visit.setting, status).await,
    };
    let sent = form_urlencoded::Serializer::new(String::new())
        .append_pair("username", &typed.username)
        .append_pair("email", &typed.email)
        .finish();
    match call(&visit.setting, Request::from_parts(parts, Body::from(sent))).await {
        Reply::NeedsMending(typed, problems) => pages::show_with_problems(visit, typed, problems).await,
        Reply::GoOn(way) => way,
        Reply::Hindered(temporary_error) => pages::show_temporary_error(visit, typed, temporary_error).await,
        Reply::Broken => error_page::broken(visit.setting).await,
    }
}

/// Whether a request brings a filled-in form, which is not to be lost whatever happens.
pub(super) fn is_registration(request: &Request) -> bool {
    request.method() == Method::POST && request.uri().path() == "/register"
}

/// Answers a registration that something other than the form itself keeps from being taken.
pub(super) async fn give_back(site: AppState, request: Request, temporary_error: TemporaryError) -> Response {
    let (mut parts, body) = request.into_parts();
    let visit = match PageRequest::from_request_parts(&mut parts, &site).await {
        Ok(visit) => visit,
        Err(answer) => return answer,
    };
    match typed(Request::from_parts(parts, body)).await {
        Ok(typed) => pages::show_temporary_error(visit, typed, temporary_error).await,
        Err(status) => error_page::bad_form(visit.setting, status).await,
    }
}

/// What was typed. Browsers send each field once; anything else is read as far as it can be.
async fn typed(request: Request) -> Result<RegistrationForm, StatusCode> {
    let RawForm(form) = request.extract().await.map_err(|refused: RawFormRejection| refused.status())?;
    let field = |name| field(&form, name).unwrap_or_default();
    Ok(RegistrationForm { username: field("username"), email: field("email") })
}

/// `POST /register/auto`.
pub(super) async fn register_auto(setting: RequestInfo, request: Request) -> Response {
    call_without_fields(setting, request).await
}

/// `POST /account/sessions/end`.
pub(super) async fn end_sessions(setting: RequestInfo, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(RawForm(form)) = Request::from_parts(parts.clone(), body).extract::<RawForm, _>().await else {
        return error_page::bad_form(setting, StatusCode::BAD_REQUEST).await;
    };
    let wanted = field(&form, "session").unwrap_or_default();
    let sent = form_urlencoded::Serializer::new(String::new()).append_pair("session", &wanted).finish();
    answer(setting, Request::from_parts(parts, Body::from(sent))).await
}

/// `POST /account/renew`, `POST /account/portrait` and `POST /account/delete`.
pub(super) async fn account(setting: RequestInfo, request: Request) -> Response {
    call_without_fields(setting, request).await
}

/// `POST /logout`: ends the session and has the browser forget what it keeps of this site.
pub(super) async fn logout(setting: RequestInfo, request: Request) -> Response {
    let mut response = call_without_fields(setting, request).await;
    response.headers_mut().insert("clear-site-data", HeaderValue::from_static("\"cache\", \"storage\""));
    response
}

/// Whatever the form holds, these functions take nothing.
async fn call_without_fields(setting: RequestInfo, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    answer(setting, Request::from_parts(parts, Body::empty())).await
}

async fn answer(setting: RequestInfo, request: Request) -> Response {
    match call(&setting, request).await {
        Reply::GoOn(way) => way,
        Reply::Hindered(temporary_error) => error_page::temporary_error(setting, temporary_error).await,
        Reply::NeedsMending(..) | Reply::Broken => error_page::broken(setting).await,
    }
}

/// What a server function said to a form.
enum Reply {
    GoOn(Response),
    NeedsMending(RegistrationForm, FormErrors),
    Hindered(TemporaryError),
    Broken,
}

/// Where a server function leaves a form that needs mending, for the page that answers it.
#[derive(Clone, Default)]
pub(super) struct FormToMend(Arc<Mutex<Option<(RegistrationForm, FormErrors)>>>);

impl FormToMend {
    /// Gives the form back, with what is wrong with it.
    pub(super) fn give_back(&self, typed: RegistrationForm, problems: FormErrors) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((typed, problems));
    }

    fn take(&self) -> Option<(RegistrationForm, FormErrors)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Calls the server function at the request's address, as a script would: only then does Leptos
/// tell an error from a redirect.
async fn call(setting: &RequestInfo, mut request: Request) -> Reply {
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let (site, to_mend) = (setting.site.clone(), FormToMend::default());
    let given = to_mend.clone();
    let context = move || {
        provide_context(site.clone());
        provide_context(given.clone());
    };
    let response = handle_server_fns_with_context(context, request).await.into_response();
    match response.status() {
        StatusCode::SERVICE_UNAVAILABLE => return Reply::Hindered(TemporaryError::Unavailable),
        StatusCode::TOO_MANY_REQUESTS => return Reply::Hindered(TemporaryError::RateLimited(wait_secs(&response))),
        _ => {}
    }
    match (response.status().is_success(), to_mend.take()) {
        (true, Some((typed, problems))) => Reply::NeedsMending(typed, problems),
        (true, None) => way_on(&response).map_or(Reply::Broken, Reply::GoOn),
        _ => Reply::Broken,
    }
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
