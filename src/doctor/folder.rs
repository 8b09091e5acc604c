//! Whether a file that does not exist yet could be made.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

/// Tries it with another name in the nearest folder that exists, and takes it away at once:
/// permissions alone do not tell of full disks and read-only file systems.
pub(super) fn could_hold(file: &Path) -> io::Result<()> {
    let folder = file.ancestors().skip(1).map(or_here).find(|folder| folder.exists());
    let trial = folder.unwrap_or(Path::new(".")).join(format!(".qq-login-doctor-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&trial)?;
    fs::remove_file(&trial)
}

/// The folder of a bare file name is written as nothing.
fn or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}
