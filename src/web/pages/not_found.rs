//! Every other address.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use crate::sessions::Visitor;
use crate::web::render::{Frame, render};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Response {
    let signed_in = visit.visitor.and_then(Visitor::signed_in);
    let title = visit.setting.texts().not_found.title;
    let frame = Frame::new(visit.setting, title).seen_by(signed_in.as_ref());
    render(StatusCode::NOT_FOUND, frame, Missing).await
}

/// That there is no page at the address, however close it is to that of one: to the router `/login/`
/// is `/login`.
#[derive(Clone, Copy)]
pub(in crate::web) struct Missing;

/// The page for addresses that lead nowhere.
#[component]
pub(in crate::web) fn NotFoundPage() -> impl IntoView {
    use_context::<Frame>().map(|frame| {
        let texts = frame.texts;
        view! {
            <section class="card center">
                <p class="big-number" aria-hidden="true">"404"</p>
                <h1>{texts.not_found.title}</h1>
                <p>{texts.not_found.advice}</p>
                <p><a class="button" href="/">{texts.to_home}</a></p>
            </section>
        }
    })
}
