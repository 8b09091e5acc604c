//! Users are told by mail about a sign-in from a browser that they have not used before.

use reqwest::Method;

use crate::support::{Browser, Response, TestSite, mail_options, options};

const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/126.0.0.0 Safari/537.36";

/// Signs in with a `User-Agent`, a second later than before.
async fn sign_in_with(site: &TestSite, browser: &mut Browser, name: &str, user_agent: &str) -> Response {
    site.advance_clock(1);
    let callback = browser.authorize_as(name, None).await;
    let request = browser.request(Method::GET, &callback).header("user-agent", user_agent);
    browser.send(request).await
}

/// Waits until the sign-in of this moment has been noted.
async fn wait_until_noted(site: &TestSite) {
    site.wait_for_count(&format!("known_browsers WHERE last_seen_at = {}", site.now()), 1).await;
}

#[tokio::test]
async fn s112_only_a_sign_in_from_another_browser_is_reported() {
    let site = TestSite::start_with_mail([("EMAIL_TRUST", "on")]).await;
    let (mut home, mut office) = (site.browser(), site.browser());
    let username = home.register_new_user().await;
    wait_until_noted(&site).await;
    home.post("/logout", &[]).await;
    sign_in_with(&site, &mut home, &username, CHROME).await;
    wait_until_noted(&site).await;
    assert_eq!(site.count("mails").await, 0, "neither the registration nor a known browser");

    sign_in_with(&site, &mut office, &username, CHROME).await;
    wait_until_noted(&site).await;
    let mail = site.take_mail().await;
    assert_eq!(mail.to, format!("{username}@example.com"));
    assert_eq!(mail.subject, "New sign-in to your QQ Login account");
    for text in [&mail.text, &mail.html] {
        assert!(text.contains("Chrome on Windows, January 15, 2027 at 4:00 PM (Beijing time)"), "{text}");
        assert!(text.contains(&format!("http://{}/account/sessions", site.authority)), "{text}");
    }
    sign_in_with(&site, &mut office, &username, CHROME).await;
    wait_until_noted(&site).await;
    office.post("/logout", &[]).await;
    sign_in_with(&site, &mut office, "somebody else", CHROME).await;
    office.post("/register/auto", &[]).await;
    wait_until_noted(&site).await;
    assert_eq!(site.count("mails").await, 0, "known by now; another user's first browser");
    assert_eq!(site.count("known_browsers").await, 3);
}

#[tokio::test]
async fn s112_unverified_address_gets_no_report() {
    let site = TestSite::start_with_mail([]).await;
    let username = site.browser().register_new_user().await;
    wait_until_noted(&site).await;
    assert_eq!(site.take_mail().await.subject, "Verify your email address for QQ Login");
    sign_in_with(&site, &mut site.browser(), &username, CHROME).await;
    wait_until_noted(&site).await;
    assert_eq!((site.count("known_browsers").await, site.count("mails").await), (2, 0));
}

#[tokio::test]
async fn first_sign_in_after_mail_was_configured_is_not_reported() {
    let site = TestSite::start_with(options([("EMAIL_TRUST", "on")])).await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    assert!(!browser.cookies.contains_key("browser"), "without mail, browsers are not recognized");
    assert_eq!(site.count("known_browsers").await, 0);
    let site = site.restart_with(mail_options([("EMAIL_TRUST", "on")])).await;
    sign_in_with(&site, &mut site.browser(), &username, CHROME).await;
    wait_until_noted(&site).await;
    assert_eq!(site.count("mails").await, 0);
}

#[tokio::test]
async fn s71_s112_browser_cookie_is_random_kept_long_and_stored_as_a_hash_of_each_user() {
    let site = TestSite::start_with_mail([("EMAIL_TRUST", "on")]).await;
    let mut browser = site.browser();
    let response = sign_in_with(&site, &mut browser, "Ann", CHROME).await;
    let cookies = response.set_cookies();
    let cookie = cookies.iter().find(|cookie| cookie.starts_with("browser=")).expect("a cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=34560000"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    let id = browser.cookies["browser"].clone();
    assert!(id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    assert_eq!(site.count("known_browsers").await, 0, "no user yet");
    for name in ["Ann", "Bob"] {
        browser.post("/logout", &[]).await;
        sign_in_with(&site, &mut browser, name, CHROME).await;
        browser.post("/register/auto", &[]).await;
        wait_until_noted(&site).await;
        assert_eq!(browser.cookies["browser"], id);
    }
    assert_eq!(site.count("known_browsers").await, 2, "one hash per user");
    assert!(!site.database_bytes().await.windows(id.len()).any(|window| window == id.as_bytes()));
    browser.cookies.insert("browser".to_owned(), "'; x".to_owned());
    sign_in_with(&site, &mut browser, "Bob", CHROME).await;
    assert_eq!(browser.cookies["browser"].len(), 32, "a value that is no id is replaced");
}

#[tokio::test]
async fn s71_browser_cookie_is_secure_with_https() {
    let site = TestSite::start_with_mail([("PUBLIC_URL", "https://www.example.com")]).await;
    let response = site.browser().sign_in("Ann").await;
    let cookies = response.set_cookies();
    let cookie = cookies.iter().find(|cookie| cookie.starts_with("__Host-browser=")).expect("a cookie");
    assert!(cookie.contains("Secure") && cookie.contains("Path=/") && !cookie.contains("Domain"), "{cookie}");
}

#[tokio::test]
async fn s94_s95_known_browsers_are_forgotten_after_400_days_and_with_their_user() {
    let site = TestSite::start_with_mail([("EMAIL_TRUST", "on")]).await;
    for _ in 0..2 {
        site.browser().register_new_user().await;
    }
    site.wait_for_count("known_browsers", 2).await;
    site.execute("DELETE FROM users WHERE id = (SELECT MIN(id) FROM users)").await;
    assert_eq!(site.count("known_browsers").await, 1);
    let site = site.purge_after(400 * 24 * 60 * 60 - 1).await;
    assert_eq!(site.count("known_browsers").await, 1);
    let site = site.purge_after(1).await;
    assert_eq!(site.count("known_browsers").await, 0);
}
