//! How often a network may start a login, and an attempt, a user or a name may ask for something that costs.
//!
//! What follows a login's start is not counted for the network: a class behind one address signs in together, and
//! nothing of it can be had without a start.

mod store;

use std::hash::Hash;
use std::net::IpAddr;
use std::num::NonZeroU32;

use governor::clock::{Clock, DefaultClock};
use governor::{Quota, RateLimiter};

use self::store::BoundedStore;
use super::client_address::network_of;
use crate::accounts::ValidUsername;
use crate::validation::Email;

/// IPv6 networks whose starts are counted: the length of their prefix, and how many times the limit of a network applies.
/// Providers assign a /64 to a household or a phone, and up to a /48 to one customer.
const NETWORKS: [(u32, u32); 3] = [(64, 1), (56, 4), (48, 16)];
/// For one user or attempt. A username is checked at every pause in typing.
const PER_USER: Rate = Rate { burst: 30, per_minute: 60 };
/// For one username or email, across all users. High, or one or two users could keep others from it: it takes five
/// new users who ask as often as they may.
const PER_NAME: Rate = Rate { burst: 300, per_minute: 300 };
/// Mails that one user may cause: at once, and per hour.
const MAILS_PER_USER: (u32, u32) = (5, 20);
/// Mails to one address, across all users. More than that for a user, who could keep the owner from their mails.
const MAILS_PER_ADDRESS: (u32, u32) = (20, 40);
/// How many networks of one size, attempts, users and names are remembered, each.
const MAX_KEYS: usize = 10_000;

struct Rate {
    burst: u32,
    per_minute: u32,
}

/// The counters of all clients.
pub(super) struct RateLimits(Option<Counters>);

struct Counters {
    networks: [(u32, Counter<IpAddr>); 3],
    attempts: Counter<String>,
    users: Counter<String>,
    names: Counter<String>,
    mail_senders: Counter<String>,
    mail_addresses: Counter<String>,
}

/// Too many requests.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct RateLimited {
    pub(super) retry_after_secs: u64,
}

impl RateLimits {
    /// `starts_per_minute` is how many logins one network may start. Without it, nothing is ever limited.
    pub(super) fn new(starts_per_minute: Option<NonZeroU32>) -> RateLimits {
        RateLimits(starts_per_minute.map(|starts| Counters {
            networks: NETWORKS.map(|(prefix_bits, factor)| {
                let per_minute = starts.get().saturating_mul(factor);
                (prefix_bits, Counter::new(Rate { burst: per_minute / 2, per_minute }, MAX_KEYS))
            }),
            attempts: Counter::new(PER_USER, MAX_KEYS),
            users: Counter::new(PER_USER, MAX_KEYS),
            names: Counter::new(PER_NAME, MAX_KEYS),
            mail_senders: Counter::hourly(MAILS_PER_USER),
            mail_addresses: Counter::hourly(MAILS_PER_ADDRESS),
        }))
    }

    /// Counts the start of a login for the networks of a client.
    pub(super) fn count_start(&self, client_ip: IpAddr) -> Result<(), RateLimited> {
        let Some(counters) = &self.0 else { return Ok(()) };
        for (prefix_bits, counter) in &counters.networks {
            network_of(client_ip, *prefix_bits).map_or(Ok(()), |network| counter.count(network))?;
        }
        Ok(())
    }

    /// Counts a callback for its attempt.
    pub(super) fn count_attempt(&self, attempt_id: String) -> Result<(), RateLimited> {
        self.0.as_ref().map_or(Ok(()), |counters| counters.attempts.count(attempt_id))
    }

    /// Counts a request for the user with this openid, registered or not.
    pub(super) fn count_user(&self, openid: &str) -> Result<(), RateLimited> {
        self.0.as_ref().map_or(Ok(()), |counters| counters.users.count(openid.to_owned()))
    }

    /// Counts a request about a username, however it is spelled. An invalid one is not looked up, so it costs nothing.
    pub(super) fn count_username(&self, typed: &str) -> Result<(), RateLimited> {
        ValidUsername::parse(typed).map_or(Ok(()), |name| self.count_name(name.skeleton()))
    }

    /// Counts a request about an email address, however it is spelled.
    pub(super) fn count_email(&self, typed: &str) -> Result<(), RateLimited> {
        Email::parse(typed).map_or(Ok(()), |email| self.count_name(email.as_str()))
    }

