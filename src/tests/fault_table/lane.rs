//! One site with a QQ to be spoiled, on which cells are walked one after the other.

use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use tokio::time::{Instant, timeout_at};

use super::cell::{Cell, Trip};
use crate::support::{Answer, Browser, Endpoint, Fault, TestSite, WickedQq, options};

/// What the site grants QQ for one answer: `QQ_TIMEOUT_MS`.
const QQ_TIMEOUT_MS: u64 = 3000;
/// A sign-in asks four questions.
const TIME_LIMIT: Duration = Duration::from_millis(4 * QQ_TIMEOUT_MS);

pub(super) struct Lane {
    pub(super) site: TestSite,
    pub(super) qq: WickedQq,
    /// Where redirects lead: a QQ that is well.
    elsewhere: WickedQq,
    /// Somebody who is signed in.
    pub(super) person: Browser,
    /// Their names, on the site and at QQ.
    pub(super) username: String,
    /// How many people came here to sign in.
    pub(super) newcomers: usize,
}

/// How many rows each table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) users: i64,
    pub(super) email_addresses: i64,
    pub(super) open_ids: i64,
    pub(super) sessions: i64,
}

impl Lane {
    pub(super) async fn start() -> Lane {
        let (qq, elsewhere) = (WickedQq::start().await, WickedQq::start().await);
        let timeout_ms = QQ_TIMEOUT_MS.to_string();
        let settings = options([("QQ_GRAPH_URL", &qq.url), ("QQ_TIMEOUT_MS", &timeout_ms)]);
        let mut site = TestSite::start_with(settings).await;
        for each in [&qq, &elsewhere] {
            each.stand_before(&site.qq, &elsewhere.url);
        }
        site.qq.clone_from(&qq.url);
        let mut person = site.browser();
        let username = person.become_somebody().await;
        Lane { site, qq, elsewhere, person, username, newcomers: 0 }
    }

    /// Walks a cell. QQ is well before and after it.
    pub(super) async fn walk(&mut self, cell: &Cell) {
        match cell.trip {
            Trip::SignIn => self.walk_sign_in(cell).await,
            Trip::Renewal => self.walk_renewal(cell).await,
            Trip::Portrait => self.walk_portrait(cell).await,
        }
    }

    /// Sends a request while QQ is spoiled, and looks at what holds in every cell.
    pub(super) async fn send_spoiled(&self, cell: &Cell, browser: &mut Browser, request: RequestBuilder) -> Answer {
        self.qq.spoil(cell.endpoint, cell.fault.clone(), cell.trip.questions()).await;
        let began = Instant::now();
        let mut sender = browser.clone();
        let sent = tokio::spawn(async move { (sender.send(request).await, sender) });
        if cell.fault.is_slow() {
            self.qq.until_spoiled().await;
            self.look_around(cell).await;
            assert!(!sent.is_finished(), "{cell}: nobody else was to wait for it");
        }
        let Ok(sent) = timeout_at(began + TIME_LIMIT, sent).await else { panic!("{cell}: no answer in time") };
        let (answer, sender) = sent.expect("an answer");
        *browser = sender;
        assert!(answer.status < 500, "{cell}: {}", answer.status);
        self.check_what_was_asked(cell);
        self.qq.recover().await;
        answer
    }

    /// Opens what needs no QQ. To turn back there is written down.
    async fn look_around(&self, cell: &Cell) {
        let mut person = self.person.clone();
        for path in ["/", "/healthz", "/account"] {
            assert_eq!(person.get(path).await.status, 200, "{cell}: {path}");
        }
        let mut visitor = self.site.browser();
        let authorize_url = url::Url::parse(&visitor.leave(None).await).expect("an address");
        let (_, state) = authorize_url.query_pairs().find(|(name, _)| name == "state").expect("a state");
        let answer = visitor.get(&format!("/login/qq/callback?usercancel=1&state={state}")).await;
        assert_eq!(answer.location(), "/login?error=cancelled", "{cell}");
    }

    fn check_what_was_asked(&self, cell: &Cell) {
        let questions = cell.trip.questions();
        let spoiled_at = questions.iter().position(|question| *question == cell.endpoint).expect("a question");
        for (at, question) in questions.iter().enumerate() {
            let asked = self.qq.asked(*question);
            let may_be_repeated = matches!(question, Endpoint::Me | Endpoint::UserInfo);
            let is_fine = match at.cmp(&spoiled_at) {
                std::cmp::Ordering::Less => asked == 1,
                std::cmp::Ordering::Equal if cell.fault == Fault::SlowConnect => asked == 0,
                std::cmp::Ordering::Equal => asked == 1 || (may_be_repeated && asked == 2),
                // Without an answer there is nothing more to ask.
                std::cmp::Ordering::Greater => asked == 0,
            };
            assert!(is_fine, "{cell}: {question:?} was asked {asked} times");
        }
        assert_eq!(self.elsewhere.visits(), 0, "{cell}: a redirect was followed");
    }

    pub(super) async fn rows(&self) -> Rows {
        Rows {
            users: self.site.count("users").await,
            email_addresses: self.site.count("email_addresses").await,
            open_ids: self.site.count("open_ids").await,
            sessions: self.site.count("sessions").await,
        }
    }
}

/// A form without fields, to be sent.
pub(super) fn press(browser: &Browser, path: &str) -> RequestBuilder {
    browser.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded")
}
