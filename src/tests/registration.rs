//! Registering: the form, its errors, and races.

use crate::support::{TestSite, options};

#[tokio::test]
async fn a_form_with_errors_comes_back_with_what_was_typed_and_nothing_is_made() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let callback = browser.authorize_as("Ann", Some("/wanted")).await;
    browser.get(&callback).await;
    let answer = browser.post("/register", &[("username", "a\"<b>"), ("email", "not an address")]).await;
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("value=\"a&quot;&lt;b&gt;\""), "{}", answer.body);
    assert!(answer.body.contains("value=\"not an address\""));
    assert_eq!(answer.body.matches("data-testid=\"field-error\"").count(), 2);
    assert!(answer.body.contains("href=\"#username\"") && answer.body.contains("href=\"#email\""));
    assert!(answer.body.contains("<title>Error: "));
    assert_eq!(site.count("users").await, 0);
    let answer = browser.post("/register", &[("username", "ann"), ("email", "ann@example.com")]).await;
    assert_eq!(answer.location(), "/wanted");
}

#[tokio::test]
async fn s46_each_field_is_judged_by_itself_and_missing_ones_too() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    for (fields, text) in [
        (vec![("username", "ann")], "Enter your email address."),
        (vec![("email", "ann@example.com")], "Enter a username."),
        (vec![("username", "admin"), ("email", "a@b.cd")], "This username is reserved."),
        (vec![("username", "ab"), ("email", "a@b.cd")], "at least 3 characters"),
        (vec![("username", "\u{430}nna"), ("email", "a@b.cd")], "mix alphabets that look alike"),
    ] {
        let answer = browser.post("/register", &fields).await;
        assert_eq!(
            answer.text_by_test_id("field-error").as_deref().map(|error| error.contains(text)),
            Some(true),
            "{text}"
        );
        assert_eq!(answer.body.matches("data-testid=\"field-error\"").count(), 1);
    }
    assert_eq!(site.count("users").await, 0);
}

#[tokio::test]
async fn s85_a_form_that_cannot_be_read_is_refused_and_the_registration_stays() {
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
    let answer = browser.post("/register", &[("username", "ann"), ("username", "bob"), ("email", "a@b.cd")]).await;
    assert_eq!((answer.status, site.query_texts("SELECT username FROM users").await.join(",").as_str()), (303, "ann"));
}

#[tokio::test]
async fn s46_a_name_is_taken_in_whatever_form_it_is_typed() {
    let site = TestSite::start().await;
    site.browser().register("One", "Ann_Lee", "one@example.com").await;
    let mut browser = site.browser();
    browser.sign_in("Two").await;
    for name in ["Ann_Lee", "ANN_LEE", "ann_lee", "\u{ff21}nn_Lee"] {
        let answer = browser.post("/register", &[("username", name), ("email", "two@example.com")]).await;
        assert!(answer.text_by_test_id("field-error").is_some_and(|error| error.contains("taken")), "{name}");
        let answer = browser.get(&format!("/api/check-username?username={name}")).await;
        assert_eq!((answer.status, answer.body.as_str()), (200, "\"taken\""), "{name}");
    }
    assert_eq!(browser.get("/api/check-username?username=free-name").await.body, "\"\"");
    assert_eq!(browser.get("/api/check-username?username=root").await.body, "\"reserved\"");
    let mut stranger = site.browser();
    assert_eq!(stranger.get("/api/check-username?username=Ann_Lee").await.body, "\"nobody\"");
    assert_eq!(stranger.get("/api/check-username?username=free-name").await.body, "\"nobody\"");
}

