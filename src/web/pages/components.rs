//! Components that several pages share.

mod time;

use leptos::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

use crate::web::i18n::Message;
use crate::web::page::PageContext;

pub(in crate::web) use time::Time;

/// The button that leads to QQ. It is a link, since starting a login stores nothing.
#[component]
pub(super) fn QqButton(
    /// `/login/qq`, with `next` if there is one.
    href: String,
) -> impl IntoView {
    let messages = use_context::<PageContext>().map(|page| page.messages);
    messages.map(|messages| {
        view! {
            <a class="qq-button" data-testid="login-qq" href=href rel="nofollow">
                <span class="when-idle">{messages.login_qq}</span>
                <span class="when-busy">{messages.login_qq_busy}</span>
            </a>
        }
    })
}

/// A submit button with a second label, which the page's script shows while the form is on its way.
#[component]
pub(super) fn SubmitButton(class: &'static str, label: &'static str, busy_label: &'static str) -> impl IntoView {
    view! {
        <button class=class type="submit">
            <span class="when-idle">{label}</span>
            <span class="when-busy">{busy_label}</span>
        </button>
    }
}

/// What the site receives from QQ.
#[component]
pub(super) fn PrivacyNote() -> impl IntoView {
    let messages = use_context::<PageContext>().map(|page| page.messages);
    messages.map(|messages| {
        view! { <p class="small">{messages.login_privacy} " " <a href="/privacy">{messages.privacy_title}</a></p> }
    })
}

/// The avatar, over the first letter of the name: the picture may be missing or fail to load.
#[component]
pub(in crate::web) fn Avatar(
    name: String,
    /// The hash of the stored picture.
    hash: Option<String>,
    /// For a line of text.
    #[prop(optional)]
    is_small: bool,
) -> impl IntoView {
    let side = if is_small { "28" } else { "64" };
    // One visible letter may be several characters: accents, family emoji.
    let initial = name.graphemes(true).next().map(str::to_uppercase);
    view! {
        <span class=if is_small { "avatar small" } else { "avatar" } aria-hidden="true">
            {initial}
            {hash.map(|hash| view! { <img src=format!("/avatar/{hash}") alt="" width=side height=side /> })}
        </span>
    }
}

#[component]
pub(super) fn LogoutForm() -> impl IntoView {
    let messages = use_context::<PageContext>().map(|page| page.messages);
    messages.map(|messages| {
        view! {
            <form method="post" action="/logout" data-testid="logout" novalidate>
                <button class="secondary" type="submit">{messages.logout}</button>
            </form>
        }
    })
}

/// An alert on a page that can be used all the same.
#[component]
pub(super) fn Alert(
    message: Message,
    /// For an outcome that the user wanted.
    #[prop(optional)]
    is_neutral: bool,
) -> impl IntoView {
    view! {
        <div class=if is_neutral { "alert neutral" } else { "alert" } role="alert" tabindex="-1">
            <h2>{message.title}</h2>
            <p>{message.advice}</p>
        </div>
    }
}
