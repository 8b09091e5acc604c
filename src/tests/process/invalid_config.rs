//! With an invalid setting, the program prints one line and does not start.

use std::ffi::OsStr;
use std::net::TcpListener;
use std::os::unix::ffi::OsStrExt;
use std::process::Command;

use crate::support::WorkDir;

const KEY: (&str, &str) = ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
const APP: [(&str, &str); 2] = [("QQ_APP_ID", "100000001"), ("QQ_APP_KEY", "canary-app-key")];

/// Runs the program with only these variables. Returns its exit code and its standard error.
fn run_program<V: AsRef<OsStr>>(work_dir: &WorkDir, variables: &[(&str, V)]) -> (Option<i32>, String) {
    // If the program started in spite of the error, it would fail to bind this port and end.
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = listener.local_addr().expect("an address").to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_qq-login"));
    command.current_dir(work_dir.data_dir()).env_clear();
    command.env("LEPTOS_SITE_ADDR", taken).envs(variables.iter().map(|(name, value)| (name, value)));
    let output = command.output().expect("the program starts");
    assert!(output.stdout.is_empty(), "errors belong on standard error");
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

/// Expects exit code 2, one line that names the variable, and no files.
fn expect_rejected(work_dir: &WorkDir, variable: &str, variables: &[(&str, &str)]) {
    let (code, stderr) = run_program(work_dir, variables);
    assert_eq!(code, Some(2), "{variables:?}: {stderr}");
    assert!(stderr.ends_with('\n') && stderr.lines().count() == 1, "{variables:?}: {stderr}");
    assert!(stderr.starts_with(&format!("qq-login: {variable}: ")), "{variables:?}: {stderr}");
    assert!(!stderr.contains(APP[1].1), "the message contains the app key");
    let files: Vec<_> = std::fs::read_dir(work_dir.data_dir()).expect("the directory").collect();
    assert!(files.is_empty(), "{variables:?}: files were created: {files:?}");
}

#[test]
fn s26_invalid_value_ends_program_with_one_line_that_names_variable() {
    let work_dir = WorkDir::new("invalid-config");
    for (variable, value) in [
        ("QQ_GRAPH_URL", "http://graph.qq.com"),
        ("QQ_TIMEOUT_MS", "0"),
        ("SESSION_IDLE_SECS", "0"),
        ("SESSION_MAX_SECS", "-1"),
        ("LEPTOS_SITE_ADDR", "localhost"),
        ("SECRET_KEY", "c2hvcnQ="),
        ("REGISTRATION", "open"),
        ("DATABASE_URL", "mysql://localhost/site"),
        ("DATABASE_URL", "sqlite://:memory:"),
        ("DATABASE_URL", "sqlite://x.db?foo=bar"),
        ("DATABASE_URL", "postgres://app:canary-app-key#T@host:5432/x"),
        ("DATABASE_URL", "postgres://app:12/S?canary-app-key@127.0.0.1/qq"),
        ("QQ_SCOPE", "list_album"),
        ("TIME_ZONE", "Asia/Peking"),
        ("RUST_LOG", "loud=very"),
    ] {
        expect_rejected(&work_dir, variable, &[APP[0], APP[1], (variable, value)]);
    }
    expect_rejected(&work_dir, "QQ_APP_KEY", &APP[..1]);
}

#[test]
fn s72_public_url_with_plain_http_ends_program() {
    let work_dir = WorkDir::new("plain-http");
    for url in ["http://site.invalid", "http://192.0.2.1"] {
        expect_rejected(&work_dir, "PUBLIC_URL", &[APP[0], APP[1], KEY, ("PUBLIC_URL", url)]);
    }
    expect_rejected(&work_dir, "SECRET_KEY", &[APP[0], APP[1], ("PUBLIC_URL", "https://www.example.com")]);
}

#[test]
fn value_that_is_not_utf8_ends_program() {
    let work_dir = WorkDir::new("not-utf8");
    let value = OsStr::from_bytes(b"closed\xa0");
    for variable in ["REGISTRATION", "PUBLIC_URL", "SECRET_KEY", "DATABASE_URL", "QQ_APP_ID", "RUST_LOG", "LOG_FORMAT"]
    {
        let (code, stderr) = run_program(&work_dir, &[(variable, value)]);
        assert_eq!(code, Some(2), "{variable}: {stderr}");
        assert!(stderr.starts_with(&format!("qq-login: {variable}: is not valid UTF-8")), "{stderr}");
        std::fs::write(work_dir.data_dir().join(".env"), [variable.as_bytes(), b"=closed\xa0"].concat())
            .expect("a file");
        let (code, stderr) = run_program::<&str>(&work_dir, &[]);
        assert_eq!(code, Some(2), "{variable}: {stderr}");
        assert!(stderr.starts_with(&format!("qq-login: {variable}: is not valid UTF-8")), "{stderr}");
        std::fs::remove_file(work_dir.data_dir().join(".env")).expect("a file");
    }
}

#[test]
fn values_in_env_file_are_literal() {
    let work_dir = WorkDir::new("env-file");
    let path = r"a$b${HOME}\c.db";
    for quote in ["", "'", "\""] {
        let line = format!("DATABASE_URL={quote}sqlite://{path}{quote}\n");
        std::fs::write(work_dir.data_dir().join(".env"), line).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_qq-login"));
        let output = command.arg("doctor").current_dir(work_dir.data_dir()).env_clear().output().expect("a report");
        let report = String::from_utf8(output.stdout).expect("text");
        assert!(output.status.success() && report.contains(path), "{report}");
    }
    std::fs::write(work_dir.data_dir().join(".env"), "QQ_APP_KEY='canary-app-key").expect("a file");
    let (code, stderr) = run_program::<&str>(&work_dir, &[]);
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.contains(".env: line 1 has no closing quote") && !stderr.contains(APP[1].1), "{stderr}");
}

#[test]
fn variable_that_has_no_effect_in_env_file_ends_program() {
    let work_dir = WorkDir::new("env-file-otel");
    std::fs::write(work_dir.data_dir().join(".env"), "OTEL_EXPORTER_OTLP_HEADERS=canary\n").expect("a file");
    let (code, stderr) = run_program::<&str>(&work_dir, &[]);
    assert_eq!(code, Some(2), "{stderr}");
    assert!(stderr.starts_with("qq-login: .env: OTEL_EXPORTER_OTLP_HEADERS has no effect"), "{stderr}");
    assert!(!stderr.contains("canary"), "{stderr}");
}
