//! The faults that can be planned: the next answers of an endpoint go wrong on purpose.

use std::time::Duration;

use serde::Serialize;
use tokio::time::sleep;

use super::authorize::AuthorizeFault;
use super::avatar::AvatarFault;
use super::breakage::Breakage;
use super::me::MeFault;
use super::token::TokenFault;
use super::user_info::UserInfoFault;

/// Faults that bear names.
pub(super) trait Named: Copy + PartialEq + 'static {
    const NAMES: &'static [(&'static str, Self)];

    fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, fault)| *fault)
    }

    fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(_, fault)| *fault == self).map_or("", |(name, _)| name)
    }

    fn names() -> Vec<&'static str> {
        Self::NAMES.iter().map(|(name, _)| *name).collect()
    }
}

/// How long a slow answer lets wait.
const SLOW: Duration = Duration::from_secs(30);
const SLOW_NAME: &str = "slow";

/// Lets wait as long as a slow answer does.
pub(super) async fn wait() {
    sleep(SLOW).await;
}

/// A fault of one endpoint: one that any endpoint can have, or one of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault<F> {
    /// QQ's own answer, but only after a long time. Nothing is done before that: who gives up
    /// waiting has spent nothing.
    Slow,
    /// What arrives is not an answer of QQ's at all.
    Broken(Breakage),
    /// QQ's own answer, but an unwelcome one.
    Own(F),
}

impl<F: Named> Fault<F> {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Slow => SLOW_NAME,
            Self::Broken(breakage) => breakage.name(),
            Self::Own(fault) => fault.name(),
        }
    }

    fn named(name: &str) -> Option<Self> {
        if name == SLOW_NAME {
            return Some(Self::Slow);
        }
        Breakage::named(name).map(Self::Broken).or_else(|| F::named(name).map(Self::Own))
    }

    fn names() -> Vec<&'static str> {
        [Breakage::names(), vec![SLOW_NAME], F::names()].concat()
    }
}

/// What is planned for one endpoint.
#[derive(Debug)]
pub(super) struct Plan<F>(Option<(Fault<F>, u32)>);

impl<F: Named> Plan<F> {
    /// Takes the fault for one answer, if it concerns this one.
    pub(super) fn take(&mut self, concerns: impl Fn(Fault<F>) -> bool) -> Option<Fault<F>> {
        let (fault, left) = self.0.filter(|(fault, _)| concerns(*fault))?;
        self.0 = (left > 1).then(|| (fault, left - 1));
        Some(fault)
    }

    /// Plans a fault in place of what was planned. A name that is not known here gives the known ones.
    fn set(&mut self, name: &str, times: u32) -> Result<(), Vec<&'static str>> {
        let fault = Fault::named(name).ok_or_else(Fault::<F>::names)?;
        self.0 = Some((fault, times));
        Ok(())
    }
}

/// The endpoints that can be made to go wrong, by their names in the control's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Endpoint {
    Authorize,
    Token,
    Me,
    UserInfo,
    Avatar,
}

impl Named for Endpoint {
    const NAMES: &'static [(&'static str, Self)] = &[
        ("authorize", Self::Authorize),
        ("token", Self::Token),
        ("me", Self::Me),
        ("get_user_info", Self::UserInfo),
        ("avatar", Self::Avatar),
    ];
}

/// One line of the list of what is planned.
#[derive(Debug, Serialize)]
pub(super) struct Planned {
    pub(super) endpoint: &'static str,
    pub(super) fault: &'static str,
    pub(super) times: u32,
}

/// What is planned for every endpoint.
#[derive(Debug)]
pub(super) struct Faults {
    pub(super) authorize: Plan<AuthorizeFault>,
    pub(super) token: Plan<TokenFault>,
    pub(super) me: Plan<MeFault>,
    pub(super) user_info: Plan<UserInfoFault>,
    pub(super) avatar: Plan<AvatarFault>,
}

impl Faults {
    pub(super) fn none() -> Self {
        Self { authorize: Plan(None), token: Plan(None), me: Plan(None), user_info: Plan(None), avatar: Plan(None) }
    }

    pub(super) fn plan(&mut self, endpoint: Endpoint, name: &str, times: u32) -> Result<(), Vec<&'static str>> {
        match endpoint {
            Endpoint::Authorize => self.authorize.set(name, times),
            Endpoint::Token => self.token.set(name, times),
            Endpoint::Me => self.me.set(name, times),
            Endpoint::UserInfo => self.user_info.set(name, times),
            Endpoint::Avatar => self.avatar.set(name, times),
        }
    }

    pub(super) fn end(&mut self, endpoint: Endpoint) {
        match endpoint {
            Endpoint::Authorize => self.authorize = Plan(None),
            Endpoint::Token => self.token = Plan(None),
            Endpoint::Me => self.me = Plan(None),
            Endpoint::UserInfo => self.user_info = Plan(None),
            Endpoint::Avatar => self.avatar = Plan(None),
        }
    }

    pub(super) fn planned(&self) -> Vec<Planned> {
        [
            line(Endpoint::Authorize, &self.authorize),
            line(Endpoint::Token, &self.token),
            line(Endpoint::Me, &self.me),
            line(Endpoint::UserInfo, &self.user_info),
            line(Endpoint::Avatar, &self.avatar),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

fn line<F: Named>(endpoint: Endpoint, plan: &Plan<F>) -> Option<Planned> {
    plan.0.map(|(fault, times)| Planned { endpoint: endpoint.name(), fault: fault.name(), times })
}
