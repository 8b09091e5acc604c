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

/// Every variable that the configuration reads.
const VARIABLES: [&str; 34] = [
    "ALL_PROXY",
    "CONTACT_EMAIL",
    "DATABASE_URL",
    "EMAIL_TRUST",
    "HTTPS_PROXY",
    "ICP_NUMBER",
    "LEPTOS_SITE_ADDR",
    "LEPTOS_SITE_ROOT",
    "MAIL_FROM",
    "METRICS_ADDR",
    "NO_PROXY",
    "OPERATOR_NAME",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
    "PUBLIC_URL",
    "QQ_APP_ID",
    "QQ_APP_KEY",
    "QQ_GRAPH_URL",
    "QQ_SCOPE",
    "QQ_TIMEOUT_MS",
    "QQ_UNIONID",
    "RATE_LIMIT",
    "REGISTRATION",
    "SECRET_KEY",
    "SESSION_IDLE_SECS",
    "SESSION_MAX_SECS",
    "SITE_NAME",
    "SMTP_URL",
    "TERMS_URL",
    "TIME_ZONE",
    "TOKEN_NOTICE_DAYS",
    "TRUSTED_PROXIES",
    "all_proxy",
    "https_proxy",
];

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
        ("DATABASE_URL", "sqlite://:memory:"),
        ("DATABASE_URL", "sqlite://x.db?foo=bar"),
        ("DATABASE_URL", "postgres://app:S3CR#T@host:5432/x"),
        ("LEPTOS_SITE_ADDR", "0.0.0.0:3000"),
        ("LEPTOS_SITE_ADDR", "[::]:3000"),
        ("LEPTOS_SITE_ADDR", "192.0.2.1:3000"),
        ("REGISTRATION", "open"),
        ("EMAIL_TRUST", "yes"),
        ("SESSION_IDLE_SECS", "0"),
        ("SESSION_MAX_SECS", "-1"),
        ("SESSION_MAX_SECS", "0"),
        ("SESSION_MAX_SECS", "99999999999999999999"),
        ("SESSION_IDLE_SECS", "7776001"),
        ("TIME_ZONE", "Beijing"),
        ("TIME_ZONE", "CST-8"),
        ("TIME_ZONE", "../localtime"),
        ("TOKEN_NOTICE_DAYS", "0"),
        ("TRUSTED_PROXIES", "x"),
        ("RATE_LIMIT", "no"),
        ("RATE_LIMIT", "0"),
        ("RATE_LIMIT", "-1"),
        ("RATE_LIMIT", "99999999999"),
        ("QQ_TIMEOUT_MS", "0"),
        ("QQ_SCOPE", "a b"),
        ("QQ_SCOPE", "list_album"),
        ("QQ_SCOPE", "get_user_info2,xget_user_info"),
        ("QQ_UNIONID", "1"),
        ("SANDBOX_ADDR", "0.0.0.0:3010"),
        ("SANDBOX_CALLBACKS", "not an address"),
        ("SANDBOX_TOKEN_TTL", "0"),
        ("METRICS_ADDR", "9100"),
        ("METRICS_ADDR", "127.0.0.1:3000"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "127.0.0.1:4318"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "grpc://127.0.0.1:4317"),
        ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "/v1/traces"),
        ("SITE_NAME", "two\nlines"),
        ("SITE_NAME", "\u{3164}"),
        ("OPERATOR_NAME", "txt.\u{202e}exe"),
        ("CONTACT_EMAIL", "help at example.com"),
        ("ICP_NUMBER", "12345678"),
        ("TERMS_URL", "javascript:alert(1)"),
        ("TERMS_URL", "www.example.com/terms"),
        ("TERMS_URL", "https://user:password@www.example.com/terms"),
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
    for (variable, value) in [
        ("SECRET_KEY", "canary"),
        ("PUBLIC_URL", "https://a:canary@b"),
        ("DATABASE_URL", "canary"),
        ("QQ_APP_ID", "canary-app-key"),
        ("QQ_GRAPH_URL", "https://canary@graph.qq.com"),
        ("HTTPS_PROXY", "ftp://canary@127.0.0.1"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", "ftp://user:canary@127.0.0.1"),
    ] {
        let error = read(&[REAL[0], REAL[1], (variable, value)]).expect_err(variable).to_string();
        assert!(error.starts_with(&format!("{variable}: ")) && !error.contains("canary"), "{error}");
        assert_eq!(error.lines().count(), 1);
    }
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

#[test]
fn all_programs_that_start_at_once_use_the_same_new_key() {
    let folder = std::env::temp_dir().join(format!("qq-login-keys-{}", std::process::id()));
    for round in 0..20 {
        let source = SecretKeySource::File(folder.join(round.to_string()).join("qq-login.key"));
        let load = || source.load(&crate::random::system()).expect("a key");
        let keys: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(load)).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
        });
        let sealers: Vec<_> =
            keys.iter().map(|key| crate::sealing::Sealer::new(key, "test", crate::random::system())).collect();
        let message = sealers[0].seal(b"", b"same key").expect("sealed");
        assert!(sealers.iter().all(|sealer| sealer.open(b"", &message).is_some()), "round {round}");
    }
    std::fs::remove_dir_all(folder).expect("removed");
}

