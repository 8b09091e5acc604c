//! Random walks through signing in, compared step by step with a model of what must be so.
//!
//! Two people at QQ, two browsers with two tabs each. The walks are the same every time, unless
//! `MODEL_WALKS` says how many new ones to try.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

use crate::support::{Browser, TestSite, options};

const WALKS: u32 = 200;
const LONGEST_WALK: usize = 40;
/// How long tokens live here, in seconds; they are renewed ten seconds before.
const TOKEN_SECS: &str = "100";
/// The site's own times, in seconds.
const ATTEMPT_SECS: i64 = 600;
const PENDING_SECS: i64 = 900;
/// How long QQ's codes live, in seconds.
const CODE_SECS: i64 = 600;
/// Ten attempts fit a browser. A walk that begins more in one is not followed further there.
const MOST_ATTEMPTS: usize = 10;

type Side = usize;
type Tab = usize;
type Person = usize;

/// Something that happens: in which browser, in which tab, to whom.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A tab sets out for QQ, where somebody approves.
    SetOut(Side, Tab, Person),
    /// They turn back all the same.
    Cancel(Side, Tab),
    /// The tab comes back, for the first time or again.
    Callback(Side, Tab),
    /// The way back is opened in the other browser.
    StolenCallback(Side, Tab),
    /// The registration form is sent.
    Register(Side),
    SignOut(Side),
    Account(Side),
    Renew(Side),
    /// Seconds pass: until tokens, attempts or registrations end.
    Wait(i64),
    /// Somebody takes back their consent at QQ.
    Revoke(Person),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let (one, place) = (|| 0..2_usize, || (0..2_usize, 0..2_usize));
    let waits = [1, 95, 95, ATTEMPT_SECS, ATTEMPT_SECS + 1, PENDING_SECS, PENDING_SECS + 1];
    let step = prop_oneof![
        6 => (place(), one()).prop_map(|((side, tab), person)| Step::SetOut(side, tab, person)),
        1 => place().prop_map(|(side, tab)| Step::Cancel(side, tab)),
        9 => place().prop_map(|(side, tab)| Step::Callback(side, tab)),
        1 => place().prop_map(|(side, tab)| Step::StolenCallback(side, tab)),
        4 => one().prop_map(Step::Register),
        2 => one().prop_map(Step::SignOut),
        2 => one().prop_map(Step::Account),
        1 => one().prop_map(Step::Renew),
        2 => any::<Index>().prop_map(move |which| Step::Wait(*which.get(&waits))),
        1 => one().prop_map(Step::Revoke),
    ];
    prop::collection::vec(step, 1..LONGEST_WALK)
}

/// One trip to QQ.
#[derive(Clone)]
struct Attempt {
    authorize_url: String,
    began_at: i64,
    /// The way back, with the authorization code.
    callback: String,
    person: Person,
    is_spent: bool,
}

/// Who a browser belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visitor {
    Nobody,
    Pending { person: usize, since: i64 },
    SignedIn { person: usize },
}

struct BrowserSide {
    browser: Browser,
    visitor: Visitor,
    tabs: [Option<Attempt>; 2],
    begun: usize,
}

/// What the walks came by, so that a walk that goes nowhere is seen.
#[derive(Debug, Default)]
struct Tally {
    steps: Cell<u32>,
    signed_in: Cell<u32>,
    registered: Cell<u32>,
    replayed: Cell<u32>,
    too_late: Cell<u32>,
    signed_out: Cell<u32>,
}

fn count(counter: &Cell<u32>) {
    counter.set(counter.get() + 1);
}

struct Walk<'a> {
    site: &'a TestSite,
    tally: &'a Tally,
    /// Makes the names of this walk's people its own.
    number: u32,
    sides: [BrowserSide; 2],
    registered: [bool; 2],
    /// Sessions that were signed out, which must never count again.
    ended: Vec<String>,
    attempts: usize,
    users_before: i64,
    exchanges_before: i64,
}

