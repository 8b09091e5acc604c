//! What this machine lets a test do to a program.

use std::process::{Command, Stdio};

/// Runs a command, which must succeed.
pub(crate) fn run(words: &[&str]) {
    let status = Command::new(words[0]).args(&words[1..]).status().expect("a command");
    assert!(status.success(), "{words:?}: {status}");
}

/// Whether a command succeeds here.
pub(crate) fn can(words: &[&str]) -> bool {
    let mut command = Command::new(words[0]);
    command.args(&words[1..]).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

/// The beginning of a command that may mount file systems, which only it and what it starts see;
/// `None` where that is not allowed.
pub(crate) fn as_namespace_root() -> Option<Vec<String>> {
    let candidates: [&[&str]; 2] = [&["unshare", "--mount"], &["unshare", "--user", "--map-root-user", "--mount"]];
    let trial = ["sh", "-c", "mount -t tmpfs -o size=64k tmpfs /tmp"];
    let fitting = candidates.into_iter().find(|words| can(&[words, &trial[..]].concat()));
    fitting.map(|words| words.iter().map(|word| (*word).to_owned()).collect())
}
