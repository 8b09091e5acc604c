//! `/account/data`: the download of what the site stores about a user.

use leptos::prelude::*;

use crate::sessions::SignedInUser;
use crate::web::components::{ActingAccount, ConfirmIdentity, MismatchNotice, PageHeader};
use crate::web::error::WebError;
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::page_data;
use crate::web::request::PageRequest;

pub(in crate::web) const DATA: &str = "/account/data";

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    let Some(user) = request.signed_in_user().await? else {
        return Ok(PageResponse::redirect("/login?next=/account/data"));
    };
    let has_signed_in_recently = user.has_signed_in_recently(request.state.login.now());
    let page = Page::new(&request, request.messages().account_export).with_user(Some(user.clone()));
    Ok(page.with_data((user, has_signed_in_recently)).into())
}

#[component]
pub(in crate::web) fn DataPage() -> impl IntoView {
    page_data::<(SignedInUser, bool)>().map(|(page, (user, has_signed_in_recently))| {
        let messages = page.messages;
        let action = if has_signed_in_recently {
            let query = form_urlencoded::Serializer::new(String::new()).append_pair("account", &user.username).finish();
            let href = format!("/account/export?{query}");
            view! {
                <p><a class="button primary" href=href data-testid="export">{messages.data_download}</a></p>
            }
            .into_any()
        } else {
            view! { <ConfirmIdentity next=DATA /> }.into_any()
        };
        view! {
            <div class="page narrow">
                <PageHeader title=messages.account_export lead=messages.data_lead />
                <MismatchNotice />
                <section class="card">
                    <ActingAccount user />
                    {action}
                </section>
            </div>
        }
    })
}
