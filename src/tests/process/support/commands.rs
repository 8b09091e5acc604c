//! Shell commands.

use std::process::{Command, Stdio};

/// Runs a command. Panics if it fails.
pub(crate) fn run_command(words: &[&str]) {
    let status = Command::new(words[0]).args(&words[1..]).status().expect("a command");
    assert!(status.success(), "{words:?}: {status}");
}

/// Runs a command without output. Returns whether it succeeded.
pub(crate) fn command_succeeds(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// Returns the prefix of a command that may mount file systems in its own namespace, or `None` if this machine does
/// not allow it.
pub(crate) fn mount_namespace_command() -> Option<Vec<String>> {
    let candidates: [&[&str]; 2] = [&["unshare", "--mount"], &["unshare", "--user", "--map-root-user", "--mount"]];
    let mount = ["sh", "-c", "mount -t tmpfs -o size=64k tmpfs /tmp"];
    let allowed = candidates.into_iter().find(|words| command_succeeds(&[words, &mount[..]].concat()));
    allowed.map(|words| words.iter().map(|word| (*word).to_owned()).collect())
}
