//! What several pages show.

use leptos::prelude::*;

use crate::web::islands::Busy;
use crate::web::render::Frame;
use crate::web::texts::Trouble;

/// The button that leads to QQ. It is a link: a form would need `form-action` to allow QQ's
/// pages, and a link works in every browser.
#[component]
pub(super) fn QqButton(
    /// Where it leads: `/login/qq`, with `next` if there is one.
    href: String,
) -> impl IntoView {
    let texts = use_context::<Frame>().map(|frame| frame.texts);
    texts.map(|texts| {
        view! {
            <Busy>
                <a class="qq-button" data-testid="login-qq" href=href rel="nofollow">
                    <span class="when-idle">{texts.login_qq}</span>
                    <span class="when-busy">{texts.login_qq_busy}</span>
                </a>
            </Busy>
        }
    })
}

/// The avatar, over the first letter of the name for when there is none or it does not load.
#[component]
pub(super) fn Avatar(name: String, url: Option<String>) -> impl IntoView {
    let initial: String = name.chars().take(1).flat_map(char::to_uppercase).collect();
    view! {
        <span class="avatar" aria-hidden="true">
            {initial}
            {url.map(|url| view! { <img src=url alt="" width="64" height="64" referrerpolicy="no-referrer" /> })}
        </span>
    }
}

/// Signing out, from any page.
#[component]
pub(super) fn LogoutForm() -> impl IntoView {
    let texts = use_context::<Frame>().map(|frame| frame.texts);
    texts.map(|texts| {
        view! {
            <form method="post" action="/logout" data-testid="logout" novalidate>
                <button class="quiet" type="submit">{texts.logout}</button>
            </form>
        }
    })
}

/// Something went wrong, and the page can be used all the same.
#[component]
pub(super) fn TroubleNote(
    trouble: Trouble,
    /// Whether it is what the person wanted, and no cause for red.
    #[prop(optional)]
    is_calm: bool,
) -> impl IntoView {
    view! {
        <div class=if is_calm { "trouble calm" } else { "trouble" } role="alert" tabindex="-1">
            <h2>{trouble.title}</h2>
            <p>{trouble.advice}</p>
        </div>
    }
}
