//! How sessions end: sign-out, expiry and deletion.

use reqwest::Method;
use tower_sessions::session::Id;

use crate::support::{TestSite, options};

#[tokio::test]
async fn s62_logout_requires_post_and_ends_the_session_everywhere() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
        let request = browser.request(method, "/logout");
        assert_eq!(browser.send(request).await.status, 405);
    }
    assert!(browser.signed_in_as().await.is_some(), "only POST signs out");
    let mut copy = browser.clone();
    let response = browser.post("/logout", &[]).await;
    assert_eq!((response.status, response.location()), (303, "/"));
    assert!(!response.headers.contains_key("clear-site-data"), "clearing the cache takes seconds");
    assert_eq!(response.header("cache-control"), "no-store");
    assert_eq!((browser.session_id(), site.count("sessions").await), (None, 0));
    assert_eq!(copy.signed_in_as().await, None);
    assert_eq!(browser.post("/logout", &[]).await.location(), "/", "a repeated sign-out is harmless");
}

#[tokio::test]
async fn s59_late_response_does_not_remove_the_session_cookie() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let mut late = browser.clone();
    browser.post("/register/auto", &[]).await;
    for path in ["/", "/account", "/register", "/api/check-username?username=ann", "/login/qq/callback"] {
        let response = late.get(path).await;
        assert!(response.set_cookies().iter().all(|cookie| !cookie.starts_with("session=")), "{path}");
    }
    let response = late.post("/logout", &[]).await;
    assert_eq!(response.set_cookies(), ["session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"]);
    assert!(browser.signed_in_as().await.is_some(), "only the ended session was signed out");
}

#[tokio::test]
async fn s63_request_in_flight_does_not_restore_an_ended_session() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    // The account page refreshes the token. QQ responds only after the user has signed out.
    site.token_endpoint.hold_responses();
    let (mut slow, mut quick) = (browser.clone(), browser.clone());
    let in_flight = tokio::spawn(async move {
        let response = slow.get("/account").await;
        (slow, response)
    });
    while site.token_endpoint.request_count() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(quick.post("/logout", &[]).await.location(), "/");
    site.token_endpoint.release_responses();
    let (mut slow, response) = in_flight.await.expect("a response");
    assert_eq!((response.status, response.location()), (303, "/login?next=/account"));
    assert_eq!(site.count("sessions").await, 0);
    for browser in [&mut browser, &mut slow, &mut quick] {
        assert_eq!(browser.signed_in_as().await, None);
    }
}

#[tokio::test]
async fn s63_saving_an_ended_session_writes_nothing() {
    use qq_login::sessions::SqlSessionStore;
    use serde_json::json;
    use tower_sessions::SessionStore;
    use tower_sessions::session::Record;

    let site = TestSite::start().await;
    let secret = qq_login::sealing::SecretKey::from_bytes(vec![7; 32]).expect("a key").into();
    let sealer = qq_login::sealing::Sealer::new(&secret, "session", qq_login::random::system());
    let lifetimes = qq_login::sessions::SessionLifetimes { idle_secs: 100, max_secs: 100 };
    let now = site.now();
    let store = SqlSessionStore::new(site.open_database().await, sealer, std::sync::Arc::new(move || now), lifetimes);
    let far = tower_sessions::cookie::time::OffsetDateTime::UNIX_EPOCH;
    let token = json!({
        "access_token": "a", "refresh_token": "r", "obtained_at": now, "lifetime_secs": 100, "refused_at": null
    });
    let pending = json!({
        "openid": "o", "unionid": null, "nickname": null, "avatar_hash": null, "token": token, "next": "/",
        "since": now, "draft": null, "device": { "browser": null, "system": null }
    });
    let data = [("person".to_owned(), json!({ "Pending": pending }))].into();
    let mut record = Record { id: Id::default(), data, expiry_date: far };
    let load = async |id| store.load(&id).await.expect("loaded").expect("a record");
    store.create(&mut record).await.expect("created");
    store.save(&record).await.expect("saved");
    assert_eq!(load(record.id).await.data, record.data);
    store.delete(&record.id).await.expect("deleted");
    store.save(&record).await.expect("saved without error");
    assert!(load(record.id).await.data.is_empty());
    assert_eq!(site.count("sessions").await, 0);
}

#[tokio::test]
async fn s64_sessions_expire_when_idle_and_at_maximum_age() {
    let site = TestSite::start_with(options([("SESSION_IDLE_SECS", "1000"), ("SESSION_MAX_SECS", "5000")])).await;
    let mut idle = site.browser();
    idle.register_new_user().await;
    site.advance_clock(999);
    assert!(idle.signed_in_as().await.is_some());
    site.advance_clock(1000);
    assert_eq!(idle.signed_in_as().await, None);

    let mut busy = site.browser();
    busy.register_new_user().await;
    for _ in 0..9 {
        site.advance_clock(555);
        assert!(busy.signed_in_as().await.is_some());
    }
    site.advance_clock(4);
    assert!(busy.signed_in_as().await.is_some());
    site.advance_clock(1);
    assert_eq!(busy.signed_in_as().await, None);
}

#[tokio::test]
async fn s66_session_is_invalid_if_the_clock_is_set_back() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(-3_600);
    assert_eq!(browser.signed_in_as().await, None);
}

const IDLE_SECS: i64 = 1000;

#[tokio::test]
async fn s66_expired_session_stays_expired_if_the_clock_is_set_back() {
    let lifetimes =
        options([("SESSION_IDLE_SECS", "1000"), ("SESSION_MAX_SECS", "3000"), ("SANDBOX_TOKEN_TTL", "100000")]);
    let site = TestSite::start_with(lifetimes).await;
    let (mut idle, mut old) = (site.browser(), site.browser());
    idle.register_new_user().await;
    old.register_new_user().await;
    for _ in 0..3 {
        site.advance_clock(IDLE_SECS - 1);
        assert!(old.signed_in_as().await.is_some());
    }
    site.advance_clock(4);
    let ids = [&idle, &old].map(|browser| browser.session_id().expect("a session").to_owned());
    for id in &ids {
        let mut browser = site.browser();
        browser.set_session_cookie(id);
        assert_eq!(browser.signed_in_as().await, None);
    }
    site.advance_clock(-IDLE_SECS);
    for id in &ids {
        let mut browser = site.browser();
        browser.set_session_cookie(id);
        assert_eq!(browser.signed_in_as().await, None);
    }
    site.wait_for_count("sessions", 0).await;
}

#[tokio::test]
async fn s94_expired_rows_are_deleted() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    let mut pending = site.browser();
    pending.sign_in("Unregistered").await;
    assert_eq!((site.count("sessions").await, site.count("spent_attempts").await), (2, 2));
    site.advance_clock(2 * 60 * 60 + 1);
    let site = site.restart_with(vec![]).await;
    while site.count("sessions").await > 1 {
        tokio::task::yield_now().await;
    }
    assert!(browser.moved_to(&site).signed_in_as().await.is_some(), "only the pending registration is deleted");
    site.advance_clock(1_209_600);
    // Expired rows are deleted at startup.
    let site = site.restart_with(vec![]).await;
    while site.count("sessions").await + site.count("spent_attempts").await > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(site.count("users").await, 1);
}
