//! `/oauth2.0/me`: the user of an access token.

use axum::response::Response;
use serde::Serialize;

use super::api::{self, ApiCall};
use crate::sandbox::faults::{Endpoint, Fault};
use crate::sandbox::oauth_error::OAuthError;
use crate::sandbox::params::Params;
use crate::sandbox::request::QqRequest;
use crate::sandbox::users::{openid, unionid};

const OTHER_APP_ID: &str = "999999999";

/// The fields in QQ's order. The client ID is a string in every capture.
#[derive(Serialize)]
struct Identity {
    client_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    openid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unionid: Option<String>,
}

pub(super) async fn me(request: QqRequest) -> Response {
    // A denied unionid must not affect the client's second request, which does not ask for one.
    let requests_unionid = requests_unionid(&request.params);
    api::respond(request, Endpoint::Me, |fault| fault != Fault::UnionidDenied || requests_unionid, answer).await
}

fn answer(call: ApiCall<'_>) -> String {
    match identify(&call) {
        Ok(identity) => call.format().format(&identity),
        Err(error) => call.format().format_error(error, &call.request.params),
    }
}

fn identify(call: &ApiCall<'_>) -> Result<Identity, OAuthError> {
    let params = &call.request.params;
    let access_token = params.get("access_token").ok_or(OAuthError::AccessTokenMissing)?;
    let username = &call.grants.find_consent(access_token, call.now)?.username;
    let identity = Identity {
        client_id: call.app_id().to_owned(),
        openid: Some(openid(call.app_id(), username)),
        unionid: requests_unionid(params).then(|| unionid(username)),
    };
    match call.fault {
        Some(Fault::WrongClient) => Ok(Identity { client_id: OTHER_APP_ID.to_owned(), ..identity }),
        Some(Fault::NoOpenid) => Ok(Identity { openid: None, ..identity }),
        Some(Fault::TokenIllegal) => Err(OAuthError::AccessTokenIllegal),
        Some(Fault::TokenCheckFailed) => Err(OAuthError::TokenCheckFailed),
        Some(Fault::UnionidDenied) => Err(OAuthError::UnionidNotAllowed),
        _ => Ok(identity),
    }
}

/// `unionid=2` returned a unionid only sometimes (Yurunsoft/YurunOAuthLogin#27), so the sandbox ignores it.
fn requests_unionid(params: &Params) -> bool {
    params.get("unionid") == Some("1")
}
