//! Cells in which somebody who is signed in has the site ask QQ.

use reqwest::{Method, RequestBuilder};

use super::cell::Cell;
use super::codes::{DENIED, MISCONFIGURED, UNREACHABLE};
use super::lane::{Lane, Rows, press};
use crate::support::{Answer, Browser, Endpoint, Fault};

/// Passing by QQ once more.
const BY_QQ: &str = "/login/qq?next=/account";
/// Longer ago than a fresh token is old, in seconds.
const A_WHILE: i64 = 61;
/// When a token that lives a hundred seconds has ended for the site, in seconds.
const A_LIFE: i64 = 95;

impl Lane {
    pub(super) async fn walk_renewal(&mut self, cell: &Cell) {
        let before = Rows::of(&self.site).await;
        let answer = self.ask_spoiled(cell, |person| press(person, "/account/renew")).await;
        assert_eq!(answer.status, 303, "{cell}");
        if cell.word() == UNREACHABLE {
            assert_eq!(answer.location(), "/account", "{cell}");
            self.expect_told(cell, "We couldn't renew your QQ authorization", "Try again").await;
        } else {
            assert_eq!(answer.location(), BY_QQ, "{cell}");
        }
        self.expect_still_here(cell, before).await;
    }

    pub(super) async fn walk_forced_renewal(&mut self, cell: &Cell) {
        let before = Rows::of(&self.site).await;
        self.site.pass(A_LIFE);
        let answer = self.ask_spoiled(cell, |person| person.request(Method::GET, "/account")).await;
        if cell.word() == UNREACHABLE {
            self.check_told(cell, &answer, "We couldn't renew your QQ authorization", "Try again");
            assert_eq!(answer.marked("token-state").as_deref(), Some("Expired"), "{cell}");
        } else {
            assert_eq!((answer.status, answer.location()), (303, BY_QQ), "{cell}");
        }
        self.expect_still_here(cell, before).await;
    }

    pub(super) async fn walk_portrait(&mut self, cell: &Cell) {
        let before = Rows::of(&self.site).await;
        self.site.pass(A_WHILE);
        let answer = self.ask_spoiled(cell, |person| press(person, "/account/portrait")).await;
        assert_eq!(answer.status, 303, "{cell}");
        let (ending, told) = match cell.word() {
            _ if cell.endpoint == Endpoint::Avatar => {
                ("/account", Some(("QQ returned only part of your profile", "Try again")))
            }
            UNREACHABLE => {
                ("/account", Some(("QQ isn't responding. Your nickname and avatar haven't changed", "Try again")))
            }
            MISCONFIGURED => {
                ("/account", Some(("QQ doesn't let this site read your nickname and avatar", "Update from QQ")))
            }
            // The token was renewed first, and QQ refused the new one as well: told on a page.
            DENIED if matches!(cell.fault, Fault::Refusal(100_014, _)) => ("/login?error=denied", None),
            _ => (BY_QQ, None),
        };
        assert_eq!(answer.location(), ending, "{cell}");
        if let Some((words, way_on)) = told {
            self.expect_told(cell, words, way_on).await;
        } else if ending != BY_QQ {
            self.expect_told_at(ending, cell).await;
        }
        self.expect_still_here(cell, before).await;
    }

    async fn ask_spoiled(&mut self, cell: &Cell, ask: impl Fn(&Browser) -> RequestBuilder) -> Answer {
        let mut person = self.person.clone();
        let request = ask(&person);
        let answer = self.send_spoiled(cell, &mut person, request).await;
        self.person = person;
        answer
    }

    /// The account page tells what became of it, once, and offers `way_on`.
    async fn expect_told(&mut self, cell: &Cell, words: &str, way_on: &str) {
        let page = self.person.get("/account").await;
        self.check_told(cell, &page, words, way_on);
    }

    fn check_told(&self, cell: &Cell, page: &Answer, words: &str, way_on: &str) {
        assert_eq!((page.status, page.marked("nickname").as_ref()), (200, Some(&self.username)), "{cell}");
        assert!(page.body.contains("role=\"alert\"") && page.body.contains(words), "{cell}: {}", page.body);
        assert!(page.body.contains(way_on), "{cell}: {}", page.body);
    }

    async fn expect_told_at(&mut self, path: &str, cell: &Cell) {
        let page = self.person.get(path).await;
        let is_told = page.body.contains("role=\"alert\"") && page.body.contains("data-testid=\"login-qq\"");
        assert!(page.status == 200 && is_told, "{cell}: {}", page.body);
    }

    /// The session is as before, and by way of QQ the account page opens.
    async fn expect_still_here(&mut self, cell: &Cell, before: Rows) {
        let username = self.username.clone();
        assert_eq!(self.person.signed_in_as().await.as_ref(), Some(&username), "{cell}");
        assert_eq!(Rows::of(&self.site).await, before, "{cell}");
        let (page, path) = self.person.visit("/account").await;
        let is_sent_by_qq = page.status == 303 && page.location().starts_with(&self.qq.url);
        assert!(page.status == 200 || is_sent_by_qq, "{cell}: {path}");
        let callback = self.person.come_back_as(&username, Some("/account")).await;
        assert_eq!(self.person.get(&callback).await.location(), "/account", "{cell}: QQ is well again");
        let page = self.person.get("/account").await;
        assert_eq!((page.status, page.marked("nickname")), (200, Some(username)), "{cell}: QQ is well again");
        assert!(page.body.contains("<img src=\"/avatar/") && !page.body.contains("role=\"alert\""), "{cell}");
        assert_eq!(Rows::of(&self.site).await, before, "{cell}");
    }
}
