//! Whatever cookies a browser sends: the whole site answers, nobody is signed in by them, nothing breaks.
//! The first byte of the input chooses the page, the rest is the header.

#![no_main]

use std::sync::{Arc, OnceLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderValue, Request, StatusCode};
use libfuzzer_sys::fuzz_target;
use qq_login::config::{Config, Environment};
use qq_login::random;
use qq_login::server::Application;
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

const PAGES: [&str; 5] =
    ["/", "/account", "/register", "/login/qq?next=%2Faccount", "/login/qq/callback?code=CODE&state=STATE"];

static SITE: OnceLock<(Runtime, Router)> = OnceLock::new();

fuzz_target!(|input: (u8, &[u8])| {
    let (choice, cookies) = input;
    let Ok(cookies) = HeaderValue::from_bytes(cookies) else { return };
    let page = PAGES[usize::from(choice) % PAGES.len()];
    let (runtime, router) = SITE.get_or_init(start);
    let request = Request::get(page).header("host", "127.0.0.1").header("cookie", cookies);
    let request = request.body(Body::empty()).expect("a request");
    let answer = runtime.block_on(router.clone().oneshot(request)).expect("an answer");
    let location = answer.headers().get("location").map(|it| it.to_str().expect("visible text"));
    match page {
        "/" => assert_eq!(answer.status(), StatusCode::OK),
        "/account" | "/register" => assert!(location.is_some_and(|it| it.starts_with("/login"))),
        "/login/qq?next=%2Faccount" => assert!(location.is_some_and(|it| it.contains("/oauth2.0/authorize?"))),
        _ => assert_eq!(location, Some("/login?error=expired")),
    }
});

/// A site with a database of its own. Nobody has an account there.
fn start() -> (Runtime, Router) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let folder = std::env::temp_dir().join(format!("qq-login-fuzz-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let variables = [
        ("PUBLIC_URL", "http://127.0.0.1".to_owned()),
        ("DATABASE_URL", format!("sqlite://{}/fuzz.db", folder.display())),
        ("SECRET_KEY", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=".to_owned()),
        ("QQ_APP_ID", "100000001".to_owned()),
        ("QQ_APP_KEY", "nobody-is-asked".to_owned()),
        ("QQ_GRAPH_URL", "http://127.0.0.1:9".to_owned()),
        ("RATE_LIMIT", "off".to_owned()),
    ];
    let variables = variables.map(|(name, value)| (name.to_owned(), value));
    let config = Config::read(&Environment::new(variables, |_| vec![])).expect("a configuration");
    let clock: qq_login::clock::Clock = Arc::new(|| 1_800_000_000);
    let application = runtime.block_on(Application::build(&config, clock, random::system())).expect("a site");
    (runtime, application.into_router())
}
