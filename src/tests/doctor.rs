//! What the doctor finds.

use qq_login::config::Environment;
use qq_login::doctor::{Report, examine};

use crate::support::TestSite;

async fn examined(site: &TestSite, changes: &[(&str, &str)]) -> Report {
    let mut variables = vec![
        ("PUBLIC_URL", format!("http://127.0.0.1:{}", site.port)),
        ("QQ_APP_ID", "100000001".to_owned()),
        ("QQ_APP_KEY", "canary-app-key".to_owned()),
        ("QQ_GRAPH_URL", site.qq.clone()),
    ];
    for (name, value) in changes {
        variables.retain(|(kept, _)| kept != name);
        variables.push((name, (*value).to_owned()));
    }
    let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), value));
    examine(&Environment::new(variables, |_| vec![])).await
}

#[tokio::test]
async fn all_is_well_when_qq_refuses_nothing_but_the_code() {
    let site = TestSite::start().await;
    let report = examined(&site, &[]).await;
    assert!(report.ok, "{}", report.to_text());
    assert_eq!(report.to_text().matches('✓').count(), 2);
}

#[tokio::test]
async fn what_is_wrong_is_named_with_what_to_do() {
    let site = TestSite::start().await;
    for (change, words) in [
        (("QQ_APP_ID", "100000002"), "100008"),
        (("QQ_APP_KEY", "wrong-canary"), "set QQ_APP_KEY"),
        (("PUBLIC_URL", "http://localhost:1"), "http://localhost:1/login/qq/callback as a callback address"),
        (("QQ_APP_ID", ""), "QQ_APP_ID: is unset"),
        (("QQ_GRAPH_URL", "http://127.0.0.1:1"), "can reach http://127.0.0.1:1"),
    ] {
        let report = examined(&site, &[change]).await;
        assert!(!report.ok && report.to_text().contains(words), "{change:?}: {}", report.to_text());
        assert!(!report.to_json().contains("canary"), "no secret is repeated");
    }
    site.break_qq("token", "app_offline", 1).await;
    assert!(examined(&site, &[]).await.to_json().contains("\"ok\": false"));
}
