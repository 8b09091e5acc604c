//! Fifty at once: whatever the order in which the machine takes them, one of them wins, and the
//! others are answered.

use std::sync::Arc;

use tokio::sync::Barrier;

use crate::support::{Answer, Browser, TestSite, options};

const AT_ONCE: usize = 50;

/// How often each race is run: `RACE_ROUNDS`, or twice.
fn rounds() -> usize {
    std::env::var("RACE_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(2)
}

/// Does all of it at the same time, each on a task of its own.
async fn at_once<T: Send + 'static>(acts: Vec<impl Future<Output = T> + Send + 'static>) -> Vec<T> {
    let start = Arc::new(Barrier::new(acts.len()));
    let running: Vec<_> = acts
        .into_iter()
        .map(|act| {
            let start = start.clone();
            tokio::spawn(async move {
                start.wait().await;
                act.await
            })
        })
        .collect();
    let mut outcomes = vec![];
    for act in running {
        outcomes.push(act.await.expect("an outcome"));
    }
    outcomes
}

async fn open(mut browser: Browser, path: String) -> (Browser, Answer) {
    let answer = browser.get(&path).await;
    (browser, answer)
}

async fn send(mut browser: Browser, path: &'static str, fields: Vec<(&'static str, String)>) -> (Browser, Answer) {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let answer = browser.post(path, &fields).await;
    (browser, answer)
}

/// A browser that somebody came back with from QQ for the first time.
async fn newcomer(site: &TestSite, nickname: String) -> Browser {
    let mut browser = site.browser();
    assert_eq!(browser.sign_in(&nickname).await.location(), "/register");
    browser
}

