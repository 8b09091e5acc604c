//! Starts the site, the sandbox and the reference, each in a process of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::driver::{self, Length};
use crate::process::{Process, free_address};

/// The sandbox's one app.
pub(crate) const APP_ID: &str = "100000001";
pub(crate) const APP_KEY: &str = "5a4db0c1f0e24cb18d3f0f7f6e2b9c77";
const SECRET_KEY: &str = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";

/// How many users the journeys of known users share.
pub(crate) const KNOWN_USERS: usize = 256;

/// Where the programs are and where their files go.
pub(crate) struct Setup {
    pub(crate) program: PathBuf,
    pub(crate) site_root: PathBuf,
    pub(crate) scratch: PathBuf,
}

/// The addresses of the site and the reference are fixed before the sandbox starts, because it must know them.
pub(crate) struct Provider {
    pub(crate) process: Process,
    callbacks: Vec<SocketAddr>,
}

impl Provider {
    /// Takes one of the registered addresses.
    pub(crate) fn take_address(&mut self) -> Result<SocketAddr> {
        self.callbacks.pop().context("every registered callback is in use")
    }
}

impl Setup {
    /// Starts the sandbox. Its app has callbacks at `sites` free addresses.
    pub(crate) async fn start_provider(&self, sites: usize) -> Result<Provider> {
        let address = free_address()?;
        let callbacks = (0..sites).map(|_| free_address()).collect::<Result<Vec<_>>>()?;
        let urls: Vec<_> = callbacks.iter().map(|address| format!("http://{address}/login/qq/callback")).collect();
        let mut command = self.command("sandbox");
        command.env("SANDBOX_ADDR", address.to_string()).env("SANDBOX_CALLBACKS", urls.join(";"));
        let process = Process::start(command, address, "/", &self.scratch.join("sandbox.log")).await?;
        Ok(Provider { process, callbacks })
    }

    /// Starts the site on a database that is created if missing. `more` is added to its environment.
    pub(crate) async fn start_site(
        &self,
        provider: &Provider,
        address: SocketAddr,
        database: &Path,
        more: &[(&str, String)],
    ) -> Result<Process> {
        let mut command = self.command("serve");
        command.envs([
            ("LEPTOS_SITE_ADDR", address.to_string()),
            ("LEPTOS_SITE_ROOT", self.site_root.display().to_string()),
            ("PUBLIC_URL", format!("http://{address}")),
            ("DATABASE_URL", format!("sqlite://{}", database.display())),
            ("QQ_GRAPH_URL", format!("http://{}", provider.process.address)),
        ]);
        command.envs([
            ("QQ_APP_ID", APP_ID),
            ("QQ_APP_KEY", APP_KEY),
            ("SECRET_KEY", SECRET_KEY),
            ("RATE_LIMIT", "off"),
        ]);
        command.envs(more.iter().map(|(name, value)| (name, value)));
        Process::start(command, address, "/readyz", &database.with_extension("log")).await
    }

    /// Starts the reference with pages of these lengths.
    pub(crate) async fn start_reference(
        &self,
        provider: &Provider,
        address: SocketAddr,
        page_bytes: [usize; 3],
    ) -> Result<Process> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["reference", &address.to_string(), &format!("http://{}", provider.process.address)]);
        command.args(page_bytes.map(|bytes| bytes.to_string()));
        Process::start(command, address, "/", &self.scratch.join("reference.log")).await
    }

    /// The program with an empty environment, in a folder without `.env`.
    fn command(&self, argument: &str) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(argument).env_clear().current_dir(&self.scratch);
        command
    }
}

/// Registers the users `known-0`, `known-1`, …
pub(crate) async fn register_known_users(site: &Process, provider: &Provider) -> Result<()> {
    let mut browsers = driver::browsers(8, site.address, provider.process.address);
    let registrations = driver::run(&mut browsers, Length::Journeys(KNOWN_USERS), async |browser, number| {
        browser.forget();
        browser.sign_up(&known_user(number)).await
    })
    .await;
    anyhow::ensure!(registrations.errors.is_empty(), "registering users failed: {:?}", registrations.errors);
    Ok(())
}

pub(crate) fn known_user(number: usize) -> String {
    format!("known-{}", number % KNOWN_USERS)
}
