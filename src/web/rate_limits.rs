//! How often something that costs may be asked for: by one network, by one person, for one name.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{PoisonError, RwLock};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use super::client_address::one_household;
use crate::accounts::ValidUsername;
use crate::validation::Email;

/// For one network. A household or an office behind one address signs in together.
const OF_A_NETWORK: Rate = Rate { at_once: 60, per_minute: 120 };
/// For one person, from wherever: a name is looked up at every pause in typing.
const OF_A_PERSON: Rate = Rate { at_once: 30, per_minute: 60 };
/// For one user name or e-mail address, whoever asks. High, or one or two people could keep others
/// from it: five of them, each new to the site, would have to ask as often as they may.
const OF_A_NAME: Rate = Rate { at_once: 300, per_minute: 300 };
/// How many of each are remembered.
const REMEMBERED: usize = 10_000;

/// Requests at once, and a minute in the long run.
struct Rate {
    at_once: u32,
    per_minute: u32,
}

/// Who has asked how often.
pub(super) struct RateLimits {
    networks: Counter<IpAddr>,
    people: Counter<String>,
    names: Counter<String>,
}

/// Too often. The next request is welcome in so many seconds.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RateLimited {
    pub(super) wait_secs: u64,
}

impl RateLimits {
    /// Nobody has asked for anything yet.
    pub(super) fn new() -> RateLimits {
        RateLimits {
            networks: Counter::new(OF_A_NETWORK, REMEMBERED),
            people: Counter::new(OF_A_PERSON, REMEMBERED),
            names: Counter::new(OF_A_NAME, REMEMBERED),
        }
    }

    /// Counts a request from an address for all of its network.
    pub(super) fn count_network(&self, asking: IpAddr) -> Result<(), RateLimited> {
        self.networks.count(one_household(asking))
    }

    /// Counts a request of the person with this openid, who has an account or is about to.
    pub(super) fn count_person(&self, openid: &str) -> Result<(), RateLimited> {
        self.people.count(openid.to_owned())
    }

    /// Counts a request about a user name, in whatever form it is typed. One that can be no user
    /// name is not looked for, so it costs nothing.
    pub(super) fn count_username(&self, typed: &str) -> Result<(), RateLimited> {
        ValidUsername::parse(typed).map_or(Ok(()), |name| self.names.count(name.skeleton().to_owned()))
    }

    /// Counts a request about an e-mail address, in whatever form it is typed.
    pub(super) fn count_email(&self, typed: &str) -> Result<(), RateLimited> {
        Email::parse(typed).map_or(Ok(()), |email| self.names.count(email.as_str().to_owned()))
    }
}

struct Counter<K: Hash + Eq + Clone> {
    quota: Quota,
    remembered: usize,
    counts: RwLock<DefaultKeyedRateLimiter<K>>,
}

impl<K: Hash + Eq + Clone> Counter<K> {
    fn new(rate: Rate, remembered: usize) -> Counter<K> {
        let number = |it: u32| NonZeroU32::new(it).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(number(rate.per_minute)).allow_burst(number(rate.at_once));
        Counter { quota, remembered, counts: RwLock::new(DefaultKeyedRateLimiter::keyed(quota)) }
    }

    fn count(&self, key: K) -> Result<(), RateLimited> {
        self.make_room();
        let counts = self.counts.read().unwrap_or_else(PoisonError::into_inner);
        counts.check_key(&key).map_err(|busy| {
            let wait = busy.wait_time_from(DefaultClock::default().now());
            RateLimited { wait_secs: wait.as_secs() + 1 }
        })
    }

    /// Forgets those that are not limited any more; and everybody, if that does not help: whoever
    /// commands thousands of networks at a time is not held up by limits on each.
    fn make_room(&self) {
        if self.remembered() < self.remembered {
            return;
        }
        let mut counts = self.counts.write().unwrap_or_else(PoisonError::into_inner);
        counts.retain_recent();
        if counts.len() > self.remembered / 2 {
            *counts = DefaultKeyedRateLimiter::keyed(self.quota);
        }
    }

    fn remembered(&self) -> usize {
        self.counts.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s86_the_wait_is_told_once_the_burst_is_used_up() {
        let limits = RateLimits::new();
        let peer: IpAddr = "192.0.2.1".parse().expect("an address");
        for _ in 0..OF_A_NETWORK.at_once {
            assert_eq!(limits.count_network(peer), Ok(()));
        }
        let RateLimited { wait_secs } = limits.count_network(peer).expect_err("one too many");
        assert!((1..=2).contains(&wait_secs), "{wait_secs}");
        assert_eq!(limits.count_network("192.0.2.2".parse().expect("an address")), Ok(()));
    }

    #[test]
    fn s88_one_name_in_many_forms_is_one_name() {
        let limits = RateLimits::new();
        let forms = ["tom_1", " Tom_1", "TOM_1", "ｔｏｍ_1", "tom_l"];
        let asked = forms.iter().cycle().take(OF_A_NAME.at_once as usize);
        assert!(asked.map(|form| limits.count_username(form)).all(|counted| counted.is_ok()));
        assert!(limits.count_username("toM_1").is_err() && limits.count_username("tom_2").is_ok());
        for _ in 0..OF_A_NAME.at_once {
            assert_eq!(limits.count_email(" Ann@Example.com"), Ok(()));
        }
        assert!(limits.count_email("ann@example.COM").is_err() && limits.count_email("bob@example.com").is_ok());
        assert!((0..1000).all(|_| limits.count_username("no name!").is_ok() && limits.count_email("none").is_ok()));
    }

    #[test]
    fn s86_no_crowd_takes_more_memory_than_is_set_aside() {
        let counter = Counter::new(OF_A_PERSON, 100);
        for crowd in 0..50_000 {
            assert_eq!(counter.count(crowd), Ok(()));
            assert!(counter.remembered() <= 100, "{crowd}");
        }
    }
}
