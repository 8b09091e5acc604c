//! How many fsyncs each journey needs, alone and with many browsers at once.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Result;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Executor};

use crate::browser::Browser;
use crate::driver;
use crate::options::Options;
use crate::report::{Goal, Report};
use crate::setup::{self, Setup, known_user};
use crate::sync_shim::SyncShim;

/// Odd, so that there is a median.
const ROUNDS: usize = 15;

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Journey {
    SignIn,
    Registration,
    Page,
    SignOut,
}

impl Journey {
    fn what(self) -> &'static str {
        match self {
            Journey::SignIn => "fsyncs per sign-in",
            Journey::Registration => "fsyncs per registration",
            Journey::Page => "fsyncs per GET, signed in",
            Journey::SignOut => "fsyncs per logout",
        }
    }
}

/// Fsyncs per journey, one number per round.
type Counts = BTreeMap<Journey, Vec<f64>>;

pub(crate) async fn measure(setup: &Setup, options: &Options, report: &mut Report) -> Result<()> {
    if !options.includes("commits") {
        return Ok(());
    }
    let shim = SyncShim::compile(&setup.scratch)?;
    let mut provider = setup.start_provider(1).await?;
    let (address, path) = (provider.take_address()?, setup.scratch.join("commits.db"));
    let site = setup.start_site(&provider, address, &path, &shim.environment(0)).await?;
    setup::register_known_users(&site, &provider).await?;
    let mut database = open(&path).await?;

    let mut alone = Counts::new();
    let mut busy = Counts::new();
    for (browser_count, counts) in [(1, &mut alone), (options.browsers, &mut busy)] {
        let mut browsers = driver::browsers(browser_count, site.address, provider.process.address);
        for round in 0..ROUNDS {
            let prefix = format!("commits-{browser_count}-{round}");
            run_round(&mut browsers, &shim, &mut database, &prefix, counts).await?;
        }
    }
    for (journey, rounds) in alone {
        // The median: now and then, SQLite's checkpoint and the site's background tasks add some.
        let (alone, busy) = (median(rounds), mean(busy.get(&journey).map_or(&[], Vec::as_slice)));
        let (limit, target) = match journey {
            Journey::SignIn => (2.0, "≤ 2, busy < 1"),
            Journey::Registration | Journey::SignOut => (1.0, "≤ 1, busy < 1"),
            Journey::Page => (0.0, "0"),
        };
        let is_reached = alone <= limit && if journey == Journey::Page { busy < 0.05 } else { busy < 1.0 };
        let value = format!("{alone:.0}, busy {busy:.2}");
        report.add_goal(Goal::absolute(journey.what(), value, target, is_reached));
    }
    Ok(())
}

/// Every browser goes through all journeys, in step with the others.
async fn run_round(
    browsers: &mut [Browser],
    shim: &SyncShim,
    database: &mut SqliteConnection,
    prefix: &str,
    counts: &mut Counts,
) -> Result<()> {
    let browser_count = browsers.len();
    let mut add = |journey, before: u64| -> Result<()> {
        let syncs = (shim.count()? - before) as f64 / browser_count as f64;
        counts.entry(journey).or_default().push(syncs);
        Ok(())
    };
    let new_user = |number: usize| format!("{prefix}-{number}");
    driver::run_once(browsers, async |browser, number| {
        browser.forget();
        browser.sign_in(&new_user(number), "/register").await?;
        browser.show_registration().await
    })
    .await?;
    let before = shim.count()?;
    driver::run_once(browsers, async |browser, number| browser.submit_registration(&new_user(number)).await).await?;
    add(Journey::Registration, before)?;

    let before = shim.count()?;
    driver::run_once(browsers, async |browser, number| {
        browser.forget();
        browser.sign_in(&known_user(number), "/account").await
    })
    .await?;
    add(Journey::SignIn, before)?;

    // A page updates the time of last use if that is more than a minute ago.
    database.execute("UPDATE sessions SET last_seen_at = last_seen_at - 3600").await?;
    let before = shim.count()?;
    driver::run_once(browsers, async |browser, _| browser.page("/account").await.map(drop)).await?;
    add(Journey::Page, before)?;

    let before = shim.count()?;
    driver::run_once(browsers, async |browser, _| browser.sign_out().await).await?;
    add(Journey::SignOut, before)
}

/// Opens the site's database, whose fsyncs are then not counted.
pub(crate) async fn open(path: &Path) -> Result<SqliteConnection> {
    Ok(SqliteConnectOptions::new().filename(path).connect().await?)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}
