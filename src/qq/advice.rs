//! What to do about each of QQ's return codes: which field of QQ's console or which variable of
//! ours to change.
//!
//! The meanings are those of the wiki page 公共返回码说明, the rules for callback addresses those
//! of 回调地址常见问题及修改方法. The words are ours.

use super::client::Client;
use super::codes::ErrorClass::{BadRequest, OperatorAction};
use super::codes::code_info;
use super::error::QqError;

/// Where the callback address goes in the words below.
const CALLBACK: &str = "{callback}";

/// The same words in both languages, one line each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalizedText {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}

/// What the operator can do about `code`, for a site whose callback address is `redirect_uri`.
pub fn advice(code: i64, redirect_uri: &str) -> LocalizedText {
    let (zh, en) = known_advice(code).unwrap_or(UNKNOWN);
    LocalizedText { zh: zh.replace(CALLBACK, redirect_uri), en: en.replace(CALLBACK, redirect_uri) }
}

/// What `code` means; `None` for a number that nobody has explained.
pub fn meaning(code: i64) -> Option<LocalizedText> {
    code_info(code).map(|info| LocalizedText { zh: info.meaning_zh.to_owned(), en: info.meaning_en.to_owned() })
}

impl Client {
    /// What the operator can do about `code`, with this site's callback address in it.
    pub fn advice(&self, code: i64) -> LocalizedText {
        advice(code, &self.settings.redirect_uri)
    }

    /// The line for the log, in English, if `error` is one that the operator or we must mend.
    pub fn operator_advice(&self, error: &QqError) -> Option<String> {
        match error {
            QqError::Api(refusal) => self.operator_advice_for_code(refusal.code),
            QqError::InvalidCall(_) => Some(BUG.1.to_owned()),
            QqError::ForeignToken | QqError::MalformedResponse(_) | QqError::Transport(_) => None,
        }
    }

    /// The same for a code that came without a call of ours, at the callback.
    pub fn operator_advice_for_code(&self, code: i64) -> Option<String> {
        let is_ours_to_mend = code_info(code).is_some_and(|info| matches!(info.class, OperatorAction | BadRequest));
        is_ours_to_mend.then(|| self.advice(code).en)
    }
}

type Words = (&'static str, &'static str);

const UNKNOWN: Words = (
    "QQ 没有公开说明这个返回码：在 QQ 互联的“公共返回码说明”中查找，或带上它联系 QQ 互联客服。",
    "QQ does not explain this code: look it up in QQ Connect's list of return codes (公共返回码说明), \
     or ask QQ Connect's support about it.",
);
const BUG: Words = (
    "这是本程序的错误，不是您的设置问题：请带上此返回码报告给本程序的开发者；若中间有代理，请确认它没有改动请求。",
    "This is a mistake of this program, not of your settings: report it with this code; if a proxy stands \
     in between, make sure that it leaves requests as they are.",
);
const QQ_FAILED: Words = (
    "这是 QQ 一方的故障，您无需修改任何设置：请稍后再试；持续出现时联系 QQ 互联客服。",
    "QQ itself failed; nothing of yours needs changing: wait and try again, and ask QQ Connect's support \
     if it lasts.",
);
const BUSY: Words = (
    "QQ 暂时繁忙，您无需修改任何设置：请稍后再试。",
    "QQ is busy for the moment; nothing of yours needs changing: try again later.",
);
const SIGN_IN_AGAIN: Words = (
    "用户重新登录一次即可，您无需修改任何设置。",
    "The person only has to sign in again; nothing of yours needs changing.",
);
const API_RIGHT: Words = (
    "在 QQ 互联控制台的“网站应用 → 接口权限”中申请此接口，或从 QQ_SCOPE 中去掉它（登录只需要 get_user_info）。",
    "Ask for this call on the QQ Connect console (网站应用 → 接口权限), or take it out of QQ_SCOPE \
     (a sign-in needs get_user_info alone).",
);
const APP_ID: Words = (
    "把 QQ_APP_ID 改成 QQ 互联控制台“网站应用”中显示的 APP ID；移动应用的 APP ID 不能用于网站。",
    "Set QQ_APP_ID to the APP ID that the QQ Connect console shows for your website app (网站应用 → APP ID); \
     a mobile app's id does not do.",
);
const REVIEW: Words = (
    "在 QQ 互联控制台为该网站应用提交审核并等待通过（网站应用 → 应用状态）；在此之前只有创建者本人的 QQ 能登录。",
    "Submit the website app for review on the QQ Connect console and wait until it is approved \
     (网站应用 → 应用状态); until then only its creator's own QQ can sign in.",
);
const CALLBACK_ADDRESS: Words = (
    "在 QQ 互联控制台该网站应用的“网站回调域”中逐字填入 {callback}（多个地址用分号隔开，修改最多半小时生效），\
     或改正 PUBLIC_URL。",
    "Enter {callback} letter by letter on the QQ Connect console (网站应用 → 网站回调域; several are separated \
     by semicolons; a change takes up to half an hour), or correct PUBLIC_URL.",
);

