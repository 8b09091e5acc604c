//! Cases of users who sign in.

use reqwest::Method;

use super::case::{Case, Scenario};
use super::runner::{RowCounts, Runner};
use crate::support::Browser;

/// A login during which QQ failed.
struct FaultyLogin {
    browser: Browser,
    /// The QQ name.
    name: String,
    /// Where the callback redirected to.
    location: String,
    /// The rows before the callback.
    before: RowCounts,
}

impl Runner {
    pub(super) async fn run_first_login(&mut self, case: &Case) {
        let name = format!("new-user-{}", self.login_count);
        let login = self.sign_in_with_fault(case, name).await;
        if case.is_required() {
            self.expect_failed_login(case, login, "/register").await;
        } else {
            self.expect_registration(case, login).await;
        }
    }

    pub(super) async fn run_auto_registration(&mut self, case: &Case) {
        let name = format!("new-user-{}", self.login_count);
        let login = self.sign_in_with_fault(case, name).await;
        if case.is_required() {
            self.expect_failed_login(case, login, "/account").await;
        } else {
            self.expect_new_account(case, login).await;
        }
    }

    pub(super) async fn run_returning_login(&mut self, case: &Case) {
        let login = self.sign_in_with_fault(case, self.username.clone()).await;
        if case.is_required() {
            self.expect_failed_login(case, login, "/account").await;
        } else {
            self.expect_signed_in(case, login).await;
        }
    }

    async fn sign_in_with_fault(&mut self, case: &Case, name: String) -> FaultyLogin {
        self.login_count += 1;
        let mut browser = self.site.browser();
        let callback = browser.authorize_as(&name, None).await;
        let before = RowCounts::read(&self.site).await;
        let request = browser.request(Method::GET, &callback);
        let response = self.send_with_fault(case, &mut browser, request).await;
        assert_eq!(response.status, 303, "{case}");
        FaultyLogin { browser, name, location: response.location().to_owned(), before }
    }

    /// Expects that the user is not signed in and sees an error, and that the next login succeeds.
    async fn expect_failed_login(&self, case: &Case, login: FaultyLogin, next_location: &str) {
        let FaultyLogin { mut browser, name, location, before } = login;
        assert_eq!(location, format!("/login?error={}", case.login_error()), "{case}");
        assert_eq!(browser.session_id(), None, "{case}");
        assert_eq!(RowCounts::read(&self.site).await, before, "{case}: data is incomplete");
        let page = browser.get(&location).await;
        assert!(page.is_login_error_page(), "{case}: {} {}", page.status, page.body);
        let response = browser.sign_in(&name).await;
        assert_eq!(response.location(), next_location, "{case}: after recovery: {} {}", response.status, response.body);
        assert_eq!(browser.get(next_location).await.status, 200, "{case}: after recovery");
        let new_users = i64::from(case.scenario == Scenario::AutoRegistration);
        let after = RowCounts::read(&self.site).await;
        let added = (after.users - before.users, after.open_ids - before.open_ids, after.sessions - before.sessions);
        assert_eq!(added, (new_users, new_users, 1), "{case}: after recovery");
    }

    /// Expects that the login continues without the missing data, and that the form creates the account.
    async fn expect_registration(&self, case: &Case, login: FaultyLogin) {
        let FaultyLogin { mut browser, name, location, before } = login;
        assert_eq!(location, "/register", "{case}");
        let pending = RowCounts { sessions: before.sessions + 1, ..before };
        assert_eq!(RowCounts::read(&self.site).await, pending, "{case}: data is incomplete");
        let page = browser.get("/register").await;
        assert!(page.status == 200 && page.body.contains("action=\"/register\""), "{case}: {}", page.body);
        let form = [("username", name.as_str()), ("email", "a@b.cd")];
        assert_eq!(browser.post("/register", &form).await.location(), "/account", "{case}");
        let registered = RowCounts {
            users: before.users + 1,
            email_addresses: before.email_addresses + 1,
            open_ids: before.open_ids + 1,
            ..pending
        };
        assert_eq!(RowCounts::read(&self.site).await, registered, "{case}");
        expect_profile_after_update(case, browser, &name).await;
    }

    /// Expects that the callback created a complete account without the missing data.
    async fn expect_new_account(&self, case: &Case, login: FaultyLogin) {
        let FaultyLogin { browser, name, location, before } = login;
        assert_eq!(location, "/account", "{case}");
        let registered = RowCounts {
            users: before.users + 1,
            open_ids: before.open_ids + 1,
            sessions: before.sessions + 1,
            ..before
        };
        assert_eq!(RowCounts::read(&self.site).await, registered, "{case}: data is incomplete");
        expect_profile_after_update(case, browser, &name).await;
    }

    /// Expects that the user is signed in, with nickname and avatar unchanged.
    async fn expect_signed_in(&self, case: &Case, login: FaultyLogin) {
        let FaultyLogin { mut browser, name, location, before } = login;
        assert_eq!(location, "/account", "{case}");
        let signed_in = RowCounts { sessions: before.sessions + 1, ..before };
        assert_eq!(RowCounts::read(&self.site).await, signed_in, "{case}");
        let page = browser.get("/account").await;
        assert_eq!((page.status, page.text_by_test_id("nickname")), (200, Some(name.clone())), "{case}");
        assert_eq!(page.text_by_test_id("username"), Some(name), "{case}");
        assert!(page.body.contains("<img src=\"/avatar/"), "{case}: the avatar is missing");
    }
}

/// Expects that the page omits the missing data and shows it after an update.
async fn expect_profile_after_update(case: &Case, mut browser: Browser, name: &str) {
    let page = browser.get("/account").await;
    assert_eq!((page.status, page.text_by_test_id("nickname")), (200, None), "{case}");
    assert!(!page.body.contains("<img"), "{case}: an unexpected image");
    assert_eq!(browser.post("/account/portrait", &[]).await.location(), "/account", "{case}");
    let page = browser.get("/account").await;
    assert_eq!(page.text_by_test_id("nickname").as_deref(), Some(name), "{case}: after recovery");
    assert!(page.body.contains("<img src=\"/avatar/"), "{case}: after recovery");
}
