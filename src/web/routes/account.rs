//! What signed-in users do with their account.

use leptos::prelude::*;

use crate::audit::{self, Event};
use crate::login::{ApiOutcome, ProfileFetch, TokenState};
use crate::sessions::SignedInUser;
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::forms::{Redirection, current_request};
use crate::web::pages::account::{SIGN_IN, redirect_for};
use crate::web::pages::delete::DELETE;
use crate::web::pages::sessions::OTHER_SESSIONS;
use crate::web::request::PageRequest;

const ACCOUNT: &str = "/account";

/// Refreshes the access token before it expires.
#[server(prefix = "", endpoint = "account/renew")]
pub(super) async fn refresh_token() -> Result<Redirection, WebError> {
    let request = current_request()?;
    let Some(user) = counted_user(&request).await? else { return Ok(Redirection::to(SIGN_IN)) };
    let state = request.state.login.refresh_token_now(user, &request.session).await?;
    let flash = match &state {
        TokenState::Valid(_) => Some(Flash::TokenRefreshed),
        TokenState::Stale(_) => Some(Flash::TokenRefreshFailed),
        TokenState::ReauthRequired | TokenState::RevokedImmediately | TokenState::SignedOut => None,
    };
    Ok(Redirection::to(redirect_for(&state).unwrap_or(ACCOUNT)).with_flash(flash))
}

/// Fetches nickname and avatar from QQ again.
#[server(prefix = "", endpoint = "account/portrait")]
pub(super) async fn refresh_profile() -> Result<Redirection, WebError> {
    let request = current_request()?;
    let Some(user) = counted_user(&request).await? else { return Ok(Redirection::to(SIGN_IN)) };
    let flash = match request.state.login.refresh_profile(user, &request.session).await? {
        ApiOutcome::Answered(ProfileFetch::Complete) => Flash::ProfileUpdated,
        ApiOutcome::Answered(ProfileFetch::Partial) => Flash::ProfilePartlyUpdated,
        ApiOutcome::Unavailable => Flash::ProfileUnavailable,
        ApiOutcome::Misconfigured => Flash::ProfileRefused,
        ApiOutcome::NoToken(state) => return Ok(Redirection::to(redirect_for(&state).unwrap_or(ACCOUNT))),
    };
    Ok(Redirection::to(ACCOUNT).with_flash(flash))
}

/// Ends one of the user's sessions, named by its handle, or all but the current one ([`OTHER_SESSIONS`]).
#[server(prefix = "", endpoint = "account/sessions/end")]
pub(super) async fn end_sessions(#[server(default)] session: String) -> Result<Redirection, WebError> {
    let request = current_request()?;
    let user = counted_user(&request).await?;
    let Some((user, current)) = user.zip(request.session.id()) else { return Ok(Redirection::to(SIGN_IN)) };
    let sessions = &request.state.sessions;
    let has_ended = if session == OTHER_SESSIONS {
        sessions.end_others(user.user_id, current).await.map(|()| true)
    } else {
        sessions.end_by_handle(user.user_id, &session).await
    };
    let flash = has_ended?.then(|| {
        audit::record(Event::SessionsEnded { user_id: user.user_id });
        Flash::SessionsEnded
    });
    Ok(Redirection::to("/account/sessions").with_flash(flash))
}

/// Deletes the account with everything that belongs to it, and signs the user out. `account` is the username that the
/// page has shown. The page asks for a sign-in if there was none a moment ago.
#[server(prefix = "", endpoint = "account/delete")]
pub(super) async fn delete_account(#[server(default)] account: String) -> Result<Redirection, WebError> {
    let request = current_request()?;
    let Some(user) = counted_user(&request).await? else { return Ok(Redirection::to(SIGN_IN)) };
    if !is_shown(&user, &account) {
        return Ok(Redirection::to(DELETE).with_flash(Flash::AccountMismatch));
    }
    if !user.has_signed_in_recently(request.state.login.now()) {
        return Ok(Redirection::to(DELETE));
    }
    request.state.login.accounts().delete(user.user_id).await?;
    audit::record(Event::AccountDeleted { user_id: user.user_id });
    Ok(Redirection::to("/").with_flash(Flash::AccountDeleted).ending_session().clearing_cache())
}

/// Whether `account`, the username that a page has shown, is the user's: another tab may have signed in somebody else
/// since then. Scripts may leave it out.
pub(super) fn is_shown(user: &SignedInUser, account: &str) -> bool {
    account.is_empty() || account == user.username
}

/// Returns the signed-in user and counts the request for them.
pub(super) async fn counted_user(request: &PageRequest) -> Result<Option<SignedInUser>, WebError> {
    let data = request.session_data().await?;
    if let Some(data) = &data {
        request.state.rate_limits.count_user(data.openid())?;
    }
    Ok(data.and_then(|data| data.signed_in()))
}
