//! `/account`: who is signed in, and a card for each part of the account.
//! [`load`] refreshes the token if it has to be; [`AccountPage`] shows the result. A card links to the page that does the
//! work, or has a form that posts to `routes::account`.
//! It must not know how a token is refreshed, only what came of it.

mod data;
mod email;
mod notices;
mod profile;
mod qq;
mod sessions;

use leptos::prelude::*;

use crate::login::TokenState;
use crate::sessions::{PrimaryEmail, SignedInUser, TokenStatus};
use crate::web::components::{Avatar, AvatarSize, LogoutForm};
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::page::{Page, PageResponse};
use crate::web::page_context::page_data;
use crate::web::qq_redirect;
use crate::web::request::PageRequest;
use data::DataCard;
use email::EmailCard;
use notices::AccountNotices;
use profile::ProfileCard;
use qq::{QqCard, TokenInfo, TokenProblem};
use sessions::SessionsCard;

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
    /// Whether addresses are verified by mail.
    sends_mail: bool,
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
        sends_mail: request.state.verification_queue().is_some(),
        token: TokenInfo::new(&user.token, problem, login.now(), request.state.site.token_notice_secs),
        user: user.clone(),
    };
    let page = Page::new(&request, request.messages().account_title).with_user(Some(user));
    Ok(page.with_data(data).into())
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
    page_data::<AccountData>().map(|(page, AccountData { user, email, shows_verification, sends_mail, token })| {
        let (messages, flash) = (page.messages, page.request.flash);
        view! {
            <div class="page">
                <AccountNotices messages flash problem=token.problem />
                <AccountHeader user=user.clone() />
                <div class="cards">
                    <ProfileCard messages user flash />
                    <QqCard page token />
                    <EmailCard messages email shows_verification sends_mail />
                    <SessionsCard messages />
                    <DataCard messages />
                </div>
            </div>
        }
    })
}

/// Who is signed in.
#[component]
fn AccountHeader(user: SignedInUser) -> impl IntoView {
    let name = user.display_name().to_owned();
    view! {
        <section class="card account-header">
            <Avatar name=name.clone() hash=user.avatar_hash size=AvatarSize::Large />
            <div class="names">
                <h1><bdi>{name}</bdi></h1>
                <p class="muted">"@" <bdi>{user.username}</bdi></p>
            </div>
            <LogoutForm />
        </section>
    }
}
