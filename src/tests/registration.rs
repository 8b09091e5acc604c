//! The registration form: validation, expiry, and concurrent submissions.

use std::collections::BTreeSet;

use crate::support::TestSite;

#[tokio::test]
async fn invalid_form_keeps_input_and_creates_no_account() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", Some("/wanted")).await;
    browser.get(&callback).await;
    let response = browser.post("/register", &[("username", "a\"<b>"), ("email", "not an address")]).await;
    assert_eq!(response.status, 200);
    assert!(response.body.contains("value=\"a&quot;&lt;b&gt;\""), "{}", response.body);
    assert!(response.body.contains("value=\"not an address\""));
    assert_eq!(response.body.matches("data-testid=\"field-error\"").count(), 2);
    assert!(response.body.contains("href=\"#username\"") && response.body.contains("href=\"#email\""));
    assert!(response.body.contains("<title>Error: "));
    assert_eq!(site.count("users").await, 0);
    let response = browser.post("/register", &[("username", "ann"), ("email", "ann@example.com")]).await;
    assert_eq!(response.location(), "/wanted");
}

#[tokio::test]
async fn s46_invalid_or_missing_field_shows_its_own_error() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    for (fields, text) in [
        (vec![("username", "ann")], "Enter your email address."),
        (vec![("email", "ann@example.com")], "Enter a username."),
        (vec![("username", "admin"), ("email", "a@b.cd")], "This username is reserved."),
        (vec![("username", "a"), ("email", "a@b.cd")], "at least 2 characters"),
        (vec![("username", "_ann"), ("email", "a@b.cd")], "start with a letter or number"),
        (vec![("username", "\u{3164}\u{3164}\u{3164}"), ("email", "a@b.cd")], "can contain only letters"),
        (vec![("username", "a\u{301}\u{302}\u{303}\u{304}n"), ("email", "a@b.cd")], "can contain only letters"),
        (vec![("username", "\u{430}nna"), ("email", "a@b.cd")], "mix alphabets that look alike"),
    ] {
        let response = browser.post("/register", &fields).await;
        assert_eq!(
            response.text_by_test_id("field-error").as_deref().map(|error| error.contains(text)),
            Some(true),
            "{text}"
        );
        assert_eq!(response.body.matches("data-testid=\"field-error\"").count(), 1);
    }
    assert_eq!(site.count("users").await, 0);
    let form = [("username", "小明"), ("email", "a@b.cd")];
    assert_eq!(browser.post("/register", &form).await.location(), "/account");
    assert_eq!(browser.signed_in_as().await.as_deref(), Some("小明"));
}

#[tokio::test]
async fn s85_unreadable_form_is_rejected_and_registration_stays_valid() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let request = browser.request(reqwest::Method::POST, "/register").header("content-type", "application/json");
    assert_eq!(browser.send(request.body("{\"username\":\"ann\"}")).await.status, 415);
    let request = browser
        .request(reqwest::Method::POST, "/register")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("username={}", "a".repeat(20_000)));
    assert_eq!(browser.send(request).await.status, 413);
    let response = browser.post("/register", &[("username", "ann"), ("username", "bob"), ("email", "a@b.cd")]).await;
    assert_eq!(
        (response.status, site.query_texts("SELECT username FROM users").await.join(",").as_str()),
        (303, "ann")
    );
}

