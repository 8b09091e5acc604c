//! Logins on a slow disk: every fsync takes 10 ms longer.

use std::time::Duration;

use anyhow::Result;

use crate::driver::{self, Length};
use crate::options::Options;
use crate::report::{Goal, Report};
use crate::setup::{self, Setup, known_user};
use crate::sync_shim::SyncShim;

const DELAY_MS: u32 = 10;
const BROWSERS: usize = 32;
const DURATION: Duration = Duration::from_secs(10);

pub(crate) async fn measure(setup: &Setup, options: &Options, report: &mut Report) -> Result<()> {
    if !options.includes("slow-disk") {
        return Ok(());
    }
    let shim = SyncShim::compile(&setup.scratch)?;
    let mut provider = setup.start_provider(1).await?;
    let (address, database) = (provider.take_address()?, setup.scratch.join("slow-disk.db"));
    // Registered at full speed.
    let site = setup.start_site(&provider, address, &database, &[]).await?;
    setup::register_known_users(&site, &provider).await?;
    site.stop()?;

    let site = setup.start_site(&provider, address, &database, &shim.environment(DELAY_MS)).await?;
    let mut browsers = driver::browsers(BROWSERS, site.address, provider.process.address);
    let syncs_before = shim.count()?;
    let logins = driver::run(&mut browsers, Length::Time(DURATION), async |browser, number| {
        browser.forget();
        browser.login(&known_user(number)).await
    })
    .await;
    let syncs = shim.count()? - syncs_before;
    for (error, count) in &logins.errors {
        println!("login on a slow disk: {count} × {error}");
    }
    let (per_second, p99) = (logins.per_second(), logins.quantile_ms(0.99));
    let value = format!(
        "{per_second:.0}, p95 {:.0} ms, p99 {p99:.0} ms, {} errors, {:.2} fsyncs each",
        logins.quantile_ms(0.95),
        logins.error_count(),
        syncs as f64 / logins.count().max(1) as f64
    );
    let is_reached = per_second >= 400.0 && p99 <= 200.0 && logins.errors.is_empty();
    report.add_goal(Goal::absolute(
        "logins per second, 10 ms per fsync, 32 at once",
        value,
        "≥ 400, p99 ≤ 200 ms, no error",
        is_reached,
    ));
    Ok(())
}
