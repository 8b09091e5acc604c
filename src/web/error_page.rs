//! Pages that say that something did not work, wherever it happens.

use axum::http::StatusCode;
use axum::http::header;
use axum::response::Response;
use leptos::prelude::*;

use super::i18n::{Message, Messages};
use super::middleware::RequestId;
use super::page::{PageContext, render};
use super::request::RequestInfo;
use crate::login::LoginError;

/// When it makes sense to try again after the database was not to be had, in seconds.
pub(super) const RETRY_AFTER_SECS: u64 = 5;

/// What keeps the site from doing something now that it may do in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TemporaryError {
    /// Too many requests. The next one is welcome in so many seconds.
    RateLimited(u64),
    /// The database is not to be had just now.
    Unavailable,
}

impl TemporaryError {
    pub(super) fn status(self) -> StatusCode {
        match self {
            TemporaryError::RateLimited(_) => StatusCode::TOO_MANY_REQUESTS,
            TemporaryError::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// When it makes sense to try again, in seconds.
    pub(super) fn wait_secs(self) -> u64 {
        match self {
            TemporaryError::RateLimited(wait_secs) => wait_secs,
            TemporaryError::Unavailable => RETRY_AFTER_SECS,
        }
    }

    /// What happened, and what to do.
    pub(super) fn told(self, messages: &Messages) -> (String, String) {
        match self {
            TemporaryError::RateLimited(wait_secs) => (messages.rate_limited)(wait_secs),
            TemporaryError::Unavailable => {
                (messages.unavailable.title.to_owned(), messages.unavailable.advice.to_owned())
            }
        }
    }
}

/// What happened, and what to do.
#[derive(Clone)]
pub(super) struct ErrorPage {
    title: String,
    advice: String,
    /// The name under which the log tells more.
    request_id: Option<String>,
    /// Where trying again leads, if there is any sense in it.
    again: Option<String>,
}

impl From<Message> for ErrorPage {
    fn from(trouble: Message) -> ErrorPage {
        let (title, advice) = (trouble.title.to_owned(), trouble.advice.to_owned());
        ErrorPage { title, advice, request_id: None, again: None }
    }
}

/// Something of ours broke; the cause is in the log.
pub(super) async fn broken(setting: RequestInfo) -> Response {
    let notice = ErrorPage {
        again: Some(again(&setting)),
        request_id: request_id(&setting),
        ..setting.messages().internal_error.into()
    };
    show(setting, StatusCode::INTERNAL_SERVER_ERROR, notice).await
}

fn request_id(setting: &RequestInfo) -> Option<String> {
    setting.parts.extensions.get::<RequestId>().map(|RequestId(id)| id.clone())
}

/// The page from which what was asked for can be asked for again.
fn again(setting: &RequestInfo) -> String {
    let path = setting.path();
    let is_below = |room: &str| path.strip_prefix(room).is_some_and(|rest| rest.starts_with('/'));
    ["/login", "/register", "/account"]
        .into_iter()
        .find(|room| is_below(room))
        .map_or_else(|| setting.here(), str::to_owned)
}

/// Something went wrong: the database is not to be had just now, or it is a mistake of ours. `what`
/// is for the log.
pub(super) async fn failed(setting: RequestInfo, what: &str, error: &LoginError) -> Response {
    tracing::error!(%error, "{what}");
    if error.is_unavailable() { unavailable(setting).await } else { broken(setting).await }
}

/// The database is not to be had just now.
pub(super) async fn unavailable(setting: RequestInfo) -> Response {
    temporary_error(setting, TemporaryError::Unavailable).await
}

/// Too many requests; `wait_secs` is when it makes sense to try again.
pub(super) async fn too_many(setting: RequestInfo, wait_secs: u64) -> Response {
    temporary_error(setting, TemporaryError::RateLimited(wait_secs)).await
}

/// Something keeps the site from it just now.
pub(super) async fn temporary_error(setting: RequestInfo, temporary_error: TemporaryError) -> Response {
    let (title, advice) = temporary_error.told(setting.messages());
    let request_id = request_id(&setting).filter(|_| temporary_error == TemporaryError::Unavailable);
    let notice = ErrorPage { title, advice, request_id, again: Some(again(&setting)) };
    let mut response = show(setting, temporary_error.status(), notice).await;
    response.headers_mut().insert(header::RETRY_AFTER, temporary_error.wait_secs().into());
    response
}

/// What was sent cannot be read: `status` tells why.
pub(super) async fn bad_form(setting: RequestInfo, status: StatusCode) -> Response {
    let messages = setting.messages();
    show(setting, status, messages.bad_form.into()).await
}

/// There is nothing at this address.
pub(super) async fn not_found(setting: RequestInfo) -> Response {
    let messages = setting.messages();
    show(setting, StatusCode::NOT_FOUND, messages.not_found.into()).await
}

/// A request from another site that would change something.
pub(super) async fn forbidden(setting: RequestInfo) -> Response {
    let messages = setting.messages();
    show(setting, StatusCode::FORBIDDEN, messages.forbidden.into()).await
}

/// A request under a name that is not the site's.
pub(super) async fn misdirected(setting: RequestInfo) -> Response {
    let messages = setting.messages();
    show(setting, StatusCode::MISDIRECTED_REQUEST, messages.misdirected.into()).await
}

/// A method that the address does not know.
pub(super) async fn wrong_method(setting: RequestInfo) -> Response {
    let messages = setting.messages();
    show(setting, StatusCode::METHOD_NOT_ALLOWED, messages.method_not_allowed.into()).await
}

async fn show(setting: RequestInfo, status: StatusCode, notice: ErrorPage) -> Response {
    let title = format!("{}{}", setting.messages().error_prefix, notice.title);
    let frame = PageContext::new(setting, title);
    render(status, frame, notice).await
}

/// The page of a notice.
#[component]
pub(super) fn ErrorPageView(notice: ErrorPage) -> impl IntoView {
    use_context::<PageContext>().map(|frame| {
        let messages = frame.messages;
        let request_id = notice.request_id.map(|id| view! { <p class="small">{(messages.request_id)(&id)}</p> });
        view! {
            <section class="card" role="alert">
                <h1>{notice.title}</h1>
                <p>{notice.advice}</p>
                {request_id}
            </section>
            <p class="after">
                {notice.again.map(|again| view! { <a class="button" href=again>{messages.try_again}</a> " " })}
                <a href="/">{messages.back_to_home}</a>
            </p>
        }
    })
}
