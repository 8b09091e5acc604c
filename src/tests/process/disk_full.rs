//! Full and failing disks.

use std::fs::OpenOptions;
use std::io::Write;

use crate::support::{Program, Site, WorkDir, mount_namespace_command, run_command};

const FULL: &str = "the database's disk is full or failing";

/// How the disk is filled.
enum Method {
    /// A small file system in a mount namespace, created by this command.
    SmallDisk(Vec<String>),
    /// A limit on the file size, which SQLite reports as a failing disk.
    FileSizeLimit,
}

impl Method {
    /// Returns `SmallDisk` if this machine allows it.
    fn best() -> Method {
        let method = mount_namespace_command().map_or(Method::FileSizeLimit, Method::SmallDisk);
        println!("{}", if matches!(method, Method::FileSizeLimit) { "file size limit" } else { "small disk" });
        method
    }

    /// Returns the command that starts the program on a copy of the data directory. If `is_full`, the disk is full
    /// from the start.
    fn launcher(&self, work_dir: &WorkDir, is_full: bool) -> Vec<String> {
        let data = work_dir.data_dir().display().to_string();
        match self {
            Method::SmallDisk(unshare) => {
                let fill = if is_full { "cat /dev/zero >\"$0/ballast\" 2>/dev/null;" } else { "" };
                let script = format!(
                    "cp -a \"$0\" \"$0.before\" && mount -t tmpfs -o size=8m tmpfs \"$0\" && \
                     cp -a \"$0.before/.\" \"$0\" && {{ {fill} exec \"$@\"; }}"
                );
                [unshare.clone(), vec!["sh".to_owned(), "-c".to_owned(), script, data]].concat()
            }
            Method::FileSizeLimit => {
                let limit = if is_full { "ulimit -S -f 4;" } else { "" };
                let script = format!("trap '' XFSZ; {limit} exec \"$0\" \"$@\"");
                vec!["sh".to_owned(), "-c".to_owned(), script]
            }
        }
    }

    fn fill(&self, program: &Program, work_dir: &WorkDir) {
        match self {
            Method::SmallDisk(_) => {
                let ballast = program.path_in_namespace(&work_dir.data_dir().join("ballast"));
                let mut ballast = OpenOptions::new().append(true).create(true).open(ballast).expect("a file");
                while ballast.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
            }
            Method::FileSizeLimit => run_command(&["prlimit", "--pid", &program.id().to_string(), "--fsize=4096:"]),
        }
    }

    fn free_space(&self, program: &Program, work_dir: &WorkDir) {
        match self {
            Method::SmallDisk(_) => {
                std::fs::remove_file(program.path_in_namespace(&work_dir.data_dir().join("ballast"))).expect("removed");
            }
            Method::FileSizeLimit => {
                run_command(&["prlimit", "--pid", &program.id().to_string(), "--fsize=unlimited:"])
            }
        }
    }
}

async fn test_disk_full_while_running(method: Method, name: &str) {
    let work_dir = WorkDir::new(name);
    let program = Program::start_by(&work_dir, &method.launcher(&work_dir, false)).await;
    let mut site = Site::with_users(program).await;
    method.fill(&site.program, &work_dir);
    site.expect_unavailable(FULL, true).await;
    method.free_space(&site.program, &work_dir);
    site.expect_recovery(&work_dir).await;
    site.program.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn running_program_survives_full_disk() {
    test_disk_full_while_running(Method::best(), "full").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn running_program_survives_failing_disk() {
    test_disk_full_while_running(Method::FileSizeLimit, "failing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn program_starts_on_full_disk_and_recovers() {
    let (method, work_dir) = (Method::best(), WorkDir::new("full-start"));
    let before = Site::with_users(Program::start(&work_dir).await).await.shut_down(false).await;
    let program = Program::start_by(&work_dir, &method.launcher(&work_dir, true)).await;
    let mut site = before.moved_to(program);
    site.expect_unavailable(FULL, false).await;
    method.free_space(&site.program, &work_dir);
    site.expect_recovery(&work_dir).await;
    site.program.stop().await;
}
