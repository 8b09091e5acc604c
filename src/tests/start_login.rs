//! The redirect to QQ.

use reqwest::Method;

use crate::support::{TestSite, http_client};

fn redirect_uri(authorize_url: &str) -> String {
    let url = url::Url::parse(authorize_url).expect("a URL");
    let (_, callback) = url.query_pairs().find(|(name, _)| name == "redirect_uri").expect("a redirect_uri");
    callback.into_owned()
}

#[tokio::test]
async fn s14_s17_s18_login_redirects_to_qq_with_the_documented_parameters() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let response = browser.get("/login/qq").await;
    assert!(matches!(response.status, 302 | 303));
    let (base, query) = response.location().split_once('?').expect("a query");
    assert_eq!(base, format!("{}/oauth2.0/authorize", site.qq_url));
    let names: Vec<&str> = query.split('&').map(|pair| pair.split('=').next().unwrap_or_default()).collect();
    assert_eq!(names, ["response_type", "client_id", "redirect_uri", "state", "scope"]);
    let callback = format!("redirect_uri=http%3A%2F%2F127.0.0.1%3A{}%2Flogin%2Fqq%2Fcallback&", site.port);
    assert!(query.contains(&callback) && query.ends_with("&scope=get_user_info"), "{query}");
}

#[tokio::test]
async fn s15_redirect_uri_ignores_request_headers() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let request = browser.request(Method::GET, "/login/qq");
    let request = request.header("x-forwarded-host", "evil.example").header("forwarded", "host=evil.example");
    let response = browser.send(request).await;
    let callback = redirect_uri(response.location());
    assert_eq!(callback, format!("http://{}/login/qq/callback", site.authority));
    let forged = browser.bare_request(Method::GET, "/login/qq?next=%2Fa").header("host", "evil.example");
    let response = browser.send(forged).await;
    let origin = format!("http://{}", site.authority);
    let path = response.location().strip_prefix(&origin).expect("a URL of this site").to_owned();
    assert_eq!(path, "/login/qq?next=%2Fa");
    assert_eq!(redirect_uri(browser.get(&path).await.location()), callback);
}

#[tokio::test]
async fn s16_token_request_sends_the_same_redirect_uri() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let authorize_url = browser.start_login(None).await;
    let callback = browser.approve(&authorize_url, "Ann").await;
    browser.get(&callback).await;
    let log = http_client()
        .get(format!("{}/sandbox/requests", site.qq_url))
        .send()
        .await
        .expect("the log")
        .text()
        .await
        .expect("text");
    let log: serde_json::Value = serde_json::from_str(&log).expect("JSON");
    let sent = |endpoint: &str| {
        let entries = log.as_array().expect("a list");
        entries.iter().find(|entry| entry["endpoint"] == endpoint).map(|entry| entry["params"]["redirect_uri"].clone())
    };
    assert_eq!(sent("authorize"), sent("token"));
    assert_eq!(sent("token"), Some(format!("http://127.0.0.1:{}/login/qq/callback", site.port).into()));
}

#[tokio::test]
async fn mobile_browsers_get_the_mobile_qq_page() {
    let site = TestSite::start().await;
    let browser = site.browser();
    let send = |agent: &'static str| browser.request(Method::GET, "/login/qq").header("user-agent", agent);
    let phone = browser.clone().send(send("Mozilla/5.0 (Linux; Android 15) Mobile Safari")).await;
    let desktop = browser.clone().send(send("Mozilla/5.0 (X11; Linux x86_64)")).await;
    assert!(phone.location().ends_with("&display=mobile"), "{}", phone.location());
    assert!(!desktop.location().contains("display="), "{}", desktop.location());
}

#[tokio::test]
async fn s73_cookies_of_repeated_attempts_stay_within_browser_limits() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let next = format!("/?{}", "x".repeat(1000));
    for _ in 0..20 {
        browser.start_login(Some(&next)).await;
        for (name, value) in &browser.cookies {
            assert!(name.len() + value.len() < 4096, "{name}");
        }
        let total: usize = browser.cookies.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(total < 8 * 1024 && browser.cookies.len() <= 11, "{total} bytes in {} cookies", browser.cookies.len());
    }
}