impl<'a> Walk<'a> {
    async fn new(site: &'a TestSite, tally: &'a Tally, number: u32) -> Walk<'a> {
        let side = || BrowserSide { browser: site.browser(), visitor: Visitor::Nobody, tabs: [None, None], begun: 0 };
        Walk {
            site,
            tally,
            number,
            sides: [side(), side()],
            registered: [false, false],
            ended: vec![],
            attempts: 0,
            users_before: site.count("users").await,
            exchanges_before: site.count("spent_attempts").await,
        }
    }

    fn name(&self, person: usize) -> String {
        format!("walker-{}-{person}", self.number)
    }

    async fn take(&mut self, step: Step) {
        match step {
            Step::SetOut(side, tab, person) => self.set_out(side, tab, person).await,
            Step::Cancel(side, tab) => self.cancel(side, tab).await,
            Step::Callback(side, tab) => self.come_back(side, tab).await,
            Step::StolenCallback(side, tab) => self.come_back_elsewhere(side, tab).await,
            Step::Register(side) => self.register(side).await,
            Step::SignOut(side) => self.sign_out(side).await,
            Step::Account(side) => drop(self.sides[side].browser.get("/account").await),
            Step::Renew(side) => drop(self.sides[side].browser.post("/account/renew", &[]).await),
            Step::Wait(seconds) => self.site.pass(seconds),
            Step::Revoke(person) => {
                // Only whom QQ has met can take anything back.
                if self.registered[person] {
                    self.site.revoke(&self.name(person)).await;
                }
            }
        }
    }

    async fn set_out(&mut self, side: Side, tab: Tab, person: Person) {
        if self.sides[side].begun == MOST_ATTEMPTS {
            return;
        }
        let name = self.name(person);
        let began_at = self.site.now();
        let side = &mut self.sides[side];
        let authorize_url = side.browser.leave(None).await;
        let callback = side.browser.approve(&authorize_url, &name).await;
        side.begun += 1;
        side.tabs[tab] = Some(Attempt { authorize_url, began_at, callback, person, is_spent: false });
        self.attempts += 1;
    }

    async fn cancel(&mut self, browser: usize, tab: usize) {
        let now = self.site.now();
        let side = &mut self.sides[browser];
        let Some(attempt) = &mut side.tabs[tab] else { return };
        let url = url::Url::parse(&attempt.authorize_url).expect("an address");
        let (_, state) = url.query_pairs().find(|(name, _)| name == "state").expect("a state");
        let answer = side.browser.get(&format!("/login/qq/callback?usercancel=1&state={state}")).await;
        assert_eq!(answer.status, 303);
        if now - attempt.began_at <= ATTEMPT_SECS {
            attempt.is_spent = true;
        }
    }

    async fn come_back(&mut self, browser: usize, tab: usize) {
        let (now, registered) = (self.site.now(), self.registered);
        let side = &mut self.sides[browser];
        let Some(attempt) = &mut side.tabs[tab] else { return };
        let person = attempt.person;
        let answer = side.browser.get(&attempt.callback).await;
        assert_eq!(answer.status, 303);
        if attempt.is_spent {
            return count(&self.tally.replayed);
        }
        if now - attempt.began_at > ATTEMPT_SECS {
            return count(&self.tally.too_late);
        }
        attempt.is_spent = true;
        if now - attempt.began_at >= CODE_SECS {
            // The attempt's last second is one too late for its code.
            return assert_eq!(answer.location(), "/login?error=denied");
        }
        let (visitor, location) = if registered[person] {
            (Visitor::SignedIn { person }, "/account")
        } else {
            (Visitor::Pending { person, since: now }, "/register")
        };
        assert_eq!(answer.location(), location);
        count(&self.tally.signed_in);
        side.visitor = visitor;
    }

    async fn come_back_elsewhere(&mut self, browser: usize, tab: usize) {
        let Some(Attempt { callback, .. }) = self.sides[browser].tabs[tab].clone() else { return };
        let answer = self.sides[1 - browser].browser.get(&callback).await;
        assert_eq!((answer.status, answer.location()), (303, "/login?error=expired"));
    }

    async fn register(&mut self, browser: usize) {
        let now = self.site.now();
        let fields = |name: &str| [("username", name.to_owned()), ("email", format!("{name}@example.com"))];
        let name = match self.sides[browser].visitor {
            Visitor::Pending { person, .. } => self.name(person),
            Visitor::Nobody | Visitor::SignedIn { .. } => self.name(0),
        };
        let fields = fields(&name);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = self.sides[browser].browser.post("/register", &fields).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        if let Visitor::Pending { person, since } = self.sides[browser].visitor
            && now - since <= PENDING_SECS
        {
            assert_eq!(answer.location(), "/account");
            count(&self.tally.registered);
            self.registered[person] = true;
            self.sides[browser].visitor = Visitor::SignedIn { person };
        }
    }

    async fn sign_out(&mut self, browser: usize) {
        let side = &mut self.sides[browser];
        if matches!(side.visitor, Visitor::SignedIn { .. }) {
            count(&self.tally.signed_out);
        }
        self.ended.extend(side.browser.session_id().map(str::to_owned));
        assert_eq!(side.browser.post("/logout", &[]).await.location(), "/");
        side.visitor = Visitor::Nobody;
    }

    /// What must be so after every step.
    async fn check(&mut self) -> Result<(), TestCaseError> {
        for browser in 0..2 {
            let expected = match self.sides[browser].visitor {
                Visitor::SignedIn { person } => Some(self.name(person)),
                Visitor::Nobody | Visitor::Pending { .. } => None,
            };
            let found = self.sides[browser].browser.signed_in_as().await;
            prop_assert_eq!(found, expected, "who is signed in in browser {}", browser);
        }
        for id in &self.ended {
            let mut browser = self.site.browser();
            browser.plant_session(id);
            prop_assert_eq!(browser.signed_in_as().await, None, "signing out is final");
        }
        let people = i64::try_from(self.registered.iter().filter(|it| **it).count()).expect("few");
        prop_assert_eq!(self.site.count("users").await - self.users_before, people, "one user for each person");
        prop_assert_eq!(self.site.count("open_ids").await, self.site.count("users").await, "one openid for each user");
        let spent = self.site.count("spent_attempts").await - self.exchanges_before;
        prop_assert!(spent <= i64::try_from(self.attempts).expect("few"), "an attempt is spent once");
        Ok(())
    }
}

