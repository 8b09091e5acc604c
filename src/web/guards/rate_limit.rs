//! How often one address may ask for what costs something: a call to QQ, a look for a user name,
//! an account.

use std::net::IpAddr;
use std::num::NonZeroU32;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::audit::{self, Event};
use crate::web::client_address::{self, one_household};
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
}

impl RateLimits {
    /// Nobody has asked anything yet.
    pub(in crate::web) fn new() -> RateLimits {
        let quota = Quota::per_minute(PER_MINUTE).allow_burst(AT_ONCE);
        RateLimits { limiter: DefaultKeyedRateLimiter::keyed(quota) }
    }

    /// Counts a request. `Err` tells in how many seconds the next one is welcome.
    fn count(&self, asking: IpAddr) -> Result<(), u64> {
        if self.limiter.len() > REMEMBERED {
            self.limiter.retain_recent();
        }
        self.limiter.check_key(&one_household(asking)).map_err(|busy| {
            let wait = busy.wait_time_from(DefaultClock::default().now());
            wait.as_secs() + 1
        })
    }
}

/// Answers 429 once an address has asked too often.
pub(in crate::web) async fn limit_rate(State(site): State<Site>, request: Request, next: Next) -> Response {
    let Some(limits) = &site.facts.rate_limits else { return next.run(request).await };
    match limits.count(client_address::of(&request, site.facts.trusted_proxies)) {
        Ok(()) => next.run(request).await,
        Err(wait_secs) => {
            audit::record(Event::RateLimited);
            let (parts, _) = request.into_parts();
            notice::too_many(Setting::read(site.clone(), parts), wait_secs).await
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_is_told_once_the_burst_is_used_up() {
        let limits = RateLimits::new();
        let peer: IpAddr = "192.0.2.1".parse().expect("an address");
        for _ in 0..AT_ONCE.get() {
            assert_eq!(limits.count(peer), Ok(()));
        }
        let wait = limits.count(peer).expect_err("one too many");
        assert!((1..=2).contains(&wait), "{wait}");
        assert_eq!(limits.count("192.0.2.2".parse().expect("an address")), Ok(()));
    }
}
