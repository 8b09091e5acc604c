//! Whose account a page is about, and the proof that its user is there.

use leptos::prelude::*;

use super::{Avatar, Notice, NoticeKind, QqButton};
use crate::sessions::SignedInUser;
use crate::web::flash::Flash;
use crate::web::page_context::PageContext;

/// The account that a page is about to change: the user may be signed in to another one than before.
#[component]
pub(in crate::web) fn ActingAccount(user: SignedInUser) -> impl IntoView {
    let name = user.display_name().to_owned();
    view! {
        <div class="who">
            <Avatar name=name.clone() hash=user.avatar_hash />
            <div>
                <p><strong><bdi>{name}</bdi></strong></p>
                <p class="muted">"@" <bdi data-testid="username">{user.username}</bdi></p>
            </div>
        </div>
    }
}

/// Says that the form or link was for another account than the one that is signed in.
#[component]
pub(in crate::web) fn MismatchNotice() -> impl IntoView {
    let page = use_context::<PageContext>().filter(|page| page.request.flash == Some(Flash::AccountMismatch));
    page.map(|page| {
        let message = page.messages.account_mismatch;
        view! { <Notice kind=NoticeKind::Error title=message.title><p>{message.advice}</p></Notice> }
    })
}

/// Asks the user to sign in with QQ again, and says why.
#[component]
pub(in crate::web) fn ConfirmIdentity(
    /// The page to come back to.
    next: &'static str,
) -> impl IntoView {
    use_context::<PageContext>().map(|page| {
        let message = page.messages.confirm_identity;
        view! {
            <Notice kind=NoticeKind::Info title=message.title><p>{message.advice}</p></Notice>
            <QqButton href=format!("/login/qq?next={next}") />
        }
    })
}
