//! `/oauth2.0/token`: exchanges a code or a refresh token for tokens.

use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use super::api::{self, ApiCall};
use crate::sandbox::faults::{Endpoint, Fault};
use crate::sandbox::grants::TokenPair;
use crate::sandbox::oauth_error::OAuthError;
use crate::sandbox::params::Params;
use crate::sandbox::redirect_uri;
use crate::sandbox::request::QqRequest;
use crate::sandbox::response_format::ResponseFormat;
use crate::sandbox::settings::SandboxSettings;
use crate::sandbox::users::openid;

/// The fields in QQ's order.
#[derive(Serialize)]
struct TokenResponse {
    access_token: String,
    /// A string, which breaks typed clients (synctv-org/synctv#329).
    expires_in: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    openid: Option<String>,
}

pub(super) async fn token(request: QqRequest) -> Response {
    api::respond(request, Endpoint::Token, |_| true, answer).await
}

fn answer(mut call: ApiCall<'_>) -> String {
    let issued = match planned_error(call.fault) {
        Some(error) => Err(error),
        None => issue_tokens(&mut call),
    };
    match (issued, call.format()) {
        (Err(error), format) => format.format_error(error, &call.request.params),
        // Only errors are JSONP by default.
        (Ok(tokens), ResponseFormat::Jsonp) => TokenResponse::new(tokens, &call).to_form(),
        (Ok(tokens), format) => format.format(&TokenResponse::new(tokens, &call)),
    }
}

fn planned_error(fault: Option<Fault>) -> Option<OAuthError> {
    match fault? {
        Fault::CodeReused => Some(OAuthError::CodeReused),
        // QQ does not document the error for an expired code.
        Fault::CodeExpired | Fault::CodeUnknown => Some(OAuthError::CodeInvalid),
        Fault::WrongKey => Some(OAuthError::ClientSecretWrong),
        Fault::RedirectIllegal => Some(OAuthError::RedirectUriIllegal),
        Fault::AppOffline => Some(OAuthError::AppOffline),
        Fault::RefreshUsed => Some(OAuthError::GetAccessTokenFailed),
        _ => None,
    }
}

fn issue_tokens(call: &mut ApiCall<'_>) -> Result<TokenPair, OAuthError> {
    let (params, settings) = (&call.request.params, call.request.sandbox.settings());
    let grant_type = params.get("grant_type").ok_or(OAuthError::GrantTypeInvalid)?;
    check_client(params, settings)?;
    match grant_type {
        "authorization_code" => {
            let code = params.get("code").ok_or(OAuthError::CodeMissing)?;
            // Checked before the code, like the secret: both belong to the app.
            let redirect_uri = params
                .get("redirect_uri")
                .filter(|uri| redirect_uri::is_registered(uri, &settings.callbacks))
                .ok_or(OAuthError::RedirectUriIllegal)?;
            call.grants.exchange_code(code, redirect_uri, call.now)
        }
        "refresh_token" => {
            let refresh_token = params.get("refresh_token").ok_or(OAuthError::RefreshTokenMissing)?;
            call.grants.refresh(refresh_token, call.now)
        }
        _ => Err(OAuthError::GrantTypeInvalid),
    }
}

fn check_client(params: &Params, settings: &SandboxSettings) -> Result<(), OAuthError> {
    let client_id = params.get("client_id").ok_or(OAuthError::ClientIdMissing)?;
    let client_secret = params.get("client_secret").ok_or(OAuthError::ClientSecretMissing)?;
    if client_id != settings.app_id {
        return Err(OAuthError::ClientIdUnknown);
    }
    if client_secret != settings.app_key {
        return Err(OAuthError::ClientSecretWrong);
    }
    Ok(())
}

impl TokenResponse {
    fn new(tokens: TokenPair, call: &ApiCall<'_>) -> Self {
        let requests_openid = call.request.params.get("need_openid") == Some("1");
        Self {
            access_token: tokens.access_token,
            expires_in: match call.fault {
                Some(Fault::ExpiresNumber) => tokens.expires_in_secs.into(),
                _ => tokens.expires_in_secs.to_string().into(),
            },
            refresh_token: (call.fault != Some(Fault::NoRefresh)).then_some(tokens.refresh_token),
            openid: requests_openid.then(|| openid(call.app_id(), &tokens.username)),
        }
    }

    /// Formats the default response. All values are hex or decimal digits, so none is escaped.
    fn to_form(&self) -> String {
        let expires_in = self.expires_in.as_str().map_or_else(|| self.expires_in.to_string(), str::to_owned);
        let mut form = format!("access_token={}&expires_in={expires_in}", self.access_token);
        for (name, value) in [("refresh_token", &self.refresh_token), ("openid", &self.openid)] {
            if let Some(value) = value {
                form.push_str(&format!("&{name}={value}"));
            }
        }
        form
    }
}
