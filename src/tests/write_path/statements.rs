//! SQL statements per request.

use crate::support::{Log, TestSite};

/// How often each journey is repeated. Background work may add statements to some of them.
const REPETITIONS: usize = 3;

/// Runs `journey` several times and returns the fewest statements it took.
async fn fewest_statements(mut journey: impl AsyncFnMut(usize)) -> usize {
    let mut counts = vec![];
    for repetition in 0..REPETITIONS {
        let before = Log::statement_count();
        journey(repetition).await;
        counts.push(Log::statement_count() - before);
    }
    counts.into_iter().min().expect("a count")
}

/// Waits until the site has purged expired rows: then a page that needs no database runs no statement.
async fn wait_for_startup(site: &TestSite) {
    loop {
        let before = Log::statement_count();
        site.browser().get("/").await;
        if Log::statement_count() == before {
            return;
        }
    }
}

#[tokio::test]
async fn requests_run_few_statements() {
    let site = TestSite::start().await;
    if site.database_file().is_some() {
        return; // SQLite runs statements on threads of its own, where they cannot be told from those of other tests.
    }
    let log = Log::default();
    let _capture = log.capture();
    site.set_qq_fault("get_user_info", "avatar_missing", u32::MAX).await;
    wait_for_startup(&site).await;
    let mut journeys = vec![];
    for path in ["/", "/login", "/account", "/register", "/nowhere"] {
        let count = fewest_statements(async |_| drop(site.browser().get(path).await)).await;
        journeys.push((path, count, 0));
    }
    let mut callbacks = vec![];
    for number in 0..REPETITIONS {
        let mut browser = site.browser();
        let callback = browser.authorize_as(&format!("user {number}"), None).await;
        callbacks.push((browser, callback));
    }
    let first_callback = fewest_statements(async |number| {
        let (browser, callback) = &mut callbacks[number];
        assert_eq!(browser.get(callback).await.location(), "/register");
    });
    // Spend the attempt; look for the account, insert the session, commit.
    journeys.push(("first callback", first_callback.await, 4));
    let registration = fewest_statements(async |number| {
        let (username, email) = (format!("user{number}"), format!("user{number}@example.com"));
        let response = callbacks[number].0.post("/register", &[("username", &username), ("email", &email)]).await;
        assert_eq!(response.location(), "/account");
    });
    // Read the session; insert user, openid and email address, update the profile, delete the old session, insert one,
    // commit.
    journeys.push(("registration", registration.await, 8));
    for (path, expected) in [("/", 1), ("/account", 2), ("/account/sessions", 2), ("/account/delete", 1)] {
        let count = fewest_statements(async |number| {
            assert_eq!(callbacks[number].0.get(path).await.status, 200, "{path}");
        });
        journeys.push((path, count.await, expected));
    }
    for (browser, callback) in &mut callbacks {
        *callback = browser.authorize_as("user 0", None).await;
    }
    let sign_in = fewest_statements(async |number| {
        let (browser, callback) = &mut callbacks[number];
        assert_eq!(browser.get(callback).await.location(), "/account");
    });
    // Spend the attempt; read the session; update the profile, delete the old session, insert one, commit.
    journeys.push(("sign-in", sign_in.await, 6));
    for (journey, statements, expected) in journeys {
        assert_eq!(statements, expected, "{journey}");
    }
}
