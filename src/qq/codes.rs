//! What QQ's return codes mean, and who has to do something about them.
//!
//! The numbers from 100000 on are those of the wiki page 公共返回码说明; the small ones are
//! the `ret` values of `get_user_info` and of the open platform behind it. The words are ours.

use ErrorClass::{BadRequest, OperatorAction, QqFailure, ReauthRequired, RetryLater};

/// Who has to act on a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// The person: another trip to QQ mends it.
    ReauthRequired,
    /// The operator: the app's settings on QQ's console or here are wrong.
    OperatorAction,
    /// We: the request was wrong.
    BadRequest,
    /// QQ: it failed, or said something nobody has explained.
    QqFailure,
    /// Nobody: the same request may well succeed in a moment.
    RetryLater,
}

/// One return code of QQ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeInfo {
    /// The number, as in `error`, `ret` or `code`.
    pub code: i64,
    /// Who has to act.
    pub class: ErrorClass,
    /// What it means, in Chinese.
    pub meaning_zh: &'static str,
    /// What it means, in English.
    pub meaning_en: &'static str,
}

/// What is known about `code`; `None` for a number that no page of QQ explains.
pub fn code_info(code: i64) -> Option<&'static CodeInfo> {
    CODES.iter().find(|info| info.code == code)
}

/// Who has to act on `code`. A code nobody has explained counts as a failure of QQ's.
pub fn error_class(code: i64) -> ErrorClass {
    code_info(code).map_or(QqFailure, |info| info.class)
}

/// The app lacks the right to ask for unionid, and QQ withholds the openid too.
pub(super) const UNIONID_NOT_GRANTED: i64 = 100048;

const fn code(code: i64, class: ErrorClass, meaning_zh: &'static str, meaning_en: &'static str) -> CodeInfo {
    CodeInfo { code, class, meaning_zh, meaning_en }
}

