//! `/account/delete`: what the deletion of the account means, before it is done.

use leptos::prelude::*;

use super::components::PageHeader;
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
            <div class="page narrow">
                <PageHeader title=messages.delete_title />
                <section class="card">
                    <p>{messages.delete_lead}</p>
                    <ul>{consequences}</ul>
                    <form class="actions" method="post" action="/account/delete" data-testid="delete-account" novalidate>
                        <button class="button danger" type="submit">{messages.delete_submit}</button>
                        <a class="button" href="/account">{messages.delete_cancel}</a>
                    </form>
                </section>
            </div>
        }
    })
}
