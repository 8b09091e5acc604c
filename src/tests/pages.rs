//! Language, theme, scripts and texts of the pages.

use std::sync::Arc;

use qq_login::random::RandomError;

use crate::support::{TestSite, http_client, options};

/// Screen readers jump between landmarks; what is outside of them is easily missed.
#[tokio::test]
async fn everything_on_a_page_is_within_a_landmark() {
    let sandbox = options([("QQ_APP_ID", ""), ("QQ_APP_KEY", ""), ("QQ_GRAPH_URL", "")]);
    let site = TestSite::start_with(sandbox).await;
    for path in ["/", "/login", "/login?error=expired", "/privacy", "/nowhere", "/logout"] {
        let page = site.browser().get(path).await.body;
        let (_, body) = page.split_once("<body>").expect("a body");
        let (before, rest) = body.split_once("<header>").expect("a header");
        assert!(before.contains("class=\"skip-link\"") && before.matches("</").count() == 1, "{path}: {before}");
        let (header, rest) = rest.split_once("</header><main ").expect("the main content follows the header");
        assert!(header.contains("class=\"sandbox-note\""), "{path}: {header}");
        let (_, footer) = rest.split_once("</main><footer ").expect("the footer follows the main content");
        assert!(footer.ends_with("</footer></body></html>"), "{path}: {footer}");
    }
}

#[tokio::test]
async fn home_page_has_a_description_in_the_visitors_language() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let description = "<meta name=\"description\" content=\"";
    assert!(browser.get("/").await.body.contains(&format!("{description}Sign in with your QQ account.")));
    browser.post("/language", &[("lang", "zh-CN")]).await;
    assert!(browser.get("/").await.body.contains(&format!("{description}使用 QQ 账号登录")));
    browser.register_new_user().await;
    assert!(browser.get("/").await.body.contains(description));
}

#[tokio::test]
async fn chinese_punctuation_is_not_followed_by_a_space() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.post("/language", &[("lang", "zh-CN")]).await;
    browser.register_new_user().await;
    for path in ["/privacy", "/account", "/account/qq", "/account/sessions"] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        // Markers between texts are comments.
        let texts = page.body.replace("<!>", "");
        for spaced in ["。 ", "： ", "， "] {
            assert!(!texts.contains(spaced), "{path}: {spaced:?} in {texts}");
        }
    }
}

#[tokio::test]
async fn language_follows_the_browser_until_the_user_chooses_one() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    assert!(browser.get("/login").await.body.contains("Sign in with QQ"));
    let client = http_client();
    let page = client.get(format!("http://{}/login", site.authority)).header("accept-language", "zh-CN,zh;q=0.9");
    let page = page.send().await.expect("a response").text().await.expect("a body");
    assert!(page.contains("QQ登录") && page.contains("<html lang=\"zh-CN\""));

    let response = browser.post("/language", &[("lang", "zh-CN"), ("back", "/login?next=%2Fa&error=expired")]).await;
    assert_eq!((response.status, response.location()), (303, "/login?next=%2Fa&error=expired"));
    let page = browser.get("/login?next=%2Fa&error=expired").await;
    assert!(page.body.contains("本次登录已过期") && page.body.contains("href=\"/login/qq?next=%2Fa\""));
    browser.post("/language", &[("lang", "en"), ("back", "/")]).await;
    assert!(browser.get("/").await.body.contains("Sign in with QQ"));
    browser.post("/language", &[("lang", "xx"), ("back", "//evil")]).await;
    assert!(browser.get("/").await.body.contains("Sign in with QQ"), "an unknown language changes nothing");
}

#[tokio::test]
async fn theme_is_part_of_the_html() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    assert!(browser.get("/").await.body.contains("data-theme=\"system\""));
    let response = browser.post("/theme", &[("theme", "dark"), ("back", "/login")]).await;
    assert_eq!(response.location(), "/login");
    assert!(browser.get("/").await.body.contains("data-theme=\"dark\""));
    browser.post("/theme", &[("theme", "pink"), ("back", "/")]).await;
    assert!(browser.get("/").await.body.contains("data-theme=\"dark\""));
}

#[tokio::test]
async fn pages_have_only_the_scripts_they_need() {
    let site = TestSite::start().await;
    let (mut visitor, mut newcomer, mut user) = (site.browser(), site.browser(), site.browser());
    newcomer.sign_in("Ann").await;
    user.register_new_user().await;
    for (browser, paths) in [
        (&mut visitor, ["/", "/login", "/privacy", "/nowhere"].as_slice()),
        (&mut newcomer, &["/register"]),
        (&mut user, &["/", "/account", "/account/sessions"]),
    ] {
        for path in paths {
            let page = browser.get(path).await.body;
            assert_eq!(page.matches("<script").count(), 1, "{path}");
            assert!(page.contains("src=\"/page.js\""), "{path}");
            assert_eq!(page.contains("<leptos-island"), *path == "/register", "{path}");
        }
    }
}

