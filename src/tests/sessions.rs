//! Sessions: their ids, their life, and their end.

use std::collections::BTreeSet;

use reqwest::Method;
use tower_sessions::session::Id;

use crate::support::{TestSite, options};

#[tokio::test]
async fn s57_ids_have_128_random_bits() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    let id = browser.session_id().expect("a session");
    assert_eq!(id.len(), 22, "128 bits in base64");
    assert!(id.parse::<Id>().is_ok());
    let ids: BTreeSet<i128> = (0..1_000_000).map(|_| Id::default().0).collect();
    assert_eq!(ids.len(), 1_000_000);
}

#[tokio::test]
async fn s58_neither_id_nor_token_nor_openid_can_be_read_in_the_rows() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Nickname Canary", "ann", "ann@example.com").await;
    let id = browser.session_id().expect("a session").to_owned();
    let session = site.query_number("SELECT COUNT(*) FROM sessions WHERE user_id IS NOT NULL").await;
    assert_eq!(session, 1, "the user stands beside the row");
    let bytes = site.database_bytes().await;
    let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("ann@example.com"), "the search works");
    for secret in [id.as_str(), "canary-app-key", "obtained_at", "access_token"] {
        assert!(!holds(secret), "{secret}");
    }
}

#[tokio::test]
async fn s58_a_row_put_under_another_id_is_worth_nothing() {
    let site = TestSite::start().await;
    let (mut rich, mut poor) = (site.browser(), site.browser());
    rich.register_new_user().await;
    poor.register_new_user().await;
    site.execute("UPDATE sessions SET data = (SELECT data FROM sessions WHERE user_id = 1)").await;
    assert!(rich.signed_in_as().await.is_some());
    assert_eq!(poor.signed_in_as().await, None);
}

#[tokio::test]
async fn s34_a_new_secret_key_signs_nobody_out_while_the_old_one_is_kept() {
    const OLD: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    const NEW: &str = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWY=";
    let site = TestSite::start().await;
    let (mut early, mut late) = (site.browser(), site.browser());
    let name = early.register_new_user().await;
    late.register_new_user().await;
    let both = format!("{NEW}, {OLD}");
    let site = site.restart_with(options([("SECRET_KEY", &both)])).await;
    let (mut early, mut late) = (early.moved_to(&site), late.moved_to(&site));
    assert_eq!(early.signed_in_as().await, Some(name.clone()));
    // Whatever is written from now on is sealed with the new key.
    late.post("/account/portrait", &[]).await;
    let site = site.restart_with(options([("SECRET_KEY", NEW)])).await;
    let (mut early, mut late) = (early.moved_to(&site), late.moved_to(&site));
    assert!(late.signed_in_as().await.is_some());
    assert_eq!(early.signed_in_as().await, None, "a key that is gone opens nothing");
    assert_eq!(early.sign_in(&name).await.location(), "/account", "and costs a sign-in, not the account");
}

#[tokio::test]
async fn s59_signing_in_makes_a_new_id_and_ends_the_old_one() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let mut seen = BTreeSet::new();
    let mut step = |browser: &crate::support::Browser| {
        let id = browser.session_id().expect("a session").to_owned();
        assert!(seen.insert(id), "an id was used twice");
    };
    browser.sign_in("Ann").await;
    step(&browser);
    let pending = browser.clone();
    browser.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await;
    step(&browser);
    let registered = browser.clone();
    browser.sign_in("Ann").await;
    step(&browser);
    assert_eq!(pending.clone().get("/register").await.location(), "/login");
    assert_eq!(registered.clone().signed_in_as().await, None);
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("ann"));
    assert_eq!(site.count("sessions").await, 1);
}

