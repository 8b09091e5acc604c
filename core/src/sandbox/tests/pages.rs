//! The HTML pages.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use super::{APP, CALLBACK, KEY, TestSandbox, authorize};

async fn consent_page(sandbox: &TestSandbox) -> String {
    let location = sandbox.get(&authorize()).await.location();
    sandbox.get(&location).await.text()
}

#[tokio::test]
async fn consent_page_has_its_testids_and_selects_the_first_user() {
    let page = consent_page(&TestSandbox::new()).await;
    for mark in ["sandbox-person", "sandbox-approve", "sandbox-cancel"] {
        let mark = format!("data-testid=\"{mark}\"");
        assert_eq!(page.matches(&mark).count(), 1, "{mark}");
    }
    assert!(page.contains(r#"value="小明" checked>"#));
    assert_eq!(page.matches(" checked").count(), 1);
    assert!(!page.contains("<script"));
}

#[tokio::test]
async fn markup_in_names_is_escaped() {
    let sandbox = TestSandbox::new();
    let name = r#"</title>"><img src=x onerror=alert(1)>'"#;
    sandbox.code(name).await;
    for page in [consent_page(&sandbox).await, sandbox.get("/").await.text()] {
        assert!(page.contains("&lt;b&gt;&quot;Bobby&quot;&lt;/b&gt; &amp; 'co' &lt;script&gt;"));
        assert!(!page.contains("<script") && !page.contains("<img src=x"));
    }
}

#[tokio::test]
async fn every_page_states_that_it_is_not_qq_in_the_requested_language() {
    let sandbox = TestSandbox::new();
    let show = sandbox.get(&authorize()).await.location();
    for path in [
        "/",
        &show,
        "/oauth2.0/show?which=error&error=100010",
        "/oauth2.0/show?which=cancel",
        "/oauth2.0/show",
        "/nowhere",
    ] {
        let chinese = sandbox.get(path).await.text();
        assert!(chinese.contains("<html lang=\"zh-CN\">") && chinese.contains("这不是 QQ"));
        let wanted = Request::get(path).header("accept-language", "en-US,en;q=0.9");
        let english = sandbox.send(wanted, Body::empty()).await.text();
        assert!(english.contains("<html lang=\"en\">") && english.contains("This is not QQ."));
    }
}

#[tokio::test]
async fn overview_shows_the_app_without_its_key() {
    let sandbox = TestSandbox::new();
    sandbox.code("Somebody New").await;
    sandbox.plan("me", "wrong_client", 7).await;
    let page = sandbox.get("/").await.text();
    for expected in [APP, CALLBACK, "Somebody New", "wrong_client", "/oauth2.0/authorize"] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains(KEY));
}

#[tokio::test]
async fn content_security_policy_allows_the_redirect_to_the_site() {
    let sandbox = TestSandbox::new();
    let location = sandbox.get(&authorize()).await.location();
    let response = sandbox.get(&location).await;
    let policy = response.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("form-action"));
}

#[tokio::test]
async fn favicon_exists_and_unknown_paths_are_not_found() {
    let sandbox = TestSandbox::new();
    assert_eq!(sandbox.get("/favicon.ico").await.status, StatusCode::OK);
    assert_eq!(sandbox.get("/elsewhere").await.status, StatusCode::NOT_FOUND);
    let wrong_method = sandbox.send(Request::post("/sandbox/requests"), "").await;
    assert_eq!(wrong_method.status, StatusCode::METHOD_NOT_ALLOWED);
}
