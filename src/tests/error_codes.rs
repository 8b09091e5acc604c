//! Error codes that come back with the browser: QQ's, and those that anybody wrote into a link.

use crate::support::{Browser, Log, TestSite};

/// Begins an attempt: gives its state.
async fn begin(browser: &mut Browser) -> String {
    let authorize_url = url::Url::parse(&browser.start_login(None).await).expect("an address");
    let state = authorize_url.query_pairs().find(|(name, _)| name == "state").map(|(_, state)| state.into_owned());
    state.expect("a state")
}

/// Opens a callback: gives where it ended, and what was logged for the operator.
async fn open(browser: &mut Browser, query: &str) -> (String, Vec<String>) {
    let log = Log::default();
    let _listening = log.capture();
    let ending = browser.get(&format!("/login/qq/callback?{query}")).await.location().to_owned();
    let text = log.text();
    let alarms = text.lines().filter(|line| line.contains(r#""level":"ERROR""#) || line.contains("QQ request failed"));
    (ending, alarms.map(str::to_owned).collect())
}

#[tokio::test]
async fn error_codes_at_the_callback_are_sorted_by_what_can_be_done() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for (code, ending) in [
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
        let state = begin(&mut browser).await;
        let answer = browser.get(&format!("/login/qq/callback?error={code}&state={state}")).await;
        assert_eq!(answer.location(), format!("/login?error={ending}"), "{code}");
    }
}

#[tokio::test]
async fn s03_s19_an_error_code_without_an_attempt_is_not_believed_and_calls_no_operator() {
    let site = TestSite::start().await;
    let mut right = site.browser();
    let state = begin(&mut right).await;
    let mut wrong = site.browser();
    for code in ["100009", "100014", "100023", "110406", "1", "server_error"] {
        for query in
            [format!("error={code}"), format!("error={code}&state=made-up"), format!("error={code}&state={state}")]
        {
            assert_eq!(open(&mut wrong, &query).await, ("/login?error=expired".to_owned(), vec![]), "{query}");
        }
    }
    let doubled = format!("error=100009&state={state}&state={state}");
    assert_eq!(open(&mut right, &doubled).await, ("/login?error=expired".to_owned(), vec![]));
    for query in ["error=access_denied", "usercancel=1&state=made-up"] {
        assert_eq!(open(&mut wrong, query).await, ("/login?error=cancelled".to_owned(), vec![]), "{query}");
    }
    let (ending, alarms) = open(&mut right, &format!("error=100009&state={state}")).await;
    assert_eq!((ending.as_str(), alarms.len()), ("/login?error=misconfigured", 1), "the attempt is unharmed");
}

#[tokio::test]
async fn the_operator_gets_advice_on_codes_of_qqs_own_pages_too() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for (code, advice) in [("110401", "Set QQ_APP_ID to"), ("110406", "Submit the website app for review")] {
        let state = begin(&mut browser).await;
        let (_, alarms) = open(&mut browser, &format!("error={code}&state={state}")).await;
        assert!(matches!(&alarms[..], [alarm] if alarm.contains(advice)), "{code}: {alarms:?}");
    }
}
