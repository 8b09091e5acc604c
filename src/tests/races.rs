//! Fifty concurrent requests, distributed over two replicas of the site. One of them wins, and all are answered.

mod sign_out;

use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::sync::Barrier;

use crate::support::{Browser, Response, TestSite, env_number, options};

const CONCURRENCY: usize = 50;

/// How often each race is repeated: `RACE_ROUNDS`, or three times.
fn rounds() -> usize {
    env_number("RACE_ROUNDS").map_or(3, NonZeroUsize::get)
}

/// A site with two replicas.
struct Replicas {
    site: TestSite,
    ports: [u16; 2],
}

impl Replicas {
    async fn start_with(options: Vec<(String, String)>) -> Replicas {
        let site = TestSite::start_with(options).await;
        Replicas { ports: [site.port, site.start_replica().await], site }
    }

    /// Starts replicas whose tokens live for 100 seconds. The timeout for QQ is long, so that requests that wait for
    /// another one's token refresh do not give up on a busy machine.
    async fn start_with_short_lived_tokens() -> Replicas {
        let settings = [
            ("SANDBOX_TOKEN_TTL", "100"),
            ("SESSION_IDLE_SECS", "9000000"),
            ("SESSION_MAX_SECS", "9000000"),
            ("QQ_TIMEOUT_MS", "60000"),
        ];
        Replicas::start_with(options(settings)).await
    }

    /// Returns a copy of the browser, connected to one of the replicas.
    fn connect(&self, browser: &Browser, number: usize) -> Browser {
        browser.via_port(self.ports[number % self.ports.len()])
    }
}

/// Runs all futures at the same time, each in its own task.
async fn run_concurrently<T: Send + 'static>(futures: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let start = Arc::new(Barrier::new(futures.len()));
    let tasks: Vec<_> = futures
        .into_iter()
        .map(|future| {
            let start = start.clone();
            tokio::spawn(async move {
                start.wait().await;
                future.await
            })
        })
        .collect();
    let mut results = vec![];
    for task in tasks {
        results.push(task.await.expect("a result"));
    }
    results
}

async fn get(mut browser: Browser, path: String) -> (Browser, Response) {
    let response = browser.get(&path).await;
    (browser, response)
}

async fn post(mut browser: Browser, path: &'static str, fields: Vec<(&'static str, String)>) -> (Browser, Response) {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let response = browser.post(path, &fields).await;
    (browser, response)
}

/// Signs in a user who has not registered yet.
async fn sign_in_new_user(mut browser: Browser, name: String) -> Browser {
    assert_eq!(browser.sign_in(&name).await.location(), "/register");
    browser
}

