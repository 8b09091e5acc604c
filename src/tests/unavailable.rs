//! The database is busy for too long: people wait, and then see a page that says so.

use std::time::{Duration, Instant};

use crate::support::{Browser, Response, TestSite};

/// Keeps everybody else from writing, until the statement `ROLLBACK`.
async fn occupy(site: &TestSite) {
    if std::env::var_os("TEST_ON_POSTGRES").is_some() {
        site.execute("BEGIN").await;
        site.execute("LOCK TABLE users, sessions, spent_attempts, readiness IN EXCLUSIVE MODE").await;
    } else {
        site.execute("BEGIN IMMEDIATE").await;
    }
}

/// What `/readyz` says, once it says that something is the matter or that nothing is.
async fn readiness(browser: &mut Browser, status: u16) -> Response {
    let begin = Instant::now();
    loop {
        let answer = browser.get("/readyz").await;
        if answer.status == status {
            return answer;
        }
        assert!(begin.elapsed() < Duration::from_secs(30), "{} {}", answer.status, answer.body);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn expect_unavailable(mut browser: Browser, path: String, form: Option<Vec<(&'static str, &'static str)>>) {
    let answer = match form {
        Some(fields) => browser.post(&path, &fields).await,
        None => browser.get(&path).await,
    };
    assert_eq!(answer.status, 503, "{path}: {}", answer.body);
    assert!(answer.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1), "{path}");
    assert!(answer.body.contains("Temporarily unavailable") && answer.body.contains("role=\"alert\""), "{path}");
    assert_eq!(answer.header("cache-control"), "no-store", "{path}");
}

#[tokio::test]
async fn a_busy_database_is_waited_for_and_then_a_page_says_so_and_nothing_is_lost() {
    let site = TestSite::start().await;
    let mut signed_in = site.browser();
    let username = signed_in.register_new_user().await;
    let mut pending = site.browser();
    pending.sign_in("Ann").await;
    let mut bob = site.browser();
    let callback = bob.authorize_as("Bob", None).await;
    occupy(&site).await;
    let form = vec![("username", "ann"), ("email", "a@b.cd")];
    let requests = [
        expect_unavailable(pending.clone(), "/register".to_owned(), Some(form.clone())),
        expect_unavailable(pending.clone(), "/register/auto".to_owned(), Some(vec![])),
        expect_unavailable(bob.clone(), callback.clone(), None),
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
    assert_eq!(bob.get(&callback).await.location(), "/register", "and to reload the callback is enough");
    assert_eq!((site.count_qq_requests("token").await, bob.get("/register").await.status), (3, 200));
    assert_eq!(signed_in.post("/logout", &[]).await.location(), "/");
}

#[tokio::test]
async fn readiness_is_found_out_by_writing_and_says_what_is_the_matter() {
    let site = TestSite::start().await;
    let mut supervisor = site.browser();
    assert_eq!(readiness(&mut supervisor, 200).await.body, "ok\n");
    occupy(&site).await;
    let told = readiness(&mut supervisor, 503).await;
    assert_eq!(told.body, "the database is busy\n");
    assert!(told.header("retry-after").parse::<u64>().is_ok_and(|wait| wait >= 1));
    site.execute("ROLLBACK").await;
    assert_eq!(readiness(&mut supervisor, 200).await.body, "ok\n");
}

#[tokio::test]
async fn a_flood_of_questions_about_readiness_is_no_flood_of_writes() {
    let site = TestSite::start().await;
    let mut supervisor = site.browser();
    readiness(&mut supervisor, 200).await;
    let (begin, before) = (Instant::now(), site.query_number("SELECT writes FROM readiness").await);
    let questions: Vec<_> = (0..200)
        .map(|_| {
            let mut supervisor = supervisor.clone();
            tokio::spawn(async move { supervisor.get("/readyz").await })
        })
        .collect();
    for question in questions {
        question.await.expect("an answer");
    }
    let writes = site.query_number("SELECT writes FROM readiness").await - before;
    let most = i64::try_from(begin.elapsed().as_secs()).expect("a number") + 2;
    assert!(before >= 1 && writes <= most, "{writes} writes in {:?}", begin.elapsed());
}

#[tokio::test]
async fn who_only_reads_is_served_while_nothing_can_be_written() {
    let site = TestSite::start().await;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    // Long enough that the session would be marked as seen.
    site.advance_clock(3600);
    occupy(&site).await;
    assert_eq!(browser.signed_in_as().await, Some(username));
    site.execute("ROLLBACK").await;
}
