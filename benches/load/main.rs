//! Measures the release build under load, next to a plain axum server that does the same exchange.
//!
//! `load reference …` is that server; it runs in a process of its own so that its CPU time can be measured.

#![forbid(unsafe_code)]

mod browser;
mod commits;
mod compare;
mod driver;
mod http;
mod instances;
mod memory;
mod million;
mod options;
mod process;
mod reference;
mod report;
mod setup;
mod slow_disk;
mod sync_shim;

use std::path::PathBuf;

use anyhow::{Context, Result};

use options::Options;
use report::Report;
use setup::Setup;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [command, address, graph_url, page_bytes @ ..] = arguments.as_slice()
        && command == "reference"
    {
        let page_bytes = page_bytes.iter().map(|bytes| bytes.parse()).collect::<Result<Vec<_>, _>>()?;
        let page_bytes = page_bytes.try_into().ok().context("three lengths")?;
        let settings = reference::Settings { address: address.clone(), graph_url: graph_url.clone(), page_bytes };
        return tokio::runtime::Runtime::new()?.block_on(reference::serve(settings));
    }
    // One thread, so that the driver takes no more than one of the cores.
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(Options::parse()?))
}

async fn run(options: Options) -> Result<()> {
    let scratch = Scratch::create()?;
    let setup = Setup {
        program: options.program.canonicalize().with_context(|| format!("{}", options.program.display()))?,
        site_root: options.site_root.canonicalize().with_context(|| format!("{}", options.site_root.display()))?,
        scratch: scratch.0.clone(),
    };
    let mut report = Report::default();
    compare::measure(&setup, &options, &mut report).await?;
    slow_disk::measure(&setup, &options, &mut report).await?;
    commits::measure(&setup, &options, &mut report).await?;
    memory::measure(&setup, &options, &mut report).await?;
    million::measure(&setup, &options, &mut report).await?;
    instances::measure(&setup, &options, &mut report).await?;
    report.print();
    Ok(())
}

/// A temporary folder that is removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn create() -> Result<Scratch> {
        let path = std::env::temp_dir().join(format!("qq-login-bench-{}", std::process::id()));
        std::fs::create_dir_all(&path)?;
        Ok(Scratch(path))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
