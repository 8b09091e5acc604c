//! Mailed links: opening one changes nothing, confirming it works once, and its token is a secret.

use reqwest::Method;

use crate::support::{Log, TestSite};

/// A site with a user, and the path of the link that verifies the user's address.
async fn site_with_link() -> (TestSite, String) {
    let site = TestSite::start_with_mail([]).await;
    site.browser().register("Ann", "ann", "ann@example.com").await;
    let link = site.link_in(&site.take_mail().await);
    (site, link)
}

async fn is_verified(site: &TestSite) -> bool {
    site.count("email_addresses WHERE verified").await == 1
}

#[tokio::test]
async fn s111_opening_a_link_changes_nothing_with_any_safe_method() {
    let (site, link) = site_with_link().await;
    let mut scanner = site.browser();
    for method in [Method::GET, Method::HEAD, Method::OPTIONS, Method::PUT, Method::DELETE] {
        scanner.send(scanner.request(method, &link)).await;
    }
    assert!(!is_verified(&site).await && site.count("mail_links WHERE used_at IS NULL").await == 1);
    assert_eq!(scanner.post(&link, &[]).await.status, 303);
    assert!(is_verified(&site).await);
}

#[tokio::test]
async fn link_is_confirmed_by_this_site_only() {
    let (site, link) = site_with_link().await;
    let mut browser = site.browser();
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        let request = browser.request(Method::POST, &link).header(name, value);
        assert_eq!(browser.send(request).await.status, 403);
    }
    assert!(!is_verified(&site).await);
}

#[tokio::test]
async fn s111_unknown_expired_and_unusable_links_show_one_page() {
    let (site, link) = site_with_link().await;
    let mut browser = site.browser();
    let unknown =
        ["/mail/x".to_owned(), format!("{link}x"), link.to_lowercase(), format!("/mail/{}", "%00".repeat(20))];
    for path in &unknown {
        let page = browser.get(path).await;
        assert_eq!(page.status, 410, "{path}");
        assert!(page.body.contains("This link doesn&#x27;t work anymore") || page.body.contains("This link doesn't"));
        assert_eq!(browser.post(path, &[]).await.status, 303, "{path}");
    }
    site.advance_clock(24 * 60 * 60 - 1);
    assert_eq!(browser.get(&link).await.status, 200);
    site.advance_clock(1);
    assert_eq!(browser.get(&link).await.status, 410);
    browser.post(&link, &[]).await;
    assert!(!is_verified(&site).await, "expired");
    site.advance_clock(-3600);
    site.execute("DELETE FROM email_addresses").await;
    assert_eq!(browser.get(&link).await.status, 410, "the address was removed");
    browser.post(&link, &[]).await;
    assert_eq!(site.count("email_addresses").await, 0);
}

#[tokio::test]
async fn s66_link_from_before_the_clock_was_set_back_does_not_work() {
    let (site, link) = site_with_link().await;
    site.advance_clock(-3600);
    site.browser().post(&link, &[]).await;
    assert!(!is_verified(&site).await);
}

#[tokio::test]
async fn s33_token_of_a_link_is_not_logged() {
    let (site, link) = site_with_link().await;
    let (log, mut browser) = (Log::default(), site.browser());
    let _capture = log.capture();
    browser.get(&link).await;
    browser.post(&link, &[]).await;
    browser.send(browser.request(Method::PUT, &link)).await;
    let token = link.strip_prefix("/mail/").expect("a token");
    assert!(log.text().contains("/mail/{token}") && log.text().contains("email_verified"));
    assert!(!log.text().contains(token), "{}", log.text());
}

#[tokio::test]
async fn s20_page_of_a_link_is_neither_stored_nor_indexed_nor_leaked() {
    let (site, link) = site_with_link().await;
    let page = site.browser().get(&link).await;
    assert_eq!((page.header("cache-control"), page.header("x-robots-tag")), ("no-store", "noindex"));
    // Other sites get no referrer. `no-referrer` would make browsers send the form with `Origin: null`, like other sites.
    assert_eq!(page.header("referrer-policy"), "same-origin");
    assert!(!page.body.contains("href=\"http") && !page.body.contains("src=\"http"), "{}", page.body);
}

#[tokio::test]
async fn page_of_a_link_does_not_wait_for_a_writer() {
    let (site, link) = site_with_link().await;
    let is_sqlite = site.database_file().is_some();
    site.execute(if is_sqlite { "BEGIN IMMEDIATE" } else { "BEGIN" }).await;
    if !is_sqlite {
        site.execute("LOCK TABLE mail_links, email_addresses, users IN EXCLUSIVE MODE").await;
    }
    assert_eq!(site.browser().get(&link).await.status, 200);
    site.execute("ROLLBACK").await;
}

#[tokio::test]
async fn language_switch_comes_back_to_the_link() {
    let (site, link) = site_with_link().await;
    let mut browser = site.browser();
    let page = browser.get(&link).await;
    assert!(page.body.contains(&format!("name=\"back\" value=\"{link}\"")), "{}", page.body);
    let response = browser.post("/language", &[("lang", "zh-CN"), ("back", &link)]).await;
    assert_eq!(response.location(), link);
    assert!(browser.get(&link).await.body.contains("确认验证"));
}

#[tokio::test]
async fn s94_expired_links_are_deleted() {
    let (site, _) = site_with_link().await;
    let site = site.purge_after(24 * 60 * 60).await;
    assert_eq!(site.count("mail_links").await, 1, "a link is kept until it has expired");
    let site = site.purge_after(1).await;
    assert_eq!(site.count("mail_links").await, 0);
}

#[tokio::test]
async fn link_of_a_deleted_user_does_not_work() {
    let (site, link) = site_with_link().await;
    let mut browser = site.browser();
    assert_eq!(browser.get(&link).await.status, 200);
    site.execute("DELETE FROM users").await;
    assert_eq!(browser.get(&link).await.status, 410);
    assert_eq!(browser.post(&link, &[]).await.location(), link);
}
