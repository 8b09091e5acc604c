//! Browsers apply `form-action` to every redirect that follows a form, and QQ redirects to hosts that are not known in
//! advance. So no form's redirects may leave the site.

use crate::support::{Browser, Response, TestSite, options};

/// Posts a form and follows redirects within the site. Returns the last response.
async fn post_following_redirects(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Response {
    let response = browser.post(path, fields).await;
    let location = response.location().to_owned();
    if location.is_empty() {
        return response;
    }
    assert!(location.starts_with('/'), "{path}: {location}");
    browser.get_following_redirects(&location).await.0
}

#[tokio::test]
async fn no_form_redirects_to_qq() {
    let forms: [(&str, &[(&str, &str)]); 5] = [
        ("/account/portrait", &[]),
        ("/account/renew", &[]),
        ("/account/sessions/end", &[("session", "others")]),
        ("/language", &[("lang", "en"), ("back", "/account")]),
        ("/theme", &[("theme", "dark"), ("back", "/account?a=b")]),
    ];
    for (path, fields) in forms {
        for is_expired in [false, true] {
            let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "1000")])).await;
            let mut browser = site.browser();
            let user = browser.register_new_user().await;
            site.revoke_authorization(&user).await;
            site.advance_clock(if is_expired { 1000 } else { 0 });
            let response = post_following_redirects(&mut browser, path, fields).await;
            assert_eq!((response.status, response.location()), (200, ""), "{path}");
            // The redirects to QQ start at a page, not at the form.
            let leads_on = !response.destination().is_empty();
            assert!(leads_on || !is_expired || path == "/account/sessions/end", "{path}: {}", response.body);
            if leads_on {
                let link = format!("href=\"{}\"", response.destination());
                assert!(response.body.contains(&link), "{path}: {}", response.body);
                let (last, _) = browser.get_following_redirects(response.destination()).await;
                assert!(last.location().starts_with(&site.qq_url), "{path}: {}", last.location());
            }
        }
    }
}

#[tokio::test]
async fn sign_out_clears_the_session_only_and_deletion_the_cache_too() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let user = browser.register_new_user().await;
    browser.post("/theme", &[("theme", "dark")]).await;
    let response = browser.post("/logout", &[]).await;
    assert!(!response.headers.contains_key("clear-site-data"), "clearing the cache takes seconds");
    assert_eq!(browser.cookies.get("theme").map(String::as_str), Some("dark"));
    browser.sign_in(&user).await;
    let response = browser.post("/account/delete", &[]).await;
    assert_eq!((response.location(), response.header("clear-site-data")), ("/", "\"cache\""));
}
