//! `GET /account/export`: what is known of a person, as a file for them.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tower_sessions::session::Id;

use super::error_page;
use super::permission::SIGN_IN;
use super::request::PageRequest;
use super::state::AppState;
use crate::accounts::{AccountExport, ExportedIdentity};
use crate::audit::{self, Event};
use crate::login::LoginError;
use crate::sessions::{SessionData, SignedInUser};

/// Sends the file.
pub(super) async fn send(visit: PageRequest) -> Response {
    let (setting, current) = (visit.setting, visit.session.id());
    let Some(signed_in) = visit.visitor.and_then(SessionData::signed_in) else {
        return Redirect::to(SIGN_IN).into_response();
    };
    if let Some(Err(too_often)) = setting.site.facts.rate_limits.as_ref().map(|it| it.count_person(&signed_in.openid)) {
        audit::record(Event::RateLimited);
        return error_page::too_many(setting, too_often.wait_secs).await;
    }
    match gather(&setting.site, &signed_in, current).await {
        Ok(Some(data)) => {
            audit::record(Event::DataExported { user_id: signed_in.user_id });
            as_file(&data)
        }
        Ok(None) => Redirect::to(SIGN_IN).into_response(),
        Err(error) => error_page::failed(setting, "somebody's data could not be gathered", &error).await,
    }
}

fn as_file(data: &Value) -> Response {
    const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=utf-8");
    const NAME: HeaderValue = HeaderValue::from_static("attachment; filename=\"qq-login-account.json\"");
    let headers = [(header::CONTENT_TYPE, JSON), (header::CONTENT_DISPOSITION, NAME)];
    (headers, format!("{data:#}\n")).into_response()
}

/// All of it but the secrets: nobody needs the token or the ids of sessions, and a file is easily lost.
async fn gather(site: &AppState, signed_in: &SignedInUser, current: Option<Id>) -> Result<Option<Value>, LoginError> {
    let accounts = site.login.accounts();
    let Some(AccountExport { username, created_at, email_addresses, identities }) =
        accounts.export(signed_in.user_id).await?
    else {
        return Ok(None);
    };
    let sessions = site.sessions.list_for_user(signed_in.user_id, current).await?;
    let mut of_identities = Vec::new();
    for identity in identities {
        of_identities.push(of_identity(site, identity).await?);
    }
    // Where typed addresses are trusted, whether one is verified would tell that somebody else has it.
    let tells_verified = !site.login.trusts_email();
    let of_email = |email: crate::accounts::EmailAddress| {
        let mut told = json!({ "email": email.email, "since": moment(email.created_at) });
        if let Some(told) = told.as_object_mut().filter(|_| tells_verified) {
            told.insert("verified".to_owned(), email.is_verified.into());
        }
        told
    };
    let of_session = |session: crate::sessions::SessionInfo| json!({ "began": moment(session.created_at), "last_used": moment(session.last_seen_at) });
    let token = &signed_in.token;
    Ok(Some(json!({
        "user_name": username,
        "account_made": moment(created_at),
        "email_addresses": email_addresses.into_iter().map(of_email).collect::<Vec<_>>(),
        "identities": of_identities,
        "sessions": sessions.into_iter().map(of_session).collect::<Vec<_>>(),
        "permission": { "obtained": moment(token.obtained_at), "good_until": moment(token.expires_at()) },
    })))
}

async fn of_identity(site: &AppState, identity: ExportedIdentity) -> Result<Value, LoginError> {
    let avatar = match &identity.avatar_hash {
        Some(hash) => site.login.accounts().avatar(hash).await?,
        None => None,
    };
    Ok(json!({
        "company": identity.company,
        "openid": identity.openid,
        "unionid": identity.unionid,
        "nickname": identity.nickname,
        "avatar": avatar.map(|jpeg| format!("data:image/jpeg;base64,{}", STANDARD.encode(jpeg))),
        "since": moment(identity.created_at),
    }))
}

/// In the form of RFC 3339, in UTC.
fn moment(seconds: i64) -> Option<String> {
    OffsetDateTime::from_unix_timestamp(seconds).ok()?.format(&Rfc3339).ok()
}
