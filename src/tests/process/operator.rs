//! The commands for operators, beside a running site: users, backup and restore, health check, completions.

use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{Program, WorkDir, check_database, run_command};

/// Runs a command with the settings of a program in `work_dir`.
fn run(work_dir: &WorkDir, arguments: &[&str], variables: &[(&str, String)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qq-login"));
    command.args(arguments).current_dir(work_dir.data_dir()).env_clear();
    command.env("DATABASE_URL", format!("sqlite://{}", work_dir.database().display()));
    command.envs(variables.iter().map(|(name, value)| (name, value))).output().expect("the command starts")
}

/// Runs a command that succeeds. Returns its standard output and its log.
fn run_successfully(work_dir: &WorkDir, arguments: &[&str]) -> (String, String) {
    let output = run(work_dir, arguments, &[]);
    let (stdout, stderr) = (text(output.stdout), text(output.stderr));
    assert!(output.status.success(), "{arguments:?}: {stderr}");
    (stdout, stderr)
}

/// Runs a command that fails. Returns the line with the reason.
fn run_failing(work_dir: &WorkDir, arguments: &[&str], code: i32) -> String {
    let output = run(work_dir, arguments, &[]);
    let stderr = text(output.stderr);
    assert_eq!((output.status.code(), text(output.stdout).as_str()), (Some(code), ""), "{arguments:?}: {stderr}");
    stderr
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes).expect("text")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[tokio::test(flavor = "multi_thread")]
async fn s100_users_are_blocked_signed_out_and_deleted_beside_the_site() {
    let work_dir = WorkDir::new("users");
    let program = Program::start(&work_dir).await;
    let mut browser = program.browser();
    browser.register("ann").await.expect("a response");
    program.browser().register("bob").await.expect("a response");

    let users = json(&run_successfully(&work_dir, &["users", "list", "--json"]).0);
    let names: Vec<&str> =
        users.as_array().expect("a list").iter().filter_map(|user| user["username"].as_str()).collect();
    assert_eq!(names, ["ann", "bob"]);
    let shown = json(&run_successfully(&work_dir, &["users", "show", "ann", "--json"]).0);
    assert_eq!((&shown["id"], &shown["blocked"], &shown["sessions"]), (&1.into(), &false.into(), &1.into()));
    let openid = shown["identities"][0]["openid"].as_str().expect("an openid").to_owned();

    let (done, log) = run_successfully(&work_dir, &["users", "block", &openid]);
    assert!(done.starts_with("blocked: #1 ann, ann@example.com (not verified)"), "{done}");
    assert!(log.contains("user_blocked") && log.contains("user_id=1") && !log.contains("ann"), "{log}");
    assert_eq!(browser.get("/account").await.expect("a response").location(), "/login?next=/account");
    assert_eq!(browser.sign_in("ann").await.expect("a response").location(), "/login?error=blocked");

    run_successfully(&work_dir, &["users", "unblock", "ann@example.com"]);
    assert_eq!(browser.sign_in("ann").await.expect("a response").location(), "/account");
    run_successfully(&work_dir, &["users", "sign-out", "ANN"]);
    assert_eq!(browser.get("/account").await.expect("a response").location(), "/login?next=/account");

    let (_, log) = run_successfully(&work_dir, &["users", "delete", "#1"]);
    assert!(log.contains("user_deleted"), "{log}");
    assert_eq!(browser.sign_in("ann").await.expect("a response").location(), "/register");
    let (list, _) = run_successfully(&work_dir, &["users", "list"]);
    assert!(list.starts_with("#2 bob, ") && list.lines().count() == 1, "{list}");
    program.stop().await;
}

#[test]
fn commands_say_why_they_fail() {
    let work_dir = WorkDir::new("failing");
    let missing = run_failing(&work_dir, &["users", "list"], 1);
    assert!(missing.contains("does not exist; start the site once"), "{missing}");
    assert!(!work_dir.database().exists(), "a command created the database");
    for arguments in [&["users"][..], &["users", "block"], &["backup"], &["serve", "now"], &["--no-such-option"]] {
        let error = run_failing(&work_dir, arguments, 2);
        assert!(error.contains("Usage: "), "{arguments:?}: {error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn users_who_are_not_found_change_nothing() {
    let work_dir = WorkDir::new("not-found");
    let program = Program::start(&work_dir).await;
    assert_eq!(run_successfully(&work_dir, &["users", "list", "--json"]).0, "[]\n");
    for command in ["show", "block", "unblock", "sign-out", "delete"] {
        let error = run_failing(&work_dir, &["users", command, "nobody"], 1);
        assert!(error.contains("nobody is found by \"nobody\""), "{error}");
    }
    program.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn backup_beside_the_site_is_complete_and_overwrites_nothing() {
    let work_dir = WorkDir::new("backup");
    let program = Program::start(&work_dir).await;
    program.browser().register("typed-ann").await.expect("a response");
    run_successfully(&work_dir, &["backup", "backup.db"]);
    program.browser().register("typed-bob").await.expect("a response");
    let error = run_failing(&work_dir, &["backup", "backup.db"], 1);
    assert!(error.contains("cannot create backup.db"), "{error}");
    let backup = work_dir.data_dir().join("backup.db");
    assert_eq!(check_database(&backup, &["typed-ann".to_owned()]).await, 1);
    for side_file in ["backup.db-wal", "backup.db-shm", "backup.db-journal"] {
        assert!(!work_dir.data_dir().join(side_file).exists(), "{side_file}");
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&backup).expect("a file").permissions());
    assert_eq!(mode & 0o777, 0o600);
    let error = run_failing(&work_dir, &["backup", "no-folder/backup.db"], 1);
    assert!(error.contains("cannot create no-folder/backup.db"), "{error}");
    program.stop().await;
}

/// The log of the lost database belongs to that, but SQLite would apply it to the backup.
#[tokio::test(flavor = "multi_thread")]
async fn backup_is_restored_as_documented_although_an_old_log_is_there() {
    let work_dir = WorkDir::new("restore");
    let mut program = Program::start(&work_dir).await;
    let mut browser = program.browser();
    browser.register("typed-ann").await.expect("a response");
    run_successfully(&work_dir, &["backup", "backup.db"]);
    for number in 0..20 {
        program.browser().register(&format!("typed-{number}")).await.expect("a response");
    }
    program.kill();
    assert!(work_dir.data_dir().join("site.db-wal").exists());
    let folder = work_dir.data_dir().display().to_string();
    let restore = format!("cd {folder} && rm -f site.db-wal site.db-shm && cp backup.db site.db");
    run_command(&["sh", "-c", &restore]);
    let program = Program::start(&work_dir).await;
    let account = browser.moved_to(program.port()).get("/account").await.expect("a response");
    assert_eq!(account.status, 200, "the session is in the backup");
    program.stop().await;
    assert_eq!(check_database(&work_dir.database(), &["typed-ann".to_owned()]).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn site_is_copied_to_another_database() {
    let work_dir = WorkDir::new("copy");
    let program = Program::start(&work_dir).await;
    program.browser().register("typed-ann").await.expect("a response");
    let from = format!("sqlite://{}", work_dir.database().display());
    let (report, _) = run_successfully(&work_dir, &["copy-database", "--from", &from, "--to", "sqlite://copy.db"]);
    assert!(report.contains("users") && report.contains("copy.db is a copy of "), "{report}");
    program.stop().await;
    assert_eq!(check_database(&work_dir.data_dir().join("copy.db"), &["typed-ann".to_owned()]).await, 1);
    for to in ["postgres://app:canary#T@host:5432/x", "canary://x", "postgres://app:canary@127.0.0.1:1/x"] {
        let output = run(&work_dir, &["copy-database", "--from", &from, "--to", to], &[]);
        let error = text(output.stderr);
        assert!(!output.status.success() && error.contains("--to: ") && !error.contains("canary"), "{error}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn health_check_asks_the_instance_that_listens() {
    let work_dir = WorkDir::new("healthcheck");
    let program = Program::start(&work_dir).await;
    let address = |host: &str| [("LEPTOS_SITE_ADDR", format!("{host}:{}", program.port()))];
    for host in ["127.0.0.1", "0.0.0.0"] {
        let output = run(&work_dir, &["healthcheck"], &address(host));
        assert!(output.status.success(), "{}", text(output.stderr));
        assert_eq!(text(output.stdout), format!("127.0.0.1:{} is ready\n", program.port()));
    }
    let stopped = address("127.0.0.1");
    program.stop().await;
    let output = run(&work_dir, &["healthcheck"], &stopped);
    let error = text(output.stderr);
    assert_eq!((output.status.code(), error.lines().count()), (Some(1), 1), "{error}");
    assert!(error.contains("does not answer"), "{error}");
}

#[test]
fn completions_know_the_commands() {
    let work_dir = WorkDir::new("completions");
    for shell in ["bash", "zsh", "fish"] {
        let (script, _) = run_successfully(&work_dir, &["completions", shell]);
        assert!(script.contains("healthcheck") && script.contains("sign-out"), "{shell}");
    }
}
