//! Cells in which somebody signs in.

use reqwest::Method;

use super::cell::{Cell, Trip};
use super::lane::{Lane, Rows};
use crate::support::{Browser, Endpoint};

/// Somebody back from QQ while it was spoiled.
struct Comer {
    browser: Browser,
    /// Their name at QQ.
    name: String,
    /// Where the callback led.
    ending: String,
    /// What there was before it.
    before: Rows,
}

impl Lane {
    pub(super) async fn walk_first_visit(&mut self, cell: &Cell) {
        let name = format!("newcomer-{}", self.visitors);
        let comer = self.come_back_spoiled(cell, name).await;
        if cell.is_fatal() {
            self.expect_nobody(cell, comer, "/register").await;
        } else {
            self.expect_registration(cell, comer).await;
        }
    }

    pub(super) async fn walk_auto_visit(&mut self, cell: &Cell) {
        let name = format!("newcomer-{}", self.visitors);
        let comer = self.come_back_spoiled(cell, name).await;
        if cell.is_fatal() {
            self.expect_nobody(cell, comer, "/account").await;
        } else {
            self.expect_account(cell, comer).await;
        }
    }

    pub(super) async fn walk_return(&mut self, cell: &Cell) {
        let comer = self.come_back_spoiled(cell, self.username.clone()).await;
        if cell.is_fatal() {
            self.expect_nobody(cell, comer, "/account").await;
        } else {
            self.expect_return(cell, comer).await;
        }
    }

    async fn come_back_spoiled(&mut self, cell: &Cell, name: String) -> Comer {
        self.visitors += 1;
        let mut browser = self.site.browser();
        let callback = browser.come_back_as(&name, None).await;
        let before = Rows::of(&self.site).await;
        let request = browser.request(Method::GET, &callback);
        let answer = self.send_spoiled(cell, &mut browser, request).await;
        assert_eq!(answer.status, 303, "{cell}");
        Comer { browser, name, ending: answer.location().to_owned(), before }
    }

    /// Nobody was signed in, the person is told so, and another attempt gets through.
    async fn expect_nobody(&self, cell: &Cell, comer: Comer, next_time: &str) {
        let Comer { mut browser, name, ending, before } = comer;
        assert_eq!(ending, format!("/login?error={}", cell.word()), "{cell}");
        assert_eq!(browser.session_id(), None, "{cell}");
        assert_eq!(Rows::of(&self.site).await, before, "{cell}: something is half-made");
        let page = browser.get(&ending).await;
        assert_eq!(page.status, 200, "{cell}");
        assert!(page.body.contains("role=\"alert\""), "{cell}: nothing is told");
        assert!(page.body.contains("data-testid=\"login-qq\""), "{cell}: there is no way on");
        let answer = browser.sign_in(&name).await;
        assert_eq!(answer.location(), next_time, "{cell}: QQ is well again: {} {}", answer.status, answer.body);
        assert_eq!(browser.get(next_time).await.status, 200, "{cell}: QQ is well again");
        let is_new = i64::from(cell.trip == Trip::AutoVisit);
        let after = Rows::of(&self.site).await;
        let made = (after.users - before.users, after.open_ids - before.open_ids, after.sessions - before.sessions);
        assert_eq!(made, (is_new, is_new, 1), "{cell}: QQ is well again");
    }

    /// The sign-in goes on without what could not be had, and the form makes the account.
    async fn expect_registration(&self, cell: &Cell, comer: Comer) {
        let Comer { mut browser, name, ending, before } = comer;
        assert_eq!(ending, "/register", "{cell}");
        let began = Rows { sessions: before.sessions + 1, ..before };
        assert_eq!(Rows::of(&self.site).await, began, "{cell}: something is half-made");
        let page = browser.get("/register").await;
        assert!(page.status == 200 && page.body.contains("action=\"/register\""), "{cell}: {}", page.body);
        let form = [("username", name.as_str()), ("email", "a@b.cd")];
        assert_eq!(browser.post("/register", &form).await.location(), "/account", "{cell}");
        let whole = Rows {
            users: before.users + 1,
            email_addresses: before.email_addresses + 1,
            open_ids: before.open_ids + 1,
            ..began
        };
        assert_eq!(Rows::of(&self.site).await, whole, "{cell}");
        expect_portrait_later(cell, browser, &name).await;
    }

    /// The account is made on the way all the same, and whole.
    async fn expect_account(&self, cell: &Cell, comer: Comer) {
        let Comer { browser, name, ending, before } = comer;
        assert_eq!(ending, "/account", "{cell}");
        let whole =
            Rows { users: before.users + 1, open_ids: before.open_ids + 1, sessions: before.sessions + 1, ..before };
        assert_eq!(Rows::of(&self.site).await, whole, "{cell}: something is half-made");
        expect_portrait_later(cell, browser, &name).await;
    }

    /// The person is signed in, with nickname and avatar as they were.
    async fn expect_return(&self, cell: &Cell, comer: Comer) {
        let Comer { mut browser, name, ending, before } = comer;
        assert_eq!(ending, "/account", "{cell}");
        assert_eq!(Rows::of(&self.site).await, Rows { sessions: before.sessions + 1, ..before }, "{cell}");
        let page = browser.get("/account").await;
        assert_eq!((page.status, page.marked("nickname")), (200, Some(name.clone())), "{cell}");
        assert_eq!(page.marked("username"), Some(name), "{cell}");
        assert!(page.body.contains("<img src=\"/avatar/"), "{cell}: the earlier picture is still good");
    }
}

/// What could not be had is not there, and comes with the next question.
async fn expect_portrait_later(cell: &Cell, mut browser: Browser, name: &str) {
    let page = browser.get("/account").await;
    let nickname = (cell.endpoint == Endpoint::Avatar).then(|| name.to_owned());
    assert_eq!((page.status, page.marked("nickname")), (200, nickname), "{cell}");
    assert!(!page.body.contains("<img"), "{cell}: a picture of something else");
    assert_eq!(browser.post("/account/portrait", &[]).await.location(), "/account", "{cell}");
    let page = browser.get("/account").await;
    assert_eq!(page.marked("nickname").as_deref(), Some(name), "{cell}: QQ is well again");
    assert!(page.body.contains("<img src=\"/avatar/"), "{cell}: QQ is well again");
}
