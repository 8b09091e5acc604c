//! Cells in which somebody who is signed in has the site ask QQ.

use qq_login::qq::Class;

use super::cell::Cell;
use super::lane::{Lane, Rows, press};
use crate::support::{Answer, Endpoint, Fault};

/// Passing by QQ once more.
const BY_QQ: &str = "/login/qq?next=/account";
/// Longer ago than a fresh token is old, in seconds.
const A_WHILE: i64 = 61;

impl Lane {
    pub(super) async fn walk_renewal(&mut self, cell: &Cell) {
        let before = self.rows().await;
        let answer = self.press_spoiled(cell, "/account/renew").await;
        match cell.class() {
            Class::QqFailure | Class::TryLater => {
                assert_eq!(answer.location(), "/account", "{cell}");
                self.expect_told(cell, "could not be renewed just now", "Try again").await;
            }
            Class::SignInAgain | Class::OperatorMustAct | Class::OurBug => {
                assert_eq!(answer.location(), BY_QQ, "{cell}");
            }
        }
        self.expect_still_here(cell, before).await;
    }

    pub(super) async fn walk_portrait(&mut self, cell: &Cell) {
        let before = self.rows().await;
        self.site.pass(A_WHILE);
        let answer = self.press_spoiled(cell, "/account/portrait").await;
        if cell.endpoint == Endpoint::Avatar {
            assert_eq!(answer.location(), "/account", "{cell}");
            self.expect_told(cell, "what is missing stays as it was", "Try again").await;
        } else {
            match cell.class() {
                Class::QqFailure | Class::TryLater => {
                    assert_eq!(answer.location(), "/account", "{cell}");
                    self.expect_told(cell, "QQ does not answer, so nickname and avatar stay", "Try again").await;
                }
                Class::OperatorMustAct | Class::OurBug => {
                    assert_eq!(answer.location(), "/account", "{cell}");
                    self.expect_told(cell, "QQ refuses nickname and avatar to this site", "Update from QQ").await;
                }
                // The token was renewed first, and QQ refused the new one as well: told on a page.
                Class::SignInAgain if matches!(cell.fault, Fault::Refusal(100_014, _)) => {
                    assert_eq!(answer.location(), "/login?error=denied", "{cell}");
                    self.expect_told_at("/login?error=denied", cell).await;
                }
                Class::SignInAgain => assert_eq!(answer.location(), BY_QQ, "{cell}"),
            }
        }
        self.expect_still_here(cell, before).await;
    }

    async fn press_spoiled(&mut self, cell: &Cell, path: &str) -> Answer {
        let mut person = self.person.clone();
        let request = press(&person, path);
        let answer = self.send_spoiled(cell, &mut person, request).await;
        self.person = person;
        assert_eq!(answer.status, 303, "{cell}");
        answer
    }

    /// The account page tells what became of it, once, and offers `way_on`.
    async fn expect_told(&mut self, cell: &Cell, words: &str, way_on: &str) {
        let page = self.person.get("/account").await;
        assert_eq!((page.status, page.marked("nickname")), (200, Some(self.username.clone())), "{cell}");
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
        assert_eq!(self.rows().await, before, "{cell}");
        let (page, path) = self.person.visit("/account").await;
        let is_sent_by_qq = page.status == 303 && page.location().starts_with(&self.qq.url);
        assert!(page.status == 200 || is_sent_by_qq, "{cell}: {path}");
        let callback = self.person.come_back_as(&username, Some("/account")).await;
        assert_eq!(self.person.get(&callback).await.location(), "/account", "{cell}: QQ is well again");
        let page = self.person.get("/account").await;
        assert_eq!((page.status, page.marked("nickname")), (200, Some(username)), "{cell}: QQ is well again");
        assert!(page.body.contains("<img src=\"/avatar/") && !page.body.contains("role=\"alert\""), "{cell}");
        assert_eq!(self.rows().await, before, "{cell}");
    }
}