#[tokio::test]
async fn s46_username_is_unique_regardless_of_case_and_width() {
    let site = TestSite::start().await;
    site.browser().register("One", "Ann_Lee", "one@example.com").await;
    let mut browser = site.browser();
    browser.sign_in("Two").await;
    for name in ["Ann_Lee", "ANN_LEE", "ann_lee", "\u{ff21}nn_Lee"] {
        let response = browser.post("/register", &[("username", name), ("email", "two@example.com")]).await;
        assert!(response.text_by_test_id("field-error").is_some_and(|error| error.contains("taken")), "{name}");
        let response = browser.get(&format!("/api/check-username?username={name}")).await;
        assert_eq!((response.status, response.body.as_str()), (200, "\"taken\""), "{name}");
    }
    assert_eq!(browser.get("/api/check-username?username=free-name").await.body, "\"\"");
    assert_eq!(browser.get("/api/check-username?username=root").await.body, "\"reserved\"");
    let mut anonymous = site.browser();
    assert_eq!(anonymous.get("/api/check-username?username=Ann_Lee").await.body, "\"nobody\"");
    assert_eq!(anonymous.get("/api/check-username?username=free-name").await.body, "\"nobody\"");
}

#[tokio::test]
async fn s46_lookalike_username_is_taken() {
    let site = TestSite::start().await;
    site.browser().register("One", "coco", "one@example.com").await;
    let mut browser = site.browser();
    browser.sign_in("Two").await;
    let cyrillic = "\u{441}\u{43e}\u{441}\u{43e}";
    let response = browser.post("/register", &[("username", cyrillic), ("email", "two@example.com")]).await;
    assert!(response.text_by_test_id("field-error").is_some_and(|error| error.contains("taken")));
}

#[tokio::test]
async fn s40_openid_from_form_is_ignored() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let page = browser.get("/register").await;
    let fields = [("username", "ann"), ("email", "a@b.cd"), ("openid", "FORGED"), ("user_id", "1"), ("next", "//evil")];
    assert_eq!(browser.post("/register", &fields).await.location(), "/account");
    let openids = site.query_texts("SELECT openid FROM open_ids").await;
    assert_eq!(openids.len(), 1);
    assert_ne!(openids[0], "FORGED");
    // The avatar URL may contain it, as QQ's avatar URLs do. Form fields must not.
    let is_in_form =
        page.body.split("<input").skip(1).any(|field| field.split('>').next().unwrap_or("").contains(&openids[0]));
    assert!(!is_in_form, "{}", page.body);
}

#[tokio::test]
async fn s41_registration_is_bound_to_one_browser_expires_and_is_single_use() {
    let site = TestSite::start().await;
    let fields = [("username", "ann"), ("email", "a@b.cd")];
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let mut second_tab = browser.clone();
    assert_eq!(site.browser().post("/register", &fields).await.location(), "/login");
    site.advance_clock(15 * 60 + 1);
    assert_eq!(browser.post("/register", &fields).await.location(), "/login?error=expired");
    assert_eq!(second_tab.get("/register").await.location(), "/login");
    browser.sign_in("Ann").await;
    second_tab = browser.clone();
    site.advance_clock(15 * 60);
    assert_eq!(browser.post("/register", &fields).await.location(), "/account");
    assert_eq!(second_tab.clone().post("/register", &fields).await.location(), "/account", "the first answer again");
    site.advance_clock(60);
    assert_eq!(second_tab.post("/register", &fields).await.location(), "/login", "the old session has ended");
    assert_eq!(browser.post("/register", &fields).await.location(), "/account", "the form was submitted twice");
    assert_eq!((site.count("users").await, site.count("sessions").await), (1, 1));
}

#[tokio::test]
async fn s06_s41_every_step_works_on_a_replica_whose_clock_differs_by_a_minute() {
    let site = TestSite::start().await;
    let behind = site.start_replica_behind(60).await;
    for (name, first, second) in [("ann", site.port, behind), ("bob", behind, site.port)] {
        let mut browser = site.browser().via_port(first);
        let callback = browser.authorize_as(name, None).await;
        let mut browser = browser.via_port(second);
        assert_eq!(browser.get(&callback).await.location(), "/register", "{name}");
        let mut browser = browser.via_port(first);
        assert_eq!(browser.get("/register").await.status, 200, "{name}");
        let mut browser = browser.via_port(second);
        let form = [("username", name), ("email", "a@b.cd")];
        assert_eq!(browser.post("/register", &form).await.location(), "/account", "{name}");
        for port in [first, second] {
            assert_eq!(browser.via_port(port).get("/account").await.status, 200, "{name}");
        }
    }
}

