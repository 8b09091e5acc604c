//! A failed sign-in: the log has the advice, the page does not.

use crate::support::{Log, TestSite};

#[tokio::test]
async fn advice_is_logged_and_not_shown_to_the_user() {
    let site = TestSite::start().await;
    let callback_url = format!("http://127.0.0.1:{}/login/qq/callback", site.port);
    for (fault, advice) in [
        ("wrong_key", "Copy the APP Key from the QQ Connect console"),
        ("redirect_illegal", callback_url.as_str()),
        ("app_offline", "Submit the website app for review"),
    ] {
        let mut browser = site.browser();
        let callback = browser.authorize_as("Ann", None).await;
        site.set_qq_fault("token", fault, 1).await;
        let log = Log::default();
        let logging = log.capture();
        let answer = browser.get(&callback).await;
        drop(logging);
        assert_eq!(answer.location(), "/login?error=misconfigured", "{fault}");
        let line = log.text().lines().find(|line| line.contains("ERROR")).expect("a line").to_owned();
        assert!(line.contains(advice) && !line.contains("canary"), "{fault}: {line}");
        let page = browser.get(answer.location()).await.body;
        assert!(page.contains("role=\"alert\""), "{fault}");
        for word in ["QQ_APP", "APP Key", "10001", "100009", "/login/qq/callback", "网站应用", "console"] {
            assert!(!page.contains(word), "{fault}: the page contains {word}");
        }
    }
}

#[tokio::test]
async fn temporary_failure_is_logged_as_a_warning() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", None).await;
    site.set_qq_fault("token", "code_reused", 1).await;
    let log = Log::default();
    let logging = log.capture();
    assert_eq!(browser.get(&callback).await.location(), "/login?error=denied");
    drop(logging);
    assert!(log.text().contains("WARN") && !log.text().contains("ERROR"), "{}", log.text());
}
