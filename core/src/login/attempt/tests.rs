use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicI64;

use super::*;
use crate::sealing::SecretKey;

struct TestAttempts {
    inner: Attempts,
    now: Arc<AtomicI64>,
}

fn attempts(is_https: bool) -> TestAttempts {
    let now = Arc::new(AtomicI64::new(1_000_000));
    let clock = now.clone();
    let inner = Attempts::new(
        &SecretKey::from_bytes(vec![1; SecretKey::BYTES]).expect("32 bytes").into(),
        is_https,
        Arc::new(move || clock.load(Ordering::Relaxed)),
        random::system(),
    );
    TestAttempts { inner, now }
}

impl TestAttempts {
    fn start(&self, jar: CookieJar, return_to: &str) -> (CookieJar, String) {
        self.inner.start(jar, &ReturnTo::parse(return_to), None, false).expect("attempt")
    }

    fn find(&self, jar: &CookieJar, state: &str) -> Option<String> {
        self.inner.find(jar, state).map(|attempt| attempt.return_to().as_str().to_owned())
    }

    fn advance(&self, secs: i64) {
        self.now.fetch_add(secs, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn s01_state_is_random_long_and_url_safe() {
    let attempts = attempts(false);
    let states: BTreeSet<String> = (0..10_000).map(|_| attempts.start(CookieJar::new(), "/a").1).collect();
    assert_eq!(states.len(), 10_000);
    for state in &states {
        assert!((22..=64).contains(&state.len()));
        assert!(state.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{state}");
    }
}

#[tokio::test]
async fn s02_attempt_is_found_only_in_the_browser_that_started_it() {
    let attempts = attempts(false);
    let (jar, state) = attempts.start(CookieJar::new(), "/a");
    assert_eq!(attempts.find(&jar, &state).as_deref(), Some("/a"));
    assert_eq!(attempts.find(&CookieJar::new(), &state), None);
    let (other_jar, other_state) = attempts.start(CookieJar::new(), "/b");
    assert_eq!(attempts.find(&other_jar, &state), None);
    assert_eq!(attempts.find(&jar, &other_state), None);
}

#[tokio::test]
async fn s06_attempt_expires_after_ten_minutes() {
    let attempts = attempts(false);
    let (jar, state) = attempts.start(CookieJar::new(), "/a");
    attempts.advance(600);
    assert!(attempts.find(&jar, &state).is_some());
    attempts.advance(1);
    assert!(attempts.find(&jar, &state).is_none());
    attempts.advance(-3_600);
    assert!(attempts.find(&jar, &state).is_none(), "setting the clock back does not revive it");
}

#[tokio::test]
async fn s08_eleventh_attempt_replaces_the_oldest() {
    let attempts = attempts(false);
    let mut jar = CookieJar::new();
    let mut states = Vec::new();
    for tab in 0..12 {
        let (with_attempt, state) = attempts.start(jar, &format!("/tab/{tab}"));
        (jar, states) = (with_attempt, [states, vec![state]].concat());
        attempts.advance(1);
    }
    assert_eq!(jar.iter().count(), 10);
    assert!(states[..2].iter().all(|state| attempts.find(&jar, state).is_none()));
    for (tab, state) in states.iter().enumerate().skip(2).rev() {
        assert_eq!(attempts.find(&jar, state), Some(format!("/tab/{tab}")));
    }
}

/// Adds the cookies that two responses set at the same time.
fn merge(mut one: CookieJar, other: &CookieJar) -> CookieJar {
    for cookie in other.iter() {
        one = one.add(cookie.clone());
    }
    one
}

#[tokio::test]
async fn s08_newest_attempts_of_one_second_survive() {
    let (attempts, replica) = (attempts(false), attempts(false));
    let mut states = Vec::new();
    // A browser restores twenty tabs at once, with two connections: each request lacks the other's cookie.
    let mut jar = CookieJar::new();
    for _ in 0..10 {
        let (one, first) = attempts.start(jar.clone(), "/a");
        let (other, second) = attempts.start(jar, "/a");
        jar = merge(one, &other);
        states.extend([first, second]);
    }
    let survives = |jar: &CookieJar, state: &String| attempts.inner.find(jar, state).is_some();
    let (jar, last) = replica.start(jar, "/a");
    assert_eq!(jar.iter().count(), 10);
    assert!(survives(&jar, &last) && states[11..].iter().all(|state| survives(&jar, state)));
    // The replica's attempt is newer than those before it, and older than those after it.
    let mut jar = jar;
    for number in 0..10 {
        assert_eq!(survives(&jar, &last), number < 10, "{number}");
        jar = attempts.start(jar, "/a").0;
    }
    assert!(!survives(&jar, &last));
}

#[tokio::test]
async fn attempt_of_an_earlier_version_is_found_and_older_than_all_others() {
    let attempts = attempts(false);
    let state = "A".repeat(32);
    let name = attempts.inner.cookie_name(&state);
    let plain = format!(r#"{{"state":"{state}","next":"/a","started_at":1000000}}"#);
    let sealed = attempts.inner.sealer.seal(&sealing_context("qq", &name), plain.as_bytes()).expect("sealed");
    let mut jar = CookieJar::new().add(Cookie::new(name, URL_SAFE_NO_PAD.encode(sealed)));
    assert!(!attempts.inner.find(&jar, &state).expect("an attempt").is_recovery());
    for _ in 0..10 {
        assert!(attempts.find(&jar, &state).is_some());
        jar = attempts.start(jar, "/a").0;
    }
    assert!(attempts.find(&jar, &state).is_none());
}

#[tokio::test]
async fn cookies_stay_small_with_long_return_paths() {
    let attempts = attempts(false);
    let mut jar = CookieJar::new();
    for _ in 0..20 {
        jar = attempts.start(jar, &format!("/{}", "a".repeat(1_000))).0;
        attempts.advance(1);
    }
    let bytes: usize = jar.iter().map(|cookie| cookie.name().len() + cookie.value().len()).sum();
    assert!(bytes <= MAX_COOKIE_BYTES, "{bytes}");
    assert!(jar.iter().count() >= 2);
}

#[tokio::test]
async fn start_removes_expired_and_invalid_cookies() {
    let attempts = attempts(false);
    let (jar, _) = attempts.start(CookieJar::new(), "/old");
    attempts.advance(700);
    let jar = jar.add(Cookie::new("attempt-0123456789abcdef", "garbage")).add(Cookie::new("other", "kept"));
    let (jar, _) = attempts.start(jar, "/new");
    let names: Vec<_> = jar.iter().map(Cookie::name).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.contains(&"other"));
}

#[tokio::test]
async fn s11_attempt_of_another_company_is_rejected() {
    let attempts = attempts(false);
    let state = "A".repeat(32);
    let name = attempts.inner.cookie_name(&state);
    let attempt = Attempt {
        state: state.clone(),
        return_to: "/a".into(),
        started_at: 1_000_000,
        number: 1,
        link: None,
        is_recovery: false,
        device: Device::default(),
    };
    let plain = serde_json::to_vec(&attempt).expect("json");
    let jar_of = |company: &str| {
        let sealed = attempts.inner.sealer.seal(&sealing_context(company, &name), &plain).expect("sealed");
        CookieJar::new().add(Cookie::new(name.clone(), URL_SAFE_NO_PAD.encode(sealed)))
    };
    assert_eq!(attempts.find(&jar_of("qq"), &state).as_deref(), Some("/a"));
    assert_eq!(attempts.find(&jar_of("wechat"), &state), None);
}

#[tokio::test]
async fn s09_cookie_name_is_a_hash_and_renamed_cookie_is_rejected() {
    let attempts = attempts(false);
    let (jar, state) = attempts.start(CookieJar::new(), "/a");
    let cookie = jar.iter().next().expect("one cookie").clone();
    assert!(!cookie.name().contains(&state[..8]));
    let other = "B".repeat(32);
    let renamed = CookieJar::new().add(Cookie::new(attempts.inner.cookie_name(&other), cookie.value().to_owned()));
    assert_eq!(attempts.find(&renamed, &other), None);
    assert_eq!(attempts.find(&renamed, &state), None);
}

#[tokio::test]
async fn https_cookie_has_host_prefix_and_attributes() {
    let (jar, _) = attempts(true).start(CookieJar::new(), "/a");
    let cookie = jar.iter().next().expect("one cookie");
    assert!(cookie.name().starts_with("__Host-attempt-"));
    assert_eq!((cookie.secure(), cookie.http_only(), cookie.path()), (Some(true), Some(true), Some("/")));
    assert_eq!((cookie.domain(), cookie.same_site()), (None, Some(SameSite::Lax)));
}
