//! Pages that say that something did not work, wherever it happens.

use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;
use leptos::prelude::*;

use super::guards::RequestId;
use super::render::{Frame, render};
use super::texts::Trouble;
use super::visit::Setting;
use crate::login::LoginError;

/// When it makes sense to try again after the database was not to be had, in seconds.
pub(super) const RETRY_AFTER_SECS: u64 = 5;

/// What happened, and what to do.
#[derive(Clone)]
pub(super) struct Notice {
    title: String,
    advice: String,
    /// The name under which the log tells more.
    request_id: Option<String>,
}

impl From<Trouble> for Notice {
    fn from(trouble: Trouble) -> Notice {
        Notice { title: trouble.title.to_owned(), advice: trouble.advice.to_owned(), request_id: None }
    }
}

/// Something of ours broke; the cause is in the log.
pub(super) async fn broken(setting: Setting) -> Response {
    let texts = setting.texts();
    let request_id = setting.parts.extensions.get::<RequestId>().map(|RequestId(id)| id.clone());
    let notice = Notice { request_id, ..texts.broken.into() };
    show(setting, StatusCode::INTERNAL_SERVER_ERROR, notice).await
}

/// Something went wrong: the database is not to be had just now, or it is a mistake of ours. `what`
/// is for the log.
pub(super) async fn failed(setting: Setting, what: &str, error: &LoginError) -> Response {
    tracing::error!(%error, "{what}");
    if error.is_unavailable() { unavailable(setting).await } else { broken(setting).await }
}

/// The database is not to be had just now.
pub(super) async fn unavailable(setting: Setting) -> Response {
    let texts = setting.texts();
    let mut response = show(setting, StatusCode::SERVICE_UNAVAILABLE, texts.unavailable.into()).await;
    response.headers_mut().insert(header::RETRY_AFTER, RETRY_AFTER_SECS.into());
    response
}

/// What was sent cannot be read.
pub(super) async fn bad_form(setting: Setting) -> Response {
    let texts = setting.texts();
    show(setting, StatusCode::BAD_REQUEST, texts.bad_form.into()).await
}

/// A request from another site that would change something.
pub(super) async fn forbidden(setting: Setting) -> Response {
    let texts = setting.texts();
    show(setting, StatusCode::FORBIDDEN, texts.forbidden.into()).await
}

/// A request under a name that is not the site's.
pub(super) async fn misdirected(setting: Setting) -> Response {
    let texts = setting.texts();
    show(setting, StatusCode::MISDIRECTED_REQUEST, texts.misdirected.into()).await
}

/// A method that the address does not know.
pub(super) async fn wrong_method(setting: Setting) -> Response {
    let texts = setting.texts();
    show(setting, StatusCode::METHOD_NOT_ALLOWED, texts.wrong_method.into()).await
}

/// Too many requests; `wait_secs` is when it makes sense to try again.
pub(super) async fn too_many(setting: Setting, wait_secs: u64) -> Response {
    let (title, advice) = (setting.texts().too_many)(wait_secs);
    let mut response = show(setting, StatusCode::TOO_MANY_REQUESTS, Notice { title, advice, request_id: None }).await;
    response.headers_mut().insert(header::RETRY_AFTER, wait_secs.into());
    response
}

async fn show(setting: Setting, status: StatusCode, notice: Notice) -> Response {
    let frame = Frame::new(setting, notice.title.clone());
    render(status, frame, notice).await
}

/// The page of a notice.
#[component]
pub(super) fn NoticePage(notice: Notice) -> impl IntoView {
    use_context::<Frame>().map(|frame| {
        let texts = frame.texts;
        let request_id = notice.request_id.map(|id| view! { <p class="small">{(texts.request_id)(&id)}</p> });
        view! {
            <section class="card" role="alert">
                <h1>{notice.title}</h1>
                <p>{notice.advice}</p>
                {request_id}
            </section>
            <p class="after"><a href="/">{texts.to_home}</a></p>
        }
    })
}
