//! `/user/get_user_info`: the nickname, the avatar, and many fields that say nothing.

use serde::Serialize;
use serde_json::ser::{PrettyFormatter, Serializer};

use super::api::{ApiEndpoint, Work};
use super::avatar;
use super::faults::{Faults, Named, Plan};
use super::params::Params;
use super::person::openid;
use super::refusal::Refusal;
use super::wire;

/// The endpoint.
pub(super) struct UserInfo;

/// The name by which a site asks for consent to this call.
const SCOPE: &str = "get_user_info";

/// How this endpoint in particular goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UserInfoFault {
    NotLoggedIn,
    OpenidInvalid,
    ApiDenied,
    /// Some avatar fields are empty, the others not there.
    AvatarMissing,
    /// QQ lost a part of the data and says so: the nickname is empty.
    IsLost,
}

impl Named for UserInfoFault {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("not_logged_in", Self::NotLoggedIn),
        ("openid_invalid", Self::OpenidInvalid),
        ("api_denied", Self::ApiDenied),
        ("avatar_missing", Self::AvatarMissing),
        ("is_lost", Self::IsLost),
    ];
}

/// Why there is no profile. Positive numbers are errors too.
#[derive(Debug, Serialize)]
struct Failure {
    ret: i64,
    msg: String,
}

/// The order of the fields is QQ's, and so is their typing: numbers as strings, mostly.
#[derive(Debug, Serialize)]
struct Profile {
    ret: i64,
    msg: &'static str,
    is_lost: u8,
    nickname: String,
    gender: &'static str,
    gender_type: u8,
    province: &'static str,
    city: &'static str,
    year: &'static str,
    constellation: &'static str,
    figureurl: String,
    figureurl_1: String,
    figureurl_2: String,
    figureurl_qq_1: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    figureurl_qq_2: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    figureurl_qq: Option<String>,
    figureurl_type: &'static str,
    is_yellow_vip: &'static str,
    vip: &'static str,
    yellow_vip_level: &'static str,
    level: &'static str,
    is_yellow_year_vip: &'static str,
}

impl ApiEndpoint for UserInfo {
    type Fault = UserInfoFault;
    fn plan(faults: &mut Faults) -> &mut Plan<UserInfoFault> {
        &mut faults.user_info
    }

    fn answer(work: Work<'_>, fault: Option<UserInfoFault>) -> String {
        match profile(&work, fault) {
            Ok(profile) => pretty(&profile),
            Err(failure) => wire::json(&failure),
        }
    }
}

fn profile(work: &Work<'_>, fault: Option<UserInfoFault>) -> Result<Profile, Failure> {
    match fault {
        Some(UserInfoFault::NotLoggedIn) => return Err(failure(1002, "请先登录")),
        Some(UserInfoFault::OpenidInvalid) => return Err(failure(-22, "openid is invalid")),
        Some(UserInfoFault::ApiDenied) => return Err(refused(Refusal::ApiNotAllowed)),
        None | Some(UserInfoFault::AvatarMissing | UserInfoFault::IsLost) => {}
    }
    let name = entitled_person(work)?;
    let mut profile = full_profile(work, name);
    match fault {
        Some(UserInfoFault::AvatarMissing) => profile.lose_avatar(),
        Some(UserInfoFault::IsLost) => profile.lose_part(),
        _ => {}
    }
    Ok(profile)
}