#[tokio::test]
async fn s47_one_of_fifty_concurrent_users_gets_the_username() {
    let site = TestSite::start().await;
    let mut browsers = Vec::new();
    for user in 0..50 {
        let mut browser = site.browser();
        browser.sign_in(&format!("User {user}")).await;
        browsers.push(browser);
    }
    let posts = browsers.into_iter().map(|mut browser| {
        tokio::spawn(async move { browser.post("/register", &[("username", "wanted"), ("email", "a@b.cd")]).await })
    });
    let mut statuses = Vec::new();
    for post in posts.collect::<Vec<_>>() {
        let response = post.await.expect("a response");
        assert!(
            response.status == 303
                || response.text_by_test_id("field-error").is_some_and(|error| error.contains("taken"))
        );
        statuses.push(response.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!((site.count("users").await, site.count("email_addresses").await), (1, 1));
}

#[tokio::test]
async fn s47_fifty_concurrent_registrations_of_one_user_create_one_account() {
    let site = TestSite::start().await;
    let mut browsers = Vec::new();
    for _ in 0..50 {
        let mut browser = site.browser();
        assert_eq!(browser.sign_in("Ann").await.location(), "/register");
        browsers.push(browser);
    }
    let posts = browsers.into_iter().enumerate().map(|(number, mut browser)| {
        tokio::spawn(async move {
            let username = format!("ann-{number}");
            let response = browser.post("/register", &[("username", &username), ("email", "a@b.cd")]).await;
            (response.status, response.location().to_owned(), browser)
        })
    });
    let mut browsers = vec![];
    for post in posts.collect::<Vec<_>>() {
        let (status, location, browser) = post.await.expect("a response");
        assert_eq!((status, location.as_str()), (303, "/account"));
        browsers.push(browser);
    }
    assert_eq!((site.count("users").await, site.count("open_ids").await), (1, 1));
    let username = site.query_texts("SELECT username FROM users").await.remove(0);
    let mut session_ids = BTreeSet::new();
    for mut browser in browsers {
        assert_eq!(
            browser.signed_in_as().await.as_ref(),
            Some(&username),
            "every browser is signed in to that account"
        );
        session_ids.extend(browser.session_id().map(str::to_owned));
    }
    let signed_in = site.count("sessions WHERE user_id IS NOT NULL").await;
    assert_eq!((session_ids.len(), signed_in, site.count("sessions").await), (50, 50, 50), "one session each");
}

#[tokio::test]
async fn s47_concurrent_submissions_of_one_form_create_one_account() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let posts = (0..8).map(|_| {
        let mut browser = browser.clone();
        tokio::spawn(async move { browser.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await })
    });
    let mut sessions = vec![];
    for post in posts.collect::<Vec<_>>() {
        let response = post.await.expect("a response");
        assert_eq!(response.status, 303);
        assert_eq!(response.location(), "/account");
        sessions.extend(response.set_cookies().into_iter().map(str::to_owned));
    }
    assert_eq!((site.count("users").await, site.count("sessions").await), (1, 1));
    assert_eq!((sessions.len(), sessions.iter().collect::<BTreeSet<_>>().len()), (8, 1), "all get the same session");
}

#[tokio::test]
async fn s49_passwords_are_neither_accepted_nor_stored() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    let mut anonymous = site.browser();
    for path in ["/login", "/login/qq", "/login/qq/callback", "/account"] {
        let response = anonymous.post(path, &[("username", "ann"), ("password", ""), ("openid", "")]).await;
        assert_eq!(response.status, 405, "{path}");
    }
    assert_eq!(anonymous.session_id(), None);
    let migrations = include_str!("../../migrations/sqlite/0001_accounts.sql").to_ascii_lowercase();
    assert!(!migrations.contains("password"));
}
