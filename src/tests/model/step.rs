//! What happens in a walk.

use proptest::prelude::*;
use proptest::sample::select;

use super::world::{ATTEMPT_SECS, IDLE_SECS, PENDING_SECS, TOKEN_SECS};

const SHORTEST_WALK: usize = 10;
const LONGEST_WALK: usize = 50;

/// One of two browsers, of the two tabs in it, of two people, of two machines.
pub(super) type Side = usize;
pub(super) type Tab = usize;
pub(super) type Person = usize;
pub(super) type Machine = usize;

/// Something that happens, and which machine hears of it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) machine: Machine,
    pub(super) act: Act,
}

/// What happens: in which browser, in which tab, to whom.
#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    /// A tab sets out for QQ, where somebody approves. It wants to go to a page of its own
    /// afterwards, or has no wish.
    SetOut {
        side: Side,
        tab: Tab,
        person: Person,
        has_wish: bool,
    },
    /// A tab sets out and comes back at once.
    SignIn {
        side: Side,
        tab: Tab,
        person: Person,
    },
    /// As many tabs set out as a browser has room for. Nobody goes on with them.
    Crowd(Side),
    /// Somebody turns back at QQ, though they may have approved already.
    Cancel(Side, Tab),
    /// The tab comes back, for the first time or again.
    Callback(Side, Tab),
    /// The way back is opened in the other browser.
    StolenCallback(Side, Tab),
    /// The registration form is sent.
    Register(Side),
    /// The one click is made that takes its place.
    RegisterAuto(Side),
    SignOut(Side),
    Account(Side),
    Renew(Side),
    /// Seconds pass: until tokens, attempts, registrations or sessions end.
    Wait(i64),
    /// Somebody takes back their consent at QQ.
    Revoke(Person),
}

impl Act {
    /// The browsers for which something may be different now.
    pub(super) fn concerns(self) -> Vec<Side> {
        match self {
            Act::SetOut { side, .. } | Act::SignIn { side, .. } | Act::Cancel(side, _) | Act::Callback(side, _) => {
                vec![side]
            }
            Act::Crowd(side) | Act::Register(side) | Act::RegisterAuto(side) | Act::SignOut(side) => vec![side],
            Act::Account(side) | Act::Renew(side) => vec![side],
            Act::StolenCallback(..) | Act::Wait(_) | Act::Revoke(_) => vec![0, 1],
        }
    }
}

/// Walks of some length.
pub(super) fn walks() -> impl Strategy<Value = Vec<Step>> {
    let step = (0..2_usize, acts()).prop_map(|(machine, act)| Step { machine, act });
    prop::collection::vec(step, SHORTEST_WALK..=LONGEST_WALK)
}

/// The first of two mostly, so that a walk goes on with what it has begun.
fn one() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0), 1 => Just(1)]
}

/// Seconds to the borders of lives, short ones more often: after a long wait there is not much left.
fn waits() -> impl Strategy<Value = i64> {
    let short = vec![1, TOKEN_SECS / 2, TOKEN_SECS * 9 / 10 - 1, TOKEN_SECS * 9 / 10, TOKEN_SECS];
    let long = vec![ATTEMPT_SECS, ATTEMPT_SECS + 1, PENDING_SECS, PENDING_SECS + 1, IDLE_SECS - 1, IDLE_SECS];
    prop_oneof![3 => select(short), 2 => select(long)]
}

fn acts() -> impl Strategy<Value = Act> {
    let place = || (one(), one());
    prop_oneof![
        12 => (place(), one()).prop_map(|((side, tab), person)| Act::SignIn { side, tab, person }),
        14 => (place(), one(), any::<bool>())
            .prop_map(|((side, tab), person, has_wish)| Act::SetOut { side, tab, person, has_wish }),
        1 => one().prop_map(Act::Crowd),
        3 => place().prop_map(|(side, tab)| Act::Cancel(side, tab)),
        20 => place().prop_map(|(side, tab)| Act::Callback(side, tab)),
        2 => place().prop_map(|(side, tab)| Act::StolenCallback(side, tab)),
        10 => one().prop_map(Act::Register),
        5 => one().prop_map(Act::RegisterAuto),
        5 => one().prop_map(Act::SignOut),
        14 => one().prop_map(Act::Account),
        10 => one().prop_map(Act::Renew),
        10 => waits().prop_map(Act::Wait),
        5 => one().prop_map(Act::Revoke),
    ]
}
