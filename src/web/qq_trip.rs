//! The two addresses that browsers reach by GET on the way to QQ and back.

use std::sync::PoisonError;

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum_extra::extract::CookieJar;
use leptos::prelude::*;
use leptos::reactive::computed::ScopedFuture;
use leptos_axum::ResponseOptions;

use super::error_page;
use super::request::RequestInfo;
use super::server_fns::finish_login;
use super::state::AppState;
use crate::qq::Display;

/// `GET /login/qq?next=…`: off to QQ.
pub(super) async fn start(State(site): State<AppState>, setting: RequestInfo, jar: CookieJar) -> Response {
    match site.login.start_login(jar, &setting.next(), display(&setting.parts.headers)) {
        Ok((jar, address)) => uncached((jar, Redirect::to(&address)).into_response()),
        Err(error) => error_page::failed(setting, "a sign-in could not be begun", &error).await,
    }
}

/// `GET /login/qq/callback`: back from QQ. Reads the query as it stands, since a malformed one is
/// an answer of QQ's too, and hands it to the server function.
pub(super) async fn callback(setting: RequestInfo) -> Response {
    let query = setting.parts.uri.query().unwrap_or_default().to_owned();
    let (site, parts) = (setting.site.clone(), setting.parts.clone());
    let told = ResponseOptions::default();
    let given = told.clone();
    let finished = Owner::new().with(|| {
        provide_context(site);
        provide_context(parts);
        provide_context(given);
        ScopedFuture::new(finish_login(query))
    });
    match finished.await {
        Ok(path) => {
            let mut response = Redirect::to(&path).into_response();
            response.headers_mut().extend(told.0.read().unwrap_or_else(PoisonError::into_inner).headers.clone());
            uncached(response)
        }
        Err(_) if is_unavailable(&told) => error_page::unavailable(setting).await,
        Err(_) => error_page::broken(setting).await,
    }
}

/// Whether the server function said that the database is not to be had.
fn is_unavailable(told: &ResponseOptions) -> bool {
    told.0.read().unwrap_or_else(PoisonError::into_inner).status == Some(StatusCode::SERVICE_UNAVAILABLE)
}

/// QQ has a page of its own for phones; without `display` some of them cannot sign in.
fn display(headers: &HeaderMap) -> Display {
    let says = |name: &str, word: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).is_some_and(|value| value.contains(word))
    };
    if says("sec-ch-ua-mobile", "?1") || says("user-agent", "Mobi") { Display::Mobile } else { Display::Desktop }
}

fn uncached(mut response: Response) -> Response {
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
