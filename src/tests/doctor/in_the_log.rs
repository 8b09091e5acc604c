//! What the operator reads in the log when a sign-in fails, and what the person sees.

use crate::support::{Log, TestSite};

#[tokio::test]
async fn the_operator_gets_the_advice_and_the_person_only_that_something_is_wrong() {
    let site = TestSite::start().await;
    let callback_address = format!("http://127.0.0.1:{}/login/qq/callback", site.port);
    for (fault, advice) in [
        ("wrong_key", "Copy the APP Key from the QQ Connect console"),
        ("redirect_illegal", callback_address.as_str()),
        ("app_offline", "Submit the website app for review"),
    ] {
        let mut browser = site.browser();
        let callback = browser.come_back_as("Ann", None).await;
        site.break_qq("token", fault, 1).await;
        let log = Log::default();
        let logging = log.listen();
        let answer = browser.get(&callback).await;
        drop(logging);
        assert_eq!(answer.location(), "/login?error=misconfigured", "{fault}");
        let line = log.text().lines().find(|line| line.contains("ERROR")).expect("a line").to_owned();
        assert!(line.contains(advice) && !line.contains("canary"), "{fault}: {line}");
        let page = browser.get(answer.location()).await.body;
        assert!(page.contains("role=\"alert\""), "{fault}");
        for word in ["QQ_APP", "APP Key", "10001", "100009", "/login/qq/callback", "网站应用", "console"] {
            assert!(!page.contains(word), "{fault}: the person is told of {word}");
        }
    }
}

#[tokio::test]
async fn a_passing_failure_is_no_error_in_the_log() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.come_back_as("Ann", None).await;
    site.break_qq("token", "code_reused", 1).await;
    let log = Log::default();
    let logging = log.listen();
    assert_eq!(browser.get(&callback).await.location(), "/login?error=denied");
    drop(logging);
    assert!(log.text().contains("WARN") && !log.text().contains("ERROR"), "{}", log.text());
}
