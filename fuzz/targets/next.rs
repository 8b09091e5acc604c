//! Wherever somebody is asked to be sent: it stays on this site, and can be written into a header.

#![no_main]

use axum::http::HeaderValue;
use libfuzzer_sys::fuzz_target;
use qq_login::login::ReturnTo;
use url::Url;

fuzz_target!(|text: &str| {
    let next = ReturnTo::parse(text);
    assert!(next.is_default() || next.as_str() == text, "it is taken as it stands, or not at all");
    assert_eq!(ReturnTo::parse(next.as_str()), next);
    let base = Url::parse("https://site.example/login").expect("an address");
    let url = base.join(next.as_str()).expect("a path");
    assert_eq!(url.origin(), base.origin());
    assert!(["/login", "/register", "/logout", "/api"].iter().all(|step| !is_below(url.path(), step)), "{url}");
    let onward = next.append_to("/login?error=expired");
    assert!(HeaderValue::from_str(next.as_str()).is_ok() && HeaderValue::from_str(&onward).is_ok());
    let kept = base.join(&onward).expect("a path");
    let mut kept = kept.query_pairs().filter(|(name, _)| name == "next").map(|(_, value)| value);
    assert_eq!(kept.next().as_deref(), (!next.is_default()).then_some(next.as_str()));
    assert_eq!(kept.next(), None);
});

fn is_below(path: &str, step: &str) -> bool {
    path.strip_prefix(step).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
