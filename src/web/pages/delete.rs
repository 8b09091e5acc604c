//! `/account/delete`: what the deletion of the account means, before it is done.

use leptos::prelude::*;

use crate::web::error::WebError;
use crate::web::page::{Page, PageContext, PageResponse};
use crate::web::request::PageRequest;

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    let user = request.signed_in_user().await?;
    if user.is_none() {
        return Ok(PageResponse::redirect("/login?next=/account/delete"));
    }
    Ok(Page::new(&request, request.messages().delete_title).with_user(user).into())
}

#[component]
pub(in crate::web) fn DeletePage() -> impl IntoView {
    use_context::<PageContext>().map(|page| {
        let messages = page.messages;
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
