//! Pages that say that something did not work, wherever it happens.

use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;
use leptos::prelude::*;

use super::guards::RequestId;
use super::render::{Frame, render};
use super::texts::{Texts, Trouble};
use super::visit::Setting;
use crate::login::LoginError;

/// When it makes sense to try again after the database was not to be had, in seconds.
pub(super) const RETRY_AFTER_SECS: u64 = 5;

/// What keeps the site from doing something now that it may do in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hindrance {
    /// Too many requests. The next one is welcome in so many seconds.
    TooOften(u64),
    /// The database is not to be had just now.
    Unavailable,
}

impl Hindrance {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Hindrance::TooOften(_) => StatusCode::TOO_MANY_REQUESTS,
            Hindrance::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// When it makes sense to try again, in seconds.
    pub(super) fn wait_secs(self) -> u64 {
        match self {
            Hindrance::TooOften(wait_secs) => wait_secs,
            Hindrance::Unavailable => RETRY_AFTER_SECS,
        }
    }

    /// What happened, and what to do.
    pub(super) fn told(self, texts: &Texts) -> (String, String) {
        match self {
            Hindrance::TooOften(wait_secs) => (texts.too_many)(wait_secs),
            Hindrance::Unavailable => (texts.unavailable.title.to_owned(), texts.unavailable.advice.to_owned()),
        }
    }
}

/// What happened, and what to do.
#[derive(Clone)]
pub(super) struct Notice {
    title: String,
    advice: String,
    /// The name under which the log tells more.
    request_id: Option<String>,
    /// Where trying again leads, if there is any sense in it.
    again: Option<String>,
}

impl From<Trouble> for Notice {
    fn from(trouble: Trouble) -> Notice {
        let (title, advice) = (trouble.title.to_owned(), trouble.advice.to_owned());
        Notice { title, advice, request_id: None, again: None }
    }
}

/// Something of ours broke; the cause is in the log.
pub(super) async fn broken(setting: Setting) -> Response {
    let notice =
        Notice { again: Some(again(&setting)), request_id: request_id(&setting), ..setting.texts().broken.into() };
    show(setting, StatusCode::INTERNAL_SERVER_ERROR, notice).await
}

fn request_id(setting: &Setting) -> Option<String> {
    setting.parts.extensions.get::<RequestId>().map(|RequestId(id)| id.clone())
}

/// The page from which what was asked for can be asked for again.
fn again(setting: &Setting) -> String {
    let path = setting.path();
    let is_below = |room: &str| path.strip_prefix(room).is_some_and(|rest| rest.starts_with('/'));
    ["/login", "/register", "/account"]
        .into_iter()
        .find(|room| is_below(room))
        .map_or_else(|| setting.here(), str::to_owned)
}

/// Something went wrong: the database is not to be had just now, or it is a mistake of ours. `what`
/// is for the log.
pub(super) async fn failed(setting: Setting, what: &str, error: &LoginError) -> Response {
    tracing::error!(%error, "{what}");
    if error.is_unavailable() { unavailable(setting).await } else { broken(setting).await }
}

/// The database is not to be had just now.
pub(super) async fn unavailable(setting: Setting) -> Response {
    hindered(setting, Hindrance::Unavailable).await
}

/// Too many requests; `wait_secs` is when it makes sense to try again.
pub(super) async fn too_many(setting: Setting, wait_secs: u64) -> Response {
    hindered(setting, Hindrance::TooOften(wait_secs)).await
}

/// Something keeps the site from it just now.
pub(super) async fn hindered(setting: Setting, hindrance: Hindrance) -> Response {
    let (title, advice) = hindrance.told(setting.texts());
    let request_id = request_id(&setting).filter(|_| hindrance == Hindrance::Unavailable);
    let notice = Notice { title, advice, request_id, again: Some(again(&setting)) };
    let mut response = show(setting, hindrance.status(), notice).await;
    response.headers_mut().insert(header::RETRY_AFTER, hindrance.wait_secs().into());
    response
}

/// What was sent cannot be read: `status` tells why.
pub(super) async fn bad_form(setting: Setting, status: StatusCode) -> Response {
    let texts = setting.texts();
    show(setting, status, texts.bad_form.into()).await
}

/// There is nothing at this address.
pub(super) async fn not_found(setting: Setting) -> Response {
    let texts = setting.texts();
    show(setting, StatusCode::NOT_FOUND, texts.not_found.into()).await
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

async fn show(setting: Setting, status: StatusCode, notice: Notice) -> Response {
    let title = format!("{}{}", setting.texts().error_prefix, notice.title);
    let frame = Frame::new(setting, title);
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
            <p class="after">
                {notice.again.map(|again| view! { <a class="button" href=again>{texts.try_again}</a> " " })}
                <a href="/">{texts.to_home}</a>
            </p>
        }
    })
}
