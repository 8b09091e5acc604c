//! Documented and captured responses of QQ: T of `/oauth2.0/token`, M of `/oauth2.0/me`, U of
//! `/user/get_user_info`. Those that need a connection are in `calls` and `limits`.

use secrecy::ExposeSecret;

use super::OID;
use crate::qq::avatar::AvatarUrlPolicy;
use crate::qq::response::ResponseBody;
use crate::qq::transport::parse_response;
use crate::qq::{ErrorClass, Gender, Identity, MalformedResponse, QqError, Token, UserInfo};

const AT: &str = "00112233445566778899AABBCCDDEEFF";
const RT: &str = "FFEEDDCCBBAA99887766554433221100";

fn response(body: &str) -> Result<ResponseBody, QqError> {
    let body = body.replace("OID", OID).replace("AT", AT).replace("RT", RT);
    parse_response(body.as_bytes(), ResponseBody::parse)
}

fn token(body: &str) -> Result<Token, QqError> {
    Ok(Token::from_response(&response(body)?)?)
}

fn me(body: &str) -> Result<Identity, QqError> {
    Identity::from_response(&response(body)?, "100000001")
}

fn user_info(body: &str) -> Result<UserInfo, QqError> {
    Ok(UserInfo::from_response(&response(body)?, &AvatarUrlPolicy::default())?)
}

fn error_code<T>(result: Result<T, QqError>) -> Option<(i64, ErrorClass)> {
    let error = result.err()?;
    match &error {
        QqError::Api(api_error) => Some((api_error.code, error.class())),
        _ => None,
    }
}