#[test]
fn s01_s63_random_walks_agree_with_the_model() {
    let fewest = if std::env::var_os("TEST_ON_POSTGRES").is_some() { WALKS / 4 } else { WALKS };
    let wanted: Option<u32> = std::env::var("MODEL_WALKS").ok().and_then(|walks| walks.parse().ok());
    let walks = wanted.unwrap_or(fewest);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let site = runtime.block_on(TestSite::start_with(options([("SANDBOX_TOKEN_TTL", TOKEN_SECS)])));
    let (number, tally) = (Cell::new(0), Tally::default());
    let config = Config { failure_persistence: None, ..Config::with_cases(walks) };
    // The same walks every time, so that a failure is there again; those that are asked for differ.
    let mut runner = match wanted {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let outcome = runner.run(&steps(), |steps| {
        count(&number);
        runtime.block_on(async {
            let mut walk = Walk::new(&site, &tally, number.get()).await;
            for step in steps {
                walk.take(step).await;
                walk.check().await?;
                count(&tally.steps);
            }
            Ok(())
        })
    });
    if let Err(error) = outcome {
        panic!("{error}");
    }
    println!("{walks} walks: {tally:?}");
    for counter in [&tally.signed_in, &tally.registered, &tally.replayed, &tally.too_late, &tally.signed_out] {
        assert!(walks < fewest || counter.get() > 0, "the walks never came by something: {tally:?}");
    }
}