#[test]
fn value_that_is_not_utf8_is_rejected_whatever_the_variable() {
    for name in VARIABLES {
        let graph = ("QQ_GRAPH_URL", "https://graph.qq.com");
        let valid = [REAL[0], REAL[1], graph, KEY].into_iter();
        let valid = valid.chain((name == "NO_PROXY").then_some(("ALL_PROXY", "socks5://127.0.0.1:1")));
        let valid = valid.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec()));
        let variables = valid.chain([(name.to_owned(), b"closed\xa0".to_vec())]);
        let error = Config::read(&Environment::new(variables, |_| vec![])).expect_err(name);
        assert_eq!((error.variable, error.problem.as_str()), (name, "is not valid UTF-8"));
    }
}

#[test]
fn other_machines_may_connect_if_qq_is_real() {
    let config = read(&[REAL[0], REAL[1], KEY, ("LEPTOS_SITE_ADDR", "0.0.0.0:3000")]).expect("configuration");
    assert!(!config.listen_addr.ip().is_loopback());
}

#[test]
fn idle_lifetime_is_at_most_the_maximum() {
    for (variables, idle_secs) in [
        (&[][..], 1_209_600),
        (&[("SESSION_MAX_SECS", "3600")], 3600),
        (&[("SESSION_MAX_SECS", "3600"), ("SESSION_IDLE_SECS", "3600")], 3600),
    ] {
        assert_eq!(read(variables).expect("configuration").session_idle_secs, idle_secs, "{variables:?}");
    }
    let both = [("SESSION_MAX_SECS", "3600"), ("SESSION_IDLE_SECS", "3601")];
    assert_eq!(invalid_variable(&both), "SESSION_IDLE_SECS");
}

#[test]
fn key_file_is_beside_the_database_file() {
    for (url, key) in [
        ("sqlite:///d/my%20data/x.db", "/d/my data/qq-login.key"),
        ("sqlite://data/../x.db", "data/../qq-login.key"),
        ("sqlite://my data/x.db?mode=rw", "my data/qq-login.key"),
        ("sqlite://x.db", "qq-login.key"),
        ("postgres://user@host/name", "data/qq-login.key"),
    ] {
        let config = read(&[("DATABASE_URL", url)]).expect(url);
        assert!(matches!(config.secret_key, SecretKeySource::File(path) if path == std::path::Path::new(key)), "{url}");
    }
}

fn read_mail(url: &str, from: &str) -> Result<Config, ConfigError> {
    read(&[("SMTP_URL", url), ("MAIL_FROM", from)])
}

#[test]
fn mail_needs_a_server_with_tls_or_on_this_machine() {
    assert!(read(&[]).expect("configuration").mail.is_none());
    for url in [
        "smtps://smtp.example.com",
        "smtps://login%40example.com:p%23w@smtp.example.com:994/",
        "smtp://user:pw@smtp.example.com?tls=required",
        "smtp://localhost:2525",
        "smtp://user:pw@127.0.0.1",
        "smtp://www.mydomain.com",
        "sandbox",
    ] {
        let mail = read_mail(url, "登录 <login@example.com>").expect(url).mail.expect(url);
        assert_eq!(mail.from.to_string(), "登录 <login@example.com>", "{url}");
        assert_eq!(matches!(mail.server, crate::mail::MailServer::Sandbox), url == "sandbox");
    }
    for url in [
        "smtp://canary:canary@smtp.example.com",
        "smtp://canary:canary@smtp.example.com?tls=opportunistic",
        "smtp://canary:canary@mixed.example",
        "smtps://canary@smtp.example.com",
        "smtps://:canary@smtp.example.com",
        "smtps://u:canary@smtp.example.com?tls=required",
        "smtps://u:canary@smtp.example.com?canary",
        "smtps://u:canary@smtp.example.com/canary",
        "smtps://u:canary@smtp.example.com#canary",
        "smtps://u:can#ary@smtp.example.com",
        "smtps://u:canary%ff@smtp.example.com",
        "smtps://u:canary@",
        "smtps:canary",
        "https://canary",
        "canary",
    ] {
        let error = read_mail(url, "login@example.com").expect_err(url);
        assert_eq!(error.variable, "SMTP_URL", "{url}");
        assert!(!error.to_string().contains("canary"), "{error}");
    }
    for from in
        ["login", "login@", "a@example.com, b@example.com", "<login@example.com", "a@b.example\nBcc: x@y.example"]
    {
        assert_eq!(read_mail("smtp://localhost", from).expect_err(from).variable, "MAIL_FROM", "{from}");
    }
}

