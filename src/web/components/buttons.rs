//! Buttons, and the links that look like one.
//!
//! The classes are `button` with `primary` for the main action of a page, `danger` for one that cannot be undone, and
//! `small` beside a heading or in a list.

use leptos::prelude::*;

use super::Icon;
use crate::web::page_context::PageContext;

/// The button that leads to QQ. It is a link, since starting a login stores nothing.
#[component]
pub(in crate::web) fn QqButton(
    /// `/login/qq`, with `next` if there is one.
    href: String,
) -> impl IntoView {
    let messages = use_context::<PageContext>().map(|page| page.messages);
    messages.map(|messages| {
        view! {
            <a class="button primary qq-button" data-testid="login-qq" href=href rel="nofollow">
                <span class="when-idle">{Icon::Bubble.view()} {messages.login_qq}</span>
                <span class="when-busy">{messages.login_qq_busy}</span>
            </a>
        }
    })
}

/// A submit button with a second label, which the page's script shows while the form is on its way.
#[component]
pub(in crate::web) fn SubmitButton(
    /// `button`, with `primary`, `danger` or `small`.
    class: &'static str,
    label: &'static str,
    busy_label: &'static str,
) -> impl IntoView {
    view! {
        <button class=class type="submit">
            <span class="when-idle">{label}</span>
            <span class="when-busy">{busy_label}</span>
        </button>
    }
}

#[component]
pub(in crate::web) fn LogoutForm() -> impl IntoView {
    let messages = use_context::<PageContext>().map(|page| page.messages);
    messages.map(|messages| {
        view! {
            <form method="post" action="/logout" data-testid="logout" novalidate>
                <button class="button" type="submit">{messages.logout}</button>
            </form>
        }
    })
}
