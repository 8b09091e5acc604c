//! Read-only databases.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::support::{Home, Program, Site, as_namespace_root, can, run};

const READ_ONLY: &str = "the database is read-only";

/// How the database is made read-only before the program starts.
enum Method {
    /// File permissions.
    Permissions,
    /// A read-only mount. Contains the command that creates the mount namespace.
    Mount(Vec<String>),
}

impl Method {
    /// The methods that work on this machine: permissions always, since root can drop the capability
    /// to ignore them.
    fn available() -> Vec<Method> {
        let methods = [Some(Method::Permissions), as_namespace_root().map(Method::Mount)];
        let methods: Vec<Method> = methods.into_iter().flatten().collect();
        println!("{} method(s)", methods.len());
        methods
    }

    /// The command that starts the program.
    fn launcher(&self, home: &Home) -> Vec<String> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let data = home.data().display().to_string();
        match self {
            Method::Permissions if can(&["setpriv", "--bounding-set=-dac_override,-dac_read_search", "true"]) => {
                owned(&["setpriv", "--bounding-set=-dac_override,-dac_read_search"])
            }
            Method::Permissions => Vec::new(),
            Method::Mount(unshare) => {
                let script = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
                [unshare.clone(), owned(&["sh", "-c", script, &data])].concat()
            }
        }
    }

    fn make_read_only(&self, home: &Home) {
        if matches!(self, Method::Permissions) {
            home.set_rights(0o555, 0o444);
        }
    }

    fn make_writable(&self, program: &Program, home: &Home) {
        match self {
            Method::Permissions => home.set_rights(0o755, 0o600),
            Method::Mount(unshare) => {
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

async fn test_start_on_read_only_database(after_crash: bool, name: &str) {
    for (number, method) in Method::available().into_iter().enumerate() {
        let home = Home::new(&format!("{name}-{number}"));
        let before = Site::with_users(Program::start(&home).await).await.stopped(after_crash).await;
        method.make_read_only(&home);
        let program = Program::start_in(&home, &method.launcher(&home)).await;
        let mut site = before.moved_to(program);
        // SQLite needs its side files to read. They exist after a crash only.
        site.expect_unavailable(READ_ONLY, after_crash).await;
        method.make_writable(&site.program, &home);
        site.expect_recovery(&home).await;
        site.program.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn program_starts_on_read_only_database_and_recovers() {
    test_start_on_read_only_database(false, "read-only").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn read_only_database_is_readable_after_crash() {
    test_start_on_read_only_database(true, "read-only-crash").await;
}

/// Makes the database of a running program read-only. Permissions and mounts do not affect open files.
enum Lock<'a> {
    /// `chattr +i` on the file and its log. Not on their index, a memory map: writing to it would
    /// crash the program.
    Immutable(&'a Home),
    /// A file format that only a newer SQLite may write.
    Format(&'a Home),
}

impl<'a> Lock<'a> {
    fn change(home: &Home, flag: &str) -> bool {
        let name = |ending: &str| format!("{}{ending}", home.database().display());
        can(&["chattr", flag, &name(""), &name("-wal")])
    }

    /// `Immutable` if the file system supports it.
    async fn best(home: &'a Home) -> Lock<'a> {
        if Lock::change(home, "+i") {
            println!("immutable files");
            return Lock::Immutable(home);
        }
        Lock::format(home).await
    }

    async fn format(home: &'a Home) -> Lock<'a> {
        println!("newer file format");
        set_write_format(&home.database(), 3).await;
        Lock::Format(home)
    }

    async fn open(&self) {
        match self {
            Lock::Immutable(home) => assert!(Lock::change(home, "-i"), "chattr -i"),
            Lock::Format(home) => set_write_format(&home.database(), 2).await,
        }
    }
}

impl Drop for Lock<'_> {
    /// So that the files can be deleted.
    fn drop(&mut self) {
        if let Lock::Immutable(home) = self {
            Lock::change(home, "-i");
        }
    }
}

/// Sets the file format write version, byte 18 (<https://www.sqlite.org/fileformat.html>), in the file
/// itself, not in its log.
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
async fn running_program_survives_read_only_files() {
    let home = Home::new("read-only-later");
    let mut site = Site::with_users(Program::start(&home).await).await;
    let lock = Lock::best(&home).await;
    site.expect_unavailable(READ_ONLY, true).await;
    lock.open().await;
    site.expect_recovery(&home).await;
    site.program.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn running_program_survives_newer_file_format() {
    let home = Home::new("read-only-format");
    let mut site = Site::with_users(Program::start(&home).await).await;
    let lock = Lock::format(&home).await;
    site.expect_unavailable(READ_ONLY, true).await;
    lock.open().await;
    site.expect_recovery(&home).await;
    site.program.stop().await;
}
