//! `/account/delete`: what deleting the account means, before it is done.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::see_other;
use crate::sessions::SessionData;
use crate::web::page::{PageContext, render};
use crate::web::request::PageRequest;

pub(super) async fn show(visit: PageRequest) -> Response {
    let Some(signed_in) = visit.visitor.and_then(SessionData::signed_in) else {
        return see_other("/login?next=/account/delete");
    };
    let title = visit.setting.messages().delete_title;
    render(StatusCode::OK, PageContext::new(visit.setting, title).seen_by(Some(&signed_in)), ()).await
}

/// The page before the account is deleted.
#[component]
pub(in crate::web) fn DeletePage() -> impl IntoView {
    use_context::<PageContext>().map(|frame| {
        let messages = frame.messages;
        let consequences = messages.delete_consequences.iter().map(|line| view! { <li>{*line}</li> }).collect_view();
        view! {
            <section class="card">
                <h1>{messages.delete_title}</h1>
                <p>{messages.delete_lead}</p>
                <ul>{consequences}</ul>
                <form method="post" action="/account/delete" data-testid="delete-account" novalidate>
                    <button class="danger" type="submit">{messages.delete_submit}</button>
                </form>
                <p><a href="/account">{messages.delete_cancel}</a></p>
            </section>
        }
    })
}