#[rustfmt::skip]
fn known_advice(code: i64) -> Option<Words> {
    Some(match code {
        100_000..=100_007 | 100_012 | 100_028 | 100_029 => BUG,
        100_008 | 110_401 | 110_404 | -2 => APP_ID,
        100_009 => (
            "在 QQ 互联控制台（网站应用 → APP Key）重新复制 APP Key 到 QQ_APP_KEY；它可能已被重置，或属于另一个 APP ID。",
            "Copy the APP Key from the QQ Connect console (网站应用 → APP Key) into QQ_APP_KEY again; it may have \
             been reset, or belong to another APP ID.",
        ),
        100_010 => CALLBACK_ADDRESS,
        100_011 | 110_405..=110_407 => REVIEW,
        100_013..=100_016 | 100_018..=100_020 | 100_022 | 110_201 => SIGN_IN_AGAIN,
        1002 | 2021 | -20 | -21 | -23 | -24 => SIGN_IN_AGAIN,
        100_021 => (
            "用户重新登录一次即可；若经常出现，请检查是否有两个站点共用一个数据库却各自续期（refresh_token 只能用一次）。",
            "The person only has to sign in again; if it comes often, see whether two copies of the site renew the \
             same tokens (a refresh token works once).",
        ),
        100_017 | 100_023..=100_027 | 110_500..=110_504 => QQ_FAILED,
        100_030 => (
            "用户重新登录并同意授权即可；若人人如此，请确认 QQ_SCOPE 包含 get_user_info，且控制台“接口权限”中有此接口。",
            "The person only has to sign in again and allow it; if it is everybody, see that QQ_SCOPE has get_user_info \
             and that the console (网站应用 → 接口权限) lists it.",
        ),
        100_031 | -3 => API_RIGHT,
        100_044 => (
            "QQ_APP_ID 很可能属于移动应用：请在 QQ 互联控制台创建“网站应用”，使用它的 APP ID 和 APP Key；移动应用则检查其签名和包名。",
            "QQ_APP_ID most likely belongs to a mobile app: make a website app (网站应用) on the QQ Connect console and use \
             its APP ID and APP Key; a mobile app needs its signature and package name corrected.",
        ),
        100_048 => (
            "在 QQ 互联控制台为该应用申请 UnionID 权限（网站应用 → 应用信息 → 获取 UnionID），或设置 QQ_UNIONID=off。",
            "Ask for the right to UnionID on the QQ Connect console (网站应用 → 应用信息 → UnionID), or set QQ_UNIONID=off.",
        ),
        -1 | -5 | -7 | -9 | -22 | 1 => BUG,
        -4 => (
            "在开放平台控制台的“服务器 IP”中加入本服务器的出口 IP。",
            "Add the address from which this server goes out to the list of server IP addresses (服务器 IP) on the console.",
        ),
        -8 => (
            "QQ 限制了此应用的访问：在 QQ 互联控制台查看该应用的状态和通知。",
            "QQ restricts this app: look at its state and its notices on the QQ Connect console.",
        ),
        -12 => (
            "把此 QQ 号加入控制台的测试账号，或提交应用审核（网站应用 → 应用状态）。",
            "Add this QQ number to the test accounts on the console, or submit the app for review (网站应用 → 应用状态).",
        ),
        1001 | -6 | -58 | -60 => BUSY,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qq::codes::CODES;
    use crate::qq::tests::settings;
    use crate::qq::{ApiError, MalformedResponse};

    #[test]
    fn every_code_has_advice_in_both_languages() {
        for code in CODES.iter().map(|info| info.code) {
            let (zh, en) = known_advice(code).unwrap_or_else(|| panic!("{code} has no advice"));
            assert!(!zh.is_ascii() && zh.ends_with('。') && !zh.contains('\n'), "{code}: {zh}");
            assert!(en.ends_with('.') && !en.contains('\n') && !en.contains("  "), "{code}: {en}");
        }
    }

    #[test]
    fn what_the_operator_can_mend_names_a_field_or_a_variable() {
        let fields =
            ["QQ_APP_ID", "QQ_APP_KEY", "QQ_SCOPE", "QQ_UNIONID", "PUBLIC_URL", "网站应用", "服务器 IP", "console"];
        for info in CODES.iter().filter(|info| info.class == OperatorAction) {
            let words = advice(info.code, "https://a.example/login/qq/callback");
            for text in [words.zh.replace("控制台", "console"), words.en] {
                assert!(fields.iter().any(|field| text.contains(field)), "{}: {text}", info.code);
            }
        }
    }

    #[test]
    fn the_codes_people_meet_name_the_right_thing() {
        for (code, word) in [
            (100_008, "QQ_APP_ID"),
            (100_009, "QQ_APP_KEY"),
            (100_010, "https://a.example/login/qq/callback"),
            (100_010, "网站回调域"),
            (100_011, "应用状态"),
            (100_031, "QQ_SCOPE"),
            (100_048, "QQ_UNIONID"),
            (110_406, "应用状态"),
        ] {
            let words = advice(code, "https://a.example/login/qq/callback");
            assert!(words.zh.contains(word) && words.en.contains(word), "{code}: {words:?}");
        }
        assert_eq!(advice(424_242, "").en, UNKNOWN.1);
    }

    #[test]
    fn the_log_gets_advice_only_on_what_can_be_mended_here() {
        let client = Client::new(settings("https://graph.qq.com")).unwrap();
        let refused = |code| QqError::Api(ApiError::new(code, ""));
        let on_callback = client.operator_advice(&refused(100_010)).unwrap();
        assert!(on_callback.contains("https://example.cn/login/qq/callback"), "{on_callback}");
        assert!(client.operator_advice(&refused(100_001)).is_some_and(|it| it.contains("report it")));
        for (code, word) in [(110_401, "QQ_APP_ID"), (110_404, "QQ_APP_ID"), (110_405, "review"), (110_407, "review")] {
            assert!(client.operator_advice_for_code(code).is_some_and(|it| it.contains(word)), "{code}");
        }
        for error in
            [refused(100_020), refused(100_017), refused(7), QqError::ForeignToken, MalformedResponse::Empty.into()]
        {
            assert_eq!(client.operator_advice(&error), None, "{error}");
        }
    }
}
