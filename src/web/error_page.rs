//! The page that says what went wrong.

use axum::response::Response;
use leptos::prelude::*;

use super::error::WebError;
use super::page::Page;
use super::page_context::page_data;
use super::request::RequestInfo;
use super::template::PublicPage;
use crate::sessions::SignedInUser;

/// Renders the page of an error. `user` is shown in the page's header.
pub(super) fn render(request: &RequestInfo, error: WebError, user: Option<SignedInUser>) -> Response {
    let (title, _) = error.message(request.messages());
    let prefix = if error == WebError::NotFound { "" } else { request.messages().error_prefix };
    let page = Page::new(request, format!("{prefix}{title}")).with_user(user).with_error(Some(error)).with_data(error);
    let page = if error == WebError::NotFound { page.with_template(PublicPage::NotFound) } else { page };
    page.render(|| view! { <ErrorPage /> }.into_any())
}

#[component]
fn ErrorPage() -> impl IntoView {
    page_data::<WebError>().map(|(page, error)| {
        let messages = page.messages;
        let (title, advice) = error.message(messages);
        if error == WebError::NotFound {
            return view! {
                <div class="page center">
                    <section class="card center">
                        <p class="status-code" aria-hidden="true">"404"</p>
                        <h1>{title}</h1>
                        <p>{advice}</p>
                        <p><a class="button primary" href="/">{messages.back_to_home}</a></p>
                    </section>
                </div>
            }
            .into_any();
        }
        let is_logged = matches!(error, WebError::Internal | WebError::Unavailable);
        let request_id = page.request.id.as_deref().filter(|_| is_logged);
        let may_retry = is_logged || error.retry_after_secs().is_some();
        let retry = may_retry
            .then(|| view! { <a class="button primary" href=retry_path(&page.request)>{messages.try_again}</a> " " });
        view! {
            <div class="page center">
                <section class="card center" role="alert">
                    <h1>{title}</h1>
                    <p>{advice}</p>
                    {request_id.map(|id| view! { <p class="small">{(messages.request_id)(id)}</p> })}
                </section>
                <p class="below-card">
                    {retry}
                    <a href="/">{messages.back_to_home}</a>
                </p>
            </div>
        }
        .into_any()
    })
}

/// Returns the page from which the user can try again.
fn retry_path(request: &RequestInfo) -> String {
    let is_below = |page: &&str| request.uri.path().strip_prefix(page).is_some_and(|rest| rest.starts_with('/'));
    let above = ["/login", "/register", "/account"].into_iter().find(|page| is_below(page));
    above.map_or_else(|| request.page_path.clone(), str::to_owned)
}
