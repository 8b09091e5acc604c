//! The development bar of debug builds, such as this one. `end2end/tests/comfort/dev-bar.spec.ts` shows that the release
//! build has none.

use crate::support::{TestSite, options};

#[tokio::test]
async fn bar_is_shown_only_while_the_sandbox_replaces_qq() {
    let site = TestSite::start().await;
    assert!(!site.browser().get("/").await.body.contains("dev-bar"));
    assert_eq!(site.browser().post("/dev/fault", &[("fault", "me/drop")]).await.status, 404);
    let sandbox = options([
        ("QQ_APP_ID", ""),
        ("QQ_APP_KEY", ""),
        ("QQ_GRAPH_URL", ""),
        ("SANDBOX_ADDR", site.qq_url.trim_start_matches("http://")),
    ]);
    let other = TestSite::start_with(sandbox).await;
    let page = other.browser().get("/").await.body;
    assert!(page.contains("data-testid=\"dev-bar\"") && page.contains(&format!("href=\"{}/\"", site.qq_url)), "{page}");
    // The sandbox of the first site gets the faults.
    let response = other.browser().post("/dev/fault", &[("fault", "me/drop"), ("back", "/login")]).await;
    assert_eq!(response.location(), "/login");
    let faults = async || reqwest::get(format!("{}/sandbox/faults", site.qq_url)).await;
    let planned = faults().await.expect("an answer").text().await.expect("a text");
    assert!(planned.contains("\"me\"") && planned.contains("\"drop\""), "{planned}");
    other.browser().post("/dev/fault", &[("fault", "none")]).await;
    assert_eq!(faults().await.expect("an answer").text().await.expect("a text"), "[]");
}

#[tokio::test]
async fn button_lets_the_token_expire_and_the_next_page_refreshes_it() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    let sandbox = [
        ("QQ_APP_ID", ""),
        ("QQ_APP_KEY", ""),
        ("QQ_GRAPH_URL", ""),
        ("SANDBOX_ADDR", site.qq_url.trim_start_matches("http://")),
    ];
    let mut browser = browser.via_port(site.start_replica_with(options(sandbox)).await);
    let page = browser.get("/account").await.body;
    assert!(page.contains("action=\"/dev/expire-token\"") && page.contains("openid "), "{page}");
    assert_eq!(site.count_qq_requests("token").await, 1);
    let response = browser.post("/dev/expire-token", &[("back", "/account")]).await;
    assert_eq!(response.destination(), "/account");
    assert_eq!(browser.get("/account").await.status, 200);
    assert_eq!(site.count_qq_requests("token").await, 2);
}