#[test]
fn mails_go_to_the_sandbox_only_if_it_is_used() {
    let mail = [("SMTP_URL", "sandbox"), ("MAIL_FROM", "login@example.com")];
    assert_eq!(invalid_variable(&[REAL[0], REAL[1], KEY, mail[0], mail[1]]), "SMTP_URL");
}

#[test]
fn proxy_comes_from_the_usual_variables() {
    let proxy = |variables: &[(&str, &str)]| {
        let config = read(&[&REAL[..], &[KEY], variables].concat()).expect("configuration");
        config.qq.proxy.map(|proxy| proxy.variable)
    };
    assert_eq!(proxy(&[]), None);
    assert_eq!(proxy(&[("HTTP_PROXY", "http://127.0.0.1:1")]), None);
    for value in ["socks5://127.0.0.1:1", "socks5h://a:b@proxy.example:1080", "http://127.0.0.1:1", "proxy.example:80"]
    {
        assert_eq!(proxy(&[("ALL_PROXY", value)]), Some("ALL_PROXY"), "{value}");
        assert_eq!(proxy(&[("ALL_PROXY", value), ("https_proxy", value)]), Some("https_proxy"), "{value}");
    }
    for value in ["ftp://canary@127.0.0.1", "socks5://", "socks6://127.0.0.1:1", "http://can ary"] {
        let error = read(&[REAL[0], REAL[1], KEY, ("ALL_PROXY", value)]).expect_err(value);
        assert_eq!(error.variable, "ALL_PROXY");
        assert!(!error.to_string().contains("canary"), "{error}");
    }
    // The sandbox is on this machine.
    assert!(read(&[("ALL_PROXY", "ftp://127.0.0.1")]).expect("configuration").qq.proxy.is_none());
}

#[test]
fn secrets_can_be_files() {
    let folder = std::env::temp_dir().join(format!("qq-login-secret-files-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let write = |name: &str, content: &[u8]| {
        let path = folder.join(name);
        std::fs::write(&path, content).expect("a file");
        path.display().to_string()
    };
    let key = write("key", format!("{}\n", KEY.1).as_bytes());
    let app_key = write("app-key", b" canary-app-key\r\n");
    let url = write("url", b"postgres://user:canary@host/name\n");
    let files = [("SECRET_KEY_FILE", &*key), ("QQ_APP_KEY_FILE", &app_key), ("DATABASE_URL_FILE", &url)];
    let config = read(&[&REAL[..1], &files].concat()).expect("configuration");
    assert!(matches!(config.secret_key, SecretKeySource::Configured(_)) && config.sandbox.is_none());
    assert_eq!(config.database_url.as_str(), "postgres://user:canary@host/name");

    let (missing, empty, binary) =
        (folder.join("none").display().to_string(), write("empty", b" \n"), write("bytes", b"\xff"));
    for path in [&missing, &empty, &binary] {
        assert_eq!(invalid_variable(&[REAL[0], KEY, ("QQ_APP_KEY_FILE", path)]), "QQ_APP_KEY_FILE", "{path}");
    }
    let both = read(&[REAL[0], REAL[1], ("SECRET_KEY", KEY.1), ("SECRET_KEY_FILE", &key)]).expect_err("both");
    assert_eq!(both.to_string(), "SECRET_KEY_FILE: is set, and SECRET_KEY as well; set one of them");
    std::fs::remove_dir_all(folder).expect("removed");
}

#[cfg(feature = "traces")]
#[test]
fn traces_go_to_the_collector_under_the_path_for_traces() {
    const ALL: &str = "OTEL_EXPORTER_OTLP_ENDPOINT";
    const TRACES: &str = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";
    let traces_url = |variables: &[_]| read(variables).expect("configuration").traces_url.map(String::from);
    assert_eq!(traces_url(&[]), None);
    for (variables, expected) in [
        (vec![(ALL, "http://127.0.0.1:4318")], "http://127.0.0.1:4318/v1/traces"),
        (vec![(ALL, "https://otel.example/a/")], "https://otel.example/a/v1/traces"),
        (vec![(ALL, "http://a"), (TRACES, "http://b/c")], "http://b/c"),
    ] {
        assert_eq!(traces_url(&variables).as_deref(), Some(expected));
    }
}
