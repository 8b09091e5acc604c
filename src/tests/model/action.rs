//! The steps of a walk.

use proptest::prelude::*;
use proptest::sample::select;

use super::state::{ATTEMPT_SECS, IDLE_SECS, PENDING_SECS, TOKEN_SECS};

const MIN_STEPS: usize = 10;
const MAX_STEPS: usize = 50;

/// Each is 0 or 1.
pub(super) type BrowserId = usize;
pub(super) type TabId = usize;
pub(super) type UserId = usize;
pub(super) type ReplicaId = usize;

/// An action and the replica that receives its requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) replica: ReplicaId,
    pub(super) action: Action,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    /// A tab starts a login, which a user approves at QQ. The callback is not opened yet.
    Authorize {
        browser: BrowserId,
        tab: TabId,
        user: UserId,
        has_next: bool,
    },
    /// A tab starts a login and opens the callback at once.
    SignIn {
        browser: BrowserId,
        tab: TabId,
        user: UserId,
    },
    /// A browser starts as many logins as it can store, and abandons them.
    StartManyLogins(BrowserId),
    /// The user cancels at QQ, possibly after approving.
    Cancel(BrowserId, TabId),
    /// The tab opens its callback, for the first time or again.
    Callback(BrowserId, TabId),
    /// The other browser opens the tab's callback.
    CallbackInOtherBrowser(BrowserId, TabId),
    Register(BrowserId),
    /// The user registers with a generated username.
    AutoRegister(BrowserId),
    SignOut(BrowserId),
    OpenAccount(BrowserId),
    RefreshToken(BrowserId),
    /// This many seconds pass.
    Wait(i64),
    /// A user revokes the authorization at QQ.
    Revoke(UserId),
}

impl Action {
    /// Returns the browsers whose state may have changed.
    pub(super) fn affected_browsers(self) -> Vec<BrowserId> {
        match self {
            Action::Authorize { browser, .. }
            | Action::SignIn { browser, .. }
            | Action::Cancel(browser, _)
            | Action::Callback(browser, _)
            | Action::StartManyLogins(browser)
            | Action::Register(browser)
            | Action::AutoRegister(browser)
            | Action::SignOut(browser)
            | Action::OpenAccount(browser)
            | Action::RefreshToken(browser) => vec![browser],
            Action::CallbackInOtherBrowser(..) | Action::Wait(_) | Action::Revoke(_) => vec![0, 1],
        }
    }
}

pub(super) fn walks() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..2_usize, actions()).prop_map(|(replica, action)| Step { replica, action });
    prop::collection::vec(step, MIN_STEPS..=MAX_STEPS)
}

/// Prefers 0, so that later steps often continue what earlier ones started.
fn index() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0), 1 => Just(1)]
}

/// Durations around the limits of lifetimes. Short ones are more frequent, because long ones end everything.
fn durations() -> impl Strategy<Value = i64> {
    let short = vec![1, TOKEN_SECS / 2, TOKEN_SECS * 9 / 10 - 1, TOKEN_SECS * 9 / 10, TOKEN_SECS];
    let long = vec![ATTEMPT_SECS, ATTEMPT_SECS + 1, PENDING_SECS, PENDING_SECS + 1, IDLE_SECS - 1, IDLE_SECS];
    prop_oneof![3 => select(short), 2 => select(long)]
}

fn actions() -> impl Strategy<Value = Action> {
    let tab = || (index(), index());
    prop_oneof![
        12 => (tab(), index()).prop_map(|((browser, tab), user)| Action::SignIn { browser, tab, user }),
        14 => (tab(), index(), any::<bool>())
            .prop_map(|((browser, tab), user, has_next)| Action::Authorize { browser, tab, user, has_next }),
        1 => index().prop_map(Action::StartManyLogins),
        3 => tab().prop_map(|(browser, tab)| Action::Cancel(browser, tab)),
        20 => tab().prop_map(|(browser, tab)| Action::Callback(browser, tab)),
        2 => tab().prop_map(|(browser, tab)| Action::CallbackInOtherBrowser(browser, tab)),
        10 => index().prop_map(Action::Register),
        5 => index().prop_map(Action::AutoRegister),
        5 => index().prop_map(Action::SignOut),
        14 => index().prop_map(Action::OpenAccount),
        10 => index().prop_map(Action::RefreshToken),
        10 => durations().prop_map(Action::Wait),
        5 => index().prop_map(Action::Revoke),
    ]
}
