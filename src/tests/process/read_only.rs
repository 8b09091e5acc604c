//! Read-only databases.

use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

use crate::support::{Program, Site, WorkDir, command_succeeds, mount_namespace_command, run_command};

const READ_ONLY: &str = "the database is read-only";

/// How the database is made read-only before the program starts.
enum Method {
    /// File permissions.
    Permissions,
    /// A read-only mount. Contains the command that creates the mount namespace.
    Mount(Vec<String>),
}

impl Method {
    /// Returns the methods that work on this machine. Permissions always work, because root can drop the capability
    /// to ignore them.
    fn available() -> Vec<Method> {
        let methods = [Some(Method::Permissions), mount_namespace_command().map(Method::Mount)];
        let methods: Vec<Method> = methods.into_iter().flatten().collect();
        println!("{} method(s)", methods.len());
        methods
    }

    /// Returns the command that starts the program.
    fn launcher(&self, work_dir: &WorkDir) -> Vec<String> {
        let owned = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        let data = work_dir.data_dir().display().to_string();
        match self {
            Method::Permissions
                if command_succeeds(&["setpriv", "--bounding-set=-dac_override,-dac_read_search", "true"]) =>
            {
                owned(&["setpriv", "--bounding-set=-dac_override,-dac_read_search"])
            }
            Method::Permissions => Vec::new(),
            Method::Mount(unshare) => {
                let script = "mount --bind \"$0\" \"$0\" && mount -o remount,bind,ro \"$0\" && exec \"$@\"";
                [unshare.clone(), owned(&["sh", "-c", script, &data])].concat()
            }
        }
    }

    fn make_read_only(&self, work_dir: &WorkDir) {
        if matches!(self, Method::Permissions) {
            work_dir.set_permissions(0o555, 0o444);
        }
    }

    fn make_writable(&self, program: &Program, work_dir: &WorkDir) {
        match self {
            Method::Permissions => work_dir.set_permissions(0o755, 0o600),
            Method::Mount(unshare) => {
                let id = program.id().to_string();
                let mut enter = vec!["nsenter", "--target", &id, "--mount"];
                if unshare.iter().any(|word| word == "--user") {
                    enter.extend(["--user", "--preserve-credentials"]);
                }
                let data = work_dir.data_dir().display().to_string();
                run_command(&[&enter[..], &["mount", "-o", "remount,bind,rw", &data]].concat());
            }
        }
    }
}

async fn test_start_on_read_only_database(after_crash: bool, name: &str) {
    for (number, method) in Method::available().into_iter().enumerate() {
        let work_dir = WorkDir::new(&format!("{name}-{number}"));
        let before = Site::with_users(Program::start(&work_dir).await).await.shut_down(after_crash).await;
        method.make_read_only(&work_dir);
        let program = Program::start_by(&work_dir, &method.launcher(&work_dir)).await;
        let mut site = before.moved_to(program);
        // SQLite needs its side files to read. They exist after a crash only.
        site.expect_unavailable(READ_ONLY, after_crash).await;
        method.make_writable(&site.program, &work_dir);
        site.expect_recovery(&work_dir).await;
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
    Immutable(&'a WorkDir),
    /// A file format that only a newer SQLite may write.
    Format(&'a WorkDir),
}

impl<'a> Lock<'a> {
    fn set_flag(work_dir: &WorkDir, flag: &str) -> bool {
        let name = |ending: &str| format!("{}{ending}", work_dir.database().display());
        command_succeeds(&["chattr", flag, &name(""), &name("-wal")])
    }

    /// Returns `Immutable` if the file system supports it.
    async fn best(work_dir: &'a WorkDir) -> Lock<'a> {
        if Lock::set_flag(work_dir, "+i") {
            println!("immutable files");
            return Lock::Immutable(work_dir);
        }
        Lock::format(work_dir).await
    }

    async fn format(work_dir: &'a WorkDir) -> Lock<'a> {
        println!("newer file format");
        set_write_format(&work_dir.database(), 3).await;
        Lock::Format(work_dir)
    }

    async fn unlock(&self) {
        match self {
            Lock::Immutable(work_dir) => assert!(Lock::set_flag(work_dir, "-i"), "chattr -i"),
            Lock::Format(work_dir) => set_write_format(&work_dir.database(), 2).await,
        }
    }
}

impl Drop for Lock<'_> {
    /// Allows the files to be deleted.
    fn drop(&mut self) {
        if let Lock::Immutable(work_dir) = self {
            Lock::set_flag(work_dir, "-i");
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
        file.seek(SeekFrom::Start(18)).expect("the header");
        file.write_all(&[version]).expect("a byte");
        let log = std::fs::metadata(database.with_extension("db-wal")).expect("the log");
        if log.len() == 0 {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn running_program_survives_read_only_files() {
    let work_dir = WorkDir::new("read-only-later");
    let mut site = Site::with_users(Program::start(&work_dir).await).await;
    let lock = Lock::best(&work_dir).await;
    site.expect_unavailable(READ_ONLY, true).await;
    lock.unlock().await;
    site.expect_recovery(&work_dir).await;
    site.program.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn running_program_survives_newer_file_format() {
    let work_dir = WorkDir::new("read-only-format");
    let mut site = Site::with_users(Program::start(&work_dir).await).await;
    let lock = Lock::format(&work_dir).await;
    site.expect_unavailable(READ_ONLY, true).await;
    lock.unlock().await;
    site.expect_recovery(&work_dir).await;
    site.program.stop().await;
}
