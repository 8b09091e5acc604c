//! QQ's codes, each with the word in which a sign-in has to end that meets it. Written down here a
//! second time, from what QQ says of them, so that the site's own table is not its own judge.

use qq_login::qq::code_info;

/// The person can mend it by signing in again.
pub(super) const DENIED: &str = "denied";
/// The operator or we have to mend it.
pub(super) const MISCONFIGURED: &str = "misconfigured";
/// QQ has to mend it, or nobody knows who.
pub(super) const UNREACHABLE: &str = "unreachable";

/// The wiki's 公共返回码说明, with what its words say on who can do something; two that others saw;
/// and two that nobody has explained.
const OF_OAUTH: [(i64, &str); 36] = [
    (100_000, MISCONFIGURED), // response_type is missing
    (100_001, MISCONFIGURED), // client_id is missing
    (100_002, MISCONFIGURED), // client_secret is missing
    (100_003, MISCONFIGURED), // Authorization is missing in the head
    (100_004, MISCONFIGURED), // grant_type is missing
    (100_005, MISCONFIGURED), // code is missing
    (100_006, MISCONFIGURED), // the refresh token is missing
    (100_007, MISCONFIGURED), // the access token is missing
    (100_008, MISCONFIGURED), // the App ID does not exist
    (100_009, MISCONFIGURED), // the App Key is wrong
    (100_010, MISCONFIGURED), // the callback address is not registered
    (100_011, MISCONFIGURED), // the app is not online
    (100_012, MISCONFIGURED), // the request was no POST
    (100_013, DENIED),        // the access token is not valid any more
    (100_014, DENIED),        // the access token has expired
    (100_015, DENIED),        // the access token was revoked
    (100_016, DENIED),        // the access token did not pass the check
    (100_017, UNREACHABLE),   // QQ could not get the App ID
    (100_018, DENIED),        // QQ could not get the code
    (100_019, DENIED),        // the code could not be traded for a token
    (100_020, DENIED),        // the code was used before
    (100_021, DENIED),        // no access token could be had
    (100_022, DENIED),        // no refresh token could be had
    (100_023, UNREACHABLE),   // QQ could not read the app's permissions
    (100_024, UNREACHABLE),   // QQ could not read what the person granted
    (100_025, UNREACHABLE),   // QQ could not read its list of calls
    (100_026, UNREACHABLE),   // QQ could not store what the person granted
    (100_027, UNREACHABLE),   // QQ could not store when the person granted it
    (100_028, MISCONFIGURED), // which is missing
    (100_029, MISCONFIGURED), // the request was wrong
    (100_030, DENIED),        // the person did not allow the call, or no longer does
    (100_031, MISCONFIGURED), // the app may not use the call
    (100_044, MISCONFIGURED), // the app's signature is wrong
    (100_048, MISCONFIGURED), // the app may not ask for unionid
    (100_032, UNREACHABLE),   // no page explains it
    (424_242, UNREACHABLE),   // no page explains it
];

/// The `ret` values of `get_user_info`, and of the open platform that answers through the same door.
const OF_CALLS: [(i64, &str); 21] = [
    (-1, MISCONFIGURED),  // the openid is wrong
    (-22, MISCONFIGURED), // the openid is malformed
    (-23, DENIED),        // the token is invalid
    (1, MISCONFIGURED),   // a parameter is doubled or mistyped
    (1_002, DENIED),      // 请先登录
    (2_021, DENIED),      // the person's sign-in at QQ has lapsed
    (1_001, UNREACHABLE), // busy
    (-2, MISCONFIGURED),  // the App ID is unknown
    (-3, MISCONFIGURED),  // the app may not use the call
    (-4, MISCONFIGURED),  // this machine's address is not allowed
    (-5, MISCONFIGURED),  // the signature is wrong
    (-6, UNREACHABLE),    // too many requests
    (-7, MISCONFIGURED),  // https is needed
    (-8, MISCONFIGURED),  // access is restricted
    (-9, MISCONFIGURED),  // there is no such call
    (-12, MISCONFIGURED), // the person is no test account
    (-20, DENIED),        // the person did not allow the call
    (-21, DENIED),        // the token was revoked
    (-24, DENIED),        // openid and token did not pass the check
    (-58, UNREACHABLE),   // it passes by itself
    (-60, UNREACHABLE),   // it passes by itself
];

/// Every code, with its word.
pub(super) fn every_code() -> impl Iterator<Item = (i64, &'static str)> {
    OF_OAUTH.into_iter().chain(OF_CALLS)
}

/// The word for a code that came back with the browser, where QQ's OAuth pages alone send anybody.
pub(super) fn word_at_the_callback(code: i64) -> &'static str {
    OF_OAUTH.into_iter().find(|(it, _)| *it == code).map_or(UNREACHABLE, |(_, word)| word)
}

#[test]
fn s36_every_code_that_the_site_explains_is_in_the_table() {
    let explained = (-1000..=200_000).filter(|code| code_info(*code).is_some());
    let missing: Vec<i64> = explained.filter(|code| !every_code().any(|(it, _)| it == *code)).collect();
    assert_eq!(missing, Vec::<i64>::new());
}
