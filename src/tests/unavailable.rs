//! The database is busy for too long: people wait, and then see a page that says so.

use crate::support::{Browser, TestSite};

/// Keeps everybody else from writing, until the statement `ROLLBACK`.
async fn occupy(site: &TestSite) {
    if std::env::var_os("TEST_ON_POSTGRES").is_some() {
        site.execute("BEGIN").await;
        site.execute("LOCK TABLE users, sessions, spent_attempts IN EXCLUSIVE MODE").await;
    } else {
        site.execute("BEGIN IMMEDIATE").await;
    }
}

async fn expect_unavailable(mut browser: Browser, path: String, form: Option<Vec<(&'static str, &'static str)>>) {
    let answer = match form {
        Some(fields) => browser.post(&path, &fields).await,
        None => browser.get(&path).await,
    };
    assert_eq!(answer.status, 503, "{path}: {}", answer.body);
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1), "{path}");
    assert!(answer.body.contains("Not available just now") && answer.body.contains("role=\"alert\""), "{path}");
    assert_eq!(answer.header("cache-control"), "no-store", "{path}");
}

#[tokio::test]
async fn a_busy_database_is_waited_for_and_then_a_page_says_so_and_nothing_is_lost() {
    let site = TestSite::start().await;
    let mut signed_in = site.browser();
    let username = signed_in.become_somebody().await;
    let mut pending = site.browser();
    pending.sign_in("Ann").await;
    let mut bob = site.browser();
    let callback = bob.come_back_as("Bob", None).await;
    occupy(&site).await;
    let form = vec![("username", "ann"), ("email", "a@b.cd")];
    let requests = [
        expect_unavailable(pending.clone(), "/register".to_owned(), Some(form.clone())),
        expect_unavailable(pending.clone(), "/register/auto".to_owned(), Some(vec![])),
        expect_unavailable(bob.clone(), callback, None),
        expect_unavailable(signed_in.clone(), "/logout".to_owned(), Some(vec![])),
    ];
    let running: Vec<_> = requests.into_iter().map(tokio::spawn).collect();
    assert_eq!(signed_in.signed_in_as().await, Some(username), "reading goes on");
    for request in running {
        request.await.expect("an answer");
    }
    site.execute("ROLLBACK").await;
    assert_eq!(site.count("users").await, 1, "nothing was made");
    assert_eq!(pending.post("/register", &form).await.location(), "/account", "and the registration is still there");
    assert_eq!(bob.sign_in("Bob").await.location(), "/register");
    assert_eq!(signed_in.post("/logout", &[]).await.location(), "/");
}
