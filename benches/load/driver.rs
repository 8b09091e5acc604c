//! Runs one journey in many browsers at once and measures it.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::Result;
use futures_util::future::join_all;

use crate::browser::Browser;

/// When a run ends.
#[derive(Clone, Copy)]
pub(crate) enum Length {
    Time(Duration),
    Journeys(usize),
}

/// What a run measured.
#[derive(Default)]
pub(crate) struct Measurement {
    pub(crate) elapsed: Duration,
    /// Of every successful journey.
    pub(crate) latencies: Vec<Duration>,
    /// Error messages and how often each occurred.
    pub(crate) errors: BTreeMap<String, usize>,
}

impl Measurement {
    pub(crate) fn count(&self) -> usize {
        self.latencies.len()
    }

    pub(crate) fn error_count(&self) -> usize {
        self.errors.values().sum()
    }

    pub(crate) fn per_second(&self) -> f64 {
        self.count() as f64 / self.elapsed.as_secs_f64()
    }

    /// Adds another run.
    pub(crate) fn merge(&mut self, other: Measurement) {
        self.elapsed += other.elapsed;
        self.latencies.extend(other.latencies);
        for (error, count) in other.errors {
            *self.errors.entry(error).or_default() += count;
        }
    }

    /// The latency that this share of journeys stays below, in milliseconds.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        let mut latencies = self.latencies.clone();
        latencies.sort_unstable();
        let index = (latencies.len() as f64 * share) as usize;
        latencies.get(index.min(latencies.len().saturating_sub(1))).map_or(0.0, Duration::as_secs_f64) * 1000.0
    }
}

/// Creates `count` new browsers.
pub(crate) fn browsers(count: usize, site: SocketAddr, qq: SocketAddr) -> Vec<Browser> {
    (0..count).map(|_| Browser::new(site, qq)).collect()
}

/// Repeats `journey` in each browser. It gets the browser and a number that no other journey of this run gets.
pub(crate) async fn run(
    browsers: &mut [Browser],
    length: Length,
    journey: impl AsyncFn(&mut Browser, usize) -> Result<()>,
) -> Measurement {
    let next = Cell::new(0);
    let measurement = RefCell::new(Measurement::default());
    let begin = Instant::now();
    let take_number = || {
        let number = next.get();
        next.set(number + 1);
        match length {
            Length::Time(time) => begin.elapsed() < time,
            Length::Journeys(count) => number < count,
        }
        .then_some(number)
    };
    let work = async |browser: &mut Browser| {
        while let Some(number) = take_number() {
            let begin = Instant::now();
            let result = journey(browser, number).await;
            let mut measurement = measurement.borrow_mut();
            match result {
                Ok(()) => measurement.latencies.push(begin.elapsed()),
                Err(error) => *measurement.errors.entry(format!("{error:#}")).or_default() += 1,
            }
        }
    };
    join_all(browsers.iter_mut().map(work)).await;
    let mut measurement = measurement.into_inner();
    measurement.elapsed = begin.elapsed();
    measurement
}

/// Runs `journey` once in each browser, all at the same time.
pub(crate) async fn run_once(
    browsers: &mut [Browser],
    journey: impl AsyncFn(&mut Browser, usize) -> Result<()>,
) -> Result<()> {
    let work = browsers.iter_mut().enumerate().map(|(number, browser)| journey(browser, number));
    join_all(work).await.into_iter().collect()
}
