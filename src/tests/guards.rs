//! What stands between the network and the pages.

use reqwest::Method;

use crate::support::{TestSite, http, options};

#[tokio::test]
async fn s74_requests_of_other_sites_change_nothing() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.become_somebody().await;
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
        let callback = browser.come_back_as("Ann", Some(doubtful)).await;
        assert_eq!(browser.get(&callback).await.location(), "/account", "{doubtful:?}");
    }
    let request = browser.request(Method::GET, "/login?next=%FF%FE");
    assert_eq!(browser.send(request).await.location(), "/account");
}

#[tokio::test]
async fn s80_s81_s91_every_answer_carries_its_protection() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for path in ["/", "/login", "/account", "/register", "/nowhere", "/logout", "/healthz", "/pkg/none", "/login/qq"] {
        let answer = browser.get(path).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("cross-origin-opener-policy", "same-origin"),
            ("referrer-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        let policy = answer.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
        assert_eq!(answer.header("access-control-allow-origin"), "");
        assert!(!answer.headers.contains_key("x-powered-by") && !answer.headers.contains_key("server"));
    }
    let nonce =
        |policy: &str| policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).map(str::to_owned);
    let (one, other) = (browser.get("/login").await, browser.get("/login").await);
    let (first, second) =
        (nonce(one.header("content-security-policy")), nonce(other.header("content-security-policy")));
    assert!(first.is_some() && first != second, "{first:?} {second:?}");
    assert!(one.body.contains(&format!("nonce=\"{}\"", first.unwrap_or_default())));
}

#[tokio::test]
async fn s83_pages_are_not_kept_and_versioned_files_are() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.become_somebody().await;
    for path in ["/", "/account", "/nowhere", "/login/qq", "/login"] {
        let answer = browser.get(path).await;
        let kept = answer.header("cache-control");
        assert!(kept == "no-store" || answer.status == 303, "{path}: {kept}");
    }
}

#[tokio::test]
async fn s84_what_qq_sends_is_text_wherever_it_stands() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let evil = "</title><img src=x onerror=alert(1)>\"'&";
    browser.sign_in(evil).await;
    let page = browser.get("/register").await;
    assert!(page.body.contains("&lt;/title&gt;&lt;img src=x"), "{}", page.body);
    browser.post("/register/auto", &[]).await;
    for path in ["/", "/account"] {
        assert!(!browser.get(path).await.body.contains("<img src=x"), "{path}");
    }
}

#[tokio::test]
async fn s86_somebody_who_asks_too_often_is_asked_to_wait() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    let mut browser = site.browser();
    let mut last = browser.get("/login/qq").await;
    for _ in 0..200 {
        if last.status == 429 {
            break;
        }
        browser.cookies.clear();
        let request = browser.request(Method::GET, "/login/qq").header("x-forwarded-for", "192.0.2.1");
        last = browser.send(request).await;
    }
    assert_eq!(last.status, 429, "another address in X-Forwarded-For does not help");
    assert!(last.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1));
    assert!(last.body.contains("Too many attempts"));
    let callback = browser.get("/login/qq/callback?code=x&state=y").await;
    assert_eq!((callback.status, callback.header("referrer-policy")), (429, "no-referrer"));
    assert_eq!(browser.get("/").await.status, 200, "pages that cost nothing stay open");
}

#[tokio::test]
async fn s86_one_person_is_held_up_before_the_whole_network_is() {
    let site = TestSite::start_with(options([("RATE_LIMIT", "on")])).await;
    let mut pending = site.browser();
    pending.sign_in("Ann").await;
    let form = [("username", "no name!"), ("email", "none")];
    let mut refused = 0;
    while pending.post("/register", &form).await.status == 200 {
        refused += 1;
    }
    assert!((30..40).contains(&refused), "{refused}");
    let answer = pending.post("/register", &form).await;
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1));
    assert!(answer.body.contains("Too many attempts") && answer.header("cache-control") == "no-store");
    assert_eq!(pending.get("/api/check-username?username=tom").await.status, 429);
    assert_eq!(pending.post("/register/auto", &[]).await.status, 429);
    let mut bob = site.browser();
    assert_eq!(bob.sign_in("Bob").await.location(), "/register", "a neighbour gets in");
    assert_eq!(bob.post("/register/auto", &[]).await.location(), "/account");
}

#[tokio::test]
async fn s90_another_host_name_is_sent_to_the_right_one_or_refused() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let client = http();
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
async fn wrong_methods_and_unknown_paths_have_pages() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let page = browser.get("/nowhere/at/all").await;
    assert_eq!(page.status, 404);
    assert!(page.body.contains("Page not found") && page.body.contains("href=\"/\""));
    let request = browser.request(Method::DELETE, "/account");
    let page = browser.send(request).await;
    assert_eq!(page.status, 405);
    assert!(
        page.body.contains("cannot be opened directly") && page.header("allow").contains("GET"),
        "{}",
        page.header("allow")
    );
    for path in ["/api/nothing", "/api/", "/login/", "/login/qq/else"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
}
