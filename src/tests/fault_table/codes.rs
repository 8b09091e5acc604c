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

/// What QQ's own pages say, which never reached a site in an answer; they might come back with the
/// browser.
const OF_PAGES: [(i64, &str); 11] = [
    (110_201, DENIED),        // not signed in to QQ
    (110_401, MISCONFIGURED), // the app does not exist
    (110_404, MISCONFIGURED), // the App ID is missing
    (110_405, MISCONFIGURED), // sign-in is restricted
    (110_406, MISCONFIGURED), // the app is not approved
    (110_407, MISCONFIGURED), // the app was taken down
    (110_500, UNREACHABLE),   // QQ could not read what the person granted
    (110_501, UNREACHABLE),   // the same
    (110_502, UNREACHABLE),   // QQ could not store it
    (110_503, UNREACHABLE),   // QQ could not make a token
    (110_504, UNREACHABLE),   // a failure inside QQ
];

/// Every code that an answer can hold, with its word.
pub(super) fn every_code() -> impl Iterator<Item = (i64, &'static str)> {
    OF_OAUTH.into_iter().chain(OF_CALLS)
}

/// Every code, with the word for it if it comes back with the browser, where QQ's OAuth pages alone
/// send anybody.
pub(super) fn at_the_callback() -> impl Iterator<Item = (i64, &'static str)> {
    let of_calls = OF_CALLS.into_iter().map(|(code, _)| (code, UNREACHABLE));
    OF_OAUTH.into_iter().chain(OF_PAGES).chain(of_calls)
}

#[test]
fn s36_every_code_that_the_site_explains_is_in_the_table() {
    let explained = (-1000..=200_000).filter(|code| code_info(*code).is_some());
    let missing: Vec<i64> = explained.filter(|code| !at_the_callback().any(|(it, _)| it == *code)).collect();
    assert_eq!(missing, Vec::<i64>::new());
}
