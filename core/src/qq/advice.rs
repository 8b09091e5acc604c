//! What the operator can do about each return code: which setting to change, in QQ's console or in
//! the configuration.
//!
//! Based on the wiki pages 公共返回码说明 (meanings) and 回调地址常见问题及修改方法 (callback
//! addresses). The wording is ours.

use super::client::Client;
use super::error::QqError;
use super::error_codes::ErrorClass::{BadRequest, OperatorAction, QqFailure, ReauthRequired, RetryLater};
use super::error_codes::{CodeInfo, code_info};

/// One line of text in Chinese and English.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalizedText {
    pub zh: String,
    pub en: String,
}

/// What `code` means. Returns `None` if QQ does not document the code.
pub fn meaning(code: i64) -> Option<LocalizedText> {
    code_info(code).map(|info| LocalizedText { zh: info.meaning_zh.to_owned(), en: info.meaning_en.to_owned() })
}

impl Client {
    /// What the operator can do about `code`. Mentions the configured callback address where it matters.
    pub fn advice(&self, code: i64) -> LocalizedText {
        advice(code, &self.config.redirect_uri)
    }

    /// The advice in English for the log. Returns `None` unless `error` is a configuration error or a
    /// bug in this program.
    pub fn operator_advice(&self, error: &QqError) -> Option<String> {
        match error {
            QqError::Api(error) => self.operator_advice_for_code(error.code),
            QqError::InvalidCall(_) => Some(BUG.1.to_owned()),
            QqError::ForeignToken | QqError::MalformedResponse(_) | QqError::Transport(_) => None,
        }
    }

    /// As [`Client::operator_advice`], for a code that arrived at the callback.
    pub fn operator_advice_for_code(&self, code: i64) -> Option<String> {
        let info = code_info(code)?;
        matches!(info.class, OperatorAction | BadRequest).then(|| self.advice(code).en)
    }
}

fn advice(code: i64, redirect_uri: &str) -> LocalizedText {
    let (zh, en) = code_info(code).map_or(UNDOCUMENTED, advice_template);
    LocalizedText { zh: zh.replace("{callback}", redirect_uri), en: en.replace("{callback}", redirect_uri) }
}

type Template = (&'static str, &'static str);

const UNDOCUMENTED: Template = (
    "QQ 没有公开说明该返回码：请查阅 QQ 互联的“公共返回码说明”，或联系 QQ 互联客服。",
    "QQ does not document this code. Look it up in 公共返回码说明, or contact QQ Connect support.",
);
const BUG: Template = (
    "这是本程序的缺陷，与您的配置无关：请把该返回码报告给开发者；如果中间有代理，请确认它没有改动请求。",
    "This is a bug in this program. Report it together with the code; if there is a proxy, check that it \
     does not modify requests.",
);

