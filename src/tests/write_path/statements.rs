//! SQL statements per request.

use crate::support::{Log, TestSite};

/// How often each journey is repeated. One of them may open a connection.
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

#[tokio::test]
async fn requests_run_few_statements() {
    let site = TestSite::start().await;
    if site.database_file().is_some() {
        return; // SQLite runs statements on threads of its own, where they cannot be told from those of other tests.
    }
    let log = Log::default();
    let _capture = log.capture();
    site.set_qq_fault("get_user_info", "avatar_missing", u32::MAX).await;
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
    // Spend the attempt; look for the account; insert the session.
    journeys.push(("first callback", first_callback.await, 3));
    let registration = fewest_statements(async |number| {
        let (username, email) = (format!("user{number}"), format!("user{number}@example.com"));
        let response = callbacks[number].0.post("/register", &[("username", &username), ("email", &email)]).await;
        assert_eq!(response.location(), "/account");
    });
    // Read the session; insert user, openid and email address, replace the session, commit.
    journeys.push(("registration", registration.await, 6));
    for (path, expected) in [
        ("/", 1),
        ("/account", 1),
        ("/account/sessions", 2),
        ("/account/data", 1),
        ("/account/delete", 1),
        ("/account/username", 1),
        ("/account/qq", 2),
    ] {
        let count = fewest_statements(async |number| {
            assert_eq!(callbacks[number].0.get(path).await.status, 200, "{path}");
        });
        journeys.push((path, count.await, expected));
    }
    for (browser, callback) in &mut callbacks {
        *callback = browser.authorize_as("user 0", None).await;
    }
    let switch = fewest_statements(async |number| {
        let (browser, callback) = &mut callbacks[number];
        assert_eq!(browser.get(callback).await.location(), "/account");
    });
    // Spend the attempt; look for the account; read the session; replace it.
    journeys.push(("sign-in that replaces a session", switch.await, 4));
    for (browser, callback) in &mut callbacks {
        *browser = site.browser();
        *callback = browser.authorize_as("user 0", None).await;
    }
    let sign_in = fewest_statements(async |number| {
        let (browser, callback) = &mut callbacks[number];
        assert_eq!(browser.get(callback).await.location(), "/account");
    });
    journeys.push(("sign-in", sign_in.await, 3));
    for (journey, statements, expected) in journeys {
        assert_eq!(statements, expected, "{journey}");
    }
}
