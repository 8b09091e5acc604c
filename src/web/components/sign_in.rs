//! Signing in: what the site receives from QQ, and the button.

use leptos::prelude::*;

use super::{Notice, NoticeKind, QqButton};
use crate::web::i18n::Message;
use crate::web::page_context::PageContext;

/// The QQ button, after what users should know before they press it.
#[component]
pub(in crate::web) fn SignIn(
    /// `/login/qq`, with `next` if there is one.
    href: String,
) -> impl IntoView {
    use_context::<PageContext>().map(|page| {
        let messages = page.messages;
        let Message { title, advice } = messages.login_wechat;
        let hint = view! { <Notice kind=NoticeKind::Warning title><p>{advice}</p></Notice> };
        let terms = page.request.state.site.identity.terms_url.clone();
        view! {
            {page.request.is_wechat.then_some(hint)}
            <p class="small">
                {messages.login_privacy} {messages.space} <a href="/privacy">{messages.privacy_title}</a>
                {terms.map(|url| view! { " · " <a href=url>{messages.terms_title}</a> })}
            </p>
            <QqButton href />
        }
    })
}
