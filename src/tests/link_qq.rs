//! Linking a second QQ account and unlinking one, by the pages.

use crate::support::{Browser, Log, Response, TestSite, mail_options, options};

const TEN_MINUTES: i64 = 600;
const QQ: &str = "/account/qq";

/// Starts to link the QQ account `name`. Returns path and query of the callback.
async fn choose_at_qq(browser: &mut Browser, name: &str) -> String {
    let response = browser.post("/account/qq/add", &[]).await;
    assert_eq!(response.status, 200, "{}", response.body);
    let authorize_url = response.destination().to_owned();
    assert!(authorize_url.contains("/oauth2.0/authorize?"), "{authorize_url}");
    browser.approve(&authorize_url, name).await
}

/// Returns the value of the form's hidden field.
fn link_handle(page: &Response) -> String {
    let (_, rest) = page.body.split_once("name=\"link\" value=\"").expect("a form");
    rest.split('"').next().unwrap_or_default().to_owned()
}

/// Links the QQ account `name`. Returns the response to the confirmation.
async fn link(browser: &mut Browser, name: &str) -> Response {
    let callback = choose_at_qq(browser, name).await;
    assert_eq!(browser.get(&callback).await.location(), "/account/qq/link");
    let page = browser.get("/account/qq/link").await;
    assert_eq!(page.text_by_test_id("link-qq").as_deref(), Some(name));
    let handle = link_handle(&page);
    browser.post("/account/qq/link", &[("link", &handle)]).await
}

async fn identity_id(site: &TestSite, nickname: &str) -> String {
    site.query_number(&format!("SELECT id FROM open_ids WHERE nickname = '{nickname}'")).await.to_string()
}

/// Expects that a callback linked nothing, and that the page says why.
async fn expect_failure(browser: &mut Browser, callback: &str, code: &str, title: &str) {
    let response = browser.get(callback).await;
    assert_eq!(response.location(), format!("/account/qq?error={code}"));
    let page = browser.get(response.location()).await;
    assert!(page.status == 200 && page.body.contains("role=\"alert\""), "{code}: {}", page.body);
    assert!(page.body.contains(title), "{code}: {}", page.body);
}

#[tokio::test]
async fn s51_second_qq_account_is_linked_after_a_confirmation_that_shows_both_sides() {
    let site = TestSite::start().await;
    let log = Log::default();
    let _capture = log.capture();
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let page = browser.get(QQ).await;
    assert!(page.body.contains("This is your only way to sign in") && !page.body.contains("name=\"identity\""));
    let callback = choose_at_qq(&mut browser, "Second").await;
    assert_eq!(browser.get(&callback).await.location(), "/account/qq/link");
    assert_eq!(site.count("open_ids").await, 1, "nothing is linked without a confirmation");
    assert_eq!(browser.signed_in_as().await.as_ref(), Some(&username), "the user stays signed in");
    let page = browser.get("/account/qq/link").await;
    assert_eq!(page.text_by_test_id("link-qq").as_deref(), Some("Second"));
    assert_eq!(page.text_by_test_id("link-account").as_ref(), Some(&username));
    assert_eq!(browser.get(&callback).await.location(), "/account/qq/link", "the callback was opened again");
    let handle = link_handle(&page);
    assert_eq!(browser.post("/account/qq/link", &[("link", &handle)]).await.location(), QQ);
    let page = browser.get(QQ).await;
    assert!(page.body.contains("QQ account linked.") && page.body.contains(">Second<"), "{}", page.body);
    let mut other = site.browser();
    assert_eq!(other.sign_in("Second").await.location(), "/account");
    assert_eq!(other.signed_in_as().await, Some(username));
    assert_eq!((site.count("users").await, site.count("open_ids").await), (1, 2));
    // A form that is sent twice links nothing more.
    assert_eq!(browser.post("/account/qq/link", &[("link", &handle)]).await.location(), "/account/qq?error=expired");
    assert!(log.text().contains("\"event\":\"qq_linked\""));
}

