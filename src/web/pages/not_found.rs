//! Every other address.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use crate::sessions::SessionData;
use crate::web::page::{PageContext, render};
use crate::web::request::PageRequest;

pub(super) async fn show(visit: PageRequest) -> Response {
    let signed_in = visit.visitor.and_then(SessionData::signed_in);
    let title = visit.setting.messages().not_found.title;
    let frame = PageContext::new(visit.setting, title).seen_by(signed_in.as_ref());
    render(StatusCode::NOT_FOUND, frame, Missing).await
}

/// That there is no page at the address, however close it is to that of one: to the router `/login/`
/// is `/login`.
#[derive(Clone, Copy)]
pub(in crate::web) struct Missing;

/// The page for addresses that lead nowhere.
#[component]
pub(in crate::web) fn NotFoundPage() -> impl IntoView {
    use_context::<PageContext>().map(|frame| {
        let messages = frame.messages;
        view! {
            <section class="card center">
                <p class="big-number" aria-hidden="true">"404"</p>
                <h1>{messages.not_found.title}</h1>
                <p>{messages.not_found.advice}</p>
                <p><a class="button" href="/">{messages.back_to_home}</a></p>
            </section>
        }
    })
}
