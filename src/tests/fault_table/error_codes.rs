//! QQ's error codes and the login error that each must cause. Written independently of the site's own table, from
//! QQ's documentation.

use qq_login::qq::code_info;

/// The user can solve it by signing in again.
pub(super) const DENIED: &str = "denied";
/// The operator or the site's code has to change.
pub(super) const MISCONFIGURED: &str = "misconfigured";
/// A problem of QQ, or an unknown one.
pub(super) const UNREACHABLE: &str = "unreachable";

/// The codes of QQ's wiki page 公共返回码说明, two more that were observed, and two undocumented ones.
const OAUTH_CODES: [(i64, &str); 36] = [
    (100_000, MISCONFIGURED), // response_type is missing
    (100_001, MISCONFIGURED), // client_id is missing
    (100_002, MISCONFIGURED), // client_secret is missing
    (100_003, MISCONFIGURED), // the Authorization header is missing
    (100_004, MISCONFIGURED), // grant_type is missing
    (100_005, MISCONFIGURED), // code is missing
    (100_006, MISCONFIGURED), // the refresh token is missing
    (100_007, MISCONFIGURED), // the access token is missing
    (100_008, MISCONFIGURED), // the App ID does not exist
    (100_009, MISCONFIGURED), // the App Key is wrong
    (100_010, MISCONFIGURED), // the callback address is not registered
    (100_011, MISCONFIGURED), // the app is not online
    (100_012, MISCONFIGURED), // the request was not a POST
    (100_013, DENIED),        // the access token is no longer valid
    (100_014, DENIED),        // the access token has expired
    (100_015, DENIED),        // the access token was revoked
    (100_016, DENIED),        // the access token failed verification
    (100_017, UNREACHABLE),   // QQ could not get the App ID
    (100_018, DENIED),        // QQ could not get the code
    (100_019, DENIED),        // the code could not be exchanged for a token
    (100_020, DENIED),        // the code was used before
    (100_021, DENIED),        // QQ could not get the access token
    (100_022, DENIED),        // QQ could not get the refresh token
    (100_023, UNREACHABLE),   // QQ could not read the app's permissions
    (100_024, UNREACHABLE),   // QQ could not read what the user granted
    (100_025, UNREACHABLE),   // QQ could not read its list of APIs
    (100_026, UNREACHABLE),   // QQ could not store what the user granted
    (100_027, UNREACHABLE),   // QQ could not store when the user granted it
    (100_028, MISCONFIGURED), // `which` is missing
    (100_029, MISCONFIGURED), // the request is invalid
    (100_030, DENIED),        // the user did not authorize the API, or revoked it
    (100_031, MISCONFIGURED), // the app may not use the API
    (100_044, MISCONFIGURED), // the app's signature is wrong
    (100_048, MISCONFIGURED), // the app may not ask for unionid
    (100_032, UNREACHABLE),   // undocumented
    (424_242, UNREACHABLE),   // undocumented
];

/// The `ret` values of `get_user_info` and of the open platform, which shares its gateway.
const API_CODES: [(i64, &str); 21] = [
    (-1, MISCONFIGURED),  // the openid is wrong
    (-22, MISCONFIGURED), // the openid is malformed
    (-23, DENIED),        // the token is invalid
    (1, MISCONFIGURED),   // a parameter is repeated or has the wrong type
    (1_002, DENIED),      // 请先登录
    (2_021, DENIED),      // the user's QQ login has expired
    (1_001, UNREACHABLE), // busy
    (-2, MISCONFIGURED),  // the App ID is unknown
    (-3, MISCONFIGURED),  // the app may not use the API
    (-4, MISCONFIGURED),  // the server's IP address is not allowed
    (-5, MISCONFIGURED),  // the signature is wrong
    (-6, UNREACHABLE),    // too many requests
    (-7, MISCONFIGURED),  // https is required
    (-8, MISCONFIGURED),  // access is restricted
    (-9, MISCONFIGURED),  // there is no such API
    (-12, MISCONFIGURED), // the user is not a test account
    (-20, DENIED),        // the user did not authorize the API
    (-21, DENIED),        // the token was revoked
    (-24, DENIED),        // openid and token failed verification
    (-58, UNREACHABLE),   // temporary
    (-60, UNREACHABLE),   // temporary
];

/// Codes that QQ's own pages show. They may reach the site in a callback, not in a response.
const PAGE_CODES: [(i64, &str); 11] = [
    (110_201, DENIED),        // not signed in to QQ
    (110_401, MISCONFIGURED), // the app does not exist
    (110_404, MISCONFIGURED), // the App ID is missing
    (110_405, MISCONFIGURED), // sign-in is restricted
    (110_406, MISCONFIGURED), // the app is not approved
    (110_407, MISCONFIGURED), // the app was taken down
    (110_500, UNREACHABLE),   // QQ could not read what the user granted
    (110_501, UNREACHABLE),   // the same
    (110_502, UNREACHABLE),   // QQ could not store it
    (110_503, UNREACHABLE),   // QQ could not create a token
    (110_504, UNREACHABLE),   // an internal error of QQ
];

/// Returns the codes that a response can contain.
pub(super) fn response_codes() -> impl Iterator<Item = (i64, &'static str)> {
    OAUTH_CODES.into_iter().chain(API_CODES)
}

/// Returns all codes with the login error that they cause in a callback. Only QQ's OAuth pages redirect to the
/// callback, so other codes are unknown there.
pub(super) fn callback_codes() -> impl Iterator<Item = (i64, &'static str)> {
    let api_codes = API_CODES.into_iter().map(|(code, _)| (code, UNREACHABLE));
    OAUTH_CODES.into_iter().chain(PAGE_CODES).chain(api_codes)
}

#[test]
fn s36_every_code_that_the_site_explains_is_tested() {
    let explained = (-1000..=200_000).filter(|code| code_info(*code).is_some());
    let missing: Vec<i64> = explained.filter(|code| !callback_codes().any(|(it, _)| it == *code)).collect();
    assert_eq!(missing, Vec::<i64>::new());
}
