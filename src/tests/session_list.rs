//! Users see their active sessions and can end them.

use reqwest::Method;

use crate::support::{Browser, TestSite};

/// Session handles on the page in document order.
fn handles(page: &str) -> Vec<String> {
    let buttons = page.split("name=\"session\" value=\"").skip(1).filter_map(|rest| rest.split('"').next());
    buttons.filter(|handle| *handle != "others").map(str::to_owned).collect()
}

/// Signs in an existing user in another browser.
async fn sign_in_elsewhere(site: &TestSite, username: &str) -> Browser {
    let mut browser = site.browser();
    assert_eq!(browser.sign_in(username).await.location(), "/account");
    browser
}

#[tokio::test]
async fn s67_user_sees_active_sessions_and_can_end_each() {
    let site = TestSite::start().await;
    let mut current = site.browser();
    let username = current.register_new_user().await;
    site.advance_clock(3600);
    let (mut phone, mut office) =
        (sign_in_elsewhere(&site, &username).await, sign_in_elsewhere(&site, &username).await);
    let page = current.get("/account/sessions").await;
    assert_eq!((page.status, handles(&page.body).len()), (200, 2), "{}", page.body);
    assert!(
        page.body.contains("This browser") && page.body.contains("January 15, 2027 at 5:00 PM (Beijing time)"),
        "{}",
        page.body
    );
    for browser in [&current, &phone, &office] {
        let id = browser.session_id().expect("a session");
        assert!(!page.body.contains(id), "the page contains no session id");
    }
    for handle in handles(&page.body) {
        assert_eq!(
            current.post("/account/sessions/end", &[("session", &handle)]).await.location(),
            "/account/sessions"
        );
        assert!(current.get("/account/sessions").await.body.contains("Signed out."));
    }
    assert_eq!((phone.signed_in_as().await, office.signed_in_as().await), (None, None));
    assert_eq!(current.signed_in_as().await, Some(username));
}

#[tokio::test]
async fn s67_user_cannot_end_sessions_of_other_users() {
    let site = TestSite::start().await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    let (ann_name, bob_name) = (ann.register_new_user().await, bob.register_new_user().await);
    let mut ann_phone = sign_in_elsewhere(&site, &ann_name).await;
    let handle = handles(&ann.get("/account/sessions").await.body).remove(0);
    for session in [handle.as_str(), "others", "", "x", "%"] {
        let response = bob.post("/account/sessions/end", &[("session", session)]).await;
        assert_eq!((response.status, response.location()), (303, "/account/sessions"), "{session}");
    }
    let twice = bob.post("/account/sessions/end", &[("session", &handle), ("session", &handle)]).await;
    assert_eq!(twice.status, 303);
    for browser in [&mut ann, &mut ann_phone] {
        assert_eq!(browser.signed_in_as().await.as_ref(), Some(&ann_name));
    }
    assert_eq!(bob.signed_in_as().await, Some(bob_name));
    let response = site.browser().post("/account/sessions/end", &[("session", &handle)]).await;
    assert_eq!(response.location(), "/login?next=/account");
}

#[tokio::test]
async fn s67_all_other_sessions_can_be_ended_together() {
    let site = TestSite::start().await;
    let (mut current, mut other_user) = (site.browser(), site.browser());
    let username = current.register_new_user().await;
    let bystander = other_user.register_new_user().await;
    let mut others = [sign_in_elsewhere(&site, &username).await, sign_in_elsewhere(&site, &username).await];
    assert_eq!(current.post("/account/sessions/end", &[("session", "others")]).await.location(), "/account/sessions");
    for other in &mut others {
        assert_eq!(other.signed_in_as().await, None);
    }
    assert_eq!((current.signed_in_as().await, other_user.signed_in_as().await), (Some(username), Some(bystander)));
    assert!(!current.get("/account/sessions").await.body.contains("all other sessions"));
}

#[tokio::test]
async fn sessions_show_browser_and_system_in_the_language_of_the_page() {
    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36";
    const WECHAT: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.49";
    let site = TestSite::start().await;
    let mut current = site.browser();
    // The device of a registration is that of its callback.
    let callback = current.authorize_as("Ann", None).await;
    let request = current.request(Method::GET, &callback).header("user-agent", CHROME);
    assert_eq!(current.send(request).await.location(), "/register");
    assert_eq!(current.post("/register/auto", &[]).await.location(), "/account");
    for user_agent in [WECHAT, "curl/8.5.0", "<b>(Windows)</b>"] {
        let mut other = site.browser();
        let callback = other.authorize_as("Ann", None).await;
        let request = other.request(Method::GET, &callback).header("user-agent", user_agent);
        assert_eq!(other.send(request).await.location(), "/account");
    }
    for (language, expected) in [
        ("en", ["Chrome on Windows", "Unknown browser", "WeChat on iOS", "Windows"]),
        ("zh-CN", ["Chrome（Windows）", "微信（iOS）", "未知浏览器", "未知浏览器（Windows）"]),
    ] {
        let request = current.bare_request(Method::GET, "/account/sessions");
        let cookie = format!("session={}", current.session_id().expect("a session"));
        let request = request.header("host", &site.authority).header("cookie", cookie);
        let page = current.send(request.header("accept-language", language)).await.body;
        let items = page.split("data-testid=\"session-device\"").skip(1);
        let mut devices: Vec<&str> = items.filter_map(|item| item.split(['>', '<']).nth(1)).collect();
        devices.sort_unstable();
        assert_eq!(devices, expected, "{language}");
    }
}
