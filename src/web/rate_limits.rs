//! How often a network, a user or a name may ask for something that costs.

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::{PoisonError, RwLock};

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use super::client_address::network_of;
use crate::accounts::ValidUsername;
use crate::validation::Email;

/// A household or an office behind one address signs in together.
const PER_NETWORK: Rate = Rate { burst: 60, per_minute: 120 };
/// A username is checked at every pause in typing.
const PER_USER: Rate = Rate { burst: 30, per_minute: 60 };
/// For one username or email, across all users. High, or one or two users could keep others from it: it takes five
/// new users who ask as often as they may.
const PER_NAME: Rate = Rate { burst: 300, per_minute: 300 };
/// How many networks, users and names are remembered, each.
const MAX_KEYS: usize = 10_000;

struct Rate {
    burst: u32,
    per_minute: u32,
}

/// The counters of all clients.
pub(super) struct RateLimits {
    is_enabled: bool,
    networks: Counter<IpAddr>,
    users: Counter<String>,
    names: Counter<String>,
}

/// Too many requests.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RateLimited {
    pub(super) retry_after_secs: u64,
}

impl RateLimits {
    /// If not enabled, nothing is ever limited.
    pub(super) fn new(is_enabled: bool) -> RateLimits {
        RateLimits {
            is_enabled,
            networks: Counter::new(PER_NETWORK, MAX_KEYS),
            users: Counter::new(PER_USER, MAX_KEYS),
            names: Counter::new(PER_NAME, MAX_KEYS),
        }
    }

    /// Counts a request for the network of a client.
    pub(super) fn count_network(&self, client_ip: IpAddr) -> Result<(), RateLimited> {
        self.count(&self.networks, network_of(client_ip))
    }

    /// Counts a request for the user with this openid, registered or not.
    pub(super) fn count_user(&self, openid: &str) -> Result<(), RateLimited> {
        self.count(&self.users, openid.to_owned())
    }

    /// Counts a request about a username, however it is spelled. An invalid one is not looked up, so it costs nothing.
    pub(super) fn count_username(&self, typed: &str) -> Result<(), RateLimited> {
        ValidUsername::parse(typed).map_or(Ok(()), |name| self.count(&self.names, name.skeleton().to_owned()))
    }

    /// Counts a request about an email address, however it is spelled.
    pub(super) fn count_email(&self, typed: &str) -> Result<(), RateLimited> {
        Email::parse(typed).map_or(Ok(()), |email| self.count(&self.names, email.as_str().to_owned()))
    }

    fn count<K: Hash + Eq + Clone>(&self, counter: &Counter<K>, key: K) -> Result<(), RateLimited> {
        if self.is_enabled { counter.count(key) } else { Ok(()) }
    }
}

struct Counter<K: Hash + Eq + Clone> {
    quota: Quota,
    max_keys: usize,
    limiter: RwLock<DefaultKeyedRateLimiter<K>>,
}

impl<K: Hash + Eq + Clone> Counter<K> {
    fn new(rate: Rate, max_keys: usize) -> Counter<K> {
        let number = |it: u32| NonZeroU32::new(it).unwrap_or(NonZeroU32::MIN);
        let quota = Quota::per_minute(number(rate.per_minute)).allow_burst(number(rate.burst));
        Counter { quota, max_keys, limiter: RwLock::new(DefaultKeyedRateLimiter::keyed(quota)) }
    }

    fn count(&self, key: K) -> Result<(), RateLimited> {
        self.make_room();
        let limiter = self.limiter.read().unwrap_or_else(PoisonError::into_inner);
        limiter.check_key(&key).map_err(|not_until| {
            let wait = not_until.wait_time_from(DefaultClock::default().now());
            RateLimited { retry_after_secs: wait.as_secs() + 1 }
        })
    }

    /// Forgets the keys that are not limited any more, and all keys if that is not enough: limits per network do not
    /// stop an attacker with thousands of networks anyway.
    fn make_room(&self) {
        if self.len() < self.max_keys {
            return;
        }
        let mut limiter = self.limiter.write().unwrap_or_else(PoisonError::into_inner);
        limiter.retain_recent();
        if limiter.len() > self.max_keys / 2 {
            *limiter = DefaultKeyedRateLimiter::keyed(self.quota);
        }
    }

    fn len(&self) -> usize {
        self.limiter.read().unwrap_or_else(PoisonError::into_inner).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s86_requests_beyond_the_burst_must_wait() {
        let limits = RateLimits::new(true);
        let peer: IpAddr = "192.0.2.1".parse().expect("an address");
        for _ in 0..PER_NETWORK.burst {
            assert_eq!(limits.count_network(peer), Ok(()));
        }
        let RateLimited { retry_after_secs } = limits.count_network(peer).expect_err("one too many");
        assert!((1..=2).contains(&retry_after_secs), "{retry_after_secs}");
        assert_eq!(limits.count_network("192.0.2.2".parse().expect("an address")), Ok(()));
    }

    #[test]
    fn s88_all_spellings_of_a_name_share_a_limit() {
        let limits = RateLimits::new(true);
        let forms = ["tom_1", " Tom_1", "TOM_1", "ｔｏｍ_1", "tom_l"];
        let asked = forms.iter().cycle().take(PER_NAME.burst as usize);
        assert!(asked.map(|form| limits.count_username(form)).all(|counted| counted.is_ok()));
        assert!(limits.count_username("toM_1").is_err() && limits.count_username("tom_2").is_ok());
        for _ in 0..PER_NAME.burst {
            assert_eq!(limits.count_email(" Ann@Example.com"), Ok(()));
        }
        assert!(limits.count_email("ann@example.COM").is_err() && limits.count_email("bob@example.com").is_ok());
        assert!((0..1000).all(|_| limits.count_username("no name!").is_ok() && limits.count_email("none").is_ok()));
    }

    #[test]
    fn s86_remembered_keys_are_bounded() {
        let counter = Counter::new(PER_USER, 100);
        for crowd in 0..50_000 {
            assert_eq!(counter.count(crowd), Ok(()));
            assert!(counter.len() <= 100, "{crowd}");
        }
    }
}
