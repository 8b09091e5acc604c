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