#[tokio::test]
async fn s59_a_planted_id_is_not_the_one_that_gets_signed_in() {
    let site = TestSite::start().await;
    let mut attacker = site.browser();
    attacker.sign_in("Attacker").await;
    let planted = attacker.session_id().expect("a session").to_owned();
    for id in [planted.as_str(), "AAAAAAAAAAAAAAAAAAAAAA"] {
        let mut victim = site.browser();
        victim.set_session_cookie(id);
        victim.sign_in("Victim").await;
        assert_ne!(victim.session_id(), Some(id));
        victim.post("/register", &[("username", "victim"), ("email", "a@b.cd")]).await;
        assert_eq!(victim.signed_in_as().await.as_deref(), Some("victim"));
        let mut thief = site.browser();
        thief.set_session_cookie(id);
        assert_eq!(thief.signed_in_as().await, None);
    }
}

#[tokio::test]
async fn s60_nothing_of_the_time_before_is_carried_over_but_language_and_theme() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.post("/language", &[("lang", "zh-CN"), ("back", "/login?next=%2Fa")]).await;
    browser.post("/theme", &[("theme", "dark"), ("back", "/")]).await;
    let callback = browser.authorize_as("First", Some("/first-next")).await;
    browser.get(&callback).await;
    // A second person comes at the same browser before the first has registered.
    browser.sign_in("Second").await;
    let page = browser.get("/register").await;
    assert!(page.body.contains("Second") && !page.body.contains("First"));
    assert!(page.body.contains("lang=\"zh-CN\" data-theme=\"dark\""));
    let answer = browser.post("/register", &[("username", "second"), ("email", "a@b.cd")]).await;
    assert_eq!(answer.location(), "/account", "not where the first wanted to go");
    assert_eq!(site.query_texts("SELECT username FROM users").await, ["second"]);
}

#[tokio::test]
async fn s61_an_unknown_or_broken_id_is_never_adopted() {
    let site = TestSite::start().await;
    for id in ["AAAAAAAAAAAAAAAAAAAAAA", "x", "%00", "\u{22}quoted\u{22}", &"A".repeat(5_000)] {
        let mut browser = site.browser();
        browser.set_session_cookie(id);
        assert_eq!(browser.signed_in_as().await, None, "{id}");
        browser.set_session_cookie(id);
        browser.sign_in("Ann").await;
        assert_ne!(browser.session_id(), Some(id));
        assert!(browser.session_id().is_some_and(|id| id.len() == 22));
    }
}

#[tokio::test]
async fn s62_logout_is_a_post_that_ends_the_session_everywhere() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH] {
        let request = browser.request(method, "/logout");
        assert_eq!(browser.send(request).await.status, 405);
    }
    assert!(browser.signed_in_as().await.is_some(), "nothing of that signed anybody out");
    let mut copy = browser.clone();
    let answer = browser.post("/logout", &[]).await;
    assert_eq!((answer.status, answer.location()), (303, "/"));
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!((browser.session_id(), site.count("sessions").await), (None, 0));
    assert_eq!(copy.signed_in_as().await, None);
    assert_eq!(browser.post("/logout", &[]).await.location(), "/", "a second click does no harm");
}

#[tokio::test]
async fn s63_a_request_in_flight_does_not_bring_a_session_back() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100")])).await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(95);
    // The account page renews the token. QQ gives a good one, but only after the person has left.
    site.token_endpoint.hold_responses();
    let (mut slow, mut quick) = (browser.clone(), browser.clone());
    let in_flight = tokio::spawn(async move {
        let answer = slow.get("/account").await;
        (slow, answer)
    });
    while site.token_endpoint.request_count() < 2 {
        tokio::task::yield_now().await;
    }
    assert_eq!(quick.post("/logout", &[]).await.location(), "/");
    site.token_endpoint.release_responses();
    let (mut slow, answer) = in_flight.await.expect("an answer");
    assert_eq!((answer.status, answer.location()), (303, "/login?next=/account"));
    assert_eq!(site.count("sessions").await, 0);
    for browser in [&mut browser, &mut slow, &mut quick] {
        assert_eq!(browser.signed_in_as().await, None);
    }
}

