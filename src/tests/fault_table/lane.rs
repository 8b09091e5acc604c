//! One site with a QQ to be spoiled, on which cells are walked one after the other.

use std::fmt::Display;
use std::time::Duration;

use reqwest::{Method, RequestBuilder};
use tokio::time::{Instant, timeout_at};

use super::cell::{Cell, Trip};
use crate::support::{Answer, Browser, Endpoint, Fault, SpoiledSite, TestSite, WickedQq, options};

/// What the site grants QQ for one answer: `QQ_TIMEOUT_MS`. Long, since on a busy machine the
/// questions that go well have to be answered by then too.
pub(super) const QQ_TIMEOUT_MS: u64 = 8000;
/// One question is spoiled, and QQ is waited for once. What a busy machine needs for the rest is
/// less than another wait.
pub(super) const TIME_LIMIT: Duration = Duration::from_millis(QQ_TIMEOUT_MS + 7000);

pub(super) struct Lane {
    pub(super) site: TestSite,
    pub(super) qq: WickedQq,
    elsewhere: WickedQq,
    /// Somebody who is signed in.
    pub(super) person: Browser,
    /// Their name at QQ, and on the site too where people choose one.
    pub(super) username: String,
    /// How many came here to sign in, each with a browser of their own. In the end, all did.
    pub(super) visitors: i64,
}

/// How many rows each table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) users: i64,
    pub(super) email_addresses: i64,
    pub(super) open_ids: i64,
    pub(super) sessions: i64,
    pub(super) avatars: i64,
}

impl Rows {
    pub(super) async fn of(site: &TestSite) -> Rows {
        Rows {
            users: site.count("users").await,
            email_addresses: site.count("email_addresses").await,
            open_ids: site.count("open_ids").await,
            sessions: site.count("sessions").await,
            avatars: site.count("avatars").await,
        }
    }
}

impl Lane {
    pub(super) async fn start(settings: &[(&str, &str)]) -> Lane {
        let mut variables = options([("QQ_TIMEOUT_MS", &*QQ_TIMEOUT_MS.to_string())]);
        variables.extend(settings.iter().flat_map(|setting| options([*setting])));
        let SpoiledSite { site, qq, elsewhere } = SpoiledSite::start_with(variables).await;
        let mut person = site.browser();
        let username = format!("somebody-at-{}", site.port);
        person.sign_in(&username).await;
        // Where nobody is asked, they are signed in by now, and this changes nothing.
        person.post("/register", &[("username", &username), ("email", "somebody@example.com")]).await;
        assert_eq!(person.get("/account").await.marked("nickname").as_ref(), Some(&username));
        Lane { site, qq, elsewhere, person, username, visitors: 1 }
    }

    /// Walks a cell. QQ is well before and after it.
    pub(super) async fn walk(&mut self, cell: &Cell) {
        match cell.trip {
            Trip::FirstVisit => self.walk_first_visit(cell).await,
            Trip::AutoVisit => self.walk_auto_visit(cell).await,
            Trip::Return => self.walk_return(cell).await,
            Trip::Renewal => self.walk_renewal(cell).await,
            Trip::ForcedRenewal => self.walk_forced_renewal(cell).await,
            Trip::Portrait => self.walk_portrait(cell).await,
        }
    }

    /// Ends the walk: there is a session for everybody who finished a sign-in, and none besides.
    pub(super) async fn end(self) {
        assert_eq!(Rows::of(&self.site).await.sessions, self.visitors, "sessions made, and sign-ins finished");
    }

    /// Sends a request while QQ is spoiled, and looks at what holds in every cell.
    pub(super) async fn send_spoiled(&self, cell: &Cell, browser: &mut Browser, request: RequestBuilder) -> Answer {
        self.qq.spoil(cell.endpoint, cell.fault.clone(), cell.trip.questions()).await;
        let began = Instant::now();
        let mut sender = browser.clone();
        let sent = tokio::spawn(async move { (sender.send(request).await, sender) });
        if cell.fault.is_slow() {
            self.qq.until_spoiled().await;
            // Everybody's permission has ended at the same time, and who needs it waits for QQ too.
            let needs_no_qq: &[&str] = if cell.trip == Trip::ForcedRenewal { &["/"] } else { &["/", "/account"] };
            look_around(&self.site, &self.person, needs_no_qq, cell).await;
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
}

/// Opens what needs no QQ, as somebody who is signed in and as somebody who turns back. To turn back
/// is written down.
pub(super) async fn look_around(site: &TestSite, person: &Browser, paths: &[&str], cell: impl Display) {
    let mut person = person.clone();
    for path in paths.iter().chain(&["/healthz"]) {
        assert_eq!(person.get(path).await.status, 200, "{cell}: {path}");
    }
    let mut visitor = site.browser();
    let authorize_url = url::Url::parse(&visitor.leave(None).await).expect("an address");
    let (_, state) = authorize_url.query_pairs().find(|(name, _)| name == "state").expect("a state");
    let answer = visitor.get(&format!("/login/qq/callback?usercancel=1&state={state}")).await;
    assert_eq!(answer.location(), "/login?error=cancelled", "{cell}");
}

/// A form without fields, to be sent.
pub(super) fn press(browser: &Browser, path: &str) -> RequestBuilder {
    browser.request(Method::POST, path).header("content-type", "application/x-www-form-urlencoded")
}