/// Whose profile this request may read.
fn entitled_person<'a>(work: &'a Work<'_>) -> Result<&'a str, Failure> {
    // With the parameters left in the address of a POST, QQ does not see them (cnblogs dhcn/7106471).
    let params = if work.call.method == "POST" { &work.call.form } else { &work.call.params };
    refuse_doubles(params)?;
    let app_id = &work.settings.app_id;
    // `appid` was seen to do as well (simov/grant#176); without either the call fails
    // (AndyShang/passport-qq#3). With which words is not known.
    if params.get("oauth_consumer_key").or(params.get("appid")) != Some(app_id) {
        return Err(invalid("appid"));
    }
    let access_token = params.get("access_token").ok_or_else(|| refused(Refusal::AccessTokenMissing))?;
    let consent = work.grants.look_up(access_token, work.now).map_err(refused)?;
    if params.get("openid") != Some(&openid(app_id, &consent.name)) {
        return Err(invalid("openid"));
    }
    if !consent.scope.split(',').any(|api| api == SCOPE) {
        return Err(refused(Refusal::ApiNotAllowed));
    }
    Ok(&consent.name)
}

/// The service behind is written in Go and decodes a doubled parameter into a list, which is not
/// what it wants (qdsang/passport-qq#2).
fn refuse_doubles(params: &Params) -> Result<(), Failure> {
    for (name, wanted) in [("oauth_consumer_key", "uint64"), ("access_token", "string"), ("openid", "string")] {
        let values: Vec<&str> = params.all(name).collect();
        if values.len() > 1 {
            return Err(failure(
                1,
                &format!(
                    "service codec Unmarshal: 1 error(s) decoding:\n\n* {name} expected type \
                     {wanted}, got unconvertible type []string, value: [{}]",
                    values.join(" ")
                ),
            ));
        }
    }
    Ok(())
}

fn failure(ret: i64, msg: &str) -> Failure {
    Failure { ret, msg: msg.to_owned() }
}

fn invalid(what: &str) -> Failure {
    failure(-1, &format!("client request's parameters are invalid, invalid {what}"))
}

/// For a bad token the page of this call points to the table of OAuth codes (qq wiki get_user_info).
fn refused(refusal: Refusal) -> Failure {
    failure(refusal.code().into(), &refusal.description(""))
}

fn full_profile(work: &Work<'_>, name: &str) -> Profile {
    let (host, app_id) = (&work.call.host, &work.settings.app_id);
    let openid = openid(app_id, name);
    Profile {
        ret: 0,
        msg: "",
        is_lost: 0,
        nickname: name.to_owned(),
        // The same for everybody since 2022 (qq wiki 个人隐私保护改造). 男 with 2 is no slip of ours.
        gender: "男",
        gender_type: 2,
        province: "广东",
        city: "深圳",
        year: "1990",
        constellation: "",
        figureurl: avatar::qzone_url(host, app_id, &openid, 30),
        figureurl_1: avatar::qzone_url(host, app_id, &openid, 50),
        figureurl_2: avatar::qzone_url(host, app_id, &openid, 100),
        figureurl_qq_1: avatar::qq_url(host, &openid, 40),
        figureurl_qq_2: Some(avatar::qq_url(host, &openid, 100)),
        figureurl_qq: Some(avatar::qq_url(host, &openid, 640)),
        figureurl_type: "1",
        is_yellow_vip: "0",
        vip: "0",
        yellow_vip_level: "0",
        level: "0",
        is_yellow_year_vip: "0",
    }
}

impl Profile {
    fn lose_avatar(&mut self) {
        for url in [&mut self.figureurl, &mut self.figureurl_1, &mut self.figureurl_2, &mut self.figureurl_qq_1] {
            url.clear();
        }
        self.figureurl_qq_2 = None;
        self.figureurl_qq = None;
    }

    fn lose_part(&mut self) {
        self.is_lost = 1;
        self.nickname.clear();
    }
}

/// Indented by four, `is_lost` without its space, every slash escaped: as captured.
fn pretty(profile: &Profile) -> String {
    let mut json = Vec::new();
    let indented = PrettyFormatter::with_indent(b"    ");
    // A plain structure written to memory: this cannot fail.
    let _ = profile.serialize(&mut Serializer::with_formatter(&mut json, indented));
    String::from_utf8_lossy(&json).replacen("\"is_lost\": ", "\"is_lost\":", 1).replace('/', "\\/") + "\n"
}
