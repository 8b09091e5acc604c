//! What stands between the network and the pages.

use reqwest::Method;

use crate::support::{TestSite, http_client, options};

#[tokio::test]
async fn s74_requests_of_other_sites_change_nothing() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    let own_origin = format!("http://{}", site.authority);
    for (name, value) in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
        ("origin", "null"),
        ("origin", "http://127.0.0.1:1"),
    ] {
        let request = browser.request(Method::POST, "/logout").header(name, value);
        let answer = browser.send(request).await;
        assert_eq!(answer.status, 403, "{name}: {value}");
        assert!(answer.body.contains("came from another site"));
    }
    assert_eq!(browser.signed_in_as().await, Some(username));
    let request = browser.request(Method::POST, "/logout");
    let answer = browser.send(request.header("sec-fetch-site", "same-origin").header("origin", own_origin)).await;
    assert_eq!(answer.status, 303);
}

#[tokio::test]
async fn s75_anonymous_visitors_are_covered_too() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let request = browser.request(Method::POST, "/language").header("sec-fetch-site", "cross-site").body("lang=en");
    assert_eq!(browser.send(request).await.status, 403);
    assert!(browser.cookies.is_empty());
}

#[tokio::test]
async fn s76_next_leads_to_this_site_alone() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "ann@example.com").await;
    for doubtful in [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/%5cevil",
        "/a\r\nX: y",
        "/\u{ff0f}evil",
        "/login/qq",
        "\0",
        "",
    ] {
        let callback = browser.authorize_as("Ann", Some(doubtful)).await;
        assert_eq!(browser.get(&callback).await.location(), "/account", "{doubtful:?}");
    }
    let request = browser.request(Method::GET, "/login?next=%FF%FE");
    assert_eq!(browser.send(request).await.location(), "/account");
}

#[tokio::test]
async fn s83_pages_are_not_kept_and_versioned_files_are() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for path in ["/", "/account", "/nowhere", "/login/qq", "/login"] {
        let answer = browser.get(path).await;
        let kept = answer.header("cache-control");
        assert!(kept == "no-store" || answer.status == 303, "{path}: {kept}");
    }
}

#[tokio::test]
async fn s90_another_host_name_is_sent_to_the_right_one_or_refused() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let client = http_client();
    let base = format!("http://127.0.0.1:{}", site.port);
    let get = |path: &str| client.get(format!("{base}{path}")).header("host", "evil.example");
    let answer = get("/login?next=%2Fa").send().await.expect("an answer");
    assert_eq!(answer.headers()["location"], format!("{base}/login?next=%2Fa").as_str());
    assert!(answer.status().is_redirection());
    let answer = client.post(format!("{base}/logout")).header("host", "evil.example").send().await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 421);
    for path in ["/healthz", "/readyz"] {
        assert_eq!(get(path).send().await.expect("an answer").status().as_u16(), 200);
    }
    let secure = TestSite::start_with(options([("PUBLIC_URL", "https://www.example.com")])).await;
    let answer = client.get(format!("http://127.0.0.1:{}/x", secure.port)).send().await.expect("an answer");
    assert_eq!(answer.headers()["location"], "https://www.example.com/x");
    assert_eq!(browser.get("/").await.status, 200);
}

#[tokio::test]
async fn s85_wrong_methods_and_unknown_paths_have_pages() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let page = browser.get("/nowhere/at/all").await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("Page not found") && page.body.contains("href=\"/\""));
    let request = browser.request(Method::DELETE, "/account");
    let page = browser.send(request).await;
    assert_eq!(page.status, 405);
    assert!(
        page.body.contains("can't be opened directly") && page.header("allow").contains("GET"),
        "{}",
        page.header("allow")
    );
    for path in ["/api/nothing", "/api/", "/login/", "/login/qq/else"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
}
