//! Users whom the operator has blocked are signed out at once and cannot come back.

use qq_login::accounts::Accounts;

use crate::support::{Browser, TestSite, options};

/// A site with the signed-in user Ann, and access to its accounts like that of another process.
async fn site_with_ann() -> (TestSite, Browser, Accounts) {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    let accounts = Accounts::new(site.open_database().await);
    (site, browser, accounts)
}

#[tokio::test]
async fn s100_blocked_user_is_signed_out_at_once_and_cannot_sign_in() {
    let (site, mut browser, accounts) = site_with_ann().await;
    accounts.block(1, site.now()).await.expect("blocked");
    assert_eq!(browser.get("/account").await.location(), "/login?next=/account");
    assert_eq!(browser.sign_in("Ann").await.location(), "/login?error=blocked");
    assert_eq!(browser.signed_in_as().await, None);
    let page = browser.get("/login?error=blocked").await;
    assert!(page.body.contains("This account is blocked"), "{}", page.body);
    assert_eq!((site.count("users").await, site.count("sessions").await), (1, 0));

    accounts.unblock(1).await.expect("unblocked");
    assert_eq!(browser.sign_in("Ann").await.location(), "/account");
}

#[tokio::test]
async fn s100_session_that_a_concurrent_sign_in_stores_is_not_accepted() {
    let (site, mut browser, _) = site_with_ann().await;
    site.execute("UPDATE users SET blocked_at = 1").await;
    assert_eq!(site.count("sessions").await, 1);
    assert_eq!(browser.get("/account").await.location(), "/login?next=/account");
    for path in ["/account/delete", "/account/sessions/end"] {
        browser.post(path, &[]).await;
    }
    assert_eq!(site.count("users").await, 1, "deleting the account would free the openid");
}

#[tokio::test]
async fn s100_blocked_user_cannot_register_anew() {
    let site = TestSite::start_with(options([("QQ_UNIONID", "on")])).await;
    let (mut first, mut second) = (site.browser(), site.browser());
    first.sign_in("Ann").await;
    second.sign_in("Ann").await;
    second.post("/register/auto", &[]).await;
    let accounts = Accounts::new(site.open_database().await);
    accounts.block(1, site.now()).await.expect("blocked");
    for (path, form) in [("/register", vec![("username", "ann2"), ("email", "a@b.cd")]), ("/register/auto", vec![])] {
        assert_eq!(first.post(path, &form).await.location(), "/login?error=blocked", "{path}");
    }
    let site = site.restart_with(options([("REGISTRATION", "auto")])).await;
    let mut third = site.browser();
    assert_eq!(third.sign_in("Ann").await.location(), "/login?error=blocked");
    assert_eq!((site.count("users").await, site.count("open_ids").await), (1, 1));
}

#[tokio::test]
async fn s100_blocked_user_ends_the_session_of_another_user_of_the_browser() {
    let (site, mut browser, accounts) = site_with_ann().await;
    let mut other = site.browser();
    other.register("Bob", "bob", "bob@example.com").await;
    accounts.block(2, site.now()).await.expect("blocked");
    assert_eq!(browser.sign_in("Bob").await.location(), "/login?error=blocked");
    assert_eq!(browser.signed_in_as().await, None);
}

#[tokio::test]
async fn users_are_found_by_name_address_openid_and_id() {
    let (site, _, accounts) = site_with_ann().await;
    let mut other = site.browser();
    other.register("Bob", "小明", "ann@example.com").await;
    let openid = site.query_texts("SELECT openid FROM open_ids WHERE user_id = 2").await.remove(0);
    for (who, expected) in [
        ("ann", vec![1]),
        ("ANN ", vec![1]),
        ("小明", vec![2]),
        (openid.as_str(), vec![2]),
        ("#2", vec![2]),
        ("#3", vec![]),
        ("nobody", vec![]),
        ("", vec![]),
        ("ann@example.com", vec![1, 2]),
    ] {
        assert_eq!(accounts.find_users(who).await.expect("a query"), expected, "{who}");
    }
    site.execute("UPDATE email_addresses SET verified = true WHERE user_id = 1").await;
    assert_eq!(accounts.find_users("Ann@Example.com").await.expect("a query"), [1], "the owner of the address");
}

#[tokio::test]
async fn all_users_are_listed_page_by_page() {
    let (site, _, accounts) = site_with_ann().await;
    for number in 0..501 {
        let insert = format!(
            "INSERT INTO users (username, username_key, lookalike_key, created_at) VALUES ('u{number}', 'u{number}', 'u{number}', 1)"
        );
        site.execute(&insert).await;
    }
    let (mut names, mut after) = (Vec::new(), 0);
    loop {
        let page = accounts.users_after(after).await.expect("a query");
        let Some(last) = page.last() else { break };
        after = last.id;
        names.extend(page.into_iter().map(|user| user.username));
    }
    assert_eq!((names.len(), names.first().map(String::as_str)), (502, Some("ann")));
    let ann = accounts.user_summary(1).await.expect("a query").expect("Ann");
    assert_eq!((ann.email, ann.sessions), (Some(("ann@example.com".to_owned(), false)), 1));
}
