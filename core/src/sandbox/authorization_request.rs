//! The parameters of an authorization request.

use super::oauth_error::OAuthError;
use super::params::Params;
use super::redirect_uri::{is_registered, with_params};
use super::settings::SandboxSettings;

/// The scope of a request without one (qq wiki 使用Authorization_Code获取Access_Token).
const DEFAULT_SCOPE: &str = "get_user_info";

/// A valid authorization request.
pub(super) struct AuthorizationRequest {
    pub(super) redirect_uri: String,
    /// Documented as required, but QQ accepts requests without it.
    state: Option<String>,
    pub(super) scope: String,
    pub(super) is_mobile: bool,
}

impl AuthorizationRequest {
    pub(super) fn parse(params: &Params, settings: &SandboxSettings) -> Result<Self, OAuthError> {
        let client_id = params.get("client_id").ok_or(OAuthError::ClientIdMissing)?;
        if client_id != settings.app_id {
            return Err(OAuthError::ClientIdUnknown);
        }
        if params.get("response_type") != Some("code") {
            return Err(OAuthError::ResponseTypeInvalid);
        }
        let redirect_uri = params
            .get("redirect_uri")
            .filter(|uri| is_registered(uri, &settings.callbacks))
            .ok_or(OAuthError::RedirectUriIllegal)?;
        Ok(Self {
            redirect_uri: redirect_uri.to_owned(),
            state: params.get_all("state").next().map(str::to_owned),
            scope: params.get("scope").unwrap_or(DEFAULT_SCOPE).to_owned(),
            is_mobile: is_mobile(params),
        })
    }

    /// Returns the callback URL with a parameter and the unchanged state.
    pub(super) fn callback_url(&self, name: &str, value: &str) -> String {
        let mut url = self.callback_url_without_state(name, value);
        if let Some(state) = &self.state {
            url = with_params(&url, &[("state", state)]);
        }
        url
    }

    pub(super) fn callback_url_without_state(&self, name: &str, value: &str) -> String {
        with_params(&self.redirect_uri, &[(name, value)])
    }
}

/// Returns the address of a page of `/oauth2.0/show`, which repeats the request's parameters.
pub(super) fn show_url(page: &str, params: &Params) -> String {
    format!("/oauth2.0/show?which={page}&display={}&{}", display(params), site_query(params))
}

/// Returns the address of QQ's error page.
pub(super) fn error_url(error: OAuthError, params: &Params) -> String {
    format!("/oauth2.0/show?which=error&display={}&error={}&{}", display(params), error.code(), site_query(params))
}

/// Returns the query of `/oauth2.0/authorize` for the consent page's form.
pub(super) fn consent_form_url(params: &Params) -> String {
    format!("/oauth2.0/authorize?display={}&{}", display(params), site_query(params))
}

/// Returns the site's parameters, without those of QQ's pages and of the sandbox's form.
fn site_query(params: &Params) -> String {
    params.to_query_without(&["which", "display", "error", "sandbox_user", "name", "ready", "decision"])
}

fn display(params: &Params) -> &'static str {
    if is_mobile(params) { "mobile" } else { "pc" }
}

fn is_mobile(params: &Params) -> bool {
    params.get("display") == Some("mobile")
}
