//! The user's profile from `get_user_info`.

use std::fmt;

use crate::qq::avatar::AvatarUrlPolicy;
use crate::qq::response::{FieldValue, MalformedResponse, ResponseBody};
use crate::qq::sanitize::sanitize_line;

const NICKNAME_MAX_CHARS: usize = 64;
const PLACE_MAX_CHARS: usize = 32;
const YEAR_MAX_CHARS: usize = 4;

/// Best first: `figureurl_qq_2` (100 px) is documented as not always available, `figureurl_qq_1`
/// (40 px) as always available. The other fields are Qzone avatars, whose URLs contain the openid.
const AVATAR_FIELDS: [&str; 2] = ["figureurl_qq_2", "figureurl_qq_1"];

/// A user's profile. Not an identity: nicknames are not unique. `Debug` hides personal data.
#[derive(Clone, PartialEq, Eq)]
pub struct UserInfo {
    /// 1 to 64 visible characters of any script, or `None` if there are none.
    pub nickname: Option<String>,
    /// An HTTPS URL on a Tencent image host, or `None` if QQ sent no such URL. It changes with the
    /// avatar, so fetch it again at each login.
    pub avatar_url: Option<String>,
    pub gender: Gender,
    /// `None` if it is QQ's placeholder, as are `city` and `birth_year`.
    pub province: Option<String>,
    pub city: Option<String>,
    pub birth_year: Option<u16>,
    /// QQ reports that data are missing (`is_lost`). Do not store any of it; fetch it again later.
    pub is_partial: bool,
}

/// A gender, as far as QQ's fields are conclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    Female,
    Male,
    Unknown,
}

impl UserInfo {
    /// `response` must not report an error.
    pub(in crate::qq) fn from_response(
        response: &ResponseBody,
        avatar_urls: &AvatarUrlPolicy,
    ) -> Result<UserInfo, MalformedResponse> {
        response.required_field("ret")?;
        let text = |name: &str, max_chars: usize, placeholder: &str| {
            let text = sanitize_line(response.text(name)?, max_chars);
            (!text.is_empty() && text != placeholder).then_some(text)
        };
        let avatar_url = AVATAR_FIELDS.iter().find_map(|name| avatar_urls.accept(response.text(name)?));
        Ok(UserInfo {
            nickname: text("nickname", NICKNAME_MAX_CHARS, ""),
            avatar_url: avatar_url.map(String::from),
            gender: parse_gender(response),
            // Since 2022 every profile has these values (wiki, 个人隐私保护改造).
            province: text("province", PLACE_MAX_CHARS, "广东"),
            city: text("city", PLACE_MAX_CHARS, "深圳"),
            birth_year: text("year", YEAR_MAX_CHARS, "1990").and_then(|year| year.parse().ok()),
            is_partial: response.field("is_lost").is_some_and(|is_lost| is_lost.as_integer() != Some(0)),
        })
    }
}

/// Both fields must agree on a value that is not the default: `gender` is 男 and `gender_type` is 2
/// for users who set none (get_user_info), and captures have 男 with both 1 and 2.
fn parse_gender(response: &ResponseBody) -> Gender {
    let gender_type = response.field("gender_type").and_then(FieldValue::as_integer);
    match (response.text("gender"), gender_type) {
        (Some("男"), Some(1)) => Gender::Male,
        (Some("女"), Some(2)) => Gender::Female,
        _ => Gender::Unknown,
    }
}

