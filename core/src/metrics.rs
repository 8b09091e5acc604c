//! What the site counts and measures, for operators, as Prometheus text.
//! Entry points are [`Recorder::install`], and the functions that other modules call when something happens.
//! It must not know users: labels are words of the program, never what users or QQ sent.
//!
//! Without a recorder, each of the functions does nothing.

mod names;

use std::time::Duration;

use metrics::{counter, gauge, histogram};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;

use names::{
    AUDIT_EVENTS, COMMIT_TRANSACTIONS, COMMIT_WAIT, MAILS_WAITING, POOL_CONNECTIONS, QQ_CALL_DURATION, QQ_ERRORS,
    REQUEST_DURATION, SESSIONS,
};
pub use names::{Kind, METRICS};

/// Upper bounds in seconds, from a page of one millisecond to QQ's timeout.
const SECONDS: [f64; 12] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];
/// Upper bounds of the number of transactions in a commit.
const TRANSACTIONS: [f64; 6] = [1.0, 2.0, 4.0, 8.0, 16.0, 64.0];

/// Why metrics cannot be recorded.
#[derive(Debug, thiserror::Error)]
pub enum MetricsError {
    #[error(transparent)]
    Build(#[from] BuildError),
    #[error("the process records metrics already")]
    Installed,
}

/// What the process has recorded.
#[derive(Clone)]
pub struct Recorder {
    prometheus: PrometheusHandle,
    process: Collector,
}

impl Recorder {
    /// Records from now on. A process can do so once.
    pub fn install() -> Result<Recorder, MetricsError> {
        let recorder = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS)?
            .set_buckets_for_metric(Matcher::Full(COMMIT_TRANSACTIONS.to_owned()), &TRANSACTIONS)?
            .build_recorder();
        let prometheus = recorder.handle();
        metrics::set_global_recorder(recorder).map_err(|_| MetricsError::Installed)?;
        names::describe();
        let process = Collector::default();
        process.describe();
        Ok(Recorder { prometheus, process })
    }

    /// Returns everything as Prometheus text.
    pub fn render(&self) -> String {
        self.process.collect();
        self.prometheus.render()
    }

    /// Merges what was recorded. Has to be called every few seconds, or memory grows until the next [`Recorder::render`].
    pub fn merge(&self) {
        self.prometheus.run_upkeep();
    }
}

/// Counts an event of the audit log. `reason` is the code of a failure.
pub(crate) fn audit_event(event: &'static str, reason: Option<&'static str>) {
    counter!(AUDIT_EVENTS, "event" => event, "reason" => reason.unwrap_or_default()).increment(1);
}

/// Measures a request to QQ. `error` is QQ's code, or a word for a failure without one.
pub(crate) fn qq_call(endpoint: &str, duration: Duration, error: Option<String>) {
    histogram!(QQ_CALL_DURATION, "endpoint" => endpoint.to_owned()).record(duration);
    if let Some(code) = error {
        counter!(QQ_ERRORS, "endpoint" => endpoint.to_owned(), "code" => code).increment(1);
    }
}

/// Measures a request of a browser. `route` is the pattern of its path.
pub fn request(method: &'static str, route: String, status: u16, duration: Duration) {
    let class = match status {
        100..=199 => "1xx",
        200..=299 => "2xx",
        300..=399 => "3xx",
        400..=499 => "4xx",
        _ => "5xx",
    };
    histogram!(REQUEST_DURATION, "method" => method, "route" => route, "status" => class).record(duration);
}

/// Measures a commit to SQLite: how many transactions it had, and how long the first one waited for it to begin.
pub(crate) fn commit(transactions: usize, wait: Duration) {
    histogram!(COMMIT_TRANSACTIONS).record(u32::try_from(transactions).unwrap_or(u32::MAX));
    histogram!(COMMIT_WAIT).record(wait);
}

/// Says how many connections the pool has.
pub fn pool(in_use: usize, idle: usize) {
    for (state, count) in [("in_use", in_use), ("idle", idle)] {
        gauge!(POOL_CONNECTIONS, "state" => state).set(u32::try_from(count).unwrap_or(u32::MAX));
    }
}

/// Says how many sessions are alive, and how many mails wait to be sent.
pub fn stored(sessions: i64, mails: i64) {
    gauge!(SESSIONS).set(sessions as f64);
    gauge!(MAILS_WAITING).set(mails as f64);
}
