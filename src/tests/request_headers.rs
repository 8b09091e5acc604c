//! Headers with bytes that are not ASCII: one unreadable part does not hide the others.

use reqwest::Method;
use reqwest::header::{ACCEPT_LANGUAGE, CONTENT_TYPE, COOKIE, HeaderMap, HeaderValue, USER_AGENT};

use crate::support::{Browser, Response, TestSite};

/// Cookies of other programs: in UTF-8, GBK and Latin-1, and with bytes that are in no encoding.
const FOREIGN_COOKIES: [&[u8]; 5] =
    ["nick=小明".as_bytes(), b"nick=\xd0\xa1\xc3\xf7", b"nick=Ren\xe9", b"\xd0\xa1=\xc3\xf7", b"\xff\x80"];

/// Sends a request whose header is `value`.
async fn get_with(browser: &mut Browser, path: &str, headers: HeaderMap) -> Response {
    let request = browser.request(Method::GET, path);
    browser.send(request.headers(headers)).await
}

/// Opens a page as a browser that has a foreign cookie before, between and after its own.
async fn get_with_foreign_cookie(browser: &mut Browser, path: &str, foreign: &[u8]) -> Response {
    let own: Vec<String> = browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut pairs = vec![foreign];
    for own in &own {
        pairs.extend([own.as_bytes(), foreign]);
    }
    let header = HeaderValue::from_bytes(&pairs.join(&b"; "[..])).expect("a header");
    get_with(browser, path, HeaderMap::from_iter([(COOKIE, header)])).await
}

#[tokio::test]
async fn foreign_cookie_in_any_encoding_does_not_hide_the_sites_cookies() {
    let site = TestSite::start().await;
    for foreign in FOREIGN_COOKIES {
        let mut browser = site.browser();
        let authorize_url = get_with_foreign_cookie(&mut browser, "/login/qq", foreign).await.location().to_owned();
        let callback = browser.approve(&authorize_url, "Ann").await;
        let response = get_with_foreign_cookie(&mut browser, &callback, foreign).await;
        assert_eq!(response.location(), "/register", "the attempt is found: {foreign:?}");
        browser.post("/register/auto", &[]).await;
        browser.post("/language", &[("lang", "zh-CN")]).await;
        browser.post("/theme", &[("theme", "dark")]).await;
        browser.cookies.insert("flash".to_owned(), "profile-updated".to_owned());
        let page = get_with_foreign_cookie(&mut browser, "/account", foreign).await;
        assert!(page.text_by_test_id("username").is_some(), "the session is found: {foreign:?}");
        for part in ["lang=\"zh-CN\"", "data-theme=\"dark\"", "昵称和头像已是最新"] {
            assert!(page.body.contains(part), "{part}: {foreign:?}");
        }
        site.execute("DELETE FROM users").await;
    }
}

#[tokio::test]
async fn unreadable_part_of_a_header_does_not_hide_the_rest() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let names: [&[u8]; 3] = ["小米".as_bytes(), b"\xd0\xa1\xc3\xd7", b"Ren\xe9"];
    for name in names {
        let header = |parts: &[&[u8]]| HeaderValue::from_bytes(&parts.concat()).expect("a header");
        let user_agent = header(&[b"Mozilla/5.0 (Linux; Android 15; ", name, b") Mobile Safari"]);
        let response = get_with(&mut browser, "/login/qq", HeaderMap::from_iter([(USER_AGENT, user_agent)])).await;
        assert!(response.location().ends_with("&display=mobile"), "{}", response.location());
        let languages = header(&[name, b", en;q=0.5, zh;q=0.1"]);
        let response = get_with(&mut browser, "/login", HeaderMap::from_iter([(ACCEPT_LANGUAGE, languages)])).await;
        assert!(response.body.contains("<html lang=\"en\""), "{name:?}");
        let form = header(&[b"application/x-www-form-urlencoded; name=", name]);
        let request = browser.request(Method::POST, "/language").header(CONTENT_TYPE, form).body("lang=en");
        assert_eq!(browser.send(request).await.status, 303, "{name:?}");
    }
}
