//! Users who have lost their QQ come back where new users are not asked: a link on the login page says that they have an
//! account.

use crate::account_recovery::{EMAIL, openids, says, site_with_ann};
use crate::support::{Browser, Response, TestSite, mail_options, options};

const MODES: [&str; 2] = ["closed", "auto"];

/// A site with Ann, who has verified her address, and mail.
async fn site_with(registration: &str) -> TestSite {
    let (site, _) = site_with_ann().await;
    site.restart_with(mail_options([("REGISTRATION", registration)])).await
}

/// Follows the link of the login page. Returns the authorization URL.
async fn start_recovery(browser: &mut Browser, next: &str) -> String {
    let page = browser.get(&format!("/login?next={next}")).await;
    let link = recovery_link(&page).expect("a link");
    let response = browser.get(&link).await;
    assert_eq!(response.status, 303);
    response.location().to_owned()
}

/// Follows the link of the login page and approves the login at QQ. Returns the response to the callback.
async fn recover_as(browser: &mut Browser, qq: &str) -> Response {
    let authorize_url = start_recovery(browser, "/privacy?a=b").await;
    let callback = browser.approve(&authorize_url, qq).await;
    browser.get(&callback).await
}

fn recovery_link(page: &Response) -> Option<String> {
    let (_, rest) = page.body.split_once("href=\"/login/qq?recover")?;
    let query = rest.split('"').next()?.replace("&amp;", "&");
    Some(format!("/login/qq?recover{query}"))
}

#[tokio::test]
async fn lost_qq_is_replaced_where_new_users_are_not_asked() {
    for mode in MODES {
        let site = site_with(mode).await;
        let mut browser = site.browser();
        assert_eq!(recover_as(&mut browser, "New QQ").await.location(), "/register", "{mode}");
        assert_eq!(browser.signed_in_as().await, None, "{mode}");
        let page = browser.get("/register").await;
        assert!(page.body.contains("New QQ") && page.body.contains("<img src=\"/avatar/"), "{mode}");
        assert!(page.body.contains("action=\"/register/link\"") && !page.body.contains("action=\"/register\""));
        assert_eq!(page.body.contains("action=\"/register/auto\""), mode == "auto");
        let invalid = browser.post("/register/link", &[("email", "a@b")]).await;
        assert!(invalid.status == 200 && invalid.body.contains("href=\"#link-email\""), "{mode}");
        assert_eq!(browser.post("/register/link", &[("email", EMAIL)]).await.location(), "/register", "{mode}");
        assert!(says(&browser.get("/register").await, "If an account has verified this address"), "{mode}");
        let link = site.link_in(&site.take_mail().await);
        let page = browser.get(&link).await;
        assert_eq!(page.text_by_test_id("link-qq").as_deref(), Some("New QQ"));
        assert_eq!(page.text_by_test_id("link-account").as_deref(), Some("ann"));
        assert_eq!(browser.post(&link, &[("unlink", "on")]).await.location(), "/privacy?a=b", "{mode}");
        assert_eq!(browser.signed_in_as().await.as_deref(), Some("ann"));
        assert_eq!((openids(&site, "ann").await, site.count("users").await), (1, 1));
        assert_eq!(site.browser().sign_in("New QQ").await.location(), "/account", "{mode}");
    }
}

#[tokio::test]
async fn closed_site_creates_no_account_for_a_user_who_wants_to_link_one() {
    let site = site_with("closed").await;
    let mut browser = site.browser();
    recover_as(&mut browser, "New QQ").await;
    let form = [("username", "mallory"), ("email", "mallory@example.com")];
    for (path, form) in [("/register", &form[..]), ("/register", &[("username", "ann")]), ("/register/auto", &[])] {
        let response = browser.post(path, form).await;
        assert_eq!(response.location(), "/login?error=closed&next=%2Fprivacy%3Fa%3Db", "{path}");
    }
    for username in ["ann", "free-name"] {
        let check = browser.get(&format!("/api/check-username?username={username}")).await;
        assert_eq!(check.body, "\"nobody\"", "strangers learn no usernames");
    }
    assert_eq!((site.count("users").await, site.count("open_ids").await, browser.signed_in_as().await), (1, 1, None));
    assert!(recovery_link(&browser.get("/login?error=closed").await).is_some());
    assert_eq!(browser.get("/register").await.status, 200, "the user can still ask for a link");
}

#[tokio::test]
async fn user_without_an_account_gets_one_with_automatic_registration() {
    let site = site_with("auto").await;
    let mut browser = site.browser();
    recover_as(&mut browser, "New QQ").await;
    assert_eq!(browser.post("/register/auto", &[]).await.location(), "/privacy?a=b");
    assert_ne!(browser.signed_in_as().await.expect("an account"), "ann");
    assert_eq!(site.count("users").await, 2);
}

