//! What QQ's return codes mean, and who has to act on them.
//!
//! Codes from 100000 on are those of the wiki page 公共返回码说明; the small ones are the `ret`
//! values of `get_user_info` and of the open platform behind it. The wording is ours.

use ErrorClass::{BadRequest, OperatorAction, QqFailure, ReauthRequired, RetryLater};

/// Who has to act on a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// The user: sign in with QQ again.
    ReauthRequired,
    /// The operator: correct the settings in QQ's console or the configuration.
    OperatorAction,
    /// The developers: the request was wrong.
    BadRequest,
    /// QQ: it failed, or returned an undocumented code.
    QqFailure,
    /// Nobody: the same request may succeed in a moment.
    RetryLater,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CodeInfo {
    /// The value of `error`, `ret` or `code`.
    pub code: i64,
    pub class: ErrorClass,
    pub meaning_zh: &'static str,
    pub meaning_en: &'static str,
}

/// Looks up `code`. Returns `None` if QQ does not document it.
pub fn code_info(code: i64) -> Option<&'static CodeInfo> {
    CODES.iter().find(|info| info.code == code)
}

/// Classifies `code`. An undocumented code counts as [`ErrorClass::QqFailure`].
pub fn error_class(code: i64) -> ErrorClass {
    code_info(code).map_or(QqFailure, |info| info.class)
}

/// The app lacks the UnionID permission. QQ then withholds the openid as well.
pub(super) const UNIONID_NOT_GRANTED: i64 = 100048;

const fn code(code: i64, class: ErrorClass, meaning_zh: &'static str, meaning_en: &'static str) -> CodeInfo {
    CodeInfo { code, class, meaning_zh, meaning_en }
}

