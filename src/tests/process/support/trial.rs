//! One site whose database stops being writable, and becomes writable again.

use super::{Browser, Home, Program, eventually, examine};

/// A number that the environment gives.
pub(crate) fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|value| value.parse().unwrap_or_else(|_| panic!("{variable} is no number")))
}

/// The program with people in every state.
pub(crate) struct Site {
    pub(crate) program: Program,
    /// Signed in as `typed-ann`.
    ann: Browser,
    /// Came from QQ as `typed-bob` and has not registered yet.
    bob: Option<Browser>,
}

impl Site {
    /// Lets people come to a program that is well.
    pub(crate) async fn visited(program: Program) -> Site {
        let (mut ann, mut bob) = (program.browser(), program.browser());
        assert_eq!(ann.register("typed-ann").await.expect("an answer").location(), "/account");
        assert_eq!(bob.sign_in("typed-bob").await.expect("an answer").location(), "/register");
        assert_eq!(program.readiness().await.status, 200);
        Site { program, ann, bob: Some(bob) }
    }

    /// The same people, after the program was started again.
    pub(crate) fn moved_to(self, program: Program) -> Site {
        let (ann, bob) = (self.ann.moved_to(program.port()), self.bob.map(|bob| bob.moved_to(program.port())));
        Site { program, ann, bob }
    }

    /// Ends the program, and gives what is needed to go on.
    pub(crate) async fn ended(mut self, by_kill: bool) -> Site {
        if by_kill {
            self.program.kill();
        } else {
            self.program.terminate();
            assert!(self.program.ended().await.success());
        }
        self
    }

    /// Expects that `/readyz` and the log give the reason, and that the site handles it. `can_read` if the
    /// rows can still be read.
    pub(crate) async fn expect_trouble(&mut self, reason: &str, can_read: bool) {
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
        assert_eq!(self.program.browser().get("/healthz").await.expect("an answer").status, 200, "the program lives");
    }

    /// Expects that everything works again, without a restart, and that nothing was half-made.
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
        // More than there are connections, so that each of them is tried.
        let comers: Vec<_> = (0..12).map(|number| format!("typed-late-{number}")).collect();
        let registering = comers.iter().map(|name| {
            let (mut browser, name) = (self.program.browser(), name.clone());
            tokio::spawn(async move { browser.register(&name).await.expect("an answer").location().to_owned() })
        });
        for registration in registering.collect::<Vec<_>>() {
            assert_eq!(registration.await.expect("an end"), "/account");
        }
        let acknowledged = [comers, vec!["typed-ann".to_owned(), "typed-bob".to_owned()]].concat();
        let users = examine(&home.copy_seen_by(&self.program), &acknowledged).await;
        assert_eq!(users, acknowledged.len(), "nobody else was made");
    }
}
