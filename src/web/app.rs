//! The document around every page.

use leptos::html;
use leptos::nonce::use_nonce;
use leptos::prelude::*;

use super::assets;
use super::components::{Avatar, AvatarSize, Icon, IcpLink, Notice, NoticeKind};
#[cfg(debug_assertions)]
use super::dev_bar::DevBar;
use super::flash::Flash;
use super::page_context::PageContext;
use super::script::PageScript;
use super::theme::Theme;
use crate::language::Lang;
use crate::login::ReturnTo;

/// The whole document. Its children are the content of the page.
#[component]
pub(super) fn Document(children: Children) -> impl IntoView {
    let nonce = use_nonce().map(|nonce| nonce.to_string());
    use_context::<PageContext>().map(|page| {
        let request = page.request.clone();
        view! {
            <!DOCTYPE html>
            <html lang=request.lang.tag() data-theme=request.theme.name()>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                    <meta name="color-scheme" content="light dark" />
                    <title>{format!("{} - {}", page.title, page.site_name())}</title>
                    <meta name="description" content=page.messages.home_lead />
                    {page.user.is_none().then(|| view! { <Preview page=page.clone() /> })}
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                    <link rel="apple-touch-icon" href="/icon.png" />
                    <link rel="manifest" href="/manifest.webmanifest" />
                    <link rel="stylesheet" id="leptos" href=request.state.assets.css() />
                    {nonce.map(|nonce| view! { <PageScript nonce assets=page.request.state.assets.clone() /> })}
                    {assets::is_cargo_leptos_watch().then(|| view! { <AutoReload options=leptos_options() /> })}
                </head>
                <body>
                    <Header page=page.clone() />
                    <main id="main" tabindex="-1">
                        <SessionEnded page=page.clone() />
                        <UserReplacedNote page=page.clone() />
                        {children()}
                    </main>
                    <Footer page />
                </body>
            </html>
        }
    })
}

/// What other programs show of a link to the page (Open Graph).
#[component]
fn Preview(page: PageContext) -> impl IntoView {
    let image = format!("{}/icon.png", page.request.state.site.public_url.origin());
    // `view!` does not know the attribute `property`.
    let meta = |property: &'static str, content: String| html::meta().attr("property", property).content(content);
    [
        meta("og:type", "website".to_owned()),
        meta("og:site_name", page.site_name().to_owned()),
        meta("og:title", page.title),
        meta("og:description", page.messages.home_lead.to_owned()),
        meta("og:image", image),
    ]
    .into_iter()
    .collect_view()
}

#[component]
fn Header(page: PageContext) -> impl IntoView {
    let (messages, site_name) = (page.messages, page.site_name().to_owned());
    let sandbox_note =
        page.request.state.site.is_sandbox.then(|| view! { <p class="sandbox-note">{messages.sandbox_note}</p> });
    #[cfg(debug_assertions)]
    let dev_bar = view! { <DevBar page=page.clone() /> };
    #[cfg(not(debug_assertions))]
    let dev_bar = ();
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
            {dev_bar}
            <div class="site-header">
                <a class="site-name" href="/">{Icon::Bubble.view()} <bdi>{site_name}</bdi></a>
                {user}
            </div>
        </header>
    }
}

/// What the page's script shows when the session has ended meanwhile.
#[component]
fn SessionEnded(page: PageContext) -> impl IntoView {
    let messages = page.messages;
    page.user.map(|_| {
        let sign_in = ReturnTo::parse(&page.request.page_path).append_to("/login");
        view! {
            <template data-session-ended>
                <Notice
                    kind=NoticeKind::Warning
                    title=messages.session_ended.title
                    attr:data-testid="session-ended"
                >
                    <p>{messages.session_ended.advice}</p>
                    <p><a href=sign_in target="_blank">{messages.session_sign_in}</a></p>
                </Notice>
            </template>
        }
    })
}

#[component]
fn UserReplacedNote(page: PageContext) -> impl IntoView {
    let message = page.messages.account_switched;
    (page.request.flash == Some(Flash::UserReplaced)).then(|| {
        view! { <Notice kind=NoticeKind::Info title=message.title><p>{message.advice}</p></Notice> }
    })
}

/// Who runs the site, and the forms for language and theme.
#[component]
fn Footer(page: PageContext) -> impl IntoView {
    let (messages, request) = (page.messages, page.request.clone());
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
            <SiteLinks page=page.clone() />
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

#[component]
fn SiteLinks(page: PageContext) -> impl IntoView {
    let (messages, identity) = (page.messages, page.request.state.site.identity.clone());
    let contact = identity.contact_email.map(|email| format!("mailto:{email}"));
    view! {
        <div class="site-links">
            {identity.operator_name.map(|name| view! { <span>{name}</span> })}
            {identity.icp_number.map(|number| view! { <IcpLink number /> })}
            <a href="/privacy">{messages.privacy_title}</a>
            {identity.terms_url.map(|url| view! { <a href=url>{messages.terms_title}</a> })}
            {contact.map(|url| view! { <a href=url>{messages.contact_label}</a> })}
        </div>
    }
}

fn leptos_options() -> LeptosOptions {
    LeptosOptions::builder().output_name("qq-login").build()
}
