//! How sessions and accounts end, and that they stay so.

use crate::support::{TestSite, options};

const IDLE_SECS: i64 = 1000;

#[tokio::test]
async fn s66_what_has_ended_is_not_revived_by_a_clock_that_is_set_back() {
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
    assert_eq!(site.count("sessions").await, 0);
}

#[tokio::test]
async fn s55_deleting_a_user_by_whatever_program_ends_all_that_is_theirs() {
    let site = TestSite::start().await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    let username = ann.register_new_user().await;
    let bystander = bob.register_new_user().await;
    if site.database_file().is_some() {
        // As in the shell of SQLite, which leaves it off.
        site.execute("PRAGMA foreign_keys = OFF").await;
    }
    site.execute(&format!("DELETE FROM users WHERE username = '{username}'")).await;
    assert_eq!((ann.signed_in_as().await, bob.signed_in_as().await), (None, Some(bystander)));
    for table in ["open_ids", "email_addresses", "sessions"] {
        assert_eq!(site.count(table).await, 1, "{table}");
    }
    assert_eq!(ann.sign_in(&username).await.location(), "/register");
    assert_eq!(ann.post("/register/auto", &[]).await.location(), "/account");
}

#[tokio::test]
async fn s59_an_answer_that_comes_late_takes_no_cookie_away() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let mut late = browser.clone();
    browser.post("/register/auto", &[]).await;
    for path in ["/", "/account", "/register", "/api/check-username?username=ann", "/login/qq/callback"] {
        let answer = late.get(path).await;
        assert!(answer.set_cookies().iter().all(|cookie| !cookie.starts_with("session=")), "{path}");
    }
    let answer = late.post("/logout", &[]).await;
    assert_eq!(answer.set_cookies(), ["session=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0"]);
    assert!(browser.signed_in_as().await.is_some(), "what was signed out is the session that was gone");
}

#[tokio::test]
async fn closing_registration_ends_registrations_that_were_begun() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.authorize_as("Ann", None).await;
    let callback = browser.authorize_as("Ann", Some("/?x=1")).await;
    assert_eq!(browser.get(&callback).await.location(), "/register");
    let site = site.restart_with(options([("REGISTRATION", "closed")])).await;
    let mut browser = browser.moved_to(&site);
    for (path, form) in [("/register", vec![("username", "ann"), ("email", "a@b.cd")]), ("/register/auto", vec![])] {
        assert_eq!(browser.post(path, &form).await.location(), "/login?error=closed&next=%2F%3Fx%3D1", "{path}");
    }
    assert_eq!((site.count("users").await, site.count("open_ids").await), (0, 0));
}
