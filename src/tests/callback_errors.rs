//! Callbacks with an error code, from QQ or from a forged link, and callbacks without a state.

use reqwest::Method;

use crate::support::{Browser, Log, TestSite, state_param};

/// Starts a login attempt and returns its state.
async fn start_attempt(browser: &mut Browser) -> String {
    state_param(&browser.start_login(None).await)
}

/// Opens the callback. Returns the redirect target and the log lines meant for the operator.
async fn open_callback(browser: &mut Browser, query: &str) -> (String, Vec<String>) {
    let log = Log::default();
    let _capture = log.capture();
    let location = browser.get(&format!("/login/qq/callback?{query}")).await.location().to_owned();
    let text = log.text();
    let alerts = text.lines().filter(|line| line.contains(r#""level":"ERROR""#) || line.contains("QQ request failed"));
    (location, alerts.map(str::to_owned).collect())
}

#[tokio::test]
async fn callback_error_codes_map_to_login_errors() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for (code, login_error) in [
        ("100014", "denied"),
        ("100030", "denied"),
        ("100010", "misconfigured"),
        ("100000", "misconfigured"),
        ("110406", "misconfigured"),
        ("100023", "unreachable"),
        ("123456", "unreachable"),
        ("1", "unreachable"),
        ("server_error", "unreachable"),
    ] {
        let state = start_attempt(&mut browser).await;
        let response = browser.get(&format!("/login/qq/callback?error={code}&state={state}")).await;
        assert_eq!(response.location(), format!("/login?error={login_error}"), "{code}");
    }
}

#[tokio::test]
async fn s03_s19_error_code_without_valid_attempt_is_ignored_and_not_logged() {
    let site = TestSite::start().await;
    let mut owner = site.browser();
    let state = start_attempt(&mut owner).await;
    let mut other = site.browser();
    for code in ["100009", "100014", "100023", "110406", "1", "server_error"] {
        for query in
            [format!("error={code}"), format!("error={code}&state=made-up"), format!("error={code}&state={state}")]
        {
            assert_eq!(open_callback(&mut other, &query).await, ("/login?error=expired".to_owned(), vec![]), "{query}");
        }
    }
    let doubled = format!("error=100009&state={state}&state={state}");
    assert_eq!(open_callback(&mut owner, &doubled).await, ("/login?error=expired".to_owned(), vec![]));
    for query in ["error=access_denied", "usercancel=1&state=made-up"] {
        assert_eq!(open_callback(&mut other, query).await, ("/login?error=cancelled".to_owned(), vec![]), "{query}");
    }
    let (location, alerts) = open_callback(&mut owner, &format!("error=100009&state={state}")).await;
    assert_eq!((location.as_str(), alerts.len()), ("/login?error=misconfigured", 1), "the attempt is still valid");
}

#[tokio::test]
async fn error_codes_of_qq_pages_are_logged_with_advice() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for (code, advice) in [("110401", "Set QQ_APP_ID to"), ("110406", "Submit the website app for review")] {
        let state = start_attempt(&mut browser).await;
        let (_, alerts) = open_callback(&mut browser, &format!("error={code}&state={state}")).await;
        assert!(matches!(&alerts[..], [alert] if alert.contains(advice)), "{code}: {alerts:?}");
    }
}

#[tokio::test]
async fn s03_callback_without_state_shows_expired() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let authorize_url = browser.start_login(None).await;
    site.set_qq_fault("authorize", "drop_state", 1).await;
    let callback = browser.approve(&authorize_url, "Ann").await;
    assert!(!callback.contains("state="));
    assert_eq!(browser.get(&callback).await.location(), "/login?error=expired");
}

#[tokio::test]
async fn browser_that_keeps_no_cookies_is_told_so() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", Some("/wanted")).await;
    browser.cookies.clear();
    let log = Log::default();
    let capture = log.capture();
    assert_eq!(browser.get(&callback).await.location(), "/login?error=cookies");
    drop(capture);
    assert!(log.text().contains("\"reason\":\"cookies\""), "{}", log.text());
    let page = browser.get("/login?error=cookies").await;
    assert!(page.is_login_error_page() && page.body.contains("Allow cookies"), "{}", page.body);
    browser.cookies.insert("lang".to_owned(), "zh-CN".to_owned());
    let page = browser.get("/login?error=cookies").await;
    assert!(page.body.contains("允许本站使用 Cookie"), "{}", page.body);
    assert_eq!(browser.get(&callback).await.location(), "/login?error=expired", "the browser keeps cookies");
    browser.cookies.clear();
    let opened = browser.request(Method::GET, &callback).header("sec-fetch-site", "none");
    assert_eq!(browser.send(opened).await.location(), "/login?error=expired", "a link that was opened here");
    for query in ["code=x", "code=x&state=unknown", "state=unknown", "error=100009&state=unknown"] {
        let response = browser.get(&format!("/login/qq/callback?{query}")).await;
        assert_eq!(response.location(), "/login?error=expired", "{query}");
    }
}
