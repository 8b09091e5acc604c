//! How often one address may ask for what costs something: a call to QQ, a look for a user name,
//! an account.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::num::NonZeroU32;

use axum::extract::{ConnectInfo, Request, State};
use axum::http::HeaderMap;
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::web::notice;
use crate::web::site::Site;
use crate::web::visit::Setting;

/// Requests a minute in the long run, for one address.
const PER_MINUTE: NonZeroU32 = NonZeroU32::new(120).expect("not zero");
/// Requests at once: a household or an office behind one address signs in together.
const AT_ONCE: NonZeroU32 = NonZeroU32::new(60).expect("not zero");
/// How many addresses are remembered before those that are no longer limited are forgotten.
const REMEMBERED: usize = 10_000;

/// Who asked how often.
pub(in crate::web) struct RateLimits {
    limiter: DefaultKeyedRateLimiter<IpAddr>,
    trusted_proxies: usize,
}

impl RateLimits {
    /// `trusted_proxies` is how many entries of `X-Forwarded-For`, counted from the end, were
    /// written by proxies of the operator's.
    pub(in crate::web) fn new(trusted_proxies: usize) -> RateLimits {
        let quota = Quota::per_minute(PER_MINUTE).allow_burst(AT_ONCE);
        RateLimits { limiter: DefaultKeyedRateLimiter::keyed(quota), trusted_proxies }
    }

    /// Counts a request. `Err` tells in how many seconds the next one is welcome.
    fn count(&self, headers: &HeaderMap, peer: IpAddr) -> Result<(), u64> {
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent();
        }
        let asking = network(forwarded_for(headers, self.trusted_proxies).unwrap_or(peer));
        self.limiter.check_key(&asking).map_err(|busy| {
            let wait = busy.wait_time_from(DefaultClock::default().now());
            wait.as_secs() + 1
        })
    }
}

/// Answers 429 once an address has asked too often.
pub(in crate::web) async fn limit_rate(State(site): State<Site>, request: Request, next: Next) -> Response {
    let Some(limits) = &site.facts.rate_limits else { return next.run(request).await };
    let peer = request
        .extensions()
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::V6(Ipv6Addr::UNSPECIFIED), |ConnectInfo(peer)| peer.ip());
    match limits.count(request.headers(), peer) {
        Ok(()) => next.run(request).await,
        Err(wait_secs) => {
            tracing::warn!("an address was asked to slow down");
            let (parts, _) = request.into_parts();
            notice::too_many(Setting::read(site.clone(), parts), wait_secs).await
        }
    }
}

/// The address that the outermost trusted proxy saw. Entries before it were written by whoever
/// sent the request, so they are not believed.
fn forwarded_for(headers: &HeaderMap, trusted_proxies: usize) -> Option<IpAddr> {
    let entries: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .collect();
    let position = entries.len().checked_sub(trusted_proxies.max(1))?;
    if trusted_proxies == 0 {
        return None;
    }
    entries.get(position)?.trim().parse().ok()
}

/// One household or machine can use all of an IPv6 /64, so that counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
        v4 => v4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(entries: &str, trusted_proxies: usize) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", entries.parse().expect("a header"));
        forwarded_for(&headers, trusted_proxies).map(|address| address.to_string())
    }

    #[test]
    fn only_entries_of_trusted_proxies_are_believed() {
        assert_eq!(forwarded("192.0.2.9, 192.0.2.1", 0), None);
        assert_eq!(forwarded("192.0.2.9, 192.0.2.1", 1).as_deref(), Some("192.0.2.1"));
        assert_eq!(forwarded("192.0.2.9, 192.0.2.1, 198.51.100.1", 2).as_deref(), Some("192.0.2.1"));
        assert_eq!(forwarded("192.0.2.1", 2), None);
        assert_eq!(forwarded("nonsense", 1), None);
    }

    #[test]
    fn neighbours_in_one_ipv6_network_share_a_limit() {
        let one: IpAddr = "2001:db8:1:2:3::1".parse().expect("an address");
        let other: IpAddr = "2001:db8:1:2:4::9".parse().expect("an address");
        let stranger: IpAddr = "2001:db8:1:3::1".parse().expect("an address");
        assert_eq!(network(one), network(other));
        assert_ne!(network(one), network(stranger));
        assert_eq!(network("::ffff:192.0.2.1".parse().expect("an address")).to_string(), "192.0.2.1");
    }

    #[test]
    fn the_wait_is_told_once_the_burst_is_used_up() {
        let limits = RateLimits::new(0);
        let peer = "192.0.2.1".parse().expect("an address");
        for _ in 0..AT_ONCE.get() {
            assert_eq!(limits.count(&HeaderMap::new(), peer), Ok(()));
        }
        let wait = limits.count(&HeaderMap::new(), peer).expect_err("one too many");
        assert!((1..=2).contains(&wait), "{wait}");
        assert_eq!(limits.count(&HeaderMap::new(), "192.0.2.2".parse().expect("an address")), Ok(()));
    }
}