#[test]
fn tokens_are_parsed() {
    for (id, body, lifetime, refresh) in [
        ("T1", "access_token=AT&expires_in=7776000&refresh_token=RT", 7_776_000, Some(RT)),
        ("T2", "access_token=AT&expires_in=5184000&refresh_token=RT\n", 5_184_000, Some(RT)),
        ("T3", "access_token=AT&expires_in=3600", 3600, None),
        ("T5", r#"{"access_token":"AT","expires_in":"5184000","refresh_token":"RT"}"#, 5_184_000, Some(RT)),
        ("T6", r#"{"access_token":"AT","expires_in":5184000,"refresh_token":"RT"}"#, 5_184_000, Some(RT)),
        ("T23", r#"{"access_token":"AT"}"#, 3600, None),
    ] {
        let token = token(body).unwrap();
        assert_eq!(token.access_token.expose_secret(), AT, "{id}");
        assert_eq!(token.lifetime_secs, lifetime, "{id}");
        let next = token.refresh_token.as_ref().map(|it| it.expose_secret());
        assert_eq!(next, refresh, "{id}");
    }
}

#[test]
fn token_errors_are_parsed() {
    use ErrorClass::{OperatorAction, QqFailure, ReauthRequired};
    for (id, body, code, class) in [
        (
            "T9",
            "callback( {\"error\":100020,\"error_description\":\"code is reused error\"} );\n",
            100020,
            ReauthRequired,
        ),
        ("T10", r#"callback({"error":100021,"error_description":"get access token error"});"#, 100021, ReauthRequired),
        ("T11", r#"{"error":100009,"error_description":"client secret is illegal"}"#, 100009, OperatorAction),
        (
            "T12",
            r#"callback( {"error":100010,"error_description":"redirect uri is illegal"} );"#,
            100010,
            OperatorAction,
        ),
        (
            "T13",
            r#"callback( {"error":100019,"error_description":"code to access token error"} );"#,
            100019,
            ReauthRequired,
        ),
        ("T15", r#"{"access_token":"AT","expires_in":"1","error":100016}"#, 100016, ReauthRequired),
        ("T27", "code=7001&msg=%E9%94%99", 7001, QqFailure),
    ] {
        assert_eq!(error_code(token(body)), Some((code, class)), "{id}");
    }
}

#[test]
fn responses_without_a_token_are_malformed() {
    for (id, body, error) in [
        ("T17", "", MalformedResponse::Empty),
        ("T19", "<html><head></head><body>access_token=AT&expires_in=1</body></html>", MalformedResponse::Html),
        ("T20", "access_token=&expires_in=5184000", MalformedResponse::MissingField("access_token")),
    ] {
        assert_eq!(token(body).err(), Some(error.into()), "{id}");
    }
}

#[test]
fn identities_are_parsed() {
    let expected_unionid = format!("UID_{OID}");
    for (id, body, unionid) in [
        ("M1", "callback( {\"client_id\":\"100000001\",\"openid\":\"OID\"} );\n", None),
        ("M2", r#"{"client_id":"100000001","openid":"OID"}"#, None),
        ("M3", r#"{"client_id":"100000001","openid":"OID","unionid":"UID_OID"}"#, Some(expected_unionid)),
    ] {
        let identity = Identity { openid: OID.to_owned(), unionid };
        assert!(me(body) == Ok(identity), "{id}");
    }
}

#[test]
fn identity_errors_are_parsed() {
    use ErrorClass::{BadRequest, OperatorAction, ReauthRequired};
    for (id, body, code, class) in [
        ("M7", r#"{"error":100013,"error_description":"access token is illegal"}"#, 100013, ReauthRequired),
        (
            "M8",
            r#"callback( {"error":100016,"error_description":"access token check failed"} );"#,
            100016,
            ReauthRequired,
        ),
        ("M9", r#"{"error":100048,"error_description":"companyid not set"}"#, 100048, OperatorAction),
        (
            "M10",
            r#"callback( {"error":100007,"error_description":"param access token is wrong or lost "} );"#,
            100007,
            BadRequest,
        ),
    ] {
        assert_eq!(error_code(me(body)), Some((code, class)), "{id}");
    }
}

#[test]
fn responses_without_an_identity_are_rejected() {
    let missing = QqError::from(MalformedResponse::MissingField("openid"));
    for (id, body, error) in [
        ("M5", r#"{"client_id":"999999999","openid":"OID"}"#, &QqError::ForeignToken),
        ("M11", r#"{"client_id":"100000001"}"#, &missing),
        ("M11", r#"{"client_id":"100000001","openid":""}"#, &missing),
    ] {
        assert_eq!(me(body).as_ref(), Err(error), "{id}");
    }
}

/// Composed from published responses, in their order and spacing.
const U1: &str = r#"{
    "ret": 0,
    "msg": "",
    "is_lost":0,
    "nickname": "示例🐧",
    "gender": "男",
    "gender_type": 2,
    "province": "广东",
    "city": "深圳",
    "year": "1990",
    "constellation": "",
    "figureurl": "http:\/\/qzapp.qlogo.cn\/qzapp\/100000001\/OID\/30",
    "figureurl_1": "http:\/\/qzapp.qlogo.cn\/qzapp\/100000001\/OID\/50",
    "figureurl_2": "http:\/\/qzapp.qlogo.cn\/qzapp\/100000001\/OID\/100",
    "figureurl_qq_1": "http://thirdqq.qlogo.cn/ek_qqapp/AQsample/40",
    "figureurl_qq_2": "http://thirdqq.qlogo.cn/ek_qqapp/AQsample/100",
    "figureurl_qq": "http://thirdqq.qlogo.cn/ek_qqapp/AQsample/0",
    "figureurl_type": "1",
    "is_yellow_vip": "0",
    "vip": "0",
    "yellow_vip_level": "0",
    "level": "0",
    "is_yellow_year_vip": "0"
}"#;

#[test]
fn user_info_is_parsed() {
    let without_100_px = U1.replace("figureurl_qq_2", "was_qq_2");
    let without_any = without_100_px.replace("figureurl_qq_1", "was_qq_1");
    let vip_number = U1.replace(r#""is_yellow_vip": "0""#, r#""is_yellow_vip": 0"#);
    for (id, body, avatar) in [
        ("U1 U13 U14 U15", U1, "https://thirdqq.qlogo.cn/ek_qqapp/AQsample/100".to_owned()),
        ("U2", &without_100_px, "https://thirdqq.qlogo.cn/ek_qqapp/AQsample/40".to_owned()),
        ("U2", &without_any, String::new()),
        ("U21", &vip_number, "https://thirdqq.qlogo.cn/ek_qqapp/AQsample/100".to_owned()),
    ] {
        let expected = UserInfo {
            nickname: Some("示例🐧".to_owned()),
            avatar_url: Some(avatar).filter(|it| !it.is_empty()),
            gender: Gender::Unknown,
            province: None,
            city: None,
            birth_year: None,
            is_partial: false,
        };
        assert!(user_info(body) == Ok(expected), "{id}");
    }
}

#[test]
fn user_info_errors_are_parsed() {
    use ErrorClass::{BadRequest, OperatorAction, ReauthRequired};
    for (id, body, code, class) in [
        ("U4", r#"{"ret":-1,"msg":"client request's parameters are invalid, invalid openid"}"#, -1, BadRequest),
        ("U5", r#"{"ret":-22,"msg":"openid is invalid"}"#, -22, BadRequest),
        ("U6", r#"{"ret":-23,"msg":"token is invalid"}"#, -23, ReauthRequired),
        ("U7", r#"{"ret":1002,"msg":"请先登录"}"#, 1002, ReauthRequired),
        ("U9", r#"{"ret":100030,"msg":"…"}"#, 100030, ReauthRequired),
        ("U10", r#"{"ret":100031,"msg":"…"}"#, 100031, OperatorAction),
    ] {
        assert_eq!(error_code(user_info(body)), Some((code, class)), "{id}");
    }
}

#[test]
fn u11_user_info_without_ret_is_malformed() {
    let missing = MalformedResponse::MissingField("ret");
    assert_eq!(user_info(r#"{"nickname":"x"}"#), Err(missing.into()));
}
