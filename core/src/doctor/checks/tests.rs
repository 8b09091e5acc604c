//! Runs the QQ checks against the sandbox, treated as the real QQ.

use tokio::net::TcpListener;

use super::qq;
use crate::clock;
use crate::config::{Config, Environment};
use crate::doctor::context::Context;
use crate::doctor::finding::{Finding, Findings};
use crate::doctor::i18n::ENGLISH;
use crate::doctor::report::{CheckName, Status};
use crate::qq::Client;
use crate::sandbox::{self, SandboxSettings};

/// Returns the findings and the requests that the sandbox received. Its app has `app_key`, and its
/// authorize endpoint has `fault`.
async fn check_qq(app_key: &str, fault: Option<&str>) -> (Findings, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let qq_url = format!("http://{}", listener.local_addr().expect("an address"));
    let settings = SandboxSettings {
        app_id: "100000001".to_owned(),
        app_key: app_key.to_owned(),
        callbacks: vec!["http://localhost:3000/login/qq/callback".to_owned()],
        token_ttl_secs: 60,
    };
    tokio::spawn(sandbox::serve(listener, sandbox::router(settings, clock::system()), std::future::pending()));
    let variables = [("QQ_APP_ID", "100000001"), ("QQ_APP_KEY", "canary"), ("QQ_GRAPH_URL", qq_url.as_str())];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::read(&Environment::new(variables, |_| vec![])).expect("a configuration");
    let client = Client::new(config.qq.clone()).expect("a client");
    if let Some(fault) = fault {
        let plan = http().put(format!("{qq_url}/sandbox/faults/authorize")).body(format!(r#"{{"fault": "{fault}"}}"#));
        assert!(plan.send().await.expect("a response").status().is_success(), "{fault}");
    }
    let clock = clock::system();
    let context = Context { config: &config, client: &client, clock: &clock, messages: ENGLISH, is_sandbox: false };
    let findings = qq::run(&context).await;
    (findings, received_requests(&qq_url).await)
}

fn http() -> reqwest::Client {
    // reqwest requires a provider even for plain http. Only the first call installs it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

async fn received_requests(qq_url: &str) -> Vec<String> {
    let response = http().get(format!("{qq_url}/sandbox/requests")).send().await.expect("a response");
    let requests: serde_json::Value = serde_json::from_slice(&response.bytes().await.expect("a body")).expect("JSON");
    requests.as_array().expect("a list").iter().map(ToString::to_string).collect()
}

fn is_ok(finding: &Finding) -> bool {
    finding.status == Status::Ok
}

#[tokio::test]
async fn real_qq_gets_three_requests_and_none_about_a_user() {
    let (findings, requests) = check_qq("canary", None).await;
    assert_eq!(findings.len(), 7);
    for (name, finding) in &findings {
        assert!(is_ok(finding), "{name:?}: {finding:?}");
    }
    assert!(findings[&CheckName::Callback].detail.starts_with("QQ accepts"));
    assert!(findings[&CheckName::App].detail.contains("dummy code"));
    assert!(findings[&CheckName::Identity].detail.contains("dummy token"));
    assert!(findings[&CheckName::Renewal].detail.contains("not checked"));
    assert_eq!(requests.len(), 3, "{requests:?}");
    for (request, endpoint) in requests.iter().zip(["authorize", "token", "me"]) {
        assert!(request.contains(&format!("\"endpoint\":\"{endpoint}\"")), "{request}");
        assert!(!request.contains("sandbox_user"), "{request}");
    }
}

#[tokio::test]
async fn wrong_key_differs_from_rejected_dummy_code() {
    let (findings, _) = check_qq("another", None).await;
    let app = &findings[&CheckName::App];
    assert_eq!((app.status, app.code), (Status::Error, Some(100_009)));
    assert!(is_ok(&findings[&CheckName::Callback]) && is_ok(&findings[&CheckName::Identity]));
}

#[tokio::test]
async fn unknown_page_of_real_qq_is_a_warning() {
    for (fault, status, code) in [
        ("html", Status::Warning, None),
        ("huge", Status::Warning, None),
        ("truncated", Status::Warning, None),
        ("redirect", Status::Warning, None),
        ("empty", Status::Error, None),
        ("http_500", Status::Error, None),
        ("app_unapproved", Status::Error, Some(110_406)),
    ] {
        let (findings, _) = check_qq("canary", Some(fault)).await;
        let callback = &findings[&CheckName::Callback];
        assert_eq!((callback.status, callback.code), (status, code), "{fault}: {callback:?}");
        assert!(is_ok(&findings[&CheckName::App]) && is_ok(&findings[&CheckName::DnsAndTls]), "{fault}");
    }
}
