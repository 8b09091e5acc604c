//! The profile: what `get_user_info` tells about a person.
//!
//! Gender, province, city and year are not read. QQ fills them with the same values for
//! everybody since 2022 (个人隐私保护改造), and with 男 where it knows nothing.

use std::fmt;

use super::avatar::AvatarRule;
use super::error::Malformed;
use super::text::plain;
use super::wire::Answer;

const NICKNAME_MAX: usize = 64;

/// Largest first. QQ calls `figureurl_qq_2` (100 px) not always available, `figureurl_qq_1`
/// (40 px) always; the others are the avatar in Qzone.
const AVATAR_FIELDS: [&str; 5] = ["figureurl_qq_2", "figureurl_qq_1", "figureurl_2", "figureurl_1", "figureurl"];

/// How somebody presents themselves. Nothing in it identifies anyone: two people may share a
/// nickname. `Debug` does not show it, as old avatar addresses contain the openid.
#[derive(Clone, PartialEq, Eq)]
pub struct Profile {
    /// At most 64 visible characters of any script; `None` if nothing visible came.
    pub nickname: Option<String>,
    /// An https address on Tencent's image hosts; `None` if QQ gave no such address. It
    /// changes when the person changes the picture, so fetch it anew at each sign-in.
    pub avatar_url: Option<String>,
    /// QQ said that data are missing (`is_lost`); better ask again next time.
    pub is_partial: bool,
}

impl Profile {
    /// The profile in `answer`, which is known to hold no refusal.
    pub(super) fn in_answer(answer: &Answer, avatars: &AvatarRule) -> Result<Profile, Malformed> {
        if answer.get("ret").is_none() {
            return Err(Malformed::Missing("ret"));
        }
        let nickname = answer.text("nickname").map(|it| plain(it, NICKNAME_MAX));
        let avatar_url =
            AVATAR_FIELDS.iter().filter_map(|field| answer.text(field)).find_map(|url| avatars.accept(url));
        Ok(Profile {
            nickname: nickname.filter(|it| !it.is_empty()),
            avatar_url,
            is_partial: answer.get("is_lost").is_some_and(|it| it.whole() != Some(0)),
        })
    }
}

impl fmt::Debug for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Profile").field("is_partial", &self.is_partial).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Profile {
        let answer = Answer::read(body.as_bytes()).ok().unwrap();
        Profile::in_answer(&answer, &AvatarRule::default()).unwrap()
    }

    #[test]
    fn the_first_usable_avatar_is_taken() {
        for (fields, avatar) in [
            (
                r#""figureurl_qq_1":"https://a.qlogo.cn/1","figureurl_qq_2":"https://a.qlogo.cn/2""#,
                Some("https://a.qlogo.cn/2"),
            ),
            (
                r#""figureurl_qq_1":"https://a.qlogo.cn/1","figureurl_2":"https://a.qlogo.cn/z2""#,
                Some("https://a.qlogo.cn/1"),
            ),
            (r#""figureurl_qq_2":"","figureurl_qq_1":"https://a.qlogo.cn/1""#, Some("https://a.qlogo.cn/1")),
            (
                r#""figureurl_qq_2":"https://evil.example/","figureurl_2":"https://a.qlogo.cn/z2""#,
                Some("https://a.qlogo.cn/z2"),
            ),
            (r#""figureurl_qq_2":7,"figureurl":"https://a.qlogo.cn/z""#, Some("https://a.qlogo.cn/z")),
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
        let profile = read(r#"{"ret":0,"nickname":"CANARY","figureurl":"https://a.qlogo.cn/CANARY"}"#);
        assert!(!format!("{profile:?}").contains("CANARY"));
    }
}
