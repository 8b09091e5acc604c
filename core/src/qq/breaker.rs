//! A circuit breaker: skips an endpoint that recently kept callers waiting without success.
//!
//! Only for endpoints that a login can do without. The token endpoint and `/me` have none: skipping
//! them would turn everybody away, although a few users or one of QQ's machines may have caused the
//! failures, while trying keeps only the user waiting whose login it is.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// So many slow failures in a row open the breaker.
const MAX_SLOW_FAILURES: u32 = 3;

/// A failure that came sooner kept nobody waiting, and shows that the endpoint is there.
const SLOW: Duration = Duration::from_secs(1);

/// How long calls are skipped before one of them is made again.
const SKIP_PERIOD: Duration = Duration::from_secs(10);

/// The breaker of one endpoint.
#[derive(Debug)]
pub(super) struct Breaker {
    endpoint: &'static str,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    slow_failures: u32,
    /// When the next call may be made, if the breaker is open.
    skip_until: Option<Instant>,
}

/// A call that is being made. Records a slow failure if the call is dropped, because its caller has
/// waited long enough.
struct Call<'a> {
    breaker: &'a Breaker,
    started_at: Instant,
    is_recorded: bool,
}

impl Breaker {
    /// `endpoint` is the name for the log.
    pub(super) fn new(endpoint: &'static str) -> Breaker {
        Breaker { endpoint, state: Mutex::default() }
    }

    /// Makes the call, or returns `None` if it is skipped.
    pub(super) async fn run<T, E>(&self, call: impl Future<Output = Result<T, E>>) -> Option<Result<T, E>> {
        let mut recorded = self.start_call()?;
        let result = call.await;
        if result.is_ok() || recorded.started_at.elapsed() < SLOW {
            recorded.is_recorded = true;
            *self.state() = State::default();
        }
        Some(result)
    }

    fn start_call(&self) -> Option<Call<'_>> {
        let started_at = Instant::now();
        let mut state = self.state();
        if let Some(skip_until) = &mut state.skip_until {
            if started_at < *skip_until {
                return None;
            }
            // One call finds out whether the endpoint has recovered; until then, others are skipped.
            *skip_until = started_at + SKIP_PERIOD;
        }
        Some(Call { breaker: self, started_at, is_recorded: false })
    }

    fn record_slow_failure(&self) {
        let mut state = self.state();
        state.slow_failures = state.slow_failures.saturating_add(1);
        if state.slow_failures >= MAX_SLOW_FAILURES {
            state.skip_until = Some(Instant::now() + SKIP_PERIOD);
            drop(state);
            tracing::warn!(endpoint = self.endpoint, secs = SKIP_PERIOD.as_secs(), "QQ endpoint is slow; skipping it");
        }
    }

    /// Every change of the state is complete in itself, so a panic elsewhere leaves it valid.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Call<'_> {
    fn drop(&mut self) {
        if !self.is_recorded && self.started_at.elapsed() >= SLOW {
            self.breaker.record_slow_failure();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::time::{advance, sleep, timeout};

    /// The result of a call that fails after `secs` seconds, or `None` if it was skipped.
    async fn fail_after(breaker: &Breaker, secs: u64) -> Option<Result<(), ()>> {
        let call = async {
            sleep(Duration::from_secs(secs)).await;
            Err(())
        };
        breaker.run(call).await
    }

    async fn succeed(breaker: &Breaker) -> Option<Result<(), ()>> {
        breaker.run(async { Ok(()) }).await
    }

    async fn open_breaker() -> Breaker {
        let breaker = Breaker::new("test");
        for _ in 0..3 {
            assert!(fail_after(&breaker, 2).await.is_some());
        }
        breaker
    }

    #[tokio::test(start_paused = true)]
    async fn three_slow_failures_skip_calls_for_ten_seconds() {
        let breaker = open_breaker().await;
        assert_eq!(succeed(&breaker).await, None);
        advance(Duration::from_millis(9_999)).await;
        assert_eq!(succeed(&breaker).await, None);
        advance(Duration::from_millis(1)).await;
        assert_eq!(succeed(&breaker).await, Some(Ok(())));
        assert_eq!(succeed(&breaker).await, Some(Ok(())));
    }

    #[tokio::test(start_paused = true)]
    async fn one_call_at_a_time_tries_again() {
        let breaker = open_breaker().await;
        for _ in 0..3 {
            advance(Duration::from_secs(10)).await;
            let (trial, other) = tokio::join!(fail_after(&breaker, 2), succeed(&breaker));
            assert_eq!((trial, other), (Some(Err(())), None));
            assert_eq!(succeed(&breaker).await, None);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn fast_failures_and_successes_keep_it_closed() {
        let breaker = Breaker::new("test");
        for _ in 0..3 {
            assert!(fail_after(&breaker, 2).await.is_some());
            assert!(fail_after(&breaker, 2).await.is_some());
            assert!(fail_after(&breaker, 0).await.is_some());
            assert!(fail_after(&breaker, 2).await.is_some());
            assert!(fail_after(&breaker, 2).await.is_some());
            assert!(succeed(&breaker).await.is_some());
        }
    }

    #[tokio::test(start_paused = true)]
    async fn calls_that_their_caller_gave_up_count_as_slow_failures() {
        let breaker = Breaker::new("test");
        for millis in [2_000, 2_000, 10, 10, 10] {
            let call = breaker.run(std::future::pending::<Result<(), ()>>());
            assert!(timeout(Duration::from_millis(millis), call).await.is_err());
        }
        assert!(fail_after(&breaker, 2).await.is_some(), "giving up at once says nothing about the endpoint");
        assert_eq!(succeed(&breaker).await, None);
    }
}
