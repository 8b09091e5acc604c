//! Changing the username.

use futures_util::future::join_all;

use crate::support::{Browser, Response, TestSite};

const DAY: i64 = 86_400;
const TAKEN: &str = "This username is taken.";

async fn change(browser: &mut Browser, username: &str) -> Response {
    browser.post("/account/username", &[("username", username)]).await
}

/// Changes the username and expects success.
async fn expect_changed(browser: &mut Browser, username: &str) {
    let response = change(browser, username).await;
    assert_eq!((response.status, response.location()), (303, "/account/username"), "{}", response.body);
    assert!(browser.get("/account/username").await.body.contains("Username changed"));
    assert_eq!(browser.signed_in_as().await.as_deref(), Some(username));
}

#[tokio::test]
async fn all_sessions_show_a_new_username_at_once() {
    let site = TestSite::start().await;
    let (mut browser, mut phone) = (site.browser(), site.browser());
    let username = browser.register_new_user().await;
    phone.sign_in(&username).await;
    let page = browser.get("/account/username").await;
    assert!(page.body.contains(&format!("value=\"{username}\"")), "{}", page.body);
    expect_changed(&mut browser, "Neuer-Name").await;
    assert_eq!(phone.signed_in_as().await.as_deref(), Some("Neuer-Name"));
    assert!(phone.get("/account").await.body.contains("Neuer-Name"));
    // What a session stores by itself later does not bring the old name back.
    phone.post("/account/portrait", &[]).await;
    assert_eq!(phone.signed_in_as().await.as_deref(), Some("Neuer-Name"));
    let export = phone.get("/account/export").await.body;
    let export: serde_json::Value = serde_json::from_str(&export).expect("JSON");
    assert_eq!(export["user_name"], "Neuer-Name");
    assert_eq!(export["former_user_names"][0]["user_name"], username);
}

#[tokio::test]
async fn refused_username_is_shown_again_with_its_error() {
    let site = TestSite::start().await;
    let (mut browser, mut other) = (site.browser(), site.browser());
    let username = browser.register_new_user().await;
    other.register("Tom", "tom_1", "tom@example.com").await;
    for (typed, error) in [
        ("", "Enter a username."),
        ("a b", "Username can"),
        ("admin", "This username is reserved."),
        ("TOM_1", TAKEN),
        ("tom_l", TAKEN),
    ] {
        let page = change(&mut browser, typed).await;
        assert!(page.status == 200 && page.body.contains(error), "{typed}: {}", page.body);
        assert!(page.body.contains("role=\"alert\"") && page.body.contains("<title>Error: "), "{typed}");
        assert!(page.body.contains(&format!("value=\"{typed}\"")), "{typed}");
    }
    assert_eq!(change(&mut browser, &username).await.location(), "/account/username");
    assert_eq!(site.count("former_usernames").await, 0, "the same name is no change");
    assert_eq!(browser.signed_in_as().await, Some(username));
}

#[tokio::test]
async fn s105_former_username_is_reserved_for_its_owner_for_thirty_days() {
    let site = TestSite::start().await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    ann.register("Ann", "tom_1", "ann@example.com").await;
    bob.register_new_user().await;
    expect_changed(&mut ann, "ann").await;
    for lookalike in ["tom_1", "TOM_1", "tom_l"] {
        assert!(change(&mut bob, lookalike).await.body.contains(TAKEN), "{lookalike}");
        let check = bob.get(&format!("/api/check-username?username={lookalike}")).await;
        assert_eq!(check.body, "\"taken\"", "{lookalike}");
        let mut new = site.browser();
        let response = new.register(lookalike, lookalike, "new@example.com").await;
        assert!(response.status == 200 && response.body.contains(TAKEN), "{lookalike}");
    }
    let check = ann.get("/api/check-username?username=tom_1").await;
    assert_eq!(check.body, "\"\"", "available to its owner");
    expect_changed(&mut ann, "tom_1").await;
    expect_changed(&mut ann, "ann").await;
    site.advance_clock(30 * DAY - 1);
    bob.sign_in("Bob").await;
    assert_eq!(bob.get("/api/check-username?username=tom_1").await.body, "\"taken\"");
    site.advance_clock(1);
    assert_eq!(bob.post("/register", &[("username", "tom_1"), ("email", "b@c.de")]).await.location(), "/account");
    let site = site.purge_after(1).await;
    assert_eq!(site.count("former_usernames").await, 0);
}