#[tokio::test]
async fn s40_the_openid_is_not_taken_from_the_form() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let page = browser.get("/register").await;
    let fields = [("username", "ann"), ("email", "a@b.cd"), ("openid", "FORGED"), ("user_id", "1"), ("next", "//evil")];
    assert_eq!(browser.post("/register", &fields).await.location(), "/account");
    let openids = site.query_texts("SELECT openid FROM open_ids").await;
    assert_eq!(openids.len(), 1);
    assert_ne!(openids[0], "FORGED");
    // Its avatar's address may hold it (QQ's own did); no field of a form does.
    let held =
        page.body.split("<input").skip(1).any(|field| field.split('>').next().unwrap_or("").contains(&openids[0]));
    assert!(!held, "{}", page.body);
}

#[tokio::test]
async fn s41_a_registration_belongs_to_one_browser_for_fifteen_minutes_and_once() {
    let site = TestSite::start().await;
    let fields = [("username", "ann"), ("email", "a@b.cd")];
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let mut twice = browser.clone();
    assert_eq!(site.browser().post("/register", &fields).await.location(), "/login");
    site.advance_clock(15 * 60 + 1);
    assert_eq!(browser.post("/register", &fields).await.location(), "/login?error=expired");
    assert_eq!(twice.get("/register").await.location(), "/login");
    browser.sign_in("Ann").await;
    twice = browser.clone();
    site.advance_clock(15 * 60);
    assert_eq!(browser.post("/register", &fields).await.location(), "/account");
    assert_eq!(twice.post("/register", &fields).await.location(), "/login", "the old session is gone");
    assert_eq!(browser.post("/register", &fields).await.location(), "/account", "the second click of one form");
    assert_eq!(site.count("users").await, 1);
}

#[tokio::test]
async fn s42_s56_somebody_elses_address_gives_the_same_answer_and_no_way_in() {
    for trust in ["off", "on"] {
        let site = TestSite::start_with(options([("EMAIL_TRUST", trust)])).await;
        let mut victim = site.browser();
        victim.register("Victim", "victim", "victim@example.com").await;
        let mut attacker = site.browser();
        let answer = attacker.register("Attacker", "attacker", "Victim@Example.com").await;
        assert_eq!((answer.status, answer.location()), (303, "/account"), "as for a free address");
        assert_eq!(attacker.signed_in_as().await.as_deref(), Some("attacker"));
        assert_eq!(site.query_number("SELECT COUNT(DISTINCT user_id) FROM open_ids").await, 2);
        let verified = site.query_number("SELECT COUNT(*) FROM email_addresses WHERE verified").await;
        assert_eq!(verified, i64::from(trust == "on"), "EMAIL_TRUST={trust}");
    }
}

#[tokio::test]
async fn s43_verifying_an_address_ends_unverified_claims_to_it() {
    let site = TestSite::start().await;
    let mut attacker = site.browser();
    attacker.register("Attacker", "attacker", "owner@example.com").await;
    let site = site.restart_with(options([("EMAIL_TRUST", "on")])).await;
    let mut owner = site.browser();
    owner.register("Owner", "the-owner", "owner@example.com").await;
    let holders = "SELECT username FROM users JOIN email_addresses ON user_id = users.id";
    assert_eq!(site.query_texts(holders).await, ["the-owner"]);
    let mut attacker = attacker.moved_to(&site);
    assert_eq!(attacker.signed_in_as().await.as_deref(), Some("attacker"), "their own account is theirs still");
    let account = owner.get("/account").await;
    assert!(account.body.contains("owner@example.com") && !account.body.contains("Unverified"));
}

#[tokio::test]
async fn s44_an_unverified_address_holds_nobody_back() {
    let site = TestSite::start().await;
    for name in ["one", "two", "three"] {
        let mut browser = site.browser();
        assert_eq!(browser.register(name, name, "same@example.com").await.location(), "/account");
    }
    assert_eq!(site.query_number("SELECT COUNT(*) FROM email_addresses WHERE NOT verified AND is_primary").await, 3);
}

