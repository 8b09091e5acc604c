//! Checks whether the site could create a file that does not exist yet.

use std::fs::{self, OpenOptions};
use std::io;
use std::path::Path;

use crate::doctor::finding::Finding;
use crate::doctor::i18n::Messages;

pub(super) fn check(file: &Path, messages: &Messages) -> Finding {
    let path = file.to_string_lossy();
    match try_create(file) {
        Ok(()) => messages.file_not_created_yet.ok(&[&path]),
        Err(error) => messages.file_not_creatable.error(&[&path, &error.to_string()]),
    }
}

/// Creates and removes a temporary file in the nearest existing parent folder. Permissions alone do
/// not show full disks and read-only file systems.
fn try_create(file: &Path) -> io::Result<()> {
    // The parent of a bare file name is an empty path.
    let or_current = |folder| if folder == Path::new("") { Path::new(".") } else { folder };
    let folder = file.ancestors().skip(1).map(or_current).find(|folder| folder.exists());
    let probe = folder.unwrap_or(Path::new(".")).join(format!(".qq-login-doctor-{}", std::process::id()));
    OpenOptions::new().write(true).create_new(true).open(&probe)?;
    fs::remove_file(&probe)
}
