//! The profile: what `get_user_info` tells about a person.

use std::fmt;

use crate::qq::avatar::AvatarRule;
use crate::qq::error::MalformedResponse;
use crate::qq::text::plain;
use crate::qq::wire::ResponseBody;

const NICKNAME_MAX: usize = 64;
const PLACE_MAX: usize = 32;

/// QQ calls `figureurl_qq_2` (100 px) not always available, `figureurl_qq_1` (40 px) always. The
/// other fields are pictures of Qzone, whose addresses hold the openid.
const AVATAR_FIELDS: [&str; 2] = ["figureurl_qq_2", "figureurl_qq_1"];

/// How somebody presents themselves. Nothing in it identifies anyone: two people may share a
/// nickname. `Debug` does not show it, as it is about a person.
#[derive(Clone, PartialEq, Eq)]
pub struct UserInfo {
    /// At most 64 visible characters of any script; `None` if nothing visible came.
    pub nickname: Option<String>,
    /// An https address on Tencent's image hosts; `None` if QQ gave no such address. It
    /// changes when the person changes the picture, so fetch it anew at each sign-in.
    pub avatar_url: Option<String>,
    /// What QQ says with certainty.
    pub gender: Gender,
    /// The province, unless it is the placeholder.
    pub province: Option<String>,
    /// The city, unless it is the placeholder.
    pub city: Option<String>,
    /// The year of birth, unless it is the placeholder.
    pub birth_year: Option<u16>,
    /// QQ said that data are missing (`is_lost`); better ask again next time, and store nothing.
    pub is_partial: bool,
}

/// A gender as far as QQ tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gender {
    /// 女.
    Female,
    /// 男.
    Male,
    /// Not told: `gender` is 男 for those who told nothing, and then `gender_type` is 2.
    Unknown,
}

impl UserInfo {
    /// The profile in `answer`, which is known to hold no refusal.
    pub(in crate::qq) fn from_response(
        answer: &ResponseBody,
        avatars: &AvatarRule,
    ) -> Result<UserInfo, MalformedResponse> {
        if answer.get("ret").is_none() {
            return Err(MalformedResponse::MissingField("ret"));
        }
        let text = |field, max| answer.text(field).map(|it| plain(it, max)).filter(|it| !it.is_empty());
        // Since 2022 these stand in everybody's profile (wiki, 个人隐私保护改造), so they say nothing.
        let unless = |placeholder: &'static str| move |it: &String| it != placeholder;
        Ok(UserInfo {
            nickname: text("nickname", NICKNAME_MAX),
            avatar_url: AVATAR_FIELDS.iter().filter_map(|field| answer.text(field)).find_map(|url| avatars.accept(url)),
            gender: Gender::from_response(answer),
            province: text("province", PLACE_MAX).filter(unless("广东")),
            city: text("city", PLACE_MAX).filter(unless("深圳")),
            birth_year: text("year", 4).filter(unless("1990")).and_then(|year| year.parse().ok()),
            is_partial: answer.get("is_lost").is_some_and(|it| it.whole() != Some(0)),
        })
    }
}

impl Gender {
    /// Both fields have to agree on what is nobody's default (get_user_info: `gender` is 男 and
    /// `gender_type` is 2 by default; captures have 男 with 1 and with 2).
    fn from_response(answer: &ResponseBody) -> Gender {
        let kind = answer.get("gender_type").and_then(|it| it.whole());
        match (answer.text("gender"), kind) {
            (Some("男"), Some(1)) => Gender::Male,
            (Some("女"), Some(2)) => Gender::Female,
            _ => Gender::Unknown,
        }
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

    fn read(body: &str) -> UserInfo {
        let answer = ResponseBody::read(body.as_bytes()).ok().unwrap();
        UserInfo::from_response(&answer, &AvatarRule::default()).unwrap()
    }

    #[test]
    fn the_first_usable_avatar_is_taken() {
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
            let profile = read(&format!(r#"{{"ret":0,{fields}}}"#));
            assert_eq!(profile.avatar_url.as_deref(), avatar, "{fields}");
        }
    }

    #[test]
    fn nicknames_are_cleaned() {
        for (json, nickname) in [
            (r#""示例🐧""#, Some("示例🐧")),
            (r#"" . ""#, Some(".")),
            (r#""\u202eevil\u0000""#, Some("evil")),
            (r#""""#, None),
            (r#""\u200b \u0007""#, None),
            ("12", None),
        ] {
            let profile = read(&format!(r#"{{"ret":0,"nickname":{json}}}"#));
            assert_eq!(profile.nickname.as_deref(), nickname, "{json}");
        }
        let long = read(&format!(r#"{{"ret":0,"nickname":"{}"}}"#, "企鹅".repeat(100)));
        assert_eq!(long.nickname, Some("企鹅".repeat(32)));
    }

    #[test]
    fn u13_a_gender_is_told_only_when_both_fields_say_so() {
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
            assert_eq!(read(&format!(r#"{{"ret":0,{fields}}}"#)).gender, gender, "{fields}");
        }
    }

    #[test]
    fn u14_placeholders_are_dropped() {
        let placeholders = read(r#"{"ret":0,"province":"广东","city":"深圳","year":"1990"}"#);
        assert_eq!((placeholders.province, placeholders.city, placeholders.birth_year), (None, None, None));
        let told = read(r#"{"ret":0,"province":"浙江","city":"杭州","year":"1984"}"#);
        assert_eq!((told.province.as_deref(), told.city.as_deref()), (Some("浙江"), Some("杭州")));
        assert_eq!(told.birth_year, Some(1984));
        let broken = read(r#"{"ret":0,"province":"","city":7,"year":"long ago"}"#);
        assert_eq!((broken.province, broken.city, broken.birth_year), (None, None, None));
    }

    #[test]
    fn is_lost_marks_a_partial_profile() {
        for (fields, partial) in [
            ("", false),
            (r#","is_lost":0"#, false),
            (r#","is_lost":1"#, true),
            (r#","is_lost":"1""#, true),
            (r#","is_lost":"0""#, false),
            (r#","is_lost":true"#, true),
        ] {
            assert_eq!(read(&format!(r#"{{"ret":0{fields}}}"#)).is_partial, partial, "{fields}");
        }
    }

    #[test]
    fn s32_debug_shows_no_person() {
        let profile =
            read(r#"{"ret":0,"nickname":"CANARY","city":"CANARY","figureurl_qq_1":"https://a.qlogo.cn/CANARY"}"#);
        assert!(!format!("{profile:?}").contains("CANARY"));
    }
}