/// The QQ button does what it did, and so does the link's path without mail.
#[tokio::test]
async fn new_users_who_do_not_follow_the_link_are_not_asked() {
    for (mode, has_mail) in [("closed", true), ("closed", false), ("auto", true), ("auto", false)] {
        let mode_option = [("REGISTRATION", mode)];
        let settings = if has_mail { mail_options(mode_option) } else { options(mode_option) };
        let site = TestSite::start_with(settings).await;
        let page = site.browser().get("/login").await;
        assert_eq!((recovery_link(&page).is_some(), says(&page, "Lost access")), (has_mail, has_mail), "{mode}");
        let path = if has_mail { "/login/qq" } else { "/login/qq?recover=on" };
        let mut browser = site.browser();
        let authorize_url = browser.get(path).await.location().to_owned();
        let callback = browser.approve(&authorize_url, "New QQ").await;
        let expected = if mode == "closed" { "/login?error=closed" } else { "/account" };
        assert_eq!(browser.get(&callback).await.location(), expected, "{path}");
        let fetched = if mode == "closed" { 0 } else { 1 };
        assert_eq!(site.count_qq_requests("get_user_info").await, fetched, "{mode}");
        assert_eq!(browser.get("/register").await.location(), if mode == "closed" { "/login" } else { "/account" });
    }
}

#[tokio::test]
async fn user_whose_qq_is_known_is_signed_in_or_blocked() {
    for mode in MODES {
        let site = site_with(mode).await;
        let mut ann = site.browser();
        assert_eq!(recover_as(&mut ann, "Ann").await.location(), "/privacy?a=b", "{mode}");
        assert_eq!(ann.signed_in_as().await.as_deref(), Some("ann"));
        site.execute("UPDATE users SET blocked_at = 1").await;
        let response = recover_as(&mut site.browser(), "Ann").await;
        assert_eq!(response.location(), "/login?error=blocked&next=%2Fprivacy%3Fa%3Db", "{mode}");
    }
}

#[tokio::test]
async fn failed_recovery_leads_to_the_login_page_and_can_be_started_again() {
    for mode in MODES {
        let site = site_with(mode).await;
        let mut browser = site.browser();
        for (error, code) in [("access_denied", "cancelled"), ("100009", "misconfigured")] {
            let state = crate::support::state_param(&start_recovery(&mut browser, "/privacy").await);
            let response = browser.get(&format!("/login/qq/callback?error={error}&state={state}")).await;
            assert_eq!(response.location(), format!("/login?error={code}&next=%2Fprivacy"), "{mode}");
            let link = recovery_link(&browser.get(response.location()).await);
            assert_eq!(link.as_deref(), Some("/login/qq?recover=on&next=%2Fprivacy"), "{mode}");
        }
        let authorize_url = start_recovery(&mut browser, "/privacy").await;
        let callback = browser.approve(&authorize_url, "New QQ").await;
        site.advance_clock(10 * 60 + 1);
        assert_eq!(browser.get(&callback).await.location(), "/login?error=expired", "{mode}");
        assert_eq!(site.count("users").await, 1, "{mode}");
    }
}

#[tokio::test]
async fn callback_of_a_recovery_leads_there_again_in_a_second_tab() {
    for mode in MODES {
        let site = site_with(mode).await;
        let mut browser = site.browser();
        let recovery = start_recovery(&mut browser, "/privacy").await;
        let ordinary = browser.start_login(None).await;
        let callback = browser.approve(&recovery, "New QQ").await;
        for _ in 0..2 {
            assert_eq!(browser.clone().get(&callback).await.location(), "/register", "{mode}");
        }
        // Each attempt knows what it is for.
        let callback = browser.approve(&ordinary, "New QQ").await;
        let expected = if mode == "closed" { "/login?error=closed" } else { "/account" };
        assert_eq!(browser.get(&callback).await.location(), expected, "{mode}");
    }
}

#[tokio::test]
async fn expired_link_leads_to_the_login_page() {
    for mode in MODES {
        let site = site_with(mode).await;
        let mut browser = site.browser();
        recover_as(&mut browser, "New QQ").await;
        browser.post("/register/link", &[("email", EMAIL)]).await;
        let link = site.link_in(&site.take_mail().await);
        site.advance_clock(15 * 60 + 1);
        let page = browser.get(&link).await;
        assert_eq!((page.status, page.body.contains("href=\"/login\"")), (410, true), "{mode}");
        assert_eq!(browser.post(&link, &[]).await.location(), link, "{mode}");
        assert_eq!(browser.post("/register/link", &[("email", EMAIL)]).await.location(), "/login", "{mode}");
        assert_eq!(recover_as(&mut browser, "New QQ").await.location(), "/register", "{mode}");
        assert_eq!((openids(&site, "ann").await, site.count("open_ids").await), (1, 1), "{mode}");
    }
}
