//! `/account/delete`: what deleting the account means, before it is done.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::see_other;
use crate::sessions::Visitor;
use crate::web::render::{Frame, render};
use crate::web::visit::Visit;

pub(super) async fn show(visit: Visit) -> Response {
    let Some(signed_in) = visit.visitor.and_then(Visitor::signed_in) else {
        return see_other("/login?next=/account/delete");
    };
    let title = visit.setting.texts().delete_title;
    render(StatusCode::OK, Frame::new(visit.setting, title).seen_by(Some(&signed_in)), ()).await
}

/// The page before the account is deleted.
#[component]
pub(in crate::web) fn DeletePage() -> impl IntoView {
    use_context::<Frame>().map(|frame| {
        let texts = frame.texts;
        let means = texts.delete_means.iter().map(|line| view! { <li>{*line}</li> }).collect_view();
        view! {
            <section class="card">
                <h1>{texts.delete_title}</h1>
                <p>{texts.delete_lead}</p>
                <ul>{means}</ul>
                <form method="post" action="/account/delete" data-testid="delete-account" novalidate>
                    <button class="danger" type="submit">{texts.delete_submit}</button>
                </form>
                <p><a href="/account">{texts.delete_back}</a></p>
            </section>
        }
    })
}
