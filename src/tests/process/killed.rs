//! `kill -9` at random moments while people register.

use std::time::{Duration, SystemTime};

use crate::support::{Browser, Home, Program, examine, number};

/// How many register at a time.
const BROWSERS: u64 = 6;
/// Within which time after its start the program is killed, in milliseconds.
const MAX_LIFE_MS: u64 = 2500;

/// Numbers that follow from a seed (SplitMix64).
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

fn seed() -> u64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970");
    number("SEED").unwrap_or(since.as_millis() as u64)
}

/// Registers one after the other, by form and by one click in turns, until the program is gone.
/// Gives the names of those who were told that they are registered.
async fn register_until_the_end(port: u16, prefix: String) -> Vec<String> {
    let mut acknowledged = Vec::new();
    for number in 0_u64.. {
        let is_typed = number.is_multiple_of(2);
        let name = format!("{}-{prefix}-{number}", if is_typed { "typed" } else { "auto" });
        let mut browser = Browser::new(port);
        let answer = match browser.sign_in(&name).await {
            Ok(_) if is_typed => browser.fill_in_form(&name).await,
            Ok(_) => browser.post("/register/auto", &[]).await,
            Err(error) => Err(error),
        };
        let Ok(answer) = answer else { break };
        assert_eq!((answer.status, answer.location()), (303, "/account"), "{name}: {}", answer.body);
        acknowledged.push(name);
    }
    acknowledged
}

/// Expects that the program starts on what is there, and that somebody is known to it.
async fn started_again(home: &Home, somebody: Option<&String>) -> Program {
    let program = Program::start(home).await;
    assert_eq!(program.readiness().await.body, "ok\n");
    if let Some(name) = somebody {
        let mut browser = program.browser();
        assert_eq!(browser.sign_in(name).await.expect("an answer").location(), "/account", "{name} is not known");
        let page = browser.get("/account").await.expect("an answer");
        assert!(page.status == 200 && page.body.contains(name), "{name}: {}", page.body);
    }
    program
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_told_to_be_registered_is_registered_whole_after_every_kill() {
    let (rounds, seed) = (number("KILLS").unwrap_or(5), seed());
    println!("{rounds} kills, seed {seed}");
    let (home, mut draw) = (Home::new("killed"), Draw(seed));
    let (mut acknowledged, mut users) = (Vec::<String>::new(), 0);
    for round in 0..rounds {
        let somebody = draw.below(u64::MAX) as usize % acknowledged.len().max(1);
        let mut program = started_again(&home, acknowledged.get(somebody)).await;
        let registering: Vec<_> = (0..BROWSERS)
            .map(|browser| tokio::spawn(register_until_the_end(program.port(), format!("{round}-{browser}"))))
            .collect();
        tokio::time::sleep(Duration::from_millis(draw.below(MAX_LIFE_MS))).await;
        program.kill();
        for browser in registering {
            acknowledged.extend(browser.await.expect("the names"));
        }
        // A copy, so that it is the program that finds the files as they were left.
        users = examine(&home.copy(), &acknowledged).await;
    }
    started_again(&home, acknowledged.last()).await.stop().await;
    assert_eq!(examine(&home.database(), &acknowledged).await, users);
    assert!(!acknowledged.is_empty(), "nobody registered in all the rounds");
    println!(
        "{rounds} kills, seed {seed}: {} registrations acknowledged, {} more made whose answer was cut off",
        acknowledged.len(),
        users - acknowledged.len()
    );
}