#[tokio::test]
async fn s105_deleting_the_account_frees_its_usernames() {
    let site = TestSite::start().await;
    let (mut ann, mut bob) = (site.browser(), site.browser());
    ann.register("Ann", "ann", "ann@example.com").await;
    bob.register_new_user().await;
    expect_changed(&mut ann, "anne").await;
    ann.post("/account/delete", &[]).await;
    assert_eq!(site.count("former_usernames").await, 0);
    expect_changed(&mut bob, "ann").await;
    expect_changed(&mut bob, "anne").await;
}

#[tokio::test]
async fn s106_three_changes_in_24_hours_are_allowed_across_restarts() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    for name in ["one-1", "two-2", "three-3"] {
        expect_changed(&mut browser, name).await;
    }
    let site = site.restart_with(vec![]).await;
    let mut browser = browser.moved_to(&site);
    let page = change(&mut browser, "four-4").await;
    assert!(page.status == 200 && page.body.contains("changed your username three times"), "{}", page.body);
    assert!(page.body.contains("value=\"four-4\""));
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("three-3"));
    site.advance_clock(DAY);
    expect_changed(&mut browser, "four-4").await;
}

#[tokio::test]
async fn s104_name_of_another_account_is_not_changed() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let ann = browser.register_new_user().await;
    let bob = browser.register_new_user().await;
    let form = [("username", "new-name"), ("account", ann.as_str())];
    assert_eq!(browser.post("/account/username", &form).await.location(), "/account/username");
    assert!(browser.get("/account/username").await.body.contains("signed in to a different account"));
    assert_eq!(browser.signed_in_as().await, Some(bob));
}

#[tokio::test]
async fn only_a_signed_in_user_changes_a_username() {
    let site = TestSite::start().await;
    let mut pending = site.browser();
    pending.sign_in("Ann").await;
    for mut browser in [site.browser(), pending] {
        assert_eq!(change(&mut browser, "ann").await.location(), "/login?next=/account/username");
        assert_eq!(browser.get("/account/username").await.location(), "/login?next=/account/username");
    }
    assert_eq!(site.browser().get("/api/check-username?username=ann").await.body, "\"nobody\"");
}

#[tokio::test]
async fn s47_two_users_at_once_do_not_get_one_username() {
    let site = TestSite::start().await;
    let replica = site.start_replica().await;
    for round in 0..10 {
        let (mut ann, mut bob) = (site.browser(), site.browser());
        ann.register_new_user().await;
        bob.register_new_user().await;
        let mut bob = bob.via_port(replica);
        let name = format!("wanted-{round}");
        let responses = tokio::join!(change(&mut ann, &name), change(&mut bob, &name));
        let mut statuses = [responses.0.status, responses.1.status];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 303], "round {round}");
        assert_eq!(site.count(&format!("users WHERE username = '{name}'")).await, 1, "round {round}");
    }
}

/// Two changes of one user, from two machines: both names are either current or reserved.
#[tokio::test]
async fn s106_changes_at_once_are_all_counted() {
    let site = TestSite::start().await;
    let replica = site.start_replica().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    let changes = (0..8).map(|number| {
        let mut browser = if number % 2 == 0 { browser.clone() } else { browser.via_port(replica) };
        async move { change(&mut browser, &format!("at-once-{number}")).await.status }
    });
    let statuses = join_all(changes).await;
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 3, "{statuses:?}");
    assert_eq!(site.count("former_usernames").await, 3);
    let names = site.query_texts("SELECT username FROM users UNION SELECT username FROM former_usernames").await;
    assert_eq!(names.len(), 4, "{names:?}");
}

/// A registration that waits while the owner gives the name up.
#[tokio::test]
async fn s105_reservation_holds_against_registrations_at_the_same_time() {
    let site = TestSite::start().await;
    let replica = site.start_replica().await;
    for round in 0..10 {
        let (mut ann, mut bob) = (site.browser(), site.browser());
        let name = ann.register_new_user().await;
        bob.sign_in(&format!("Bob {round}")).await;
        let mut bob = bob.via_port(replica);
        let new_name = format!("other-{round}");
        let form = [("username", name.as_str()), ("email", "bob@example.com")];
        let (changed, registered) = tokio::join!(change(&mut ann, &new_name), bob.post("/register", &form));
        assert_eq!((changed.status, registered.status), (303, 200), "round {round}: {}", registered.body);
    }
}
