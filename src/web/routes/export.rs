//! `GET /account/export`: what the site stores about a user, as a JSON file. The page `/account/data` leads to it, and asks for a
//! sign-in if there was none a moment ago.

use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tower_sessions::session::Id;

use super::account::{counted_user, is_shown};
use crate::accounts::{AccountExport, EmailAddress, FormerUsername, LinkedIdentity, USERNAME_RESERVED_SECS};
use crate::audit::{self, Event};
use crate::login::LoginError;
use crate::sessions::{SessionInfo, SignedInUser};
use crate::web::error::WebError;
use crate::web::flash::Flash;
use crate::web::forms::Redirection;
use crate::web::pages::account::SIGN_IN;
use crate::web::pages::data::DATA;
use crate::web::request::PageRequest;
use crate::web::state::AppState;
use crate::web::time::rfc3339;

pub(super) async fn download(request: PageRequest) -> Result<Response, WebError> {
    let sign_in = || Ok(Redirect::to(SIGN_IN).into_response());
    let Some(user) = counted_user(&request).await? else { return sign_in() };
    if !is_shown(&user, &request.query("account").unwrap_or_default()) {
        return Ok(Redirection::to(DATA).with_flash(Flash::AccountMismatch).into_response(&request));
    }
    if !user.has_signed_in_recently(request.state.login.now()) {
        return Ok(Redirect::to(DATA).into_response());
    }
    let Some(data) = export(&request.state, &user, request.session.id()).await? else { return sign_in() };
    audit::record(Event::DataExported { user_id: user.user_id });
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"qq-login-account.json\""),
    ];
    Ok((headers, format!("{data:#}\n")).into_response())
}

/// Returns everything but secrets: a file is easily lost. `None` if the account is gone.
async fn export(state: &AppState, user: &SignedInUser, current: Option<Id>) -> Result<Option<Value>, LoginError> {
    let accounts = state.login.accounts();
    let Some(AccountExport { username, former_usernames, created_at, email_addresses, identities, known_browsers }) =
        accounts.export(user.user_id).await?
    else {
        return Ok(None);
    };
    let mut exported_identities = Vec::new();
    for identity in identities {
        exported_identities.push(export_identity(state, identity).await?);
    }
    let sessions = state.sessions.list_for_user(user.user_id, current).await?;
    // If typed addresses are trusted, an unverified one would reveal that another user has it.
    let shows_verified = !state.login.trusts_email();
    Ok(Some(json!({
        "user_name": username,
        "former_user_names": former_usernames.into_iter().map(export_former_username).collect::<Vec<_>>(),
        "account_made": rfc3339(created_at),
        "email_addresses": email_addresses.into_iter().map(|email| export_email(email, shows_verified)).collect::<Vec<_>>(),
        "identities": exported_identities,
        "known_browsers": known_browsers.into_iter().map(export_known_browser).collect::<Vec<_>>(),
        "sessions": sessions.into_iter().map(export_session).collect::<Vec<_>>(),
        "permission": {
            "obtained": rfc3339(user.token.obtained_at),
            "good_until": rfc3339(user.token.expires_at()),
        },
    })))
}

fn export_former_username(former: FormerUsername) -> Value {
    let reserved_until = former.given_up_at.saturating_add(USERNAME_RESERVED_SECS);
    json!({ "user_name": former.username, "reserved_until": rfc3339(reserved_until) })
}

fn export_known_browser(last_seen_at: i64) -> Value {
    json!({ "last_used": rfc3339(last_seen_at) })
}

fn export_email(email: EmailAddress, shows_verified: bool) -> Value {
    let mut exported = json!({ "email": email.email, "primary": email.is_primary, "since": rfc3339(email.created_at) });
    if let Some(exported) = exported.as_object_mut().filter(|_| shows_verified) {
        exported.insert("verified".to_owned(), email.is_verified.into());
    }
    exported
}

fn export_session(session: SessionInfo) -> Value {
    json!({
        "began": rfc3339(session.created_at),
        "last_used": rfc3339(session.last_seen_at),
        "browser": session.device.browser,
        "system": session.device.system,
    })
}

async fn export_identity(state: &AppState, identity: LinkedIdentity) -> Result<Value, LoginError> {
    let avatar = match &identity.profile.avatar_hash {
        Some(hash) => state.login.avatar(hash).await?,
        None => None,
    };
    Ok(json!({
        "company": identity.company,
        "openid": identity.openid,
        "unionid": identity.unionid,
        "nickname": identity.profile.nickname,
        "avatar": avatar.map(|jpeg| format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg))),
        "since": rfc3339(identity.created_at),
        "last_used": identity.last_used_at.and_then(rfc3339),
    }))
}
