//! `/login`: the QQ button, and why the last login failed.

use leptos::prelude::*;

use crate::login::LoginFailure;
use crate::sessions::TokenStatus;
use crate::web::components::{Icon, Notice, NoticeKind, SignIn};
use crate::web::error::WebError;
use crate::web::i18n::{Message, Messages};
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::page_data;
use crate::web::request::PageRequest;
use crate::web::template::PublicPage;

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    let next = request.next();
    let failure = request.query("error").and_then(|code| LoginFailure::from_code(&code));
    let user = request.signed_in_user().await?;
    if let Some(user) = &user {
        // A user whose token has ended and who failed at QQ stays here: `next` would lead to QQ and back, in circles.
        let is_valid = user.token.status(request.state.login.now()) == TokenStatus::Valid;
        if is_valid || failure.is_none() {
            return Ok(PageResponse::redirect(next.as_str()));
        }
    }
    let messages = request.messages();
    let title = match failure {
        Some(LoginFailure::Cancelled) => (messages.login_failure)(LoginFailure::Cancelled).title.to_owned(),
        Some(failure) => format!("{}{}", messages.error_prefix, (messages.login_failure)(failure).title),
        None => messages.login_title.to_owned(),
    };
    let page = Page::new(&request, title).with_user(user).with_data(failure);
    Ok(page.with_template(PublicPage::Login { failure, has_next: !next.is_default() }).into())
}

#[component]
pub(in crate::web) fn LoginPage() -> impl IntoView {
    page_data::<Option<LoginFailure>>().map(|(page, failure)| {
        let (messages, next) = (page.messages, page.request.next());
        let alert = failure.map(|failure| {
            let Message { title, advice } = (messages.login_failure)(failure);
            // The user cancelled on purpose.
            let is_cancelled = failure == LoginFailure::Cancelled;
            let kind = if is_cancelled { NoticeKind::Info } else { NoticeKind::Error };
            view! { <Notice kind title is_alert=true><p>{advice}</p></Notice> }
        });
        let state = &page.request.state;
        let recovery = state.may_recover_accounts().then(|| match state.has_recovery_link() {
            true => view! { <RecoveryLink messages href=next.append_to("/login/qq?recover=on") /> }.into_any(),
            false => view! { <RecoveryHint messages /> }.into_any(),
        });
        let name = page.request.state.site.identity.name.as_deref();
        // "Sign in to QQ Login" would say the same twice.
        let heading = name.map_or_else(|| messages.login_title.to_owned(), messages.login_heading);
        let next_note = (!next.is_default()).then(|| view! { <p>{(messages.login_next)(next.as_str())}</p> });
        view! {
            <div class="split">
                <Panel messages />
                <div class="page center">
                    <section class="card sign-in">
                        <span class="mark">{Icon::Bubble.view()}</span>
                        <h1>{heading}</h1>
                        {alert}
                        {next_note}
                        <SignIn href=next.append_to("/login/qq") />
                        {recovery}
                    </section>
                </div>
            </div>
        }
    })
}

/// What users who have lost their QQ choose at registration.
#[component]
fn RecoveryHint(messages: &'static Messages) -> impl IntoView {
    view! {
        <details class="small">
            <summary>{messages.login_lost_qq.title}</summary>
            <p>{messages.login_lost_qq.advice}</p>
        </details>
    }
}

/// Where users who have lost their QQ go, if the QQ button leads to no choice.
#[component]
fn RecoveryLink(messages: &'static Messages, href: String) -> impl IntoView {
    view! {
        <p class="small">
            {messages.login_lost_qq.title} {messages.space}
            <a href=href rel="nofollow" data-testid="login-recover">{messages.login_recover}</a>
        </p>
    }
}

/// The half of a wide screen that says what signing in with QQ means. The card says the same in short.
#[component]
fn Panel(messages: &'static Messages) -> impl IntoView {
    let icons = [Icon::Lock, Icon::Bolt, Icon::Check];
    let points =
        icons.into_iter().zip(messages.login_points).map(|(icon, text)| view! { <li>{icon.view()} {text}</li> });
    view! {
        <div class="panel">
            <ul class="bubbles">{points.collect::<Vec<_>>()}</ul>
            <p class="panel-title">{messages.login_panel_title}</p>
            <p>{messages.login_privacy_never}</p>
        </div>
    }
}
