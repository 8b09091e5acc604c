//! No room on the disk.

use std::fs::OpenOptions;
use std::io::Write;

use crate::support::{Home, Program, Site, as_namespace_root, run};

const FULL: &str = "the database's disk is full or failing";

/// How the disk is made full.
enum Way {
    /// A file system of the program's own, which really is full.
    SmallDisk(Vec<String>),
    /// Files that may not grow. SQLite is told of another error, but must not write either.
    NoGrowth,
}

impl Way {
    fn best() -> Way {
        let way = as_namespace_root().map_or(Way::NoGrowth, Way::SmallDisk);
        println!("{}", if matches!(way, Way::NoGrowth) { "files that may not grow" } else { "a small disk" });
        way
    }

    /// What the program is started by; with `is_full` on a disk without room, on which there is
    /// what stood in the folder before.
    fn surroundings(&self, home: &Home, is_full: bool) -> Vec<String> {
        let data = home.data().display().to_string();
        match self {
            Way::SmallDisk(unshare) => {
                let fill = if is_full { "cat /dev/zero >\"$0/ballast\" 2>/dev/null;" } else { "" };
                let script = format!(
                    "cp -a \"$0\" \"$0.before\" && mount -t tmpfs -o size=8m tmpfs \"$0\" && \
                     cp -a \"$0.before/.\" \"$0\" && {{ {fill} exec \"$@\"; }}"
                );
                [unshare.clone(), vec!["sh".to_owned(), "-c".to_owned(), script, data]].concat()
            }
            Way::NoGrowth => {
                let limit = if is_full { "ulimit -S -f 4;" } else { "" };
                let script = format!("trap '' XFSZ; {limit} exec \"$0\" \"$@\"");
                vec!["sh".to_owned(), "-c".to_owned(), script]
            }
        }
    }

    fn fill(&self, program: &Program, home: &Home) {
        match self {
            Way::SmallDisk(_) => {
                let ballast = program.seen_by_it(&home.data().join("ballast"));
                let mut ballast = OpenOptions::new().append(true).create(true).open(ballast).expect("a file");
                while ballast.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
            }
            Way::NoGrowth => run(&["prlimit", "--pid", &program.id().to_string(), "--fsize=4096:"]),
        }
    }

    fn make_room(&self, program: &Program, home: &Home) {
        match self {
            Way::SmallDisk(_) => {
                std::fs::remove_file(program.seen_by_it(&home.data().join("ballast"))).expect("removed");
            }
            Way::NoGrowth => run(&["prlimit", "--pid", &program.id().to_string(), "--fsize=unlimited:"]),
        }
    }
}

async fn live_through_a_full_disk(way: Way, name: &str) {
    let home = Home::new(name);
    let program = Program::start_in(&home, &way.surroundings(&home, false)).await;
    let mut site = Site::visited(program).await;
    way.fill(&site.program, &home);
    site.expect_trouble(FULL, true).await;
    way.make_room(&site.program, &home);
    site.expect_recovery(&home).await;
    site.program.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_becomes_full_is_told_and_lived_through() {
    live_through_a_full_disk(Way::best(), "full").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_fails_is_told_and_lived_through() {
    live_through_a_full_disk(Way::NoGrowth, "failing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_starts_on_a_full_disk_says_so_and_waits_for_room() {
    let (way, home) = (Way::best(), Home::new("full-start"));
    let before = Site::visited(Program::start(&home).await).await.ended(false).await;
    let program = Program::start_in(&home, &way.surroundings(&home, true)).await;
    let mut site = before.moved_to(program);
    site.expect_trouble(FULL, false).await;
    way.make_room(&site.program, &home);
    site.expect_recovery(&home).await;
    site.program.stop().await;
}
