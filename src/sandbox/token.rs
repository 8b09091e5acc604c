//! `/oauth2.0/token`: tokens for a code, or new tokens for a refresh token.

use serde::Serialize;

use super::api::{ApiEndpoint, Work};
use super::faults::{Faults, Named, Plan};
use super::grants::Tokens;
use super::params::Params;
use super::person::openid;
use super::redirect_uri;
use super::refusal::Refusal;
use super::settings::SandboxSettings;
use super::wire::Shape;

/// The endpoint.
pub(super) struct Token;

/// How the token endpoint in particular goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenFault {
    CodeReused,
    CodeExpired,
    CodeUnknown,
    WrongKey,
    RedirectIllegal,
    AppOffline,
    RefreshUsed,
    /// `expires_in` as a number, as some have seen it.
    ExpiresNumber,
    /// No refresh token, as in old examples.
    NoRefresh,
    /// JSONP without spaces, whatever was asked for.
    JsonpTight,
}

impl Named for TokenFault {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("code_reused", Self::CodeReused),
        ("code_expired", Self::CodeExpired),
        ("code_unknown", Self::CodeUnknown),
        ("wrong_key", Self::WrongKey),
        ("redirect_illegal", Self::RedirectIllegal),
        ("app_offline", Self::AppOffline),
        ("refresh_used", Self::RefreshUsed),
        ("expires_number", Self::ExpiresNumber),
        ("no_refresh", Self::NoRefresh),
        ("jsonp_tight", Self::JsonpTight),
    ];
}

impl TokenFault {
    /// The refusal, if the fault is one.
    fn refusal(self) -> Option<Refusal> {
        match self {
            Self::CodeReused => Some(Refusal::CodeReused),
            // What QQ says to an expired code is not known: the same as to an unknown one here.
            Self::CodeExpired | Self::CodeUnknown => Some(Refusal::CodeUnknown),
            Self::WrongKey => Some(Refusal::ClientSecretWrong),
            Self::RedirectIllegal => Some(Refusal::RedirectUri),
            Self::AppOffline => Some(Refusal::AppOffline),
            Self::RefreshUsed => Some(Refusal::NoAccessToken),
            Self::ExpiresNumber | Self::NoRefresh | Self::JsonpTight => None,
        }
    }
}

impl ApiEndpoint for Token {
    type Fault = TokenFault;
    fn plan(faults: &mut Faults) -> &mut Plan<TokenFault> {
        &mut faults.token
    }

    fn answer(work: Work<'_>, fault: Option<TokenFault>) -> String {
        let (settings, params) = (work.settings, &work.call.params);
        let granted = match fault.and_then(TokenFault::refusal) {
            Some(refusal) => Err(refusal),
            None => grant(work),
        };
        match granted {
            Ok(tokens) => success(&Success::new(tokens, settings, params, fault), params, fault),
            Err(refusal) => shape(params, fault).of_refusal(refusal, params),
        }
    }
}

/// The answer's fields in QQ's order.
#[derive(Serialize)]
struct Success {
    access_token: String,
    expires_in: ExpiresIn,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    openid: Option<String>,
}

/// QQ writes the number as a string when asked for JSON, and typed clients stumble over it
/// (synctv-org/synctv#329).
#[derive(Serialize)]
#[serde(untagged)]
enum ExpiresIn {
    Text(String),
    Number(i64),
}

impl Success {
    fn new(tokens: Tokens, settings: &SandboxSettings, params: &Params, fault: Option<TokenFault>) -> Self {
        Self {
            access_token: tokens.access_token,
            expires_in: if fault == Some(TokenFault::ExpiresNumber) {
                ExpiresIn::Number(tokens.expires_in)
            } else {
                ExpiresIn::Text(tokens.expires_in.to_string())
            },
            refresh_token: (fault != Some(TokenFault::NoRefresh)).then_some(tokens.refresh_token),
            openid: (params.get("need_openid") == Some("1")).then(|| openid(&settings.app_id, &tokens.name)),
        }
    }

    /// The default: a form, where every value is plain hex or digits.
    fn form(&self) -> String {
        let expires_in = match &self.expires_in {
            ExpiresIn::Text(text) => text.clone(),
            ExpiresIn::Number(number) => number.to_string(),
        };
        let mut form = format!("access_token={}&expires_in={expires_in}", self.access_token);
        for (name, value) in [("refresh_token", &self.refresh_token), ("openid", &self.openid)] {
            if let Some(value) = value {
                form.push_str(&format!("&{name}={value}"));
            }
        }
        form
    }
}

fn success(success: &Success, params: &Params, fault: Option<TokenFault>) -> String {
    match shape(params, fault) {
        // Only errors are JSONP here.
        Shape::Jsonp => success.form(),
        shape => shape.of(success),
    }
}

fn shape(params: &Params, fault: Option<TokenFault>) -> Shape {
    match fault {
        Some(TokenFault::JsonpTight) => Shape::TightJsonp,
        _ => Shape::wanted(params),
    }
}

fn grant(work: Work<'_>) -> Result<Tokens, Refusal> {
    let params = &work.call.params;
    let grant_type = params.get("grant_type").ok_or(Refusal::GrantType)?;
    check_client(work.settings, params)?;
    match grant_type {
        "authorization_code" => {
            let code = params.get("code").ok_or(Refusal::CodeMissing)?;
            // The callback is the app's, so it is looked at before the code, as the key is.
            let is_registered = |uri: &&str| redirect_uri::is_registered(uri, &work.settings.callbacks);
            let redirect_uri = params.get("redirect_uri").filter(is_registered).ok_or(Refusal::RedirectUri)?;
            work.grants.exchange(code, redirect_uri, work.now)
        }
        "refresh_token" => {
            let refresh_token = params.get("refresh_token").ok_or(Refusal::RefreshTokenMissing)?;
            work.grants.renew(refresh_token, work.now)
        }
        _ => Err(Refusal::GrantType),
    }
}

fn check_client(settings: &SandboxSettings, params: &Params) -> Result<(), Refusal> {
    let client_id = params.get("client_id").ok_or(Refusal::ClientIdMissing)?;
    let client_secret = params.get("client_secret").ok_or(Refusal::ClientSecretMissing)?;
    if client_id != settings.app_id {
        return Err(Refusal::ClientUnknown);
    }
    if client_secret != settings.app_key {
        return Err(Refusal::ClientSecretWrong);
    }
    Ok(())
}
