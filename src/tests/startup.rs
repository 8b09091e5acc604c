//! Warnings at startup.

use std::future::ready;

use qq_login::clock;
use qq_login::config::{Config, Environment};
use qq_login::random;
use qq_login::server;

use crate::support::{Log, TestSite};

/// Starts and stops the server with these variables. Returns its warnings.
async fn warnings(site: &TestSite, variables: &[(&str, &str)]) -> Vec<String> {
    let common = [
        ("LEPTOS_SITE_ADDR", "127.0.0.1:0"),
        ("SANDBOX_ADDR", "127.0.0.1:0"),
        ("DATABASE_URL", site.database_url.as_str()),
        ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="),
    ];
    let variables = common.iter().chain(variables).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let config = Config::read(&Environment::new(variables, |_| vec![])).expect("a configuration");
    let log = Log::default();
    let _capture = log.capture();
    server::run(config, clock::system(), random::system(), ready(())).await.expect("a clean run");
    let text = log.text();
    let server_lines = text.lines().filter(|line| line.contains(r#""target":"qq_login::server""#));
    server_lines.filter(|line| line.contains(r#""level":"WARN""#)).map(str::to_owned).collect()
}

#[tokio::test]
async fn s26_unofficial_qq_url_logs_a_warning() {
    let site = TestSite::start().await;
    let credentials = [("QQ_APP_ID", "100000001"), ("QQ_APP_KEY", "canary-app-key")];
    for (url, has_warning) in [
        ("https://qq.example", true),
        ("https://graph.qq.com.example", true),
        ("https://graph.qq.com:8443", true),
        ("https://graph.qq.com/elsewhere", true),
        ("http://127.0.0.1:9", true),
        ("https://graph.qq.com", false),
        ("https://graph.qq.com:443/", false),
    ] {
        let [id, key] = credentials;
        let warnings = warnings(&site, &[id, key, ("QQ_GRAPH_URL", url)]).await;
        assert_eq!(warnings.len(), usize::from(has_warning), "{url}: {warnings:?}");
        assert!(warnings.iter().all(|line| line.contains(url) && !line.contains("canary")), "{url}: {warnings:?}");
    }
    assert_eq!(warnings(&site, &credentials).await, Vec::<String>::new());
    let sandbox_warnings = warnings(&site, &[]).await;
    assert!(matches!(&sandbox_warnings[..], [line] if line.contains("QQ sandbox")), "{sandbox_warnings:?}");
}
