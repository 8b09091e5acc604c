//! Pages that say that something did not work, wherever it happens.

use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;
use leptos::prelude::*;

use super::render::{Frame, render};
use super::texts::Trouble;
use super::visit::Setting;

/// What happened, and what to do.
#[derive(Clone)]
pub(super) struct Notice {
    title: String,
    advice: String,
}

impl From<Trouble> for Notice {
    fn from(trouble: Trouble) -> Notice {
        Notice { title: trouble.title.to_owned(), advice: trouble.advice.to_owned() }
    }
}

/// Something of ours broke; the cause is in the log.
pub(super) async fn broken(setting: Setting) -> Response {
    let texts = setting.texts();
    show(setting, StatusCode::INTERNAL_SERVER_ERROR, texts.broken.into()).await
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
    let mut response = show(setting, StatusCode::TOO_MANY_REQUESTS, Notice { title, advice }).await;
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
    let to_home = use_context::<Frame>().map(|frame| frame.texts.to_home);
    view! {
        <section class="card" role="alert">
            <h1>{notice.title}</h1>
            <p>{notice.advice}</p>
        </section>
        <p class="after"><a href="/">{to_home}</a></p>
    }
}
