//! Pages that only say something.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::layout::page;
use crate::sandbox::authorize::{display, original};
use crate::sandbox::call::Call;
use crate::sandbox::memory::Sandbox;
use crate::sandbox::refusal::Refusal;
use crate::sandbox::texts::texts;

/// QQ's own error page: the way of the sign-in ends here. It has status 200, as errors do there.
pub(in crate::sandbox) fn refused(refusal: Refusal, call: &Call) -> Response {
    let text = texts(call.lang);
    let description = refusal.description(call.params.get("client_id").unwrap_or_default());
    let content = html! {
        h1 { (text.refused) }
        div.card.alert role="alert" {
            p { code { (description) "(" (refusal.code()) ")" } }
        }
        p { (text.refused_why) }
        @if let Some(remedy) = text.remedy(refusal) { p { (remedy) } }
        p { a href="/" { (text.to_overview) } }
    };
    page(call.lang, StatusCode::OK, text.refused, &content)
}

/// What follows a cancellation on a PC, where QQ just closes its page.
pub(in crate::sandbox) fn cancelled(call: &Call) -> Response {
    let text = texts(call.lang);
    let again = format!("/oauth2.0/show?which=Login&display={}&{}", display(&call.params), original(&call.params));
    let content = html! {
        h1 { (text.cancelled) }
        p { (text.cancelled_why) }
        div.actions { a.button href=(again) { (text.try_again) } }
    };
    page(call.lang, StatusCode::OK, text.cancelled, &content)
}

/// What nobody here has, as QQ has not.
pub(in crate::sandbox) async fn not_found(State(sandbox): State<Sandbox>, call: Call) -> Response {
    let text = texts(call.lang);
    let content = html! {
        h1 { (text.not_found) }
        p { a href="/" { (text.to_overview) } }
    };
    sandbox.note(&call).answered(page(call.lang, StatusCode::NOT_FOUND, text.not_found, &content))
}

/// An address of QQ's, asked in a way that QQ does not know.
pub(in crate::sandbox) async fn wrong_method(State(sandbox): State<Sandbox>, call: Call) -> Response {
    sandbox.note(&call).answered(StatusCode::METHOD_NOT_ALLOWED.into_response())
}
