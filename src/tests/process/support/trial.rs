//! A site whose database becomes unavailable and recovers.

use super::{Browser, Home, Program, eventually, examine};

/// Reads a number from the environment.
pub(crate) fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{variable} is not a number")))
}

/// A program, a signed-in user and a user who has not registered yet.
pub(crate) struct Site {
    pub(crate) program: Program,
    /// Signed in.
    ann: Browser,
    /// Not registered yet.
    bob: Option<Browser>,
}

impl Site {
    /// Signs in both users.
    pub(crate) async fn with_users(program: Program) -> Site {
        let (mut ann, mut bob) = (program.browser(), program.browser());
        assert_eq!(ann.register("typed-ann").await.expect("an answer").location(), "/account");
        assert_eq!(bob.sign_in("typed-bob").await.expect("an answer").location(), "/register");
        assert_eq!(program.readiness().await.status, 200);
        Site { program, ann, bob: Some(bob) }
    }

    /// The same users and another program.
    pub(crate) fn moved_to(self, program: Program) -> Site {
        let (ann, bob) = (self.ann.moved_to(program.port()), self.bob.map(|bob| bob.moved_to(program.port())));
        Site { program, ann, bob }
    }

    /// Stops the program.
    pub(crate) async fn stopped(mut self, by_crash: bool) -> Site {
        if by_crash {
            self.program.kill();
        } else {
            self.program.terminate();
            assert!(self.program.ended().await.success());
        }
        self
    }

    /// Checks that `/readyz` and the log give the reason, and that pages handle it. `can_read` if the tables
    /// can still be read.
    pub(crate) async fn expect_unavailable(&mut self, reason: &str, can_read: bool) {
        let program = &self.program;
        let answer = eventually("/readyz reports the problem", async || {
            Some(program.readiness().await).filter(|answer| answer.status == 503)
        })
        .await;
        assert_eq!(answer.body.trim_end(), reason);
        assert!(answer.headers.contains_key("retry-after"));
        eventually("the log says what to do", async || {
            let logged = format!("qq_login::database::health: database unavailable reason={reason} hint=");
            program.log().contains(&logged).then_some(())
        })
        .await;

        for path in ["/", "/login"] {
            assert_eq!(self.program.browser().get(path).await.expect("an answer").status, 200, "{path}");
        }
        assert!(self.program.browser().sign_in("typed-cy").await.expect("an answer").is_unavailable());
        if can_read {
            let home = self.ann.get("/").await.expect("an answer");
            assert!(home.status == 200 && home.body.contains("typed-ann"), "{}: {}", home.status, home.body);
            let account = self.ann.get("/account").await.expect("an answer");
            assert!(account.status == 200 && account.body.contains("typed-ann"), "{}", account.status);
        }
        if let Some(bob) = &mut self.bob {
            assert!(bob.fill_in_form("typed-bob").await.expect("an answer").is_unavailable());
        }
        assert_eq!(self.program.browser().get("/healthz").await.expect("an answer").status, 200, "the process lives");
    }

    /// Checks that everything works without a restart, and that no data is incomplete.
    pub(crate) async fn expect_recovery(&mut self, home: &Home) {
        let program = &self.program;
        eventually("/readyz reports the recovery", async || {
            Some(program.readiness().await).filter(|answer| answer.status == 200 && answer.body == "ok\n")
        })
        .await;
        eventually("the log reports the recovery", async || {
            program.log().contains("database available again").then_some(())
        })
        .await;
        let mut bob = self.bob.take().expect("Bob");
        assert_eq!(bob.fill_in_form("typed-bob").await.expect("an answer").location(), "/account");
        // More users than connections, so that every connection is used.
        let late: Vec<_> = (0..12).map(|number| format!("typed-late-{number}")).collect();
        let registering = late.iter().map(|name| {
            let (mut browser, name) = (self.program.browser(), name.clone());
            tokio::spawn(async move { browser.register(&name).await.expect("an answer").location().to_owned() })
        });
        for registration in registering.collect::<Vec<_>>() {
            assert_eq!(registration.await.expect("an end"), "/account");
        }
        let acknowledged = [late, vec!["typed-ann".to_owned(), "typed-bob".to_owned()]].concat();
        let users = examine(&home.copy_seen_by(&self.program), &acknowledged).await;
        assert_eq!(users, acknowledged.len(), "users");
    }
}