#[tokio::test]
async fn s102_unlinked_qq_account_is_signed_out_and_can_register_anew() {
    let site = TestSite::start().await;
    let log = Log::default();
    let _capture = log.capture();
    let (mut browser, mut other) = (site.browser(), site.browser());
    let username = browser.register_new_user().await;
    link(&mut browser, "Second").await;
    other.sign_in("Second").await;
    let (first, second) = (identity_id(&site, &username).await, identity_id(&site, "Second").await);
    let page = browser.get(QQ).await;
    assert!(page.body.contains(&format!("name=\"identity\" value=\"{second}\"")), "{}", page.body);
    assert!(!page.body.contains(&format!("value=\"{first}\"")), "not the one in use");
    let in_use = browser.post("/account/qq/unlink", &[("identity", &first)]).await;
    assert_eq!(in_use.location(), "/account/qq?error=in-use");
    assert!(browser.get(in_use.location()).await.body.contains("signed in with this QQ account"));
    assert_eq!(browser.post("/account/qq/unlink", &[("identity", &second)]).await.location(), QQ);
    assert!(browser.get(QQ).await.body.contains("QQ account unlinked"));
    assert_eq!(other.signed_in_as().await, None);
    assert_eq!(browser.signed_in_as().await, Some(username));
    assert_eq!(browser.post("/account/qq/unlink", &[("identity", &second)]).await.location(), QQ, "sent twice");
    assert_eq!(other.sign_in("Second").await.location(), "/register");
    assert_eq!(site.count("open_ids").await, 1);
    assert!(log.text().contains("\"event\":\"qq_unlinked\""));
}

#[tokio::test]
async fn s53_other_users_and_bad_ids_are_not_unlinked() {
    let site = TestSite::start().await;
    let (mut browser, mut victim) = (site.browser(), site.browser());
    browser.register_new_user().await;
    link(&mut browser, "Second").await;
    let name = victim.register_new_user().await;
    link(&mut victim, "Third").await;
    for id in [identity_id(&site, &name).await, identity_id(&site, "Third").await, "0".into(), "-1".into(), "x".into()]
    {
        assert_eq!(browser.post("/account/qq/unlink", &[("identity", &id)]).await.location(), QQ, "{id}");
    }
    assert_eq!(site.count("open_ids").await, 4);
}

#[tokio::test]
async fn s108_callback_that_cannot_be_linked_says_why() {
    let site = TestSite::start().await;
    let (mut browser, mut other) = (site.browser(), site.browser());
    let username = browser.register_new_user().await;
    let other_username = other.register_new_user().await;
    let callback = choose_at_qq(&mut browser, &username).await;
    expect_failure(&mut browser, &callback, "already-linked", "linked to your account already").await;
    let callback = choose_at_qq(&mut browser, &other_username).await;
    expect_failure(&mut browser, &callback, "linked-elsewhere", "belongs to another account").await;
    site.execute(&format!("UPDATE users SET blocked_at = 1 WHERE username = '{other_username}'")).await;
    let callback = choose_at_qq(&mut browser, &other_username).await;
    expect_failure(&mut browser, &callback, "linked-elsewhere", "belongs to another account").await;
    let callback = choose_at_qq(&mut browser, "New").await;
    let (path, query) = callback.split_once('?').expect("a query");
    let state = query.split('&').find(|pair| pair.starts_with("state=")).expect("a state");
    expect_failure(&mut browser, &format!("{path}?usercancel=1&{state}"), "cancelled", "You cancelled at QQ").await;
    for (fault, code, title) in [
        ("code_unknown", "denied", "confirm the account"),
        ("http_500", "unreachable", "reach QQ right now"),
        ("wrong_key", "misconfigured", "set up correctly"),
    ] {
        let callback = choose_at_qq(&mut browser, "New").await;
        site.set_qq_fault("token", fault, 1).await;
        expect_failure(&mut browser, &callback, code, title).await;
    }
    assert_eq!((site.count("open_ids").await, site.count("users").await), (2, 2));
    assert_eq!(browser.signed_in_as().await, Some(username));
    assert!(!browser.get("/account/qq?error=%3Cscript%3E").await.body.contains("<title>Error"));
}