#[tokio::test]
async fn s63_saving_a_session_that_was_ended_writes_nothing() {
    use qq_login::sessions::SqlSessionStore;
    use tower_sessions::SessionStore;
    use tower_sessions::session::Record;

    let site = TestSite::start().await;
    let secret = qq_login::sealing::SecretKey::from_bytes(vec![7; 32]).expect("a key").into();
    let sealer = qq_login::sealing::Sealer::new(&secret, "session", qq_login::random::system());
    let lifetimes = qq_login::sessions::SessionLifetimes { idle_secs: 100, max_secs: 100 };
    let now = site.now();
    let store = SqlSessionStore::new(site.pool.clone(), sealer, std::sync::Arc::new(move || now), lifetimes);
    let far = tower_sessions::cookie::time::OffsetDateTime::UNIX_EPOCH;
    let data = [("key".to_owned(), "value".into())].into();
    let mut record = Record { id: Id::default(), data, expiry_date: far };
    let load = async |id| store.load(&id).await.expect("loaded").expect("a record");
    store.create(&mut record).await.expect("created");
    store.save(&record).await.expect("saved");
    assert_eq!(load(record.id).await.data, record.data);
    store.delete(&record.id).await.expect("deleted");
    store.save(&record).await.expect("no error, and no row");
    assert!(load(record.id).await.data.is_empty());
    assert_eq!(site.count("sessions").await, 0);
}

#[tokio::test]
async fn s64_sessions_end_when_idle_and_when_old() {
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
async fn s66_a_clock_set_back_does_not_revive_a_session() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    site.advance_clock(-3_600);
    assert_eq!(browser.signed_in_as().await, None);
}

#[tokio::test]
async fn s71_on_https_the_cookie_is_bound_to_the_host_and_its_removal_too() {
    let callback = "https://www.example.com/login/qq/callback";
    let site =
        TestSite::start_with(options([("PUBLIC_URL", "https://www.example.com"), ("SANDBOX_CALLBACKS", callback)]))
            .await;
    let mut browser = site.browser();
    let answer = browser.sign_in("Ann").await;
    let cookie = answer.set_cookies().into_iter().find(|cookie| cookie.starts_with("__Host-session=")).expect("one");
    for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert!(answer.header("strict-transport-security").starts_with("max-age="));
    browser.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await;
    let answer = browser.post("/logout", &[]).await;
    let removal = answer.set_cookies().into_iter().rfind(|cookie| cookie.starts_with("__Host-session=;"));
    let removal = removal.expect("a removal").to_owned();
    for attribute in ["Max-Age=0", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(removal.contains(attribute), "{removal}");
    }
}

#[tokio::test]
async fn s72_on_http_the_cookie_has_another_name() {
    let site = TestSite::start().await;
    let answer = site.browser().sign_in("Ann").await;
    let cookies = answer.set_cookies();
    let cookie = cookies.iter().find(|cookie| cookie.starts_with("session=")).expect("a session cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    assert!(!cookies.iter().any(|cookie| cookie.contains("__Host-")));
}

#[tokio::test]
async fn s94_what_is_past_its_time_is_removed() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    let mut pending = site.browser();
    pending.sign_in("Undecided").await;
    assert_eq!((site.count("sessions").await, site.count("spent_attempts").await), (2, 2));
    site.advance_clock(2 * 60 * 60 + 1);
    let site = site.restart_with(vec![]).await;
    while site.count("sessions").await > 1 {
        tokio::task::yield_now().await;
    }
    assert!(browser.moved_to(&site).signed_in_as().await.is_some(), "only the one who never registered is gone");
    site.advance_clock(1_209_600);
    // A fresh start purges at once.
    let site = site.restart_with(vec![]).await;
    while site.count("sessions").await + site.count("spent_attempts").await > 0 {
        tokio::task::yield_now().await;
    }
    assert_eq!(site.count("users").await, 1);
}
