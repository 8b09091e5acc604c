//! The doctor with the real QQ, for which the sandbox stands in unrecognised here.

use tokio::net::TcpListener;

use super::consultation::Consultation;
use super::qq_itself::{self, QqFindings};
use super::report::{Finding, Status};
use crate::clock;
use crate::config::{Config, Environment};
use crate::language::Lang;
use crate::qq::Client;
use crate::sandbox::{self, SandboxSettings};

/// What the doctor finds at a QQ whose app has this key and whose authorize address has this
/// fault, and what it asked.
async fn findings(app_key: &str, fault: Option<&str>) -> (QqFindings, Vec<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let qq = format!("http://{}", listener.local_addr().expect("an address"));
    let settings = SandboxSettings {
        app_id: "100000001".to_owned(),
        app_key: app_key.to_owned(),
        callbacks: vec!["http://localhost:3000/login/qq/callback".to_owned()],
        token_ttl_secs: 60,
    };
    tokio::spawn(sandbox::serve(listener, sandbox::router(settings, clock::system()), std::future::pending()));
    let variables = [("QQ_APP_ID", "100000001"), ("QQ_APP_KEY", "canary"), ("QQ_GRAPH_URL", qq.as_str())];
    let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let config = Config::read(&Environment::new(variables, |_| vec![])).expect("a configuration");
    let client = Client::new(config.qq.clone()).expect("a client");
    if let Some(fault) = fault {
        let plan = http().put(format!("{qq}/sandbox/faults/authorize")).body(format!(r#"{{"fault": "{fault}"}}"#));
        assert!(plan.send().await.expect("an answer").status().is_success(), "{fault}");
    }
    let clock = clock::system();
    let consultation =
        Consultation { config: &config, client: &client, clock: &clock, lang: Lang::En, is_stand_in: false };
    let findings = qq_itself::examine(&consultation).await;
    (findings, asked(&qq).await)
}

fn http() -> reqwest::Client {
    // Asked for by the client even where nothing is encrypted. A second call finds it done.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

async fn asked(qq: &str) -> Vec<String> {
    let journal = http().get(format!("{qq}/sandbox/requests")).send().await.expect("the journal");
    let journal: serde_json::Value = serde_json::from_slice(&journal.bytes().await.expect("a body")).expect("JSON");
    journal.as_array().expect("a list").iter().map(ToString::to_string).collect()
}

fn is_good(finding: &Finding) -> bool {
    finding.status == Status::Ok
}

#[tokio::test]
async fn the_real_qq_is_asked_nothing_about_a_person() {
    let (findings, asked) = findings("canary", None).await;
    let QqFindings { clock, dns_and_tls, app, callback, identity, profile, renewal } = findings;
    for finding in [&clock, &dns_and_tls, &app, &callback, &identity, &profile, &renewal] {
        assert!(is_good(finding), "{finding:?}");
    }
    assert!(callback.detail.starts_with("QQ accepts") && app.detail.contains("made-up code"));
    assert!(identity.detail.contains("made-up token") && renewal.detail.contains("not checked"));
    assert_eq!(asked.len(), 3, "{asked:?}");
    for (request, endpoint) in asked.iter().zip(["authorize", "token", "me"]) {
        assert!(request.contains(&format!("\"endpoint\":\"{endpoint}\"")), "{request}");
        assert!(!request.contains("sandbox_user"), "{request}");
    }
}

#[tokio::test]
async fn the_real_qq_tells_a_wrong_key_from_a_wrong_code() {
    let (findings, _) = findings("another", None).await;
    assert_eq!((findings.app.status, findings.app.code), (Status::Error, Some(100_009)));
    assert!(is_good(&findings.callback) && is_good(&findings.identity));
}

#[tokio::test]
async fn what_page_the_real_qq_shows_is_its_own_affair() {
    for (fault, status, code) in [
        ("html", Status::Warning, None),
        ("huge", Status::Warning, None),
        ("truncated", Status::Warning, None),
        ("redirect", Status::Warning, None),
        ("empty", Status::Error, None),
        ("http_500", Status::Error, None),
        ("app_unapproved", Status::Error, Some(110_406)),
    ] {
        let (findings, _) = findings("canary", Some(fault)).await;
        let callback = &findings.callback;
        assert_eq!((callback.status, callback.code), (status, code), "{fault}: {callback:?}");
        assert!(is_good(&findings.app) && is_good(&findings.dns_and_tls), "{fault}");
    }
}