#[tokio::test]
async fn s108_link_belongs_to_the_session_that_asked_for_it() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;

    // Signed out meanwhile.
    let callback = choose_at_qq(&mut browser, "Second").await;
    let mut signed_out = browser.clone();
    signed_out.post("/logout", &[]).await;
    let response = signed_out.get(&callback).await;
    assert_eq!(response.location(), "/account/qq?error=signed-out");
    assert_eq!(
        signed_out.get(response.location()).await.location(),
        "/login?next=%2Faccount%2Fqq%3Ferror%3Dsigned-out"
    );

    // The same user has signed in again.
    browser.sign_in(&username).await;
    let callback = choose_at_qq(&mut browser, "Second").await;
    browser.sign_in(&username).await;
    expect_failure(&mut browser, &callback, "signed-out", "signed out before you came back").await;

    // Another user has signed in.
    let callback = choose_at_qq(&mut browser, "Second").await;
    let other = browser.register_new_user().await;
    browser.get("/account").await;
    expect_failure(&mut browser, &callback, "other-user", "signed in to a different account now").await;
    assert_eq!(browser.signed_in_as().await, Some(other));

    // The operator has blocked the user.
    let callback = choose_at_qq(&mut browser, "Second").await;
    site.execute("UPDATE users SET blocked_at = 1").await;
    assert_eq!(browser.get(&callback).await.location(), "/account/qq?error=signed-out");
    assert_eq!(browser.post("/account/qq/link", &[("link", "x")]).await.location(), "/login?next=/account/qq");
    assert_eq!((site.count("users").await, site.count("open_ids").await), (2, 2), "nothing was linked");
}

#[tokio::test]
async fn s108_other_browser_cannot_use_the_callback() {
    let site = TestSite::start().await;
    let (mut browser, mut attacker) = (site.browser(), site.browser());
    browser.register_new_user().await;
    attacker.register_new_user().await;
    // The attacker's QQ account must not end up in the victim's account.
    let callback = choose_at_qq(&mut attacker, "Attacker's QQ").await;
    assert_eq!(browser.get(&callback).await.location(), "/login?error=expired");
    assert_eq!(browser.get("/account/qq/link").await.location(), QQ, "nothing to confirm");
    assert_eq!(browser.post("/account/qq/link", &[]).await.location(), "/account/qq?error=expired");
    assert_eq!(site.count("open_ids").await, 2);
}

#[tokio::test]
async fn s108_confirmation_is_for_the_qq_account_that_was_shown_and_expires() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let callback = choose_at_qq(&mut browser, "Second").await;
    browser.get(&callback).await;
    let shown = link_handle(&browser.get("/account/qq/link").await);
    let callback = choose_at_qq(&mut browser, "Third").await;
    browser.get(&callback).await;
    assert_eq!(browser.post("/account/qq/link", &[("link", &shown)]).await.location(), "/account/qq?error=expired");
    let third = link_handle(&browser.get("/account/qq/link").await);
    site.advance_clock(TEN_MINUTES + 1);
    assert_eq!(browser.get("/account/qq/link").await.location(), QQ);
    assert_eq!(browser.post("/account/qq/link", &[("link", &third)]).await.location(), "/account/qq?error=expired");
    assert_eq!(site.count("open_ids").await, 1);
    // The account that got the QQ account meanwhile keeps it.
    browser.sign_in(&username).await;
    let callback = choose_at_qq(&mut browser, "Fourth").await;
    browser.get(&callback).await;
    let handle = link_handle(&browser.get("/account/qq/link").await);
    site.browser().register("Fourth", "fourth", "fourth@example.com").await;
    let response = browser.post("/account/qq/link", &[("link", &handle)]).await;
    assert_eq!(response.location(), "/account/qq?error=linked-elsewhere");
}