#[rustfmt::skip]
fn advice_template(info: &CodeInfo) -> Template {
    match (info.code, info.class) {
        (100_008 | 110_401 | 110_404 | -2, _) => (
            "请把 QQ_APP_ID 设为 QQ 互联控制台“网站应用”中显示的 APP ID；移动应用的 APP ID 不能用于网站。",
            "Set QQ_APP_ID to the APP ID of your website app in the QQ Connect console (网站应用 → APP ID); a mobile \
             app's ID does not work.",
        ),
        (100_009, _) => (
            "请从 QQ 互联控制台（网站应用 → APP Key）重新复制 APP Key 到 QQ_APP_KEY；它可能已被重置，或属于另一个 APP ID。",
            "Copy the APP Key from the QQ Connect console (网站应用 → APP Key) to QQ_APP_KEY again; it may have been \
             reset, or belong to another APP ID.",
        ),
        (100_010, _) => (
            "请在 QQ 互联控制台“网站应用 → 网站回调域”中逐字填写 {callback}（多个地址用分号分隔，修改后最长半小时生效），或更正 PUBLIC_URL。",
            "Register exactly {callback} in the QQ Connect console (网站应用 → 网站回调域; separate several addresses \
             with semicolons; changes take up to 30 minutes), or correct PUBLIC_URL.",
        ),
        (100_011 | 110_405..=110_407, _) => (
            "请在 QQ 互联控制台提交该网站应用的审核（网站应用 → 应用状态）；通过之前只有创建者的 QQ 号能登录。",
            "Submit the website app for review in the QQ Connect console (网站应用 → 应用状态). Until it is approved, \
             only its creator's QQ account can sign in.",
        ),
        (100_021, _) => (
            "用户重新登录即可；如果频繁出现，请检查是否有两个站点共用一个数据库并各自刷新令牌（refresh_token 只能使用一次）。",
            "The user only needs to sign in again. If it happens often, check whether two copies of the site refresh \
             the same tokens (a refresh token works only once).",
        ),
        (100_030, _) => (
            "用户重新登录并同意授权即可；如果所有用户都如此，请确认 QQ_SCOPE 包含 get_user_info，且控制台“接口权限”中有该接口。",
            "The user needs to sign in again and grant access. If it affects every user, check that QQ_SCOPE includes \
             get_user_info and that the console lists it (网站应用 → 接口权限).",
        ),
        (100_031 | -3, _) => (
            "请在 QQ 互联控制台申请该接口（网站应用 → 接口权限），或从 QQ_SCOPE 中移除它（登录只需 get_user_info）。",
            "Request this API in the QQ Connect console (网站应用 → 接口权限), or remove it from QQ_SCOPE (signing in \
             needs only get_user_info).",
        ),
        (100_044, _) => (
            "QQ_APP_ID 很可能属于移动应用：请在 QQ 互联控制台创建“网站应用”，使用它的 APP ID 和 APP Key；移动应用则检查其签名和包名。",
            "QQ_APP_ID probably belongs to a mobile app: create a website app (网站应用) in the QQ Connect console and \
             use its APP ID and APP Key. For a mobile app, correct its signature and package name.",
        ),
        (100_048, _) => (
            "请在 QQ 互联控制台为该应用申请 UnionID 权限（网站应用 → 应用信息 → 获取 UnionID），或设置 QQ_UNIONID=off。",
            "Request the UnionID permission in the QQ Connect console (网站应用 → 应用信息), or set QQ_UNIONID=off.",
        ),
        (-4, _) => (
            "请把本服务器的出口 IP 加入控制台的“服务器 IP”列表。",
            "Add this server's outbound IP address to the server IP list (服务器 IP) in the console.",
        ),
        (-8, _) => (
            "QQ 限制了该应用：请在 QQ 互联控制台查看应用状态和通知。",
            "QQ restricts this app. Check its status and notices in the QQ Connect console.",
        ),
        (-12, _) => (
            "请把该 QQ 号加入控制台的测试账号，或提交应用审核（网站应用 → 应用状态）。",
            "Add this QQ account to the test accounts in the console, or submit the app for review (网站应用 → 应用状态).",
        ),
        (_, ReauthRequired) => (
            "用户重新登录即可，您无需修改任何配置。",
            "The user only needs to sign in again; your configuration is fine.",
        ),
        (_, RetryLater) => (
            "QQ 暂时繁忙，您无需修改任何配置：请稍后重试。",
            "QQ is temporarily busy; your configuration is fine. Try again later.",
        ),
        (_, QqFailure) => (
            "QQ 服务故障，您无需修改任何配置：请稍后重试，持续出现请联系 QQ 互联客服。",
            "QQ failed; your configuration is fine. Try again later, and contact QQ Connect support if it persists.",
        ),
        (_, BadRequest) => BUG,
        (_, OperatorAction) => UNDOCUMENTED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::qq::error_codes::CODES;
    use crate::qq::tests::config;
    use crate::qq::{ApiError, MalformedResponse};

    #[test]
    fn every_code_has_advice_in_both_languages() {
        for info in CODES {
            let (code, (zh, en)) = (info.code, advice_template(info));
            assert_ne!((zh, en), UNDOCUMENTED, "{code} has no advice");
            assert!(!zh.is_ascii() && zh.ends_with('。') && !zh.contains('\n'), "{code}: {zh}");
            assert!(en.ends_with('.') && !en.contains('\n') && !en.contains("  "), "{code}: {en}");
        }
    }

    #[test]
    fn advice_for_the_operator_names_a_setting() {
        let settings =
            ["QQ_APP_ID", "QQ_APP_KEY", "QQ_SCOPE", "QQ_UNIONID", "PUBLIC_URL", "网站应用", "服务器 IP", "console"];
        for info in CODES.iter().filter(|info| info.class == OperatorAction) {
            let advice = advice(info.code, "https://a.example/login/qq/callback");
            for text in [advice.zh.replace("控制台", "console"), advice.en] {
                assert!(settings.iter().any(|setting| text.contains(setting)), "{}: {text}", info.code);
            }
        }
    }

    #[test]
    fn advice_for_common_codes_names_the_right_setting() {
        for (code, setting) in [
            (100_008, "QQ_APP_ID"),
            (100_009, "QQ_APP_KEY"),
            (100_010, "https://a.example/login/qq/callback"),
            (100_010, "网站回调域"),
            (100_011, "应用状态"),
            (100_031, "QQ_SCOPE"),
            (100_048, "QQ_UNIONID"),
            (110_406, "应用状态"),
        ] {
            let advice = advice(code, "https://a.example/login/qq/callback");
            assert!(advice.zh.contains(setting) && advice.en.contains(setting), "{code}: {advice:?}");
        }
        assert_eq!(advice(424_242, "").en, UNDOCUMENTED.1);
    }

    #[test]
    fn only_configuration_errors_and_bugs_have_operator_advice() {
        let client = Client::new(config("https://graph.qq.com")).unwrap();
        let api_error = |code| QqError::Api(ApiError::new(code, ""));
        let on_callback = client.operator_advice(&api_error(100_010)).unwrap();
        assert!(on_callback.contains("https://example.cn/login/qq/callback"), "{on_callback}");
        assert!(client.operator_advice(&api_error(100_001)).is_some_and(|it| it.contains("Report it")));
        for (code, word) in [(110_401, "QQ_APP_ID"), (110_404, "QQ_APP_ID"), (110_405, "review"), (110_407, "review")] {
            assert!(client.operator_advice_for_code(code).is_some_and(|it| it.contains(word)), "{code}");
        }
        for error in [
            api_error(100_020),
            api_error(100_017),
            api_error(7),
            QqError::ForeignToken,
            MalformedResponse::Empty.into(),
        ] {
            assert_eq!(client.operator_advice(&error), None, "{error}");
        }
    }
}
