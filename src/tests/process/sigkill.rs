//! SIGKILL at random times during registrations, and loss of everything that was not synced to the disk by then.

use std::time::{Duration, SystemTime};

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::support::{Browser, Program, WorkDir, check_database, env_number};

/// How many browsers register users at the same time.
const BROWSERS: u64 = 6;
/// The program is killed at most this long after the first registration.
const MAX_DELAY_MS: u64 = 2500;
/// Long, because registrations without a nickname would not be found in the database.
const QQ_TIMEOUT_MS: u64 = 10_000;

/// A random number generator (SplitMix64).
struct SplitMix64(u64);

impl SplitMix64 {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn seed() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970");
    env_number("SEED").unwrap_or(since.as_millis() as u64)
}

/// The QQ name of a user whose registration was acknowledged, and the signed-in browser.
type RegisteredUser = (String, Browser);

/// Registers users until the program ends, in turns by form and automatically. Returns the acknowledged ones, and
/// sends a message for each.
async fn register_until_killed(port: u16, prefix: String, registered: UnboundedSender<()>) -> Vec<RegisteredUser> {
    let mut acknowledged = Vec::new();
    for number in 0_u64.. {
        let is_typed = number.is_multiple_of(2);
        let name = format!("{}-{prefix}-{number}", if is_typed { "typed" } else { "auto" });
        let mut browser = Browser::new(port);
        let Ok(login) = browser.sign_in(&name).await else { break };
        assert_eq!((login.status, login.location()), (303, "/register"), "{name}: {}", login.body);
        let registration =
            if is_typed { browser.submit_registration(&name).await } else { browser.post("/register/auto", &[]).await };
        let Ok(registration) = registration else { break };
        let found = (registration.status, registration.location());
        assert_eq!(found, (303, "/account"), "{name}: {}", registration.body);
        acknowledged.push((name, browser));
        // Fails after the first message, when the receiver is dropped.
        let _ = registered.send(());
    }
    acknowledged
}

/// Starts the program again. Expects that these users are still signed in and can sign in again.
async fn restart(work_dir: &WorkDir, launcher: &[String], users: &[&RegisteredUser]) -> Program {
    let program = Program::start_with(work_dir, launcher, QQ_TIMEOUT_MS).await;
    assert_eq!(program.readiness().await.body, "ok\n");
    for (name, browser) in users {
        for mut browser in [browser.moved_to(program.port()), sign_in_again(&program, name).await] {
            let page = browser.get("/account").await.expect("a response");
            assert!(page.status == 200 && page.body.contains(name.as_str()), "{name}: {} {}", page.status, page.body);
        }
    }
    program
}

async fn sign_in_again(program: &Program, name: &str) -> Browser {
    let mut browser = program.browser();
    let login = browser.sign_in(name).await.expect("a response");
    assert_eq!(login.location(), "/account", "{name} is not registered");
    browser
}

fn names(users: &[RegisteredUser]) -> Vec<String> {
    users.iter().map(|(name, _)| name.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_registrations_are_complete_after_every_kill_and_power_loss() {
    let (rounds, seed) = (env_number("KILLS").unwrap_or(5), seed());
    assert!(rounds > 0, "KILLS is 0");
    println!("{rounds} kills, seed {seed}");
    let (work_dir, mut random) = (WorkDir::new("sigkill"), SplitMix64(seed));
    let launcher = work_dir.power_loss_launcher();
    let (mut acknowledged, mut last, mut users) = (Vec::<RegisteredUser>::new(), None::<RegisteredUser>, 0);
    for round in 0..rounds {
        let any = acknowledged.get(random.below(acknowledged.len().max(1) as u64) as usize);
        let mut program = restart(&work_dir, &launcher, &any.into_iter().chain(&last).collect::<Vec<_>>()).await;
        let (registered, mut first) = unbounded_channel();
        let browsers: Vec<_> = (0..BROWSERS)
            .map(|number| register_until_killed(program.port(), format!("{round}-{number}"), registered.clone()))
            .map(tokio::spawn)
            .collect();
        drop(registered);
        first.recv().await.expect("a registration in every round");
        drop(first);
        tokio::time::sleep(Duration::from_millis(random.below(MAX_DELAY_MS))).await;
        program.kill();
        // What was written survives the end of a process, synced or not.
        if round.is_multiple_of(2) {
            work_dir.lose_unsynced_data();
        }
        let mut last_of_each = Vec::new();
        for browser in browsers {
            let users = browser.await.expect("users");
            last_of_each.extend(users.last().cloned());
            acknowledged.extend(users);
        }
        // One of the users who were acknowledged shortly before the kill.
        last = Some(last_of_each.swap_remove(random.below(last_of_each.len() as u64) as usize));
        // Check a copy, so that the program itself has to recover the files.
        users = check_database(&work_dir.copy_database(), &names(&acknowledged)).await;
    }
    restart(&work_dir, &launcher, &last.iter().collect::<Vec<_>>()).await.stop().await;
    assert_eq!(check_database(&work_dir.database(), &names(&acknowledged)).await, users);
    println!(
        "{rounds} kills, seed {seed}: {} registrations acknowledged, {} more completed without a response",
        acknowledged.len(),
        users - acknowledged.len()
    );
}