/// Expects this number of users, each with one openid.
async fn expect_complete_users(site: &TestSite, users: usize) {
    let users = i64::try_from(users).expect("a small number");
    assert_eq!((site.count("users").await, site.count("open_ids").await), (users, users));
    let without_openid = "SELECT COUNT(*) FROM users WHERE id NOT IN (SELECT user_id FROM open_ids)";
    assert_eq!(site.query_number(without_openid).await, 0, "a user without an openid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s47_fifty_registrations_of_one_username_create_one_user() {
    let replicas = Replicas::start_with(vec![]).await;
    let site = &replicas.site;
    let logins = (0..CONCURRENCY).map(|number| sign_in_new_user(site.browser(), format!("early {number}")));
    let mut pending = run_concurrently(logins.collect()).await;
    for round in 0..rounds() {
        let form = || vec![("username", format!("prize-{round}")), ("email", format!("prize-{round}@example.com"))];
        let browsers = pending.drain(..).enumerate().map(|(number, browser)| replicas.connect(&browser, number));
        let requests = browsers.map(|browser| post(browser, "/register", form())).collect();
        let mut winners = 0;
        for (browser, response) in run_concurrently(requests).await {
            if response.status == 303 {
                assert_eq!(response.location(), "/account");
                winners += 1;
            } else {
                assert_eq!(response.status, 200, "{}", response.body);
                assert!(response.body.contains("data-testid=\"field-error\""), "{}", response.body);
                pending.push(browser);
            }
        }
        assert_eq!(winners, 1, "round {round}");
        expect_complete_users(site, round + 1).await;
        assert_eq!(site.count("email_addresses").await, i64::try_from(round + 1).expect("a small number"));
        pending.push(sign_in_new_user(site.browser(), format!("late {round}")).await);
    }
    println!("{CONCURRENCY} registrations of one username, {} times", rounds());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s47_fifty_browsers_of_one_new_user_create_one_user() {
    let replicas = Replicas::start_with(vec![]).await;
    let site = &replicas.site;
    for round in 0..rounds() {
        let mut callbacks = vec![];
        for number in 0..CONCURRENCY {
            let mut browser = replicas.connect(&site.browser(), number);
            let callback = browser.authorize_as(&format!("Ann {round}"), None).await;
            callbacks.push(get(browser, callback));
        }
        let logins = run_concurrently(callbacks).await;
        assert!(logins.iter().all(|(_, response)| response.location() == "/register"), "round {round}");
        let requests = logins.into_iter().map(|(browser, _)| post(browser, "/register/auto", vec![])).collect();
        let mut usernames = vec![];
        for (mut browser, response) in run_concurrently(requests).await {
            assert_eq!((response.status, response.location()), (303, "/account"), "{}", response.body);
            usernames.extend(browser.signed_in_as().await);
        }
        assert_eq!(usernames.len(), CONCURRENCY);
        usernames.dedup();
        assert_eq!(usernames.len(), 1, "round {round}: {usernames:?}");
        expect_complete_users(site, round + 1).await;
    }
    println!("{CONCURRENCY} callbacks and registrations of one new openid, {} times", rounds());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s04_fifty_requests_for_one_callback_exchange_its_code_once() {
    let replicas = Replicas::start_with(vec![]).await;
    let site = &replicas.site;
    for round in 0..rounds() {
        let mut browser = site.browser();
        let callback = browser.authorize_as(&format!("Ann {round}"), None).await;
        let count_before = site.token_endpoint.request_count();
        let request = |number| get(replicas.connect(&browser, number), callback.clone());
        let mut session_ids = vec![];
        for (browser, response) in run_concurrently((0..CONCURRENCY).map(request).collect()).await {
            assert_eq!(response.status, 303, "round {round}: {}", response.body);
            session_ids.extend(browser.session_id().map(str::to_owned));
        }
        assert_eq!(site.token_endpoint.request_count(), count_before + 1, "round {round}");
        session_ids.dedup();
        assert_eq!(session_ids.len(), 1, "round {round}: one replica repeats its answer, the other starts no session");
        assert_eq!(site.count("sessions").await, i64::try_from(round + 1).expect("a small number"));
    }
    println!("{CONCURRENCY} requests for one callback, {} times", rounds());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s35_fifty_requests_with_expired_token_refresh_it_once() {
    let replicas = Replicas::start_with_short_lived_tokens().await;
    let site = &replicas.site;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    for round in 0..rounds() {
        site.advance_clock(95);
        let count_before = site.token_endpoint.request_count();
        let request = |number| get(replicas.connect(&browser, number), "/account".to_owned());
        for (_, page) in run_concurrently((0..CONCURRENCY).map(request).collect()).await {
            let user = (page.status, page.text_by_test_id("username"));
            assert_eq!(user, (200, Some(username.clone())), "round {round}");
            assert!(!page.body.contains("role=\"alert\""), "round {round}: the token is still expired: {}", page.body);
        }
        assert_eq!(site.token_endpoint.request_count(), count_before + 1, "round {round}");
    }
    println!("{CONCURRENCY} requests with an expired token, {} times", rounds());
}
