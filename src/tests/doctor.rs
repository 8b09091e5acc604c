//! The `doctor` command.

mod at_qq;
mod in_the_log;
mod mail;
mod on_this_machine;

use std::path::PathBuf;

use qq_login::clock;
use qq_login::config::Environment;
use qq_login::doctor::{self, Check, CheckName, Report, Status};

use crate::support::TestSite;

/// The environment of the site under test, with changes. An empty value unsets a variable.
fn variables(site: &TestSite, changes: &[(&str, &str)]) -> Vec<(String, String)> {
    let mut variables = vec![
        ("PUBLIC_URL", format!("http://127.0.0.1:{}", site.port)),
        ("DATABASE_URL", site.database_url.clone()),
        ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
        ("QQ_APP_ID", "100000001".to_owned()),
        ("QQ_APP_KEY", "canary-app-key".to_owned()),
        ("QQ_GRAPH_URL", site.qq_url.clone()),
    ];
    for (name, value) in changes {
        variables.retain(|(existing, _)| existing != name);
        variables.push((name, (*value).to_owned()));
    }
    variables.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

pub(crate) async fn run(site: &TestSite, changes: &[(&str, &str)]) -> Report {
    doctor::run(&Environment::new(variables(site, changes), |_| vec![]), &clock::system()).await
}

fn check(report: &Report, name: CheckName) -> &Check {
    report.checks.iter().find(|check| check.name == name).expect("every check is in the report")
}

/// Returns the status of a check, and its detail and advice.
pub(crate) fn result(report: &Report, name: CheckName) -> (Status, String) {
    let check = check(report, name);
    (check.status, format!("{} | {}", check.detail, check.advice.as_deref().unwrap_or_default()))
}

/// Except that the tests' PostgreSQL server is fast instead of durable.
fn has_nothing_to_fix(check: &Check) -> bool {
    check.status == Status::Ok || check.detail.ends_with("(fsync, full_page_writes = off)")
}

/// Creates a folder for one test.
fn create_folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("qq-login-doctor-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

#[tokio::test]
async fn valid_setup_passes_in_both_languages() {
    let site = TestSite::start().await;
    for (language, is_chinese) in [("en_GB.UTF-8", false), ("zh_CN.UTF-8", true)] {
        let report = run(&site, &[("LANG", language)]).await;
        let text = report.to_text();
        // The tests' PostgreSQL server is fast instead of durable: a warning and its advice.
        let is_about_server = |line: &&str| line.contains("full_page_writes") || line.contains("postgresql.conf");
        let (server, lines): (Vec<_>, Vec<_>) = text.lines().partition(is_about_server);
        assert_eq!(server.len(), if site.database_file().is_some() { 0 } else { 2 }, "{text}");
        assert!(report.ok && lines.len() + server.len() / 2 == 12, "{text}");
        for line in lines {
            assert!(line.starts_with("✓ "), "{line}");
            let has_chinese = line.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
            assert_eq!(has_chinese, is_chinese, "{line}");
        }
        assert!(report.checks.iter().map(|check| check.name).eq(CheckName::ALL));
        let advised = report.checks.iter().filter(|check| check.advice.is_some()).count();
        assert_eq!(advised, server.len() / 2);
        assert!(report.checks.iter().all(|check| check.ok && check.code.is_none()));
    }
}

/// The names that scripts rely on, in order.
const NAMES: [&str; 12] = [
    "configuration",
    "database",
    "secret_key",
    "clock",
    "dns_and_tls",
    "app",
    "callback",
    "identity",
    "profile",
    "renewal",
    "public_url",
    "mail",
];

#[tokio::test]
async fn json_has_fixed_names_and_the_texts_of_the_text_report() {
    let site = TestSite::start().await;
    let report = run(&site, &[("QQ_APP_KEY", "wrong")]).await;
    let json: serde_json::Value = serde_json::from_str(&report.to_json()).expect("JSON");
    assert_eq!(json["ok"], false);
    let checks = json["checks"].as_array().expect("a list");
    let names: Vec<&str> = checks.iter().filter_map(|check| check["name"].as_str()).collect();
    assert_eq!(names, NAMES);
    let app = checks.iter().find(|check| check["name"] == "app").expect("the app");
    assert_eq!((&app["status"], &app["ok"], &app["code"]), (&"error".into(), &false.into(), &100_009.into()));
    let advice = app["advice"].as_str().expect("advice");
    let lines = format!("✗ App ID and key: {}\n  → {advice}\n", app["detail"].as_str().expect("a detail"));
    assert!(report.to_text().contains(&lines) && advice.contains("QQ_APP_KEY"), "{}", report.to_text());
    let mail = checks.last().expect("the last");
    assert_eq!((&mail["name"], &mail["status"]), (&"mail".into(), &"ok".into()));
    assert!(mail.get("advice").is_none() && mail.get("code").is_none());
}

#[tokio::test]
async fn invalid_configuration_fails_and_skips_the_other_checks() {
    let site = TestSite::start().await;
    for (change, words) in [
        (("QQ_APP_ID", ""), "QQ_APP_ID is not set, but QQ_APP_KEY is"),
        (("SECRET_KEY", "canary"), "SECRET_KEY is not 32 bytes in base64"),
        (("SMTP_URL", "smtp://user:canary@localhost"), "MAIL_FROM is not set"),
        (("DATABASE_URL", "canary://x:canary@y/z"), "DATABASE_URL is not a database URL"),
        (("DATABASE_URL", "postgres://app:12/canary?canary@127.0.0.1/qq"), "DATABASE_URL has a special character"),
        (("DATABASE_URL", "postgres://app:canary#x@127.0.0.1/qq"), "DATABASE_URL is not a valid URL"),
        (("DATABASE_URL", "sqlite://x.db?canary=1"), "DATABASE_URL has an unknown parameter"),
        (("QQ_GRAPH_URL", "https://canary@graph.qq.com"), "QQ_GRAPH_URL has more than"),
    ] {
        for language in ["en", "zh"] {
            let report = run(&site, &[change, ("LANG", language)]).await;
            let (status, text) = result(&report, CheckName::Configuration);
            assert_eq!(status, Status::Error, "{text}");
            assert!(language == "zh" || text.contains(words), "{text}");
            assert!(text.contains(change.0) || text.contains("MAIL_FROM"), "{text}");
            assert!(!report.ok && report.checks.len() == 12);
            for check in report.checks.iter().skip(1) {
                assert!(check.detail.starts_with(if language == "en" { "not checked" } else { "未检查" }));
            }
            assert!(!report.to_json().contains("canary") && !report.to_text().contains("canary"), "{text}");
        }
    }
    let report = doctor::report_startup_error(
        &Environment::new(Vec::<(String, String)>::new(), |_| vec![]),
        ".env: a line cannot be read",
    );
    assert!(!report.ok && result(&report, CheckName::Configuration).1.contains(".env"));
}

#[tokio::test]
async fn report_contains_no_secret() {
    let site = TestSite::start().await;
    let postgres = "postgres://site:canary-password@127.0.0.1:1/site?sslmode=disable";
    for changes in [
        &[("QQ_APP_KEY", "canary-wrong")][..],
        &[("QQ_GRAPH_URL", "http://127.0.0.1:1")],
        &[("DATABASE_URL", postgres)],
        &[("PUBLIC_URL", "http://localhost:1")],
        &[("QQ_APP_ID", "1"), ("LANG", "zh")],
    ] {
        let report = run(&site, changes).await;
        let all = report.to_text() + &report.to_json();
        assert!(!report.ok && !all.contains("canary") && !all.contains("MDEyMzQ1"), "{all}");
    }
    let report = run(&site, &[]).await;
    // The sandbox's codes, tokens and openids are 32 hexadecimal digits.
    let is_hex = |word: &str| word.len() >= 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let all = report.to_text() + &report.to_json();
    assert!(!all.contains("canary") && !all.split(|c: char| !c.is_ascii_alphanumeric()).any(is_hex), "{all}");
}