#[rustfmt::skip]
pub(super) const CODES: &[CodeInfo] = &[
    // 公共返回码说明
    code(100000, BadRequest, "缺少参数 response_type，或其值不合法", "response_type is missing or not valid"),
    code(100001, BadRequest, "缺少参数 client_id", "client_id is missing"),
    code(100002, BadRequest, "缺少参数 client_secret", "client_secret is missing"),
    code(100003, BadRequest, "HTTP 头中缺少 Authorization", "the Authorization header is missing"),
    code(100004, BadRequest, "缺少参数 grant_type，或其值不合法", "grant_type is missing or not valid"),
    code(100005, BadRequest, "缺少参数 code", "code is missing"),
    code(100006, BadRequest, "缺少 refresh_token", "the refresh token is missing"),
    code(100007, BadRequest, "缺少 access_token", "the access token is missing"),
    code(100008, OperatorAction, "该 App ID 不存在", "no app has this App ID"),
    code(100009, OperatorAction, "App Key 不正确", "the App Key is wrong"),
    code(100010, OperatorAction, "回调地址与控制台登记的不一致", "the callback address is not the one registered on the console"),
    code(100011, OperatorAction, "应用尚未上线", "the app is not online yet"),
    code(100012, BadRequest, "请求方法不是 POST", "the request was not a POST"),
    code(100013, ReauthRequired, "access_token 已失效：用户取消了授权，或已被回收", "the access token is no longer valid: consent withdrawn, or token reclaimed"),
    code(100014, ReauthRequired, "access_token 已过期", "the access token has expired"),
    code(100015, ReauthRequired, "access_token 已被撤销", "the access token has been revoked"),
    code(100016, ReauthRequired, "access_token 校验失败", "the access token did not pass QQ's check"),
    code(100017, QqFailure, "QQ 未能取得 App ID", "QQ could not look up the App ID"),
    code(100018, ReauthRequired, "QQ 未能取得授权码", "QQ could not issue a code"),
    code(100019, ReauthRequired, "授权码换不到 access_token", "the code could not be traded for a token"),
    code(100020, ReauthRequired, "授权码已被使用过", "the code has been used before"),
    code(100021, ReauthRequired, "未能取得 access_token；refresh_token 只能使用一次", "no access token could be had; a refresh token works only once"),
    code(100022, ReauthRequired, "未能取得 refresh_token", "no refresh token could be had"),
    code(100023, QqFailure, "QQ 未能读取应用的权限列表", "QQ could not read the app's permissions"),
    code(100024, QqFailure, "QQ 未能读取该用户对应用的授权列表", "QQ could not read what this person granted the app"),
    code(100025, QqFailure, "QQ 未能读取接口或分组信息", "QQ could not read its list of calls"),
    code(100026, QqFailure, "QQ 未能保存用户的授权列表", "QQ could not store what the person granted"),
    code(100027, QqFailure, "QQ 未能保存用户的授权时间", "QQ could not store when the person granted it"),
    code(100028, BadRequest, "缺少参数 which", "the parameter which is missing"),
    code(100029, BadRequest, "HTTP 请求有误", "the HTTP request was wrong"),
    code(100030, ReauthRequired, "用户没有授权此接口，或已取消授权", "the person did not allow this call, or no longer does"),
    code(100031, OperatorAction, "应用没有此接口的权限", "the app may not use this call"),
    // Not on that page; seen by many.
    code(100044, OperatorAction, "移动应用的签名不正确", "the mobile app's signature is wrong"),
    code(UNIONID_NOT_GRANTED, OperatorAction, "应用没有获取 UnionID 的权限", "the app may not ask for unionid"),
    // Of QQ's own pages (CSDN u011961280/77833302).
    code(110201, ReauthRequired, "用户未登录 QQ", "the person is not signed in to QQ"),
    code(110401, OperatorAction, "该应用不存在", "there is no such app"),
    code(110404, OperatorAction, "请求中没有 App ID", "the request has no App ID"),
    code(110405, OperatorAction, "该应用被限制登录", "sign-in is restricted for this app"),
    code(110406, OperatorAction, "应用未通过审核，只有创建者的 QQ 能授权", "the app is not approved: only its creator's QQ may sign in"),
    code(110407, OperatorAction, "应用已下架", "the app has been taken down"),
    code(110500, QqFailure, "QQ 未能读取授权信息", "QQ could not read what was granted"),
    code(110501, QqFailure, "QQ 未能读取授权信息", "QQ could not read what was granted"),
    code(110502, QqFailure, "QQ 未能保存授权信息", "QQ could not store what was granted"),
    code(110503, QqFailure, "QQ 未能取得令牌", "QQ could not get a token"),
    code(110504, QqFailure, "QQ 内部错误", "a failure inside QQ"),
    // `ret` of get_user_info.
    code(-1, BadRequest, "请求参数无效，openid 不正确", "a parameter is not valid, most likely the openid"),
    code(-22, BadRequest, "openid 无效", "the openid is not valid"),
    code(-23, ReauthRequired, "access_token 无效", "the access token is not valid"),
    code(1, BadRequest, "参数重复或类型不正确", "a parameter is doubled or of the wrong type"),
    code(1002, ReauthRequired, "用户的登录状态已失效", "the person's sign-in at QQ has lapsed"),
    code(2021, ReauthRequired, "用户的登录状态已失效", "the person's sign-in at QQ has lapsed"),
    // `ret` of the open platform (open.qq.com), which answers through the same door.
    code(1001, RetryLater, "QQ 系统繁忙", "QQ is busy"),
    code(-2, OperatorAction, "平台不认识该 App ID", "the platform does not know this App ID"),
    code(-3, OperatorAction, "应用没有访问该接口的权限", "the app has no access to this call"),
    code(-4, OperatorAction, "服务器 IP 不在允许之列", "the server's IP address is not on the allowed list"),
    code(-5, BadRequest, "请求签名不正确", "the request's signature is wrong"),
    code(-6, RetryLater, "访问过于频繁", "too many requests"),
    code(-7, BadRequest, "此接口只接受 HTTPS", "this call is answered over HTTPS only"),
    code(-8, OperatorAction, "访问受到限制", "access is restricted"),
    code(-9, BadRequest, "接口不存在", "there is no such call"),
    code(-12, OperatorAction, "该用户不是应用的测试账号", "the person is not one of the app's test accounts"),
    code(-20, ReauthRequired, "用户没有授权此接口", "the person did not allow this call"),
    code(-21, ReauthRequired, "access_token 已被撤销", "the access token has been revoked"),
    code(-24, ReauthRequired, "openid 与令牌的校验失败", "openid and token did not pass QQ's check"),
    code(-58, RetryLater, "QQ 暂时出错", "a passing failure at QQ"),
    code(-60, RetryLater, "QQ 暂时出错", "a passing failure at QQ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_listed_once_and_explained_twice() {
        for (at, info) in CODES.iter().enumerate() {
            assert!(!info.meaning_zh.is_ascii(), "{}: no Chinese", info.code);
            assert!(info.meaning_en.is_ascii(), "{}: no English", info.code);
            assert_ne!(info.code, 0, "0 is success");
            let twin = CODES[at + 1..].iter().find(|it| it.code == info.code);
            assert_eq!(twin, None, "listed twice");
        }
    }

    #[test]
    fn the_documented_table_is_complete() {
        let missing: Vec<i64> = (100000..=100031).filter(|code| code_info(*code).is_none()).collect();
        assert_eq!(missing, Vec::<i64>::new());
    }

    #[test]
    fn what_qq_shows_on_its_own_pages_is_known() {
        let known: Vec<i64> = (110_000..111_000).filter(|code| code_info(*code).is_some()).collect();
        let documented = [110201, 110401, 110404, 110405, 110406, 110407, 110500, 110501, 110502, 110503, 110504];
        assert_eq!(known, documented);
        assert!(documented[1..6].iter().all(|code| error_class(*code) == OperatorAction));
    }

    #[test]
    fn s36_somebody_who_is_not_signed_in_at_qq_signs_in_again() {
        for code in [1002, 2021, 110_201] {
            assert_eq!(error_class(code), ReauthRequired, "{code}");
        }
    }

    #[test]
    fn s36_lapsed_tokens_send_the_person_back_to_qq() {
        for code in [100013, 100014, 100015, 100016, 100030] {
            assert_eq!(error_class(code), ReauthRequired, "{code}");
        }
    }

    #[test]
    fn an_unexplained_code_is_qqs_failure() {
        for code in [0, 7001, 100032, 199_999, i64::MIN, i64::MAX] {
            assert_eq!(code_info(code), None, "{code}");
            assert_eq!(error_class(code), QqFailure, "{code}");
        }
    }
}
