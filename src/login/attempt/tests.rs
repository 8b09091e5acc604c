use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use super::*;
use crate::sealing::SecretKey;

struct Bench {
    attempts: Attempts,
    now: Arc<AtomicI64>,
}

fn bench(is_https: bool) -> Bench {
    sqlx::any::install_default_drivers();
    let now = Arc::new(AtomicI64::new(1_000_000));
    let clock = now.clone();
    let attempts = Attempts::new(
        AnyPool::connect_lazy("sqlite://unused.db").expect("a pool that never connects"),
        &SecretKey::from_bytes(vec![1; SecretKey::BYTES]).expect("32 bytes").into(),
        is_https,
        Arc::new(move || clock.load(Ordering::Relaxed)),
        random::system(),
    );
    Bench { attempts, now }
}

impl Bench {
    fn begin(&self, jar: CookieJar, next: &str) -> (CookieJar, String) {
        self.attempts.begin(jar, &ReturnTo::parse(next)).expect("an attempt")
    }

    fn find(&self, jar: &CookieJar, state: &str) -> Option<String> {
        self.attempts.find(jar, state).map(|attempt| attempt.next().as_str().to_owned())
    }

    fn pass(&self, secs: i64) {
        self.now.fetch_add(secs, Ordering::Relaxed);
    }
}

#[tokio::test]
async fn s01_states_are_long_random_and_fit_an_address() {
    let bench = bench(false);
    let states: BTreeSet<String> = (0..10_000).map(|_| bench.begin(CookieJar::new(), "/a").1).collect();
    assert_eq!(states.len(), 10_000);
    for state in &states {
        assert!((22..=64).contains(&state.len()));
        assert!(state.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{state}");
    }
}

#[tokio::test]
async fn s02_an_attempt_is_found_in_the_browser_that_began_it_alone() {
    let bench = bench(false);
    let (jar, state) = bench.begin(CookieJar::new(), "/a");
    assert_eq!(bench.find(&jar, &state).as_deref(), Some("/a"));
    assert_eq!(bench.find(&CookieJar::new(), &state), None);
    let (other_jar, other_state) = bench.begin(CookieJar::new(), "/b");
    assert_eq!(bench.find(&other_jar, &state), None);
    assert_eq!(bench.find(&jar, &other_state), None);
}

#[tokio::test]
async fn s06_an_attempt_can_be_finished_for_ten_minutes() {
    let bench = bench(false);
    let (jar, state) = bench.begin(CookieJar::new(), "/a");
    bench.pass(600);
    assert!(bench.find(&jar, &state).is_some());
    bench.pass(1);
    assert!(bench.find(&jar, &state).is_none());
    bench.pass(-3_600);
    assert!(bench.find(&jar, &state).is_none(), "a clock set back does not revive it");
}

#[tokio::test]
async fn s08_ten_attempts_coexist_and_the_oldest_makes_room() {
    let bench = bench(false);
    let mut jar = CookieJar::new();
    let mut states = Vec::new();
    for tab in 0..12 {
        let (with_attempt, state) = bench.begin(jar, &format!("/tab/{tab}"));
        (jar, states) = (with_attempt, [states, vec![state]].concat());
        bench.pass(1);
    }
    assert_eq!(jar.iter().count(), 10);
    assert!(states[..2].iter().all(|state| bench.find(&jar, state).is_none()));
    for (tab, state) in states.iter().enumerate().skip(2).rev() {
        assert_eq!(bench.find(&jar, state), Some(format!("/tab/{tab}")));
    }
}

#[tokio::test]
async fn the_cookies_stay_small_however_long_the_paths() {
    let bench = bench(false);
    let mut jar = CookieJar::new();
    for _ in 0..20 {
        jar = bench.begin(jar, &format!("/{}", "a".repeat(1_000))).0;
        bench.pass(1);
    }
    let bytes: usize = jar.iter().map(|cookie| cookie.name().len() + cookie.value().len()).sum();
    assert!(bytes <= MAX_COOKIE_BYTES, "{bytes}");
    assert!(jar.iter().count() >= 2);
}

#[tokio::test]
async fn cookies_of_no_use_are_removed_when_the_next_attempt_begins() {
    let bench = bench(false);
    let (jar, _) = bench.begin(CookieJar::new(), "/old");
    bench.pass(700);
    let jar = jar.add(Cookie::new("attempt-0123456789abcdef", "garbage")).add(Cookie::new("other", "kept"));
    let (jar, _) = bench.begin(jar, "/new");
    let names: Vec<_> = jar.iter().map(Cookie::name).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names.contains(&"other"));
}

#[tokio::test]
async fn s11_an_attempt_of_another_company_does_not_count() {
    let bench = bench(false);
    let state = "A".repeat(32);
    let name = bench.attempts.cookie_name(&state);
    let attempt = Attempt { state: state.clone(), next: "/a".into(), started_at: 1_000_000 };
    let plain = serde_json::to_vec(&attempt).expect("json");
    let jar_of = |company: &str| {
        let sealed = bench.attempts.sealer.seal(&context(company, &name), &plain).expect("sealed");
        CookieJar::new().add(Cookie::new(name.clone(), URL_SAFE_NO_PAD.encode(sealed)))
    };
    assert_eq!(bench.find(&jar_of("qq"), &state).as_deref(), Some("/a"));
    assert_eq!(bench.find(&jar_of("wechat"), &state), None);
}

#[tokio::test]
async fn s09_a_state_is_found_by_its_hash_and_a_renamed_cookie_is_not() {
    let bench = bench(false);
    let (jar, state) = bench.begin(CookieJar::new(), "/a");
    let cookie = jar.iter().next().expect("one cookie").clone();
    assert!(!cookie.name().contains(&state[..8]));
    let other = "B".repeat(32);
    let renamed = CookieJar::new().add(Cookie::new(bench.attempts.cookie_name(&other), cookie.value().to_owned()));
    assert_eq!(bench.find(&renamed, &other), None);
    assert_eq!(bench.find(&renamed, &state), None);
}

#[tokio::test]
async fn on_https_the_cookie_is_bound_to_the_host() {
    let (jar, _) = bench(true).begin(CookieJar::new(), "/a");
    let cookie = jar.iter().next().expect("one cookie");
    assert!(cookie.name().starts_with("__Host-attempt-"));
    assert_eq!((cookie.secure(), cookie.http_only(), cookie.path()), (Some(true), Some(true), Some("/")));
    assert_eq!((cookie.domain(), cookie.same_site()), (None, Some(SameSite::Lax)));
}
