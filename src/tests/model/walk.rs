//! One walk: each step is taken in the model and at the site, and both must say the same.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::TestCaseError;
use qq_login::sessions::SqlSessionStore;

use super::outcome::Answered;
use super::step::{Act, Machine, Person, Side, Step, Tab};
use super::world::{ACCOUNT, Attempt, MOST_ATTEMPTS, Name, World};
use crate::support::{Answer, Browser, TestSite};

/// Whether what was seen is what had to be.
pub(super) type Seen = Result<(), TestCaseError>;

/// A site on two machines, and a view of its sessions.
pub(super) struct Ground {
    pub(super) site: TestSite,
    pub(super) ports: [u16; 2],
    pub(super) store: SqlSessionStore,
}

pub(super) struct Walk<'a> {
    pub(super) ground: &'a Ground,
    pub(super) world: World,
    /// Makes the names of this walk's people its own.
    number: u32,
    pub(super) browsers: [Browser; 2],
    /// Whom QQ has met.
    met: BTreeSet<Person>,
    /// The ids of sessions, the access tokens and the generated names, each seen first when the
    /// model says that it is new, and the same ever after.
    pub(super) ids: BTreeMap<usize, String>,
    pub(super) tokens: BTreeMap<usize, String>,
    pub(super) generated: BTreeMap<Person, String>,
    pub(super) asked_before: usize,
}