#[tokio::test]
async fn s45_addresses_are_stored_trimmed_and_in_lower_case() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register("Ann", "ann", "  ANN@Example.COM ").await;
    assert_eq!(site.query_texts("SELECT email FROM email_addresses").await, ["ann@example.com"]);
    let mut other = site.browser();
    other.sign_in("Other").await;
    for address in ["a@b.com,evil@x.y", "a\u{ff20}b.com", "\u{212a}ate@b.com", "a@b.com\r\nBcc: x@y.z"] {
        let answer = other.post("/register", &[("username", "other"), ("email", address)]).await;
        assert!(answer.text_by_test_id("field-error").is_some(), "{address:?}");
    }
}

#[tokio::test]
async fn s46_look_alikes_of_a_name_are_taken() {
    let site = TestSite::start().await;
    site.browser().register("One", "coco", "one@example.com").await;
    let mut browser = site.browser();
    browser.sign_in("Two").await;
    let cyrillic = "\u{441}\u{43e}\u{441}\u{43e}";
    let answer = browser.post("/register", &[("username", cyrillic), ("email", "two@example.com")]).await;
    assert!(answer.text_by_test_id("field-error").is_some_and(|error| error.contains("taken")));
}

#[tokio::test]
async fn s47_of_fifty_people_who_want_one_name_one_gets_it() {
    let site = TestSite::start().await;
    let mut browsers = Vec::new();
    for person in 0..50 {
        let mut browser = site.browser();
        browser.sign_in(&format!("Person {person}")).await;
        browsers.push(browser);
    }
    let posts = browsers.into_iter().map(|mut browser| {
        tokio::spawn(async move { browser.post("/register", &[("username", "wanted"), ("email", "a@b.cd")]).await })
    });
    let mut statuses = Vec::new();
    for post in posts.collect::<Vec<_>>() {
        let answer = post.await.expect("an answer");
        assert!(
            answer.status == 303 || answer.text_by_test_id("field-error").is_some_and(|error| error.contains("taken"))
        );
        statuses.push(answer.status);
    }
    assert_eq!(statuses.iter().filter(|status| **status == 303).count(), 1, "{statuses:?}");
    assert_eq!((site.count("users").await, site.count("email_addresses").await), (1, 1));
}

#[tokio::test]
async fn s47_of_fifty_first_visits_of_one_person_one_account_comes() {
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
            let answer = browser.post("/register", &[("username", &username), ("email", "a@b.cd")]).await;
            (answer.status, answer.location().to_owned(), browser)
        })
    });
    let mut last = None;
    for post in posts.collect::<Vec<_>>() {
        let (status, location, browser) = post.await.expect("an answer");
        assert_eq!((status, location.as_str()), (303, "/account"));
        last = Some(browser);
    }
    assert_eq!((site.count("users").await, site.count("open_ids").await), (1, 1));
    let username = site.query_texts("SELECT username FROM users").await.remove(0);
    assert_eq!(last.expect("a browser").signed_in_as().await, Some(username), "all of them are signed in as that one");
}

#[tokio::test]
async fn s47_one_form_sent_twice_at_once_makes_one_account() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.sign_in("Ann").await;
    let posts = (0..8).map(|_| {
        let mut browser = browser.clone();
        tokio::spawn(async move { browser.post("/register", &[("username", "ann"), ("email", "a@b.cd")]).await })
    });
    for post in posts.collect::<Vec<_>>() {
        let answer = post.await.expect("an answer");
        assert_eq!(answer.status, 303);
        assert!(["/account", "/login"].contains(&answer.location()), "{}", answer.location());
    }
    assert_eq!(site.count("users").await, 1);
}

#[tokio::test]
async fn s49_there_is_no_password_to_be_empty() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    browser.register_new_user().await;
    let mut stranger = site.browser();
    for path in ["/login", "/login/qq", "/login/qq/callback", "/account"] {
        let answer = stranger.post(path, &[("username", "ann"), ("password", ""), ("openid", "")]).await;
        assert_eq!(answer.status, 405, "{path}");
    }
    assert_eq!(stranger.session_id(), None);
    let migrations = include_str!("../../migrations/sqlite/0001_accounts.sql").to_ascii_lowercase();
    assert!(!migrations.contains("password"));
}