#[rustfmt::skip]
pub(super) const CODES: &[CodeInfo] = &[
    // 公共返回码说明
    code(100000, BadRequest, "缺少参数 response_type 或参数值无效", "response_type is missing or invalid"),
    code(100001, BadRequest, "缺少参数 client_id", "client_id is missing"),
    code(100002, BadRequest, "缺少参数 client_secret", "client_secret is missing"),
    code(100003, BadRequest, "HTTP 请求头缺少 Authorization", "the Authorization header is missing"),
    code(100004, BadRequest, "缺少参数 grant_type 或参数值无效", "grant_type is missing or invalid"),
    code(100005, BadRequest, "缺少参数 code", "code is missing"),
    code(100006, BadRequest, "缺少参数 refresh_token", "the refresh token is missing"),
    code(100007, BadRequest, "缺少参数 access_token", "the access token is missing"),
    code(100008, OperatorAction, "App ID 不存在", "the App ID does not exist"),
    code(100009, OperatorAction, "App Key 错误", "the App Key is wrong"),
    code(100010, OperatorAction, "回调地址与控制台登记的不一致", "the callback URL is not registered in the console"),
    code(100011, OperatorAction, "应用未上线", "the app is not online"),
    code(100012, BadRequest, "请求方法不是 POST", "the request was not a POST"),
    code(100013, ReauthRequired, "access_token 已失效：用户取消授权，或已被回收", "the access token is no longer valid: the user revoked access, or QQ reclaimed it"),
    code(100014, ReauthRequired, "access_token 已过期", "the access token has expired"),
    code(100015, ReauthRequired, "access_token 已被撤销", "the access token has been revoked"),
    code(100016, ReauthRequired, "access_token 验证失败", "the access token failed verification"),
    code(100017, QqFailure, "QQ 获取 App ID 失败", "QQ could not look up the App ID"),
    code(100018, ReauthRequired, "QQ 获取授权码失败", "QQ could not issue an authorization code"),
    code(100019, ReauthRequired, "授权码无法换取 access_token", "the authorization code could not be exchanged for an access token"),
    code(100020, ReauthRequired, "授权码已被使用", "the authorization code has already been used"),
    code(100021, ReauthRequired, "获取 access_token 失败；refresh_token 只能使用一次", "QQ issued no access token; a refresh token works only once"),
    code(100022, ReauthRequired, "获取 refresh_token 失败", "QQ issued no refresh token"),
    code(100023, QqFailure, "QQ 读取应用的权限列表失败", "QQ could not read the app's permissions"),
    code(100024, QqFailure, "QQ 读取用户对应用的授权列表失败", "QQ could not read what the user granted to the app"),
    code(100025, QqFailure, "QQ 读取接口或分组信息失败", "QQ could not read its list of APIs"),
    code(100026, QqFailure, "QQ 保存用户的授权列表失败", "QQ could not store what the user granted"),
    code(100027, QqFailure, "QQ 保存用户的授权时间失败", "QQ could not store the time of the grant"),
    code(100028, BadRequest, "缺少参数 which", "the parameter `which` is missing"),
    code(100029, BadRequest, "HTTP 请求错误", "the HTTP request is malformed"),
    code(100030, ReauthRequired, "用户未授权该接口，或已取消授权", "the user did not grant access to this API, or revoked it"),
    code(100031, OperatorAction, "应用没有该接口的权限", "the app has no permission for this API"),
    // Not on that page, but widely reported.
    code(100044, OperatorAction, "移动应用签名错误", "the mobile app's signature is wrong"),
    code(UNIONID_NOT_GRANTED, OperatorAction, "应用没有获取 UnionID 的权限", "the app has no UnionID permission"),
    // Shown on QQ's own pages (CSDN u011961280/77833302).
    code(110201, ReauthRequired, "用户未登录 QQ", "the user is not signed in to QQ"),
    code(110401, OperatorAction, "应用不存在", "the app does not exist"),
    code(110404, OperatorAction, "请求缺少 App ID", "the request has no App ID"),
    code(110405, OperatorAction, "应用被限制登录", "sign-in is restricted for this app"),
    code(110406, OperatorAction, "应用未通过审核，只有创建者的 QQ 号能授权", "the app is not approved: only its creator's QQ account may sign in"),
    code(110407, OperatorAction, "应用已下架", "the app has been taken down"),
    code(110500, QqFailure, "QQ 读取授权信息失败", "QQ could not read the grant"),
    code(110501, QqFailure, "QQ 读取授权信息失败", "QQ could not read the grant"),
    code(110502, QqFailure, "QQ 保存授权信息失败", "QQ could not store the grant"),
    code(110503, QqFailure, "QQ 获取令牌失败", "QQ could not obtain a token"),
    code(110504, QqFailure, "QQ 内部错误", "internal error at QQ"),
    // `ret` of get_user_info.
    code(-1, BadRequest, "请求参数无效，通常是 openid 不正确", "a parameter is invalid, most likely the openid"),
    code(-22, BadRequest, "openid 无效", "the openid is invalid"),
    code(-23, ReauthRequired, "access_token 无效", "the access token is invalid"),
    code(1, BadRequest, "参数重复或类型错误", "a parameter is duplicated or has the wrong type"),
    code(1002, ReauthRequired, "用户的 QQ 登录已失效", "the user's QQ session has expired"),
    code(2021, ReauthRequired, "用户的 QQ 登录已失效", "the user's QQ session has expired"),
    // `ret` of the open platform (open.qq.com), which the same APIs may return.
    code(1001, RetryLater, "QQ 系统繁忙", "QQ is busy"),
    code(-2, OperatorAction, "App ID 不存在", "the platform does not know this App ID"),
    code(-3, OperatorAction, "应用没有该接口的权限", "the app has no permission for this API"),
    code(-4, OperatorAction, "服务器 IP 不在白名单中", "the server's IP address is not on the allowlist"),
    code(-5, BadRequest, "请求签名错误", "the request signature is wrong"),
    code(-6, RetryLater, "访问过于频繁", "too many requests"),
    code(-7, BadRequest, "该接口只接受 HTTPS", "this API accepts only HTTPS"),
    code(-8, OperatorAction, "访问受到限制", "access is restricted"),
    code(-9, BadRequest, "接口不存在", "the API does not exist"),
    code(-12, OperatorAction, "该用户不是应用的测试账号", "the user is not one of the app's test accounts"),
    code(-20, ReauthRequired, "用户未授权该接口", "the user did not grant access to this API"),
    code(-21, ReauthRequired, "access_token 已被撤销", "the access token has been revoked"),
    code(-24, ReauthRequired, "openid 与令牌校验失败", "the openid and the token failed verification"),
    code(-58, RetryLater, "QQ 暂时出错", "a temporary failure at QQ"),
    code(-60, RetryLater, "QQ 暂时出错", "a temporary failure at QQ"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_unique_and_explained_in_both_languages() {
        for (at, info) in CODES.iter().enumerate() {
            assert!(!info.meaning_zh.is_ascii(), "{}: no Chinese", info.code);
            assert!(info.meaning_en.is_ascii(), "{}: no English", info.code);
            assert_ne!(info.code, 0, "0 is success");
            let duplicate = CODES[at + 1..].iter().find(|it| it.code == info.code);
            assert_eq!(duplicate, None, "listed twice");
        }
    }

    #[test]
    fn the_documented_table_is_complete() {
        let missing: Vec<i64> = (100000..=100031).filter(|code| code_info(*code).is_none()).collect();
        assert_eq!(missing, Vec::<i64>::new());
    }

    #[test]
    fn codes_of_the_login_pages_are_known() {
        let known: Vec<i64> = (110_000..111_000).filter(|code| code_info(*code).is_some()).collect();
        let documented = [110201, 110401, 110404, 110405, 110406, 110407, 110500, 110501, 110502, 110503, 110504];
        assert_eq!(known, documented);
        assert!(documented[1..6].iter().all(|code| error_class(*code) == OperatorAction));
    }

    #[test]
    fn s36_an_expired_qq_session_requires_reauthentication() {
        for code in [1002, 2021, 110_201] {
            assert_eq!(error_class(code), ReauthRequired, "{code}");
        }
    }

    #[test]
    fn s36_an_invalid_token_requires_reauthentication() {
        for code in [100013, 100014, 100015, 100016, 100030] {
            assert_eq!(error_class(code), ReauthRequired, "{code}");
        }
    }

    #[test]
    fn an_undocumented_code_is_a_qq_failure() {
        for code in [0, 7001, 100032, 199_999, i64::MIN, i64::MAX] {
            assert_eq!(code_info(code), None, "{code}");
            assert_eq!(error_class(code), QqFailure, "{code}");
        }
    }
}
