//! `/user/get_user_info`: nickname, avatar, and many fields without information.

use axum::http::Method;
use axum::response::Response;
use serde::Serialize;
use serde_json::Value;

use super::api::{self, ApiCall};
use crate::sandbox::avatar::{qq_url, qzone_url};
use crate::sandbox::faults::{Endpoint, Fault};
use crate::sandbox::oauth_error::OAuthError;
use crate::sandbox::params::Params;
use crate::sandbox::request::QqRequest;
use crate::sandbox::response_format::to_json;
use crate::sandbox::users::openid;

/// The API's name in `scope`.
const SCOPE: &str = "get_user_info";

/// An error. `ret` may be positive.
#[derive(Debug, Serialize)]
struct UserInfoError {
    ret: i64,
    msg: String,
}

pub(super) async fn user_info(request: QqRequest) -> Response {
    api::respond(request, Endpoint::GetUserInfo, |_| true, answer).await
}

fn answer(call: ApiCall<'_>) -> String {
    let planned_error = match call.fault {
        Some(Fault::NotLoggedIn) => Some(error(1002, "请先登录")),
        Some(Fault::OpenidInvalid) => Some(error(-22, "openid is invalid")),
        Some(Fault::ApiDenied) => Some(OAuthError::ApiNotAuthorized.into()),
        _ => None,
    };
    match planned_error.map_or_else(|| check_access(&call), Err) {
        Ok(username) => profile_json(&call, username),
        Err(error) => to_json(&error),
    }
}

/// Returns the user whose profile the request may read.
fn check_access<'a>(call: &'a ApiCall<'_>) -> Result<&'a str, UserInfoError> {
    // QQ ignores the query of a POST (cnblogs dhcn/7106471).
    let request = call.request;
    let params = if request.method == Method::POST { &request.form } else { &request.params };
    reject_duplicates(params)?;
    // `appid` was seen to work as well (simov/grant#176). Without either, the call fails
    // (AndyShang/passport-qq#3); the message is our own.
    if params.get("oauth_consumer_key").or(params.get("appid")) != Some(call.app_id()) {
        return Err(invalid_param("appid"));
    }
    let access_token = params.get("access_token").ok_or(OAuthError::AccessTokenMissing)?;
    let consent = call.grants.find_consent(access_token, call.now)?;
    if params.get("openid") != Some(&openid(call.app_id(), &consent.username)) {
        return Err(invalid_param("openid"));
    }
    if !consent.scope.split(',').any(|api| api == SCOPE) {
        return Err(OAuthError::ApiNotAuthorized.into());
    }
    Ok(&consent.username)
}

/// QQ's service is written in Go and decodes duplicates into a list of the wrong type (qdsang/passport-qq#2).
fn reject_duplicates(params: &Params) -> Result<(), UserInfoError> {
    for (name, expected) in [("oauth_consumer_key", "uint64"), ("access_token", "string"), ("openid", "string")] {
        let values: Vec<&str> = params.get_all(name).collect();
        if values.len() > 1 {
            let values = values.join(" ");
            return Err(error(
                1,
                format!(
                    "service codec Unmarshal: 1 error(s) decoding:\n\n* {name} expected type \
                     {expected}, got unconvertible type []string, value: [{values}]"
                ),
            ));
        }
    }
    Ok(())
}

fn error(ret: i64, msg: impl Into<String>) -> UserInfoError {
    UserInfoError { ret, msg: msg.into() }
}

fn invalid_param(name: &str) -> UserInfoError {
    error(-1, format!("client request's parameters are invalid, invalid {name}"))
}

/// For a bad token, qq wiki get_user_info refers to the table of OAuth error codes.
impl From<OAuthError> for UserInfoError {
    fn from(oauth_error: OAuthError) -> Self {
        error(oauth_error.code().into(), oauth_error.description(""))
    }
}

/// Returns the profile as captured: QQ's order and types, indented by four, no space after `"is_lost":`,
/// every slash escaped.
fn profile_json(call: &ApiCall<'_>, username: &str) -> String {
    let is_lost = call.fault == Some(Fault::IsLost);
    let (host, openid) = (&call.request.host, openid(call.app_id(), username));
    let has_avatar = call.fault != Some(Fault::AvatarMissing);
    let qzone =
        |size| Value::from(if has_avatar { qzone_url(host, call.app_id(), &openid, size) } else { String::new() });
    let qq = |size| Value::from(if has_avatar { qq_url(host, &openid, size) } else { String::new() });
    let mut fields = vec![
        ("ret", 0.into()),
        ("msg", "".into()),
        ("is_lost", u8::from(is_lost).into()),
        ("nickname", if is_lost { "" } else { username }.into()),
        // The same for all users since 2022 (qq wiki 个人隐私保护改造). QQ does combine 男 with 2.
        ("gender", "男".into()),
        ("gender_type", 2.into()),
        ("province", "广东".into()),
        ("city", "深圳".into()),
        ("year", "1990".into()),
        ("constellation", "".into()),
        ("figureurl", qzone(30)),
        ("figureurl_1", qzone(50)),
        ("figureurl_2", qzone(100)),
        ("figureurl_qq_1", qq(40)),
        ("figureurl_qq_2", qq(100)),
        ("figureurl_qq", qq(640)),
        ("figureurl_type", "1".into()),
        ("is_yellow_vip", "0".into()),
        ("vip", "0".into()),
        ("yellow_vip_level", "0".into()),
        ("level", "0".into()),
        ("is_yellow_year_vip", "0".into()),
    ];
    fields.retain(|(name, _)| has_avatar || !["figureurl_qq_2", "figureurl_qq"].contains(name));
    let lines: Vec<String> = fields.iter().map(|(name, value)| format!("    \"{name}\": {value}")).collect();
    let json = format!("{{\n{}\n}}\n", lines.join(",\n"));
    json.replacen("\"is_lost\": ", "\"is_lost\":", 1).replace('/', "\\/")
}
