//! A database that may only be read.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::support::{Home, Program, Site, as_namespace_root, can, run};

const READ_ONLY: &str = "the database is read-only";

/// How the right to write is taken away.
enum Way {
    /// File and folder belong to somebody who may not write them.
    Rights,
    /// They are mounted so.
    Mount(Vec<String>),
}

impl Way {
    /// Everything that works here. At least one way does: a user has rights to take away, and root
    /// can give up its right to disregard them.
    fn all() -> Vec<Way> {
        let ways: Vec<Way> = [Some(Way::Rights), as_namespace_root().map(Way::Mount)].into_iter().flatten().collect();
        println!("{} way(s) to take the right away", ways.len());
        ways
    }

    fn surroundings(&self, home: &Home) -> Vec<String> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let data = home.data().display().to_string();
        match self {
            Way::Rights if can(&["setpriv", "--bounding-set=-dac_override,-dac_read_search", "true"]) => {
                owned(&["setpriv", "--bounding-set=-dac_override,-dac_read_search"])
            }
            Way::Rights => Vec::new(),
            Way::Mount(unshare) => {
                let script = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
                [unshare.clone(), owned(&["sh", "-c", script, &data])].concat()
            }
        }
    }

    fn take_away(&self, home: &Home) {
        if matches!(self, Way::Rights) {
            home.set_rights(0o555, 0o444);
        }
    }

    fn give_back(&self, program: &Program, home: &Home) {
        match self {
            Way::Rights => home.set_rights(0o755, 0o600),
            Way::Mount(unshare) => {
                let id = program.id().to_string();
                let mut enter = vec!["nsenter", "--target", &id, "--mount"];
                if unshare.iter().any(|word| word == "--user") {
                    enter.extend(["--user", "--preserve-credentials"]);
                }
                let data = home.data().display().to_string();
                run(&[&enter[..], &["mount", "-o", "remount,bind,rw", &data]].concat());
            }
        }
    }
}

async fn start_without_the_right_to_write(is_killed_before: bool, name: &str) {
    for (number, way) in Way::all().into_iter().enumerate() {
        let home = Home::new(&format!("{name}-{number}"));
        let before = Site::visited(Program::start(&home).await).await.ended(is_killed_before).await;
        way.take_away(&home);
        let program = Program::start_in(&home, &way.surroundings(&home)).await;
        let mut site = before.moved_to(program);
        // SQLite needs its side files to read. A program that stops in good order removes them.
        site.expect_trouble(READ_ONLY, is_killed_before).await;
        way.give_back(&site.program, &home);
        site.expect_recovery(&home).await;
        site.program.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_starts_on_a_read_only_database_says_so_and_waits_for_the_right_to_write() {
    start_without_the_right_to_write(false, "read-only").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_a_read_only_database_can_be_read_all_the_same() {
    start_without_the_right_to_write(true, "read-only-crash").await;
}

/// Takes the right to write away from a program that runs. Rights and mounts would not do: what is
/// open for writing stays so.
enum Lock<'a> {
    /// File and log may not be changed by anybody (chattr). Their index may: it is shared memory,
    /// and a system that takes memory away ends the program at once.
    Immutable(&'a Home),
    /// The file says that only a newer SQLite may write it.
    Format(&'a Home),
}

impl<'a> Lock<'a> {
    fn change(home: &Home, flag: &str) -> bool {
        let name = |ending: &str| format!("{}{ending}", home.database().display());
        can(&["chattr", flag, &name(""), &name("-wal")])
    }

    /// As the file system allows it, or else as SQLite does.
    async fn best(home: &'a Home) -> Lock<'a> {
        if Lock::change(home, "+i") {
            println!("files that may not be changed");
            return Lock::Immutable(home);
        }
        Lock::format(home).await
    }

    async fn format(home: &'a Home) -> Lock<'a> {
        println!("a file of a newer format");
        set_write_format(&home.database(), 3).await;
        Lock::Format(home)
    }

    async fn open(&self) {
        match self {
            Lock::Immutable(home) => assert!(Lock::change(home, "-i"), "the files cannot be changed any more"),
            Lock::Format(home) => set_write_format(&home.database(), 2).await,
        }
    }
}

impl Drop for Lock<'_> {
    /// Whatever came of the test, its files can be removed.
    fn drop(&mut self) {
        if let Lock::Immutable(home) = self {
            Lock::change(home, "-i");
        }
    }
}

/// Sets the version of the format that a program must know to write the file: byte 18
/// (<https://www.sqlite.org/fileformat.html>). It must stand in the file, and not in its log.
async fn set_write_format(database: &Path, version: u8) {
    let options = SqliteConnectOptions::new().filename(database);
    let mut connection = SqliteConnection::connect_with(&options).await.expect("the database");
    loop {
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.expect("a checkpoint");
        let mut file = std::fs::OpenOptions::new().write(true).open(database).expect("the file");
        file.seek(SeekFrom::Start(18)).expect("its header");
        file.write_all(&[version]).expect("a byte");
        let log = std::fs::metadata(database.with_extension("db-wal")).expect("the log");
        if log.len() == 0 {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_becomes_read_only_is_told_and_lived_through() {
    let home = Home::new("read-only-later");
    let mut site = Site::visited(Program::start(&home).await).await;
    let lock = Lock::best(&home).await;
    site.expect_trouble(READ_ONLY, true).await;
    lock.open().await;
    site.expect_recovery(&home).await;
    site.program.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_sqlite_may_not_write_any_more_is_told_and_lived_through() {
    let home = Home::new("read-only-format");
    let mut site = Site::visited(Program::start(&home).await).await;
    let lock = Lock::format(&home).await;
    site.expect_trouble(READ_ONLY, true).await;
    lock.open().await;
    site.expect_recovery(&home).await;
    site.program.stop().await;
}
