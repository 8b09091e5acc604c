//! Pages that only show a message.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::layout::page;
use crate::sandbox::authorization_request::show_url;
use crate::sandbox::oauth_error::OAuthError;
use crate::sandbox::request::QqRequest;
use crate::sandbox::texts::texts;

/// QQ's error page, where a failed sign-in ends. Like QQ's, it has status 200.
pub(in crate::sandbox) fn authorization_error(error: OAuthError, request: &QqRequest) -> Response {
    let texts = texts(request.lang);
    let description = error.description(request.params.get("client_id").unwrap_or_default());
    let content = view! {
        <h1>{texts.authorization_failed}</h1>
        <div class="card alert" role="alert">
            <p><code>{format!("{description}({})", error.code())}</code></p>
        </div>
        <p>{texts.authorization_failed_hint}</p>
        {texts.remedy(error).map(|remedy| view! { <p>{remedy}</p> })}
        <p><a href="/">{texts.to_overview}</a></p>
    };
    page(request.lang, StatusCode::OK, texts.authorization_failed, content)
}

/// The page after a cancellation on a PC, where QQ closes its page.
pub(in crate::sandbox) fn cancelled(request: &QqRequest) -> Response {
    let texts = texts(request.lang);
    let content = view! {
        <h1>{texts.cancelled}</h1>
        <p>{texts.cancelled_hint}</p>
        <div class="actions"><a class="button" href=show_url("Login", &request.params)>{texts.try_again}</a></div>
    };
    page(request.lang, StatusCode::OK, texts.cancelled, content)
}

pub(in crate::sandbox) async fn not_found(request: QqRequest) -> Response {
    let texts = texts(request.lang);
    let content = view! {
        <h1>{texts.not_found}</h1>
        <p><a href="/">{texts.to_overview}</a></p>
    };
    request.respond(page(request.lang, StatusCode::NOT_FOUND, texts.not_found, content))
}
