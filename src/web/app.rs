//! The document around every page.

use leptos::nonce::use_nonce;
use leptos::prelude::*;

use super::flash::Flash;
use super::page::PageContext;
use super::pages::{Avatar, AvatarSize, Icon, Notice, NoticeKind};
use super::script::PageScript;
use super::theme::Theme;
use crate::language::Lang;

/// The whole document. Its children are the content of the page.
#[component]
pub(super) fn Document(children: Children) -> impl IntoView {
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    use_context::<PageContext>().map(|page| {
        let request = page.request.clone();
        view! {
            <!DOCTYPE html>
            <html lang=request.lang.tag() data-theme=request.theme.name()>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                    <meta name="color-scheme" content="light dark" />
                    <title>{format!("{} - {}", page.title, page.messages.site_name)}</title>
                    {page.description.map(|text| view! { <meta name="description" content=text /> })}
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                    <link rel="stylesheet" id="leptos" href=request.state.assets.css() />
                    {page.has_script.then(|| view! { <PageScript nonce=nonce.clone() assets=page.request.state.assets.clone() /> })}
                    {is_cargo_leptos_watch().then(|| view! { <AutoReload options=leptos_options() /> })}
                </head>
                <body>
                    <Header page=page.clone() />
                    <main id="main" tabindex="-1">
                        <UserReplacedNote page=page.clone() />
                        {children()}
                    </main>
                    <Footer page />
                </body>
            </html>
        }
    })
}

#[component]
fn Header(page: PageContext) -> impl IntoView {
    let messages = page.messages;
    let sandbox_note =
        page.request.state.site.is_sandbox.then(|| view! { <p class="sandbox-note">{messages.sandbox_note}</p> });
    let user = page.user.map(|user| {
        let name = user.display_name().to_owned();
        view! {
            <nav class="account-link">
                <a href="/account"><Avatar name=name.clone() hash=user.avatar_hash size=AvatarSize::Small /> <bdi>{name}</bdi></a>
            </nav>
        }
    });
    view! {
        <a class="skip-link" href="#main">{messages.skip_to_content}</a>
        <header>
            {sandbox_note}
            <div class="site-header">
                <a class="site-name" href="/">{Icon::Bubble.view()} {messages.site_name}</a>
                {user}
            </div>
        </header>
    }
}

#[component]
fn UserReplacedNote(page: PageContext) -> impl IntoView {
    let message = page.messages.account_switched;
    (page.request.flash == Some(Flash::UserReplaced)).then(|| {
        view! { <Notice kind=NoticeKind::Info title=message.title><p>{message.advice}</p></Notice> }
    })
}

/// The forms for language and theme.
#[component]
fn Footer(page: PageContext) -> impl IntoView {
    let (messages, request) = (page.messages, page.request);
    let theme_name = |theme| match theme {
        Theme::System => messages.theme_system,
        Theme::Light => messages.theme_light,
        Theme::Dark => messages.theme_dark,
    };
    let pressed = |is_chosen: bool| if is_chosen { "true" } else { "false" };
    let langs = Lang::ALL.map(|lang| {
        let is_pressed = pressed(lang == request.lang);
        view! {
            <button type="submit" name="lang" value=lang.tag() lang=lang.tag() aria-pressed=is_pressed>
                {lang.native_name()}
            </button>
        }
    });
    let themes = Theme::ALL.map(|theme| {
        let is_pressed = pressed(theme == request.theme);
        view! { <button type="submit" name="theme" value=theme.name() aria-pressed=is_pressed>{theme_name(theme)}</button> }
    });
    view! {
        <footer class="site-footer">
            <a href="/privacy">{messages.privacy_title}</a>
            <div class="preferences">
                <form class="switch" method="post" action="/language" data-testid="language" novalidate aria-label=messages.language_label>
                    <input type="hidden" name="back" value=request.page_path.clone() />
                    {langs.into_iter().collect_view()}
                </form>
                <form class="switch" method="post" action="/theme" data-testid="theme" novalidate aria-label=messages.theme_label>
                    <input type="hidden" name="back" value=request.page_path.clone() />
                    {themes.into_iter().collect_view()}
                </form>
            </div>
        </footer>
    }
}

pub(super) fn is_cargo_leptos_watch() -> bool {
    cfg!(debug_assertions) && std::env::var_os("LEPTOS_WATCH").is_some()
}

fn leptos_options() -> LeptosOptions {
    LeptosOptions::builder().output_name("qq-login").build()
}
