//! `/account`: the user's profile and the state of the access token.
//! [`load`] refreshes the token if it has to be; [`AccountPage`] shows the result, and its forms post to `routes::account`.
//! It must not know how a token is refreshed, only what came of it.

mod token;

use leptos::prelude::*;

use super::components::{Avatar, LogoutForm, SubmitButton};
use crate::login::TokenState;
use crate::sessions::{PrimaryEmail, SignedInUser, TokenStatus};
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::i18n::Messages;
use crate::web::page::{Page, PageResponse, page_data};
use crate::web::qq_redirect;
use crate::web::request::PageRequest;
use token::{TokenInfo, TokenProblem, TokenSection};

/// Where users sign in to come to this page.
pub(in crate::web) const SIGN_IN: &str = "/login?next=/account";
/// Where users go whose token has to be replaced.
const REAUTHORIZE: &str = "/login/qq?next=/account";

#[derive(Clone)]
struct AccountData {
    user: SignedInUser,
    email: Option<PrimaryEmail>,
    /// If typed addresses are trusted, an unverified one would reveal that another user has it.
    shows_verification: bool,
    token: TokenInfo,
}

pub(in crate::web) async fn load(request: PageRequest) -> Result<PageResponse, WebError> {
    let Some(user) = request.signed_in_user().await? else { return Ok(PageResponse::redirect(SIGN_IN)) };
    let login = &request.state.login;
    let has_just_failed = request.flash == Some(Flash::TokenRefreshFailed);
    let (user, problem) = match token_state(&request, user.clone()).await? {
        TokenState::Valid(user) => (user, has_just_failed.then_some(TokenProblem::QqUnreachable)),
        TokenState::Stale(user) => (user, Some(TokenProblem::QqUnreachable)),
        TokenState::ReauthRequired => match qq_redirect::redirect_once_a_minute(&request, REAUTHORIZE) {
            Some(redirect) => return Ok(PageResponse::Redirect(redirect)),
            None => (user, Some(TokenProblem::StillUnusable)),
        },
        state => return Ok(PageResponse::redirect(redirect_for(&state).unwrap_or(SIGN_IN))),
    };
    let data = AccountData {
        email: PrimaryEmail::read(&request.session).await?,
        shows_verification: !login.trusts_email(),
        token: TokenInfo::new(&user.token, problem, login.now(), request.state.site.token_notice_secs),
        user: user.clone(),
    };
    let page = Page::new(&request, request.messages().account_title).with_user(Some(user));
    Ok(page.with_script().with_data(data).into())
}

/// Refreshes the token if it has to be, but not if QQ was called a moment ago: the user would wait twice.
async fn token_state(request: &PageRequest, user: SignedInUser) -> Result<TokenState, WebError> {
    let login = &request.state.login;
    let needs_refresh = user.token.status(login.now()) == TokenStatus::NeedsRefresh;
    let has_just_failed = request.flash == Some(Flash::TokenRefreshFailed);
    if needs_refresh && (has_just_failed || request.state.rate_limits.count_user(&user.openid).is_err()) {
        return Ok(TokenState::Stale(user));
    }
    Ok(login.ensure_valid_token(user, &request.session).await?)
}

/// Returns where a user has to go whose token cannot be used.
pub(in crate::web) fn redirect_for(state: &TokenState) -> Option<&'static str> {
    match state {
        TokenState::Valid(_) | TokenState::Stale(_) => None,
        TokenState::ReauthRequired => Some(REAUTHORIZE),
        // Not to QQ again, which would go on in circles.
        TokenState::RevokedImmediately => Some("/login?error=denied"),
        TokenState::SignedOut => Some(SIGN_IN),
    }
}

#[component]
pub(in crate::web) fn AccountPage() -> impl IntoView {
    page_data::<AccountData>().map(|(page, AccountData { user, email, shows_verification, token })| {
        let messages = page.messages;
        view! {
            <section class="card">
                <div class="profile-heading">
                    <Avatar name=user.display_name().to_owned() hash=user.avatar_hash.clone() />
                    <h1>{messages.account_title}</h1>
                </div>
                <ProfileFacts messages user email shows_verification />
                <ProfileSection messages flash=page.request.flash />
                <TokenSection page token />
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
fn ProfileFacts(
    messages: &'static Messages,
    user: SignedInUser,
    email: Option<PrimaryEmail>,
    shows_verification: bool,
) -> impl IntoView {
    let nickname = match user.nickname {
        Some(nickname) => view! { <dd><bdi data-testid="nickname">{nickname}</bdi></dd> }.into_any(),
        None => view! { <dd class="muted">{messages.account_nickname_missing}</dd> }.into_any(),
    };
    let email = match email {
        Some(email) => {
            let state = if email.is_verified { messages.email_verified } else { messages.email_unverified };
            let state = shows_verification.then(|| view! { " " <span class="badge">{state}</span> });
            view! { <dd>{email.address} {state}</dd> }.into_any()
        }
        None => view! { <dd class="muted">{messages.account_email_missing}</dd> }.into_any(),
    };
    view! {
        <dl class="details">
            <dt>{messages.username_label}</dt>
            <dd><bdi data-testid="username">{user.username}</bdi></dd>
            <dt>{messages.account_nickname}</dt>
            {nickname}
            <dt>{messages.email_label}</dt>
            {email}
        </dl>
    }
}

/// The form that fetches nickname and avatar again, and what came of it.
#[component]
fn ProfileSection(messages: &'static Messages, flash: Option<Flash>) -> impl IntoView {
    let problem = match flash {
        Some(Flash::ProfilePartlyUpdated) => Some(messages.profile_partial),
        Some(Flash::ProfileUnavailable) => Some(messages.profile_unreachable),
        Some(Flash::ProfileRefused) => Some(messages.profile_denied),
        _ => None,
    };
    let may_retry = matches!(flash, Some(Flash::ProfilePartlyUpdated | Flash::ProfileUnavailable));
    view! {
        <div class="card-section">
            {(flash == Some(Flash::ProfileUpdated))
                .then(|| view! { <p class="notice" role="status">{messages.profile_refreshed}</p> })}
            {problem.map(|problem| view! { <p class="notice alert" role="alert">{problem}</p> })}
            <form method="post" action="/account/portrait" data-testid="update-portrait" novalidate>
                <SubmitButton
                    class="secondary"
                    label=if may_retry { messages.try_again } else { messages.profile_refresh }
                    busy_label=messages.contacting_qq
                />
            </form>
        </div>
    }
}
