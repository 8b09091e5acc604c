//! `/account`: what the site knows of the person, and the state of their permission.

mod authorization;

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::components::{Avatar, LogoutForm, SubmitButton};
use super::see_other;
use crate::accounts::EmailAddress;
use crate::login::{LoginError, TokenState};
use crate::sessions::{SessionData, SignedInUser, TokenStatus};
use crate::web::error_page;
use crate::web::flash::Flash;
use crate::web::i18n::Messages;
use crate::web::page::{PageContext, Viewer, render};
use crate::web::permission::{SIGN_IN, redirect_for};
use crate::web::request::PageRequest;
use authorization::{Permission, PermissionPart};

#[derive(Clone)]
struct Prepared {
    email: Option<EmailAddress>,
    /// Where typed addresses are trusted, only one that somebody else has is not verified. That is
    /// not to be told.
    shows_verification: bool,
    permission: Permission,
}

pub(super) async fn show(visit: PageRequest) -> Response {
    let setting = visit.setting.clone();
    match prepare(visit).await {
        Ok(Ok((signed_in, prepared))) => {
            let title = setting.messages().account_title;
            let frame = PageContext::new(setting, title).seen_by(Some(&signed_in)).with_script();
            render(StatusCode::OK, frame, prepared).await
        }
        Ok(Err(elsewhere)) => see_other(elsewhere),
        Err(error) => error_page::failed(setting, "the account page could not be prepared", &error).await,
    }
}

/// Gathers what the page shows, or tells where to go instead.
async fn prepare(visit: PageRequest) -> Result<Result<(SignedInUser, Prepared), &'static str>, LoginError> {
    let Some(signed_in) = visit.visitor.and_then(SessionData::signed_in) else { return Ok(Err(SIGN_IN)) };
    let (login, facts) = (&visit.setting.site.login, &visit.setting.site.facts);
    let has_just_failed = Flash::read(&visit.setting.parts.headers) == Some(Flash::NotRenewed);
    let is_to_be_renewed = signed_in.token.status(login.now()) == TokenStatus::NeedsRefresh;
    let asks_too_often = || facts.rate_limits.as_ref().is_some_and(|it| it.count_person(&signed_in.openid).is_err());
    let state = if is_to_be_renewed && (has_just_failed || asks_too_often()) {
        // QQ was asked a moment ago. Asking again now would only let the person wait twice.
        TokenState::Stale(signed_in)
    } else {
        login.ensure_valid_token(signed_in, &visit.session).await?
    };
    let (signed_in, is_stale) = match state {
        TokenState::Valid(signed_in) => (signed_in, has_just_failed),
        TokenState::Stale(signed_in) => (signed_in, true),
        elsewhere => return Ok(Err(redirect_for(&elsewhere).unwrap_or(SIGN_IN))),
    };
    let email = login.accounts().primary_email(signed_in.user_id).await?;
    let shows_verification = !login.trusts_email();
    let permission = Permission {
        obtained_at: signed_in.token.obtained_at,
        expires_at: signed_in.token.expires_at(),
        expires_soon: signed_in.token.expires_soon(login.now(), facts.token_notice_secs),
        has_ended: signed_in.token.status(login.now()) != TokenStatus::Valid,
        is_stale,
    };
    Ok(Ok((signed_in, Prepared { email, shows_verification, permission })))
}

/// The account page.
#[component]
pub(in crate::web) fn AccountPage() -> impl IntoView {
    let (frame, prepared) = (use_context::<PageContext>(), use_context::<Prepared>());
    let viewer = frame.as_ref().and_then(|frame| frame.viewer.clone());
    frame.zip(prepared).zip(viewer).map(|((frame, prepared), viewer)| {
        let messages = frame.messages;
        view! {
            <section class="card">
                <div class="person">
                    <Avatar name=viewer.name().to_owned() hash=viewer.avatar_hash.clone() />
                    <h1>{messages.account_title}</h1>
                </div>
                <PersonFacts messages viewer email=prepared.email shows_verification=prepared.shows_verification />
                <PortraitPart messages flash=frame.flash />
                <PermissionPart permission=prepared.permission />
                <LogoutForm />
                <p class="small">{messages.logout_note}</p>
                <nav aria-label=messages.account_links_label>
                    <ul class="links">
                        <li><a href="/account/sessions">{messages.sessions_title}</a></li>
                        <li><a href="/account/export" download>{messages.account_export}</a></li>
                        <li><a href="/account/delete">{messages.delete_title}</a></li>
                    </ul>
                </nav>
            </section>
        }
    })
}

#[component]
fn PersonFacts(
    messages: &'static Messages,
    viewer: Viewer,
    email: Option<EmailAddress>,
    shows_verification: bool,
) -> impl IntoView {
    let nickname = match viewer.nickname {
        Some(nickname) => view! { <dd data-testid="nickname">{nickname}</dd> }.into_any(),
        None => view! { <dd class="none">{messages.account_nickname_missing}</dd> }.into_any(),
    };
    let email = match email {
        Some(email) => {
            let state = if email.is_verified { messages.email_verified } else { messages.email_unverified };
            let state = shows_verification.then(|| view! { " " <span class="tag">{state}</span> });
            view! { <dd>{email.email} {state}</dd> }.into_any()
        }
        None => view! { <dd class="none">{messages.account_email_missing}</dd> }.into_any(),
    };
    view! {
        <dl class="facts">
            <dt>{messages.username_label}</dt>
            <dd data-testid="username">{viewer.username}</dd>
            <dt>{messages.account_nickname}</dt>
            {nickname}
            <dt>{messages.email_label}</dt>
            {email}
        </dl>
    }
}

/// Fetching nickname and avatar anew, and how that went.
#[component]
fn PortraitPart(messages: &'static Messages, flash: Option<Flash>) -> impl IntoView {
    let said = match flash {
        Some(Flash::PortraitUpdated) => {
            view! { <p class="remark" role="status">{messages.profile_refreshed}</p> }.into_any()
        }
        Some(Flash::PortraitPartly) => {
            view! { <p class="remark trouble" role="alert">{messages.profile_partial}</p> }.into_any()
        }
        Some(Flash::PortraitUnavailable) => {
            view! { <p class="remark trouble" role="alert">{messages.profile_unreachable}</p> }.into_any()
        }
        Some(Flash::PortraitRefused) => {
            view! { <p class="remark trouble" role="alert">{messages.profile_denied}</p> }.into_any()
        }
        _ => ().into_any(),
    };
    let is_again = matches!(flash, Some(Flash::PortraitPartly | Flash::PortraitUnavailable));
    view! {
        <div class="part">
            {said}
            <form method="post" action="/account/portrait" data-testid="update-portrait" novalidate>
                <SubmitButton
                    class="quiet"
                    label=if is_again { messages.try_again } else { messages.profile_refresh }
                    busy_label=messages.contacting_qq
                />
            </form>
        </div>
    }
}
