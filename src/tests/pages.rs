//! Language, theme, and what the pages hold.

use reqwest::Method;

use crate::support::{TestSite, http_client};

#[tokio::test]
async fn the_browser_chooses_the_language_until_the_person_does() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let in_chinese = browser.request(Method::GET, "/login").header("accept-language", "zh-CN,zh;q=0.9");
    assert!(browser.get("/login").await.body.contains("Sign in with QQ"));
    let client = http_client();
    let page = client.get(format!("http://{}/login", site.authority)).header("accept-language", "zh-CN,zh;q=0.9");
    let page = page.send().await.expect("an answer").text().await.expect("a body");
    assert!(page.contains("QQ登录") && page.contains("<html lang=\"zh-CN\""));
    drop(in_chinese);

    let answer = browser.post("/language", &[("lang", "zh-CN"), ("back", "/login?next=%2Fa&error=expired")]).await;
    assert_eq!((answer.status, answer.location()), (303, "/login?next=%2Fa&error=expired"));
    let page = browser.get("/login?next=%2Fa&error=expired").await;
    assert!(page.body.contains("本次登录已过期") && page.body.contains("href=\"/login/qq?next=%2Fa\""));
    browser.post("/language", &[("lang", "en"), ("back", "/")]).await;
    assert!(browser.get("/").await.body.contains("Sign in with QQ"));
    browser.post("/language", &[("lang", "xx"), ("back", "//evil")]).await;
    assert!(browser.get("/").await.body.contains("Sign in with QQ"), "an unknown language changes nothing");
}

#[tokio::test]
async fn the_theme_is_known_before_the_first_paint() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    assert!(browser.get("/").await.body.contains("data-theme=\"system\""));
    let answer = browser.post("/theme", &[("theme", "dark"), ("back", "/login")]).await;
    assert_eq!(answer.location(), "/login");
    assert!(browser.get("/").await.body.contains("data-theme=\"dark\""));
    browser.post("/theme", &[("theme", "pink"), ("back", "/")]).await;
    assert!(browser.get("/").await.body.contains("data-theme=\"dark\""));
}

#[tokio::test]
async fn pages_have_only_the_scripts_they_need() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for path in ["/", "/login"] {
        let page = browser.get(path).await;
        assert!(page.body.contains("<script type=\"module\""), "{path}");
        assert!(!page.body.contains("<leptos-island"), "{path}");
    }
    assert!(!browser.get("/nowhere").await.body.contains("<script"));
    let mut newcomer = site.browser();
    newcomer.sign_in("Ann").await;
    let page = newcomer.get("/register").await;
    assert!(page.body.contains("<script type=\"module\"") && page.body.contains("<leptos-island"));
    browser.register_new_user().await;
    for path in ["/", "/nowhere"] {
        let page = browser.get(path).await;
        assert!(!page.body.contains("<script") && !page.body.contains("<leptos-island"), "{path}");
        assert!(!page.header("content-security-policy").contains("script-src"), "{path}");
    }
}

#[tokio::test]
async fn next_survives_the_login_page_and_an_error() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let page = browser.get("/login?next=%2Fa%3Fb%3D1%26c&error=cancelled").await;
    assert!(page.body.contains("href=\"/login/qq?next=%2Fa%3Fb%3D1%26c\""), "{}", page.body);
    let page = browser.get("/login?next=https://evil.example").await;
    assert!(page.body.contains("href=\"/login/qq\""), "{}", page.body);
}

#[tokio::test]
async fn an_unknown_error_code_is_no_error() {
    let site = TestSite::start().await;
    let page = site.browser().get("/login?error=<script>").await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("role=\"alert\""));
}

#[tokio::test]
async fn every_error_code_has_words_and_a_way_to_go_on() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for code in ["expired", "cancelled", "denied", "misconfigured", "unreachable", "closed"] {
        for lang in ["zh-CN", "en"] {
            browser.post("/language", &[("lang", lang), ("back", "/")]).await;
            let page = browser.get(&format!("/login?error={code}")).await;
            assert!(page.body.contains("role=\"alert\"") && page.body.contains("data-testid=\"login-qq\""), "{code}");
        }
    }
}