    /// Counts a mail that the user with this openid sends to an address.
    pub(super) fn count_mail(&self, openid: &str, email: &Email) -> Result<(), RateLimited> {
        self.0.as_ref().map_or(Ok(()), |counters| counters.mail_senders.count(openid.to_owned()))?;
        self.count_mail_to(email)
    }

    /// Counts a mail to an address.
    pub(super) fn count_mail_to(&self, email: &Email) -> Result<(), RateLimited> {
        self.0.as_ref().map_or(Ok(()), |counters| counters.mail_addresses.count(email.as_str().to_owned()))
    }

    fn count_name(&self, name: &str) -> Result<(), RateLimited> {
        self.0.as_ref().map_or(Ok(()), |counters| counters.names.count(name.to_owned()))
    }
}

struct Counter<K: Hash + Eq + Clone>(RateLimiter<K, BoundedStore<K>, DefaultClock>);

impl<K: Hash + Eq + Clone> Counter<K> {
    fn new(rate: Rate, max_keys: usize) -> Counter<K> {
        Counter::with_quota(Quota::per_minute(at_least_one(rate.per_minute)), rate.burst, max_keys)
    }

    fn hourly((burst, per_hour): (u32, u32)) -> Counter<K> {
        Counter::with_quota(Quota::per_hour(at_least_one(per_hour)), burst, MAX_KEYS)
    }

    fn with_quota(quota: Quota, burst: u32, max_keys: usize) -> Counter<K> {
        let quota = quota.allow_burst(at_least_one(burst));
        Counter(RateLimiter::new(quota, BoundedStore::new(max_keys), DefaultClock::default()))
    }

    fn count(&self, key: K) -> Result<(), RateLimited> {
        self.0.check_key(&key).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.0.clock().now());
            RateLimited { retry_after_secs: wait.as_secs() + 1 }
        })
    }
}

fn at_least_one(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARTS: u32 = 120;

    fn limits() -> RateLimits {
        RateLimits::new(NonZeroU32::new(STARTS))
    }

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn s86_starts_beyond_half_of_the_limit_must_wait() {
        let limits = limits();
        for _ in 0..STARTS / 2 {
            assert_eq!(limits.count_start(address("192.0.2.1")), Ok(()));
        }
        let RateLimited { retry_after_secs } = limits.count_start(address("192.0.2.1")).expect_err("one too many");
        assert!((1..=2).contains(&retry_after_secs), "{retry_after_secs}");
        assert_eq!(limits.count_start(address("192.0.2.2")), Ok(()));
        let smallest = RateLimits::new(NonZeroU32::new(1));
        assert_eq!(smallest.count_start(address("192.0.2.1")), Ok(()));
        assert!(smallest.count_start(address("192.0.2.1")).is_err());
        let off = RateLimits::new(None);
        assert!((0..1000).all(|_| off.count_start(address("192.0.2.1")).is_ok() && off.count_user("x").is_ok()));
    }

    #[test]
    fn s86_larger_ipv6_networks_have_limits_of_their_own() {
        for (prefix, limit) in [("2001:db8:0:", 4 * STARTS / 2), ("2001:db8:1:", 16 * STARTS / 2)] {
            // Each start comes from another /64; in the second round, each comes from another /56 too.
            let is_48 = prefix.ends_with("1:");
            let subnet = |number: u32| if is_48 { number << 8 & 0xffff | number >> 8 } else { number % 0xff };
            let limits = limits();
            let starts = (0..2 * limit).map(|number| address(&format!("{prefix}{:x}::{number:x}", subnet(number))));
            let allowed = starts.filter(|start| limits.count_start(*start).is_ok()).count();
            // Some more are allowed while the loop runs.
            let expected = limit as usize..limit as usize * 3 / 2;
            assert!(expected.contains(&allowed), "{prefix}: {allowed}");
            assert_eq!(limits.count_start(address("2001:db8:2::1")), Ok(()));
        }
    }

    #[test]
    fn s88_all_spellings_of_a_name_share_a_limit() {
        let limits = limits();
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
    fn s86_crowd_of_new_keys_does_not_reset_who_is_limited() {
        let counter = Counter::new(PER_USER, 100);
        while counter.count(0).is_ok() {}
        for crowd in 1..5_000 {
            assert_eq!(counter.count(crowd), Ok(()));
        }
        // A reset key may send a whole burst.
        assert!((0..PER_USER.burst).any(|_| counter.count(0).is_err()));
    }
}
