//! `kill -9` at random moments while people register.

use std::time::{Duration, SystemTime};

use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::support::{Browser, Home, Program, examine, number};

/// How many register at a time.
const BROWSERS: u64 = 6;
/// Within which time after the first registration the program is killed, in milliseconds.
const MAX_LIFE_MS: u64 = 2500;
/// A nickname that QQ gives too late is left out, and it is by nicknames that people are found.
const QQ_TIMEOUT_MS: u64 = 10_000;

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

/// Somebody who was told that they are registered, and the browser that has their session.
type Registered = (String, Browser);

/// Registers one after the other, by form and by one click in turns, until the program is gone.
/// Gives those who were told that they are registered, and tells of each at once.
async fn register_until_the_end(port: u16, prefix: String, told: UnboundedSender<()>) -> Vec<Registered> {
    let mut acknowledged = Vec::new();
    for number in 0_u64.. {
        let is_typed = number.is_multiple_of(2);
        let name = format!("{}-{prefix}-{number}", if is_typed { "typed" } else { "auto" });
        let mut browser = Browser::new(port);
        let Ok(arrival) = browser.sign_in(&name).await else { break };
        assert_eq!((arrival.status, arrival.location()), (303, "/register"), "{name}: {}", arrival.body);
        let answer =
            if is_typed { browser.fill_in_form(&name).await } else { browser.post("/register/auto", &[]).await };
        let Ok(answer) = answer else { break };
        assert_eq!((answer.status, answer.location()), (303, "/account"), "{name}: {}", answer.body);
        acknowledged.push((name, browser));
        // Once the first was heard of, nobody listens any more.
        let _ = told.send(());
    }
    acknowledged
}

/// Expects that the program starts on what is there, and that these people are still signed in
/// and known.
async fn started_again(home: &Home, people: &[&Registered]) -> Program {
    let program = Program::start_waiting_for_qq(home, QQ_TIMEOUT_MS).await;
    assert_eq!(program.readiness().await.body, "ok\n");
    for (name, browser) in people {
        for mut browser in [browser.moved_to(program.port()), signed_in_anew(&program, name).await] {
            let page = browser.get("/account").await.expect("an answer");
            assert!(page.status == 200 && page.body.contains(name.as_str()), "{name}: {} {}", page.status, page.body);
        }
    }
    program
}

async fn signed_in_anew(program: &Program, name: &str) -> Browser {
    let mut browser = program.browser();
    assert_eq!(browser.sign_in(name).await.expect("an answer").location(), "/account", "{name} is not known");
    browser
}

fn names(people: &[Registered]) -> Vec<String> {
    people.iter().map(|(name, _)| name.clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_was_told_to_be_registered_is_registered_whole_after_every_kill() {
    let (rounds, seed) = (number("KILLS").unwrap_or(5), seed());
    assert!(rounds > 0, "no kill shows nothing");
    println!("{rounds} kills, seed {seed}");
    let (home, mut draw) = (Home::new("killed"), Draw(seed));
    let (mut acknowledged, mut last, mut users) = (Vec::<Registered>::new(), None::<Registered>, 0);
    for round in 0..rounds {
        let anybody = acknowledged.get(draw.below(acknowledged.len().max(1) as u64) as usize);
        let mut program = started_again(&home, &anybody.into_iter().chain(&last).collect::<Vec<_>>()).await;
        let (told, mut first) = unbounded_channel();
        let registering: Vec<_> = (0..BROWSERS)
            .map(|number| register_until_the_end(program.port(), format!("{round}-{number}"), told.clone()))
            .map(tokio::spawn)
            .collect();
        drop(told);
        first.recv().await.expect("a registration in every round");
        drop(first);
        tokio::time::sleep(Duration::from_millis(draw.below(MAX_LIFE_MS))).await;
        program.kill();
        let mut lasts = Vec::new();
        for browser in registering {
            let people = browser.await.expect("the people");
            lasts.extend(people.last().cloned());
            acknowledged.extend(people);
        }
        // Whoever was told last was told shortly before the end.
        last = Some(lasts.swap_remove(draw.below(lasts.len() as u64) as usize));
        // A copy, so that it is the program that finds the files as they were left.
        users = examine(&home.copy(), &names(&acknowledged)).await;
    }
    started_again(&home, &last.iter().collect::<Vec<_>>()).await.stop().await;
    assert_eq!(examine(&home.database(), &names(&acknowledged)).await, users);
    println!(
        "{rounds} kills, seed {seed}: {} registrations acknowledged, {} more made whose answer was cut off",
        acknowledged.len(),
        users - acknowledged.len()
    );
}
