//! Fifty at once, half of them at another machine that serves the same site: whatever the order in
//! which they are taken, one of them wins, and the others are answered.

mod sign_out;

use std::num::NonZeroUsize;
use std::sync::Arc;

use tokio::sync::Barrier;

use crate::support::{Browser, Response, TestSite, env_number, options};

const AT_ONCE: usize = 50;

/// How often each race is run: `RACE_ROUNDS`, or three times.
fn rounds() -> usize {
    env_number("RACE_ROUNDS").map_or(3, NonZeroUsize::get)
}

/// A site on two machines.
struct Machines {
    site: TestSite,
    ports: [u16; 2],
}

impl Machines {
    async fn start_with(options: Vec<(String, String)>) -> Machines {
        let site = TestSite::start_with(options).await;
        Machines { ports: [site.port, site.start_replica().await], site }
    }

    /// A browser's copy for the racer with this number, on its way to one machine or the other.
    fn racer(&self, browser: &Browser, number: usize) -> Browser {
        browser.via_port(self.ports[number % self.ports.len()])
    }
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

async fn open(mut browser: Browser, path: String) -> (Browser, Response) {
    let answer = browser.get(&path).await;
    (browser, answer)
}

async fn send(mut browser: Browser, path: &'static str, fields: Vec<(&'static str, String)>) -> (Browser, Response) {
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
    assert_eq!(site.query_number(halves).await, 0, "a user without an openid");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s47_of_fifty_who_register_one_name_one_gets_it() {
    let machines = Machines::start_with(vec![]).await;
    let site = &machines.site;
    let mut waiting = at_once((0..AT_ONCE).map(|n| pending(site, n)).collect::<Vec<_>>()).await;
    for round in 0..rounds() {
        let form = || vec![("username", format!("prize-{round}")), ("email", format!("prize-{round}@example.com"))];
        let racers = waiting.drain(..).enumerate().map(|(number, browser)| machines.racer(&browser, number));
        let acts = racers.map(|browser| send(browser, "/register", form())).collect();
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
        expect_whole_accounts(site, round + 1).await;
        assert_eq!(site.count("email_addresses").await, i64::try_from(round + 1).expect("few"));
        waiting.push(newcomer(site, format!("later {round}")).await);
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
    let machines = Machines::start_with(vec![]).await;
    let site = &machines.site;
    for round in 0..rounds() {
        let mut callbacks = vec![];
        for number in 0..AT_ONCE {
            let mut browser = machines.racer(&site.browser(), number);
            let callback = browser.authorize_as(&format!("Ann {round}"), None).await;
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
        expect_whole_accounts(site, round + 1).await;
    }
    println!("{AT_ONCE} callbacks and registrations of one new openid, {} times", rounds());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s04_of_fifty_visits_to_one_callback_address_one_asks_qq() {
    let machines = Machines::start_with(vec![]).await;
    let site = &machines.site;
    for round in 0..rounds() {
        let mut browser = site.browser();
        let callback = browser.authorize_as(&format!("Ann {round}"), None).await;
        let asked_before = site.token_endpoint.request_count();
        let acts = (0..AT_ONCE).map(|number| open(machines.racer(&browser, number), callback.clone())).collect();
        let mut sessions = 0;
        for (browser, answer) in at_once(acts).await {
            assert_eq!(answer.status, 303, "round {round}: {}", answer.body);
            sessions += usize::from(browser.session_id().is_some());
        }
        assert_eq!(site.token_endpoint.request_count(), asked_before + 1, "round {round}");
        assert_eq!(sessions, 1, "round {round}: no session without a finished sign-in");
        assert_eq!(site.count("sessions").await, i64::try_from(round + 1).expect("few"));
    }
    println!("{AT_ONCE} visits to one callback address, {} times", rounds());
}

/// Sites whose tokens live a hundred seconds. QQ may take its time: on a busy machine nobody who
/// waits for another's renewal is to be told that there was none.
async fn short_lived() -> Machines {
    let lives = [("SANDBOX_TOKEN_TTL", "100"), ("SESSION_IDLE_SECS", "9000000"), ("QQ_TIMEOUT_MS", "60000")];
    Machines::start_with(options(lives)).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn s35_of_fifty_requests_with_an_old_token_one_renews_it() {
    let machines = short_lived().await;
    let site = &machines.site;
    let mut browser = site.browser();
    let username = browser.register_new_user().await;
    for round in 0..rounds() {
        site.advance_clock(95);
        let asked_before = site.token_endpoint.request_count();
        let acts = (0..AT_ONCE).map(|number| open(machines.racer(&browser, number), "/account".to_owned())).collect();
        for (_, page) in at_once(acts).await {
            assert_eq!((page.status, page.text_by_test_id("username")), (200, Some(username.clone())), "round {round}");
            assert!(!page.body.contains("role=\"alert\""), "round {round}: a page with the old token: {}", page.body);
        }
        assert_eq!(site.token_endpoint.request_count(), asked_before + 1, "round {round}");
    }
    println!("{AT_ONCE} requests with an old token, {} times", rounds());
}
