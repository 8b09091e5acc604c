//! `/account/qq/link`: asks whether to link the QQ account that the user has chosen at QQ, and shows both sides.

use leptos::prelude::*;

use super::QQ_ACCOUNTS;
use crate::sessions::{PendingLink, SignedInUser};
use crate::web::components::{Avatar, PageHeader, SubmitButton};
use crate::web::error::WebError;
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::page_data;
use crate::web::request::PageRequest;

pub(in crate::web) const CONFIRM: &str = "/account/qq/link";

#[derive(Clone)]
struct LinkData {
    user: SignedInUser,
    link: PendingLink,
}

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    let user = request.signed_in_user().await?;
    let link = user.as_ref().and_then(|user| user.pending_link(request.state.login.now())).cloned();
    let Some((user, link)) = user.zip(link) else { return Ok(PageResponse::redirect(QQ_ACCOUNTS)) };
    let page = Page::new(&request, request.messages().link_qq_title).with_user(Some(user.clone()));
    Ok(page.with_data(LinkData { user, link }).into())
}

#[component]
pub(in crate::web) fn LinkQqPage() -> impl IntoView {
    page_data::<LinkData>().map(|(page, LinkData { user, link })| {
        let messages = page.messages;
        let qq_name = link.nickname.clone().unwrap_or_else(|| messages.link_qq_nameless.to_owned());
        let own_name = user.display_name().to_owned();
        view! {
            <div class="page narrow">
                <PageHeader title=messages.link_qq_title lead=messages.link_qq_lead />
                <section class="card">
                    <div class="who">
                        <Avatar name=qq_name.clone() hash=link.avatar_hash.clone() />
                        <div>
                            <p class="small">{messages.qq_account_link_side}</p>
                            <p><strong><bdi data-testid="link-qq">{qq_name}</bdi></strong></p>
                        </div>
                    </div>
                    <div class="who">
                        <Avatar name=own_name.clone() hash=user.avatar_hash />
                        <div>
                            <p class="small">{messages.link_qq_account_side}</p>
                            <p><strong><bdi data-testid="link-account">{user.username}</bdi></strong></p>
                            <p class="small"><bdi>{own_name}</bdi></p>
                        </div>
                    </div>
                    <form class="actions" method="post" action=CONFIRM data-testid="link-qq-form" novalidate>
                        <input type="hidden" name="link" value=link.handle() />
                        <SubmitButton
                            class="button primary"
                            label=messages.qq_account_link_submit
                            busy_label=messages.link_qq_submitting
                        />
                        <a class="button" href=QQ_ACCOUNTS>{messages.link_qq_cancel}</a>
                    </form>
                </section>
            </div>
        }
    })
}