/// One user for each openid, and the other way round.
async fn expect_whole_accounts(site: &TestSite, people: usize) {
    let people = i64::try_from(people).expect("few");
    assert_eq!((site.count("users").await, site.count("open_ids").await), (people, people));
    let halves = "SELECT COUNT(*) FROM users WHERE id NOT IN (SELECT user_id FROM open_ids)";
    assert_eq!(site.number(halves).await, 0, "a user without an openid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s47_of_fifty_who_register_one_name_one_gets_it() {
    let site = TestSite::start().await;
    let mut waiting = at_once((0..AT_ONCE).map(|n| pending(&site, n)).collect::<Vec<_>>()).await;
    for round in 0..rounds() {
        let form = || vec![("username", format!("prize-{round}")), ("email", format!("prize-{round}@example.com"))];
        let acts = waiting.drain(..).map(|browser| send(browser, "/register", form())).collect();
        let mut winners = 0;
        for (browser, answer) in at_once(acts).await {
            if answer.status == 303 {
                assert_eq!(answer.location(), "/account");
                winners += 1;
            } else {
                assert_eq!(answer.status, 200, "{}", answer.body);
                assert!(answer.body.contains("data-testid=\"field-error\""), "{}", answer.body);
                waiting.push(browser);
            }
        }
        assert_eq!(winners, 1, "round {round}");
        expect_whole_accounts(&site, round + 1).await;
        assert_eq!(site.count("email_addresses").await, i64::try_from(round + 1).expect("few"));
        waiting.push(newcomer(&site, format!("later {round}")).await);
    }
    println!("{AT_ONCE} registrations of one name, {} times", rounds());
}

fn pending(site: &TestSite, number: usize) -> impl Future<Output = Browser> + Send + 'static {
    let browser = site.browser();
    async move {
        let mut browser = browser;
        assert_eq!(browser.sign_in(&format!("early {number}")).await.location(), "/register");
        browser
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s47_fifty_browsers_of_one_newcomer_become_one_person() {
    let site = TestSite::start().await;
    for round in 0..rounds() {
        let mut callbacks = vec![];
        for _ in 0..AT_ONCE {
            let mut browser = site.browser();
            let callback = browser.come_back_as(&format!("Ann {round}"), None).await;
            callbacks.push(open(browser, callback));
        }
        let arrived = at_once(callbacks).await;
        assert!(arrived.iter().all(|(_, answer)| answer.location() == "/register"), "round {round}");
        let acts = arrived.into_iter().map(|(browser, _)| send(browser, "/register/auto", vec![])).collect();
        let mut names = vec![];
        for (mut browser, answer) in at_once(acts).await {
            assert_eq!((answer.status, answer.location()), (303, "/account"), "{}", answer.body);
            names.extend(browser.signed_in_as().await);
        }
        assert_eq!(names.len(), AT_ONCE);
        names.dedup();
        assert_eq!(names.len(), 1, "round {round}: {names:?}");
        expect_whole_accounts(&site, round + 1).await;
    }
    println!("{AT_ONCE} callbacks and registrations of one new openid, {} times", rounds());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s04_of_fifty_visits_to_one_callback_address_one_asks_qq() {
    let site = TestSite::start().await;
    for round in 0..rounds() {
        let mut browser = site.browser();
        let callback = browser.come_back_as(&format!("Ann {round}"), None).await;
        let asked_before = site.qq_requests("token").await;
        let acts = (0..AT_ONCE).map(|_| open(browser.clone(), callback.clone())).collect();
        let mut sessions = 0;
        for (browser, answer) in at_once(acts).await {
            assert_eq!(answer.status, 303, "round {round}: {}", answer.body);
            sessions += usize::from(browser.session_id().is_some());
        }
        assert_eq!(site.qq_requests("token").await, asked_before + 1, "round {round}");
        assert_eq!(sessions, 1, "round {round}: no session without a finished sign-in");
        assert_eq!(site.count("sessions").await, i64::try_from(round + 1).expect("few"));
    }
    println!("{AT_ONCE} visits to one callback address, {} times", rounds());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s35_of_fifty_requests_with_an_old_token_one_renews_it() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100"), ("SESSION_IDLE_SECS", "9000000")])).await;
    let mut browser = site.browser();
    browser.become_somebody().await;
    for round in 0..rounds() {
        site.pass(95);
        let asked_before = site.qq_requests("token").await;
        let acts = (0..AT_ONCE).map(|_| open(browser.clone(), "/account".to_owned())).collect();
        assert!(at_once(acts).await.iter().all(|(_, answer)| answer.status == 200), "round {round}");
        assert_eq!(site.qq_requests("token").await, asked_before + 1, "round {round}");
    }
    println!("{AT_ONCE} requests with an old token, {} times", rounds());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s63_signing_out_is_final_whatever_else_is_under_way() {
    let site = TestSite::start_with(options([("SANDBOX_TOKEN_TTL", "100"), ("SESSION_IDLE_SECS", "9000000")])).await;
    for round in 0..rounds() {
        let mut browser = site.browser();
        browser.become_somebody().await;
        let leaving_again = browser.come_back_as(&format!("nobody {round}"), None).await;
        // In every second round the others are about to renew the token as well.
        site.pass(if round % 2 == 0 { 0 } else { 95 });
        let paths = ["/account", "/", "/account/renew", "/account/portrait", "/register"];
        let acts = (0..AT_ONCE)
            .map(|number| {
                let (browser, path) = (browser.clone(), paths[number % paths.len()]);
                let callback = leaving_again.clone();
                async move {
                    match number {
                        _ if number == AT_ONCE / 2 => send(browser, "/logout", vec![]).await.1,
                        0 => open(browser, callback).await.1,
                        _ if path.starts_with("/account/") => send(browser, path, vec![]).await.1,
                        _ => open(browser, path.to_owned()).await.1,
                    }
                }
            })
            .collect();
        for answer in at_once(acts).await {
            assert!(answer.status < 500, "round {round}: {} {}", answer.status, answer.body);
        }
        assert_eq!(browser.signed_in_as().await, None, "round {round}: the old cookie is worth nothing");
        assert_eq!(browser.get("/account").await.status, 303, "round {round}");
    }
    println!("signing out among {AT_ONCE} requests, {} times", rounds());
}