#[tokio::test]
async fn s103_linking_and_unlinking_need_a_recent_sign_in() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    link(&mut browser, "Second").await;
    let second = identity_id(&site, "Second").await;
    site.advance_clock(TEN_MINUTES + 1);
    let page = browser.get(QQ).await;
    assert!(page.body.contains("href=\"/login/qq?next=/account/qq\"") && !page.body.contains("name=\"identity\""));
    assert_eq!(browser.post("/account/qq/add", &[]).await.location(), QQ);
    assert_eq!(browser.post("/account/qq/unlink", &[("identity", &second)]).await.location(), QQ);
    assert_eq!(site.count("open_ids").await, 2);
    browser.sign_in(&username).await;
    assert!(browser.get(QQ).await.body.contains(&format!("name=\"identity\" value=\"{second}\"")));
}

#[tokio::test]
async fn only_a_signed_in_user_links_and_unlinks() {
    let site = TestSite::start().await;
    let mut pending = site.browser();
    pending.sign_in("Ann").await;
    for mut browser in [site.browser(), pending] {
        for path in ["/account/qq/add", "/account/qq/link", "/account/qq/unlink"] {
            let response = browser.post(path, &[("link", "x"), ("identity", "1")]).await;
            assert_eq!(response.location(), "/login?next=/account/qq", "{path}");
        }
        assert_eq!(browser.get(QQ).await.location(), "/login?next=%2Faccount%2Fqq");
        assert_eq!(browser.get("/account/qq/link").await.location(), QQ);
    }
}

#[tokio::test]
async fn s30_qq_account_that_the_unionid_identifies_is_not_linked_to_another_user() {
    let site = TestSite::start_with(options([("QQ_UNIONID", "on")])).await;
    let (mut browser, mut other) = (site.browser(), site.browser());
    browser.register_new_user().await;
    let other_name = other.register_new_user().await;
    // As if the site had another App ID than when the other user registered.
    site.execute(&format!("UPDATE open_ids SET openid = 'old' WHERE nickname = '{other_name}'")).await;
    let callback = choose_at_qq(&mut browser, &other_name).await;
    expect_failure(&mut browser, &callback, "linked-elsewhere", "belongs to another account").await;
}

#[tokio::test]
async fn s54_user_is_told_by_mail_about_linked_and_unlinked_qq_accounts() {
    let site = TestSite::start_with(mail_options([])).await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    site.take_mails().await;
    link(&mut browser, "Second").await;
    assert_eq!(site.take_mails().await.len(), 0, "the address is not verified");
    site.execute("UPDATE email_addresses SET verified = TRUE").await;
    link(&mut browser, "Third").await;
    let mail = site.take_mail().await;
    assert_eq!(mail.to, "ann@example.com");
    assert!(mail.subject.contains("was linked") && mail.text.contains("@ann"), "{}", mail.text);
    let third = identity_id(&site, "Third").await;
    browser.post("/account/qq/unlink", &[("identity", &third)]).await;
    let mail = site.take_mail().await;
    assert!(mail.subject.contains("was unlinked") && mail.text.contains("/account/qq"), "{}", mail.text);
    browser.post("/account/qq/unlink", &[("identity", &third)]).await;
    assert_eq!(site.take_mails().await.len(), 0, "sent twice");
}

#[tokio::test]
async fn s04_callback_of_a_link_works_once() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    let callback = choose_at_qq(&mut browser, "Second").await;
    let before = site.count("spent_attempts").await;
    let (mut first, mut second) = (browser.clone(), browser.clone());
    let responses = tokio::join!(first.get(&callback), second.get(&callback));
    assert_eq!((responses.0.location(), responses.1.location()), ("/account/qq/link", "/account/qq/link"));
    assert_eq!(site.count("spent_attempts").await, before + 1);
    assert_eq!(site.count_qq_requests("token").await, 2, "one to register, one for the link");
}
