//! Signing out, while other requests of the same session are under way.

use super::{AT_ONCE, at_once, open, rounds, send, short_lived};
use crate::support::{Browser, Response};

/// What else is under way with a session that is ended: pages, and forms that change it.
async fn ask(browser: Browser, number: usize) -> (Browser, Response) {
    let paths = ["/account", "/", "/account/renew", "/account/portrait", "/register"];
    match paths[number / 2 % paths.len()] {
        path if path.starts_with("/account/") => send(browser, path, vec![]).await,
        path => open(browser, path.to_owned()).await,
    }
}

/// Expects that nobody is signed in here, nor about to register.
async fn expect_nobody(mut browser: Browser, round: usize) {
    let answer = browser.get("/register").await;
    assert_eq!((answer.status, answer.location()), (303, "/login"), "round {round}: a session that was ended counts");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s63_signing_out_is_final_whatever_else_is_under_way() {
    let machines = short_lived().await;
    let site = &machines.site;
    for round in 0..rounds() {
        let mut browser = site.browser();
        browser.register_new_user().await;
        // In every second round the others are about to renew the token as well.
        site.advance_clock(if round % 2 == 0 { 0 } else { 95 });
        let acts = (0..AT_ONCE)
            .map(|number| {
                let browser = machines.racer(&browser, number);
                async move {
                    let is_last_word = number == AT_ONCE / 2;
                    if is_last_word { send(browser, "/logout", vec![]).await } else { ask(browser, number).await }
                }
            })
            .collect();
        for (browser, answer) in at_once(acts).await {
            assert!(answer.status < 500, "round {round}: {} {}", answer.status, answer.body);
            expect_nobody(browser, round).await;
        }
        assert_eq!(site.count("sessions").await, 0, "round {round}");
        assert_eq!(browser.signed_in_as().await, None, "round {round}: the old cookie is worth nothing");
    }
    println!("signing out among {AT_ONCE} requests, {} times", rounds());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s63_whoever_signs_in_beside_a_sign_out_has_a_session_of_their_own_and_nobody_else() {
    const COMING: usize = 5;
    let machines = short_lived().await;
    let site = &machines.site;
    for round in 0..rounds() {
        let mut browser = site.browser();
        let username = browser.register_new_user().await;
        let mut callbacks = vec![];
        for _ in 0..COMING {
            callbacks.push(browser.authorize_as(&username, None).await);
        }
        let acts = (0..AT_ONCE)
            .map(|number| {
                let (browser, callback) = (machines.racer(&browser, number), callbacks.get(number).cloned());
                async move {
                    match callback {
                        Some(callback) => open(browser, callback).await,
                        None if number % 10 == 9 => send(browser, "/logout", vec![]).await,
                        None => ask(browser, number).await,
                    }
                }
            })
            .collect();
        for (number, (mut browser, answer)) in at_once(acts).await.into_iter().enumerate() {
            if number < COMING {
                assert_eq!((answer.status, answer.location()), (303, "/account"), "round {round}: {}", answer.body);
                assert_eq!(browser.signed_in_as().await.as_ref(), Some(&username), "round {round}");
                browser.post("/logout", &[]).await;
            } else {
                assert!(answer.status < 500, "round {round}: {} {}", answer.status, answer.body);
                expect_nobody(browser, round).await;
            }
        }
        assert_eq!(site.count("sessions").await, 0, "round {round}: every session had a browser");
        expect_nobody(browser, round).await;
    }
    println!("{COMING} callbacks and 5 sign-outs among {AT_ONCE} requests, {} times", rounds());
}
