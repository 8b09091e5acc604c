//! Signing out during other requests of the same session.

use super::{CONCURRENCY, Replicas, get, post, rounds, run_concurrently};
use crate::support::{Browser, Response};

/// Sends one of several requests that use or change the session.
async fn send_request(browser: Browser, number: usize) -> (Browser, Response) {
    let paths = ["/account", "/", "/account/renew", "/account/portrait", "/register"];
    match paths[number / 2 % paths.len()] {
        path if path.starts_with("/account/") => post(browser, path, vec![]).await,
        path => get(browser, path.to_owned()).await,
    }
}

/// Expects that the browser has neither a signed-in session nor a pending registration.
async fn expect_signed_out(mut browser: Browser, round: usize) {
    let response = browser.get("/register").await;
    let found = (response.status, response.location());
    assert_eq!(found, (303, "/login"), "round {round}: an ended session was accepted");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s63_sign_out_ends_session_during_concurrent_requests() {
    let replicas = Replicas::start_with_short_lived_tokens().await;
    let site = &replicas.site;
    for round in 0..rounds() {
        let mut browser = site.browser();
        browser.register_new_user().await;
        // In every second round, the other requests have to refresh the token.
        site.advance_clock(if round % 2 == 0 { 0 } else { 95 });
        let requests = (0..CONCURRENCY)
            .map(|number| {
                let browser = replicas.connect(&browser, number);
                async move {
                    let is_sign_out = number == CONCURRENCY / 2;
                    if is_sign_out {
                        post(browser, "/logout", vec![]).await
                    } else {
                        send_request(browser, number).await
                    }
                }
            })
            .collect();
        for (browser, response) in run_concurrently(requests).await {
            assert!(response.status < 500, "round {round}: {} {}", response.status, response.body);
            expect_signed_out(browser, round).await;
        }
        assert_eq!(site.count("sessions").await, 0, "round {round}");
        assert_eq!(browser.signed_in_as().await, None, "round {round}: the old cookie was accepted");
    }
    println!("signing out among {CONCURRENCY} requests, {} times", rounds());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s63_sign_in_during_sign_out_starts_separate_session() {
    const SIGN_INS: usize = 5;
    let replicas = Replicas::start_with_short_lived_tokens().await;
    let site = &replicas.site;
    for round in 0..rounds() {
        let mut browser = site.browser();
        let username = browser.register_new_user().await;
        let mut callbacks = vec![];
        for _ in 0..SIGN_INS {
            callbacks.push(browser.authorize_as(&username, None).await);
        }
        let requests = (0..CONCURRENCY)
            .map(|number| {
                let (browser, callback) = (replicas.connect(&browser, number), callbacks.get(number).cloned());
                async move {
                    match callback {
                        Some(callback) => get(browser, callback).await,
                        None if number % 10 == 9 => post(browser, "/logout", vec![]).await,
                        None => send_request(browser, number).await,
                    }
                }
            })
            .collect();
        for (number, (mut browser, response)) in run_concurrently(requests).await.into_iter().enumerate() {
            if number < SIGN_INS {
                let found = (response.status, response.location());
                assert_eq!(found, (303, "/account"), "round {round}: {}", response.body);
                assert_eq!(browser.signed_in_as().await.as_ref(), Some(&username), "round {round}");
                browser.post("/logout", &[]).await;
            } else {
                assert!(response.status < 500, "round {round}: {} {}", response.status, response.body);
                expect_signed_out(browser, round).await;
            }
        }
        assert_eq!(site.count("sessions").await, 0, "round {round}: a session without a browser");
        expect_signed_out(browser, round).await;
    }
    println!("{SIGN_INS} callbacks and 5 sign-outs among {CONCURRENCY} requests, {} times", rounds());
}
