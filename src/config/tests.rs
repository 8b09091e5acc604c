use std::net::{IpAddr, Ipv4Addr};

use super::*;

fn environment(variables: &[(&str, &str)]) -> Environment {
    let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Environment::new(variables, |host| match host {
        "www.mydomain.com" => vec![IpAddr::V4(Ipv4Addr::LOCALHOST)],
        "mixed.example" => vec![IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1))],
        _ => vec![],
    })
}

fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::read(&environment(variables))
}

fn invalid_variable(variables: &[(&str, &str)]) -> &'static str {
    read(variables).expect_err("invalid configuration").variable
}

const REAL: [(&str, &str); 2] = [("QQ_APP_ID", "100000001"), ("QQ_APP_KEY", "canary-app-key")];
const KEY: (&str, &str) = ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");

#[test]
fn empty_environment_uses_the_sandbox() {
    let config = read(&[]).expect("defaults");
    assert_eq!(config.public_url.origin(), "http://localhost:3000");
    assert_eq!(config.qq.graph_url.as_str(), "http://127.0.0.1:3010/");
    let sandbox = config.sandbox.expect("sandbox").settings;
    assert_eq!(sandbox.callbacks, ["http://localhost:3000/login/qq/callback"]);
    assert_eq!(config.qq.app_id, sandbox.app_id);
    assert_eq!(config.registration, Registration::Form);
    assert!(matches!(config.secret_key, SecretKeySource::File(path) if path.ends_with("data/qq-login.key")));
}

#[test]
fn credentials_select_qq() {
    let config = read(&REAL).expect("configuration");
    assert_eq!(config.qq.graph_url.as_str(), "https://graph.qq.com/");
    assert!(config.sandbox.is_none());
}

#[test]
fn s32_debug_hides_passwords_and_keys() {
    let url = ("DATABASE_URL", "postgres://site:CANARY1@db.example/site");
    let config = read(&[url, ("QQ_APP_ID", "1"), ("QQ_APP_KEY", "CANARY2"), KEY]).expect("configuration");
    let shown = format!("{config:?}");
    assert!(!shown.contains("CANARY") && !shown.contains(KEY.1), "{shown}");
}

#[test]
fn incomplete_credentials_are_rejected() {
    assert_eq!(invalid_variable(&REAL[..1]), "QQ_APP_KEY");
    assert_eq!(invalid_variable(&REAL[1..]), "QQ_APP_ID");
    assert_eq!(invalid_variable(&[("QQ_GRAPH_URL", "https://graph.qq.com")]), "QQ_GRAPH_URL");
}

#[test]
fn sandbox_is_rejected_with_a_public_url() {
    assert_eq!(invalid_variable(&[("PUBLIC_URL", "https://www.example.com"), KEY]), "QQ_APP_ID");
}

#[test]
fn s72_http_is_accepted_only_for_loopback_hosts() {
    for good in [
        "http://localhost",
        "http://localhost:8080/",
        "http://a.localhost:1",
        "http://127.0.0.1:3000",
        "http://127.9.9.9",
        "http://[::1]:3000",
        "http://www.mydomain.com",
    ] {
        let config = read(&[("PUBLIC_URL", good)]).expect(good);
        assert_eq!(config.public_url.origin(), good.trim_end_matches('/'));
        assert!(!config.public_url.is_https());
    }
    for bad in [
        "http://www.example.com",
        "http://mixed.example",
        "http://192.0.2.1",
        "https://a.example/path",
        "https://a.example/?q",
        "https://user:pw@a.example",
        "ftp://localhost",
        "localhost:3000",
        "https://",
    ] {
        assert_eq!(invalid_variable(&[("PUBLIC_URL", bad), REAL[0], REAL[1], KEY]), "PUBLIC_URL", "{bad}");
    }
}

#[test]
fn public_site_needs_a_secret_key() {
    let public = ("PUBLIC_URL", "https://www.example.com/");
    assert_eq!(invalid_variable(&[public, REAL[0], REAL[1]]), "SECRET_KEY");
    let config = read(&[public, REAL[0], REAL[1], KEY]).expect("configuration");
    assert_eq!(config.public_url.authority(), "www.example.com");
    assert!(config.public_url.is_https());
}

#[test]
fn s26_invalid_value_is_reported_with_its_variable() {
    for (variable, value) in [
        ("LEPTOS_SITE_ADDR", "localhost"),
        ("SECRET_KEY", "c2hvcnQ="),
        ("SECRET_KEY", "no base64!"),
        ("DATABASE_URL", "mysql://x"),
        ("DATABASE_URL", "sqlite://"),
        ("REGISTRATION", "open"),
        ("EMAIL_TRUST", "yes"),
        ("SESSION_IDLE_SECS", "0"),
        ("SESSION_MAX_SECS", "-1"),
        ("SESSION_MAX_SECS", "99999999999999999999"),
        ("TRUSTED_PROXIES", "x"),
        ("RATE_LIMIT", "no"),
        ("RATE_LIMIT", "0"),
        ("RATE_LIMIT", "-1"),
        ("RATE_LIMIT", "99999999999"),
        ("QQ_TIMEOUT_MS", "0"),
        ("QQ_SCOPE", "a b"),
        ("QQ_UNIONID", "1"),
        ("SANDBOX_ADDR", "0.0.0.0:3010"),
        ("SANDBOX_CALLBACKS", "not an address"),
        ("SANDBOX_TOKEN_TTL", "0"),
        ("METRICS_ADDR", "127.0.0.1:1"),
    ] {
        assert_eq!(invalid_variable(&[(variable, value)]), variable, "{value}");
    }
    assert_eq!(invalid_variable(&[("SMTP_URL", "smtp://localhost")]), "MAIL_FROM");
    assert_eq!(invalid_variable(&[("MAIL_FROM", "a@b.example")]), "SMTP_URL");
    assert_eq!(invalid_variable(&[REAL[0], REAL[1], ("QQ_GRAPH_URL", "http://graph.qq.com")]), "QQ_GRAPH_URL");
}

#[test]
fn errors_and_debug_contain_no_secret() {
    let config = read(&[REAL[0], REAL[1], ("SECRET_KEY", KEY.1)]).expect("configuration");
    let shown = format!("{config:?}");
    assert!(!shown.contains("canary") && !shown.contains("MDEy") && !shown.contains("[48, 49"), "{shown}");
    let error = read(&[("SECRET_KEY", "canary")]).expect_err("too short").to_string();
    assert!(error.starts_with("SECRET_KEY: ") && !error.contains("canary"), "{error}");
    assert_eq!(error.lines().count(), 1);
}

#[test]
fn key_file_is_created_once_and_private() {
    let folder = std::env::temp_dir().join(format!("qq-login-key-{}", std::process::id()));
    let source = SecretKeySource::File(folder.join("nested/qq-login.key"));
    let sealed = |key| crate::sealing::Sealer::new(&key, "test", crate::random::system());
    let first = sealed(source.load(&crate::random::system()).expect("created"));
    let second = sealed(source.load(&crate::random::system()).expect("loaded"));
    let message = first.seal(b"", b"same key").expect("sealed");
    assert_eq!(second.open(b"", &message).as_deref(), Some(b"same key".as_slice()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(folder.join("nested/qq-login.key")).expect("file").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    std::fs::remove_dir_all(folder).expect("removed");
}
