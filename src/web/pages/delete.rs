//! `/account/delete`: what the deletion of the account means, before it is done.

use leptos::prelude::*;

use crate::sessions::SignedInUser;
use crate::web::components::{ActingAccount, ConfirmIdentity, MismatchNotice, PageHeader};
use crate::web::error::WebError;
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::page_data;
use crate::web::request::PageRequest;

pub(in crate::web) const DELETE: &str = "/account/delete";

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    let Some(user) = request.signed_in_user().await? else {
        return Ok(PageResponse::redirect("/login?next=/account/delete"));
    };
    let has_signed_in_recently = user.has_signed_in_recently(request.state.login.now());
    let page = Page::new(&request, request.messages().delete_title).with_user(Some(user.clone()));
    Ok(page.with_data((user, has_signed_in_recently)).into())
}

#[component]
pub(in crate::web) fn DeletePage() -> impl IntoView {
    page_data::<(SignedInUser, bool)>().map(|(page, (user, has_signed_in_recently))| {
        let messages = page.messages;
        let consequences = messages.delete_consequences.iter().map(|line| view! { <li>{*line}</li> }).collect_view();
        let action = if has_signed_in_recently {
            view! {
                <form class="actions" method="post" action=DELETE data-testid="delete-account" novalidate>
                    <input type="hidden" name="account" value=user.username.clone() />
                    <button class="button danger" type="submit">{messages.delete_submit}</button>
                    <a class="button" href="/account">{messages.delete_cancel}</a>
                </form>
            }
            .into_any()
        } else {
            view! { <ConfirmIdentity next=DELETE /> }.into_any()
        };
        view! {
            <div class="page narrow">
                <PageHeader title=messages.delete_title />
                <MismatchNotice />
                <section class="card">
                    <ActingAccount user />
                    <p>{messages.delete_lead}</p>
                    <ul>{consequences}</ul>
                    {action}
                </section>
            </div>
        }
    })
}
