//! A page that leads to another one by itself, where a redirect would be part of a form's submission.

use axum::http::{HeaderValue, header};
use axum::response::Response;
use leptos::prelude::*;

use super::page::Page;
use super::page_context::page_data;
use super::request::RequestInfo;

/// Renders a page that leads to `location`, a path of this site: at once, and by a link.
pub(super) fn render(request: &RequestInfo, location: &str) -> Response {
    let page = Page::new(request, request.messages().redirecting).with_data(location.to_owned());
    let mut response = page.render(|| view! { <RedirectPage /> }.into_any());
    if let Ok(refresh) = HeaderValue::from_str(&format!("0; url={location}")) {
        response.headers_mut().insert(header::REFRESH, refresh);
    }
    response
}

#[component]
fn RedirectPage() -> impl IntoView {
    page_data::<String>().map(|(page, location)| {
        view! {
            <div class="page center">
                <section class="card center">
                    <h1>{page.messages.redirecting}</h1>
                    <p><a class="button primary" href=location>{page.messages.continue_link}</a></p>
                </section>
            </div>
        }
    })
}
