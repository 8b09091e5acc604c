//! Session ids, cookies, and the sealed rows in the database.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use qq_login::random::{self, Random};
use tower_sessions::session::Id;

use crate::support::{Browser, TestSite, options};

#[tokio::test]
async fn s57_session_ids_have_128_random_bits() {
    let generated = Arc::<Mutex<Vec<Vec<u8>>>>::default();
    let (system, log) = (random::system(), generated.clone());
    let recording: Random = Arc::new(move |buffer: &mut [u8]| {
        system(buffer)?;
        log.lock().expect("a log").push(buffer.to_vec());
        Ok(())
    });
    let site = TestSite::start_with_random(vec![], recording).await;
    let mut used = BTreeSet::new();
    let mut note_id = |browser: &Browser| {
        let id: Id = browser.session_id().expect("a session").parse().expect("128 bits in base64");
        let position = generated.lock().expect("a log").iter().position(|bytes| *bytes == id.0.to_le_bytes());
        used.insert(position.expect("all 128 bits of the id are random"));
    };
    for name in ["Ann", "Bob", "Carol"] {
        let mut browser = site.browser();
        browser.sign_in(name).await;
        note_id(&browser);
        browser.post("/register/auto", &[]).await;
        note_id(&browser);
        browser.sign_in(name).await;
        note_id(&browser);
    }
    assert_eq!(used.len(), 9, "random bytes were used twice");
}

#[tokio::test]
async fn s58_session_rows_contain_no_readable_id_token_or_openid() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Nickname Canary", "ann", "ann@example.com").await;
    let id = browser.session_id().expect("a session").to_owned();
    let count = site.query_number("SELECT COUNT(*) FROM sessions WHERE user_id IS NOT NULL").await;
    assert_eq!(count, 1, "the user id is stored unencrypted");
    let bytes = site.database_bytes().await;
    let contains = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(contains("ann@example.com"), "the search works");
    for secret in [id.as_str(), "canary-app-key", "obtained_at", "access_token"] {
        assert!(!contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn s58_session_data_copied_to_another_row_is_invalid() {
    let site = TestSite::start().await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    ann.register_new_user().await;
    bob.register_new_user().await;
    site.execute("UPDATE sessions SET data = (SELECT data FROM sessions WHERE user_id = 1)").await;
    assert!(ann.signed_in_as().await.is_some());
    assert_eq!(bob.signed_in_as().await, None);
}

#[tokio::test]
async fn s59_sign_in_creates_a_new_id_and_ends_the_old_session() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let mut seen = BTreeSet::new();
    let mut expect_new_id = |browser: &Browser| {
        let id = browser.session_id().expect("a session").to_owned();
        assert!(seen.insert(id), "an id was used twice");
    };
    browser.sign_in("Ann").await;
    expect_new_id(&browser);
    let pending = browser.clone();
    browser.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await;
    expect_new_id(&browser);
    let registered = browser.clone();
    browser.sign_in("Ann").await;
    expect_new_id(&browser);
    assert_eq!(pending.clone().get("/register").await.location(), "/login");
    assert_eq!(registered.clone().signed_in_as().await, None);
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("ann"));
    assert_eq!(site.count("sessions").await, 1);
}

#[tokio::test]
async fn s59_preset_session_id_is_not_signed_in() {
    let site = TestSite::start().await;
    let mut attacker = site.browser();
    attacker.sign_in("Attacker").await;
    let preset = attacker.session_id().expect("a session").to_owned();
    for id in [preset.as_str(), "AAAAAAAAAAAAAAAAAAAAAA"] {
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
async fn s60_only_language_and_theme_survive_a_sign_in() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.post("/language", &[("lang", "zh-CN"), ("back", "/login?next=%2Fa")]).await;
    browser.post("/theme", &[("theme", "dark"), ("back", "/")]).await;
    let callback = browser.authorize_as("First", Some("/first-next")).await;
    browser.get(&callback).await;
    // A second user signs in in the same browser before the first has registered.
    browser.sign_in("Second").await;
    let page = browser.get("/register").await;
    assert!(page.body.contains("Second") && !page.body.contains("First"));
    assert!(page.body.contains("lang=\"zh-CN\" data-theme=\"dark\""));
    let response = browser.post("/register", &[("username", "second"), ("email", "a@b.cd")]).await;
    assert_eq!(response.location(), "/account", "the first user's next path is dropped");
    assert_eq!(site.query_texts("SELECT username FROM users").await, ["second"]);
}

#[tokio::test]
async fn s61_unknown_or_malformed_session_id_is_not_adopted() {
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
async fn s71_https_session_cookie_has_host_prefix_and_is_removed_with_it() {
    let callback = "https://www.example.com/login/qq/callback";
    let site =
        TestSite::start_with(options([("PUBLIC_URL", "https://www.example.com"), ("SANDBOX_CALLBACKS", callback)]))
            .await;
    let mut browser = site.browser();
    let response = browser.sign_in("Ann").await;
    let cookie = response
        .set_cookies()
        .into_iter()
        .find(|cookie| cookie.starts_with("__Host-session="))
        .expect("a session cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(cookie.contains(attribute), "{cookie}");
    }
    assert!(!cookie.contains("Domain"));
    assert!(response.header("strict-transport-security").starts_with("max-age="));
    browser.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await;
    let response = browser.post("/logout", &[]).await;
    let removal = response.set_cookies().into_iter().rfind(|cookie| cookie.starts_with("__Host-session=;"));
    let removal = removal.expect("a removal cookie").to_owned();
    for attribute in ["Max-Age=0", "HttpOnly", "SameSite=Lax", "Secure", "Path=/"] {
        assert!(removal.contains(attribute), "{removal}");
    }
}

#[tokio::test]
async fn s72_http_session_cookie_has_no_host_prefix() {
    let site = TestSite::start().await;
    let response = site.browser().sign_in("Ann").await;
    let cookies = response.set_cookies();
    let cookie = cookies.iter().find(|cookie| cookie.starts_with("session=")).expect("a session cookie");
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"), "{cookie}");
    assert!(!cookies.iter().any(|cookie| cookie.contains("__Host-")));
}
