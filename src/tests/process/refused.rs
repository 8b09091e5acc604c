//! A configuration that cannot be right: the program says so in one line and does not start.

use std::net::TcpListener;
use std::process::Command;

use crate::support::Home;

const KEY: (&str, &str) = ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=");
const APP: [(&str, &str); 2] = [("QQ_APP_ID", "100000001"), ("QQ_APP_KEY", "canary-app-key")];

/// Starts the program with these variables and no others. Gives its exit code and what it said.
fn start(home: &Home, variables: &[(&str, &str)]) -> (Option<i32>, String) {
    // Were the program to go on after all, it would find somebody on its port, and end otherwise.
    let somebody = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = somebody.local_addr().expect("an address").to_string();
    let mut command = Command::new(env!("CARGO_BIN_EXE_qq-login"));
    command.current_dir(home.data()).env_clear().env("LEPTOS_SITE_ADDR", taken).envs(variables.iter().copied());
    let output = command.output().expect("the program starts");
    assert!(output.stdout.is_empty(), "what is wrong is told on standard error");
    (output.status.code(), String::from_utf8(output.stderr).expect("text"))
}

/// Expects exit code 2 and one line that names the variable, and no more.
fn expect_refusal(home: &Home, variable: &str, variables: &[(&str, &str)]) {
    let (code, said) = start(home, variables);
    assert_eq!(code, Some(2), "{variables:?}: {said}");
    assert!(said.ends_with('\n') && said.lines().count() == 1, "{variables:?}: {said}");
    assert!(said.starts_with(&format!("qq-login: {variable}: ")), "{variables:?}: {said}");
    assert!(!said.contains(APP[1].1), "the app key is told to nobody");
    let left: Vec<_> = std::fs::read_dir(home.data()).expect("the folder").collect();
    assert!(left.is_empty(), "{variables:?}: nothing was begun: {left:?}");
}

#[test]
fn s26_a_bad_value_ends_the_program_with_one_line_that_names_the_variable() {
    let home = Home::new("refused");
    for (variable, value) in [
        ("QQ_GRAPH_URL", "http://graph.qq.com"),
        ("QQ_TIMEOUT_MS", "0"),
        ("SESSION_IDLE_SECS", "0"),
        ("SESSION_MAX_SECS", "-1"),
        ("LEPTOS_SITE_ADDR", "localhost"),
        ("SECRET_KEY", "c2hvcnQ="),
        ("REGISTRATION", "open"),
        ("DATABASE_URL", "mysql://localhost/site"),
        ("RUST_LOG", "loud=very"),
    ] {
        expect_refusal(&home, variable, &[APP[0], APP[1], (variable, value)]);
    }
    expect_refusal(&home, "QQ_APP_KEY", &APP[..1]);
}

#[test]
fn s72_plain_http_where_others_can_reach_the_site_ends_the_program() {
    let home = Home::new("refused-http");
    for address in ["http://site.invalid", "http://192.0.2.1"] {
        expect_refusal(&home, "PUBLIC_URL", &[APP[0], APP[1], KEY, ("PUBLIC_URL", address)]);
    }
    expect_refusal(&home, "SECRET_KEY", &[APP[0], APP[1], ("PUBLIC_URL", "https://www.example.com")]);
}
