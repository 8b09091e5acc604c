//! Logins of known users with one, two and three instances on one PostgreSQL database, each request to the next instance.
//! They share the cores with everything else, so the CPU time per login says more than the rate.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::browser::Browser;
use crate::driver::{self, Length};
use crate::options::Options;
use crate::process::{self, Process, free_address};
use crate::report::Report;
use crate::setup::{self, Provider, Setup, known_user};

const MAX_INSTANCES: usize = 3;

/// Without the URL of a database, measures one instance on SQLite.
pub(crate) async fn measure(setup: &Setup, options: &Options, report: &mut Report) -> Result<()> {
    if !options.includes("instances") {
        return Ok(());
    }
    let mut provider = setup.start_provider(1).await?;
    let address = provider.take_address()?;
    let mut settings = vec![("PUBLIC_URL", format!("http://{address}"))];
    settings.extend(options.database.iter().map(|url| ("DATABASE_URL", url.clone())));
    let database = setup.scratch.join("instances.db");
    let first = setup.start_site(&provider, address, &database, &settings).await?;
    setup::register_known_users(&first, &provider).await?;
    let mut instances = vec![first];
    loop {
        measure_instances(&instances, &provider, options, report).await?;
        if options.database.is_none() || instances.len() == MAX_INSTANCES {
            return Ok(());
        }
        let log_name = setup.scratch.join(format!("instance-{}.db", instances.len()));
        instances.push(setup.start_site(&provider, free_address()?, &log_name, &settings).await?);
    }
}

async fn measure_instances(
    instances: &[Process],
    provider: &Provider,
    options: &Options,
    report: &mut Report,
) -> Result<()> {
    let (first, others) = instances.split_first().context("an instance")?;
    let others: Vec<_> = others.iter().map(|instance| instance.address).collect();
    let browsers = driver::browsers(options.browsers, first.address, provider.process.address);
    let mut browsers: Vec<_> = browsers.into_iter().map(|browser| browser.with_more_instances(&others)).collect();
    let log_in = async |browser: &mut Browser, number| {
        browser.forget();
        browser.login(&known_user(number)).await
    };
    // Opens the connections.
    driver::run(&mut browsers, Length::Journeys(4 * options.browsers), log_in).await;

    let site_cpu = || instances.iter().map(Process::cpu_seconds).sum::<Result<f64>>();
    let cpu = || Ok::<_, anyhow::Error>([site_cpu()?, provider.process.cpu_seconds()?, database_cpu_seconds()?]);
    let before = cpu()?;
    let length = Length::Time(Duration::from_secs(options.seconds * options.rounds as u64));
    let logins = driver::run(&mut browsers, length, log_in).await;
    let after = cpu()?;
    for (error, count) in &logins.errors {
        println!("login with {} instances: {count} × {error}", instances.len());
    }
    let per_thousand = |index: usize| {
        let seconds = after.get(index).zip(before.get(index)).map_or(0.0, |(after, before)| after - before);
        format!("{:.3}", seconds / logins.count().max(1) as f64 * 1000.0)
    };
    let database = if options.database.is_some() { "PostgreSQL" } else { "SQLite" };
    report.add_detail(vec![
        "login of a known user".to_owned(),
        format!("{} × {database}", instances.len()),
        per_thousand(0),
        per_thousand(1),
        per_thousand(2),
        format!("{:.0}", logins.per_second()),
        format!("{:.1}", logins.quantile_ms(0.5)),
        format!("{:.1}", logins.quantile_ms(0.95)),
        format!("{:.1}", logins.quantile_ms(0.99)),
        logins.error_count().to_string(),
    ]);
    Ok(())
}

/// The CPU time of all processes of PostgreSQL and PgBouncer on this machine, in seconds.
fn database_cpu_seconds() -> Result<f64> {
    let is_database = |folder: &Path| {
        let name = fs::read_to_string(folder.join("comm")).unwrap_or_default();
        matches!(name.trim(), "postgres" | "pgbouncer")
    };
    let folders = fs::read_dir("/proc")?.filter_map(|entry| Some(entry.ok()?.path()));
    // A process may end while it is looked at.
    Ok(folders.filter(|folder| is_database(folder)).filter_map(|folder| process::cpu_seconds(&folder).ok()).sum())
}
