//! Cells in which somebody signs in for the first time.

use qq_login::qq::Class;
use reqwest::Method;

use super::cell::Cell;
use super::lane::{Lane, Rows};
use crate::support::{Browser, Endpoint};

impl Lane {
    pub(super) async fn walk_sign_in(&mut self, cell: &Cell) {
        self.newcomers += 1;
        let name = format!("newcomer-{}", self.newcomers);
        let mut browser = self.site.browser();
        let callback = browser.come_back_as(&name, None).await;
        let before = self.rows().await;
        let request = browser.request(Method::GET, &callback);
        let answer = self.send_spoiled(cell, &mut browser, request).await;
        assert_eq!(answer.status, 303, "{cell}");
        match cell.endpoint {
            Endpoint::Token | Endpoint::Me => self.expect_nobody(cell, browser, answer.location(), before, &name).await,
            Endpoint::UserInfo | Endpoint::Avatar => {
                assert_eq!(answer.location(), "/register", "{cell}");
                self.expect_registration(cell, browser, before, &name).await;
            }
        }
    }

    /// Nobody was signed in, the person is told so, and another attempt gets through.
    async fn expect_nobody(&self, cell: &Cell, mut browser: Browser, ending: &str, before: Rows, name: &str) {
        let word = match cell.class() {
            Class::SignInAgain => "denied",
            Class::OperatorMustAct | Class::OurBug => "misconfigured",
            Class::QqFailure | Class::TryLater => "unreachable",
        };
        assert_eq!(ending, format!("/login?error={word}"), "{cell}");
        assert_eq!(browser.session_id(), None, "{cell}");
        assert_eq!(self.rows().await, before, "{cell}: something is half-made");
        let page = browser.get(ending).await;
        assert_eq!(page.status, 200, "{cell}");
        assert!(page.body.contains("role=\"alert\""), "{cell}: nothing is told");
        assert!(page.body.contains("data-testid=\"login-qq\""), "{cell}: there is no way on");
        assert_eq!(browser.sign_in(name).await.location(), "/register", "{cell}: QQ is well again");
    }

    /// The sign-in goes on without what could not be had, and that comes with the next question.
    async fn expect_registration(&self, cell: &Cell, mut browser: Browser, before: Rows, name: &str) {
        let began = Rows { sessions: before.sessions + 1, ..before };
        assert_eq!(self.rows().await, began, "{cell}: something is half-made");
        let page = browser.get("/register").await;
        assert!(page.status == 200 && page.body.contains("action=\"/register\""), "{cell}: {}", page.body);
        let form = [("username", name), ("email", "a@b.cd")];
        assert_eq!(browser.post("/register", &form).await.location(), "/account", "{cell}");
        let whole = Rows {
            users: before.users + 1,
            email_addresses: before.email_addresses + 1,
            open_ids: before.open_ids + 1,
            ..began
        };
        assert_eq!(self.rows().await, whole, "{cell}");
        let page = browser.get("/account").await;
        let nickname = (cell.endpoint == Endpoint::Avatar).then(|| name.to_owned());
        assert_eq!((page.status, page.marked("nickname")), (200, nickname), "{cell}");
        assert!(!page.body.contains("<img"), "{cell}: a picture of something else");
        assert_eq!(browser.post("/account/portrait", &[]).await.location(), "/account", "{cell}");
        let page = browser.get("/account").await;
        assert_eq!(page.marked("nickname").as_deref(), Some(name), "{cell}: QQ is well again");
        assert!(page.body.contains("<img src=\"/avatar/"), "{cell}: QQ is well again");
    }
}
