//! The `next` parameter: the result stays on this site and fits into a header.

#![no_main]

use axum::http::HeaderValue;
use libfuzzer_sys::fuzz_target;
use qq_login::login::ReturnTo;
use url::Url;

fuzz_target!(|text: &str| {
    let return_to = ReturnTo::parse(text);
    assert!(return_to.is_default() || return_to.as_str() == text, "returns the input or the default");
    assert_eq!(ReturnTo::parse(return_to.as_str()), return_to);
    let base = Url::parse("https://site.example/login").expect("base URL");
    let url = base.join(return_to.as_str()).expect("valid path");
    assert_eq!(url.origin(), base.origin());
    assert!(["/login", "/register", "/logout", "/api"].iter().all(|step| !is_below(url.path(), step)), "{url}");
    let login_url = return_to.append_to("/login?error=expired");
    assert!(HeaderValue::from_str(return_to.as_str()).is_ok() && HeaderValue::from_str(&login_url).is_ok());
    let login_url = base.join(&login_url).expect("valid path");
    let mut values = login_url.query_pairs().filter(|(name, _)| name == "next").map(|(_, value)| value);
    assert_eq!(values.next().as_deref(), (!return_to.is_default()).then_some(return_to.as_str()));
    assert_eq!(values.next(), None);
});

fn is_below(path: &str, step: &str) -> bool {
    path.strip_prefix(step).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
