//! Random walks through signing in, compared step by step with a model of what must be so.
//!
//! Two people at QQ, two browsers with two tabs each, two machines. The walks are the same every
//! time, unless `MODEL_WALKS` says how many new ones to try; what they begin from is printed, and
//! `MODEL_SEED` brings the same ones again.

mod check;
mod outcome;
mod step;
mod token;
mod walk;
mod world;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::SystemTime;

use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use qq_login::sealing::{Sealer, SecretKey};
use qq_login::sessions::{SessionLifetimes, SqlSessionStore};

use crate::support::{TestSite, number, options};
use walk::{Ground, Walk};
use world::{IDLE_SECS, MAX_SECS, TOKEN_SECS};

const WALKS: u32 = 200;
const SEED: u64 = 1;
/// Sites on which walks go on beside each other.
const LANES: u32 = 2;
/// How often a walk that fails is made shorter.
const MOST_SHORTENINGS: u32 = 2000;

/// What the walks must come by. One that goes nowhere shows nothing.
const EVENTS: [&str; 26] = [
    "account shown",
    "attempt evicted",
    "callback stolen",
    "came back too late",
    "came for the first time",
    "cancelled",
    "cancelled too late",
    "code too old",
    "no attempt left",
    "registered by form",
    "registered by one click",
    "registered elsewhere already",
    "registration again",
    "registration by nobody",
    "registration too late",
    "renewal refused",
    "renewed",
    "replay by nobody",
    "replay while registering",
    "replay while signed in",
    "session grown old",
    "session idle",
    "signed in",
    "signed out",
    "steps",
    "token dead",
];

/// What walks came by, how often.
type Tally = BTreeMap<&'static str, usize>;

async fn ground() -> Ground {
    let (token, idle, max) = (TOKEN_SECS.to_string(), IDLE_SECS.to_string(), MAX_SECS.to_string());
    let lives = [("SANDBOX_TOKEN_TTL", &*token), ("SESSION_IDLE_SECS", &*idle), ("SESSION_MAX_SECS", &*max)];
    let site = TestSite::start_with(options(lives)).await;
    // To fetch and encode a picture takes longer than everything else in a sign-in.
    site.break_qq("get_user_info", "avatar_missing", u32::MAX).await;
    let key = SecretKey::from_bytes(b"01234567890123456789012345678901".to_vec()).expect("the site's key");
    let sealer = Sealer::new(&key.into(), "session", qq_login::random::system());
    let lifetimes = SessionLifetimes { idle_secs: IDLE_SECS, max_secs: MAX_SECS };
    let store = SqlSessionStore::new(site.pool.clone(), sealer, site.clock(), lifetimes);
    Ground { ports: [site.port, site.start_second().await], store, site }
}

/// Takes walks one after the other, as they follow from the seed, until one fails.
fn walk(lane: u32, seed: u64, walks: u32) -> Result<Tally, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let ground = runtime.block_on(ground());
    let (begun, tally) = (Cell::new(0), RefCell::new(Tally::new()));
    let config = Config { failure_persistence: None, max_shrink_iters: MOST_SHORTENINGS, ..Config::with_cases(walks) };
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..12].copy_from_slice(&lane.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));
    let outcome = runner.run(&step::walks(), |steps| {
        begun.set(begun.get() + 1);
        runtime.block_on(async {
            let mut walk = Walk::new(&ground, begun.get()).await;
            for step in steps {
                walk.take(step).await?;
                walk.check(&step.act.concerns()).await?;
                walk.world.count("steps");
            }
            walk.check_ended().await?;
            walk.world.count("walks");
            for (event, times) in walk.world.events {
                *tally.borrow_mut().entry(event).or_default() += times;
            }
            Ok(())
        })
    });
    outcome.map_err(|error| format!("lane {lane}: {error}"))?;
    Ok(tally.into_inner())
}

#[test]
fn s01_s63_random_walks_agree_with_the_model() {
    let fewest = if std::env::var_os("TEST_ON_POSTGRES").is_some() { WALKS / 4 } else { WALKS };
    let wanted: Option<u32> = number("MODEL_WALKS");
    let walks = wanted.unwrap_or(fewest);
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970");
    // The same walks every time, so that a failure is there again; those that are asked for differ.
    let seed = number("MODEL_SEED").unwrap_or(if wanted.is_some() { now.as_secs() } else { SEED });
    println!("MODEL_SEED={seed} MODEL_WALKS={walks}");
    let of_lane = |lane: u32| walks / LANES + u32::from(lane < walks % LANES);
    let outcomes: Vec<Result<Tally, String>> = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..LANES).map(|lane| scope.spawn(move || walk(lane, seed, of_lane(lane)))).collect();
        lanes.into_iter().map(|lane| lane.join().expect("a lane")).collect()
    });
    let mut tally = Tally::new();
    for outcome in outcomes {
        let of_lane = outcome.unwrap_or_else(|error| panic!("MODEL_SEED={seed} MODEL_WALKS={walks}, {error}"));
        of_lane.into_iter().for_each(|(event, times)| *tally.entry(event).or_default() += times);
    }
    println!("{walks} walks: {tally:?}");
    assert_eq!(tally.get("walks").copied(), usize::try_from(walks).ok(), "as many walks as were wanted");
    for event in EVENTS {
        assert!(walks < WALKS || tally.contains_key(event), "the walks never came by: {event}");
    }
}
