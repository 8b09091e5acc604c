//! The site's name and operator, and what other programs read about it.

use crate::support::{TestSite, http_client, options};

const IDENTITY: [(&str, &str); 5] = [
    ("SITE_NAME", "山海 & Co"),
    ("OPERATOR_NAME", "示例科技有限公司"),
    ("CONTACT_EMAIL", "Help@example.com"),
    ("ICP_NUMBER", "京ICP备12345678号-1"),
    ("TERMS_URL", "https://www.example.com/terms"),
];

#[tokio::test]
async fn name_and_operator_are_on_every_page() {
    let site = TestSite::start_with(options(IDENTITY)).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    let mut pages = vec![];
    for path in ["/", "/login", "/privacy", "/nowhere"] {
        pages.push(site.browser().get(path).await.body);
    }
    pages.push(browser.get("/account").await.body);
    for page in pages {
        let (_, header) = page.split_once("<header>").expect("a header");
        let (header, rest) = header.split_once("</header>").expect("its end");
        let (_, footer) = rest.split_once("<footer").expect("a footer");
        assert!(page.contains(" - 山海 &amp; Co</title>") && header.contains("山海 &amp; Co"), "{page}");
        for text in [
            "示例科技有限公司",
            "<a href=\"https://beian.miit.gov.cn/\">京ICP备12345678号-1</a>",
            "href=\"https://www.example.com/terms\"",
            "href=\"mailto:help@example.com\"",
        ] {
            assert!(footer.contains(text), "{text}: {footer}");
        }
    }
    let privacy = browser.get("/privacy").await.body;
    let (main, _) = privacy.split_once("<footer").expect("a footer");
    for text in ["示例科技有限公司", "help@example.com", "京ICP备12345678号-1", "https://www.example.com/terms"]
    {
        assert!(main.contains(text), "{text}: {main}");
    }
}

#[tokio::test]
async fn only_what_is_configured_is_shown() {
    let site = TestSite::start().await;
    for path in ["/", "/privacy"] {
        let page = site.browser().get(path).await.body;
        assert!(page.contains(" - QQ Login</title>"), "{page}");
        for text in ["beian.miit", "mailto:", "Terms", "Who runs this site"] {
            assert!(!page.contains(text), "{path}: {text}");
        }
    }
}

#[tokio::test]
async fn links_to_the_site_have_a_title_and_a_picture() {
    let site = TestSite::start_with(options(IDENTITY)).await;
    let page = site.browser().get("/login").await.body;
    for (property, content) in [("site_name", "山海 &amp; Co"), ("title", "Sign in")] {
        assert!(page.contains(&format!("<meta property=\"og:{property}\" content=\"{content}\">")), "{page}");
    }
    let (_, image) = page.split_once("og:image\" content=\"").expect("a picture");
    let image = image.split('"').next().expect("its URL");
    assert!(image.starts_with("http") && image.ends_with(&format!("://{}/icon.png", site.authority)), "{image}");
}

#[tokio::test]
async fn manifest_has_the_name_of_the_site() {
    for (options, name) in [(options([]), "QQ Login"), (options(IDENTITY), "山海 & Co")] {
        let site = TestSite::start_with(options).await;
        let manifest = site.browser().get("/manifest.webmanifest").await;
        assert_eq!((manifest.status, manifest.header("content-type")), (200, "application/manifest+json"));
        let manifest: serde_json::Value = serde_json::from_str(&manifest.body).expect("JSON");
        assert_eq!((&manifest["name"], &manifest["start_url"]), (&name.into(), &"/".into()));
    }
}

#[tokio::test]
async fn browser_within_wechat_gets_a_hint() {
    const WECHAT: &str = "Mozilla/5.0 (Linux; Android 13; 小米) Mobile MicroMessenger/8.0.40.2420";
    let site = TestSite::start().await;
    let client = http_client();
    // A page is filled in from the second time on.
    for (path, user_agent) in ["/", "/login"].iter().flat_map(|path| [WECHAT, "Mozilla", WECHAT].map(|it| (path, it))) {
        let request = client.get(format!("http://{}{path}", site.authority));
        let request = request.header("user-agent", user_agent.as_bytes()).header("accept-language", "zh-CN");
        let page = request.send().await.expect("a response").text().await.expect("a body");
        assert_eq!(page.contains("在浏览器打开"), user_agent == WECHAT, "{page}");
        assert!(page.contains("data-testid=\"login-qq\""), "{page}");
    }
}
