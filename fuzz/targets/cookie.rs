//! Cookie headers, against the whole site: only cookies that the site has set are accepted.
//! The first byte of the input selects the page, the rest is the header.

#![no_main]

mod signed_in_site;

use std::sync::OnceLock;

use axum::http::{HeaderValue, StatusCode};
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode;
use signed_in_site::Site;

static SITE: OnceLock<Site> = OnceLock::new();

fuzz_target!(
    init: start(),
    |input: (u8, &[u8])| {
        let site = SITE.get().expect("started");
        let (page, cookies) = input;
        let Ok(header) = HeaderValue::from_bytes(cookies) else { return };
        let pages = pages(site);
        let page = pages[usize::from(page) % pages.len()].as_str();
        let response = site.get(page, &header);
        let location = response.location.as_deref();
        match page {
            "/" => assert_eq!(response.status, StatusCode::OK),
            "/account" => check(cookies, &site.session, response.status == StatusCode::OK, location == Some("/login?next=/account")),
            "/register" => check(cookies, &site.session, location == Some("/account"), location == Some("/login")),
            "/login/qq" => assert!(location.is_some_and(|url| url.contains("/oauth2.0/authorize?"))),
            // The attempt is already used.
            _ => check(
                cookies,
                &site.attempt,
                location == Some("/login?error=expired&next=%2Fwanted") || location == Some("/wanted"),
                matches!(location, Some("/login?error=expired" | "/login?error=cookies")),
            ),
        }
    }
);

fn pages(site: &Site) -> [String; 5] {
    let callback = format!("/login/qq/callback?code=CODE&state={}", site.state);
    ["/".to_owned(), "/account".to_owned(), "/register".to_owned(), "/login/qq".to_owned(), callback]
}

/// Expects that `issued` is accepted unchanged, and that a header without its value is rejected.
fn check(sent: &[u8], issued: &str, is_accepted: bool, is_rejected: bool) {
    assert!(is_accepted != is_rejected, "either accepted or rejected");
    let value = issued.split_once('=').expect("name=value").1.as_bytes();
    let decoded: Vec<u8> = percent_decode(sent).collect();
    if sent == issued.as_bytes() {
        assert!(is_accepted, "issued cookie rejected");
    } else if !decoded.windows(value.len()).any(|window| window == value) {
        assert!(is_rejected, "unknown cookie accepted");
    }
}

/// Starts the site and adds its cookies to the corpus as seeds.
fn start() {
    let site = SITE.get_or_init(Site::start);
    let corpus = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let Some(corpus) = corpus.filter(|folder| std::path::Path::new(folder).is_dir()) else { return };
    let both = format!("{}; {}", site.session, site.attempt);
    for page in 0..5 {
        for (name, cookies) in [("session", &site.session), ("attempt", &site.attempt), ("both", &both)] {
            let input = [&[page], cookies.as_bytes()].concat();
            std::fs::write(format!("{corpus}/issued-{name}-{page}"), input).expect("seed written");
        }
    }
}
