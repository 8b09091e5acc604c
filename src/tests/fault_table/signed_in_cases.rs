//! Cases of signed-in users whose requests make the site call QQ.

use reqwest::{Method, RequestBuilder};

use super::case::Case;
use super::error_codes::{DENIED, MISCONFIGURED, UNREACHABLE};
use super::runner::{RowCounts, Runner, form_request};
use crate::support::{Browser, Endpoint, Fault, Response};

/// A new login.
const LOGIN: &str = "/login/qq?next=/account";
/// The token is older than a fresh one.
const NOT_FRESH_SECS: i64 = 61;
/// A token with a lifetime of 100 seconds needs a refresh.
const EXPIRED_SECS: i64 = 95;

impl Runner {
    pub(super) async fn run_token_refresh(&mut self, case: &Case) {
        let before = RowCounts::read(&self.site).await;
        let response = self.request_with_fault(case, |user| form_request(user, "/account/renew")).await;
        if case.login_error() == UNREACHABLE {
            assert_eq!((response.status, response.location()), (303, "/account"), "{case}");
            self.expect_alert(case, "We couldn't renew your QQ authorization", "Try again").await;
        } else {
            assert_eq!((response.status, response.destination()), (200, LOGIN), "{case}");
        }
        self.expect_signed_in_as_before(case, before).await;
    }

    pub(super) async fn run_required_refresh(&mut self, case: &Case) {
        let before = RowCounts::read(&self.site).await;
        self.site.advance_clock(EXPIRED_SECS);
        let response = self.request_with_fault(case, |user| user.request(Method::GET, "/account")).await;
        if case.login_error() == UNREACHABLE {
            self.check_alert(case, &response, "We couldn't renew your QQ authorization", "Try again");
            assert_eq!(response.text_by_test_id("token-state").as_deref(), Some("Expired"), "{case}");
        } else {
            assert_eq!((response.status, response.location()), (303, LOGIN), "{case}");
        }
        self.expect_signed_in_as_before(case, before).await;
    }

    pub(super) async fn run_profile_update(&mut self, case: &Case) {
        let before = RowCounts::read(&self.site).await;
        self.site.advance_clock(NOT_FRESH_SECS);
        if case.endpoint == Endpoint::Avatar {
            // A stored avatar would not be downloaded again.
            self.site.execute("DELETE FROM avatars").await;
        }
        let response = self.request_with_fault(case, |user| form_request(user, "/account/portrait")).await;
        let (location, alert) = match case.login_error() {
            _ if case.endpoint == Endpoint::Avatar => {
                ("/account", Some(("QQ returned only part of your profile", "Try again")))
            }
            UNREACHABLE => {
                ("/account", Some(("QQ isn't responding. Your nickname and avatar haven't changed", "Try again")))
            }
            MISCONFIGURED => {
                ("/account", Some(("QQ doesn't let this site read your nickname and avatar", "Update from QQ")))
            }
            // The site refreshes the token first. QQ rejects the new one too.
            DENIED if matches!(case.fault, Fault::ApiError(100_014, _)) => ("/login?error=denied", None),
            _ => (LOGIN, None),
        };
        let status = if location == LOGIN { 200 } else { 303 };
        assert_eq!((response.status, response.destination()), (status, location), "{case}");
        if let Some((text, action)) = alert {
            self.expect_alert(case, text, action).await;
        } else if location != LOGIN {
            let page = self.user.get(location).await;
            assert!(page.is_login_error_page(), "{case}: {}", page.body);
        }
        self.expect_signed_in_as_before(case, before).await;
    }

    async fn request_with_fault(&mut self, case: &Case, build: impl Fn(&Browser) -> RequestBuilder) -> Response {
        let mut user = self.user.clone();
        let request = build(&user);
        let response = self.send_with_fault(case, &mut user, request).await;
        self.user = user;
        response
    }

    /// Expects that the account page shows an alert and offers an action.
    async fn expect_alert(&mut self, case: &Case, text: &str, action: &str) {
        let page = self.user.get("/account").await;
        self.check_alert(case, &page, text, action);
    }

    fn check_alert(&self, case: &Case, page: &Response, text: &str, action: &str) {
        assert_eq!((page.status, page.text_by_test_id("nickname").as_ref()), (200, Some(&self.username)), "{case}");
        assert!(page.body.contains("role=\"alert\"") && page.body.contains(text), "{case}: {}", page.body);
        assert!(page.body.contains(action), "{case}: {}", page.body);
    }

    /// Expects that the session is unchanged, and that a new login opens the account page.
    async fn expect_signed_in_as_before(&mut self, case: &Case, before: RowCounts) {
        let username = self.username.clone();
        assert_eq!(self.user.signed_in_as().await.as_ref(), Some(&username), "{case}");
        assert_eq!(RowCounts::read(&self.site).await, before, "{case}");
        let (page, path) = self.user.get_following_redirects("/account").await;
        let redirects_to_qq = page.status == 303 && page.location().starts_with(&self.qq.url);
        assert!(page.status == 200 || redirects_to_qq, "{case}: {path}");
        let callback = self.user.authorize_as(&username, Some("/account")).await;
        assert_eq!(self.user.get(&callback).await.location(), "/account", "{case}: after recovery");
        let page = self.user.get("/account").await;
        assert_eq!((page.status, page.text_by_test_id("nickname")), (200, Some(username)), "{case}: after recovery");
        assert!(page.body.contains("<img src=\"/avatar/") && !page.body.contains("role=\"alert\""), "{case}");
        self.site.wait_for_count("avatars", 1).await;
        assert_eq!(RowCounts::read(&self.site).await, before, "{case}");
    }
}
