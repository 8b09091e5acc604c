//! A database that is locked for too long, and `/readyz`.

use std::time::{Duration, Instant};

use futures_util::future::join_all;

use crate::support::{Browser, Response, TestSite};

/// More than the site has connections to the database.
const READERS: usize = 12;

/// Locks the database against writes until `ROLLBACK`.
async fn lock_database(site: &TestSite) {
    if std::env::var_os("TEST_ON_POSTGRES").is_some() {
        site.execute("BEGIN").await;
        site.execute("LOCK TABLE users, sessions, spent_attempts, readiness IN EXCLUSIVE MODE").await;
    } else {
        site.execute("BEGIN IMMEDIATE").await;
    }
}

/// Polls `/readyz` until it returns `status`.
async fn wait_for_readyz(browser: &mut Browser, status: u16) -> Response {
    let started_at = Instant::now();
    loop {
        let response = browser.get("/readyz").await;
        if response.status == status {
            return response;
        }
        assert!(started_at.elapsed() < Duration::from_secs(30), "{} {}", response.status, response.body);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn expect_unavailable(mut browser: Browser, path: String, form: Option<Vec<(&'static str, &'static str)>>) {
    let response = match form {
        Some(fields) => browser.post(&path, &fields).await,
        None => browser.get(&path).await,
    };
    assert_eq!(response.status, 503, "{path}: {}", response.body);
    assert!(response.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1), "{path}");
    assert!(response.body.contains("Temporarily unavailable") && response.body.contains("role=\"alert\""), "{path}");
    assert_eq!(response.header("cache-control"), "no-store", "{path}");
}

#[tokio::test]
async fn locked_database_returns_503_and_loses_nothing() {
    let site = TestSite::start().await;
    let mut signed_in = site.browser();
    let username = signed_in.register_new_user().await;
    let mut pending = site.browser();
    pending.sign_in("Ann").await;
    let mut bob = site.browser();
    let callback = bob.authorize_as("Bob", None).await;
    lock_database(&site).await;
    let form = vec![("username", "ann"), ("email", "a@b.cd")];
    let requests = [
        expect_unavailable(pending.clone(), "/register".to_owned(), Some(form.clone())),
        expect_unavailable(pending.clone(), "/register/auto".to_owned(), Some(vec![])),
        expect_unavailable(bob.clone(), callback.clone(), None),
        expect_unavailable(signed_in.clone(), "/logout".to_owned(), Some(vec![])),
    ];
    let running: Vec<_> = requests.into_iter().map(tokio::spawn).collect();
    assert_eq!(signed_in.signed_in_as().await, Some(username), "reads still work");
    for request in running {
        request.await.expect("a response");
    }
    site.execute("ROLLBACK").await;
    assert_eq!(site.count("users").await, 1, "no account was created");
    assert_eq!(pending.post("/register", &form).await.location(), "/account", "the registration is still valid");
    assert_eq!(bob.get(&callback).await.location(), "/register", "reloading the callback is enough");
    assert_eq!((site.count_qq_requests("token").await, bob.get("/register").await.status), (3, 200));
    assert_eq!(signed_in.post("/logout", &[]).await.location(), "/");
}

#[tokio::test]
async fn readyz_fails_with_the_reason_if_writes_fail_and_healthz_does_not() {
    let site = TestSite::start().await;
    let mut client = site.browser();
    assert_eq!(wait_for_readyz(&mut client, 200).await.body, "ok\n");
    lock_database(&site).await;
    let response = wait_for_readyz(&mut client, 503).await;
    assert_eq!((client.get("/healthz").await.status, client.get("/readyz").await.status), (200, 503));
    assert_eq!(response.body, "the database is busy\n");
    assert!(response.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1));
    site.execute("ROLLBACK").await;
    assert_eq!(wait_for_readyz(&mut client, 200).await.body, "ok\n");
}

#[tokio::test]
async fn readyz_writes_at_most_once_per_second() {
    let site = TestSite::start().await;
    let mut client = site.browser();
    // The first check writes nothing if a background task committed within the second before it.
    while site.query_number("SELECT writes FROM readiness").await == 0 {
        assert_eq!(client.get("/readyz").await.status, 200);
    }
    let (started_at, before) = (Instant::now(), site.query_number("SELECT writes FROM readiness").await);
    let requests: Vec<_> = (0..200)
        .map(|_| {
            let mut client = client.clone();
            tokio::spawn(async move { client.get("/readyz").await })
        })
        .collect();
    for request in requests {
        request.await.expect("a response");
    }
    let writes = site.query_number("SELECT writes FROM readiness").await - before;
    let limit = i64::try_from(started_at.elapsed().as_secs()).expect("a number") + 2;
    assert!(writes <= limit, "{writes} writes in {:?}", started_at.elapsed());
}

#[tokio::test]
async fn reads_succeed_while_the_database_is_locked() {
    let site = TestSite::start().await;
    let mut browsers = vec![];
    for _ in 0..READERS {
        let mut browser = site.browser();
        let username = browser.register_new_user().await;
        browsers.push((browser, username));
    }
    let database = site.open_database().await;
    // Long enough for the session's last-seen time to be updated.
    site.advance_clock(3600);
    lock_database(&site).await;
    // This waits for as long as the site would wait for the lock, and began earlier.
    let insert = sqlx::query("INSERT INTO spent_attempts (state_hash, spent_at) VALUES ('late', 1)");
    let write = tokio::spawn(async move { database.execute(insert).await });
    let reads = browsers.into_iter().map(|(mut browser, username)| async move {
        let page = browser.get("/account").await;
        assert_eq!((page.status, page.text_by_test_id("username")), (200, Some(username)));
    });
    join_all(reads).await;
    assert!(!write.is_finished(), "readers had to wait for a writer");
    assert!(write.await.expect("a result").is_err(), "the database was locked all the time");
    site.execute("ROLLBACK").await;
}
