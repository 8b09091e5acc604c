//! A preloaded library that slows down and counts a program's `fsync` and `fdatasync` (benches/slow-fsync.c).

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/slow-fsync.c");

pub(crate) struct SyncShim {
    library: String,
    counter: PathBuf,
}

impl SyncShim {
    /// Compiles the library.
    pub(crate) fn compile(scratch: &Path) -> Result<SyncShim> {
        let library = scratch.join("slow-fsync.so");
        let status = Command::new("cc").args(["-O2", "-shared", "-fPIC", SOURCE, "-ldl", "-o"]).arg(&library).status();
        ensure!(status.context("starting cc")?.success(), "cc could not compile {SOURCE}");
        let counter = scratch.join("syncs");
        std::fs::write(&counter, "")?;
        Ok(SyncShim { library: library.display().to_string(), counter })
    }

    /// The environment of a program whose calls take `delay_ms` longer and are counted.
    pub(crate) fn environment(&self, delay_ms: u32) -> [(&'static str, String); 3] {
        [
            ("LD_PRELOAD", self.library.clone()),
            ("FSYNC_DELAY_MS", delay_ms.to_string()),
            ("FSYNC_COUNTER", self.counter.display().to_string()),
        ]
    }

    /// How many calls there were so far.
    pub(crate) fn count(&self) -> Result<u64> {
        Ok(std::fs::metadata(&self.counter)?.len())
    }
}
