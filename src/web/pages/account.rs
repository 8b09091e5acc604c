//! `/account`: what the site knows of the person, and the state of their permission.

mod permission;

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::parts::{Avatar, LogoutForm};
use super::see_other;
use crate::accounts::PrimaryEmail;
use crate::login::{LoginError, TokenState};
use crate::sessions::{Reauth, SignedIn, Visitor};
use crate::web::flash::Flash;
use crate::web::islands::Busy;
use crate::web::notice;
use crate::web::permission::{SIGN_IN, way_out};
use crate::web::render::{Frame, Viewer, render};
use crate::web::texts::Texts;
use crate::web::visit::Visit;
use permission::{Permission, PermissionPart};

#[derive(Clone)]
struct Prepared {
    email: Option<PrimaryEmail>,
    /// Where typed addresses are trusted, only one that somebody else has is not verified. That is
    /// not to be told.
    shows_verification: bool,
    permission: Permission,
}

pub(super) async fn show(visit: Visit) -> Response {
    let setting = visit.setting.clone();
    match prepare(visit).await {
        Ok(Ok((signed_in, prepared))) => {
            let title = setting.texts().account_title;
            let frame = Frame::new(setting, title).seen_by(Some(&signed_in)).with_islands();
            render(StatusCode::OK, frame, prepared).await
        }
        Ok(Err(elsewhere)) => see_other(elsewhere),
        Err(error) => notice::failed(setting, "the account page could not be prepared", &error).await,
    }
}

/// Gathers what the page shows, or tells where to go instead.
async fn prepare(visit: Visit) -> Result<Result<(SignedIn, Prepared), &'static str>, LoginError> {
    let Some(signed_in) = visit.visitor.and_then(Visitor::signed_in) else { return Ok(Err(SIGN_IN)) };
    let (login, facts) = (&visit.setting.site.login, &visit.setting.site.facts);
    let has_just_failed = Flash::read(&visit.setting.parts.headers) == Some(Flash::NotRenewed);
    let is_to_be_renewed = signed_in.token.decide(login.now()) == Reauth::Renew;
    let asks_too_often = || facts.rate_limits.as_ref().is_some_and(|it| it.count_person(&signed_in.openid).is_err());
    let state = if is_to_be_renewed && (has_just_failed || asks_too_often()) {
        // QQ was asked a moment ago. Asking again now would only let the person wait twice.
        TokenState::Stale(signed_in)
    } else {
        login.keep_token(signed_in, &visit.session).await?
    };
    let (signed_in, is_stale) = match state {
        TokenState::Good(signed_in) => (signed_in, has_just_failed),
        TokenState::Stale(signed_in) => (signed_in, true),
        elsewhere => return Ok(Err(way_out(&elsewhere).unwrap_or(SIGN_IN))),
    };
    let email = login.accounts().primary_email(signed_in.user_id).await?;
    let shows_verification = !login.trusts_email();
    let permission = Permission {
        obtained_at: signed_in.token.obtained_at,
        expires_at: signed_in.token.expires_at(),
        ends_soon: signed_in.token.ends_soon(login.now(), facts.token_notice_secs),
        has_ended: signed_in.token.decide(login.now()) != Reauth::GoOn,
        is_stale,
    };
    Ok(Ok((signed_in, Prepared { email, shows_verification, permission })))
}

/// The account page.
#[component]
pub(in crate::web) fn AccountPage() -> impl IntoView {
    let (frame, prepared) = (use_context::<Frame>(), use_context::<Prepared>());
    let viewer = frame.as_ref().and_then(|frame| frame.viewer.clone());
    frame.zip(prepared).zip(viewer).map(|((frame, prepared), viewer)| {
        let texts = frame.texts;
        view! {
            <section class="card">
                <div class="person">
                    <Avatar name=viewer.name().to_owned() hash=viewer.avatar_hash.clone() />
                    <h1>{texts.account_title}</h1>
                </div>
                <PersonFacts texts viewer email=prepared.email shows_verification=prepared.shows_verification />
                <PortraitPart texts flash=frame.flash />
                <PermissionPart permission=prepared.permission />
                <LogoutForm />
                <p class="small">{texts.logout_note}</p>
                <nav aria-label=texts.account_more>
                    <ul class="links">
                        <li><a href="/account/sessions">{texts.sessions_title}</a></li>
                        <li><a href="/account/export" download>{texts.account_export}</a></li>
                        <li><a href="/account/delete">{texts.delete_title}</a></li>
                    </ul>
                </nav>
            </section>
        }
    })
}

#[component]
fn PersonFacts(
    texts: &'static Texts,
    viewer: Viewer,
    email: Option<PrimaryEmail>,
    shows_verification: bool,
) -> impl IntoView {
    let nickname = match viewer.nickname {
        Some(nickname) => view! { <dd data-testid="nickname">{nickname}</dd> }.into_any(),
        None => view! { <dd class="none">{texts.account_no_nickname}</dd> }.into_any(),
    };
    let email = match email {
        Some(email) => {
            let state = if email.is_verified { texts.account_email_verified } else { texts.account_email_unverified };
            let state = shows_verification.then(|| view! { " " <span class="tag">{state}</span> });
            view! { <dd>{email.email} {state}</dd> }.into_any()
        }
        None => view! { <dd class="none">{texts.account_no_email}</dd> }.into_any(),
    };
    view! {
        <dl class="facts">
            <dt>{texts.account_username}</dt>
            <dd data-testid="username">{viewer.username}</dd>
            <dt>{texts.account_nickname}</dt>
            {nickname}
            <dt>{texts.account_email}</dt>
            {email}
        </dl>
    }
}

/// Fetching nickname and avatar anew, and how that went.
#[component]
fn PortraitPart(texts: &'static Texts, flash: Option<Flash>) -> impl IntoView {
    let said = match flash {
        Some(Flash::PortraitUpdated) => {
            view! { <p class="remark" role="status">{texts.portrait_updated}</p> }.into_any()
        }
        Some(Flash::PortraitPartly) => {
            view! { <p class="remark trouble" role="alert">{texts.portrait_partly}</p> }.into_any()
        }
        Some(Flash::PortraitUnavailable) => {
            view! { <p class="remark trouble" role="alert">{texts.portrait_unavailable}</p> }.into_any()
        }
        Some(Flash::PortraitRefused) => {
            view! { <p class="remark trouble" role="alert">{texts.portrait_refused}</p> }.into_any()
        }
        _ => ().into_any(),
    };
    let is_again = matches!(flash, Some(Flash::PortraitPartly | Flash::PortraitUnavailable));
    view! {
        <div class="part">
            {said}
            <form method="post" action="/account/portrait" data-testid="update-portrait" novalidate>
                <Busy>
                    <button class="quiet" type="submit">
                        <span class="when-idle">{if is_again { texts.try_again } else { texts.portrait_update }}</span>
                        <span class="when-busy">{texts.asking_qq}</span>
                    </button>
                </Busy>
            </form>
        </div>
    }
}