impl fmt::Debug for UserInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserInfo").field("is_partial", &self.is_partial).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: &str) -> UserInfo {
        let response = ResponseBody::parse(body.as_bytes()).ok().unwrap();
        UserInfo::from_response(&response, &AvatarUrlPolicy::default()).unwrap()
    }

    #[test]
    fn the_first_acceptable_avatar_url_is_used() {
        for (fields, avatar) in [
            (
                r#""figureurl_qq_1":"https://a.qlogo.cn/1","figureurl_qq_2":"https://a.qlogo.cn/2""#,
                Some("https://a.qlogo.cn/2"),
            ),
            (r#""figureurl_qq_2":"","figureurl_qq_1":"https://a.qlogo.cn/1""#, Some("https://a.qlogo.cn/1")),
            (
                r#""figureurl_qq_2":"https://evil.example/","figureurl_qq_1":"https://a.qlogo.cn/1""#,
                Some("https://a.qlogo.cn/1"),
            ),
            (r#""figureurl_qq_2":7,"figureurl_2":"https://a.qlogo.cn/z","figureurl":"https://a.qlogo.cn/z""#, None),
            (r#""figureurl_qq_2":null"#, None),
        ] {
            let user_info = parse(&format!(r#"{{"ret":0,{fields}}}"#));
            assert_eq!(user_info.avatar_url.as_deref(), avatar, "{fields}");
        }
    }

    #[test]
    fn nicknames_are_sanitized() {
        for (json, nickname) in [
            (r#""示例🐧""#, Some("示例🐧")),
            (r#"" . ""#, Some(".")),
            (r#""\u202eevil\u0000""#, Some("evil")),
            (r#""""#, None),
            (r#""\u200b \u0007""#, None),
            ("12", None),
        ] {
            let user_info = parse(&format!(r#"{{"ret":0,"nickname":{json}}}"#));
            assert_eq!(user_info.nickname.as_deref(), nickname, "{json}");
        }
        let long = parse(&format!(r#"{{"ret":0,"nickname":"{}"}}"#, "企鹅".repeat(100)));
        assert_eq!(long.nickname, Some("企鹅".repeat(32)));
    }

    #[test]
    fn u13_a_gender_needs_both_fields_to_agree() {
        for (fields, gender) in [
            (r#""gender":"男","gender_type":2"#, Gender::Unknown),
            (r#""gender":"男","gender_type":1"#, Gender::Male),
            (r#""gender":"男","gender_type":"1""#, Gender::Male),
            (r#""gender":"女","gender_type":2"#, Gender::Female),
            (r#""gender":"女","gender_type":1"#, Gender::Unknown),
            (r#""gender":"男""#, Gender::Unknown),
            (r#""gender":"","gender_type":1"#, Gender::Unknown),
            (r#""gender_type":1"#, Gender::Unknown),
        ] {
            assert_eq!(parse(&format!(r#"{{"ret":0,{fields}}}"#)).gender, gender, "{fields}");
        }
    }

    #[test]
    fn u14_placeholders_are_dropped() {
        let placeholders = parse(r#"{"ret":0,"province":"广东","city":"深圳","year":"1990"}"#);
        assert_eq!((placeholders.province, placeholders.city, placeholders.birth_year), (None, None, None));
        let real = parse(r#"{"ret":0,"province":"浙江","city":"杭州","year":"1984"}"#);
        assert_eq!((real.province.as_deref(), real.city.as_deref()), (Some("浙江"), Some("杭州")));
        assert_eq!(real.birth_year, Some(1984));
        let invalid = parse(r#"{"ret":0,"province":"","city":7,"year":"long ago"}"#);
        assert_eq!((invalid.province, invalid.city, invalid.birth_year), (None, None, None));
    }

    #[test]
    fn is_lost_marks_a_partial_profile() {
        for (fields, is_partial) in [
            ("", false),
            (r#","is_lost":0"#, false),
            (r#","is_lost":1"#, true),
            (r#","is_lost":"1""#, true),
            (r#","is_lost":"0""#, false),
            (r#","is_lost":true"#, true),
        ] {
            assert_eq!(parse(&format!(r#"{{"ret":0{fields}}}"#)).is_partial, is_partial, "{fields}");
        }
    }

    #[test]
    fn s32_debug_shows_no_personal_data() {
        let user_info =
            parse(r#"{"ret":0,"nickname":"CANARY","city":"CANARY","figureurl_qq_1":"https://a.qlogo.cn/CANARY"}"#);
        assert!(!format!("{user_info:?}").contains("CANARY"));
    }
}
