//! Whatever cookies a browser sends: the whole site answers, and only the cookies that it gave out count.
//! The first byte of the input chooses the page, the rest is the header.

#![no_main]

mod signed_in_site;

use std::sync::OnceLock;

use axum::http::{HeaderValue, StatusCode};
use libfuzzer_sys::fuzz_target;
use percent_encoding::percent_decode;
use signed_in_site::Site;

static SITE: OnceLock<Site> = OnceLock::new();

fuzz_target!(
    init: begin(),
    |input: (u8, &[u8])| {
        let site = SITE.get().expect("begun");
        let (choice, cookies) = input;
        let Ok(header) = HeaderValue::from_bytes(cookies) else { return };
        let pages = pages(site);
        let page = pages[usize::from(choice) % pages.len()].as_str();
        let answer = site.get(page, &header);
        let location = answer.location.as_deref();
        match page {
            "/" => assert_eq!(answer.status, StatusCode::OK),
            "/account" => judge(cookies, &site.session, answer.status == StatusCode::OK, location == Some("/login?next=/account")),
            "/register" => judge(cookies, &site.session, location == Some("/account"), location == Some("/login")),
            "/login/qq" => assert!(location.is_some_and(|it| it.contains("/oauth2.0/authorize?"))),
            // The attempt is used up: it leads to where it would have led, and not to QQ.
            _ => judge(
                cookies,
                &site.attempt,
                location == Some("/login?error=expired&next=%2Fwanted") || location == Some("/wanted"),
                location == Some("/login?error=expired"),
            ),
        }
    }
);

fn pages(site: &Site) -> [String; 5] {
    let callback = format!("/login/qq/callback?code=CODE&state={}", site.state);
    ["/".to_owned(), "/account".to_owned(), "/register".to_owned(), "/login/qq".to_owned(), callback]
}

/// The cookie `real` counts if it is sent as it was given out; what does not hold it counts for nothing.
fn judge(sent: &[u8], real: &str, counts: bool, counts_for_nothing: bool) {
    assert!(counts != counts_for_nothing, "one or the other");
    let value = real.split_once('=').expect("a name and a value").1.as_bytes();
    let plain: Vec<u8> = percent_decode(sent).collect();
    if sent == real.as_bytes() {
        assert!(counts, "the real one does not count");
    } else if !plain.windows(value.len()).any(|window| window == value) {
        assert!(counts_for_nothing, "something else than the real one counts");
    }
}

/// Starts the site and lays its real cookies into the corpus, so that what is tried begins with them.
fn begin() {
    let site = SITE.get_or_init(Site::start);
    let corpus = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    let Some(corpus) = corpus.filter(|folder| std::path::Path::new(folder).is_dir()) else { return };
    let both = format!("{}; {}", site.session, site.attempt);
    for page in 0..5 {
        for (name, cookies) in [("session", &site.session), ("attempt", &site.attempt), ("both", &both)] {
            let input = [&[page], cookies.as_bytes()].concat();
            std::fs::write(format!("{corpus}/real-{name}-{page}"), input).expect("a seed");
        }
    }
}
