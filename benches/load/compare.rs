//! The site against the reference: CPU time per journey, throughput and latency.
//! Both are measured in turns, so that a disturbance of the machine hits both.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::Result;

use crate::browser::Browser;
use crate::driver::{self, Length, Measurement};
use crate::options::Options;
use crate::process::Process;
use crate::report::{Goal, Report};
use crate::setup::{self, Provider, Setup, known_user};

/// One run's measurements of one server.
#[derive(Default)]
struct Totals {
    measurement: Measurement,
    cpu_seconds: f64,
    provider_cpu_seconds: f64,
}

impl Totals {
    /// CPU seconds per 1,000 journeys.
    fn cpu_per_thousand(&self) -> f64 {
        self.per_thousand(self.cpu_seconds)
    }

    fn per_thousand(&self, seconds: f64) -> f64 {
        seconds / self.measurement.count().max(1) as f64 * 1000.0
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Journey {
    Login,
    SignUp,
    Account,
    Home,
    LoginPage,
}

impl Journey {
    fn name(self) -> &'static str {
        match self {
            Journey::Login => "login of a known user",
            Journey::SignUp => "sign-up with the form",
            Journey::Account => "account page, signed in",
            Journey::Home => "home page, anonymous",
            Journey::LoginPage => "login page, anonymous",
        }
    }

    /// The reference has no registration: a sign-up is compared with its login.
    fn of_reference(self) -> Journey {
        if self == Journey::SignUp { Journey::Login } else { self }
    }

    async fn run(self, browser: &mut Browser, prefix: &str, number: usize) -> Result<()> {
        match self {
            Journey::Login => {
                browser.forget();
                browser.login(&known_user(number)).await
            }
            Journey::SignUp => {
                browser.forget();
                browser.sign_up(&format!("{prefix}-{number}")).await
            }
            Journey::Account => browser.page("/account").await.map(drop),
            Journey::Home => browser.page("/").await.map(drop),
            Journey::LoginPage => browser.page("/login").await.map(drop),
        }
    }
}

/// Measures the chosen journeys.
pub(crate) async fn measure(setup: &Setup, options: &Options, report: &mut Report) -> Result<()> {
    let chosen = |section| options.includes(section);
    let mut journeys = Vec::new();
    for (section, journey) in [
        ("login", Journey::Login),
        ("signup", Journey::SignUp),
        ("account", Journey::Account),
        ("pages", Journey::Home),
        ("pages", Journey::LoginPage),
    ] {
        if chosen(section) {
            journeys.push(journey);
        }
    }
    if journeys.is_empty() {
        return Ok(());
    }
    let mut provider = setup.start_provider(2).await?;
    let (address, reference_address) = (provider.take_address()?, provider.take_address()?);
    let site = setup.start_site(&provider, address, &setup.scratch.join("compare.db"), &[]).await?;
    setup::register_known_users(&site, &provider).await?;
    let reference = setup.start_reference(&provider, reference_address, page_lengths(&site, &provider).await?).await?;

    let mut totals: BTreeMap<(Journey, bool), Totals> = BTreeMap::new();
    for round in 0..options.rounds {
        for &journey in &journeys {
            for (is_reference, server) in [(false, &site), (true, &reference)] {
                let run_journey = if is_reference { journey.of_reference() } else { journey };
                let prefix = format!("new-{round}");
                let total = totals.entry((journey, is_reference)).or_default();
                run_round(server, &provider, options, run_journey, &prefix, total).await?;
            }
        }
    }
    for journey in journeys {
        let (Some(site), Some(reference)) = (totals.get(&(journey, false)), totals.get(&(journey, true))) else {
            continue;
        };
        add_to_report(report, journey, site, reference);
    }
    Ok(())
}

async fn run_round(
    server: &Process,
    provider: &Provider,
    options: &Options,
    journey: Journey,
    prefix: &str,
    total: &mut Totals,
) -> Result<()> {
    let mut browsers = driver::browsers(options.browsers, server.address, provider.process.address);
    if journey == Journey::Account {
        for (number, browser) in browsers.iter_mut().enumerate() {
            browser.login(&known_user(number)).await?;
        }
    } else {
        // Opens the connections.
        driver::run(&mut browsers, Length::Journeys(options.browsers), async |browser, _| {
            browser.page("/").await.map(drop)
        })
        .await;
    }
    let (cpu_before, provider_cpu_before) = (server.cpu_seconds()?, provider.process.cpu_seconds()?);
    let length = Length::Time(Duration::from_secs(options.seconds));
    let measurement =
        driver::run(&mut browsers, length, async |browser, number| journey.run(browser, prefix, number).await).await;
    total.cpu_seconds += server.cpu_seconds()? - cpu_before;
    total.provider_cpu_seconds += provider.process.cpu_seconds()? - provider_cpu_before;
    total.measurement.merge(measurement);
    Ok(())
}

/// The lengths of the home page, the login page and the account page.
async fn page_lengths(site: &Process, provider: &Provider) -> Result<[usize; 3]> {
    let mut browser = Browser::new(site.address, provider.process.address);
    let (home, login) = (browser.page("/").await?, browser.page("/login").await?);
    browser.login(&known_user(0)).await?;
    Ok([home, login, browser.page("/account").await?])
}

fn add_to_report(report: &mut Report, journey: Journey, site: &Totals, reference: &Totals) {
    for (server, totals) in [("qq-login", site), ("bare axum", reference)] {
        let measurement = &totals.measurement;
        report.add_detail(vec![
            journey.name().to_owned(),
            server.to_owned(),
            format!("{:.4}", totals.cpu_per_thousand()),
            format!("{:.4}", totals.per_thousand(totals.provider_cpu_seconds)),
            String::new(),
            format!("{:.0}", measurement.per_second()),
            format!("{:.1}", measurement.quantile_ms(0.5)),
            format!("{:.1}", measurement.quantile_ms(0.95)),
            format!("{:.1}", measurement.quantile_ms(0.99)),
            measurement.error_count().to_string(),
        ]);
        for (error, count) in &measurement.errors {
            println!("{} ({server}): {count} × {error}", journey.name());
        }
    }
    let ratio = site.cpu_per_thousand() / reference.cpu_per_thousand();
    let (limit, target) = match journey {
        Journey::Login => (8.0, "≤ 8×"),
        Journey::SignUp => (12.0, "≤ 12×"),
        Journey::Account => (14.0, "≤ 14×"),
        Journey::Home | Journey::LoginPage => (4.0, "≤ 4×"),
    };
    report.add_goal(Goal {
        what: journey.name(),
        value: format!("{:.4} CPU s per 1000", site.cpu_per_thousand()),
        reference: format!("{:.4}", reference.cpu_per_thousand()),
        ratio: Some(ratio),
        target,
        is_reached: ratio <= limit && site.measurement.errors.is_empty(),
    });
    if journey == Journey::Login {
        let (logins, bare) = (&site.measurement, &reference.measurement);
        let (per_second, p99) = (logins.per_second(), logins.quantile_ms(0.99));
        report.add_goal(Goal {
            what: "logins per second",
            value: format!("{per_second:.0}, p99 {p99:.1} ms"),
            reference: format!("{:.0}, p99 {:.1} ms", bare.per_second(), bare.quantile_ms(0.99)),
            ratio: Some(per_second / bare.per_second()),
            target: "≥ 2500, p99 ≤ 25 ms",
            is_reached: per_second >= 2500.0 && p99 <= 25.0 && logins.errors.is_empty(),
        });
    }
}
