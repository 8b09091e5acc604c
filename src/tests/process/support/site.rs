//! A site whose database becomes unavailable and recovers.

use super::{Browser, Program, WorkDir, check_database, eventually};

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
        assert_eq!(ann.register("typed-ann").await.expect("a response").location(), "/account");
        assert_eq!(bob.sign_in("typed-bob").await.expect("a response").location(), "/register");
        assert_eq!(program.readiness().await.status, 200);
        Site { program, ann, bob: Some(bob) }
    }

    /// The same users with a restarted program.
    pub(crate) fn moved_to(self, program: Program) -> Site {
        let (ann, bob) = (self.ann.moved_to(program.port()), self.bob.map(|bob| bob.moved_to(program.port())));
        Site { program, ann, bob }
    }

    /// Ends the program, by SIGKILL if `by_crash`.
    pub(crate) async fn shut_down(mut self, by_crash: bool) -> Site {
        if by_crash {
            self.program.kill();
        } else {
            self.program.terminate();
            assert!(self.program.wait_for_exit().await.success());
        }
        self
    }

    /// Checks that `/readyz` and the log state the reason, and that pages handle it. If `can_read`, checks that pages
    /// still show stored data.
    pub(crate) async fn expect_unavailable(&mut self, reason: &str, can_read: bool) {
        let program = &self.program;
        let response = eventually("/readyz reports the problem", async || {
            Some(program.readiness().await).filter(|response| response.status == 503)
        })
        .await;
        assert_eq!(response.body.trim_end(), reason);
        assert!(response.headers.contains_key("retry-after"));
        eventually("the log says what to do", async || {
            let logged = format!("qq_login_core::database::health: database unavailable reason={reason} hint=");
            program.log().contains(&logged).then_some(())
        })
        .await;

        for path in ["/", "/login"] {
            assert_eq!(self.program.browser().get(path).await.expect("a response").status, 200, "{path}");
        }
        assert!(self.program.browser().sign_in("typed-cy").await.expect("a response").is_unavailable());
        if can_read {
            let home = self.ann.get("/").await.expect("a response");
            assert!(home.status == 200 && home.body.contains("typed-ann"), "{}: {}", home.status, home.body);
            let account = self.ann.get("/account").await.expect("a response");
            assert!(account.status == 200 && account.body.contains("typed-ann"), "{}", account.status);
        }
        if let Some(bob) = &mut self.bob {
            assert!(bob.submit_registration("typed-bob").await.expect("a response").is_unavailable());
        }
        assert_eq!(
            self.program.browser().get("/healthz").await.expect("a response").status,
            200,
            "the program is alive"
        );
    }

    /// Checks that everything works without a restart, and that no data is incomplete.
    pub(crate) async fn expect_recovery(&mut self, work_dir: &WorkDir) {
        let program = &self.program;
        eventually("/readyz reports the recovery", async || {
            Some(program.readiness().await).filter(|response| response.status == 200 && response.body == "ok\n")
        })
        .await;
        eventually("the log reports the recovery", async || {
            program.log().contains("database available again").then_some(())
        })
        .await;
        let mut bob = self.bob.take().expect("Bob");
        assert_eq!(bob.submit_registration("typed-bob").await.expect("a response").location(), "/account");
        // More users than connections, so that every connection is used.
        let late: Vec<_> = (0..12).map(|number| format!("typed-late-{number}")).collect();
        let registering = late.iter().map(|name| {
            let (mut browser, name) = (self.program.browser(), name.clone());
            tokio::spawn(async move { browser.register(&name).await.expect("a response").location().to_owned() })
        });
        for registration in registering.collect::<Vec<_>>() {
            assert_eq!(registration.await.expect("a result"), "/account");
        }
        let acknowledged = [late, vec!["typed-ann".to_owned(), "typed-bob".to_owned()]].concat();
        let users = check_database(&work_dir.copy_database_of(&self.program), &acknowledged).await;
        assert_eq!(users, acknowledged.len(), "users");
    }
}
