//! Resident memory, idle and after many logins.

use anyhow::Result;

use crate::driver::{self, Length};
use crate::options::Options;
use crate::report::{Goal, Report};
use crate::setup::{self, Setup, known_user};

pub(crate) async fn measure(setup: &Setup, options: &Options, report: &mut Report) -> Result<()> {
    if !options.includes("memory") {
        return Ok(());
    }
    let mut provider = setup.start_provider(1).await?;
    let (address, database) = (provider.take_address()?, setup.scratch.join("memory.db"));
    let site = setup.start_site(&provider, address, &database, &[]).await?;
    let idle_mb = site.resident_mb()?;
    report.add_goal(Goal::absolute("resident memory, idle", format!("{idle_mb:.0} MB"), "≤ 30 MB", idle_mb <= 30.0));

    setup::register_known_users(&site, &provider).await?;
    let mut browsers = driver::browsers(options.browsers, site.address, provider.process.address);
    let logins = driver::run(&mut browsers, Length::Journeys(options.logins), async |browser, number| {
        browser.forget();
        browser.login(&known_user(number)).await
    })
    .await;
    for (error, count) in &logins.errors {
        println!("login: {count} × {error}");
    }
    let used_mb = site.resident_mb()?;
    let value = format!("{used_mb:.0} MB after {}, {} errors", logins.count(), logins.error_count());
    let is_reached = used_mb <= 60.0 && logins.errors.is_empty();
    report.add_goal(Goal::absolute("resident memory, after 100,000 logins", value, "≤ 60 MB", is_reached));
    Ok(())
}