#[tokio::test]
async fn s80_page_has_no_script_if_there_is_no_nonce() {
    let site = TestSite::start_with_random(vec![], Arc::new(|_: &mut [u8]| Err(RandomError))).await;
    for path in ["/", "/login", "/nowhere"] {
        let page = site.browser().get(path).await;
        assert!(!page.body.contains("<script") && page.body.ends_with("</html>"), "{path}");
        assert!(!page.header("content-security-policy").contains("script-src"), "{path}");
    }
}

#[tokio::test]
async fn page_can_ask_whether_its_session_has_ended() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let notice = "<template data-session-ended>";
    assert_eq!(browser.get("/api/session").await.body, "false");
    assert!(!browser.get("/").await.body.contains(notice), "for users only");
    browser.sign_in("Ann").await;
    assert_eq!(browser.get("/api/session").await.body, "false", "a pending registration is no session");
    browser.register_new_user().await;
    assert_eq!(browser.get("/api/session").await.body, "true");
    let page = browser.get("/account/sessions").await;
    assert!(page.body.contains(notice) && page.body.contains("href=\"/login?next=%2Faccount%2Fsessions\""));
    let mut phone = site.browser();
    let session = browser.session_id().expect("a session").to_owned();
    phone.set_session_cookie(&session);
    phone.post("/logout", &[]).await;
    assert_eq!(browser.get("/api/session").await.body, "false");
}

#[tokio::test]
async fn unknown_error_code_shows_no_alert() {
    let site = TestSite::start().await;
    let page = site.browser().get("/login?error=<script>").await;
    assert_eq!(page.status, 200);
    assert!(!page.body.contains("role=\"alert\""));
}

#[tokio::test]
async fn every_error_code_shows_an_alert_and_the_sign_in_button() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    for code in ["expired", "cancelled", "denied", "misconfigured", "unreachable", "closed", "cookies"] {
        for lang in ["zh-CN", "en"] {
            browser.post("/language", &[("lang", lang), ("back", "/")]).await;
            let page = browser.get(&format!("/login?error={code}")).await;
            assert!(page.body.contains("role=\"alert\"") && page.body.contains("data-testid=\"login-qq\""), "{code}");
        }
    }
}

#[tokio::test]
async fn s96_requested_data_and_privacy_link_precede_the_sign_in_button() {
    let site = TestSite::start_with(options([("QQ_UNIONID", "on"), ("QQ_SCOPE", "get_user_info,list_album")])).await;
    for (language, summary, unionid) in [
        ("en", "your QQ nickname, avatar and a site-specific ID", "unionid"),
        ("zh-CN", "您的 QQ 昵称、头像和仅用于本站的标识", "unionid"),
    ] {
        let mut browser = site.browser();
        browser.cookies.insert("lang".to_owned(), language.to_owned());
        for path in ["/", "/login"] {
            let page = browser.get(path).await.body;
            let position =
                |text: &str| page.find(text).unwrap_or_else(|| panic!("{path} does not contain {text}: {page}"));
            assert!(
                position(summary) < position("login-qq") && position("href=\"/privacy\"") < position("login-qq"),
                "{path}"
            );
            assert!(!page.contains("checkbox") && !page.contains("checked"), "{path}");
        }
        let page = browser.get("/privacy").await;
        assert_eq!(page.status, 200);
        for text in [summary, unionid, "list_album", "Cookie"] {
            assert!(page.body.contains(text), "{language}: {text}");
        }
        browser.sign_in("New user").await;
        assert!(!browser.get("/register").await.body.contains("checked"));
    }
}

#[tokio::test]
async fn times_are_in_the_configured_zone_which_is_named() {
    for (zone, in_chinese, in_english) in [
        ("", "2027年3月16日 16:00（北京时间）", "March 16, 2027 at 4:00 PM (Beijing time)"),
        ("America/New_York", "2027年3月16日 04:00（America/New_York）", "March 16, 2027 at 4:00 AM (America/New_York)"),
    ] {
        let site = TestSite::start_with(options([("TIME_ZONE", zone)])).await;
        let mut browser = site.browser();
        browser.register_new_user().await;
        for (lang, expires, remaining) in [("zh-CN", in_chinese, "60 天后"), ("en", in_english, "in 60 days")] {
            browser.cookies.insert("lang".to_owned(), lang.to_owned());
            let page = browser.get("/account").await.body;
            let datetime = "datetime=\"2027-03-16T08:00:00Z\"";
            assert!(
                page.contains(&format!("<time data-testid=\"token-expires\" {datetime}>{expires}</time>")),
                "{page}"
            );
            assert!(
                page.contains(&format!("<time {datetime} title=\"{expires}\" data-relative>{remaining}</time>")),
                "{page}"
            );
        }
    }
}
