//! Random walks through the login, compared with a model after every step.
//!
//! Two QQ users, two browsers with two tabs each, two replicas of the site. The walks are the same in every run,
//! unless `MODEL_WALKS` sets their number. The seed is printed; `MODEL_SEED` repeats it.

mod action;
mod invariants;
mod runner;
mod state;
mod token;
mod transitions;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::SystemTime;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use qq_login::sealing::{Sealer, SecretKey};
use qq_login::sessions::{SessionLifetimes, SqlSessionStore};

use crate::support::{TestSite, env_number, options};
use runner::{Environment, Runner};
use state::{IDLE_SECS, MAX_SECS, TOKEN_SECS};

const DEFAULT_WALKS: u32 = 200;
const DEFAULT_SEED: u64 = 1;
/// How many walks run at a time, each on its own site.
const THREADS: u32 = 2;
/// How often proptest shortens a failing walk.
const MAX_SHRINK_ITERS: u32 = 2000;

/// The events that the walks must cover.
const EVENTS: [&str; 28] = [
    "account shown",
    "already registered",
    "attempt evicted",
    "attempt missing",
    "callback after attempt expired",
    "callback in other browser",
    "cancelled",
    "cancelled without open attempt",
    "code expired",
    "first login",
    "not redirected to QQ again",
    "registered automatically",
    "registered by form",
    "registered in other browser",
    "registration expired",
    "registration while signed out",
    "replay while registering",
    "replay while signed in",
    "replay while signed out",
    "session idle",
    "session too old",
    "signed in",
    "signed out",
    "steps",
    "token expired",
    "token of other session adopted",
    "token refresh rejected",
    "token refreshed",
];

/// How often each event happened.
type EventCounts = BTreeMap<&'static str, usize>;

async fn start_environment() -> Environment {
    let (token, idle, max) = (TOKEN_SECS.to_string(), IDLE_SECS.to_string(), MAX_SECS.to_string());
    let lifetimes = [("SANDBOX_TOKEN_TTL", &*token), ("SESSION_IDLE_SECS", &*idle), ("SESSION_MAX_SECS", &*max)];
    let site = TestSite::start_with(options(lifetimes)).await;
    // Fetching and encoding an avatar takes longer than the rest of a login.
    site.set_qq_fault("get_user_info", "avatar_missing", u32::MAX).await;
    let key = SecretKey::from_bytes(b"01234567890123456789012345678901".to_vec()).expect("the site's key");
    let sealer = Sealer::new(&key.into(), "session", qq_login::random::system());
    let lifetimes = SessionLifetimes { idle_secs: IDLE_SECS, max_secs: MAX_SECS };
    let store = SqlSessionStore::new(site.open_database().await, sealer, site.clock(), lifetimes);
    Environment { ports: [site.port, site.start_replica().await], store, site }
}

/// Runs the walks that follow from the seed and the thread's number, until one fails.
fn run_walks(thread: u32, seed: u64, walks: u32) -> Result<EventCounts, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let environment = runtime.block_on(start_environment());
    let (started, counts) = (Cell::new(0), RefCell::new(EventCounts::new()));
    let config = Config { failure_persistence: None, max_shrink_iters: MAX_SHRINK_ITERS, ..Config::with_cases(walks) };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..12].copy_from_slice(&thread.to_le_bytes());
    let mut test_runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let result = test_runner.run(&action::walks(), |steps| {
        started.set(started.get() + 1);
        runtime.block_on(async {
            let mut runner = Runner::new(&environment, started.get()).await;
            for step in steps {
                runner.run(step).await?;
                runner.check(&step.action.affected_browsers()).await?;
                runner.model.count("steps");
            }
            runner.check_ended_sessions().await?;
            runner.model.count("walks");
            for (event, times) in runner.model.events {
                *counts.borrow_mut().entry(event).or_default() += times;
            }
            Ok(())
        })
    });
    result.map_err(|error| format!("thread {thread}: {error}"))?;
    Ok(counts.into_inner())
}

#[test]
fn s01_s63_random_walks_agree_with_model() {
    let default = if std::env::var_os("TEST_ON_POSTGRES").is_some() { DEFAULT_WALKS / 4 } else { DEFAULT_WALKS };
    let requested: Option<u32> = env_number("MODEL_WALKS");
    let walks = requested.unwrap_or(default);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970");
    // The default walks are always the same, so that failures are reproducible.
    let seed = env_number("MODEL_SEED").unwrap_or(if requested.is_some() { now.as_secs() } else { DEFAULT_SEED });
    println!("MODEL_SEED={seed} MODEL_WALKS={walks}");
    let walks_of = |thread: u32| walks / THREADS + u32::from(thread < walks % THREADS);
    let results: Vec<Result<EventCounts, String>> = std::thread::scope(|scope| {
        let start = |thread| scope.spawn(move || run_walks(thread, seed, walks_of(thread)));
        let threads: Vec<_> = (0..THREADS).map(start).collect();
        threads.into_iter().map(|thread| thread.join().expect("a result")).collect()
    });
    let mut counts = EventCounts::new();
    for result in results {
        let of_thread = result.unwrap_or_else(|error| panic!("MODEL_SEED={seed} MODEL_WALKS={walks}, {error}"));
        of_thread.into_iter().for_each(|(event, times)| *counts.entry(event).or_default() += times);
    }
    println!("{walks} walks: {counts:?}");
    assert_eq!(counts.get("walks").copied(), usize::try_from(walks).ok(), "completed walks");
    for event in EVENTS {
        assert!(walks < DEFAULT_WALKS || counts.contains_key(event), "never happened: {event}");
    }
}
