//! The document round every page, and which page stands at which address.

use axum::http::{HeaderValue, header};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;
use leptos_router::components::{Route, Router, Routes};
use leptos_router::path;

use super::error_page::{ErrorPage, ErrorPageView};
use super::flash::Flash;
use super::middleware::content_security_policy;
use super::page::PageContext;
use super::pages::{
    AccountPage, Avatar, DeletePage, HomePage, LoginPage, Missing, NotFoundPage, PrivacyPage, RegisterPage,
    SessionsPage,
};
use super::preferences::Theme;
use super::script::PageScript;
use crate::language::Lang;

/// The whole document.
pub(super) fn shell() -> impl IntoView {
    let frame = use_context::<PageContext>();
    let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
    // Views outside an island are not hydrated, so they need no marks for it.
    if let Some(shared) = Owner::current_shared_context() {
        shared.set_is_hydrating(false);
    }
    frame.map(|frame| {
        let assets = frame.setting.site.facts.assets.clone();
        protect(&frame, &nonce);
        view! {
            <!DOCTYPE html>
            <html lang=frame.lang.tag() data-theme=frame.theme.name()>
                <head>
                    <meta charset="utf-8" />
                    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
                    <meta name="color-scheme" content="light dark" />
                    <title>{format!("{} - {}", frame.title, frame.messages.site_name)}</title>
                    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                    <link rel="stylesheet" id="leptos" href=assets.css() />
                    {frame.has_script.then(|| view! { <PageScript nonce=nonce.clone() assets=assets.clone() /> })}
                    {is_being_developed().then(|| view! { <AutoReload options=leptos_options() /> })}
                </head>
                <body>
                    <App />
                </body>
            </html>
        }
    })
}

/// Which page stands at which address. This is the only list of the pages.
#[component]
pub(super) fn App() -> impl IntoView {
    // A notice takes the place of whatever page was asked for.
    if let Some(notice) = use_context::<ErrorPage>() {
        return view! { <Layout><ErrorPageView notice /></Layout> }.into_any();
    }
    if use_context::<Missing>().is_some() {
        return view! { <Layout><NotFoundPage /></Layout> }.into_any();
    }
    view! {
        <Router>
            <Layout>
                <Routes fallback=NotFoundPage>
                    <Route path=path!("/") view=HomePage />
                    <Route path=path!("/login") view=LoginPage />
                    <Route path=path!("/register") view=RegisterPage />
                    <Route path=path!("/account") view=AccountPage />
                    <Route path=path!("/account/sessions") view=SessionsPage />
                    <Route path=path!("/account/delete") view=DeletePage />
                    <Route path=path!("/privacy") view=PrivacyPage />
                </Routes>
            </Layout>
        </Router>
    }
    .into_any()
}

/// Header and footer, the same on every page.
#[component]
fn Layout(children: Children) -> impl IntoView {
    let frame = use_context::<PageContext>();
    let somebody_else = frame.clone().filter(|frame| frame.flash == Some(Flash::SomebodyElse)).map(|frame| {
        let said = frame.messages.account_switched;
        view! {
            <div class="trouble calm" role="status">
                <p><strong>{said.title}</strong></p>
                <p>{said.advice}</p>
            </div>
        }
    });
    let header = frame.clone().map(|frame| {
        view! {
            <a class="skip" href="#main">{frame.messages.skip_to_content}</a>
            {frame.setting.site.facts.is_sandbox.then(|| view! { <p class="sandbox-note">{frame.messages.sandbox_note}</p> })}
            <header class="top">
                <a class="site-name" href="/">{frame.messages.site_name}</a>
                {frame.viewer.clone().map(|viewer| view! {
                    <nav class="top-account">
                        <a href="/account">
                            <Avatar name=viewer.name().to_owned() hash=viewer.avatar_hash.clone() is_small=true />
                            {viewer.name().to_owned()}
                        </a>
                    </nav>
                })}
            </header>
        }
    });
    view! {
        {header}
        <main id="main" tabindex="-1">{somebody_else}{children()}</main>
        {frame.map(|frame| view! { <Preferences frame /> })}
    }
}

/// The forms for language and theme.
#[component]
fn Preferences(frame: PageContext) -> impl IntoView {
    let messages = frame.messages;
    let theme_name = move |theme: Theme| match theme {
        Theme::System => messages.theme_system,
        Theme::Light => messages.theme_light,
        Theme::Dark => messages.theme_dark,
    };
    let pressed = |is_chosen: bool| if is_chosen { "true" } else { "false" };
    view! {
        <footer class="preferences">
            <form method="post" action="/language" data-testid="language" novalidate aria-label=messages.language_label>
                <input type="hidden" name="back" value=frame.here.clone() />
                {Lang::ALL.map(|lang| view! {
                    <button
                        type="submit"
                        name="lang"
                        value=lang.tag()
                        lang=lang.tag()
                        aria-pressed=pressed(lang == frame.lang)
                    >
                        {lang.native_name()}
                    </button>
                }).into_iter().collect_view()}
            </form>
            <form method="post" action="/theme" data-testid="theme" novalidate aria-label=messages.theme_label>
                <input type="hidden" name="back" value=frame.here.clone() />
                {Theme::ALL.map(|theme| view! {
                    <button type="submit" name="theme" value=theme.name() aria-pressed=pressed(theme == frame.theme)>
                        {theme_name(theme)}
                    </button>
                }).into_iter().collect_view()}
            </form>
            <a href="/privacy">{messages.privacy_title}</a>
        </footer>
    }
}

/// Sends the page's own Content-Security-Policy, which names the nonce of its script.
fn protect(frame: &PageContext, nonce: &str) {
    let has_script = frame.has_script || is_being_developed();
    let policy = content_security_policy(&frame.setting.site.facts.form_targets, has_script.then_some(nonce));
    let value = HeaderValue::from_str(&policy);
    if let (Some(response), Ok(value)) = (use_context::<ResponseOptions>(), value) {
        response.insert_header(header::CONTENT_SECURITY_POLICY, value);
    }
}

/// Whether `cargo leptos watch` runs this program.
fn is_being_developed() -> bool {
    cfg!(debug_assertions) && std::env::var_os("LEPTOS_WATCH").is_some()
}

fn leptos_options() -> LeptosOptions {
    LeptosOptions::builder().output_name("qq-login").build()
}