impl<'a> Walk<'a> {
    /// A walk from the beginning: nobody has been here, and QQ knows nobody by these names.
    pub(super) async fn new(ground: &'a Ground, number: u32) -> Walk<'a> {
        let site = &ground.site;
        for table in ["sessions", "spent_attempts", "email_addresses", "open_ids", "users"] {
            site.execute(&format!("DELETE FROM {table}")).await;
        }
        Walk {
            ground,
            world: World::new(site.now()),
            number,
            browsers: [site.browser(), site.browser()],
            met: BTreeSet::new(),
            ids: BTreeMap::new(),
            tokens: BTreeMap::new(),
            generated: BTreeMap::new(),
            asked_before: site.tokens.asked(),
        }
    }

    /// What a person is called at QQ, and here if they may choose.
    pub(super) fn name(&self, person: Person) -> String {
        format!("walker-{}-{person}", self.number)
    }

    fn turn_to(&mut self, machine: Machine) {
        let port = self.ground.ports[machine];
        self.browsers.iter_mut().for_each(|browser| *browser = browser.through(port));
    }

    pub(super) async fn take(&mut self, step: Step) -> Seen {
        self.turn_to(step.machine);
        match step.act {
            Act::SetOut { side, tab, person, has_wish } => self.set_out(side, tab, person, has_wish).await,
            Act::SignIn { side, tab, person } => {
                self.set_out(side, tab, person, false).await?;
                self.come_back(side, tab).await
            }
            Act::Crowd(side) => {
                for _ in 0..MOST_ATTEMPTS {
                    self.leave(side, ACCOUNT).await?;
                }
                Ok(())
            }
            Act::Cancel(side, tab) => {
                let Some(expected) = self.world.cancel(side, tab) else { return Ok(()) };
                let state = self.attempt(side, tab).state.clone();
                self.open(side, &format!("/login/qq/callback?usercancel=1&state={state}"), &expected).await
            }
            Act::Callback(side, tab) => self.come_back(side, tab).await,
            Act::StolenCallback(side, tab) => {
                let Some(expected) = self.world.come_back_elsewhere(side, tab) else { return Ok(()) };
                let callback = self.attempt(side, tab).callback.clone();
                self.open(1 - side, &callback, &expected).await
            }
            Act::Register(side) => self.register(side).await,
            Act::RegisterAuto(side) => {
                let expected = self.world.register(side, Name::Generated);
                self.send(side, "/register/auto", &[], &expected).await
            }
            Act::SignOut(side) => {
                let expected = self.world.sign_out(side);
                self.send(side, "/logout", &[], &expected).await
            }
            Act::Account(side) => {
                let expected = self.world.account(side);
                self.open(side, "/account", &expected).await
            }
            Act::Renew(side) => {
                let expected = self.world.renew(side);
                self.send(side, "/account/renew", &[], &expected).await
            }
            Act::Wait(seconds) => {
                self.ground.site.pass(seconds);
                self.world.pass(seconds);
                Ok(())
            }
            Act::Revoke(person) => {
                if self.met.contains(&person) {
                    self.ground.site.revoke(&self.name(person)).await;
                    self.world.revoke(person);
                }
                Ok(())
            }
        }
    }

    fn attempt(&self, side: Side, tab: Tab) -> &Attempt {
        self.world.sides[side].tabs[tab].as_ref().expect("an attempt")
    }

    /// Sets out for QQ: gives the address there and the attempt's cookie.
    async fn leave(&mut self, side: Side, next: &str) -> Result<(String, String), TestCaseError> {
        let wish = Some(next).filter(|next| *next != ACCOUNT);
        let authorize_url = self.browsers[side].leave(wish).await;
        let cookie = self.world.begin(side, &attempts_of(&self.browsers[side]))?;
        Ok((authorize_url, cookie))
    }

    async fn set_out(&mut self, side: Side, tab: Tab, person: Person, has_wish: bool) -> Seen {
        let next = if has_wish { format!("/wish-{}", self.world.draw()) } else { ACCOUNT.to_owned() };
        let (authorize_url, cookie) = self.leave(side, &next).await?;
        let callback = self.browsers[side].approve(&authorize_url, &self.name(person)).await;
        self.met.insert(person);
        let url = url::Url::parse(&authorize_url).expect("an address");
        let (_, state) = url.query_pairs().find(|(name, _)| name == "state").expect("a state");
        let (state, began_at) = (state.into_owned(), self.world.now);
        let attempt = Attempt { cookie, state, callback, began_at, person, next, is_spent: false };
        self.world.sides[side].tabs[tab] = Some(attempt);
        Ok(())
    }

    async fn come_back(&mut self, side: Side, tab: Tab) -> Seen {
        let Some(expected) = self.world.come_back(side, tab) else { return Ok(()) };
        let callback = self.attempt(side, tab).callback.clone();
        self.open(side, &callback, &expected).await
    }

    async fn register(&mut self, side: Side) -> Seen {
        let person = self.world.session(side).map_or(0, |(_, session)| session.person);
        let expected = self.world.register(side, Name::Typed);
        let (name, email) = (self.name(person), format!("{}@example.com", self.name(person)));
        self.send(side, "/register", &[("username", &name), ("email", &email)], &expected).await
    }

    async fn open(&mut self, side: Side, path: &str, expected: &Answered) -> Seen {
        let answer = self.browsers[side].get(path).await;
        self.compare(side, &answer, expected)
    }

    async fn send(&mut self, side: Side, path: &str, fields: &[(&str, &str)], expected: &Answered) -> Seen {
        let answer = self.browsers[side].post(path, fields).await;
        self.compare(side, &answer, expected)
    }

    fn compare(&self, side: Side, answer: &Answer, expected: &Answered) -> Seen {
        match expected {
            Answered::To(path) => prop_assert_eq!((answer.status, answer.location()), (303, path.as_str())),
            Answered::Account { obtained_at, expires_at } => {
                prop_assert_eq!(answer.status, 200, "to {}", answer.location());
                let person = self.world.session(side).expect("a session").1.person;
                let username = self.username(person).expect("a registered person");
                prop_assert_eq!(answer.marked("username"), Some(username));
                for (mark, moment) in [("token-obtained", obtained_at), ("token-expires", expires_at)] {
                    let moment = rfc3339(*moment);
                    let is_shown = answer.body.contains(&format!("data-testid=\"{mark}\" datetime=\"{moment}\""));
                    prop_assert!(is_shown, "{} is not {}: {}", mark, moment, answer.body);
                }
                prop_assert!(!answer.body.contains("role=\"alert\""), "there is no trouble: {}", answer.body);
            }
        }
        Ok(())
    }

    /// The user name of somebody who has registered.
    pub(super) fn username(&self, person: Person) -> Option<String> {
        match self.world.registered[person]? {
            Name::Typed => Some(self.name(person)),
            Name::Generated => self.generated.get(&person).cloned(),
        }
    }
}

/// The cookies of attempts in a browser.
pub(super) fn attempts_of(browser: &Browser) -> BTreeSet<String> {
    browser.cookies.keys().filter(|name| name.starts_with("attempt-")).cloned().collect()
}

fn rfc3339(seconds: i64) -> String {
    let moment = time::OffsetDateTime::from_unix_timestamp(seconds).expect("a moment");
    moment.format(&time::format_description::well_known::Rfc3339).expect("a text")
}
